"""Whether samples still are counts of a digitiser, or somebody has calibrated them already.

Whole numbers are counts. Others are calibrated, or counts that somebody filtered. What is only
scaled still lies on steps, of the gain where it was calibrated. Of what was filtered, by which
factor the scatter comes nearest to the usual one of what is recorded tells.
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
STEP_SAMPLES = 20_000
LEAST_DIFFERENCES, MOST_DIFFERENCES = 50, 250
MOST_STEPS = 10.0
STEP_WITHIN = 0.2
STEPS_TRIED = 201
ON_STEPS = 0.8
"""Of 50 differences on no steps the mean scatters by 0.1."""
SPECTRUM_SAMPLES, LEAST_SPECTRUM = 65_536, 2_000
LOW_SHARE = 0.005
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


def lies_on_steps(waveform: Waveform, about: float) -> bool:
    """Tell whether samples are multiples of a step of about this size, on any constant.

    The mean of cos(2 pi d / step) over differences d of neighbours is 1 where they are and about 0
    where not; steps within a fifth are tried, since responses depend on frequency.
    """
    samples = np.asarray(waveform.samples[: STEP_SAMPLES + 1], dtype=np.float64)
    turns = np.diff(samples) / about
    # Of large differences a step off by little loses the phase.
    turns = turns[np.isfinite(turns) & (np.abs(turns) > 0.5) & (np.abs(turns) < MOST_STEPS)]
    turns = turns[:: max(len(turns) // MOST_DIFFERENCES, 1)]
    if len(turns) < LEAST_DIFFERENCES:
        return False
    steps = np.linspace(1.0 - STEP_WITHIN, 1.0 + STEP_WITHIN, STEPS_TRIED)
    return bool(np.cos(2.0 * np.pi * turns / steps[:, None]).mean(axis=1).max() > ON_STEPS)


def is_high_passed(waveform: Waveform) -> bool:
    """Tell whether the lowest frequencies were filtered out.

    Noise of the air, as that of a digitiser, grows toward low frequencies or stays: where its
    density below ``LOW_SHARE`` of the Nyquist frequency is a tenth of the usual one, it was.
    """
    samples = np.asarray(waveform.samples[:SPECTRUM_SAMPLES], dtype=np.float64)
    samples = samples[np.isfinite(samples)]
    if len(samples) < LEAST_SPECTRUM:
        return False
    window = np.hanning(len(samples))
    density = np.abs(np.fft.rfft((samples - samples.mean()) * window)) ** 2
    low = density[3 : max(round(LOW_SHARE * len(density)), 8)]
    return bool(low.mean() < 0.1 * np.median(density[len(low) + 3 : len(density) // 2]))


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
