"""Time through the rock between sea level and a station.

dt = h sqrt(1/v^2 - p^2), h the elevation in km (negative below the sea), v the velocity of
the layer at the surface, p the slowness in s/km. Verified on the LocOO3D reference solution,
whose "sedimentary velocity" for P is 5.8 km/s: SONM 0.2224 s, BVAR (PcP) 0.0716 s, SPITS (Pn)
0.0388 s, each to 1e-4 s.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.phases import PHASES, SPEED, canonical
from vigie.geodesy import KM_PER_DEG

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]


@cache
def arriving_wave(phase: str) -> str:
    """Return the wave type of a phase's last leg: P, S, or nothing for guided waves.

    Examples
    --------
    >>> arriving_wave("PKPdf"), arriving_wave("ScP"), arriving_wave("PcS"), arriving_wave("Lg")
    ('P', 'P', 'S', '')
    """
    name = canonical(phase)
    if any(entry.kind == SPEED for entry in PHASES.get(name, ())):
        return ""
    legs = [letter for letter in name if letter in "PS"]
    return legs[-1] if legs else ""


def elevation_correction_s(
    phases: Sequence[str],
    elevation_m: FloatArray,
    slowness_s_per_deg: FloatArray,
    velocities_km_s: tuple[float, float],
) -> FloatArray:
    """Return seconds to add to times for sea level.

    Parameters
    ----------
    phases : sequence of str, n
        Surface, hydroacoustic and infrasonic waves get 0.
    elevation_m, slowness_s_per_deg : ndarray, shape (n,)
        Of each station and arrival; an unknown elevation (NaN) counts as 0.
    velocities_km_s : tuple of float
        P and S velocity at the surface.
    """
    v_p, v_s = velocities_km_s
    speed = {"P": v_p, "S": v_s, "": np.inf}
    per_km = 1.0 / np.array([speed[arriving_wave(phase)] for phase in phases])
    vertical = np.sqrt(np.maximum(per_km**2 - (slowness_s_per_deg / KM_PER_DEG) ** 2, 0.0))
    return np.nan_to_num(np.asarray(elevation_m)) * 1e-3 * vertical
