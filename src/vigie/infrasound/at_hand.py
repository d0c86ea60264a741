"""What the windows at an arrival say of the elements, before the record as a whole is believed.

A clock that drifts, and a fault that begins near the end of a record or lasts minutes, is seen by
few windows of the record but by all at the arrivals that it spoils. A record's verdict that finds
nothing wrong is therefore asked again with the windows that overlap the family by half. Where
enough of them (half of those that time as well) accuse, suspect or find no plane, and two at least
agree in what, the arrival is in doubt; nobody is left out, for windows of one arrival may all be
deceived alike. One window alone, or two that contradict each other, may hold two waves at once.
An element that is not coherent there, and in no window accused of more, tells no wrong times:
others are asked.

Source: ours. Accuracy: ``docs/methods/pmcc.md``. Cost: 1 ms for each family.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.infrasound.turned import as_turned
from vigie.infrasound.verdict import hypotheses_of, judged_anew
from vigie.infrasound.votes import JUDGES, MISFIT, POLARITY, enough, is_judge
from vigie.records.time import add_seconds, seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.recipe import ElementParams
    from vigie.infrasound.verdict import Verdict
    from vigie.signal.array_faults import WindowVerdict

OVERLAP = 0.5
"""Share of a window that lies within the family."""
INCOHERENT = "incoherent"
LEAST = 2
"""Windows that must agree: an arrival has few."""


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
    turned = {names.index(n) for n in verdict.reversed_ if n in verdict.inverted}
    windows = as_turned(windows, turned, params)
    said = _contradiction(windows, out, verdict, params)
    if said is None:
        return verdict
    (count, of), accused = said
    text = f"at this arrival the elements fit no plane wave in {count} of {of} windows"
    if accused:
        text += f", which accuse {{{', '.join(sorted(names[e] for e in accused))}}}"
    explained = None
    for group, known in (*(({e}, set[int]()) for e in accused), (accused, accused)):
        # Where too few are left to judge, nothing is contradicted, nor explained.
        judging = len(_judging(windows, out | group, params)) >= LEAST
        if judging and _contradiction(windows, out | group, verdict, params) is None:
            explained = known
            break
    hypotheses = hypotheses_of(names, frozenset(out), [accused], explained)
    return replace(verdict, doubt=text, hypotheses=hypotheses)


def _judging(
    windows: Sequence[WindowVerdict], out: set[int], params: ElementParams
) -> list[WindowVerdict]:
    """Return what windows say of the elements not left out, where four of these or more are."""
    full = [w for w in windows if w.pairs is not None and len(set(w.seen) - out) >= JUDGES]
    return [w for w in judged_anew(full, out, params) if is_judge(w)]


def _contradiction(
    windows: Sequence[WindowVerdict], out: set[int], verdict: Verdict, params: ElementParams
) -> tuple[tuple[int, int], set[int]] | None:
    """Return how many windows are against those not left out, of how many, and whom two accuse."""
    judging = _judging(windows, out, params)
    timed = {f.element for w in judging for f in w.faults if f.kind != INCOHERENT}
    words = [_words(w, timed, verdict) for w in judging]
    against = [w for w, said in zip(judging, words, strict=True) if said]
    counts = enough(against, judging, replace(params, min_windows=LEAST))
    agreed = {word for word, n in Counter(w for s in words for w in s).items() if n >= LEAST}
    if counts is None or not agreed:
        return None
    return counts, {element for _, element in agreed if isinstance(element, int)}


def _words(window: WindowVerdict, timed: set[int], verdict: Verdict) -> set[tuple[str, object]]:
    """Return what a window says is wrong: an element's sign or time, or that nothing fits."""
    said: set[tuple[str, object]] = {(MISFIT, e) for e in window.suspects}
    for fault in window.faults:
        if fault.kind != INCOHERENT or fault.element in timed:
            said.add((POLARITY if fault.kind == POLARITY else MISFIT, fault.element))
    if window.tied is not None and not set(verdict.inverted) - set(verdict.reversed_):
        said.add((POLARITY, window.tied))
    if not window.fits and not window.suspects:
        said.add((MISFIT, None))
    return said
