"""Two events that want the same onsets: both anew, the other one first.

Events are taken one by one, and the first may take P of a second one as its S, ScS or SKS, and move
to where they fit. Moved one by one (``exchange``) they do not come back, since each of the two
events has settled with what it has. So where an event would like onsets that another holds, that
other one is settled without them, the event after it, and the pair kept that is likelier together,
both weighed with what has been learned of rates and labels since they were found.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vigie.network.association.barred import was_refused
from vigie.network.association.exchange import wanted
from vigie.network.association.merging import explains
from vigie.network.association.repeats import elsewhere, repeats_of
from vigie.network.association.rivals import best_of_rivals
from vigie.network.association.settling import settle_candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.network.association.tally import Tally

    Settle = Callable[[Hypothesis], Hypothesis | None]

LEAST_NATS = 1.0
"""By which the pair must become likelier."""


def reconsider(context: Context, accept: Callable[[Hypothesis], str], tally: Tally) -> None:
    """Settle pairs of events again, of which one holds onsets that the other would like."""
    for owner, event, picks in wanted(context):
        if any(all(h is not e for e in context.events) for h in (owner, event)):
            continue
        others = [h for h in context.events if h is not owner and h is not event]
        with context.trial():
            context.rebuild(others)
            pair = _likelier(context, (owner, event), picks, accept)
        if pair is not None:
            context.rebuild([*others, pair[0]])
            context.take(pair[1])
            tally.add("reconsidered")


def _likelier(
    context: Context,
    before: tuple[Hypothesis, Hypothesis],
    picks: list[int],
    accept: Callable[[Hypothesis], str],
) -> tuple[Hypothesis, Hypothesis] | None:
    """Return what two events become if the first must do without some picks; None if less likely.

    Other places of both are weighed, which costs most, only where they are likelier about these.
    """
    least = _odds(*before) + LEAST_NATS
    here = partial(_settled, context, accept)
    after = _other_first(context, before, picks, (here, accept))
    if after is None or _odds(*after) <= least:
        return None
    least = max(least, _as_found(context, *before) + LEAST_NATS)
    if _odds(*after) <= least:
        return None
    anywhere = partial(_settled_anywhere, context, accept)
    after = _other_first(context, before, picks, (anywhere, accept))
    return after if after and _odds(*after) > least else None


def _other_first(
    context: Context,
    pair: tuple[Hypothesis, Hypothesis],
    picks: list[int],
    rules: tuple[Settle, Callable[[Hypothesis], str]],
) -> tuple[Hypothesis, Hypothesis] | None:
    """Return two events anew, the first settled without some picks; None where it is no event."""
    owner, event = pair
    settle, accept = rules
    with context.trial():
        context.withhold(picks)
        first = settle(owner)
        if first is None or not explains(first, owner):
            return None
        context.take(first)
        context.lend([*picks, *first.secondary])
        repeats = [elsewhere(context, h, accept) or h for h in repeats_of(context, first, accept)]
        second = _second(event, [settle(event), *repeats])
        if second is None:
            return None
    for _, _, pick in second.defining():
        first.secondary.pop(pick, None)
    return first, second


def _second(event: Hypothesis, found: list[Hypothesis | None]) -> Hypothesis | None:
    """Return what an event becomes after another: one at its own place, or a repeat.

    None where it would have fewer onsets than before.
    """
    least = len(event.defining())
    likely = [h for h in found if h and explains(h, event) and len(h.defining()) >= least]
    return max(likely, key=lambda h: h.log_odds, default=None)


def _as_found(context: Context, *events: Hypothesis) -> float:
    """Return the log odds of events, taken one by one as they were found.

    Rates and trust have been learned since: what they were worth then is no measure of others now.
    """
    with context.trial():
        anew = []
        for h in events:
            anew.append(settle_candidate(context, (h.unit, h.depth_km, h.time_s), _level(h)))
            context.take(anew[-1])
    return _odds(*anew)


def _settled_anywhere(
    context: Context, accept: Callable[[Hypothesis], str], h: Hypothesis
) -> Hypothesis | None:
    """Return what an event becomes with the picks that are free, other places weighed."""
    anew = _settled(context, accept, h)
    if anew is None:
        return None
    anew = best_of_rivals(context, anew, accept)
    return None if was_refused(context, anew) else anew


def _settled(
    context: Context, accept: Callable[[Hypothesis], str], h: Hypothesis
) -> Hypothesis | None:
    """Return what an event becomes about its place with the picks that are free."""
    anew = settle_candidate(context, (h.unit, h.depth_km, h.time_s), _level(h))
    return None if accept(anew) else anew


def _level(h: Hypothesis) -> int:
    return max(len(h.defining()), 6)


def _odds(*events: Hypothesis) -> float:
    return sum(h.log_odds for h in events)
