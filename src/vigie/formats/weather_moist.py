"""Humidity of weather files: relative to specific."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_EPSILON = 0.62198
"""Molar mass of water over that of dry air."""
_FREEZING_K = 273.16
_MIXED_K = 20.0


def specific_humidity(
    percent: NDArray[np.floating], temperature_k: NDArray[np.floating], pressure_pa: FloatArray
) -> FloatArray:
    """Return the specific humidity of air, kg/kg, from its relative humidity.

    Saturation is over water at the triple point and above, over ice 20 K below and colder, and
    mixed linearly between, as NCEP defines the relative humidity of GFS (``fpvsx``). Vapour
    pressure: Teten's formula with the constants of ECMWF (IFS documentation, part IV,
    eq. 7.93 of Cy31r1, after Buck 1981 and Alduchov and Eskridge 1996).

    Examples
    --------
    >>> q = specific_humidity(np.array([100.0]), np.array([293.15]), np.array([101325.0]))
    >>> f"{q[0]:.4f}"
    '0.0145'
    """
    temperature = np.asarray(temperature_k, np.float64)
    water = _teten(temperature, 17.502, 32.19)
    ice = _teten(temperature, 22.587, -0.7)
    share = np.clip((temperature - _FREEZING_K + _MIXED_K) / _MIXED_K, 0.0, 1.0)
    saturated = share * water + (1.0 - share) * ice
    # In thin warm air the formula exceeds the pressure itself: there is no more vapour than air.
    vapour = np.minimum(np.asarray(percent, np.float64) / 100.0 * saturated, pressure_pa)
    return np.asarray(_EPSILON * vapour / (pressure_pa - (1.0 - _EPSILON) * vapour))


def _teten(temperature_k: FloatArray, slope: float, shift_k: float) -> FloatArray:
    # Below 100 K, which is no air on Earth, the formula has its pole.
    safe = np.maximum(temperature_k, 100.0)
    return np.asarray(611.21 * np.exp(slope * (safe - _FREEZING_K) / (safe - shift_k)))
