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

import numpy as np
from numpy.typing import NDArray

from vigie.records import ChannelId, Waveform
from vigie.signal.elements import ElementData, shift_masked

FloatArray = NDArray[np.float64]


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
    >>> east, north = slowness_vector(0.1, 90.0)
    >>> round(east, 9), round(north, 9)
    (-0.1, 0.0)
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


def beam_waveform(data: ElementData, steering: Steering, station: str) -> Waveform:
    """Form one beam as a waveform: channel ``NET.STATION.BM.name``."""
    channel = ChannelId(data.channels[0].network, station, "BM", steering.name)
    return Waveform(channel, data.start_ns, data.rate_hz, beam(data, steering))
