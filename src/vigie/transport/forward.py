"""From releases to where their air goes: mean concentrations in the cells of a grid.

What it computes: particles begin evenly over a box and the time of a release, go forward with the
air, and leave the time that they spend in the layer above ground in the cells. Each carries its
share of the amount, so the mean concentration of an interval is

    c = Q x residence (s) / (interval x volume of the cell and layer)        Bq/m3

undecayed. All releases go through the weather together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, LatLonGrid, format_iso
from vigie.transport.march import March, MarchSettings, check_reach
from vigie.transport.starts import Box, evenly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.transport.weather.sequence import WeatherSequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An amount that leaves a box of air evenly over a span of time."""

    name: str
    box: Box
    start_ns: int
    stop_ns: int
    amount_bq: float = 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plume:
    """Mean concentrations of intervals: columns of shape (n,), a row per cell that is not 0."""

    name: str
    grid: LatLonGrid
    layer_depth_m: float
    start_ns: int
    """Of the first interval."""
    interval_s: float
    n_intervals: int
    interval: IntArray
    cell: IntArray
    concentration_bq_m3: FloatArray
    lost: float
    """Share of the particles that left the weather's grid."""


def follow_forward(
    releases: Sequence[Release],
    weather: WeatherSequence,
    settings: MarchSettings,
    *,
    hours: float,
    progress: Callable[[float], None] | None = None,
) -> tuple[Plume, ...]:
    """Return the plumes of releases, each from the start of the first on.

    Parameters
    ----------
    hours : float
        From the start of the first release.
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    ParameterError
        A release does not end after it starts, or the weather does not cover the hours.
    """
    first = min(one.start_ns for one in releases)
    n_intervals = settings.n_intervals(hours)
    length_ns = round(settings.interval_s * NS_PER_S)
    for one in releases:
        if not one.start_ns < one.stop_ns <= first + n_intervals * length_ns:
            value = f"{format_iso(one.start_ns)} to {format_iso(one.stop_ns)}"
            expected = f"a release that rises, within {hours:g} h of the first"
            raise ParameterError(name=one.name, value=value, expected=expected)
    check_reach("release", weather.reach_ns, first, first + n_intervals * length_ns)
    n = settings.particles
    starts = [
        (k * n, evenly(one.box, (one.start_ns, one.stop_ns), n)) for k, one in enumerate(releases)
    ]
    march = March(starts, weather, settings, weighted=False)
    begin, length = march.seconds(first), settings.interval_s
    rows: list[list[tuple[int, IntArray, FloatArray]]] = [[] for _ in releases]
    for k in range(n_intervals):
        for owner, cells, seconds in march.residence(begin + k * length, begin + (k + 1) * length):
            rows[owner].append((k, cells, seconds))
        march.drop(np.zeros(len(releases), dtype=bool))
        if progress is not None:
            progress((k + 1) / n_intervals)
    return tuple(
        _plume(one, rows[k], settings, (first, n_intervals, float(march.lost[k])))
        for k, one in enumerate(releases)
    )


def _plume(
    release: Release,
    rows: list[tuple[int, IntArray, FloatArray]],
    settings: MarchSettings,
    rest: tuple[int, int, float],
) -> Plume:
    first, n_intervals, lost = rest
    cell = np.concatenate([cells for _, cells, _ in rows])
    seconds = np.concatenate([residence for _, _, residence in rows])
    volume = settings.grid.cell_areas_m2(cell) * settings.layer_depth_m
    return Plume(
        name=release.name,
        grid=settings.grid,
        layer_depth_m=settings.layer_depth_m,
        start_ns=first,
        interval_s=settings.interval_s,
        n_intervals=n_intervals,
        interval=np.concatenate([np.full(len(c), k, dtype=np.int64) for k, c, _ in rows]),
        cell=cell,
        concentration_bq_m3=release.amount_bq * seconds / (settings.interval_s * volume),
        lost=lost,
    )
