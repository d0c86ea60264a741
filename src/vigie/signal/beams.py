"""Coherent and incoherent beams of an array.

Coherent: b(t) = (1/N) sum_j w_j(t + s.r_j). Incoherent: sqrt((1/N) sum_j w_j^2(t + s.r_j)).
The horizontal slowness s (s/km) points where the wave goes, r_j is the element's place (km
east and north). Delays are whole samples plus a fraction that is a phase shift in the
frequency domain; nothing wraps around. N counts the elements that have a trusted sample at
that moment, so a beam goes on through gaps and masks of single elements.

Source: standard delay-and-sum; Ringdal & Husebye (1982), BSSA 72, S201-S224 for incoherent
beams. Assumes a plane wave, equal gains (``normalise`` where they differ).
Accuracy: an exact plane wave is restored to 1e-4 of its amplitude up to 0.8 of Nyquist.
Cost: 10 elements, one beam of a day at 40 Hz: see ``benchmarks/fk.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import ChannelId, Waveform
from vigie.signal.elements import ElementData, shift_masked

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

_BLOCK = 32768
"""Samples per transform of a long record."""
_GUARD = 256
"""Samples at either end of a block that fade out, so that nothing wraps around."""
_BEAMS_AT_ONCE = 8
"""Beams whose phase factors are held in memory together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """One beam: where it looks, and how."""

    name: str
    """Becomes the channel code of the beam."""
    slowness_s_per_km: tuple[float, float] = (0.0, 0.0)
    """East and north part; points where the wave goes."""
    coherent: bool = True
    min_elements: int = 2
    """Samples that fewer elements cover become NaN."""


def slowness_vector(slowness_s_per_km: float, azimuth_deg: float) -> tuple[float, float]:
    """Return the slowness vector (east, north) of a wave that comes from an azimuth.

    Examples
    --------
    >>> east, north = slowness_vector(0.1, 270.0)
    >>> round(east, 9), round(north, 9)
    (0.1, 0.0)
    """
    azimuth = np.radians(azimuth_deg)
    return -slowness_s_per_km * float(np.sin(azimuth)), -slowness_s_per_km * float(np.cos(azimuth))


def delayed(data: ElementData, slowness_s_per_km: tuple[float, float]) -> FloatArray:
    """Return each element read at t + s.r, shape (n, m); NaN where it has no sample."""
    shifts = data.offsets_km @ np.asarray(slowness_s_per_km) * data.rate_hz
    out = np.full(data.samples.shape, np.nan)
    for row, samples, shift in zip(out, data.samples, shifts, strict=True):
        whole = round(float(shift))
        moved = shift_masked(samples, float(shift) - whole)
        _place(row, moved, -whole)
    return out


def _place(row: FloatArray, moved: FloatArray, by: int) -> None:
    """Write ``moved`` into ``row``, ``by`` samples later, without wrapping around."""
    count = len(row)
    low, high = max(by, 0), min(count + by, count)
    if high > low:
        row[low:high] = moved[low - by : high - by]


def beam(data: ElementData, steering: Steering) -> FloatArray:
    """Form one beam.

    Returns
    -------
    ndarray, shape (m,)
        On the time axis of ``data``, which is that of the array's reference point; NaN
        where fewer than ``min_elements`` elements have a sample.
    """
    aligned = delayed(data, steering.slowness_s_per_km)
    present = np.isfinite(aligned)
    number = present.sum(axis=0)
    filled = np.where(present, aligned, 0.0)
    if not steering.coherent:
        np.square(filled, out=filled)
    total = filled.sum(axis=0)
    enough = number >= max(steering.min_elements, 1)
    mean = np.where(enough, total / np.maximum(number, 1), np.nan)
    return mean if steering.coherent else np.sqrt(mean)


def beams(data: ElementData, steerings: Sequence[Steering]) -> list[FloatArray]:
    """Form many beams of a long record at once.

    The same result as ``beam`` for each. Coherent beams share the transforms of blocks of the
    record (overlap-save); blocks in which an element has a gap are done one beam at a time.

    Returns
    -------
    list of ndarray, shape (m,)
    """
    out = [np.full(data.samples.shape[1], np.nan) for _ in steerings]
    coherent = [i for i, s in enumerate(steerings) if s.coherent]
    for first in range(0, len(coherent), _BEAMS_AT_ONCE):
        some = coherent[first : first + _BEAMS_AT_ONCE]
        _coherent_blocks(data, [steerings[i] for i in some], [out[i] for i in some])
    for i, steering in enumerate(steerings):
        if not steering.coherent:
            out[i] = beam(data, steering)
    return out


def _coherent_blocks(
    data: ElementData, steerings: Sequence[Steering], out: Sequence[FloatArray]
) -> None:
    """Fill ``out`` block by block."""
    vectors = np.array([s.slowness_s_per_km for s in steerings])
    delays = vectors @ data.offsets_km.T * data.rate_hz
    margin = int(np.ceil(np.max(np.abs(delays)))) + _GUARD
    size = max(_BLOCK, 2 ** int(np.ceil(np.log2(4 * margin))))
    omega = 2.0 * np.pi * np.arange(size // 2 + 1) / size
    phases = np.exp(1j * delays[:, :, None] * omega)
    fade = np.ones(size)
    fade[:_GUARD] = 0.5 * (1.0 - np.cos(np.pi * (np.arange(_GUARD) + 0.5) / _GUARD))
    fade[-_GUARD:] = fade[_GUARD - 1 :: -1]
    count, step = data.samples.shape[1], size - 2 * margin
    for start in range(0, count, step):
        inside = slice(start, min(start + step, count))
        keep = slice(margin, margin + inside.stop - inside.start)
        block = _cut(data, start - margin, size)
        present = np.isfinite(block.samples)
        whole = present.all(axis=1)
        if not np.array_equal(whole, present.any(axis=1)):
            for row, steering in zip(out, steerings, strict=True):
                row[inside] = beam(block, steering)[keep]
            continue
        if whole.sum() < max(max(s.min_elements for s in steerings), 1):
            for row, steering in zip(out, steerings, strict=True):
                row[inside] = beam(block, steering)[keep]
            continue
        formed = _block_beams(block.samples[whole], phases[:, whole], delays[:, whole], fade)
        for row, samples in zip(out, formed, strict=True):
            row[inside] = samples[keep]


def _block_beams(
    samples: FloatArray, phases: NDArray[np.complex128], delays: FloatArray, fade: FloatArray
) -> FloatArray:
    """Mean of the rows, each read ahead by its delay, for every beam: shape (beams, size).

    The straight line through the ends of each row is moved by hand.
    """
    from scipy.fft import irfft, rfft

    number, size = samples.shape
    slope = (samples[:, -1:] - samples[:, :1]) / (size - 1)
    line = samples[:, :1] + slope * np.arange(size)
    spectra = rfft((samples - line) * fade, axis=1)
    moved = irfft(np.stack([np.einsum("jf,jf->f", spectra, p) for p in phases]), size, axis=1)
    return np.asarray((moved + line.sum(axis=0) + (delays @ slope)) / number)


def _cut(data: ElementData, first: int, count: int) -> ElementData:
    """Return samples from an index, NaN beyond the record."""
    out = np.full((len(data.channels), count), np.nan)
    low, high = max(first, 0), min(first + count, data.samples.shape[1])
    if high > low:
        out[:, low - first : high - first] = data.samples[:, low:high]
    return ElementData(data.channels, data.offsets_km, data.start_ns, data.rate_hz, out)


def normalise(data: ElementData) -> ElementData:
    """Divide each element by a robust measure of its level, so that gains do not matter.

    The level is the median of |x| over the trusted samples: a signal or a glitch, short
    beside the record, does not move it. A dead element (level 0) becomes NaN throughout.
    """
    samples = data.samples.copy()
    for row in samples:
        level = np.nanmedian(np.abs(row)) if np.isfinite(row).any() else 0.0
        row[:] = row / level if level > 0.0 else np.nan
    return ElementData(data.channels, data.offsets_km, data.start_ns, data.rate_hz, samples)


def beam_waveforms(
    data: ElementData, steerings: Sequence[Steering], station: str
) -> tuple[Waveform, ...]:
    """Form beams as waveforms: channel ``NET.STATION.BM.name``."""
    network = data.channels[0].network
    return tuple(
        Waveform(ChannelId(network, station, "BM", s.name), data.start_ns, data.rate_hz, samples)
        for s, samples in zip(steerings, beams(data, steerings), strict=True)
    )
