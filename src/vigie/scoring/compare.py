"""One bulletin scored against another: matched, missed, extra, and how far apart.

Metrics of Arora et al. (2013) and of the International Data Centre (IDC): bipartite matching of
maximum cardinality, then of minimum total cost, under a rule that says which pairs are
allowed; overlap (recall) = matched reference events / reference events, inconsistency =
unmatched test events / test events. Differences are test minus reference, of the preferred
origins. Events without an origin are counted and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.records import Event
from vigie.scoring.ellipses import holds, overlap
from vigie.scoring.matching import match
from vigie.scoring.rules import (
    ARORA_2013,
    IDC,
    Edge,
    Located,
    MatchRule,
    edges_of,
    has_arrivals,
    located,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import Bulletin


@dataclass(frozen=True, slots=True)
class CompareParams:
    """Which rules to score by; the first is the one in whose matching people look."""

    rules: tuple[MatchRule, ...] = (ARORA_2013, IDC)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedPair:
    """A reference event and the test event that was matched with it."""

    reference: Event
    test: Event
    delta_deg: float
    time_difference_s: float
    depth_difference_km: float | None
    magnitude_differences: tuple[tuple[str, float], ...]
    """Magnitude type (of both) to difference."""
    common_arrivals: int
    """Time-defining arrivals that both have."""
    inside_ellipse: bool | None
    """Whether the test's 90 % ellipse holds the reference epicentre; None without ellipse."""
    ellipses_overlap: bool | None
    """Whether the 90 % ellipses of both overlap; None without both."""

    @property
    def distance_km(self) -> float:
        """Distance of the epicentres on the mean sphere."""
        return self.delta_deg * KM_PER_DEG


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScore:
    """The score under one rule."""

    rule: MatchRule
    matched: tuple[MatchedPair, ...]
    missed: tuple[Event, ...]
    """Reference events without a test event."""
    extra: tuple[Event, ...]
    """Test events without a reference event."""
    split: tuple[tuple[Event, tuple[Event, ...]], ...]
    """Reference events near which the rule finds more than one test event that is matched to
    no other reference event."""
    applicable: bool = True
    """False where the rule asks for common arrivals and one bulletin has none at all."""

    @property
    def overlap(self) -> float | None:
        """Matched reference events over reference events (recall)."""
        return _share(len(self.matched), len(self.matched) + len(self.missed))

    @property
    def inconsistency(self) -> float | None:
        """Unmatched test events over test events."""
        return _share(len(self.extra), len(self.matched) + len(self.extra))

    @property
    def median_distance_km(self) -> float | None:
        """Median distance of matched epicentres."""
        return _median(pair.distance_km for pair in self.matched)

    @property
    def median_time_difference_s(self) -> float | None:
        """Median of test minus reference origin time."""
        return _median(pair.time_difference_s for pair in self.matched)

    @property
    def median_absolute_time_difference_s(self) -> float | None:
        """Median of the absolute difference of origin times."""
        return _median(abs(pair.time_difference_s) for pair in self.matched)

    @property
    def median_depth_difference_km(self) -> float | None:
        """Median of test minus reference depth."""
        depths = (pair.depth_difference_km for pair in self.matched)
        return _median(depth for depth in depths if depth is not None)

    @property
    def median_magnitude_differences(self) -> dict[str, float]:
        """Median of test minus reference magnitude, by type."""
        found: dict[str, list[float]] = {}
        for pair in self.matched:
            for kind, difference in pair.magnitude_differences:
                found.setdefault(kind, []).append(difference)
        return {kind: float(np.median(values)) for kind, values in sorted(found.items())}

    @property
    def ellipse_coverage(self) -> float | None:
        """Share of matched test events with an ellipse whose ellipse holds the reference."""
        inside = [p.inside_ellipse for p in self.matched if p.inside_ellipse is not None]
        return _share(sum(inside), len(inside))

    @property
    def ellipse_overlap(self) -> float | None:
        """Share of matched pairs with two ellipses whose ellipses overlap."""
        touching = [p.ellipses_overlap for p in self.matched if p.ellipses_overlap is not None]
        return _share(sum(touching), len(touching))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A test bulletin scored against a reference bulletin, by each rule."""

    n_reference: int
    n_test: int
    without_origin: int
    """Events of either that have no origin and were left out."""
    scores: tuple[RuleScore, ...]

    @property
    def main(self) -> RuleScore:
        """The score under the first rule."""
        return self.scores[0]


def compare(reference: Bulletin, test: Bulletin, params: CompareParams | None = None) -> Comparison:
    """Score a test bulletin against a reference bulletin.

    Parameters
    ----------
    reference, test : Bulletin
        The bulletins; order of events does not matter.
    params : CompareParams, optional
        The rules; by default those of Arora et al. (2013) and of the IDC.

    Returns
    -------
    Comparison
        One score per rule.
    """
    rules = (params or CompareParams()).rules
    wanted, found = located(reference.events), located(test.events)
    lost = len(reference.events) + len(test.events) - len(wanted) - len(found)
    return Comparison(
        n_reference=len(wanted),
        n_test=len(found),
        without_origin=lost,
        scores=tuple(_score(wanted, found, rule) for rule in rules),
    )


def _score(reference: tuple[Located, ...], test: tuple[Located, ...], rule: MatchRule) -> RuleScore:
    edges = edges_of(reference, test, rule)
    chosen = [edges[i] for i in match([(e.reference, e.test, e.cost(rule)) for e in edges])]
    of_reference = {edge.reference for edge in chosen}
    of_test = {edge.test for edge in chosen}
    near: dict[int, list[int]] = {}
    partner = {edge.test: edge.reference for edge in chosen}
    for edge in edges:
        # A test event that is another reference event's own is no part of this one.
        if partner.get(edge.test, edge.reference) == edge.reference:
            near.setdefault(edge.reference, []).append(edge.test)
    return RuleScore(
        rule=rule,
        matched=tuple(_pair(reference[e.reference], test[e.test], e) for e in chosen),
        missed=tuple(one.event for i, one in enumerate(reference) if i not in of_reference),
        extra=tuple(one.event for i, one in enumerate(test) if i not in of_test),
        split=tuple(
            (reference[i].event, tuple(test[j].event for j in several))
            for i, several in sorted(near.items())
            if len(several) > 1
        ),
        applicable=rule.min_common_arrivals == 0
        or (has_arrivals(reference) and has_arrivals(test)),
    )


def _pair(reference: Located, test: Located, edge: Edge) -> MatchedPair:
    one, other = reference.origin, test.origin
    depths = (one.depth_km, other.depth_km)
    inside = holds(other, one.latitude, one.longitude)
    return MatchedPair(
        reference=reference.event,
        test=test.event,
        delta_deg=edge.delta_deg,
        time_difference_s=edge.time_difference_s,
        depth_difference_km=None if None in depths else (depths[1] or 0.0) - (depths[0] or 0.0),
        magnitude_differences=_magnitude_differences(reference.event, test.event),
        common_arrivals=edge.common_arrivals,
        inside_ellipse=None if inside is None else bool(inside),
        ellipses_overlap=overlap(one, other),
    )


def _magnitude_differences(one: Event, other: Event) -> tuple[tuple[str, float], ...]:
    """Return differences by type, of preferred origins; of several of a type the last counts."""
    mine = {m.type: m.value for m in one.preferred_magnitudes if not m.bound}
    theirs = {m.type: m.value for m in other.preferred_magnitudes if not m.bound}
    return tuple((kind, theirs[kind] - mine[kind]) for kind in sorted(mine.keys() & theirs))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _median(values: Iterable[float]) -> float | None:
    known = list(values)
    return float(np.median(known)) if known else None
