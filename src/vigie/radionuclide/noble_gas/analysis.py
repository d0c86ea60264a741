"""A noble-gas sample from its messages to results: three methods, ratios, zero times.

Germanium (``germanium_analysis``) has the likelihood only.

The likelihood is the main method; matrix and net counts stand beside it. What was missing,
replaced or contradicts itself is told in remarks: a sample without detector background is judged
against the continuum beside the signatures, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.calibration_check import check_calibration
from vigie.radionuclide.noble_gas.cell_model import CellModel, build_cells
from vigie.radionuclide.noble_gas.cells import CellParams
from vigie.radionuclide.noble_gas.gas_input import GasInput, gas_input
from vigie.radionuclide.noble_gas.germanium_analysis import analyse_germanium
from vigie.radionuclide.noble_gas.likelihood import (
    LikelihoodFit,
    LikelihoodParams,
    fit_sample,
)
from vigie.radionuclide.noble_gas.matrix import solve_matrix, systematic_sigma
from vigie.radionuclide.noble_gas.misfit import choose_cells, pulls_told
from vigie.radionuclide.noble_gas.net_counts import net_counts
from vigie.radionuclide.noble_gas.ratios_of_sample import sample_ratios, sample_zero_times
from vigie.radionuclide.noble_gas.region_peak import peak_left_to_background
from vigie.radionuclide.noble_gas.region_results import (
    matrix_result,
    net_result,
    region_evidence,
)
from vigie.radionuclide.noble_gas.regions import RegionRule
from vigie.radionuclide.noble_gas.results import (
    Conversion,
    concentration_covariance,
    conversion,
    likelihood_result,
)
from vigie.radionuclide.noble_gas.sidebands import background_from_sidebands
from vigie.radionuclide.noble_gas.unstated import (
    METASTABLES,
    left_in,
    matrix_unstated,
    net_unstated,
)
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XENONS, isotope
from vigie.radionuclide.ratios.agreement import zero_time_remarks
from vigie.radionuclide.ratios.zero_time import DEFAULT_FRACTIONATION_S
from vigie.records import (
    DetectorSystem,
    NuclideResult,
    PhdType,
    PulseHeight,
    Reason,
    SampleAnalysis,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.radionuclide.noble_gas.germanium_curve import GermaniumCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class GasParams:
    """How a noble-gas sample is analysed."""

    rule: RegionRule = RegionRule.FRACTIONAL
    """Of the edges of regions, for matrix and net counts."""
    cells: CellParams = field(default_factory=CellParams)
    likelihood: LikelihoodParams = field(default_factory=LikelihoodParams)
    misfit_probability: float = 1e-3
    """Chance below which shapes within regions are given up for the regions alone."""
    fractionation_s: float = DEFAULT_FRACTIONATION_S
    """From the fission to the loss of iodine, in the fractionated scenario."""
    seed: int = 20_110_401
    """Of simulated counts and of the matrix method's systematic error."""
    version: str = ""
    """Of vigie, for the record."""


def analyse_gas_sample(
    sample: PulseHeight,
    gas_background: PulseHeight | None = None,
    detector_background: PulseHeight | None = None,
    *,
    params: GasParams | None = None,
) -> SampleAnalysis:
    """Analyse a beta-gamma or germanium measurement of radioxenon.

    Parameters
    ----------
    sample : PulseHeight
        Of a system B or G.
    gas_background, detector_background : PulseHeight, optional
        What is not given is not subtracted, and told by the id that the sample names.

    Returns
    -------
    SampleAnalysis
        First the isotopes by the likelihood, then, of beta-gamma, by the matrix and by net counts.

    Raises
    ------
    NobleGasInputError
        The message lacks what every method needs, or contradicts itself.
    """
    return analyse_gas_with_curve(sample, gas_background, detector_background, params=params)[0]


def analyse_gas_with_curve(
    sample: PulseHeight,
    gas_background: PulseHeight | None = None,
    detector_background: PulseHeight | None = None,
    *,
    params: GasParams | None = None,
) -> tuple[SampleAnalysis, GermaniumCurve | None]:
    """Return an analysis, and of germanium the spectrum with its fit.

    Parameters and errors are those of ``analyse_gas_sample``.
    """
    params = params or GasParams()
    if sample.system is DetectorSystem.PARTICULATE:
        raise NobleGasInputError(
            what=f"{sample.measurement_id or 'the message'} is of a particulate system",
            remedy="Analyse it as a spectrum (vigie spectrum).",
        )
    if sample.histogram is None and sample.system is DetectorSystem.GAS_HPGE:
        return analyse_germanium(
            sample,
            gas_background,
            detector_background,
            seed=params.seed,
            fractionation_s=params.fractionation_s,
            version=params.version,
        )
    messages = (sample, gas_background, detector_background)
    return _coincidences(*messages, params=params), None


def _coincidences(
    sample: PulseHeight,
    gas_background: PulseHeight | None,
    detector_background: PulseHeight | None,
    *,
    params: GasParams,
) -> SampleAnalysis:
    """Analyse a beta-gamma measurement by three methods."""
    data = gas_input(sample, gas_background, detector_background, rule=params.rule)
    rng = np.random.default_rng(params.seed)
    model, remarks = _model(data, params)
    fit = fit_sample(model, params=params.likelihood, rng=rng)
    to = conversion(data.air, data.matrix.sample.counting.real_s)
    scale_sigma = {
        name: data.matrix.calibration.relative_sigma(isotope(name)) for name in to.per_bq
    }
    nuclides, covariance = _likelihood_results(fit, data, to, scale_sigma)
    by_region, metastables = _region_methods(data, fit, to, rng)
    remarks += [*_checks(sample, detector_background), *pulls_told(fit)]
    if detector_background is None:
        remarks += peak_left_to_background(model, fit, data.measurements.sample)
    if by_region:
        remarks += _not_subtracted(fit, metastables)
    messages = {
        "sample": sample,
        "gas_background": gas_background,
        "detector_background": detector_background,
    }
    ratios = sample_ratios(model, fit, to, sample, scale_sigma)
    times = sample_zero_times(ratios, params.fractionation_s)
    remarks += zero_time_remarks(times, sample.collection)
    return SampleAnalysis(
        station=sample.station,
        detector=sample.detector,
        sample_id=sample.sample_id,
        technology="noble_gas",
        collection_start_ns=sample.collection.start_ns if sample.collection else None,
        collection_stop_ns=sample.collection.stop_ns if sample.collection else None,
        acquisition_start_ns=sample.acquisition.start_ns if sample.acquisition else None,
        air_volume_m3=to.air_volume_m3,
        nuclides=(*nuclides, *by_region),
        ratios=ratios,
        zero_times=times,
        covariance=covariance,
        remarks=(*data.remarks, *remarks),
        inputs=tuple((role, one.raw_sha256) for role, one in messages.items() if one is not None),
        simulated=any(one.simulated for one in messages.values() if one is not None),
        version=params.version,
        message_type=sample.type.value,
        full=sample.full,
        live_time_s=sample.acquisition.live_time_s if sample.acquisition else None,
        air_volume_sigma_m3=to.air_volume_sigma_m3,
    )


def gas_cells(data: GasInput, params: GasParams | None = None) -> CellModel:
    """Return the cells that an analysis uses, for figures."""
    return _model(data, params or GasParams())[0]


def _model(data: GasInput, params: GasParams) -> tuple[CellModel, list[Reason]]:
    if data.measurements.detector_background is None:
        parts = build_cells(data.measurements, CellParams(full_spectrum=False))
        model = background_from_sidebands(
            parts, data.measurements.sample, data.measurements.gas_background
        )
        remarks = [Reason.of("noble_gas.background_from_sidebands")]
    else:
        model, remarks = choose_cells(data.measurements, params.cells, params.misfit_probability)
    remarks += [Reason.of("noble_gas.ratios_exceed", nuclide=one) for one in model.contradictions]
    return model, remarks


def _not_subtracted(fit: LikelihoodFit, metastables: set[str]) -> list[Reason]:
    """Tell where the region methods lack a term: what Xe-135 and metastables leave elsewhere."""
    xe135 = next(one for one in fit.nuclides if one.name == "Xe-135")
    out = [Reason.of("noble_gas.xe135_not_subtracted")] if xe135.detected else []
    return out + [
        Reason.of("noble_gas.metastable_not_subtracted", nuclide=name)
        for name in sorted(metastables)
    ]


def _likelihood_results(
    fit: LikelihoodFit, data: GasInput, to: Conversion, relative: dict[str, float]
) -> tuple[tuple[NuclideResult, ...], tuple[tuple[float, ...], ...]]:
    by_name = {one.name: one for one in fit.nuclides}
    net = net_counts(data.matrix)
    # Without all that is to be subtracted the counts of a region say nothing of a nuclide.
    subtracted = data.regions_tell
    parent = by_name["Xe-133m"].estimate
    results = [
        likelihood_result(
            by_name[one.name],
            to,
            relative=relative[one.name],
            parent_bq=parent,
            evidence=region_evidence(net, by_name[one.name], observed=subtracted),
        )
        for one in XENONS
    ]
    results.sort(key=lambda one: (not one.detected, one.nuclide))
    names = [one.nuclide for one in results]
    return tuple(results), concentration_covariance(fit, names, to, relative)


def _region_methods(
    data: GasInput, fit: LikelihoodFit, to: Conversion, rng: np.random.Generator
) -> tuple[tuple[NuclideResult, ...], set[str]]:
    """Return results of matrix and net counts, and metastables that they leave in others.

    Without a detector background, or without the ratios that they need, none.
    """
    if not data.regions_tell:
        return (), set()
    solved = solve_matrix(data.matrix)
    systematic: NDArray[np.float64] = systematic_sigma(solved, rng, n_draws=4000)
    net = net_counts(data.matrix)
    seen = {
        one.name: max(one.estimate, 0.0)
        for one in fit.nuclides
        if one.detected and one.name in (*METASTABLES, "Xe-135")
    }
    memory = {one.name: bq for one, bq in zip(ISOTOPES, fit.memory.tolist(), strict=True)}
    left = (
        matrix_unstated(solved, data.measurements, seen, memory),
        net_unstated(net, data.measurements, seen, memory),
    )
    scale = {one.name: data.matrix.calibration.relative_sigma(one) for one in XENONS}
    results = (
        *(matrix_result(one.name, solved, (systematic, left[0]), to) for one in XENONS),
        *(net_result(one.name, net, left[1], to, relative=scale) for one in XENONS),
    )
    return results, left_in(left[0]) | left_in(left[1])


def _checks(sample: PulseHeight, background: PulseHeight | None) -> tuple[Reason, ...]:
    """Return what a calibration with Xe-133 says against the station's ratios."""
    sources = " ".join(one.nuclide or one.text for one in sample.certificate).upper()
    is_xenon = "133" in sources and "133M" not in sources
    if sample.type is not PhdType.CALIBRATION or not is_xenon:
        return ()
    checked = check_calibration(sample, background)
    return checked.remarks if checked else ()
