"""How likely noise is as coherent as a signal: F of the beam, and of its maximum over slowness.

F = (N-1) C/(1-C), C the relative power of a beam of N elements, has 2K and 2K(N-1) degrees
of freedom in Gaussian noise of equal level, K the number of independent Fourier coefficients.
Sources: Smart & Flinn (1971), Geophys. J. R. astr. Soc. 26, 279-284; Worsley (1994), Adv. Appl.
Prob. 26, 13-42 for the maximum of a chi-square field. Accuracy on noise: ``docs/methods/fk.md``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEAST_P = 1e-300
"""No probability is stated as 0."""


def fisher(
    relative: FloatArray, elements: NDArray[np.integer], independent_bins: float
) -> tuple[FloatArray, FloatArray]:
    """Return F and its p-value at one fixed slowness.

    Parameters
    ----------
    relative : ndarray
        Relative power C.
    elements : ndarray of int
        Number of elements N.
    independent_bins : float
        K = B T; F has 2K and 2K(N-1) degrees of freedom.
    """
    from scipy.special import fdtrc

    spare = np.maximum(elements - 1, 0)
    f_value = np.asarray(spare * relative / np.maximum(1.0 - relative, 1e-12))
    dof = 2.0 * independent_bins
    p_value = np.where(
        elements > 1, fdtrc(dof, dof * np.maximum(spare, 1), np.maximum(f_value, 0.0)), 1.0
    )
    return f_value, np.asarray(p_value)


def maximum_p_value(
    relative: FloatArray | float,
    elements: NDArray[np.integer] | int,
    independent_bins: float,
    geometry: tuple[FloatArray, FloatArray],
    max_s_per_km: float,
) -> FloatArray:
    """Return the probability that noise is as coherent anywhere in the range searched.

    Parameters
    ----------
    relative : array_like
        Relative power C reached.
    elements : ndarray of int or int
        Number of elements N.
    independent_bins : float
        K.
    geometry : (ndarray of shape (n, 2), ndarray)
        Offsets of the elements, km, centred, and the frequencies of the bins, Hz.
    max_s_per_km : float
        Half width of the square that is searched.

    Notes
    -----
    The power b of the beam over slowness is a chi-square field with nu = 2K components; C = b/P
    with the total power P, chi-square of M = 2KN. The expected Euler characteristic of the region
    above a level t of b is, per area A and side L, p_one + 2 L rho_1 + A rho_2 (Worsley 1994), with
    the roughness matrix (2 pi f_rms)^2 Y'Y/n. P is one number and does not depend on C, so those of
    C follow from those of b by inverting the mean over P: t^a exp(-t/2) comes from
    c^a (1-c)^beta 2^(M/2) Gamma(M/2) / (2^(beta+1) Gamma(beta+1)), beta = M/2 - 1 - a. Holds for
    small probabilities.
    """
    from scipy.special import fdtrc

    c = np.clip(np.asarray(relative, dtype=np.float64), 1e-12, 1.0 - 1e-12)
    number = np.maximum(np.asarray(elements, dtype=np.float64), 2.0)
    nu = 2.0 * independent_bins
    ratio = (number - 1.0) * c / (1.0 - c)
    p_one = np.asarray(fdtrc(nu, nu * (number - 1.0), ratio))
    offsets_km, freq_hz = geometry
    spread = offsets_km.T @ offsets_km / len(offsets_km)
    rough = np.mean((2.0 * np.pi * freq_hz) ** 2) * spread
    side = 2.0 * max_s_per_km
    area = side**2 * np.sqrt(max(float(np.linalg.det(rough)), 0.0)) / (2.0 * np.pi)
    edge = side * float(np.sqrt(rough[0, 0]) + np.sqrt(rough[1, 1])) / np.sqrt(2.0 * np.pi)
    half = nu / 2.0
    expected = (
        p_one
        + edge * _level_term(c, half - 0.5, nu, number)
        + area
        * (_level_term(c, half, nu, number) - (nu - 1.0) * _level_term(c, half - 1.0, nu, number))
    )
    # Below the mean there is no end of maxima: the expression counts them no more.
    found = -np.expm1(-np.maximum(expected, p_one))
    return np.where(c > 1.0 / number, np.maximum(found, LEAST_P), 1.0)


def _level_term(c: FloatArray, power: float, nu: float, number: FloatArray) -> FloatArray:
    """Return what becomes, of C, of the term t^power exp(-t/2) / (2^(nu/2-1) Gamma(nu/2)) of b."""
    from scipy.special import gammaln

    half_all = nu * number / 2.0
    beta = half_all - 1.0 - power
    log_factor = (half_all - beta - 1.0) * np.log(2.0) + gammaln(half_all) - gammaln(beta + 1.0)
    log_norm = (nu / 2.0 - 1.0) * np.log(2.0) + gammaln(nu / 2.0)
    return np.asarray(np.exp(power * np.log(c) + beta * np.log1p(-c) + log_factor - log_norm))
