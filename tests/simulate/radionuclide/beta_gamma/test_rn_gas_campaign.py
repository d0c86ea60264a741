"""Simulated beta-gamma campaigns: physics of the cell, bookkeeping of decay, drift, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.formats import Contents, Source
from vigie.formats.ims_radionuclide import FORMAT
from vigie.radionuclide.noble_gas.region_response import region_calibration
from vigie.records import PhdType
from vigie.simulate.radionuclide.beta_gamma import (
    BetaGammaCell,
    CampaignParams,
    GasTruth,
    cell_response,
    simulate_calibration,
    simulate_campaign,
)
from vigie.simulate.radionuclide.beta_gamma.campaign import activities_bq, left_memory_bq
from vigie.simulate.radionuclide.beta_gamma.decays import SCHEMES, draw_decays

RNG = np.random.default_rng


@pytest.mark.parametrize("nuclide", SCHEMES)
def test_branches_make_one(nuclide: str) -> None:
    _, _, branches = SCHEMES[nuclide]
    assert sum(one[0] for one in branches) == pytest.approx(1.0, abs=0.005)


def test_decays_carry_the_energies_of_their_scheme() -> None:
    electron, photons = draw_decays("Xe-131m", 20_000, RNG(1))
    with_xray = photons[:, 2] > 0.0
    assert with_xray.mean() == pytest.approx(0.540, abs=0.015)
    assert set(electron[with_xray]) == {129.37}
    beta, gammas = draw_decays("Xe-133", 20_000, RNG(2))
    assert (gammas[:, 0] > 0.0).mean() == pytest.approx(0.373, abs=0.015)
    assert beta.max() < 346.4 + 81.0
    with pytest.raises(ParameterError, match="Xe-129"):
        draw_decays("Xe-129", 10, RNG(1))


@pytest.mark.slow
def test_a_cell_is_as_efficient_as_it_was_made() -> None:
    response = cell_response(RNG(3), n_decays=100_000)
    campaign = simulate_campaign(response, GasTruth(), RNG(4))
    stated = region_calibration(campaign.sample)
    # Coincidence efficiencies of SAUNA cells: 0.5 to 0.65.
    for roi in (2, 3, 4, 5, 6):
        assert 0.4 < stated.eff(roi)[0] < 0.7
    assert stated.interference(3, 5)[0] > stated.interference(3, 6)[0]
    whole = simulate_campaign(
        response, GasTruth(activity_bq={"Xe-133": 1.0}), RNG(5), params=CampaignParams()
    )
    counts = whole.sample.histogram
    assert counts is not None
    mean = response.ambient.histogram.sum() * 40_320.0
    decays = 40_320.0 * 0.97
    assert counts.counts.sum() == pytest.approx(
        mean + decays * response.nuclides["Xe-133"].histogram.sum(), rel=0.02
    )


@pytest.mark.slow
def test_drift_moves_peaks_and_messages_round_trip() -> None:
    stated = BetaGammaCell()
    moved = cell_response(
        RNG(6), cell=replace(stated, gamma_gain=1.05), stated_cell=stated, n_decays=40_000
    )
    still = cell_response(RNG(6), n_decays=40_000)
    at = [np.argmax(one.nuclides["Xe-135"].gamma[60:140]) + 60 for one in (moved, still)]
    assert at[0] / at[1] == pytest.approx(1.05, abs=0.02)
    check = simulate_calibration(still, "Xe-133", 3.0, RNG(7), type=PhdType.QUALITY_CONTROL)
    (data,) = FORMAT.write(Contents(pulse_heights=(replace(check, simulated=False),))).values()
    (back,) = FORMAT.read(Source("x.phd", data)).pulse_heights
    assert back.histogram is not None
    assert check.histogram is not None
    np.testing.assert_array_equal(back.histogram.counts, check.histogram.counts)
    assert back.type is PhdType.QUALITY_CONTROL


def test_truth_keeps_the_books_of_decay() -> None:
    params = CampaignParams(process_s=0.0, collect_s=1.0, xenon_cm3=0.87)
    truth = GasTruth(concentration_mbq_m3={"Xe-135": 5.0})
    # 10 m3 of air of 5 mBq/m3, collected at once and measured at once.
    assert activities_bq(truth, params)["Xe-135"] == pytest.approx(0.05, rel=1e-4)
    later = replace(params, process_s=32_904.0)
    # One half-life of Xe-135 (9.14 h) later, half is left.
    assert activities_bq(truth, later)["Xe-135"] == pytest.approx(0.025, rel=1e-3)
    parent = GasTruth(concentration_mbq_m3={"Xe-133m": 100.0})
    assert activities_bq(parent, CampaignParams())["Xe-133"] > 0.0


def test_an_impossible_cell_is_refused() -> None:
    with pytest.raises(ParameterError, match="peak_efficiency"):
        BetaGammaCell(peak_efficiency=(0.9,) * 9, compton_efficiency=(0.5,) * 9)
    with pytest.raises(ParameterError, match="peak_efficiency"):
        BetaGammaCell(peak_efficiency=(0.9,))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_campaign() -> None:
    runs = [
        simulate_campaign(cell_response(RNG(8), n_decays=20_000), GasTruth(), RNG(9)).sample
        for _ in range(2)
    ]
    assert runs[0].same_as(runs[1])


def test_memory_of_xe133m_becomes_xe133() -> None:
    # 12 h: e^(-0.0660777) - e^(-0.1582528) = 0.0824249, by 1.52956 / (3.66326 - 1.52956).
    left = left_memory_bq(GasTruth(memory_bq={"Xe-133m": 2.0}), CampaignParams())
    assert left["Xe-133m"] == pytest.approx(2.0 * 0.8536339, rel=1e-6)
    assert left["Xe-133"] == pytest.approx(2.0 * 0.0590869, rel=1e-5)
    both = left_memory_bq(GasTruth(memory_bq={"Xe-133": 1.0, "Xe-133m": 2.0}), CampaignParams())
    assert both["Xe-133"] == pytest.approx(left["Xe-133"] + 0.9360588, rel=1e-6)
