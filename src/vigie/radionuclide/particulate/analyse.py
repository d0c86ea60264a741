"""A particulate sample from its spectrum to nuclides, activities and limits, in one call.

Peaks (``vigie.radionuclide.peaks``), background's peaks subtracted, global identification,
activities with covariance, limits of all nuclides of the lists. Flags and category are others'
work. Cost as measured: docs/methods/particulate.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.particulate.activity import activity_covariance
from vigie.radionuclide.particulate.background import subtract_background
from vigie.radionuclide.particulate.evidence import explained_peaks, shown
from vigie.radionuclide.particulate.extrapolation import told_of_extrapolation
from vigie.radionuclide.particulate.identify import Identified, identify
from vigie.radionuclide.particulate.limits import limits_of, supported_limit
from vigie.radionuclide.particulate.lines import Efficiencies
from vigie.radionuclide.particulate.measured import SpectrumView, clusters_of
from vigie.radionuclide.particulate.params import ParticulateParams
from vigie.radionuclide.particulate.problem import Setting
from vigie.radionuclide.particulate.put_back import primary_values
from vigie.radionuclide.particulate.quantities import Quantities
from vigie.radionuclide.particulate.response import responses_of
from vigie.radionuclide.particulate.results import nuclide_results
from vigie.radionuclide.particulate.sample import (
    NO_COUNTING_TIME,
    air_volume_m3,
    has_counting_time,
    live_and_real_s,
    record_of,
    spectrum_of,
    times_of,
    told_of_times,
)
from vigie.radionuclide.particulate.sources import (
    SERIES,
    Source,
    air_sources,
    library,
    present_source,
)
from vigie.radionuclide.particulate.strangers import suggestions
from vigie.radionuclide.particulate.supported import supported_results
from vigie.radionuclide.particulate.told import doubt_of, told_of_peaks, with_suggestions
from vigie.radionuclide.peaks import analyse_peaks
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.radionuclide.decay import SampleTimes
    from vigie.radionuclide.particulate.limits import NuclideLimit
    from vigie.radionuclide.peaks import DetectorModel, PeakAnalysis
    from vigie.records import NuclideResult, Peak, PulseHeight, SampleAnalysis, Spectrum

NO_EFFICIENCY = "particulate.no_efficiency"
COLLECTED_SERIES = ("Pb-212", "Pb-210", "Pb-214", "Bi-214")
"""Members of the series that filters collect with radon and thoron progeny."""
SHORTEST_PRESENT_S = 1200.0
"""In a sample of unknown history nothing that lives less is looked for by itself."""
TWELVE_HOURS_S = 43_200.0


def analyse_sample(
    sample: PulseHeight | Spectrum,
    *,
    background: PulseHeight | Spectrum | None = None,
    blank: PulseHeight | Spectrum | None = None,
    model: DetectorModel | None = None,
    params: ParticulateParams | None = None,
) -> SampleAnalysis:
    """Analyse the spectrum of a particulate sample, or of anything on a germanium detector.

    Parameters
    ----------
    sample : PulseHeight or Spectrum
        Of a spectrum alone, nuclides are taken as there at the start; nothing was collected.
    background : PulseHeight or Spectrum, optional
        The empty detector.
    blank : PulseHeight or Spectrum, optional
        A clean filter; taken in place of the background, which it holds.
    model : DetectorModel, optional
        The detector as known before; made from the spectrum's own calibration where None.
    params : ParticulateParams, optional

    Raises
    ------
    CalibrationError
        The sample has no spectrum or no energy calibration.
    """
    peaks = analyse_peaks(spectrum_of(sample), model)
    return analyse_fitted(sample, peaks, background=background, blank=blank, params=params)


def analyse_fitted(
    sample: PulseHeight | Spectrum,
    analysis: PeakAnalysis,
    *,
    background: PulseHeight | Spectrum | None = None,
    blank: PulseHeight | Spectrum | None = None,
    params: ParticulateParams | None = None,
) -> SampleAnalysis:
    """Analyse a sample whose peaks are fitted already; see ``analyse_sample``.

    Parameters
    ----------
    sample : PulseHeight or Spectrum
    analysis : PeakAnalysis
        Of ``spectrum_of(sample)``.
    background, blank : PulseHeight or Spectrum, optional
    params : ParticulateParams, optional
    """
    params = params or ParticulateParams()
    spectrum = spectrum_of(sample)
    peaks, remarks = _subtracted(analysis, spectrum, blank or background)
    live, real = live_and_real_s(spectrum)
    times = times_of(sample, real)
    sources = sources_of(times, real, params)
    clusters = clusters_of(peaks)
    view = _view(spectrum, analysis)
    efficiencies = Efficiencies(analysis.model)
    setting = Setting(
        view, clusters, efficiencies, live / real, spectrum.live_time_s, params,
        responses_of(analysis, clusters),
    )  # fmt: skip
    found = identify(sources, setting)
    # A peak of a scintillator is dozens of nuclides': it explains, and proves none.
    found = replace(
        found, detected=found.detected & shown(found) & (not analysis.model.widths().low)
    )
    results = _results(found, setting, sources, sample)
    explained, unexplained = explained_peaks(peaks, clusters, found)
    odd = [index for index, _ in unexplained]
    suggested = suggestions(peaks, odd, sources, setting, (times, real))
    explained = with_suggestions(explained, suggested)
    if (doubt := doubt_of(explained, odd, analysis)) is not None:
        # What explains a peak is wrong as well, and that nothing does tells of no single one.
        explained, unexplained, suggested = peaks, (), ()
        results = tuple(
            replace(one.without_numbers(), remarks=())
            for one in sorted(results, key=lambda r: r.nuclide)
        )
        remarks += (doubt,)
    remarks += told_of_peaks(explained, unexplained, suggested, analysis)
    remarks += told_of_extrapolation(analysis.model.efficiency, results)
    remarks += told_of_times(sample)
    return record_of(sample, results, explained, remarks)


def _results(
    found: Identified,
    setting: Setting,
    sources: tuple[Source, ...],
    sample: PulseHeight | Spectrum,
) -> tuple[NuclideResult, ...]:
    """Return the results of all nuclides looked for."""
    params, model = setting.params, setting.efficiencies.model
    common = _common_error(spectrum_of(sample))
    counting, total = activity_covariance(found, model, common, params)
    own_counts = _own_counts(found)
    limits = limits_of(found.everything, own_counts, setting, sources)
    primary, primary_sigma = primary_values(found, limits, setting)
    quantities = Quantities(
        found=found,
        counting=counting,
        total=total,
        air_volume_m3=air_volume_m3(sample),
        volume_error=params.volume_error,
        unknown=_unknown(sample, setting.efficiencies),
        scale_error=float(np.hypot(common, params.efficiency_error)),
        primary=primary,
        primary_sigma=primary_sigma,
    )
    place = {one.key: k for k, one in enumerate(sources)}

    def of_daughter(parent: Source, name: str) -> NuclideLimit | None:
        return supported_limit(found.everything, own_counts, setting, place[parent.key], name)

    supported = supported_results(quantities, of_daughter)
    return nuclide_results(sources, limits, supported, quantities)


def _unknown(sample: PulseHeight | Spectrum, efficiencies: Efficiencies) -> str:
    """Return the code of the reason why there are no amounts."""
    if not efficiencies.known:
        return NO_EFFICIENCY
    return "" if has_counting_time(sample) else NO_COUNTING_TIME


def _view(spectrum: Spectrum, analysis: PeakAnalysis) -> SpectrumView:
    energy_kev = analysis.model.energy.energy(spectrum.channels)
    return SpectrumView(
        energy_kev,
        spectrum.counts.astype(np.float64),
        analysis.fitted,
        analysis.continuum,
        analysis.model.widths().fwhm(energy_kev),
        analysis.range_kev,
    )


def sources_of(
    times: SampleTimes | None, real_time_s: float, params: ParticulateParams
) -> tuple[Source, ...]:
    """Return everything that is looked for in a sample.

    Parameters
    ----------
    times : SampleTimes or None
        None where nothing was collected.
    real_time_s : float
    params : ParticulateParams
    """
    names = library(params.also)
    if times is None:
        chosen = [name for name in names if name in SERIES or _lives(name)]
        return tuple(present_source(name, real_time_s) for name in chosen)
    air = tuple(name for name in names if name not in SERIES or name in COLLECTED_SERIES)
    around = tuple(present_source(name, real_time_s) for name in SERIES if name != "Pb-210")
    return (*air_sources(times, air, params.longest_half_lives), *around)


def _lives(name: str) -> bool:
    from vigie.facts.nuclides import all_nuclides, nuclide

    half_life = nuclide(name).half_life_s
    if half_life > TWELVE_HOURS_S:
        return True
    fed = any(
        branch.daughter == name and one.half_life_s > half_life
        for one in all_nuclides()
        for branch in one.branches
    )
    # What its parent keeps is the parent's; by itself it is gone within the count.
    return half_life > SHORTEST_PRESENT_S and not fed


def _subtracted(
    analysis: PeakAnalysis, spectrum: Spectrum, other: PulseHeight | Spectrum | None
) -> tuple[tuple[Peak, ...], tuple[Reason, ...]]:
    if other is None:
        return analysis.peaks, ()
    empty = spectrum_of(other)
    if not empty.live_time_s or not spectrum.live_time_s:
        return analysis.peaks, (Reason.of("particulate.background_without_time"),)
    found = analyse_peaks(empty)
    ratio = spectrum.live_time_s / empty.live_time_s
    return subtract_background(analysis.peaks, found.peaks, ratio), ()


def _common_error(spectrum: Spectrum) -> float:
    """Return the relative error that all points of an efficiency share: their median.

    Points come from one source, whose activity's error dominates; a fit would average it away.
    """
    points = spectrum.calibration.efficiency
    stated = [p.sigma / p.value for p in points if p.sigma and p.value > 0.0]
    return float(np.median(stated)) if stated else 0.0


def _own_counts(found: Identified) -> np.ndarray:
    """Return the counts that the solution gives to each line of all sources looked for."""
    amount = np.zeros(found.chosen.size)
    amount[np.flatnonzero(found.chosen)] = found.solution.amount[: len(found.sources)]
    return np.asarray(amount[found.everything.source] * found.everything.counts)
