"""Elements of an array on one time axis: aligned by time, never by sample index.

Each waveform is shifted onto a common axis by a whole number of samples and a remaining
fraction of at most half a sample; the fraction is a phase shift in the frequency domain
(exact for a band-limited signal), on a copy padded by odd reflection so that nothing
wraps around. What an element does not cover, or holds as NaN (a mask), stays NaN.

Accuracy: a sine is shifted, 32 samples away from the ends and from masks, to 4e-6 of its
amplitude at 0.1 of Nyquist, 8e-5 at 0.4, 3e-4 at 0.6, 1.5e-3 at 0.8.
Cost: about 20 million samples per second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError, ParameterError
from vigie.records import NS_PER_S, ChannelId, Waveform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FloatArray = NDArray[np.float64]

_PAD = 64
"""Samples of odd reflection at each end; the ringing of the shift dies out in them."""
_NO_SHIFT = 1e-4
"""Fractions of a sample below this are not worth a transform (2.5 us at 40 Hz)."""

SAME_RATE = 1e-6
"""Relative difference of rates that are taken as equal."""


@dataclass(frozen=True, slots=True, eq=False)
class ElementData:
    """Samples of n elements on one time axis."""

    channels: tuple[ChannelId, ...]
    offsets_km: FloatArray
    """East and north of each element, shape (n, 2)."""
    start_ns: int
    rate_hz: float
    samples: FloatArray
    """Shape (n, m); NaN where an element has no trusted sample."""

    @property
    def coverage(self) -> FloatArray:
        """Share of trusted samples of each element, shape (n,)."""
        if not self.samples.shape[1]:
            return np.zeros(len(self.channels))
        return np.asarray(np.isfinite(self.samples).mean(axis=1))

    def window(self, start_ns: int, length_s: float) -> ElementData:
        """Return a stretch, NaN where it reaches beyond the data."""
        first = round((start_ns - self.start_ns) * self.rate_hz / NS_PER_S)
        count = round(length_s * self.rate_hz)
        out = np.full((len(self.channels), count), np.nan)
        low, high = max(first, 0), min(first + count, self.samples.shape[1])
        if high > low:
            out[:, low - first : high - first] = self.samples[:, low:high]
        start = self.start_ns + round(first * NS_PER_S / self.rate_hz)
        return ElementData(self.channels, self.offsets_km, start, self.rate_hz, out)

    def select(self, keep: NDArray[np.intp] | NDArray[np.bool_]) -> ElementData:
        """Return some of the elements."""
        rows = np.arange(len(self.channels))[keep]
        return ElementData(
            tuple(self.channels[i] for i in rows),
            self.offsets_km[rows],
            self.start_ns,
            self.rate_hz,
            self.samples[rows],
        )


def fractional_shift(samples: FloatArray, shift: float) -> FloatArray:
    """Return ``samples`` read at ``index + shift``, for |shift| <= 1.

    Parameters
    ----------
    samples : ndarray, shape (..., m), finite
    shift : float
        In samples; positive looks ahead.

    Returns
    -------
    ndarray, shape (..., m)
    """
    if abs(shift) < _NO_SHIFT or samples.shape[-1] < 2:
        return samples
    from scipy.fft import irfft, next_fast_len, rfft

    count = samples.shape[-1]
    pad = min(_PAD, count - 1)
    left = 2.0 * samples[..., :1] - samples[..., pad:0:-1]
    right = 2.0 * samples[..., -1:] - samples[..., -2 : -pad - 2 : -1]
    padded = np.concatenate([left, samples, right], axis=-1)
    size = next_fast_len(padded.shape[-1] + _PAD, real=True)
    # The straight line through the ends is shifted by hand and the padding fades out: without
    # this the jump from the last sample to the first would ring through everything.
    slope = (samples[..., -1:] - samples[..., :1]) / (count - 1)
    line = samples[..., :1] + slope * np.arange(-pad, count + pad)
    fade = np.ones(padded.shape[-1])
    fade[:pad] = 0.5 * (1.0 - np.cos(np.pi * (np.arange(pad) + 0.5) / pad))
    fade[-pad:] = fade[pad - 1 :: -1]
    spectrum = rfft((padded - line) * fade, size, axis=-1)
    spectrum *= np.exp(2j * np.pi * np.arange(spectrum.shape[-1]) / size * shift)
    moved = irfft(spectrum, size, axis=-1)[..., : padded.shape[-1]] + line + slope * shift
    return np.asarray(moved[..., pad : pad + count])


def shift_masked(samples: FloatArray, shift: float) -> FloatArray:
    """Shift a row that may hold NaN; the sample beside a NaN becomes NaN as well."""
    missing = ~np.isfinite(samples)
    if not missing.any():
        return fractional_shift(samples, shift)
    if missing.all() or abs(shift) < _NO_SHIFT:
        return samples
    filled = _bridge(samples, missing)
    moved = fractional_shift(filled, shift)
    beside = missing.copy()
    if shift > 0:
        beside[:-1] |= missing[1:]
    else:
        beside[1:] |= missing[:-1]
    moved[beside] = np.nan
    return moved


def _bridge(samples: FloatArray, missing: NDArray[np.bool_]) -> FloatArray:
    """Fill NaN by straight lines, so that the shift meets no step."""
    index = np.arange(len(samples))
    return np.interp(index, index[~missing], samples[~missing])


def element_data(
    waveforms: Sequence[Waveform],
    offsets_km: FloatArray,
    *,
    start_ns: int | None = None,
    end_ns: int | None = None,
) -> ElementData:
    """Put the waveforms of array elements on one time axis.

    Parameters
    ----------
    waveforms : sequence of Waveform
        One per row of ``offsets_km``. Several of one channel (segments around a gap) make
        one element. NaN samples are masked ones.
    offsets_km : ndarray, shape (n, 2)
        East and north of the element of each waveform.
    start_ns, end_ns : int, optional
        Limits of the axis; by default the earliest start and the latest end.

    Returns
    -------
    ElementData
        At the lowest rate of all; faster elements are resampled to it.

    Raises
    ------
    ParameterError
        No waveform, or not as many offsets as waveforms.
    """
    offsets = np.asarray(offsets_km, dtype=np.float64)
    if not waveforms or offsets.shape != (len(waveforms), 2):
        raise ParameterError(
            name="offsets_km",
            value=str(offsets.shape),
            expected=f"one east and north offset for each of the {len(waveforms)} waveforms (1+)",
        )
    rate_hz = min(w.rate_hz for w in waveforms)
    first_ns = min(w.start_ns for w in waveforms) if start_ns is None else start_ns
    last_ns = max(w.time_ns(len(w.samples)) for w in waveforms) if end_ns is None else end_ns
    count = max(int(np.ceil((last_ns - first_ns) * rate_hz / NS_PER_S - 1e-6)), 0)
    rows: dict[ChannelId, FloatArray] = {}
    places: dict[ChannelId, FloatArray] = {}
    for waveform, offset in zip(waveforms, offsets, strict=True):
        row = rows.setdefault(waveform.channel, np.full(count, np.nan))
        places.setdefault(waveform.channel, offset)
        # A record of a thousand pieces: most are far from a short axis.
        if waveform.end_ns < first_ns - NS_PER_S or waveform.start_ns > last_ns + NS_PER_S:
            continue
        _lay(row, at_rate(waveform, rate_hz, first_ns, last_ns), first_ns, rate_hz)
    return ElementData(
        tuple(rows),
        np.array([places[c] for c in rows]),
        first_ns,
        rate_hz,
        np.array(list(rows.values())).reshape(len(rows), count),
    )


def told_of_rates(station: str, rates_hz: Mapping[str, float]) -> list[str]:
    """Return what is lost where elements, by name, recorded at different rates.

    Examples
    --------
    >>> told_of_rates("H10N", {"H10N1": 250.0, "H10N2": 100.0})
    ['H10N: resampled to the slowest rate, 100 Hz: H10N1 (250 Hz)']
    """
    lowest = min(rates_hz.values())
    faster = [f"{n} ({r:g} Hz)" for n, r in rates_hz.items() if r > lowest * (1.0 + SAME_RATE)]
    if not faster:
        return []
    return [f"{station}: resampled to the slowest rate, {lowest:g} Hz: {', '.join(faster)}"]


def check_geometry(offsets_km: FloatArray) -> FloatArray:
    """Return centred offsets.

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements, or all in line.
    """
    offsets = np.asarray(offsets_km, dtype=np.float64)
    centred = offsets - offsets.mean(axis=0)
    widths = np.linalg.svd(centred, compute_uv=False) if len(offsets) else np.zeros(2)
    rank = int(np.sum(widths > 1e-3 * max(float(widths[0]), 1e-9)))
    if len(offsets) < 3 or rank < 2:
        raise ArrayGeometryError(n_elements=len(offsets), rank=rank)
    return np.asarray(centred)


def _lay(row: FloatArray, waveform: Waveform, first_ns: int, rate_hz: float) -> None:
    """Write a waveform into its place on the axis."""
    offset = (waveform.start_ns - first_ns) * rate_hz / NS_PER_S
    place = round(offset)
    moved = shift_masked(np.asarray(waveform.samples, dtype=np.float64), place - offset)
    low, high = max(place, 0), min(place + len(moved), len(row))
    if high > low:
        piece = moved[low - place : high - place]
        free = ~np.isfinite(row[low:high])
        row[low:high][free] = piece[free]


def at_rate(waveform: Waveform, rate_hz: float, start_ns: int, end_ns: int) -> Waveform:
    """Return the stretch of a waveform around an interval, resampled to a lower rate.

    The stretch is some samples longer than the interval at both ends, so that filters
    and shifts do not end inside it. A rate within 1e-6 of the wanted one is taken as equal.
    """
    margin_ns = round((4 * _PAD) * NS_PER_S / rate_hz)
    near = waveform.slice(start_ns - margin_ns, end_ns + margin_ns)
    if abs(waveform.rate_hz / rate_hz - 1.0) < SAME_RATE or not len(near.samples):
        return near
    from fractions import Fraction

    from scipy.signal import resample_poly

    exact = Fraction(rate_hz / waveform.rate_hz)
    ratio = exact.limit_denominator(max(1000, 10 * math.ceil(1 / exact)))
    samples = np.asarray(near.samples, dtype=np.float64)
    missing = ~np.isfinite(samples)
    if missing.all():
        return near.with_samples(samples[:0])
    filled = _bridge(samples, missing) if missing.any() else samples
    down = resample_poly(filled, ratio.numerator, ratio.denominator, padtype="line")
    if missing.any():
        lost = resample_poly(missing.astype(np.float64), ratio.numerator, ratio.denominator)
        down[np.abs(lost) > 1e-3] = np.nan
    new_rate_hz = waveform.rate_hz * ratio.numerator / ratio.denominator
    return Waveform(
        near.channel, near.start_ns, new_rate_hz, down, near.unit, near.calib, near.calper_s
    )
