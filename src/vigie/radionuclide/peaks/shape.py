"""Shape of an HPGe peak: a Gaussian, left tails, a short right tail, and a step.

Of unit area, integrated over each channel:

    f = (1 - T - L - R) G + T t_T + L t_L + R t_R + step

G is the Gaussian; t_T and t_L are Gaussians folded with exponentials that fall to the left with
lengths of 1 and 3 sigma, t_R with one of 1 sigma to the right; the step is S G(0) Q(z), with Q the
upper tail of the normal law, and does not count as area. Fixed lengths make f linear in T, L and R,
and their sum follows any tail between (Phillips & Marlow 1976, Nucl. Instrum. Methods 137, 525, use
one exponential of free length; Campbell & Maxwell 1997, ibid. B 129, 297, two).

``ShapeLaw`` says which T, L, R and S a detector has at an energy and how far single peaks stray
from that; they are priors of each fit, so that strong peaks find their own and weak ones keep to
the law. Accuracy as measured: see ``docs/methods/peaks.md``. Cost: 5 us per peak of 40 channels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

BETAS = np.array([1.0, 3.0, 1.0])
"""Lengths of the short, long and right tail, in sigma."""
FWHM_OVER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))
TERMS = ("width", "short", "long", "right", "step")
"""Of ``theta``: logarithm of the width over that of the resolution curve, T, L, R and S."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ShapeLaw:
    """Shape parameters as linear functions of the energy, and how far peaks stray from them."""

    at_1000_kev: FloatArray
    """``theta`` at 1000 keV, shape (5,)."""
    per_1000_kev: FloatArray
    """Its change per 1000 keV."""
    scatter: FloatArray
    """Standard deviation of single peaks about the law, shape (5,)."""
    covariance: FloatArray
    """Of ``at_1000_kev`` followed by ``per_1000_kev``, shape (10, 10)."""
    peaks_used: int = 0
    """Strong peaks that the law was fitted to; 0 of the law assumed."""

    def theta(self, energy_kev: float) -> FloatArray:
        """Return the shape at an energy, shape (5,)."""
        return self.at_1000_kev + (energy_kev / 1000.0 - 1.0) * self.per_1000_kev

    def sigma(self, energy_kev: float) -> FloatArray:
        """Return how far peaks may be from ``theta``: scatter and error of the law."""
        e = energy_kev / 1000.0 - 1.0
        cov = self.covariance
        error = np.diag(cov[:5, :5] + e * (cov[:5, 5:] + cov[5:, :5]) + e * e * cov[5:, 5:])
        return np.asarray(np.sqrt(self.scatter**2 + np.maximum(error, 0.0)))


ASSUMED_LAW = ShapeLaw(
    at_1000_kev=np.array([0.0, 0.03, 0.003, 0.0, 0.003]),
    per_1000_kev=np.array([0.0, 0.01, 0.001, 0.0, 0.0]),
    scatter=np.array([0.05, 0.06, 0.01, 0.01, 0.003]),
    covariance=np.zeros((10, 10)),
)
"""Of a detector of which nothing is known. Centre and width span what the strong peaks of eleven
real germanium spectra gave (short tail 0.00 to 0.15, long -0.01 to 0.02, step 0.002 to 0.009)."""

BLIND_LAW = replace(ASSUMED_LAW, scatter=np.array([0.2, 0.06, 0.01, 0.01, 0.003]))
"""The same where the resolution was found in the spectrum, to some 10 %."""
SCINTILLATOR_LAW = ShapeLaw(
    at_1000_kev=np.zeros(5),
    per_1000_kev=np.zeros(5),
    scatter=np.array([0.1, 0.01, 0.001, 0.01, 0.02]),
    covariance=np.zeros((10, 10)),
)
"""Of detectors of low resolution: Gaussians on a step."""


def profile(
    place: float, sigma: float, theta: ArrayLike, n: int, betas: ArrayLike = BETAS
) -> FloatArray:
    """Return the counts per channel of a peak of unit area; plain twin of the compiled one.

    Parameters
    ----------
    place : float
        Centroid, in channels from the centre of the first one.
    sigma : float
        Of the Gaussian, channels, before the factor of ``theta``.
    theta : array, shape (5,)
        See ``TERMS``.
    n : int
        Number of channels.
    betas : array, shape (3,)
        Lengths of the tails in sigma.
    """
    from scipy.special import erfc, log_ndtr, ndtr

    width, short, long, right, step = np.asarray(theta, dtype=float)
    wide = sigma * np.exp(width)
    z = (np.arange(n + 1) - 0.5 - place) / wide

    def folded(z: FloatArray, beta: float) -> FloatArray:
        return np.asarray(ndtr(z) + np.exp(z / beta + 0.5 / beta**2 + log_ndtr(-z - 1.0 / beta)))

    beta = np.asarray(betas, dtype=float)
    cdf = (1.0 - short - long - right) * ndtr(z)
    cdf += short * folded(z, beta[0]) + long * folded(z, beta[1])
    cdf += right * (1.0 - folded(-z, beta[2]))
    middle = 0.5 * (z[1:] + z[:-1])
    height = 1.0 / (wide * np.sqrt(2.0 * np.pi))
    return np.asarray(np.diff(cdf) + step * height * 0.5 * erfc(middle / np.sqrt(2.0)))
