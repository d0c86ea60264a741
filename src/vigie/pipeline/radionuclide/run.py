"""All samples of some files: analysed, flagged and judged; one that fails harms no other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vigie.errors import NoSystemError, ParameterError, VigieError, fault_text
from vigie.pipeline.radionuclide.backgrounds import (
    NO_BACKGROUNDS,
    STRANGE_BACKGROUND,
    Backgrounds,
    backgrounds_of,
    samples_among,
)
from vigie.pipeline.radionuclide.gases import GasView, view_gas
from vigie.pipeline.radionuclide.gather import Measurement
from vigie.pipeline.radionuclide.histories import earlier, judged_category, judged_flags
from vigie.pipeline.radionuclide.left_out import (
    BACKGROUND_SHORT,
    GAS_MISPLACED,
    usable_backgrounds,
    without_missing,
)
from vigie.pipeline.radionuclide.particulates import ParticulateView, view_particulate
from vigie.pipeline.radionuclide.station_collection import with_collection, without_times
from vigie.radionuclide.judge import CategoryRecipe, withheld_xenon
from vigie.radionuclide.judge.gas_level import XENONS
from vigie.radionuclide.particulate.energies import DOUBTFUL
from vigie.radionuclide.particulate.sample import (
    NO_COUNTING_TIME,
    TIMES_CONTRADICT,
    TOO_LITTLE_AIR,
    TOO_MUCH_AIR,
)
from vigie.records import Calibration, DetectorSystem, Reason, SampleAnalysis
from vigie.records.pulse_height import LEAST_SAMPLE_S, MOST_SAMPLE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.pipeline.radionuclide.gather import Gathered
    from vigie.records import Acquisition

NOT_OF_AIR = "sample.not_of_air"
"""Remark of a spike, a calibration, a regeneration: no category, no history."""
SHORT_COUNT = "sample.short_count"
"""Remark on a full message that was counted for less than an hour."""
UNJUDGED = {
    NO_COUNTING_TIME, TIMES_CONTRADICT, TOO_MUCH_AIR, TOO_LITTLE_AIR, DOUBTFUL, SHORT_COUNT
}  # fmt: skip
IMPOSSIBLE = {"collection_time", "processing_time", "years_waited", "xenon_volume"}
NO_LEVEL_BY = {
    "noble_gas.volumes_contradict": "gas.no_level_by_volumes",
    "noble_gas.gas_background_old": "gas.no_level_by_gas",
    BACKGROUND_SHORT: "gas.no_level_by_left_out",
    GAS_MISPLACED: "gas.no_level_by_left_out",
}
"""Remarks of an analysis that leave a sample of noble gas without level, and what is told then."""
GASES = {DetectorSystem.BETA_GAMMA, DetectorSystem.GAS_HPGE}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RunOptions:
    """How samples are analysed."""

    backgrounds: Backgrounds = NO_BACKGROUNDS
    efficiency: Calibration | None = None
    """Taken where a spectrum states none."""
    technologies: Collection[str] = ("particulate", "noble_gas")
    """Others are refused, by name."""
    rules: CategoryRecipe | None = None
    curves: bool = False
    """Whether what figures need is kept."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SampleView:
    """One sample, analysed and judged, with what its figures need."""

    measurement: Measurement
    analysis: SampleAnalysis
    particulate: ParticulateView | None = None
    gas: GasView | None = None


@dataclass(slots=True, eq=False)
class SampleRun:
    """Everything that came of some files."""

    samples: list[SampleView] = field(default_factory=list)
    serving: list[Measurement] = field(default_factory=list)
    """Messages that were not analysed: backgrounds and check sources."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """Measurement and reason."""


def analyse_all(
    gathered: Gathered,
    options: RunOptions | None = None,
    *,
    report: Callable[[str], None] = lambda _: None,
) -> SampleRun:
    """Analyse every sample that was read, the oldest first, so that each is judged by those before.

    Parameters
    ----------
    gathered : Gathered
        Analyses among it are history; so is every sample that is analysed.
    options : RunOptions, optional
    report : callable
        Told each sample that was analysed.
    """
    options = options or RunOptions()
    wanted, serving = samples_among(gathered)
    run = SampleRun(serving=serving)
    history = list(gathered.analysed)
    for one in sorted(wanted, key=_when):
        try:
            view = _one(one, gathered, options, history)
        except VigieError as error:
            run.failed.append((one.name, f"{one.name}: {error}"))
        except Exception as error:  # one must not take the others with it
            run.failed.append((one.name, f"{_named(one)}: {fault_text(error)}"))
        else:
            run.samples.append(view)
            history.append(view.analysis)
        report(one.name)
    return run


def _named(one: Measurement) -> str:
    """Return file and sample."""
    sample_id = one.message.sample_id if one.message is not None else ""
    return f"{one.name}: sample {sample_id}" if sample_id else one.name


def _when(one: Measurement) -> tuple[int, str, int]:
    message = one.message
    if message is not None and message.collection is not None:
        return message.collection.stop_ns, one.path, one.number
    if message is not None and message.acquisition is not None:
        return message.acquisition.start_ns, one.path, one.number
    start_ns = one.spectrum.start_ns if one.spectrum is not None else None
    return start_ns or 0, one.path, one.number


def technology_of(one: Measurement) -> str:
    """Return ``noble_gas`` or ``particulate``; a spectrum alone is analysed as the latter.

    Raises
    ------
    NoSystemError
        It is a message, and neither its header nor its blocks tell its system.
    """
    if one.message is not None and one.message.system is DetectorSystem.UNKNOWN:
        raise NoSystemError(
            what="nothing tells the system of this message (P, B or G)",
            remedy="Ask the station for the message with its #Header.",
        )
    return "noble_gas" if one.message and one.message.system in GASES else "particulate"


def _one(
    one: Measurement, gathered: Gathered, options: RunOptions, history: list[SampleAnalysis]
) -> SampleView:
    technology = technology_of(one)
    if technology not in options.technologies:
        command = "noblegas" if technology == "noble_gas" else "spectrum"
        raise ParameterError(
            name="sample", value=technology, expected=f"analysed by `vigie {command}`"
        )
    message, given = one.message, options.backgrounds
    remarks: tuple[Reason, ...] = ()
    if message is not None:
        chosen, told = backgrounds_of(message, gathered, given)
        given, left_out = usable_backgrounds(message, chosen, given)
        remarks = (*told, *left_out)
    if technology == "noble_gas" and message is not None:
        gas = view_gas(message, given)
        gas = replace(gas, analysis=without_missing(gas.analysis, remarks))
        view = SampleView(measurement=one, analysis=gas.analysis, gas=gas)
    else:
        timed, told = with_collection(one, gathered)
        seen = view_particulate(timed, given, options.efficiency)
        if told:
            seen = replace(seen, analysis=without_times(seen.analysis))
        remarks = (*told, *remarks)
        view = SampleView(measurement=one, analysis=seen.analysis, particulate=seen)
    remarks = (*view.analysis.remarks, *remarks, *gathered.told_of(one.path))
    if view.analysis.short_count and view.analysis.live_time_s is not None:
        remarks = (Reason.of(SHORT_COUNT, live_s=view.analysis.live_time_s), *remarks)
    analysis = replace(view.analysis, remarks=remarks)
    return replace(view, analysis=_judged(replace(view, analysis=analysis), options, history))


def _contradicts(remark: Reason) -> bool:
    """Tell whether times of a gas sample contradict each other, or its volume cannot be."""
    reason = dict(remark.params).get("reason")
    return remark.code == "noble_gas.no_concentration" and reason in IMPOSSIBLE


def _is_slip(counted: Acquisition | None) -> bool:
    """Tell whether no sample is counted so shortly or so long; reading has told it."""
    return counted is not None and (
        counted.live_time_s < LEAST_SAMPLE_S or counted.real_time_s > MOST_SAMPLE_S
    )


def _no_gas_level(analysis: SampleAnalysis) -> Reason | None:
    """Return why a sample of noble gas has no level, where it has none."""
    if silent := withheld_xenon(analysis):
        return Reason.of("gas.no_level", nuclides=", ".join(silent))
    if analysis.technology == "noble_gas" and any(
        one.code == STRANGE_BACKGROUND for one in analysis.remarks
    ):
        # What another detector counts may be above or below what this one does.
        return Reason.of("gas.no_level_by_background")
    if analysis.technology != "noble_gas":
        return None
    for one in analysis.remarks:
        if one.code in NO_LEVEL_BY:
            return Reason.of(NO_LEVEL_BY[one.code])
    seen = [one for one in analysis.main_results if one.detected and one.nuclide in XENONS]
    if any(one.concentration is None for one in seen):
        names = ", ".join(one.nuclide for one in seen)
        return Reason.of("gas.no_level_by_concentration", nuclides=names)
    return None


def _judged(view: SampleView, options: RunOptions, history: list[SampleAnalysis]) -> SampleAnalysis:
    """Return the analysis with flags and category.

    A spectrum alone has neither; a message whose times contradict each other, or cannot be, or
    whose energies are wrong has no category, nor has one that is no sample of the air: it is
    judged against no history.
    """
    message, analysis = view.measurement.message, view.analysis
    seen = view.particulate or view.gas
    if message is None or message.collection is None or seen is None:
        return analysis
    before = earlier(analysis, history) if analysis.of_air else []
    flagged = replace(analysis, flags=judged_flags(message, analysis, before, seen.context))
    if not analysis.of_air:
        told = Reason.of(NOT_OF_AIR, type=analysis.message_type)
        return replace(flagged, remarks=(*flagged.remarks, told))
    if _is_slip(message.acquisition) or any(
        one.code in UNJUDGED or _contradicts(one) for one in analysis.remarks
    ):
        return flagged
    if no_level := _no_gas_level(flagged):
        return replace(flagged, remarks=(*flagged.remarks, no_level))
    ratio_flags = view.gas.ratio_flags if view.gas is not None else ()
    return replace(flagged, category=judged_category(flagged, before, options.rules, ratio_flags))
