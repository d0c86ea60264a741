"""Adjustment of an energy scale as a Gaussian process on matched lines.

The prior is a shift, a gain change, and a smooth integral non-linearity of the converter in two
lengths, whose size is chosen by the marginal likelihood (Rasmussen & Williams 2006, Gaussian
Processes for Machine Learning, ch. 2 and 5). It mends what the lines show, stays a straight line
where they are few, and its covariance says how sure the energy is between and beyond them. Matches
that disagree are given less weight (Huber).

Cost: 1 ms for 25 lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.energy import Adjustment

FloatArray = NDArray[np.float64]

NON_LINEARITY_KEV = ((0.15, 500.0), (0.05, 150.0))
"""Usual size and length of the non-linearity: makers quote 0.025 % of full scale."""
SIZES = (1.0, 3.0, 8.0)
"""Factors on that size that are tried: some field instruments are off by more than 1 keV."""
SIZE_PRIOR = (0.0, 2.0, 4.0)
"""What their logarithms of likelihood lose."""
KNOTS_KEV = np.arange(-100.0, 4001.0, 50.0)
HUBER = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalePrior:
    """How far a scale may be off before anything is seen (standard deviations)."""

    shift_kev: float
    gain: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Conditioned:
    """The process after the matches."""

    adjustment: Adjustment
    chi2: float
    """Reduced chi-square that is left."""


def condition(
    at_kev: FloatArray, wanted_kev: FloatArray, sigma_kev: FloatArray, prior: ScalePrior
) -> Conditioned:
    """Condition the process.

    Parameters
    ----------
    at_kev, wanted_kev, sigma_kev : ndarray, shape (n,)
        Present energies of lines, what should be added there, and its error.
    prior : ScalePrior
    """
    trials = []
    for size, loss in zip(SIZES, SIZE_PRIOR, strict=True):
        within = _covariance(at_kev, at_kev, prior, size)
        variance, off = _weighted(within, wanted_kev, sigma_kev)
        total = within + np.diag(variance)
        solved = np.linalg.solve(total, wanted_kev)
        likelihood = -0.5 * wanted_kev @ solved - 0.5 * np.linalg.slogdet(total)[1] - loss
        trials.append((likelihood, size, variance, off))
    _, size, variance, off = max(trials, key=lambda one: one[0])
    total = _covariance(at_kev, at_kev, prior, size) + np.diag(variance)
    across = _covariance(KNOTS_KEV, at_kev, prior, size)
    gain = np.linalg.solve(total, across.T).T
    share = float(np.trace(np.linalg.solve(total, np.diag(variance))))
    adjustment = Adjustment(
        knots_kev=KNOTS_KEV,
        shift_kev=gain @ wanted_kev,
        covariance=_covariance(KNOTS_KEV, KNOTS_KEV, prior, size) - gain @ across.T,
    )
    chi2 = float(np.sum(np.minimum(off, HUBER) * off)) / max(share, 1.0)
    return Conditioned(adjustment=adjustment, chi2=chi2)


def _covariance(
    first: FloatArray, second: FloatArray, prior: ScalePrior, size: float
) -> FloatArray:
    away = first[:, np.newaxis] - second
    out = prior.shift_kev**2 + prior.gain**2 * np.outer(first, second)
    for height, length in NON_LINEARITY_KEV:
        out = out + (size * height) ** 2 * np.exp(-0.5 * (away / length) ** 2)
    return np.asarray(out)


def _weighted(
    within: FloatArray, wanted: FloatArray, sigma: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return variances that give outliers less weight, and residuals in sigma."""
    variance = sigma**2
    off = np.zeros(len(sigma))
    for _ in range(8):
        solved = np.linalg.solve(within + np.diag(variance), wanted)
        off = np.abs(wanted - within @ solved) / sigma
        variance = sigma**2 * np.maximum(1.0, off / HUBER)
    return np.asarray(variance), np.asarray(off)
