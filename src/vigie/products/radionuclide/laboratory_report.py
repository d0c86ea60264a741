"""The report of a laboratory (RLR): a portion of a sample, measured again.

Layout: our own block set, ``vigie-rlr 1.0``. The block names are those remembered from revision 6
of "Formats and Protocols for Messages" (IDC-3.4.1): ``assumption``; the text was not readable here,
so the names stand in ``BLOCKS`` alone, and the schema's version says which layout a message has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from vigie.products.radionuclide.measurement_sections import peak_section
from vigie.products.radionuclide.ratio_sections import ratio_section
from vigie.products.radionuclide.result_sections import evidence_section, result_sections
from vigie.radionuclide.laboratory.confirmation import against_comparison, against_custody
from vigie.radionuclide.laboratory.custody_times import receipt_before
from vigie.radionuclide.laboratory.split import SplitComparison
from vigie.records.custody import CustodyLog
from vigie.records.nuclide_result import SampleAnalysis
from vigie.records.reason import Reason

SCHEMA = "vigie-rlr 1.0"
BLOCKS = {
    "header": "Header",
    "objective": "Objective",
    "receipt": "SampleReceipt",
    "station_sample": "StationSample",
    "split": "Split",
    "test": "Test",
    "results": "Results",
    "limits": "MDA",
    "peaks": "PeaksMethod",
    "ratios": "NuclideRatios",
    "comparison": "Comparison",
    "custody": "Custody",
    "conclusions": "Conclusions",
    "transmit": "Transmit",
}
"""Name of each section's block; ``assumption``: to be corrected with the specification's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryReport:
    """Everything that a laboratory says of a portion."""

    id: str
    laboratory: str
    """``FRL08``."""
    analysis: SampleAnalysis
    """Of the portion."""
    comparison: SplitComparison | None = None
    station: SampleAnalysis | None = None
    """Of the whole sample, at its station."""
    custody: CustodyLog | None = None
    custody_blocks: tuple[Reason, ...] = ()
    """What else keeps the result from being confirmed, beyond what the report finds itself."""
    objective: str = ""
    test: str = ""
    """What was done: gamma spectrometry, re-injection ..."""
    conclusions: tuple[str, ...] = ()
    created_ns: int | None = None
    version: int = 1


def laboratory_document(
    report: LaboratoryReport, *, custody_key: bytes | None = None, custody_head: str | None = None
) -> Document:
    """Return an RLR as a document without language; empty sections are left out.

    Whether the result is confirmed is found here, from the log and the comparison themselves.

    Parameters
    ----------
    report : LaboratoryReport
    custody_key : bytes, optional
        Of the HMAC of the custody log, where one was used.
    custody_head : str, optional
        Last hash of the custody log as kept elsewhere.
    """
    sample_id = report.analysis.sample_id
    apart = against_comparison(sample_id, report.comparison)
    own = against_custody(_collected(report), report.custody, key=custody_key, head=custody_head)
    shown_whole = bool(custody_key or custody_head)
    blocks = tuple(dict.fromkeys((*own, *report.custody_blocks)))
    found, limits, _ = result_sections(report.analysis)
    sections = (
        _header(report, confirmed=not (apart or blocks)),
        _conclusions(report),
        _receipt(report),
        _split(report),
        found,
        evidence_section(report.analysis),
        limits,
        _comparison(report.comparison, apart),
        ratio_section(report.analysis),
        peak_section(report.analysis),
        _custody(report.custody, blocks, authenticated=shown_whole),
    )
    named = tuple(_in_block(s) for s in sections if not s.empty)
    return Document(
        kind="RLR",
        schema=SCHEMA,
        id=report.id,
        subject=report.analysis.sample_id,
        sections=named,
        simulated=report.analysis.simulated,
    )


def _in_block(section: Section) -> Section:
    block = BLOCKS.get(section.name, section.block)
    return Section(name=section.name, block=block, parts=section.parts)


def _collected(report: LaboratoryReport) -> SampleAnalysis:
    """Return the analysis, with the collection that the station states where it states none."""
    one, station = report.analysis, report.station
    if station is None or one.collection_stop_ns is not None:
        return one
    return replace(
        one,
        collection_start_ns=station.collection_start_ns,
        collection_stop_ns=station.collection_stop_ns,
    )


def _header(report: LaboratoryReport, *, confirmed: bool) -> Section:
    rows = pairs(
        ("laboratory", Code(report.laboratory)),
        ("report_version", Number(value=float(report.version), digits=1)),
        ("sample_id", Code(report.analysis.sample_id)),
        ("created", Moment(report.created_ns)),
        ("objective", Words(report.objective)),
        ("test", Words(report.test)),
    )
    told = Reason.of("rn.confirmed" if confirmed else "rn.not_confirmed")
    parts = (Sentences(told=(told,), emphasis=True), rows, Slot(name="spectrum"))
    return Section(name="header", block="Header", parts=parts)


def _receipt(report: LaboratoryReport) -> Section:
    log = report.custody
    entry = receipt_before(log, report.analysis.acquisition_start_ns) if log else None
    if entry is None:
        return Section(name="receipt", block="SampleReceipt", parts=())
    rows = pairs(
        ("time", Moment(entry.time_ns)),
        ("place", Words(entry.place)),
        ("holder", Words(entry.to_holder)),
        ("seal", Code(entry.seal_number)),
        ("seal_state", Term(f"seal.{entry.seal.value}")),
        ("condition", Words(entry.condition)),
    )
    return Section(name="receipt", block="SampleReceipt", parts=(rows,))


def _split(report: LaboratoryReport) -> Section:
    parts: list[Part] = []
    station = report.station
    if station is not None:
        parts.append(
            pairs(
                ("station", Code(station.station)),
                ("whole_sample", Code(station.sample_id)),
                ("collection_start", Moment(station.collection_start_ns)),
                ("collection_stop", Moment(station.collection_stop_ns)),
                ("air_volume", "m3", Number(value=station.air_volume_m3, digits=6)),
            )
        )
    if report.comparison is not None:
        split = report.comparison.split
        parts.append(
            pairs(
                ("share", Number(value=split.share)),
                ("share_sigma", Number(value=split.share_sigma or None)),
                ("volume_relative", Number(value=split.volume_relative or None)),
            )
        )
    return Section(name="split", block="Split", parts=tuple(parts))


def _comparison(compared: SplitComparison | None, apart: tuple[Reason, ...]) -> Section:
    if compared is None:
        return Section(name="comparison", block="Comparison", parts=())
    unit = compared.unit
    columns = (
        "nuclide", ("station_value", unit), ("station_sigma", unit), ("laboratory_value", unit),
        ("laboratory_sigma", unit), "zeta", "e_n", "grade", ("combined_value", unit),
        ("combined_sigma", unit),
    )  # fmt: skip
    rows = (
        (
            Code(c.nuclide),
            Number(value=c.station.value, sigma=c.station.sigma),
            Number(value=c.station.sigma, sigma=c.station.sigma),
            Number(value=c.laboratory.value, sigma=c.laboratory.sigma),
            Number(value=c.laboratory.sigma, sigma=c.laboratory.sigma),
            Number(value=c.zeta, digits=3),
            Number(value=c.e_n, digits=3),
            Term(f"grade.{c.grade.value}"),
            Number(value=c.combined.value, sigma=c.combined.sigma),
            Number(value=c.combined.sigma, sigma=c.combined.sigma),
        )
        for c in compared.comparisons
    )
    told = (*apart, Reason.of("rn.note_zeta"), *compared.left_out)
    parts = (table("comparison", columns, rows), Sentences(told=told))
    return Section(name="comparison", block="Comparison", parts=parts)


def _custody(log: CustodyLog | None, blocks: tuple[Reason, ...], *, authenticated: bool) -> Section:
    if log is not None and log.entries and not authenticated:
        blocks = (*blocks, Reason.of("rn.note_unauthenticated"))
    told = (Sentences(told=blocks),) if blocks else ()
    if log is None or not log.entries:
        return Section(name="custody", block="Custody", parts=told)
    columns = ("entry", "time", "state", "from", "to", "place", "seal", "seal_state", "sha256")
    rows = (
        (
            Number(value=float(e.sequence), digits=1),
            Moment(e.time_ns),
            Term(e.state.value),
            Words(e.from_holder),
            Words(e.to_holder),
            Words(e.place),
            Code(e.seal_number),
            Term(f"seal.{e.seal.value}"),
            Code(e.hash[:12]),
        )
        for e in log.entries
    )
    parts = (*told, table("custody", columns, rows))
    return Section(name="custody", block="Custody", parts=parts)


def _conclusions(report: LaboratoryReport) -> Section:
    told = tuple(Reason.of("rn.comment", text=text) for text in report.conclusions)
    parts = (Sentences(told=told),) if told else ()
    return Section(name="conclusions", block="Conclusions", parts=parts)
