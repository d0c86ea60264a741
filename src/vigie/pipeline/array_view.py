"""A look at an array: PMCC, or f-k or GLR of a band in windows, of each array of the sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vigie.errors import ParameterError, VigieError
from vigie.pipeline.detect import stations_of
from vigie.pipeline.technologies import technology_at
from vigie.products.figures.drawing import Drawing
from vigie.records import Detection, LateArrival, Station, Technology, Waveform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.exchange import Intake
    from vigie.pipeline.station_book import StationBook

METHODS = ("pmcc", "fk", "capon", "glr", "hydro")
DEFAULTS = {
    Technology.INFRASOUND: "pmcc",
    Technology.HYDROACOUSTIC: "hydro",
    Technology.SEISMIC: "fk",
}
MOST_PANELS = 12
"""Figures of single signals at hydrophones: of those that stand out most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayOptions:
    """What is looked at, and how."""

    method: str = ""
    """Of ``METHODS``; empty: PMCC for infrasound, f-k for seismic arrays, for a triplet of
    hydrophones its signals."""
    band_hz: tuple[float, float] | None = None
    """Of the f-k."""
    window_s: float | None = None
    """Of the f-k."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrayView:
    """What an array showed."""

    station: str
    technology: Technology
    method: str
    detections: tuple[Detection, ...]
    """Of PMCC, or of hydrophones."""
    windows: tuple[dict[str, Any], ...]
    """Of the f-k or the GLR: time, azimuth, slowness, their errors, F and p of each window, or wave
    in one."""
    notes: tuple[str, ...]
    drawings: tuple[Drawing, ...]
    late: tuple[LateArrival, ...] = ()
    """Sound from elsewhere after a detection at hydrophones; no detections."""


@dataclass(slots=True, eq=False)
class ArrayRun:
    """The views of all arrays, and why others could not be looked at."""

    views: list[ArrayView]
    failed: list[tuple[str, str]]
    """Station and reason."""
    single: list[str]
    """Stations that are no arrays, or whose elements have no positions."""


def view_arrays(intake: Intake, book: StationBook, options: ArrayOptions) -> ArrayRun:
    """Look at every array of the sources; one that fails is noted, and the others go on."""
    run = ArrayRun([], [], [])
    for code, waveforms, station in stations_of(intake, book, join=True):
        if station is None or not station.is_array:
            if code not in run.single:
                run.single.append(code)
            continue
        try:
            run.views.append(_view(waveforms, station, options))
        except VigieError as error:
            run.failed.append((code, str(error)))
    return run


def _view(waveforms: Sequence[Waveform], station: Station, options: ArrayOptions) -> ArrayView:
    technology = technology_at(waveforms, station)
    method = options.method or DEFAULTS[technology]
    if method == "hydro":
        return _hydro_view(waveforms, station, technology)
    if method == "pmcc":
        return _pmcc_view(waveforms, station, technology)
    return _fk_view(waveforms, station, technology, (method, options))


def _pmcc_view(
    waveforms: Sequence[Waveform], station: Station, technology: Technology
) -> ArrayView:
    from vigie.infrasound import process_array
    from vigie.products.figures.array_pixels import pixel_plot

    if technology is not Technology.INFRASOUND:
        other = "hydro" if technology is Technology.HYDROACOUSTIC else "fk, capon or glr"
        raise ParameterError(
            name="method",
            value="pmcc",
            expected=f"{other}: {station.code} is no infrasound array",
        )
    done = process_array(waveforms, station)
    drawing = None
    if done.pixels is not None:
        drawing = pixel_plot(
            done.pixels, done.families, station=station.code, start_ns=done.start_ns
        )
    drawings = (drawing,) if drawing else ()
    return ArrayView(station.code, technology, "pmcc", done.detections, (), done.notes, drawings)


def _hydro_view(
    waveforms: Sequence[Waveform], station: Station, technology: Technology
) -> ArrayView:
    from vigie.hydroacoustic import process_hydrophones
    from vigie.products.figures.hydro_panel import hydro_panel
    from vigie.products.figures.hydro_tracks import track_plot

    if technology is not Technology.HYDROACOUSTIC:
        raise ParameterError(
            name="method", value="hydro",
            expected=f"pmcc, fk, capon or glr: {station.code} has no hydrophones",
        )  # fmt: skip
    done = process_hydrophones(waveforms, station, looks=True)
    tracks = track_plot(done.detections, done.tracks, done.late, station=station.code)
    loudest = sorted(done.looks, key=lambda k: -(k.detection.snr or 0.0))[:MOST_PANELS]
    panels = [hydro_panel(k) for k in sorted(loudest, key=lambda k: k.detection.time_ns)]
    notes = done.notes
    if len(done.looks) > MOST_PANELS:
        notes = (*notes, f"figures of the {MOST_PANELS} signals that stand out most")
    return ArrayView(
        station.code,
        technology,
        "hydro",
        done.detections,
        (),
        notes,
        ((tracks,) if tracks else ()) + tuple(panels),
        done.late,
    )


def _fk_view(
    waveforms: Sequence[Waveform],
    station: Station,
    technology: Technology,
    how: tuple[str, ArrayOptions],
) -> ArrayView:
    from vigie.pipeline.array_windows import window_view

    method, options = how
    windows, notes, drawing = window_view(
        waveforms, station, technology, (method, options.band_hz, options.window_s)
    )
    drawings = (drawing,) if drawing else ()
    return ArrayView(station.code, technology, method, (), windows, notes, drawings)
