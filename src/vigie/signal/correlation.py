"""Delay between two records of alike sources at one station, by cross-correlation.

The delay is where the normalized cross-correlation is largest, refined between samples by
band-limited interpolation (the correlation is oversampled by zero-padding its spectrum, then
a parabola through three points). Its standard error is the Cramer-Rao bound for a common
signal in independent noise of equal strength (Carter 1987, Proc. IEEE 75, 236-255),

    s^2 = (1 - c^2) / (8 pi^2 c^2 T B f^2),

with c the correlation coefficient, T the length of the window, B the equivalent width and
f the root-mean-square frequency of the common spectrum. It holds for records filtered to the
band of the signal and while no side lobe is taken for the peak, c above about 0.7.

Accuracy as measured (tests): noise-free Ricker pulses to 0.005 samples; in noise, filtered to
1-6 Hz, the scatter of 300 delays is 0.84 to 0.93 times the stated error for c from 0.997 to
0.77, and 3 times at c = 0.60, where cycles are skipped. Cost: 0.3 ms for two windows of
120 samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FloatArray = NDArray[np.float64]

OVERSAMPLING = 8
"""Points of the interpolated correlation per sample, before the parabola."""
MIN_SIGMA_SAMPLES = 0.01
"""Floor of the standard error: clocks and filters are not better than that."""


@dataclass(frozen=True, slots=True)
class Delay:
    """By how much the second record is later than the first."""

    delay_s: float
    sigma_s: float
    """One standard error; infinite where the records do not correlate."""
    coefficient: float
    """Normalized correlation at the delay, -1 to 1."""


def correlation_delay(
    first: ArrayLike, second: ArrayLike, rate_hz: float, *, max_lag_s: float
) -> Delay:
    """Return the delay of the second record against the first.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Filtered records of equal length and rate; their first samples count as simultaneous.
    rate_hz : float
        Sampling rate.
    max_lag_s : float
        Largest delay, either way, that is looked for.

    Returns
    -------
    Delay
        Delay, its standard error and the correlation coefficient.

    Raises
    ------
    ParameterError
        The records differ in length, are shorter than 8 samples, or hold nothing.

    Examples
    --------
    >>> t = np.arange(400) / 40.0
    >>> pulse = np.exp(-((t - 5.0) / 0.3) ** 2) * np.cos(12.0 * (t - 5.0))
    >>> later = np.exp(-((t - 5.21) / 0.3) ** 2) * np.cos(12.0 * (t - 5.21))
    >>> round(correlation_delay(pulse, later, 40.0, max_lag_s=1.0).delay_s, 3)
    0.21
    """
    a, b = _checked(first, second)
    n = len(a)
    n_fft = 1 << (2 * n - 1).bit_length()
    spectrum_a, spectrum_b = np.fft.rfft(a, n_fft), np.fft.rfft(b, n_fft)
    correlation = _oversampled(np.conj(spectrum_a) * spectrum_b, n_fft)
    correlation /= np.linalg.norm(a) * np.linalg.norm(b)
    step_s = 1.0 / (rate_hz * OVERSAMPLING)
    n_lags = min(round(max_lag_s / step_s), (n - 1) * OVERSAMPLING)
    lags = np.arange(-n_lags, n_lags + 1)
    values = correlation[lags]
    peak = int(np.argmax(values))
    offset, coefficient = _parabola(values, peak)
    return Delay(
        float((lags[peak] + offset) * step_s),
        _sigma_s(coefficient, spectrum_a * np.conj(spectrum_b), rate_hz, n, n_fft),
        coefficient,
    )


def _checked(first: ArrayLike, second: ArrayLike) -> tuple[FloatArray, FloatArray]:
    a = np.asarray(first, dtype=np.float64)
    b = np.asarray(second, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape or len(a) < 8:
        raise ParameterError(
            name="first, second",
            value=f"shapes {a.shape} and {b.shape}",
            expected="two rows of equal length, at least 8 samples",
        )
    a, b = a - a.mean(), b - b.mean()
    if not (np.isfinite(a).all() and np.isfinite(b).all() and a.any() and b.any()):
        raise ParameterError(
            name="first, second", value="samples", expected="finite and not all equal"
        )
    return a, b


def _oversampled(cross: NDArray[np.complex128], n_fft: int) -> FloatArray:
    """Return the correlation at lags in units of 1 / OVERSAMPLING sample; negative at the end."""
    n_fine = n_fft * OVERSAMPLING
    padded = np.zeros(n_fine // 2 + 1, dtype=np.complex128)
    padded[: len(cross)] = cross
    fine: FloatArray = np.fft.irfft(padded, n_fine) * OVERSAMPLING
    return fine


def _parabola(values: FloatArray, peak: int) -> tuple[float, float]:
    """Return the fraction of a step from the largest value to the top, and the top's height."""
    if not 0 < peak < len(values) - 1:
        return 0.0, float(np.clip(values[peak], -1.0, 1.0))
    left, middle, right = values[peak - 1 : peak + 2]
    bend = left - 2.0 * middle + right
    offset = 0.0 if bend == 0.0 else 0.5 * (left - right) / bend
    top = middle - 0.25 * (left - right) * offset
    return float(offset), float(np.clip(top, -1.0, 1.0))


def _sigma_s(
    coefficient: float, cross: NDArray[np.complex128], rate_hz: float, n: int, n_fft: int
) -> float:
    if coefficient <= 0.0:
        return float("inf")
    power = np.abs(cross)
    freq_hz = np.fft.rfftfreq(n_fft, 1.0 / rate_hz)
    total = float(power.sum())
    mean_square_hz2 = float((power * freq_hz**2).sum()) / total
    width_hz = total**2 / float((power**2).sum()) * float(freq_hz[1])
    floor_s = MIN_SIGMA_SAMPLES / rate_hz
    noise = max(1.0 - coefficient**2, 0.0) / coefficient**2
    variance = noise / (8.0 * np.pi**2 * (n / rate_hz) * width_hz * mean_square_hz2)
    return float(np.hypot(np.sqrt(variance), floor_s))
