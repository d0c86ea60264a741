"""When two events of two bulletins may be the same: the edges of the matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.geodesy import distance_azimuths
from vigie.records import NS_PER_S, Event, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRule:
    """How near two events must be to be taken for one."""

    name: str
    max_degrees: float
    max_seconds: float
    """Between the origin times."""
    min_common_arrivals: int = 0
    """Time-defining arrivals that both have."""
    same_arrival_seconds: float = 2.0
    """Two readings at a station are the same arrival if they differ by no more (own choice:
    the scatter between automatic and reviewed onsets)."""

    def __post_init__(self) -> None:
        for name in ("max_degrees", "max_seconds", "same_arrival_seconds"):
            value = getattr(self, name)
            if not value > 0.0:
                raise ParameterError(name=name, value=value, expected="above 0")


ARORA_2013 = MatchRule(name="arora_2013", max_degrees=5.0, max_seconds=50.0)
"""Arora, Russell & Sudderth (2013), Bull. Seism. Soc. Am. 103, 709-729."""
IDC = MatchRule(name="idc", max_degrees=18.0, max_seconds=120.0, min_common_arrivals=2)
"""The rule by which the International Data Centre compares its automatic bulletins."""


@dataclass(frozen=True, slots=True)
class Located:
    """An event with its preferred origin."""

    event: Event
    origin: Origin


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair of events that the rule allows."""

    reference: int
    test: int
    delta_deg: float
    time_difference_s: float
    common_arrivals: int

    def cost(self, rule: MatchRule) -> float:
        """Distance and time difference in parts of what is allowed, 0 to 2."""
        return self.delta_deg / rule.max_degrees + abs(self.time_difference_s) / rule.max_seconds


def located(events: Sequence[Event]) -> tuple[Located, ...]:
    """Return the events that have an origin, by time."""
    found = [Located(event, event.origin) for event in events if event.origin is not None]
    return tuple(sorted(found, key=lambda one: one.origin.time_ns))


def edges_of(
    reference: Sequence[Located], test: Sequence[Located], rule: MatchRule
) -> tuple[Edge, ...]:
    """Return all pairs that the rule allows; both lists in order of time.

    Cost: n log m, plus the pairs within the time allowed.
    """
    times = np.array([one.origin.time_ns for one in test], dtype=np.int64)
    latitudes = np.array([one.origin.latitude for one in test])
    longitudes = np.array([one.origin.longitude for one in test])
    span = round(rule.max_seconds * NS_PER_S)
    edges: list[Edge] = []
    for index, one in enumerate(reference):
        origin = one.origin
        first = int(np.searchsorted(times, origin.time_ns - span, "left"))
        stop = int(np.searchsorted(times, origin.time_ns + span, "right"))
        near = slice(first, stop)
        deltas = distance_azimuths(
            origin.latitude, origin.longitude, latitudes[near], longitudes[near]
        )[0]
        for place in np.flatnonzero(deltas <= rule.max_degrees):
            other = test[first + int(place)]
            common = common_arrivals(one, other, rule.same_arrival_seconds)
            if common >= rule.min_common_arrivals:
                seconds = (other.origin.time_ns - origin.time_ns) / NS_PER_S
                delta = float(deltas[place])
                edges.append(Edge(index, first + int(place), delta, seconds, common))
    return tuple(edges)


def common_arrivals(one: Located, other: Located, within_s: float) -> int:
    """Count time-defining arrivals that two events share: one station, nearly one time."""
    span = round(within_s * NS_PER_S)
    theirs = _defining(other)
    count = 0
    for station, times in _defining(one).items():
        left = list(theirs.get(station, ()))
        for time_ns in times:
            nearest = min(left, key=lambda t: abs(t - time_ns), default=None)
            if nearest is not None and abs(nearest - time_ns) <= span:
                left.remove(nearest)
                count += 1
    return count


def has_arrivals(events: Sequence[Located]) -> bool:
    """Tell whether any event has time-defining arrivals."""
    return any(a.time_defining for one in events for a in one.origin.associations)


def _defining(one: Located) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for detection, association in one.event.arrivals():
        if association.time_defining:
            found.setdefault(detection.station, []).append(detection.time_ns)
    return found
