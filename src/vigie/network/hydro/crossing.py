"""Events that one hydroacoustic facility and infrasound arrays heard, with P where there is any.

What it computes: the azimuth of an H crosses that of an infrasound arrival at a place; H gives the
origin time, and the celerity that the other then has must be possible. Each crossing is a normal
density of place and time, with the odds

    gains of both + log(rate of events) + log((2 pi)^1.5 |C|^0.5) + silence of open triplets;

other infrasound, H, T and P join it (``state``) and add their gains. Those above odds of 20 with
three stations or more are located with all arrivals in one posterior, the best first. Source and
assumptions: as ``grouping``; reciprocal celerity 3.4 +- 0.35 s/km (all phases of infrasound
together), azimuths to 4 deg for crosswinds. Cost: 40 ms for each crossing that is followed, 8 s
for a day of 6,000 detections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Hypocentre, Predictions, Sites
from vigie.earth.combined import CombinedPredictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.hydro.candidates import (
    LEAST_H_GAIN,
    RADIUS_KM,
    SPEED_KM_S,
    geographic,
    tangents,
)
from vigie.network.hydro.grouping import SEA_KM2
from vigie.network.hydro.joining import silence
from vigie.network.hydro.offers import SeismicReadings, hydro_offers, open_paths, seismic_offers
from vigie.network.hydro.readings import HydroReadings, station_rates
from vigie.network.hydro.state import Joined, Offers, State, gains_of, join, joined_offers, updated
from vigie.network.infrasound.params import GroupParams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.network.hydro.events import Surroundings
    from vigie.network.hydro.params import HydroParams
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

AIR = GroupParams()
"""Celerities and errors of infrasound."""
CELERITY_SIGMA_S_PER_KM = 0.35
AIR_HEARING = 0.4
"""Chance that an array in reach hears an explosion in the sea; its silence tells nothing."""
MOST_WEIGHED = 600
"""Crossings that are weighed, by the rates of noise and how usual the celerity is."""
MOST_FOLLOWED = 150
"""Crossings that are followed, best first."""
LEAST_STATIONS = 3
LEAST_LOG_ODDS = 3.0
"""A day of 6,000 detections of noise at all stations of the IMS gave three crossings of 1.0 to 1.6;
of eight simulated explosions all had more than 7."""
WIDE = State(0.0, 0.0, 0.0, 0.0, np.diag([2000.0**2, 2000.0**2, 2000.0**2]))
"""What is known before both azimuths: nothing that counts beside them."""


class AirPredictor:
    """Predicts I by one celerity; meets ``vigie.earth.base.Predictor``."""

    name = "air"
    phases = ("I",)

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict I at each site; nothing beyond the range of ``GroupParams``."""
        n = len(phases)
        delta, esaz, seaz = distance_azimuths(
            source.latitude, source.longitude, sites.latitude, sites.longitude
        )
        range_km = delta * KM_PER_DEG
        range_km = np.where(range_km <= AIR.max_range_km, range_km, np.nan)
        zero, slowness = np.zeros(n), np.full(n, AIR.mean_s_per_km * KM_PER_DEG)
        return Predictions(
            range_km * AIR.mean_s_per_km,
            slowness,
            zero,
            zero,
            delta,
            esaz,
            seaz,
            range_km * CELERITY_SIGMA_S_PER_KM,
            np.full(n, AIR.deviation_sigma_deg),
            zero + 1.0,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Crossed:
    """Detections that may be of one event, by number in their lists."""

    hydro: tuple[tuple[int, str], ...]
    """With the phase."""
    sound: tuple[int, ...]
    seismic: tuple[tuple[int, str], ...]
    log_odds: float


class Heard(NamedTuple):
    """What is left to explain."""

    hydro: HydroReadings
    sound: SoundReadings
    seismic: SeismicReadings


def crossings(heard: Heard, around: Surroundings, params: HydroParams) -> list[Crossed]:
    """Return the sets of detections that events explain better than noise, best first."""
    sound = _sound_offers(heard)
    rows, sounds, places, time_s = _seeds(heard, sound)
    ground = around.seas.with_ground(around.ground, heard.hydro.reference_ns)
    predictor = CombinedPredictor(ground, AirPredictor())
    seeds = [
        _seed((heard, sound), (int(row), int(other)), (place, float(at)), predictor, params)
        for row, other, place, at in zip(rows, sounds, places, time_s, strict=True)
    ]
    order = np.argsort([-s.log_odds for s in seeds], kind="stable")[:MOST_FOLLOWED]
    found = [_followed(heard, seeds[int(k)], sound, around, predictor, params) for k in order]
    kept = [c for c in found if c is not None and c.log_odds > LEAST_LOG_ODDS]
    return sorted(kept, key=lambda c: -c.log_odds)


class _Seed(NamedTuple):
    """An H and an infrasound arrival whose azimuths cross."""

    row: int
    sound: int
    state: State
    log_odds: float


def _seeds(heard: Heard, offers: Offers) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Return the best pairs of H and infrasound, and where and when they meet."""
    hydro, sound = heard.hydro, heard.sound
    usable = hydro.free & np.isfinite(hydro.azimuth_deg) & (hydro.h_gain > LEAST_H_GAIN)
    own, other = (
        x.ravel()
        for x in np.meshgrid(
            np.flatnonzero(usable), np.flatnonzero(np.isfinite(sound.azimuth_rad)), indexing="ij"
        )
    )
    a, b = hydro.unit[hydro.station[own]], sound.unit[sound.array[other]]
    pole_a = _pole(a, np.radians(hydro.azimuth_deg[own]))
    pole_b = _pole(b, sound.azimuth_rad[other])
    across = np.cross(pole_a, pole_b)
    length = np.linalg.norm(across, axis=1, keepdims=True)
    place = across / np.maximum(length, 1e-12)
    # Of the two places opposite to each other the one ahead of the array.
    ahead = (np.cross(pole_b, b) * place).sum(axis=1)
    place = np.where(ahead[:, None] > 0.0, place, -place)
    good = (length[:, 0] > 1e-3) & ((np.cross(pole_a, a) * place).sum(axis=1) > 0.0)
    range_a, range_b = (
        RADIUS_KM * np.arccos(np.clip((x * place).sum(axis=1), -1.0, 1.0)) for x in (a, b)
    )
    time_s = hydro.time_s[own] - range_a / SPEED_KM_S
    offset_s = (sound.reference_ns - hydro.reference_ns) / 1e9
    later = sound.time_s[other] + offset_s - time_s
    good &= (range_b <= 0.99 * AIR.max_range_km) & (
        later >= range_b * AIR.fast_s_per_km * 0.9 - 60.0
    )
    good &= later <= range_b * AIR.slow_s_per_km + 60.0
    slow = later / np.maximum(range_b, 1.0) - AIR.mean_s_per_km
    score = hydro.h_gain[own] - hydro.log_noise[own] + offers.log_gain[other]
    score -= 0.5 * (slow / CELERITY_SIGMA_S_PER_KM) ** 2 + np.log(np.maximum(range_b, 1.0))
    order = np.argsort(-np.where(good, score, -np.inf), kind="stable")
    best = order[: min(int(good.sum()), MOST_WEIGHED)]
    return own[best], other[best], place[best], time_s[best]


def _pole(unit: FloatArray, azimuth: FloatArray) -> FloatArray:
    east, north = tangents(unit)
    return np.cross(unit, np.sin(azimuth)[:, None] * east + np.cos(azimuth)[:, None] * north)


def _seed(
    given: tuple[Heard, Offers],
    pair: tuple[int, int],
    at: tuple[FloatArray, float],
    predictor: CombinedPredictor,
    params: HydroParams,
) -> _Seed:
    """Return what an H and an infrasound arrival tell together, with their odds."""
    heard, sound = given
    latitude, longitude = geographic(at[0][None])
    state = WIDE._replace(
        latitude=float(latitude[0]), longitude=float(longitude[0]), time_s=float(at[1])
    )
    hydro = heard.hydro
    own = hydro.station[pair[0] : pair[0] + 1]
    one = slice(pair[0], pair[0] + 1)
    nothing = np.full(1, np.nan)
    h = Offers(
        np.array([pair[0]]),
        own,
        ("H",),
        hydro.sites.take(own),
        hydro.time_s[one],
        hydro.time_sigma_s[one],
        hydro.azimuth_deg[one],
        hydro.azimuth_sigma_deg[one],
        nothing,
        nothing,
        hydro.h_gain[one] + np.log(params.hearing) - hydro.log_noise[one],
    )
    i = sound.take(np.array([pair[1]]))
    total = 0.0
    for offer in (h, i):
        predicted = predictor.predict(offer.phases, state.hypocentre, offer.sites)
        exact = state._replace(covariance=np.zeros((3, 3)))
        gain, found = gains_of(exact, offer, predicted)
        total += float(gain[0])
        state = updated(state, *(x[0] for x in found))
    _, log_volume = np.linalg.slogdet(state.covariance)
    log_rate = np.log(params.events_per_day / 86400.0 / SEA_KM2)
    total += float(log_rate + 1.5 * np.log(2.0 * np.pi) + 0.5 * log_volume)
    return _Seed(pair[0], pair[1], state, total)


def _sound_offers(heard: Heard) -> Offers:
    """Return the infrasound arrivals, numbered behind all others."""
    sound, hydro = heard.sound, heard.hydro
    n = len(sound)
    base = len(hydro) + len(heard.seismic.detections)
    base_station = len(hydro.stations) + len(heard.seismic.stations)
    rate = station_rates(sound.time_s, sound.array, np.ones(n, dtype=np.bool_))
    sites = Sites(
        np.array([s.latitude for s in sound.stations], dtype=np.float64),
        np.array([s.longitude for s in sound.stations], dtype=np.float64),
        np.zeros(len(sound.stations)),
        tuple(s.code for s in sound.stations),
    )
    offset_s = (sound.reference_ns - hydro.reference_ns) / 1e9
    return Offers(
        base + np.arange(n),
        base_station + sound.array,
        ("I",) * n,
        sites.take(sound.array),
        sound.time_s + offset_s,
        sound.time_sigma_s,
        np.degrees(sound.azimuth_rad),
        np.degrees(sound.azimuth_sigma_rad),
        np.full(n, np.nan),
        np.full(n, np.nan),
        np.log(AIR_HEARING) - np.log(rate),
    )


def _followed(
    heard: Heard,
    seed: _Seed,
    sound: Offers,
    around: Surroundings,
    predictor: CombinedPredictor,
    params: HydroParams,
) -> Crossed | None:
    """Return a seed with all that joins it; None where too few stations or a blocked path do."""
    hydro, seismic = heard.hydro, heard.seismic
    paths = open_paths(seed.state, hydro, around.seas)
    if not paths.h[hydro.station[seed.row]]:
        return None
    n, base_sound = len(hydro), len(hydro) + len(seismic.detections)
    used = {int(hydro.station[seed.row]), int(sound.station[seed.sound])}
    offers = joined_offers(
        hydro_offers(hydro, seed.state, "water", paths, params),
        seismic_offers(
            seismic,
            seed.state,
            predictor,
            np.zeros(len(seismic.detections), dtype=np.bool_),
            (n, len(hydro.stations)),
            params,
        ),
        sound,
    )
    offers = offers.take(np.flatnonzero(~np.isin(offers.station, list(used))))
    _, joined = join(seed.state, offers, predictor, params.min_gain)
    if len(joined) + 2 < LEAST_STATIONS:
        return None
    sea = [j for j in joined if j.row < n]
    own = Joined(seed.row, int(hydro.station[seed.row]), "H", 0.0)
    odds = seed.log_odds + sum(j.gain for j in joined)
    odds += silence(hydro, paths, [own, *sea], params)
    return Crossed(
        ((seed.row, "H"), *((j.row, j.phase) for j in sea)),
        (seed.sound, *(j.row - base_sound for j in joined if j.row >= base_sound)),
        tuple((j.row - n, j.phase) for j in joined if n <= j.row < base_sound),
        float(odds),
    )
