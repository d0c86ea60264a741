"""Whether samples still are counts of a digitiser, or somebody has calibrated them already.

Whole numbers are counts. Others are calibrated, or counts that somebody filtered: by which factor
their scatter comes nearest to the usual one of what is recorded tells which.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Waveform

SAMPLE_SIZE = 2000
"""Samples looked at; more tell no more."""
MOSTLY = 0.9
"""Share of whole numbers: repaired glitches are lines between counts, pressures
hardly ever whole."""
PIECE_S = 10.0
PIECES = 100
"""Pieces whose scatter is looked at, spread over a recording: the middle one of these holds no
pulse and no drift."""


def is_whole(waveform: Waveform) -> bool:
    """Tell whether samples are whole numbers, as a digitiser gives them."""
    samples = np.asarray(waveform.samples)
    if np.issubdtype(samples.dtype, np.integer):
        return True
    seen = samples[:: max(len(samples) // SAMPLE_SIZE, 1)]
    seen = seen[np.isfinite(seen) & (seen != 0.0)]
    return not len(seen) or bool(np.mean(seen == np.round(seen)) > MOSTLY)


def scatter_of(waveform: Waveform) -> float:
    """Return the usual standard deviation of samples within ten seconds; 0 where nothing moves."""
    samples = np.asarray(waveform.samples)
    length = min(max(round(PIECE_S * waveform.rate_hz), 2), max(len(samples), 1))
    count = len(samples) // length
    firsts = range(0, count * length, length * max(count // PIECES, 1))
    pieces = [samples[k : k + length].astype(np.float64) for k in firsts]
    known = [float(np.std(p[np.isfinite(p)])) for p in pieces if np.isfinite(p).any()]
    moving = [k for k in known if k > 0.0]
    return float(np.median(moving)) if moving else 0.0


def nearest(scatters: Sequence[float], usual: float, *, margin: float = 1.0) -> int | None:
    """Return which of several readings' scatters is nearest to the usual one, by ratio.

    Parameters
    ----------
    scatters : sequence of float
        Above zero.
    usual : float
    margin : float
        Times by which it must be nearer than any other; None where it is not.
    """
    apart = [abs(math.log(s / usual)) for s in scatters]
    first = min(range(len(apart)), key=apart.__getitem__)
    others = [a for k, a in enumerate(apart) if k != first]
    return first if all(a - apart[first] >= math.log(margin) for a in others) else None
