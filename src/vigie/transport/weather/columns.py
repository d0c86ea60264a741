"""Pressure, virtual temperature and height in columns of air.

What it computes: pressures a + b p_s of levels; virtual temperature T (1 + 0.608 q); heights above
the ground by the hypsometric equation, layer by layer with the mean virtual temperature; and the
scale height R T / g over which pressure falls by the factor e.

Source: Wallace and Hobbs (2006), Atmospheric Science, 2nd ed., 3.1 and 3.2. Constants: dry air
287.05 J/(kg K), g 9.80665 m/s2. Assumes hydrostatic air and, within a layer, its mean temperature.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

GAS_CONSTANT = 287.05
"""Of dry air, J/(kg K)."""
GRAVITY_M_S2 = 9.80665
HEAT_CAPACITY = 1004.7
"""Of dry air at constant pressure, J/(kg K)."""
VAPOUR = 0.608
"""R_v / R_d - 1."""
REFERENCE_PA = 1e5


def pressures_pa(a_pa: FloatArray, b: FloatArray, surface_pa: ArrayLike) -> FloatArray:
    """Return pressures of levels, shape (n_levels, *surface.shape)."""
    surface = np.asarray(surface_pa, dtype=np.float64)
    return np.asarray(np.multiply.outer(b, surface).T + a_pa).T


def virtual_temperature_k(temperature_k: ArrayLike, specific_humidity: ArrayLike) -> FloatArray:
    """Return the temperature of dry air of the same density and pressure."""
    humid = 1.0 + VAPOUR * np.asarray(specific_humidity, dtype=np.float64)
    return np.asarray(np.asarray(temperature_k, dtype=np.float64) * humid)


def scale_height_m(virtual_k: ArrayLike) -> FloatArray:
    """Return R T_v / g."""
    return np.asarray(np.asarray(virtual_k, dtype=np.float64) * (GAS_CONSTANT / GRAVITY_M_S2))


def heights_m(virtual_k: FloatArray, pressure_pa: FloatArray, surface_pa: FloatArray) -> FloatArray:
    """Return heights of levels above the ground, bottom to top, shape of the inputs.

    Below the lowest level the air is as warm as there. Levels below the ground (of pressure
    levels) have heights below 0.

    Parameters
    ----------
    virtual_k, pressure_pa : ndarray, shape (n_levels, ...)
    surface_pa : ndarray, shape (...)
    """
    first = scale_height_m(virtual_k[0]) * np.log(surface_pa / pressure_pa[0])
    means = scale_height_m(0.5 * (virtual_k[1:] + virtual_k[:-1]))
    layers = means * np.log(pressure_pa[:-1] / pressure_pa[1:])
    return np.concatenate([first[None], first + np.cumsum(layers, axis=0)])


def potential_temperature_k(virtual_k: ArrayLike, pressure_pa: ArrayLike) -> FloatArray:
    """Return the (virtual) temperature that the air would have at 1000 hPa."""
    ratio = REFERENCE_PA / np.asarray(pressure_pa, dtype=np.float64)
    return np.asarray(np.asarray(virtual_k) * ratio ** (GAS_CONSTANT / HEAT_CAPACITY))
