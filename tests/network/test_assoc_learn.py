"""What the search learns from the events found, and phases kept to their windows."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.association_pyocto import make_scene
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.earth import load_predictor
from vigie.facts.phase_windows import is_expected
from vigie.network.association import AssociateParams
from vigie.network.association.bulletin import usual_name
from vigie.network.association.hypothesis import Hypothesis, Variant
from vigie.network.association.labels import label_gains
from vigie.network.association.learn import coda_scale, event_rate, snr_trust
from vigie.network.association.merging import explains
from vigie.network.association.prepare import noise_rates, prepare
from vigie.network.association.tables import DELTAS_DEG, DEPTHS_KM, sample
from vigie.records import Detection, Inventory


# Picks drawn from noise of 0.02/s and a wake of w(t) = 3/(t + 2): the factor comes back.
@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 2.0), st.integers(0, 1000))
def test_the_scale_of_coda_is_recovered(factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_wakes, tail_s, noise_hz = 400, 60.0, 0.02
    expected = 3.0 * np.log(tail_s / 2.0 + 1.0)
    n_coda = rng.poisson(factor * expected * n_wakes)
    lapse = 2.0 * (tail_s / 2.0 + 1.0) ** rng.uniform(size=n_coda) - 2.0
    noise = rng.uniform(0.0, tail_s, rng.poisson(noise_hz * tail_s * n_wakes))
    wake_hz = 3.0 / (np.concatenate([lapse, noise]) + 2.0)
    got = coda_scale(np.full(len(wake_hz), noise_hz), wake_hz, expected * n_wakes)
    assert got == pytest.approx(factor, rel=0.15, abs=0.03)


def test_nothing_in_the_wakes_lowers_the_coda() -> None:
    # The prior of 20 detections over 20 + 380 expected.
    assert coda_scale(np.array([]), np.array([]), 380.0) == pytest.approx(0.05)


def test_the_rate_of_events_moves_from_its_prior_to_what_is_found() -> None:
    columns, _ = prepare(*_scene(), AssociateParams())
    assert event_rate(4.0, 0, columns) < 4.0
    assert event_rate(4.0, 100, columns) == pytest.approx(101 / 1.33, rel=0.1)


def test_taken_picks_are_no_noise() -> None:
    time_s = np.arange(0.0, 3600.0, 10.0)
    first = np.array([0, len(time_s)])
    everything = np.ones(len(time_s), dtype=np.bool_)
    full = noise_rates(time_s, first, 1200.0, everything)
    half = noise_rates(time_s, first, 1200.0, np.arange(len(time_s)) % 2 == 0)
    assert np.median(half / full) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("phase", ["pP", "sP", "PcP", "PP", "ScP"])
def test_later_phases_stay_within_their_windows(phase: str) -> None:
    table = sample(load_predictor("ak135")).secondary[phase]
    rows, columns = np.nonzero(np.isfinite(table))
    assert len(rows) > 100
    assert all(
        is_expected(phase, float(DELTAS_DEG[c]), float(DEPTHS_KM[r]))
        for r, c in zip(rows[::50], columns[::50], strict=True)
    )


# At 4 deg six seconds after P is no depth phase, whatever the depth (window: 10-98 deg).
def test_no_depth_phase_is_looked_for_near_the_source() -> None:
    secondary = sample(load_predictor("ak135")).secondary
    for phase in ("pP", "sP"):
        assert np.isnan(secondary[phase][:, DELTAS_DEG < 10.0]).all()


def test_first_arrivals_are_named_for_their_depth() -> None:
    assert usual_name("P", 5.0, 0.0) == "Pn"
    assert usual_name("Pn", 5.0, 100.0) == "P"
    assert usual_name("P", 60.0, 0.0) == "P"
    assert usual_name("PcP", 60.0, 0.0) == "PcP"


def _scene() -> tuple[list[Detection], Inventory]:
    scene = make_scene(3, 10, 1.0)
    return scene.detections, scene.stations


def test_an_snr_that_is_the_same_for_all_costs_nothing() -> None:
    rows = [Detection(id=str(k), station="A", time_ns=k, snr=10.0) for k in range(400)]
    gain_p, gain_s = label_gains(rows, 0.9, 0.5)
    assert not gain_p.any()
    assert not gain_s.any()


def _rows(snr: NDArray[np.float64]) -> list[Detection]:
    return [
        Detection(id=str(k), station="A", time_ns=k * 10**9, phase="P", snr=float(value))
        for k, value in enumerate(snr)
    ]


# Exponential logarithms: e^g is the ratio of two densities, so it averages to one over noise.
def test_the_ratio_of_snr_averages_to_one_over_noise() -> None:
    snr = 3.0 * np.exp(np.random.default_rng(2).exponential(0.5, 4000))
    gain_p, _ = label_gains(_rows(snr), 0.9, 1.0)
    assert np.mean(np.exp(gain_p)) == pytest.approx(1.0, abs=0.25)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 0.99))
def test_less_trust_brings_every_gain_nearer_to_nothing(trust: float) -> None:
    rows = _rows(3.0 * np.exp(np.random.default_rng(3).exponential(0.5, 200)))
    less, _ = label_gains(rows, 0.9, 0.5 * trust)
    more, _ = label_gains(rows, 0.9, trust)
    assert np.all(np.abs(less) <= np.abs(more) + 1e-12)
    assert np.all(less * more >= 0.0)


def _event(picks: range) -> Hypothesis:
    """Return an event of P readings that are sure, one at each of so many stations."""
    n = len(picks)
    index = np.column_stack([np.array(picks), np.full(n, -1)])
    member = np.column_stack([np.ones(n), np.zeros(n)])
    nothing = np.zeros((n, 2))
    place, variant = np.array([0.0, 0.0, 1.0]), Variant(1.0, False, ())
    return Hypothesis(
        place, 0.0, 0.0, 10.0, 10.0, 4.0, place, np.arange(n), index, index, nothing, nothing,
        member, nothing, variant,
    )  # fmt: skip


@pytest.mark.parametrize(("factor", "low", "high"), [(8.0, 0.49, 0.5), (1.0, 0.0, 0.05)])
def test_a_doubted_snr_of_the_events_tells_whether_it_is_one(
    factor: float, low: float, high: float
) -> None:
    snr = 3.0 * np.exp(np.random.default_rng(4).exponential(0.5, 400))
    snr[:80] *= factor
    rows = [replace(d, station=f"S{k // 10:02d}") for k, d in enumerate(_rows(snr))]
    columns, _ = prepare(rows, _scene()[1], AssociateParams())
    number = {d.id: k for k, d in enumerate(columns.detections)}
    assert [number[str(k)] for k in range(80)] == list(range(80))
    events = [_event(range(k, k + 10)) for k in range(0, 80, 10)]
    assert low <= snr_trust(events, columns, 0.5) <= high
    assert snr_trust(events, columns, 1.0) == 1.0


def test_no_event_leaves_it_open_whether_the_snr_is_one() -> None:
    rows = [replace(d, station="S00") for d in _rows(np.geomspace(3.0, 50.0, 40))]
    columns, _ = prepare(rows, _scene()[1], AssociateParams())
    assert snr_trust([], columns, 1.0) == 0.5


# At 33 deg from another a candidate had taken its place, of whose readings it had few.
def test_an_event_takes_the_place_of_another_only_with_half_of_its_readings() -> None:
    assert explains(_event(range(10)), _event(range(5, 15)))
    assert not explains(_event(range(10)), _event(range(6, 16)))
