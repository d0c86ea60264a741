"""A look at an array: PMCC, or f-k or GLR of a band in windows, of each array of the sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import ParameterError, VigieError
from vigie.geodesy import KM_PER_DEG
from vigie.pipeline.detect import stations_of
from vigie.pipeline.technologies import technology_at
from vigie.products.figures.drawing import Drawing
from vigie.records import Detection, LateArrival, Station, Technology, Waveform, format_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

    from vigie.exchange import Intake
    from vigie.pipeline.station_book import StationBook
    from vigie.signal.elements import ElementData
    from vigie.signal.fk import FkResult
    from vigie.signal.fk_params import FkParams
    from vigie.signal.glr import Wave

METHODS = ("pmcc", "fk", "capon", "glr", "hydro")
NAMES = {"fk": "f-k", "capon": "f-k (Capon)", "glr": "waves by GLR"}
SOUND_S_PER_KM = 1.0 / 0.25
"""Largest slowness looked for: of sound along the ground with head wind, and of regional S."""
SEISMIC_S_PER_KM = 40.0 / KM_PER_DEG
DEFAULTS = {
    Technology.INFRASOUND: "pmcc",
    Technology.HYDROACOUSTIC: "hydro",
    Technology.SEISMIC: "fk",
}
MOST_PANELS = 12
"""Figures of single signals at hydrophones: of those that stand out most."""
NODES = 121
MIN_ELEMENTS = 3
BANDS_HZ = {Technology.INFRASOUND: (0.5, 4.0), Technology.SEISMIC: (1.0, 4.0)}
PERIODS = 10.0
"""Of the lowest frequency in a window, unless its length is given."""
OVERLAP = 0.75
LONGEST_S = 86400.0 * 2.0


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
    """Of the f-k or the GLR: time, azimuth, slowness, F and p of each window, or wave in one."""
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
    from vigie.products.figures.array_fk import FkPicture, fk_plot, strongest_window
    from vigie.signal.array_spectra import window_spectra
    from vigie.signal.fk import power_map
    from vigie.signal.fk_params import FkParams, SlownessGrid
    from vigie.signal.whitening import whitened

    method, options = how
    if technology is Technology.HYDROACOUSTIC:
        raise ParameterError(
            name="method", value=method,
            expected="hydro: three hydrophones 2 km apart are aliased in all bands of sound",
        )  # fmt: skip
    data = _elements(waveforms, station, technology)
    if data.samples.shape[1] / data.rate_hz > LONGEST_S:
        raise ParameterError(
            name="span", value=f"{data.samples.shape[1] / data.rate_hz:.0f} s",
            expected="two days at most: give --start and --end",
        )  # fmt: skip
    band = options.band_hz or BANDS_HZ[technology]
    if band[1] > 0.5 * data.rate_hz:
        raise ParameterError(
            name="band", value=f"{band[0]:g}-{band[1]:g} Hz",
            expected=f"up to {0.5 * data.rate_hz:g} Hz, half of {data.rate_hz:g} samples/s",
        )  # fmt: skip
    window_s = options.window_s or PERIODS / band[0]
    reach = SOUND_S_PER_KM if technology is Technology.INFRASOUND else SEISMIC_S_PER_KM
    params = FkParams(
        band_hz=band,
        window_s=window_s,
        step_s=(1.0 - OVERLAP) * window_s,
        grid=SlownessGrid(max_s_per_km=reach, nodes=NODES),
        method="capon" if method == "capon" else "bartlett",
    )
    filled = np.where(np.isfinite(data.samples), data.samples, np.nan)
    white = whitened(filled, data.rate_hz)
    waves = _waves(filled, white, data, (method, params))
    result = waves[0]
    if not len(result.start_s):
        raise ParameterError(
            name="window", value=f"{window_s:g} s", expected="shorter than the recordings"
        )
    best = strongest_window(result)
    first = round(float(result.start_s[best]) * data.rate_hz)
    shown = white if method == "glr" else filled
    cut = shown[:, first : first + round(window_s * data.rate_hz)]
    spectra = window_spectra(cut, data.rate_hz, params)
    picture = FkPicture(
        station.code,
        technology,
        data,
        params,
        result,
        power_map(spectra, data.offsets_km - data.offsets_km.mean(axis=0), params.grid)[0],
        NAMES[method],
        tuple(waves[1:]),
    )
    windows = tuple(
        row
        for k, wave in enumerate(waves)
        for row in _rows(wave, data.start_ns, window_s, (technology, k))
    )
    drawing = fk_plot(picture)
    return ArrayView(station.code, technology, method, (), windows, (), (drawing,))


def _waves(
    samples: FloatArray, white: FloatArray, data: ElementData, how: tuple[str, FkParams]
) -> list[FkResult]:
    """Return the strongest wave of each window, and of the GLR those behind it.

    The chance that noise makes a maximum is that of the whitened records: in coloured noise the
    law of F does not hold, and most windows would seem coherent.
    """
    from vigie.signal.fk import fk_analysis
    from vigie.signal.glr import GlrParams, find_waves

    method, params = how
    if method != "glr":
        result = fk_analysis(samples, data.rate_hz, data.offsets_km, params)
        by_noise = replace(params, method="bartlett", taper_fraction=0.0)
        law = fk_analysis(white, data.rate_hz, data.offsets_km, by_noise)
        known = law.elements >= MIN_ELEMENTS
        return [replace(result, p_value=np.where(known, law.p_value, np.nan))]
    glr = GlrParams(
        band_hz=params.band_hz, window_s=params.window_s, step_s=params.step_s, grid=params.grid
    )
    return [
        _as_result(wave, len(samples))
        for wave in find_waves(samples, data.rate_hz, data.offsets_km, glr)
        if wave.order == 0 or (wave.p_value <= glr.max_p_value).any()
    ]


def _as_result(wave: Wave, elements: int) -> FkResult:
    """Return the windows of a wave; of those behind the first only what noise does not make."""
    from vigie.signal.fk import FkResult
    from vigie.signal.glr import GlrParams

    kept = (wave.p_value <= GlrParams().max_p_value) | (wave.order == 0)
    # Each wave that was taken out took one element's worth of noise with it.
    spare = elements - wave.order - 1
    f_value = wave.f_statistic[kept]
    return FkResult(
        wave.start_s[kept],
        wave.east_s_per_km[kept],
        wave.north_s_per_km[kept],
        f_value / (f_value + spare),
        f_value,
        wave.p_value[kept],
        np.full(int(kept.sum()), elements, dtype=np.intp),
        wave.on_edge[kept],
    )


def _elements(
    waveforms: Sequence[Waveform], station: Station, technology: Technology
) -> ElementData:
    from vigie.signal.elements import element_data

    if technology is Technology.INFRASOUND:
        from vigie.infrasound.array import sound_array
        from vigie.signal.quality import QualityParams

        array, _ = sound_array(waveforms, station, QualityParams())
        pairs = [
            (run, offset)
            for e, offset in zip(array.elements, array.offsets_km, strict=True)
            for run in e.runs
        ]
        return element_data([r for r, _ in pairs], np.array([o for _, o in pairs]))
    from vigie.seismic.arrays import array_of
    from vigie.seismic.conditioning import condition
    from vigie.signal.quality import QualityParams

    setup = array_of(station, condition(waveforms, station, QualityParams()))
    if setup is None:
        raise ParameterError(
            name="station",
            value=station.code,
            expected="vertical recordings of three elements or more",
        )
    return element_data(*setup.runs())


def _rows(
    result: FkResult, start_ns: int, window_s: float, what: tuple[Technology, int]
) -> Iterator[dict[str, Any]]:
    technology, order = what
    is_sound = technology is Technology.INFRASOUND
    for k, start_s in enumerate(result.start_s):
        slowness = float(result.slowness_s_per_deg[k])
        yield {
            "time": format_iso(add_seconds(start_ns, float(start_s) + 0.5 * window_s)),
            "azimuth_deg": float(result.azimuth_deg[k]),
            "slowness_s_per_deg": slowness,
            "trace_velocity_m_s": 1e3 * KM_PER_DEG / slowness if is_sound and slowness else None,
            "relative_power": float(result.relative_power[k]),
            "f_statistic": float(result.f_statistic[k]),
            "p_value": float(result.p_value[k]) if np.isfinite(result.p_value[k]) else None,
            "wave": order + 1,
            "elements": int(result.elements[k]),
            "on_edge": bool(result.on_edge[k]),
        }
