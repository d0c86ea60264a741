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

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.verdict import Verdict, verdict_of
from vigie.signal.array_faults import WindowVerdict, correlate_pairs, judge_window
from vigie.signal.filters import BandPass, filter_zero_phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.infrasound.recipe import ElementParams

FloatArray = NDArray[np.float64]

HOUR_S = 3600.0
APART_WINDOWS = 1.0
"""Windows judged are at least so far apart, in their lengths."""


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
    if n < 3:
        return said
    for start, window in _windows(samples, rate_hz, params):
        pairs = correlate_pairs(window, rate_hz, offsets_km, params.faults)
        strength = np.abs(pairs.correlation)[np.triu_indices(n, 1)]
        # Half of the pairs of an array with one deaf element are still coherent.
        if float(np.quantile(strength, 0.6)) >= params.faults.coherent:
            said.append((start, judge_window(pairs, params.faults)))
    return said


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
