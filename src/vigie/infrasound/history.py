"""From when to when elements are wrong: faults that begin or end within a record.

What it computes: for each element the stretch of the record in which windows accuse it more than
they would by chance, as the sum of log odds of accused and acquitted windows (the largest sum of a
run of terms: Bentley 1984, CACM 27, 865). Where it stands out from the record as a whole, the
record is cut there, halfway between the last window of the one and the first of the other kind, and
each part is judged by its own windows (``elements``). Assumptions: one change to the worse and one
to the better for each element and kind; the two chances are chosen. Accuracy:
``docs/methods/infrasound.md``. Cost: none beside that of the windows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.verdict import Verdict, verdict_of
from vigie.infrasound.votes import MISFIT, POLARITY, accuses, could_accuse, octave
from vigie.records import ExcludedElement, format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.array import Element, SoundArray
    from vigie.infrasound.recipe import ElementParams
    from vigie.records import Waveform
    from vigie.signal.array_faults import WindowVerdict

FloatArray = NDArray[np.float64]

ACCUSED, ACQUITTED = float(np.log(0.8 / 0.05)), float(np.log(0.2 / 0.95))
"""Of windows that accuse a faulty element and a good one: eight in ten and one in twenty."""
LEAST_ODDS = 12.0
"""Log odds by which a stretch must stand out: five windows."""
LEAST_NS = 3600 * 10**9
"""Between its first and last accusing window: those of one arrival may all be deceived alike."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the record in which the elements are as they are."""

    start_ns: int
    end_ns: int
    verdict: Verdict


def stretches_of(
    names: Sequence[str],
    said: Sequence[tuple[int, WindowVerdict]],
    span_ns: tuple[int, int],
    params: ElementParams,
) -> tuple[Stretch, ...]:
    """Return the parts of a record with what is wrong in each; one part where nothing changes.

    Parameters
    ----------
    names : sequence of str
    said : sequence of (int, WindowVerdict)
        Times of coherent windows, and what they say of the elements.
    span_ns : tuple of int
        Of the record.
    params : ElementParams
    """
    ordered = sorted(said, key=lambda s: s[0])
    edges = _edges(ordered, len(names), params)
    found = []
    for first, last in zip([0, *edges], [*edges, len(ordered)], strict=True):
        start_ns = _between(ordered, first, span_ns) if first else span_ns[0]
        end_ns = _between(ordered, last, span_ns)
        verdict = verdict_of(names, [w for _, w in ordered[first:last]], params)
        found.append(
            Stretch(
                start_ns,
                end_ns,
                verdict if not edges else _dated(verdict, start_ns, end_ns, span_ns),
            )
        )
    return tuple(found)


def as_judged(array: SoundArray, stretches: Sequence[Stretch]) -> SoundArray:
    """Return the array without the elements that are wrong, where they are, and others turned."""
    kept = [_as_judged(e, n, stretches) for e, n in zip(array.elements, array.names, strict=True)]
    rows = [i for i, element in enumerate(kept) if element.runs]
    return replace(
        array,
        elements=tuple(kept[i] for i in rows),
        offsets_km=array.offsets_km[rows],
    )


def verdict_at(stretches: Sequence[Stretch], time_ns: int) -> Verdict:
    """Return what is wrong with the elements at a time."""
    for stretch in stretches[:-1]:
        if time_ns < stretch.end_ns:
            return stretch.verdict
    return stretches[-1].verdict


def _as_judged(element: Element, name: str, stretches: Sequence[Stretch]) -> Element:
    touched = [
        s for s in stretches
        if name in s.verdict.inverted or any(e.element == name for e in s.verdict.excluded)
    ]  # fmt: skip
    if not touched:
        return element
    runs: list[Waveform] = []
    for run in element.runs:
        for k, stretch in enumerate(stretches):
            if any(e.element == name for e in stretch.verdict.excluded):
                continue
            start_ns = run.start_ns if k == 0 else stretch.start_ns
            end_ns = run.end_ns + 1 if stretch is stretches[-1] else stretch.end_ns
            part = run.slice(start_ns, end_ns) if len(stretches) > 1 else run
            if not len(part.samples):
                continue
            turned = name in stretch.verdict.inverted
            runs.append(
                part.with_samples(np.negative(part.samples, dtype=np.float64)) if turned else part
            )
    return replace(element, runs=tuple(runs))


def _edges(
    ordered: Sequence[tuple[int, WindowVerdict]], n: int, params: ElementParams
) -> list[int]:
    """Return the windows with which another part of the record begins."""
    columns = [_scores(ordered, e, params) for e in range(n)]
    columns.append(
        np.where([w.tied is not None for _, w in ordered], ACCUSED, ACQUITTED).astype(np.float64)
    )
    wanted: set[int] = set()
    for score in columns:
        if not (score > 0.0).any():
            continue
        first, last, best = _largest_run(score)
        if best - max(float(score.sum()), 0.0) < LEAST_ODDS:
            continue
        if ordered[last - 1][0] - ordered[first][0] >= LEAST_NS:
            wanted |= {first, last}
    edges: list[int] = []
    for edge in sorted(wanted - {0, len(ordered)}):
        if min(edge - (edges[-1] if edges else 0), len(ordered) - edge) >= params.min_windows:
            edges.append(edge)
    return edges


def _scores(
    ordered: Sequence[tuple[int, WindowVerdict]], element: int, params: ElementParams
) -> FloatArray:
    """Return log odds by which each window accuses an element; 0 of one that does not see it."""
    windows = [w for _, w in ordered]
    by_time = [_accused_of_time(w, element) for w in windows]
    by_sign = [accuses(w, element, POLARITY) for w in windows]
    timing = [octave(w, params) for w, yes in zip(windows, by_time, strict=True) if yes]
    # What times worse than most that accuse it of its time acquits it of nothing.
    coarsest = float(np.median(timing)) if timing else np.inf
    kind = POLARITY if any(by_sign) and not timing else MISFIT
    sees = [could_accuse(w, element, kind) and octave(w, params) <= coarsest for w in windows]
    return np.where(np.logical_or(by_time, by_sign), ACCUSED, np.where(sees, ACQUITTED, 0.0))


def _accused_of_time(window: WindowVerdict, element: int) -> bool:
    others = any(f.element == element and f.kind != POLARITY for f in window.faults)
    return others or element in window.suspects


def _largest_run(score: FloatArray) -> tuple[int, int, float]:
    """Return the run of terms with the largest sum: its begin, its end, and the sum."""
    sums = np.concatenate([[0.0], np.cumsum(score)])
    lowest = np.minimum.accumulate(sums)
    last = int(np.argmax(sums - lowest))
    first = int(np.argmin(sums[: last + 1]))
    return first, last, float(sums[last] - sums[first])


def _between(ordered: Sequence[tuple[int, WindowVerdict]], k: int, span_ns: tuple[int, int]) -> int:
    """Return the middle between a window and the one before, or an end of the record."""
    if k == len(ordered):
        return span_ns[1]
    return span_ns[0] if k == 0 else (ordered[k - 1][0] + ordered[k][0]) // 2


def _dated(verdict: Verdict, start_ns: int, end_ns: int, span_ns: tuple[int, int]) -> Verdict:
    """Return a verdict that says from when to when it holds."""
    words = f" from about {format_iso(start_ns)}" if start_ns > span_ns[0] else ""
    words += f" until about {format_iso(end_ns)}" if end_ns < span_ns[1] else ""
    excluded = (ExcludedElement(e.element, f"{e.reason},{words}") for e in verdict.excluded)
    notes = (f"{note},{words}" for note in verdict.notes)
    return replace(verdict, excluded=tuple(excluded), notes=tuple(notes))
