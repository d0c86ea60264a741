"""What else is known of a source besides its sound: seismic arrivals, or a seismic origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import geographic_latitude_deg, offsets_km, unit_vectors
from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM
from vigie.records import NS_PER_S

if TYPE_CHECKING:
    from vigie.records import Origin

FloatArray = NDArray[np.float64]

SEISMIC_KM_S = 6.0
"""Speed by which the size of a cell blunts a seismic time."""


class Evidence(Protocol):
    """A factor of the posterior."""

    def log_density(self, places: FloatArray, time_s: FloatArray, blunt_km: float) -> FloatArray:
        """Return the log of the factor at places (n, 3) and origin times (n, t), shape (n, t)."""
        ...

    def times(self, places: FloatArray, blunt_km: float, n_nodes: int) -> FloatArray:
        """Return origin times at which the factor must be sampled, shape (n, k)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class SeismicTime:
    """The time of one seismic phase, by its travel times along distance."""

    unit: FloatArray
    """Of the station, shape (3,)."""
    time_s: float
    sigma_s: float
    """Reading and model together."""
    delta_deg: FloatArray
    travel_s: FloatArray
    """At those distances; no phase beyond their ends."""

    def log_density(self, places: FloatArray, time_s: FloatArray, blunt_km: float) -> FloatArray:
        """Return the log density of the time."""
        expected, sigma = self._expected(places), np.hypot(self.sigma_s, blunt_km / SEISMIC_KM_S)
        off = (self.time_s - time_s - expected[:, None]) / sigma
        density = -0.5 * off**2 - np.log(sigma * np.sqrt(2.0 * np.pi))
        return np.where(np.isfinite(density), density, -1e9)

    def times(self, places: FloatArray, blunt_km: float, n_nodes: int) -> FloatArray:
        """Return times around that of the source."""
        expected = np.nan_to_num(self._expected(places))
        reach = 4.0 * np.hypot(self.sigma_s, blunt_km / SEISMIC_KM_S)
        return np.asarray((self.time_s - expected)[:, None] + np.linspace(-reach, reach, n_nodes))

    def residual_s(self, place: FloatArray, time_s: float) -> float:
        """Return the time less that expected of a source."""
        return float(self.time_s - time_s - self._expected(place[None])[0])

    def _expected(self, places: FloatArray) -> FloatArray:
        delta = np.degrees(np.arccos(np.clip(places @ self.unit, -1.0, 1.0)))
        return np.asarray(
            np.interp(delta, self.delta_deg, self.travel_s, left=self.travel_s[0], right=np.nan)
        )


class SeismicOrigin:
    """Place and time of a located event, as a normal density with its covariance.

    Parameters
    ----------
    origin : Origin
        With a covariance.
    reference_ns : int
        From which origin times count.
    """

    def __init__(self, origin: Origin, reference_ns: int) -> None:
        self._place = (origin.latitude, origin.longitude)
        self._unit = unit_vectors(origin.latitude, origin.longitude)
        self._time_s = (origin.time_ns - reference_ns) / NS_PER_S
        full = np.array(origin.covariance, dtype=np.float64)
        rows = np.ix_((0, 1, 3), (0, 1, 3))
        self._covariance = full[rows] + np.diag([1e-6, 1e-6, 1e-6])

    def log_density(self, places: FloatArray, time_s: FloatArray, blunt_km: float) -> FloatArray:
        """Return the log density of north, east and time."""
        covariance = self._blunted(blunt_km)
        offset = self._offset_km(places)
        root = np.linalg.cholesky(covariance)
        shape = time_s.shape
        full = np.empty((3, *shape))
        full[0], full[1] = offset[:, :1], offset[:, 1:]
        full[2] = time_s - self._time_s
        white = np.linalg.solve(root, full.reshape(3, -1))
        log_norm = np.log(np.diag(root)).sum() + 1.5 * np.log(2.0 * np.pi)
        return np.asarray(-0.5 * (white**2).sum(axis=0).reshape(shape) - log_norm)

    def times(self, places: FloatArray, blunt_km: float, n_nodes: int) -> FloatArray:
        """Return times around the one that belongs to each place."""
        covariance = self._blunted(blunt_km)
        gain = np.linalg.solve(covariance[:2, :2], covariance[:2, 2])
        mean = self._time_s + self._offset_km(places) @ gain
        sigma = np.sqrt(max(covariance[2, 2] - covariance[2, :2] @ gain, 1e-6))
        return np.asarray(mean[:, None] + sigma * np.linspace(-4.0, 4.0, n_nodes))

    def _blunted(self, blunt_km: float) -> FloatArray:
        slack = blunt_km**2
        return self._covariance + np.diag([slack, slack, slack / SEISMIC_KM_S**2])

    def _offset_km(self, places: FloatArray) -> FloatArray:
        """Return north and east offsets, along great circles as far as they go, shape (n, 2)."""
        latitude = geographic_latitude_deg(np.degrees(np.arcsin(np.clip(places[:, 2], -1.0, 1.0))))
        longitude = np.degrees(np.arctan2(places[:, 1], places[:, 0]))
        flat = offsets_km(latitude, longitude, *self._place)[:, ::-1]
        length = np.linalg.norm(flat, axis=1)
        arc = np.arccos(np.clip(places @ self._unit, -1.0, 1.0)) * EARTH_RADIUS_KM
        return np.asarray(flat * (arc / np.maximum(length, 1e-9))[:, None])
