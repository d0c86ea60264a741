"""Peaks of a cepstrum: which stand out, and whether others have them too.

A peak's significance is its height over the robust standard deviation of the cepstrum about it;
its chance is that of the highest peak of spectra whose bins are shuffled in blocks. A peak is
confirmed where two halves of the band, or two hydrophones alone, have it too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum.params import CepstralPeak
from vigie.hydroacoustic.cepstrum.transform import COARSE, Transform, between, local_sigma

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.params import CepstrumParams

FloatArray = NDArray[np.float64]

LEAST_HEIGHT = 0.05
"""Without noise even the tenth multiple of an echo is significant."""
FAR_CELLS = 8.0
"""Inverses of the bandwidth from which a second hydrophone may confirm a delay."""
SIGMA_FACTOR = 2.6
"""Scatter of delays over what noise alone does to a peak: modes move it (simulated)."""


def find_peaks(
    logs: FloatArray,
    kept: NDArray[np.bool_],
    freq_hz: FloatArray,
    whole: tuple[Transform, FloatArray, FloatArray],
    params: CepstrumParams,
) -> list[CepstralPeak]:
    """Return the highest peaks of either sign, with their chances and who confirms them.

    Parameters
    ----------
    logs : ndarray, shape (n, k)
        Log spectra of the hydrophones.
    kept : ndarray of bool, shape (k,)
    freq_hz : ndarray, shape (k,)
    whole : (Transform, ndarray, ndarray)
        Of the mean of the hydrophones: its cepstrum and local sigma.
    params : CepstrumParams
    """
    transform, value, sigma = whole
    mean = logs.mean(axis=0)
    inside = transform.searched(params)
    stands_out = float(np.max(np.abs(value / sigma)[inside])) >= params.min_significance
    maxima = _highest_shuffled(freq_hz, kept, mean, params) if stands_out else np.full(1, np.inf)
    judges = _judges(logs, kept, freq_hz, params)
    peaks = []
    for at in _extremes(value / sigma, inside, transform):
        peak = _peak(at, value, sigma, transform)
        reached = len(maxima) - int(np.searchsorted(maxima, peak.significance))
        chance = (1.0 + reached) / (len(maxima) + 1.0)
        confirmed = _confirmed(peak, judges, params)
        peaks.append(replace(peak, p_value=chance, confirmed=confirmed))
    return peaks


def sure_peaks(
    peaks: list[CepstralPeak], width_hz: float, params: CepstrumParams
) -> list[CepstralPeak]:
    """Return the peaks that count, the highest first.

    All hydrophones of a triplet share the modes, which fill short delays but differ from sub-band
    to sub-band: there only sub-bands confirm.
    """
    far_s = FAR_CELLS / width_hz
    return [
        p
        for p in sorted(peaks, key=lambda p: -abs(p.height))
        if abs(p.height) >= LEAST_HEIGHT
        and p.significance >= params.min_significance
        and p.p_value <= params.max_p_value
        and (p.confirmed == "sub-bands" or (p.confirmed and p.delay_s >= far_s))
    ]


def _extremes(
    rated: FloatArray, inside: NDArray[np.bool_], transform: Transform, count: int = 8
) -> list[int]:
    """Return the highest peaks of either sign; side lobes of higher ones are no peaks."""
    size = np.where(inside, np.abs(rated), -1.0)
    half = max(round(1.5 / transform.width_hz / transform.step_s), 1)
    found: list[int] = []
    for _ in range(count):
        top = int(np.argmax(size))
        if size[top] <= 0.0:
            break
        found.append(top)
        size[max(top - half, 0) : top + half + 1] = -1.0
    return found


def _highest_shuffled(
    freq_hz: FloatArray, kept: NDArray[np.bool_], mean: FloatArray, params: CepstrumParams
) -> FloatArray:
    """Return the highest significance in each of many shuffled spectra, in rising order."""
    transform = Transform(freq_hz, kept, params, COARSE)
    inside = transform.searched(params)
    rng = np.random.default_rng(params.seed)
    flat = transform.flat(mean)
    step_hz = transform.width_hz / max(len(flat) - 1, 1)
    block = max(round(params.block_hz / step_hz), 1)
    blocks = np.array_split(flat, max(len(flat) // block, 2))
    highest = np.empty(params.shuffles)
    full = np.zeros(len(mean))
    for k in range(params.shuffles):
        order = rng.permutation(len(blocks))
        full[transform.kept] = np.concatenate([blocks[i] for i in order])
        value = transform.of(full)
        sigma = local_sigma(value, transform, params)
        highest[k] = float(np.max(np.abs(value / sigma)[inside]))
    return np.sort(highest)


def _judges(
    logs: FloatArray,
    kept: NDArray[np.bool_],
    freq_hz: FloatArray,
    params: CepstrumParams,
) -> dict[str, list[tuple[Transform, FloatArray]]]:
    """Return transforms and cepstra, in their sigmas, of two sub-bands and of each hydrophone."""
    rows = np.flatnonzero(kept)
    middle = rows[len(rows) // 2]
    halves = (kept & (np.arange(len(kept)) < middle), kept & (np.arange(len(kept)) >= middle))
    sources = {
        "sub-bands": [(half, logs.mean(axis=0)) for half in halves],
        "hydrophones": [(kept, row) for row in logs] if len(logs) > 1 else [],
    }
    out: dict[str, list[tuple[Transform, FloatArray]]] = {}
    for name, pairs in sources.items():
        out[name] = []
        for bins, row in pairs:
            transform = Transform(freq_hz, bins, params)
            value = transform.of(row)
            sigma = local_sigma(value, transform, params)
            out[name].append((transform, value / sigma))
    return out


def _peak(at: int, value: FloatArray, sigma: FloatArray, transform: Transform) -> CepstralPeak:
    """Return the peak at an index, read between the delays."""
    sign = float(np.sign(value[at]))
    shift, height = between(sign * value, at)
    significance = height / float(sigma[at])
    # The derivative of the cepstrum's noise over the curvature of the peak.
    error = SIGMA_FACTOR / (max(significance, 1e-9) * 2.0 * np.pi * transform.rms_hz)
    return CepstralPeak((at + shift) * transform.step_s, error, sign * height, significance)


def _confirmed(
    peak: CepstralPeak,
    judges: dict[str, list[tuple[Transform, FloatArray]]],
    params: CepstrumParams,
) -> str:
    """Return who else has the peak: two sub-bands, or two hydrophones alone."""
    sign = float(np.sign(peak.height))
    votes = {
        name: sum(_agrees(t, rated, peak.delay_s, sign, params) for t, rated in cases)
        for name, cases in judges.items()
    }
    return next((name for name, number in votes.items() if number >= 2), "")


def _agrees(
    transform: Transform, rated: FloatArray, delay_s: float, sign: float, params: CepstrumParams
) -> bool:
    """Tell whether a cepstrum has a peak of this sign at this delay."""
    reach = max(round(0.25 / transform.width_hz / transform.step_s), 1)
    at = round(delay_s / transform.step_s)
    near = sign * rated[max(at - reach, 0) : at + reach + 1]
    return len(near) > 0 and float(near.max()) >= params.half_significance
