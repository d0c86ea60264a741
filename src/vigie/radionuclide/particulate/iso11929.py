"""Characteristic limits of ISO 11929 for a result that is a net count times a factor.

y = w (n - n0), u^2(y) = w^2 (n + u^2(n0)) + y^2 u_rel^2(w); the decision threshold is k u(0), the
detection limit the smallest true value that exceeds it in 95 % of cases, and the best estimate and
interval are those of the posterior with y >= 0. Source: ISO 11929-1:2019, as stated in K. Weise et
al., Radiat. Prot. Dosim. 121 (2006) 52. Assumes normal errors: below some 20 counts they are not.
"""

from __future__ import annotations

from math import exp, pi, sqrt

from vigie.errors import ParameterError
from vigie.records import CharacteristicLimits

K_95 = 1.6448536269514722


def characteristic_limits(
    value: float,
    sigma: float,
    *,
    factor: float,
    null_variance: float,
    factor_error: float,
) -> CharacteristicLimits:
    """Return decision threshold, detection limit, best estimate and 95 % interval.

    Parameters
    ----------
    value, sigma : float
        Primary result y, which may be negative, and its standard error.
    factor : float
        w, result per count, > 0.
    null_variance : float
        Variance of the net count where nothing is there, counts^2.
    factor_error : float
        Relative standard error of w.

    Raises
    ------
    ParameterError
        The factor is not above 0.

    Examples
    --------
    >>> found = characteristic_limits(
    ...     5.0, 1.0, factor=0.1, null_variance=100.0, factor_error=0.0
    ... )
    >>> round(found.decision_threshold, 4), round(found.detection_limit, 4)
    (1.6449, 3.5603)
    """
    if not factor > 0.0:
        raise ParameterError(name="factor", value=factor, expected="above 0")
    threshold = K_95 * factor * sqrt(max(null_variance, 0.0))
    left = 1.0 - (K_95 * factor_error) ** 2
    limit = (2.0 * threshold + K_95**2 * factor) / left if left > 0.0 else None
    best, best_sigma, low, high = _posterior(value, max(sigma, 1e-300))
    return CharacteristicLimits(
        decision_threshold=threshold,
        detection_limit=limit,
        best_estimate=best,
        best_sigma=best_sigma,
        low=low,
        high=high,
    )


def _posterior(value: float, sigma: float) -> tuple[float, float, float, float]:
    from scipy.special import log_ndtr, ndtr, ndtri

    z = value / sigma
    # phi(z) / Phi(z) by logarithms, as Phi underflows where the result is far below zero.
    hazard = exp(-0.5 * z * z - float(log_ndtr(z))) / sqrt(2.0 * pi)
    best = value + sigma * hazard
    spread = sqrt(max(sigma**2 - (best - value) * best, 0.0))
    whole = float(ndtr(z))
    low = value - sigma * float(ndtri(whole * 0.975))
    high = value + sigma * float(ndtri(1.0 - whole * 0.025))
    if z < -30.0:
        # Far below zero the posterior is an exponential at zero.
        scale = sigma / -z
        low, high, best, spread = 0.025 * scale, 3.69 * scale, scale, scale
    return best, spread, max(low, 0.0), high
