"""Critical level of a peak's area, and the significance of what was fitted.

Where counts are many, L_C = 1.645 s0, with s0 the standard error that the fitted area would have if
the peak were not there (Currie 1968, Anal. Chem. 40, 586, with the fit's variance in place of
B + var B). Where the peak's window of +-1.25 FWHM expects fewer than 50 counts the normal law is
wrong and the window decides: L_C = n - B with n the count that Poisson's law exceeds in 5 % of
cases (between whole numbers by its continuous form, the incomplete gamma function), B uncertain by
its own counting (a gamma-Poisson, that is negative binomial, law).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.multiplet import GroupFit

FloatArray = NDArray[np.float64]

K_95 = 1.6448536269514722
WINDOW_FWHM = 1.25
"""Half width of the window under a peak in which the baseline is counted."""
FEW = 50.0
"""Expected counts in the window below which Poisson's law is taken."""


def normal_critical_level(baseline: ArrayLike, baseline_variance: ArrayLike) -> FloatArray:
    """Return L_C = 1.645 sqrt(B + var B), counts.

    Examples
    --------
    >>> round(float(normal_critical_level(100.0, 100.0)), 2)
    23.26
    """
    total = np.asarray(baseline, dtype=float) + np.asarray(baseline_variance, dtype=float)
    return np.asarray(K_95 * np.sqrt(total))


def poisson_critical_level(
    baseline: float, baseline_variance: float = 0.0, *, false_rate: float = 0.05
) -> float:
    """Return the net count that pure baseline exceeds with a given rate, for few counts.

    Parameters
    ----------
    baseline : float
        Counts expected in the window, 0 or above.
    baseline_variance : float
        Of that expectation, counts^2; 0 where it is exact.
    false_rate : float
        Chance of a larger count.

    Notes
    -----
    The chance of n or more counts is made continuous in n by the incomplete beta function, so that
    L_C does not jump; at whole numbers it is exact.

    Examples
    --------
    Of a baseline of 3 counts 7 or more are seen in 3.35 % of cases.

    >>> round(poisson_critical_level(3.0, false_rate=0.033509) + 3.0, 2)
    7.0
    """
    from scipy.optimize import brentq

    mean = max(baseline, 1e-9)

    def excess(n: float) -> float:
        return chance_of(n, mean, baseline_variance) - false_rate

    high = mean + 20.0 + 20.0 * np.sqrt(mean + baseline_variance)
    return float(brentq(excess, 1e-9, high)) - baseline


def chance_of(n: float, mean: float, variance: float = 0.0) -> float:
    """Return the chance of n or more counts from a mean known with a variance."""
    from scipy.special import betainc, gammainc

    if n <= 0.0:
        return 1.0
    if variance <= 1e-6 * mean:
        return float(gammainc(n, mean))
    # A gamma law of that mean and variance folded with Poisson's.
    shape, ratio = mean * mean / variance, variance / (mean + variance)
    return float(betainc(n, shape, ratio))


def fit_significance(fit: GroupFit, fwhm: FloatArray) -> FloatArray:
    """Return how many standard deviations each area of a fit lies above nothing.

    Parameters
    ----------
    fwhm : ndarray, shape (n,)
        FWHM at each peak, channels.
    """
    from scipy.stats import norm

    out = fit.p[: fit.n_peaks] / fit.null_sigma
    for i in range(fit.n_peaks):
        under, variance, net = under_peak(fit, i, float(fwhm[i]))
        if under < FEW and out[i] > 0.0:
            chance = chance_of(max(net + under, 0.0), max(under, 1e-6), variance)
            out[i] = min(out[i], float(norm.isf(max(chance, 1e-300))))
    return np.asarray(out)


def under_peak(fit: GroupFit, i: int, fwhm: float) -> tuple[float, float, float]:
    """Return baseline counts within 1.25 FWHM of a peak, their variance, and its net counts there.

    The baseline holds steps, other peaks of the group and of other groups.
    """
    place = fit.places[i] - fit.group.start
    at = np.arange(len(fit.mu))
    # Channels at the ends of the window count by the share that lies inside.
    share = np.clip(WINDOW_FWHM * fwhm + 0.5 - np.abs(at - place), 0.0, 1.0)
    profile = fit.jac[i]
    without = fit.mu - fit.p[i] * profile
    under = float(np.sum(share * np.maximum(without, 0.0)))
    first = 3 * fit.n_peaks + 5
    columns = fit.jac[first:] @ share
    variance = float(columns @ fit.cov[first:, first:] @ columns)
    return under, variance, float(fit.p[i] * np.sum(share * profile))


def critical_levels(fit: GroupFit, fwhm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return critical level of each area, and baseline counts within 1.25 FWHM, shape (n,)."""
    level, baseline = K_95 * fit.null_sigma, np.zeros(fit.n_peaks)
    for i in range(fit.n_peaks):
        under, variance, _ = under_peak(fit, i, float(fwhm[i]))
        baseline[i] = under
        if under < FEW:
            level[i] = max(level[i], poisson_critical_level(under, min(variance, under)))
    return level, baseline
