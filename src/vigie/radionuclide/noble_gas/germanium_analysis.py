"""A noble-gas sample of a germanium detector (system G) to results."""

from __future__ import annotations

import numpy as np

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.gas_input import air_sample, message_counting
from vigie.radionuclide.noble_gas.hpge_gas import fit_germanium
from vigie.radionuclide.noble_gas.ratios_of_sample import germanium_ratios, sample_zero_times
from vigie.radionuclide.noble_gas.results import (
    concentration_covariance,
    conversion,
    likelihood_result,
)
from vigie.radionuclide.ratios.agreement import zero_time_remarks
from vigie.radionuclide.ratios.zero_time import DEFAULT_FRACTIONATION_S
from vigie.records import PulseHeight, Reason, SampleAnalysis


def analyse_germanium(
    sample: PulseHeight,
    *,
    seed: int,
    fractionation_s: float = DEFAULT_FRACTIONATION_S,
    version: str = "",
) -> SampleAnalysis:
    """Analyse the gamma spectrum of a noble-gas sample; ratios by Fieller.

    Parameters
    ----------
    seed : int
        Of simulated counts.
    fractionation_s : float
        From the fission to the loss of iodine, in the fractionated scenario.

    Raises
    ------
    NobleGasInputError
        No spectrum, acquisition, calibration or efficiencies.
    """
    if sample.gamma is None:
        raise NobleGasInputError(
            what=f"{sample.measurement_id or sample.type} has no #g_Spectrum",
            remedy="Ask the station for the whole message.",
        )
    remarks: list[Reason] = []
    counting = message_counting(sample)
    air = air_sample(sample, remarks)
    to = conversion(air, counting.real_s)
    grown = None if air is None else to.ingrowth[0]
    rng = np.random.default_rng(seed)
    found = fit_germanium(sample.gamma, counting, ingrowth=grown, rng=rng)
    fit = found.fit
    remarks += found.remarks
    parent = next(one.estimate for one in fit.nuclides if one.name == "Xe-133m")
    results = sorted(
        (likelihood_result(one, to, parent_bq=parent) for one in fit.nuclides),
        key=lambda one: (not one.detected, one.nuclide),
    )
    ratios = germanium_ratios(fit, to, sample)
    times = sample_zero_times(ratios, fractionation_s)
    remarks += zero_time_remarks(times, sample.collection)
    collection = sample.collection
    return SampleAnalysis(
        station=sample.station,
        detector=sample.detector,
        sample_id=sample.sample_id,
        technology="noble_gas",
        collection_start_ns=collection.start_ns if collection else None,
        collection_stop_ns=collection.stop_ns if collection else None,
        acquisition_start_ns=_start_ns(sample),
        air_volume_m3=to.air_volume_m3,
        nuclides=tuple(results),
        ratios=ratios,
        zero_times=times,
        covariance=concentration_covariance(fit, [one.nuclide for one in results], to, {}),
        remarks=tuple(remarks),
        inputs=(("sample", sample.raw_sha256),),
        simulated=sample.simulated,
        version=version,
        message_type=sample.type.value,
        full=sample.full,
        live_time_s=sample.acquisition.live_time_s if sample.acquisition else None,
        air_volume_sigma_m3=to.air_volume_sigma_m3,
    )


def _start_ns(sample: PulseHeight) -> int | None:
    return sample.acquisition.start_ns if sample.acquisition else None
