"""The field sheet's table of interferences comes out of the table of nuclides, pair by pair."""

import pytest

from vigie.errors import UnknownNuclideError
from vigie.facts.nuclides import (
    InterferenceParams,
    family,
    interferences,
    neutron_lines,
    nuclide,
    nuclide_list,
)

PAIRS = [
    ("Cs-137", 661.66, "Bi-214 665.45, Ce-143 664.57"),
    ("Cs-134", 604.72, "Sb-124 602.73, Sb-127 603.5, Sb-125 606.7"),
    ("Cs-134", 795.86, "Ac-228 795.0"),
    (
        "Zr-95",
        724.19,
        (
            "Bi-212 727.33, Tl-208 722.04, Ac-228 727.0, Bi-214 719.8, Eu-154 723.43, "
            "Sb-124 722.78, Ce-143 721.93, I-132 727.0"
        ),
    ),
    ("Zr-95", 756.73, "Ac-228 755.2, Bi-214 752.8, Eu-154 756.9"),
    (
        "Nb-95",
        765.80,
        "Bi-214 768.36, Tl-208 763.13, Pa-234m 766.36, Pb-211 766.35, Ag-110m 763.94",
    ),
    ("I-131", 636.99, "Sb-125 635.95"),
    ("I-131", 284.31, "Th-227 286.1, Th-227 281.4, Ac-228 282.0, Bi-212 288.1"),
    ("Tc-99m", 140.51, "U-235 143.76, U-235 140.76, Mo-99 140.51"),
    ("Ba-140", 537.26, "Bi-214 536.9, Pb-214 533.7"),
    ("La-140", 1596.21, "Bi-214 1594.7, Bi-214 1599.3"),
    ("La-140", 487.02, "Pb-214 487.1"),
    ("La-140", 815.78, "Cs-136 818.5, Ag-110m 818.0"),
    ("Be-7", 477.60, "Ac-228 478.2, Pb-214 480.5, Bi-214 474.4"),
    ("Mo-99", 739.50, "Pa-234m 742.8"),
    ("Te-132", 228.16, "Np-239 228.18"),
    ("Ce-143", 293.27, "Pb-214 295.22, Th-227 289.6, Sb-127 290.8"),
    ("Ce-141", 145.44, "U-235 143.76, Ra-223 144.2"),
    ("Ce-144", 133.51, "Ac-228 129.1, Th-228 131.6, Co-57 136.5"),
    ("Np-239", 277.60, "Tl-208 277.36, Sb-126 278.6"),
    ("Mn-54", 834.85, "Ac-228 835.6, Pb-211 831.9"),
    ("Co-57", 122.06, "Ra-223 122.3, Eu-152 121.78, Eu-154 123.07"),
    ("I-133", 529.87, "Pb-214 533.7, Nd-147 531.0"),
    ("Nd-147", 531.02, "Pb-214 533.7, I-133 529.87"),
    ("Ra-226", 186.21, "U-235 185.72"),
    ("Na-24", 1368.6, "Sb-124 1368.2"),
]
"""Wanted line, and what disturbs it (field sheet 3.6; energies rounded there)."""


@pytest.mark.parametrize(("name", "energy_kev", "expected"), PAIRS)
def test_pairs_of_the_sheet_come_out(name: str, energy_kev: float, expected: str) -> None:
    found = [(one.emitter, one.energy_kev) for one in interferences(name, energy_kev)]
    for pair in expected.split(", "):
        emitter, text = pair.split()
        # The sheet's energies are those of decay_2012, off by up to 0.5 keV.
        assert any(one == emitter and abs(kev - float(text)) < 0.6 for one, kev in found), pair


@pytest.mark.parametrize(
    ("name", "energy_kev", "nucleus"),
    [("Tc-99m", 140.51, "Ge-74"), ("Zn-65", 1115.54, "Cu-65"), ("Be-7", 477.6, "B-10")],
)
def test_lines_of_neutrons_are_named(name: str, energy_kev: float, nucleus: str) -> None:
    found = [one for one in interferences(name, energy_kev) if one.origin == "neutron"]
    assert [one for one in found if one.emitter.startswith(nucleus)]
    assert all(one.intensity is None for one in found)


def test_the_main_line_of_iodine_131_has_no_natural_neighbour() -> None:
    found = interferences("I-131", 364.49, InterferenceParams(least_natural=1e-3))
    assert [one for one in found if one.origin == "natural"] == []


def test_zinc_65_has_no_strong_natural_neighbour() -> None:
    found = interferences("Zn-65", 1115.54, InterferenceParams(least_natural=1e-3))
    assert [one for one in found if one.origin == "natural"] == []


def test_own_descendants_do_not_disturb() -> None:
    # 743.4 keV of Nb-97m under Zr-97; it disturbs Mo-99 only beyond 3 keV.
    assert "Nb-97m" in family("Zr-97")
    assert "Nb-97m" not in {one.emitter for one in interferences("Zr-97", 743.36)}
    wide = interferences("Mo-99", 739.5, InterferenceParams(artificial_kev=5.0))
    assert "Nb-97m" in {one.emitter for one in wide}


@pytest.mark.parametrize("name", nuclide_list("mda"))
def test_interferences_are_within_the_windows_and_nearest_first(name: str) -> None:
    for line in nuclide(name).lines[:3]:
        offsets = [abs(one.offset_kev) for one in interferences(name, line.energy_kev)]
        assert offsets == sorted(offsets)
        assert all(offset <= 4.5 for offset in offsets)


def test_neutron_lines_of_the_sheet() -> None:
    energies = [line.energy_kev for line in neutron_lines()]
    assert energies == sorted(energies)
    for wanted in (139.7, 198.4, 595.8, 691.3):
        assert min(abs(one - wanted) for one in energies) < 0.15
    tailed = {line.product for line in neutron_lines() if line.tailed}
    assert tailed == {"Ge-70", "Ge-72", "Ge-74", "Ge-76"}


def test_an_unknown_nuclide_is_refused() -> None:
    with pytest.raises(UnknownNuclideError):
        interferences("Cs-999", 100.0)
