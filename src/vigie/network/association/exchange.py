"""Picks that went to one event and are rather another's.

Events are taken one by one, and the first takes what it can explain: the P of a second event,
minutes later, for its own S or PP where the times happen to fit. When all events are known, each
names the pick it would like best at every station; one that another event holds goes over where
both events together, with what is left to each, are likelier so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.hypothesis import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.tally import Tally

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LEAST_NATS = 1.0
"""By which the pair of events must become likelier."""
SURE = 0.5
"""A pick that is likelier what it is taken for than not is held."""
WIDE = 4.0
"""Standard errors within which an event looks for its picks."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """A pick as the P or S of an event at a station."""

    event: Hypothesis
    row: int
    kind: int
    pick: int
    branch: int
    gain: float
    """Nats over noise."""
    residual_s: float
    sigma_s: float

    @property
    def nats(self) -> float:
        """What it brings the event beyond silence."""
        p = float(self.event.p[self.row, self.kind])
        return float(np.logaddexp(np.log1p(-p), np.log(p) + self.gain) - np.log1p(-p))

    def put(self) -> None:
        """Give the pick to the event."""
        h, at = self.event, (self.row, self.kind)
        h.secondary.pop(self.pick, None)
        h.index[at], h.branch[at] = self.pick, self.branch
        h.residual_s[at], h.sigma_s[at] = self.residual_s, self.sigma_s
        e = h.p[at] * np.exp(min(self.gain, 50.0))
        h.member[at] = e / (1.0 - h.p[at] + e)


def exchange(context: Context, accept: Callable[[Hypothesis], str], tally: Tally) -> None:
    """Move picks between the events found, where that makes them likelier together.

    An event that would no longer meet the definition keeps its pick.
    """
    moved = 0
    for wish in _wishes(context):
        owner = _owner(context, wish.pick)
        if owner is None or owner is wish.event:
            continue
        station = int(wish.event.stations[wish.row])
        left = _now(context, wish)
        back = None if left is None else _alone(context, owner, station, left.pick)
        gained = wish.nats - (left.nats if left else 0.0) + (back.nats if back else 0.0)
        if gained - _held_nats(context, owner, station, wish.pick) < LEAST_NATS:
            continue
        if _moved(owner, wish, back, accept):
            moved += 1
    if moved:
        tally.add("picks_exchanged", moved)
        context.rebuild(list(context.events))


def wanted(context: Context) -> list[tuple[Hypothesis, Hypothesis, list[int]]]:
    """Return pairs of events, and the picks that the first holds and the second would like."""
    found: dict[tuple[int, int], tuple[Hypothesis, Hypothesis, list[int]]] = {}
    for wish in _wishes(context):
        owner = _owner(context, wish.pick)
        if owner is not None and owner is not wish.event:
            pair = found.setdefault((id(owner), id(wish.event)), (owner, wish.event, []))
            pair[2].append(wish.pick)
    return list(found.values())


def _wishes(context: Context) -> list[_Hold]:
    """Return what the events would take if all picks were free, the strongest first."""
    held = [i for h in context.events for i in (*(i for _, _, i in h.defining()), *h.secondary)]
    with context.trial():
        context.lend(held)
        found = [
            wish
            for h in context.events
            for wish in _liked(context, h, h.stations, context.columns.picks())
            if wish.pick != h.index[wish.row, wish.kind]
        ]
    return sorted(found, key=lambda wish: -wish.gain)


def _liked(
    context: Context, h: Hypothesis, stations: IntArray, picks: tuple[FloatArray, ...]
) -> Iterator[_Hold]:
    """Yield the picks that an event would take of some of its stations."""
    from vigie.network.association.kernels.evidence import evidence

    source = (h.unit, h.depth_km, h.time_s)
    index, branch, gain, residual, sigma = evidence(
        *source, WIDE, stations, picks, context.net, h.variant.tabs
    )
    for a, kind in zip(*np.nonzero(index >= 0), strict=True):
        at = (a, kind)
        row = int(np.flatnonzero(h.stations == stations[a])[0])
        yield _Hold(
            h, row, int(kind), int(index[at]), int(branch[at]),
            float(gain[at]), float(residual[at]), float(sigma[at]),
        )  # fmt: skip


def _alone(context: Context, h: Hypothesis, station: int, pick: int) -> _Hold | None:
    """Return an event's best use of one pick as P or S, if only this one were there."""
    if station not in h.stations:
        return None
    one = np.array([station], dtype=np.int64)
    found = list(_liked(context, h, one, context.picks_of(pick)))
    return found[0] if found else None


def _now(context: Context, wish: _Hold) -> _Hold | None:
    """Return what the event holds where it wishes for another pick."""
    h = wish.event
    pick = int(h.index[wish.row, wish.kind])
    if pick < 0 or h.member[wish.row, wish.kind] <= SURE:
        return None
    return _alone(context, h, int(h.stations[wish.row]), pick)


def _owner(context: Context, pick: int) -> Hypothesis | None:
    """Return the event that holds a pick."""
    for h in context.events:
        if pick in h.secondary or any(i == pick for _, _, i in h.defining()):
            return h
    return None


def _held_nats(context: Context, owner: Hypothesis, station: int, pick: int) -> float:
    """Return what a pick brings the event that holds it."""
    if pick not in owner.secondary:
        hold = _alone(context, owner, station, pick)
        return hold.nats if hold else 0.0
    name, residual_s = owner.secondary[pick]
    _, chance, _, model_s, _ = context.tables.later_phases()[name]
    columns = context.columns
    b = float(np.hypot(model_s, columns.sigma_s[pick])) / np.sqrt(2.0)
    gain = np.log(chance / columns.rate_hz[pick] / (2.0 * b)) - abs(residual_s) / b
    return float(np.logaddexp(0.0, gain))


def _moved(
    owner: Hypothesis,
    wish: _Hold,
    back: _Hold | None,
    accept: Callable[[Hypothesis], str],
) -> bool:
    """Move a pick, and give another one back; not where either event does not stand it."""
    events = (owner, wish.event)
    before = [h.copied() for h in events]
    owner.secondary.pop(wish.pick, None)
    gone = owner.index == wish.pick
    owner.index[gone], owner.member[gone] = -1, 0.0
    if back is not None:
        back.put()
    wish.put()
    if not any(accept(h) for h in events):
        return True
    for h, was in zip(events, before, strict=True):
        h.restore(was)
    return False
