"""Photons through germanium, and decays with coincidence summing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.facts.attenuation import attenuation_per_cm, attenuation_table
from vigie.facts.cascades import cascades
from vigie.radionuclide.particulate.summing import k_xrays
from vigie.simulate.radionuclide.hpge.cascade_events import cascade_events
from vigie.simulate.radionuclide.hpge.cross_sections import germanium_per_cm, klein_nishina_cm2
from vigie.simulate.radionuclide.hpge.decay_spectrum import decay_spectrum, outcomes
from vigie.simulate.radionuclide.hpge.geometry import (
    FILTER_ON_CAP,
    POINT_AT_25_CM,
    DetectorGeometry,
)
from vigie.simulate.radionuclide.hpge.outcome import BINS, Outcome, both, certain, either
from vigie.simulate.radionuclide.hpge.response import compton_edge_kev, response_of


def test_klein_nishina_at_the_energy_of_caesium() -> None:
    # 2.563e-25 cm2 per electron: Hubbell et al. 1975, J. Phys. Chem. Ref. Data 4, 471.
    assert klein_nishina_cm2(np.array([661.657]))[0] == pytest.approx(2.563e-25, rel=1e-3)


@pytest.mark.parametrize(
    ("energy_kev", "tolerance"), [(60, 0.08), (100, 0.12), (500, 0.04), (1332, 0.02), (2614, 0.02)]
)
def test_cross_sections_add_up_to_the_totals_of_nist(energy_kev: float, tolerance: float) -> None:
    # Coherent scattering is in the totals and not in the sum.
    total = attenuation_per_cm("germanium", np.array([float(energy_kev)]))[0]
    parts = sum(one[round(energy_kev / 2)] for one in germanium_per_cm())
    assert parts == pytest.approx(total, rel=tolerance)


def test_relative_efficiency_is_that_of_a_large_crystal() -> None:
    # Over 1.2e-3 of a NaI crystal at 25 cm (IEEE Std 325). Crystals of 68 x 66 mm have 60-75 %.
    response = response_of(POINT_AT_25_CM)
    assert 0.55 < float(response.peak(1332.5)) / 1.2e-3 < 0.80


def test_the_edge_of_compton_scattering() -> None:
    assert compton_edge_kev(661.657) == pytest.approx(477.3, abs=0.05)  # Knoll, fig. 10.7
    response = response_of(FILTER_ON_CAP)
    grid = np.array([470.0, 480.0, 600.0, 620.0])
    below = np.diff(response.cumulative(661.657, grid))
    assert below[0] / 10.0 > 2.0 * below[2] / 20.0


@pytest.mark.parametrize("name", ["Co-60", "Cs-134", "Y-88", "Ba-133", "Eu-152"])
def test_exact_sums_agree_with_decays_one_by_one(name: str) -> None:
    rng = np.random.default_rng(11)
    for cascade in cascades(name):
        decays = 400_000
        energies, shares = k_xrays(name, cascade.daughter_number)
        xrays = tuple(zip(energies.tolist(), shares.tolist(), strict=True))
        left = cascade_events(cascade, xrays, FILTER_ON_CAP, decays=decays, rng=rng)
        feeding = sum(level.feeding for level in cascade.levels)
        parts = outcomes(cascade, FILTER_ON_CAP, xrays)
        exact = either([o for o, _ in parts], [w / feeding for _, w in parts])
        checked = 0
        for step in cascade.transitions:
            at = np.abs(exact.energy_kev - step.energy_kev) < 0.05
            expected = decays * float(exact.probability[at].sum())
            if expected < 400.0:
                continue
            seen = int((np.abs(left - step.energy_kev) < 0.05).sum())
            # A continuum of 30 % over 1000 keV puts 1e-5 of the decays into a window of 0.1 keV.
            assert seen == pytest.approx(expected, abs=4.0 * np.sqrt(expected) + 3e-5 * decays)
            checked += 1
        assert checked >= 2


@pytest.mark.parametrize(
    ("name", "low", "high"), [("Co-60", 0.8, 0.92), ("Cs-137", None, None), ("Na-22", 0.6, 0.85)]
)
def test_summing_losses(name: str, low: float | None, high: float | None) -> None:
    spectrum = decay_spectrum("Ba-137m" if name == "Cs-137" else name, FILTER_ON_CAP)
    line = {"Co-60": 1332.49, "Cs-137": 661.66, "Na-22": 1274.54}[name]
    factor = float(spectrum.summing[np.nanargmin(np.abs(spectrum.line_kev - line))])
    if low is None or high is None:
        assert factor == 1.0
    else:
        assert low < factor < high
    far = decay_spectrum("Ba-137m" if name == "Cs-137" else name, POINT_AT_25_CM)
    assert float(far.summing[np.nanargmin(np.abs(far.line_kev - line))]) > 0.98


def test_the_sum_peak_of_cobalt() -> None:
    spectrum = decay_spectrum("Co-60", FILTER_ON_CAP)
    response = response_of(FILTER_ON_CAP)
    at = int(np.argmin(np.abs(spectrum.energy_kev - 2505.72)))
    expected = float(response.peak(1173.228) * response.peak(1332.492)) * 0.9985
    assert spectrum.counts[at] == pytest.approx(expected, rel=5e-3)


chances = st.floats(0.0, 0.3)


@settings(derandomize=True, max_examples=40)
@given(chances, chances, chances, chances)
def test_outcomes_are_distributions_and_commute(a: float, b: float, c: float, d: float) -> None:
    def make(energy: float, peak: float, rest: float) -> Outcome:
        continuum = np.zeros(BINS)
        continuum[10 : int(energy)] = rest / (int(energy) - 10)
        return certain(np.array([energy]), np.array([peak]), continuum)

    first, second = make(300.0, a, b), make(700.5, c, d)
    for sums in (both(first, second), both(second, first)):
        whole = sums.nothing + sums.probability.sum() + sums.continuum.sum()
        assert whole == pytest.approx(1.0, abs=1e-6)
    one, other = both(first, second), both(second, first)
    np.testing.assert_allclose(one.continuum, other.continuum, atol=1e-12)
    mixed = either([one, other], [0.25, 0.75])
    assert mixed.nothing == pytest.approx(one.nothing)


def test_a_geometry_that_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError, match="gap_cm"):
        DetectorGeometry(gap_cm=0.0)
    with pytest.raises(ParameterError, match="bore_radius_cm"):
        DetectorGeometry(bore_radius_cm=5.0)
    with pytest.raises(ParameterError, match="material"):
        attenuation_table("unobtainium")
