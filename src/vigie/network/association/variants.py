"""The readings of the Earth model that a hypothesis is settled with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.hypothesis import Variant
from vigie.network.association.tables import DELTAS_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.tables import TravelTables

    FloatArray = NDArray[np.float64]

MODEL_SCALES = (1.0, 0.4)
"""Factors on the model's errors that are tried."""


def variants_of(tabs: tuple[FloatArray, ...], tables: TravelTables) -> list[Variant]:
    """Return each scale of the model's errors, first arrivals or crustal phases first."""
    first_p, first_s, sigma_p, sigma_s, depths, branches = tabs
    swapped = branches.copy()
    near = DELTAS_DEG < 20.0
    for first, later in ((0, 1), (3, 4)):
        both = np.isfinite(branches[later]) & near
        swapped[first] = np.where(both, branches[later], branches[first])
        swapped[later] = np.where(both, branches[first], branches[later])
    crustal = bool(np.isfinite(branches[1][:, near]).any())
    found = []
    for scale in MODEL_SCALES:
        rest = (scale * sigma_p, scale * sigma_s, depths)
        found.append(Variant(scale, False, (first_p, first_s, *rest, branches)))
        if crustal:
            found.append(Variant(scale, True, (first_p, first_s, *rest, swapped)))
    return found
