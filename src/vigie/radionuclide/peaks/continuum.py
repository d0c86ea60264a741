"""The continuum under the peaks: SNIP for the search, local quadratics for all else.

* ``snip``: statistics-sensitive non-linear iterative peak clipping (Ryan et al. 1988, Nucl.
  Instrum. Methods B 34, 396; Morháč et al. 1997, ibid. A 401, 113) on ln(ln(sqrt(y+1)+1)+1) with a
  window that follows the FWHM and falls from pass to pass. It lies low by a fraction of a sigma
  on noise, since it clips; it only steers the search.
* ``local_quadratics``: what is left when the fitted peaks are taken off, smoothed by weighted
  quadratics over +-6 FWHM. They give level and variance at each channel for display and limits,
  and the curvature (over the level, per FWHM^2) with which ``Curvature`` says what a group's
  baseline may be: the mean of the neighbourhood, and the scatter that counting does not explain,
  which is large at Compton edges.

Assumes that the continuum bends little within 6 FWHM. Bias as measured: ``docs/methods/peaks.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SPACING_FWHM = 1.5
"""Between centres of the local quadratics."""
REACH_FWHM = 5.0
SMOOTHED_OVER = 8
"""Neighbours on each side that the curvature is averaged over."""


def snip(
    counts: FloatArray, fwhm_channels: FloatArray, *, half_width_fwhm: float = 1.5
) -> FloatArray:
    """Return the continuum below peaks.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        Counts, none below 0.
    fwhm_channels : ndarray, shape (n,)
        FWHM at each channel, channels.
    half_width_fwhm : float
        Largest distance over which a peak is clipped.

    Returns
    -------
    ndarray, shape (n,)
    """
    from vigie.radionuclide.peaks._continuum_kernels import clip

    smooth = np.convolve(np.pad(counts, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    packed = np.log(np.log(np.sqrt(smooth + 1.0) + 1.0) + 1.0)
    reach = np.maximum(np.rint(half_width_fwhm * fwhm_channels), 1.0).astype(np.int64)
    clipped = clip(packed, reach)
    return np.asarray((np.exp(np.exp(clipped) - 1.0) - 1.0) ** 2 - 1.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Continuum:
    """Level of the continuum and how it bends, along the channels."""

    level: FloatArray
    """Counts per channel, shape (n_channels,)."""
    sigma: FloatArray
    """Standard error of the level."""
    centres: FloatArray
    """Channels at which the curvature is known, shape (m,)."""
    curvature: FloatArray
    """Second derivative over the level, per FWHM^2: its mean in the neighbourhood."""
    scatter: FloatArray
    """Its standard deviation in the neighbourhood, beyond that of counting."""

    def over(self, n: int) -> Continuum:
        """Return the same for n channels, level and error going on as they end."""
        more = max(n - len(self.level), 0)
        return replace(
            self,
            level=np.pad(self.level, (0, more), mode="edge"),
            sigma=np.pad(self.sigma, (0, more), mode="edge"),
        )

    def bend(self, channel: float) -> tuple[float, float]:
        """Return mean and scatter of the curvature at a channel."""
        return (
            float(np.interp(channel, self.centres, self.curvature)),
            float(np.interp(channel, self.centres, self.scatter)),
        )


def local_quadratics(
    net: FloatArray, mean: FloatArray, fwhm_channels: FloatArray, first: int
) -> Continuum:
    """Smooth what is left after the peaks.

    Parameters
    ----------
    net : ndarray, shape (n,)
        Counts less fitted peaks.
    mean : ndarray, shape (n,)
        Variance of each channel, above 0: the counts expected.
    fwhm_channels : ndarray, shape (n,)
        FWHM at each channel, channels.
    first : int
        Lowest channel that counts; nothing is known below.
    """
    from vigie.radionuclide.peaks._continuum_kernels import quadratics

    centres = _centres(fwhm_channels, first)
    fits = quadratics(net, mean, centres, REACH_FWHM * fwhm_channels[centres], first)
    level, level_sigma, bend, bend_sigma = fits
    fwhm2 = fwhm_channels[centres] ** 2
    floor = np.maximum(level, 3.0 * level_sigma) + 0.05
    relative, error = bend * fwhm2 / floor, bend_sigma * fwhm2 / floor
    curvature, scatter = _neighbourhood(relative, error)
    at = np.arange(len(net))
    return Continuum(
        level=np.maximum(np.interp(at, centres, level), 0.0),
        sigma=np.interp(at, centres, level_sigma),
        centres=centres.astype(float),
        curvature=curvature,
        scatter=scatter,
    )


def _centres(fwhm_channels: FloatArray, first: int) -> NDArray[np.int64]:
    out, at = [], float(first)
    while at < len(fwhm_channels):
        out.append(int(at))
        at += max(SPACING_FWHM * fwhm_channels[int(at)], 1.0)
    return np.array(out, dtype=np.int64)


def _neighbourhood(value: FloatArray, error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted mean over neighbours, and scatter beyond the errors."""
    n = SMOOTHED_OVER
    kernel = np.ones(2 * n + 1)
    weight = 1.0 / (error**2 + np.median(error) ** 2)

    def summed(x: FloatArray) -> FloatArray:
        return np.convolve(np.pad(x, n, mode="reflect"), kernel, mode="valid")

    total = summed(weight)
    mean = summed(weight * value) / total
    excess = summed(weight * ((value - mean) ** 2 - error**2)) / total
    floor = 0.15 * np.abs(mean) + 1e-4
    return mean, np.sqrt(np.maximum(excess, floor**2))
