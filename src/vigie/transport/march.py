"""Particles of many samples or releases on their way through the weather, interval by interval.

What it does: holds the particles, cuts an interval into steps that pass no time of the weather,
carries the particles in threads, sums their residence in the cells of a grid, and lets go of those
that are lost or done. Forward and backward differ only in the sign of time.

Same seed, same bits, whatever the number of threads: see ``particles`` and ``gridding``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, LatLonGrid, format_iso
from vigie.transport.aerosol import Aerosol, sinks_of
from vigie.transport.deposition import lose, lose_first
from vigie.transport.gridding import UNIT_S, deposit, deposit_first, raster_of
from vigie.transport.memory import threads_of
from vigie.transport.particle_state import LOST, Particles, Step, unborn
from vigie.transport.particles import carry, room
from vigie.transport.philox import fill_normals
from vigie.transport.sphere import latitude_longitude_deg, step_times_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.transport.starts import Start
    from vigie.transport.weather.sequence import WeatherSequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_BEFORE_ALL = 0xFFFFFFFF
"""Number of random numbers that belong to no step."""
_PATCH_DEG = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarchSettings:
    """How particles are followed and counted.

    Raises
    ------
    ParameterError
        A number is not above 0.
    """

    grid: LatLonGrid
    particles: int = 20_000
    """Of each sample or release."""
    interval_s: float = 10800.0
    """Over which residence is summed."""
    step_s: float = 900.0
    """Longest step of the model."""
    layer_depth_m: float = 150.0
    """Of the cells, from the ground up."""
    seed: int = 1
    sub_steps: int = 0
    """Vertical sub-steps in a step; 0 chooses them as accuracy needs."""
    threads: int = 0
    """0: as many as there are cores."""
    aerosol: Aerosol | None = None
    """What carries the activity; None: a gas, of which nothing is deposited."""

    def __post_init__(self) -> None:
        for name in ("particles", "interval_s", "step_s", "layer_depth_m"):
            if not 0 < getattr(self, name) < np.inf:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")
        if not 0 <= self.seed < 2**63:
            raise ParameterError(name="seed", value=self.seed, expected="from 0 to 2^63 - 1")

    def n_intervals(self, hours: float) -> int:
        """Return how many intervals so many hours take; the last may go beyond them."""
        return int(np.ceil(hours * 3600.0 / self.interval_s - 1e-9))


class March:
    """Particles between the weather's times; ``residence`` takes them through an interval.

    Parameters
    ----------
    starts : sequence of Start
        Of each sample or release, all of ``settings.particles``.
    first_number : sequence of int
        Number of the first particle of each.
    weighted : bool
        Whether residence is weighted by the ratio of densities (samples) or not (releases).
    """

    def __init__(
        self,
        starts: list[tuple[int, Start]],
        weather: WeatherSequence,
        settings: MarchSettings,
        *,
        weighted: bool,
    ) -> None:
        self._weather, self._settings, self._weighted = weather, settings, weighted
        self._raster = raster_of(settings.grid, settings.layer_depth_m)
        self._sinks = None if settings.aerosol is None else sinks_of(settings.aerosol)
        if self._sinks is not None:
            weather.need_rain()
        self._threads = threads_of(settings)
        self._rooms = [room() for _ in range(self._threads)]
        self._marks_s = ((weather.times_ns - weather.reference_ns) / NS_PER_S).tolist()
        n = settings.particles
        self._owner = np.repeat(np.arange(len(starts)), n)
        self._particles = self._unborn(starts)
        self.lost = np.zeros(len(starts))
        """Share of the particles of each that have left the weather's grid."""
        # Each thread has sums of its own; integers may be added in any order.
        shape = (self._threads, len(starts), settings.grid.n_cells)
        self._now, self._later = (np.zeros(shape, dtype=np.int64) for _ in range(2))
        self._step = 0

    def seconds(self, time_ns: int) -> float:
        """Return a time as the weather counts it."""
        return (time_ns - self._weather.reference_ns) / NS_PER_S

    def _unborn(self, starts: list[tuple[int, Start]]) -> Particles:
        n = self._settings.particles
        total = n * len(starts)
        draws = np.empty((total, 4))
        for k, (first, _) in enumerate(starts):
            fill_normals(draws[k * n : k * n + n], self._settings.seed, first, _BEFORE_ALL, 0)
        number = np.concatenate([first + np.arange(n) for first, _ in starts])
        times = np.concatenate([one.time_ns for _, one in starts])
        particles = unborn(
            number,
            np.concatenate([one.place for _, one in starts]),
            (times - self._weather.reference_ns) / NS_PER_S,
            np.concatenate([one.height_m for _, one in starts]),
        )
        return particles._replace(omega=np.ascontiguousarray(draws[:, 0]))

    def residence(self, start_s: float, end_s: float) -> Iterator[tuple[int, IntArray, FloatArray]]:
        """Carry all particles through one interval; backward where the end is before the start.

        Yields
        ------
        tuple
            Owner, cells with residence, and that residence in s per particle.
        """
        with ThreadPoolExecutor(self._threads) as pool:
            self._carry(pool, start_s, end_s)
        for owner in range(self._now.shape[1]):
            counts = self._now[:, owner].sum(axis=0)
            cells = np.flatnonzero(counts)
            yield owner, cells, counts[cells] * (UNIT_S / self._settings.particles)
        self._now[:] = 0
        self._now, self._later = self._later, self._now

    def _carry(self, pool: ThreadPoolExecutor, start_s: float, end_s: float) -> None:
        longest = self._settings.step_s
        times = step_times_s(start_s, end_s, longest, self._marks_s)
        following = step_times_s(end_s, 2.0 * end_s - start_s, longest, self._marks_s)
        lengths = [*np.diff(times).tolist(), float(following[1] - following[0])]
        for k, dt in enumerate(lengths[:-1]):
            step = Step(
                float(times[k]), dt, self._settings.seed, self._step, self._settings.sub_steps
            )
            target = self._later if k == len(lengths) - 2 else self._now
            self._all_threads(pool, step, target, (float(times[k + 1]), lengths[k + 1]))
            self._step += 1

    def _all_threads(
        self, pool: ThreadPoolExecutor, step: Step, target: IntArray, ends: tuple[float, float]
    ) -> None:
        flow = self._weather.flow(step.time_s, step.time_s + step.dt_s)
        cuts = np.linspace(0, len(self._owner), self._threads + 1).astype(int)

        def work(k: int) -> None:
            part = slice(cuts[k], cuts[k + 1])
            particles = Particles._make(column[part] for column in self._particles)
            owner, now = self._owner[part], self._now[k]
            deposit_first(now, particles, owner, self._raster, step)
            if self._sinks is not None:
                lose_first(particles, flow, step, self._sinks)
            carry(particles, flow, step, self._rooms[k])
            if self._sinks is not None:
                lose(particles, flow, step, self._sinks)
            one = target is self._now
            when = (*ends, one, self._weighted)
            deposit((now, target[k]), particles, owner, self._raster, when)

        list(pool.map(work, range(self._threads)))

    def drop(self, ended: NDArray[np.bool_]) -> None:
        """Let go of lost particles, and of all of owners that have ended, shape (n_owners,)."""
        lost = self._particles.state == LOST
        share = np.bincount(self._owner[lost], minlength=len(ended)) / self._settings.particles
        self.lost += share
        kept = np.flatnonzero(~(lost | ended[self._owner]))
        # Neighbours in the air become neighbours in memory: their nodes are still in the cache.
        kept = kept[np.argsort(_patch(self._particles.place[kept]), kind="stable")]
        columns = (np.ascontiguousarray(column[kept]) for column in self._particles)
        self._particles = Particles._make(columns)
        self._owner = self._owner[kept]


def _patch(place: FloatArray) -> IntArray:
    """Return numbers of patches of some degrees, row by row."""
    latitude, longitude = latitude_longitude_deg(place)
    row = np.floor((latitude + 90.0) / _PATCH_DEG)
    return np.asarray(row * 360.0 + np.floor((longitude + 180.0) / _PATCH_DEG), dtype=np.int64)


def check_reach(name: str, reach_ns: tuple[int, int], first_ns: int, last_ns: int) -> None:
    """Refuse what the weather does not cover.

    Raises
    ------
    ParameterError
        It begins later or ends earlier.
    """
    first, last = reach_ns
    if first_ns < first or last_ns > last:
        expected = (
            f"weather from {format_iso(first_ns)} to {format_iso(last_ns)} (it reaches from "
            f"{format_iso(first)} to {format_iso(last)}; give more of it, or ask for fewer hours)"
        )
        raise ParameterError(name=name, value="outside of the weather", expected=expected)
