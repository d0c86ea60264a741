"""Members of the natural series that could take each other's place are stated all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.formats import Source
from vigie.formats.gamma_spectrum import FORMAT
from vigie.radionuclide.decay import SampleTimes
from vigie.radionuclide.particulate import analyse_sample
from vigie.radionuclide.particulate.solve import Problem, drops, solve
from vigie.radionuclide.particulate.sources import SERIES, air_source, present_source
from vigie.radionuclide.particulate.stand_ins import Roles, named
from vigie.records import CalibrationPoint
from vigie.simulate.radionuclide.hpge import HpgeStation, NaturalBackground, simulate_sample

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import SampleAnalysis

WEEK_S = 7.0 * 86_400.0
EFFICIENCY = (
    (46.5, 0.02), (88.0, 0.08), (122.0, 0.09), (240.0, 0.07),
    (662.0, 0.03), (1332.0, 0.0165), (1836.0, 0.0125), (2614.0, 0.009),
)  # fmt: skip
"""Of a usual germanium detector near its sample: energy in keV, full-energy peak."""
KELP, CAVE = "becq_mendocino_kelp_2013.spe", "becq_lead_cave_background_2017-05.spe"
MANY = 5.0
"""Times L_C from which what is there has to be called detected."""


def test_a_long_count_makes_no_ancestor_of_a_series_bring_its_members() -> None:
    # In a week a third of Th-228's Ra-224 would grow, and Pb-212, Bi-212 and Tl-208 from that.
    assert [one.name for one in present_source("Th-228", WEEK_S).emitters] == ["Th-228"]
    assert [one.name for one in present_source("U-232", WEEK_S).emitters] == ["U-232", "Th-228"]
    # What is no member of a series grows as before.
    assert [one.name for one in present_source("Ba-140", WEEK_S).emitters] == ["Ba-140", "La-140"]


def test_what_th234_keeps_stays_beside_pa234m() -> None:
    isomer, below = present_source("Pa-234m", 3600.0).emitters
    assert (isomer.name, isomer.decays) == ("Pa-234m", 3600.0)
    # Isomeric transition: 0.16 % (ENSDF).
    assert below.name == "Pa-234"
    assert below.decays == pytest.approx(0.0016 * 3600.0)


def test_of_thorium_in_the_air_no_member_of_a_series_grows() -> None:
    day = SampleTimes(collection_s=86_400.0, decay_s=86_400.0, acquisition_s=WEEK_S)
    thorium, lead = air_source("Th-228", day), air_source("Pb-212", day)
    assert thorium is not None
    assert lead is not None
    assert [one.name for one in thorium.emitters] == ["Th-228"]
    # What radon's daughters bring grows as before.
    assert {one.name for one in lead.emitters} >= {"Pb-212", "Bi-212", "Tl-208"}


@pytest.mark.slow
def test_lead_212_of_surroundings_is_no_thorium_of_the_air() -> None:
    surroundings = replace(NaturalBackground(), uranium_per_s=0.15, thorium_per_s=0.006)
    station = HpgeStation(acquisition_s=5.0 * 86_400.0, background=surroundings)
    made = simulate_sample(station, np.random.default_rng(4), air_ubq_m3={"Be-7": 4000.0})
    detected = {one.nuclide for one in analyse_sample(made.message).nuclides if one.detected}
    assert "Th-228" not in detected
    assert "Pb-212" in detected


@pytest.mark.parametrize(("counts", "stated"), [(1000.0, True), (45.0, False)])
def test_of_two_that_explain_one_peak_one_is_named_where_it_is_clear(
    counts: float, stated: bool
) -> None:
    variance = np.full(1, 100.0)
    matrix = np.array([[100.0, 100.0]])
    problem = Problem(matrix, np.array([counts]), variance, variance, np.zeros((1, 2)), 1, 1)
    both = np.ones(2, dtype=bool)
    found = solve(problem, 2.7, never=np.array([False, True]))
    assert found.kept.tolist() == [True, False]
    fallen = drops(problem, found, both)
    assert fallen[0] == pytest.approx(0.0, abs=1e-9)
    roles = Roles(natural=both, back=both, needed=np.full(2, 2.6), own=np.array([1.0, 0.0]))
    drop, rivals = named(problem, found, fallen, roles)
    assert bool(drop[0] > 2.6**2) is stated
    assert rivals == ({0: (1,)} if stated else {})


def test_the_one_whose_own_line_shows_is_named() -> None:
    # Without errors of ratios both stay; the one with the line of its own comes first, and what
    # only replaces it does not follow.
    variance = np.full(2, 100.0)
    matrix = np.array([[100.0, 100.0], [0.0, 0.5]])
    value = np.array([1000.0, 1.0])
    problem = Problem(matrix, value, variance, variance, np.zeros((2, 2)), 2, 2)
    both = np.ones(2, dtype=bool)
    found = replace(solve(problem, 0.0), kept=both, drop=np.full(2, 100.0))
    roles = Roles(natural=both, back=both, needed=np.full(2, 2.6), own=np.array([1.0, 9.0]))
    drop, _ = named(problem, found, drops(problem, found, both), roles)
    assert (drop > 2.6**2).tolist() == [False, True]


def analysed(folder: Path, name: str, *, known: bool) -> SampleAnalysis:
    path = folder / "radionuclide" / "gamma" / name
    spectrum = FORMAT.read(Source(path.name, path.read_bytes())).spectra[0]
    points = tuple(
        CalibrationPoint(energy_kev=kev, value=value, sigma=0.05 * value)
        for kev, value in EFFICIENCY
    )
    if known:
        spectrum = replace(spectrum, calibration=replace(spectrum.calibration, efficiency=points))
    return analyse_sample(spectrum)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("known", [True, False], ids=["efficiency", "no efficiency"])
@pytest.mark.parametrize("name", [KELP, CAVE])
def test_thorium_s_daughters_show_in_counts_of_days(
    shared_data: Path, name: str, known: bool
) -> None:
    found = analysed(shared_data, name, known=known)
    # 238.6 keV has 5,667 and 4,614 counts (48 and 57 errors), 583.2 and 2,614.5 keV are high.
    detected = {one.nuclide for one in found.nuclides if one.detected}
    assert {"Pb-212", "Tl-208"} <= detected
    for one in found.nuclides:
        if one.nuclide in SERIES and one.activity_bq is not None and one.critical_level:
            assert one.detected or one.activity_bq < MANY * one.critical_level, one.nuclide
    clear = [peak for peak in found.peaks if abs(peak.energy_kev - 2614.5) < 1.0]
    assert clear
    assert all(peak.unexplained == 0.0 for peak in clear)


@pytest.mark.data
@pytest.mark.slow
def test_lines_of_pa234_are_no_other_nuclide(shared_data: Path) -> None:
    # In a kilogram of uranium 883 keV was taken for Rb-84's 882 keV.
    found = analysed(shared_data, "simulated_uranium_hpge_15cm.n42", known=False)
    detected = {one.nuclide for one in found.nuclides if one.detected}
    assert {"Pa-234m", "U-235"} <= detected <= {*SERIES, "Th-228", "Pa-234"}
    assert not [p for p in found.peaks if 875.0 < p.energy_kev < 990.0 and not p.explained]
