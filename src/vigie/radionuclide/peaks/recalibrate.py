"""Energy calibration adjusted on natural lines of the sample itself.

Peaks are matched to known lines under every shift and gain change within bounds; the hypothesis
with the largest score wins (a line counts with the significance of its peak and its nearness, and
only where the strongest line of its nuclide is there too). The same is done with the lines moved to
places where none are: only a score well above those of such decoys is believed.

The adjustment is then a Gaussian process (Rasmussen & Williams 2006, ch. 2) conditioned on the
matches: a shift, a gain change, and the smooth integral non-linearity of a converter, each with the
size that is usual. It mends what the lines show, stays a straight line where they are few, and its
covariance says how sure the energy is between them. Matches that disagree are given less weight
(Huber). It is taken only within the limits that IDC processing sets (gain change < 0.1 %, zero
shift < 0.5 keV where a calibration by points is adjusted; coefficients of a file are trusted less).
Otherwise the calibration stays, and the remarks say why.

Accuracy as measured: see ``docs/methods/peaks.md``. Cost: 10 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import nuclide
from vigie.radionuclide.peaks.energy import Adjustment

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.energy import EnergyCurve
    from vigie.radionuclide.peaks.model import DetectorModel

FloatArray = NDArray[np.float64]

FAMILIES: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("K-40", (1460.8,)),
    ("Tl-208", (2614.5, 583.2, 860.6)),
    ("Pb-212", (238.6, 300.1)),
    ("Bi-212", (727.3, 1620.5)),
    ("Ac-228", (911.2, 969.0, 338.3)),
    ("Pb-214", (351.9, 295.2)),
    ("Bi-214", (609.3, 1764.5, 1120.3, 2204.1, 1238.1, 1377.7, 1729.6)),
    ("Pb-210", (46.5,)),
    ("Be-7", (477.6,)),
    ("Co-60", (1332.5, 1173.2)),
    ("Ba-137m", (661.7,)),
    ("Cs-134", (604.7, 795.9)),
    ("Sc-46", (889.3, 1120.5)),
    ("Eu-152", (121.8, 1408.0, 344.3, 778.9, 1112.1)),
    ("Ba-133", (356.0, 302.9, 81.0, 383.8)),
)
"""Nuclides with their lines (rounded, keV), the strongest first. The sheet's natural lines, and
those of sources and shields; each line stands alone within a FWHM in its own spectrum."""
SHIFTS_KEV = np.arange(-1.6, 1.61, 0.1)
GAINS = np.arange(-1.5e-3, 1.51e-3, 1e-4)
SHIFT_PRIOR_KEV, GAIN_PRIOR = 0.6, 6e-4
NON_LINEARITY_KEV = ((0.15, 500.0), (0.06, 150.0))
"""Size and length of the converter's non-linearity: makers quote 0.025 % of full scale."""
KNOTS_KEV = np.arange(-100.0, 4001.0, 50.0)
NEAR_KEV = 0.2
DECOYS_KEV = (-23.0, -17.0, -13.0, -9.0, -6.5, 6.5, 9.0, 13.0, 17.0, 23.0)
LEAST_LINES = 3
LEAST_SPAN_KEV = 500.0
"""Of the matched lines; below only a shift is fitted, and only for a calibration by points."""
LEAST_AREA = 100.0
EXCESS = 1.2
"""By which the score must exceed that of every decoy."""
LEAST_SIGMA_KEV = 0.02
"""Added to a centroid's error: bending of the energy scale between lines."""
MOST_CHI2 = 6.0
"""Reduced chi-square of the match beyond which it is refused."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lines:
    """Peaks as they stand: energies by the present calibration, their errors, z and areas."""

    energy_kev: FloatArray
    sigma_kev: FloatArray
    z: FloatArray
    area: FloatArray


@lru_cache(maxsize=1)
def references() -> tuple[FloatArray, NDArray[np.int64], NDArray[np.bool_]]:
    """Return energy, family and leadership of each reference line."""
    energy, family, leads = [], [], []
    for k, (name, rounded) in enumerate(FAMILIES):
        lines = nuclide(name).lines
        for j, near in enumerate(rounded):
            energy.append(min(lines, key=lambda one: abs(one.energy_kev - near)).energy_kev)
            family.append(k)
            leads.append(j == 0)
    return np.array(energy), np.array(family), np.array(leads)


def recalibrate(model: DetectorModel, lines: Lines) -> DetectorModel:
    """Return the model with its energies adjusted, or as it was with a remark that says why."""
    strong = lines.area > LEAST_AREA
    if int(strong.sum()) < LEAST_LINES:
        return model.remark("peaks.recalibration_few_lines", lines=int(strong.sum()))
    used = Lines(
        energy_kev=lines.energy_kev[strong],
        sigma_kev=np.hypot(lines.sigma_kev[strong], LEAST_SIGMA_KEV),
        z=lines.z[strong],
        area=lines.area[strong],
    )
    shift, gain, score = _best(used, 0.0)
    decoy = max(_best(used, moved)[2] for moved in DECOYS_KEV)
    if score < decoy + EXCESS:
        return model.remark("peaks.recalibration_ambiguous", score=score, chance=decoy)
    found, known = _matches(used, shift, gain)
    if len(found) < LEAST_LINES:
        return model.remark("peaks.recalibration_few_lines", lines=len(found))
    return _adjusted(model, used, found, known)


def _best(lines: Lines, moved: float) -> tuple[float, float, float]:
    """Return shift, gain change and score of the best hypothesis."""
    energy, family, leads = references()
    s, g = np.meshgrid(SHIFTS_KEV, GAINS, indexing="ij")
    order = np.argsort(lines.energy_kev)
    sorted_kev, z = lines.energy_kev[order], lines.z[order]
    # Where each line would stand in the present calibration.
    places = (energy + moved) - s[..., np.newaxis] - g[..., np.newaxis] * energy
    right = np.clip(np.searchsorted(sorted_kev, places), 1, max(len(sorted_kev) - 1, 1))
    right = np.minimum(right, len(sorted_kev) - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.abs(sorted_kev[left] - places) < np.abs(sorted_kev[right] - places)
    nearest = np.where(nearer, left, right)
    off = (sorted_kev[nearest] - places) / NEAR_KEV
    value = np.minimum(z[nearest] / 15.0, 1.0) * np.exp(-0.5 * off**2)
    led = np.zeros((*s.shape, len(FAMILIES)))
    led[..., family[leads]] = value[..., leads]
    value = np.where(leads, value, value * np.minimum(2.0 * led[..., family], 1.0))
    prior = 0.5 * ((s / SHIFT_PRIOR_KEV) ** 2 + (g / GAIN_PRIOR) ** 2) * 0.2
    total = value.sum(axis=-1) - prior
    best = np.unravel_index(int(np.argmax(total)), total.shape)
    return float(s[best]), float(g[best]), float(total[best])


def _matches(lines: Lines, shift: float, gain: float) -> tuple[NDArray[np.int64], FloatArray]:
    """Return peaks and the lines that they are, one to one; refined once."""
    energy, family, leads = references()
    now = lines.energy_kev + shift + gain * lines.energy_kev
    for reach in (3.0 * NEAR_KEV, 2.0 * NEAR_KEV):
        off = np.abs(now[:, np.newaxis] - energy)
        nearest = off.argmin(axis=1)
        good = off[np.arange(len(now)), nearest] < reach
        led = np.isin(family, family[nearest[good & leads[nearest]]])
        good &= led[nearest]
        for j in np.unique(nearest[good]):
            rivals = np.flatnonzero(good & (nearest == j))
            good[rivals[lines.area[rivals] < lines.area[rivals].max()]] = False
        found, known = np.flatnonzero(good), energy[nearest[good]]
        if len(found) < 2:
            break
        adjustment, _ = _adjustment(lines, found, known)
        now = lines.energy_kev + _at(adjustment, lines.energy_kev)
    return found, known


def _prior(first: FloatArray, second: FloatArray) -> FloatArray:
    """Covariance of adjustments at two rows of energies, keV^2."""
    away = first[:, np.newaxis] - second
    out = SHIFT_PRIOR_KEV**2 + GAIN_PRIOR**2 * np.outer(first, second)
    for size, length in NON_LINEARITY_KEV:
        out = out + size**2 * np.exp(-0.5 * (away / length) ** 2)
    return np.asarray(out)


def _at(adjustment: Adjustment, energy_kev: FloatArray) -> FloatArray:
    return np.asarray(np.interp(energy_kev, adjustment.knots_kev, adjustment.shift_kev))


def _adjustment(
    lines: Lines, found: NDArray[np.int64], known: FloatArray
) -> tuple[Adjustment, float]:
    """Condition the process on matches; return it and the reduced chi-square that is left."""
    at, sigma = lines.energy_kev[found], lines.sigma_kev[found]
    wanted = known - at
    within, across = _prior(at, at), _prior(KNOTS_KEV, at)
    variance = sigma**2
    for _ in range(10):
        solved = np.linalg.solve(within + np.diag(variance), wanted)
        off = np.abs(wanted - within @ solved) / sigma
        # Huber's weights: a line that is mixed with another does not pull.
        variance = sigma**2 * np.maximum(1.0, off / 1.5)
    gain = np.linalg.solve(within + np.diag(variance), across.T).T
    adjustment = Adjustment(
        knots_kev=KNOTS_KEV,
        shift_kev=gain @ wanted,
        covariance=_prior(KNOTS_KEV, KNOTS_KEV) - gain @ across.T,
    )
    share = np.trace(np.linalg.solve(within + np.diag(variance), np.diag(variance)))
    return adjustment, float(np.sum(np.minimum(off, 1.5) * off) / max(share, 1.0))


def _adjusted(
    model: DetectorModel, lines: Lines, found: NDArray[np.int64], known: FloatArray
) -> DetectorModel:
    span = float(np.ptp(known))
    if span < LEAST_SPAN_KEV and not model.calibrated:
        return model.remark("peaks.recalibration_short_span", span_kev=span)
    adjustment, chi2 = _adjustment(lines, found, known)
    shift = adjustment.shift_kev
    gain, zero = np.polyfit(KNOTS_KEV[:40], shift[:40], 1)
    most_gain, most_zero = (1e-3, 0.5) if model.calibrated else (2e-3, 1.5)
    if abs(gain) > most_gain or abs(zero) > most_zero:
        return model.remark("peaks.recalibration_too_large", gain_change=gain, zero_kev=zero)
    if chi2 > MOST_CHI2:
        return model.remark("peaks.recalibration_poor", chi2=chi2)
    energy = replace(model.energy, adjustment=_joined(model.energy, adjustment))
    return replace(model, energy=energy, calibrated=True).remark(
        "peaks.recalibrated", lines=len(found), zero_kev=float(zero), gain=float(gain), chi2=chi2
    )


def _joined(curve: EnergyCurve, new: Adjustment) -> Adjustment:
    """Add to an adjustment made before: the new one counts from energies that had it."""
    old = curve.adjustment
    if old is None:
        return new
    before = np.interp(KNOTS_KEV, old.knots_kev, old.shift_kev)
    return replace(new, shift_kev=before + _at(new, KNOTS_KEV + before))
