"""Which elements of an infrasound array are wrong: reversed, mistimed, deaf.

The most energetic windows of each hour are correlated in a few bands; each in which the elements
are coherent judges them as ``signal.array_faults`` does (sign vote, clock, incoherence, plane-wave
misfit; closure alone sees neither a clock error nor a sign). An element is at fault when enough
windows accuse it of the same: waves from many directions pass, its fault stays, or begins and ends
(``history``). With four elements one window often leaves two suspects; the fault is then of the
one that all windows share.

Where it stays open, "one of {a, b}" is said and nobody is left out.
Accuracy: ``docs/methods/infrasound.md``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import ExcludedElement
from vigie.signal.array_faults import WindowVerdict, correlate_pairs, judge_window
from vigie.signal.filters import BandPass, filter_zero_phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.infrasound.recipe import ElementParams

FloatArray = NDArray[np.float64]

HOUR_S = 3600.0
APART_WINDOWS = 1.0
"""Windows judged are at least so far apart, in their lengths."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the elements of an array."""

    excluded: tuple[ExcludedElement, ...] = ()
    notes: tuple[str, ...] = ()
    n_windows: int = 0
    """Coherent windows that judged."""
    inverted: tuple[str, ...] = ()
    """Half of the elements, of opposite polarity to the other half, to be turned over."""


def judge_elements(
    samples: FloatArray,
    rate_hz: float,
    offsets_km: FloatArray,
    names: Sequence[str],
    params: ElementParams,
) -> Verdict:
    """Judge the elements by their most energetic windows.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        On one time axis, NaN where masked.
    rate_hz : float
    offsets_km : ndarray, shape (n, 2)
    names : sequence of str
    params : ElementParams
    """
    said = [w for _, w in judged_windows(samples, rate_hz, offsets_km, params)]
    return verdict_of(names, said, params)


def judged_windows(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: ElementParams
) -> list[tuple[int, WindowVerdict]]:
    """Return what the coherent ones among the most energetic windows say, with first samples.

    Parameters
    ----------
    samples, rate_hz, offsets_km, params
        As for ``judge_elements``.
    """
    n = len(samples)
    said: list[tuple[int, WindowVerdict]] = []
    if n < 4:
        return said
    for start, window in _windows(samples, rate_hz, params):
        pairs = correlate_pairs(window, rate_hz, offsets_km, params.faults)
        strength = np.abs(pairs.correlation)[np.triu_indices(n, 1)]
        # Half of the pairs of an array with one deaf element are still coherent.
        if float(np.quantile(strength, 0.6)) >= params.faults.coherent:
            said.append((start, judge_window(pairs, params.faults)))
    return said


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
    needed = max(params.min_windows, params.min_share * len(said))
    firm = Counter((f.element, f.kind) for w in said for f in w.faults)
    words = {(f.element, f.kind): f.text for w in said for f in w.faults}
    # Suspected in every window that saw something, and others not: then it is this one.
    open_cases = Counter((e, "misfit") for w in said for e in w.suspects)
    rated = sorted(
        ((n, *key) for key, n in (firm + open_cases).items() if n >= needed), reverse=True
    )
    excluded: list[ExcludedElement] = []
    notes: list[str] = []
    for count, element, kind in rated:
        tied = {e for c, e, k in rated if k == kind == "misfit" and c == count}
        tied = {e for e in tied if e == element or not _accused_together(said, element, e)}
        name = names[element]
        if len(tied) > 1:
            among = ", ".join(sorted(names[e] for e in tied))
            notes.append(f"one of {{{among}}} is mistimed; which cannot be told")
        elif len(names) - len(excluded) > 3 and all(e.element != name for e in excluded):
            told = words.get((element, kind), "time off the plane wave")
            text = f"{told}, in {count} of {len(said)} coherent windows"
            excluded.append(ExcludedElement(name, text))
    unexplained = sum(not w.fits and not w.suspects for w in said)
    if unexplained >= needed and not notes:
        notes.append(
            f"the elements' times fit no plane wave in {unexplained} of {len(said)} coherent "
            "windows, and which are wrong cannot be told: azimuths may be wrong"
        )
    opposed = _opposed(names, said, needed)
    if opposed:
        turned, others = (", ".join(names[e] for e in group) for group in opposed)
        notes.append(
            f"{turned} and {others} are of opposite polarity, and which are reversed cannot be "
            f"told; {turned} are turned over, directions do not depend on it"
        )
    inverted = tuple(names[e] for e in opposed[0]) if opposed else ()
    return Verdict(tuple(excluded), tuple(dict.fromkeys(notes)), len(said), inverted)


def _accused_together(said: Sequence[WindowVerdict], one: int, other: int) -> bool:
    """Tell whether windows name both of two elements, and not the one or the other."""
    named = [{f.element for f in w.faults if f.kind == "misfit"} for w in said]
    both = sum(one in n and other in n for n in named)
    return 2 * both > sum(one in n or other in n for n in named)


def _opposed(
    names: Sequence[str], said: Sequence[WindowVerdict], needed: float
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return two groups of equal size that most windows find to be of opposite polarity."""
    ((groups, count),) = Counter(w.tied for w in said).most_common(1) or [(None, 0)]
    if groups is None or count < needed or len(groups[0]) * 2 < len(names):
        return None
    return groups


def _windows(
    samples: FloatArray, rate_hz: float, params: ElementParams
) -> Iterator[tuple[int, FloatArray]]:
    """Yield the most energetic windows of each hour and band, filtered, with their first sample."""
    length = round(params.window_s * rate_hz)
    hour = round(HOUR_S * rate_hz)
    for low_hz, high_hz in params.bands_hz:
        band = BandPass(low_hz, high_hz)
        if not band.fits(rate_hz):
            continue
        filtered = np.stack(
            [filter_zero_phase(np.nan_to_num(_centred(r)), rate_hz, band) for r in samples]
        )
        known = np.isfinite(samples)
        for first in range(0, samples.shape[1], hour):
            part = slice(first, first + hour)
            for start in _strongest(filtered[:, part], known[:, part], length, params):
                at = first + start
                yield at, filtered[:, at : at + length]


def _strongest(
    filtered: FloatArray, known: NDArray[np.bool_], length: int, params: ElementParams
) -> list[int]:
    """Return where the windows of most energy start, of those that all elements recorded."""
    count = filtered.shape[1] // (length // 2) - 1
    if count < 1:
        return []
    starts = np.arange(count) * (length // 2)
    rows = filtered**2
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    lost = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(~known, axis=1)], axis=1)
    energy = sums[:, starts + length] - sums[:, starts]
    whole = (lost[:, starts + length] - lost[:, starts]).max(axis=0) == 0
    if not whole.any():
        return []
    level = np.maximum(np.median(energy[:, whole], axis=1, keepdims=True), 1e-300)
    # A burst at one element is its own noise: what most elements saw counts.
    rated = np.full(count, -1.0)
    rated[whole] = np.median(energy[:, whole] / level, axis=0)
    chosen: list[int] = []
    for k in np.argsort(-rated, kind="stable"):
        if rated[k] < 0.0 or len(chosen) == params.windows_per_hour:
            break
        if all(abs(starts[k] - s) >= APART_WINDOWS * length for s in chosen):
            chosen.append(int(starts[k]))
    return chosen


def _centred(row: FloatArray) -> FloatArray:
    known = np.isfinite(row)
    return np.asarray(row - float(np.mean(row[known])) if known.any() else row)
