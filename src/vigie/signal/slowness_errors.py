"""How well a slowness is known: information in the noise, timing errors, chance coherence.

Information on one element's time is 2 sum w^2 SNR N SNR/(1 + N SNR), 1/s^2. The variance of
timing errors between elements comes from the residual delays against the plane wave (N - 3
degrees of freedom) and a prior. That noise is as coherent anywhere is told by the F tests.

Sources: noise term: Knapp & Carter (1976), IEEE Trans. ASSP 24, 320-327, for N sensors; timing
term: Szuberla & Olson (2004), JASA 115, 253-258. Accuracy and cost: ``docs/methods/fk.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.signal.fisher import fisher, maximum_p_value
from vigie.signal.subbands import SubBand, coherence_at, levels

if TYPE_CHECKING:
    from vigie.signal.slowness import SlownessParams

FloatArray = NDArray[np.float64]


def information(
    bands: list[SubBand], offsets_km: FloatArray, slowness: FloatArray, timing_s: float
) -> float:
    """Return the information on one element's time, 1/s^2: 2 sum w^2 SNR N SNR/(1 + N SNR)."""
    number = len(offsets_km)
    total = 0.0
    for band in bands:
        coherence = float(coherence_at(band, offsets_km, slowness[None])[0])
        signal, residual = levels(band, coherence)
        omega2 = float(np.mean(band.omega**2))
        # What timing errors leave over is noise; at least a tenth of it, as the prior is rough.
        noise = residual * (1.0 - min(signal * omega2 * timing_s**2 / residual, 0.9))
        snr = signal / noise
        steered = band.values * np.exp(1j * (offsets_km @ slowness)[:, None] * band.omega)
        # Not cut at zero bin by bin: noise would then add up to information.
        beam = np.abs(steered.mean(axis=0)) ** 2 - residual / number
        moving = max(float(np.sum(band.omega**2 * beam)), 0.0)
        scale = 2.0 * band.bins / len(band.omega)
        total += scale * moving / noise * number * snr / (1 + number * snr)
    return max(total, 1e-12)


def as_narrow(information: FloatArray, levels: FloatArray) -> FloatArray:
    """Return the information of each lobe, at least that which its height asks for.

    A side lobe has the shape of the main one at its own height (the array's response). By the noise
    of its own beam it may have no information; it would then outweigh all others by its width.

    Parameters
    ----------
    information : ndarray, shape (k,)
        Of each lobe by itself.
    levels : ndarray, shape (k,)
        Their log likelihood.

    Examples
    --------
    >>> as_narrow(np.array([6e5, 1e-12]), np.array([26.8, 13.4])).tolist()
    [600000.0, 300000.0]
    """
    highest = int(levels.argmax())
    share = np.maximum(levels, 0.0) / max(float(levels[highest]), 1e-300)
    return np.asarray(np.maximum(information, information[highest] * share))


def residual_delays(
    bands: list[SubBand], offsets_km: FloatArray, slowness: FloatArray
) -> FloatArray:
    """Return each element's delay against the beam of the others, less the plane fitted, s."""
    number = len(offsets_km)
    up, down = np.zeros(number), np.zeros(number)
    for band in bands:
        steered = band.values * np.exp(1j * (offsets_km @ slowness)[:, None] * band.omega)
        others = (steered.sum(axis=0) - steered) / (number - 1)
        cross = steered * others.conj()
        coherence = float(coherence_at(band, offsets_km, slowness[None])[0])
        _, residual = levels(band, coherence)
        up -= np.sum(band.omega * cross.imag, axis=1) / residual
        down += np.sum(band.omega**2 * np.maximum(cross.real, 0.0), axis=1) / residual
    delays = np.where(down > 0.0, up / np.maximum(down, 1e-300), 0.0) * (number - 1) / number
    design = np.column_stack([np.ones(number), offsets_km])
    fitted = design @ np.linalg.lstsq(design, delays, rcond=None)[0]
    return np.asarray(delays - fitted)


def timing_sigma(residuals_s: FloatArray, noise_variance: float, params: SlownessParams) -> float:
    """Combine prior and residuals: mean square with nu_0 + N - 3 degrees of freedom."""
    spare = max(len(residuals_s) - 3, 0)
    excess = max(float(residuals_s @ residuals_s) - spare * noise_variance, 0.0)
    prior = params.timing_dof * params.timing_sigma_s**2
    dof = params.timing_dof + spare
    return float(np.sqrt((prior + excess) / dof)) if dof > 0.0 else 0.0


def noise_probability(
    bands: list[SubBand], offsets: FloatArray, slowness: FloatArray, params: SlownessParams
) -> float:
    """Return the probability that noise is as coherent as this anywhere in the range searched.

    The F tests of the sub-bands are independent at one slowness and are combined by Fisher's
    method, -2 sum log p ~ chi^2(2G).
    """
    from scipy.special import betainccinv, chdtrc

    number = np.array([len(offsets)])
    logs = 0.0
    for band in bands:
        _, p_one = fisher(coherence_at(band, offsets, slowness[None]), number, band.bins)
        logs += float(np.log(max(float(p_one[0]), 1e-300)))
    p_all = float(chdtrc(2.0 * len(bands), -2.0 * logs))
    freq_hz = np.concatenate([b.omega for b in bands]) / (2.0 * np.pi)
    bins = sum(b.bins for b in bands)
    n = len(offsets)
    # The relative power that all sub-bands together would show at this probability.
    relative = float(betainccinv(bins, bins * (n - 1), min(max(p_all, 1e-300), 1.0)))
    return float(maximum_p_value(relative, n, bins, (offsets, freq_hz), params.max_s_per_km))
