"""Simulated infrasound events for measuring the regions of locations.

The simulated world is not the locator's: winds are drawn around the climatology with another
correlation between heights, partly anew for each path, and rays are traced through them; arrays
hear by a range of their own; stated errors of azimuth and time are off by a fifth; some arrivals
are scattered into the shadow, some are of other events. Coda comes by an exponential law, whose
azimuths scatter about that of the arrival.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vigie.earth.atmosphere import climatology
from vigie.earth.atmosphere.landings import LandingParams, landings
from vigie.earth.atmosphere.profile import wind_sigma_m_s
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.records import AtmosphereProfile, Detection, Station, Technology, parse_iso
from vigie.records.time import add_seconds

FloatArray = NDArray[np.float64]

DAYS = ("2012-01-15", "2012-04-20", "2012-07-10", "2012-10-05")
LATITUDES = (-40.0, 5.0, 30.0, 50.0)
FARTHEST_KM = 3000.0
"""No array farther than this hears; the locator is not told."""
COMMON_SHARE = 0.8
"""Of the variance of the wind's error, what all paths have alike."""
SCATTERED = 0.3
"""Chance that an array without a ray hears all the same."""
STRAY = 0.02
"""Chance that a detection is of something else."""


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """One event with the truth."""

    latitude: float
    longitude: float
    time_ns: int
    detections: tuple[Detection, ...]
    stations: dict[str, Station]


def simulate(
    n_events: int,
    seed: int,
    latitudes: tuple[float, ...] = LATITUDES,
    days: tuple[str, ...] = DAYS,
) -> list[SimulatedEvent]:
    """Draw events heard by two to six arrays at 100 to 3000 km."""
    rng = np.random.default_rng(seed)
    events: list[SimulatedEvent] = []
    while len(events) < n_events:
        middle = float(rng.choice(latitudes)), float(rng.uniform(-180.0, 180.0))
        start_ns = parse_iso(str(rng.choice(days)) + "T00:00:00Z")
        time_ns = add_seconds(start_ns, rng.uniform(0, 86400))
        event = _event(rng, f"e{len(events)}", middle, time_ns)
        if event is not None:
            events.append(event)
    return events


def _event(
    rng: np.random.Generator, name: str, middle: tuple[float, float], time_ns: int
) -> SimulatedEvent | None:
    arrays = [_spot(middle, 2500.0, rng) for _ in range(12)]
    latitude, longitude = _spot(middle, 2500.0, rng)
    hearing_km = rng.uniform(500.0, 2000.0)
    profile = climatology(latitude=latitude, time_ns=time_ns)
    scale, length = rng.uniform(0.8, 1.2), rng.uniform(5.0, 12.0)
    common = _wind_error(profile, length, rng) * scale * COMMON_SHARE**0.5
    found: list[tuple[Detection, Station]] = []
    for k, (lat, lon) in enumerate(arrays):
        delta, azimuth, back = distance_azimuths(latitude, longitude, lat, lon)
        range_km = float(delta) * KM_PER_DEG
        if not 100.0 < range_km < FARTHEST_KM or rng.random() > np.exp(-range_km / hearing_km):
            continue
        own = _wind_error(profile, length, rng) * scale * (1.0 - COMMON_SHARE) ** 0.5
        wind = common + own
        there = replace(
            profile,
            zonal_m_s=np.clip(profile.zonal_m_s + wind[0], -300.0, 300.0),
            meridional_m_s=np.clip(profile.meridional_m_s + wind[1], -300.0, 300.0),
        )
        arrival = _arrival(there, float(azimuth), range_km, rng)
        if arrival is None:
            continue
        station = Station(
            code=f"A{k:02d}", latitude=lat, longitude=lon, elevation_m=0.0,
            technology=Technology.INFRASOUND,
        )  # fmt: skip
        found.append((_detection(name, station, (time_ns, float(back), *arrival), rng), station))
    if not 2 <= len(found) <= 6:
        return None
    return SimulatedEvent(
        latitude, longitude, time_ns, tuple(d for d, _ in found), {s.code: s for _, s in found}
    )


def _spot(
    middle: tuple[float, float], reach_km: float, rng: np.random.Generator
) -> tuple[float, float]:
    distance = reach_km * rng.random() ** 0.5
    lat, lon = destination(*middle, rng.uniform(0.0, 360.0), distance / KM_PER_DEG)
    return float(lat), float(lon)


def _wind_error(
    profile: AtmosphereProfile, length_km: float, rng: np.random.Generator
) -> FloatArray:
    height = profile.height_km
    nodes = np.arange(height[0] - 4 * length_km, height[-1] + 4 * length_km, length_km / 3.0)
    weights = np.exp(-(((height[:, None] - nodes) / length_km) ** 2))
    weights /= np.sqrt((weights**2).sum(axis=1))[:, None]
    noise = rng.standard_normal((2, len(nodes))) @ weights.T
    return np.asarray(noise * np.array(wind_sigma_m_s(profile)))


def _arrival(
    profile: AtmosphereProfile, azimuth_deg: float, range_km: float, rng: np.random.Generator
) -> tuple[float, float] | None:
    """Return travel time and azimuth deviation of the phase that is picked, or None."""
    landed = landings(
        profile, np.array([azimuth_deg]), rng, LandingParams(n_members=1, smear_km=10.0)
    )
    row = int(np.argmin(np.abs(landed.range_km - range_km)))
    amplitude = landed.part[0, row]
    if not amplitude.sum() > 0.0:
        if rng.random() > SCATTERED:
            return None
        return range_km / rng.uniform(0.25, 0.33), float(rng.normal(0.0, 2.0))
    phase = int(rng.choice(3, p=amplitude / amplitude.sum()))
    slowness = landed.mean_s_per_km[0, row, phase] + rng.normal() * np.nan_to_num(
        landed.sigma_s_per_km[0, row, phase]
    )
    turned = landed.deviation_deg[0, row, phase] + rng.normal() * np.nan_to_num(
        landed.deviation_sigma_deg[0, row, phase]
    )
    return range_km * slowness, float(turned)


def _detection(
    name: str, station: Station, truth: tuple[int, float, float, float], rng: np.random.Generator
) -> Detection:
    time_ns, back_deg, travel_s, turned_deg = truth
    sigma_s, sigma_deg = rng.uniform(5.0, 15.0), rng.uniform(0.5, 3.0)
    off_s = travel_s + rng.normal() * sigma_s * rng.lognormal(0.0, 0.2)
    azimuth = back_deg + turned_deg + rng.normal() * sigma_deg * rng.lognormal(0.0, 0.2)
    if rng.random() < STRAY:
        off_s += rng.uniform(-1800.0, 1800.0)
        azimuth = rng.uniform(0.0, 360.0)
    return Detection(
        id=f"{name}-{station.code}",
        station=station.code,
        time_ns=add_seconds(time_ns, off_s),
        time_sigma_s=sigma_s,
        phase="I",
        azimuth_deg=azimuth % 360.0,
        azimuth_deg_sigma=sigma_deg,
        technology=Technology.INFRASOUND,
    )


MOST_CODA = 3
"""Detections of coda that follow an arrival at most."""
CODA_MEAN_S = 300.0
CODA_DEG = 8.0
"""Mean lag of coda, and standard deviation of its azimuth about that of the arrival."""


def amid_coda(event: SimulatedEvent, rng: np.random.Generator) -> SimulatedEvent:
    """Return the event with none to three detections of coda after each arrival."""
    detections: list[Detection] = []
    for arrival in event.detections:
        detections.append(arrival)
        for k in range(int(rng.integers(0, MOST_CODA + 1))):
            assert arrival.azimuth_deg is not None
            azimuth = arrival.azimuth_deg + float(rng.normal()) * CODA_DEG
            coda = replace(
                arrival,
                id=f"{arrival.id}-c{k}",
                time_ns=add_seconds(arrival.time_ns, float(rng.exponential(CODA_MEAN_S))),
                azimuth_deg=azimuth % 360.0,
            )
            detections.append(coda)
    return replace(event, detections=tuple(detections))
