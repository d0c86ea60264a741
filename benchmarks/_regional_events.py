"""Events of regional networks whose true velocities are not those of the model.

A network a few degrees wide lies anywhere (a tenth of them at the poles, a tenth on the
antimeridian), the event in it or beside it: 8 to 20 stations at 0.5 to 6 deg with the first P and
mostly the first S. The model's times are wrong as those of a wrong crust are: along each path by
the mean of a random field of relative slowness, of which a part is common to the region. S errs
as P does, by a fifth more, and by a field of its own. Depths from 0 to 30 km are unknown, readings
err by 0.1 to 0.5 s (S twice that) and say so. The locator is told nothing of the velocities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from benchmarks.location_coverage import START_NS, FloatArray, Trial, judge, refused

from vigie.earth.base import Hypocentre, Predictor, Sites
from vigie.errors import LocationError
from vigie.geodesy import destination, distance_azimuths, unit_vectors
from vigie.network.location import LocateParams, locate
from vigie.records import NS_PER_S, Detection, Station

if TYPE_CHECKING:
    from collections.abc import Iterator

N_WAVES = 48
"""Plane waves of random direction that make a field; more change nothing."""
N_POINTS = 16
"""Of a path at which the field is taken."""
MEAN_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VelocityLaw:
    """How wrong the velocities of the model are."""

    size: float
    """Standard deviation of slowness over that of the model, at a point."""
    length_km: float = 200.0
    """Correlation exp(-(d/L)^2 / 2)."""
    common_share: float = 0.5
    """Of the variance, what the whole region has in common."""
    outlier_fraction: float = 0.0
    outlier_s: tuple[float, float] = (2.0, 20.0)

    s_share: float = 0.7
    """Share of stations that read S."""


VELOCITY_LAWS = {
    "regional_1_percent": VelocityLaw(size=0.01),
    "regional_2_percent": VelocityLaw(size=0.02),
    "regional_2_percent_p_alone": VelocityLaw(size=0.02, s_share=0.0),
    "regional_2_percent_all_common": VelocityLaw(size=0.02, common_share=1.0),
    "regional_1.5_percent_outliers": VelocityLaw(size=0.015, outlier_fraction=0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Ranges of the networks that are drawn."""

    n_stations: tuple[int, int] = (8, 20)
    delta_deg: tuple[float, float] = (0.5, 6.0)
    radius_deg: tuple[float, float] = (1.5, 4.0)
    beside: float = 1.2
    """Farthest event from the middle, over the radius."""
    depth_km: tuple[float, float] = (0.0, 30.0)


NETWORK = Network()


def run_regional(
    predictor: Predictor,
    law: VelocityLaw,
    seed: int,
    n_events: int,
    *,
    phases: Literal["keep", "identify"] = "keep",
) -> list[Trial]:
    """Locate synthetic regional events and compare each ellipse with the truth."""
    rng = np.random.default_rng(seed)
    trials: list[Trial] = []
    for number in range(n_events):
        truth, sites = _scene(rng, number)
        detections = list(_readings(rng, predictor, truth, sites, law))
        stations = {
            code: Station(code=code, latitude=float(lat), longitude=float(lon), elevation_m=0.0)
            for code, lat, lon in zip(sites.codes, sites.latitude, sites.longitude, strict=True)
        }
        kept = LocateParams(phases=phases)
        try:
            origin = locate("synthetic", detections, stations, predictor, kept)
        except LocationError:
            trials.append(refused(len(stations), special=number % 10 < 2))
            continue
        trials.append(judge(truth, origin, len(stations), special=number % 10 < 2))
    return trials


def _scene(rng: np.random.Generator, number: int) -> tuple[Hypocentre, Sites]:
    """Draw an event, and a network about it or beside it."""
    place = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0)))), float(rng.uniform(-180.0, 180.0))
    if number % 10 == 0:
        place = float(rng.choice([-90.0, 90.0])), place[1]
    elif number % 10 == 1:
        place = place[0], 180.0
    truth = Hypocentre(*place, float(rng.uniform(*NETWORK.depth_km)))
    wanted = int(rng.integers(NETWORK.n_stations[0], NETWORK.n_stations[1] + 1))
    while True:
        radius = float(rng.uniform(*NETWORK.radius_deg))
        away = radius * NETWORK.beside * float(rng.uniform())
        middle = [float(x) for x in destination(place[0], place[1], rng.uniform(0.0, 360.0), away)]
        out = radius * np.sqrt(rng.uniform(size=4 * wanted))
        latitude, longitude = destination(
            middle[0], middle[1], rng.uniform(0.0, 360.0, len(out)), out
        )
        delta, _, _ = distance_azimuths(place[0], place[1], latitude, longitude)
        near, far = NETWORK.delta_deg
        chosen = np.flatnonzero((near <= delta) & (delta <= far))[:wanted]
        if len(chosen) == wanted:
            codes = tuple(f"R{k:02d}" for k in range(wanted))
            return truth, Sites(latitude[chosen], longitude[chosen], np.zeros(wanted), codes)


def _readings(
    rng: np.random.Generator,
    predictor: Predictor,
    truth: Hypocentre,
    sites: Sites,
    law: VelocityLaw,
) -> Iterator[Detection]:
    n = len(sites.codes)
    slow_p = _relative_slowness(rng, truth, sites, law)
    # Of S over P: shear velocities vary by a fifth more, and in part on their own.
    slow_s = 1.2 * slow_p + 0.4 * _relative_slowness(rng, truth, sites, law)
    has_s = rng.uniform(size=n) < law.s_share
    for phase, slow, read in (("P", slow_p, np.ones(n, dtype=bool)), ("S", slow_s, has_s)):
        times = predictor.predict([phase] * n, truth, sites).time_s
        sigma = rng.uniform(0.1, 0.5, n) * (2.0 if phase == "S" else 1.0)
        error = slow * times + rng.normal(0.0, sigma)
        wrong = rng.uniform(size=n) < law.outlier_fraction
        gross = rng.uniform(*law.outlier_s, n) * rng.choice([-1.0, 1.0], n)
        error = np.where(wrong, gross, error)
        for i in np.flatnonzero(read & np.isfinite(times)):
            yield Detection(
                id=f"{sites.codes[i]}-{phase}",
                station=sites.codes[i],
                time_ns=START_NS + round(float(times[i] + error[i]) * NS_PER_S),
                time_sigma_s=float(sigma[i]),
                phase=phase,
            )


def _relative_slowness(
    rng: np.random.Generator, truth: Hypocentre, sites: Sites, law: VelocityLaw
) -> FloatArray:
    """Return by how much of the model's time each path is slow, shape (n,)."""
    delta, azimuth, _ = distance_azimuths(
        truth.latitude, truth.longitude, sites.latitude, sites.longitude
    )
    along = (np.arange(N_POINTS) + 0.5) / N_POINTS
    latitude, longitude = destination(
        truth.latitude,
        truth.longitude,
        np.repeat(azimuth, N_POINTS),
        (delta[:, None] * along).ravel(),
    )
    points = unit_vectors(latitude, longitude)
    wavenumber = rng.normal(size=(N_WAVES, 3)) * MEAN_RADIUS_KM / law.length_km
    phase = rng.uniform(0.0, 2.0 * np.pi, N_WAVES)
    field = np.sqrt(2.0 / N_WAVES) * np.cos(points @ wavenumber.T + phase).sum(axis=1)
    own = field.reshape(-1, N_POINTS).mean(axis=1)
    common = float(rng.normal())
    slow: FloatArray = law.size * (
        np.sqrt(law.common_share) * common + np.sqrt(1.0 - law.common_share) * own
    )
    return slow
