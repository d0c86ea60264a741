"""Peaks that are two: equal members a FWHM apart, which one broader peak hides.

To a first order nothing can be added beside such a peak, so the score test of ``rounds`` does not
see it: the way from one peak to two leads through no third. Where a group is wider than the law
says, or is fitted badly, each of its strong peaks is therefore replaced by two on trial, and the
likelihoods are compared: twice the gain of its logarithm is near chi-square with two degrees of
freedom if the peak is one.

In a spectrum of very many counts no law holds, every group is suspected, and trials would take
minutes: their work is bounded for a spectrum as a whole (``Divisions``); a group whose trials do
not fit in any more is left as it is, and that is told.

Accuracy and cost as measured: ``docs/methods/peaks.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.multiplet import fit_group
from vigie.radionuclide.peaks.shape import FWHM_OVER_SIGMA

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.multiplet import Group, GroupFit

FloatArray = NDArray[np.float64]

WIDER_SIGMA = 1.5
"""Excess of the width over the law, in its scatter, from which a group is suspected."""
POOR_CHANCE = 0.02
"""Chance of the chi-square below which a group is suspected."""
STRONG_Z = 10.0
TRIALS = ((-0.42, 0.42), (-0.25, 0.65), (-0.65, 0.25))
"""Places of the two, in FWHM from the one."""
BEYOND = 1.5
"""By this much more than the usual z two peaks must beat one."""
MOST_WORK = 60.0
"""Work of all trials of a spectrum, 1e6 channels times parameters squared: some 15 s. Measured
spectra need 0 to 2, a simulated one of uranium, 112 peaks, 36."""


@dataclass(slots=True)
class Divisions:
    """What was tried in a spectrum so far."""

    tried: set[tuple[bytes, int]] = field(default_factory=set)
    """Groups, by their places and first channel."""
    work: float = 0.0
    """Done in all, as in ``MOST_WORK``."""
    left_out: int = 0
    """Groups that were suspected and not tried."""

    def affords(self, work: float) -> bool:
        """Tell whether so much more work may be done, and count it or the group left out."""
        if self.work + work > MOST_WORK:
            self.left_out += 1
            return False
        self.work += work
        return True


def divided(
    counts: FloatArray, offset: FloatArray, fit: GroupFit, least_z: float, so_far: Divisions
) -> FloatArray | None:
    """Return the places of a group in which one peak is replaced by two, if that is much better.

    Parameters
    ----------
    counts, offset : ndarray, shape (stop - start,)
        Of the group's window, as in ``fit_group``.
    fit : GroupFit
    least_z : float
        Significance from which a peak is kept.
    so_far : Divisions
        Of the spectrum; the work done here is added.
    """
    if not _suspect(fit):
        return None
    strong = fit.p[: fit.n_peaks] > STRONG_Z * fit.null_sigma
    members = np.flatnonzero(strong & (fit.group.kinds == 0) & ~fit.group.fixed)
    work = len(members) * len(TRIALS) * len(counts) * float(len(fit.p) + 3) ** 2 / 1e6
    if not so_far.affords(work):
        return None
    best, places = fit.objective - 0.5 * (least_z + BEYOND) ** 2, None
    for i in members:
        for shifts in TRIALS:
            trial = fit_group(counts, offset, _with_two(fit, int(i), shifts))
            if trial.objective < best and _fair(trial, int(i)):
                best, places = trial.objective, trial.places
    return places


def _suspect(fit: GroupFit) -> bool:
    from scipy.stats import chi2 as chi2_law

    group = fit.group
    if not group.theta_sigma.any():
        return False
    wider = (fit.theta[0] - group.theta[0]) / max(float(group.theta_sigma[0]), 1e-6)
    return wider > WIDER_SIGMA or bool(chi2_law.sf(fit.chi2, fit.dof) < POOR_CHANCE)


def _with_two(fit: GroupFit, i: int, shifts: tuple[float, float]) -> Group:
    group = fit.group
    fwhm = FWHM_OVER_SIGMA * group.sigma[i]
    rest = np.delete(fit.places, i)
    places = np.sort(np.append(rest, fit.places[i] + np.array(shifts) * fwhm))
    return replace(
        group,
        places=places,
        sigma=np.insert(group.sigma, i, group.sigma[i]),
        kinds=np.insert(group.kinds, i, 0),
        fixed=np.insert(group.fixed, i, group.fixed[i]),
    )


def _fair(trial: GroupFit, i: int) -> bool:
    """Tell whether both members stand: not one and a scrap of its shape."""
    # Sorting may have moved the two by a place where a neighbour is near.
    one, two = trial.p[i], trial.p[min(i + 1, trial.n_peaks - 1)]
    return trial.converged and min(one, two) > 0.07 * max(one, two)
