"""Places in the sea from which two arrivals came: an azimuth of one, and the difference of times.

What it computes: the azimuth at station a is a great circle, the difference of the times at a and b
a hyperbola; on the sphere they meet in closed form. With D the distance of the stations, theta
the angle at a between the source and b, and d = r_a - r_b = c (t_a - t_b) / R,

    tan r_a = (cos D - cos d) / (sin d - sin D cos theta),

from cos r_b = cos r_a cos D + sin r_a sin D cos theta. The azimuth at b then checks it. Each
arrival leads in turn, its azimuth also turned by its standard error either way. Source: spherical
trigonometry. Assumptions: one speed everywhere, so places are off by 1 % of the paths, to be
settled with the real sea. Pairs of one facility give none: their azimuths are parallel. Cost: 3 us
for each pair within the time that sound takes between their stations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import geographic_latitude_deg, wrap_longitude_deg

if TYPE_CHECKING:
    from vigie.network.hydro.readings import HydroReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SPEED_KM_S = 1.477
"""Of sound along the channel, in the search; polar water is 1.4 % slower."""
RADIUS_KM = 6371.0
SLACK = 0.015
"""Relative error of that speed."""
AZIMUTH_SLACK_DEG = 3.0
"""By which the azimuth of the other may miss beside three standard errors."""
LEAST_H_GAIN = -1.5
"""Arrivals whose class tells so much against H lead to no candidate."""
TURNS = (-1.0, 0.0, 1.0)


class Candidates(NamedTuple):
    """Places as unit vectors, shape (n, 3), and origin times, shape (n,)."""

    unit: FloatArray
    time_s: FloatArray

    def take(self, rows: IntArray) -> Candidates:
        """Return some of them."""
        return Candidates(self.unit[rows], self.time_s[rows])

    def geographic(self) -> tuple[FloatArray, FloatArray]:
        """Return latitudes and longitudes, deg."""
        return geographic(self.unit)


def geographic(unit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return geographic latitudes and longitudes, deg, of unit vectors of shape (n, 3)."""
    latitude = geographic_latitude_deg(np.degrees(np.arcsin(np.clip(unit[:, 2], -1.0, 1.0))))
    return latitude, wrap_longitude_deg(np.degrees(np.arctan2(unit[:, 1], unit[:, 0])))


def pair_places(readings: HydroReadings) -> Candidates:
    """Return all places that two arrivals of different facilities explain."""
    first, second = _pairs(readings)
    found = [
        _meeting(readings, a, b, turn)
        for a, b in ((first, second), (second, first))
        for turn in TURNS
    ]
    return Candidates(
        np.concatenate([f.unit for f in found]), np.concatenate([f.time_s for f in found])
    )


def merged(found: Candidates, within_km: float) -> Candidates:
    """Return the candidates that most others stand around, no two of them alike."""
    from scipy.spatial import cKDTree

    if not len(found.time_s):
        return found
    scaled = np.column_stack([found.unit * RADIUS_KM, found.time_s * SPEED_KM_S]) / within_km
    tree = cKDTree(scaled)
    around = tree.query_ball_tree(tree, 1.0)
    crowd = np.array([len(rows) for rows in around])
    free = np.ones(len(crowd), dtype=np.bool_)
    kept = []
    for row in np.argsort(-crowd, kind="stable"):
        if free[row]:
            kept.append(row)
            free[around[row]] = False
    return found.take(np.array(kept, dtype=np.int64))


def _pairs(readings: HydroReadings) -> tuple[IntArray, IntArray]:
    """Return pairs of arrivals with azimuths at different facilities that one source may cause."""
    usable = readings.free & np.isfinite(readings.azimuth_deg) & (readings.h_gain > LEAST_H_GAIN)
    rows = np.flatnonzero(usable)
    time_s = readings.time_s[rows]
    gate_s = np.pi * RADIUS_KM / SPEED_KM_S
    last = np.searchsorted(time_s, time_s + gate_s, side="right")
    counts = np.maximum(last - np.arange(len(rows)) - 1, 0)
    first = np.repeat(np.arange(len(rows)), counts)
    start = np.repeat(np.cumsum(counts) - counts, counts)
    second = rows[first + 1 + np.arange(len(first)) - start]
    first = rows[first]
    a, b = readings.station[first], readings.station[second]
    apart_km = RADIUS_KM * np.arccos(
        np.clip((readings.unit[a] * readings.unit[b]).sum(axis=1), -1.0, 1.0)
    )
    later_s = readings.time_s[second] - readings.time_s[first]
    good = readings.facility[a] != readings.facility[b]
    good &= later_s <= (1.0 + SLACK) * apart_km / SPEED_KM_S + 60.0
    return first[good], second[good]


def _meeting(readings: HydroReadings, lead: IntArray, other: IntArray, turn: float) -> Candidates:
    """Return where azimuths of the leading arrivals meet the differences of times."""
    a, b = readings.unit[readings.station[lead]], readings.unit[readings.station[other]]
    azimuth = np.radians(readings.azimuth_deg[lead] + turn * readings.azimuth_sigma_deg[lead])
    east, north = tangents(a)
    ahead = np.sin(azimuth)[:, None] * east + np.cos(azimuth)[:, None] * north
    cos_apart = np.clip((a * b).sum(axis=1), -1.0, 1.0)
    # sin(D) cos(theta): what the other station has along the azimuth.
    along = (b * ahead).sum(axis=1)
    behind = SPEED_KM_S * (readings.time_s[lead] - readings.time_s[other]) / RADIUS_KM
    behind = np.clip(behind, -np.arccos(cos_apart), np.arccos(cos_apart))
    reach = np.arctan2(cos_apart - np.cos(behind), np.sin(behind) - along)
    reach = np.where(reach < 0.0, reach + np.pi, reach)
    place = np.cos(reach)[:, None] * a + np.sin(reach)[:, None] * ahead
    rest = reach - behind
    good = (rest > 0.0) & (rest < np.pi)
    seen = azimuth_rad(b, place)
    off = np.degrees(np.angle(np.exp(1j * (np.radians(readings.azimuth_deg[other]) - seen))))
    good &= np.abs(off) <= 3.0 * readings.azimuth_sigma_deg[other] + AZIMUTH_SLACK_DEG
    time_s = readings.time_s[lead] - reach * RADIUS_KM / SPEED_KM_S
    return Candidates(place[good], time_s[good])


def tangents(unit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return unit vectors to the east and north of places, shape (n, 3)."""
    east = np.stack([-unit[:, 1], unit[:, 0], np.zeros(len(unit))], axis=-1)
    length = np.linalg.norm(east, axis=1, keepdims=True)
    east = np.where(length > 1e-9, east / np.maximum(length, 1e-9), [[0.0, 1.0, 0.0]])
    return east, np.cross(unit, east)


def azimuth_rad(at: FloatArray, towards: FloatArray) -> FloatArray:
    """Return azimuths from places to others, row by row, shape (n,)."""
    east, north = tangents(at)
    return np.asarray(np.arctan2((east * towards).sum(axis=1), (north * towards).sum(axis=1)))
