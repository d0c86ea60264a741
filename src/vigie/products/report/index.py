"""The index of all events of a bulletin."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from vigie.products.report import html
from vigie.products.report.summary import combined_screening, n_stations, short_size
from vigie.products.report.tables import number
from vigie.products.report.words import Catalogue
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.records import Bulletin, Event

_COLUMNS = (
    "event", "time", "latitude", "longitude", "depth", "magnitude", "stations", "verdict",
    "region",
)  # fmt: skip


def index_page(bulletin: Bulletin, hrefs: Mapping[str, str], words: Catalogue | None = None) -> str:
    """Return a page that lists all events in the order of time.

    Parameters
    ----------
    bulletin : Bulletin
        The events.
    hrefs : mapping
        Event id to the address of its report, relative to the index.
    words : Catalogue, optional
        The language.
    """
    words = words or Catalogue()
    title = bulletin.name or words("index_title")
    events = sorted(bulletin.events, key=lambda e: e.origin.time_ns if e.origin else 0)
    if events:
        inner = html.table(
            words("index_caption", n=len(events)),
            [words(f"col_{name}") for name in _COLUMNS],
            [_row(event, hrefs, words) for event in events],
            text_columns=(0, 7, 8),
        )
    else:
        inner = html.paragraph(words("index_none"))
    body = f'<header><h1 id="summary">{escape(title)}</h1></header>\n{inner}'
    return html.document(
        title, body, language=words.language, direction=words.direction, skip=words("skip")
    )


def _row(event: Event, hrefs: Mapping[str, str], words: Catalogue) -> list[html.Cell]:
    name = html.code(event.id)
    if event.id in hrefs:
        name = html.Markup(f'<a href="{escape(hrefs[event.id])}">{name.text}</a>')
    origin = event.origin
    combined = combined_screening(event)
    verdict = words.get(f"verdict.{combined.verdict.value}", "") if combined else "–"
    if origin is None:
        return [name, *["–"] * 5, "0", verdict, event.region]
    depth = number(origin.depth_km, 0) + ("f" if origin.depth_fixed else "")
    return [
        name,
        format_iso(origin.time_ns, digits=1).replace("T", " ").removesuffix("Z"),
        number(origin.latitude, 3),
        number(origin.longitude, 3),
        depth,
        short_size(event),
        str(n_stations(origin)),
        verdict,
        event.region,
    ]
