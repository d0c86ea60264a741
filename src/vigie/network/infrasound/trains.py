"""Detections of one array that are parts of one wave train.

A detector that works in bands gives one arrival as several families, and the end of a train as
further ones. Each tells the azimuth; the times of the former err alike, and those of the latter
may tell nothing of the path. A train of a very large event lasts for hours: its detections are
those of one source, near in azimuth and without a long pause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.network.infrasound.params import SoundLocateParams
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

PAUSE_S = 10_800.0
"""Detections of one side with shorter pauses are of one train: the fast and the slow ducts
(0.31 and 0.25 km/s) are 2.2 h apart at 10,000 km."""
SIDE_DEG = 12.0
"""Detections so near in azimuth are of one side: three times the scatter of those of a source."""
_LATEST = 3.0
"""Three quarters of coda come within so many times half of it."""
LASTING_S = 43_200.0
"""What sounds on for longer is no train of an event, but a lasting source."""


def after_first_s(readings: SoundReadings) -> FloatArray:
    """Return how long after the first of its array each detection comes, s."""
    first = np.full(int(readings.array.max(initial=0)) + 1, np.inf)
    np.minimum.at(first, readings.array, readings.time_s)
    return np.asarray(readings.time_s - first[readings.array])


def copies(readings: SoundReadings, within_s: float) -> FloatArray:
    """Return how many detections of its array stand for the phase of each detection."""
    near = np.abs(readings.time_s[:, None] - readings.time_s) < within_s
    return np.asarray((near & (readings.array[:, None] == readings.array)).sum(axis=1), dtype=float)


def later_of_array(readings: SoundReadings, within_s: float) -> FloatArray:
    """Return how many of its array come later than ``within_s`` after the first, 1 at least.

    All of them are hardly phases of their own: together they tell the time once.
    """
    late = after_first_s(readings) > within_s
    return np.maximum(np.bincount(readings.array, late, 1), 1.0)[readings.array]


def coda_share(readings: SoundReadings, params: SoundLocateParams) -> float:
    """Return the chance that a later detection is coda: the larger the more of them there are.

    Phases of their own are few; coda comes at a rate that the arrays of the event tell, with a
    prior worth one array (a Gamma distribution). Parts of one phase in several bands count once.
    """
    if params.further_phases is None:
        return params.coda_share
    after_s = after_first_s(readings)
    late = (after_s > params.same_phase_s) & (after_s < _LATEST * params.coda_s)
    n_late = float(np.sum(late / copies(readings, params.same_phase_s)))
    odds = params.coda_share / (1.0 - params.coda_share)
    n_arrays = len(np.unique(readings.array))
    rate = odds * (n_late + params.further_phases) / (n_arrays + 1.0)
    return rate / (rate + params.further_phases)


@dataclass(frozen=True, slots=True, eq=False)
class Trains:
    """Which detections are of one train; columns of shape (n,), of all detections."""

    label: IntArray
    """Number of the train. Each detection of a lasting source is one of its own."""
    is_first: BoolArray
    """Whether it is the first of its train."""
    n_members: IntArray
    """Of its train."""

    def take(self, rows: IntArray) -> Trains:
        """Return those of some of the detections."""
        return Trains(self.label[rows], self.is_first[rows], self.n_members[rows])

    def leads(self, rows: IntArray) -> IntArray:
        """Return for each detection the first of some that is before it in its train, or -1."""
        first = np.full(int(self.label.max(initial=-1)) + 1, len(self.label))
        np.minimum.at(first, self.label[rows], rows)
        lead = first[self.label]
        return np.where(lead < np.arange(len(self.label)), lead, -1)


def wave_trains(readings: SoundReadings) -> Trains:
    """Return the trains of detections.

    Parameters
    ----------
    readings : SoundReadings
        In order of time.

    Notes
    -----
    Detections of one array are linked that lie within ``SIDE_DEG`` and ``PAUSE_S`` of one another.
    """
    label = linked(readings, PAUSE_S)
    n = int(label.max(initial=-1)) + 1
    first_s, last_s = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(first_s, label, readings.time_s)
    np.maximum.at(last_s, label, readings.time_s)
    lasting = (last_s - first_s > LASTING_S)[label]
    label[lasting] = n + np.arange(int(lasting.sum()))
    _, first, label, count = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    is_first = np.zeros(len(label), dtype=np.bool_)
    is_first[first] = True
    return Trains(label.astype(np.int64), is_first, count[label].astype(np.int64))


def linked(readings: SoundReadings, pause_s: float) -> IntArray:
    """Return the number of the chain of each detection: of one side, with no longer pause."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    near_by = np.cos(np.radians(SIDE_DEG))
    chain = np.zeros(len(readings), dtype=np.int64)
    n_chains = 0
    for array in np.unique(readings.array):
        own = np.flatnonzero(readings.array == array)
        time_s, azimuth = readings.time_s[own], readings.azimuth_rad[own]
        early, late = [], []
        for k in range(len(own)):
            end = int(np.searchsorted(time_s, time_s[k] + pause_s, side="right"))
            near = np.flatnonzero(np.cos(azimuth[k + 1 : end] - azimuth[k]) >= near_by)
            early.append(np.full(len(near), k))
            late.append(k + 1 + near)
        pairs = (np.concatenate(early), np.concatenate(late))
        links = coo_array((np.ones(len(pairs[0])), pairs), shape=(len(own), len(own)))
        n, label = connected_components(links, directed=False)
        chain[own] = n_chains + label
        n_chains += n
    return chain
