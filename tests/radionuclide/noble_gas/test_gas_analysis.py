"""Whole samples: real messages, simulated campaigns, germanium, and what is missing or wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import (
    CALIBRATION,
    SAMPLE,
    campaign,
    real_message,
    small_response,
)

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas import analyse_gas_sample, check_calibration
from vigie.radionuclide.noble_gas.beta_spectrum import beta_shape
from vigie.radionuclide.noble_gas.hpge_gas import fit_germanium
from vigie.radionuclide.noble_gas.timing import Counting
from vigie.records import (
    NS_PER_DAY,
    Acquisition,
    Calibration,
    CalibrationPoint,
    DetectorSystem,
    PhdType,
    PulseHeight,
    RatioKind,
    Spectrum,
)
from vigie.simulate.radionuclide.beta_gamma import GasTruth, simulate_calibration

if TYPE_CHECKING:
    from pathlib import Path

TRUTH = GasTruth(
    concentration_mbq_m3={"Xe-133": 6.0, "Xe-133m": 0.8, "Xe-131m": 0.8, "Xe-135": 2.0},
    activity_bq={"Rn-222": 0.01},
    memory_bq={"Xe-133": 0.02},
)


def codes(analysis: object) -> list[str]:
    return [one.code for one in analysis.remarks]  # type: ignore[attr-defined]


@pytest.mark.data
@pytest.mark.slow
def test_the_real_calibration_is_xe133_and_nothing_else(shared_data: Path) -> None:
    found = analyse_gas_sample(real_message(shared_data, CALIBRATION))
    results = {one.nuclide: one for one in found.nuclides}
    assert results["Xe-133"].detected
    for name in ("Xe-131m", "Xe-133m"):
        assert not results[name].detected
        assert results[name].activity_bq == 0.0
        high = results[name].high
        assert high is not None
        # Its stated ratios subtract too much; the upper end does not follow below what is seen.
        sigma = results[name].activity_sigma_bq
        assert sigma is not None
        assert 1.9 * sigma < high < 0.04
    assert not results["Xe-135"].detected
    assert results["Xe-133"].concentration is None
    # Its stated ratios 0.347 and 0.270 contradict its own histogram.
    contradicted = [dict(one.params) for one in found.remarks if "contradicts" in one.code]
    assert {one["region"] for one in contradicted} >= {5, 6}
    assert "noble_gas.no_detector_background" in codes(found)
    assert "noble_gas.background_from_sidebands" in codes(found)


@pytest.mark.data
def test_gross_ratios_of_the_real_calibration(shared_data: Path) -> None:
    checked = check_calibration(real_message(shared_data, CALIBRATION))
    assert checked is not None
    by_roi = {one.roi: one for one in checked.ratios}
    # Sheet 7.7: 0.282 and 0.138 by rounded channels; fractional ones differ by up to 4 %.
    assert by_roi[5].measured == pytest.approx(0.282, abs=0.012)
    assert by_roi[6].measured == pytest.approx(0.138, abs=0.005)
    assert by_roi[5].stated == pytest.approx(0.347, abs=5e-4)
    assert by_roi[6].stated == pytest.approx(0.270, abs=5e-4)
    assert checked.beta_efficiency is not None
    assert 0.3 < checked.beta_efficiency <= 1.1


@pytest.mark.data
@pytest.mark.slow
def test_the_real_sample_says_what_it_lacks(shared_data: Path) -> None:
    found = analyse_gas_sample(real_message(shared_data, SAMPLE))
    named = {one.code: dict(one.params) for one in found.remarks}
    assert named["noble_gas.no_detector_background"]["id"] == "MIX58_222-2021/08/16-06:20:34.8"
    assert named["noble_gas.no_gas_background"]["id"] == "MIX58_222-2021/12/02-08:08:59.1"
    assert named["noble_gas.volumes_differ"]["xenon_m3"] == pytest.approx(11.44, abs=0.01)
    assert found.air_volume_m3 == pytest.approx(11.4406, abs=1e-3)
    assert {one.method for one in found.nuclides} == {"likelihood"}


@pytest.mark.slow
def test_a_simulated_sample_gives_its_truth_by_all_methods() -> None:
    one = campaign(TRUTH)
    found = analyse_gas_sample(one.sample, one.gas_background, one.detector_background)
    assert found.simulated
    assert [r.method for r in found.nuclides].count("likelihood") == 4
    for result in found.nuclides:
        assert result.concentration is not None
        assert result.uncertainty is not None
        truth = TRUTH.concentration_mbq_m3[result.nuclide]
        assert abs(result.concentration - truth) < 4.0 * result.uncertainty
        assert result.limits is not None
    main = found.nuclides[:4]
    assert all(r.detected and r.p_value is not None and r.p_value < 0.05 for r in main)
    matrix = np.array(found.covariance)
    assert np.linalg.eigvalsh(matrix).min() > 0.0
    assert [len(r.evidence) for r in main] == [1] * 4
    ratio = {(r.numerator, r.denominator): r for r in found.ratios}["Xe-135", "Xe-133"]
    assert ratio.kind is RatioKind.BOUNDED
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low < 2.0 / 6.0 < ratio.high
    assert {z.scenario for z in found.zero_times} == {"full_ingrowth", "fractionated"}


@pytest.mark.slow
def test_the_same_sample_gives_the_same_analysis() -> None:
    one = campaign(TRUTH, seed=3)
    runs = [
        analyse_gas_sample(one.sample, one.gas_background, one.detector_background)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


@pytest.mark.slow
def test_an_empty_sample_detects_nothing_much_and_still_has_limits() -> None:
    one = campaign(seed=5)
    found = analyse_gas_sample(one.sample, None, one.detector_background)
    assert codes(found).count("noble_gas.no_gas_background") == 1
    for result in found.nuclides[:4]:
        assert result.low == 0.0 or result.detected
        assert result.critical_level is not None
        assert result.mdc is not None
        assert 0.0 < result.critical_level < result.mdc < 2.0


def test_odd_messages_are_refused_or_told() -> None:
    one = campaign()
    particulate = replace(one.sample, system=DetectorSystem.PARTICULATE)
    with pytest.raises(NobleGasInputError, match="particulate"):
        analyse_gas_sample(particulate)
    with pytest.raises(NobleGasInputError, match="#Acquisition"):
        analyse_gas_sample(replace(one.sample, acquisition=None))
    with pytest.raises(NobleGasInputError, match="does not begin before"):
        analyse_gas_sample(one.gas_background, one.sample)
    late = replace(
        one.sample, acquisition=Acquisition(start_ns=0, real_time_s=1.0, live_time_s=2.0)
    )
    with pytest.raises(NobleGasInputError, match="live time"):
        analyse_gas_sample(late)
    with pytest.raises(NobleGasInputError, match="region 3"):
        analyse_gas_sample(
            replace(
                one.sample,
                coincidence_efficiencies=tuple(
                    e for e in one.sample.coincidence_efficiencies if e.roi != 3
                ),
            )
        )


@pytest.mark.slow
def test_without_xenon_volume_there_are_activities_only() -> None:
    one = campaign(TRUTH)
    assert one.sample.processing is not None
    dry = replace(one.sample, processing=replace(one.sample.processing, volume_cm3=0.0))
    found = analyse_gas_sample(dry, one.gas_background, one.detector_background)
    assert found.nuclides[0].concentration is None
    assert found.nuclides[0].unit == "Bq"
    reasons = {r.code: dict(r.params) for r in found.remarks}
    assert reasons["noble_gas.no_concentration"]["reason"] == "no_xenon_volume"


@pytest.mark.slow
def test_a_simulated_calibration_agrees_with_its_header() -> None:
    message = simulate_calibration(small_response(), "Xe-133", 5.0, np.random.default_rng(2))
    assert message.type is PhdType.CALIBRATION
    checked = check_calibration(message)
    assert checked is not None
    assert checked.remarks == ()
    # Electrons below the threshold of 25 keV are lost, and 2 % of the others.
    energy = np.arange(0.5, 346.4, 1.0)
    shape = beta_shape(energy, end_point_kev=346.4, daughter_z=55, mass_number=133)
    assert checked.beta_efficiency == pytest.approx(0.98 * shape[energy > 25.0].sum(), abs=0.03)


def germanium(counts: np.ndarray) -> Spectrum:
    energies = (30.0, 81.0, 164.0, 233.0, 250.0, 344.0)

    def points(values: list[float], sigma: float) -> tuple[CalibrationPoint, ...]:
        return tuple(
            CalibrationPoint(energy_kev=e, value=v, sigma=sigma * v)
            for e, v in zip(energies, values, strict=True)
        )

    return Spectrum(
        counts=counts,
        calibration=Calibration(
            energy=points([e / 0.1 for e in energies], 1e-4),
            resolution=points([float(np.sqrt(0.3 + 0.002 * e)) for e in energies], 0.01),
            efficiency=points([0.05, 0.18, 0.15, 0.10, 0.095, 0.07], 0.02),
        ),
    )


GERMANIUM_TIMES = Counting(real_s=86_000.0, live_s=85_900.0)


def drawn_germanium(lines: list[tuple[float, float]], seed: int) -> Spectrum:
    """Draw a continuum and Gaussian peaks of given energies and counts."""
    rng = np.random.default_rng(seed)
    energy = (np.arange(4096) + 0.5) * 0.1
    counts = rng.poisson(30.0 * np.exp(-energy / 150.0) + 5.0)
    for at, area in lines:
        sigma = np.sqrt(0.3 + 0.002 * at) / 2.3548
        spread = rng.normal(at, sigma, rng.poisson(area))
        counts += np.histogram(spread, bins=4096, range=(0.0, 409.6))[0]
    return germanium(counts.astype(np.int64))


@pytest.mark.slow
def test_germanium_shares_the_x_rays_between_isotopes() -> None:
    # 0.05 Bq of Xe-133: 81.0 keV 0.369 x 0.18, Cs K X-rays 0.466 x 0.05 (30.8, 35.1 keV).
    seconds = 85_900.0 * 0.937
    lines = [
        (80.998, 0.05 * seconds * 0.369 * 0.18),
        (30.97, 0.05 * seconds * 0.206 * 0.0525),
        (30.63, 0.05 * seconds * 0.1325 * 0.052),
        (34.97, 0.05 * seconds * 0.0731 * 0.058),
        (35.8, 0.05 * seconds * 0.0149 * 0.059),
        (31.7, 0.05 * seconds * 0.0392 * 0.053),
    ]
    fit = fit_germanium(drawn_germanium(lines, 1), GERMANIUM_TIMES).fit
    by_name = {one.name: one for one in fit.nuclides}
    assert by_name["Xe-133"].detected
    assert by_name["Xe-133"].estimate == pytest.approx(0.05, rel=0.2)
    assert not by_name["Xe-135"].detected
    covariance = fit.covariance[:4, :4]
    # Both metastables claim the same X-rays of xenon.
    assert covariance[0, 2] < 0.0


def test_germanium_without_efficiencies_is_refused() -> None:
    spectrum = germanium(np.zeros(4096, dtype=np.int64) + 5)
    bare = replace(spectrum, calibration=replace(spectrum.calibration, efficiency=()))
    with pytest.raises(NobleGasInputError, match="efficiencies"):
        fit_germanium(bare, GERMANIUM_TIMES)
    short = replace(spectrum, counts=np.ones(1000, dtype=np.int64))
    with pytest.raises(NobleGasInputError, match="channels"):
        fit_germanium(short, GERMANIUM_TIMES)


@pytest.mark.slow
def test_a_germanium_sample_in_one_call() -> None:
    one = campaign(TRUTH).sample
    spectrum = drawn_germanium([], 3)
    message = PulseHeight(
        type=PhdType.SAMPLE,
        station="SIM02",
        detector="SIM02_001",
        system=DetectorSystem.GAS_HPGE,
        collection=one.collection,
        acquisition=one.acquisition,
        processing=one.processing,
        gamma_calibration=spectrum.calibration,
        gamma=spectrum,
    )
    found = analyse_gas_sample(message)
    assert {r.nuclide for r in found.nuclides} == {"Xe-131m", "Xe-133", "Xe-133m", "Xe-135"}
    assert np.array(found.covariance).shape == (4, 4)
    assert all(r.kind is not RatioKind.BOUNDED for r in found.ratios)
    with pytest.raises(NobleGasInputError, match="#g_Spectrum"):
        analyse_gas_sample(replace(message, gamma=None))


@pytest.mark.parametrize("seconds", [1e-3, 1e9, 1e300])
@pytest.mark.parametrize("which", ["sample", "gas_background", "detector_background"])
def test_impossible_times_of_counting_are_refused(which: str, seconds: float) -> None:
    one = campaign(TRUTH)
    messages = {
        "sample": one.sample,
        "gas_background": one.gas_background,
        "detector_background": one.detector_background,
    }
    counted = messages[which].acquisition
    assert counted is not None
    longer = replace(counted, real_time_s=seconds, live_time_s=seconds)
    messages[which] = replace(messages[which], acquisition=longer)
    limits = "1 min and 100 days" if which == "sample" else "1 min and 20 years"
    with pytest.raises(NobleGasInputError, match=f"between {limits}"):
        analyse_gas_sample(*messages.values())


@pytest.mark.slow
def test_of_xenon_that_waited_for_years_there_is_no_concentration() -> None:
    one = campaign(TRUTH)
    taken = one.sample.collection
    assert taken is not None
    away_ns = 26 * 365 * NS_PER_DAY
    early = replace(taken, start_ns=taken.start_ns - away_ns, stop_ns=taken.stop_ns - away_ns)
    old = replace(one.sample, collection=early)
    found = analyse_gas_sample(old, one.gas_background, one.detector_background)
    assert all(n.concentration is None for n in found.nuclides)
    reasons = {r.code: dict(r.params) for r in found.remarks}
    assert reasons["noble_gas.no_concentration"]["reason"] == "years_waited"
