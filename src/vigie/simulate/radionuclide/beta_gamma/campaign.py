"""A whole measurement campaign of a simulated noble-gas station, with its truth.

What it computes: detector background, check source, calibration, gas background and sample of one detector as
messages of pulse-height data, with efficiencies and ratios measured on the simulated nuclides themselves as a
station would, memory of the sample before, decay in every phase, dead time, drift of gains and radon. Truth:
activities and concentrations put in. The mean spectra of a cell are drawn once (``cell_response``); each message is
then Poisson. Cost: 8 s for the response (2 million decays of each nuclide), 5 ms for a message.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.timing import (
    Counting,
    concentration_per_activity,
    effective_s,
    ingrowth_in_activity,
    ingrowth_in_concentration,
)
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XE133, XE133M, XENON_PER_AIR_CM3_M3
from vigie.records import (
    Acquisition,
    Calibration,
    CertificateLine,
    Collection,
    DetectorSystem,
    Histogram,
    PhdType,
    PulseHeight,
    Spectrum,
    XenonProcessing,
)
from vigie.simulate.radionuclide.beta_gamma.cell import BetaGammaCell
from vigie.simulate.radionuclide.beta_gamma.header import StatedCalibration, state_calibration
from vigie.simulate.radionuclide.beta_gamma.spectra import (
    NUCLIDES,
    MeanSpectra,
    ambient_spectra,
    nuclide_spectra,
)

START_NS = 1_600_000_000_000_000_000
"""2020-09-13T12:26:40Z, start of the collection of the first sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignParams:
    """Times and volumes; defaults are those of a SAUNA cycle, s."""

    collect_s: float = 43_200.0
    process_s: float = 21_600.0
    count_s: float = 40_320.0
    """Live time of sample."""
    gas_background_s: float = 40_320.0
    detector_background_s: float = 864_000.0
    gas_delay_s: float = 43_200.0
    """From the start of the gas background to that of the sample."""
    live_share: float = 0.995
    xenon_cm3: float = 1.6
    xenon_sigma_cm3: float = 0.05
    ambient_per_h: float = 40.0
    """Coincidences of the surroundings in an hour over the whole plane."""
    station: str = "SIM01"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CellResponse:
    """Mean spectra of a cell, per decay and per second, and the calibration that it states."""

    cell: BetaGammaCell
    nuclides: dict[str, MeanSpectra]
    ambient: MeanSpectra
    stated: StatedCalibration


@dataclass(frozen=True, slots=True, kw_only=True)
class GasTruth:
    """What was put in. Becquerels at the start of the sample's (or gas background's) measurement."""

    concentration_mbq_m3: dict[str, float] = field(default_factory=dict)
    """Of collected air; radon has an activity only."""
    activity_bq: dict[str, float] = field(default_factory=dict)
    memory_bq: dict[str, float] = field(default_factory=dict)
    """At the start of the gas background."""


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
        What was calibrated: another one than ``cell`` makes a drift, or resolutions other than stated.
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
    """Return what is left of the memory at the start of the sample's measurement."""
    return {
        one.name: truth.memory_bq.get(one.name, 0.0)
        * float(np.exp(-one.decay_per_s * params.gas_delay_s))
        for one in ISOTOPES
    }


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
    sample = _message(response, PhdType.SAMPLE, sample_time, inside, (params, rng))
    gas = _message(response, PhdType.GAS_BACKGROUND, gas_time, truth.memory_bq, (params, rng))
    empty = _message(
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
    return _message(response, type, (START_NS, params.count_s), {nuclide: activity_bq}, (params, rng))


def mean_counts(
    response: CellResponse, activities: dict[str, float], counting: Counting
) -> MeanSpectra:
    """Return the mean spectra of a measurement."""
    total = response.ambient.scaled(counting.live_s)
    for one in ISOTOPES:
        if activities.get(one.name, 0.0) > 0.0:
            decays = activities[one.name] * effective_s(one.decay_per_s, counting)
            total = total + response.nuclides[one.name].scaled(decays)
    if activities.get("Xe-133m", 0.0) > 0.0:
        grown = ingrowth_in_activity(XE133M.decay_per_s, XE133.decay_per_s, counting.real_s)
        decays = activities["Xe-133m"] * grown * effective_s(XE133.decay_per_s, counting)
        total = total + response.nuclides["Xe-133"].scaled(decays)
    return total


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


def _message(
    response: CellResponse,
    type: PhdType,
    time: tuple[int, float],
    activities: dict[str, float],
    setting: tuple[CampaignParams, np.random.Generator],
) -> PulseHeight:
    params, rng = setting
    start_ns, live_s = time
    counting = Counting(real_s=live_s / params.live_share, live_s=live_s)
    mean = mean_counts(response, activities, counting)
    stated, cell = response.stated, response.cell
    name = f"{params.station}_001-{type.value}"
    is_sample = type is PhdType.SAMPLE
    return PulseHeight(
        type=type,
        station=params.station,
        detector=f"{params.station}_001",
        system=DetectorSystem.BETA_GAMMA,
        geometry="SIMULATED",
        sample_id="01202009131211X" if is_sample else "",
        measurement_id=name,
        detector_background_id=f"{params.station}_001-DETBKPHD" if is_sample else "",
        gas_background_id=f"{params.station}_001-GASBKPHD" if is_sample else "",
        collection=_collection(params) if is_sample else None,
        acquisition=Acquisition(
            start_ns=start_ns, real_time_s=counting.real_s, live_time_s=live_s
        ),
        processing=_processing(params) if is_sample else None,
        gamma_calibration=stated.gamma,
        beta_calibration=stated.beta,
        regions=stated.regions,
        coincidence_efficiencies=stated.efficiencies,
        ratios=stated.ratios,
        gamma=_spectrum(mean.gamma, stated.gamma, rng),
        beta=_spectrum(mean.beta, stated.beta, rng),
        histogram=Histogram(
            counts=rng.poisson(mean.histogram).astype(np.int64),
            gamma_span_kev=cell.gamma_span_kev,
            beta_span_kev=cell.beta_span_kev,
        ),
        certificate=_certificate(type, activities),
        simulated=True,
    )


def _certificate(type: PhdType, activities: dict[str, float]) -> tuple[CertificateLine, ...]:
    if type is not PhdType.CALIBRATION:
        return ()
    return tuple(CertificateLine(nuclide=name, text=name) for name in activities)


def _collection(params: CampaignParams) -> Collection:
    return Collection(
        start_ns=START_NS,
        stop_ns=START_NS + round(1e9 * params.collect_s),
        air_volume_m3=params.xenon_cm3 / XENON_PER_AIR_CM3_M3 / 0.8,
    )


def _processing(params: CampaignParams) -> XenonProcessing:
    return XenonProcessing(
        volume_cm3=params.xenon_cm3,
        volume_sigma_cm3=params.xenon_sigma_cm3,
        recovery=0.8,
        recovery_sigma=0.03,
    )


def _spectrum(
    mean: NDArray[np.float64], calibration: Calibration, rng: np.random.Generator
) -> Spectrum:
    return Spectrum(
        counts=rng.poisson(mean).astype(np.int64), calibration=calibration, simulated=True
    )
