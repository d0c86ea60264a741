"""The Poisson fit against an independent maximisation, and areas of peaks of other shapes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from vigie.radionuclide.peaks.groups import kinds_of, split
from vigie.radionuclide.peaks.multiplet import Group, fit_group
from vigie.radionuclide.peaks.params import PeakParams
from vigie.radionuclide.peaks.shape import profile

THETA = np.array([0.0, 0.06, 0.005, 0.0, 0.003])
N = 60


def group(places: list[float], *, free: bool = False, terms: int = 3) -> Group:
    n = len(places)
    return Group(
        start=100,
        stop=100 + N,
        places=np.array(places) + 100.0,
        sigma=np.full(n, 1.9),
        kinds=np.zeros(n, dtype=np.int64),
        theta=THETA,
        theta_sigma=np.array([0.05, 0.05, 0.01, 0.01, 0.003]) if free else np.zeros(5),
        base_mean=np.zeros(terms),
        base_precision=np.zeros(terms),
        fixed=np.zeros(n, dtype=bool),
    )


def expected(peaks: list[tuple[float, float]], base: float = 80.0) -> np.ndarray:
    mean = base * (1.0 - 0.004 * np.arange(N))
    for place, area in peaks:
        mean = mean + area * profile(place, 1.9, THETA, N)
    return np.asarray(mean)


def test_fit_is_the_maximum_of_the_likelihood() -> None:
    """The same likelihood, written again in plain NumPy and climbed by another method."""
    counts = (
        np.random.default_rng(5).poisson(expected([(25.0, 900.0), (31.0, 500.0)])).astype(float)
    )
    one = group([25.4, 30.6])
    fit = fit_group(counts, np.zeros(N), one)
    t = 2.0 * (np.arange(N) - (N - 1) / 2.0) / N
    base = np.array([np.ones(N), t, 0.5 * (3.0 * t * t - 1.0)])
    precision = 1.0 / (2.3548 * 1.9) ** 2

    def minus_log(x: np.ndarray) -> float:
        mean = x[4:] @ base
        for area, place in ((x[0], x[2]), (x[1], x[3])):
            mean = mean + area * profile(place, 1.9, THETA, N)
        if mean.min() <= 0.0:
            return 1e9
        prior = 0.5 * precision * ((x[2] - 25.4) ** 2 + (x[3] - 30.6) ** 2)
        return float(np.sum(mean - (counts + 0.02) * np.log(mean)) + prior)

    start = np.array([800.0, 400.0, 25.4, 30.6, 70.0, 0.0, 0.0])
    best = minimize(
        minus_log,
        start,
        method="Nelder-Mead",
        options={"maxiter": 20000, "maxfev": 20000, "xatol": 1e-4, "fatol": 1e-9, "adaptive": True},
    )
    assert fit.converged
    assert fit.objective <= best.fun + 1e-5
    assert fit.p[:2] == pytest.approx(best.x[:2], rel=2e-3)
    assert fit.places - 100.0 == pytest.approx(best.x[2:4], abs=5e-3)


def test_covariance_is_the_inverse_of_the_numerical_hessian() -> None:
    """At counts equal to their expectation the observed and Fisher's information agree."""
    counts = expected([(25.0, 3000.0)])
    fit = fit_group(
        counts,
        np.zeros(N),
        replace(group([25.0]), base_mean=np.zeros(2), base_precision=np.zeros(2)),
    )
    t = 2.0 * (np.arange(N) - (N - 1) / 2.0) / N
    at = np.array([fit.p[0], fit.p[1], fit.p[-2], fit.p[-1]])

    def minus_log(x: np.ndarray) -> float:
        mean = x[0] * profile(x[1], 1.9, THETA, N) + x[2] + x[3] * t
        prior = 0.5 * (x[1] - 25.0) ** 2 / (2.3548 * 1.9) ** 2
        return float(np.sum(mean - counts * np.log(mean)) + prior)

    steps = np.array([1.0, 1e-3, 0.05, 0.05])
    hessian = np.empty((4, 4))
    for i in range(4):
        for j in range(4):
            a, b = np.eye(4)[i] * steps[i], np.eye(4)[j] * steps[j]
            corners = [minus_log(at + s * a + u * b) * s * u for s in (1, -1) for u in (1, -1)]
            hessian[i, j] = sum(corners) / (4.0 * steps[i] * steps[j])
    sigma = np.sqrt(np.diag(np.linalg.inv(hessian)))
    assert fit.area_sigma[0] == pytest.approx(sigma[0], rel=0.01)
    assert fit.place_sigma[0] == pytest.approx(sigma[1], rel=0.01)


@pytest.mark.slow
def test_areas_of_weak_peaks_are_not_biased_by_free_centroids() -> None:
    rng = np.random.default_rng(11)
    mean = expected([(30.0, 260.0)])
    fits = [
        fit_group(rng.poisson(mean).astype(float), np.zeros(N), group([30.0])) for _ in range(1500)
    ]
    pulls = np.array([(f.areas[0] - 260.0) / f.area_sigma[0] for f in fits])
    raw = np.array([(f.p[0] - 260.0) / f.area_sigma[0] for f in fits])
    assert abs(pulls.mean()) < 0.09
    assert raw.mean() > pulls.mean() + 0.03
    assert pulls.std() == pytest.approx(1.0, abs=0.06)


def test_area_of_nothing_is_nothing() -> None:
    rng = np.random.default_rng(12)
    held = replace(group([30.0]), fixed=np.ones(1, dtype=bool))
    fits = [
        fit_group(rng.poisson(expected([])).astype(float), np.zeros(N), held) for _ in range(400)
    ]
    pulls = np.array([f.p[0] / f.null_sigma[0] for f in fits])
    assert abs(pulls.mean()) < 0.15
    assert pulls.std() == pytest.approx(1.0, abs=0.1)
    assert np.mean(pulls > 1.645) == pytest.approx(0.05, abs=0.035)


@settings(max_examples=40)
@given(st.floats(0.0, 3.0), st.floats(0.0, 40.0), st.integers(0, 10_000))
def test_few_counts_never_break_the_fit(base: float, area: float, seed: int) -> None:
    mean = np.maximum(expected([(30.0, area)], base), 0.0)
    counts = np.random.default_rng(seed).poisson(mean).astype(float)
    fit = fit_group(counts, np.zeros(N), group([30.0, 36.0]))
    assert np.all(np.isfinite(fit.areas))
    assert np.all(fit.area_sigma > 0.0)
    assert fit.mu.min() > 0.0


def test_peaks_of_other_groups_are_taken_off() -> None:
    other = 5000.0 * profile(-4.0, 1.9, np.array([0.0, 0.1, 0.05, 0.1, 0.0]), N)
    counts = expected([(30.0, 1000.0)]) + other
    fit = fit_group(counts, other, group([30.0]))
    assert fit.p[0] == pytest.approx(1000.0, rel=0.01)


def test_a_recoil_peak_is_found_only_where_there_is_one() -> None:
    one = replace(group([20.0]), kinds=np.array([2]))
    plain = fit_group(expected([(20.0, 2000.0)]), np.zeros(N), one)
    assert plain.group.kinds[0] == 0
    assert plain.p[0] == pytest.approx(2000.0, rel=0.01)
    tail = np.array([0.0, 0.0, 0.0, 1.0, 0.0])
    recoil = expected([]) + 6000.0 * profile(15.0, 1.9, tail, N, betas=(1.0, 4.0, 6.0))
    found = fit_group(recoil, np.zeros(N), replace(group([16.0], terms=2), kinds=np.array([2])))
    assert found.group.kinds[0] == 2
    assert found.p[0] == pytest.approx(6000.0, rel=0.1)


def test_kinds_by_energy() -> None:
    kinds = kinds_of(np.array([477.6, 510.4, 511.1, 595.9, 691.0, 1460.8]))
    assert list(kinds) == [0, 0, 1, 2, 2, 0]


@given(st.lists(st.floats(1.0, 40.0), min_size=1, max_size=80))
def test_groups_hold_each_peak_once_and_are_not_too_large(gaps: list[float]) -> None:
    places = np.cumsum(gaps)
    params = PeakParams()
    pieces = split(places, np.full(len(places), 4.0), params)
    assert sorted(np.concatenate(pieces)) == list(range(len(places)))
    assert max(len(piece) for piece in pieces) <= params.max_group
