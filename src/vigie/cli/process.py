"""``vigie process``: recordings in; located, sized and screened events out."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vigie.cli.common import (
    atmosphere_option,
    emit,
    json_option,
    json_text,
    loss_rows,
    model_option,
    note,
    open_atmosphere,
    open_stations,
    progress,
    stations_option,
    tell_losses,
    tell_profile_doubts,
    tell_retired,
)
from vigie.cli.events import (
    bulletin_text,
    event_options,
    network_params,
    nothing_usable,
    tell_spelling,
)
from vigie.cli.sources import selection_of, source_options, tell_what_was_left_out

if TYPE_CHECKING:
    from vigie.pipeline.process import Processed
    from vigie.pipeline.station_book import StationBook
    from vigie.seismic.recipe import Use


@click.command("process")
@source_options
@stations_option
@model_option
@atmosphere_option
@event_options
@click.option("--no-reports", is_flag=True, help="Write no HTML reports.")
@json_option
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for detections, bulletins and reports.",
)
def process_command(  # noqa: PLR0913 — one argument per option
    *,
    sources: tuple[str, ...],
    start_ns: int | None,
    end_ns: int | None,
    channels: tuple[str, ...],
    use: Use,
    station_files: tuple[Path, ...],
    model: str,
    atmosphere_file: Path | None,
    definition: str,
    no_reports: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    """Run the whole chain over the recordings of each SOURCE.

    A SOURCE is a file, a folder, an SDS archive or the address of an FDSN web service.
    With -o DIR: detections.json, events.json, bulletin.isf, bulletin.quakeml and
    one HTML report per event. What cannot be read is named, and the rest goes on; the exit
    status is 1 if a SOURCE does not exist, nothing is left, or the position of no station is known.
    """
    from vigie.cli.detect import alone_rows
    from vigie.earth import load_predictor
    from vigie.exchange import open_intake
    from vigie.exchange.files import make_folder
    from vigie.pipeline.manifest import retire_pages
    from vigie.pipeline.process import process, write_processed
    from vigie.products.skipped import skipped_lines

    atmosphere = open_atmosphere(atmosphere_file)
    if output is not None:
        make_folder(output)
    intake = open_intake(sources, selection_of(start_ns, end_ns, channels))
    book = open_stations(station_files)
    with progress("processing", total=0) as advance:
        done = process(
            intake,
            book,
            load_predictor(model),
            network_params(definition),
            use=use,
            atmosphere=atmosphere,
            report=advance,
        )
    tell_what_was_left_out(intake, done.detect)
    tell_profile_doubts(atmosphere, done.network.bulletin.events)
    for line in skipped_lines(done.detect.detections, done.network.skipped):
        note(line)
    document = done.document
    if output is not None:
        written = write_processed(
            done, output, inputs={*intake.inputs, *book.files, *_named(atmosphere_file)}
        )
        tell_losses(written)
        document = {**document, "losses": loss_rows(written)}
        if no_reports:
            tell_retired(retire_pages(output, []))
        else:
            _write_reports(done, book, output, model)
    text = "\n".join([bulletin_text(done.network.bulletin), *alone_rows(done.alone)])
    emit(json_text(document) if as_json else text)
    codes = [(run.station, run.waveforms[0].start_ns) for run in done.detect.runs]
    tell_spelling((code for code, _ in codes), book)
    idle = nothing_usable(done.detect.detections, done.network.skipped, book, codes)
    if idle:
        note(f"{', '.join(sources)}: {idle}")
    if not done.detect.runs or intake.absent or idle:
        raise SystemExit(1)


def _named(path: Path | None) -> set[Path]:
    return set() if path is None else {path}


def _write_reports(done: Processed, book: StationBook, folder: Path, model: str) -> None:
    from vigie.pipeline.reports import ReportOptions, write_reports

    options = ReportOptions(
        model=model, command=shlex.join(["vigie", *sys.argv[1:]]), written_ns=time.time_ns()
    )
    written = write_reports(
        done.network.bulletin,
        book.inventory,
        folder,
        waveforms=done.detect.waveforms,
        options=options,
    )
    for event_id, reason in written.failed:
        note(f"no report of {event_id}: {reason}")
    tell_retired(written.retired)
