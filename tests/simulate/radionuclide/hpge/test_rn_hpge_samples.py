"""Simulated messages of a particulate station."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError, UnknownNuclideError
from vigie.radionuclide.decay import decay_factors
from vigie.records import PhdType
from vigie.simulate.radionuclide.hpge import (
    GAUSSIAN,
    Electronics,
    HpgeStation,
    NaturalBackground,
    PeakShape,
    simulate_background,
    simulate_blank,
    simulate_checks,
    simulate_counts,
    simulate_sample,
)
from vigie.simulate.radionuclide.hpge.emission import emission
from vigie.simulate.radionuclide.hpge.response import response_of
from vigie.simulate.radionuclide.hpge.sample import pile_up, spread
from vigie.simulate.radionuclide.hpge.shape import draw_peaks

STATION = HpgeStation()
AIR = {"Be-7": 4000.0, "Pb-212": 20_000.0, "Cs-137": 50.0}


def test_a_sample_is_a_whole_message() -> None:
    made = simulate_sample(STATION, np.random.default_rng(1), air_ubq_m3=AIR)
    message, truth = made.message, made.truth
    assert message.type is PhdType.SAMPLE
    assert message.simulated
    assert message.blocks_missing == ()
    assert message.collection is not None
    assert message.acquisition is not None
    gap = (message.acquisition.start_ns - message.collection.stop_ns) / 1e9
    assert gap == STATION.decay_s
    assert message.gamma is not None
    assert message.gamma.calibration is message.gamma_calibration
    assert len(message.gamma_calibration.efficiency) == len(STATION.calibration_kev)
    assert message.acquisition.live_time_s == pytest.approx(truth.live_time_s, abs=0.01)
    assert message.acquisition.live_time_s < message.acquisition.real_time_s


def test_the_area_of_a_line_follows_from_the_concentration() -> None:
    made = simulate_sample(STATION, np.random.default_rng(1), air_ubq_m3={"Cs-137": 50.0})
    area = sum(p.area for p in made.truth.peaks if p.source == "Ba-137m" and p.line_kev)
    factors = decay_factors(9.4799e8, STATION.times)
    response = response_of(STATION.geometry)
    # C V eff I t_live / (K_c K_d K_a), with 0.851 photons per decay of Cs-137.
    photons = 50e-6 * 20_000.0 * 0.851 * made.truth.live_time_s / factors.product
    assert area == pytest.approx(photons * float(response.peak(661.657)), rel=6e-3)


def test_the_same_seed_gives_the_same_counts() -> None:
    first, second = (
        simulate_counts(STATION, np.random.default_rng(5), air_ubq_m3=AIR) for _ in "ab"
    )
    assert np.array_equal(first.counts, second.counts)
    other = simulate_counts(STATION, np.random.default_rng(6), air_ubq_m3=AIR)
    assert not np.array_equal(first.counts, other.counts)
    pull = (first.counts - first.expected) / np.sqrt(np.maximum(first.expected, 1.0))
    assert abs(float(pull.mean())) < 0.05
    assert float(pull.std()) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("first", [0, 1])
def test_both_numberings_have_the_same_energies(first: int) -> None:
    station = replace(
        STATION, electronics=Electronics(first_channel=first, offset_kev=0.1 - first * 0.335)
    )
    found = simulate_counts(station, np.random.default_rng(1), air_ubq_m3={"Cs-137": 1e4})
    numbers = np.arange(len(found.counts)) + first
    energy = station.electronics.energy_kev(numbers.astype(float))
    at = np.abs(energy - 661.66) < 4.0
    centroid = float(np.average(energy[at], weights=found.expected[at]))
    assert centroid == pytest.approx(661.66, abs=0.15)  # the tail pulls it down a little


def test_drift_moves_peaks_and_not_the_stated_calibration() -> None:
    drifted = replace(STATION, electronics=Electronics(drift_gain=1e-3))
    rng = np.random.default_rng(3)
    found = simulate_counts(drifted, rng, air_ubq_m3={"K-40": 1e5})
    still = simulate_counts(STATION, np.random.default_rng(3), air_ubq_m3={"K-40": 1e5})
    moved = int(np.argmax(found.expected[4000:])) - int(np.argmax(still.expected[4000:]))
    assert moved == pytest.approx(-1460.8 / 0.335 * 1e-3, abs=1.1)


def test_blank_background_and_checks() -> None:
    rng = np.random.default_rng(2)
    blank = simulate_blank(STATION, rng, filter_bq={"Cs-137": 0.05})
    empty = simulate_background(STATION, rng)
    assert blank.message.type is PhdType.BLANK
    assert empty.message.type is PhdType.DETECTOR_BACKGROUND
    assert not any(p.source == "Ba-137m" for p in empty.truth.peaks)
    checks = list(simulate_checks(STATION, rng, days=3))
    assert [one.message.type for one in checks] == [PhdType.QUALITY_CONTROL] * 3
    sources = {p.source for p in checks[0].truth.peaks}
    assert {"Am-241", "Ba-137m", "Co-60"} <= sources


def test_surroundings_may_hold_cobalt() -> None:
    steel = replace(STATION, background=NaturalBackground(cobalt_per_s=1e-3))
    found = simulate_counts(steel, np.random.default_rng(1))
    (line,) = [
        p
        for p in found.truth.peaks
        if p.source == "ambient Co-60" and p.line_kev and 1332 < p.energy_kev < 1333
    ]
    assert line.area == pytest.approx(1e-3 * STATION.acquisition_s, rel=0.02)


def test_daughters_grow_in_the_filter() -> None:
    found = emission({"Ba-140": 100.0}, {}, STATION.times, STATION.air_volume_m3)
    decays = dict(found.decays)
    # Field sheet 4.3: (4209.774, 2448.169) decays per atom/s collected, 86,400 s each phase.
    assert decays["La-140"] / decays["Ba-140"] == pytest.approx(2448.169 / 4209.774, rel=0.02)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UnknownNuclideError):
        emission({"Zz-999": 1.0}, {}, STATION.times, 1.0)
    with pytest.raises(ParameterError, match="Cs-137"):
        emission({"Cs-137": -1.0}, {}, STATION.times, 1.0)
    with pytest.raises(ParameterError, match="channels"):
        Electronics(channels=10)
    with pytest.raises(ParameterError, match="air_volume_m3"):
        HpgeStation(air_volume_m3=0.0)


@settings(derandomize=True, max_examples=30)
@given(st.floats(100.0, 2500.0), st.floats(1.0, 1e6), st.booleans())
def test_a_peak_keeps_its_counts(energy: float, counts: float, tailed: bool) -> None:
    edges = np.linspace(0.0, 2800.0, 8193)
    shape = PeakShape(step_per_kev=0.0, step_low_energy=0.0) if tailed else GAUSSIAN
    drawn = draw_peaks(edges, np.array([[energy, counts, 0.0, 0.0]]), shape)
    assert drawn.sum() == pytest.approx(counts, rel=2e-3)
    assert drawn.min() >= -1e-9 * counts


def test_a_gaussian_peak_has_its_width() -> None:
    edges = np.linspace(0.0, 2800.0, 80_001)
    drawn = draw_peaks(edges, np.array([[1332.5, 1e6, 0.0, 0.0]]), GAUSSIAN)
    middle = 0.5 * (edges[1:] + edges[:-1])
    mean = np.average(middle, weights=drawn)
    width = np.sqrt(np.average((middle - mean) ** 2, weights=drawn)) * 2.35482
    assert width == pytest.approx(float(GAUSSIAN.fwhm_kev(1332.5)), rel=1e-3)
    right = draw_peaks(edges, np.array([[691.4, 1e6, 0.0, 20.0]]), GAUSSIAN)
    assert np.average(middle, weights=right) == pytest.approx(691.4 + 20.0, abs=0.1)


def test_pile_up_and_continua_keep_counts() -> None:
    peaks = np.array([[238.6, 1000.0, 0.0, 0.0]])
    continuum = np.zeros(4096)
    continuum[100:1000] = 1.0
    sums = pile_up(peaks, continuum, 1e-3)
    assert sums.sum() == pytest.approx(1e-3 * 1900.0, rel=1e-6)
    assert int(np.argmax(sums)) == 476
    edges = np.linspace(0.0, 4096.0, 8193)
    assert spread(continuum, edges).sum() == pytest.approx(900.0)
