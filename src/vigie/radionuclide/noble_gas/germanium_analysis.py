"""A noble-gas sample of a germanium detector (system G) to results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.gas_input import (
    air_sample,
    message_counting,
    not_supplied,
    start_ns,
    usable_gas,
)
from vigie.radionuclide.noble_gas.germanium_backgrounds import BackgroundSpectrum
from vigie.radionuclide.noble_gas.hpge_gas import GermaniumFit, fit_germanium
from vigie.radionuclide.noble_gas.ratios_of_sample import germanium_ratios, sample_zero_times
from vigie.radionuclide.noble_gas.results import (
    Conversion,
    concentration_covariance,
    conversion,
    likelihood_result,
)
from vigie.radionuclide.ratios.agreement import zero_time_remarks
from vigie.radionuclide.ratios.zero_time import DEFAULT_FRACTIONATION_S
from vigie.records import NuclideResult, PulseHeight, Reason, SampleAnalysis

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.germanium_curve import GermaniumCurve
    from vigie.records import Spectrum


def analyse_germanium(
    sample: PulseHeight,
    gas_background: PulseHeight | None = None,
    detector_background: PulseHeight | None = None,
    *,
    seed: int,
    fractionation_s: float = DEFAULT_FRACTIONATION_S,
    version: str = "",
) -> tuple[SampleAnalysis, GermaniumCurve]:
    """Analyse the gamma spectrum of a noble-gas sample; ratios by Fieller.

    Beside the analysis stands the spectrum with its fit.

    Parameters
    ----------
    gas_background, detector_background : PulseHeight, optional
        What is not given is not subtracted, and told by the id that the sample names.
    seed : int
        Of simulated counts.
    fractionation_s : float
        From the fission to the loss of iodine, in the fractionated scenario.

    Raises
    ------
    NobleGasInputError
        No spectrum, acquisition, calibration or efficiencies; a gas background that does not
        precede.
    """
    remarks: list[Reason] = []
    counting = message_counting(sample)
    air = air_sample(sample, remarks)
    to = conversion(air, counting.real_s)
    found = fit_germanium(
        _gamma(sample),
        counting,
        ingrowth=None if air is None else to.ingrowth[0],
        detector=_detector(sample, detector_background, remarks),
        gas=_gas(sample, gas_background, remarks),
        rng=np.random.default_rng(seed),
    )
    remarks += found.remarks
    results = _results(found, to)
    names = [one.nuclide for one in results if one.nuclide not in found.withheld]
    ratios = tuple(
        one
        for one in germanium_ratios(found.fit, to, sample)
        if not {one.numerator, one.denominator} & set(found.withheld)
    )
    times = sample_zero_times(ratios, fractionation_s)
    remarks += zero_time_remarks(times, sample.collection)
    collection = sample.collection
    messages = {
        "sample": sample,
        "gas_background": gas_background,
        "detector_background": detector_background,
    }
    analysis = SampleAnalysis(
        station=sample.station,
        detector=sample.detector,
        sample_id=sample.sample_id,
        technology="noble_gas",
        collection_start_ns=collection.start_ns if collection else None,
        collection_stop_ns=collection.stop_ns if collection else None,
        acquisition_start_ns=start_ns(sample),
        air_volume_m3=to.air_volume_m3,
        nuclides=results,
        ratios=ratios,
        zero_times=times,
        covariance=concentration_covariance(found.fit, names, to, {}),
        remarks=tuple(remarks),
        inputs=tuple((role, one.raw_sha256) for role, one in messages.items() if one is not None),
        simulated=any(one.simulated for one in messages.values() if one is not None),
        version=version,
        message_type=sample.type.value,
        full=sample.full,
        live_time_s=sample.acquisition.live_time_s if sample.acquisition else None,
        air_volume_sigma_m3=to.air_volume_sigma_m3,
    )
    return analysis, found.curve


def _results(found: GermaniumFit, to: Conversion) -> tuple[NuclideResult, ...]:
    """Return the isotopes, detected ones first; those of which nothing can be said last."""
    parent = next(one.estimate for one in found.fit.nuclides if one.name == "Xe-133m")
    results = [
        # A peak beside the ray may or may not be the ray.
        result.without_numbers() if result.nuclide in found.withheld else result
        for one in found.fit.nuclides
        for result in (likelihood_result(one, to, parent_bq=parent),)
    ]
    return tuple(
        sorted(
            results,
            key=lambda one: (one.nuclide in found.withheld, not one.detected, one.nuclide),
        )
    )


def _gamma(message: PulseHeight) -> Spectrum:
    if message.gamma is None:
        raise NobleGasInputError(
            what=f"{message.measurement_id or message.type} has no #g_Spectrum",
            remedy="Ask the station for the whole message.",
        )
    return message.gamma


def _detector(
    sample: PulseHeight, message: PulseHeight | None, remarks: list[Reason]
) -> BackgroundSpectrum | None:
    if message is None:
        remarks.append(not_supplied("germanium", sample.detector_background_id))
        return None
    return BackgroundSpectrum(spectrum=_gamma(message), counting=message_counting(message))


def _gas(
    sample: PulseHeight, message: PulseHeight | None, remarks: list[Reason]
) -> BackgroundSpectrum | None:
    usable = usable_gas(sample, message, remarks)
    if usable is None:
        return None
    return BackgroundSpectrum(
        spectrum=_gamma(usable),
        counting=message_counting(usable),
        delay_s=(start_ns(sample) - start_ns(usable)) / 1e9,
    )
