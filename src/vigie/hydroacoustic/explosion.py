"""What an underwater explosion makes: bubble period, ghost, shock; and charge from the period.

* Bubble period (Willis 1941; Cole 1948, "Underwater Explosions"):
  T1 = 2.11 W^(1/3) / (d + 10.1)^(5/6) s, W kg of TNT, d m of water above it; 10.1 m of water weigh
  as the air. Inverted at one depth: W = (T1 (d + 10.1)^(5/6) / 2.11)^3, sigma of ln W three times
  that of ln T1. Depth and charge together cannot be had from T1: the answer is a locus.
* Largest radius of the bubble: 3.36 (W / (d + 10.1))^(1/3) m. One that reaches the surface vents
  and makes no bubble pulse: that none is seen proves nothing.
* Surface ghost: t_g = 2 d sin(phi) / c, of negative sign, phi the angle at the source from the
  horizontal. Sound that travels far leaves within about 12 degrees of horizontal, so the ghost
  bounds the depth from below.
* Shock (Chapman 1985, J. Acoust. Soc. Am. 78, 672-681), near the source only:
  P0 = 50.4e6 (R / W^(1/3))^-1.13 Pa, decaying in 8.12e-5 W^(1/3) (R / W^(1/3))^0.14 s.

The bubble of a nuclear explosion holds another share of its energy: charges are kg of TNT that make
this bubble. Accuracy: the formulas themselves, as tabled in the tests. Cost: none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]

WILLIS_S = 2.11
"""s m^(5/6) kg^(-1/3)."""
AIR_M = 10.1
"""Depth of sea water that weighs as much as the air above it."""
BUBBLE_RADIUS_M = 3.36
SOUND_KM_S = 1.485
"""In the sound channel at middle latitudes."""
MAX_GRAZING_DEG = 12.0
"""Rays that stay in the sound channel leave within so much of the horizontal."""
LAG_DEPTHS_M = np.array([50.0, 500.0])
LAG_RANGE_M = 1000.0
"""Beyond it sound is linear, and the shock keeps its shape."""
SECOND_BUBBLE = 0.7
"""Second bubble period in first ones."""
Z_90 = 1.6448536269514722
"""Half width of a two-sided 90 % interval in standard errors."""


def bubble_period_s(charge_kg: ArrayLike, depth_m: ArrayLike) -> FloatArray:
    """Return the first bubble period.

    Examples
    --------
    >>> round(float(bubble_period_s(100.0, 50.0)), 4)
    0.3225
    """
    charge, depth = _positive("charge_kg", charge_kg), _depth(depth_m)
    return np.asarray(WILLIS_S * np.cbrt(charge) / (depth + AIR_M) ** (5.0 / 6.0))


def charge_kg(period_s: ArrayLike, depth_m: ArrayLike) -> FloatArray:
    """Return the charge whose bubble has this period at a depth.

    Examples
    --------
    >>> round(float(charge_kg(0.3224, 50.0)), 1)
    99.9
    """
    period, depth = _positive("period_s", period_s), _depth(depth_m)
    return np.asarray((period * (depth + AIR_M) ** (5.0 / 6.0) / WILLIS_S) ** 3)


def bubble_radius_m(charge: ArrayLike, depth_m: ArrayLike) -> FloatArray:
    """Return the largest radius of the first bubble of a charge (kg) at a depth."""
    return np.asarray(
        BUBBLE_RADIUS_M * np.cbrt(_positive("charge_kg", charge) / (_depth(depth_m) + AIR_M))
    )


def vents(charge: ArrayLike, depth_m: ArrayLike) -> NDArray[np.bool_]:
    """Tell whether the bubble breaks through the surface, and so makes no pulse."""
    return np.asarray(bubble_radius_m(charge, depth_m) > _depth(depth_m))


def ghost_delay_s(
    depth_m: ArrayLike, grazing_deg: ArrayLike, sound_km_s: float = SOUND_KM_S
) -> FloatArray:
    """Return by how much the reflection from the surface follows the direct wave.

    Examples
    --------
    >>> round(float(ghost_delay_s(50.0, 12.0)), 4)
    0.014
    """
    sine = np.sin(np.radians(np.abs(np.asarray(grazing_deg, dtype=np.float64))))
    return np.asarray(2.0 * _depth(depth_m) * sine / (1e3 * sound_km_s))


def ghost_gain(freq_hz: ArrayLike, delay_s: float) -> FloatArray:
    """Return the factor 2 |sin(pi f t_g)| that direct wave and ghost make of each other."""
    return np.asarray(2.0 * np.abs(np.sin(np.pi * np.asarray(freq_hz, np.float64) * delay_s)))


def shock_peak_pa(charge: ArrayLike, range_m: ArrayLike) -> FloatArray:
    """Return the peak pressure of the shock of a charge (kg), near the source.

    Examples
    --------
    >>> round(float(shock_peak_pa(1.0, 1.0)) / 1e6, 1)
    50.4
    """
    scaled = _positive("range_m", range_m) / np.cbrt(_positive("charge_kg", charge))
    return np.asarray(50.4e6 * scaled**-1.13)


def shock_decay_s(charge: ArrayLike, range_m: ArrayLike) -> FloatArray:
    """Return the time in which the shock falls to 1/e."""
    root = np.cbrt(_positive("charge_kg", charge))
    return np.asarray(8.12e-5 * root * (_positive("range_m", range_m) / root) ** 0.14)


def period_of_delay(delay_s: float, sigma_s: float) -> tuple[float, float]:
    """Return bubble period and standard error from the delay of the bubble pulse in the sound.

    The shock's own decay lags its beginning by about the decay time, so a spectrum shows the bubble
    too early by it. It grows with the charge, which the period fixes only with the depth: the
    geometric mean over depths from 50 to 500 m is added, and its range to the error.

    Examples
    --------
    >>> period, sigma = period_of_delay(0.3224, 0.0005)
    >>> round(period, 4), round(sigma, 4)
    (0.3241, 0.001)
    """
    lags = shock_decay_s(charge_kg(delay_s, LAG_DEPTHS_M), LAG_RANGE_M)
    spread = float(np.ptp(lags)) / math.sqrt(12.0)
    return delay_s + float(np.exp(np.log(lags).mean())), math.hypot(sigma_s, spread)


def level_db(pressure_pa: ArrayLike) -> FloatArray:
    """Return a pressure as level, dB re 1 uPa."""
    return np.asarray(20.0 * np.log10(_positive("pressure_pa", pressure_pa) / 1e-6))


@dataclass(frozen=True, slots=True, eq=False)
class ChargeLocus:
    """Charges that would make a bubble period, one for each depth; columns of shape (n,)."""

    depth_m: FloatArray
    charge_kg: FloatArray
    low_kg: FloatArray
    """Lower end of the 90 % interval at that depth."""
    high_kg: FloatArray
    least_depth_m: float
    """Shallower the bubble would vent, or the ghost would follow too closely."""

    def at(self, depth_m: float) -> tuple[float, float, float]:
        """Return the charge at a depth and the ends of its interval, kg."""
        columns = (self.charge_kg, self.low_kg, self.high_kg)
        at = np.log(depth_m + AIR_M)
        known = np.log(self.depth_m + AIR_M)
        # Along the locus ln W is linear in ln(d + 10.1).
        one, low, high = (float(np.exp(np.interp(at, known, np.log(c)))) for c in columns)
        return one, low, high


def charge_locus(
    period_s: float,
    sigma_s: float,
    *,
    ghost_s: float | None = None,
    max_depth_m: float = 2000.0,
) -> ChargeLocus:
    """Return the locus of charge and depth of a bubble period.

    Parameters
    ----------
    period_s, sigma_s : float
        Bubble period and its standard error.
    ghost_s : float, optional
        Delay of the surface ghost. The depth is at least c t_g / 2.
    max_depth_m : float
        Depth to which the locus runs.

    Raises
    ------
    ParameterError
        A period or error that is not above 0, or depths that do not rise.
    """
    period = float(_positive("period_s", period_s))
    relative = float(_positive("sigma_s", sigma_s)) / period
    least = _least_depth_m(period)
    if ghost_s is not None:
        least = max(least, 500.0 * SOUND_KM_S * float(_positive("ghost_s", ghost_s)))
    if max_depth_m <= least:
        raise ParameterError(
            name="max_depth_m", value=max_depth_m, expected=f"more than {least:.0f} m"
        )
    depth = np.geomspace(least + AIR_M, max_depth_m + AIR_M, 60) - AIR_M
    charge = charge_kg(period, depth)
    factor = math.exp(3.0 * Z_90 * relative)
    return ChargeLocus(depth, charge, charge / factor, charge * factor, least)


def _least_depth_m(period_s: float) -> float:
    """Return the depth above which the bubble of this period would vent: 3.36 (..)^(1/3) = d."""
    low, high = 0.0, 1e5
    for _ in range(80):
        middle = 0.5 * (low + high)
        if bool(vents(charge_kg(period_s, middle), middle)):
            low = middle
        else:
            high = middle
    return high


def _positive(name: str, value: ArrayLike) -> FloatArray:
    array = np.asarray(value, dtype=np.float64)
    if not np.all(array > 0.0):
        raise ParameterError(name=name, value=str(value), expected="a number above 0")
    return array


def _depth(value: ArrayLike) -> FloatArray:
    array = np.asarray(value, dtype=np.float64)
    if not np.all(array >= 0.0):
        raise ParameterError(
            name="depth_m", value=str(value), expected="metres below the surface, 0 or more"
        )
    return array
