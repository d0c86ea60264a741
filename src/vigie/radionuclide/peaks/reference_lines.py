"""Lines by which the energy scale of a sample can be recognised, by nuclide.

Energies come from the table of nuclides; here stands which lines are strong and stand alone.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import nuclide

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
    ("Ba-133", (356.0, 302.9, 81.0, 383.8, 276.4)),
    ("Br-82", (776.5, 554.3, 619.1, 1044.0, 1317.5, 698.4, 827.8, 1474.9)),
    ("I-131", (364.5, 637.0, 284.3)),
    ("La-140", (1596.2, 487.0, 815.8, 328.8)),
    ("Ir-192", (316.5, 468.1, 308.5)),
    ("Y-88", (1836.1, 898.0)),
    ("Na-24", (1368.6, 2754.0)),
    ("U-235", (185.7, 143.8)),
    ("Co-57", (122.1, 136.5)),
)
"""Nuclides with their lines (rounded, keV), the surest first: natural ones, those of shields, of
check sources, of medicine and of industry."""


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
