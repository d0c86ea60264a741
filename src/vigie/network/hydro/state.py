"""Place and time of an event as a normal density, and which arrivals fit it.

What it computes: for each arrival that is offered, the log of its density under the event, time and
azimuth together with what is not known of place and time, over that of noise; the best one joins
and sharpens place and time (a Kalman update, predictions anew from there), then the next is looked
for. The gains of all that joined sum to the joint likelihood ratio, since each is conditional on
those before it. Source: Bayes' rule for normal densities (Kalman 1960, J. Basic Eng. 82, 35); the
odds are those of Arora, Russell & Sudderth 2013 (BSSA 103, 709). Assumptions: predictions are
linear over the covariance; errors are independent. Cost: a prediction of all offers for each
arrival that joins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, angle_difference_deg, destination

if TYPE_CHECKING:
    from vigie.earth.base import Predictions, Predictor
    from vigie.records import Origin

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SLOWNESS_RANGE = 60.0
"""Over which slownesses of noise are even, s/deg."""
N_TRIED = 6
"""First arrivals of two that are tried."""
LEAST_FIRST_GAIN = -1.0
"""Least gain of the first of two."""
FLOOR_KM = 1.0
"""No place is better known than this in the search."""


class State(NamedTuple):
    """An event as far as it is known; the time counts from a reference."""

    latitude: float
    longitude: float
    depth_km: float
    time_s: float
    covariance: FloatArray
    """North km, east km, time s: shape (3, 3)."""

    @property
    def hypocentre(self) -> Hypocentre:
        """The place."""
        return Hypocentre(self.latitude, self.longitude, self.depth_km)


class Offers(NamedTuple):
    """Arrivals under phases, as columns of shape (k,); an arrival may be offered under several."""

    row: IntArray
    """Number of the arrival, by which the caller knows it."""
    station: IntArray
    """Of stations only one arrival joins."""
    phases: tuple[str, ...]
    sites: Sites
    time_s: FloatArray
    time_sigma_s: FloatArray
    azimuth_deg: FloatArray
    azimuth_sigma_deg: FloatArray
    slowness: FloatArray
    slowness_sigma: FloatArray
    log_gain: FloatArray
    """What else tells for it: class, chance of hearing, rate of noise."""

    def take(self, rows: IntArray) -> Offers:
        """Return some of them."""
        return Offers(
            self.row[rows],
            self.station[rows],
            tuple(self.phases[i] for i in rows),
            self.sites.take(rows),
            *(column[rows] for column in self[4:]),
        )


def joined_offers(*parts: Offers) -> Offers:
    """Return several sets of offers as one."""
    full = [p for p in parts if len(p.row)] or [parts[0]]
    sites = Sites(
        np.concatenate([p.sites.latitude for p in full]),
        np.concatenate([p.sites.longitude for p in full]),
        np.concatenate([p.sites.elevation_m for p in full]),
        tuple(code for p in full for code in p.sites.codes),
    )
    columns = [np.concatenate([p[i] for p in full]) for i in range(4, len(Offers._fields))]
    return Offers(
        np.concatenate([p.row for p in full]),
        np.concatenate([p.station for p in full]),
        tuple(phase for p in full for phase in p.phases),
        sites,
        *columns,
    )


class Joined(NamedTuple):
    """An arrival that joined."""

    row: int
    station: int
    phase: str
    gain: float


def state_of(origin: Origin, reference_ns: int) -> State | None:
    """Return the state of an origin; None where it has no covariance."""
    if origin.covariance is None:
        return None
    full = np.array(origin.covariance, dtype=np.float64)
    rows = np.ix_((0, 1, 3), (0, 1, 3))
    covariance = full[rows] + np.diag([FLOOR_KM**2, FLOOR_KM**2, 0.1**2])
    time_s = (origin.time_ns - reference_ns) / 1e9
    return State(origin.latitude, origin.longitude, origin.depth_km or 0.0, time_s, covariance)


def join(
    state: State, offers: Offers, predictor: Predictor, min_gain: float
) -> tuple[State, list[Joined]]:
    """Let the arrivals that fit join, best first.

    Where place and time are so uncertain that no arrival tells enough alone, one of the best few
    joins with the one that then fits best, if both together gain what two must.

    Parameters
    ----------
    state : State
    offers : Offers
        Arrivals that may be of the event.
    predictor : Predictor
        Of all phases that are offered; where a phase does not exist nothing joins.
    min_gain : float
        Least gain of each, or mean of two.

    Returns
    -------
    state, joined
        What is then known, and which joined, in this order.
    """
    left, found = offers, list[Joined]()
    while len(left.row):
        steps = _best_steps(state, left, predictor, N_TRIED)
        if steps and steps[0].joined.gain >= min_gain:
            taken = steps[:1]
        else:
            taken = _best_pair(steps, left, predictor, min_gain)
        if not taken:
            break
        for step in taken:
            found.append(step.joined)
            state = step.state
            left = _without(left, step.joined)
    return state, found


class _Step(NamedTuple):
    """One arrival that joins, and what is then known."""

    joined: Joined
    state: State


def _best_steps(state: State, offers: Offers, predictor: Predictor, n: int) -> list[_Step]:
    """Return the best few arrivals, best first."""
    if not len(offers.row):
        return []
    predicted = predictor.predict(offers.phases, state.hypocentre, offers.sites)
    gains, updates = gains_of(state, offers, predicted)
    order = [int(k) for k in np.argsort(-gains, kind="stable")[:n] if np.isfinite(gains[k])]
    return [
        _Step(
            Joined(int(offers.row[k]), int(offers.station[k]), offers.phases[k], float(gains[k])),
            updated(state, *(x[k] for x in updates)),
        )
        for k in order
    ]


def _best_pair(
    steps: list[_Step], offers: Offers, predictor: Predictor, min_gain: float
) -> list[_Step]:
    """Return the two arrivals that together gain most, if that is enough."""
    best: list[_Step] = []
    best_gain = 2.0 * min_gain
    for first in steps:
        if first.joined.gain < LEAST_FIRST_GAIN:
            break
        rest = _without(offers, first.joined)
        for second in _best_steps(first.state, rest, predictor, 1):
            total = first.joined.gain + second.joined.gain
            if total >= best_gain:
                best, best_gain = [first, second], total
    return best


def _without(offers: Offers, joined: Joined) -> Offers:
    gone = (offers.row == joined.row) | (offers.station == joined.station)
    return offers.take(np.flatnonzero(~gone))


def gains_of(
    state: State, offers: Offers, predicted: Predictions
) -> tuple[FloatArray, tuple[FloatArray, FloatArray, FloatArray]]:
    """Return the gain of each offer, and residuals (k, 2), gradients (k, 2, 3), errors (k, 2)."""
    slope = np.abs(predicted.slowness_s_per_deg) / KM_PER_DEG
    turn = np.radians(predicted.esaz_deg)
    far = np.maximum(np.sin(np.radians(predicted.delta_deg)), 0.01) * KM_PER_DEG
    gradient = np.zeros((len(offers.row), 2, 3))
    gradient[:, 0, 0], gradient[:, 0, 1] = -slope * np.cos(turn), -slope * np.sin(turn)
    gradient[:, 0, 2] = 1.0
    gradient[:, 1, 0], gradient[:, 1, 1] = np.sin(turn) / far, -np.cos(turn) / far
    residual = np.column_stack(
        [
            offers.time_s - state.time_s - predicted.time_s,
            angle_difference_deg(offers.azimuth_deg, predicted.seaz_deg),
        ]
    )
    sigma = np.column_stack(
        [
            np.hypot(offers.time_sigma_s, predicted.time_sigma_s),
            np.hypot(offers.azimuth_sigma_deg, predicted.azimuth_sigma_deg),
        ]
    )
    pointed = np.isfinite(residual[:, 1])
    # Without an azimuth its row tells nothing: no gradient, and a density of one.
    gradient[~pointed, 1] = 0.0
    residual[~pointed, 1], sigma[~pointed, 1] = 0.0, 1.0
    spread = gradient @ state.covariance @ np.transpose(gradient, (0, 2, 1))
    spread[:, 0, 0] += sigma[:, 0] ** 2
    spread[:, 1, 1] += sigma[:, 1] ** 2
    with np.errstate(invalid="ignore"):
        determinant = spread[:, 0, 0] * spread[:, 1, 1] - spread[:, 0, 1] ** 2
        square = (
            residual[:, 0] ** 2 * spread[:, 1, 1]
            - 2.0 * residual[:, 0] * residual[:, 1] * spread[:, 0, 1]
            + residual[:, 1] ** 2 * spread[:, 0, 0]
        ) / determinant
        density = -0.5 * square - 0.5 * np.log(determinant) - np.log(2.0 * np.pi)
    density += np.where(pointed, np.log(360.0), 0.5 * np.log(2.0 * np.pi))
    gain = density + offers.log_gain + _slowness_gain(offers, predicted)
    return np.where(np.isfinite(gain), gain, -np.inf), (residual, gradient, sigma)


def _slowness_gain(offers: Offers, predicted: Predictions) -> FloatArray:
    sigma = np.hypot(offers.slowness_sigma, predicted.slowness_sigma_s_per_deg)
    off = (offers.slowness - np.abs(predicted.slowness_s_per_deg)) / sigma
    density = -0.5 * off**2 - np.log(sigma * np.sqrt(2.0 * np.pi)) + np.log(SLOWNESS_RANGE)
    return np.asarray(np.where(np.isfinite(density), density, 0.0))


def updated(state: State, residual: FloatArray, gradient: FloatArray, sigma: FloatArray) -> State:
    """Return what is known after one arrival."""
    spread = gradient @ state.covariance @ gradient.T + np.diag(sigma**2)
    gain = state.covariance @ gradient.T @ np.linalg.inv(spread)
    step = gain @ residual
    covariance = state.covariance - gain @ gradient @ state.covariance
    covariance = 0.5 * (covariance + covariance.T)
    away_km, turn = (
        float(np.hypot(step[0], step[1])),
        float(np.degrees(np.arctan2(step[1], step[0]))),
    )
    place = destination(state.latitude, state.longitude, turn, min(away_km / KM_PER_DEG, 60.0))
    return State(
        float(place[0]), float(place[1]), state.depth_km, state.time_s + float(step[2]), covariance
    )
