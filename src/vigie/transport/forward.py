"""From releases to where their air goes: mean concentrations in the cells of a grid.

What it computes: particles begin evenly over a box and the time of a release, go forward with the
air, and leave the time that they spend in the layer above ground in the cells. Each carries its
share of the amount, so the mean concentration of an interval is

    c = Q x residence (s) / (interval x volume of the cell and layer)        Bq/m3

All releases go through the weather together. What decays is exact in age: see ``plume_decay``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, LatLonGrid, format_iso
from vigie.transport.lid import check_below_lid
from vigie.transport.march import March, MarchSettings, check_reach
from vigie.transport.memory import check_memory
from vigie.transport.plume_decay import activity_share, born, n_pieces, n_slices
from vigie.transport.starts import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vigie.transport.weather.sequence import WeatherSequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Row = tuple[int, IntArray, FloatArray]
"""Of an interval or release: its number, cells and what is in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An amount that leaves a box of air evenly over a span of time."""

    name: str
    box: Box
    start_ns: int
    stop_ns: int
    amount_bq: float = 1.0
    """As it leaves: what decays does so from then on."""
    decay_per_s: float = 0.0
    """Decay constant of its nuclide; 0: it does not decay."""


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
    aerosol_um: float | None = None
    """Diameter of what was deposited on the way; None: a gas, nothing was."""


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
        A release does not end after it starts, is too long for its half-life or above the lid of
        the weather, the weather does not cover the hours, or the machine has too little memory.
    """
    first = min(one.start_ns for one in releases)
    for one in releases:
        check_release(one, weather.reach_ns, settings, first_ns=first, hours=hours)
    if settings.aerosol is not None:
        weather.need_rain()
    starts = [(one.name, one.box, one.start_ns, one.stop_ns) for one in releases]
    check_below_lid(starts, weather, first)
    run = _Run(releases, weather, settings, (first, settings.n_intervals(hours)))
    return run.plumes(progress)


def check_release(
    one: Release,
    reach_ns: tuple[int, int],
    settings: MarchSettings,
    *,
    first_ns: int,
    hours: float,
) -> None:
    """Refuse a release that cannot be followed for some hours from the first on.

    Raises
    ------
    ParameterError
        It does not rise or is longer than the hours, its amount or decay makes no sense, or
        weather is missing.
    """
    end = first_ns + settings.n_intervals(hours) * round(settings.interval_s * NS_PER_S)
    if not one.start_ns < one.stop_ns <= end:
        value = f"{format_iso(one.start_ns)} to {format_iso(one.stop_ns)}"
        expected = f"a release that rises, within {hours:g} h of the first"
        raise ParameterError(name=one.name, value=value, expected=expected)
    if not (0.0 < one.amount_bq < np.inf and 0.0 <= one.decay_per_s < np.inf):
        value = f"{one.amount_bq:g} Bq"
        raise ParameterError(name=one.name, value=value, expected="an amount above 0")
    n_slices(one.name, (one.stop_ns - one.start_ns) / NS_PER_S, one.decay_per_s)
    check_reach(one.name, reach_ns, min(first_ns, one.start_ns), end)


class _Run:
    """Releases on their way, each in as many slices."""

    def __init__(
        self,
        releases: Sequence[Release],
        weather: WeatherSequence,
        settings: MarchSettings,
        intervals: tuple[int, int],
    ) -> None:
        self._releases, self._settings = releases, settings
        self._first_ns, self._n_intervals = intervals
        self._n_slices = max(
            n_slices(one.name, (one.stop_ns - one.start_ns) / NS_PER_S, one.decay_per_s)
            for one in releases
        )
        n = int(np.ceil(settings.particles / self._n_slices))
        check_memory(len(releases) * self._n_slices, replace(settings, particles=n))
        spans = [span for one in releases for span in self._spans(one)]
        owners = [one for one in releases for _ in range(self._n_slices)]
        starts = [
            (k * n, born(one.box, span, n, one.decay_per_s))
            for k, (one, span) in enumerate(zip(owners, spans, strict=True))
        ]
        self._march = March(starts, weather, replace(settings, particles=n), weighted=False)
        self._slices_s = [(self._march.seconds(a), self._march.seconds(b)) for a, b in spans]

    def _spans(self, one: Release) -> list[tuple[int, int]]:
        shares = np.arange(self._n_slices + 1) / self._n_slices
        edges = one.start_ns + np.rint(shares * (one.stop_ns - one.start_ns)).astype(np.int64)
        return [(int(a), int(b)) for a, b in pairwise(edges)]

    def plumes(self, progress: Callable[[float], None] | None) -> tuple[Plume, ...]:
        """Go through all intervals; return the plume of each release."""
        length, march = self._settings.interval_s, self._march
        begin = march.seconds(self._first_ns)
        rows: list[list[Row]] = [[] for _ in self._releases]
        for k in range(self._n_intervals):
            ends = (begin + k * length, begin + (k + 1) * length)
            for owner, cells, seconds in self._interval(ends):
                rows[owner].append((k, cells, seconds))
            if progress is not None:
                progress((k + 1) / self._n_intervals)
        lost = march.lost.reshape(-1, self._n_slices).mean(axis=1)
        return tuple(
            _plume(one, rows[k], self._settings, (self._first_ns, self._n_intervals, lost[k]))
            for k, one in enumerate(self._releases)
        )

    def _interval(self, ends: tuple[float, float]) -> Iterator[Row]:
        """Yield each release with its cells and their residence, times the share not decayed."""
        fastest = max(one.decay_per_s for one in self._releases)
        pieces = n_pieces(self._settings.interval_s, self._settings.step_s, fastest)
        found: list[list[tuple[IntArray, FloatArray]]] = [[] for _ in self._releases]
        for piece in pairwise(np.linspace(*ends, pieces + 1).tolist()):
            for part, cells, seconds in self._march.residence(*piece):
                owner = part // self._n_slices
                decay = self._releases[owner].decay_per_s
                left = activity_share(piece, self._slices_s[part], decay) / self._n_slices
                found[owner].append((cells, seconds * left))
            self._march.drop(np.zeros(len(self._slices_s), dtype=bool))
        for owner, parts in enumerate(found):
            yield owner, *_summed(parts)


def _summed(parts: list[tuple[IntArray, FloatArray]]) -> tuple[IntArray, FloatArray]:
    """Return cells, each once and rising, with the sums of what parts have in them."""
    cells, place = np.unique(np.concatenate([one for one, _ in parts]), return_inverse=True)
    values = np.concatenate([one for _, one in parts])
    sums = np.bincount(place, weights=values, minlength=len(cells)).astype(np.float64)
    return cells[sums > 0.0], sums[sums > 0.0]


def _plume(
    release: Release,
    rows: list[Row],
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
        lost=float(lost),
        aerosol_um=None if settings.aerosol is None else settings.aerosol.diameter_um,
    )
