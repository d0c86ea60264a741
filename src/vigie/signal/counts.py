"""Whether samples still are counts of a digitiser, or somebody has calibrated them already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vigie.records import Waveform

SAMPLE_SIZE = 2000
"""Samples looked at; more tell no more."""
MOSTLY = 0.9
"""Share of whole numbers: repaired glitches are lines between counts, pressures
hardly ever whole."""


def is_whole(waveform: Waveform) -> bool:
    """Tell whether samples are whole numbers, as a digitiser gives them."""
    samples = np.asarray(waveform.samples)
    if np.issubdtype(samples.dtype, np.integer):
        return True
    seen = samples[:: max(len(samples) // SAMPLE_SIZE, 1)]
    seen = seen[np.isfinite(seen) & (seen != 0.0)]
    return not len(seen) or bool(np.mean(seen == np.round(seen)) > MOSTLY)
