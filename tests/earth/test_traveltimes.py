"""The tables, their kernels and their twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import PHASES, TravelTimes, canonical, kernels, twin
from vigie.errors import UnknownModelError, UnknownPhaseError

AK135 = TravelTimes.load("ak135")


@pytest.mark.parametrize("model", ["ak135", "iasp91"])
def test_kernel_and_twin_agree_at_random_points(model: str) -> None:
    times = TravelTimes.load(model)
    rng = np.random.default_rng(4)
    n = 20_000
    phase = rng.integers(0, len(times.phases), n)
    delta = rng.uniform(0.0, 180.0, n)
    depth = rng.choice([rng.uniform(0.0, 800.0, n), rng.uniform(0.0, 40.0, n)])
    fast = kernels.evaluate_many(times.tables, phase, delta, depth)
    plain = twin.evaluate_many(times.tables, phase, delta, depth)
    np.testing.assert_array_equal(np.isnan(fast), np.isnan(plain))
    np.testing.assert_allclose(fast, plain, atol=1e-8)


def test_candidates_leave_out_nothing_that_is_earliest() -> None:
    # The twin evaluates every entry; the kernel only those marked for the cell.
    rng = np.random.default_rng(5)
    n = 60_000
    phase = np.full(n, AK135.phase_index("P"))
    delta, depth = rng.uniform(0.0, 105.0, n), rng.uniform(0.0, 800.0, n)
    fast = kernels.evaluate_many(AK135.tables, phase, delta, depth)
    plain = twin.evaluate_many(AK135.tables, phase, delta, depth)
    np.testing.assert_allclose(fast[:, 0], plain[:, 0], atol=1e-8)


@given(st.floats(0.01, 97.0), st.floats(0.0, 700.0), st.sampled_from(["P", "S"]))
def test_first_arrivals_exist_and_derivatives_are_differences(
    delta: float, depth: float, phase: str
) -> None:
    here = AK135.predict(phase, delta, depth)
    near, far = AK135.predict(phase, [delta - 1e-4, delta + 1e-4], depth).time_s
    assert np.isfinite(here.time_s)
    slope = (far - near) / 2e-4
    # Near a crossing of branches the difference lies between the two slownesses.
    ends = AK135.predict(phase, [delta - 1e-4, delta + 1e-4], depth).slowness_s_per_deg
    assert ends.min() - 1e-3 <= slope <= ends.max() + 1e-3


@given(st.floats(25.0, 95.0), st.floats(1.0, 690.0))
def test_depth_derivative_is_the_difference(delta: float, depth: float) -> None:
    above, here, below = AK135.predict("P", delta, [depth - 1e-3, depth, depth + 1e-3])[0]
    slope = float(AK135.predict("P", delta, depth).dt_ddepth_s_per_km)
    one_sided = [(here - above) / 1e-3, (below - here) / 1e-3]
    # At a discontinuity the two sides differ.
    assert min(one_sided) - 1e-3 <= slope <= max(one_sided) + 1e-3


@given(st.floats(30.0, 84.0), st.floats(0.0, 700.0))
def test_slowness_falls_with_distance_beyond_the_triplications(delta: float, depth: float) -> None:
    here = AK135.predict("P", delta, depth)
    assert here.d2t_ddelta2 < 0.0
    later = AK135.predict("P", delta + 1.0, depth)
    expected = float(later.slowness_s_per_deg - here.slowness_s_per_deg)
    assert float(here.d2t_ddelta2) == pytest.approx(expected, abs=0.035)


def test_first_p_is_the_earliest_of_the_named_ones() -> None:
    delta = np.linspace(0.1, 20.0, 400)
    first = AK135.predict("P", delta, 10.0).time_s
    named = np.stack([AK135.predict(name, delta, 10.0).time_s for name in ("Pg", "Pb", "Pn")])
    earliest = np.nanmin(named, axis=0)
    assert np.all(first <= earliest + 1e-9)
    np.testing.assert_allclose(first[:300], earliest[:300], atol=1e-6)


def test_time_is_continuous_through_crossings_of_branches() -> None:
    delta = np.arange(0.0, 98.0, 0.01)
    for depth in (0.0, 15.0, 33.0, 35.0, 100.0, 410.0, 600.0):
        for phase in ("P", "S"):
            times = AK135.predict(phase, delta, depth)
            steps = np.diff(times.time_s)
            allowed = 0.01 * np.maximum(times.slowness_s_per_deg[1:], times.slowness_s_per_deg[:-1])
            assert np.all(steps <= allowed + 0.002)
            assert np.all(steps > -0.001)


def test_depth_just_above_and_below_each_discontinuity() -> None:
    delta = np.linspace(0.0, 95.0, 300)
    for depth in (20.0, 35.0, 210.0, 410.0, 660.0):
        for phase in ("P", "S"):
            above = AK135.predict(phase, delta, depth - 1e-6).time_s
            below = AK135.predict(phase, delta, depth + 1e-6).time_s
            np.testing.assert_allclose(above, below, atol=0.003)


def test_times_in_the_uniform_crust_are_straight_rays() -> None:
    # 5.8 km/s down to 20 km: chord of the sphere.
    delta, depth = 0.7, 12.0
    source = 6371.0 - depth
    chord = np.sqrt(6371.0**2 + source**2 - 2 * 6371.0 * source * np.cos(np.radians(delta)))
    assert float(AK135.predict("Pg", delta, depth).time_s) == pytest.approx(chord / 5.8, abs=1e-9)


def test_phases_end_where_their_rays_end() -> None:
    assert np.isnan(AK135.predict("PKPbc", 140.0, 0.0).time_s)
    assert np.isfinite(AK135.predict("PKPbc", 150.0, 0.0).time_s)
    assert np.isnan(AK135.predict("Pdiff", 90.0, 0.0).time_s)
    assert np.isfinite(AK135.predict("Pdiff", 120.0, 0.0).time_s)
    assert np.isnan(AK135.predict("P", 110.0, 0.0).time_s)
    assert np.isnan(AK135.predict("Pg", 2.0, 100.0).time_s)
    assert np.isnan(AK135.predict("P", 20.0, 900.0).time_s)
    assert np.isnan(AK135.predict("P", -1.0, 10.0).time_s)
    assert np.isnan(AK135.predict("P", np.nan, 10.0).time_s)
    assert np.isnan(AK135.predict("P", 10.0, np.nan).time_s)


@pytest.mark.parametrize(
    ("phase", "depth_km", "last_deg"),
    # ObsPy's TauP, ak135: the last distance, to 0.01 deg, at which it has the phase.
    [
        ("Pdiff", 10.0, 159.62),
        ("Pdiff", 600.0, 157.41),
        ("Sdiff", 10.0, 160.01),
        ("Sdiff", 600.0, 157.71),
    ],
)
def test_diffracted_waves_end_where_taup_ends_them(
    phase: str, depth_km: float, last_deg: float
) -> None:
    for away_deg, there in ((-0.05, True), (0.05, False)):
        found = AK135.predict(phase, last_deg + away_deg, depth_km).time_s
        assert bool(np.isfinite(found)) is there


def test_p_goes_on_as_pdiff() -> None:
    both = [AK135.predict(phase, 103.0, 200.0).time_s for phase in ("P", "Pdiff")]
    assert float(both[0]) == pytest.approx(float(both[1]), abs=1e-9)


def test_a_source_above_sea_level_counts_as_at_it() -> None:
    both = [float(AK135.predict("P", 30.0, depth).time_s) for depth in (-2.0, 0.0)]
    assert both[0] == both[1]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("PKIKP", "PKPdf"), ("P*", "Pb"), ("P'P'", "PKPPKP"), ("p", "P"), ("SKKS", "SKKSac")],
)
def test_other_spellings_mean_the_same(spelling: str, name: str) -> None:
    assert canonical(spelling) == name
    assert AK135.phase_index(spelling) == AK135.phase_index(name)


def test_every_phase_exists_somewhere_in_both_models() -> None:
    delta = np.linspace(0.0, 180.0, 721)
    for model in ("ak135", "iasp91"):
        times = TravelTimes.load(model)
        for phase in PHASES:
            assert np.isfinite(times.predict(phase, delta, 5.0).time_s).any(), phase


def test_unknown_names_are_refused_with_what_is_known() -> None:
    with pytest.raises(UnknownPhaseError, match="PKPdf"):
        AK135.predict("pwP", 40.0, 10.0)
    with pytest.raises(UnknownModelError, match="iasp91"):
        TravelTimes.load("prem")


@pytest.mark.parametrize("model", ["ak135", "iasp91"])
@pytest.mark.parametrize("phase", ["P", "S"])
def test_first_arrivals_exist_at_every_distance_and_depth(model: str, phase: str) -> None:
    delta = np.linspace(0.0, 98.0, 491)
    depth = np.linspace(0.0, 800.0, 801)[:, None]
    times = TravelTimes.load(model).predict(phase, delta, depth).time_s
    assert np.isfinite(times).all()
    # Nor is a branch missing anywhere: from depth to depth a kilometre changes little.
    assert np.abs(np.diff(times, axis=0)).max() < (0.20 if phase == "P" else 0.33)


def test_shapes_broadcast() -> None:
    found = AK135.predict("P", np.linspace(1.0, 90.0, 5), np.array([[0.0], [100.0]]))
    assert found.time_s.shape == (2, 5)
    assert AK135.predict("P", 10.0, 5.0).time_s.shape == ()
