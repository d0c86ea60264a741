"""How well candidate sources explain infrasound detections against noise.

What it computes: the gain of each detection under a candidate, the log of its density (mixture of
celerities times von Mises) over that of noise, whose rate is counted around it at its array from
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
from vigie.network.infrasound.params import GroupParams
from vigie.network.infrasound.posterior import geographic
from vigie.network.infrasound.readings import SoundReadings
from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from vigie.network.infrasound.candidates import Candidates
    from vigie.network.infrasound.celerity import Atmosphere

FloatArray = NDArray[np.float64]

_BATCH = 256
"""Candidates weighed at once, neighbours in time."""
_HALF_WINDOW_S = 7200.0
"""Detections so far away tell the rate of noise of an array."""


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

    @classmethod
    def of(
        cls,
        readings: SoundReadings,
        models: tuple[tuple[float, CelerityModel], ...],
        free: NDArray[np.bool_],
        n_found: int,
        params: GroupParams,
    ) -> Scene:
        """Return the scene as it is while some detections are free and some events found."""
        rate = _rates(readings, free, params.prior_noise_interval_s)
        log_prior = _log_rate(readings, n_found, params)
        return cls(readings, models, free.copy(), np.log(rate / (2.0 * np.pi)), log_prior, params)

    def part(self, low: int, high: int) -> Scene:
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
        score = np.where(used, gain, 0.0).sum(axis=1) + self.silence_of(silence, used)
        return np.asarray(score + self.log_prior + self.log_volume(at, used))

    def silence_of(self, silence: FloatArray, used: NDArray[np.bool_]) -> FloatArray:
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
