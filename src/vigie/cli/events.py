"""Options and text that the commands which make events share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from vigie.formats import Contents
    from vigie.pipeline.events import NetworkParams
    from vigie.pipeline.station_book import StationBook
    from vigie.records import Bulletin, Detection

IN_WORDS = 3
"""Bulletins of so many events, or fewer, are told in words as well."""

FIRST = 5
"""So many stations are named."""


def event_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --definition."""
    decorator: Any = click.option(
        "--definition",
        default="default",
        show_default=True,
        help="What counts as an event: default, sel or reb; FILE.toml#NAME for your own.",
    )
    decorated: Callable[..., None] = decorator(command)
    return decorated


def network_params(definition: str) -> NetworkParams:
    """Return the parameters of network processing with an event definition.

    Raises
    ------
    VigieError
        There is no such definition.
    """
    from dataclasses import replace

    from vigie.exchange.files import source_of
    from vigie.network.definition import load_definition
    from vigie.pipeline.events import NetworkParams

    params = NetworkParams()
    path, _, name = definition.rpartition("#")
    text = source_of(path).data.decode("utf-8", errors="replace") if path else None
    chosen = load_definition(name, text)
    return replace(params, associate=replace(params.associate, definition=chosen))


def nothing_usable(
    detections: Sequence[Detection],
    skipped: Sequence[tuple[str, str]],
    book: StationBook,
    recorded: Iterable[tuple[str, int]] = (),
) -> str | None:
    """Say so where nothing could be used since no station's position is known; None elsewhere.

    Noise, or phases that do not locate, are no fault: then there is simply no event.

    Parameters
    ----------
    detections : sequence of Detection
        All that there were.
    skipped : sequence of (str, str)
        Detections that were not used, and the code of the reason.
    book : StationBook
    recorded : iterable of (str, int)
        Stations with recordings, and a time (ns), for the case that there are no detections.
    """
    skipped = [(d, reason) for d, reason in skipped if not reason.startswith("refused_")]
    reasons = {reason for _, reason in skipped}
    if detections:
        if len(skipped) < len(detections) or "unknown_station" not in reasons:
            return None
        unknown = {d for d, reason in skipped if reason == "unknown_station"}
        codes = {d.station for d in detections if d.id in unknown}
        what = f"none of the {len(detections)} detections can be used"
    else:
        placed = {code: book.find(code, time_ns) is not None for code, time_ns in recorded}
        if not placed or any(placed.values()):
            return None
        codes = set(placed)
        what = "no station can be used"
    return (
        f"{what}, so no event was looked for. Give the positions of {first_of(codes)} with "
        "--stations FILE (StationXML, CSS3.0 site table, or CSV with "
        "station,latitude,longitude,elevation_m)."
    )


def tell_spelling(codes: Iterable[str], book: StationBook) -> None:
    """Say which unknown stations are known but for the case of their letters."""
    otherwise = book.spelled_otherwise(codes)
    if otherwise:
        pairs = [f"{known} for {code}" for code, known in otherwise.items()]
        note(
            f"capital and small letters of station codes differ; is it {first_of(pairs)}? Write "
            "the codes so."
        )


def first_of(names: Iterable[str]) -> str:
    """Name the first few, and say how many more there are."""
    ordered = sorted(names)
    more = f" and {len(ordered) - FIRST} more" if len(ordered) > FIRST else ""
    return ", ".join(ordered[:FIRST]) + more


def bulletin_text(bulletin: Bulletin) -> str:
    """Return a bulletin for a terminal: a table, and a few events in words too."""
    from vigie.products.bulletin_summary import bulletin_summary
    from vigie.products.report.summary import answers
    from vigie.products.report.words import Catalogue

    blocks = [bulletin_summary(bulletin)]
    if len(bulletin.events) <= IN_WORDS:
        for event in bulletin.events:
            said = answers(event, Catalogue())
            wide = max(len(question) for question, _ in said)
            blocks.append("\n".join(f"  {q:<{wide}}  {text}" for q, text in said))
    return "\n\n".join(blocks)


def chosen_bulletin(contents: Contents, path: Path, event_ids: tuple[str, ...]) -> Bulletin:
    """Return the bulletin of a file, or its named events.

    Raises
    ------
    MissingInputError
        It holds no event.
    """
    from dataclasses import replace

    from vigie.errors import MissingInputError

    bulletin = contents.bulletin
    if bulletin is None or not bulletin.events:
        raise MissingInputError(
            path=str(path),
            what="an event",
            remedy="Give a bulletin; `vigie associate` makes one from an arrival list.",
        )
    if not event_ids:
        return bulletin
    known = {event.id for event in bulletin.events}
    for event_id in event_ids:
        if event_id not in known:
            raise click.UsageError(f"{path} has no event {event_id!r}.")
    return replace(bulletin, events=tuple(e for e in bulletin.events if e.id in event_ids))
