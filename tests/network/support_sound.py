"""A simple atmosphere and arrays anywhere, for tests of infrasound location."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.earth.atmosphere import climatology
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.records import AtmosphereProfile, Detection, Station, Technology, parse_iso
from vigie.records.time import add_seconds

FloatArray = NDArray[np.float64]

MEAN_S_PER_KM, SIGMA_S_PER_KM = 3.4, 0.1
TURN_SIGMA_DEG = 2.0
TIME_NS = parse_iso("2020-06-01T12:00:00Z")


@dataclass(frozen=True)
class OnePhase:
    """One phase of one celerity everywhere, no crosswind on average."""

    weights: FloatArray
    means_s_per_km: FloatArray
    sigmas_s_per_km: FloatArray
    azimuth_deviation_deg: FloatArray
    azimuth_deviation_sigma_deg: FloatArray


class StillAir:
    """The same air everywhere."""

    name = "still"

    def profile(self, latitude: float, time_ns: int) -> AtmosphereProfile:
        """Return that of the season: no test here asks for winds."""
        return climatology(latitude=latitude, time_ns=time_ns)

    def quick(self, latitude: float, time_ns: int) -> StillAir:
        """Return itself."""
        del latitude, time_ns
        return self

    def model(self, latitude: float, time_ns: int) -> StillAir:
        """Return itself."""
        del latitude, time_ns
        return self

    def mixture(self, azimuth_deg: FloatArray, range_km: FloatArray, /) -> OnePhase:
        """Return the one phase."""
        del azimuth_deg
        n = len(range_km)
        one = np.ones((n, 1))
        return OnePhase(
            one,
            MEAN_S_PER_KM * one,
            SIGMA_S_PER_KM * one,
            np.zeros(n),
            np.full(n, TURN_SIGMA_DEG),
        )


def arrays_around(
    latitude: float, longitude: float, spots: list[tuple[float, float]]
) -> dict[str, Station]:
    """Return arrays at azimuths and ranges (km) from a place."""
    stations = {}
    for k, (azimuth, range_km) in enumerate(spots):
        lat, lon = destination(latitude, longitude, azimuth, range_km / KM_PER_DEG)
        stations[f"A{k}"] = Station(
            code=f"A{k}",
            latitude=float(lat),
            longitude=float(lon),
            elevation_m=0.0,
            technology=Technology.INFRASOUND,
        )
    return stations


def heard(
    latitude: float, longitude: float, stations: dict[str, Station], late_s: float = 0.0
) -> list[Detection]:
    """Return what the arrays hear of a source, exactly as the air has it."""
    found = []
    for code, station in stations.items():
        delta, _, back = distance_azimuths(latitude, longitude, station.latitude, station.longitude)
        found.append(
            Detection(
                id=f"d{code}",
                station=code,
                time_ns=add_seconds(TIME_NS, float(delta) * KM_PER_DEG * MEAN_S_PER_KM + late_s),
                time_sigma_s=5.0,
                phase="I",
                azimuth_deg=float(back),
                azimuth_deg_sigma=1.0,
                technology=Technology.INFRASOUND,
            )
        )
    return found
