"""Whether a peak in region 3 is left to a background that was not measured.

What it computes: without a detector background, the counts of region 3 above those of its
neighbours along the photon axis (``sidebands``) and what the fit gives there to xenon and radon.
The background under the region is so uncertain there that X-rays of region 4, where they disagree
with the gamma ray of 81 keV, carry the fit, and the rest of a peak becomes background. Told beyond
3 standard errors: those of the counts, and a third of the counts of the neighbours. Assumes that
the surroundings have no peak of their own in the region; X-rays of a lead shield (72 to 87 keV)
would be one, so it is told and not used. Cost: 1 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.noble_gas.sidebands import neighbours
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XE133
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.cell_model import CellModel, Plane
    from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit

SIGMAS = 3.0
ROUGHNESS = 1.0 / 3.0
"""Error of what lies between neighbours, relative."""


def peak_left_to_background(model: CellModel, fit: LikelihoodFit, sample: Plane) -> list[Reason]:
    """Return the remark on a peak of region 3 that the fit calls background, if there is one.

    Parameters
    ----------
    model : CellModel
        Of parts as a whole, with a background from side bands.
    """
    at = [cell.atom for cell in model.cells].index("3")
    between, sigma = neighbours(model.cells[at], sample)
    gross = float(model.counts[at, 0])
    peak = gross - between
    error = float(np.sqrt(gross + sigma**2 + (ROUGHNESS * between) ** 2))
    pulls = np.array([fit.pulls[name] for name in model.nuisances])
    factor = 1.0 + pulls @ model.relative[:, at, :]
    own = fit.activities * model.design[0][at] * factor
    signal = float((own + fit.memory * model.design[1][at] * factor).sum())
    if peak - signal <= SIGMAS * error:
        return []
    column = ISOTOPES.index(XE133)
    alone = (peak - signal + own[column]) / (model.design[0][at, column] * factor[column])
    return [
        Reason.of(
            "noble_gas.peak_left_to_background",
            counts=peak,
            sigma=error,
            signal=signal,
            alone_mbq=1e3 * float(alone),
            fit_mbq=1e3 * float(fit.activities[column]),
        )
    ]
