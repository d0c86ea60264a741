"""Fission yields: sums, the sheet's numbers, the two evaluations beside each other."""

import pytest

from vigie.errors import UnknownModelError
from vigie.facts.nuclides import fission_yields, nuclide, yield_sets


@pytest.mark.parametrize(
    ("name", "percent"),
    # The field sheet's simple yields of U-235 by thermal neutrons (8.1), rounded there.
    [("I-131", 2.89), ("I-133", 6.70), ("I-135", 6.28)],
)
def test_iodines_of_the_sheet(name: str, percent: float) -> None:
    found = fission_yields("U-235", "thermal")[name]
    assert 100.0 * found.cumulative == pytest.approx(percent, abs=0.006)


@pytest.mark.parametrize(
    ("name", "percent"),
    # Round values that every table agrees on: a guard against columns mixed up.
    [("Cs-137", 6.2), ("Ba-140", 6.2), ("Zr-95", 6.5), ("Sr-90", 5.8), ("Mo-99", 6.1)],
)
@pytest.mark.parametrize("evaluation", ["ENDF/B-VIII.1", "JEFF-3.3"])
def test_well_known_yields(name: str, percent: float, evaluation: str) -> None:
    found = fission_yields("U-235", "thermal", evaluation=evaluation)[name]
    assert 100.0 * found.cumulative == pytest.approx(percent, abs=0.15)


def test_every_fissile_nuclide_and_spectrum_is_there() -> None:
    wanted = {
        ("U-235", "thermal"),
        ("U-235", "fast"),
        ("U-235", "14MeV"),
        ("U-238", "fast"),
        ("U-238", "14MeV"),
        ("Pu-239", "thermal"),
        ("Pu-239", "fast"),
    }
    for evaluation in ("ENDF/B-VIII.1", "JEFF-3.3"):
        have = {(fissile, spectrum) for one, fissile, spectrum in yield_sets() if one == evaluation}
        assert wanted <= have
    assert ("ENDF/B-VIII.1", "Pu-239", "14MeV") in yield_sets()


def test_cumulative_is_never_below_independent() -> None:
    for evaluation, fissile, spectrum in yield_sets():
        for one in fission_yields(fissile, spectrum, evaluation=evaluation).values():
            # Evaluations adjust the two separately, to a per cent or so.
            assert one.cumulative >= 0.97 * one.independent, (evaluation, fissile, spectrum, one)
            assert 0.0 <= one.cumulative < 0.2


def test_what_a_chain_makes_adds_up_by_the_branches_of_the_table() -> None:
    # Xe-133 in the end: its own, that of Xe-133m and that of I-133.
    for evaluation, fissile, spectrum in yield_sets():
        found = fission_yields(fissile, spectrum, evaluation=evaluation)
        share = {one.daughter: one.fraction for one in nuclide("I-133").branches}
        metastable = found["Xe-133m"].independent + found["I-133"].cumulative * share["Xe-133m"]
        assert found["Xe-133m"].cumulative == pytest.approx(
            metastable, rel=0.15 if fissile != "Pu-239" else 0.6
        )
        total = found["Xe-133"].independent + found["I-133"].cumulative * share["Xe-133"]
        assert found["Xe-133"].cumulative == pytest.approx(total + metastable, rel=0.03)


def test_unknown_sets_are_refused_with_those_known() -> None:
    with pytest.raises(UnknownModelError, match=r"ENDF/B-VIII\.1 U-238 fast"):
        fission_yields("U-238", "thermal")
