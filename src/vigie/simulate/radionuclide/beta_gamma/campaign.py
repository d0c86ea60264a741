"""A whole measurement campaign of a simulated noble-gas station, with its truth.

What it computes: detector background, check source, calibration, gas background and sample of one
detector as messages of pulse-height data, with efficiencies and ratios measured on the simulated
nuclides themselves as a station would, memory of the sample before, decay in every phase, dead
time, drift of gains and radon. Truth: activities and concentrations put in. The mean spectra of a
cell are drawn once (``cell_response``); each message is then Poisson. Cost: 8 s for the response
(2 million decays of each nuclide), 5 ms for a message.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.radionuclide.noble_gas.timing import (
    concentration_per_activity,
    grown_since,
    ingrowth_in_activity,
    ingrowth_in_concentration,
)
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XE133, XE133M, XENON_PER_AIR_CM3_M3
from vigie.records import (
    PhdType,
    PulseHeight,
)
from vigie.simulate.radionuclide.beta_gamma.cell import BetaGammaCell
from vigie.simulate.radionuclide.beta_gamma.header import state_calibration
from vigie.simulate.radionuclide.beta_gamma.messages import make_message
from vigie.simulate.radionuclide.beta_gamma.params import (
    START_NS,
    CampaignParams,
    CellResponse,
    GasTruth,
)
from vigie.simulate.radionuclide.beta_gamma.spectra import (
    NUCLIDES,
    ambient_spectra,
    nuclide_spectra,
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Campaign:
    """The messages of one sample, and the truth."""

    sample: PulseHeight
    gas_background: PulseHeight
    detector_background: PulseHeight
    truth: GasTruth


def cell_response(
    rng: np.random.Generator,
    *,
    cell: BetaGammaCell | None = None,
    stated_cell: BetaGammaCell | None = None,
    ambient_per_h: float = 40.0,
    n_decays: int = 1_000_000,
) -> CellResponse:
    """Draw the mean spectra of a cell.

    Parameters
    ----------
    cell : BetaGammaCell, optional
        What measures.
    stated_cell : BetaGammaCell, optional
        What was calibrated: another one than ``cell`` makes a drift, or resolutions other than
        stated.
    """
    cell = cell or BetaGammaCell()
    stated_cell = stated_cell or cell
    spectra = {name: nuclide_spectra(cell, name, rng, n_decays=n_decays) for name in NUCLIDES}
    known = (
        spectra
        if stated_cell == cell
        else {n: nuclide_spectra(stated_cell, n, rng, n_decays=n_decays) for n in NUCLIDES}
    )
    gamma = nuclide_spectra(stated_cell, "Xe-133", rng, n_decays=n_decays, gamma_only=True)
    return CellResponse(
        cell=cell,
        nuclides=spectra,
        ambient=ambient_spectra(cell, rate_per_h=ambient_per_h),
        stated=state_calibration(stated_cell, known, gamma),
    )


def activities_bq(truth: GasTruth, params: CampaignParams) -> dict[str, float]:
    """Return activities in the cell at the start of the sample's measurement, ingrowth included."""
    volume = params.xenon_cm3 / XENON_PER_AIR_CM3_M3
    out = dict(truth.activity_bq)
    for one in ISOTOPES:
        mbq = truth.concentration_mbq_m3.get(one.name, 0.0)
        per = concentration_per_activity(
            one.decay_per_s, params.collect_s, params.process_s, volume
        )
        out[one.name] = out.get(one.name, 0.0) + 1e-3 * mbq / per
    parent = truth.concentration_mbq_m3.get("Xe-133m", 0.0)
    if parent:
        out["Xe-133"] += 1e-3 * parent * _grown_bq_per_concentration(params, volume)
    return out


def left_memory_bq(truth: GasTruth, params: CampaignParams) -> dict[str, float]:
    """Return what is left of the memory at the start of the sample's measurement.

    Xe-133 that its Xe-133m decayed into since the start of the gas background is among it.
    """
    left = {
        one.name: truth.memory_bq.get(one.name, 0.0)
        * float(np.exp(-one.decay_per_s * params.gas_delay_s))
        for one in ISOTOPES
    }
    grown = grown_since(XE133M.decay_per_s, XE133.decay_per_s, params.gas_delay_s)
    left["Xe-133"] += grown * truth.memory_bq.get("Xe-133m", 0.0)
    return left


def simulate_campaign(
    response: CellResponse,
    truth: GasTruth,
    rng: np.random.Generator,
    *,
    params: CampaignParams | None = None,
) -> Campaign:
    """Simulate a sample with its gas background and detector background."""
    params = params or CampaignParams()
    activities = activities_bq(truth, params)
    start_ns = START_NS + round(1e9 * (params.collect_s + params.process_s))
    sample_time = (start_ns, params.count_s)
    gas_time = (start_ns - round(1e9 * params.gas_delay_s), params.gas_background_s)
    left = left_memory_bq(truth, params)
    inside = {name: activities.get(name, 0.0) + left[name] for name in NUCLIDES}
    background_ns = START_NS - round(30 * 86_400e9)
    sample = make_message(response, PhdType.SAMPLE, sample_time, inside, (params, rng))
    gas = make_message(response, PhdType.GAS_BACKGROUND, gas_time, truth.memory_bq, (params, rng))
    empty = make_message(
        response,
        PhdType.DETECTOR_BACKGROUND,
        (background_ns, params.detector_background_s),
        {},
        (params, rng),
    )
    return Campaign(sample=sample, gas_background=gas, detector_background=empty, truth=truth)


def simulate_calibration(
    response: CellResponse,
    nuclide: str,
    activity_bq: float,
    rng: np.random.Generator,
    *,
    params: CampaignParams | None = None,
    type: PhdType = PhdType.CALIBRATION,
) -> PulseHeight:
    """Simulate the measurement of one nuclide, as calibration or as check source."""
    params = params or CampaignParams()
    return make_message(
        response, type, (START_NS, params.count_s), {nuclide: activity_bq}, (params, rng)
    )


def _grown_bq_per_concentration(params: CampaignParams, volume_m3: float) -> float:
    """Return Bq of Xe-133 that Xe-133m made before the measurement, per Bq/m3 of Xe-133m."""
    real_s = params.count_s / params.live_share
    times = (params.collect_s, params.process_s, real_s)
    parent, daughter = XE133M.decay_per_s, XE133.decay_per_s
    per = [
        concentration_per_activity(one, params.collect_s, params.process_s, volume_m3)
        for one in (parent, daughter)
    ]
    total = ingrowth_in_concentration(parent, daughter, times) / per[1]
    return total - ingrowth_in_activity(parent, daughter, real_s) / per[0]
