"""Which elements of an infrasound array are wrong: reversed, mistimed, deaf.

The most energetic windows of each hour are correlated in a few bands; each in which the elements
are coherent judges those that recorded it, as ``signal.array_faults`` does (sign vote, clock,
incoherence, plane-wave misfit; closure alone sees neither a clock error nor a sign). An element is
at fault when enough windows accuse it of the same (``votes``): waves from many directions pass, its
fault stays, or begins and ends (``history``). With four elements one window often leaves two
suspects; the fault is then of the one that all windows share.

Low bands are judged too, in windows as long as they need, on block means of the record: a wave of a
period of ten seconds or more may be the only one in it.

Where it stays open, "one of {a, b}" is said and nobody is left out.
Accuracy: ``docs/methods/infrasound.md``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.verdict import Verdict, verdict_of
from vigie.signal.array_consistency import crossed_by, subset
from vigie.signal.array_faults import WindowVerdict, correlate_pairs, judge_window
from vigie.signal.array_lobes import is_one_wave
from vigie.signal.filters import BandPass, cosine_taper, filter_zero_phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.infrasound.recipe import ElementParams

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

HOUR_S = 3600.0
APART_WINDOWS = 1.0
"""Windows judged are at least so far apart, in their lengths."""
RECORDED = 0.9
"""Share of a window that an element must have recorded, as in PMCC."""
TAPERED = 0.1
"""Share of the record that a taper at its end takes at most."""
FEWEST, JUDGES = 3, 4
"""Elements that can contradict each other, and from which one can be told wrong."""
PER_PERIOD = 16.0
"""Samples that are kept of a period of the upper corner: block means damp what they fold into the
band by more than 20 dB."""


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
    said = [w for _, w in judged_windows(samples, rate_hz, offsets_km, params) if w.seen]
    return verdict_of(names, said, params)


def judged_windows(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: ElementParams
) -> list[tuple[int, WindowVerdict]]:
    """Return what the coherent ones among the most energetic windows say, with first samples.

    Those of eddies say nothing of elements: they saw none.

    Parameters
    ----------
    samples, rate_hz, offsets_km, params
        As for ``judge_elements``.
    """
    said: list[tuple[int, WindowVerdict]] = []
    if len(samples) < FEWEST:
        return said
    for band in params.bands:
        every = max(int(rate_hz / (PER_PERIOD * band.high_hz)), 1)
        rows, slower_hz = _block_means(samples, every), rate_hz / every
        if not band.fits(slower_hz):
            continue
        for start, there, window in _windows(rows, slower_hz, band, params):
            found = _judged(window, slower_hz, offsets_km[there], (band, params))
            if found is not None:
                said.append((start * every, found.renumbered(there.tolist())))
    return said


def _judged(
    window: FloatArray, rate_hz: float, offsets_km: FloatArray, how: tuple[BandPass, ElementParams]
) -> WindowVerdict | None:
    """Return what a window says of its elements; None where they are not coherent."""
    band, params = how
    pairs = correlate_pairs(window, rate_hz, offsets_km, params.faults, band=band)
    strength = np.abs(pairs.correlation)[np.triu_indices(len(window), 1)]
    # Half of the pairs of an array with one deaf element are still coherent.
    if float(np.quantile(strength, 0.6)) < params.faults.coherent:
        return None
    # Of several waves at once (microbaroms) no pair tells a time.
    if not is_one_wave(pairs, params.faults):
        return None
    wave = crossed_by(pairs, params.faults)
    speed_km_s = wave.velocity_km_s if wave and not wave.is_possible else None
    is_slow = speed_km_s is not None and speed_km_s * params.faults.max_slowness_s_per_km < 1.0
    is_slow &= len(window) >= JUDGES
    # Eddies are seen where their lags are, which says nothing of sound's.
    said = WindowVerdict() if is_slow else judge_window(pairs, params.faults)
    wrong = {f.element for f in said.faults}
    right = [i for i in range(len(window)) if i not in wrong]
    if wave is None and wrong and len(right) >= JUDGES:
        wave = crossed_by(subset(pairs, right), params.faults)
    return replace(
        said,
        length_s=window.shape[1] / rate_hz,
        band_hz=(band.low_hz, band.high_hz),
        freq_hz=_strongest_hz(window, rate_hz),
        velocity_km_s=speed_km_s,
        slowness_s_per_km=wave and wave.slowness_s_per_km,
    )


def _strongest_hz(window: FloatArray, rate_hz: float) -> float:
    """Return the frequency at which the elements together have most power."""
    taper = np.hanning(window.shape[1])
    power = np.sum(np.abs(np.fft.rfft(window * taper, axis=1)) ** 2, axis=0)
    return float(np.fft.rfftfreq(window.shape[1], 1.0 / rate_hz)[int(power.argmax())])


def _windows(
    samples: FloatArray, rate_hz: float, band: BandPass, params: ElementParams
) -> Iterator[tuple[int, IntArray, FloatArray]]:
    """Yield first sample, elements and filtered records of each hour's most energetic windows."""
    length = round(params.length_s(band) * rate_hz)
    if samples.shape[1] < length:
        return
    hour = round(HOUR_S * rate_hz)
    known = np.isfinite(samples)
    # Both ends of the records would ring at one time on all elements, as a wave does.
    ends = min(round(band.ring_s * rate_hz), int(TAPERED * samples.shape[1]))
    taper = cosine_taper(samples.shape[1], ends)
    filtered = np.stack([filter_zero_phase(_bridged(r) * taper, rate_hz, band) for r in samples])
    for first in range(0, samples.shape[1], hour):
        part = slice(first, first + hour)
        for start, there in _strongest(filtered[:, part], known[:, part], length, params):
            at = first + start
            yield at, there, filtered[there, at : at + length]


def _strongest(
    filtered: FloatArray, known: BoolArray, length: int, params: ElementParams
) -> Iterator[tuple[int, IntArray]]:
    """Yield where the windows of most energy start, and which elements recorded them.

    Those that three elements recorded cannot tell which is wrong. They are chosen apart, so that
    they take no place of others.
    """
    count = filtered.shape[1] // (length // 2) - 1
    if count < 1:
        return
    starts = np.arange(count) * (length // 2)
    energy = _window_sums(filtered**2, starts, length)
    there = _window_sums(known.astype(np.float64), starts, length) >= RECORDED * length
    heard = there.sum(axis=0)
    level = np.array(
        [np.median(e[t]) if t.any() else 1.0 for e, t in zip(energy, there, strict=True)]
    )
    # A burst at one element is its own noise: what most elements saw counts.
    above = np.where(there, energy / np.maximum(level, 1e-300)[:, None], np.nan)
    rated = np.full(count, -1.0)
    rated[heard > 0] = np.nanmedian(above[:, heard > 0], axis=0)
    for group in (heard >= JUDGES, heard == FEWEST):
        chosen: list[int] = []
        for k in np.argsort(-np.where(group, rated, -1.0), kind="stable"):
            if not group[k] or len(chosen) == params.windows_per_hour:
                break
            if all(abs(starts[k] - s) >= APART_WINDOWS * length for s in chosen):
                chosen.append(int(starts[k]))
                yield int(starts[k]), np.flatnonzero(there[:, k])


def _window_sums(rows: FloatArray, starts: IntArray, length: int) -> FloatArray:
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    return np.asarray(sums[:, starts + length] - sums[:, starts])


def _block_means(samples: FloatArray, every: int) -> FloatArray:
    """Return means of so many samples each, NaN where one is not known."""
    if every == 1:
        return samples
    count = samples.shape[1] // every
    return np.asarray(samples[:, : count * every].reshape(len(samples), count, every).mean(axis=2))


def _bridged(row: FloatArray) -> FloatArray:
    """Return a record without mean whose gaps are straight lines: their edges would ring."""
    known = np.isfinite(row)
    if not known.any():
        return np.zeros(len(row))
    centred = row - float(np.mean(row[known]))
    if known.all():
        return np.asarray(centred)
    index = np.arange(len(row))
    return np.interp(index, index[known], centred[known])
