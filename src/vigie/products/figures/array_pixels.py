"""What an array heard: pixels of time and frequency by azimuth and by speed, and a rose.

The yardstick is the display of PMCC that analysts know: cyclic colours for azimuth, so that north
from either side is one colour; a wheel explains them and shows how often each direction was heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.records import format_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from vigie.signal.pmcc import Family, Pixels

FloatArray = NDArray[np.float64]

SPEED = "viridis"
SPEEDS_M_S = (300.0, 450.0)
STEP = 0.1
"""Width of a pixel, in windows: windows overlap by the rest."""
SECTORS = 36
FREQUENCIES_HZ = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MAX_LABELS = 8


def pixel_plot(
    pixels: Pixels, families: Sequence[Family], *, station: str, start_ns: int
) -> Drawing | None:
    """Draw the pixels of an array; None where there are none.

    Parameters
    ----------
    pixels : Pixels
    families : sequence of Family
        Those of them that are detections: their pixels are drawn full, others pale.
    station : str
    start_ns : int
        Time from which the pixels' times count.
    """
    if not len(pixels):
        return None
    with canvas(9.0, 5.6) as figure:
        grid = figure.add_gridspec(2, 2, width_ratios=(3.2, 1.0))
        upper = figure.add_subplot(grid[0, 0])
        lower = figure.add_subplot(grid[1, 0], sharex=upper, sharey=upper)
        wheel = figure.add_subplot(grid[0, 1], projection="polar")
        speeds = figure.add_subplot(grid[1, 1])
        member = np.zeros(len(pixels), dtype=np.bool_)
        for family in families:
            member[family.rows] = True
        _cells(upper, pixels, pixels.azimuth_deg, (style.cyclic(), (0.0, 360.0)), member)
        coloured = _cells(lower, pixels, 1e3 * pixels.velocity_km_s, (SPEED, SPEEDS_M_S), member)
        upper.set_title(f"{station}: back azimuth of coherent waves", pad=16.0)
        if not member.all():
            style.aside(upper, "pale: of no family", pad=16.0)
        lower.set_title("Trace velocity")
        upper.tick_params(labelbottom=False)
        _axes(upper, lower, pixels, start_ns)
        _name_families(upper, families)
        _rose(wheel, pixels, member)
        _speed_histogram(speeds, pixels, member)
        _colour_bar(figure, coloured, lower)
    return Drawing(
        "pixels",
        f"{station}: what the array heard",
        _words(pixels, families, station, start_ns),
        figure,
    )


def _cells(
    axes: Axes,
    pixels: Pixels,
    values: FloatArray,
    colours: tuple[Any, tuple[float, float]],
    member: NDArray[np.bool_],
) -> Any:  # noqa: ANN401 — a collection of matplotlib, which is imported only here
    """Draw a rectangle per pixel; those of no family are pale."""
    from matplotlib.collections import PolyCollection

    half = 0.5 * STEP * pixels.window_s
    left, right = pixels.time_s - half, pixels.time_s + half
    corners = np.stack(
        [
            np.stack([left, left, right, right], axis=1),
            np.stack([pixels.low_hz, pixels.high_hz, pixels.high_hz, pixels.low_hz], axis=1),
        ],
        axis=2,
    )
    drawn = None
    for rows, alpha in ((~member, 0.25), (member, 1.0)):
        if not rows.any() and alpha < 1.0:
            continue
        drawn = PolyCollection(
            list(corners[rows]), cmap=colours[0], alpha=alpha, linewidths=0.0, rasterized=True
        )
        drawn.set_array(values[rows])
        drawn.set_clim(*colours[1])
        axes.add_collection(drawn)
    return drawn


def _axes(upper: Axes, lower: Axes, pixels: Pixels, start_ns: int) -> None:
    upper.set_yscale("log")
    first = float(np.min(pixels.time_s - 0.5 * pixels.window_s))
    last = float(np.max(pixels.time_s + 0.5 * pixels.window_s))
    lower.set_xlim(max(first, 0.0), last)
    ticks = clock_ticks(max(first, 0.0), last, start_ns)
    lower.set_xticks([t for t, _ in ticks], [text for _, text in ticks])
    lower.set_xlabel(f"UTC on {format_iso(add_seconds(start_ns, first))[:10]}")
    limits = float(pixels.low_hz.min()) * 0.9, float(pixels.high_hz.max()) * 1.1
    for axes in (upper, lower):
        axes.set_ylabel("Frequency, Hz")
        axes.set_yticks(FREQUENCIES_HZ)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.set_ylim(limits)


def clock_ticks(first_s: float, last_s: float, start_ns: int) -> list[tuple[float, str]]:
    """Return places and texts of round clock times."""
    span = last_s - first_s
    steps = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
    step = next((s for s in steps if span / s <= 7), 86400 * max(round(span / 86400 / 6), 1))
    offset = start_ns % (step * 10**9) / 1e9
    places = np.arange(np.ceil((first_s + offset) / step) * step - offset, last_s, step)
    digits = slice(11, 19) if step < 60 else slice(11, 16)
    texts = [format_iso(add_seconds(start_ns, float(p)) + 500_000_000)[digits] for p in places]
    return list(zip(places.tolist(), texts, strict=True))


def _name_families(axes: Axes, families: Sequence[Family]) -> None:
    """Write the azimuth of the largest families at the upper edge, where there is room."""
    taken: list[float] = []
    low, high = axes.get_xlim()
    for family in sorted(families, key=len, reverse=True)[:MAX_LABELS]:
        middle = 0.5 * (family.start_s + family.end_s)
        if any(abs(middle - t) < 0.06 * (high - low) for t in taken):
            continue
        taken.append(middle)
        axes.annotate(
            f"{family.azimuth_deg:.0f}\N{DEGREE SIGN}",
            (middle, 1.0),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            fontsize=8.0,
            color=style.INK,
            annotation_clip=False,
        )


def _rose(axes: Axes, pixels: Pixels, member: NDArray[np.bool_]) -> None:
    """Draw how many pixels came from each sector, in the colours of the azimuth."""
    edges = np.linspace(0.0, 360.0, SECTORS + 1)
    counts, _ = np.histogram(pixels.azimuth_deg[member], edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    colours = style.cyclic()(middle / 360.0)
    polar: Any = axes
    polar.set_theta_zero_location("N")
    polar.set_theta_direction(-1)
    # Areas, not radii, are what the eye compares.
    heights = np.sqrt(counts / max(int(counts.max()), 1))
    axes.bar(np.radians(middle), heights, width=2.0 * np.pi / SECTORS, color=colours, zorder=3)
    ring = np.full(SECTORS, 0.09)
    axes.bar(
        np.radians(middle), ring, width=2.0 * np.pi / SECTORS, bottom=1.06, color=colours, zorder=3
    )
    axes.set_yticks([])
    axes.set_ylim(0.0, 1.16)
    axes.set_xticks(np.radians([0, 90, 180, 270]), ["N", "E", "S", "W"])
    axes.grid(visible=False)
    axes.spines["polar"].set_visible(False)
    axes.set_title("Directions heard", loc="center")


def _speed_histogram(axes: Axes, pixels: Pixels, member: NDArray[np.bool_]) -> None:
    import matplotlib as mpl

    edges = np.linspace(250.0, 600.0, 36)
    values = np.clip(1e3 * pixels.velocity_km_s[member], edges[0], edges[-1] - 1e-6)
    counts, _ = np.histogram(values, edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    low, high = SPEEDS_M_S
    colours = mpl.colormaps[SPEED](np.clip((middle - low) / (high - low), 0.0, 1.0))
    axes.barh(middle, counts, height=10.0, color=colours)
    axes.set_ylabel("Trace velocity, m/s")
    axes.set_xlabel("Pixels")
    axes.set_title("Speeds heard", loc="center")


def _colour_bar(figure: Figure, coloured: Any, axes: Axes) -> None:  # noqa: ANN401 — as above
    bar = figure.colorbar(coloured, ax=axes, extend="both", pad=0.01, aspect=25)
    bar.set_label("m/s")
    bar.outline.set_visible(False)


def _words(pixels: Pixels, families: Sequence[Family], station: str, start_ns: int) -> str:
    main = max(families, key=len, default=None)
    told = f"Pixels of time and frequency at {station}: {len(pixels)}, in {len(families)} families."
    if main is None:
        return told
    time = format_iso(add_seconds(start_ns, main.start_s))[:19]
    return (
        f"{told} The largest begins {time} UTC, from {main.azimuth_deg:.0f} degrees at "
        f"{1e3 * main.velocity_km_s:.0f} m/s."
    )
