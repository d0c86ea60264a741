"""Compiled shape of a peak, integrated over each channel; its plain twin is ``shape.profile``."""

from __future__ import annotations

from math import erfc, exp

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SQRT_2 = 1.4142135623730951
SQRT_PI = 1.7724538509055159
NORMAL = 0.3989422804014327
"""Height of the standard normal density."""
FAR = 8.0
"""From here the asymptotic series of erfcx is good to 1e-6."""

VALUE, BY_PLACE, BY_WIDTH, SHORT, LONG, RIGHT, STEP = range(7)
"""Rows of what ``peak_rows`` fills."""


@numba.njit(cache=True, nogil=True)
def exp_erfc(exponent: float, u: float) -> float:
    """Return exp(exponent) erfc(u) without overflow; exponent <= u^2."""
    if u < FAR:
        return exp(exponent) * erfc(u)
    w = 1.0 / (u * u)
    series = 1.0 - 0.5 * w * (1.0 - 1.5 * w * (1.0 - 2.5 * w))
    return exp(exponent - u * u) * series / (u * SQRT_PI)


@numba.njit(cache=True, nogil=True)
def tail(z: float, beta: float, phi: float) -> tuple[float, float]:
    """Return distribution and density of a normal variate less an exponential one of mean beta."""
    u = (z + 1.0 / beta) / SQRT_2
    density = 0.5 / beta * exp_erfc(z / beta + 0.5 / (beta * beta), u)
    return phi + beta * density, density


@numba.njit(cache=True, nogil=True)
def peak_rows(
    place: float, sigma: float, theta: FloatArray, betas: FloatArray, out: FloatArray
) -> None:
    """Fill the profile of a peak of unit area and its derivatives.

    Parameters
    ----------
    place : float
        Centroid, in channels from the centre of the first one.
    sigma : float
        Of the Gaussian part, channels.
    theta : ndarray, shape (5,)
        Logarithm of the width's factor, fractions of the short, long and right tail, and height
        of the step over that of the Gaussian.
    betas : ndarray, shape (3,)
        Lengths of the tails over sigma.
    out : ndarray, shape (7, n)
        Filled with the profile, its derivatives by place (per channel) and by logarithm of the
        width, and by each of the other four of ``theta``.
    """
    wide = sigma * exp(theta[0])
    cdf, pdf = np.empty(4), np.empty(4)
    last_cdf, last_pdf = np.empty(4), np.empty(4)
    last_z = 0.0
    share = 1.0 - theta[1] - theta[2] - theta[3]
    for k in range(out.shape[1] + 1):
        z = (k - 0.5 - place) / wide
        phi = 0.5 * erfc(-z / SQRT_2)
        cdf[0], pdf[0] = phi, NORMAL * exp(-0.5 * z * z)
        cdf[1], pdf[1] = tail(z, betas[0], phi)
        cdf[2], pdf[2] = tail(z, betas[1], phi)
        right, pdf[3] = tail(-z, betas[2], 1.0 - phi)
        cdf[3] = 1.0 - right
        if k > 0:
            total, moved, widened = 0.0, 0.0, 0.0
            for j in range(4):
                weight = share if j == 0 else theta[j]
                total += weight * (cdf[j] - last_cdf[j])
                moved -= weight * (pdf[j] - last_pdf[j]) / wide
                widened -= weight * (pdf[j] * z - last_pdf[j] * last_z)
            gauss = cdf[0] - last_cdf[0]
            middle = 0.5 * (z + last_z)
            height = NORMAL / wide
            step = height * 0.5 * erfc(middle / SQRT_2)
            slope = NORMAL * exp(-0.5 * middle * middle)
            out[VALUE, k - 1] = total + theta[4] * step
            out[BY_PLACE, k - 1] = moved + theta[4] * height * slope / wide
            out[BY_WIDTH, k - 1] = widened + theta[4] * (height * slope * middle - step)
            for j in range(1, 4):
                out[2 + j, k - 1] = cdf[j] - last_cdf[j] - gauss
            out[STEP, k - 1] = step
        last_z = z
        for j in range(4):
            last_cdf[j], last_pdf[j] = cdf[j], pdf[j]
