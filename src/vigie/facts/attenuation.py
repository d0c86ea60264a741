"""Attenuation of photons in the materials of a germanium detector and its filter.

Source: J. H. Hubbell and S. M. Seltzer, Tables of X-Ray Mass Attenuation Coefficients and Mass
Energy-Absorption Coefficients, NIST (2004), doi 10.18434/T4D01F; totals with coherent scattering,
10 keV to 4 MeV. Between the rows logarithms are interpolated.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]

DENSITY_G_CM3 = {"germanium": 5.323, "aluminium": 2.699, "polyethylene": 0.93}
"""Of the solid, same source."""


@cache
def attenuation_table(material: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return energies (keV), total and energy-absorption coefficients (cm2/g).

    Raises
    ------
    ParameterError
        The material is not in the table.
    """
    text = files(__package__).joinpath("attenuation.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(text.split("\n")) if row["material"] == material]
    if not rows:
        expected = f"one of {', '.join(DENSITY_G_CM3)}"
        raise ParameterError(name="material", value=material, expected=expected)
    names = ("energy_kev", "attenuation_cm2_g", "energy_absorption_cm2_g")
    energy, total, absorbed = (np.array([float(row[name]) for row in rows]) for name in names)
    return energy, total, absorbed


def attenuation_per_cm(material: str, energy_kev: FloatArray) -> FloatArray:
    """Return the linear attenuation coefficient, 1/cm, held at the ends of the table.

    Examples
    --------
    >>> attenuation_per_cm("germanium", np.array([1000.0])).round(4)
    array([0.3048])
    """
    energy, total, _ = attenuation_table(material)
    log = np.interp(np.log(energy_kev), np.log(energy), np.log(total))
    return np.asarray(np.exp(log) * DENSITY_G_CM3[material])
