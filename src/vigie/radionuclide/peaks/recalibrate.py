"""Energy calibration adjusted on known lines of the sample itself.

Peaks are matched to known lines under every shift and gain change within bounds; the hypothesis
with the largest score wins (a line counts with the significance of its peak and its nearness, and
only where the surest line of its nuclide is there too). The same is done with the lines moved to
places where none are: only a score well above those of such decoys is believed. Where that fails
for a calibration of which only coefficients are known, gains off by up to 0.6 % are tried.

``energy_process`` then makes the adjustment, in turns with further matches where it says that lines
should be. It is taken only within limits: gain change < 0.1 % and zero shift < 0.5 keV where a
calibration by points is adjusted (those of IDC processing), more for coefficients of a file.
Otherwise the calibration stays, and the remarks say why.

Accuracy as measured: see ``docs/methods/peaks.md``. Cost: 30 ms; 0.2 s where the gain is far off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.energy_process import KNOTS_KEV, Conditioned, ScalePrior, condition
from vigie.radionuclide.peaks.reference_lines import FAMILIES, references

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.energy import Adjustment, EnergyCurve
    from vigie.radionuclide.peaks.model import DetectorModel

FloatArray = NDArray[np.float64]

LEAST_LINES = 3
LEAST_AREA, LEAST_Z = 25.0, 6.0
"""Of a peak that is matched. The IDC asks for 100 counts; errors of centroids are weighed here."""
EXCESS = 1.0
"""By which the score must exceed that of every decoy."""
LEAST_SIGMA_KEV = 0.02
"""Added to a centroid's error: the shape's part in it."""
MOST_CHI2 = 6.0
"""Reduced chi-square of the match beyond which it is refused."""
REACH_KEV = 0.3
TURNS = 5
NATURAL = 7
"""So many of the families are natural and have several strong lines."""
LONELY = (0, 1)
LONELY_Z = 10.0
AGREEING_REACH_KEV, AGREEING_SPAN_KEV = 1.6, 150.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Range:
    """What is tried, and what is believed."""

    shifts_kev: FloatArray
    gains: FloatArray
    near_kev: float
    """A line this far from a peak counts with exp(-1/2)."""
    decoys_kev: tuple[float, ...]
    """By which all lines are moved to see what chance gives."""
    most_gain: float
    most_zero_kev: float
    prior: ScalePrior


USUAL = Range(
    shifts_kev=np.arange(-1.65, 1.66, 0.15),
    gains=np.arange(-1.5e-3, 1.51e-3, 1e-4),
    near_kev=0.2,
    decoys_kev=(-23.0, -13.0, -6.5, 6.5, 13.0, 23.0),
    most_gain=2e-3,
    most_zero_kev=1.5,
    prior=ScalePrior(shift_kev=0.6, gain=6e-4),
)
FAR = Range(
    shifts_kev=np.arange(-1.6, 1.61, 0.4),
    gains=np.arange(-6e-3, 6.01e-3, 1.5e-4),
    near_kev=0.35,
    decoys_kev=(-41.0, -31.0, 31.0, 41.0),
    most_gain=8e-3,
    most_zero_kev=3.0,
    prior=ScalePrior(shift_kev=2.0, gain=4e-3),
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lines:
    """Peaks as they stand: energies by the present calibration, their errors, z and areas."""

    energy_kev: FloatArray
    sigma_kev: FloatArray
    z: FloatArray
    area: FloatArray


def recalibrate(model: DetectorModel, lines: Lines) -> DetectorModel:
    """Return the model with its energies adjusted, or as it was with a remark that says why."""
    strong = (lines.area > LEAST_AREA) & (lines.z > LEAST_Z)
    if int(strong.sum()) < LEAST_LINES:
        return model.remark("peaks.recalibration_few_lines", lines=int(strong.sum()))
    used = Lines(
        energy_kev=lines.energy_kev[strong],
        sigma_kev=np.hypot(lines.sigma_kev[strong], LEAST_SIGMA_KEV),
        z=lines.z[strong],
        area=lines.area[strong],
    )
    usual = replace(USUAL, most_gain=1e-3, most_zero_kev=0.5) if model.calibrated else USUAL
    first = _tried(model, used, usual)
    if model.calibrated or first.remarks[-1].code == "peaks.recalibrated":
        return first
    second = _tried(model, used, FAR)
    return second if second.remarks[-1].code == "peaks.recalibrated" else first


def _tried(model: DetectorModel, lines: Lines, span: Range) -> DetectorModel:
    shift, gain, score = _best(lines, span, 0.0)
    decoy = max(_best(lines, span, moved)[2] for moved in span.decoys_kev)
    if score < max(decoy, 0.0) + EXCESS:
        return model.remark("peaks.recalibration_ambiguous", score=score, chance=decoy)
    found, process = _matched(lines, span, shift, gain)
    if len(found) < LEAST_LINES or process is None:
        return model.remark("peaks.recalibration_few_lines", lines=len(found))
    change = process.adjustment.shift_kev
    body = (KNOTS_KEV >= 0.0) & (KNOTS_KEV <= 2000.0)
    gain, zero = (float(v) for v in np.polyfit(KNOTS_KEV[body], change[body], 1))
    if abs(gain) > span.most_gain or abs(zero) > span.most_zero_kev:
        return model.remark("peaks.recalibration_too_large", gain_change=gain, zero_kev=zero)
    if process.chi2 > MOST_CHI2:
        return model.remark("peaks.recalibration_poor", chi2=process.chi2)
    energy = replace(model.energy, adjustment=_joined(model.energy, process.adjustment))
    return replace(model, energy=energy, calibrated=True).remark(
        "peaks.recalibrated",
        lines=len(found),
        zero_kev=zero,
        gain_change=gain,
        chi2=process.chi2,
    )


def _best(lines: Lines, span: Range, moved_kev: float) -> tuple[float, float, float]:
    """Return shift, gain change and score of the best hypothesis."""
    energy, family, leads = references()
    s, g = np.meshgrid(span.shifts_kev, span.gains, indexing="ij")
    order = np.argsort(lines.energy_kev)
    sorted_kev, z = lines.energy_kev[order], lines.z[order]
    # Where each line would stand in the present calibration.
    places = (energy + moved_kev) - s[..., np.newaxis] - g[..., np.newaxis] * energy
    right = np.clip(np.searchsorted(sorted_kev, places), 1, len(sorted_kev) - 1)
    nearer = places - sorted_kev[right - 1] < sorted_kev[right] - places
    nearest = right - nearer
    off = (sorted_kev[nearest] - places) / span.near_kev
    value = np.minimum(z[nearest] / 15.0, 1.0) * np.exp(-0.5 * off**2)
    led = value[..., leads]
    follows = value[..., ~leads] * np.minimum(2.0 * led[..., family[~leads]], 1.0)
    sums = np.zeros(led.shape)
    for column, k in enumerate(family[~leads]):
        sums[..., k] += follows[..., column]
    # The first line of a nuclide with several is half believed until another is seen.
    alone = np.bincount(family, minlength=len(FAMILIES)) == 1
    belief = np.where(alone, 1.0, np.minimum(0.5 + sums, 1.0))
    far = 1.0 + (s / 0.5) ** 2 + (g / 5e-4) ** 2
    total = (led * belief).sum(axis=-1) + sums.sum(axis=-1) - 0.25 * np.log(far)
    best = np.unravel_index(int(np.argmax(total)), total.shape)
    return float(s[best]), float(g[best]), float(total[best])


def _matched(
    lines: Lines, span: Range, shift: float, gain: float
) -> tuple[NDArray[np.int64], Conditioned | None]:
    """Match peaks to lines and condition the process in turns; return the peaks matched."""
    energy, _, _ = references()
    now = lines.energy_kev + shift + gain * lines.energy_kev
    reach = np.full(len(now), 2.0 * span.near_kev)
    process = None
    found = np.zeros(0, dtype=np.int64)
    for turn in range(TURNS):
        found, which = _pairs(lines, now, reach)
        if turn >= TURNS - 2:
            reach = np.maximum(reach, _agreeing(lines, now, found))
            found, which = _pairs(lines, now, reach)
        if len(found) < 2:
            return found, None
        at = lines.energy_kev[found]
        process = condition(at, energy[which] - at, lines.sigma_kev[found], span.prior)
        new = process.adjustment
        now = lines.energy_kev + np.interp(lines.energy_kev, new.knots_kev, new.shift_kev)
        weights = new.weights(lines.energy_kev)
        unsure = np.sqrt(np.maximum(np.einsum("ni,ij,nj->n", weights, new.covariance, weights), 0))
        reach = np.clip(2.5 * np.hypot(unsure, lines.sigma_kev), REACH_KEV, 1.5)
    return found, process


def _agreeing(lines: Lines, now: FloatArray, found: NDArray[np.int64]) -> FloatArray:
    """Return how far unmatched peaks may reach because two of them are off by the same.

    Field instruments are off by more than 1 keV over a part of their range: two natural lines
    close by that miss their energies alike say so. So does 1460.8 or 2614.5 keV alone: a strong
    peak there can be nothing else.
    """
    energy, family, leads = references()
    natural = energy[family < NATURAL]
    off = natural[np.abs(now[:, np.newaxis] - natural).argmin(axis=1)] - now
    free = np.abs(off) < AGREEING_REACH_KEV
    free[found] = False
    away = np.abs(now[:, np.newaxis] - energy[np.isin(family, LONELY) & leads]).min(axis=1)
    lonely = (away < AGREEING_REACH_KEV) & (lines.z > LONELY_Z)
    out = np.where(lonely, AGREEING_REACH_KEV, 0.0)
    for i in np.flatnonzero(free):
        others = free & (np.abs(now - now[i]) < AGREEING_SPAN_KEV) & (np.abs(off - off[i]) < 0.25)
        others[i] = False
        if others.any():
            out[i] = max(out[i], abs(off[i]) + 0.05)
    return out


def _pairs(
    lines: Lines, now: FloatArray, reach: FloatArray
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return peaks and lines that belong together, one to one, the strongest peak first."""
    energy, family, leads = references()
    off = np.abs(now[:, np.newaxis] - energy)
    nearest = off.argmin(axis=1)
    good = off[np.arange(len(now)), nearest] < reach
    led = np.isin(family, family[nearest[good & leads[nearest]]])
    good &= led[nearest]
    for j in np.unique(nearest[good]):
        rivals = np.flatnonzero(good & (nearest == j))
        good[rivals[lines.area[rivals] < lines.area[rivals].max()]] = False
    found = np.flatnonzero(good)
    return found, nearest[found]


def _joined(curve: EnergyCurve, new: Adjustment) -> Adjustment:
    """Add to an adjustment made before: the new one counts from energies that had it."""
    old = curve.adjustment
    if old is None:
        return new
    before = np.interp(KNOTS_KEV, old.knots_kev, old.shift_kev)
    more = np.interp(KNOTS_KEV + before, new.knots_kev, new.shift_kev)
    return replace(new, shift_kev=before + more)
