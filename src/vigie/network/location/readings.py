"""The readings of one event as columns, with the positions where they were made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import FloatArray, Sites
from vigie.geodesy import unit_vectors
from vigie.network.location.kinds import BoolArray, IntArray
from vigie.network.location.phases import SURFACE_WAVES, known_name, stand_ins, wave_type
from vigie.records import NS_PER_S, Detection, Inventory, Station

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.network.location.params import LocateParams


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Readings of one event: n arrivals as columns of shape (n,); NaN was not measured."""

    detections: tuple[Detection, ...]
    sites: Sites
    reference_ns: int
    """The time from which ``time_s`` counts."""
    time_s: FloatArray
    time_sigma_s: FloatArray
    azimuth_deg: FloatArray
    azimuth_sigma_deg: FloatArray
    slowness_s_per_deg: FloatArray
    slowness_sigma_s_per_deg: FloatArray
    phases: tuple[str, ...]
    """As the predictor names them; empty: takes no part."""
    stand_ins: tuple[tuple[str, ...], ...]
    """What may stand for the phase where it does not exist."""
    directions: FloatArray
    """Shape (n, 3): unit vectors of the sites."""
    unstated: BoolArray
    """Shape (n,): whose time came without a standard error."""
    sigma: FloatArray
    """Standard errors of all times, azimuths and slownesses, shape (3 n,)."""

    def __len__(self) -> int:
        return len(self.detections)

    def take(self, rows: IntArray) -> Readings:
        """Return the readings of some rows, in their order, with the same reference time."""
        return replace(
            self,
            detections=tuple(self.detections[i] for i in rows),
            sites=self.sites.take(rows),
            time_s=self.time_s[rows],
            time_sigma_s=self.time_sigma_s[rows],
            azimuth_deg=self.azimuth_deg[rows],
            azimuth_sigma_deg=self.azimuth_sigma_deg[rows],
            slowness_s_per_deg=self.slowness_s_per_deg[rows],
            slowness_sigma_s_per_deg=self.slowness_sigma_s_per_deg[rows],
            phases=tuple(self.phases[i] for i in rows),
            stand_ins=tuple(self.stand_ins[i] for i in rows),
            directions=self.directions[rows],
            unstated=self.unstated[rows],
            sigma=self.sigma.reshape(3, -1)[:, rows].ravel(),
        )

    @property
    def observed(self) -> BoolArray:
        """Which of the 3 n times, azimuths and slownesses there are, of body waves."""
        body = np.array([p not in SURFACE_WAVES for p in self.phases], dtype=bool)
        return np.concatenate(
            [
                body & np.array([bool(p) for p in self.phases], dtype=bool),
                body & np.isfinite(self.azimuth_deg),
                body & np.isfinite(self.slowness_s_per_deg),
            ]
        )

    @property
    def stations(self) -> tuple[str, ...]:
        """Station code of each reading."""
        return self.sites.codes


@dataclass(frozen=True, slots=True)
class Position:
    """Where a detection was made."""

    latitude: float
    longitude: float
    elevation_m: float


def collect(
    detections: Sequence[Detection],
    stations: Inventory | Mapping[str, Station],
    known_phases: Sequence[str],
    params: LocateParams,
) -> tuple[Readings, tuple[Detection, ...]]:
    """Gather detections into columns.

    Returns
    -------
    readings : Readings
        Those of known stations, in order of time.
    unplaced : tuple of Detection
        Those of stations without a position.
    """
    placed: list[tuple[Detection, Position]] = []
    unplaced: list[Detection] = []
    for detection in sorted(detections, key=lambda d: (d.time_ns, d.id)):
        position = position_of(detection, stations)
        if position is None:
            unplaced.append(detection)
        else:
            placed.append((detection, position))
    return _columns(placed, frozenset(known_phases), params), tuple(unplaced)


def position_of(
    detection: Detection, stations: Inventory | Mapping[str, Station]
) -> Position | None:
    """Return where a detection was made: its channel's own position, if there is one.

    One station name may have two positions (a borehole and a vault, an array and its
    broad-band element); the detection's channel tells which.
    """
    if isinstance(stations, Inventory):
        station = stations.at(detection.station, detection.time_ns)
    else:
        station = stations.get(detection.station)
    if station is None:
        return None
    channel = detection.channel
    # A detection on a beam, or on several elements, belongs to the reference point.
    if channel is not None and not station.is_array:
        exact = [
            c
            for site in station.sites
            for c in site.channels
            if (c.id.location, c.id.channel) == (channel.location, channel.channel)
        ]
        timely = [c for c in exact if c.epoch.holds(detection.time_ns)] or exact
        if timely:
            return Position(timely[0].latitude, timely[0].longitude, timely[0].elevation_m)
    return Position(station.latitude, station.longitude, station.elevation_m)


def _columns(
    placed: list[tuple[Detection, Position]], known: frozenset[str], params: LocateParams
) -> Readings:
    detections = tuple(d for d, _ in placed)
    reference_ns = detections[0].time_ns if detections else 0
    spots = np.array(
        [(p.latitude, p.longitude, p.elevation_m) for _, p in placed], dtype=np.float64
    ).reshape(-1, 3)
    sites = Sites(
        spots[:, 0], spots[:, 1], np.nan_to_num(spots[:, 2]), tuple(d.station for d in detections)
    )
    values = np.array([_direction(d, params) for d in detections], dtype=np.float64).reshape(-1, 4)
    time_sigma_s = np.array([assumed_time_sigma_s(d, params) for d in detections], dtype=np.float64)
    return Readings(
        detections,
        sites,
        reference_ns,
        np.array([(d.time_ns - reference_ns) / NS_PER_S for d in detections], dtype=np.float64),
        time_sigma_s,
        values[:, 0],
        values[:, 1],
        values[:, 2],
        values[:, 3],
        tuple(known_name(d.phase, known) for d in detections),
        tuple(stand_ins(d.phase, known) for d in detections),
        unit_vectors(spots[:, 0], spots[:, 1]).reshape(-1, 3),
        np.array([not (d.time_sigma_s or 0.0) > 0.0 for d in detections], dtype=bool),
        np.concatenate([time_sigma_s, values[:, 1], values[:, 3]]),
    )


def assumed_time_sigma_s(detection: Detection, params: LocateParams) -> float:
    """Return the standard error of a time as stated, or assumed for its SNR and wave, s."""
    errors = params.reading_errors
    if detection.time_sigma_s is not None and detection.time_sigma_s > 0.0:
        return detection.time_sigma_s
    if detection.snr is not None and detection.snr > 0.0:
        return errors.of_snr(detection.snr)
    return errors.later_time_s if wave_type(detection.phase) == "S" else errors.time_s


def _direction(detection: Detection, params: LocateParams) -> tuple[float, float, float, float]:
    """Return azimuth and slowness with their errors; NaN where not measured or not wanted."""
    nan = float("nan")
    azimuth, slowness = detection.azimuth_deg, detection.slowness_s_per_deg
    errors = params.reading_errors
    return (
        nan if azimuth is None or not params.use_azimuth else azimuth,
        detection.azimuth_deg_sigma or errors.azimuth_deg,
        nan if slowness is None or not params.use_slowness else slowness,
        detection.slowness_s_per_deg_sigma or errors.slowness_s_per_deg,
    )
