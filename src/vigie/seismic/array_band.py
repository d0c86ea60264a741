"""The band in which a signal is measured at an array: wide, heard, and resolved.

It reaches from the lowest to the highest of some bands that touch the one of best signal-to-noise
ratio and are heard themselves, up to what the slowness search can resolve at the aperture.
Source: ours. Accuracy: with the measurement, ``docs/methods/fk.md``. Cost: 5 to 30 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import NS_PER_S
from vigie.signal.elements import ElementData, check_geometry
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.slowness import resolved_freq_hz

if TYPE_CHECKING:
    from vigie.seismic.array_measure import ArrayParams

FloatArray = NDArray[np.float64]


def _filtered(data: ElementData, band_hz: tuple[float, float]) -> ElementData:
    """Band-pass each run of trusted samples; what is not trusted stays NaN."""
    band = BandPass(*band_hz)
    out = np.full(data.samples.shape, np.nan)
    for row, samples in zip(out, data.samples, strict=True):
        good = np.isfinite(samples)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]])))
        for first, stop in edges.reshape(-1, 2):
            piece = samples[first:stop] - samples[first:stop].mean()
            row[first:stop] = filter_causal(piece, data.rate_hz, band)
    return ElementData(data.channels, data.offsets_km, data.start_ns, data.rate_hz, out)


def best_band(
    data: ElementData,
    fits: list[tuple[float, float]],
    window: tuple[int, float],
    p: ArrayParams,
) -> tuple[tuple[float, float], ElementData]:
    """Return the band to measure in, and the data filtered to it.

    It reaches from the lowest to the highest recipe band that touches the one of best
    signal-to-noise ratio and has a ratio of at least ``min_power_ratio`` itself. Wide is good:
    the likelihood weighs sub-bands by their coherence, and bandwidth lowers side lobes.
    """
    ratios = [_power_ratio(_filtered(data, b), *window, p) for b in fits]
    low_hz, high_hz = fits[int(np.argmax(ratios))]
    heard = [b for b, r in zip(fits, ratios, strict=True) if r >= p.min_power_ratio]
    for _ in heard:
        for band in heard:
            if band[0] <= high_hz and band[1] >= low_hz:
                low_hz, high_hz = min(low_hz, band[0]), max(high_hz, band[1])
    return (low_hz, high_hz), _filtered(data, (low_hz, high_hz))


def _power_ratio(data: ElementData, start_ns: int, length_s: float, p: ArrayParams) -> float:
    """Median over elements of signal power over noise power; just heard where no noise is known."""
    signal = data.window(start_ns, length_s).samples
    noise = data.window(start_ns - round(p.noise_s * NS_PER_S), p.noise_s).samples
    ratios = []
    for loud, quiet in zip(signal, noise, strict=True):
        trusted = quiet[np.isfinite(quiet)]
        level = float(np.mean(trusted**2)) if len(trusted) > data.rate_hz else 0.0
        if level > 0.0:
            ratios.append(np.mean(loud**2) / level - 1.0)
    return max(float(np.median(ratios)), 0.0) if ratios else p.min_power_ratio


def aperture_km(offsets_km: FloatArray) -> float:
    """Return twice the largest distance of an element from their middle."""
    centred = check_geometry(offsets_km)
    return 2.0 * float(np.max(np.linalg.norm(centred, axis=1)))


def resolved_band(
    band_hz: tuple[float, float], offsets_km: FloatArray, p: ArrayParams
) -> tuple[float, float]:
    """Lower the upper end of a band to what the search can resolve, an octave at least."""
    limit_hz = resolved_freq_hz(aperture_km(offsets_km), p.slowness)
    return band_hz[0], min(band_hz[1], max(round(limit_hz, 2), 2.0 * band_hz[0]))
