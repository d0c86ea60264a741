"""Standard errors of the slowness of f-k windows, all windows at once.

Noise term: information on one element's time 2 sum w^2 SNR N SNR/(1 + N SNR), the sum weighted by
the beam's spectrum, as for single signals (``slowness_errors``); timing term: residual delays of
the elements against the beam of the others, less a plane, with a prior. Together
Cov(s) = (1/I + sigma_t^2) (Y'Y)^-1, Y the centred offsets of the elements that took part. A window
that noise makes with chance p knows nothing of the azimuth with that chance.

Sources: Knapp & Carter (1976), IEEE Trans. ASSP 24, 320-327; Szuberla & Olson (2004), JASA 115,
253-258. Assumes one wave, and no other lobe of the array as likely. Accuracy:
``docs/methods/fk.md``. Cost: that of two beams per window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.signal.array_spectra import Spectra

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

UNKNOWN_DEG = 180.0 / 3.0**0.5
"""Standard error of an azimuth of which nothing is known."""
TIMING_DOF = 4.0
"""Weight of the prior of timing errors, in residuals (as ``slowness.SlownessParams``)."""
LEAST_INFORMATION = 1e-12
LEAST_IN_STEP = 1e-6
"""Share of the cross-spectrum with the others that must be real for a delay of an element."""


@dataclass(frozen=True, slots=True, eq=False)
class SlownessErrors:
    """Standard errors of each window, as columns of shape (windows,)."""

    azimuth_deg: FloatArray
    """At most that of an azimuth of which nothing is known."""
    slowness_s_per_km: FloatArray
    """Of its size."""


def slowness_errors(
    spectra: Spectra, offsets_km: FloatArray, slowness_s_per_km: FloatArray, timing_sigma_s: float
) -> SlownessErrors:
    """Return the standard errors of azimuth and slowness of each window.

    Parameters
    ----------
    spectra : Spectra
    offsets_km : ndarray, shape (n, 2)
    slowness_s_per_km : ndarray, shape (windows, 2)
        As measured.
    timing_sigma_s : float
        Prior standard error of the time of one element about a plane wave.
    """
    there = spectra.present.astype(np.float64)
    number = np.maximum(there.sum(axis=1), 1.0)
    centre = there @ offsets_km / number[:, None]
    centred = (offsets_km[None] - centre[:, None]) * there[:, :, None]
    delays = slowness_s_per_km @ offsets_km.T
    omega = 2.0 * np.pi * spectra.freq_hz
    steered = spectra.values * np.exp(1j * delays[:, :, None] * omega)
    information = _information(steered, omega, number, spectra.independent_bins)
    timing2 = _timing_variance(steered, omega, (centred, there), 1.0 / information, timing_sigma_s)
    inverse = np.linalg.pinv(np.einsum("wni,wnj->wij", centred, centred))
    covariance = (1.0 / information + timing2)[:, None, None] * inverse
    size = np.maximum(np.hypot(*slowness_s_per_km.T), 1e-9)
    along = slowness_s_per_km / size[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    turn = np.sqrt(np.einsum("wi,wij,wj->w", across, covariance, across)) / size
    change = np.sqrt(np.einsum("wi,wij,wj->w", along, covariance, along))
    known = number >= 3.0
    return SlownessErrors(
        np.where(known, np.minimum(np.degrees(turn), UNKNOWN_DEG), np.nan),
        np.where(known, change, np.nan),
    )


def with_chance(errors: SlownessErrors, p_value: FloatArray, max_s_per_km: float) -> SlownessErrors:
    """Return errors that hold the chance that a window is noise: it may then be any wave.

    Parameters
    ----------
    errors : SlownessErrors
    p_value : ndarray, shape (windows,)
        NaN where it is not known.
    max_s_per_km : float
        Half width of the square that was searched.
    """
    chance = np.nan_to_num(np.clip(p_value, 0.0, 1.0), nan=1.0)

    def mixed(sigma: FloatArray, unknown: float) -> FloatArray:
        wide = np.minimum(sigma, unknown)
        return np.asarray(np.sqrt((1.0 - chance) * wide**2 + chance * unknown**2))

    return SlownessErrors(
        mixed(errors.azimuth_deg, UNKNOWN_DEG),
        mixed(errors.slowness_s_per_km, max_s_per_km),
    )


def _levels(steered: ComplexArray, number: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return signal and residual power per element and bin of each window."""
    mean = np.sum(np.abs(steered) ** 2, axis=(1, 2)) / (number * steered.shape[2])
    beam = np.mean(np.abs(steered.sum(axis=1)) ** 2, axis=1) / number**2
    residual = np.maximum((mean - beam) * number / np.maximum(number - 1.0, 1.0), 1e-12 * mean)
    return np.maximum(beam - residual / number, 0.0), np.maximum(residual, 1e-300)


def _information(
    steered: ComplexArray, omega: FloatArray, number: FloatArray, independent: float
) -> FloatArray:
    """Return the information on one element's time, 1/s^2."""
    signal, residual = _levels(steered, number)
    snr = signal / residual
    beam = np.abs(steered.sum(axis=1)) ** 2 / number[:, None] ** 2
    # Not cut at zero bin by bin: noise would then add up to information.
    moving = np.maximum((beam - (residual / number)[:, None]) @ omega**2, 0.0)
    scale = 2.0 * independent / len(omega)
    found = scale * moving / residual * number * snr / (1.0 + number * snr)
    return np.asarray(np.maximum(found, LEAST_INFORMATION))


def _timing_variance(
    steered: ComplexArray,
    omega: FloatArray,
    places: tuple[FloatArray, FloatArray],
    noise_variance: FloatArray,
    prior_s: float,
) -> FloatArray:
    """Return the variance of timing errors: of a prior, and of the delays that no plane explains.

    ``places`` are centred offsets, shape (windows, n, 2), and which elements took part.
    """
    centred, there = places
    number = np.maximum(there.sum(axis=1, keepdims=True), 2.0)
    others = (steered.sum(axis=1, keepdims=True) - steered) / (number - 1.0)[:, :, None]
    cross = steered * others.conj()
    up = -cross.imag @ omega
    down = np.maximum(cross.real, 0.0) @ omega**2
    # An element out of step with the others has no delay: its time is not bounded by them.
    least = LEAST_IN_STEP * (np.abs(cross) @ omega**2)
    delays = np.where(down > least, up / np.maximum(down, least + 1e-300), 0.0)
    delays *= (number - 1.0) / number
    design = np.concatenate([there[:, :, None], centred], axis=2)
    plane = design @ (np.linalg.pinv(design) @ (delays * there)[:, :, None])
    left = np.sum((delays * there - plane[:, :, 0]) ** 2, axis=1)
    spare = np.maximum(number[:, 0] - 3.0, 0.0)
    excess = np.maximum(left - spare * noise_variance, 0.0)
    return np.asarray((TIMING_DOF * prior_s**2 + excess) / (TIMING_DOF + spare))
