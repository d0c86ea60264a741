"""Second events at the place of one that is known: the same delay at every station.

Aftershocks and the next shot of a mine come to each station by the path of the event before them,
so what the model does not know of the path cancels: their onsets follow the known ones by one
delay, to a few tenths of a second, where the search for events anywhere must allow for seconds.
In the coda of the first event that is what tells them from its later waves.

A delay is scored like a hypothesis: a mixture at each station that showed the first event, the
size averaged over, against noise and coda. Its prior is the rate of aftershocks of Reasenberg and
Jones (1989, Science 243, 1173-1176), their generic California sequence, for events after the
known one; of events before it those of every size are equally likely, as the same law has it for
the event whose aftershock the known one is.

What else comes by one delay is left alone: depth phases (pP, sP, pPn, sPn) of any depth that the
event, or another about its place, may have, beyond 10 deg of any at all; and later phases at
stations of one distance. So are reverberations as early as those; triggers that a detector repeats
after a fixed time are not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.barred import was_refused
from vigie.network.association.hypothesis import deltas_deg
from vigie.network.association.later import (
    DEEP_KM,
    DEPTH_SIGMAS,
    NEAREST_DEPTH_PHASE_DEG,
    depth_sigma_km,
    is_depth_phase,
)
from vigie.network.association.merging import explains
from vigie.network.association.rivals import best_of_rivals
from vigie.network.association.settling import fit_detection, settle_candidate
from vigie.network.loss import B_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.network.association.tally import Tally

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

AFTERSHOCKS_A, AFTERSHOCKS_P, AFTERSHOCKS_C_DAYS = -1.67, 1.08, 0.05
"""Reasenberg & Jones (1989): of magnitude m and more after a shock of magnitude M, t days later,
10 ** (a + b (M - m)) / (t + c) ** p come per day."""
LONGEST_S = 900.0
"""Later events are out of the coda, where the search finds them as it finds others."""
PLACE_KM = 2.0
"""How far from the first event the second one is."""
LEAST_SIGMA_S = 0.1
"""Of the difference of two readings."""
DEPTH_PHASES_S = 230.0
"""sP of an event 700 km deep comes 224 s after P at 98 deg (ak135)."""
DEPTH_PHASES_S_PER_KM = 0.4
"""sPn comes 0.37 s after Pn for each km of depth, the most of all depth phases."""
ABOUT_DEG = 5.0
"""Depth phases of another event so near come by nearly one delay too."""
LEAST_SPREAD = 0.2
"""Range of the stations' distances over their median, below which all phases come by one delay."""
MIN_TOGETHER = 3
"""Stations with one delay: fewer make no event."""
MORE_ELSEWHERE = 2
"""Onsets that an event must explain beyond those of a repeat to be taken in its stead."""
MAX_DELAYS = 10
WIDE = 4.0
"""Standard errors within which a delay is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """What a known event shows at its stations; shape (n stations, 2) for P and S."""

    time_s: FloatArray
    """NaN where it shows nothing."""
    slowness: FloatArray
    """s/deg."""
    model_s: FloatArray
    """Standard error of a delay, but for the reading of the second onset."""
    seaz_deg: FloatArray
    """Shape (n stations,)."""
    delta_deg: FloatArray
    """Shape (n stations,)."""
    depth_phases_s: tuple[tuple[float, float], ...]
    """Of each event about the place: its time less that of the known one, and how long after its
    P depth phases may come to near stations."""


def add_repeats(context: Context, accept: Callable[[Hypothesis], str], tally: Tally) -> None:
    """Take the events that follow, or go before, those found at their places."""
    queue = list(context.events)
    while queue:
        known = queue.pop()
        for found in repeats_of(context, known, accept):
            for _, _, pick in found.defining():
                known.secondary.pop(pick, None)
            event = elsewhere(context, found, accept) or found
            context.take(event)
            tally.add("accepted" if event is not found else "repeated")
            queue.append(event)


def elsewhere(
    context: Context, repeat: Hypothesis, accept: Callable[[Hypothesis], str]
) -> Hypothesis | None:
    """Return the event at another place, if it is likelier, that a repeat is a part of.

    Of an event 100 km away some onsets come by one delay too. The prior of aftershocks, which is
    that of one place, must not hold it there when it leaves onsets that fit elsewhere.
    """
    start = (repeat.unit, repeat.depth_km, repeat.time_s)
    free = settle_candidate(context, start, max(len(repeat.defining()), 6))
    if accept(free) or not explains(free, repeat):
        return None
    more = len(free.defining()) - len(repeat.defining())
    if free.log_odds < repeat.log_odds and more < MORE_ELSEWHERE:
        return None
    free = best_of_rivals(context, free, accept)
    return None if was_refused(context, free) else free


def repeats_of(
    context: Context, known: Hypothesis, accept: Callable[[Hypothesis], str]
) -> list[Hypothesis]:
    """Return the best event at the place of a known one, at another time; none or one.

    Picks that later phases of the known event explain are looked at as well, but for its depth
    phases.
    """
    lent = [i for i, (name, _) in known.secondary.items() if not is_depth_phase(name)]
    with context.trial():
        context.lend(lent)
        onsets = _onsets(context, known)
        found = [
            h
            for delay in _delays(context, known, onsets)
            if (h := _repeat(context, known, onsets, delay)) is not None
            and not was_refused(context, h)
            and not accept(h)
        ]
    return sorted(found, key=lambda h: -h.log_odds)[:1]


def _onsets(context: Context, h: Hypothesis) -> Onsets:
    from vigie.network.association.kernels import lookup

    columns = context.columns
    shown = (h.index >= 0) & (h.member > 0.5)
    time_s = np.where(shown, columns.time_s[h.index], np.nan)
    delta = deltas_deg(h.unit, columns.unit[h.stations])
    seaz = np.array(
        [lookup.seaz_of(h.unit, columns.east, columns.north, j) for j in h.stations], dtype=float
    )
    iz, fz = lookup.depth_index(h.variant.tabs[4], h.depth_km)
    branches = h.variant.tabs[5]
    slowness = np.zeros(h.index.shape)
    for row, kind in zip(*np.nonzero(shown), strict=True):
        table = branches[h.branch[row, kind]]
        slowness[row, kind] = lookup.lookup(table, iz, fz, delta[row])[1]
    own_s = np.where(shown, columns.sigma_s[h.index], 0.0)
    moved_s = PLACE_KM / 111.19 * np.abs(slowness)
    model_s = np.sqrt(own_s**2 + moved_s**2 + LEAST_SIGMA_S**2)
    return Onsets(time_s, slowness, model_s, seaz, delta, _depth_phases_s(context, h))


def _witnesses(onsets: Onsets, delay_s: float) -> FloatArray:
    """Return the onsets at stations where a delay can only be that of another event."""
    tells = np.ones(len(onsets.delta_deg), dtype=np.bool_)
    near = onsets.delta_deg < NEAREST_DEPTH_PHASE_DEG
    for start_s, near_s in onsets.depth_phases_s:
        since_s = delay_s - start_s
        if -near_s < since_s < DEPTH_PHASES_S:
            # Before it as well: what was taken for its P may be its Pg, or a depth phase.
            tells &= near & (since_s > near_s)
    return np.where(tells[:, np.newaxis], onsets.time_s, np.nan)


def _depth_phases_s(context: Context, known: Hypothesis) -> tuple[tuple[float, float], ...]:
    found = []
    for h in context.events:
        if np.degrees(np.linalg.norm(h.unit - known.unit)) < ABOUT_DEG:
            deepest_km = max(h.depth_km + DEPTH_SIGMAS * depth_sigma_km(context, h), DEEP_KM)
            found.append((h.time_s - known.time_s, DEPTH_PHASES_S_PER_KM * deepest_km))
    return tuple(found)


def _delays(context: Context, h: Hypothesis, onsets: Onsets) -> list[float]:
    """Return the delays at which free picks of most stations fall together."""
    from vigie.network.association.kernels.evidence import TAKEN

    columns, least_s = context.columns, 5.0 * context.onset_sigma_s
    delays = []
    for row, kind in zip(*np.nonzero(np.isfinite(onsets.time_s)), strict=True):
        j = h.stations[row]
        picks = slice(columns.first[j], columns.first[j + 1])
        after = columns.time_s[picks] - onsets.time_s[row, kind]
        use = (np.abs(after) < LONGEST_S) & (np.abs(after) > least_s)
        delays.append(after[use & (columns.gain_p[picks] > TAKEN)])
    found = np.sort(np.concatenate([np.empty(0), *delays]))
    width = 4.0 * float(np.median(onsets.model_s, axis=None))
    together = np.searchsorted(found, found + width) - np.arange(len(found))
    best: list[float] = []
    for k in np.argsort(-together, kind="stable"):
        if together[k] < MIN_TOGETHER or len(best) == MAX_DELAYS:
            break
        middle = float(np.median(found[k : k + together[k]]))
        if all(abs(middle - b) > width for b in best):
            best.append(middle)
    return best


def _repeat(
    context: Context, known: Hypothesis, onsets: Onsets, delay_s: float
) -> Hypothesis | None:
    """Score an event at the place of a known one; None where too few stations can tell."""
    from vigie.network.association.kernels.repeated import repeated_evidence

    columns = context.columns
    shown = replace(onsets, time_s=_witnesses(onsets, delay_s))
    arguments = (shown.time_s, shown.slowness, shown.model_s, shown.seaz_deg)
    for _ in range(3):
        index, gain, residual, sigma = repeated_evidence(
            delay_s, *arguments, WIDE, known.stations, columns.picks(), columns.first
        )
        hit = index >= 0
        if len(set(np.nonzero(hit)[0])) < MIN_TOGETHER or not _tells(shown.delta_deg, hit):
            return None
        delay_s += float(np.median(residual[hit]))
    index, gain, residual, sigma = repeated_evidence(
        delay_s, *arguments, WIDE, known.stations, columns.picks(), columns.first
    )
    place = (known.unit, known.depth_km)
    falling = B_VALUE if delay_s > 0.0 else 0.0
    score, p, size = fit_detection(context, place, known.stations, (index, gain), falling)
    e = p * np.exp(np.minimum(gain, 50.0))
    member = np.where(index >= 0, e / (1.0 - p + e), 0.0)
    time_sigma_s = 1.0 / np.sqrt(np.sum(member / sigma**2) + 1.0 / LONGEST_S**2)
    volume = float(np.log(np.sqrt(2.0 * np.pi) * time_sigma_s))
    return replace(
        known,
        time_s=known.time_s + delay_s,
        score=score,
        log_odds=score + volume + _log_rate_hz(delay_s, known.size),
        size=size,
        index=index,
        branch=known.branch.copy(),
        residual_s=np.where(index >= 0, known.residual_s + residual, 0.0),
        sigma_s=sigma,
        member=member,
        p=p,
        loudness=(0.0, 0.0),
        secondary={},
        rivals=[(unit, time_s + delay_s, odds) for unit, time_s, odds in known.rivals],
    )


def _tells(delta_deg: FloatArray, hit: NDArray[np.bool_]) -> bool:
    """Tell whether stations differ so much in distance that later phases differ in delay."""
    delta = delta_deg[hit.any(axis=1)]
    return bool(np.ptp(delta) > LEAST_SPREAD * np.median(delta))


def _log_rate_hz(delay_s: float, size: float) -> float:
    """Return the logarithm of the rate of events of size 0 and more, a delay from a known one."""
    days = abs(delay_s) / 86400.0
    productivity = B_VALUE * size if delay_s > 0.0 else 0.0
    per_day = 10.0 ** (AFTERSHOCKS_A + productivity)
    return float(np.log(per_day / 86400.0 / (days + AFTERSHOCKS_C_DAYS) ** AFTERSHOCKS_P))
