"""The interval that is reported: that of the counts, with errors that scale the whole result.

What it computes, with est the estimate (at least 0), [low, high] the 95 % interval of the counts
(Feldman and Cousins), q = 1.96 times the relative error of efficiency and volume:

1. Floor of the upper end: high >= 1.96 sigma, what the counts would say of an estimate of zero.
   An estimate far below zero (stated ratios that subtract too much) gives an upper end that no
   nuclide could be told to stay under (power-constrained limit; G. Cowan and others,
   arXiv:1105.3166).
2. Scale: a truth a is kept while |est - a| <= sqrt(d^2 + (q a)^2), d the distance of the counts'
   end on that side (Fieller; quadrature of both errors at the truth that is judged). The ends are

   low  = (est^2 - d^2) / (est + sqrt(d^2 + q^2 (est^2 - d^2))),  d = est - low of the counts,
   high = (est + sqrt(d^2 + q^2 (est^2 - d^2))) / (1 - q^2),      d = high of the counts - est.

A low end of 0 stays 0 and one above 0 stays above 0: a wrong scale makes nothing out of nothing,
so the interval still leaves zero out exactly when something is detected. With est = 0 the upper
end grows by 1 / sqrt(1 - q^2). From q = 1 on (relative error 51 %) it is open. Assumes normal
relative errors, independent of the counts. Accuracy: 94.9 to 97.1 % hold the truth, with relative
errors of 5 to 20 % and truths of 0 to 330 sigma (docs/methods/noble-gas.md).
"""

from __future__ import annotations

from math import sqrt

from scipy.special import ndtri

PROBABILITY = 0.95
K_TWO_SIDED = float(ndtri(0.5 * (1.0 + PROBABILITY)))


def with_scale_error(
    estimate: float, counted: tuple[float, float], *, sigma: float, relative: float
) -> tuple[float, float | None]:
    """Return both ends of the reported interval; None for an upper end that is open.

    Parameters
    ----------
    estimate : float
        May be below 0, and counts as 0 then.
    counted : tuple of float
        95 % interval of the counts.
    sigma : float
        Standard error of the counts at the estimate or at zero, the larger.
    relative : float
        Relative standard error of what scales the result.

    Examples
    --------
    >>> low, high = with_scale_error(2.0, (1.8, 2.2), sigma=0.1, relative=0.1)
    >>> round(low, 3), round(high, 3)
    (1.624, 2.536)
    >>> with_scale_error(-3.0, (0.0, 0.01), sigma=1.0, relative=0.0)[1] > 1.95
    True
    """
    est = max(estimate, 0.0)
    low, high = min(counted[0], est), max(counted[1], est, K_TWO_SIDED * sigma)
    q = K_TWO_SIDED * relative
    below = _spread(est, est - low, q)
    new_low = 0.0 if low <= 0.0 else (est**2 - (est - low) ** 2) / (est + below)
    if q >= 1.0:
        return new_low, None
    return new_low, (est + _spread(est, high - est, q)) / (1.0 - q * q)


def _spread(est: float, distance: float, q: float) -> float:
    return sqrt(max(distance**2 * (1.0 - q * q) + (q * est) ** 2, 0.0))
