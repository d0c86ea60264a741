"""How likely noise is as coherent as a signal: F of the beam, and of its maximum over slowness.

F = (N-1) C/(1-C), C the relative power of a beam of N elements, has 2K and 2K(N-1) degrees
of freedom in Gaussian noise of equal level, K the number of independent Fourier coefficients.
Sources: Smart & Flinn (1971), Geophys. J. R. astr. Soc. 26, 279-284; Worsley (1994), Adv. Appl.
Prob. 26, 13-42 for the maximum. Accuracy on noise: ``docs/methods/fk.md``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


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
    p_one: FloatArray | float,
    independent_bins: float,
    offsets_km: FloatArray,
    freq_hz: FloatArray,
    max_s_per_km: float,
) -> FloatArray:
    """Return the probability that noise reaches a level anywhere in the range searched.

    Parameters
    ----------
    p_one : array_like
        Probability of that level at one fixed slowness.
    independent_bins : float
        K.
    offsets_km : ndarray, shape (n, 2), centred
    freq_hz : ndarray
        Bins.
    max_s_per_km : float
        Half width of the square that is searched.

    Notes
    -----
    Beam power over slowness is a chi-square field with nu = 2K components; the expected Euler
    characteristic of the region above level t (of equal p_one) is, per area A and side L,
    p_one + 2 L rho_1 + A rho_2, with the roughness matrix (2 pi f_rms)^2 Y'Y/n.
    Source: Worsley (1994), Adv. Appl. Prob. 26, 13-42. Holds for small probabilities.
    """
    from scipy.special import chdtri, gammaln

    nu = 2.0 * independent_bins
    level = np.asarray(chdtri(nu, np.clip(p_one, 1e-290, 1.0 - 1e-9)))
    spread = offsets_km.T @ offsets_km / len(offsets_km)
    rough = np.mean((2.0 * np.pi * freq_hz) ** 2) * spread
    side = 2.0 * max_s_per_km
    # log of the chi-square density's common factor t^((nu-2)/2) exp(-t/2) / (2^((nu-2)/2) Gamma)
    common = (nu - 2.0) / 2.0 * np.log(np.maximum(level, 1e-300) / 2.0) - level / 2.0
    common = np.exp(common - gammaln(nu / 2.0))
    area = side**2 * np.sqrt(max(float(np.linalg.det(rough)), 0.0)) / (2.0 * np.pi)
    edge = side * float(np.sqrt(rough[0, 0]) + np.sqrt(rough[1, 1])) / np.sqrt(2.0 * np.pi)
    expected = (
        np.asarray(p_one)
        + edge * np.sqrt(level) * common
        + area * common * np.maximum(level - nu + 1.0, 0.0)
    )
    # Below the mean there is no end of maxima: the expression counts them no more.
    return np.where(level > nu - 1.0, -np.expm1(-expected), 1.0)
