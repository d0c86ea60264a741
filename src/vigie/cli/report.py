"""``vigie report``: one HTML page per event of a bulletin, and an index."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vigie.cli.common import (
    emit,
    json_option,
    json_text,
    model_option,
    note,
    open_stations,
    progress,
    stations_option,
    tell_issues,
    tell_retired,
)
from vigie.cli.events import chosen_bulletin
from vigie.records.time import NS_PER_DAY

if TYPE_CHECKING:
    from vigie.pipeline.reports import WrittenReports
    from vigie.records import Bulletin, Waveform


@click.command("report")
@click.argument("bulletin", type=click.Path(path_type=Path))
@click.option(
    "--waveforms",
    "sources",
    multiple=True,
    metavar="SOURCE",
    help="Recordings: a file, folder, SDS archive or FDSN address. May be given several times.",
)
@stations_option
@model_option
@click.option("--event", "event_ids", multiple=True, metavar="ID", help="Only these events.")
@json_option
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the pages.",
)
def report_command(  # noqa: PLR0913 — one argument per option
    *,
    bulletin: Path,
    sources: tuple[str, ...],
    station_files: tuple[Path, ...],
    model: str,
    event_ids: tuple[str, ...],
    as_json: bool,
    output: Path,
) -> None:
    """Write an HTML report of each event of BULLETIN, and index.html.

    BULLETIN is a file in any format that vigie reads (ISF, QuakeML, CSS3.0, JSON ...).
    The pages need nothing from elsewhere.

    Example: vigie report events.json --waveforms data/ --stations stations.csv -o reports
    """
    from vigie.exchange.files import make_folder, read_file
    from vigie.pipeline.reports import ReportOptions, write_reports

    contents = read_file(bulletin)
    make_folder(output)
    tell_issues((str(bulletin), issue) for issue in contents.issues)
    chosen = chosen_bulletin(contents, bulletin, event_ids)
    book = open_stations(station_files)
    book.add(contents.stations)
    waveforms = _recordings(sources, chosen)
    with progress("reports", total=len(chosen.events)) as advance:
        written = write_reports(
            chosen,
            book.inventory,
            output,
            waveforms=waveforms,
            options=ReportOptions(
                model=model,
                command=shlex.join(["vigie", *sys.argv[1:]]),
                written_ns=time.time_ns(),
                all_events=not event_ids,
            ),
            report=advance,
        )
    _tell(written, chosen, as_json=as_json)
    if written.failed:
        raise SystemExit(1)


def _recordings(sources: tuple[str, ...], bulletin: Bulletin) -> tuple[Waveform, ...]:
    """Read what the sources hold about the events, span by span; say what was left out."""
    from vigie.exchange import Selection, open_intake

    found: list[Waveform] = []
    for start_ns, end_ns in _spans(bulletin) if sources else ():
        intake = open_intake(sources, Selection(start_ns=start_ns, end_ns=end_ns))
        found += [w for batch in intake.batches() for w in batch.waveforms]
        for skipped in intake.skipped:
            note(f"left out {skipped.path}: {skipped.reason}")
    return tuple(found)


def _spans(bulletin: Bulletin) -> list[tuple[int, int]]:
    """Return the times to read; events less than a day apart share one span."""
    from vigie.pipeline.reports import span_ns

    spans: list[tuple[int, int]] = []
    for start_ns, end_ns in sorted(filter(None, map(span_ns, bulletin.events))):
        if spans and start_ns - spans[-1][1] < NS_PER_DAY:
            spans[-1] = (spans[-1][0], max(end_ns, spans[-1][1]))
        else:
            spans.append((start_ns, end_ns))
    return spans


def _tell(written: WrittenReports, bulletin: Bulletin, *, as_json: bool) -> None:
    from vigie.products.bulletin_summary import bulletin_summary

    for event_id, reason in written.failed:
        note(f"event {event_id}: {reason}")
    tell_retired(written.retired)
    if as_json:
        document = {
            "vigie": {"document": "reports", "version": 1},
            "index": str(written.index),
            "reports": [{"event": event_id, "path": str(path)} for event_id, path in written.pages],
            "failed": [{"event": e, "reason": r} for e, r in written.failed],
        }
        emit(json_text(document))
        return
    emit(bulletin_summary(bulletin))
    emit(f"\n{len(written.pages)} reports; begin at {written.index}")
