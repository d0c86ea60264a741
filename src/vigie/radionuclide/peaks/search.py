"""Search for peaks: matched filter, and the significance that a wanted false rate asks for.

The filter is a Gaussian with the FWHM of its place less its mean over the window, so that it sums
to zero and a flat or tilted continuum gives nothing (Phillips & Marlow 1976; Mariscotti 1967, Nucl.
Instrum. Methods 50, 309, uses the second derivative). z is the filter's output over the standard
deviation that the continuum alone gives it.

How many maxima above z pure noise makes follows from Rice (1945, Bell Syst. Tech. J. 24, 46): along
a path of length L in units of sigma, N = L / (2 pi) kappa exp(-z^2 / 2), with kappa^2 the mean
square slope of the filtered noise, computed from the filter itself. For 2700 keV at a FWHM of
1.5 keV, 0.3 false peaks are z = 3.9.

Cost: 3 ms for 8192 channels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

HALF_WIDTH_SIGMA = 4.0
"""Of the filter's window."""
SLOPE_RMS = 0.95
"""kappa: rms slope of filtered white noise per sigma, for a Gaussian less its mean over 4 sigma
on either side; ``tests/radionuclide/test_rn_search.py`` computes it anew."""


def significance(
    net: FloatArray,
    variance: FloatArray,
    sigma_channels: FloatArray,
    half_width_sigma: float = HALF_WIDTH_SIGMA,
) -> FloatArray:
    """Return the significance z of a peak at each channel.

    Parameters
    ----------
    net : ndarray, shape (n,)
        Counts, or counts less what is known.
    variance : ndarray, shape (n,)
        Counts expected per channel where there is no peak, above 0.
    sigma_channels : ndarray, shape (n,)
        Standard deviation of a peak's Gaussian, channels.
    half_width_sigma : float
        Half length of the window whose mean is taken off.
    """
    from vigie.radionuclide.peaks._continuum_kernels import matched_filter

    return np.asarray(matched_filter(net, variance, sigma_channels, half_width_sigma))


def threshold(false_peaks: float, sigma_channels: FloatArray) -> float:
    """Return the z that noise exceeds ``false_peaks`` times per spectrum, on average."""
    length = float(np.sum(1.0 / sigma_channels))
    ratio = length * SLOPE_RMS / (2.0 * np.pi * false_peaks)
    return float(np.sqrt(2.0 * np.log(max(ratio, 2.0))))


def maxima(z: FloatArray, least: float, apart: FloatArray) -> NDArray[np.int64]:
    """Return channels of local maxima of at least ``least``, highest first.

    Parameters
    ----------
    apart : ndarray, shape (n,)
        Of two maxima closer than this many channels the higher one is kept.
    """
    inner = z[1:-1]
    found = np.flatnonzero((inner >= least) & (inner > z[:-2]) & (inner >= z[2:])) + 1
    order = found[np.argsort(-z[found], kind="stable")]
    kept: list[int] = []
    for c in order:
        if all(abs(int(c) - k) >= apart[c] for k in kept):
            kept.append(int(c))
    return np.array(kept, dtype=np.int64)
