"""Sections of ARR and RRR: category, sample, results, evidence, flags, calibration.

The sections are those of the IDC's reports, as its public templates show them (RNpicker): sample
information, activity-concentration summary, MDC list, activities and peaks or regions and
covariance, category, processing and update parameters, timeliness and quality flags, calibration
equations. RRR = ARR after an analyst, with comments and the history of revisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.radionuclide.blocks import (
    Code,
    Document,
    Moment,
    Number,
    Part,
    Section,
    Sentences,
    Slot,
    Term,
    Words,
    pairs,
    table,
)
from vigie.products.radionuclide.measurement_sections import (
    calibration_section,
    parameter_section,
    peak_section,
    region_section,
)
from vigie.products.radionuclide.ratio_sections import ratio_section
from vigie.products.radionuclide.result_sections import evidence_section, result_sections
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from vigie.products.radionuclide.report import RadionuclideReport
    from vigie.records.nuclide_result import Category

SCHEMA = "vigie-radionuclide-report 1.0"


def sample_document(report: RadionuclideReport) -> Document:
    """Return an ARR or RRR as a document without language; empty sections are left out.

    Examples
    --------
    >>> from vigie.products.radionuclide.report import RadionuclideReport
    >>> from vigie.records import SampleAnalysis
    >>> bare = SampleAnalysis(station="FRP31", detector="FRP31_001", sample_id="31202603010011G",
    ...     technology="particulate", collection_start_ns=None, collection_stop_ns=None,
    ...     acquisition_start_ns=None, air_volume_m3=None, nuclides=())
    >>> [s.name for s in sample_document(RadionuclideReport(analysis=bare)).sections]
    ['category', 'sample', 'results']
    """
    analysis = report.analysis
    sections = (
        category_section(report),
        _sample(report),
        *result_sections(analysis),
        evidence_section(analysis),
        peak_section(analysis),
        region_section(report),
        ratio_section(analysis),
        flag_section(report),
        parameter_section(report),
        calibration_section(report),
        _review(report),
        _remarks(report),
        _provenance(report),
    )
    subject = analysis.sample_id or analysis.station or report.name or analysis.detector
    return Document(
        kind=report.kind.value,
        schema=SCHEMA,
        # An id is one word, whatever files and detectors are called.
        id=report.id or "-".join([report.kind.value, *subject.split()]),
        subject=subject,
        sections=tuple(s for s in sections if not s.empty),
        simulated=analysis.simulated,
    )


def category_section(report: RadionuclideReport) -> Section:
    """Return level and reasons; without a category what that means."""
    category = report.analysis.category
    if category is None:
        told: tuple[Reason, ...] = (Reason.of("rn.no_category"),)
        parts = (Sentences(told=told, emphasis=True),)
        return Section(name="category", block="Category", parts=parts)
    return Section(
        name="category",
        block="Category",
        parts=(
            Sentences(told=(_level(category),), emphasis=True),
            Sentences(told=category.reasons),
            pairs(
                ("level", Code(category.level)),
                ("rule", Code(category.rule)),
                ("rules_version", Code(category.rules_version)),
            ),
        ),
    )


def _level(category: Category) -> Reason:
    """Return what the level means; a norm that is not known is not said to be kept."""
    if any(reason.code == "gas.unjudged" for reason in category.reasons):
        return Reason.of("rn.level_unjudged")
    return Reason.of(f"rn.level.{category.level}")


def _sample(report: RadionuclideReport) -> Section:
    analysis, message = report.analysis, report.message
    start, stop = analysis.collection_start_ns, analysis.collection_stop_ns
    counted = analysis.acquisition_start_ns
    counting = message.acquisition if message else None
    xenon = message.processing if message else None
    filtered = message.filter if message else None
    rows = pairs(
        ("station", Code(analysis.station)),
        ("place", Words(report.station_place)),
        ("detector", Code(analysis.detector)),
        ("sample_id", Code(analysis.sample_id)),
        ("technology", Term(analysis.technology)),
        ("geometry", Code(message.geometry if message else "")),
        ("qualifier", Term(("full" if message.full else "preliminary") if message else "")),
        ("measurement_id", Code(message.measurement_id if message else "")),
        ("collection_start", Moment(start)),
        ("collection_stop", Moment(stop)),
        ("collection_time", "h", Number(value=_hours(start, stop))),
        ("air_volume", "m3", Number(value=analysis.air_volume_m3, digits=6)),
        ("decay_time", "h", Number(value=_hours(stop, counted))),
        ("acquisition_start", Moment(counted)),
        ("real_time", "s", Number(value=counting.real_time_s if counting else None, digits=7)),
        ("live_time", "s", Number(value=counting.live_time_s if counting else None, digits=7)),
        ("xenon_volume", "cm3", Number(value=xenon.volume_cm3 if xenon else None)),
        ("xenon_volume_sigma", "cm3", Number(value=xenon.volume_sigma_cm3 if xenon else None)),
        ("recovery", Number(value=xenon.recovery if xenon else None)),
        ("bottle", Code(xenon.bottle_id if xenon else "")),
        ("filter_diameter", "cm", Number(value=filtered.diameter_cm if filtered else None)),
        ("filter_thickness", "cm", Number(value=filtered.thickness_cm if filtered else None)),
        ("arrived", Moment(report.arrived_ns)),
        ("created", Moment(report.created_ns)),
    )
    return Section(name="sample", block="SampleInformation", parts=(rows, Slot(name="spectrum")))


def flag_section(report: RadionuclideReport) -> Section:
    """Return the quality flags, those that failed first."""
    order = {False: 0, None: 1, True: 2}
    flags = sorted(report.analysis.flags, key=lambda f: order[f.passed])
    rows = tuple(
        (
            Term(f"flag.{flag.name}"),
            Term({True: "passed", False: "failed", None: "unchecked"}[flag.passed]),
            Number(value=flag.value),
            Number(value=flag.low, sign="" if flag.low_included else ">"),
            Number(value=flag.high, sign="" if flag.high_included else "<"),
            Term(flag.unit),
        )
        for flag in flags
    )
    columns = ("flag", "outcome", "value", "low_limit", "high_limit", "unit")
    return Section(
        name="flags",
        block="DataQualityFlags",
        parts=(table("flags", columns, rows),) if rows else (),
    )


def _review(report: RadionuclideReport) -> Section:
    parts: list[Part] = []
    if report.comments:
        told = tuple(Reason.of("rn.comment", text=text) for text in report.comments)
        parts.append(Sentences(told=told))
    if report.revisions:
        rows = tuple(
            (Number(value=float(k), digits=1), Moment(r.time_ns), Words(r.author), Words(r.comment))
            for k, r in enumerate(report.revisions, start=1)
        )
        parts.append(table("revisions", ("revision", "time", "author", "comment"), rows))
    return Section(name="review", block="Comment", parts=tuple(parts))


def _remarks(report: RadionuclideReport) -> Section:
    told = report.analysis.remarks
    parts = (Sentences(told=told),) if told else ()
    return Section(name="remarks", block="Remarks", parts=parts)


def _provenance(report: RadionuclideReport) -> Section:
    analysis = report.analysis
    rows = pairs(
        ("software", Code(f"vigie {analysis.version}" if analysis.version else "")),
        ("command", Code(report.command)),
    )
    inputs = tuple((Term(f"role.{role}"), Code(digest)) for role, digest in analysis.inputs)
    held: list[Part] = [rows] if rows.rows else []
    if inputs:
        held.append(table("inputs", ("role", "sha256"), inputs))
    return Section(name="provenance", block="Provenance", parts=tuple(held))


def _hours(start_ns: int | None, stop_ns: int | None) -> float | None:
    return None if start_ns is None or stop_ns is None else (stop_ns - start_ns) / 3.6e12
