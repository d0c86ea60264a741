"""How often arrays detect what is of no event: the density that an event must exceed.

What it computes: for each detection the density of noise, per s and rad, from the other detections
of its array. ``noise_of_detections`` counts detections near in time, and by side: microbaroms come
from one side all day, and neither hide events of other sides nor make events of their own. Coda of
others (``coda``) and what a source that fires again sends (``repeats``) count little.
``noise_of_trains`` is for events that are heard over a long way, of which each array tells but one
time: it counts trains (``trains``), since a train of hours is one source however many detections
it has, and by side, since what an array hears from one side all day is noise from there. Rates are
means of the array's rate around and of that in the whole list (a Gamma distribution worth one
train); shares of sides are those of the others of a day, with ``PRIOR_TRAINS`` from all sides alike
(a Dirichlet distribution). Of the detections of a train any may be the one that comes at the time
of the event, the first most likely. Source: Bayes' rule; numbers are chosen. Assumptions: trains of
noise come independently. Cost: 20 us per detection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.coda import CODA_S, Coda, coda_of
from vigie.network.infrasound.repeats import recurring
from vigie.network.infrasound.trains import PAUSE_S, SIDE_DEG, Trains

if TYPE_CHECKING:
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

HALF_WINDOW_S = 7200.0
"""What is so near in time tells the rate of noise of an array."""
LONGEST_INTERVAL_S = 86400.0
"""No array is believed to hear noise less often, however long it told nothing."""
SIDE_S = 43_200.0
"""What is so near in time tells what an array hears from one side: less than what sound takes
around the globe, so that passes of one event (36 h) are not counted against each other."""
NEAR_SIDE_S = 21_600.0
"""What is so near in time tells from which sides an array hears noise of its region. Of 4, 12
and 24 hours in all the second found most blasts amid microbaroms (docs/methods)."""
PRIOR_SIDE = 1.0
"""Detections from a side that are expected of it by no more than its width."""
RECURRING_SHARE = 0.15
"""What recurs is found and taken away one by one: the mean log rate of n, n - 1, ..., 1 others is
one below that of n, and their lag tells more against noise. Of 0.05, 0.15 and 0.37 the second finds
as many blasts as the first."""
PRIOR_TRAINS = 5.0
FIRST_SHARE = 0.5
"""Chance that the first of a train is the one that tells the time, beside what it shares with the
others."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """What of the detections is no noise of its own right, whatever is free."""

    coda: Coda
    recurs: BoolArray
    """Detections of sources that fire again."""


def crowd_of(readings: SoundReadings) -> Crowd:
    """Return what of the detections may be coda, and what recurs."""
    coda = coda_of(readings)
    return Crowd(coda, recurring(readings, coda))


def noise_of_detections(
    readings: SoundReadings, free: BoolArray, prior_s: float, crowd: Crowd | None = None
) -> FloatArray:
    """Return the density of noise about each detection, counting what is noise, by side.

    Parameters
    ----------
    readings : SoundReadings
        In order of time.
    free : ndarray of bool
        Detections of no event.
    prior_s : float
        Time between detections of an array about which nothing is known.
    crowd : Crowd, optional
        Of the readings, where it is known.
    """
    crowd = crowd or crowd_of(readings)
    density = np.empty(len(readings))
    first_s, last_s = float(readings.time_s[0]), float(readings.time_s[-1])
    for array in range(len(readings.stations)):
        own = np.flatnonzero(readings.array == array)
        time_s = readings.time_s[own]
        share = _shares(readings, own, free, crowd)
        total = np.concatenate([[0.0], np.cumsum(share)])
        begin, end = time_s - HALF_WINDOW_S, time_s + HALF_WINDOW_S
        high = np.searchsorted(time_s, end, side="right")
        others = total[high] - total[np.searchsorted(time_s, begin)] - share
        span = np.minimum(end, last_s) - np.maximum(begin, first_s)
        # Itself is taken as the prior one.
        rate = (others + 1.0) / (span + prior_s)
        density[own] = rate * _crowding(readings, own, share)
    return density / (2.0 * np.pi)


def _shares(readings: SoundReadings, own: IntArray, free: BoolArray, crowd: Crowd) -> FloatArray:
    """Return how much of a detection of noise each of an array is.

    A leader is one. What follows a leader of its side is coda but for what the rate of leaders,
    while none of them hides others, has come in the time that they hide. What recurs is a part.
    """
    counted = free[own] & ~crowd.recurs[own]
    leads = crowd.coda.leads[own]
    share = (counted & leads).astype(np.float64)
    share[free[own] & crowd.recurs[own] & leads] = RECURRING_SHARE
    time_s, azimuth = readings.time_s[own], readings.azimuth_rad[own]
    low = np.searchsorted(time_s, time_s - NEAR_SIDE_S)
    high = np.searchsorted(time_s, time_s + NEAR_SIDE_S, side="right")
    first_s, last_s = float(readings.time_s[0]), float(readings.time_s[-1])
    near_by = np.cos(np.radians(SIDE_DEG))
    for k in np.flatnonzero(counted & ~leads):
        part = slice(low[k], high[k])
        near = counted[part] & ~(np.cos(azimuth[part] - azimuth[k]) < near_by)
        n_leads = int((near & leads[part]).sum())
        n_after = int(near.sum()) - n_leads
        span = min(time_s[k] + NEAR_SIDE_S, last_s) - max(time_s[k] - NEAR_SIDE_S, first_s)
        hidden_s = n_leads * CODA_S
        seen_s = max(span - hidden_s, CODA_S)
        share[k] = min(n_leads * hidden_s / seen_s / n_after, 1.0)
    return share


def _crowding(readings: SoundReadings, own: IntArray, share: FloatArray) -> FloatArray:
    """Return how much more noise comes from the side of each detection of an array than usual.

    Others from that side over as many as would come of all sides alike, shrunk toward one.
    """
    time_s, azimuth = readings.time_s[own], readings.azimuth_rad[own]
    total = np.concatenate([[0.0], np.cumsum(share)])
    low = np.searchsorted(time_s, time_s - NEAR_SIDE_S)
    high = np.searchsorted(time_s, time_s + NEAR_SIDE_S, side="right")
    even = np.radians(SIDE_DEG) / np.pi
    near_by = np.cos(np.radians(SIDE_DEG))
    n_all = total[high] - total[low] - share
    crowding = np.ones(len(own))
    for k in np.flatnonzero(np.isfinite(azimuth)):
        near = np.cos(azimuth[low[k] : high[k]] - azimuth[k]) >= near_by
        n_near = float(share[low[k] : high[k]] @ near) - share[k]
        crowding[k] = (n_near + PRIOR_SIDE) / (n_all[k] * even + PRIOR_SIDE)
    return crowding


def noise_of_trains(
    readings: SoundReadings, trains: Trains, free: BoolArray, prior_s: float
) -> FloatArray:
    """Return the density of noise about each detection, counting trains, by side.

    Parameters
    ----------
    readings, free, prior_s
        As for ``noise_of_detections``.
    trains : Trains
        Of the readings.
    """
    density = np.empty(len(readings))
    for array in range(len(readings.stations)):
        own = np.flatnonzero(readings.array == array)
        density[own] = _rate(readings, trains, (own, free), prior_s)
        density[own] *= _side(readings, trains, (own, free))
    return density / _chance_of_place(readings, trains)


def _chance_of_place(readings: SoundReadings, trains: Trains) -> FloatArray:
    """Return the chance that the detection that tells the time of a train is this of its place."""
    share = 1.0 / trains.n_members
    began = readings.time_s - (readings.time_s[0] if len(readings) else 0.0) > PAUSE_S
    # Of trains that may have begun before the list nobody knows the first.
    begun = np.zeros(int(trains.label.max(initial=-1)) + 1, dtype=np.bool_)
    begun[trains.label[trains.is_first]] = began[trains.is_first]
    known = begun[trains.label]
    usual = (1.0 - FIRST_SHARE) * share + FIRST_SHARE * trains.is_first
    return np.where(known, usual, share)


def _rate(
    readings: SoundReadings, trains: Trains, rows: tuple[IntArray, BoolArray], prior_s: float
) -> FloatArray:
    """Return the rate of trains about each detection of an array, per s, its own as the prior."""
    own, free = rows
    time_s = readings.time_s[own]
    first_s, last_s = float(readings.time_s[0]), float(readings.time_s[-1])
    starts = own[trains.is_first[own] & free[own]]
    start_s = readings.time_s[starts]
    begin, end = time_s - HALF_WINDOW_S, time_s + HALF_WINDOW_S
    n = np.searchsorted(start_s, end, side="right") - np.searchsorted(start_s, begin)
    own_start_s = _start_s(readings, trains, own)
    n = n - ((own_start_s >= begin) & free[own])
    span = np.minimum(end, last_s) - np.maximum(begin, first_s)
    interval_s = min((last_s - first_s + prior_s) / max(len(starts), 1), LONGEST_INTERVAL_S)
    return np.asarray((np.maximum(n, 0) + 1.0) / (span + interval_s))


def _start_s(readings: SoundReadings, trains: Trains, rows: IntArray) -> FloatArray:
    """Return when the trains of some detections began."""
    start_s = np.empty(int(trains.label.max(initial=-1)) + 1)
    start_s[trains.label[trains.is_first]] = readings.time_s[trains.is_first]
    return start_s[trains.label[rows]]


def _side(readings: SoundReadings, trains: Trains, rows: tuple[IntArray, BoolArray]) -> FloatArray:
    """Return the density of azimuths of noise at each detection of an array, per rad."""
    own, free = rows
    width = 2.0 * np.radians(SIDE_DEG)
    even = width / (2.0 * np.pi)
    starts = own[trains.is_first[own] & free[own]]
    start_s, azimuth = readings.time_s[starts], readings.azimuth_rad[starts]
    label = trains.label[starts]
    share = np.empty(len(own))
    low = np.searchsorted(start_s, readings.time_s[own] - SIDE_S)
    high = np.searchsorted(start_s, readings.time_s[own] + SIDE_S, side="right")
    for k, row in enumerate(own):
        span = slice(int(low[k]), int(high[k]))
        others = label[span] != trains.label[row]
        near = np.cos(azimuth[span] - readings.azimuth_rad[row]) >= np.cos(np.radians(SIDE_DEG))
        n_near, n_all = int((near & others).sum()), int(others.sum())
        share[k] = (n_near + PRIOR_TRAINS * even) / (n_all + PRIOR_TRAINS)
    # Where no azimuth was measured, all sides are alike.
    share[np.isnan(readings.azimuth_rad[own])] = even
    return np.asarray(share / width)
