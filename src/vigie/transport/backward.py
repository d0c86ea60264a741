"""From samples back to where their air came from: source-receptor sensitivities.

What it computes: particles begin evenly over the collection of each sample and over the height of
its intake, go back in time with the air, and leave the time that they spend near the ground in
the cells of a grid, weighted by the ratio of densities (``gridding``). A release of S Bq, even over
a cell, its layer and an interval, then gives c = M S in the sample, with

    M = residence (s) / (interval x volume of the cell and layer)        1/m3

undecayed. All samples go through the weather together, whatever their times.

Source: Seibert and Frank (2004), ACP 4, 51-63; Flesch, Wilson and Yee (1995), J. Appl. Meteorol.
34, 1320-1332.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, Sensitivity, format_iso
from vigie.transport.lid import check_below_lid
from vigie.transport.march import March, MarchSettings, check_reach
from vigie.transport.memory import check_memory
from vigie.transport.starts import Box, evenly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.transport.weather.sequence import WeatherSequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Rows = list[tuple[int, IntArray, FloatArray]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receptor:
    """Where and when air was sampled."""

    station: str
    box: Box
    """Of the intake."""
    start_ns: int
    """Of the collection."""
    stop_ns: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BackwardResult:
    """Sensitivities, and what part of the particles could not be followed."""

    sensitivities: tuple[Sensitivity, ...]
    lost: tuple[float, ...]
    """Of each sample: share that left the weather's grid."""


def follow_back(
    receptors: Sequence[Receptor],
    weather: WeatherSequence,
    settings: MarchSettings,
    *,
    hours: float,
    progress: Callable[[float], None] | None = None,
) -> BackwardResult:
    """Return the sensitivities of samples, in their order.

    Parameters
    ----------
    receptors : sequence of Receptor
    weather : WeatherSequence
    settings : MarchSettings
    hours : float
        How far back from the end of each collection; the last interval may go further.
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    ParameterError
        A collection does not end after it starts, the hours are too few to reach its start, the
        weather does not cover them, an intake is above its lid, or the machine has too little
        memory.
    """
    length_ns = round(settings.interval_s * NS_PER_S)
    n_steps = settings.n_intervals(hours)
    for one in receptors:
        check_receptor(one, weather.reach_ns, settings, hours)
    if settings.aerosol is not None:
        weather.need_rain()
    starts = [(one.station, one.box, one.start_ns, one.stop_ns) for one in receptors]
    check_below_lid(starts, weather, max((one.stop_ns for one in receptors), default=0))
    done: dict[int, tuple[Sensitivity, float]] = {}
    # Samples whose intervals have the same ends share the steps.
    phases = Counter(one.stop_ns % length_ns for one in receptors)
    check_memory(max(phases.values(), default=0), settings)
    for k, phase in enumerate(sorted(phases)):
        chosen = [i for i, one in enumerate(receptors) if one.stop_ns % length_ns == phase]
        run = _Run([(i, receptors[i]) for i in chosen], weather, settings, n_steps)

        def tell(part: float, k: int = k) -> None:
            if progress is not None:
                progress((k + part) / len(phases))

        done.update(zip(chosen, run.results(tell), strict=True))
    found = [done[i] for i in range(len(receptors))]
    return BackwardResult(
        sensitivities=tuple(one for one, _ in found), lost=tuple(lost for _, lost in found)
    )


def span_of(
    receptors: Sequence[Receptor], settings: MarchSettings, hours: float
) -> tuple[int, int]:
    """Return the first and last time of weather that samples need, ns."""
    back_ns = settings.n_intervals(hours) * round(settings.interval_s * NS_PER_S)
    stops = [one.stop_ns for one in receptors]
    return min(stops) - back_ns, max(stops)


def check_receptor(
    one: Receptor, reach_ns: tuple[int, int], settings: MarchSettings, hours: float
) -> None:
    """Refuse a sample that cannot be followed back so far.

    Raises
    ------
    ParameterError
        Its collection does not rise or is longer than the hours, or weather is missing.
    """
    begin = one.stop_ns - settings.n_intervals(hours) * round(settings.interval_s * NS_PER_S)
    if not begin <= one.start_ns < one.stop_ns:
        value = f"{format_iso(one.start_ns)} to {format_iso(one.stop_ns)}"
        expected = f"a collection that rises, within the {hours:g} h back"
        raise ParameterError(name=one.station, value=value, expected=expected)
    check_reach(one.station, reach_ns, begin, one.stop_ns)


class _Run:
    """Samples whose intervals have the same ends."""

    def __init__(
        self,
        receptors: list[tuple[int, Receptor]],
        weather: WeatherSequence,
        settings: MarchSettings,
        n_steps: int,
    ) -> None:
        self._receptors = [one for _, one in receptors]
        self._settings, self._n_steps = settings, n_steps
        n = settings.particles
        starts = [(k * n, evenly(one.box, (one.start_ns, one.stop_ns), n)) for k, one in receptors]
        self._march = March(starts, weather, settings, weighted=True)

    def results(self, tell: Callable[[float], None]) -> list[tuple[Sensitivity, float]]:
        """Go back through all intervals; return sensitivity and lost share of each sample."""
        length, march = self._settings.interval_s, self._march
        stops = np.array([march.seconds(one.stop_ns) for one in self._receptors])
        last = float(stops.max())
        first_of = np.rint((last - stops) / length).astype(int)
        n_intervals = int(first_of.max()) + self._n_steps
        rows: list[Rows] = [[] for _ in self._receptors]
        for k in range(n_intervals):
            for owner, cells, seconds in march.residence(
                last - k * length, last - (k + 1) * length
            ):
                step = k - int(first_of[owner])
                if 0 <= step < self._n_steps:
                    rows[owner].append((step, cells, seconds))
            march.drop(first_of + self._n_steps <= k + 1)
            tell((k + 1) / n_intervals)
        pairs = zip(self._receptors, rows, march.lost, strict=True)
        return [(self._sensitivity(one, found), float(lost)) for one, found, lost in pairs]

    def _sensitivity(self, receptor: Receptor, rows: Rows) -> Sensitivity:
        settings = self._settings
        cell = np.concatenate([cells for _, cells, _ in rows])
        seconds = np.concatenate([residence for _, _, residence in rows])
        volume = settings.grid.cell_areas_m2(cell) * settings.layer_depth_m
        return Sensitivity(
            station=receptor.station,
            receptor_latitude=0.5 * (receptor.box.south + receptor.box.north),
            receptor_longitude=0.5 * (receptor.box.west + receptor.box.east),
            collection_start_ns=receptor.start_ns,
            collection_stop_ns=receptor.stop_ns,
            step_s=settings.interval_s,
            n_steps=self._n_steps,
            grid=settings.grid,
            step=np.concatenate([np.full(len(c), s, dtype=np.int32) for s, c, _ in rows]),
            cell=cell,
            value=seconds / (settings.interval_s * volume),
            layer_depth_m=settings.layer_depth_m,
            source=_source(settings),
        )


def _source(settings: MarchSettings) -> str:
    source = f"vigie, {settings.particles} particles, seed {settings.seed}"
    if settings.aerosol is None:
        return source
    return f"{source}, deposition of {settings.aerosol.diameter_um:g} um"
