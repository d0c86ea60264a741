"""Specific humidity from the relative humidity of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

_RATIO = 0.622
"""Molar mass of water over that of dry air."""


def specific_humidity(
    relative_percent: FloatArray, temperature_k: FloatArray, pressure_pa: FloatArray
) -> FloatArray:
    """Return kg of vapour per kg of air.

    Saturation is over water (Bolton 1980, Mon. Wea. Rev. 108, 1046, equation 10; 0.3 % from -35 to
    35 C), as HYSPLIT takes it. The format does not say what the file's model meant: were it ice,
    the humidity would be less by 9 % at -10 C, 25 % at -30 C, 38 % at -50 C.

    Examples
    --------
    >>> q = specific_humidity(np.array([50.0]), np.array([293.15]), np.array([1e5]))
    >>> round(float(q[0]), 5)
    0.0073
    """
    celsius = temperature_k - 273.15
    vapour_pa = relative_percent * 6.112 * np.exp(17.67 * celsius / (celsius + 243.5))
    # In the stratosphere water would boil: there is never more vapour than air.
    vapour_pa = np.minimum(vapour_pa, pressure_pa)
    return _RATIO * vapour_pa / (pressure_pa - (1.0 - _RATIO) * vapour_pa)
