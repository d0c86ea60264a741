"""``vigie locate``: the events of a bulletin or arrival list, located anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vigie.cli.common import (
    emit,
    json_option,
    json_text,
    keep_inputs,
    no_folders,
    note,
    open_atmosphere,
    open_stations,
    output_option,
    progress,
    stations_option,
    tell_issues,
    tell_losses,
    tell_profile_doubts,
)
from vigie.cli.events import bulletin_text, first_of, tell_spelling
from vigie.cli.location_options import location_options, location_params, open_predictor

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, Literal

    from vigie.cli.location_options import DepthChoice
    from vigie.formats import Contents
    from vigie.pipeline.locate import LocatedAnew, RelocateParams
    from vigie.pipeline.media import Media
    from vigie.pipeline.station_book import StationBook
    from vigie.pipeline.write import Written
    from vigie.records import Bulletin, Event


@click.command("locate")
@click.argument("bulletin_file", metavar="BULLETIN")
@stations_option
@location_options
@click.option("--format", "format_name", help="Format of -o; by default its name tells.")
@json_option
@output_option
def locate_command(  # noqa: PLR0913 — one argument per option
    *,
    bulletin_file: str,
    station_files: tuple[Path, ...],
    phases: Literal["identify", "keep"],
    depth: DepthChoice,
    model: str,
    corrections_file: Path | None,
    errors: str,
    atmosphere_file: Path | None,
    format_name: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Locate the events of BULLETIN anew, size and screen them.

    BULLETIN is any bulletin or arrival list that vigie reads: JSON, CSV, ISF/IMS1.0, QuakeML
    or CSS3.0. Infrasound arrivals (phase I) and those through the sea (H, T) locate alone or
    with seismic ones; the sea is that of their month, and blocked paths are named. Arrivals that
    no event claims are grouped by their ``event`` column, or are all one event where nothing
    is grouped; beside others, those of no event are left out and counted. Stations are looked
    up in --stations, in the file itself, then in the tables of the International Monitoring
    System. The new origin is preferred; origins and magnitudes of BULLETIN stay beside it. An
    event that cannot be located is named, and the others go on; the exit status is 1 only if
    none could be.
    """
    from vigie.pipeline.media import Media

    keep_inputs(
        output, bulletin_file, *no_folders(station_files), corrections_file, atmosphere_file
    )
    contents, companions = _read(bulletin_file)
    book = open_stations(station_files)
    book.add(contents.stations)
    groups = _groups(bulletin_file, contents.bulletin, book)
    atmosphere = open_atmosphere(atmosphere_file)
    media = Media(open_predictor(model, corrections_file), atmosphere)
    made = _locate_all(groups, book, media, location_params(phases, depth, errors))
    tell_profile_doubts(atmosphere, made.bulletin.events)
    document = _document(made)
    if output is not None and groups:
        inputs: set[Path | str] = {bulletin_file, *companions, *book.files}
        tell_losses(_write(made.bulletin, output, format_name, document, inputs))
    if as_json:
        emit(json_text(document))
    elif output is None:
        emit(bulletin_text(made.bulletin))
    if not groups:
        unwritten = "" if output is None else f" {output} is not written."
        note(f"{bulletin_file}: there are no arrivals to locate.{unwritten}")
    if not made.events:
        raise SystemExit(1)


def _read(bulletin_file: str) -> tuple[Contents, set[Path]]:
    """Read the list; return it with the files that it points to."""
    from vigie.exchange.files import read_file

    companions: set[Path] = set()
    contents = read_file(bulletin_file, companions=companions)
    tell_issues((bulletin_file, issue) for issue in contents.issues)
    return contents, companions


def _groups(name: str, bulletin: Bulletin | None, book: StationBook) -> list[Event]:
    """Return the events to locate; tell what of the list is in none, or has no place."""
    from vigie.pipeline.locate import count_arrivals, event_groups

    groups = event_groups(bulletin)
    n_all, n_loose = count_arrivals(bulletin, groups)
    if n_loose:
        note(
            f"{name}: {n_loose} of {n_all} arrivals name no event and are left out. "
            "`vigie associate` finds the events of arrivals that none claims."
        )
    for text in book.add_elements(d.station for group in groups for d in group.detections):
        note(text)
    _tell_unplaced(name, groups, book)
    return groups


def _tell_unplaced(name: str, groups: list[Event], book: StationBook) -> None:
    """Name the stations without a position, and those known under other letters."""
    heard = {d.station: d.time_ns for group in groups for d in group.detections}
    unplaced = [code for code, time_ns in heard.items() if book.find(code, time_ns) is None]
    if unplaced:
        note(f"{name}: no position is known of {first_of(unplaced)}; give it with --stations FILE")
    tell_spelling(unplaced, book)


def _locate_all(
    groups: list[Event], book: StationBook, media: Media, params: RelocateParams
) -> LocatedAnew:
    """Locate the events; tell what the locator warns of, and which could not be located."""
    from vigie.pipeline.locate import locate_events

    with progress("locating", len(groups)) as advance:
        made = locate_events(groups, book, media, params, report=advance)
    for event in made.events:
        for warning in event.origin.warnings if event.origin else ():
            note(f"event {event.id}: {warning}")
    for _, reason in made.failed:
        note(reason)
    return made


def _document(made: LocatedAnew) -> dict[str, Any]:
    from vigie.formats.vigie_json import events_document

    failed = [{"id": key, "reason": text} for key, text in made.failed]
    return events_document(made.events, extra={"failed": failed})


def _write(
    bulletin: Bulletin,
    output: Path,
    format_name: str | None,
    document: dict[str, Any],
    inputs: set[Path | str],
) -> Written:
    from vigie.formats import Contents
    from vigie.pipeline.write import write_contents, write_named

    if format_name is None:
        return write_named(bulletin, output, document, inputs=inputs)
    contents = Contents(bulletin=bulletin)
    return write_contents(contents, output, format_name=format_name, inputs=inputs)
