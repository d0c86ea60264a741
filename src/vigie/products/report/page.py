"""The page of one event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie import __version__
from vigie.earth.base import Predictor
from vigie.products.figures import (
    event_map,
    magnitude_plot,
    ms_mb_plot,
    record_section,
    residual_plot,
    sound_section,
    travel_time_plot,
)
from vigie.products.report import html
from vigie.products.report.sea import sea_section
from vigie.products.report.summary import answers, verdict_text
from vigie.products.report.tables import arrivals_table, magnitudes_table, screening_table
from vigie.products.report.words import Catalogue
from vigie.products.report.yields import yields_section
from vigie.records import Inventory, Waveform, format_iso

if TYPE_CHECKING:
    from vigie.records import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContext:
    """What a report may use beside the event."""

    waveforms: tuple[Waveform, ...] = ()
    inventory: Inventory | None = None
    """Working stations, those that were silent included."""
    predictor: Predictor | None = None
    bulletin_name: str = ""
    command: str = ""
    """What was run, as the reader would run it again."""
    written_ns: int | None = None
    """The time of writing; None leaves it out, so that equal inputs give equal pages."""
    index_href: str = ""
    """Link to the index of all events."""
    warnings: tuple[str, ...] = ()
    words: Catalogue = field(default_factory=Catalogue)


def event_report(event: Event, context: ReportContext | None = None) -> str:
    """Return a self-contained HTML page of an event.

    Parameters
    ----------
    event : Event
        With its preferred origin, associations, magnitudes and screening; whatever is
        missing is said to be missing.
    context : ReportContext, optional
        Recordings, stations, predictions and provenance.

    Returns
    -------
    str
        HTML with inline SVG: it loads nothing, prints, and follows light and dark.
    """
    context = context or ReportContext()
    words = context.words
    sections = [
        _head(event, context),
        _summary(event, words),
        _map(event, context),
        _section(event, context),
        _arrivals(event, context),
        _magnitudes(event, words),
        sea_section(event, words),
        yields_section(event, words),
        _screening(event, words),
        _provenance(event, context),
        _warnings(event, context),
    ]
    return html.document(
        words("title", id=event.id),
        "\n".join(s for s in sections if s),
        language=words.language,
        direction=words.direction,
        skip=words("skip"),
    )


def _head(event: Event, context: ReportContext) -> str:
    words = context.words
    parts = [f"<header><h1>{html.code(words('title', id=event.id)).text}</h1>"]
    if event.region:
        parts.append(html.paragraph(event.region, "lead"))
    origin = event.origin
    if (origin and origin.simulated) or any(d.simulated for d in event.detections):
        parts.append(html.paragraph(words("simulated"), "alert"))
    if context.index_href:
        parts.append(f'<p><a href="{context.index_href}">{words("index_link")}</a></p>')
    return "\n".join([*parts, "</header>"])


def _summary(event: Event, words: Catalogue) -> str:
    *facts, verdict = answers(event, words)
    body = html.pairs([*facts] if event.origin else [*facts, verdict])
    shown = html.paragraph(verdict_text(event, words), "verdict") if event.origin else ""
    return html.section("summary", words("summary"), shown, body)


def _map(event: Event, context: ReportContext) -> str:
    drawing = event_map(event, context.inventory)
    if drawing is None:
        return ""
    note = context.words("map_note")
    return html.section("map", context.words("map"), html.figure(drawing, note))


def _section(event: Event, context: ReportContext) -> str:
    words = context.words
    drawing = record_section(
        event, context.waveforms, context.predictor, inventory=context.inventory
    )
    sound = sound_section(event, context.waveforms, inventory=context.inventory)
    inner = html.figure(drawing) + html.figure(sound)
    return html.section(
        "section", words("section"), inner or html.paragraph(words("no_waveforms"), "note")
    )


def _arrivals(event: Event, context: ReportContext) -> str:
    words = context.words
    travel_times = travel_time_plot(event, context.predictor) if context.predictor else None
    return html.section(
        "arrivals",
        words("arrivals"),
        html.figure(residual_plot(event)),
        html.figure(travel_times),
        arrivals_table(event, words),
    )


def _magnitudes(event: Event, words: Catalogue) -> str:
    drawings = [magnitude_plot(event, t) for t in (("mb", "mbmle"), ("ML", "ML"), ("Ms", "msmle"))]
    return html.section(
        "magnitudes",
        words("magnitudes"),
        *(html.figure(d) for d in drawings),
        magnitudes_table(event, words),
    )


def _screening(event: Event, words: Catalogue) -> str:
    return html.section(
        "screening",
        words("screening"),
        html.paragraph(words("screening_note"), "note"),
        html.figure(ms_mb_plot(event)),
        screening_table(event, words),
    )


def _provenance(event: Event, context: ReportContext) -> str:
    words, origin = context.words, event.origin
    items: list[tuple[str, html.Cell]] = [(words("p_software"), f"vigie {__version__}")]
    if context.command:
        items.append((words("p_command"), html.code(context.command)))
    if context.bulletin_name:
        items.append((words("p_bulletin"), context.bulletin_name))
    if origin is not None:
        items += [
            (words("p_model"), origin.model or "–"),
            (words("p_method"), words.get(f"method.{origin.method}", origin.method) or "–"),
            (words("p_author"), origin.author or "–"),
            (words("p_analysis"), words.get(f"analysis.{origin.analysis}", origin.analysis) or "–"),
        ]
    if context.written_ns is not None:
        items.append((words("p_written"), format_iso(context.written_ns, digits=0)))
    return html.section("provenance", words("provenance"), html.pairs(items))


def _warnings(event: Event, context: ReportContext) -> str:
    words = context.words
    origin_warnings = event.origin.warnings if event.origin else ()
    of_readings = [
        words(
            "remark", station=a.station, phase=a.phase, time=format_iso(d.time_ns, digits=0), text=r
        )
        for d, a in event.arrivals()
        for r in d.remarks
    ]
    texts = [*origin_warnings, *event.comments, *of_readings, *context.warnings]
    inner = html.bullets(texts) if texts else html.paragraph(words("no_warnings"))
    return html.section("warnings", words("warnings"), inner)
