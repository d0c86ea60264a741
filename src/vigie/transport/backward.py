"""From samples back to where their air came from: source-receptor sensitivities.

What it computes: particles begin evenly over the collection of each sample and over the height of
its intake, go back in time with the air, and leave the time that they spend near the ground in
the cells of a grid, weighted by the ratio of densities (``gridding``). A release of S Bq, even over
a cell, its layer and an interval, then gives c = M S in the sample, with

    M = residence (s) / (interval x volume of the cell and layer)        1/m3

undecayed. All samples go through the weather together, whatever their times.

Source: Seibert and Frank (2004), ACP 4, 51-63; Flesch, Wilson and Yee (1995), J. Appl. Meteorol. 34,
1320-1332. Same seed, same bits, whatever the number of threads.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, LatLonGrid, Sensitivity
from vigie.transport.gridding import UNIT_S, deposit, deposit_first, raster_of
from vigie.transport.particles import LOST, UNBORN, Particles, Step, carry
from vigie.transport.philox import fill_normals
from vigie.transport.sphere import positions_of, step_times_s

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.transport.air import Flow
    from vigie.transport.weather.sequence import WeatherSequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FIRST_STEP = 0xFFFFFFFF
"""Of random numbers: not a step of any run."""
_GOLDEN = 0.6180339887498949
"""Steps of the golden ratio fill the intake evenly, and do not follow the times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receptor:
    """Where and when air was sampled."""

    station: str
    latitude: float
    longitude: float
    start_ns: int
    """Of the collection."""
    stop_ns: int
    low_m: float = 0.0
    """Of the intake, above ground."""
    high_m: float = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardSettings:
    """How samples are followed back.

    Raises
    ------
    ParameterError
        A number is not above 0, or the interval is no whole number of seconds.
    """

    hours: float = 336.0
    """How far back from the end of the collection."""
    particles: int = 20_000
    """Per sample."""
    interval_s: float = 10800.0
    """Length of the steps of the sensitivity."""
    step_s: float = 900.0
    """Longest step of the model."""
    grid: LatLonGrid
    layer_depth_m: float = 150.0
    seed: int = 1
    sub_steps: int = 0
    """Vertical sub-steps in a step; 0 chooses them as accuracy needs."""
    threads: int = 0
    """0: as many as there are cores."""

    def __post_init__(self) -> None:
        for name in ("hours", "particles", "interval_s", "step_s", "layer_depth_m"):
            if not 0 < getattr(self, name) < np.inf:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")

    @property
    def n_steps(self) -> int:
        """Number of intervals; the last may begin before the hours are over."""
        return int(np.ceil(self.hours * 3600.0 / self.interval_s - 1e-9))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BackwardResult:
    """Sensitivities, and what part of the particles could not be followed."""

    sensitivities: tuple[Sensitivity, ...]
    lost: tuple[float, ...]
    """Of each sample: share that left the weather's grid."""


def follow_back(
    receptors: Sequence[Receptor],
    weather: WeatherSequence,
    settings: BackwardSettings,
    *,
    progress: Callable[[float], None] | None = None,
) -> BackwardResult:
    """Return the sensitivities of samples, in their order.

    Parameters
    ----------
    receptors : sequence of Receptor
    weather : WeatherSequence
    progress : callable, optional
        Told how much is done, 0 to 1.

    Raises
    ------
    ParameterError
        The weather does not reach over a sample's collection and the hours before it.
    """
    for receptor in receptors:
        _check_times(receptor, weather, settings)
    done: dict[int, tuple[Sensitivity, float]] = {}
    # Samples whose intervals have the same ends share the steps.
    length_ns = round(settings.interval_s * NS_PER_S)
    phases = sorted({receptor.stop_ns % length_ns for receptor in receptors})
    for k, phase in enumerate(phases):
        chosen = [i for i, one in enumerate(receptors) if one.stop_ns % length_ns == phase]

        def tell(part: float, k: int = k) -> None:
            if progress is not None:
                progress((k + part) / len(phases))

        run = _Run([receptors[i] for i in chosen], weather, settings, first=chosen)
        for i, result in zip(chosen, run.results(tell), strict=True):
            done[i] = result
    ordered = [done[i] for i in range(len(receptors))]
    return BackwardResult(
        sensitivities=tuple(one for one, _ in ordered), lost=tuple(lost for _, lost in ordered)
    )


def _check_times(receptor: Receptor, weather: WeatherSequence, settings: BackwardSettings) -> None:
    from vigie.records import format_iso

    begin = receptor.stop_ns - settings.n_steps * round(settings.interval_s * NS_PER_S)
    begin = min(begin, receptor.start_ns)
    first, last = int(weather.times_ns[0]), int(weather.times_ns[-1])
    if not receptor.start_ns < receptor.stop_ns:
        value = f"{format_iso(receptor.start_ns)} to {format_iso(receptor.stop_ns)}"
        raise ParameterError(name=receptor.station, value=value, expected="times that rise")
    if begin < first or receptor.stop_ns > last:
        expected = (
            f"weather from {format_iso(begin)} to {format_iso(receptor.stop_ns)} (it reaches from "
            f"{format_iso(first)} to {format_iso(last)}; give more of it, or fewer hours back)"
        )
        raise ParameterError(name=receptor.station, value="outside of it", expected=expected)


class _Run:
    """Samples whose intervals have the same ends, on their way back."""

    def __init__(
        self,
        receptors: Sequence[Receptor],
        weather: WeatherSequence,
        settings: BackwardSettings,
        *,
        first: Sequence[int],
    ) -> None:
        self._receptors, self._weather, self._settings = receptors, weather, settings
        self._reference_ns = int(weather.times_ns[0])
        self._raster = raster_of(settings.grid, settings.layer_depth_m)
        self._threads = settings.threads or os.cpu_count() or 1
        n = settings.particles
        self._sample = np.repeat(np.arange(len(receptors)), n)
        self._particles = self._released(np.concatenate([k * n + np.arange(n) for k in first]))
        self._lost = np.zeros(len(receptors))
        self._rows: list[list[tuple[int, IntArray, FloatArray]]] = [[] for _ in receptors]

    def _seconds(self, time_ns: int) -> float:
        return (time_ns - self._reference_ns) / NS_PER_S

    def _released(self, number: IntArray) -> Particles:
        """Return the particles of all samples before they begin."""
        n, total = self._settings.particles, len(number)
        even = (np.arange(n) + 0.5) / n
        scattered = (np.arange(n) * _GOLDEN + 0.5 / n) % 1.0
        columns = {
            name: np.concatenate([make(one) for one in self._receptors])
            for name, make in {
                "start": lambda r: (
                    self._seconds(r.stop_ns) - even * (r.stop_ns - r.start_ns) / NS_PER_S
                ),
                "height": lambda r: r.low_m + scattered * (r.high_m - r.low_m),
                "place": lambda r: np.tile(positions_of(r.latitude, r.longitude), (n, 1)),
            }.items()
        }
        omega = np.empty((total, 4))
        for at, k in zip(range(0, total, n), number[::n], strict=True):
            fill_normals(omega[at : at + n], self._settings.seed, int(k), _FIRST_STEP, 0)
        return Particles(
            particle=number.astype(np.int64),
            state=np.full(total, UNBORN, dtype=np.int64),
            start_s=columns["start"],
            place=np.ascontiguousarray(columns["place"]),
            eta=np.ones(total),
            height_m=columns["height"],
            density_kg_m3=np.ones(total),
            first_density_kg_m3=np.ones(total),
            step_s=np.zeros(total),
            omega=np.ascontiguousarray(omega[:, 0]),
            along_m_s=np.zeros(total),
            cross_m_s=np.zeros(total),
        )

    def results(self, tell: Callable[[float], None]) -> list[tuple[Sensitivity, float]]:
        """Go back through all intervals; return sensitivity and lost share of each sample."""
        settings = self._settings
        length = settings.interval_s
        stops = np.array([self._seconds(r.stop_ns) for r in self._receptors])
        last = float(stops.max())
        n_intervals = round((last - float(stops.min())) / length) + settings.n_steps
        first_of = np.rint((last - stops) / length).astype(int)
        # Each thread has sums of its own; integers may be added in any order.
        shape = (self._threads, len(self._receptors), settings.grid.n_cells)
        now, later = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        number = 0
        with ThreadPoolExecutor(self._threads) as pool:
            for k in range(n_intervals):
                number = self._interval(pool, (now, later), last - k * length, number)
                for sample in np.flatnonzero((first_of <= k) & (k < first_of + settings.n_steps)):
                    counts = now[:, sample].sum(axis=0)
                    self._keep(int(sample), k - int(first_of[sample]), counts)
                now[:] = 0
                now, later = later, now
                self._drop(first_of + settings.n_steps <= k + 1)
                tell((k + 1) / n_intervals)
        return [(self._sensitivity(s), float(self._lost[s])) for s in range(len(self._receptors))]

    def _interval(
        self, pool: ThreadPoolExecutor, sums: tuple[IntArray, IntArray], end_s: float, number: int
    ) -> int:
        """Carry all particles through one interval; return the number of the next step."""
        settings = self._settings
        marks = self._weather.times_ns - self._reference_ns
        low = end_s - settings.interval_s
        times = step_times_s(end_s, low, settings.step_s, (marks / NS_PER_S).tolist())
        following = step_times_s(
            low, low - settings.interval_s, settings.step_s, (marks / NS_PER_S).tolist()
        )
        lengths = [*np.diff(times), following[1] - following[0]]
        for k, dt in enumerate(lengths[:-1]):
            step = Step(float(times[k]), float(dt), settings.seed, number, settings.sub_steps)
            flow = self._weather.flow(float(times[k]), float(times[k + 1]))
            final = k == len(lengths) - 2
            target = (sums[0], sums[1] if final else sums[0])
            ends = (float(times[k + 1]), float(lengths[k + 1]))
            self._all_threads(pool, flow, step, (target, ends))
            number += 1
        return number

    def _all_threads(
        self,
        pool: ThreadPoolExecutor,
        flow: Flow,
        step: Step,
        what: tuple[tuple[IntArray, IntArray], tuple[float, float]],
    ) -> None:
        (now, later), ends = what
        cuts = np.linspace(0, len(self._sample), self._threads + 1).astype(int)

        def work(k: int) -> None:
            part = slice(cuts[k], cuts[k + 1])
            particles = Particles._make(column[part] for column in self._particles)
            sample = self._sample[part]
            deposit_first(now[k], particles, sample, self._raster, step)
            carry(particles, flow, step)
            deposit((now[k], later[k]), particles, sample, self._raster, ends)

        list(pool.map(work, range(self._threads)))

    def _keep(self, sample: int, step: int, counts: IntArray) -> None:
        """Keep the cells of an interval that are not 0, as residence in s per particle."""
        cells = np.flatnonzero(counts)
        seconds = counts[cells] * (UNIT_S / self._settings.particles)
        self._rows[sample].append((step, cells, seconds))

    def _drop(self, ended: NDArray[np.bool_]) -> None:
        """Let go of the particles that are lost, and of the samples that have ended."""
        lost = self._particles.state == LOST
        share = np.bincount(self._sample[lost], minlength=len(ended)) / self._settings.particles
        self._lost += share
        kept = ~(lost | ended[self._sample])
        if not kept.all():
            self._particles = Particles._make(
                np.ascontiguousarray(column[kept]) for column in self._particles
            )
            self._sample = self._sample[kept]

    def _sensitivity(self, sample: int) -> Sensitivity:
        receptor, settings = self._receptors[sample], self._settings
        rows = self._rows[sample]
        step = np.concatenate([np.full(len(c), s, dtype=np.int32) for s, c, _ in rows])
        cell = np.concatenate([c for _, c, _ in rows])
        seconds = np.concatenate([r for _, _, r in rows])
        volume = settings.grid.cell_areas_m2(cell) * settings.layer_depth_m
        return Sensitivity(
            station=receptor.station,
            receptor_latitude=receptor.latitude,
            receptor_longitude=receptor.longitude,
            collection_start_ns=receptor.start_ns,
            collection_stop_ns=receptor.stop_ns,
            step_s=settings.interval_s,
            n_steps=settings.n_steps,
            grid=settings.grid,
            step=step,
            cell=cell,
            value=seconds / (settings.interval_s * volume),
            layer_depth_m=settings.layer_depth_m,
            source=f"vigie, {settings.particles} particles, seed {settings.seed}",
        )
