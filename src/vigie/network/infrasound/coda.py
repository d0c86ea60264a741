"""Which detections may be coda of others of their array, whatever the source of those.

What it computes: pairs of detections of one array, the second within 15 minutes of the first and
near it in azimuth; the density, per s and rad, with which the first sends the second as coda; and
which detections lead: those that follow no other leader, as a counter sees that is dead for 15
minutes on a side once it has counted. How much coda there is the list tells: followers over
leaders, with a Gamma prior. A second event sends a follower to each array too, so of those at one
time one at each array is judged by what all others tell: the predictive probability of a Poisson
law of unknown rate. Source: Bayes' rule; numbers are chosen, or those of the location (``params``).
Assumptions: noise and events have coda alike, so that coda tells nothing for an event. Cost: 1 us
for each pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.params import SoundLocateParams
from vigie.network.infrasound.trains import SIDE_DEG, linked

if TYPE_CHECKING:
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_LAW = SoundLocateParams()
CODA_S = 900.0
"""Coda comes so late; dead time of a side once a detection of it is counted. With 600 s, events of
three arrays with coda of 15 min were lost (36 of 40 found, not 38)."""
ASIDE_DEG = 10.0
"""Half of the coda is so far off the azimuth of what it follows (standard error)."""
LONGEST_TRAIN_S = 3600.0
"""What sounds on for longer, with pauses below ``CODA_S``, is no train of one blast."""
REACH_SIGMAS = 3.0
PRIOR_LEADERS = 2.0
PRIOR_FOLLOWERS = 1.0
"""What is believed of the rate of coda before the list is seen: of so many leaders so many came."""
TOGETHER_S = 1800.0
"""Followers so near in time may be of one second event."""


@dataclass(frozen=True, slots=True, eq=False)
class Coda:
    """Detections as coda of others; columns of shape (n,) but for the pairs."""

    first: IntArray
    """Of pairs of one array, shape (pairs,) ..."""
    second: IntArray
    """... the later of which may be coda of the former."""
    pair_density: FloatArray
    """With which it would be, per s and rad, shape (pairs,)."""
    density: FloatArray
    """The largest of these for each detection; 0 where it follows none."""
    leads: BoolArray
    lasts: BoolArray
    """Whether it is of a train that is too long for one blast."""

    def of_group(self, rows: IntArray, free: BoolArray, density: FloatArray) -> IntArray:
        """Return the free detections that are coda of some rather than of a density of noise."""
        likely = np.isin(self.first, rows) & (self.pair_density > density[self.second])
        found = np.unique(self.second[likely])
        return np.setdiff1d(found[free[found]], rows)


def coda_of(readings: SoundReadings) -> Coda:
    """Return which of all detections may be coda.

    Parameters
    ----------
    readings : SoundReadings
        In order of time.
    """
    first, second = _pairs(readings)
    leads = _leads(readings, first, second)
    train = linked(readings, CODA_S)
    start, end = np.full(len(readings), np.inf), np.full(len(readings), -np.inf)
    np.minimum.at(start, train, readings.time_s)
    np.maximum.at(end, train, readings.time_s)
    lasts = (end - start > LONGEST_TRAIN_S)[train]
    rate = _rate(readings, leads, lasts)
    pair_density = rate[second] * _density(readings, first, second)
    density = np.zeros(len(readings))
    np.maximum.at(density, second, pair_density)
    return Coda(first, second, pair_density, density, leads, lasts)


def _rate(readings: SoundReadings, leads: BoolArray, lasts: BoolArray) -> FloatArray:
    """Return how many followers of a leader each detection may be taken for, shape (n,)."""
    from scipy.special import gammaln

    n_leads = int((leads & ~lasts).sum()) + PRIOR_LEADERS
    followers = np.flatnonzero(~leads & ~lasts)
    n_follow = len(followers) + PRIOR_FOLLOWERS
    time_s, array = readings.time_s[followers], readings.array[followers]
    together = np.ones(len(readings))
    low = np.searchsorted(time_s, readings.time_s - TOGETHER_S)
    high = np.searchsorted(time_s, readings.time_s + TOGETHER_S, side="right")
    for k in range(len(readings)):
        together[k] = max(len(np.unique(array[low[k] : high[k]])), 1)
    # Of n in a row the k-th is of probability (others + k) / leaders: their geometric mean.
    together = np.minimum(together, max(n_follow - PRIOR_FOLLOWERS, 1.0))
    return np.exp((gammaln(n_follow) - gammaln(n_follow - together)) / together) / n_leads


def _pairs(readings: SoundReadings) -> tuple[IntArray, IntArray]:
    """Return the pairs of one array within ``CODA_S``, in order of the second."""
    early, late = [], []
    for array in np.unique(readings.array):
        own = np.flatnonzero(readings.array == array)
        time_s = readings.time_s[own]
        start = np.searchsorted(time_s, time_s - CODA_S)
        counts = np.arange(len(own)) - start
        second = np.repeat(np.arange(len(own)), counts)
        place = np.arange(len(second)) - np.repeat(np.cumsum(counts) - counts, counts)
        early.append(own[np.repeat(start, counts) + place])
        late.append(own[second])
    if not early:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(early), np.concatenate(late)


def _density(readings: SoundReadings, first: IntArray, second: IntArray) -> FloatArray:
    """Return the density of the second of each pair if the first sends coda once."""
    azimuth, sigma = readings.azimuth_rad, readings.azimuth_sigma_rad
    off = azimuth[second] - azimuth[first]
    off = np.arctan2(np.sin(off), np.cos(off))
    variance = sigma[second] ** 2 + sigma[first] ** 2
    after_s = readings.time_s[second] - readings.time_s[first]
    copied = after_s < _LAW.same_phase_s
    along = _normal(off, variance + np.radians(_LAW.path_deviation_deg) ** 2)
    aside = _normal(off, variance + np.radians(ASIDE_DEG) ** 2)
    shape = 0.5 * (along + aside)
    shape = np.where(np.isfinite(off), shape, 1.0 / (2.0 * np.pi))
    # Parts of one phase in several bands come within half a minute, coda over ten.
    span_s = np.where(copied, _LAW.same_phase_s, CODA_S)
    return np.asarray(shape / span_s)


def _normal(off: FloatArray, variance: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * off**2 / variance) / np.sqrt(2.0 * np.pi * variance))


def _leads(readings: SoundReadings, first: IntArray, second: IntArray) -> BoolArray:
    """Return which detections follow no leader of their side."""
    off = readings.azimuth_rad[second] - readings.azimuth_rad[first]
    near = np.cos(off) >= np.cos(np.radians(SIDE_DEG))
    leads = np.ones(len(readings), dtype=np.bool_)
    # In order of the second, so that it is known of each first whether it leads.
    for early, late in zip(first[near].tolist(), second[near].tolist(), strict=True):
        if leads[early]:
            leads[late] = False
    return leads
