"""A noble-gas sample of a germanium detector (system G) to results."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.gas_input import air_sample, message_counting
from vigie.radionuclide.noble_gas.hpge_gas import fit_germanium
from vigie.radionuclide.noble_gas.results import conversion, likelihood_result
from vigie.radionuclide.ratios.fieller import K_ONE_SIDED, K_TWO_SIDED, fieller_set
from vigie.records import IsotopeRatio, NuclideResult, PulseHeight, Reason, SampleAnalysis

FloatArray = NDArray[np.float64]

PAIRS = (
    ("Xe-135", "Xe-133"),
    ("Xe-133m", "Xe-131m"),
    ("Xe-133m", "Xe-133"),
    ("Xe-133", "Xe-131m"),
)


def analyse_germanium(sample: PulseHeight, *, seed: int, version: str) -> SampleAnalysis:
    """Analyse the gamma spectrum of a noble-gas sample; ratios by Fieller.

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
    fit = fit_germanium(sample.gamma, counting, ingrowth=grown, rng=np.random.default_rng(seed))
    parent = next(one.estimate for one in fit.nuclides if one.name == "Xe-133m")
    results = sorted(
        (likelihood_result(one, to, parent_bq=parent) for one in fit.nuclides),
        key=lambda one: (not one.detected, one.nuclide),
    )
    place = {one.name: k for k, one in enumerate(fit.nuclides)}
    order = [place[one.nuclide] for one in results]
    per = np.array([to.per_bq[one.nuclide] for one in results])
    covariance = fit.covariance[np.ix_(order, order)] * np.outer(per, per)
    values = dict(zip((one.nuclide for one in results), fit.activities[order] * per, strict=True))
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
        ratios=_ratios(results, values, covariance, _start_ns(sample)),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        remarks=tuple(remarks),
        inputs=(("sample", sample.raw_sha256),),
        simulated=sample.simulated,
        version=version,
    )


def _ratios(
    results: list[NuclideResult],
    values: dict[str, float],
    covariance: FloatArray,
    at_ns: int | None,
) -> tuple[IsotopeRatio, ...]:
    """Return Fieller's sets; one-sided where an isotope was not detected."""
    place = {one.nuclide: k for k, one in enumerate(results)}
    found = []
    for top, bottom in PAIRS:
        i, j = place[top], place[bottom]
        both = results[i].detected and results[j].detected
        one = fieller_set(
            float(values[top]),
            float(values[bottom]),
            covariance=(float(covariance[i, i]), float(covariance[i, j]), float(covariance[j, j])),
            k=K_TWO_SIDED if both else K_ONE_SIDED,
        )
        found.append(
            IsotopeRatio(
                numerator=top,
                denominator=bottom,
                value=one.value,
                kind=one.kind,
                low=one.low,
                high=one.high,
                at_ns=at_ns,
            )
        )
    return tuple(found)


def _start_ns(sample: PulseHeight) -> int | None:
    return sample.acquisition.start_ns if sample.acquisition else None
