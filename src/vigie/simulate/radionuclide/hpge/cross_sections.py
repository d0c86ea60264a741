"""Cross sections of germanium, by process, for the transport of photons.

Compton scattering after Klein and Nishina, electrons free. Photoelectric absorption up to 300 keV
is NIST's energy-absorption coefficient less the energy that Compton electrons take, raised by what
K X-rays carry off; above, where bremsstrahlung hides it, a power law. Pair production is what
remains of the total. Coherent scattering, which leaves no energy, is left out. Against NIST's
totals: within 2 % from 60 keV to 3 MeV but for the coherent part (at most 12 % of the total at 100
keV).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from vigie.facts.attenuation import DENSITY_G_CM3, attenuation_table

FloatArray = NDArray[np.float64]

ELECTRON_KEV = 510.99895
CLASSICAL_RADIUS2_CM2 = 7.9407877e-26
ELECTRONS_PER_G = 32.0 * 6.02214076e23 / 72.63
K_EDGE_KEV = 11.103
K_XRAY_KEV = 9.89
"""Weighted over K alpha and K beta a little above; the difference is no matter here."""
K_XRAYS_PER_ABSORPTION = 0.88 * 0.535
"""Share of the K shell in absorption, times its fluorescence yield."""
PHOTO_KNOWN_KEV = 300.0
PHOTO_SLOPES = ((600.0, -2.7), (np.inf, -2.3))
COHERENT_AT_1_MEV_CM2_G = 5.9e-4
"""Total less Klein-Nishina and photoelectric there; falls with the square of energy."""
STEP_KEV = 2.0
LAST_KEV = 4000.0


def klein_nishina_cm2(energy_kev: FloatArray) -> FloatArray:
    """Return the cross section of a free electron, cm2.

    Examples
    --------
    >>> (1e25 * klein_nishina_cm2(np.array([661.657]))).round(3)
    array([2.562])
    """
    a = np.asarray(energy_kev) / ELECTRON_KEV
    log = np.log1p(2.0 * a)
    first = (1.0 + a) / a**2 * (2.0 * (1.0 + a) / (1.0 + 2.0 * a) - log / a)
    second = log / (2.0 * a) - (1.0 + 3.0 * a) / (1.0 + 2.0 * a) ** 2
    return np.asarray(2.0 * np.pi * CLASSICAL_RADIUS2_CM2 * (first + second))


def compton_transfer_cm2(energy_kev: FloatArray) -> FloatArray:
    """Return cross section times the share of energy that the electron takes, cm2."""
    cosines = np.linspace(-1.0, 1.0, 4001)
    a = np.asarray(energy_kev)[:, None] / ELECTRON_KEV
    left = 1.0 / (1.0 + a * (1.0 - cosines))
    density = 0.5 * CLASSICAL_RADIUS2_CM2 * left**2 * (left + 1.0 / left - 1.0 + cosines**2)
    return np.asarray(2.0 * np.pi * np.trapezoid(density * (1.0 - left), cosines, axis=1))


def photoelectric_cm2_g(energy_kev: FloatArray) -> FloatArray:
    """Return the coefficient of photoelectric absorption in germanium, cm2/g."""
    table, _, absorbed = attenuation_table("germanium")
    known = table <= PHOTO_KNOWN_KEV
    energy = table[known]
    net = absorbed[known] - ELECTRONS_PER_G * compton_transfer_cm2(energy)
    carried = np.where(energy > K_EDGE_KEV, K_XRAYS_PER_ABSORPTION * K_XRAY_KEV / energy, 0.0)
    logs = np.log(net / (1.0 - carried))
    out = np.exp(np.interp(np.log(energy_kev), np.log(energy), logs))
    at, level = PHOTO_KNOWN_KEV, float(np.exp(logs[-1]))
    for end, slope in PHOTO_SLOPES:
        inside = (energy_kev > at) & (energy_kev <= end)
        out[inside] = level * (energy_kev[inside] / at) ** slope
        level *= (end / at) ** slope
        at = end
    return np.asarray(out)


@cache
def germanium_per_cm() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return photoelectric, Compton and pair coefficients on the grid of ``STEP_KEV``, 1/cm."""
    grid = np.maximum(np.arange(0.0, LAST_KEV + STEP_KEV, STEP_KEV), STEP_KEV)
    table, total, _ = attenuation_table("germanium")
    photo = photoelectric_cm2_g(grid)
    compton = ELECTRONS_PER_G * klein_nishina_cm2(grid)
    high = table > 2.0 * ELECTRON_KEV
    coherent = COHERENT_AT_1_MEV_CM2_G * (1000.0 / table[high]) ** 2
    rest = total[high] - ELECTRONS_PER_G * klein_nishina_cm2(table[high]) - coherent
    pair_known = np.maximum(rest - photoelectric_cm2_g(table[high]), 0.0)
    where = np.concatenate([[0.0, 2.0 * ELECTRON_KEV], table[high]])
    pair = np.interp(grid, where, np.concatenate([[0.0, 0.0], pair_known]))
    density = DENSITY_G_CM3["germanium"]
    return density * photo, density * compton, density * pair
