"""One spectrum made ready: usable channels, widths per channel, and what is put where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.model import DetectorModel
from vigie.radionuclide.peaks.shape import BETAS, FWHM_OVER_SIGMA

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.multiplet import GroupFit
    from vigie.records import Spectrum

FloatArray = NDArray[np.float64]

THRESHOLD_SHARE = 0.05
"""Below the first channels whose counts reach this share of those at 30 to 150 keV lies the
discriminator's threshold."""
JUMP, JUMP_UP_TO_KEV = 1.8, 60.0
"""Where the counts rise by this factor within a FWHM, and stay, below this energy, the
discriminator sets in."""
LEFT_SIGMA, RIGHT_SIGMA = 45.0, 9.0
"""How far a peak's tails are followed into its neighbours' windows."""
STEP_DECAY_SIGMA = 15.0
"""A step fades to the left, as small-angle scattering does; in a group it counts as flat."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scene:
    """Counts of one spectrum with its model evaluated at each channel."""

    counts: FloatArray
    """Shape (n,)."""
    model: DetectorModel
    first_channel: int
    """Number of the first channel in the numbering of the calibration."""
    energy_kev: FloatArray
    """At the centre of each channel."""
    sigma: FloatArray
    """Standard deviation of a peak's Gaussian part at each channel, channels."""
    fwhm: FloatArray
    """FWHM at each channel, channels."""
    low: int
    """First usable channel, counted from 0."""
    high: int
    """Channel behind the last usable one."""

    def energy(self, places: FloatArray) -> FloatArray:
        """Return energies of places counted from 0."""
        return self.model.energy.energy(places + self.first_channel)

    def at(self, places: FloatArray) -> NDArray[np.int64]:
        """Return the nearest channels of places counted from 0."""
        return np.clip(np.rint(places), 0, len(self.counts) - 1).astype(np.int64)

    def with_model(self, model: DetectorModel) -> Scene:
        """Return the scene with another model."""
        energy_kev, sigma = _evaluated(model, len(self.counts), self.first_channel)
        fwhm = sigma * FWHM_OVER_SIGMA
        return replace(self, model=model, energy_kev=energy_kev, sigma=sigma, fwhm=fwhm)


def scene_of(spectrum: Spectrum, model: DetectorModel, low_kev: float) -> Scene:
    """Return the scene of a spectrum; the model must know its resolution."""
    counts = spectrum.counts.astype(np.float64)
    energy_kev, sigma = _evaluated(model, len(counts), spectrum.first_channel)
    low, high = usable(counts, energy_kev, sigma, low_kev)
    return Scene(
        counts=counts,
        model=model,
        first_channel=spectrum.first_channel,
        low=low,
        high=high,
        energy_kev=energy_kev,
        sigma=sigma,
        fwhm=sigma * FWHM_OVER_SIGMA,
    )


def _evaluated(model: DetectorModel, n: int, first: int) -> tuple[FloatArray, FloatArray]:
    channels = np.arange(n, dtype=np.float64) + first
    energy = model.energy.energy(channels)
    fwhm_kev = model.widths().fwhm(energy)
    sigma = fwhm_kev / FWHM_OVER_SIGMA / model.energy.slope(channels)
    return energy, np.asarray(np.maximum(sigma, 0.3))


def usable(
    counts: FloatArray, energy_kev: FloatArray, sigma: FloatArray, low_kev: float
) -> tuple[int, int]:
    """Return the first usable channel and the one behind the last.

    Left out are what lies below the discriminator's threshold, energies of 5 keV and less, and
    trailing channels that are empty or (the last two) hold overflow.
    """
    nonzero = np.flatnonzero(counts)
    if not len(nonzero):
        return 0, 0
    high = _end(counts, min(int(nonzero[-1]) + 1, len(counts) - 2), float(sigma[-1]))
    low = int(np.searchsorted(energy_kev, max(low_kev, 5.0)))
    width = max(int(sigma[min(low, len(sigma) - 1)] * FWHM_OVER_SIGMA), 1)
    smooth = np.convolve(counts, np.ones(width) / width, mode="same")
    body = smooth[(energy_kev > 30.0) & (energy_kev < 150.0)]
    if len(body):
        above = np.flatnonzero(smooth[low:high] >= THRESHOLD_SHARE * np.median(body))
        if len(above):
            rise = low + int(above[0])
            # The threshold itself is as sharp as a peak; the continuum begins behind it.
            low = rise + 3 * width if rise > low else low
    # Rounded up, so that what follows a jump is looked at beyond a peak, not on its far flank.
    whole = max(int(np.ceil(sigma[min(low, len(sigma) - 1)] * FWHM_OVER_SIGMA)), 1)
    low = max(low, _last_jump(counts, whole, low, int(np.searchsorted(energy_kev, JUMP_UP_TO_KEV))))
    return low, max(high, low)


def _last_jump(counts: FloatArray, width: int, low: int, up_to: int) -> int:
    """Return the channel behind the last jump upwards that lasts: a discriminator, not a peak."""
    at = np.arange(max(low, width), min(up_to, len(counts) - 6 * width))
    if not len(at):
        return low
    sums = np.concatenate([[0.0], np.cumsum(counts)])
    before = (sums[at] - sums[at - width]) / width
    after = (sums[at + width] - sums[at]) / width
    later = (sums[at + 6 * width] - sums[at + 3 * width]) / (3 * width)
    height = np.minimum(after, later)
    sure = (height - before) > 6.0 * np.sqrt((height + before + 1.0) / width)
    jumps = at[sure & (height > JUMP * before)]
    return int(jumps[-1]) + 3 * width if len(jumps) else low


def _end(counts: FloatArray, last: int, sigma: float) -> int:
    """Return the channel behind the last before counting stops (the converter's upper limit)."""
    width = max(int(6.0 * sigma), 3)
    means = np.convolve(counts[:last], np.ones(width) / width, mode="valid")
    if len(means) < 12 * width:
        return last
    usual = np.median(means[-12 * width : -4 * width])
    dropped = np.flatnonzero(means[-4 * width :] < 0.2 * usual)
    if usual * width < 10.0 or not len(dropped):
        return last
    # The mean has fallen to a fifth where four fifths of its window lie behind the end.
    return len(means) - 4 * width + int(dropped[0]) + width // 5 - 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FarCounts:
    """What a group's peaks put into channels far beyond its window."""

    where: slice
    peaks: FloatArray
    """Counts per channel without steps."""
    steps: FloatArray
    """Those of the steps, which fade to the left."""


def far_counts(fit: GroupFit, n: int) -> FarCounts:
    """Return a group's peaks over n channels, as far as they matter."""
    from vigie.radionuclide.peaks import _fit_kernels as kernels

    group, n_peaks = fit.group, fit.n_peaks
    sigma = group.sigma
    right = np.where(group.kinds > 0, 5.0, 1.0) * RIGHT_SIGMA
    low = max(int(np.min(fit.places - LEFT_SIGMA * sigma)), 0)
    high = min(int(np.max(fit.places + right * sigma)) + 1, n)
    p = fit.p[: 3 * n_peaks + 5].copy()
    p[n_peaks : 2 * n_peaks] += group.start - low
    shape = (sigma, group.kinds, BETAS)
    peaks, steps = kernels.far_counts(p, shape, max(high - low, 0), STEP_DECAY_SIGMA)
    return FarCounts(where=slice(low, max(high, low)), peaks=peaks, steps=steps)
