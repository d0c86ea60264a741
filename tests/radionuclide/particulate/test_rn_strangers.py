"""Peaks that look like a nuclide which is not looked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.cli.sample_text import sample_text
from vigie.facts.nuclides import nuclide
from vigie.products.radionuclide.measurement_sections import explained_by
from vigie.radionuclide.judge import categorise
from vigie.radionuclide.particulate import analyse_sample
from vigie.records import PulseHeight, Reason, SampleAnalysis
from vigie.simulate.radionuclide.hpge import TYPICAL_AIR_UBQ_M3, HpgeStation, simulate_sample


def made(seed: int, **put: float) -> PulseHeight:
    air = {**TYPICAL_AIR_UBQ_M3, **{name.replace("_", "-"): value for name, value in put.items()}}
    return simulate_sample(HpgeStation(), np.random.default_rng(seed), air_ubq_m3=air).message


def named(found: SampleAnalysis) -> set[str]:
    return {
        str(dict(r.params)["nuclide"]) for r in found.remarks if r.code == "particulate.perhaps"
    }


@pytest.mark.parametrize(
    ("seed", "name", "uBq_m3"),
    [(1, "Tb_160", 100.0), (2, "Br_82", 100.0), (7, "V_48", 50.0), (14, "I_126", 30.0)],
)
def test_peaks_of_a_nuclide_outside_the_library_name_it(
    seed: int, name: str, uBq_m3: float
) -> None:
    found = analyse_sample(made(seed, **{name: uBq_m3}))
    who = name.replace("_", "-")
    assert named(found) == {who}
    peaks = [p for p in found.peaks if p.suggested]
    assert {p.suggested for p in peaks} == {(who,)}
    assert not any(p.explained for p in peaks)
    # Others are sums of its lines.
    assert sum(nuclide(who).line(peak.energy_kev, 1.5) is not None for peak in peaks) >= 2
    # A suggestion is no detection.
    assert found.nuclide(who) is None


def test_two_at_once_are_both_named() -> None:
    assert named(analyse_sample(made(3, Tb_160=30.0, Br_82=30.0))) == {"Tb-160", "Br-82"}


def test_energies_are_not_doubted_because_of_peaks_that_a_nuclide_explains() -> None:
    """Most clear peaks are of Tb-160: the sample said nothing of any nuclide, and had no level."""
    found = analyse_sample(made(5, Tb_160=10_000.0))
    assert named(found) == {"Tb-160"}
    assert not [r for r in found.remarks if r.code == "particulate.energies_doubtful"]
    assert {n.nuclide for n in found.nuclides if n.detected} >= {"Be-7", "K-40", "Pb-212"}


def test_what_can_hardly_be_left_is_not_named() -> None:
    """Mn-56 has decayed for nine half-lives; a nuclide fed by none of those looked for."""
    found = analyse_sample(made(1, Mn_56=300_000.0))
    assert not named(found)
    assert sum(1 for p in found.peaks if not p.explained and p.significance > 4.0) >= 2


@pytest.mark.parametrize("factor", [0.998, 1.003])
def test_with_wrong_energies_nothing_is_suggested(factor: float) -> None:
    message = made(1, Cs_137=5.0, I_131=10.0, Ba_140=10.0)
    assert message.gamma is not None
    stated = message.gamma_calibration
    points = tuple(replace(p, energy_kev=p.energy_kev * factor) for p in stated.energy)
    wrong = replace(stated, energy=points)
    gamma = replace(message.gamma, calibration=wrong)
    found = analyse_sample(replace(message, gamma=gamma, gamma_calibration=wrong))
    assert [r for r in found.remarks if r.code == "particulate.energies_doubtful"]
    assert not named(found)
    assert not any(p.suggested for p in found.peaks)


def test_category_and_tables_say_what_peaks_look_like() -> None:
    found = analyse_sample(made(1, Tb_160=100.0))
    plain = categorise(analyse_sample(made(1)), {})
    category = categorise(found, {})
    assert category.level == plain.level
    assert Reason.of("category.perhaps", nuclides="Tb-160") in category.reasons
    text = sample_text(found, "en", peaks=False)
    assert "perhaps Tb-160" in text
    peak = next(p for p in found.peaks if p.suggested)
    assert explained_by(peak).items[-1] == Reason.of("rn.perhaps", nuclides="Tb-160")
    assert "peut-être Tb-160" in sample_text(found, "fr", peaks=False)


@pytest.mark.slow
def test_nothing_is_suggested_of_natural_filters() -> None:
    for seed in range(100, 120):
        rng = np.random.default_rng(seed)
        air = {k: v * float(np.exp(rng.normal(0.0, 0.5))) for k, v in TYPICAL_AIR_UBQ_M3.items()}
        found = analyse_sample(simulate_sample(HpgeStation(), rng, air_ubq_m3=air).message)
        assert not named(found)
