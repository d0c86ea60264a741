"""The search: candidates from the grid, settled one by one, best first, in rounds.

1. Windows of origin time are stacked on the grid (``candidates``); local maxima are
   candidates.
2. The best candidate is scored again with the picks that are still free, narrowed (``refine``)
   and settled (``settling``); who heard and who should have heard gives its size and score.
3. If its log odds suffice, its picks are taken, the rest of its wave train becomes more likely
   to be noise (coda), and the search goes on with what is left, until a pass finds nothing.
4. After the first round of all windows the rates of events, noise and coda and the trust in
   labels are learned from what was found (``learn``), and a second round searches what is left.
   Where the first finds nothing the SNR may be why: the second doubts it, and there is a third.
5. Repeats at the places of what was found (``repeats``); pairs that want the same picks are settled
   anew (``reconsider``), then single picks exchanged (``exchange``).

Cost as measured: 0.20 to 0.25 s of one core for the grid of 40 minutes of 40 stations, 5000 picks
and 5100 cells; 6.3 s in all for an hour with 7700 picks of which 5800 are noise.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.barred import near_any, was_refused
from vigie.network.association.candidates import candidates_of, narrowed, score_now
from vigie.network.association.exchange import exchange
from vigie.network.association.learn import DOUBTED
from vigie.network.association.merging import absorbed
from vigie.network.association.reconsider import reconsider
from vigie.network.association.repeats import add_repeats
from vigie.network.association.rivals import best_of_rivals
from vigie.network.association.settling import settle_candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.network.association.tally import Tally

    FloatArray = NDArray[np.float64]

ROUNDS = 3
PASSES = 4
"""Of the grid at most; a pass that finds nothing ends them."""
TIE = 1e-6
"""Scores that differ by less are equal."""


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
    for turn in range(ROUNDS):
        for window in _windows(context):
            if context.barred and not _holds_barred(context, window):
                continue
            failed = [(b.unit, b.time_s) for b in context.barred]
            for _ in range(PASSES):
                if not _search_window(context, window, accept, tally, failed):
                    break
        if turn > 0:
            # Only now: an event near another, of which some onsets come by one delay, goes first.
            add_repeats(context, accept, tally)
        if turn > 0 and (not context.events or context.learned.snr_trust > DOUBTED):
            break
        if not context.barred:
            context.learn()
        if not context.events and context.learned.snr_trust > DOUBTED:
            break
    reconsider(context, accept, tally)
    exchange(context, accept, tally)
    return list(context.events)


def _holds_barred(context: Context, window: tuple[float, float]) -> bool:
    """Tell whether an event that did not hold, or its onsets, reach into a window."""
    start, end = window
    return any(b.time_s <= end and start <= b.last_onset_s for b in context.barred)


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
) -> bool:
    """Settle the candidates of a window, best first; tell whether any became an event."""
    n_maxima, candidates = candidates_of(context, window)
    tally.add("grid_maxima", n_maxima)
    tally.add("candidates", len(candidates))
    heap = [(-candidate.score, k) for k, candidate in candidates.items()]
    heapq.heapify(heap)
    found = False
    while heap:
        before, k = heapq.heappop(heap)
        candidate = candidates[k]
        score, may_suffice = score_now(context, candidate)
        if not may_suffice:
            tally.add("too_weak")
            continue
        if heap and score < -heap[0][0] - TIE and score < -before - TIE:
            heapq.heappush(heap, (-score, k))
            continue
        start = narrowed(context, candidate)
        if start is None:
            tally.add("faded_on_refinement")
        elif near_any(context, failed, start[0], start[2]):
            tally.add("seen_before")
        elif (h := _event_at(context, start, candidate.level, accept, tally)) is None:
            failed.append((start[0], start[2]))
        elif not absorbed(context, h, accept, tally):
            context.take(h)
            found = True
    return found


def _event_at(
    context: Context,
    start: tuple[FloatArray, float, float],
    level: int,
    accept: Callable[[Hypothesis], str],
    tally: Tally,
) -> Hypothesis | None:
    """Return the event that a start, or a rival of it, leads to; None where there is none."""
    h = settle_candidate(context, start, level)
    reason = accept(h)
    if not reason and not was_refused(context, h):
        h = best_of_rivals(context, h, accept)
    if not reason and was_refused(context, h):
        reason = "refused_before"
        context.met_again(h)
    tally.add(reason or "accepted")
    return None if reason else h
