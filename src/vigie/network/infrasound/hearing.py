"""How far events are heard whose size nobody knows.

What it computes: the chance that arrays at some ranges hear an event falls by e over a scale that
grows with its size. Over sizes it is a sum: scales an octave apart from 250 to 16,000 km, and the
number of events of a scale or larger falls with a power of it. Source: amplitude falls with range
and grows with yield W so that the range of hearing is as W^0.5 (Stevens et al. 2002); the number of
bolides falls as W^-0.9 (Brown et al. 2002, Nature 420, 294), so with the power 1.8 of the range,
and that of explosions more steeply: 3 is chosen. Accuracy: the sum over octaves follows a power law
of the total range from 500 to 16,000 km. Cost: none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Scales over which events are heard, and how many events there are of each."""

    scales_km: tuple[float, ...] = tuple(250.0 * 2.0**k for k in range(7))
    """The chance of hearing falls by e over each of them."""
    power: float = 3.0
    """The share of events of a scale falls with this power of it."""

    @property
    def log_shares(self) -> FloatArray:
        """Log of the share of each scale, their sum 1."""
        log_share = -self.power * np.log(np.array(self.scales_km))
        return np.asarray(log_share - np.logaddexp.reduce(log_share))


def log_heard(total_km: FloatArray, sizes: Sizes) -> FloatArray:
    """Return the log chance that all arrays of a sum of ranges hear an event of unknown size.

    Parameters
    ----------
    total_km : ndarray
        Sum of the ranges of the arrays that heard it.
    sizes : Sizes

    Examples
    --------
    One scale is a plain exponential; several fall with a power.

    >>> log_heard(np.array([1000.0]), Sizes(scales_km=(1000.0,))).round(3).tolist()
    [-1.0]
    >>> near, far = log_heard(np.array([1000.0, 4000.0]), Sizes())
    >>> round(float((near - far) / np.log(4.0)), 1)
    3.0
    """
    scales = np.array(sizes.scales_km)
    parts = sizes.log_shares - np.asarray(total_km)[..., None] / scales
    return np.asarray(np.logaddexp.reduce(parts, axis=-1))
