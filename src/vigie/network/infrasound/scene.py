"""How well candidate sources explain infrasound detections against noise.

What it computes: the gain of each detection under a candidate, the log of its density (mixture of
celerities times von Mises) over that of noise (``noise``) at its array, counted from
what no event explains; the log chance of silence of the arrays that heard nothing. Source: the
odds of Arora, Russell & Sudderth 2013 (BSSA 103, 709) with the likelihood of ``likelihood``.
Assumptions: usual celerities by season (no rays); an array with any detection was working.
Cost: 0.4 us per candidate and detection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.celerity import CelerityModel
from vigie.network.infrasound.likelihood import paths_to
from vigie.network.infrasound.noise import (
    Crowd,
    crowd_of,
    noise_of_detections,
    noise_of_trains,
)
from vigie.network.infrasound.params import GroupParams
from vigie.network.infrasound.posterior import geographic
from vigie.network.infrasound.readings import SoundReadings
from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM
from vigie.network.infrasound.trains import Trains, wave_trains

if TYPE_CHECKING:
    from vigie.network.infrasound.candidates import Candidates
    from vigie.network.infrasound.celerity import Atmosphere

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_BATCH = 256
"""Candidates weighed at once, neighbours in time."""


def models_by_latitude(
    readings: SoundReadings, atmosphere: Atmosphere
) -> tuple[tuple[float, CelerityModel], ...]:
    """Return quick models of the season, by latitude."""
    latitudes = np.arange(-80.0, 81.0, 20.0).tolist()
    return tuple((x, atmosphere.quick(x, readings.reference_ns)) for x in latitudes)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
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
    trains: Trains
    crowd: Crowd | None = None
    """Of all detections, where they are not counted by train; not of the scene's own rows."""
    recurs: NDArray[np.bool_] | None = None
    """Of the scene's own rows."""

    @classmethod
    def of(
        cls,
        readings: SoundReadings,
        models: tuple[tuple[float, CelerityModel], ...],
        free: NDArray[np.bool_],
        n_found: int,
        params: GroupParams,
        crowd: Crowd | None = None,
    ) -> Scene:
        """Return the scene as it is while some detections are free and some events found."""
        prior_s = params.prior_noise_interval_s
        trains = wave_trains(readings)
        if params.by_train:
            noise = noise_of_trains(readings, trains, free, prior_s)
        else:
            crowd = crowd or crowd_of(readings)
            noise = noise_of_detections(readings, free, prior_s, crowd) + crowd.coda.density
        log_prior = _log_rate(readings, n_found, params)
        recurs = None if crowd is None else crowd.recurs
        log_noise = np.log(noise)
        return cls(
            readings, models, free.copy(), log_noise, log_prior, params, trains, crowd, recurs
        )

    def part(self, low: int, high: int) -> Scene:
        """Return the scene with a range of the detections."""
        return self.take(np.arange(low, high))

    def take(self, rows: IntArray) -> Scene:
        """Return the scene with some of the detections."""
        return replace(
            self,
            readings=self.readings.take(rows),
            free=self.free[rows],
            log_noise=self.log_noise[rows],
            trains=self.trains.take(rows),
            recurs=None if self.recurs is None else self.recurs[rows],
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
        score, used, _ = self.weighed(at)
        return np.asarray(score + self.log_prior + self.log_volume(at, used))

    def weighed(self, at: Candidates) -> tuple[FloatArray, NDArray[np.bool_], IntArray]:
        """Return what detections and silence tell of candidates, summed over sizes.

        Returns
        -------
        score : ndarray, shape (n,)
            Log odds but for the rate of events and the volume.
        used : ndarray, shape (n, detections)
            Those that gain, at the likeliest size.
        size : ndarray, shape (n,)
            The likeliest, an index into ``scales_km``.
        """
        base, log_chance, log_silence = self.gains(at)
        scores, sets = [], []
        for k, share in enumerate(self.params.shares):
            gain = base + log_chance[k][:, self.readings.array]
            used = self._of_one_shot(gain, gain >= self.params.min_gain)
            scores.append(
                np.log(share) + self._sum(gain, used) + self._silence(log_silence[k], used)
            )
            sets.append(used)
        size = np.argmax(scores, axis=0)
        used = np.stack(sets)[size, np.arange(len(size))]
        return np.logaddexp.reduce(scores, axis=0), used, size

    def sum_of(self, at: Candidates, rows: IntArray, silent: FloatArray) -> FloatArray:
        """Return what given detections tell of candidates, shape (n,).

        ``silent`` is what silence tells at each size, with the log of its share.
        """
        base, log_chance, _ = self.gains(at)
        used = np.zeros(base.shape, dtype=np.bool_)
        used[:, rows] = True
        scores = [
            self._sum(base + chance[:, self.readings.array], used) + silence
            for chance, silence in zip(log_chance, silent, strict=True)
        ]
        return np.asarray(np.logaddexp.reduce(scores, axis=0))

    def silence_at(self, at: Candidates, rows: IntArray) -> FloatArray:
        """Return what silence and the share of each size tell of one place, shape (sizes,)."""
        _, _, log_silence = self.gains(at)
        used = np.zeros((1, len(self.readings)), dtype=np.bool_)
        used[:, rows] = True
        shares = np.log(self.params.shares)
        return np.array(
            [s + self._silence(x, used)[0] for s, x in zip(shares, log_silence, strict=True)]
        )

    def _of_one_shot(self, gain: FloatArray, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return what is used without what recurs at an array, but for the best: other shots."""
        if self.recurs is None or not self.recurs.any():
            return used
        used = used.copy()
        for array in np.unique(self.readings.array[self.recurs]):
            shots = np.flatnonzero(self.recurs & (self.readings.array == array))
            best = shots[np.argmax(gain[:, shots], axis=1)]
            used[:, shots] &= shots == best[:, None]
        return used

    def _sum(self, gain: FloatArray, used: NDArray[np.bool_]) -> FloatArray:
        if not self.params.each_array_once:
            return np.asarray(np.where(used, gain, 0.0).sum(axis=1))
        total = np.zeros(len(gain))
        kept = np.where(used, gain, -np.inf)
        for array in np.unique(self.readings.array):
            best = kept[:, self.readings.array == array].max(axis=1)
            total += np.where(np.isfinite(best), best, 0.0)
        return total

    def _silence(self, silence: FloatArray, used: NDArray[np.bool_]) -> FloatArray:
        """Return what the arrays that heard nothing tell, shape (n,)."""
        heard = np.zeros(silence.shape, dtype=np.bool_)
        for column, array in enumerate(self.readings.array):
            heard[:, array] |= used[:, column]
        return np.asarray(np.where(heard, 0.0, silence).sum(axis=1))

    def gains(self, at: Candidates) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the gain of each detection but for the chance of hearing, and both chances.

        Shapes (n, detections), and twice (sizes, n, arrays): logs of the chances of hearing and of
        silence. Detections that are not free gain nothing.
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
        scales = np.array(self.params.scales_km)[:, None, None]
        beside = np.log(self.params.hearings)[:, None, None]
        log_chance = beside - arc * EARTH_RADIUS_KM / scales
        gain = np.where(self.free, log_density - self.log_noise, -np.inf)
        return np.maximum(gain, -50.0), log_chance, np.log1p(-np.exp(log_chance))

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

    def log_volume(self, at: Candidates, used: NDArray[np.bool_]) -> FloatArray:
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
