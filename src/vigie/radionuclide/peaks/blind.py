"""Resolution of a detector of which nothing is stated, from the spectrum itself.

The matched filter is run with widths of 0.45 to 2.6 times those of a typical germanium detector.
At each clear maximum the filter's output peaks at the width of the peak itself, like the scale of a
blob in scale space (Lindeberg 1998, Int. J. Comput. Vision 30, 79); the weighted median over the
maxima scales the typical law. Broad things (Compton edges, backscatter) have their maximum beyond
the range and do not count. Where fewer than two narrow peaks are found the same is tried with the
widths of scintillators. The fits of strong peaks refine the law afterwards (``shape_law``).

Accuracy as measured: within 8 % of the fitted law on nine real germanium spectra. Cost: 20 ms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.continuum import snip
from vigie.radionuclide.peaks.resolution import ResolutionCurve
from vigie.radionuclide.peaks.search import maxima, significance
from vigie.radionuclide.peaks.shape import FWHM_OVER_SIGMA

FloatArray = NDArray[np.float64]

TYPICAL_GERMANIUM = ResolutionCurve(form="square", coefficients=np.array([0.6, 2.0e-3, 0.0]))
"""1.8 keV at 1332 keV: what makers quote for coaxial detectors of 20 to 100 %."""
TYPICAL_SCINTILLATOR = ResolutionCurve(form="square", coefficients=np.array([0.0, 3.2, 0.0]))
"""7 % at 662 keV (NaI), falling with the root of the energy."""
FACTORS = np.geomspace(0.45, 2.6, 12)
CLEAR_Z = 7.0
MOST_PEAKS = 25


def find_resolution(
    counts: FloatArray, energy_kev: FloatArray, slope_kev: FloatArray
) -> ResolutionCurve | None:
    """Return the resolution that the spectrum shows, or None where no peak is clear.

    Parameters
    ----------
    counts, energy_kev, slope_kev : ndarray, shape (n,)
        Counts, energy and keV per channel of each channel.
    """
    for typical, least in (
        (TYPICAL_GERMANIUM, 2),
        (TYPICAL_SCINTILLATOR, 1),
        (TYPICAL_GERMANIUM, 1),
    ):
        factors, weights = _factors(counts, typical.fwhm(energy_kev) / slope_kev)
        if len(factors) >= least:
            return typical.scaled(_weighted_median(factors, weights))
    return None


def _factors(counts: FloatArray, fwhm_channels: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Widths of clear peaks over the typical ones, and their weights."""
    base = snip(counts, np.maximum(FACTORS[-1] * fwhm_channels, 2.0))
    variance = np.maximum(base, 1.0)
    sigma = np.maximum(fwhm_channels / FWHM_OVER_SIGMA, 0.2)
    maps = np.array([significance(counts, variance, np.maximum(f * sigma, 0.35)) for f in FACTORS])
    # Ends of the spectrum make maxima of their own.
    edge = int(3 * fwhm_channels.max()) + 2
    nonzero = np.flatnonzero(counts)
    first, last = (int(nonzero[0]), int(nonzero[-1])) if len(nonzero) else (0, 0)
    best = maps.max(axis=0)
    best[: first + edge] = best[max(last - edge, 0) :] = 0.0
    found = maxima(best, CLEAR_Z, 3.0 * fwhm_channels)[:MOST_PEAKS]
    factors, weights = [], []
    for c in found:
        k = int(np.argmax(maps[:, c]))
        if 0 < k < len(FACTORS) - 1 and FACTORS[k] * fwhm_channels[c] > 1.2:
            a, b, d = np.log(np.maximum(maps[k - 1 : k + 2, c], 1e-3))
            shift = 0.5 * (a - d) / min(a - 2.0 * b + d, -1e-6)
            step = np.log(FACTORS[1] / FACTORS[0])
            factors.append(FACTORS[k] * np.exp(np.clip(shift, -0.5, 0.5) * step))
            weights.append(min(maps[k, c], 100.0))
    return np.array(factors), np.array(weights)


def _weighted_median(values: FloatArray, weights: FloatArray) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, 0.5 * total[-1])])
