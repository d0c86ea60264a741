"""Whole samples: simulated ones against their truth, real spectra against what is known of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.errors import CalibrationError
from vigie.facts.nuclides import nuclide_list
from vigie.formats import Source
from vigie.formats.gamma_spectrum import FORMAT
from vigie.radionuclide.particulate import analyse_sample, spectrum_of
from vigie.radionuclide.peaks import analyse_peaks
from vigie.records import LineState
from vigie.simulate.radionuclide.hpge import (
    TYPICAL_AIR_UBQ_M3,
    HpgeStation,
    NaturalBackground,
    simulate_blank,
    simulate_sample,
)

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import PulseHeight, SampleAnalysis, Spectrum

STATION = HpgeStation()
TELLURIUM_SEEDS = (101_019, 101_025, 101_036)
RELEVANT = set(nuclide_list("relevant"))


def relevant(analysis: SampleAnalysis) -> set[str]:
    return {one.nuclide for one in analysis.nuclides if one.detected} & RELEVANT


@pytest.mark.slow
def test_a_release_is_found_with_its_concentrations() -> None:
    released = {"Cs-137": 20.0, "Ba-140": 40.0, "I-131": 30.0, "Cs-134": 15.0}
    made = simulate_sample(
        STATION, np.random.default_rng(7), air_ubq_m3={**TYPICAL_AIR_UBQ_M3, **released}
    )
    found = analyse_sample(made.message)
    assert relevant(found) == {*released, "La-140"}
    assert found.simulated
    for name, concentration in released.items():
        result = found.nuclide(name)
        assert result is not None
        assert result.uncertainty is not None
        assert result.concentration == pytest.approx(concentration, abs=4.0 * result.uncertainty)
        assert result.mdc is not None
        assert result.critical_level is not None
        assert result.critical_level < result.mdc < concentration
        assert result.limits is not None
        assert any(one.state is LineState.SEEN for one in result.evidence)
        # C = A K_c K_d / V.
        factors = result.decay_factors
        assert factors is not None
        assert result.activity_bq is not None
        expected = result.activity_bq * factors[0] * factors[1] / 20_000.0 * 1e6
        assert result.concentration == pytest.approx(expected, rel=1e-9)
    lanthanum = found.nuclide("La-140")
    assert lanthanum is not None
    assert lanthanum.supported_by == "Ba-140"
    assert lanthanum.half_life_s == pytest.approx(1.6786 * 86400.0, rel=2e-3)
    strong = [peak for peak in found.peaks if peak.area > 1000.0]
    assert sum(peak.explained for peak in strong) >= 0.95 * len(strong)


@pytest.mark.slow
def test_natural_air_gives_no_relevant_nuclide_and_limits_of_all() -> None:
    made = simulate_sample(STATION, np.random.default_rng(21))
    found = analyse_sample(made.message)
    assert relevant(found) == set()
    assert {"Be-7", "Pb-212", "K-40"} <= {one.nuclide for one in found.nuclides if one.detected}
    for name in nuclide_list("mda"):
        result = found.nuclide(name)
        assert result is not None
        assert result.mdc is not None, name
    barium = found.nuclide("Ba-140")
    assert barium is not None
    assert barium.mdc is not None
    assert barium.mdc < 30.0  # the limit of the IMS, uBq/m3


def varied(seed: int, released: dict[str, float]) -> SampleAnalysis:
    """Analyse a sample in which natural concentrations differ from the typical ones."""
    rng = np.random.default_rng(seed)
    air = {k: v * float(np.exp(rng.normal(0.0, 0.5))) for k, v in TYPICAL_AIR_UBQ_M3.items()}
    return analyse_sample(simulate_sample(STATION, rng, air_ubq_m3={**air, **released}).message)


@pytest.mark.slow
def test_a_peak_is_not_set_apart_from_the_nuclide_that_makes_it() -> None:
    # Eu-155's other line lies under the X-rays of bismuth, whose counts are known to 15 %.
    found = varied(200_034, {"Rb-84": 6.69, "Eu-155": 21.12, "Zn-65": 10.30})
    assert relevant(found) == {"Rb-84", "Eu-155", "Zn-65"}


@pytest.mark.slow
def test_a_lone_peak_at_596_kev_is_arsenic_not_neutrons() -> None:
    found = varied(200_064, {"As-74": 9.69, "I-135": 30.88, "Na-24": 49.37})
    assert "As-74" in relevant(found)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "concentration"), [("Hg-203", 5.0), ("Pb-203", 12.0)])
@pytest.mark.parametrize("seed", [70_001, 70_008])
def test_soft_x_rays_tell_look_alikes_apart(name: str, concentration: float, seed: int) -> None:
    # Both have a line at 279.2 keV. Bi-212 has the X-rays of thallium, too, so these have to exceed
    # what it gives for Pb-203.
    assert relevant(varied(seed, {name: concentration})) == {name}


@pytest.mark.slow
def test_the_line_of_a_daughter_tells_of_the_daughter() -> None:
    found = varied(310_002, {"Tc-99m": 438.0})
    assert relevant(found) == {"Tc-99m"}
    molybdenum, technetium = found.nuclide("Mo-99"), found.nuclide("Tc-99m")
    assert molybdenum is not None
    assert technetium is not None
    assert molybdenum.mdc_line_kev == pytest.approx(739.5, abs=0.1)
    assert technetium.mdc_line_kev == pytest.approx(140.5, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", TELLURIUM_SEEDS)
def test_a_daughter_that_would_be_gone_tells_of_its_parent(seed: int) -> None:
    # I-132 of a day ago has gone through 13 half-lives; Np-239 shares Te-132's line at 228.2 keV.
    found = varied(seed, {"Te-132": 7.593, "Np-239": 37.32})
    assert {"Te-132", "Np-239"} <= relevant(found)
    daughter = found.nuclide("I-132")
    assert daughter is not None
    assert daughter.supported_by == "Te-132"
    assert "particulate.kept_by" in {one.code for one in daughter.remarks}


@pytest.mark.slow
def test_escapes_of_what_sums_beyond_the_spectrum_are_explained() -> None:
    found = varied(200_007, {"Sb-127": 16.22, "Cs-136": 3.09, "Zr-89": 6.74})
    near = [peak for peak in found.peaks if abs(peak.energy_kev - 2175.7) < 1.0]
    assert all(peak.explained for peak in near)


@pytest.mark.slow
def test_limits_hold_on_the_flank_of_a_strong_peak() -> None:
    # Sr-85 at 514.0 keV beside annihilation, Rh-102 at 475.1 keV beside Be-7.
    found = analyse_sample(simulate_sample(STATION, np.random.default_rng(21)).message)
    for one in found.nuclides:
        if one.mdc is not None and one.critical_level is not None:
            assert one.critical_level < one.mdc, one.nuclide


@pytest.mark.slow
def test_what_the_blank_has_is_no_detection() -> None:
    dirty = replace(STATION, background=NaturalBackground(cobalt_per_s=2e-3, caesium_per_s=4e-3))
    rng = np.random.default_rng(4)
    sample = simulate_sample(dirty, rng).message
    assert relevant(analyse_sample(sample)) >= {"Co-60", "Cs-137"}
    blank = simulate_blank(dirty, rng).message
    assert relevant(analyse_sample(sample, blank=blank)) == set()


def test_a_message_without_spectrum_is_refused() -> None:
    made = simulate_sample(STATION, np.random.default_rng(1))
    with pytest.raises(CalibrationError, match="has none"):
        analyse_sample(replace(made.message, gamma=None))


@pytest.fixture
def gamma(shared_data: Path) -> Path:
    return shared_data / "radionuclide/gamma"


def one(path: Path) -> Spectrum:
    return FORMAT.read(Source(path.name, path.read_bytes())).spectra[0]


NATURAL = {"K-40", "Bi-214", "Pb-214", "Ac-228", "Tl-208", "Bi-212", "Pb-212"}
REAL = {
    # Field sheet 13.3: what must and what must not be found.
    "becq_mendocino_kelp_2013.spe": ({"Co-60", "Cs-137", "K-40", "Bi-214", "Ac-228"}, {"Cs-134"}),
    "becq_lead_cave_activated_pottery.spe": ({"Sc-46", "Cs-134", "Co-60", "Eu-152"}, {"Cs-137"}),
    "detective_ex100_background_2011.n42": (NATURAL, RELEVANT),
    "eu152_surface_contamination.n42": ({"Eu-152", "Cs-137", "K-40"}, {"Co-60", "Cs-134"}),
    "ba133_source_640s_20100317.n42": ({"Ba-133"}, RELEVANT - {"Ba-133"}),
    "simulated_drf_calibration/drf_cal_HPGe_Am241.pcf": ({"Am-241"}, RELEVANT),
    "simulated_drf_calibration/drf_cal_HPGe_Co57.pcf": ({"Co-57"}, RELEVANT - {"Co-57"}),
    "simulated_drf_calibration/drf_cal_HPGe_Cs137.pcf": ({"Cs-137"}, RELEVANT - {"Cs-137"}),
    "simulated_drf_calibration/drf_cal_HPGe_Co60.pcf": ({"Co-60"}, RELEVANT - {"Co-60"}),
    "simulated_drf_calibration/drf_cal_HPGe_Na22.pcf": ({"Na-22"}, RELEVANT),
    "simulated_drf_calibration/drf_cal_HPGe_U232.pcf": ({"Pb-212", "Ra-224", "Tl-208"}, RELEVANT),
    "simulated_detectivex/I131_Unshielded.raddata.txt": ({"I-131"}, RELEVANT - {"I-131"}),
    "simulated_detectivex/La140_Unshielded.raddata.txt": ({"La-140"}, RELEVANT - {"La-140"}),
    "simulated_detectivex/Cs134_Unshielded.raddata.txt": ({"Cs-134"}, RELEVANT - {"Cs-134"}),
}


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_real_spectra_show_what_is_known_of_them(gamma: Path, name: str) -> None:
    must, must_not = REAL[name]
    found = analyse_sample(one(gamma / name))
    detected = {result.nuclide for result in found.nuclides if result.detected}
    assert must <= detected
    assert not must_not & detected


@pytest.mark.data
@pytest.mark.slow
def test_activated_pottery_less_its_background(gamma: Path) -> None:
    found = analyse_sample(
        one(gamma / "becq_lead_cave_activated_pottery.spe"),
        background=one(gamma / "becq_lead_cave_background_2017-05.spe"),
    )
    detected = {result.nuclide for result in found.nuclides if result.detected}
    assert {"Sc-46", "Cs-134", "Co-60", "Eu-152"} <= detected
    assert not detected & set(nuclide_list("fission"))


def with_peak(energy_kev: float, counts: float) -> PulseHeight:
    """Return a filter of natural nuclides with a peak of 1.6 keV FWHM added."""
    made = simulate_sample(HpgeStation(), np.random.default_rng(21)).message
    spectrum = spectrum_of(made)
    kev = analyse_peaks(spectrum).model.energy.energy(spectrum.channels)
    shape = np.exp(-0.5 * ((kev - energy_kev) / 0.68) ** 2)
    more = np.random.default_rng(1).poisson(counts * shape / shape.sum())
    assert made.gamma is not None
    return replace(made, gamma=replace(made.gamma, counts=made.gamma.counts + more))


@pytest.mark.slow
@pytest.mark.parametrize("away_kev", [-1.4, -0.9, 0.9, 1.4])
def test_a_peak_at_another_energy_is_no_nuclide_s(away_kev: float) -> None:
    found = analyse_sample(with_peak(661.66 + away_kev, 800.0))
    caesium = found.nuclide("Cs-137")
    assert caesium is not None
    assert not caesium.detected
    near = [p for p in found.peaks if abs(p.energy_kev - 661.66 - away_kev) < 0.3]
    assert near
    assert not any(p.explained for p in near)


@pytest.mark.slow
@pytest.mark.parametrize("away_kev", [-0.25, 0.0, 0.25])
def test_an_amount_hardly_hangs_on_where_a_centroid_came_to_lie(away_kev: float) -> None:
    usual = analyse_sample(with_peak(661.66, 800.0)).nuclide("Cs-137")
    found = analyse_sample(with_peak(661.66 + away_kev, 800.0)).nuclide("Cs-137")
    assert usual is not None
    assert found is not None
    assert found.detected
    assert usual.concentration is not None
    assert found.concentration == pytest.approx(usual.concentration, rel=0.1)


@pytest.mark.slow
def test_what_is_detected_exceeds_its_critical_level() -> None:
    for away_kev in (0.0, 0.25):
        for one in analyse_sample(with_peak(661.66 + away_kev, 120.0)).nuclides:
            if one.detected and one.concentration is not None and one.critical_level is not None:
                assert one.concentration >= one.critical_level, one.nuclide


@pytest.mark.data
@pytest.mark.slow
def test_a_scintillator_proves_no_nuclide(gamma: Path) -> None:
    found = analyse_sample(one(gamma / "simulated_ba133_unshielded.n42"))
    assert "peaks.low_resolution" in [remark.code for remark in found.remarks]
    assert not any(result.detected for result in found.nuclides)


def test_what_is_told_of_unexplained_peaks_is_what_is_counted() -> None:
    # Bi-212 of the shield is there without the filter's Pb-212: its peak is explained in part.
    air = {"I-131": 60.0, "Be-7": 4000.0}
    found = analyse_sample(
        simulate_sample(STATION, np.random.default_rng(5), air_ubq_m3=air).message
    )
    told = [dict(r.params) for r in found.remarks if r.code == "particulate.unexplained_peak"]
    odd = [peak for peak in found.peaks if not peak.explained]
    assert [peak.energy_kev for peak in odd] == [one["energy_kev"] for one in told]
    assert any(peak.shares for peak in odd)
    for peak in odd:
        assert 0.5 * peak.area < peak.unexplained <= peak.area


def test_the_interval_of_what_is_not_detected_begins_at_zero() -> None:
    found = analyse_sample(simulate_sample(STATION, np.random.default_rng(5)).message)
    limits = [one for one in found.nuclides if not one.detected and one.limits is not None]
    assert len(limits) > 50
    assert all(one.low == 0.0 for one in limits)
    assert all(one.high is not None and one.high > 0.0 for one in limits)
    assert any(one.low for one in found.nuclides if one.detected)
