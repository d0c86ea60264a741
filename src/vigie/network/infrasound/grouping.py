"""Which infrasound detections are of one event.

What it computes: for each candidate place and time (``candidates``) the gain of each detection,
the log of its density under the event (mixture of celerities times von Mises) over that of noise,
whose rate is counted at its array from what no event explains; arrays that heard nothing have the
chance of that. A candidate's odds are the sum of the gains, plus the log of the expected number
of events in the volume of place and time over which the sum holds. The best candidate is taken,
moved to where the sum is largest, its volume integrated, its detections are removed, rates
counted anew, and so on. Source: the odds of Arora, Russell & Sudderth 2013 (BSSA 103, 709) with
the likelihood of ``likelihood``; the peer's way is a linkage of all pairs (Blom et al. 2020, GJI
222, 1). One event may hold several detections of one array, its phases; a detection is of one
event. Assumptions: usual celerities by season (no rays); an array with any detection was working.
Cost: 0.1 s for ten detections.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.candidates import Candidates, crossings, merged
from vigie.network.infrasound.celerity import CelerityModel
from vigie.network.infrasound.likelihood import paths_to
from vigie.network.infrasound.params import GroupParams
from vigie.network.infrasound.posterior import geographic
from vigie.network.infrasound.readings import SoundReadings
from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from vigie.network.infrasound.celerity import Atmosphere

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SoundGroup:
    """Detections of one event, with a first place and time."""

    rows: IntArray
    """Of the readings."""
    unit: FloatArray
    time_s: float
    log_odds: float


def group_detections(
    readings: SoundReadings, atmosphere: Atmosphere, params: GroupParams | None = None
) -> tuple[SoundGroup, ...]:
    """Return the groups of detections that events explain better than noise, best first.

    Parameters
    ----------
    readings : SoundReadings
        All detections, in order of time.
    atmosphere : Atmosphere
    params : GroupParams, optional
    """
    params = params or GroupParams()
    if len(readings) < 2:
        return ()
    candidates = merged(crossings(readings, params), params)
    models = _models(readings, atmosphere)
    scene = _Scene.of(readings, models, np.ones(len(readings), dtype=np.bool_), 0, params)
    odds = scene.odds(candidates)
    found: list[SoundGroup] = []
    while len(odds):
        group = _best_group(scene, candidates, odds)
        if group is None:
            break
        found.append(group)
        free = scene.free.copy()
        free[group.rows] = False
        scene = _Scene.of(readings, models, free, len(found), params)
        # What is far off in time loses nothing; what was refused stays so.
        near = np.abs(candidates.time_s - group.time_s) < 2.0 * params.gate_s
        near &= np.isfinite(odds)
        odds[near] = scene.odds(candidates.take(np.flatnonzero(near)))
    return tuple(found)


def _best_group(scene: _Scene, candidates: Candidates, odds: FloatArray) -> SoundGroup | None:
    """Return the first group that holds, by falling odds; refuse the candidates that do not."""
    for row in np.argsort(-odds, kind="stable"):
        if odds[row] <= scene.params.min_log_odds - _LIFT:
            return None
        odds[row] = -np.inf
        group = scene.settled(candidates.take(np.array([row])))
        if group is not None and group.log_odds > scene.params.min_log_odds:
            return group
    return None


_LIFT = 6.0
"""So much the odds of a candidate may grow when it is moved to the best place around."""
_BATCH = 256
"""Candidates weighed at once, neighbours in time."""
_HALF_WINDOW_S = 7200.0
"""Detections so far away tell the rate of noise of an array."""
_STEPS_KM = (60.0, 30.0, 15.0, 8.0)
"""By which a candidate is moved, half as far each time."""


def _models(
    readings: SoundReadings, atmosphere: Atmosphere
) -> tuple[tuple[float, CelerityModel], ...]:
    latitudes = np.arange(-80.0, 81.0, 20.0).tolist()
    return tuple((x, atmosphere.quick(x, readings.reference_ns)) for x in latitudes)


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """Everything that the odds of a candidate need, as things stand."""

    readings: SoundReadings
    models: tuple[tuple[float, CelerityModel], ...]
    """By latitude."""
    free: NDArray[np.bool_]
    """Detections of no event yet."""
    log_noise: FloatArray
    """Density of noise of each detection, per s and rad."""
    log_prior: float
    """Of the expected number of events per km^2 and s."""
    params: GroupParams

    @classmethod
    def of(
        cls,
        readings: SoundReadings,
        models: tuple[tuple[float, CelerityModel], ...],
        free: NDArray[np.bool_],
        n_found: int,
        params: GroupParams,
    ) -> _Scene:
        rate = _rates(readings, free, params.prior_noise_interval_s)
        log_prior = _log_rate(readings, n_found, params)
        return cls(readings, models, free.copy(), np.log(rate / (2.0 * np.pi)), log_prior, params)

    def part(self, low: int, high: int) -> _Scene:
        """Return the scene with some of the detections."""
        rows = np.arange(low, high)
        return replace(
            self,
            readings=self.readings.take(rows),
            free=self.free[rows],
            log_noise=self.log_noise[rows],
        )

    def window(self, first_s: float, last_s: float) -> tuple[int, int]:
        """Return the range of detections that sources between two times can cause."""
        time_s = self.readings.time_s
        slack = 3.0 * float(self.readings.time_sigma_s.max(initial=0.0))
        low = int(np.searchsorted(time_s, first_s - slack))
        return low, int(np.searchsorted(time_s, last_s + self.params.gate_s + slack))

    def odds(self, at: Candidates) -> FloatArray:
        """Return the log odds of candidates, their volumes taken by rule, shape (n,)."""
        found = np.full(len(at.time_s), -np.inf)
        order = np.argsort(at.time_s, kind="stable")
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            low, high = self.window(at.time_s[rows[0]], at.time_s[rows[-1]])
            if high - low > 1:
                found[rows] = self.part(low, high).odds_of_all(at.take(rows))
        return found

    def odds_of_all(self, at: Candidates) -> FloatArray:
        """Return the same where all detections of the scene may be of the candidates."""
        gain, silence = self.gains(at)
        used = gain >= self.params.min_gain
        score = np.where(used, gain, 0.0).sum(axis=1) + self._silence(silence, used)
        return np.asarray(score + self.log_prior + self._log_volume(at, used))

    def _silence(self, silence: FloatArray, used: NDArray[np.bool_]) -> FloatArray:
        """Return what the arrays that heard nothing tell, shape (n,)."""
        heard = np.zeros(silence.shape, dtype=np.bool_)
        for column, array in enumerate(self.readings.array):
            heard[:, array] |= used[:, column]
        return np.asarray(np.where(heard, 0.0, silence).sum(axis=1))

    def gains(self, at: Candidates) -> tuple[FloatArray, FloatArray]:
        """Return the gain of each detection and the log chance of silence of each array.

        Shapes (n, detections) and (n, arrays); detections that are not free gain nothing.
        """
        readings = self.readings
        log_density = np.full((len(at.time_s), len(readings)), -np.inf)
        latitude, _ = geographic(at.unit)
        nodes = np.array([x for x, _ in self.models])
        nearest = np.argmin(np.abs(latitude[:, None] - nodes), axis=1)
        for k in np.unique(nearest):
            rows = np.flatnonzero(nearest == k)
            log_density[rows] = self._log_density(at.take(rows), self.models[k][1])
        arc = np.arccos(np.clip(at.unit @ readings.unit.T, -1.0, 1.0))
        chance = self.params.hearing * np.exp(-arc * EARTH_RADIUS_KM / self.params.hearing_km)
        gain = log_density - self.log_noise + np.log(chance[:, readings.array])
        gain = np.where(self.free, gain, -np.inf)
        return np.maximum(gain, -50.0), np.log1p(-chance)

    def _log_density(self, at: Candidates, model: CelerityModel) -> FloatArray:
        from scipy.special import i0e

        readings, array = self.readings, self.readings.array
        paths = paths_to(at.unit, readings.unit, model)
        distance = paths.range_km[:, array]
        later = (readings.time_s - at.time_s[:, None])[:, :, None]
        sigma = np.hypot(
            distance[:, :, None] * paths.sigmas_s_per_km[:, array],
            readings.time_sigma_s[None, :, None],
        )
        off = (later - distance[:, :, None] * paths.means_s_per_km[:, array]) / sigma
        density = np.sum(paths.weights[:, array] / sigma * np.exp(-0.5 * off**2), axis=2)
        variance = readings.azimuth_sigma_rad**2 + paths.deviation_sigma_rad[:, array] ** 2
        turned = readings.azimuth_rad - paths.to_source_rad[:, array]
        turned = turned - paths.deviation_rad[:, array]
        kappa = 1.0 / variance
        direction = kappa * (np.cos(turned) - 1.0) - np.log(2.0 * np.pi * i0e(kappa))
        direction = np.where(np.isfinite(direction), direction, -np.log(2.0 * np.pi))
        with np.errstate(divide="ignore"):
            log_density = np.log(density) - 0.5 * np.log(2.0 * np.pi) + direction
        return np.asarray(np.where(distance <= self.params.max_range_km, log_density, -np.inf))

    def _log_volume(self, at: Candidates, used: NDArray[np.bool_]) -> FloatArray:
        """Return the log of km^2 s over which the detections of a candidate stay explained."""
        readings = self.readings
        cosine = at.unit @ readings.unit[readings.array].T
        range_km = np.arccos(np.clip(cosine, -1.0, 1.0)) * EARTH_RADIUS_KM
        turn = np.hypot(readings.azimuth_sigma_rad, np.radians(self.params.deviation_sigma_deg))
        across = np.where(used, range_km * turn, np.inf).min(axis=1)
        length = np.where(used, 0.1 * range_km, np.inf).min(axis=1)
        length = np.maximum(length, across)
        volume = (2.0 * np.pi) ** 1.5 * across * length**2 * self.params.mean_s_per_km
        return np.asarray(np.where(np.isfinite(volume), np.log(np.maximum(volume, 1.0)), 0.0))

    def settled(self, at: Candidates) -> SoundGroup | None:
        """Move a candidate to the best place and time around and return its group."""
        slack_s = 8.0 * _STEPS_KM[0] * self.params.mean_s_per_km
        time_s = float(at.time_s[0])
        low, high = self.window(time_s - slack_s, time_s + slack_s)
        scene = self.part(low, high)
        best, best_odds = at, float(scene.odds_of_all(at)[0])
        for step_km in _STEPS_KM:
            for _ in range(4):
                tried = _around(best, step_km, self.params.mean_s_per_km, _STAR)
                odds = scene.odds_of_all(tried)
                k = int(np.argmax(odds))
                if odds[k] <= best_odds + 1e-9:
                    break
                best, best_odds = tried.take(np.array([k])), float(odds[k])
        if best_odds < self.params.min_log_odds - _LIFT / 2.0:
            return None
        gain, silence = scene.gains(best)
        used = gain >= self.params.min_gain
        rows = np.flatnonzero(used[0])
        if len(np.unique(scene.readings.array[rows])) < 2:
            return None
        log_odds = float(scene._silence(silence, used)[0]) + self.log_prior
        log_odds += scene._log_integral(best, rows)
        return SoundGroup(low + rows, best.unit[0], float(best.time_s[0]), log_odds)

    def _log_integral(self, at: Candidates, rows: IntArray) -> float:
        """Return the log of the integral of the odds of a group over km^2 and s around a place."""
        total = -np.inf
        for step in _INTEGRAL_STEPS_KM:
            grid = _around(at, step, self.params.mean_s_per_km, _LATTICE)
            score = self.gains(grid)[0][:, rows].sum(axis=1)
            cell = np.log(step**3 * self.params.mean_s_per_km)
            total = max(total, float(np.logaddexp.reduce(score)) + cell)
        return total


def _lattice(n: int) -> FloatArray:
    axis = np.arange(-n, n + 1, dtype=np.float64)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)


_STAR = np.array(
    [
        (np.sin(turn) * reach, np.cos(turn) * reach, later)
        for turn in np.arange(8) * np.pi / 4.0
        for reach in (0.0, 1.0)
        for later in (-2.0, -1.0, 0.0, 1.0, 2.0)
    ]
)
"""Steps east, north and in time that are tried."""
_LATTICE = _lattice(4)
_INTEGRAL_STEPS_KM = (12.0, 30.0, 75.0)
"""Of lattices over which odds are integrated: the finer for near events, the wider for far ones. A
lattice that is too small, or too coarse by chance, holds less: the larger integral is taken."""


def _around(at: Candidates, step_km: float, mean_s_per_km: float, moves: FloatArray) -> Candidates:
    """Return places and times around one, moved by steps."""
    unit = at.unit[0]
    east = np.array([-unit[1], unit[0], 0.0])
    length = float(np.linalg.norm(east))
    east = east / length if length > 1e-12 else np.array([0.0, 1.0, 0.0])
    north = np.cross(unit, east)
    moved = unit + (moves[:, :2] @ np.stack([east, north])) * step_km / EARTH_RADIUS_KM
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    return Candidates(moved, at.time_s[0] + moves[:, 2] * step_km * mean_s_per_km)


def _log_rate(readings: SoundReadings, n_found: int, params: GroupParams) -> float:
    """Return the log of the expected number of events per km^2 and s in reach of the arrays."""
    middle = readings.unit.mean(axis=0)
    middle = middle / max(float(np.linalg.norm(middle)), 1e-12)
    widest = float(np.arccos(np.clip(readings.unit @ middle, -1.0, 1.0)).max(initial=0.0))
    reach = min(widest + params.max_range_km / EARTH_RADIUS_KM, np.pi)
    area_km2 = 2.0 * np.pi * EARTH_RADIUS_KM**2 * (1.0 - np.cos(reach))
    days = float(readings.time_s[-1] - readings.time_s[0]) / 86400.0
    # A Gamma prior worth one event.
    per_day = (1.0 + n_found) / (1.0 / params.events_per_day + days)
    return float(np.log(max(per_day, 1e-3) / 86400.0 / area_km2))


def _rates(readings: SoundReadings, free: NDArray[np.bool_], prior_s: float) -> FloatArray:
    """Return the rate of noise around each detection, itself taken as the prior one."""
    rate = np.empty(len(readings))
    first_s, last_s = float(readings.time_s[0]), float(readings.time_s[-1])
    for array in range(len(readings.stations)):
        own = np.flatnonzero(readings.array == array)
        time_s = readings.time_s[own]
        noise = time_s[free[own]]
        begin, end = time_s - _HALF_WINDOW_S, time_s + _HALF_WINDOW_S
        n = np.searchsorted(noise, end) - np.searchsorted(noise, begin)
        span = np.minimum(end, last_s) - np.maximum(begin, first_s)
        rate[own] = np.maximum(n, 1) / (span + prior_s)
    return rate
