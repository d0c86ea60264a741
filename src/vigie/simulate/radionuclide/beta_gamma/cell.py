"""A beta-gamma cell: how it answers to electrons and photons.

What it computes: energies deposited in a plastic scintillator around the gas and in a NaI(Tl)
well around that, with thresholds, full-energy peaks, Compton continuum, escape of iodine X-rays
(28.6 keV), electrons scattered back out of the plastic, and resolution. Source: the physics as
told in the field sheet; numbers of the default cell are typical of SAUNA (coincidence
efficiencies 0.5 to 0.65). Parametric: no geometry. It shares no code with the templates of
``vigie.radionuclide.noble_gas`` but the spectrum of a beta decay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]
ELECTRON_KEV = 510.99895
IODINE_K_EDGE_KEV = 33.17
IODINE_X_KEV = 28.6
"""Mean energy of the K X-ray of iodine that leaves the crystal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaGammaCell:
    """A cell and its electronics. Energies in keV."""

    channels: int = 256
    """Of both axes."""
    gamma_span_kev: float = 700.0
    beta_span_kev: float = 950.0
    gamma_gain: float = 1.0
    """True over stated gain: 1.01 is a drift of 1 % since the calibration."""
    beta_gain: float = 1.0
    peak_kev: tuple[float, ...] = (20.0, 30.0, 81.0, 164.0, 250.0, 352.0, 662.0, 1460.0, 2614.0)
    peak_efficiency: tuple[float, ...] = (0.45, 0.62, 0.76, 0.70, 0.55, 0.40, 0.20, 0.09, 0.05)
    """Of the full-energy peak, at ``peak_kev``, per photon."""
    compton_efficiency: tuple[float, ...] = (0.0, 0.01, 0.06, 0.12, 0.22, 0.30, 0.38, 0.36, 0.32)
    """Photons that leave only a part of their energy."""
    escape_fraction: float = 0.12
    """Of full-energy events at the iodine edge; falls with (edge/E)^2.5."""
    electron_efficiency: float = 0.98
    scattered_back: float = 0.08
    """Electrons that leave the plastic with a part of their energy."""
    threshold_kev: float = 25.0
    threshold_width_kev: float = 4.0
    gamma_fwhm_kev: tuple[float, float, float] = (10.0, 0.60, 8.0e-4)
    """FWHM^2 = a + b E + c E^2."""
    beta_fwhm_kev: tuple[float, float, float] = (60.0, 7.5, 0.0)

    def __post_init__(self) -> None:
        if not (len(self.peak_kev) == len(self.peak_efficiency) == len(self.compton_efficiency)):
            raise ParameterError(
                name="peak_efficiency", value=len(self.peak_efficiency), expected="one per peak_kev"
            )
        both = np.add(self.peak_efficiency, self.compton_efficiency)
        if not 0.0 < float(both.max()) <= 1.0:
            raise ParameterError(
                name="peak_efficiency", value=float(both.max()), expected="with Compton at most 1"
            )

    def efficiency(self, energy_kev: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return probability of full energy and of a part of it."""
        logs = np.log(np.maximum(energy_kev, 1.0))
        at = np.log(self.peak_kev)
        peak = np.exp(np.interp(logs, at, np.log(self.peak_efficiency)))
        return peak, np.interp(logs, at, self.compton_efficiency)

    def gamma_fwhm(self, energy_kev: FloatArray) -> FloatArray:
        """Return the FWHM of the photon detector."""
        return _fwhm(self.gamma_fwhm_kev, energy_kev)

    def beta_fwhm(self, energy_kev: FloatArray) -> FloatArray:
        """Return the FWHM of the electron detector."""
        return _fwhm(self.beta_fwhm_kev, energy_kev)


def detect_electrons(
    cell: BetaGammaCell, energy_kev: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return the energies that the electron detector measures; 0 where it saw nothing."""
    n = len(energy_kev)
    kept = energy_kev * np.where(
        rng.random(n) < cell.scattered_back, rng.triangular(0.05, 0.9, 1.0, n), 1.0
    )
    measured = kept + rng.standard_normal(n) * cell.beta_fwhm(kept) / 2.3548
    over = 1.0 / (1.0 + np.exp(-(measured - cell.threshold_kev) / cell.threshold_width_kev))
    seen = (energy_kev > 0.0) & (rng.random(n) < over * cell.electron_efficiency)
    return np.where(seen, np.maximum(measured, 0.0), 0.0)


def detect_photons(
    cell: BetaGammaCell, photons_kev: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return the energy that the photon detector measures of each decay, shape (n,).

    Parameters
    ----------
    photons_kev : ndarray, shape (n, m)
        Photons of each decay; 0 where there is none.
    """
    deposit = np.zeros(len(photons_kev))
    for column in photons_kev.T:
        peak, partial = cell.efficiency(column)
        u = rng.random(len(column))
        full = u < peak
        escape = cell.escape_fraction * (IODINE_K_EDGE_KEV / np.maximum(column, 1.0)) ** 2.5
        lost = (column > IODINE_K_EDGE_KEV) & (rng.random(len(column)) < escape)
        scattered = (u >= peak) & (u < peak + partial)
        left = np.where(full, column - IODINE_X_KEV * lost, 0.0)
        left += np.where(scattered, _compton(column, rng), 0.0)
        deposit += np.where(column > 0.0, left, 0.0)
    smear = rng.standard_normal(len(deposit)) * cell.gamma_fwhm(deposit) / 2.3548
    return np.where(deposit > 0.0, np.maximum(deposit + smear, 0.0), 0.0)


def _fwhm(coefficients: tuple[float, float, float], energy_kev: FloatArray) -> FloatArray:
    a, b, c = coefficients
    return np.asarray(np.sqrt(a + b * energy_kev + c * energy_kev**2))


def _compton(energy_kev: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw the energy left by one scattering (Klein and Nishina), by rejection."""
    ratio = np.maximum(energy_kev, 1.0) / ELECTRON_KEV
    cosine = rng.uniform(-1.0, 1.0, len(ratio))
    for _ in range(4):
        other = 1.0 / (1.0 + ratio * (1.0 - cosine))
        weight = 0.5 * other**2 * (other + 1.0 / other - 1.0 + cosine**2)
        refused = rng.random(len(ratio)) > weight
        cosine = np.where(refused, rng.uniform(-1.0, 1.0, len(ratio)), cosine)
    other = 1.0 / (1.0 + ratio * (1.0 - cosine))
    return np.asarray(energy_kev * (1.0 - other))
