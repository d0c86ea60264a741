"""What results are made of, and the conversion from an activity to a concentration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.identify import Identified

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.sources import Source

FloatArray = NDArray[np.float64]

MICRO = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Quantities:
    """What makes results of a solution."""

    found: Identified
    counting: FloatArray
    """Covariance of the amounts by counting."""
    total: FloatArray
    """In all."""
    air_volume_m3: float | None
    volume_error: float
    unknown: str
    """Code of the reason why there are no amounts; empty where there are."""
    scale_error: float
    """Relative error of counts per Bq, of the characteristic limits."""
    primary: FloatArray
    """Of each source looked for that is not in the solution, what the spectrum says of it: Bq,
    may be below 0; NaN where nothing does, and of those that are in the solution."""
    primary_sigma: FloatArray
    """Its error by counting."""


def concentration_factor(source: Source, quantities: Quantities) -> tuple[float, str]:
    """Return what makes a concentration of an activity, and its unit.

    What was not collected (K-40 of the surroundings) has no factors of collection and decay.
    """
    volume = quantities.air_volume_m3
    if not volume:
        return 1.0, "Bq"
    if source.factors is None:
        return MICRO / volume, "uBq/m3"
    # The solution's activity is that at the start, so the decay while counting is in it already.
    return source.factors[0] * source.factors[1] * MICRO / volume, "uBq/m3"


def probability(found: Identified, index: int | None) -> float | None:
    """Return 1 / (1 + exp(-drop / 2) x candidates): odds of the nuclide against chance."""
    if index is None or not found.solution.kept[index] or not np.isfinite(found.drop[index]):
        return None
    chance = len(found.sources) * float(np.exp(-0.5 * min(found.drop[index], 1000.0)))
    return 1.0 / (1.0 + chance)
