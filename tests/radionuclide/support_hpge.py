"""HPGe spectra with exact truth, made otherwise than the fit models them.

Peaks: two exponential tails whose lengths and fractions follow laws of their own in the energy, or
a Gaussian with a wider one displaced beside it, or a Voigt profile; each with a step that decays
to the left. Continuum: two exponentials times a smooth cut-off, Compton shelves with rounded edges
and a rising end, broad backscatter bumps, and steps of pile-up. Nothing here is the code of the
package; numbers are of the size found in spectra of air filters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc, voigt_profile
from scipy.stats import exponnorm, norm

from vigie.records import Calibration, CalibrationPoint, Spectrum

FloatArray = NDArray[np.float64]

ELECTRON_KEV = 510.999


@dataclass(frozen=True)
class Detector:
    """What a simulated detector does to a line."""

    n_channels: int = 8192
    gain_kev: float = 0.3634
    zero_kev: float = -0.21
    curvature_kev: float = 2e-8
    noise_kev2: float = 0.55
    """FWHM^2 = noise + slope E + square E^2, keV^2."""
    slope_kev: float = 1.75e-3
    square: float = 1.2e-7
    shape: str = "tails"
    """``tails``, ``shoulder``, ``voigt`` or ``gauss``."""
    tail: float = 0.08
    """Fraction in the short tail at 1332 keV."""
    step: float = 2.5e-3
    """Height of the step over that of the peak."""

    def energy(self, channel: FloatArray | float) -> FloatArray:
        """Return the energy at a place of the channel axis."""
        c = np.asarray(channel, dtype=float)
        return np.asarray(self.zero_kev + self.gain_kev * c + self.curvature_kev * c * c)

    def place(self, energy_kev: FloatArray | float) -> FloatArray:
        """Return the place on the channel axis of an energy."""
        e = np.asarray(energy_kev, dtype=float) - self.zero_kev
        c = e / self.gain_kev
        for _ in range(4):
            c = (e - self.curvature_kev * c * c) / self.gain_kev
        return c

    def fwhm_kev(self, energy_kev: FloatArray | float) -> FloatArray:
        """Return the FWHM of the Gaussian part."""
        e = np.asarray(energy_kev, dtype=float)
        return np.asarray(np.sqrt(self.noise_kev2 + self.slope_kev * e + self.square * e * e))

    @property
    def edges_kev(self) -> FloatArray:
        """Return the energies between which the channels lie."""
        return self.energy(np.arange(self.n_channels + 1, dtype=np.float64) - 0.5)


def line(detector: Detector, energy_kev: float) -> FloatArray:
    """Return the expected counts of a line of one count in its peak, step included."""
    edges = detector.edges_kev
    sigma = float(detector.fwhm_kev(energy_kev)) / 2.3548
    # Tails are gone 80 sigma away; the laws are slow to compute.
    near = slice(*np.searchsorted(edges, (energy_kev - 80.0 * sigma, energy_kev + 45.0 * sigma)))
    cdf = np.where(edges > energy_kev, 1.0, 0.0)
    cdf[near] = _distribution(detector, edges[near], energy_kev, sigma)
    middle = 0.5 * (edges[1:] + edges[:-1])
    height = detector.step * detector.gain_kev / (sigma * np.sqrt(2.0 * np.pi))
    fall = np.exp(np.minimum(middle - energy_kev, 0.0) / 60.0)
    step = 0.5 * height * erfc((middle - energy_kev) / (sigma * np.sqrt(2.0))) * fall
    return np.asarray(np.diff(cdf) + step)


def _distribution(detector: Detector, e: FloatArray, mu: float, sigma: float) -> FloatArray:
    gauss = norm.cdf(e, mu, sigma)
    if detector.shape == "gauss":
        return np.asarray(gauss)
    if detector.shape == "shoulder":
        share = 0.6 * detector.tail * np.sqrt(mu / 1332.0)
        wide = norm.cdf(e, mu - 0.9 * sigma, 1.7 * sigma)
        return np.asarray((1.0 - share) * gauss + share * wide)
    if detector.shape == "voigt":
        fine = np.linspace(mu - 40.0 * sigma, mu + 40.0 * sigma, 4001)
        density = voigt_profile(fine - mu, sigma, 0.035 * sigma)
        total = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
        return np.asarray(np.interp(e, fine, total / total[-1]))
    short = detector.tail * (0.4 + 0.6 * mu / 1332.0)
    long = 0.12 * detector.tail
    first, second = (0.8 + 0.5 * mu / 1332.0) * sigma, 0.7 + 2.6 * sigma
    left = 1.0 - exponnorm.cdf(-e, first / sigma, loc=-mu, scale=sigma)
    far = 1.0 - exponnorm.cdf(-e, second / sigma, loc=-mu, scale=sigma)
    return np.asarray((1.0 - short - long) * gauss + short * left + long * far)


def shelf(detector: Detector, energy_kev: float) -> FloatArray:
    """Return the Compton continuum of a line: shelf, rising end, edge, and what lies beyond it."""
    edges = detector.edges_kev
    e = 0.5 * (edges[1:] + edges[:-1])
    edge = energy_kev * (1.0 - 1.0 / (1.0 + 2.0 * energy_kev / ELECTRON_KEV))
    width = 1.6 + 0.004 * edge
    below = 0.5 * erfc((e - edge) / (width * np.sqrt(2.0)))
    rise = 1.0 + 0.6 * np.exp((np.minimum(e, edge) - edge) / (0.12 * edge + 5.0))
    valley = 0.12 * 0.5 * erfc((e - energy_kev) / (width * np.sqrt(2.0)))
    back = energy_kev / (1.0 + 2.0 * energy_kev / ELECTRON_KEV)
    bump = 0.5 * np.exp(-0.5 * ((e - back) / 14.0) ** 2)
    return np.asarray((below * rise + valley + bump) * np.diff(edges) / energy_kev)


def continuum(
    detector: Detector, counts: float, lines: list[tuple[float, float]], cutoff_kev: float = 75.0
) -> FloatArray:
    """Return a smooth continuum of so many counts, plus the shelves of lines (energy, area)."""
    edges = detector.edges_kev
    e = np.maximum(0.5 * (edges[1:] + edges[:-1]), 1.0)
    smooth = np.exp(-e / 230.0) + 0.05 * np.exp(-e / 950.0) + 4e-4
    smooth *= (1.0 / (1.0 + (cutoff_kev / e) ** 3.0)) * (e > 12.0) * (edges[1:] < 2950.0)
    out = counts * smooth / smooth.sum()
    for energy_kev, area in lines:
        out = out + 2.5 * area * shelf(detector, energy_kev)
        # Two photons at once: a step that ends at the sum of the strongest with itself.
        out = out + 2e-4 * area * np.diff(edges) / 100.0 * (e < 2.0 * energy_kev)
    return np.asarray(out * (e > 12.0))


def spectrum(
    detector: Detector,
    lines: list[tuple[float, float]],
    counts: float,
    rng: np.random.Generator,
) -> Spectrum:
    """Return a drawn spectrum of lines (energy, area) on a continuum, with its calibration."""
    mean = continuum(detector, counts, [one for one in lines if one[1] > 2000.0])
    for energy_kev, area in lines:
        mean = mean + area * line(detector, energy_kev)
    return Spectrum(
        counts=rng.poisson(mean).astype(np.int64),
        live_time_s=80000.0,
        real_time_s=80010.0,
        calibration=calibration(detector),
        simulated=True,
    )


def calibration(detector: Detector) -> Calibration:
    """Return calibration points as a station states them: exact to their rounding."""
    at = (46.54, 88.03, 122.06, 165.86, 391.70, 661.66, 898.04, 1173.23, 1332.49, 1836.06)
    return Calibration(
        energy=tuple(
            CalibrationPoint(energy_kev=e, value=round(float(detector.place(e)), 3), sigma=0.02)
            for e in at
        ),
        resolution=tuple(
            CalibrationPoint(energy_kev=e, value=round(float(detector.fwhm_kev(e)), 3), sigma=0.02)
            for e in at
        ),
        efficiency=tuple(
            CalibrationPoint(
                energy_kev=e, value=float(0.12 * np.exp(-((np.log(e / 110.0)) ** 2) / 6))
            )
            for e in at
        ),
    )


BACKGROUND: tuple[tuple[float, float], ...] = (
    (46.54, 2500.0), (63.29, 400.0), (74.81, 3000.0), (77.11, 5000.0), (87.3, 1900.0),
    (92.6, 500.0), (186.2, 500.0), (238.63, 9000.0), (241.99, 500.0), (295.22, 900.0),
    (300.09, 600.0), (338.32, 350.0), (351.93, 1500.0), (477.6, 15000.0), (511.0, 4000.0),
    (583.19, 3000.0), (609.31, 1300.0), (661.66, 150.0), (727.33, 700.0), (768.36, 120.0),
    (785.4, 110.0), (860.56, 400.0), (911.2, 350.0), (964.77, 60.0), (968.97, 200.0),
    (1120.29, 280.0), (1238.11, 100.0), (1377.67, 70.0), (1460.82, 4500.0), (1592.5, 90.0),
    (1620.5, 120.0), (1729.6, 50.0), (1764.49, 250.0), (2103.5, 110.0), (2204.2, 80.0),
    (2614.51, 2500.0),
)  # fmt: skip
"""Lines (keV) and areas of a day's count of an air filter, by order of magnitude."""
