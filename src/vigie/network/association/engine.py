"""From detections to a bulletin: the whole association.

Method, after Arora, Russell & Sudderth (2013): an event is kept when it explains its detections
better than noise and coda do, with the trials of the search counted. The search is not theirs:
candidates come from a stack over an adaptive grid (``grid``, ``search``), a hypothesis is settled
by expectation-maximisation (``kernels.settling``), events are taken one by one, best first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.bulletin import build_event
from vigie.network.association.context import Context
from vigie.network.association.grid import GridRule, make_grid
from vigie.network.association.params import AssociateParams
from vigie.network.association.prepare import Skipped, prepare
from vigie.network.association.search import find_events
from vigie.network.association.tables import tables_of
from vigie.network.association.tally import Tally
from vigie.network.definition import assess
from vigie.records import Association, Bulletin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.earth.base import Predictor
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.network.association.prepare import Columns
    from vigie.records import Detection, Event, Inventory


MAX_SEARCHES = 2
"""The first, and one around events that did not hold."""


@dataclass(frozen=True, slots=True)
class AssociationResult:
    """What an association gives."""

    bulletin: Bulletin
    """Events with their detections; detections of no event beside them."""
    counts: dict[str, int]
    """Hypotheses by the rule at which they ended, ``accepted`` among them; ``refused_`` and a
    reason: events that did not hold when they were located, whose detections are free again."""
    skipped: tuple[Skipped, ...]
    """Detections that could not be used, and why; those of no event that a refused one held too."""


def associate(
    detections: Sequence[Detection],
    stations: Inventory,
    predictor: Predictor,
    params: AssociateParams | None = None,
) -> AssociationResult:
    """Find the events that explain a set of detections.

    Parameters
    ----------
    detections : sequence of Detection
        In any order, of any span. Phase names are hints.
    stations : Inventory
        Stations that were working, silent ones too.
    predictor : Predictor
        Travel times of a model, world-wide or local.
    params : AssociateParams, optional
    """
    params = params or AssociateParams()
    columns, skipped = prepare(detections, stations, params)
    counts: dict[str, int] = {"detections": len(columns.detections)}
    tally = Tally(counts)
    events: list[Event] = []
    if len(columns.detections):
        context = _context(columns, predictor, params)
        events = _published(context, predictor, stations, tally)
    used = {d.id for e in events for d in e.detections}
    rest = tuple(
        sorted(
            (d for d in columns.everything() if d.id not in used),
            key=lambda d: (d.time_ns, d.station, d.id),
        )
    )
    bulletin = Bulletin(events=tuple(events), detections=rest, author="vigie")
    refused = [s for s in tally.refused if s.detection_id not in used]
    return AssociationResult(bulletin, counts, (*skipped, *refused))


def _published(
    context: Context, predictor: Predictor, stations: Inventory, tally: Tally
) -> list[Event]:
    """Find events and locate them; where one does not hold, search again without its place."""
    accept = _acceptance(context)
    held: dict[tuple[Hypothesis, tuple[int, ...]], Event] = {}
    found: list[Hypothesis] = []
    for _ in range(MAX_SEARCHES):
        found = find_events(context, accept, tally)
        refused: list[tuple[Hypothesis, str]] = []
        for h in found:
            if _as_held(h) in held:
                continue
            event, reason = build_event(context, h, predictor, stations)
            if event is None:
                code = f"refused_{reason}"
                tally.add(code)
                tally.refuse((context.columns.detections[i] for _, _, i in h.defining()), code)
                refused.append((h, reason))
            else:
                held[_as_held(h)] = event
        if not refused:
            break
        context.bar(refused)
    kept = sorted(
        (h for h in found if _as_held(h) in held), key=lambda h: (h.time_s, float(h.unit[0]))
    )
    return [held[_as_held(h)] for h in kept]


def _as_held(h: Hypothesis) -> tuple[Hypothesis, tuple[int, ...]]:
    """Return a hypothesis with its picks: a later search may move them to and from it."""
    return h, (*(i for _, _, i in h.defining()), *sorted(h.secondary))


def _context(columns: Columns, predictor: Predictor, params: AssociateParams) -> Context:
    tables = tables_of(predictor, params.model_sigma_scale)
    heard = np.unique(columns.station)
    reach_deg = min(tables.farthest_deg(), params.max_distance_deg)
    rule = GridRule(params.cell_fraction, params.region_margin, params.max_depth_km, reach_deg)
    grid = make_grid(columns.unit[heard], rule)
    context = Context(columns, tables, grid, params)
    sigma = columns.sigma_s
    sigma[~np.isfinite(sigma)] = context.default_sigma_s
    return context


def _acceptance(context: Context) -> Callable[[Hypothesis], str]:
    columns, params = context.columns, context.params
    treaty_network = columns.treaty_network()

    def accept(h: Hypothesis) -> str:
        if h.log_odds < params.min_log_odds:
            return "log_odds"
        observed = []
        for row, kind, pick in h.defining():
            d, station = columns.detections[pick], columns.stations[int(h.stations[row])]
            association = Association(
                detection_id=d.id,
                station=station.code,
                phase="PS"[kind],
                time_defining=True,
                azimuth_defining=d.azimuth_deg is not None,
                slowness_defining=d.slowness_s_per_deg is not None,
            )
            observed.append((association, station))
        verdict = assess(params.definition, observed, treaty_network=treaty_network)
        return verdict.failed[0] if verdict.failed else ""

    return accept
