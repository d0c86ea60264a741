"""The standard screened radionuclide event bulletin (SSREB).

One bulletin per event of fission products, or per sample of level 5: revision, contributing samples
with category and nuclides, fields of regard, laboratory results, characterisation. Layout: our
own block set, ``vigie-ssreb 1.0``; ``assumption``: the official one was not readable here.
"""

from __future__ import annotations

from dataclasses import dataclass

from vigie.products.radionuclide.blocks import (
    Code,
    Document,
    Moment,
    Number,
    Section,
    Sentences,
    Slot,
    Term,
    Words,
    pairs,
    table,
)
from vigie.products.radionuclide.ratio_sections import ratio_section
from vigie.products.radionuclide.report import Revision
from vigie.radionuclide.laboratory.split import SplitComparison
from vigie.records.nuclide_result import SampleAnalysis
from vigie.records.reason import Reason

SCHEMA = "vigie-ssreb 1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class RadionuclideEvent:
    """Everything that a bulletin of one event says."""

    event_id: str
    revision: int
    samples: tuple[SampleAnalysis, ...]
    """Those that contribute, in any order."""
    comparisons: tuple[SplitComparison, ...] = ()
    """Of laboratories."""
    characterisation: tuple[Reason, ...] = ()
    """What isotopes and transport say, with their numbers."""
    field_of_regard: str = ""
    """How the fields were computed: model, weather, times."""
    revisions: tuple[Revision, ...] = ()
    created_ns: int | None = None


def event_document(event: RadionuclideEvent) -> Document:
    """Return an SSREB as a document without language; empty sections are left out."""
    ordered = sorted(event.samples, key=lambda s: (s.collection_start_ns or 0, s.sample_id))
    sections = (
        _event(event, ordered),
        _samples(ordered),
        _nuclides(ordered),
        *(_of_sample(s) for s in ordered if s.ratios or s.zero_times),
        _laboratories(event),
        _regard(event),
        _history(event),
    )
    return Document(
        kind="SSREB",
        schema=SCHEMA,
        id=f"SSREB-{event.event_id}-{event.revision}",
        subject=event.event_id,
        sections=tuple(s for s in sections if not s.empty),
        simulated=any(s.simulated for s in event.samples),
    )


def _event(event: RadionuclideEvent, samples: list[SampleAnalysis]) -> Section:
    starts = [s.collection_start_ns for s in samples if s.collection_start_ns is not None]
    stops = [s.collection_stop_ns for s in samples if s.collection_stop_ns is not None]
    summary = Reason.of(
        "rn.event_summary", n=len(samples), stations=", ".join(sorted({s.station for s in samples}))
    )
    rows = pairs(
        ("event", Code(event.event_id)),
        ("revision", Number(value=float(event.revision), digits=1)),
        ("highest_level", Code(_highest(samples))),
        ("first_collection", Moment(min(starts, default=None))),
        ("last_collection", Moment(max(stops, default=None))),
        ("created", Moment(event.created_ns)),
    )
    told = Sentences(told=(summary,), emphasis=True)
    parts = (told, Sentences(told=event.characterisation), rows)
    return Section(name="event", block="Event", parts=parts)


def _highest(samples: list[SampleAnalysis]) -> str:
    """Return the highest level of each technology: 5 of filters and C of gas have no order."""
    levels: dict[str, str] = {}
    for one in samples:
        if one.category is not None:
            before = levels.get(one.technology, "")
            levels[one.technology] = max(before, one.category.level)
    return ", ".join(levels[technology] for technology in sorted(levels, reverse=True))


def _samples(samples: list[SampleAnalysis]) -> Section:
    columns = (
        "sample_id", "station", "collection_start", "collection_stop", "level", "nuclides_found",
    )  # fmt: skip
    rows = (
        (
            Code(s.sample_id),
            Code(s.station),
            Moment(s.collection_start_ns),
            Moment(s.collection_stop_ns),
            Code(s.category.level if s.category else ""),
            Code(", ".join(r.nuclide for r in s.main_results if r.detected)),
        )
        for s in samples
    )
    parts = (table("samples", columns, rows),) if samples else ()
    return Section(name="samples", block="ContributingSamples", parts=parts)


def _nuclides(samples: list[SampleAnalysis]) -> Section:
    columns = ("nuclide", "station", "sample_id", "concentration", "sigma", "mdc", "unit")
    relevant = sorted(
        ((r, s) for s in samples for r in s.main_results if r.detected),
        key=lambda pair: (pair[0].nuclide, pair[1].collection_start_ns or 0),
    )
    rows = tuple(
        (
            Code(r.nuclide),
            Code(s.station),
            Code(s.sample_id),
            Number(value=r.concentration, sigma=r.uncertainty),
            Number(value=r.uncertainty, sigma=r.uncertainty),
            Number(value=r.mdc, digits=3),
            Term(r.unit),
        )
        for r, s in relevant
    )
    parts = (table("event_nuclides", columns, rows),) if rows else ()
    return Section(name="event_nuclides", block="Nuclides", parts=parts)


def _of_sample(sample: SampleAnalysis) -> Section:
    section = ratio_section(sample)
    heading = pairs(("sample_id", Code(sample.sample_id)))
    return Section(name="ratios", block="NuclideRatios", parts=(heading, *section.parts))


def _laboratories(event: RadionuclideEvent) -> Section:
    columns = ("laboratory", "sample_id", "nuclide", "zeta", "grade")
    rows = tuple(
        (
            Code(one.split.laboratory),
            Code(one.split.portion_id),
            Code(c.nuclide),
            Number(value=c.zeta, digits=3),
            Term(f"grade.{c.grade.value}"),
        )
        for one in event.comparisons
        for c in one.comparisons
    )
    parts = (table("laboratories", columns, rows),) if rows else ()
    return Section(name="laboratories", block="LaboratoryResults", parts=parts)


def _regard(event: RadionuclideEvent) -> Section:
    rows = pairs(("field_of_regard", Words(event.field_of_regard)))
    parts = (rows, Slot(name="field_of_regard")) if rows.rows else (Slot(name="field_of_regard"),)
    return Section(name="regard", block="FieldOfRegard", parts=parts)


def _history(event: RadionuclideEvent) -> Section:
    rows = tuple(
        (Number(value=float(k), digits=1), Moment(r.time_ns), Words(r.author), Words(r.comment))
        for k, r in enumerate(event.revisions, start=1)
    )
    columns = ("revision", "time", "author", "comment")
    parts = (table("revisions", columns, rows),) if rows else ()
    return Section(name="review", block="RevisionHistory", parts=parts)
