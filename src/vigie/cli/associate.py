"""``vigie associate``: detections in, events out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vigie.cli.common import (
    atmosphere_option,
    beside_option,
    emit,
    json_option,
    json_text,
    keep_inputs,
    model_option,
    no_folders,
    note,
    open_atmosphere,
    open_stations,
    stations_option,
    tell_issues,
    tell_losses,
    tell_profile_doubts,
)
from vigie.cli.events import (
    bulletin_text,
    event_options,
    network_params,
    nothing_usable,
    tell_spelling,
)

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal


@click.command("associate")
@click.argument("arrival_files", nargs=-1, required=True, metavar="DETECTIONS...")
@stations_option
@model_option
@event_options
@click.option(
    "--use",
    type=click.Choice(["any", "regional", "local"]),
    default="any",
    show_default=True,
    help="How far away events are looked for: anywhere, 25 deg beyond the stations, or within "
    "the network and beside it.",
)
@atmosphere_option
@json_option
@beside_option
def associate_command(  # noqa: PLR0913 — one argument per option
    *,
    arrival_files: tuple[str, ...],
    station_files: tuple[Path, ...],
    model: str,
    definition: str,
    use: Literal["any", "regional", "local"],
    atmosphere_file: Path | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Group DETECTIONS into events, locate and size them.

    What came through rock (P, S), the sea (H, T) and the air (I) of one source is one event.
    DETECTIONS are arrival lists: JSON, CSV, ISF/IMS1.0, QuakeML, CSS3.0 or bulletins of PMCC;
    events in them are taken apart again. Stations are looked up in --stations, then in the
    tables of the International Monitoring System. With -o, the name tells the format of the
    bulletin. A file that cannot be read is named, and the others go on; the exit status is
    then 1, as it is where the position of no station is known.
    """
    from vigie.earth import load_predictor
    from vigie.formats.vigie_json import events_document
    from vigie.pipeline.associate import associate_detections, read_arrivals
    from vigie.pipeline.events import within_reach
    from vigie.pipeline.write import check_name, write_named
    from vigie.products.skipped import skipped_lines

    keep_inputs(output, *arrival_files, *no_folders(station_files), atmosphere_file)
    if output is not None:
        check_name(output)
    read = read_arrivals(arrival_files)
    tell_issues(read.issues)
    for path, reason in read.failed:
        note(f"left out {path}: {reason}")
    book = open_stations(station_files)
    book.add(read.stations)
    for text in book.add_elements(d.station for d in read.detections):
        note(text)
    params = within_reach(network_params(definition), use)
    atmosphere = open_atmosphere(atmosphere_file)
    made = associate_detections(read.detections, book, load_predictor(model), params, atmosphere)
    bulletin = made.bulletin
    tell_profile_doubts(atmosphere, bulletin.events)
    for line in skipped_lines(read.detections, made.skipped):
        note(line)
    tell_spelling((d.station for d in read.detections), book)
    extra = {
        "counts": dict(made.counts),
        "skipped": [{"detection_id": d, "reason": r} for d, r in made.skipped],
        "failed": [{"path": p, "reason": r} for p, r in read.failed],
    }
    document = events_document(bulletin.events, unassociated=bulletin.detections, extra=extra)
    if output is not None and not read.detections:
        note(f"{output} is not written: no arrival could be read.")
    elif output is not None:
        inputs: set[Path | str] = {*arrival_files, *book.files}
        tell_losses(write_named(bulletin, output, document, inputs=inputs))
    emit(json_text(document) if as_json else bulletin_text(bulletin))
    idle = nothing_usable(read.detections, made.skipped, book)
    if idle:
        note(f"{', '.join(arrival_files)}: {idle}")
    if read.failed or not read.detections or idle:
        raise SystemExit(1)
