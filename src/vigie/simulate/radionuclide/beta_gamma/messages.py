"""Messages of one simulated measurement: mean counts, then Poisson."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.noble_gas.timing import (
    Counting,
    effective_s,
    ingrowth_in_activity,
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
from vigie.simulate.radionuclide.beta_gamma.params import (
    START_NS,
    CampaignParams,
    CellResponse,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.simulate.radionuclide.beta_gamma.spectra import (
        MeanSpectra,
    )


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


def make_message(
    response: CellResponse,
    type: PhdType,
    time: tuple[int, float],
    activities: dict[str, float],
    setting: tuple[CampaignParams, np.random.Generator],
) -> PulseHeight:
    """Return one measurement: start (ns) and live time (s), Bq at its start."""
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
        acquisition=Acquisition(start_ns=start_ns, real_time_s=counting.real_s, live_time_s=live_s),
        processing=_processing(params) if is_sample else None,
        gamma_calibration=stated.gamma,
        beta_calibration=stated.beta,
        regions=stated.regions,
        coincidence_efficiencies=stated.efficiencies,
        ratios=stated.ratios,
        gamma=_spectrum(mean.gamma, stated.gamma, cell.gamma_span_kev, rng),
        beta=_spectrum(mean.beta, stated.beta, cell.beta_span_kev, rng),
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
    mean: NDArray[np.float64], calibration: Calibration, span_kev: float, rng: np.random.Generator
) -> Spectrum:
    return Spectrum(
        counts=rng.poisson(mean).astype(np.int64),
        calibration=calibration,
        energy_span_kev=span_kev,
        simulated=True,
    )
