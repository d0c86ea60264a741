"""How many windows accuse an element, of those that could.

An element is at fault when half of the windows accuse it that could have: those that recorded it,
beside three others, whose signs are sure (of a reversed one), and that time well enough. A window
of a low band sees no error of a tenth of its period, and many of them, of microbaroms say, must
not outvote those that do. So windows are counted with all that time as well as they, or better, by
octaves of the misfit that they can see; one octave in which enough accuse suffices.

Source: ours. Accuracy: ``docs/methods/infrasound.md``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.infrasound.recipe import ElementParams
    from vigie.signal.array_faults import WindowVerdict

POLARITY, MISFIT = "polarity", "misfit"
JUDGES = 4
"""Elements of which one can be told wrong."""
CLEAR_SHARE = 0.25
"""Share of the windows that accuse one element by which another must be accused less often: two
windows of noise in 27 once made a good element the only one that all shared."""
OCTAVE, TOP = 2.0, 2.0**0.5
SURE_SHARE = 0.75
"""Of windows that could, that must call an element reversed."""
Groups = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Round:
    """What the windows say of the elements that are left."""

    named: tuple[tuple[int, str, str], ...]
    """Element, kind of fault, reason."""
    suspects: tuple[tuple[int, ...], ...]
    """Of each group one is mistimed."""
    unexplained: tuple[int, int] | None
    """Windows whose times fit no plane though nobody is accused, and of how many."""
    opposed: Groups | None


def round_of(n: int, said: Sequence[WindowVerdict], params: ElementParams, n_left: int) -> Round:
    """Return whom enough windows accuse of the same.

    Parameters
    ----------
    n : int
        Elements of the array.
    said : sequence of WindowVerdict
    params : ElementParams
    n_left : int
        Elements that were not named yet.
    """
    words = {(f.element, f.kind): f.text for w in said for f in w.faults}
    rated = sorted(_accused(said, params), reverse=True)
    named: dict[int, tuple[int, str, str]] = {}
    suspects: list[tuple[int, ...]] = []
    for count, of, element, kind in rated:
        if kind == MISFIT and _is_explained(element, said, _mistimed(named, suspects), params):
            continue
        # Some windows more or less, of noise perhaps, do not tell who of two it is.
        clear = max(params.min_windows, CLEAR_SHARE * count)
        tied = {e for c, _, e, k in rated if k == kind == MISFIT and abs(c - count) < clear}
        tied = {e for e in tied if e == element or not _accused_together(said, element, e)}
        if len(tied) > 1:
            suspects.append(tuple(sorted(tied)))
        elif n_left - len(named) > 3 and element not in named:
            told = words.get((element, kind), "time off the plane wave")
            text = f"{told}, in {count} of {of} coherent windows"
            named[element] = (element, kind, text)
    full = [w for w in said if is_judge(w)]
    return Round(
        tuple(named.values()),
        tuple(dict.fromkeys(suspects)),
        enough([w for w in full if not w.fits and not w.suspects], full, params),
        _opposed(n, full, params),
    )


def is_judge(window: WindowVerdict) -> bool:
    """Tell whether a window has elements enough to tell which is wrong."""
    return not window.seen or len(window.seen) >= JUDGES


def could_accuse(window: WindowVerdict, element: int, kind: str) -> bool:
    """Tell whether a window could have accused an element."""
    heard = not window.seen or (len(window.seen) >= JUDGES and element in window.seen)
    return heard and (kind != POLARITY or window.tells_signs)


def accuses(window: WindowVerdict, element: int, kind: str) -> bool:
    """Tell whether a window accuses an element of a fault, or suspects it to be mistimed."""
    return any((f.element, f.kind) == (element, kind) for f in window.faults) or (
        kind == MISFIT and element in window.suspects
    )


def octave(window: WindowVerdict, params: ElementParams) -> int:
    """Return how coarsely a window times: octaves of the misfit that it can see."""
    finest_s = params.faults.misfit_limit * params.faults.timing_sigma_s
    return int(np.ceil(np.log2(max(window.limit_s / finest_s, 1.0)) - 1e-6))


def enough(
    saying: Sequence[WindowVerdict], judging: Sequence[WindowVerdict], params: ElementParams
) -> tuple[int, int] | None:
    """Return how many windows say something, of how many, where that is enough; else None.

    Parameters
    ----------
    saying : sequence of WindowVerdict
    judging : sequence of WindowVerdict
        That could say it, with those that do.
    params : ElementParams
    """
    own, every = ([octave(w, params) for w in ws] for ws in (saying, judging))
    for coarsest in sorted(set(own), reverse=True):
        count, of = (sum(o <= coarsest for o in octaves) for octaves in (own, every))
        if count >= max(params.min_windows, params.min_share * of):
            return count, of
    return None


def is_surely_reversed(said: Sequence[WindowVerdict], element: int) -> bool:
    """Tell whether three quarters of the windows call an element reversed, at the top and below.

    One that is late by half a period, or by odd multiples of it, is called so as well, at some
    frequencies: of microbaroms, say, though a blast of twice their frequency shows its time. The
    top is half an octave, wherever the highest window lies; below is an octave under that and less.
    In each one window suffices; without one in both, nothing is sure.

    Parameters
    ----------
    said : sequence of WindowVerdict
    element : int
    """
    could = [w for w in said if could_accuse(w, element, POLARITY)]
    highest_hz = max((w.freq_hz for w in could), default=0.0)
    top = [w for w in could if w.freq_hz > highest_hz / TOP]
    below = [w for w in could if w.freq_hz <= highest_hz / OCTAVE]
    return all(
        sum(accuses(w, element, POLARITY) for w in part) >= max(1.0, SURE_SHARE * len(part))
        for part in (top, below)
    )


def _accused(
    said: Sequence[WindowVerdict], params: ElementParams
) -> list[tuple[int, int, int, str]]:
    """Return windows that accuse, of how many, element and kind, where they are enough."""
    firm = {(f.element, f.kind) for w in said for f in w.faults}
    # Suspected in every window that saw something, and others not: then it is this one.
    open_cases = {(e, MISFIT) for w in said for e in w.suspects}
    found = []
    for element, kind in sorted(firm | open_cases):
        does = [accuses(w, element, kind) for w in said]
        accusing = [w for w, yes in zip(said, does, strict=True) if yes]
        judging = [
            w for w, yes in zip(said, does, strict=True) if yes or could_accuse(w, element, kind)
        ]
        counts = enough(accusing, judging, params)
        if counts:
            found.append((*counts, element, kind))
    return found


def _mistimed(
    named: Mapping[int, tuple[int, str, str]], suspects: Sequence[tuple[int, ...]]
) -> set[int]:
    """Return the elements that are named for their time, or in a group of which one is."""
    return {e for e, (_, kind, _) in named.items() if kind == MISFIT}.union(*suspects)


def _is_explained(
    element: int, said: Sequence[WindowVerdict], mistimed: set[int], params: ElementParams
) -> bool:
    """Tell whether an element is only accused as an alternative to others that are more so."""
    if element in mistimed:
        return True
    accusing = [w for w in said if accuses(w, element, MISFIT)]
    other = [w for w in accusing if not mistimed & set(w.suspects)]
    judging = [w for w in said if accuses(w, element, MISFIT) or could_accuse(w, element, MISFIT)]
    return len(other) < len(accusing) and not enough(other, judging, params)


def _accused_together(said: Sequence[WindowVerdict], one: int, other: int) -> bool:
    """Tell whether windows name both of two elements, and not the one or the other."""
    named = [{f.element for f in w.faults if f.kind == MISFIT} for w in said]
    both = sum(one in n and other in n for n in named)
    return 2 * both > sum(one in n or other in n for n in named)


def _opposed(n: int, said: Sequence[WindowVerdict], params: ElementParams) -> Groups | None:
    """Return two groups of equal size that most windows find to be of opposite polarity."""
    ties = Counter(w.tied for w in said if w.tied is not None)
    if not ties:
        return None
    ((groups, _),) = ties.most_common(1)
    sure = [w for w in said if w.tied is not None or w.tells_signs]
    if len(groups[0]) * 2 < n or not enough([w for w in said if w.tied == groups], sure, params):
        return None
    return groups
