"""Timing errors that all pixels of a family share: they stay, however many pixels there are.

The height and place of an element, its clock, and the air above it shift its times by some
milliseconds in all windows of a wave. Noise and the scatter of pixels, of which a family's errors
are made, hold nothing of that; three elements nearly in line turn 10 ms into many degrees. The
covariance of the slowness gets sigma_t^2 (Y'Y)^-1, Y the centred offsets of the elements that took
part (Szuberla & Olson 2004, JASA 115, 253-258).

Accuracy: ``docs/methods/infrasound.md``. Cost: none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.widened import widened

if TYPE_CHECKING:
    from vigie.records import Detection

FloatArray = NDArray[np.float64]

SIGMA_S = 0.01
"""What some metres of height and place and gusts on the way do, as for the windows of f-k."""
LEAST_WIDTH_KM = 1e-4
"""Of elements in line: nothing is known across it."""


def with_shared_timing(detection: Detection, offsets_km: FloatArray) -> Detection:
    """Return a detection whose errors hold those of its elements' times.

    Parameters
    ----------
    detection : Detection
    offsets_km : ndarray, shape (n, 2)
        Of the elements that took part.
    """
    _, widths, axes = np.linalg.svd(offsets_km - offsets_km.mean(axis=0), full_matrices=False)
    scaled = axes.T * (SIGMA_S / np.maximum(widths, LEAST_WIDTH_KM))
    return widened(detection, scaled @ scaled.T)
