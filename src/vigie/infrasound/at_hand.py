"""What the windows at an arrival say of the elements, before the record as a whole is believed.

A clock that drifts, and a fault that begins near the end of a record or lasts minutes, is seen by
few windows of the record but by all at the arrivals that it spoils. A record's verdict that finds
nothing wrong is therefore asked again with the windows that overlap the family by half. Where
enough of them (half of those that time as well) accuse, suspect or find no plane, the arrival is in
doubt; nobody is left out, for windows of one arrival may all be deceived alike. An element that
is not coherent there, and in no window accused of more, tells no wrong times: others are asked.

Source: ours. Accuracy: ``docs/methods/pmcc.md``. Cost: 1 ms for each family.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.infrasound.verdict import hypotheses_of, judged_anew
from vigie.infrasound.votes import JUDGES, enough, is_judge, round_of
from vigie.records.time import add_seconds, seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.recipe import ElementParams
    from vigie.infrasound.verdict import Verdict
    from vigie.signal.array_faults import WindowVerdict

OVERLAP = 0.5
"""Share of a window that lies within the family."""
INCOHERENT = "incoherent"
LEAST = 1
"""Windows that must say so: an arrival has few."""


def windows_at(
    said: Sequence[tuple[int, WindowVerdict]], span_ns: tuple[int, int]
) -> list[WindowVerdict]:
    """Return the windows that lie in a span of time by half at least.

    Parameters
    ----------
    said : sequence of (int, WindowVerdict)
        Times of windows, and what they say.
    span_ns : tuple of int
    """
    found = []
    for at_ns, window in said:
        end_ns = add_seconds(at_ns, window.length_s)
        shared_s = seconds_between(min(end_ns, span_ns[1]), max(at_ns, span_ns[0]))
        if shared_s >= OVERLAP * window.length_s:
            found.append(window)
    return found


def at_hand(
    verdict: Verdict, windows: Sequence[WindowVerdict], names: Sequence[str], params: ElementParams
) -> Verdict:
    """Return a verdict that is in doubt where the windows of an arrival contradict it.

    Parameters
    ----------
    verdict : Verdict
        Of the record, or of its part.
    windows : sequence of WindowVerdict
        That overlap the arrival.
    names : sequence of str
        Of the elements.
    params : ElementParams
    """
    if verdict.doubt:
        return verdict
    out = {names.index(e.element) for e in verdict.excluded if e.element in names}
    full = [w for w in windows if w.pairs is not None and len(set(w.seen) - out) >= JUDGES]
    judging = [w for w in judged_anew(full, out, params) if is_judge(w)]
    timed = {f.element for w in judging for f in w.faults if f.kind != INCOHERENT}
    against = [w for w in judging if _is_against(w, timed, verdict)]
    few = replace(params, min_windows=LEAST)
    counts = enough(against, judging, few)
    if counts is None:
        return verdict
    found = round_of(len(names), against, few, len(names) - len(out))
    accused = {e for e, _, _ in found.named} | {e for group in found.suspects for e in group}
    left_out = frozenset(out)
    text = f"at this arrival the elements fit no plane wave in {counts[0]} of {counts[1]} windows"
    if accused:
        text += f", which accuse {{{', '.join(sorted(names[e] for e in accused))}}}"
    return replace(verdict, doubt=text, hypotheses=hypotheses_of(names, left_out, [accused]))


def _is_against(window: WindowVerdict, timed: set[int], verdict: Verdict) -> bool:
    wrong = any(f.kind != INCOHERENT or f.element in timed for f in window.faults)
    split = window.tied is not None and not verdict.inverted
    return wrong or bool(window.suspects) or split or not window.fits
