"""Germanium: energies that are off, lines that are no xenon, and backgrounds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_germanium import xenon_message
from tests.radionuclide.noble_gas.test_gas_germanium import EXACT

from vigie.errors import NobleGasInputError
from vigie.radionuclide.judge.gas_level import gas_level, withheld_xenon
from vigie.radionuclide.noble_gas import analyse_gas_sample
from vigie.radionuclide.noble_gas.germanium_energy import FoundPeaks, agreed_shift, doubtful
from vigie.radionuclide.noble_gas.germanium_shapes import gas_scene
from vigie.records import NS_PER_DAY, PhdType, PulseHeight
from vigie.simulate.radionuclide.hpge import simulate_counts

if TYPE_CHECKING:
    from vigie.records import NuclideResult, SampleAnalysis

XE133_PER_S = 1.52956e-6


def off_by(message: PulseHeight, kev: float) -> PulseHeight:
    assert message.gamma is not None
    stated = message.gamma.calibration
    points = tuple(replace(one, energy_kev=one.energy_kev + kev) for one in stated.energy)
    return replace(
        message, gamma=replace(message.gamma, calibration=replace(stated, energy=points))
    )


def isotope(found: SampleAnalysis, name: str) -> NuclideResult:
    return next(one for one in found.nuclides if one.nuclide == name)


def codes(found: SampleAnalysis) -> set[str]:
    return {one.code for one in found.remarks}


@pytest.mark.slow
@pytest.mark.parametrize("kev", [0.7, -0.7, 2.0, 3.0])
def test_energies_that_are_off_do_not_hide_xenon(kev: float) -> None:
    found = analyse_gas_sample(off_by(xenon_message(3, in_air_mbq_m3={"Xe-133": 80.0}), kev))
    xe133 = isotope(found, "Xe-133")
    assert xe133.detected
    assert xe133.low is not None
    assert xe133.high is not None
    assert xe133.low < 80.0 < xe133.high
    told = next(dict(one.params) for one in found.remarks if one.code.endswith("energies_shifted"))
    assert told["shift_kev"] == pytest.approx(-kev, abs=0.1)


def test_a_shift_needs_lines_that_agree_and_no_rival() -> None:
    small = np.full(3, 0.02)
    assert agreed_shift(np.array([81.7, 47.24]), small[:2]) is None
    assert agreed_shift(np.zeros(0), np.zeros(0)) is None
    found = agreed_shift(np.array([47.24, 81.7, 239.33]), small)
    assert found is not None
    assert found.kev == pytest.approx(0.7, abs=0.02)
    # Three lines 4 keV off may be chance.
    assert agreed_shift(np.array([50.54, 85.0, 242.63]), small) is None
    # Three agree on 0.7, three others on -0.9.
    both = np.array([47.24, 81.7, 239.33, 163.03, 294.32, 351.03])
    assert agreed_shift(both, np.full(6, 0.02)) is None


def test_a_strange_peak_beside_a_ray_leaves_doubt_where_energies_are_not_confirmed() -> None:
    message = xenon_message(1)
    assert message.gamma is not None
    scene, _ = gas_scene(replace(message.gamma, counts=np.zeros(8192, dtype=np.int64)))
    strange = np.array([81.9, 200.0])
    # If one ray is off its place all may be: of none is anything said.
    nothing = {"Xe-131m": None, "Xe-133": 81.9, "Xe-133m": None, "Xe-135": None}
    assert doubtful(scene, None, strange, strange) == nothing
    # A ray of its own where the energies say speaks for an isotope.
    there = doubtful(scene, None, np.array([81.9, 163.8, 233.3]), strange)
    assert there == {"Xe-133": 81.9, "Xe-135": None}
    # A peak at the ray itself is the ray; a shift that was found leaves no doubt.
    assert doubtful(scene, None, np.array([80.9, 81.9]), strange) == {}
    assert doubtful(scene, None, np.array([200.0]), np.array([200.0])) == {}
    assert (
        doubtful(
            scene,
            agreed_shift(np.array([46.54, 80.998, 238.63]), np.full(3, 0.02)),
            strange,
            strange,
        )
        == {}
    )
    assert len(FoundPeaks.none().places) == 0


@pytest.mark.slow
def test_nothing_is_said_of_an_isotope_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    from vigie.radionuclide.noble_gas import germanium_spectrum

    monkeypatch.setattr(germanium_spectrum, "settled", lambda scene, peaks: (scene, None))
    found = analyse_gas_sample(off_by(xenon_message(3, in_air_mbq_m3={"Xe-133": 80.0}), 1.5))
    xe133 = isotope(found, "Xe-133")
    assert not xe133.detected
    assert (xe133.low, xe133.high, xe133.critical_level, xe133.mdc) == (None,) * 4
    # Of the others a peak at their own ray would have to speak.
    assert all(one.withheld for one in found.nuclides)
    assert (found.ratios, found.covariance) == ((), ())
    told = {"line_in_doubt", "energies_in_doubt", "foreign_peak"}
    assert {f"noble_gas.{one}" for one in told} <= codes(found)
    assert gas_level(found, {}) is None
    assert withheld_xenon(found) == ("Xe-131m", "Xe-133m", "Xe-133", "Xe-135")


@pytest.mark.slow
def test_nothing_is_said_either_of_what_a_background_leaves_in_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from vigie.radionuclide.noble_gas import germanium_spectrum

    monkeypatch.setattr(germanium_spectrum, "settled", lambda scene, peaks: (scene, None))
    air = {"Xe-133": 80.0}
    sample = xenon_message(4, in_air_mbq_m3=air)
    assert not any(one.withheld for one in analyse_gas_sample(sample).nuclides)
    left = background(off_by(xenon_message(3, in_air_mbq_m3=air), 1.5), PhdType.GAS_BACKGROUND, 1.0)
    found = analyse_gas_sample(sample, left)
    assert all(one.withheld for one in found.nuclides)
    assert "noble_gas.background_in_doubt" in codes(found)


@pytest.mark.slow
def test_barium_is_no_xenon_and_is_told() -> None:
    alone = analyse_gas_sample(xenon_message(2, in_cell_bq={"Ba-133": 0.5}))
    assert "noble_gas.barium_133" in codes(alone)
    assert not isotope(alone, "Xe-133").detected
    both = analyse_gas_sample(xenon_message(2, in_cell_bq={"Ba-133": 0.5, "Xe-133": 1.0}))
    xe133 = isotope(both, "Xe-133")
    assert xe133.low is not None
    assert xe133.high is not None
    assert xe133.low < 1.0 < xe133.high


@pytest.mark.slow
def test_a_spectrum_of_other_shape_is_told() -> None:
    radon = analyse_gas_sample(xenon_message(2, in_cell_bq={"Rn-222": 20.0}))
    assert {"noble_gas.germanium_misfit", "noble_gas.calibration_pulled"} <= codes(radon)
    blank = analyse_gas_sample(xenon_message(1))
    assert not {"noble_gas.germanium_misfit", "noble_gas.calibration_pulled"} & codes(blank)


def expected(in_cell: dict[str, float]) -> PulseHeight:
    """Return a message of expected counts."""
    message = xenon_message(1, in_cell_bq=in_cell, station=EXACT)
    truth = simulate_counts(EXACT, np.random.default_rng(1), filter_bq=in_cell)
    assert message.gamma is not None
    counts = np.rint(truth.expected).astype(np.int64)
    return replace(message, gamma=replace(message.gamma, counts=counts))


def background(message: PulseHeight, kind: PhdType, days: float) -> PulseHeight:
    assert message.acquisition is not None
    start = message.acquisition.start_ns - round(days * NS_PER_DAY)
    return replace(
        message,
        type=kind,
        collection=None,
        acquisition=replace(message.acquisition, start_ns=start),
    )


@pytest.mark.slow
def test_backgrounds_are_taken_off_with_the_decay_of_what_was_left() -> None:
    rate, left = {"Xe-131m": 0.6, "Xe-133": 0.05}, 0.2 * np.exp(-XE133_PER_S * 86_400.0)
    sample = expected({"Xe-131m": 0.6, "Xe-133": 0.35 + left})
    empty = background(expected(rate), PhdType.DETECTOR_BACKGROUND, 30.0)
    gas = background(expected({"Xe-131m": 0.6, "Xe-133": 0.25}), PhdType.GAS_BACKGROUND, 1.0)
    bare = analyse_gas_sample(sample)
    assert {"noble_gas.no_germanium_background", "noble_gas.no_gas_background"} <= codes(bare)
    assert isotope(bare, "Xe-131m").detected
    for given, xe133 in (((gas, empty), 0.3), ((None, empty), 0.3 + left), ((gas, None), 0.3)):
        found = analyse_gas_sample(sample, *given)
        one = isotope(found, "Xe-133")
        assert one.activity_bq is not None
        assert one.activity_sigma_bq is not None
        assert one.activity_bq == pytest.approx(xe133, abs=0.01)
        # The errors of what is taken off are in it: each spectrum has its own.
        bare_sigma = isotope(bare, "Xe-133").activity_sigma_bq
        assert bare_sigma is not None
        assert 1.2 < one.activity_sigma_bq / 0.0135 < 2.0
        assert not isotope(found, "Xe-131m").detected
        assert (given[0] is None) == ("noble_gas.no_gas_background" in codes(found))
        assert (given[1] is None) == ("noble_gas.no_germanium_background" in codes(found))
        assert len(found.inputs) == 1 + sum(other is not None for other in given)


@pytest.mark.slow
def test_what_a_metastable_memory_became_is_taken_off_too() -> None:
    # Of 3 Bq of Xe-133m a day before, 2.19 Bq are left, and 0.32 Bq of Xe-133 that is no sample's.
    sample = expected({"Xe-133": 0.3175 + 0.3, "Xe-133m": 2.1861})
    gas = background(expected({"Xe-133m": 3.0}), PhdType.GAS_BACKGROUND, 1.0)
    found = analyse_gas_sample(sample, gas)
    assert isotope(found, "Xe-133").activity_bq == pytest.approx(0.3, abs=0.012)
    assert isotope(found, "Xe-133m").activity_bq == pytest.approx(0.0, abs=0.012)


def test_a_gas_background_after_the_sample_is_refused() -> None:
    message = xenon_message(1)
    with pytest.raises(NobleGasInputError, match="before"):
        analyse_gas_sample(message, background(message, PhdType.GAS_BACKGROUND, -1.0))
    with pytest.raises(NobleGasInputError, match="g_Spectrum"):
        analyse_gas_sample(message, None, replace(message, gamma=None))
