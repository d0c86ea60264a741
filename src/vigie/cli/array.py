"""``vigie array``: what an array shows in a span of time, as a figure and a table."""

from __future__ import annotations

import math
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.charges import charge_rows
from vigie.cli.common import (
    FiniteRange,
    emit,
    json_option,
    json_text,
    keep_inputs,
    note,
    open_stations,
    refuse_kind,
    stations_option,
)
from vigie.cli.sources import TimeType, selection_of, tell_issues_of

if TYPE_CHECKING:
    from vigie.pipeline.array_view import ArrayView

MOST_ROWS = 40
"""So many windows are printed; --json has all."""


@click.command("array")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--start", "start_ns", type=TimeType(), help="Use only data from then on.")
@click.option("--end", "end_ns", type=TimeType(), help="Use only data before then.")
@click.option(
    "--channels",
    multiple=True,
    metavar="NET.STA.LOC.CHA",
    help="Use only these channels; * and ? stand for any letters.",
)
@click.option(
    "--method",
    type=click.Choice(["pmcc", "fk", "capon", "glr", "hydro"]),
    help="Default: pmcc for infrasound, hydro (signals) for hydrophones, fk for seismic arrays. "
    "glr also finds waves that overlap.",
)
@click.option(
    "--band",
    type=FiniteRange(min=0.0, min_open=True),
    nargs=2,
    metavar="LOW HIGH",
    help="Band of the f-k, Hz. [default: 0.5 4 for infrasound, 1 4 for seismic arrays]",
)
@click.option(
    "--window",
    "window_s",
    type=FiniteRange(min=0.0, min_open=True),
    metavar="SECONDS",
    help="Window of the f-k. [default: ten periods of LOW]",
)
@stations_option
@json_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Figure (.png or .svg), or a folder for several.",
)
def array_command(  # noqa: PLR0913 — one argument per option
    *,
    sources: tuple[str, ...],
    start_ns: int | None,
    end_ns: int | None,
    channels: tuple[str, ...],
    method: str | None,
    band: tuple[float, float] | None,
    window_s: float | None,
    station_files: tuple[Path, ...],
    as_json: bool,
    output: Path | None,
) -> None:
    """Look at the arrays in the recordings of each SOURCE: signals, or f-k in sliding windows.

    A SOURCE is a file, a folder, an SDS archive or the address of an FDSN web service.
    With -o the figures are written: pixels of time and frequency by azimuth and speed (PMCC);
    direction, slowness, coherence, beam and the strongest window's map (f-k); at hydrophones
    azimuth over time, and of each signal pressure, octaves, class and cepstrum.
    """
    from vigie.exchange import open_intake
    from vigie.pipeline.array_view import ArrayOptions, view_arrays

    if band is not None and band[1] <= band[0]:
        raise click.UsageError("--band needs LOW below HIGH.")
    refuse_kind(output)
    keep_inputs(output, *sources, *station_files)
    intake = open_intake(sources, selection_of(start_ns, end_ns, channels))
    book = open_stations(station_files)
    options = ArrayOptions(method=method or "", band_hz=band, window_s=window_s)
    run = view_arrays(intake, book, options)
    tell_issues_of(intake)
    for station, reason in run.failed:
        note(f"station {station}: {reason}")
    if run.single:
        note(
            f"no arrays of three sites or more with known positions: {', '.join(run.single)} "
            "(--stations gives positions)"
        )
    for view in run.views:
        for text in view.notes:
            note(text if text.startswith(view.station) else f"{view.station}: {text}")
    if output is not None:
        for path in _save(run.views, output):
            note(f"wrote {path}")
    emit(json_text(_document(run.views, run.failed)) if as_json else _table(run.views))
    if not run.views or intake.absent:
        raise SystemExit(1)


def _save(views: list[ArrayView], output: Path) -> list[Path]:
    from vigie.exchange.files import make_folder, put_file

    drawn = [(v.station, drawing) for v in views for drawing in v.drawings]
    command = shlex.join(["vigie", *sys.argv[1:]])
    if output.suffix.lower() in {".png", ".svg"} and len(drawn) == 1:
        put_file(output, drawn[0][1].encoded(output.suffix.lower(), command=command))
        return [output]
    folder = output.with_suffix("") if output.suffix.lower() in {".png", ".svg"} else output
    suffix = output.suffix.lower() if output.suffix.lower() in {".png", ".svg"} else ".png"
    if not drawn:
        return []
    make_folder(folder)
    paths = [folder / f"{station}_{drawing.name}{suffix}" for station, drawing in drawn]
    for path, (_, drawing) in zip(paths, drawn, strict=True):
        put_file(path, drawing.encoded(suffix, command=command))
    return paths


def _document(views: list[ArrayView], failed: list[tuple[str, str]]) -> dict[str, Any]:
    from vigie.formats.vigie_json import detections_document
    from vigie.pipeline.process import late_item

    return {
        "vigie": {"document": "array", "version": 1},
        "arrays": [
            {
                "station": v.station,
                "technology": v.technology.value,
                "method": v.method,
                "detections": detections_document(v.detections)["detections"],
                "windows": list(v.windows),
                "late_arrivals": [late_item(a) for a in v.late],
                "notes": list(v.notes),
            }
            for v in views
        ],
        "failed": [{"station": s, "reason": r} for s, r in failed],
    }


def _table(views: list[ArrayView]) -> str:
    lines: list[str] = []
    for view in views:
        if view.method == "pmcc":
            lines += _family_rows(view)
        elif view.method == "hydro":
            lines += _signal_rows(view)
        else:
            lines += _window_rows(view)
    return "\n".join(lines) if lines else "no array"


def _family_rows(view: ArrayView) -> list[str]:
    from vigie.records import format_iso

    head = (
        f"{view.station}: {len(view.detections)} families\n"
        f"{'time':<20} {'':1} {'azimuth':>12} {'m/s':>10} {'Hz':>11} {'s':>6} {'pixels':>6} "
        f"{'elements':>8} {'p':>8}"
    )
    rows = [
        f"{format_iso(d.time_ns)[:19]:<20} {d.phase or '-':1} "
        f"{d.azimuth_deg or 0.0:6.1f}+-{d.azimuth_deg_sigma or 0.0:4.1f} "
        f"{d.trace_velocity_m_s or 0.0:5.0f}+-{d.trace_velocity_m_s_sigma or 0.0:3.0f} "
        f"{_band(d.band_hz):>11} {d.duration_s or 0.0:6.0f} {d.family_size or 0:6d} "
        f"{len(d.elements):8d} {d.p_value or 0.0:8.0e}"
        for d in view.detections
    ]
    return [head, *rows]


def _signal_rows(view: ArrayView) -> list[str]:
    from vigie.records import format_iso

    head = (
        f"{view.station}: {len(view.detections)} signals, {len(view.late)} late arrivals\n"
        f"{'time':<24} {'':4} {'chances H/T/N':>15} {'azimuth':>12} {'m/s':>10} {'dB':>4} "
        f"{'bubble s':>16} {'ghost s':>16}"
    )
    rows = [
        f"{format_iso(d.time_ns, digits=3):<24} {d.phase or '-':4} "
        f"{' '.join(f'{p:.2f}' for _, p in d.class_probabilities or ()):>15} "
        f"{_pair(d.azimuth_deg, d.azimuth_deg_sigma, 1):>12} "
        f"{_pair(d.trace_velocity_m_s, d.trace_velocity_m_s_sigma, 0):>10} "
        f"{20.0 * math.log10(max(d.snr or 1.0, 1e-3)):4.0f} "
        f"{_pair(d.bubble_period_s, d.bubble_period_s_sigma, 4):>16} "
        f"{_pair(d.ghost_delay_s, d.ghost_delay_s_sigma, 4):>16}"
        for d in view.detections
    ]
    rows += [
        f"{format_iso(a.time_ns, digits=3):<24} late {'':>15} "
        f"{_pair(a.azimuth_deg, a.azimuth_deg_sigma, 1):>12} "
        f"{_pair(a.trace_velocity_m_s, a.trace_velocity_m_s_sigma, 0):>10}      "
        f"after {a.detection_id}"
        for a in view.late
    ]
    return [head, *rows, *charge_rows(view.detections)]


def _pair(value: float | None, sigma: float | None, digits: int) -> str:
    if value is None:
        return "-"
    return f"{value:.{digits}f}" + ("" if sigma is None else f"+-{sigma:.{digits}f}")


def _doubt(window: dict[str, Any]) -> tuple[float, float]:
    p_value = window["p_value"]
    return (2.0 if p_value is None else float(p_value), -float(window["f_statistic"]))


def _chance(p_value: float | None) -> str:
    return f"{'-':>8}" if p_value is None else f"{p_value:8.0e}"


def _band(band_hz: tuple[float, float] | None) -> str:
    return "-" if band_hz is None else f"{band_hz[0]:.2f}-{band_hz[1]:.2f}"


def _window_rows(view: ArrayView) -> list[str]:
    surest = sorted(view.windows, key=_doubt)[:MOST_ROWS]
    kept = sorted(surest, key=lambda w: (str(w["time"]), w["wave"]))
    is_sound = any(w["trace_velocity_m_s"] for w in view.windows)
    unit = "m/s" if is_sound else "s/deg"
    size = "trace_velocity_m_s" if is_sound else "slowness_s_per_deg"
    head = (
        f"{view.station}: {len(view.windows)} windows, the {len(kept)} strongest\n"
        f"{'time':<20} {'azimuth':>13} {unit:>12} {'F':>7} {'p':>8} {'elements':>8}"
    )
    rows = [
        f"{str(w['time'])[:19]:<20} {_pair(w['azimuth_deg'], w['azimuth_deg_sigma'], 1):>13} "
        f"{_pair(w[size], w[size + '_sigma'], 1):>12} "
        f"{w['f_statistic']:7.1f} {_chance(w['p_value'])} {w['elements']:8d}"
        f"{'' if w['wave'] == 1 else '  wave {}'.format(w['wave'])}"
        f"{'  at the edge' if w['on_edge'] else ''}"
        f"{'  in doubt' if w['doubt'] else ''}"
        for w in kept
    ]
    return [head, *rows]
