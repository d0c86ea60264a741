"""An infrasound array as its elements were judged: wrong ones left out, and what is told of them.

One judgement for all that looks at an array: PMCC (``chain``), f-k, Capon and GLR. Of a span of
time it is that of the record, unless the windows there contradict it (``at_hand``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vigie.errors import ParameterError, TooFewElementsError
from vigie.infrasound.array import rank_of
from vigie.infrasound.at_hand import at_hand, windows_at
from vigie.infrasound.elements import judged_windows
from vigie.infrasound.history import Stretch, as_judged, stretches_of, verdict_at
from vigie.infrasound.in_line import unseen
from vigie.infrasound.recipe import InfrasoundRecipe
from vigie.infrasound.turned import with_turned
from vigie.records.time import add_seconds
from vigie.signal.elements import element_data, told_of_rates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.infrasound.array import SoundArray  # noqa: TC004 (a type only)
    from vigie.infrasound.recipe import ElementParams  # noqa: TC004 (a type only)
    from vigie.infrasound.verdict import Verdict
    from vigie.signal.array_faults import WindowVerdict  # noqa: TC004 (a type only)

FEWEST = 3
"""Elements that a direction needs."""
LONG_PAUSE_S = 3600.0
"""Across a longer pause of all elements the search begins anew."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedArray:
    """An array, and what is wrong with its elements."""

    array: SoundArray
    stretches: tuple[Stretch, ...]
    """Parts of the record, each with its verdict."""
    said: tuple[tuple[int, WindowVerdict], ...]
    """What each coherent window says, with its time, in order of time."""
    params: ElementParams
    """By which they were judged."""
    reach_ns: int
    """Length of the longest window."""

    @property
    def used(self) -> SoundArray:
        """The array without elements that are wrong, others turned over.

        Raises
        ------
        TooFewElementsError
            What is left stands in line.
        """
        used = as_judged(self.array, self.stretches)
        _require_plane(used, [s.verdict for s in self.stretches])
        return used

    def verdict_over(self, span_ns: tuple[int, int]) -> Verdict:
        """Return what is wrong with the elements over a span of time, as an arrival lasts."""
        # Records of days hold thousands of windows, and are asked as often.
        first = bisect_left(self.said, span_ns[0] - self.reach_ns, key=lambda w: w[0])
        last = bisect_right(self.said, span_ns[1], key=lambda w: w[0])
        windows = windows_at(self.said[first:last], span_ns)
        known = verdict_at(self.stretches, span_ns[0])
        return at_hand(known, windows, self.array.names, self.params)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is told of the elements, each with the station's code."""
        return tuple(told_of_elements(self.array, [s.verdict for s in self.stretches]))

    @property
    def not_judged(self) -> tuple[str, ...]:
        """Elements that no window found right, wrong or in doubt."""
        verdicts = [s.verdict for s in self.stretches]
        if any(v.doubt for v in verdicts):
            return ()
        named = {e.element for v in verdicts for e in v.excluded}
        right = {
            name
            for v in verdicts
            for name, limits in zip(self.array.names, v.trusted, strict=False)
            if limits
        }
        return tuple(n for n in self.array.names if n not in named | right)


def _require_plane(used: SoundArray, verdicts: Sequence[Verdict]) -> None:
    """Refuse elements in line.

    Parameters
    ----------
    used : SoundArray
        Without what was left out.
    verdicts : sequence of Verdict
        That say why.

    Raises
    ------
    TooFewElementsError
        The elements that are left stand in line.
    """
    if len(used.elements) >= FEWEST and rank_of(used.offsets_km) == 2:
        return
    told = [f"{e.element} ({e.reason})" for v in verdicts for e in v.excluded]
    raise TooFewElementsError(n_elements=len(used.elements), left_out="; ".join(told) or "none")


def judged_array(array: SoundArray, recipe: InfrasoundRecipe | None = None) -> JudgedArray:
    """Judge the elements by the windows of all pieces.

    Parameters
    ----------
    array : SoundArray
        Without its bursts (``bursts``).
    recipe : InfrasoundRecipe, optional

    Raises
    ------
    ParameterError
        No element recorded two samples.
    """
    recipe = recipe or InfrasoundRecipe()
    names = array.names
    known = dict(zip((e.channel for e in array.elements), names, strict=True))
    said: list[tuple[int, WindowVerdict]] = []
    spans = list(pieces_of(array, recipe.piece_s))
    if not spans:
        raise ParameterError(
            name="recordings", value="one sample", expected=f"more of {array.station.code}"
        )
    for first_ns, last_ns in spans:
        runs, places = array.runs()
        data = element_data(runs, places, start_ns=first_ns, end_ns=last_ns)
        index = [names.index(known[c]) for c in data.channels]
        step_ns = 1e9 / data.rate_hz
        windows = judged_windows(data.samples, data.rate_hz, data.offsets_km, recipe.elements)
        said += [(data.start_ns + round(at * step_ns), w.renumbered(index)) for at, w in windows]
    whole_ns = (spans[0][0], spans[-1][1])
    seeing = [(at, w) for at, w in said if w.seen]
    judged = stretches_of(names, seeing, whole_ns, recipe.elements)
    stretches = tuple(replace(s, verdict=with_turned(s.verdict, array)) for s in judged)
    said.sort(key=lambda w: w[0])
    reach_ns = round(1e9 * max((w.length_s for _, w in said), default=0.0))
    return JudgedArray(array, stretches, tuple(said), recipe.elements, reach_ns)


def pieces_of(array: SoundArray, piece_s: float) -> Iterator[tuple[int, int]]:
    """Yield spans of time without a long pause of all elements, cut in pieces."""
    runs = sorted((r for e in array.elements for r in e.runs), key=lambda r: r.start_ns)
    first_ns, until_ns = runs[0].start_ns, runs[0].end_ns
    for run in [*runs[1:], None]:
        if run is not None and run.start_ns <= add_seconds(until_ns, LONG_PAUSE_S):
            until_ns = max(until_ns, run.end_ns)
            continue
        begin_ns = first_ns
        while begin_ns < until_ns:
            end_ns = min(add_seconds(begin_ns, piece_s), until_ns)
            yield begin_ns, end_ns
            begin_ns = end_ns
        if run is not None:
            first_ns, until_ns = run.start_ns, run.end_ns


def told_of_elements(array: SoundArray, verdicts: Sequence[Verdict]) -> list[str]:
    """Return which elements are left out, are in doubt or cannot be judged, and unequal rates."""
    code = array.station.code
    rates = {
        n: max(r.rate_hz for r in e.runs) for n, e in zip(array.names, array.elements, strict=True)
    }
    told = told_of_rates(code, rates) + [
        f"{code}: element {e.element} left out: {e.reason}" for v in verdicts for e in v.excluded
    ]
    told += [f"{code}: {note}" for v in verdicts for note in v.notes]
    if len(array.elements) == 3:
        told.append(f"{code}: three elements cannot tell which of them is wrong")
    out = {e.element for v in verdicts for e in v.excluded}
    left = [k for k, name in enumerate(array.names) if name not in out]
    for k in unseen(array.offsets_km[left]):
        name = array.names[left[k]]
        told.append(
            f"{code}: a wrong time of element {name} cannot be seen: the others are in line"
        )
    return told
