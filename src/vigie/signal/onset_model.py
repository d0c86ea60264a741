"""Posterior of an onset: noise up to it, then a signal that rises in an unknown time.

The model: mean power is v before bin k, and v + s^2 g_r(i - k) in the bins i from k on. The
profile g_r is what a filter makes of a signal that grows as r says: the squared impulse response
convolved with the squared envelope. The filter's delay is thus part of the model, and so is that
of an emergent signal: r is integrated over ``GROWTHS``.

The rise is the step response of three equal poles with mean delay r, as anelasticity, sensor and
anti-alias filter make of a step: it leaves zero with the third power of time. The
first half-cycle of a real P is that small; a rise with one pole reads real P 0.15-0.25 s late.
Strong P show two things more. Before the large cycles comes a sharp beginning of some percent of
their amplitude, the *toe*; without it, strong P are read 0.06 s early. And regional and local P
are often a *pulse* that fades within 0.15 s; taken for a signal that lasts, it is read too early.

Source: ours; with a jump for g and both variances fitted it is the Akaike form of Maeda (1985).
Assumes Gaussian noise and signal. Accuracy: ``docs/methods/onset.md``. Cost: 1-18 ms per onset.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.signal.filters import filter_causal

if TYPE_CHECKING:
    from vigie.signal.filters import BandPass

FloatArray = NDArray[np.float64]


class Growth(NamedTuple):
    """How the envelope of a signal may grow."""

    rise_s: float
    """Mean delay of the three poles together."""
    toe: float = 0.0
    """Part of the amplitude that comes with the shortest rise."""
    fade_s: float = math.inf
    """Power decays with this time to the part ``CODA``."""
    weight: float = 1.0
    """Prior beside that of the rise."""


TOE_RISE_S = 0.06
TOE = 0.04
"""Mean power of 47 strong P at 11-54 deg, 0.1 to 0.2 s after the first break, is 26 to 32 dB below
its later maximum (1-5 Hz): 0.03 to 0.05 in amplitude."""
CODA = 0.03
"""Power of what follows a pulse; -15 dB, as behind local P."""
GROWTHS = (
    *(Growth(r) for r in (0.06, 0.12)),
    *(Growth(r, toe=toe, weight=0.5) for r in (0.25, 0.5, 1.0) for toe in (0.0, TOE)),
    *(Growth(r, fade_s=0.15, weight=4.0) for r in (0.03, 0.06, 0.12)),
)
"""From explosions at short distance to Sn and emergent P. Pulses have three in ten of the prior."""
LOG_PRIOR = np.array(
    [-0.5 * (math.log(g.rise_s / 0.45) / math.log(2.2)) ** 2 + math.log(g.weight) for g in GROWTHS]
)
"""Log-normal about 0.45 s, by a factor of 2.2: most P rise in a period or two of 1-4 Hz. Chosen,
with the weight of pulses, so that real P, teleseismic and regional, are read with the least bias
when weakened into real noise."""


class OnsetPosterior(NamedTuple):
    """Shape (n,) each: one value per bin in which the signal may begin."""

    probability: FloatArray
    """Sums to 1."""
    snr: FloatArray
    """Root mean square from there on over that of the noise."""


def onset_posterior(
    power: FloatArray,
    noise_power: float | None,
    independence: float,
    profiles: FloatArray,
    log_prior: FloatArray = LOG_PRIOR,
) -> OnsetPosterior:
    """Return the probability that the signal begins with each bin.

    Parameters
    ----------
    power : ndarray, shape (n,)
        Mean square of the filtered trace in bins: noise, then signal up to the end.
    noise_power : float or None
        Mean square of the noise; None where it must come from the bins before k.
    independence : float
        Independent values per bin, 2 B T; values above 1 count as 1.
    profiles : ndarray, shape (r, n)
        Growth of mean power after the onset, for each of ``GROWTHS`` (or the first of them).
    log_prior : ndarray, shape (r,)
        Of the growths.

    Notes
    -----
    ln p(k, r) = L_k - w/2 sum_{i>=k} [ln V_i + P_i / V_i], V_i = v + s^2 g_r(i - k), where s^2
    gives the bins from k on their sum of power, and w is the independence. L_k is
    -w/2 [k ln v + sum_{i<k} P_i / v]; with v unknown, integrated over under Jeffreys' prior,
    ln Gamma(a) - a ln(w E / 2), a = w k / 2, E = sum_{i<k} P_i; then v = E / k in V.
    """
    from vigie.signal._onset_kernels import signal_log_likelihood

    n = len(power)
    weight = min(independence, 1.0)
    k = np.arange(n)
    energy = np.concatenate([[0.0], np.cumsum(power)])
    noise, log_p = _noise_part(energy[:-1], noise_power, weight)
    excess = np.maximum(energy[-1] - energy[:-1] - (n - k) * noise, 0.0)
    # Fewer than two independent values fit any variance.
    allowed = ((n - k) * weight >= 2.0) & np.isfinite(log_p)
    noise = np.where(allowed, noise, 0.0)
    reach = np.cumsum(profiles[:, :n], axis=1)[:, ::-1]
    size = excess / np.maximum(reach, np.finfo(np.float64).tiny)
    rest = signal_log_likelihood(power, noise, size, np.ascontiguousarray(profiles[:, :n]))
    prior = log_prior[: len(profiles), np.newaxis]
    log_all = np.where(allowed, log_p + 0.5 * weight * rest + prior, -np.inf)
    if not allowed.any():
        log_all = np.zeros((1, n))
    probability = np.exp(log_all - log_all.max()).sum(axis=0)
    ratio = np.divide(excess, (n - k) * noise, out=np.zeros(n), where=noise > 0.0)
    return OnsetPosterior(probability / probability.sum(), np.sqrt(1.0 + ratio))


def _noise_part(
    before: FloatArray, noise_power: float | None, weight: float
) -> tuple[FloatArray, FloatArray]:
    """Noise power that goes with each k, and log likelihood of the bins before it."""
    k = np.arange(len(before))
    if noise_power is not None:
        log_p = -0.5 * weight * (k * np.log(noise_power) + before / noise_power)
        return np.full(len(k), noise_power), log_p
    from scipy.special import gammaln

    usable = (k * weight >= 2.0) & (before > 0.0)
    energy, a = np.where(usable, before, 1.0), 0.5 * weight * np.maximum(k, 1)
    log_p = gammaln(a) - a * np.log(0.5 * weight * energy)
    return energy / np.maximum(k, 1), np.where(usable, log_p, -np.inf)


@lru_cache(maxsize=64)
def growth_profiles(band: BandPass, rate_hz: float, n: int) -> FloatArray:
    """Return how mean power grows after an onset, for each of ``GROWTHS``.

    Parameters
    ----------
    band : BandPass
        Causal filter of the trace.
    rate_hz : float
        Samples per second.
    n : int
        Samples.

    Returns
    -------
    ndarray, shape (len(GROWTHS), n)
        From near 0 to near 1, or for a pulse below.
    """
    impulse = np.zeros(n + 1)
    # The filter rests on the first sample, so the impulse is the second.
    impulse[1] = 1.0
    response = filter_causal(impulse, rate_hz, band)[1:] ** 2
    response /= response.sum()
    t = np.asarray((np.arange(n) + 0.5) / rate_hz, dtype=np.float64)
    return np.array([np.convolve(response, growth_power(t, g))[:n] for g in GROWTHS])


def growth_power(t_s: FloatArray, growth: Growth) -> FloatArray:
    """Return the power of an envelope, as part of the largest, at times from the onset on.

    Examples
    --------
    >>> growth_power(np.array([0.0, 0.2, 5.0]), Growth(0.03, fade_s=0.15)).round(2).tolist()
    [0.0, 0.29, 0.03]
    """
    amplitude = (1.0 - growth.toe) * rise(t_s, growth.rise_s)
    if growth.toe:
        amplitude = amplitude + growth.toe * rise(t_s, TOE_RISE_S)
    return np.asarray(amplitude**2 * ((1.0 - CODA) * np.exp(-t_s / growth.fade_s) + CODA))


def rise(t_s: FloatArray, rise_s: float) -> FloatArray:
    """Return how the amplitude of a signal rises: the step response of three equal poles.

    Parameters
    ----------
    t_s : ndarray
        Time since the onset, from 0.
    rise_s : float
        Mean delay of the three poles together.

    Notes
    -----
    1 - (1 + x + x^2/2) e^-x with x = 3 t / r; the mean delay is that of the Erlang law.

    Examples
    --------
    >>> rise(np.array([0.0, 0.3, 3.0]), 0.3).round(2).tolist()
    [0.0, 0.58, 1.0]
    """
    x = 3.0 * t_s / rise_s
    return np.asarray(1.0 - (1.0 + x + 0.5 * x**2) * np.exp(-x))
