"""Hydroacoustic arrivals and their stations as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Sites
from vigie.geodesy import unit_vectors
from vigie.network.hydro.phases import class_gains
from vigie.records import NS_PER_S, Detection, Inventory, Station
from vigie.stations.lookup import find_station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.network.hydro.params import HydroParams

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HALF_WINDOW_S = 7200.0
"""Detections so far away tell the rate of noise at a station."""


@dataclass(frozen=True, slots=True, eq=False)
class HydroReadings:
    """Arrivals at placed stations, as columns of shape (n,); NaN was not measured."""

    detections: tuple[Detection, ...]
    stations: tuple[Station, ...]
    """One of each, m of them."""
    station: IntArray
    """Index into ``stations``."""
    facility: IntArray
    """Of each station, shape (m,): triplets around one island are one facility."""
    sites: Sites
    """Of the stations, m of them."""
    unit: FloatArray
    """Of the stations, shape (m, 3)."""
    reference_ns: int
    time_s: FloatArray
    """After the reference."""
    time_sigma_s: FloatArray
    azimuth_deg: FloatArray
    azimuth_sigma_deg: FloatArray
    h_gain: FloatArray
    """What the class tells for H."""
    t_gain: FloatArray
    log_noise: FloatArray
    """Log rate of noise around each arrival, per s."""
    free: NDArray[np.bool_]
    """Of no event yet."""

    @property
    def triplets(self) -> NDArray[np.bool_]:
        """Which stations measure azimuths, shape (m,): T stations give times alone."""
        pointed = self.station[np.isfinite(self.azimuth_deg)]
        return np.asarray(np.isin(np.arange(len(self.stations)), pointed))

    def __len__(self) -> int:
        return len(self.detections)

    def without(self, rows: Sequence[int]) -> HydroReadings:
        """Return the same with some arrivals taken; the rate of noise is counted anew."""
        free = self.free.copy()
        free[list(rows)] = False
        return replace(
            self, free=free, log_noise=np.log(station_rates(self.time_s, self.station, free))
        )


def collect_hydro(
    detections: Sequence[Detection], stations: Inventory, params: HydroParams
) -> tuple[HydroReadings, tuple[Detection, ...]]:
    """Return the arrivals whose station is known, in order of time, and the others."""
    placed: list[tuple[Detection, int]] = []
    unplaced: list[Detection] = []
    number: dict[str, int] = {}
    known: list[Station] = []
    for d in sorted(detections, key=lambda d: (d.time_ns, d.station, d.id)):
        station = find_station(stations, d.station, d.time_ns)
        if station is None:
            unplaced.append(d)
            continue
        if station.code not in number:
            number[station.code] = len(known)
            known.append(station)
        placed.append((d, number[station.code]))
    rows = tuple(d for d, _ in placed)
    own = np.array([k for _, k in placed], dtype=np.int64)
    reference_ns = rows[0].time_ns if rows else 0
    time_s = np.array([(d.time_ns - reference_ns) / NS_PER_S for d in rows], dtype=np.float64)
    free = np.ones(len(rows), dtype=np.bool_)
    gains = np.array([class_gains(d, params) for d in rows], dtype=np.float64).reshape(-1, 2)
    rate = station_rates(time_s, own, free, params.prior_noise_interval_s)
    readings = HydroReadings(
        rows,
        tuple(known),
        own,
        _facilities(known),
        sites_of(known),
        unit_vectors([s.latitude for s in known], [s.longitude for s in known]).reshape(-1, 3),
        reference_ns,
        time_s,
        np.array([_time_sigma_s(d, params) for d in rows], dtype=np.float64),
        np.array([np.nan if d.azimuth_deg is None else d.azimuth_deg for d in rows], np.float64),
        np.array([d.azimuth_deg_sigma or params.azimuth_sigma_deg for d in rows], np.float64),
        gains[:, 0],
        gains[:, 1],
        np.log(rate),
        free,
    )
    return readings, tuple(unplaced)


def sites_of(stations: Sequence[Station]) -> Sites:
    """Return positions of stations as columns."""
    return Sites(
        np.array([s.latitude for s in stations], dtype=np.float64),
        np.array([s.longitude for s in stations], dtype=np.float64),
        np.nan_to_num(np.array([s.elevation_m for s in stations], dtype=np.float64)),
        tuple(s.code for s in stations),
    )


def _time_sigma_s(d: Detection, params: HydroParams) -> float:
    if d.time_sigma_s is not None and d.time_sigma_s > 0.0:
        return d.time_sigma_s
    return params.t_sigma_s if d.phase == "T" else params.h_sigma_s


def _facilities(stations: Sequence[Station]) -> IntArray:
    names = [s.treaty_code or s.code for s in stations]
    first = {name: k for k, name in reversed(list(enumerate(names)))}
    return np.array([first[name] for name in names], dtype=np.int64)


def station_rates(
    time_s: FloatArray, station: IntArray, free: NDArray[np.bool_], prior_s: float = 3600.0
) -> FloatArray:
    """Return the rate of noise around each arrival, itself taken as the prior one."""
    rate = np.ones(len(time_s))
    if not len(time_s):
        return rate
    first_s, last_s = float(time_s.min()), float(time_s.max())
    for number in np.unique(station):
        own = np.flatnonzero(station == number)
        times, noise = time_s[own], time_s[own][free[own]]
        begin, end = times - HALF_WINDOW_S, times + HALF_WINDOW_S
        n = np.searchsorted(noise, end) - np.searchsorted(noise, begin)
        span = np.minimum(end, last_s) - np.maximum(begin, first_s)
        rate[own] = np.maximum(n, 1) / (span + prior_s)
    return rate
