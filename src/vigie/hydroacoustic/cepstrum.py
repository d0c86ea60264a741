"""Bubble pulse and surface ghost in the cepstrum of an explosion's sound.

A signal x * (delta(t) + sum a_k delta(t - t_k)) has 2 a_k cos(2 pi f t_k) in ln |X(f)|^2: in its
cosine transform a bubble pulse (a > 0) is a positive peak at the bubble period, the surface ghost
(a < 0) a negative one at its delay, each of height a.

The log spectrum of each hydrophone, noise power taken off, is kept where it exceeds noise by 3 dB;
the mean over the hydrophones loses its trend (a cubic) and is tapered over the kept band, and the
cosine transform is taken with its phase at f = 0: the spectrum stands on the grid from 0 Hz. (With
the reference at the first kept bin signs turn and peaks move.) A peak's significance is its height
over the robust standard deviation of the cepstrum about it; its chance is that of the highest peak
of spectra whose bins are shuffled in blocks. A peak counts when two halves of the band, or two
hydrophones alone, have it too.

Source: Baumgardt & Freeman (DTRA-TR-02-6); Prior (2010), EGU; Bogert et al. (1963).
Assumes one source; modes and multipath also make peaks, at delays that change with range.
Accuracy as measured (simulated: 100 kg at 50 m, 4-95 Hz): bubble within 0.3 %, ghost 0.7 %; more in
``docs/methods/hydroacoustic.md``. Cost: 15 ms for three windows of 10 s at 250 Hz,
100 ms where a peak stands out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

OVERSAMPLING = 8
"""Delays per sampling interval, before the parabola."""
COARSE = 2
"""The same of shuffled spectra: their peaks are not read."""
TREND_DEGREE = 3
LEAST_HEIGHT = 0.05
"""Without noise even the tenth multiple of an echo is significant."""
BUBBLE_CELLS = 4.0
"""The same for a bubble: positive peaks at shorter delays are of modes as often."""
FAR_CELLS = 8.0
"""Inverses of the bandwidth from which a second hydrophone may confirm a delay."""
SIGMA_FACTOR = 2.6
"""Scatter of bubble periods over what noise alone does to a peak: modes move it (simulated)."""
OWN_CELLS = 1.8
"""Inverses of the bandwidth that the lobes of one peak fill to either side."""
CLOSE_CELLS = 5.0
"""Inverses of the bandwidth to either side, in the close look at the cepstrum's noise."""
CELLS = 2.0
"""Inverses of the bandwidth below which a delay is not told from the trend of the spectrum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CepstrumParams:
    """How bubble and ghost are looked for (sheet values; chances by own measurement)."""

    band_hz: tuple[float, float] = (3.0, 95.0)
    min_snr: float = 2.0
    """Power over noise of a bin that counts: 3 dB."""
    smooth_hz: float = 1.0
    """Over which power is averaged before it is compared with noise."""
    notch_hz: float = 15.0
    """Gaps up to this width are kept: the notches of a ghost lie below noise."""
    floor: float = 0.3
    """Power below this share of noise is not told apart from it."""
    delays_s: tuple[float, float] = (0.02, 2.0)
    min_bins: int = 60
    min_width_hz: float = 12.0
    """Narrower spectra resolve no delay worth the name."""
    noise_reach_s: float = 0.25
    """About a peak, in which the cepstrum's own noise is measured."""
    min_significance: float = 4.5
    half_significance: float = 2.0
    """In each half of the band, or each of two hydrophones, at the same delay."""
    max_p_value: float = 0.01
    shuffles: int = 200
    block_hz: float = 0.25
    """Blocks of bins that are shuffled whole: neighbours in a tapered spectrum hang together."""
    seed: int = 20171115


@dataclass(frozen=True, slots=True)
class CepstralPeak:
    """One delay that the spectrum repeats with."""

    delay_s: float
    sigma_s: float
    height: float
    """Amplitude of the echo in the direct wave; negative for a ghost."""
    significance: float
    """Height in standard deviations of the cepstrum about it."""
    p_value: float = 1.0
    confirmed: str = ""
    """``sub-bands``, ``hydrophones`` or empty: who else has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cepstrum:
    """Cepstrum of a signal and what stands out in it."""

    delay_s: FloatArray
    value: FloatArray
    sigma: FloatArray
    """Local standard deviation."""
    band_hz: tuple[float, float]
    """Of the bins that were kept."""
    bubble: CepstralPeak | None = None
    ghost: CepstralPeak | None = None
    strongest: CepstralPeak | None = None
    """Highest peak of either sign, significant or not."""


def cepstrum(
    signal: FloatArray, noise_psd: FloatArray, rate_hz: float, params: CepstrumParams
) -> Cepstrum | None:
    """Return the cepstrum of a signal with its bubble pulse and ghost.

    Parameters
    ----------
    signal : ndarray, shape (n, m)
        Hydrophones, aligned in time, from half a second before the onset to the end.
    noise_psd : ndarray, shape (n, k)
        Noise power of each on the frequencies of ``noise_frequencies``, unit^2/Hz, one-sided.
    rate_hz : float
    params : CepstrumParams

    Returns
    -------
    Cepstrum or None
        None where too little of the band exceeds noise.
    """
    logs, kept, freq_hz = _log_spectra(signal, noise_psd, rate_hz, params)
    if not _wide_enough(kept, freq_hz, params):
        return None
    mean = logs.mean(axis=0)
    whole = _Transform(freq_hz, kept, params)
    value = whole.of(mean)
    sigma = _local_sigma(value, whole, params)
    inside = whole.searched(params)
    stands_out = float(np.max(np.abs(value / sigma)[inside])) >= params.min_significance
    maxima = _highest_shuffled(freq_hz, kept, mean, params) if stands_out else np.full(1, np.inf)
    judges = _judges(logs, kept, freq_hz, params)
    peaks = []
    for at in _extremes(value / sigma, inside, whole):
        peak = _peak(at, value, sigma, whole)
        reached = len(maxima) - int(np.searchsorted(maxima, peak.significance))
        chance = (1.0 + reached) / (len(maxima) + 1.0)
        confirmed = _confirmed(peak, judges, params)
        peaks.append(replace(peak, p_value=chance, confirmed=confirmed))
    used = freq_hz[kept]
    out = Cepstrum(
        whole.delay_s,
        value,
        sigma,
        (float(used[0]), float(used[-1])),
        strongest=peaks[0] if peaks else None,
    )
    return _named(out, peaks, whole, params)


def noise_frequencies(rate_hz: float, window_s: float = 4.0) -> FloatArray:
    """Return the frequencies on which noise spectra are given."""
    count = round(window_s * rate_hz)
    return np.asarray(np.fft.rfftfreq(count, 1.0 / rate_hz))


class _Transform:
    """Cosine transform of a log spectrum over some of its bins, phase at f = 0."""

    def __init__(
        self,
        freq_hz: FloatArray,
        kept: NDArray[np.bool_],
        params: CepstrumParams,
        oversampling: int = OVERSAMPLING,
    ) -> None:
        used = freq_hz[kept]
        self.kept = kept
        low, high = float(used[0]), float(used[-1])
        self.width_hz = high - low
        turn = 2.0 * np.pi * (used - low) / max(self.width_hz, 1e-9)
        self.taper = 0.5 * (1.0 - np.cos(turn)) + 1e-6
        # Legendre polynomials keep the fit of the trend well conditioned.
        scaled = 2.0 * (used - low) / max(self.width_hz, 1e-9) - 1.0
        self.trend = np.polynomial.legendre.legvander(scaled, TREND_DEGREE)
        self.solve = np.linalg.pinv(self.trend)
        self.rms_hz = float(np.sqrt(np.average(used**2, weights=self.taper)))
        self.size = 2 * (len(freq_hz) - 1) * oversampling
        rate_hz = 2.0 * float(freq_hz[-1])
        self.delay_s = np.arange(self.size // 2) / (rate_hz * oversampling)
        stop = int(np.searchsorted(self.delay_s, 1.3 * params.delays_s[1]))
        self.delay_s = self.delay_s[:stop]

    def searched(self, params: CepstrumParams) -> NDArray[np.bool_]:
        """Return which delays are searched."""
        first = max(params.delays_s[0], CELLS / self.width_hz)
        return np.asarray((self.delay_s >= first) & (self.delay_s <= params.delays_s[1]))

    def of(self, log_power: FloatArray) -> FloatArray:
        """Return the cepstrum: an echo of amplitude a has the height a."""
        used = log_power[self.kept]
        flat = (used - self.trend @ (self.solve @ used)) * self.taper
        grid = np.zeros(self.size // 2 + 1)
        grid[: len(self.kept)][self.kept] = flat
        # irfft sums both sides: 2 a cos(2 pi f q) times the taper gives a after this scale.
        scaled = np.fft.irfft(grid, self.size) * self.size / (2.0 * self.taper.sum())
        return np.asarray(scaled[: len(self.delay_s)])


def _log_spectra(
    signal: FloatArray, noise_psd: FloatArray, rate_hz: float, params: CepstrumParams
) -> tuple[FloatArray, NDArray[np.bool_], FloatArray]:
    """Return ln power of each hydrophone, noise taken off, and which bins most of them keep."""
    count = signal.shape[1]
    size = 1 << (2 * count - 1).bit_length()
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate_hz), dtype=np.float64)
    power = np.abs(np.fft.rfft(signal - signal.mean(axis=1, keepdims=True), size, axis=1)) ** 2
    power *= 2.0 / (rate_hz * count)
    known_hz = np.linspace(0.0, 0.5 * rate_hz, noise_psd.shape[1])
    noise = np.array([np.interp(freq_hz, known_hz, row) for row in noise_psd])
    low, high = params.band_hz
    in_band = (freq_hz >= low) & (freq_hz <= min(high, 0.45 * rate_hz))
    # Smoothed: bins decide by the spectrum about them, not by their own luck.
    smooth = _running_mean(power, params.smooth_hz / freq_hz[1])
    above = (smooth / np.maximum(noise, 1e-300) - 1.0) >= params.min_snr
    kept = _bridged(in_band & (above.mean(axis=0) >= 0.5), params.notch_hz / freq_hz[1])
    # What noise leaves of a bin cannot be told below its own scatter.
    floor = np.maximum(params.floor * noise, 1e-4 * smooth)
    return np.log(np.maximum(power - noise, floor)), kept, freq_hz


def _running_mean(rows: FloatArray, bins: float) -> FloatArray:
    wide = max(round(bins), 1)
    return np.array([np.convolve(row, np.ones(wide) / wide, "same") for row in rows])


def _bridged(kept: NDArray[np.bool_], bins: float) -> NDArray[np.bool_]:
    """Keep short gaps too: the notches between the maxima of a ghost tell its delay."""
    at = np.flatnonzero(kept)
    out = kept.copy()
    for before, after in pairwise(at):
        if 1 < after - before <= bins:
            out[before:after] = True
    return out


def _wide_enough(kept: NDArray[np.bool_], freq_hz: FloatArray, params: CepstrumParams) -> bool:
    used = freq_hz[kept]
    if len(used) < params.min_bins:
        return False
    return float(len(used) * freq_hz[1]) >= params.min_width_hz


def _local_sigma(value: FloatArray, transform: _Transform, params: CepstrumParams) -> FloatArray:
    """Return the robust standard deviation of the cepstrum about each delay.

    The larger of a wide and a close look: modes fill short delays more than long ones.
    """
    close_s = min(CLOSE_CELLS / transform.width_hz, params.noise_reach_s)
    own_s = OWN_CELLS / transform.width_hz
    wide = _running_deviation(value, transform.delay_s, params.noise_reach_s, own_s)
    return np.maximum(wide, _running_deviation(value, transform.delay_s, close_s, own_s))


def _running_deviation(
    value: FloatArray, delay_s: FloatArray, reach_s: float, own_s: float
) -> FloatArray:
    step = float(delay_s[1] - delay_s[0])
    half = max(round(reach_s / step), 4)
    every = max(half // 8, 1)
    padded = np.pad(np.abs(value), half, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)[::every]
    # What stands in the middle has lobes of its own, which are no noise.
    apart = np.abs(np.arange(-half, half + 1)) > min(own_s / step, 0.6 * half)
    windows = windows[:, apart]
    sparse = np.median(windows, axis=1) / 0.6745
    at = np.arange(len(sparse)) * every
    return np.asarray(np.maximum(np.interp(np.arange(len(value)), at, sparse), 1e-12))


def _extremes(
    rated: FloatArray, inside: NDArray[np.bool_], transform: _Transform, count: int = 8
) -> list[int]:
    """Return the highest peaks of either sign; side lobes of higher ones are no peaks."""
    size = np.where(inside, np.abs(rated), -1.0)
    step = float(transform.delay_s[1] - transform.delay_s[0])
    half = max(round(1.5 / transform.width_hz / step), 1)
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
    transform = _Transform(freq_hz, kept, params, COARSE)
    inside = transform.searched(params)
    rng = np.random.default_rng(params.seed)
    used = mean[transform.kept]
    flat = used - transform.trend @ (transform.solve @ used)
    step_hz = transform.width_hz / max(len(used) - 1, 1)
    block = max(round(params.block_hz / step_hz), 1)
    blocks = np.array_split(flat, max(len(flat) // block, 2))
    highest = np.empty(params.shuffles)
    full = np.zeros(len(mean))
    for k in range(params.shuffles):
        order = rng.permutation(len(blocks))
        full[transform.kept] = np.concatenate([blocks[i] for i in order])
        value = transform.of(full)
        sigma = _local_sigma(value, transform, params)
        highest[k] = float(np.max(np.abs(value / sigma)[inside]))
    return np.sort(highest)


def _judges(
    logs: FloatArray,
    kept: NDArray[np.bool_],
    freq_hz: FloatArray,
    params: CepstrumParams,
) -> dict[str, list[tuple[_Transform, FloatArray]]]:
    """Return transforms and cepstra, in their sigmas, of two sub-bands and of each hydrophone."""
    rows = np.flatnonzero(kept)
    middle = rows[len(rows) // 2]
    halves = (kept & (np.arange(len(kept)) < middle), kept & (np.arange(len(kept)) >= middle))
    sources = {
        "sub-bands": [(half, logs.mean(axis=0)) for half in halves],
        "hydrophones": [(kept, row) for row in logs] if len(logs) > 1 else [],
    }
    out: dict[str, list[tuple[_Transform, FloatArray]]] = {}
    for name, pairs in sources.items():
        out[name] = []
        for bins, row in pairs:
            transform = _Transform(freq_hz, bins, params)
            value = transform.of(row)
            sigma = _local_sigma(value, transform, params)
            out[name].append((transform, value / sigma))
    return out


def _peak(at: int, value: FloatArray, sigma: FloatArray, transform: _Transform) -> CepstralPeak:
    """Return the peak at an index, read between the delays."""
    step = float(transform.delay_s[1])
    sign = float(np.sign(value[at]))
    shift, height = 0.0, float(value[at])
    if 0 < at < len(value) - 1:
        before, here, after = sign * value[at - 1 : at + 2]
        bend = before - 2.0 * here + after
        shift = float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0
        height = sign * (here - 0.25 * (before - after) * shift)
    significance = abs(height) / float(sigma[at])
    # The derivative of the cepstrum's noise over the curvature of the peak.
    error = SIGMA_FACTOR / (max(significance, 1e-9) * 2.0 * np.pi * transform.rms_hz)
    return CepstralPeak((at + shift) * step, error, height, significance)


def _confirmed(
    peak: CepstralPeak,
    judges: dict[str, list[tuple[_Transform, FloatArray]]],
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
    transform: _Transform, rated: FloatArray, delay_s: float, sign: float, params: CepstrumParams
) -> bool:
    """Tell whether a cepstrum has a peak of this sign at this delay."""
    step = float(transform.delay_s[1])
    reach = max(round(0.25 / transform.width_hz / step), 1)
    at = round(delay_s / step)
    near = sign * rated[max(at - reach, 0) : at + reach + 1]
    return len(near) > 0 and float(near.max()) >= params.half_significance


def _named(
    found: Cepstrum, peaks: list[CepstralPeak], transform: _Transform, params: CepstrumParams
) -> Cepstrum:
    """Name the bubble pulse and the ghost among the peaks.

    All hydrophones of a triplet share the modes, which fill short delays but differ from sub-band
    to sub-band: there only sub-bands confirm.
    """
    far_s = FAR_CELLS / transform.width_hz
    sure = [
        p
        for p in sorted(peaks, key=lambda p: -abs(p.height))
        if abs(p.height) >= LEAST_HEIGHT
        and p.significance >= params.min_significance
        and p.p_value <= params.max_p_value
        and (p.confirmed == "sub-bands" or (p.confirmed and p.delay_s >= far_s))
    ]
    least_s = BUBBLE_CELLS / transform.width_hz
    bubble = next((p for p in sure if p.height > 0.0 and p.delay_s >= least_s), None)
    resolution_s = 1.5 / transform.width_hz
    ghosts = [p for p in sure if p.height < 0.0 and not _multiple(p, bubble, resolution_s)]
    ghost = ghosts[0] if ghosts else None
    return Cepstrum(
        found.delay_s, found.value, found.sigma, found.band_hz, bubble, ghost, found.strongest
    )


def _multiple(peak: CepstralPeak, bubble: CepstralPeak | None, resolution_s: float) -> bool:
    """Tell whether a negative peak is what ln(1 + a e) makes of a bubble at twice its delay."""
    if bubble is None:
        return False
    return abs(peak.delay_s - 2.0 * bubble.delay_s) < resolution_s
