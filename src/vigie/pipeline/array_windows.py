"""f-k and GLR of an array in windows: waves with their errors, and a figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG, shortest_arc_deg, wrap_azimuth_deg
from vigie.pipeline.array_elements import ArrayElements, elements_of, none_whole, refuse_short
from vigie.pipeline.array_hypotheses import Hypotheses
from vigie.records import Station, Technology, Waveform, format_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

    from vigie.products.figures.drawing import Drawing
    from vigie.signal.array_spectra import Spectra
    from vigie.signal.fk import FkResult
    from vigie.signal.fk_errors import SlownessErrors
    from vigie.signal.fk_params import FkParams  # noqa: TC004 (a type only)
    from vigie.signal.glr import Wave

NAMES = {"fk": "f-k", "capon": "f-k (Capon)", "glr": "waves by GLR"}
SOUND_S_PER_KM = 1.0 / 0.25
"""Largest slowness looked for: of sound along the ground with head wind, and of regional S."""
SEISMIC_S_PER_KM = 40.0 / KM_PER_DEG
NODES = 121
BANDS_HZ = {Technology.INFRASOUND: (0.5, 4.0), Technology.SEISMIC: (1.0, 4.0)}
TIMING_SIGMA_S = {Technology.INFRASOUND: 0.01, Technology.SEISMIC: 0.02}
"""Prior error of an element's time about a plane wave: of seismic arrays that of single signals
(``signal.slowness``); of sound what some metres of height and gusts on the way do."""
PERIODS = 10.0
"""Of the lowest frequency in a window, unless its length is given."""
OVERLAP = 0.75
LONGEST_S = 86400.0 * 2.0
WIDEST_ARC_DEG = 90.0
"""Where elements are in doubt: directions farther apart than this are no direction."""
DIRECTED = 0.98
"""Share of the standard error of no direction from which on a window has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """One search of one array."""

    elements: ArrayElements
    technology: Technology
    method: str
    params: FkParams
    samples: FloatArray
    white: FloatArray

    @property
    def shown(self) -> FloatArray:
        """The records that directions are read from."""
        return self.white if self.method == "glr" else self.samples


def window_view(
    waveforms: Sequence[Waveform],
    station: Station,
    technology: Technology,
    how: tuple[str, tuple[float, float] | None, float | None],
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...], Drawing | None]:
    """Return the waves of each window, notes, and the figure; ``how``: method, band, window.

    Raises
    ------
    ParameterError, ArrayGeometryError
        What cannot be searched so.
    """
    search = _search(waveforms, station, technology, how)
    waves = _waves(search)
    if not waves:
        note = none_whole(station.code, search.params.window_s)
        return (), (*search.elements.notes, note), None
    rows = tuple(row for k, wave in enumerate(waves) for row in _rows(search, wave, k))
    return rows, search.elements.notes, _drawing(search, waves, station, rows)


def _search(
    waveforms: Sequence[Waveform],
    station: Station,
    technology: Technology,
    how: tuple[str, tuple[float, float] | None, float | None],
) -> Search:
    from vigie.signal.fk_params import FkParams, SlownessGrid
    from vigie.signal.whitening import whitened

    method, band_hz, window_s = how
    if technology is Technology.HYDROACOUSTIC:
        raise ParameterError(
            name="method", value=method,
            expected="hydro: three hydrophones 2 km apart are aliased in all bands of sound",
        )  # fmt: skip
    elements = elements_of(waveforms, station, technology)
    data = elements.data
    if data.samples.shape[1] / data.rate_hz > LONGEST_S:
        raise ParameterError(
            name="span", value=f"{data.samples.shape[1] / data.rate_hz:.0f} s",
            expected="two days at most: give --start and --end",
        )  # fmt: skip
    band = band_hz or BANDS_HZ[technology]
    if band[1] > 0.5 * data.rate_hz:
        raise ParameterError(
            name="band", value=f"{band[0]:g}-{band[1]:g} Hz",
            expected=f"up to {0.5 * data.rate_hz:g} Hz, half of {data.rate_hz:g} samples/s",
        )  # fmt: skip
    length_s = window_s or PERIODS / band[0]
    refuse_short(elements, station.code, length_s)
    reach = SOUND_S_PER_KM if technology is Technology.INFRASOUND else SEISMIC_S_PER_KM
    params = FkParams(
        band_hz=band,
        window_s=length_s,
        step_s=(1.0 - OVERLAP) * length_s,
        grid=SlownessGrid(max_s_per_km=reach, nodes=NODES),
        method="capon" if method == "capon" else "bartlett",
    )
    filled = np.where(np.isfinite(data.samples), data.samples, np.nan)
    return Search(elements, technology, method, params, filled, whitened(filled, data.rate_hz))


def _drawing(
    search: Search, waves: list[FkResult], station: Station, rows: Sequence[dict[str, Any]]
) -> Drawing:
    from vigie.products.figures.array_fk import FkPicture, fk_plot, strongest_window
    from vigie.signal.array_spectra import window_spectra
    from vigie.signal.fk import power_map

    data, params, result = search.elements.data, search.params, waves[0]
    first = round(float(result.start_s[strongest_window(result)]) * data.rate_hz)
    cut = search.shown[:, first : first + round(params.window_s * data.rate_hz)]
    spectra = window_spectra(cut, data.rate_hz, params)
    return fk_plot(
        FkPicture(
            station.code,
            search.technology,
            data,
            params,
            result,
            power_map(spectra, data.offsets_km - data.offsets_km.mean(axis=0), params.grid)[0],
            NAMES[search.method] + (", in doubt" if any(row["doubt"] for row in rows) else ""),
            tuple(waves[1:]),
            np.array([_is_directed(row) for row in rows if row["wave"] == 1], dtype=np.bool_),
        )
    )


def _is_directed(row: dict[str, Any]) -> bool:
    """Tell whether a window knows more of its direction than nothing."""
    from vigie.signal.fk_errors import UNKNOWN_DEG

    sigma_deg = row["azimuth_deg_sigma"]
    return sigma_deg is not None and sigma_deg < DIRECTED * UNKNOWN_DEG


def _waves(search: Search) -> list[FkResult]:
    """Return the strongest wave of each window, and of the GLR those behind it."""
    from vigie.pipeline.array_chance import with_own_chance
    from vigie.signal.fk import fk_analysis
    from vigie.signal.glr import GlrParams, find_waves

    data, params = search.elements.data, search.params
    if search.method != "glr":
        result = fk_analysis(search.samples, data.rate_hz, data.offsets_km, params)
        return [with_own_chance(search, result)]
    glr = GlrParams(
        band_hz=params.band_hz, window_s=params.window_s, step_s=params.step_s, grid=params.grid
    )
    return [
        _as_result(wave, len(search.samples))
        for wave in find_waves(search.samples, data.rate_hz, data.offsets_km, glr)
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


def _errors(search: Search, result: FkResult) -> SlownessErrors:
    """Return standard errors of a wave, with the chance that it is noise."""
    from vigie.signal.fk_errors import slowness_errors, with_chance

    spectra = _spectra(search, result)
    slowness = np.stack([result.east_s_per_km, result.north_s_per_km], axis=1)
    prior_s = TIMING_SIGMA_S[search.technology]
    errors = slowness_errors(spectra, search.elements.data.offsets_km, slowness, prior_s)
    return with_chance(errors, result.p_value, search.params.grid.max_s_per_km)


def _spectra(search: Search, result: FkResult) -> Spectra:
    from vigie.signal.array_spectra import window_spectra

    params = replace(search.params, taper_fraction=0.0) if search.method == "glr" else search.params
    rate_hz = search.elements.data.rate_hz
    starts = np.round(result.start_s * rate_hz).astype(np.intp)
    return window_spectra(search.shown, rate_hz, params, starts)


def _rows(search: Search, result: FkResult, order: int) -> Iterator[dict[str, Any]]:
    from vigie.pipeline.array_chance import BESIDE, beside_the_wave

    is_sound = search.technology is Technology.INFRASOUND
    errors = _errors(search, result)
    others = Hypotheses(search.elements, search.shown, search.params)
    beside = beside_the_wave(search, result)
    for k, start_s in enumerate(result.start_s):
        middle_s = float(start_s) + 0.5 * search.params.window_s
        time_ns = add_seconds(search.elements.data.start_ns, middle_s)
        slowness = np.array([result.east_s_per_km[k], result.north_s_per_km[k]])
        sigmas = float(errors.azimuth_deg[k]), float(errors.slowness_s_per_km[k])
        wave = _row(search.elements, slowness, sigmas)
        half_s = 0.5 * search.params.window_s
        span_ns = (add_seconds(time_ns, -half_s), add_seconds(time_ns, half_s))
        doubt, hypotheses = search.elements.doubt_over(span_ns)
        if doubt:
            wave = wave.covering(others.at(float(start_s), () if order else hypotheses))
        if beside[k]:
            wave, doubt = wave.covering(()), "; ".join(w for w in (doubt, BESIDE) if w)
        yield {
            "time": format_iso(time_ns),
            **wave.document(is_sound=is_sound),
            "relative_power": float(result.relative_power[k]),
            "f_statistic": float(result.f_statistic[k]),
            "p_value": float(result.p_value[k]) if np.isfinite(result.p_value[k]) else None,
            "wave": order + 1,
            "elements": int(result.elements[k]),
            "on_edge": bool(result.on_edge[k]),
            "doubt": doubt,
        }


def _row(elements: ArrayElements, slowness: FloatArray, sigmas: tuple[float, float]) -> _Row:
    """Return a wave, corrected for what the heights of elements leave of it."""
    azimuth_sigma_deg, size_sigma = sigmas
    if elements.heights_km is not None and elements.height_sigmas_km is not None:
        from vigie.infrasound.heights import level

        slowness, turned_deg, changed = level(
            slowness,
            elements.data.offsets_km,
            (elements.heights_km, elements.height_sigmas_km),
        )
        azimuth_sigma_deg = float(np.hypot(azimuth_sigma_deg, turned_deg))
        size_sigma = float(np.hypot(size_sigma, changed))
    east, north = slowness
    azimuth_deg = float(wrap_azimuth_deg(np.degrees(np.arctan2(-east, -north))))
    return _Row(azimuth_deg, azimuth_sigma_deg, float(np.hypot(east, north)), size_sigma)


@dataclass(frozen=True, slots=True)
class _Row:
    """Direction and slowness of a window's wave; NaN where they are not known."""

    azimuth_deg: float
    azimuth_sigma_deg: float
    size_s_per_km: float
    size_sigma_s_per_km: float

    def covering(self, others: Sequence[tuple[float, float]]) -> _Row:
        """Return what holds the waves under other hypotheses too; nothing where there is none."""
        middle, half = shortest_arc_deg([self.azimuth_deg, *(a for a, _ in others)])
        if not others or 2.0 * half > WIDEST_ARC_DEG:
            return _Row(np.nan, np.nan, np.nan, np.nan)
        sizes = [self.size_s_per_km, *(s for _, s in others)]
        low, high = min(sizes), max(sizes)
        return _Row(
            middle,
            float(np.hypot(half, self.azimuth_sigma_deg)),
            0.5 * (low + high),
            float(np.hypot(0.5 * (high - low), self.size_sigma_s_per_km)),
        )

    def document(self, *, is_sound: bool) -> dict[str, float | None]:
        """Return what the document says of the wave."""
        size, sigma = self.size_s_per_km, self.size_sigma_s_per_km
        speed = 1e3 / size if is_sound and size > 0.0 else np.nan
        found = {
            "azimuth_deg": self.azimuth_deg,
            "azimuth_deg_sigma": self.azimuth_sigma_deg,
            "slowness_s_per_deg": size * KM_PER_DEG,
            "slowness_s_per_deg_sigma": sigma * KM_PER_DEG,
            "trace_velocity_m_s": speed,
            "trace_velocity_m_s_sigma": speed * sigma / size if speed > 0.0 else np.nan,
        }
        return {name: value if np.isfinite(value) else None for name, value in found.items()}
