"""Two events that want the same onsets: both anew, the other one first.

Events are taken one by one, and the first may take P of a second one as its S, ScS or SKS, and move
to where they fit. Moved one by one (``exchange``) they do not come back, since each of the two
events has settled with what it has. So where an event would like onsets that another holds, that
other one is settled without them, the event after it, and the pair kept that is likelier together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.network.association.barred import was_refused
from vigie.network.association.exchange import wanted
from vigie.network.association.merging import explains
from vigie.network.association.repeats import elsewhere, repeats_of
from vigie.network.association.rivals import best_of_rivals
from vigie.network.association.settling import settle_candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.network.association.tally import Tally

LEAST_NATS = 1.0
"""By which the pair must become likelier."""


def reconsider(context: Context, accept: Callable[[Hypothesis], str], tally: Tally) -> None:
    """Settle pairs of events again, of which one holds onsets that the other would like."""
    for owner, event, picks in wanted(context):
        if any(all(h is not e for e in context.events) for h in (owner, event)):
            continue
        if _replaced(context, (owner, event), picks, accept):
            tally.add("reconsidered")


def _replaced(
    context: Context,
    before: tuple[Hypothesis, Hypothesis],
    picks: Iterable[int],
    accept: Callable[[Hypothesis], str],
) -> bool:
    """Replace two events by two likelier ones; tell whether there were such."""
    owner, event = before
    keep = list(context.events)
    others = [h for h in keep if h is not owner and h is not event]
    context.rebuild(others)
    context.take_back(list(picks))
    first = _settled(context, owner, accept)
    if first is not None and explains(first, owner):
        context.rebuild(others)
        context.take_back(list(picks))
        context.take(first)
        context.lend([*picks, *first.secondary])
        second = _second(context, first, event, accept)
        if second is not None and _odds(first, second) > _odds(*before) + LEAST_NATS:
            for _, _, pick in second.defining():
                first.secondary.pop(pick, None)
            context.rebuild([*others, first])
            context.take(second)
            return True
    context.rebuild(keep)
    return False


def _second(
    context: Context,
    first: Hypothesis,
    event: Hypothesis,
    accept: Callable[[Hypothesis], str],
) -> Hypothesis | None:
    """Return what an event becomes after another: one at its own place, or a repeat.

    None where it would have fewer onsets than before.
    """
    free = _settled(context, event, accept)
    found = [] if free is None else [free]
    found += [elsewhere(context, h, accept) or h for h in repeats_of(context, first, accept)]
    least = len(event.defining())
    likely = [h for h in found if explains(h, event) and len(h.defining()) >= least]
    return max(likely, key=lambda h: h.log_odds, default=None)


def _settled(
    context: Context, h: Hypothesis, accept: Callable[[Hypothesis], str]
) -> Hypothesis | None:
    """Return what an event becomes with the picks that are free, other places weighed."""
    start = (h.unit, h.depth_km, h.time_s)
    anew = settle_candidate(context, start, max(len(h.defining()), 6))
    if accept(anew):
        return None
    anew = best_of_rivals(context, anew, accept)
    return None if was_refused(context, anew) else anew


def _odds(*events: Hypothesis) -> float:
    return sum(h.log_odds for h in events)
