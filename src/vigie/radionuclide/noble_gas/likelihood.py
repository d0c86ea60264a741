"""Activities, detection, intervals and limits from the Poisson likelihood of a sample's cells.

What it computes, for each nuclide: the estimate (not below 0), the signed root r(a) of the
profile likelihood ratio, detection where r(0) exceeds its 5 % point, a 95 % interval by the
ordering of Feldman and Cousins on r (its end not below what zero counts would leave, 3.0 counts in
all cells), the critical level (estimate that is just detected) and the detection limit (found with
95 %) on the expected counts of the fitted background; where an estimate beside the level
contradicts the decision by r(0), the level is moved to agree. Source: G. Cowan and others,
Eur. Phys. J. C 71 (2011) 1554 (likelihood ratio, expected counts); bootstrap
where counts are few: the 5 % point of r(0) from simulated counts of the best fit without the
nuclide. Assumes the cells' model. Other activities and the memory are free, also below 0, so a
test is not moved by what else is there. Accuracy and cost: benchmark ``noble_gas``
(docs/methods/noble-gas.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from vigie.radionuclide.noble_gas.bounded_interval import accepted_deviation
from vigie.radionuclide.noble_gas.likelihood_limits import (
    decided_level,
    expected_limits,
    root_between,
)
from vigie.radionuclide.noble_gas.matrix import K_ALPHA
from vigie.radionuclide.noble_gas.poisson_kernel import objective
from vigie.radionuclide.noble_gas.problem import (
    Minimum,
    Problem,
    covariance_at,
    deviance,
    expected_counts,
    fixed_minimum,
    minimum,
    problem_of,
    root_of,
    signed_root,
)
from vigie.radionuclide.noble_gas.toys import toy_roots
from vigie.radionuclide.noble_gas.xenon import ISOTOPES

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.cell_model import CellModel

FloatArray = NDArray[np.float64]
NAMES = tuple(one.name for one in ISOTOPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodParams:
    """How a likelihood is judged."""

    probability: float = 0.95
    """Of intervals."""
    few_counts: float = 2.0
    """Expected counts in the cells of a nuclide below which the 5 % point is simulated (above,
    the normal law gives 5 +- 1 %: benchmark ``noble_gas``)."""
    few_counts_with_gas: float = 4.0
    """The same where a gas background is subtracted, for the smaller of both."""
    n_toys: int = 600
    """Simulated measurements; their 5 % point has an error of 0.06 standard deviations."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NuclideFit:
    """What the likelihood says of one nuclide; Bq at the start of the measurement."""

    name: str
    estimate: float
    """At least 0."""
    free_estimate: float
    """May be below 0."""
    sigma: float
    """From the curvature at the maximum."""
    root: float
    """r(0): significance in standard deviations."""
    critical_root: float
    """Its 5 % point."""
    p_value: float
    detected: bool
    low: float
    high: float
    critical_level: float
    detection_limit: float
    sigma_at_zero: float
    sigma_at_limit: float
    toys: int
    """Simulated measurements used; 0: normal law."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LikelihoodFit:
    """Fit of all nuclides to one sample."""

    nuclides: tuple[NuclideFit, ...]
    covariance: FloatArray
    """Of the activities, shape (K, K), order of the design."""
    activities: FloatArray
    """At the maximum, may be below 0."""
    memory: FloatArray
    """Bq at the start of the gas background."""
    deviance: float
    """-2 ln of the likelihood ratio to a model that fits every count."""
    n_cells: int
    pulls: dict[str, float]
    """Nuisances at the maximum, in standard deviations of their priors."""
    converged: bool
    expected: FloatArray
    """Counts of the sample in each cell at the maximum, shape (C,)."""
    without: FloatArray
    """The same without the nuclides that are judged; what backgrounds leave of them stays."""


def fit_sample(
    model: CellModel,
    *,
    params: LikelihoodParams | None = None,
    rng: np.random.Generator | None = None,
    names: tuple[str, ...] = NAMES,
) -> LikelihoodFit:
    """Fit all nuclides and judge each.

    Parameters
    ----------
    names : tuple of str
        Of the first columns of the design; further columns are fitted and not judged.
    rng : numpy.random.Generator, optional
        For simulated counts where counts are few; without it a generator of seed 0 is made.
    """
    params = params or LikelihoodParams()
    rng = rng or np.random.default_rng(0)
    problem = problem_of(model)
    best = minimum(problem, model.counts, problem.free(), np.zeros(problem.size))
    covariance = covariance_at(problem, model.counts, best)
    fits = tuple(
        _judge(problem, k, name, (best, covariance), (params, rng)) for k, name in enumerate(names)
    )
    n = problem.n
    scale = problem.scale
    none = best.point.copy()
    none[: len(names)] = 0.0
    return LikelihoodFit(
        nuclides=fits,
        covariance=covariance[:n, :n] / np.outer(scale, scale),
        activities=best.point[:n] / scale,
        memory=best.point[n : 2 * n] / scale,
        deviance=deviance(best),
        n_cells=len(model.cells),
        pulls=dict(zip(model.nuisances, best.point[2 * n :].tolist(), strict=True)),
        converged=best.converged,
        expected=expected_counts(problem, best)[:, 0],
        without=expected_counts(problem, replace(best, point=none))[:, 0],
    )


def _judge(
    problem: Problem,
    k: int,
    name: str,
    fitted: tuple[Minimum, FloatArray],
    settings: tuple[LikelihoodParams, np.random.Generator],
) -> NuclideFit:
    best, covariance = fitted
    params, rng = settings
    counts = problem.model.counts
    root = signed_root(problem, counts, best, k, 0.0)
    critical, p_value, toys = critical_root(problem, k, best, params=params, rng=rng)
    stretch = critical / K_ALPHA
    low, high = _interval(problem, k, best, (root, stretch, params.probability))
    quiet = _without(_physical(problem, best), k)
    zero_sigma, level, limit, limit_sigma = expected_limits(problem, k, quiet, critical)
    decided = decided_level(float(best.point[k]), level, (root, critical))
    level, limit = decided, limit + decided - level
    scale = problem.scale[k]
    return NuclideFit(
        name=name,
        estimate=max(float(best.point[k] / scale), 0.0),
        free_estimate=float(best.point[k] / scale),
        sigma=float(np.sqrt(max(covariance[k, k], 0.0)) / scale),
        root=root,
        critical_root=critical,
        p_value=p_value,
        detected=bool(root > critical),
        low=float(low / scale),
        high=float(high / scale),
        critical_level=float(level / scale),
        detection_limit=float(limit / scale),
        sigma_at_zero=float(zero_sigma / scale),
        sigma_at_limit=float(limit_sigma / scale),
        toys=toys,
    )


def _without(best: Minimum, k: int) -> Minimum:
    """Return what is there beside a nuclide, for its limits.

    Nothing is fitted anew: activities and backgrounds would take over the counts of the nuclide.
    """
    point = best.point.copy()
    point[k] = 0.0
    return replace(best, point=point)


def _physical(problem: Problem, null: Minimum) -> Minimum:
    """Return a point without negative activities, with the backgrounds that then fit best."""
    point = null.point.copy()
    judged = np.r_[: len(NAMES), problem.n : problem.n + len(NAMES)]
    if problem.n == len(NAMES):
        point[judged] = np.maximum(point[judged], 0.0)
    background = null.background.copy()
    model = problem.model
    value = objective(point, model.counts, model.ratio, problem.design, model.relative, background)
    return Minimum(value, point, background, null.converged)


def critical_root(
    problem: Problem,
    k: int,
    best: Minimum,
    *,
    params: LikelihoodParams | None = None,
    rng: np.random.Generator,
) -> tuple[float, float, int]:
    """Return the 5 % point of r(0), the p-value, and how many simulated measurements gave them."""
    params = params or LikelihoodParams()
    null = fixed_minimum(problem, problem.model.counts, best, k, 0.0)
    root, quiet = root_of(best, null, k, 0.0), _physical(problem, null)
    expected = expected_counts(problem, quiet)
    weight = problem.design[0][:, k] / problem.design[0][:, k].max()
    used = expected[:, :2] if problem.model.has_gas else expected[:, :1]
    fewest = float((used * weight[:, None]).sum(axis=0).min())
    few = params.few_counts_with_gas if problem.model.has_gas else params.few_counts
    if fewest >= few or not problem.model.has_background:
        return K_ALPHA, float(ndtr(-root)), 0
    drawn = rng.poisson(expected, size=(params.n_toys, *expected.shape)).astype(np.float64)
    roots = toy_roots(drawn, k, problem.free(), (quiet.point, problem.model, problem.design))
    p_value = float((1 + (roots >= root - 1e-9).sum()) / (params.n_toys + 1))
    # Never below the normal law's: few counts make r(0) discrete, not narrower.
    return max(K_ALPHA, float(np.quantile(roots, 0.95))), p_value, params.n_toys


def _interval(
    problem: Problem, k: int, best: Minimum, setting: tuple[float, float, float]
) -> tuple[float, float]:
    root0, stretch, probability = setting
    counts = problem.model.counts

    def excess(value: float, *, above: bool) -> float:
        r = signed_root(problem, counts, best, k, value) / stretch
        lower, upper = accepted_deviation(max(root0 / stretch - r, 0.0), probability=probability)
        return r - upper if above else r + min(lower, 1e3)

    start = max(float(best.point[k]), 0.0)
    low = 0.0
    if root0 > accepted_deviation(0.0, probability=probability)[1] * stretch:
        low = root_between(lambda a: excess(a, above=True), 0.0, start)
    step = max(2.0, abs(float(best.point[k])))
    top = start + step
    for _ in range(40):
        if excess(top, above=False) < 0.0:
            break
        top += step
        step *= 1.6
    high = root_between(lambda a: excess(a, above=False), start + 1e-9 * step, top)
    return low, max(high, float(-np.log1p(-probability)))
