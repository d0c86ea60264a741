"""Fit of a group of peaks that lie close together, on their common baseline.

Poisson likelihood (Baker & Cousins 1984, Nucl. Instrum. Methods 221, 437) of counts per channel,
with the shape of ``shape`` integrated over each channel and a baseline of Legendre polynomials.
Areas may be negative; centroids are free within half a FWHM; width, tails and step are common to
the group and free within the scatter of the detector's law where a peak is strong; the baseline's
curvature has the prior of ``continuum``. The covariance is the inverse of Fisher's information, so
the area's error holds what shape and baseline leave unknown.

A free centroid makes a weak area too large on average, by sigma^2 / (2 A): the fit slides to the
nearest upward fluctuation (second order of the likelihood, Cox & Snell 1968, J. R. Stat. Soc. B 30,
248). The areas given have that taken off.

Accuracy and cost as measured: ``docs/methods/peaks.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.shape import BETAS, FWHM_OVER_SIGMA

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MAX_STEPS = 60
CENTROID_BOUND_FWHM = 0.5
RECOIL = 2
RECOIL_GAIN = 4.0
"""Logarithm of likelihood by which a recoil peak has to be better than a common one."""
OWN_PRIOR = {1: (0.25, 0.25, -0.1, 1.3), 2: (1.8, 0.7, 0.5, 3.5)}
"""By kind: mean, standard deviation and bounds of the own shape. 511 keV is wider than its
neighbours by up to a factor of two; a germanium recoil's tail is 2 to 20 sigma long."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Group:
    """What is fitted together, and what is known of it before."""

    start: int
    """First channel, counted from 0."""
    stop: int
    """Channel behind the last."""
    places: FloatArray
    """Centroids, channels counted from 0, shape (n,)."""
    sigma: FloatArray
    """Standard deviation of the Gaussians, channels."""
    kinds: IntArray
    """0 common shape, 1 width of its own, 2 recoil tail of its own."""
    theta: FloatArray
    """Shape by the law, shape (5,)."""
    theta_sigma: FloatArray
    """How far the group may stray from it; 0 keeps it."""
    base_mean: FloatArray
    """Coefficients of the baseline expected, shape (k,)."""
    base_precision: FloatArray
    """Their inverse variances; 0 where nothing is known."""
    fixed: NDArray[np.bool_]
    """Which centroids are kept."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupFit:
    """Result of one fit; all arrays in the order of the group's peaks."""

    group: Group
    p: FloatArray
    """All parameters, see ``_fit_kernels``; places from the group's first channel."""
    cov: FloatArray
    """Of all parameters; zero in rows of fixed ones."""
    mu: FloatArray
    """Expected counts, offset included, shape (stop - start,)."""
    jac: FloatArray
    """Their derivatives, shape (parameters, stop - start)."""
    null_sigma: FloatArray
    """Standard error that an area would have if its peak were not there."""
    chi2: float
    dof: int
    objective: float
    """Minus the logarithm of likelihood and prior, up to a constant of the window."""
    converged: bool
    places: FloatArray
    """Centroids, channels counted from 0."""

    @property
    def n_peaks(self) -> int:
        """Number of peaks."""
        return len(self.places)

    @property
    def place_sigma(self) -> FloatArray:
        """Standard errors of the centroids, channels."""
        n = self.n_peaks
        return np.asarray(np.sqrt(np.diag(self.cov)[n : 2 * n]))

    @property
    def area_sigma(self) -> FloatArray:
        """Standard errors of the areas."""
        return np.asarray(np.sqrt(np.diag(self.cov)[: self.n_peaks]))

    @property
    def areas(self) -> FloatArray:
        """Areas, the bias of free centroids taken off."""
        area, sigma = self.p[: self.n_peaks], self.null_sigma
        free = ~self.group.fixed & (area > 1.2 * sigma)
        bias = 0.5 * sigma**2 / np.maximum(area, 1.2 * sigma)
        return area - np.where(free, bias, 0.0)

    @property
    def baseline(self) -> FloatArray:
        """Baseline without steps, offset not included, shape (stop - start,)."""
        first = 3 * self.n_peaks + 5
        return np.asarray(self.p[first:] @ self.jac[first:])

    @property
    def theta(self) -> FloatArray:
        """Fitted common shape."""
        return self.p[3 * self.n_peaks : 3 * self.n_peaks + 5]


def fit_group(counts: FloatArray, offset: FloatArray, group: Group) -> GroupFit:
    """Fit a group; where a recoil peak may be, also without one, and keep what fits better.

    Parameters
    ----------
    counts, offset : ndarray, shape (stop - start,)
        Of the group's window: counts, and what peaks of other groups put there.
    group : Group
    """
    special = _fit(counts, offset, group)
    recoil = group.kinds == RECOIL
    if not recoil.any():
        return special
    common = _fit(counts, offset, replace(group, kinds=np.where(recoil, 0, group.kinds)))
    return special if special.objective < common.objective - RECOIL_GAIN else common


def _fit(counts: FloatArray, offset: FloatArray, group: Group) -> GroupFit:
    from vigie.radionuclide.peaks import _fit_kernels as kernels

    data = (counts, offset)
    shape = (group.sigma, group.kinds, BETAS)
    limits = _limits(group)
    start = _start(group, *data)
    held = limits.copy()
    n = len(group.places)
    # Centroids and shape only from good areas; else a poor start drags them off.
    held[kernels.HIGH, n : 3 * n + 5] = held[kernels.LOW, n : 3 * n + 5] = start[n : 3 * n + 5]
    start, *_ = kernels.fit(start, data, shape, held, 6)
    p, mu, jac, steps = kernels.fit(start, data, shape, limits, MAX_STEPS)
    cov, null_sigma = kernels.errors(p, (mu, jac), limits, n)
    return GroupFit(
        group=group,
        p=p,
        cov=cov,
        mu=mu,
        jac=jac,
        null_sigma=null_sigma,
        chi2=float(np.sum((counts - mu) ** 2 / np.maximum(mu, 0.5))),
        dof=max(len(counts) - _used(group, limits), 1),
        objective=kernels.objective(p, counts, mu, limits),
        converged=steps < MAX_STEPS,
        places=p[n : 2 * n] + group.start,
    )


def _used(group: Group, limits: FloatArray) -> int:
    """Parameters that the data determine: those with weak priors."""
    free = limits[2] < limits[3]
    n = len(group.places)
    free[3 * n : 3 * n + 5] = False
    return int(free.sum())


def _limits(group: Group) -> FloatArray:
    n, k = len(group.places), len(group.base_mean)
    out = np.zeros((4, 3 * n + 5 + k))
    mean, precision, low, high = out
    low[:n], high[:n] = -np.inf, np.inf
    here = group.places - group.start
    reach = np.where(group.fixed, 0.0, CENTROID_BOUND_FWHM * FWHM_OVER_SIGMA * group.sigma)
    mean[n : 2 * n], low[n : 2 * n], high[n : 2 * n] = here, here - reach, here + reach
    precision[n : 2 * n] = 1.0 / (FWHM_OVER_SIGMA * group.sigma) ** 2
    for i, kind in enumerate(group.kinds):
        if kind:
            centre, sigma, least, most = OWN_PRIOR[int(kind)]
            mean[2 * n + i], precision[2 * n + i] = centre, sigma**-2
            low[2 * n + i], high[2 * n + i] = least, most
    common = slice(3 * n, 3 * n + 5)
    reach = 5.0 * group.theta_sigma
    mean[common], low[common], high[common] = group.theta, group.theta - reach, group.theta + reach
    precision[common] = np.where(
        group.theta_sigma > 0.0, np.maximum(group.theta_sigma, 1e-12) ** -2.0, 0.0
    )
    mean[3 * n + 5 :], precision[3 * n + 5 :] = group.base_mean, group.base_precision
    low[3 * n + 5 :], high[3 * n + 5 :] = -np.inf, np.inf
    return out


def _start(group: Group, counts: FloatArray, offset: FloatArray) -> FloatArray:
    n, k = len(group.places), len(group.base_mean)
    out = np.zeros(3 * n + 5 + k)
    net = counts - offset
    level = max(float(np.quantile(net, 0.3)), 0.5 * float(counts.mean()) * (n == 0), 0.5)
    out[3 * n + 5] = level
    here = group.places - group.start
    out[n : 2 * n] = here
    for i, kind in enumerate(group.kinds):
        out[2 * n + i] = OWN_PRIOR[int(kind)][0] if kind else 0.0
        low = max(int(here[i] - 1.2 * group.sigma[i]), 0)
        high = max(min(int(here[i] + 1.2 * group.sigma[i]) + 2, len(net)), low + 1)
        out[i] = max(float(np.sum(net[low:high] - level)) / 0.8, 1.0)
    out[3 * n : 3 * n + 5] = group.theta
    return out
