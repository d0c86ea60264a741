"""What windows together say of the elements of an array, and whether those left can be believed.

An element is at fault when enough windows accuse it of the same. Then the windows are judged anew
without it, until nobody more is named: of several faults one may hide the other. At last the
elements that are left must be consistent in most windows (``signal.array_consistency``). Where
they are not, some fault is undecided, and no direction of that part of the record can be trusted:
the verdict is in doubt, with what may be kept under each hypothesis that is left.

Where three elements are left beside a reversed one, that is turned over and tested with them: three
alone have no redundancy. Source: ours. Accuracy: ``docs/methods/infrasound.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from vigie.infrasound.in_line import unseen
from vigie.infrasound.votes import (
    POLARITY,
    enough,
    is_judge,
    is_surely_reversed,
    round_of,
)
from vigie.records import ExcludedElement
from vigie.signal.array_consistency import is_consistent, subset, turned_over
from vigie.signal.array_faults import WindowVerdict, judge_window

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vigie.infrasound.recipe import ElementParams
    from vigie.infrasound.votes import Groups, Round
    from vigie.signal.array_faults import PairCorrelation

CONSEQUENCE = "azimuths hold every hypothesis that is left, or are not given"
PAIRS_FROM = 6
"""Elements from which hypotheses of two wrong ones leave a plane to be tested."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the elements of an array."""

    excluded: tuple[ExcludedElement, ...] = ()
    notes: tuple[str, ...] = ()
    n_windows: int = 0
    """Coherent windows that judged."""
    inverted: tuple[str, ...] = ()
    """Half of the elements, of opposite polarity to the other half, to be turned over."""
    reversed_: tuple[str, ...] = ()
    """Those of opposite polarity to most others: left out, or among ``inverted`` ..."""
    surely_reversed: tuple[str, ...] = ()
    """... and those of them that windows call so at the top of frequencies and below."""
    turned: tuple[str, ...] = ()
    """What is told of reversed ones that are turned over (``infrasound.turned``)."""
    doubt: str = ""
    """Why no direction can be trusted; empty where the elements are consistent."""
    hypotheses: tuple[tuple[str, ...], ...] = ()
    """Elements that are right under each hypothesis that is left, where there is doubt."""
    trusted: tuple[tuple[float, ...], ...] = ()
    """For each element the misfits that windows would have seen which found nothing wrong with it
    and three others or more."""


def verdict_of(
    names: Sequence[str], said: Sequence[WindowVerdict], params: ElementParams
) -> Verdict:
    """Return what windows together say of the elements.

    Parameters
    ----------
    names : sequence of str
    said : sequence of WindowVerdict
        Of coherent windows.
    params : ElementParams
    """
    named: list[tuple[int, str, str]] = []
    found = round_of(len(names), said, params, len(names))
    while found.named:
        named += found.named
        out = {element for element, _, _ in named}
        left = len(names) - len(out)
        found = round_of(len(names), judged_anew(said, out, params), params, left)
    opposed = found.opposed
    state = _state(named, opposed)
    votes = [(w, _is_consistent(w, state, params)) for w in said]
    judging = [w for w, vote in votes if vote is not None]
    against = enough([w for w, vote in votes if vote is False], judging, params)
    doubts = _suspicions(names, found)
    if not doubts and against:
        share = f"in {against[0]} of {against[1]} coherent windows"
        text = f"the elements fit no plane wave {share}, and which are wrong cannot be told"
        doubts = [text]
    return Verdict(
        excluded=tuple(ExcludedElement(names[e], text) for e, _, text in named),
        notes=(*(f"{d}; {CONSEQUENCE}" for d in doubts), *_turned(names, opposed)),
        n_windows=len(said),
        inverted=tuple(names[e] for e in opposed[0]) if opposed else (),
        reversed_=tuple(names[e] for e in sorted(state.reversed_)),
        surely_reversed=tuple(
            names[e] for e in sorted(state.reversed_) if is_surely_reversed(said, e)
        ),
        doubt="; ".join(doubts),
        hypotheses=hypotheses_of(names, state.excluded, found.suspects) if doubts else (),
        trusted=_trusted(names, [w for w, vote in votes if vote]),
    )


def judged_anew(
    said: Sequence[WindowVerdict], out: set[int], params: ElementParams
) -> list[WindowVerdict]:
    """Return what windows say without some of the elements; those that saw none of them, as is.

    Parameters
    ----------
    said : sequence of WindowVerdict
    out : set of int
    params : ElementParams
    """
    anew = []
    for window in said:
        rows = [i for i, e in enumerate(window.seen) if e not in out]
        if window.pairs is None or len(rows) == len(window.seen):
            anew.append(window)
        elif len(rows) > 3:
            judged = judge_window(subset(window.pairs, rows), params.faults)
            anew.append(judged.renumbered([window.seen[i] for i in rows]))
    kept = (replace(w, faults=tuple(f for f in w.faults if f.element not in out)) for w in anew)
    return [replace(w, suspects=tuple(e for e in w.suspects if e not in out)) for w in kept]


@dataclass(frozen=True, slots=True)
class _State:
    """Elements left out, turned over, and left out since they are reversed."""

    excluded: frozenset[int]
    inverted: frozenset[int]
    reversed_: frozenset[int]


def _state(
    named: Sequence[tuple[int, str, str]],
    opposed: Groups | None,
) -> _State:
    return _State(
        frozenset(e for e, _, _ in named),
        frozenset(opposed[0]) if opposed else frozenset(),
        frozenset(e for e, kind, _ in named if kind == POLARITY),
    )


def _is_consistent(window: WindowVerdict, state: _State, params: ElementParams) -> bool | None:
    """Tell whether the elements that are left fit one wave; None where a window does not say."""
    if window.pairs is None:
        return None
    rows = [i for i, e in enumerate(window.seen) if e not in state.excluded]
    if len(rows) == 3 or unseen(window.pairs.offsets_km[rows]):
        rows = [
            i for i, e in enumerate(window.seen)
            if e not in state.excluded or e in state.reversed_
        ]  # fmt: skip
    if len(rows) < 3:
        return None
    pairs: PairCorrelation = subset(window.pairs, rows)
    turned = [
        k for k, i in enumerate(rows)
        if window.seen[i] in state.inverted or window.seen[i] in state.reversed_
    ]  # fmt: skip
    return is_consistent(turned_over(pairs, turned), params.faults)


def _turned(names: Sequence[str], opposed: Groups | None) -> list[str]:
    if not opposed:
        return []
    turned, others = (", ".join(names[e] for e in group) for group in opposed)
    words = f"{turned} and {others} are of opposite polarity, and which are reversed cannot be told"
    return [f"{words}; {turned} are turned over, directions do not depend on it"]


def _suspicions(names: Sequence[str], found: Round) -> list[str]:
    notes = []
    for group in found.suspects:
        among = ", ".join(sorted(names[e] for e in group))
        notes.append(f"one of {{{among}}} is mistimed; which cannot be told")
    if found.unexplained and not notes:
        notes.append(
            f"the elements' times fit no plane wave in {found.unexplained[0]} of "
            f"{found.unexplained[1]} coherent windows, and which are wrong cannot be told"
        )
    return notes


def _trusted(
    names: Sequence[str], fitting: Sequence[WindowVerdict]
) -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(w.limit_s for w in fitting if is_judge(w) and e in w.seen) for e in range(len(names))
    )


def hypotheses_of(
    names: Sequence[str],
    excluded: frozenset[int],
    suspects: Sequence[Collection[int]],
    explained: Collection[int] | None = None,
) -> tuple[tuple[str, ...], ...]:
    """Return the elements that are right where one (of six, two) of those left is wrong.

    Of four elements of which none alone explains the times two are wrong at least, and of three
    nothing can be left out: there are no hypotheses.

    Parameters
    ----------
    names : sequence of str
    excluded : frozenset of int
        Elements that are left out.
    suspects : sequence of collection of int
        Groups of which one is wrong.
    explained : collection of int, optional
        The windows fit a plane without one of the suspects (then empty), or without all of these:
        no other two need be wrong.
    """
    left = [e for e in range(len(names)) if e not in excluded]
    groups = [set(g) & set(left) for g in suspects]
    if len(left) <= 3 or (len(left) == 4 and not any(groups)):
        return ()
    accused = set.union(*groups) if groups else set(left)
    wrong: list[tuple[int, ...]] = [(e,) for e in sorted(accused)]
    if explained:
        wrong.append(tuple(sorted(explained)))
    elif explained is None and len(left) >= PAIRS_FROM:
        wrong += list(combinations(left, 2))
    return tuple(tuple(names[e] for e in left if e not in out) for out in wrong)
