"""Which ratios of two quantities that cannot be negative a pair of estimates allows.

What it computes: the chance of what is less likely than what was seen, if the ratio is r. In
coordinates in which the errors are a unit circle, both quantities being >= 0 is a wedge, and a
ratio a ray in it from the corner. Seen from the ray, the estimates lie ``along`` it and deviate
from it by a normal variable T with mean 0 and standard error 1 that does not depend on
``along``, whatever the quantities are. So any 95 % region of T, chosen by ``along``, gives sets
that hold the true ratio in 95 % of cases, exactly, as Fieller's do (who takes |T| <= 1.96). Here
T is ordered by the likelihood ratio of the ray to the whole wedge: Feldman and Cousins' rule.
Far from the edges it is Fieller's set; at an edge it accepts T up to 1.645, so a ratio of zero
is outside exactly when the numerator is detected at 5 %, and the set is never empty: the ray
through the most likely point of the wedge always belongs to it. Source: E. C. Fieller, J. R.
Stat. Soc. B 16 (1954) 175; G. Feldman and R. Cousins, Phys. Rev. D 57 (1998) 3873. Accuracy:
docs/methods/isotope-ratios.md. Cost: microseconds.
"""

from __future__ import annotations

from math import acos, atan2, cos, inf, sin

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

FloatArray = NDArray[np.float64]
LEVEL = 0.05
"""Chance below which a ratio is left out."""
_NOTHING = 1e-12


def whole_angle(correlation: float) -> float:
    """Return the angle of the wedge, from a numerator of 0 to a denominator of 0.

    Examples
    --------
    >>> from math import degrees
    >>> round(degrees(whole_angle(0.0)))
    90
    """
    return acos(-min(max(correlation, -1.0 + 1e-9), 1.0 - 1e-9))


def ray_angle(ratio: float, whole: float) -> float:
    """Return the angle of a ratio (in units of the ratio of standard errors; may be infinite)."""
    if ratio == inf:
        return whole
    return atan2(ratio * sin(whole), 1.0 + ratio * cos(whole))


def ratio_at(angle: float, whole: float) -> float:
    """Return the ratio at an angle: the inverse of ``ray_angle``."""
    return sin(angle) / sin(whole - angle)


def seen_from(
    numerator: FloatArray, denominator: FloatArray, correlation: float
) -> tuple[FloatArray, FloatArray]:
    """Return distance from the corner and angle of estimates in their standard errors."""
    whole = whole_angle(correlation)
    # Oblique coordinates: each in standard errors at a known value of the other.
    top, bottom = numerator / sin(whole), denominator / sin(whole)
    x, y = bottom + top * cos(whole), top * sin(whole)
    return np.hypot(x, y), np.arctan2(y, x)


def chance_beyond(
    deviation: FloatArray, along: FloatArray, below: FloatArray | float, above: FloatArray | float
) -> FloatArray:
    """Return the chance of a T that is less likely than the one seen, or as likely.

    Parameters
    ----------
    deviation : ndarray
        T, standard errors; positive towards a larger ratio.
    along : ndarray
        Place of the estimates along the ray, standard errors; may be below 0.
    below, above : ndarray or float
        Angles from the ray to the edges at a ratio of 0 and of infinity.

    Examples
    --------
    >>> edge = chance_beyond(np.array([1.645, -3.0]), np.array([9.0, 9.0]), 0.0, 1.5)
    >>> edge.round(3).tolist()
    [0.05, 1.0]
    """
    t, s, low, high = np.broadcast_arrays(deviation, along, below, above)
    cost = np.maximum(_cost(t, s, low, high), 0.0)
    chance = ndtr(-_reach(cost, s, high)) + ndtr(-_reach(cost, s, low))
    return np.where(cost <= _NOTHING, 1.0, chance)


def _cost(t: FloatArray, s: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return -2 ln of the likelihood ratio of the ray to the wedge."""
    side = np.where(t >= 0.0, high, low)
    inside = np.arctan2(np.abs(t), s) <= side
    # Outside, the most likely point is on an edge, or the corner.
    best = np.zeros(np.shape(t))
    for angle, sign in ((high, 1.0), (low, -1.0)):
        # The shadow on an edge less that on the ray, without loss of digits.
        more = sign * t * np.sin(angle) - 2.0 * s * np.sin(0.5 * angle) ** 2
        best = np.maximum(best, np.where(more + s > 0.0, _gain(more, s), 0.0))
    return np.where(inside, t * t + np.minimum(s, 0.0) ** 2, best)


def _gain(more: FloatArray, s: FloatArray) -> FloatArray:
    ahead = np.maximum(s, 0.0)
    return (more + s - ahead) * (more + s + ahead)


def _reach(cost: FloatArray, s: FloatArray, angle: FloatArray) -> FloatArray:
    """Return the T on the side of an edge at which the cost is reached."""
    ahead = np.maximum(s, 0.0)
    size = np.sqrt(cost + ahead**2)
    inner = np.sqrt(np.maximum(size**2 - s * s, 0.0))
    sine = np.sin(angle)
    with np.errstate(divide="ignore", invalid="ignore"):
        past = cost / (size + ahead) + (ahead - s) + 2.0 * s * np.sin(0.5 * angle) ** 2
        outer = np.where(sine > _NOTHING, past / sine, inf)
    is_inside = (size >= np.abs(s)) & (np.arctan2(inner, s) <= angle)
    return np.where(is_inside, inner, outer)
