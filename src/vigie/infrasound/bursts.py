"""Bursts: what one element records alone, and much louder than the others.

In a few bands the rms of whole seconds is compared between elements. A burst is where it exceeds
``times`` both the usual level of its own element, in the measure in which the others exceed theirs,
and the pressure of the others: once relative, so that a noisy place or another gain is none, once
absolute, so that a wave at the quietest element is none. The others count within the time in which
sound crosses the array, by their median, so that two elements in a gust do not excuse each other.
Such seconds say nothing of a wave, and their power would hide one: they are masked.

Source: ours. Assumes elements of similar gain or similar noise. Accuracy:
``docs/methods/infrasound.md``. Cost: 1 s for a day of nine elements at 20 Hz.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import Mask, MaskKind
from vigie.signal.elements import element_data
from vigie.signal.filters import BandPass, filter_zero_phase
from vigie.signal.gaps import stretches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.infrasound.array import Element, SoundArray
    from vigie.infrasound.recipe import BurstParams

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEAST_KM_S = 0.25
"""Nothing crosses an array more slowly."""


def bursts(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: BurstParams
) -> BoolArray:
    """Tell which samples are of a burst.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        Elements on one time axis, NaN where masked.
    rate_hz : float
    offsets_km : ndarray, shape (n, 2)
    params : BurstParams

    Returns
    -------
    ndarray of bool, shape (n, m)
        None of an array of three elements: the other two cannot outvote one.
    """
    second = max(round(rate_hz), 2)
    count = samples.shape[1] // second
    found = np.zeros((len(samples), count), dtype=np.bool_)
    if len(samples) >= 4 and count:
        apart = np.linalg.norm(offsets_km[:, None] - offsets_km[None], axis=2)
        reach = int(np.ceil(float(apart.max()) / LEAST_KM_S)) + 1
        for low_hz, high_hz in params.bands_hz:
            band = BandPass(low_hz, high_hz)
            if band.fits(rate_hz):
                rms = _second_rms(samples, rate_hz, band, (second, count))
                found |= _grown(_alone(rms, reach, params.times), params.guard_s)
    out = np.zeros(samples.shape, dtype=np.bool_)
    out[:, : count * second] = np.repeat(found, second, axis=1)
    return out


def without_bursts(
    array: SoundArray, spans: Iterable[tuple[int, int]], params: BurstParams
) -> tuple[SoundArray, tuple[Mask, ...]]:
    """Return the array with bursts masked, and their masks.

    Parameters
    ----------
    array : SoundArray
    spans : iterable of (int, int)
        Times in which to look, ns.
    params : BurstParams
    """
    masks: list[Mask] = []
    for start_ns, end_ns in spans:
        runs, places = array.runs()
        data = element_data(runs, places, start_ns=start_ns, end_ns=end_ns)
        found = bursts(data.samples, data.rate_hz, data.offsets_km, params)
        step_ns = 1e9 / data.rate_hz
        for channel, row in zip(data.channels, found, strict=True):
            masks += [
                Mask(
                    channel=channel,
                    start_ns=data.start_ns + round(first * step_ns),
                    end_ns=data.start_ns + round(last * step_ns),
                    kind=MaskKind.NOISY,
                    method=f"burst of {params.times:g} times what the other elements record",
                    n_samples=last - first,
                )
                for first, last in stretches(row)
            ]
    if not masks:
        return array, ()
    quiet = tuple(_masked(e, [m for m in masks if m.channel == e.channel]) for e in array.elements)
    return replace(array, elements=quiet), tuple(masks)


def _masked(element: Element, masks: list[Mask]) -> Element:
    """Return an element whose samples are unknown within masks."""
    if not masks:
        return element
    runs = []
    for run in element.runs:
        samples = np.array(run.samples, dtype=np.float64)
        for mask in masks:
            first, last = run.index_of(mask.start_ns), run.index_of(mask.end_ns)
            samples[max(int(np.ceil(first)), 0) : max(int(np.ceil(last)), 0)] = np.nan
        runs.append(run.with_samples(samples))
    return replace(element, runs=tuple(runs), masks=(*element.masks, *masks))


def _second_rms(
    samples: FloatArray, rate_hz: float, band: BandPass, shape: tuple[int, int]
) -> FloatArray:
    """Return the rms of whole seconds in a band, NaN where most is masked; shape (n, seconds)."""
    second, count = shape
    out = np.empty((len(samples), count))
    for row, own in zip(out, samples, strict=True):
        known = np.isfinite(own)
        level = float(np.mean(own[known])) if known.any() else 0.0
        filtered = filter_zero_phase(np.where(known, own - level, 0.0), rate_hz, band)
        cells = filtered[: count * second].reshape(count, second)
        row[:] = np.sqrt(np.mean(cells**2, axis=1))
        few = known[: count * second].reshape(count, second).mean(axis=1) < 0.5
        row[few] = np.nan
    return out


def _alone(rms: FloatArray, reach: int, times: float) -> BoolArray:
    """Tell in which seconds an element is louder than the others, relative and absolute."""
    usual = np.array([np.median(r[np.isfinite(r)]) if np.isfinite(r).any() else 0.0 for r in rms])
    relative = rms / np.where(usual > 0.0, usual, np.nan)[:, None]
    loud = np.ones(rms.shape, dtype=np.bool_)
    for values in (relative, rms):
        nearby = _largest_near(np.nan_to_num(values), reach)
        nearby[~np.isfinite(values)] = np.nan
        for i in range(len(values)):
            others = np.delete(nearby, i, axis=0)
            heard = np.isfinite(others).sum(axis=0) >= 3
            middle = np.full(rms.shape[1], np.inf)
            if heard.any():
                middle[heard] = np.nanmedian(others[:, heard], axis=0)
            with np.errstate(invalid="ignore"):
                loud[i] &= values[i] > times * middle
    return loud


def _largest_near(values: FloatArray, reach: int) -> FloatArray:
    """Return the largest value within so many columns to either side."""
    from scipy.ndimage import maximum_filter1d

    return np.asarray(maximum_filter1d(values, 2 * reach + 1, axis=1, mode="nearest"))


def _grown(found: BoolArray, guard_s: float) -> BoolArray:
    """Widen what was found, and bridge what lies between."""
    by = int(np.ceil(guard_s))
    grown = found.copy()
    for row, own in zip(grown, found, strict=True):
        for first, last in stretches(own):
            row[max(first - by, 0) : last + by] = True
    return grown
