"""``vigie demo``: the whole chain on real recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vigie.cli.common import (
    emit,
    json_option,
    json_text,
    note,
    progress,
    tell_retired,
)
from vigie.cli.events import bulletin_text
from vigie.cli.sources import tell_what_was_left_out
from vigie.errors import MissingInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.pipeline.demo import Relocated
    from vigie.pipeline.process import Processed
    from vigie.pipeline.reports import WrittenReports
    from vigie.pipeline.station_book import StationBook
    from vigie.pipeline.write import Written
    from vigie.records import Origin

    Part = tuple[str, Callable[[], str]]


@click.command("demo")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Run on this folder of recordings with its stations.csv instead.",
)
@json_option
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/demo"),
    show_default=True,
    help="Folder for the results.",
)
def demo_command(*, data: Path | None, as_json: bool, output: Path) -> None:
    """Run the whole chain on real recordings and write reports.

    Without --data: on records that ship inside ObsPy. They are two local events near Munich on
    2010-05-27 recorded at four stations, the bulletin of an event of 1995-01-16 by the
    International Data Centre, and the ISC bulletin of an earthquake near Spitak, Armenia,
    of 1967-01-30. The events of the bulletins are located again, and held against the
    solutions that stand there.
    """
    from vigie.errors import VigieError
    from vigie.exchange.files import make_folder

    make_folder(output)
    parts = _tour(output) if data is None else _given(data, output)
    told: list[tuple[str, str]] = []
    skipped: list[tuple[str, str]] = []
    with progress("demo", total=len(parts)) as advance:
        for name, part in parts:
            advance(name)
            try:
                told.append((name, part()))
            except VigieError as error:
                skipped.append((name, str(error)))
                note(f"{name} is left out: {error}")
    document = {
        "vigie": {"document": "demo", "version": 1},
        "output": str(output),
        "parts": [{"name": n, "text": t} for n, t in told],
        "skipped": [{"name": n, "reason": r} for n, r in skipped],
    }
    text = "\n\n".join(
        [*(t for _, t in told), f"Open the reports (.html) in {output} in a browser."]
    )
    emit(json_text(document) if as_json else text)
    if not told:
        raise SystemExit(1)


def _given(data: Path, output: Path) -> list[Part]:
    return [(data.name, lambda: _folder(data, output))]


def _tour(output: Path) -> list[Part]:
    from vigie.pipeline.demo import IDC_BULLETIN, ISC_BULLETIN

    munich, idc, spitak = (output / name for name in ("munich-2010", "idc-1995", "spitak-1967"))
    idc_title = "Event of 1995-01-16 in a bulletin of the International Data Centre"
    spitak_title = "Earthquake near Spitak, Armenia, of 1967-01-30, whose place is known to 5 km"
    return [
        (munich.name, lambda: _local(munich)),
        (idc.name, lambda: _relocated(IDC_BULLETIN, "GSE_IDC", idc_title, idc)),
        (spitak.name, lambda: _relocated(ISC_BULLETIN, "IASPEI", spitak_title, spitak)),
    ]


def _folder(data: Path, output: Path) -> str:
    from vigie.earth import load_predictor
    from vigie.exchange import open_intake
    from vigie.pipeline.process import process
    from vigie.pipeline.station_book import open_book

    stations = data / "stations.csv"
    book = open_book([stations] if stations.exists() else [])
    intake = open_intake([str(data)])
    done = process(intake, book, load_predictor("ak135"))
    tell_what_was_left_out(intake, done.detect)
    if not done.detect.runs:
        raise MissingInputError(
            path=str(data), what="a recording", remedy="Name a folder of recordings."
        )
    return f"{data}: {_found(done)}\n{_results(done, book, output)}"


def _local(folder: Path) -> str:
    from vigie.earth import load_predictor
    from vigie.exchange import open_intake
    from vigie.exchange.files import put_file
    from vigie.formats import Contents, format_named
    from vigie.pipeline.demo import local_reference, local_waveforms
    from vigie.pipeline.process import process
    from vigie.pipeline.station_book import StationBook
    from vigie.stations.rebuild import stations_from_bulletin

    book = StationBook()
    book.add(stations_from_bulletin(local_reference()))
    records = folder / "recordings.mseed"
    (data,) = format_named("mseed").write(Contents(waveforms=local_waveforms())).values()
    put_file(records, data)
    done = process(open_intake([str(records)]), book, load_predictor("ak135"), use="local")
    return (
        f"Two local events near Munich, 2010-05-27, from recordings of four stations: "
        f"{_found(done)}\n{_results(done, book, folder)}"
    )


def _found(done: Processed) -> str:
    """Say how many detections there are, and how many of them are of events."""
    n, events = len(done.detect.detections), done.network.bulletin.events
    used = {a.detection_id for e in events if e.origin for a in e.origin.associations}
    heard = sum(d.id in used for d in done.detect.detections)
    return (
        f"{n} detection{'s' if n != 1 else ''}, {heard} of them in "
        f"{len(events)} event{'s' if len(events) != 1 else ''}"
    )


def _results(done: Processed, book: StationBook, folder: Path) -> str:
    """Write what the chain made, and tell it."""
    from vigie.pipeline.process import write_processed
    from vigie.pipeline.reports import write_reports

    _tell_whole(write_processed(done, folder), folder)
    bulletin = done.network.bulletin
    written = write_reports(bulletin, book.inventory, folder, waveforms=done.detect.waveforms)
    return f"{bulletin_text(bulletin)}\n{_where(written)}"


def _relocated(name: str, author: str, title: str, folder: Path) -> str:
    from vigie.earth import load_predictor
    from vigie.formats.vigie_json import events_document
    from vigie.pipeline.demo import relocate
    from vigie.pipeline.reports import write_reports
    from vigie.pipeline.station_book import open_book
    from vigie.pipeline.write import write_bulletin
    from vigie.records import Bulletin

    book = open_book([])
    found = relocate(name, book, load_predictor("ak135"), reference_author=author)
    bulletin = Bulletin(name=title, events=(found.event,))
    document = events_document(bulletin.events, name=title)
    _tell_whole(write_bulletin(bulletin, folder, document), folder)
    written = write_reports(bulletin, book.inventory, folder)
    return f"{title}\n{bulletin_text(bulletin)}\n{_beside(found)}\n{_where(written)}"


def _tell_whole(written: Written, folder: Path) -> None:
    """Say which file has everything, where others have not; a tour needs no list of fields."""
    names = sorted({path.name for path, _, _ in written.losses})
    if names:
        note(
            f"{folder}: {', '.join(names)} cannot hold all that events.json holds "
            "(`vigie convert` names each thing)"
        )


def _beside(found: Relocated) -> str:
    """Say how far the new solution is from that of the bulletin."""
    from vigie.scoring.ellipses import holds

    ours, reference = found.event.origin, found.reference
    inside = None if ours is None else holds(ours, reference.latitude, reference.longitude)
    where = "" if inside is None else f", {'inside' if inside.all() else 'outside'} this ellipse"
    depth_km = reference.depth_km
    deep = "" if depth_km is None else f", {depth_km:.0f} km deep{_fixed(reference)}"
    return (
        f"  The solution of {found.reference_author} in the bulletin lies {found.distance_km:.1f} "
        f"km away{where}; it is {abs(found.time_s):.2f} s "
        f"{'later' if found.time_s < 0.0 else 'earlier'}{deep}."
    )


def _fixed(origin: Origin) -> str:
    return " (fixed)" if origin.depth_fixed else ""


def _where(written: WrittenReports) -> str:
    tell_retired(written.retired)
    lines = [f"  report: {path}" for _, path in written.pages]
    return "\n".join([*lines, *(f"  no report of {e}: {why}" for e, why in written.failed)])
