"""Direction and speed of a wave that crosses a few hydrophones.

Delays of all pairs by cross-correlation in the band of the signal; arrival times of the elements
from them; plane wave by least squares, s = (Y'Y)^-1 Y' t, Cov(s) = sigma_e^2 (Y'Y)^-1. sigma_e is
the timing error of a hydrophone, of the delays' Cramer-Rao bound and of the clocks. For an
equilateral triangle of side L: sigma_theta = sqrt(2) sigma_e c / L.
The error of the station (moorings sway, paths bend) is kept apart and added: half a degree.

Three delays fix three unknowns: a closure that is not zero tells of noise, but a clock error turns
the azimuth unseen. It shows in the speed, and in the history of speeds (``hydrophone_faults``). A
reversed hydrophone shows in the signs of the correlations, and is turned back.

Accuracy as measured: azimuth error over stated sigma 0.98-1.03 for the eight triplets (exact
planes, 1 ms); see ``docs/methods/hydroacoustic.md``. Cost: 3 ms for three windows of 5 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.signal.correlation import correlation_delay
from vigie.signal.plane_wave import closure_rms_s, element_times, fit_plane_wave

if TYPE_CHECKING:
    from vigie.hydroacoustic.recipe import DirectionParams

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A plane wave across hydrophones."""

    azimuth_deg: float
    """To the source."""
    azimuth_sigma_deg: float
    """Of the measurement alone."""
    station_sigma_deg: float
    speed_km_s: float
    speed_sigma_km_s: float
    slowness_s_per_km: FloatArray
    """East and north; points where the wave goes."""
    times_s: FloatArray
    """Of the elements, of mean zero."""
    closure_s: float
    correlation: float
    """Mean over the pairs."""
    pair_correlations: FloatArray
    """Shape (n, n)."""
    reversed_elements: tuple[int, ...]
    """Hydrophones of the wrong sign, turned back before all else."""
    coheres: bool
    """One wave, of whatever speed."""
    plausible: bool
    """Coherent, and of the speed of sound in water."""

    @property
    def total_sigma_deg(self) -> float:
        """Standard error of the azimuth with that of the station."""
        return float(np.hypot(self.azimuth_sigma_deg, self.station_sigma_deg))


def measure_direction(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: DirectionParams
) -> Direction:
    """Measure the direction of the wave in one window.

    Parameters
    ----------
    samples : ndarray, shape (n, m), n >= 3
        Filtered to the signal's band.
    rate_hz : float
    offsets_km : ndarray, shape (n, 2)
        East and north.
    params : DirectionParams

    Raises
    ------
    ArrayGeometryError
        Fewer than three hydrophones, or in line.
    ParameterError
        A hydrophone recorded nothing.
    """
    if not np.all(np.isfinite(samples)) or not np.all(np.ptp(samples, axis=1) > 0.0):
        raise ParameterError(
            name="samples", value="nothing or NaN", expected="a signal at every hydrophone"
        )
    signs = element_signs(samples, rate_hz, offsets_km, params)
    delays, sigmas, correlations = _delays(samples * signs[:, None], rate_hz, offsets_km, params)
    pairs = np.triu_indices(len(samples), 1)
    # Incoherent pairs have no error that could be stated: half the crossing time.
    widest = float(np.max(_longest_s(offsets_km, params)))
    pair_sigma_s = float(np.sqrt(np.mean(np.minimum(sigmas[pairs], widest) ** 2)))
    closure_s = closure_rms_s(delays)
    # Three independent delays close with sqrt(3) of their error, which two elements share.
    spread_s = max(pair_sigma_s, closure_s / 3.0**0.5)
    sigma_e = float(np.hypot(params.timing_sigma_s, spread_s / 2.0**0.5))
    times = element_times(delays)
    fit = fit_plane_wave(offsets_km, times, sigma_s=sigma_e)
    azimuth_sigma, speed_sigma = _errors(fit.slowness_s_per_km, fit.covariance)
    speed = 1.0 / max(float(np.hypot(*fit.slowness_s_per_km)), 1e-6)
    correlation = float(np.mean(correlations[pairs]))
    coheres = (
        closure_s <= params.max_closure_s + CLOSED * pair_sigma_s
        and correlation >= _noise_correlation(samples, rate_hz, params)
    )
    plausible = (
        coheres and _crosses_as_sound(speed, speed_sigma, params) and azimuth_sigma < VAGUE_DEG
    )
    return Direction(
        fit.azimuth_deg,
        azimuth_sigma,
        params.station_sigma_deg,
        speed,
        speed_sigma,
        fit.slowness_s_per_km,
        times,
        closure_s,
        correlation,
        correlations,
        tuple(np.flatnonzero(signs < 0.0).tolist()),
        coheres,
        plausible,
    )


def _crosses_as_sound(speed: float, sigma: float, params: DirectionParams) -> bool:
    slow, fast = params.speed_km_s
    return slow - 2.0 * sigma <= speed <= fast + 2.0 * sigma


def _noise_correlation(samples: FloatArray, rate_hz: float, params: DirectionParams) -> float:
    """Return a mean correlation over the pairs that noise of this length and width stays below.

    The correlation of noise has the deviation 1 / sqrt(2 B T); the largest over the lags stays
    below four and a half of those.
    """
    power = np.sum(np.abs(np.fft.rfft(samples, axis=1)) ** 2, axis=0)
    width_hz = float(np.sum(power) ** 2 / np.sum(power**2)) * rate_hz / samples.shape[1]
    cells = 2.0 * width_hz * samples.shape[1] / rate_hz
    return max(params.min_correlation, 4.5 / float(np.sqrt(cells)))


def azimuth_of_times(
    offsets_km: FloatArray, times_s: FloatArray, sigma_s: float
) -> tuple[float, float, float, float]:
    """Return azimuth (deg), its sigma, speed (km/s) and its sigma from arrival times.

    Parameters
    ----------
    offsets_km : ndarray, shape (n, 2)
    times_s : ndarray, shape (n,)
    sigma_s : float
        Timing error of one hydrophone.
    """
    fit = fit_plane_wave(offsets_km, times_s, sigma_s=sigma_s)
    sigma_deg, sigma_km_s = _errors(fit.slowness_s_per_km, fit.covariance)
    return fit.azimuth_deg, sigma_deg, 1.0 / float(np.hypot(*fit.slowness_s_per_km)), sigma_km_s


def _errors(slowness: FloatArray, covariance: FloatArray) -> tuple[float, float]:
    """Return the standard errors of azimuth (deg) and speed (km/s)."""
    size = max(float(np.hypot(*slowness)), 1e-6)
    along = slowness / size
    across = np.array([-along[1], along[0]])
    azimuth = float(np.sqrt(across @ covariance @ across)) / size
    speed = float(np.sqrt(along @ covariance @ along)) / size**2
    return min(float(np.degrees(azimuth)), 180.0), speed


def element_signs(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: DirectionParams
) -> FloatArray:
    """Return +1 or -1 for each hydrophone: -1 where its pairs are reversed and the others not.

    Two signs can be told only up to a common one: the one that fewer hydrophones have is wrong.
    """
    number = len(samples)
    votes = np.zeros((number, number))
    for i, j in combinations(range(number), 2):
        longest = _longest_s(offsets_km, params)[i, j]
        plus = correlation_delay(samples[i], samples[j], rate_hz, max_lag_s=longest).coefficient
        minus = correlation_delay(samples[i], -samples[j], rate_hz, max_lag_s=longest).coefficient
        if max(plus, minus) >= SIGN_CORRELATION and abs(plus - minus) > SIGN_MARGIN:
            votes[i, j] = votes[j, i] = 1.0 if plus > minus else -1.0
    against = (votes < 0.0).sum(axis=1)
    signs = np.ones(number)
    for k in range(number):
        others = np.delete(np.delete(votes, k, 0), k, 1)[np.triu_indices(number - 1, 1)]
        # All its pairs are reversed, none of the others is.
        if against[k] == number - 1 and np.all(others >= 0.0) and np.any(others > 0.0):
            signs[k] = -1.0
    return signs


VAGUE_DEG = 45.0
"""Azimuths with larger errors are none."""
CLOSED = 4.0
"""Errors of a pair up to which one wave's delays close."""
SIGN_CORRELATION = 0.4
"""From which a pair may vote on signs ..."""
SIGN_MARGIN = 0.08
"""... and by how much one sign must correlate better: lobes of narrow bands are nearly equal."""


def _longest_s(offsets_km: FloatArray, params: DirectionParams) -> FloatArray:
    """Return the longest possible delay of each pair, shape (n, n)."""
    apart = np.linalg.norm(offsets_km[:, None] - offsets_km[None], axis=2)
    return np.asarray(apart / params.speed_km_s[0] + 0.05)


def _delays(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: DirectionParams
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return delays, their errors and correlations of all pairs, shape (n, n) each."""
    number = len(samples)
    delays, sigmas, correlations = (np.zeros((number, number)) for _ in range(3))
    longest = _longest_s(offsets_km, params)
    for i, j in combinations(range(number), 2):
        found = correlation_delay(samples[i], samples[j], rate_hz, max_lag_s=float(longest[i, j]))
        delays[i, j], delays[j, i] = found.delay_s, -found.delay_s
        sigmas[i, j] = sigmas[j, i] = found.sigma_s
        correlations[i, j] = correlations[j, i] = found.coefficient
    return delays, sigmas, correlations
