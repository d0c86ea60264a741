"""The global solution, limits, subtraction and characteristic limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.radionuclide.decay import SampleTimes
from vigie.radionuclide.particulate.background import subtract_background
from vigie.radionuclide.particulate.design import design_of
from vigie.radionuclide.particulate.iso11929 import characteristic_limits
from vigie.radionuclide.particulate.labels import labels_of, pair_ratio
from vigie.radionuclide.particulate.measured import SpectrumView, clusters_of, net_counts
from vigie.radionuclide.particulate.params import ParticulateParams
from vigie.radionuclide.particulate.rivals import alike, outdone
from vigie.radionuclide.particulate.solve import Problem, drops, solve
from vigie.radionuclide.particulate.sources import air_source, library, present_source
from vigie.records import Peak

DAY = SampleTimes(collection_s=86_400.0, decay_s=86_400.0, acquisition_s=86_400.0)


def peak(energy_kev: float, area: float, sigma: float = 10.0) -> Peak:
    return Peak(
        channel=energy_kev,
        channel_sigma=0.1,
        energy_kev=energy_kev,
        energy_sigma_kev=0.05,
        area=area,
        area_sigma=sigma,
        fwhm_kev=1.5,
        baseline=100.0,
        critical_level=20.0,
        significance=area / sigma,
        chi2_reduced=1.0,
        multiplet=0,
    )


def problem(matrix: np.ndarray, value: np.ndarray, clusters: int, error: float = 0.0) -> Problem:
    variance = np.full(len(value), 100.0)
    return Problem(
        matrix=matrix,
        value=value,
        variance=variance,
        null_variance=variance,
        error=error * matrix,
        clusters=clusters,
        areas=clusters,
    )


def test_chains_of_the_air_bring_what_grew() -> None:
    source = air_source("Ba-140", DAY)
    assert source is not None
    share = {one.name: one for one in source.emitters}
    # Field sheet 4.3: decays 4209.774 and 2448.169.
    assert share["La-140"].decays / share["Ba-140"].decays == pytest.approx(0.58154, abs=2e-4)
    assert source.factors == pytest.approx((1.027396, 1.055802, 1.027396), abs=2e-6)


def test_what_has_decayed_away_is_not_looked_for() -> None:
    assert air_source("Ba-136m", DAY) is None
    assert air_source("I-132", DAY) is not None  # 10.5 half-lives
    assert air_source("I-132", DAY, half_lives=10.0) is None


def test_what_is_there_brings_its_short_lived_daughters() -> None:
    caesium = present_source("Cs-137", 3600.0)
    assert [one.name for one in caesium.emitters] == ["Cs-137", "Ba-137m"]
    # None at the start; lambda t^2 / 2 decays of what grows in an hour (half-life 1.68 d).
    _, lanthanum = present_source("Ba-140", 3600.0).emitters
    assert (lanthanum.name, lanthanum.activity) == ("La-140", 0.0)
    assert lanthanum.decays == pytest.approx(np.log(2.0) / 145_026.0 * 3600.0**2 / 2.0, rel=0.01)
    assert [one.name for one in present_source("Bi-214", 3600.0).emitters] == ["Bi-214"]
    assert {"Cs-137", "Zr-95", "Co-60", "Be-7", "K-40", "I-131"} <= set(library())


def test_shared_peaks_are_divided_by_what_is_known_elsewhere() -> None:
    # Two nuclides share the second peak; the first has another line, as in field sheet 3.6.
    matrix = np.array([[100.0, 0.0], [50.0, 80.0]])
    found = solve(problem(matrix, np.array([1000.0, 900.0]), 2), 2.7)
    np.testing.assert_allclose(found.amount, [10.0, 5.0], rtol=1e-6)
    expected = np.linalg.inv(matrix.T @ matrix / 100.0)
    # Counting variance follows the areas themselves: 100 + expected counts.
    assert found.covariance[0, 0] > expected[0, 0]


def test_a_nuclide_without_evidence_leaves() -> None:
    matrix = np.array([[100.0, 100.0], [50.0, 0.0], [0.0, 60.0]])
    found = solve(problem(matrix, np.array([1000.0, 500.0, 2.0]), 3), 2.7)
    assert found.kept.tolist() == [True, False]


def test_a_peak_that_nothing_explains_is_set_apart() -> None:
    matrix = np.array([[100.0], [10.0]])
    found = solve(problem(matrix, np.array([1000.0, 5000.0]), 2, error=0.03), 2.7)
    assert found.amount[0] == pytest.approx(10.0, rel=0.02)
    assert found.apart[1] == pytest.approx(4900.0, rel=0.02)


def test_significance_does_not_stop_at_the_error_of_ratios() -> None:
    matrix = np.array([[100.0]])
    stated = problem(matrix, np.array([4000.0]), 1, error=0.4)
    found = solve(stated, 2.7)
    assert found.kept[0]
    assert drops(stated, found, np.zeros(1, dtype=bool))[0] > 100.0


positive = st.floats(0.5, 50.0)


@settings(derandomize=True, max_examples=40)
@given(st.lists(positive, min_size=3, max_size=3), st.permutations(range(3)))
def test_the_solution_does_not_depend_on_the_order(amounts: list[float], order: list[int]) -> None:
    rng = np.random.default_rng(4)
    matrix = rng.uniform(0.0, 100.0, (6, 3))
    value = matrix @ np.array(amounts) + rng.normal(0.0, 5.0, 6)
    one = solve(problem(matrix, value, 6), 2.7)
    other = solve(problem(matrix[:, order], value, 6), 2.7)
    np.testing.assert_allclose(other.amount, one.amount[list(order)], rtol=1e-6, atol=1e-9)


def test_background_is_subtracted_by_area_and_live_time() -> None:
    sample = [peak(661.7, 500.0), peak(1460.8, 1000.0), peak(911.2, 300.0)]
    empty = [peak(661.66, 1200.0, 30.0), peak(1460.83, 6000.0), peak(2614.5, 50.0)]
    found = subtract_background(sample, empty, 1.0 / 6.0)
    assert [round(one.background_area, 3) for one in found] == [200.0, 1000.0, 0.0]
    assert found[0].background_sigma == pytest.approx(5.0)
    clusters = clusters_of(found)
    assert clusters.area.tolist() == pytest.approx([300.0, 300.0, 0.0])
    with pytest.raises(ParameterError, match="live_ratio"):
        subtract_background(sample, empty, 0.0)


def test_peaks_on_top_of_each_other_are_one_datum() -> None:
    clusters = clusters_of([peak(100.0, 400.0), peak(100.5, 100.0), peak(103.0, 50.0)])
    assert clusters.members == ((0, 1), (2,))
    assert clusters.area.tolist() == [500.0, 50.0]
    assert clusters.energy_kev[0] == pytest.approx(100.1)


def test_windows_give_areas_without_bias() -> None:
    rng = np.random.default_rng(8)
    energy = np.arange(200.0, 400.0, 0.35)
    base = 300.0 - 0.3 * energy
    sigma = 1.5 / 2.3548
    shape = 0.35 * np.exp(-0.5 * ((energy - 300.0) / sigma) ** 2) / (sigma * 2.5066)
    pulls = []
    for _ in range(300):
        counts = rng.poisson(base + 120.0 * shape).astype(float)
        view = SpectrumView(energy, counts, base, base, np.full(len(energy), 1.5), (200.0, 400.0))
        area, variance = net_counts(view, np.array([300.0]))
        pulls.append((area[0] - 120.0) / np.sqrt(variance[0]))
    assert abs(np.mean(pulls)) < 0.2
    assert np.std(pulls) == pytest.approx(1.0, abs=0.15)


def test_a_window_knows_lines_of_others() -> None:
    # The first line opens the window; the others would open none.
    energy = np.arange(50.0, 120.0, 0.35)
    flat = np.full(len(energy), 100.0)
    width = np.full(len(energy), 1.0)
    view = SpectrumView(energy, flat, flat, flat, width, (50.0, 120.0))
    lines = np.array([70.8, 71.3, 73.0, 76.0])
    telling = np.array([True, False, False, False])
    design = design_of(lines, telling, clusters_of([]), view, ParticulateParams())
    assert design.row.tolist() == [0, -1, -1, -1]
    matrix = design.matrix(np.arange(4), np.full(4, 1000.0), lines, 4)
    # Near the centre a line adds; farther out it raises the baseline; beyond 4.5 FWHM it does not.
    assert matrix[0, 0] == 1000.0
    assert 400.0 < matrix[0, 1] < 800.0
    assert matrix[0, 2] < 0.0
    assert matrix[0, 3] == 0.0
    # Against the areas of spectra that hold these lines.
    for kev, expected in zip(lines[1:3], matrix[0, 1:3], strict=True):
        shape = 0.35 * np.exp(-0.5 * ((energy - kev) * 2.3548) ** 2) * 2.3548 / 2.5066
        seen = SpectrumView(energy, flat + 1000.0 * shape, flat, flat, width, (50.0, 120.0))
        assert net_counts(seen, np.array([70.8]))[0][0] == pytest.approx(expected, abs=1.0)
    errors = design.errors(np.arange(4), np.full(4, 100.0), lines, 4)
    np.testing.assert_allclose(errors[0], np.abs(matrix[0]) / 10.0)


@pytest.mark.parametrize(
    ("second", "days", "leaves"),
    [
        # The data do not say: the longer-lived one stays, unless both live about as long.
        (0.0, (2.0, 47.0), True),
        (0.0, (47.0, 2.0), False),
        (0.0, (40.0, 47.0), False),
        # They do: half-lives have no say.
        (60.0, (2.0, 47.0), False),
        (-60.0, (47.0, 2.0), True),
    ],
)
def test_of_two_that_look_alike(second: float, days: tuple[float, float], leaves: bool) -> None:
    # Both explain the first peak; ``second`` is what the first one alone explains of another, or
    # puts there where nothing is.
    other = abs(second) / 10.0
    stated = problem(
        np.array([[100.0, 100.0], [other, 0.0]]), np.array([1000.0, max(second, 0.0)]), 2
    )
    both, none = np.ones(2, dtype=bool), np.zeros(2, dtype=bool)
    found = solve(stated, 2.7, never=np.array([False, True]))
    assert found.kept.tolist() == [True, False]
    come = np.ones((2, 2), dtype=bool)
    lives = np.array(days) * 86_400.0
    assert outdone(stated, found, both, come, none, lives) == (0 if leaves else None)
    told = alike(stated, found, both, come, none)
    assert told == ({0: (1,)} if second <= 0.0 else {})


def test_two_lines_of_neutrons_in_germanium_come_together() -> None:
    labels = labels_of(clusters_of([peak(595.8, 500.0)]), 86_400.0)
    both = [one for one in labels if {kev for kev, _ in one.lines} == {595.85, 691.43}]
    assert len(both) == 1
    assert both[0].cause == "neutron"


def test_escapes_are_expected_where_pairs_are_made() -> None:
    clusters = clusters_of([peak(2614.5, 20_000.0), peak(661.7, 20_000.0)])
    labels = labels_of(clusters, 86_400.0)
    escapes = {one.cause: one for one in labels if one.cause.endswith("_escape")}
    assert escapes["single_escape"].lines[0][0] == pytest.approx(2103.5, abs=0.1)
    assert escapes["double_escape"].lines[0][0] == pytest.approx(1592.5, abs=0.1)
    assert pair_ratio(1000.0) == 0.0
    assert 0.1 < pair_ratio(2614.5) < 0.2


def test_characteristic_limits_by_hand() -> None:
    # w = 0.1, B + var B = 100, k = 1.6449: y* = 1.6449, y# = 2 y* + k^2 w = 3.5602.
    found = characteristic_limits(5.0, 1.0, factor=0.1, null_variance=100.0, factor_error=0.0)
    assert found.decision_threshold == pytest.approx(1.644854, abs=1e-6)
    assert found.detection_limit == pytest.approx(3.560262, abs=1e-6)
    assert found.best_estimate == pytest.approx(5.0, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((3.04, 6.96), abs=1e-3)
    wide = characteristic_limits(5.0, 1.0, factor=0.1, null_variance=100.0, factor_error=0.1)
    # ISO 11929: divided by 1 - k^2 u_rel^2.
    assert wide.detection_limit == pytest.approx(3.560262 / (1 - 0.0270554), rel=1e-6)
    none = characteristic_limits(5.0, 1.0, factor=0.1, null_variance=100.0, factor_error=0.7)
    assert none.detection_limit is None
    with pytest.raises(ParameterError, match="factor"):
        characteristic_limits(1.0, 1.0, factor=0.0, null_variance=1.0, factor_error=0.0)


@settings(derandomize=True, max_examples=60)
@given(st.floats(-50.0, 50.0), st.floats(0.1, 5.0))
def test_the_posterior_is_not_negative_and_in_order(value: float, sigma: float) -> None:
    found = characteristic_limits(value, sigma, factor=1.0, null_variance=4.0, factor_error=0.05)
    assert 0.0 <= found.low <= found.best_estimate <= found.high
    assert found.best_sigma <= sigma + 1e-9


def test_parameters_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ParameterError, match="keep_drop"):
        ParticulateParams(keep_drop=0.0)
    with pytest.raises(ParameterError, match="ambient_error"):
        ParticulateParams(ambient_error=1.5)
