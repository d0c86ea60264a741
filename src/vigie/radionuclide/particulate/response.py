"""What counts that are not in the model do to the fitted areas of peaks.

An area is, to first order, a weighted sum of counts: w = sum_j C_aj (d mu/d p_j) / mu with C the
covariance of the fit. A line that no peak was fitted for changes it by its counts times the weights
under it: all of them where it lies at the centroid, none some half a FWHM further, and minus a few
tenths one to two FWHM away, where it is taken for continuum. Many lines of natural nuclides are
such: weak ones, known in sum from the strong ones of their nuclide.

Source: first order of maximum likelihood (score and Fisher's information), textbook. Assumes lines
small beside the counts under them. Accuracy: ``docs/methods/particulate.md``. Cost: 1 ms a peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.measured import Clusters, SpectrumView
    from vigie.radionuclide.peaks import PeakAnalysis
    from vigie.radionuclide.peaks.multiplet import GroupFit

FloatArray = NDArray[np.float64]

FWHM_PER_SIGMA = 2.3548
LEAST_COUNTS = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class AreaResponse:
    """How the area of one cluster of peaks follows the counts of channels."""

    start: int
    """First channel, as an index into the spectrum."""
    weights: FloatArray
    """Shape (channels,)."""

    def to_lines(self, energy_kev: FloatArray, view: SpectrumView) -> FloatArray:
        """Return what one count of lines at some energies adds to the area, shape (lines,)."""
        part = slice(self.start, self.start + len(self.weights))
        channel_kev = view.energy_kev[part]
        step = np.gradient(channel_kev)
        sigma = view.fwhm_at(energy_kev)[:, np.newaxis] / FWHM_PER_SIGMA
        x = (channel_kev - energy_kev[:, np.newaxis]) / sigma
        shape = np.exp(-0.5 * x * x) / (np.sqrt(2.0 * np.pi) * sigma)
        return np.asarray((shape * step) @ self.weights)


def area_weights(fit: GroupFit, peak: int) -> FloatArray:
    """Return what one more count in each channel of a fit's window adds to the area of a peak.

    Parameters
    ----------
    fit : GroupFit
    peak : int
        Index of the peak in the fit.

    Returns
    -------
    ndarray, shape (stop - start,)
    """
    return np.asarray((fit.cov[peak] @ fit.jac) / np.maximum(fit.mu, LEAST_COUNTS))


def responses_of(analysis: PeakAnalysis, clusters: Clusters) -> tuple[AreaResponse, ...]:
    """Return the response of the area of each cluster.

    Parameters
    ----------
    analysis : PeakAnalysis
    clusters : Clusters
        Of its peaks, in their order.
    """
    rows = [
        (energy, fit, i)
        for fit in analysis.last.fits
        for i, energy in enumerate(
            analysis.model.energy.energy(fit.places + analysis.scene.first_channel)
        )
    ]
    rows.sort(key=lambda row: row[0])
    found = []
    for members in clusters.members:
        fits = [rows[m][1] for m in members]
        start = min(fit.group.start for fit in fits)
        weights = np.zeros(max(fit.group.stop for fit in fits) - start)
        for m in members:
            _, fit, i = rows[m]
            at = fit.group.start - start
            weights[at : at + len(fit.mu)] += area_weights(fit, i)
        found.append(AreaResponse(start, weights))
    return tuple(found)
