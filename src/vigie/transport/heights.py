"""Heights above ground and pressures, either way, by a profile of hydrostatic air.

What it computes. Within the boundary layer one scale height H over its depth h, z = H ln(p_s / p).
Above it temperature falls by 6.5 K/km from g H / R at the top of the layer to 216.65 K and stays
so (colder air stays as it is): with y = ln(p_s / p) - h / H and k = R (6.5 K/km) / g,

    S(y) = max(H exp(-k y), min(H, 6342 m)),      z = h + integral of S from 0 to y,

S being the local scale height R T / g. It is continuous at h, so density p / (g S) is as well.
Tropopauses are thus high over warm ground and low over cold.

Source: ICAO Standard Atmosphere (Doc 7488), lapse rate and temperature of the stratosphere; Wallace
and Hobbs (2006), Atmospheric Science, 2nd ed., 3.2. Accuracy as measured against hypsometric
heights of the weather (mean over area, and rms; two GFS fields of the whole Earth, 73 by 144
columns, 26 levels, and one of IFS over 48 by 34, 137 levels): at 2 km -6 to 1 m (rms 17 to 25 m),
at 5 km -43 to -19 m (65 to 98 m), at 10 km -110 to -21 m (131 to 194 m), at 15 km -57 to 24 m (136
to 226 m), at 20 km 143 to 247 m (207 to 444 m). One scale height for all gave 1010 to 1130 m at
10 km.
"""

from __future__ import annotations

import math

from vigie.transport.compiled import inline

GRAVITY_M_S2 = 9.80665
GAS_CONSTANT = 287.05
"""Of dry air, J/(kg K)."""
LAPSE_K_M = 6.5e-3
COLDEST_K = 216.65
_FALL = GAS_CONSTANT * LAPSE_K_M / GRAVITY_M_S2
"""By which the scale height falls per its own height."""
_COLDEST_M = GAS_CONSTANT * COLDEST_K / GRAVITY_M_S2
Pair = tuple[float, float]


@inline
def height_over(drop: float, scale_m: float, depth_m: float) -> Pair:
    """Return the height at which pressure has fallen so far, and the scale height there, m.

    Parameters
    ----------
    drop : float, >= 0
        ln(p_s / p).
    scale_m, depth_m : float, > 0
        Scale height within the boundary layer, and its depth.

    Examples
    --------
    >>> height, scale = height_over(1.3436, 8434.5, 1.0)
    >>> round(height, -2), round(scale)
    (10000.0, 6532)
    """
    beyond = drop - depth_m / scale_m
    if beyond <= 0.0:
        return scale_m * drop, scale_m
    coldest = min(scale_m, _COLDEST_M)
    local = scale_m * math.exp(-_FALL * beyond)
    if local > coldest:
        return depth_m + (scale_m - local) / _FALL, local
    rest = beyond - math.log(scale_m / coldest) / _FALL
    return depth_m + (scale_m - coldest) / _FALL + coldest * rest, coldest


@inline
def drop_to(height_m: float, scale_m: float, depth_m: float) -> Pair:
    """Return ln(p_s / p) at a height, and the scale height there, m; the inverse of the above."""
    if height_m <= depth_m:
        return height_m / scale_m, scale_m
    coldest = min(scale_m, _COLDEST_M)
    local = scale_m - _FALL * (height_m - depth_m)
    if local > coldest:
        return depth_m / scale_m + math.log(scale_m / local) / _FALL, local
    top_m = depth_m + (scale_m - coldest) / _FALL
    at_top = depth_m / scale_m + math.log(scale_m / coldest) / _FALL
    return at_top + (height_m - top_m) / coldest, coldest
