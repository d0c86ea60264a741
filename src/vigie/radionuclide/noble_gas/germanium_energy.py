"""Whether the energies of a germanium gas spectrum can be believed at the lines of xenon.

What it computes: where the general adjustment on natural lines (``peaks.recalibrate``) was not
made, a shift common to the lines of xenon and the natural ones below 700 keV. It is taken where
three lines or more (five beyond 2.5 keV) agree on it within 0.2 keV and no other shift has as many;
its error is their scatter. Where no shift is agreed on either, a peak that is no natural line and
stands within 2.5 keV of a gamma ray of an isotope may be that ray, and all energies may be off:
nothing is said then of the isotopes whose own ray is not found where the energies say. Source:
sheet 7.6. Assumes that energies are off by the same over the windows; gains off by 1e-3 are 0.2 keV
at 250 keV. Cost: 1 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.radionuclide.peaks.scene import Scene

FloatArray = NDArray[np.float64]
LINES_KEV = (
    29.67, 30.85, 46.54, 74.97, 77.11, 80.998, 163.93, 186.0, 233.22, 238.63, 249.794, 295.22,
    351.93, 583.19, 609.31,
)  # fmt: skip
"""K X-rays of xenon and caesium, Pb-210, X-rays of lead and bismuth, gamma rays of xenon, U-235
with Ra-226, Pb-212, Pb-214, Tl-208, Bi-214."""
RAYS_KEV = {"Xe-131m": 163.93, "Xe-133": 80.998, "Xe-133m": 233.22, "Xe-135": 249.794}
REACH_KEV, FAR_KEV = 2.5, 6.0
"""Largest shifts looked for, and of how many lines; a foreign peak nearer to a ray than the first
is doubtful."""
LEAST_LINES, LEAST_FAR_LINES = 3, 5
AGREE_KEV = 0.2
LEAST_Z = 6.0
"""Significance of peaks that tell a shift."""
LEAST_SIGMA_KEV = 0.02
"""Of a place; the line of several is known no better."""
OWN_FWHM = 0.6
"""A found peak as near as this to a line of xenon is the line."""
ADJUSTED = "peaks.recalibrated"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FoundPeaks:
    """Peaks of a spectrum: places (channels from 0), their errors, significance."""

    places: FloatArray
    sigma: FloatArray
    z: FloatArray

    @classmethod
    def none(cls) -> FoundPeaks:
        """Return no peaks."""
        return cls(places=np.zeros(0), sigma=np.zeros(0), z=np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """By how much the energies of a spectrum are too high."""

    kev: float
    sigma_kev: float
    lines: int


def agreed_shift(energies_kev: FloatArray, sigma_kev: FloatArray) -> Shift | None:
    """Return the shift on which most lines agree; None where too few do, or on two shifts.

    Examples
    --------
    >>> peaks = np.array([47.24, 75.67, 81.70, 239.33, 352.0])
    >>> found = agreed_shift(peaks, np.full(5, 0.02))
    >>> round(found.kev, 2), found.lines
    (0.7, 4)
    """
    if not len(energies_kev):
        return None
    lines = np.array(LINES_KEV)
    off = energies_kev[:, np.newaxis] - lines
    tried = off[np.abs(off) <= FAR_KEV]
    matches = [_matched(off, one) for one in tried]
    counts = np.array([len(one[0]) for one in matches], dtype=np.intp)
    counts[counts < np.where(np.abs(tried) <= REACH_KEV, LEAST_LINES, LEAST_FAR_LINES)] = 0
    if not counts.any():
        return None
    best = int(np.argmax(counts))
    shift, sigma = _mean(off, matches[best], sigma_kev)
    rivals = tried[(counts == counts[best]) & (np.abs(tried - shift) > 2.0 * AGREE_KEV)]
    if len(rivals):
        return None
    return Shift(kev=shift, sigma_kev=sigma, lines=int(counts[best]))


def settled(scene: Scene, peaks: FoundPeaks) -> tuple[Scene, Shift | None]:
    """Return the scene with its energies shifted where they were not adjusted and lines agree.

    The shift is None where the energies were adjusted already, or nothing is agreed.
    """
    if _adjusted(scene):
        return scene, None
    strong = peaks.z > LEAST_Z
    slope = scene.model.energy.slope(peaks.places[strong] + scene.first_channel)
    shift = agreed_shift(scene.energy(peaks.places[strong]), peaks.sigma[strong] * slope)
    return (scene, None) if shift is None else (shifted(scene, shift.kev), shift)


def shifted(scene: Scene, kev: float) -> Scene:
    """Return a scene whose energies are lower by so much."""
    energy = scene.model.energy
    if energy.adjustment is None:
        coefficients = energy.coefficients_kev.copy()
        coefficients[0] -= kev
        moved = replace(energy, coefficients_kev=coefficients)
    else:
        adjustment = replace(energy.adjustment, shift_kev=energy.adjustment.shift_kev - kev)
        moved = replace(energy, adjustment=adjustment)
    return scene.with_model(replace(scene.model, energy=moved))


def window_errors(scene: Scene, shift: Shift | None, rays_kev: Sequence[float]) -> list[float]:
    """Return the standard errors of energies, keV, at the rays of windows, at most 0.1 FWHM."""
    energy, widths = scene.model.energy, scene.model.widths()
    out = []
    for ray in rays_kev:
        stated = float(energy.sigma(energy.channel(ray)))
        own = shift.sigma_kev if shift is not None else stated
        out.append(min(float(np.hypot(own, LEAST_SIGMA_KEV)), 0.1 * float(widths.fwhm(ray))))
    return out


def doubtful(
    scene: Scene, shift: Shift | None, found_kev: FloatArray, strange_kev: FloatArray
) -> dict[str, float | None]:
    """Return isotopes of which nothing can be said, with the energy of the peak beside their ray.

    Where one ray may be off its place, so may all: of the others, too, nothing is said (None in
    the place of an energy) unless their own ray stands where the energies say.

    Parameters
    ----------
    found_kev : ndarray
        All peaks found; one that is at the ray itself leaves no doubt of its isotope.
    strange_kev : ndarray
        Those that are neither xenon nor natural lines.
    """
    if shift is not None or _adjusted(scene):
        return {}
    out: dict[str, float | None] = {}
    for name, ray in RAYS_KEV.items():
        fwhm = float(scene.model.widths().fwhm(ray))
        near = strange_kev[np.abs(strange_kev - ray) < REACH_KEV]
        if not (np.abs(found_kev - ray) < OWN_FWHM * fwhm).any():
            out[name] = float(near[np.abs(near - ray).argmin()]) if len(near) else None
    return out if any(one is not None for one in out.values()) else {}


def _adjusted(scene: Scene) -> bool:
    return any(one.code == ADJUSTED for one in scene.model.remarks)


def _matched(off: FloatArray, shift: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return peaks and lines that agree on a shift, each line and peak once."""
    away = np.abs(off - shift)
    nearest = away.argmin(axis=0)
    lines = np.flatnonzero(away.min(axis=0) <= AGREE_KEV)
    peaks, first = np.unique(nearest[lines], return_index=True)
    return peaks, lines[first]


def _mean(
    off: FloatArray, pairs: tuple[NDArray[np.intp], NDArray[np.intp]], sigma_kev: FloatArray
) -> tuple[float, float]:
    values = off[pairs]
    weights = 1.0 / np.hypot(sigma_kev[pairs[0]], LEAST_SIGMA_KEV) ** 2
    mean = float((weights * values).sum() / weights.sum())
    scatter = float((weights * (values - mean) ** 2).sum() / max(len(values) - 1, 1))
    return mean, float(np.sqrt(max(scatter, 1.0) / weights.sum()))
