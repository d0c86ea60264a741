"""Write the reports of a bulletin: one HTML page per event, and their index."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import VigieError
from vigie.exchange.files import put_file
from vigie.file_text import utf8
from vigie.pipeline.manifest import Retired, retire_pages
from vigie.records import Inventory
from vigie.records.time import NS_PER_DAY, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vigie.products.report import ReportContext
    from vigie.records import Bulletin, Event, Waveform
    from vigie.records.station import Station

_BEFORE_NS, _AFTER_NS = 180 * NS_PER_S, 3600 * NS_PER_S
"""What is kept about an origin: noise, and all waves through rock."""
_TAIL_NS = 300 * NS_PER_S
"""Behind the end of the last arrival."""
_LONGEST_NS = 2 * NS_PER_DAY
"""By which the slowest sound has gone once around the Earth."""
_PRESSURE = "D"
"""Second letter of the channels of pressure sensors, in air and sea."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What the pages say of how they came about."""

    model: str = "ak135"
    """Earth model of the predicted arrivals."""
    command: str = ""
    """What the reader would run again."""
    written_ns: int | None = None
    """Time of writing; None leaves it out, so that equal inputs give equal pages."""
    all_events: bool = True
    """Whether the bulletin holds all events of the folder; if not, pages of others stay."""


@dataclass(frozen=True, slots=True)
class WrittenReports:
    """What was written, and what could not be."""

    index: Path
    pages: tuple[tuple[str, Path], ...]
    """Event and its page, in the order of the bulletin."""
    failed: tuple[tuple[str, str], ...] = ()
    """Event and the reason."""
    retired: Retired = field(default_factory=Retired)
    """Pages of an earlier run in the same folder."""


def write_reports(
    bulletin: Bulletin,
    inventory: Inventory | None,
    folder: Path,
    *,
    waveforms: Iterable[Waveform] = (),
    options: ReportOptions | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> WrittenReports:
    """Write ``event_<id>.html`` for each event and ``index.html`` into a folder.

    Parameters
    ----------
    bulletin : Bulletin
        The events.
    inventory : Inventory or None
        Stations; those that recorded but are not associated are drawn as silent.
    folder : Path
        Made where it is not there.
    waveforms : iterable of Waveform
        Recordings for the record sections.
    options : ReportOptions, optional
        Earth model and provenance.
    report : callable
        Told the id of each event that is finished.

    Returns
    -------
    WrittenReports
        An event whose report fails is listed there, and the others go on.

    Raises
    ------
    OutputError
        The system does not let the pages be written.
    """
    from vigie.products.geometry import with_geometry
    from vigie.products.report import event_report, index_page

    options = options or ReportOptions()
    contexts = _contexts(bulletin, inventory, tuple(waveforms), options)
    names = _file_names([event.id for event in bulletin.events])
    pages: list[tuple[str, Path]] = []
    failed: list[tuple[str, str]] = []
    for event, name, context in zip(bulletin.events, names, contexts, strict=True):
        try:
            page = event_report(with_geometry(event, inventory), context)
        except VigieError as error:
            failed.append((event.id, str(error)))
            continue
        put_file(folder / name, utf8(page))
        pages.append((event.id, folder / name))
        report(event.id)
    hrefs = {event_id: path.name for event_id, path in pages}
    index = folder / "index.html"
    put_file(index, utf8(index_page(bulletin, hrefs)))
    retired = retire_pages(folder, [index.name, *hrefs.values()], all_of_them=options.all_events)
    return WrittenReports(index, tuple(pages), tuple(failed), retired)


def _contexts(
    bulletin: Bulletin,
    inventory: Inventory | None,
    waveforms: Sequence[Waveform],
    options: ReportOptions,
) -> Iterator[ReportContext]:
    """Yield what the page of each event may use beside the event."""
    from vigie.earth import load_predictor
    from vigie.products.report import ReportContext

    predictor = load_predictor(options.model)
    for event in bulletin.events:
        yield ReportContext(
            waveforms=_about(event, waveforms),
            inventory=_working(event, inventory, waveforms),
            predictor=predictor,
            bulletin_name=bulletin.name,
            command=options.command,
            written_ns=options.written_ns,
            index_href="index.html",
        )


def _file_names(ids: Sequence[str]) -> list[str]:
    """Return a safe name for each event; equal ones are numbered."""
    names: list[str] = []
    for event_id in ids:
        stem = "event_" + (re.sub(r"[^A-Za-z0-9.-]+", "_", event_id).strip("._") or "unnamed")[:80]
        # Case does not tell two files apart everywhere.
        taken = {n.lower() for n in names}
        name, k = f"{stem}.html", 2
        while name.lower() in taken:
            name, k = f"{stem}_{k}.html", k + 1
        names.append(name)
    return names


def span_ns(event: Event) -> tuple[int, int] | None:
    """Return begin and end of what recordings may show of an event; None without an origin.

    It reaches to the end of the last arrival: sound takes hours where P takes minutes.
    """
    origin = event.origin
    if origin is None:
        return None
    ends = [d.time_ns + round((d.duration_s or 0.0) * NS_PER_S) for d, _ in event.arrivals()]
    last_ns = min(max(ends, default=origin.time_ns) + _TAIL_NS, origin.time_ns + _LONGEST_NS)
    return origin.time_ns - _BEFORE_NS, max(origin.time_ns + _AFTER_NS, last_ns)


def _about(event: Event, waveforms: Sequence[Waveform]) -> tuple[Waveform, ...]:
    """Return the recordings that may hold the event."""
    span = span_ns(event)
    return () if span is None else tuple(w for w in waveforms if _meets(w, span))


def _meets(waveform: Waveform, span: tuple[int, int]) -> bool:
    return waveform.start_ns < span[1] and waveform.end_ns > span[0]


def _working(
    event: Event, inventory: Inventory | None, waveforms: Sequence[Waveform]
) -> Inventory | None:
    """Return the stations that recorded at the time of the event; None where unknown.

    A sensor of pressure was working if it recorded until the last arrival, one of motion if it did
    within the first hour, and every station that is associated.
    """
    if inventory is None or not waveforms or event.origin is None:
        return None
    hour = event.origin.time_ns - _BEFORE_NS, event.origin.time_ns + _AFTER_NS
    codes = {a.station for _, a in event.arrivals()}
    codes |= {
        w.channel.station
        for w in _about(event, waveforms)
        if w.channel.channel[1:2].upper() == _PRESSURE or _meets(w, hour)
    }
    working: list[Station] = [
        s
        for s in inventory.stations
        if s.code in codes or codes.intersection(site.code for site in s.sites)
    ]
    return Inventory(tuple(working))
