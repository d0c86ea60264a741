"""Sub-bands of a signal at an array, and the likelihood of a plane wave in them.

Each sub-band g has its own unknown noise level. Integrated over noise level and signal spectrum,
the log likelihood of slowness s is L(s) = -sum_g lambda_g K_g (N-1) log(1 - C_g(s)), with C_g the
relative f-k power of N elements and K_g the number of independent bins.

Source: sum over bands of K N log(1 + F/(N-1)): Poste et al. (2023), GJI 232, 1099-1112.
Accuracy and cost: with the estimate, ``slowness``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.signal.array_spectra import Spectra
    from vigie.signal.fk_params import SlownessGrid
    from vigie.signal.slowness import SlownessParams

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class SubBand:
    """Coefficients of one sub-band of elements that have unit energy each."""

    values: ComplexArray
    """Shape (n, bins)."""
    omega: FloatArray
    bins: float
    """Independent bins K."""


def sub_bands(spectra: Spectra, params: SlownessParams) -> list[SubBand]:
    """Divide a band; elements get unit energy."""
    values = spectra.values[0]
    level = np.sqrt(np.mean(np.abs(values) ** 2, axis=1, keepdims=True))
    unit = values / np.maximum(level, 1e-300)
    total = spectra.independent_bins
    number = int(np.clip(total / params.min_bins_per_subband, 1, params.max_subbands))
    number = min(number, len(spectra.freq_hz))
    parts = np.array_split(np.arange(len(spectra.freq_hz)), number)
    share = total / len(spectra.freq_hz)
    return [SubBand(unit[:, p], 2.0 * np.pi * spectra.freq_hz[p], share * len(p)) for p in parts]


def coherence_map(band: SubBand, offsets_km: FloatArray, grid: SlownessGrid) -> FloatArray:
    """Return C of a sub-band at every node, shape (nodes east, nodes north)."""
    from vigie.signal.fk_kernels import power_one

    freq_hz = band.omega / (2.0 * np.pi)
    power = power_one(band.values, freq_hz, offsets_km, grid.axis_s_per_km)
    return np.asarray(np.minimum(power / full_power(band), 1.0 - 1e-9))


def full_power(band: SubBand) -> float:
    """Return the power of a beam of elements that agree; tiny instead of 0."""
    return max(float(len(band.values) * np.sum(np.abs(band.values) ** 2)), 1e-300)


def coherence_at(band: SubBand, offsets_km: FloatArray, slowness: FloatArray) -> FloatArray:
    """Return C of a sub-band at slownesses of shape (k, 2)."""
    delays = slowness @ offsets_km.T
    steered = np.exp(1j * delays[:, :, None] * band.omega)
    beams = np.einsum("jf,kjf->kf", band.values, steered)
    return np.asarray(np.minimum(np.sum(np.abs(beams) ** 2, axis=1) / full_power(band), 1.0 - 1e-9))


def likelihood(coherence: FloatArray, weight: FloatArray) -> FloatArray:
    """Return L from the coherences of all sub-bands (first axis)."""
    return np.asarray(-np.tensordot(weight, np.log1p(-coherence), axes=1))


def levels(band: SubBand, coherence: float) -> tuple[float, float]:
    """Return signal power per element and bin, and residual power, of a sub-band."""
    number = len(band.values)
    mean = float(np.mean(np.abs(band.values) ** 2))
    residual = (1.0 - coherence) * mean * number / (number - 1)
    return max(coherence * mean - residual / number, 0.0), max(residual, 1e-12 * mean + 1e-300)


def timing_shares(bands: list[SubBand], coherence: FloatArray, timing_s: float) -> FloatArray:
    """Return the share rho of the residual of each sub-band that timing errors explain."""
    shares = []
    for band, c in zip(bands, coherence, strict=True):
        signal, residual = levels(band, float(c))
        omega2 = float(np.mean(band.omega**2))
        shares.append(min(signal * omega2 * timing_s**2 / residual, 1.0))
    return np.array(shares)
