"""Detections and their arrays as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import unit_vectors
from vigie.records import NS_PER_S, Detection, Inventory, Station
from vigie.stations.lookup import find_station

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.network.infrasound.params import SoundLocateParams

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SoundReadings:
    """Infrasound detections with a placed array, as columns of shape (n,)."""

    detections: tuple[Detection, ...]
    stations: tuple[Station, ...]
    """One of each array, m of them."""
    array: IntArray
    """Index into ``stations``."""
    reference_ns: int
    time_s: FloatArray
    """After the reference."""
    time_sigma_s: FloatArray
    azimuth_rad: FloatArray
    """NaN where not measured."""
    azimuth_sigma_rad: FloatArray
    unit: FloatArray
    """Of the arrays, shape (m, 3)."""

    def __len__(self) -> int:
        return len(self.detections)

    def take(self, rows: IntArray) -> SoundReadings:
        """Return some of the detections, with all arrays."""
        return SoundReadings(
            tuple(self.detections[i] for i in rows),
            self.stations,
            self.array[rows],
            self.reference_ns,
            self.time_s[rows],
            self.time_sigma_s[rows],
            self.azimuth_rad[rows],
            self.azimuth_sigma_rad[rows],
            self.unit,
        )


def collect_sound(
    detections: Sequence[Detection],
    stations: Inventory | Mapping[str, Station],
    params: SoundLocateParams,
) -> tuple[SoundReadings, tuple[Detection, ...]]:
    """Return the detections whose array is known, in order of time, and the others."""
    ordered = sorted(detections, key=lambda d: (d.time_ns, d.station, d.id))
    placed: list[tuple[Detection, int]] = []
    unplaced: list[Detection] = []
    number: dict[tuple[str, float, float], int] = {}
    known: list[Station] = []
    for d in ordered:
        station = _station(stations, d)
        if station is None:
            unplaced.append(d)
            continue
        key = (station.code, station.latitude, station.longitude)
        if key not in number:
            number[key] = len(known)
            known.append(station)
        placed.append((d, number[key]))
    reference_ns = placed[0][0].time_ns if placed else 0
    rows = [d for d, _ in placed]
    least = params.least_azimuth_sigma_deg
    readings = SoundReadings(
        tuple(rows),
        tuple(known),
        np.array([k for _, k in placed], dtype=np.int64),
        reference_ns,
        np.array([(d.time_ns - reference_ns) / NS_PER_S for d in rows], dtype=np.float64),
        np.array([d.time_sigma_s or params.time_sigma_s for d in rows], dtype=np.float64),
        np.radians([np.nan if d.azimuth_deg is None else d.azimuth_deg for d in rows]),
        np.radians([max(d.azimuth_deg_sigma or params.azimuth_sigma_deg, least) for d in rows]),
        unit_vectors([s.latitude for s in known], [s.longitude for s in known]).reshape(-1, 3),
    )
    return readings, tuple(unplaced)


def _station(stations: Inventory | Mapping[str, Station], d: Detection) -> Station | None:
    if isinstance(stations, Inventory):
        return find_station(stations, d.station, d.time_ns)
    return stations.get(d.station)
