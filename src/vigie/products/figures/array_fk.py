"""The f-k of an array: direction, slowness and coherence over time, the strongest window's map.

Azimuth in cyclic colours as in the pixel plot; windows that noise would make, or whose direction
is not known, are pale. The beam is aligned by the slowness of the strongest window, with its
spectrogram below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG
from vigie.products.figures import style
from vigie.products.figures.array_pixels import clock_ticks
from vigie.products.figures.drawing import Drawing, canvas
from vigie.records import Technology, format_iso
from vigie.records.time import add_seconds
from vigie.signal.elements import ElementData
from vigie.signal.fk import FkResult
from vigie.signal.fk_params import FkParams

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]

SPEEDS_M_S = (200.0, 600.0)
"""Sound and a margin; what seems faster or slower is noise."""
SURE = 1e-3
"""Windows of a larger p-value are pale."""
COLUMNS = 1500
"""Samples of the beam are reduced to the extremes of so many columns."""


@dataclass(frozen=True, slots=True, eq=False)
class FkPicture:
    """What is drawn."""

    station: str
    technology: Technology
    data: ElementData
    params: FkParams
    result: FkResult
    power: FloatArray
    """Relative power of the strongest window, shape (east, north)."""
    name: str = "f-k"
    behind: tuple[FkResult, ...] = ()
    """Waves behind the strongest of a window."""
    directed: NDArray[np.bool_] | None = None
    """Windows whose direction is known; all where not given."""


def fk_plot(picture: FkPicture) -> Drawing:
    """Draw an f-k analysis."""
    from matplotlib.ticker import LogLocator

    result, params = picture.result, picture.params
    best = strongest_window(result)
    middle_s = result.start_s + 0.5 * params.window_s
    sure = result.p_value < SURE
    if picture.directed is not None:
        sure &= picture.directed
    with canvas(9.0, 7.2) as figure:
        grid = figure.add_gridspec(5, 2, width_ratios=(1.9, 1.0))
        rows: list[Axes] = []
        for k in range(5):
            rows.append(figure.add_subplot(grid[k, 0], sharex=rows[0] if rows else None))
        square = figure.add_subplot(grid[:3, 1])
        elements = figure.add_subplot(grid[3:, 1])
        colours = {"c": result.azimuth_deg, "cmap": style.cyclic(), "vmin": 0.0, "vmax": 360.0}
        low, high = params.band_hz
        title = f"{picture.station}: {picture.name}, {low:g}\N{EN DASH}{high:g} Hz"
        rows[0].set_title(title, pad=8.0)
        style.aside(rows[0], _legend(picture))
        _scatter(rows[0], middle_s, result.azimuth_deg, sure, colours)
        rows[0].set_ylabel("Azimuth, \N{DEGREE SIGN}")
        rows[0].set_ylim(0.0, 360.0)
        rows[0].set_yticks([0, 90, 180, 270, 360])
        _scatter(rows[1], middle_s, _speed(picture, result), sure, colours)
        rows[1].set_ylabel(_speed_label(picture))
        if picture.technology is Technology.INFRASOUND:
            rows[1].set_ylim(SPEEDS_M_S)
        _scatter(rows[2], middle_s, result.f_statistic, sure, colours)
        rows[2].set_yscale("log")
        rows[2].yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        rows[2].yaxis.set_major_formatter("{x:g}")
        rows[2].minorticks_off()
        rows[2].set_ylabel("Fisher ratio")
        for wave in picture.behind:
            _hollow(rows, picture, wave)
        beam = _beam(picture, best)
        _draw_beam(rows[3], beam, picture.data.rate_hz)
        _spectrogram(rows[4], beam, picture.data.rate_hz, high)
        _time_axis(rows, middle_s, picture)
        _map(square, picture, best)
        _places(elements, picture.data.offsets_km)
    return Drawing("fk", f"{picture.station}: {picture.name}", _words(picture, best), figure)


def strongest_window(result: FkResult) -> int:
    """Return the window of largest F, of those that noise does not make if there are any."""
    sure = result.p_value < SURE
    return int(np.argmax(np.where(sure | ~sure.any(), result.f_statistic, 0.0)))


def _scatter(
    axes: Axes, time_s: FloatArray, values: FloatArray, sure: NDArray[np.bool_],
    colours: dict[str, Any],
) -> None:  # fmt: skip
    for rows, alpha, size in ((~sure, 0.2, 6.0), (sure, 1.0, 14.0)):
        some = {**colours, "c": colours["c"][rows]}
        axes.scatter(time_s[rows], values[rows], s=size, alpha=alpha, linewidths=0.0, **some)


def _legend(picture: FkPicture) -> str:
    told = f"pale: p > {SURE:g}, or no direction"
    return f"{told}, rings: waves behind" if picture.behind else told


def _hollow(rows: list[Axes], picture: FkPicture, wave: FkResult) -> None:
    """Draw waves behind the strongest as rings."""
    middle_s = wave.start_s + 0.5 * picture.params.window_s
    colours = style.cyclic()(wave.azimuth_deg / 360.0)
    edges = [tuple(c) for c in colours.tolist()]
    drawn = (wave.azimuth_deg, _speed(picture, wave), wave.f_statistic)
    for axes, values in zip(rows, drawn, strict=False):
        axes.scatter(
            middle_s,
            values,
            s=16.0,
            marker="o",
            facecolors="none",
            edgecolors=edges,
            linewidths=0.8,
        )


def _speed(picture: FkPicture, result: FkResult) -> FloatArray:
    slowness = result.slowness_s_per_deg
    if picture.technology is Technology.INFRASOUND:
        return np.asarray(1e3 * KM_PER_DEG / np.maximum(slowness, 1e-6))
    return slowness


def _speed_label(picture: FkPicture) -> str:
    is_sound = picture.technology is Technology.INFRASOUND
    return "Speed, m/s" if is_sound else "Slowness, s/\N{DEGREE SIGN}"


def _beam(picture: FkPicture, best: int) -> FloatArray:
    """Return the filtered beam along the strongest window's slowness, NaN where unknown."""
    from vigie.signal.filters import BandPass, filter_zero_phase

    data, result = picture.data, picture.result
    slowness = np.array([result.east_s_per_km[best], result.north_s_per_km[best]])
    shifts = np.round((data.offsets_km - data.offsets_km.mean(axis=0)) @ slowness * data.rate_hz)
    band = BandPass(*picture.params.band_hz)
    total = np.zeros(data.samples.shape[1])
    for row, shift in zip(data.samples, shifts.astype(int), strict=True):
        known = np.isfinite(row)
        centred = np.where(known, row - np.mean(row[known]) if known.any() else 0.0, 0.0)
        total += np.roll(filter_zero_phase(centred, data.rate_hz, band), -int(shift))
    return np.asarray(total / len(data.samples))


def _draw_beam(axes: Axes, beam: FloatArray, rate_hz: float) -> None:
    step = max(len(beam) // COLUMNS, 1)
    whole = beam[: len(beam) // step * step].reshape(-1, step)
    time_s = np.arange(len(whole)) * step / rate_hz
    axes.fill_between(time_s, whole.min(axis=1), whole.max(axis=1), color=style.INK, linewidth=0.4)
    axes.set_ylabel("Beam")
    axes.set_yticks([])


def _spectrogram(axes: Axes, beam: FloatArray, rate_hz: float, high_hz: float) -> None:
    from scipy.signal import spectrogram

    size = int(min(max(2 ** round(np.log2(4.0 * rate_hz)), 32), len(beam)))
    freq_hz, time_s, power = spectrogram(beam, rate_hz, nperseg=size, noverlap=size // 2)
    level = 10.0 * np.log10(np.maximum(power, 1e-30 * max(float(power.max()), 1e-300)))
    # From the quiet of the band to its loudest.
    inside = level[freq_hz <= high_hz]
    low, top = float(np.percentile(inside, 10.0)), float(level.max())
    axes.pcolormesh(
        time_s, freq_hz, level, cmap="magma", vmin=max(low, top - 80.0), vmax=top, rasterized=True
    )
    axes.set_ylabel("Hz")
    axes.set_ylim(0.0, min(rate_hz / 2.0, 1.5 * high_hz))
    axes.grid(visible=False)


def _time_axis(rows: list[Axes], middle_s: FloatArray, picture: FkPicture) -> None:
    end_s = picture.data.samples.shape[1] / picture.data.rate_hz
    ticks = clock_ticks(0.0, end_s, picture.data.start_ns)
    rows[-1].set_xlim(0.0, end_s)
    rows[-1].set_xticks([t for t, _ in ticks], [text for _, text in ticks])
    rows[-1].set_xlabel(f"UTC on {format_iso(picture.data.start_ns)[:10]}")
    for axes in rows[:-1]:
        axes.tick_params(labelbottom=False)


def _map(axes: Axes, picture: FkPicture, best: int) -> None:
    """Draw relative power over slowness of the strongest window, circles of equal speed."""
    axis = picture.params.grid.axis_s_per_km
    result = picture.result
    # A map shows where the wave comes from: against the slowness vector.
    drawn = axes.pcolormesh(
        -axis, -axis, picture.power.T, cmap="viridis", shading="nearest", rasterized=True
    )
    axes.plot(
        -result.east_s_per_km[best],
        -result.north_s_per_km[best],
        "+",
        color="white",
        markersize=9.0,
    )
    is_sound = picture.technology is Technology.INFRASOUND
    seismic = tuple((v / KM_PER_DEG, f"{v:g} s/\N{DEGREE SIGN}") for v in (10.0, 25.0))
    circles = ((1.0 / 0.34, "340 m/s"),) if is_sound else seismic
    turn = np.linspace(0.0, 2.0 * np.pi, 181)
    for radius, text in circles:
        axes.plot(radius * np.sin(turn), radius * np.cos(turn), color="white", linewidth=0.6)
        axes.annotate(text, (0.0, -radius), color="white", fontsize=7.0, ha="center", va="bottom")
    axes.set_aspect("equal")
    axes.set_xlim(-axis[-1], axis[-1])
    axes.set_ylim(-axis[-1], axis[-1])
    axes.grid(visible=False)
    axes.set_xlabel("from west  \N{LEFTWARDS ARROW}  s/km  \N{RIGHTWARDS ARROW}  from east")
    axes.set_ylabel("from south  \N{LEFTWARDS ARROW}  s/km  \N{RIGHTWARDS ARROW}  from north")
    time = add_seconds(picture.data.start_ns, float(result.start_s[best]))
    axes.set_title(f"Strongest window, {format_iso(time)[11:19]}", loc="center")
    bar = axes.figure.colorbar(drawn, ax=axes, aspect=25, pad=0.02, shrink=0.65)
    bar.set_label("relative power")
    bar.outline.set_visible(False)


def _places(axes: Axes, offsets_km: FloatArray) -> None:
    east, north = (offsets_km - offsets_km.mean(axis=0)).T
    axes.plot(east, north, "^", color=style.BLUE, markersize=5.0)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel("km east")
    axes.set_ylabel("km north")
    axes.set_title("Elements", loc="center")
    axes.locator_params(nbins=4)


def _words(picture: FkPicture, best: int) -> str:
    result = picture.result
    speed = float(_speed(picture, result)[best])
    unit = _speed_label(picture).split(", ")[1]
    time = add_seconds(picture.data.start_ns, float(result.start_s[best]))
    return (
        f"{picture.name} of {picture.station}: {len(result.start_s)} windows. The strongest begins "
        f"{format_iso(time)[:19]} UTC: azimuth {result.azimuth_deg[best]:.0f} degrees, "
        f"{speed:.3g} {unit}, Fisher ratio {result.f_statistic[best]:.3g}."
    )
