"""The search: candidates from the grid, settled one by one, best first, in two rounds.

1. Windows of origin time are stacked on the grid (``_kernels.stack``); local maxima are
   candidates.
2. The best candidate is scored again with the picks that are still free, narrowed (``refine``)
   and settled (``settling``); who heard and who should have heard gives its size and score.
3. If its log odds suffice, its picks are taken, the rest of its wave train becomes more likely
   to be noise (coda), and the search goes on with what is left, until a pass finds nothing.
4. After the first round of all windows the rates of events, noise and coda and the trust in
   labels are learned from what was found (``learn``), and a second round searches what is left.

Cost as measured: about 0.2 s of one core per pass over half an hour of 40 stations and 4800 cells;
5 s in all for an hour with 6400 picks of which 4800 are noise.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.rivals import best_of_rivals
from vigie.network.association.settling import settle_candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

    FloatArray = NDArray[np.float64]

PASSES = 4
"""Of the grid at most; a pass that finds nothing ends them."""
ODDS = (0.5, 0.3)
"""Chance that a station within reach catches P, and S, while the size is unknown."""
COARSE_SHARE = 0.35
"""Least score on the coarse grid, over what a well-located event needs. Lower values find the same
events at more cost."""
FINE_SHARE = 0.9
"""The same after refinement."""
SAME_SIGMAS = 5.0
"""Events whose onsets differ by fewer standard errors of one onset are one."""


@dataclass(slots=True)
class Tally:
    """How many hypotheses met each rule."""

    counts: dict[str, int]

    def add(self, rule: str, n: int = 1) -> None:
        """Count under a rule."""
        self.counts[rule] = self.counts.get(rule, 0) + n


def find_events(
    context: Context, accept: Callable[[Hypothesis], str], tally: Tally
) -> list[Hypothesis]:
    """Return the events of all windows in the order they were found.

    Parameters
    ----------
    context : Context
    accept : callable
        Gives the name of the rule that a hypothesis fails; empty where it is an event.
    tally : Tally
        Counts per rule, filled here.
    """
    for turn in range(2):
        for window in _windows(context):
            if context.barred and not _holds_barred(context, window):
                continue
            failed = list(context.barred)
            for _ in range(PASSES):
                if not _search_window(context, window, accept, tally, failed):
                    break
        if not context.events:
            break
        if turn == 0 and not context.barred:
            context.learn()
    return list(context.events)


def _holds_barred(context: Context, window: tuple[float, float]) -> bool:
    """Tell whether an event that did not hold, or its onsets, lie in a window."""
    start, end = window
    return any(start <= time <= end for _, time in context.barred)


def _windows(context: Context) -> Iterator[tuple[float, float]]:
    """Yield spans of origin time, without those in which nothing was picked."""
    times = np.sort(context.columns.time_s)
    if not len(times):
        return
    lead = context.longest_s
    length = float(np.clip(4.0 * lead, 1800.0, 14400.0))
    start = float(times[0]) - lead
    end = float(times[-1])
    while start < end:
        low, high = np.searchsorted(times, [start, start + length + lead])
        if high > low:
            yield start, min(start + length, end)
            start += length
        else:
            start = float(times[low]) - lead


def _search_window(
    context: Context,
    window: tuple[float, float],
    accept: Callable[[Hypothesis], str],
    tally: Tally,
    failed: list[tuple[FloatArray, float]],
) -> list[Hypothesis]:
    from vigie.network.association import _kernels as kernels

    grid, columns = context.grid, context.columns
    start, end = window
    picks = columns.picks()
    low, high = context.bounds(start, end + context.longest_s)
    candidates = kernels.stack(
        (start, end, low, high, context.params.definition.min_stations),
        (
            grid.unit,
            grid.radius_deg,
            context.share,
            grid.depth_km,
            grid.half_depth_km,
            context.near,
            context.near_deg,
        ),
        picks,
        context.net,
        context.tabs,
        context.levels,
        ODDS,
        COARSE_SHARE * context.required,
    )
    tally.add("grid_maxima", len(candidates))
    kept = kernels.thin(
        candidates,
        grid.radius_deg,
        context.touching,
        context.time_per_deg,
        context.params.max_candidates,
    )
    tally.add("candidates", len(kept))
    heap = [(-float(candidates[k, 2]), int(k)) for k in kept]
    heapq.heapify(heap)
    before = list(context.events)
    while heap:
        negative, k = heapq.heappop(heap)
        cell, time, _, level = candidates[k]
        c = int(cell)
        stations = context.near[c, : int(level)]
        radius = float(grid.radius_deg[c])
        depth = float(grid.depth_km[c])
        half = float(grid.half_depth_km[c])
        required = float(context.required[c])
        slack = context.time_per_deg * radius + 0.5
        score, _, bound = kernels.sweep(
            grid.unit[c],
            depth,
            (radius, half, float(context.share[c])),
            (time - slack, time + slack),
            stations,
            picks,
            context.net,
            context.tabs,
            ODDS,
        )
        if score < COARSE_SHARE * required or bound < required:
            tally.add("too_weak")
            continue
        if heap and score < -heap[0][0] - 1e-6 and score < -negative - 1e-6:
            heapq.heappush(heap, (-float(score), k))
            continue
        unit, depth, time, score = kernels.refine(
            (
                grid.unit[c],
                depth,
                radius,
                half,
                float(context.share[c]),
                time - slack,
                time + slack,
            ),
            (
                context.least_radius_deg[c],
                context.limit_depth_km,
                required,
                COARSE_SHARE * required,
                FINE_SHARE * required,
            ),
            stations,
            picks,
            context.net,
            context.tabs,
            ODDS,
        )
        if score < FINE_SHARE * required:
            tally.add("faded_on_refinement")
            continue
        if _near_failed(failed, unit, time, context):
            tally.add("seen_before")
            continue
        hypothesis = settle_candidate(context, (unit, depth, time), int(level))
        reason = accept(hypothesis)
        if not reason:
            hypothesis = best_of_rivals(context, hypothesis, accept)
            if _near_failed(context.barred, hypothesis.unit, hypothesis.time_s, context):
                reason = "refused_before"
        tally.add(reason or "accepted")
        if reason:
            failed.append((unit, time))
            continue
        if _absorbed(context, hypothesis, accept, tally):
            continue
        context.take(hypothesis)
    return [h for h in context.events if all(h is not b for b in before)]


def _absorbed(
    context: Context, new: Hypothesis, accept: Callable[[Hypothesis], str], tally: Tally
) -> bool:
    """Try whether an event that was found beside ``new`` and it are one; then keep the better.

    A strong event that settled at a wrong place leaves picks that make a second one at the
    right place: with the picks of both the right place explains more.
    """
    if _echo(context, new):
        context.drop(new)
        tally.add("same_onsets_twice")
        return True
    for old in list(context.events):
        apart_s = abs(old.time_s - new.time_s)
        apart_deg = float(np.degrees(np.linalg.norm(old.unit - new.unit)))
        reach = context.merge_deg
        if apart_deg > reach or apart_s > reach * context.time_per_deg:
            continue
        others = [h for h in context.events if h is not old]
        keep = context.events
        context.rebuild(others)
        level = int(max(len(new.defining()), len(old.defining()), 6))
        both = settle_candidate(context, (new.unit, new.depth_km, new.time_s), level)
        if not accept(both) and both.log_odds > old.log_odds:
            context.take(both)
            tally.add("merged")
            return True
        context.rebuild(keep)
    return False


def _echo(context: Context, new: Hypothesis) -> bool:
    """Tell whether an event is the same as one before, its onsets having been picked twice."""
    reach_s = SAME_SIGMAS * context.onset_sigma_s
    return any(
        abs(old.time_s - new.time_s)
        + context.time_per_deg * np.degrees(np.linalg.norm(old.unit - new.unit))
        < reach_s
        for old in context.events
    )


def _near_failed(
    failed: list[tuple[FloatArray, float]], unit: FloatArray, time: float, context: Context
) -> bool:
    close = context.near_scale_deg
    return any(
        abs(t - time) < close * context.time_per_deg and np.linalg.norm(u - unit) < close / 57.3
        for u, t in failed
    )
