"""The linear problem around a trial origin: residuals, derivatives and errors of all rows.

Each reading gives three rows, time, azimuth and slowness, in blocks of n: row i is the
time of reading i, n + i its azimuth, 2 n + i its slowness. Derivatives are taken in local
tangent coordinates (north km, east km, depth km, time s), so poles and the date line are
places like any other:

    dT/dN = -p cos(esaz) / k      daz/dN =  sin(esaz) / (k sin(delta))
    dT/dE = -p sin(esaz) / k      daz/dE = -cos(esaz) / (k sin(delta))
    dp/dN = -p' cos(esaz) / k     dp/dE = -p' sin(esaz) / k

with p the slowness in s/deg, p' its change with distance and k the kilometres per degree of
the local WGS84 radius (Bratt & Bache 1988, BSSA 78, 780-798).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth.base import FloatArray, Hypocentre, Predictions, Predictor
from vigie.geodesy.sphere import EQUATORIAL_RADIUS_KM, FLATTENING
from vigie.network.location.phases import SURFACE_WAVES, WINDOWS_DEG, error_family

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.network.location.kinds import BoolArray, StrArray
    from vigie.network.location.readings import Readings

MIN_SIN_DELTA = 0.01
"""Azimuths of an event nearer than half a degree move too wildly to be linear; half and twice
give the same."""


class Trial(NamedTuple):
    """A trial origin; the time counts from the readings' reference."""

    latitude: float
    longitude: float
    depth_km: float
    time_s: float

    @property
    def hypocentre(self) -> Hypocentre:
        """The place alone."""
        return Hypocentre(self.latitude, self.longitude, self.depth_km)

    def moved(self, step: FloatArray) -> Trial:
        """Return the origin after a step (north km, east km, depth km, time s)."""
        north, east, down, later = (float(x) for x in step)
        latitude, longitude = moved_deg(self.latitude, self.longitude, north, east)
        return Trial(latitude, longitude, self.depth_km + down, self.time_s + later)


def moved_deg(
    latitude_deg: float, longitude_deg: float, north_km: float, east_km: float
) -> tuple[float, float]:
    """Return the place some kilometres north and east; scalars, as ``destination`` of arrays."""
    squash = (1.0 - FLATTENING) ** 2
    rad = math.pi / 180.0
    phi = math.atan2(squash * math.sin(latitude_deg * rad), math.cos(latitude_deg * rad))
    distance = math.hypot(north_km, east_km) / km_per_deg(latitude_deg) * rad
    # Cosine and sine of the azimuth; due north where nothing moves.
    turn = math.atan2(east_km, north_km)
    sin_phi = math.sin(phi) * math.cos(distance)
    sin_phi += math.cos(phi) * math.sin(distance) * math.cos(turn)
    east = math.sin(turn) * math.sin(distance)
    north = math.cos(distance) * math.cos(phi) - math.sin(phi) * math.sin(distance) * math.cos(turn)
    geocentric = math.atan2(sin_phi, math.hypot(east, north))
    latitude = math.atan2(math.sin(geocentric), squash * math.cos(geocentric)) / rad
    longitude = longitude_deg + math.atan2(east, north) / rad
    return min(max(latitude, -90.0), 90.0), (longitude + 180.0) % 360.0 % 360.0 - 180.0


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows at one trial origin; NaN where there is no observation or no prediction."""

    predictions: Predictions
    phases: tuple[str, ...]
    """What was predicted of each reading: its phase, or the stand-in."""
    residual: FloatArray
    """Shape (3 n,): observed minus predicted, s, deg, s/deg."""
    derivative: FloatArray
    """Shape (3 n, 4)."""
    reading_sigma: FloatArray
    """Shape (3 n,)."""
    model_sigma: FloatArray
    """Shape (3 n,)."""
    sigma: FloatArray
    """Total standard error, shape (3 n,)."""

    @property
    def families(self) -> StrArray:
        """Family of phases whose model errors hang together, shape (n,)."""
        return np.array([error_family(p) for p in self.phases])

    @property
    def standard(self) -> FloatArray:
        """Residual over total standard error, shape (3 n,); NaN for surface waves."""
        standard: FloatArray = self.residual / self.sigma
        if not SURFACE_WAVES.isdisjoint(self.phases):
            standard[np.tile([p in SURFACE_WAVES for p in self.phases], 3)] = np.nan
        return standard


def km_per_deg(latitude_deg: float) -> float:
    """Return kilometres per degree of distance, with the local WGS84 radius."""
    phi = math.radians(latitude_deg)
    sin, cos = (1.0 - FLATTENING) ** 2 * math.sin(phi), math.cos(phi)
    return math.radians(EQUATORIAL_RADIUS_KM * (1.0 - FLATTENING * sin**2 / (sin**2 + cos**2)))


def linearise(readings: Readings, trial: Trial, predictor: Predictor) -> Rows:
    """Predict all readings at a trial origin and set up the rows."""
    from vigie.network.location._steps import rows_of

    predicted, phases = predict_with_stand_ins(readings, trial.hypocentre, predictor)
    observed = np.empty((3, len(readings)))
    observed[0] = readings.time_s - trial.time_s
    observed[1] = readings.azimuth_deg - predicted.azimuth_correction_deg
    observed[2] = readings.slowness_s_per_deg - predicted.slowness_correction_s_per_deg
    expected = np.stack(
        [
            predicted.time_s,
            predicted.slowness_s_per_deg,
            predicted.d2t_ddelta2,
            predicted.dt_ddepth_s_per_km,
            predicted.delta_deg,
            predicted.esaz_deg,
            predicted.seaz_deg,
        ]
    )
    residual, derivative = rows_of(observed, expected, km_per_deg(trial.latitude), MIN_SIN_DELTA)
    model_sigma = np.concatenate(
        [
            predicted.time_sigma_s,
            predicted.azimuth_sigma_deg,
            predicted.slowness_sigma_s_per_deg,
        ]
    )
    sigma = np.hypot(readings.sigma, model_sigma)
    return Rows(predicted, phases, residual, derivative, readings.sigma, model_sigma, sigma)


def with_errors(rows: Rows, readings: Readings) -> Rows:
    """Return rows with the standard errors of these readings."""
    sigma = np.hypot(readings.sigma, rows.model_sigma)
    return replace(rows, reading_sigma=readings.sigma, sigma=sigma)


def predict_with_stand_ins(
    readings: Readings, source: Hypocentre, predictor: Predictor
) -> tuple[Predictions, tuple[str, ...]]:
    """Predict each reading's phase, or where that does not exist the best stand-in.

    Of several stand-ins that exist, the first of the list is taken.
    """
    phases = list(readings.phases)
    fallback = predictor.phases[0]
    result = predictor.predict([p or fallback for p in phases], source, readings.sites)
    unnamed = np.array([not p for p in phases], dtype=bool)
    missing = np.isnan(result.time_s) & ~unnamed
    if any(len(readings.stand_ins[i]) > 1 for i in np.flatnonzero(missing)):
        result = _with_stand_ins(readings, source, predictor, result, phases, missing)
    if unnamed.any():
        result = replace(result, time_s=np.where(unnamed, np.nan, result.time_s))
    return result, tuple(phases)


def _with_stand_ins(
    readings: Readings,
    source: Hypocentre,
    predictor: Predictor,
    result: Predictions,
    phases: list[str],
    missing: BoolArray,
) -> Predictions:
    """Fill what is missing, and name in ``phases`` what was taken instead."""
    n = len(phases)
    columns = {f.name: np.broadcast_to(getattr(result, f.name), n).copy() for f in fields(result)}
    for rank in range(1, max((len(s) for s in readings.stand_ins), default=0)):
        rows = [int(i) for i in np.flatnonzero(missing) if len(readings.stand_ins[i]) > rank]
        if not rows:
            break
        names = [readings.stand_ins[i][rank] for i in rows]
        other = predictor.predict(names, source, readings.sites.take(np.asarray(rows)))
        exists = np.isfinite(other.time_s) & in_window(names, other.delta_deg)
        for place, name, found in zip(rows, names, exists, strict=True):
            if found:
                phases[place] = name
        kept = np.asarray(rows)[exists]
        for field_name, column in columns.items():
            column[kept] = np.broadcast_to(getattr(other, field_name), len(rows))[exists]
        missing[kept] = False
    return Predictions(**columns)


def in_window(phases: Sequence[str], delta_deg: FloatArray) -> BoolArray:
    """Tell whether each phase is one to look for at its distance, shape (n,)."""
    windows = np.array([WINDOWS_DEG.get(p, (0.0, 180.0)) for p in phases]).reshape(-1, 2)
    inside: BoolArray = (windows[:, 0] <= delta_deg) & (delta_deg <= windows[:, 1])
    return inside
