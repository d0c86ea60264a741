"""Uncertainty from a covariance: ellipses of three kinds.

Jordan & Sverdrup (1981, BSSA 71, 1105-1130) with the parameters of Bratt & Bache (1988):
the region of p parameters at confidence a is x^T C^-1 x <= kappa^2 with

    kappa^2 = p s^2 F_p(a; p, K + N - M),    s^2 = (K s_K^2 + chi^2) / (K + N - M),

N observations, M parameters. Coverage: K infinite, kappa^2 the chi-square quantile.
Confidence: K = 0. K-weighted: between, K = 8 by default. Checked against LocOO3D.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.records import Ellipse, EllipseKind

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray


MAX_SEMI_AXIS_KM = 10_000.0
"""A quarter of the way around the Earth: a longer ellipse places nothing."""


def kappa(
    confidence: float, n_parameters: int, *, k: float, n_free: int, chi_square: float
) -> float:
    """Return by how much one standard ellipse is scaled; NaN where nothing tells the size.

    Parameters
    ----------
    confidence : float
        Between 0 and 1.
    n_parameters : int
        p: 1 for a line, 2 for an ellipse, 3 for an ellipsoid.
    k : float
        Number of observations that the stated errors are worth; ``inf`` for coverage.
    n_free : int
        N - M, observations less parameters.
    chi_square : float
        Weighted sum of squares.

    Examples
    --------
    >>> round(kappa(0.95, 2, k=float("inf"), n_free=3, chi_square=1.0), 4)
    2.4477
    """
    from scipy.special import chdtri, fdtri

    if np.isinf(k):
        return float(np.sqrt(chdtri(n_parameters, 1.0 - confidence)))
    dof = k + n_free
    if dof <= 0:
        return float("nan")
    variance = (k + chi_square) / dof
    return float(np.sqrt(n_parameters * variance * fdtri(n_parameters, dof, confidence)))


def ellipse_of(
    covariance: FloatArray, scale: float, kind: EllipseKind, confidence: float
) -> Ellipse | None:
    """Return the ellipse of a 2 x 2 covariance (north, east; km^2) scaled by kappa.

    None where the covariance is not finite or not positive.
    """
    if not (np.isfinite(covariance).all() and np.isfinite(scale)):
        return None
    values, vectors = np.linalg.eigh(covariance)
    if values[0] < -1e-9 * max(float(values[1]), 1e-30) or values[1] <= 0.0:
        return None
    north, east = vectors[:, 1]
    strike = float(np.degrees(np.arctan2(east, north)) % 180.0 % 180.0)
    minor, major = scale * np.sqrt(np.maximum(values, 0.0))
    return Ellipse(
        kind=kind,
        confidence=confidence,
        semi_major_km=float(major),
        semi_minor_km=float(min(minor, major)),
        strike_deg=strike,
    )
