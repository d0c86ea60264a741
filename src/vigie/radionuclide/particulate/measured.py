"""What a spectrum says at given energies: areas of peaks, and net counts where there is none.

Peaks that stand closer than 0.6 FWHM are one datum, since their areas are known in sum only. Where
a line is expected and no peak was fitted, the net counts of a window about it are a datum as good
as a peak's: an unbiased area with its error, which may be negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Peak

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ONE_PEAK_FWHM = 0.6
WINDOW_FWHM = 1.25
WINDOW_SHARE = 0.9967
"""Of a Gaussian within +-1.25 FWHM."""
BASELINE_SHARE = 0.6
"""Variance of an interpolated baseline over that of its counts: window over sides of 4 FWHM."""
REACH, LEAST_CHANNELS = 4.5, 8
FWHM_PER_SIGMA, ROOT_TWO_PI = 2.3548, 2.5066
NEAR_ERROR = 0.02
"""Share of the counts of neighbouring peaks in a window that may be wrong: their shape."""


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumView:
    """A spectrum with what was fitted to it."""

    energy_kev: FloatArray
    """At the centre of each channel, rising, shape (n,)."""
    counts: FloatArray
    curve: FloatArray
    """Fitted counts: baseline and peaks."""
    baseline: FloatArray
    """Fitted counts without peaks."""
    fwhm_kev: FloatArray
    """At each channel."""
    range_kev: tuple[float, float]
    """Energies in which peaks were looked for."""

    def window(self, energy_kev: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return first channel and channel behind the last of windows about energies."""
        half = WINDOW_FWHM * self.fwhm_at(energy_kev)
        low = np.searchsorted(self.energy_kev, energy_kev - half)
        high = np.searchsorted(self.energy_kev, energy_kev + half, side="right")
        return low, np.maximum(high, low + 1)

    def fwhm_at(self, energy_kev: FloatArray) -> FloatArray:
        """Return the FWHM at energies, keV."""
        return np.asarray(np.interp(energy_kev, self.energy_kev, self.fwhm_kev))

    def sums(self, values: FloatArray, energy_kev: FloatArray) -> FloatArray:
        """Return sums over the windows about energies; windows are cut at the spectrum's ends."""
        low, high = self.window(energy_kev)
        total = np.concatenate([[0.0], np.cumsum(values)])
        n = len(values)
        return np.asarray(total[np.minimum(high, n)] - total[np.minimum(low, n)])

    @property
    def span_kev(self) -> tuple[float, float]:
        """Return the energies in which lines can be looked for."""
        low, high = self.range_kev
        margins = 1.5 * self.fwhm_at(np.array([low, high]))
        return float(low + margins[0]), float(high - margins[1])


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Peaks as data; arrays of shape (n,)."""

    energy_kev: FloatArray
    energy_sigma_kev: FloatArray
    area: FloatArray
    """Net, background subtracted."""
    variance: FloatArray
    fwhm_kev: FloatArray
    members: tuple[tuple[int, ...], ...]
    """Indices of the peaks."""
    gross: FloatArray
    """Area before subtraction."""
    subtracted_variance: FloatArray
    """Of the background that was subtracted; part of ``variance``."""


def clusters_of(peaks: Sequence[Peak]) -> Clusters:
    """Return peaks as data, joining those too close to be told apart.

    Parameters
    ----------
    peaks : sequence of Peak
        With ``background_area`` filled where a background was counted.
    """
    order = sorted(range(len(peaks)), key=lambda i: peaks[i].energy_kev)
    groups: list[list[int]] = []
    for i in order:
        near = groups and (
            peaks[i].energy_kev - peaks[groups[-1][-1]].energy_kev
            < ONE_PEAK_FWHM * peaks[i].fwhm_kev
        )
        if near:
            groups[-1].append(i)
        else:
            groups.append([i])
    rows = [_joined([peaks[i] for i in group]) for group in groups]
    table = np.array(rows, dtype=np.float64).reshape(-1, 7)
    return Clusters(
        energy_kev=table[:, 0],
        energy_sigma_kev=table[:, 1],
        area=table[:, 2],
        variance=table[:, 3],
        fwhm_kev=table[:, 4],
        members=tuple(tuple(group) for group in groups),
        gross=table[:, 5],
        subtracted_variance=table[:, 6],
    )


def _joined(peaks: list[Peak]) -> tuple[float, ...]:
    gross = sum(p.area for p in peaks)
    net = gross - sum(p.background_area for p in peaks)
    # Areas of peaks on top of each other trade counts: their sum is known better than each.
    tightest = min(p.area_sigma**2 for p in peaks)
    variance = max(tightest, gross) if len(peaks) > 1 else peaks[0].area_sigma ** 2
    subtracted = sum(p.background_sigma**2 for p in peaks)
    variance += subtracted
    weights = np.maximum([p.area for p in peaks], 1e-9)
    energy = float(np.average([p.energy_kev for p in peaks], weights=weights))
    sigma = float(np.sqrt(np.average([p.energy_sigma_kev**2 for p in peaks], weights=weights)))
    return energy, sigma, net, variance, max(p.fwhm_kev for p in peaks), gross, subtracted


def net_counts(view: SpectrumView, energy_kev: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return areas of peaks at given energies that were not fitted, and their variance.

    Counts without the fitted peaks are fitted with a Gaussian at the energy on a quadratic, within
    4.5 FWHM. What is left above the fitted baseline would not do: that baseline follows weak peaks,
    and holds two thirds of them.
    """
    area, variance = np.zeros(len(energy_kev)), np.full(len(energy_kev), np.inf)
    net = view.counts - (view.curve - view.baseline)
    for i, kev in enumerate(energy_kev):
        found = _window_fit(view, float(kev))
        if found is not None:
            part, gain, variance[i] = found
            area[i] = gain @ net[part]
    return area, variance


def net_responses(
    view: SpectrumView, energy_kev: FloatArray, lines_kev: FloatArray
) -> list[tuple[IntArray, FloatArray]]:
    """Return what one count in lines near a window adds to its area, one entry per window.

    A line beside the window is taken for baseline in part, so it makes the area smaller.

    Returns
    -------
    list of (which lines, their weights)
    """
    out = []
    for kev in energy_kev:
        found = _window_fit(view, float(kev))
        fwhm = float(view.fwhm_at(np.array([kev]))[0])
        near = np.flatnonzero(np.abs(lines_kev - kev) < REACH * fwhm)
        if found is None:
            out.append((near[:0], np.empty(0)))
            continue
        part, gain, _ = found
        shapes = _gaussian(view.energy_kev[part], lines_kev[near, None], fwhm)
        out.append((near, shapes @ gain))
    return out


def _window_fit(view: SpectrumView, kev: float) -> tuple[slice, FloatArray, float] | None:
    """Return the channels of a window, the weights of their counts in its area, its variance."""
    fwhm = float(view.fwhm_at(np.array([kev]))[0])
    low, high = np.searchsorted(view.energy_kev, (kev - REACH * fwhm, kev + REACH * fwhm))
    if high - low < LEAST_CHANNELS:
        return None
    part = slice(int(low), int(high))
    x = (view.energy_kev[part] - kev) / fwhm
    shape = _gaussian(view.energy_kev[part], np.array(kev), fwhm)
    design = np.column_stack([shape, np.ones_like(x), x, x * x])
    near = NEAR_ERROR * np.maximum(view.curve[part] - view.baseline[part], 0.0)
    weight = 1.0 / (np.maximum(view.curve[part], 1.0) + near**2)
    covariance = np.linalg.pinv(design.T @ (design * weight[:, None]))
    return part, covariance[0] @ (design.T * weight), float(covariance[0, 0])


def _gaussian(energy_kev: FloatArray, kev: FloatArray, fwhm: float) -> FloatArray:
    """Return counts per channel of a line of one count."""
    x = (energy_kev - kev) / fwhm
    step = np.gradient(energy_kev) / fwhm
    return np.asarray(
        step * np.exp(-0.5 * (x * FWHM_PER_SIGMA) ** 2) * FWHM_PER_SIGMA / ROOT_TWO_PI
    )
