"""``vigie detect``: recordings in, detections out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vigie.cli.charges import charge_rows
from vigie.cli.common import (
    beside_option,
    emit,
    json_option,
    json_text,
    keep_inputs,
    no_folders,
    open_stations,
    progress,
    stations_option,
    tell_losses,
)
from vigie.cli.sources import (
    selection_of,
    source_options,
    tell_what_was_left_out,
)
from vigie.products.numbers import with_error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vigie.records import Detection, LateArrival
    from vigie.seismic.recipe import Use
    from vigie.seismic.station_groups import StationOrigin


@click.command("detect")
@source_options
@stations_option
@json_option
@beside_option
def detect_command(  # noqa: PLR0913 — one argument per option
    *,
    sources: tuple[str, ...],
    start_ns: int | None,
    end_ns: int | None,
    channels: tuple[str, ...],
    use: Use,
    station_files: tuple[Path, ...],
    as_json: bool,
    output: Path | None,
) -> None:
    """Find signals in the recordings of each SOURCE.

    A SOURCE is a file, a folder, an SDS archive or the address of an FDSN web service
    (https://host?network=..&station=..&channel=..). With -o, the name tells the format
    of the arrival list (x.json, x.csv, x.isf ...). What cannot be read is named, and the
    rest goes on; the exit status is 1 if a SOURCE does not exist or nothing is left.
    """
    from vigie.earth import load_predictor
    from vigie.exchange import open_intake
    from vigie.formats.vigie_json import detections_document
    from vigie.pipeline.detect import detect_all
    from vigie.pipeline.process import left_out
    from vigie.pipeline.single_stations import single_station_item, single_stations
    from vigie.pipeline.write import check_name, write_named
    from vigie.records import Bulletin

    keep_inputs(output, *no_folders((*sources, *station_files)))
    if output is not None:
        check_name(output)
    intake = open_intake(sources, selection_of(start_ns, end_ns, channels))
    book = open_stations(station_files)
    with progress("station processing", total=0) as advance:
        run = detect_all(intake, book, use, report=advance)
    tell_what_was_left_out(intake, run)
    alone = single_stations(run, book, load_predictor)
    extra = {"single_station": [single_station_item(o) for o in alone], **left_out(intake, run)}
    document = detections_document(run.detections, extra=extra)
    if output is not None:
        found = Bulletin(detections=run.detections)
        inputs = {*intake.inputs, *book.files}
        tell_losses(write_named(found, output, document, inputs=inputs))
    if as_json:
        emit(json_text(document))
    else:
        rows = [
            *_remark_rows(run.detections),
            *alone_rows(alone),
            *charge_rows(run.detections),
            *_late_rows(run.late),
        ]
        emit("\n".join([_table(run.detections), *rows]))
    if not run.runs or intake.absent:
        raise SystemExit(1)


def _table(detections: Sequence[Detection]) -> str:
    from vigie.records import format_iso

    lines = [
        (
            f"{'time':<24} {'+-s':>5} {'station':<7} {'phase':<6} {'SNR':>7} {'Hz':>5} "
            f"{'azimuth':>13} {'s/deg':>13} {'nm':>10} {'T s':>5}"
        )
    ]
    lines += [
        f"{format_iso(d.time_ns, digits=3):<24} {_n(d.time_sigma_s, '5.2f')} {d.station:<7} "
        f"{d.phase or '-':<6} {_n(d.snr, '7.1f')} {_n(d.freq_hz, '5.1f')} "
        f"{with_error(d.azimuth_deg, d.azimuth_deg_sigma, 1):>13} "
        f"{with_error(d.slowness_s_per_deg, d.slowness_s_per_deg_sigma, 1):>13} "
        f"{_n(d.amplitude_nm, '10.2f')} {_n(d.period_s, '5.2f')}"
        for d in detections
    ]
    return "\n".join([*lines, f"{len(detections)} detections"])


def alone_rows(alone: Sequence[StationOrigin]) -> list[str]:
    """Return a line of each event that one station sees; nothing where there are none."""
    from vigie.pipeline.single_stations import single_station_line

    if not alone:
        return []
    return ["", "Single stations (P, its azimuth and S):", *map(single_station_line, alone)]


def _remark_rows(detections: Sequence[Detection]) -> list[str]:
    """Return a line of each remark on a detection; nothing where there are none."""
    from vigie.records import format_iso

    rows = [
        f"{format_iso(d.time_ns, digits=3):<24} {d.station:<7} {remark}"
        for d in detections
        for remark in d.remarks
    ]
    return ["", "Remarks:", *rows] if rows else []


def _late_rows(late: Sequence[LateArrival]) -> list[str]:
    """Return a table of late arrivals; nothing where there are none."""
    from vigie.records import format_iso

    if not late:
        return []
    rows = [
        f"{format_iso(a.time_ns, digits=3):<24} {a.station:<7} "
        f"{with_error(a.azimuth_deg, a.azimuth_deg_sigma, 1):>13} {a.trace_velocity_m_s:6.0f} "
        f"{a.band_hz[0]:5.1f}-{a.band_hz[1]:<5.1f} {a.detection_id}"
        + (f" (also detected: {a.detected_as})" if a.detected_as else "")
        for a in late
    ]
    head = f"{'time':<24} {'station':<7} {'azimuth':>13} {'m/s':>6} {'Hz':>11} after"
    return ["", "Late arrivals from other directions (no detections):", head, *rows]


def _n(value: float | None, form: str) -> str:
    width = int(form.split(".")[0])
    return "-".rjust(width) if value is None else format(value, form)
