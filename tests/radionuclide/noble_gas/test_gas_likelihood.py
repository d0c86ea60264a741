"""The Poisson likelihood: kernel, intervals, false alarms, few counts, misfit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import xlogy
from scipy.stats import poisson
from tests.radionuclide.noble_gas.support_gas import campaign, small_response

from vigie.errors import NobleGasInputError, ParameterError
from vigie.radionuclide.noble_gas.beta_spectrum import beta_shape
from vigie.radionuclide.noble_gas.bounded_interval import accepted_deviation
from vigie.radionuclide.noble_gas.cell_model import CellModel, build_cells
from vigie.radionuclide.noble_gas.cells import Box, CellParams, atoms
from vigie.radionuclide.noble_gas.descent import descent
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.likelihood import critical_root, fit_sample
from vigie.radionuclide.noble_gas.matrix import K_ALPHA
from vigie.radionuclide.noble_gas.misfit import choose_cells
from vigie.radionuclide.noble_gas.poisson_kernel import (
    LOW_SHARE,
    best_background,
    cell_term,
    derivatives,
    minimise,
    objective,
)
from vigie.radionuclide.noble_gas.problem import (
    Problem,
    expected_counts,
    minimum,
    problem_of,
    signed_root,
    with_counts,
)
from vigie.radionuclide.noble_gas.sidebands import background_from_sidebands
from vigie.simulate.radionuclide.beta_gamma import GasTruth


def toy_model(counts: np.ndarray, *, gas: bool = True) -> CellModel:
    """Six cells, two nuclides of different shape and one nuisance."""
    shapes = np.array([[5.0, 0.5], [4.0, 1.0], [3.0, 2.0], [2.0, 4.0], [1.0, 6.0], [0.5, 3.0]])
    design = np.stack([shapes, 0.5 * shapes if gas else 0 * shapes, shapes * gas])
    ratio = np.tile([0.1, 0.05 if gas else 0.0, 1.0], (6, 1))
    relative = np.zeros((1, 6, 2))
    relative[0, :, 0] = np.linspace(-0.05, 0.05, 6)
    box = Box(atom="1", beta=(0.0, 1.0), gamma=(0.0, 1.0))
    return CellModel(
        cells=(box,) * 6,
        counts=counts,
        ratio=ratio,
        design=design,
        relative=relative,
        nuisances=("tilt",),
        has_gas=gas,
        has_background=True,
    )


def plain_objective(model: CellModel, whole: np.ndarray) -> float:
    """-ln L with every background a parameter, as the formula stands (twin of the kernel).

    Less that of a model that fits every count.
    """
    a, m, t, d = whole[:2], whole[2:4], whole[4:5], whole[5:]
    factor = 1.0 + np.einsum("j,jck->ck", t, model.relative)
    sample = ((a * model.design[0] + m * model.design[1]) * factor).sum(1)
    gas = (m * model.design[2] * factor).sum(1)
    mean = np.stack([sample, gas, np.zeros(6)], 1) + model.ratio * d[:, None]
    if (mean <= 0.0).any() or (d < 0.0).any():
        return float("inf")
    least = model.counts - xlogy(model.counts, model.counts)
    return float((mean - model.counts * np.log(mean) - least).sum() + 0.5 * t @ t)


@pytest.mark.parametrize("share", [1e-3, 1.0 - 1e-9, 1.0, 1.0 + 1e-9, 1.5])
def test_the_term_of_a_cell_is_exact_where_counts_are_many(share: float) -> None:
    count = 1e12
    # n (x - ln(1 + x)), with x = mean / n - 1: 5e-7 at one part in 1e9, below the error of n ln n.
    x = share - 1.0
    exact = count * (x - np.log1p(x)) if abs(x) > 1e-3 else count * x * x / 2.0
    if share >= LOW_SHARE:
        assert cell_term(count, count * share)[0] == pytest.approx(exact, rel=1e-3, abs=1e-9)
    low, at, _ = cell_term(100.0, 100.0 * LOW_SHARE * (1.0 - 1e-9))
    high, just, _ = cell_term(100.0, 100.0 * LOW_SHARE * (1.0 + 1e-9))
    assert low == pytest.approx(high, rel=1e-6)
    assert at == pytest.approx(just, rel=1e-6)


def test_a_direction_without_information_and_one_that_bends_down_give_a_step_down() -> None:
    slope = np.array([1.0, 2.0, 0.5])
    for diagonal in ([4.0, 0.0, 1.0], [4.0, -3.0, 1.0], [0.0, 0.0, 0.0]):
        matrix = np.diag(diagonal)
        step, damping = descent(matrix, slope, 1e-9)
        assert np.isfinite(step).all()
        assert damping < 1e3
        assert step @ slope < 0.0
    sure = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]])
    assert descent(sure, slope, 1e-9)[0] == pytest.approx(-np.linalg.solve(sure, slope), rel=1e-6)
    assert not np.isfinite(descent(np.full((3, 3), np.nan), slope, 1e-9)[1])


def draw(seed: int, activity: float = 4.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    empty = toy_model(np.zeros((6, 3)))
    background = np.full(6, 200.0)
    mean = np.stack(
        [
            empty.design[0] @ [activity, activity] + empty.ratio[:, 0] * background,
            empty.design[2] @ [2.0, 1.0] + empty.ratio[:, 1] * background,
            background,
        ],
        1,
    )
    return rng.poisson(mean).astype(np.float64)


@pytest.mark.parametrize("seed", range(4))
def test_the_kernel_finds_what_plain_numpy_finds(seed: int) -> None:
    model = toy_model(draw(seed))
    value, point, background, converged = minimise(
        np.zeros(5),
        np.ones(5, dtype=np.bool_),
        model.counts,
        model.ratio,
        model.design,
        model.relative,
    )
    start = np.r_[2.0, 2.0, 1.0, 1.0, 0.0, model.counts[:, 2]]
    plain = minimize(
        partial(plain_objective, model),
        start,
        method="Nelder-Mead",
        options={"maxiter": 40_000, "maxfev": 40_000, "xatol": 1e-7, "fatol": 1e-10},
    )
    assert converged
    assert value <= plain.fun + 1e-6
    assert value == pytest.approx(plain_objective(model, np.r_[point, background]), abs=1e-8)


def test_derivatives_are_those_of_differences() -> None:
    model = toy_model(draw(9))
    at, background = np.array([3.0, 2.0, 1.5, 0.5, 0.3]), model.counts[:, 2].copy()
    setting = (model.counts, model.ratio, model.design, model.relative)
    objective(at, *setting, background)
    gradient, hessian = derivatives(at, *setting, background)
    for i in range(5):
        step = np.zeros(5)
        step[i] = 1e-4
        up, down = (objective(at + s * step, *setting, background.copy()) for s in (1, -1))
        assert (up - down) / 2e-4 == pytest.approx(gradient[i], rel=1e-5, abs=1e-5)
    assert np.linalg.eigvalsh(hessian).min() > 0.0


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 500), st.floats(-2.0, 30.0))
@settings(derandomize=True, max_examples=60)
def test_the_best_background_is_best(s: int, g: int, n: int, signal: float) -> None:
    counts, ratio = np.array([s, g, n], float), np.array([0.2, 0.1, 1.0])
    signals = np.array([signal, 0.5, 0.0])
    best = best_background(counts, signals, ratio, 1.0)

    def value(d: float) -> float:
        return sum(cell_term(counts[t], signals[t] + ratio[t] * d)[0] for t in range(3))

    assert best >= 0.0
    for other in (best + 0.01, max(best - 0.01, 0.0), best * 1.1, best * 0.9):
        assert value(best) <= value(other) + 1e-9


def test_scaling_an_activity_scales_its_estimate() -> None:
    model = toy_model(draw(3), gas=False)
    wide = replace(model, design=model.design * np.array([2.0, 1.0]))
    one, other = (
        fit_sample(m, names=("a", "b"), rng=np.random.default_rng(1)) for m in (model, wide)
    )
    assert other.nuclides[0].free_estimate == pytest.approx(one.nuclides[0].free_estimate / 2)
    assert other.nuclides[0].root == pytest.approx(one.nuclides[0].root, abs=1e-6)
    assert other.nuclides[1].high == pytest.approx(one.nuclides[1].high, rel=1e-3)


def test_feldman_and_cousins_table() -> None:
    # Phys. Rev. D 57 (1998) 3873, table X: upper ends of intervals for x = 0 and x = -1.
    def upper(x: float, probability: float) -> float:
        grid = np.linspace(1e-6, 4.0, 4001)
        inside = [
            -b <= x - mu <= a
            for mu in grid
            for b, a in (accepted_deviation(float(mu), probability=probability),)
        ]
        return float(grid[np.flatnonzero(inside)[-1]])

    assert upper(0.0, 0.90) == pytest.approx(1.64, abs=0.01)
    assert upper(0.0, 0.95) == pytest.approx(1.96, abs=0.01)
    assert upper(0.0, 0.99) == pytest.approx(2.58, abs=0.01)
    assert upper(-1.0, 0.90) == pytest.approx(0.81, abs=0.01)
    with pytest.raises(ParameterError, match="mu"):
        accepted_deviation(-0.1)


@given(st.floats(0.0, 6.0))
@settings(derandomize=True, max_examples=20)
def test_bounded_intervals_cover(mu: float) -> None:
    below, above = accepted_deviation(mu)
    x = np.random.default_rng(2).standard_normal(40_000)
    assert np.mean((x >= -below) & (x <= above)) == pytest.approx(0.95, abs=0.005)


def test_mean_energies_of_evaluated_beta_spectra() -> None:
    # ENSDF: P-32 694.9 keV (1710.66), Xe-133 100.4 (346.4), Xe-135 308 (915), all mean energies.
    for top, charge, mass, mean in (
        (1710.66, 16, 32, 694.9),
        (346.4, 55, 133, 100.4),
        (915.0, 55, 135, 308.0),
    ):
        energy = np.arange(0.5, top, 1.0)
        shape = beta_shape(energy, end_point_kev=top, daughter_z=charge, mass_number=mass)
        assert energy @ shape == pytest.approx(mean, rel=0.01)
    with pytest.raises(ParameterError, match="end_point_kev"):
        beta_shape([1.0, 2.0], end_point_kev=-1.0, daughter_z=55, mass_number=133)


def cells_of(truth: GasTruth, *, gas: bool, full: bool = True) -> CellModel:
    one = campaign(truth)
    data = gas_input(one.sample, one.gas_background if gas else None, one.detector_background)
    return build_cells(data.measurements, CellParams(full_spectrum=full))


@pytest.mark.slow
@pytest.mark.parametrize("gas", [False, True])
def test_false_alarms_are_five_per_cent(gas: bool) -> None:
    model = cells_of(GasTruth(), gas=gas)
    quiet = fit_sample(model)
    base = problem_of(model)
    means = expected_counts(base, minimum(base, model.counts, base.free(), np.zeros(base.size)))
    # The background alone: what the three measurements of an empty cell have in common.
    rate = means.sum(axis=1) / model.ratio.sum(axis=1)
    drawn = np.random.default_rng(4).poisson(
        model.ratio * rate[:, None], (400, *model.counts.shape)
    )
    alarms = np.zeros(5)
    for counts in drawn.astype(np.float64):
        problem = Problem(with_counts(model, counts), base.design, base.scale)
        best = minimum(problem, counts, problem.free(), np.zeros(problem.size))
        alarms += [signed_root(problem, counts, best, k, 0.0) > K_ALPHA for k in range(5)]
    # 400 trials, five isotopes: 2000 tests, 5 +- 0.5 %.
    assert 0.03 < alarms.sum() / 2000 < 0.07
    assert all(one.critical_level < one.detection_limit for one in quiet.nuclides)


@pytest.mark.slow
def test_simulated_activities_come_back() -> None:
    truth = GasTruth(activity_bq={"Xe-133": 0.2, "Xe-131m": 0.05, "Xe-133m": 0.05, "Xe-135": 0.1})
    fits = fit_sample(cells_of(truth, gas=True)).nuclides
    for one in fits:
        if one.name in truth.activity_bq:
            grown = 0.037 * 0.0 if one.name != "Xe-133" else 0.0
            expected = truth.activity_bq[one.name] + grown
            assert one.detected
            assert abs(one.estimate - expected) < 3.5 * one.sigma + 0.02 * expected
            assert one.low < one.estimate < one.high


@pytest.mark.slow
def test_few_counts_are_judged_by_simulation() -> None:
    # A counting experiment: 1 count expected in a cell, known background. P(n >= 4) = 1.9 %.
    design = np.zeros((3, 1, 1))
    design[0, 0, 0] = 1.0
    box = Box(atom="1", beta=(0.0, 1.0), gamma=(0.0, 1.0))
    for n, detected in ((3, False), (4, True)):
        model = CellModel(
            cells=(box,),
            counts=np.array([[float(n), 0.0, 1e6]]),
            ratio=np.array([[1e-6, 0.0, 1.0]]),
            design=design,
            relative=np.zeros((0, 1, 1)),
            nuisances=(),
            has_gas=False,
            has_background=True,
        )
        problem = problem_of(model)
        best = minimum(problem, model.counts, problem.free(), np.zeros(2))
        _, p_value, toys = critical_root(problem, 0, best, rng=np.random.default_rng(3))
        assert toys > 0
        assert p_value == pytest.approx(poisson.sf(n - 1, 1.0), abs=0.03)
        found = fit_sample(model, names=("x",), rng=np.random.default_rng(3)).nuclides[0]
        assert found.detected is detected


@pytest.mark.slow
def test_shapes_without_physics_are_given_up_for_regions() -> None:
    truth = GasTruth(activity_bq={"Xe-133": 2.0})
    one = campaign(truth)
    data = gas_input(one.sample, None, one.detector_background).measurements
    kept, reasons = choose_cells(data, CellParams(), 1e-3)
    assert len(kept.cells) > 8
    assert reasons == []
    # The counts of each region spread evenly: right sums, wrong shapes.
    counts = np.array(data.sample.counts)
    model = data.sample.model
    for region in data.regions[:4]:
        gamma = slice(
            *np.searchsorted(model.gamma_edges_kev, [region.gamma_low, region.gamma_high])
        )
        beta = slice(*np.searchsorted(model.beta_edges_kev, [region.beta_low, region.beta_high]))
        block = counts[gamma, beta]
        counts[gamma, beta] = np.random.default_rng(1).poisson(block.mean(), block.shape)
    flat = replace(data, sample=replace(data.sample, counts=counts))
    parts, reasons = choose_cells(flat, CellParams(), 1e-3)
    assert len(parts.cells) <= 8
    assert [one.code for one in reasons] == ["noble_gas.shapes_misfit"]


@pytest.mark.slow
def test_side_bands_stand_in_for_a_background() -> None:
    one = campaign()
    data = gas_input(one.sample).measurements
    parts = build_cells(data, CellParams(full_spectrum=False))
    model = background_from_sidebands(parts, data.sample)
    expected = small_response().ambient
    assert model.ratio[:, 0].min() > 0.0
    names = [cell.atom for cell in model.cells]
    two = names.index("2")
    gross = model.counts[two, 0]
    assert abs(model.ratio[two, 0] * model.counts[two, 2] - gross) < 6.0 * np.sqrt(gross + 10.0)
    assert expected.histogram.sum() > 0.0


def test_regions_out_of_order_are_refused() -> None:
    regions = campaign().sample.regions
    swapped = tuple(replace(one, roi={5: 6, 6: 5}.get(one.roi, one.roi)) for one in regions)
    with pytest.raises(NobleGasInputError, match="regions 5 and 6"):
        atoms(swapped)
    with pytest.raises(NobleGasInputError, match="no region 3"):
        atoms(tuple(one for one in regions if one.roi != 3))
    with pytest.raises(NobleGasInputError, match="no extent"):
        atoms(tuple(replace(one, beta_high=0.0) if one.roi == 2 else one for one in regions))
