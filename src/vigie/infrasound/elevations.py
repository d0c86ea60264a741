"""Elevations of an array's elements, where some are missing or cannot be right.

Station lists write a missing elevation as nothing or as 0, and a wrong one stands alone. Believed,
an element that is 300 m low on paper turns every azimuth (a second or so of sound from above). Not
known is therefore what is not given; 0 where every other element lies more than ``APART_M`` from
it; and the one element that departs from the others, from their plane as from their mean, by more
than ``OUTLIER_M`` and ``OUTLIER`` times their own scatter. Its height is that of the plane through
the others, or their mean where the plane would have to reach beyond them; its error is their
scatter about that, or, of an outlier, its whole departure, for it may yet be right.

Source: own; least squares with its leverage is textbook. Assumes that the ground of an array is a
plane with hills on it. Accuracy: ``docs/methods/pmcc.md``. Cost: none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

APART_M = 50.0
"""From an element at 0 to every other one, from which on the 0 is a missing value."""
OUTLIER_M = 150.0
"""It may be a real hill: but then a wave's time there depends on how steep it is (0.1 s), and the
element tells little. Others may be level by chance beside one on a slope."""
OUTLIER = 8.0
LEAST_SIGMA_M = 20.0
"""Of a height that is taken from others, however level: the missing one may stand on a knoll."""
FARTHEST_LEVERAGE = 1.0
"""Of a place on the plane through the others; beyond, a mean says more."""
PRIOR_DOF = 2.0
"""Weight of half the scatter about the mean, in residuals from a plane."""


class Elevations(NamedTuple):
    """Elevations as far as they can be known, m."""

    elevation_m: FloatArray
    sigma_m: FloatArray
    """0 where the list is believed."""
    told: str
    """Whose height is not known, and what was done; empty where all are."""


class _Estimate(NamedTuple):
    elevation_m: float
    sigma_m: float
    mean_m: float
    scatter_m: float
    """Error of the estimate by the others' own scatter alone."""


def known_elevations(
    elevations_m: Sequence[float], offsets_km: FloatArray, names: Sequence[str]
) -> Elevations:
    """Return the elevations of elements, those that are not known taken from the others.

    Parameters
    ----------
    elevations_m : sequence of float
        NaN where none is given.
    offsets_km : ndarray, shape (n, 2)
    names : sequence of str
    """
    given = np.asarray(elevations_m, dtype=np.float64)
    reasons = _missing(given)
    known = np.array([k not in reasons for k in range(len(given))], dtype=np.bool_)
    sigma = np.zeros(len(given))
    if not known.any():
        told = "heights of elements are not known: times are not corrected for them"
        return Elevations(np.zeros(len(given)), sigma, told if len(given) else "")
    odd = _outlier(given, known, offsets_km)
    if odd is not None:
        k, departure_m = odd
        known[k], sigma[k] = False, departure_m
        reasons[k] = f"{given[k]:.0f} m is {departure_m:.0f} m off those of the others"
    filled = given.copy()
    words = []
    for k, reason in sorted(reasons.items()):
        others = _of_others(k, given, known, offsets_km)
        filled[k] = others.elevation_m
        sigma[k] = max(sigma[k], others.sigma_m)
        what = f"taken from the others as {filled[k]:.0f} +- {sigma[k]:.0f} m"
        words.append(f"height of element {names[k]} is not known ({reason}), {what}")
    return Elevations(filled, sigma, "; ".join(words))


def _missing(given: FloatArray) -> dict[int, str]:
    """Return the elements without an elevation, and why."""
    reasons = {int(k): "none is given" for k in np.flatnonzero(~np.isfinite(given))}
    rest = np.abs(given[np.isfinite(given) & (given != 0.0)])
    if len(rest) and rest.min() > APART_M:
        why = f"0 m, where all others are more than {APART_M:.0f} m from it"
        reasons |= {int(k): why for k in np.flatnonzero(given == 0.0)}
    return reasons


def _outlier(
    given: FloatArray, known: BoolArray, offsets_km: FloatArray
) -> tuple[int, float] | None:
    """Return the one element whose elevation is not that of the others' ground, and by how much."""
    found = None
    for k in np.flatnonzero(known):
        rest = known.copy()
        rest[k] = False
        if int(rest.sum()) < 3:
            return None
        others = _of_others(int(k), given, rest, offsets_km)
        off = min(abs(given[k] - others.elevation_m), abs(given[k] - others.mean_m))
        limit = max(OUTLIER_M, OUTLIER * others.scatter_m)
        if off > limit and (found is None or off > found[1]):
            found = int(k), float(off)
    return found


def _of_others(k: int, given: FloatArray, rest: BoolArray, offsets_km: FloatArray) -> _Estimate:
    """Return what the others say of an element's elevation."""
    heights, places = given[rest], offsets_km[rest]
    number = len(heights)
    mean = float(heights.mean())
    scatter = float(heights.std(ddof=1)) if number > 1 else 0.0
    value, leverage, scale = mean, 1.0 / number, scatter
    design = np.column_stack([np.ones(number), places - offsets_km[k]])
    if number >= 3 and np.linalg.matrix_rank(design) == 3:
        inverse = np.linalg.inv(design.T @ design)
        # The element itself is the origin, so that its height is the first coefficient.
        if inverse[0, 0] <= FARTHEST_LEVERAGE:
            plane = inverse @ design.T @ heights
            left2 = float(np.sum((heights - design @ plane) ** 2))
            value, leverage = float(plane[0]), float(inverse[0, 0])
            scale2 = (left2 + PRIOR_DOF * (0.5 * scatter) ** 2) / (number - 3 + PRIOR_DOF)
            scale = float(np.sqrt(scale2))
    widened = float(np.sqrt(1.0 + leverage))
    return _Estimate(value, widened * max(scale, LEAST_SIGMA_M), mean, widened * scale)
