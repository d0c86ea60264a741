"""Later phases of an event: which of the free picks they explain.

What is picked after the first P and S and belongs to the event is no noise, and no other event.
Depth phases are sought at the depth of the hypothesis; where the first onsets themselves say that
it is deep, at all depths that they allow, for they tell it to tens of kilometres only, and pP
comes later by a second for each five. At some depth a few picks of coda, or of a second event, fit
pP or sP by chance, and a depth that an explosion cannot have would be taken as shown: so depths
of shallow hypotheses are not tried, and those of deep ones must be shown (``depth_shown``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.depth_shown import is_shown
from vigie.network.association.hypothesis import deltas_deg
from vigie.network.loss import REACH_SCATTER, loss_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

    FloatArray = NDArray[np.float64]
    Found = dict[int, tuple[str, float, float]]

MIN_DEPTH_PHASES = 3
"""Stations that must show a depth phase before any is believed."""
NEAREST_DEPTH_PHASE_DEG = 10.0
"""pP and sP are looked for from here on (``vigie.facts.phase_windows``)."""
DEPTH_STEP_KM = 4.0
"""pP comes 0.8 s later, or less: half its model error."""
DEPTH_SIGMAS = 3.0
DEEP_KM = 60.0
"""A hypothesis below it has beaten the best shallow one (``settling.DEEP_MARGIN``)."""


def later_phases(context: Context, h: Hypothesis) -> None:
    """Give the free picks that later phases of an event explain to the event."""
    delta = deltas_deg(h.unit, context.columns.unit)
    heard = 0.9 / (1.0 + np.exp(-1.7 * (h.size - loss_at(delta, h.depth_km)) / REACH_SCATTER))
    np.maximum.at(heard, h.stations, h.member.max(axis=1))
    known = context.tables.later_phases()
    own = {i for _, _, i in h.defining()}
    found = _depth_phases(context, h, heard, own)
    others = [name for name in known if not is_depth_phase(name)]
    source = (h.unit, h.depth_km, h.time_s)
    found |= _explained(context, source, heard, others, own | set(found))
    h.secondary.update({i: (name, residual) for i, (name, residual, _) in found.items()})


def is_depth_phase(name: str) -> bool:
    """Tell whether a phase is one that went up from its source."""
    return name[0] in "ps"


def _depth_phases(context: Context, h: Hypothesis, heard: FloatArray, own: set[int]) -> Found:
    """Return the depth phases at the depth where they explain most."""
    if deltas_deg(h.unit, context.columns.unit).max() < NEAREST_DEPTH_PHASE_DEG:
        return {}
    names = [name for name in context.tables.later_phases() if is_depth_phase(name)]
    best: Found = {}
    most = 0.0
    for depth_km, time_s, doubt in _depths(context, h):
        here = _explained(context, (h.unit, depth_km, time_s), heard, names, own)
        count = Counter(name for name, _, _ in here.values())
        here = {i: hit for i, hit in here.items() if count[hit[0]] >= MIN_DEPTH_PHASES}
        nats = sum(value for _, _, value in here.values()) - doubt
        if nats > most and (doubt == 0.0 or is_shown(context, h, here)):
            best, most = here, nats
    return best


def _depths(context: Context, h: Hypothesis) -> Iterator[tuple[float, float, float]]:
    """Yield depths that the first onsets allow, their origin times, and what they cost in nats."""
    from vigie.network.association.kernels.lookup import depth_index, lookup

    sigma_km = depth_sigma_km(context, h)
    nodes, first_p = h.variant.tabs[4], h.variant.tabs[0]
    rows = (h.index[:, 0] >= 0) & (h.member[:, 0] > 0.5)
    deltas = deltas_deg(h.unit, context.columns.unit[h.stations[rows]])

    def travel_s(depth_km: float) -> FloatArray:
        row, part = depth_index(nodes, depth_km)
        return np.array([lookup(first_p, row, part, delta)[0] for delta in deltas])

    own_s = travel_s(h.depth_km)
    reach_km = DEPTH_SIGMAS * sigma_km if h.depth_km > DEEP_KM else 0.0
    for step_km in (0.0, *np.arange(-reach_km, reach_km, DEPTH_STEP_KM)):
        depth_km = h.depth_km + step_km
        if step_km == 0.0 or DEEP_KM <= depth_km <= context.limit_depth_km:
            earlier_s = float(np.nanmean(travel_s(depth_km) - own_s)) if len(deltas) else 0.0
            yield depth_km, h.time_s - earlier_s, 0.5 * (step_km / sigma_km) ** 2


def depth_sigma_km(context: Context, h: Hypothesis) -> float:
    """Return the standard error of the depth, by the onsets and what is known of all events."""
    return float(np.sqrt(np.linalg.inv(context.precision(h.normal))[2, 2]))


def _explained(
    context: Context,
    source: tuple[FloatArray, float, float],
    heard: FloatArray,
    names: list[str],
    own: set[int],
) -> Found:
    """Return phase, residual (s) and nats of each pick that one of some phases explains."""
    from vigie.network.association.kernels import wave_train

    columns = context.columns
    found: Found = {}
    for name in names:
        index, residual, nats = wave_train.explain(
            source,
            heard,
            context.tables.later_phases()[name],
            columns.picks(),
            context.net,
            context.tabs,
            columns.rate_hz,
        )
        for j in np.flatnonzero(index >= 0):
            pick = int(index[j])
            if pick not in own and pick not in found:
                found[pick] = (name, float(residual[j]), float(nats[j]))
    return found
