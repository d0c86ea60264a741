"""Reversed elements that the others can't do without: turned over, they are as good as right ones.

A reversed element is left out where enough others are left to judge each other. Three are not, nor
are more of which all but one stand in line; and three often stand badly (without one of W340 the
others turned a wave by nine degrees). So it is kept and turned over, if windows call it reversed
both at the highest frequencies and an octave below: one that is late by half a period is called so
near that. The verdict has tested it so with the others; a small error of its clock is seen as
little as that of any other of so few.
Where the others all stand in line it is turned over in any case, for they give no direction. It
is named in the notes and in the remarks of each detection.

Source: ours. Accuracy: ``docs/methods/infrasound.md``. Cost: none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.infrasound.array import rank_of
from vigie.infrasound.in_line import unseen
from vigie.infrasound.votes import JUDGES
from vigie.signal.array_consistency import turned_over
from vigie.signal.array_faults import judge_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.array import SoundArray
    from vigie.infrasound.recipe import ElementParams
    from vigie.infrasound.verdict import Verdict
    from vigie.signal.array_faults import WindowVerdict

PLANE = 2
"""Rank of elements that are not in line."""


def with_turned(verdict: Verdict, array: SoundArray) -> Verdict:
    """Return a verdict that keeps its reversed elements, turned over, where too few are left.

    Parameters
    ----------
    verdict : Verdict
    array : SoundArray
        Before anything is left out.
    """
    out = {e.element for e in verdict.excluded}
    left = [k for k, name in enumerate(array.names) if name not in out]
    needed = _needed(verdict, array, left)
    told = tuple(
        f"element {e.element} is turned over: {e.reason}"
        for e in verdict.excluded
        if e.element in needed
    )
    return replace(
        verdict,
        excluded=tuple(e for e in verdict.excluded if e.element not in needed),
        inverted=tuple(dict.fromkeys((*verdict.inverted, *needed))),
        notes=(*verdict.notes, *told),
        turned=told,
    )


def _needed(verdict: Verdict, array: SoundArray, left: Sequence[int]) -> tuple[str, ...]:
    """Return the reversed elements that those left cannot do without."""
    if rank_of(array.offsets_km[list(left)]) < PLANE:
        return verdict.reversed_
    if len(left) < JUDGES or unseen(array.offsets_km[list(left)]):
        return verdict.surely_reversed
    return ()


def as_turned(
    windows: Sequence[WindowVerdict], turned: set[int], params: ElementParams
) -> list[WindowVerdict]:
    """Return what windows say once elements are turned over.

    Parameters
    ----------
    windows : sequence of WindowVerdict
    turned : set of int
    params : ElementParams
    """
    return [_as_turned(w, turned, params) for w in windows] if turned else list(windows)


def _as_turned(window: WindowVerdict, turned: set[int], params: ElementParams) -> WindowVerdict:
    rows = [i for i, e in enumerate(window.seen) if e in turned]
    if window.pairs is None or not rows:
        return window
    anew = judge_window(turned_over(window.pairs, rows), params.faults)
    said = anew.renumbered(window.seen)
    return replace(
        window,
        faults=said.faults,
        suspects=said.suspects,
        tied=said.tied,
        fits=said.fits,
        pairs=said.pairs,
    )
