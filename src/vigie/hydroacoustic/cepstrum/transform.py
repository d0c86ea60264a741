"""Cosine transform of a log spectrum, and the noise of a cepstrum about each delay.

The transform keeps its phase at f = 0: the spectrum stands on the grid from 0 Hz. (With the
reference at the first kept bin signs turn and peaks move.) An echo of amplitude a in the direct
wave has the height a. It is analytic: where an echo is neither of the sign of the direct wave nor
reversed, real and imaginary part share its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.params import CepstrumParams

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

OVERSAMPLING = 8
"""Delays per sampling interval, before the parabola."""
COARSE = 2
"""The same of shuffled spectra: their peaks are not read."""
TREND_DEGREE = 3
OWN_CELLS = 1.8
"""Inverses of the bandwidth that the lobes of one peak fill to either side."""
CLOSE_CELLS = 5.0
"""Inverses of the bandwidth to either side, in the close look at the cepstrum's noise."""
CELLS = 2.0
"""Inverses of the bandwidth below which a delay is not told from the trend of the spectrum."""


class Transform:
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
        self.delay_s = delays_s(rate_hz * oversampling, self.size // 2, params)

    @property
    def step_s(self) -> float:
        """Between delays."""
        return float(self.delay_s[1])

    def searched(self, params: CepstrumParams) -> NDArray[np.bool_]:
        """Return which delays are searched."""
        first = max(params.delays_s[0], CELLS / self.width_hz)
        return np.asarray((self.delay_s >= first) & (self.delay_s <= params.delays_s[1]))

    def flat(self, log_power: FloatArray) -> FloatArray:
        """Return the kept bins without their trend."""
        used = log_power[self.kept]
        return np.asarray(used - self.trend @ (self.solve @ used))

    def of(self, log_power: FloatArray) -> FloatArray:
        """Return the cepstrum: an echo of amplitude a has the height a."""
        grid = np.zeros(self.size // 2 + 1)
        grid[: len(self.kept)][self.kept] = self.flat(log_power) * self.taper
        # irfft sums both sides: 2 a cos(2 pi f q) times the taper gives a after this scale.
        scaled = np.fft.irfft(grid, self.size) * self.size / (2.0 * self.taper.sum())
        return np.asarray(scaled[: len(self.delay_s)])


def delays_s(per_s: float, most: int, params: CepstrumParams) -> FloatArray:
    """Return the delays of a cepstrum, to somewhat beyond those that are searched."""
    stop = min(int(1.3 * params.delays_s[1] * per_s) + 1, most)
    return np.arange(stop) / per_s


def local_sigma(value: FloatArray, transform: Transform, params: CepstrumParams) -> FloatArray:
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


def between(values: FloatArray, at: int) -> tuple[float, float]:
    """Return by how much a maximum lies beside its index, and its height (parabola)."""
    if not 0 < at < len(values) - 1:
        return 0.0, float(values[at])
    before, here, after = (float(v) for v in values[at - 1 : at + 2])
    bend = before - 2.0 * here + after
    shift = float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0
    return shift, here - 0.25 * (before - after) * shift
