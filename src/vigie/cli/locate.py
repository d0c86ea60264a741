"""``vigie locate``: the events of a bulletin or arrival list, located anew."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from vigie.cli.common import (
    atmosphere_option,
    emit,
    json_option,
    json_text,
    keep_inputs,
    model_option,
    note,
    open_atmosphere,
    open_stations,
    output_option,
    progress,
    stations_option,
    tell_losses,
)
from vigie.cli.events import bulletin_text, first_of, tell_spelling

if TYPE_CHECKING:
    from typing import Literal

    from vigie.earth.base import Hypocentre, Predictor
    from vigie.earth.path_table import PathTable
    from vigie.network.location import LocateParams
    from vigie.pipeline.media import Media
    from vigie.pipeline.station_book import StationBook
    from vigie.pipeline.write import Written
    from vigie.records import Bulletin, Detection, Event, Inventory


NAMED = 10
"""So many corrections that were not used are named."""


class DepthType(click.ParamType[str]):
    """``auto``, ``default``, ``free`` or a number of kilometres."""

    name = "depth"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Check the value; it stays a text."""
        text = str(value)
        if text in ("auto", "default", "free"):
            return text
        try:
            known = 0.0 <= float(text) <= 800.0
        except ValueError:
            known = False
        if not known:
            self.fail(f"{text!r} is not free, default, auto or a depth of 0 to 800 km", param, ctx)
        return text


@click.command("locate")
@click.argument("bulletin_file", metavar="BULLETIN")
@stations_option
@click.option(
    "--phases",
    type=click.Choice(["identify", "keep"]),
    default="identify",
    show_default=True,
    help="Name the phases anew, or keep them as they are given.",
)
@click.option(
    "--depth",
    type=DepthType(),
    default="auto",
    show_default=True,
    metavar="free|KM|default|auto",
    help="Solve for the depth, hold it, hold it at the default, or decide by the data.",
)
@model_option
@click.option(
    "--corrections",
    "corrections_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What is known of single paths: CSV with station, phase, correction_s (added to the "
    "predicted time) and model_sigma_s (the error that then holds).",
)
@click.option(
    "--errors",
    type=click.Choice(["correlated", "independent"]),
    default="correlated",
    show_default=True,
    help="Whether errors of the model are alike at neighbouring stations.",
)
@atmosphere_option
@click.option("--format", "format_name", help="Format of -o; by default its name tells.")
@json_option
@output_option
def locate_command(  # noqa: PLR0913 — one argument per option
    *,
    bulletin_file: str,
    station_files: tuple[Path, ...],
    phases: str,
    depth: str,
    model: str,
    corrections_file: Path | None,
    errors: str,
    atmosphere_file: Path | None,
    format_name: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Locate the events of BULLETIN anew.

    BULLETIN is any bulletin or arrival list that vigie reads: JSON, CSV, ISF/IMS1.0, QuakeML
    or CSS3.0. Infrasound arrivals (phase I) and those through the sea (H, T) locate alone or
    with seismic ones; the sea is that of their month, and blocked paths are named. Arrivals that
    no event claims are grouped by their ``event`` column, or are all one event where nothing
    is grouped; beside others, those of no event are left out and counted. Stations are looked
    up in --stations, in the file itself, then in the tables of the International Monitoring
    System. An event that cannot be located is named, and the
    others go on; the exit status is 1 only if none could be.
    """
    from vigie.exchange.files import read_file
    from vigie.formats.vigie_json import events_document
    from vigie.network.location import ErrorModel, LocateParams
    from vigie.pipeline.media import Media
    from vigie.records import Bulletin

    keep_inputs(output, bulletin_file, *station_files, corrections_file, atmosphere_file)
    companions: set[Path] = set()
    contents = read_file(bulletin_file, companions=companions)
    for issue in contents.issues:
        note(f"{bulletin_file}, {issue.place}: {issue.text}")
    book = open_stations(station_files)
    book.add(contents.stations)
    params = LocateParams(
        phases=cast("Literal['keep', 'identify']", phases),
        depth=cast("Literal['auto', 'default', 'free']", depth)
        if depth in ("auto", "default", "free")
        else float(depth),
        errors=ErrorModel(correlated=errors == "correlated"),
    )
    groups = event_groups(contents.bulletin)
    _tell_left_out(bulletin_file, contents.bulletin, groups)
    for text in book.add_elements(d.station for group in groups for d in group.detections):
        note(text)
    _tell_unplaced(bulletin_file, groups, book)
    media = Media(_predictor(model, corrections_file), open_atmosphere(atmosphere_file))
    located, failed = _locate_all(groups, book.inventory, media, params)
    document = events_document(
        located, extra={"failed": [{"id": key, "reason": text} for key, text in failed]}
    )
    if output is not None:
        inputs: set[Path | str] = {bulletin_file, *companions, *book.files}
        tell_losses(_write(located, output, format_name, document, inputs))
    if as_json:
        emit(json_text(document))
    elif output is None:
        emit(bulletin_text(Bulletin(events=tuple(located))))
    if groups and not located:
        sys.exit(1)
    if not groups:
        note(f"{bulletin_file}: there are no arrivals to locate.")
        sys.exit(1)


def _predictor(model: str, corrections_file: Path | None) -> Predictor:
    from vigie.earth import EarthPredictor, PredictorOptions, load_predictor
    from vigie.earth.path_table import PathTable
    from vigie.exchange.path_corrections import read_path_corrections

    predictor = load_predictor(model)
    if corrections_file is None:
        return predictor
    rows, issues = read_path_corrections(corrections_file)
    for issue in issues:
        note(f"{corrections_file}, {issue.place}: {issue.text}")
    table = PathTable(rows)
    click.get_current_context().call_on_close(lambda: note(_used(corrections_file, table)))
    return EarthPredictor(predictor.times, PredictorOptions(path_correction=table))


def _used(path: Path, table: PathTable) -> str:
    """Say how many corrections there are, and which met no arrival."""
    text = f"{path}: {len(table)} path corrections."
    if table.unused:
        names = ", ".join(f"{station} {phase}" for station, phase in table.unused[:NAMED])
        more = f" and {len(table.unused) - NAMED} more" if len(table.unused) > NAMED else ""
        text += f" No arrival needed those of {names}{more}."
    return text


def event_groups(bulletin: Bulletin | None) -> list[Event]:
    """Return the events to locate: those of the bulletin, then those of grouped arrivals."""
    from vigie.records import Event

    if bulletin is None:
        return []
    events = [e for e in bulletin.events if e.detections]
    loose: dict[str, list[Detection]] = {}
    for detection in bulletin.detections:
        loose.setdefault(detection.group or "", []).append(detection)
    # Without any grouping all arrivals are one event; beside groups they belong to none.
    if len(loose) == 1 and not events and "" in loose:
        loose = {"1": loose[""]}
    loose.pop("", None)
    return events + [Event(id=k, origins=(), detections=tuple(v)) for k, v in loose.items()]


def _tell_left_out(name: str, bulletin: Bulletin | None, groups: list[Event]) -> None:
    """Say how many arrivals are in no group, where others are."""
    if bulletin is None:
        return
    n_all = len(bulletin.detections) + sum(len(e.detections) for e in bulletin.events)
    n_loose = n_all - sum(len(e.detections) for e in groups)
    if n_loose:
        note(
            f"{name}: {n_loose} of {n_all} arrivals name no event and are left out. "
            "`vigie associate` finds the events of arrivals that none claims."
        )


def _tell_unplaced(name: str, groups: list[Event], book: StationBook) -> None:
    """Name the stations without a position, and those known under other letters."""
    heard = {d.station: d.time_ns for group in groups for d in group.detections}
    unplaced = [code for code, time_ns in heard.items() if book.find(code, time_ns) is None]
    if unplaced:
        note(f"{name}: no position is known of {first_of(unplaced)}; give it with --stations FILE")
    tell_spelling(unplaced, book)


def _locate_all(
    events: list[Event],
    stations: Inventory,
    media: Media,
    params: LocateParams,
) -> tuple[list[Event], list[tuple[str, str]]]:
    from vigie.errors import VigieError

    located: list[Event] = []
    failed: list[tuple[str, str]] = []
    with progress("locating", len(events)) as advance:
        for event in events:
            try:
                located.append(_located(event, stations, media, params))
            except VigieError as error:
                failed.append((event.id, str(error)))
                note(str(error))
            advance(event.id)
    return located, failed


def _located(
    event: Event,
    stations: Inventory,
    media: Media,
    params: LocateParams,
) -> Event:
    from vigie.pipeline.events import region_name
    from vigie.pipeline.sound_events import locate_any

    named = _with_bulletin_phases(event)
    origin = locate_any(event.id, named, stations, media, params, start=_start(event))
    for warning in origin.warnings:
        note(f"event {event.id}: {warning}")
    return replace(
        event,
        origins=(origin,),
        preferred_id=origin.id,
        detections=named,
        region=region_name(origin.latitude, origin.longitude),
    )


def _with_bulletin_phases(event: Event) -> tuple[Detection, ...]:
    """Return the detections under the phases that the bulletin's own origin gives them."""
    origin = event.origin
    named = {a.detection_id: a.phase for a in origin.associations} if origin else {}
    return tuple(d.with_phase(named[d.id]) if named.get(d.id) else d for d in event.detections)


def _start(event: Event) -> Hypocentre | None:
    from vigie.earth.base import Hypocentre

    origin = event.origin
    if origin is None:
        return None
    return Hypocentre(origin.latitude, origin.longitude, origin.depth_km or 0.0)


def _write(
    events: list[Event],
    output: Path,
    format_name: str | None,
    document: dict[str, object],
    inputs: set[Path | str],
) -> Written:
    from vigie.formats import Contents
    from vigie.pipeline.write import write_contents, write_named
    from vigie.records import Bulletin

    bulletin = Bulletin(events=tuple(events))
    if format_name is None:
        return write_named(bulletin, output, document, inputs=inputs)
    contents = Contents(bulletin=bulletin)
    return write_contents(contents, output, format_name=format_name, inputs=inputs)
