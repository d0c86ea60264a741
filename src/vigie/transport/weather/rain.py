"""Rain and the clouds that it comes from, over the nodes of the weather.

What it computes, for the time between two states: the rain of that very time, from means that may
go further back; the fraction of a cell on which it falls,

    F = max(0.05, C [I_l f_l(I_l) + I_c f_c(I_c)] / (I_l + I_c)),

with C the cover of clouds (1 where it is not told), I_l and I_c large-scale and convective rain;
the rate there, (I_l + I_c) / F; clouds; and what is scavenged in them: nine tenths of the particles
are in cloud water, of which rain takes away its own amount,

    Lambda = 0.9 I / (c_l H),     c_l = 2e-7 I^0.36,     H the depth of the clouds.

Clouds go from the lowest level to the highest of 80 % humidity (or, where none has that, of nine
tenths of the highest), over ice where it is cold; not where it is below -38 deg C, nor below the
pressure at which air that rises from the lowest level condenses. Without humidity there are none,
and rain scavenges up to 0.7 of the pressure at the ground.

Source: Stohl et al. (2005), ACP 5, 2461-2474 (after Hertel et al. 1995, Atmos. Environ. 29,
1267-1290); saturation over water (Bolton 1980) and ice (Magnus), mixed from 0 to -23 deg C as in
the IFS. Cost as measured: 5 to 15 % of bringing a state to the model, for aerosols only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.transport.weather.columns import (
    GAS_CONSTANT,
    HEAT_CAPACITY,
    scale_height_m,
    virtual_temperature_k,
)
from vigie.transport.weather.surface import at_nodes

if TYPE_CHECKING:
    from vigie.records import WeatherState
    from vigie.transport.weather.nodes import NodeGrid

FloatArray = NDArray[np.float64]

N_COLUMNS = 6
"""Of what ``rain_between`` returns."""
LEAST_MM_H = 0.01
"""Less scavenges nothing."""
LEAST_SHARE = 0.05
CLASSES_MM_H = (1.0, 3.0, 8.0, 20.0)
LARGE_SCALE_SHARES = (0.5, 0.65, 0.8, 0.9, 0.95)
CONVECTIVE_SHARES = (0.4, 0.55, 0.7, 0.8, 0.9)
CLOUD_HUMIDITY = 0.8
OF_THE_HIGHEST = 0.9
COLDEST_CLOUD_K = 235.0
IN_WATER = 0.9
LEAST_DEPTH_M = 500.0
"""Of clouds that give rain."""
NO_CLOUD_SIGMA = 0.7
FREEZING_K, ALL_ICE_K = 273.15, 250.16
_SAME_S = 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rain:
    """Rain and clouds at one time on nodes, each of shape (n_rows, n_columns)."""

    large_scale_mm_h: FloatArray
    """Mean over the time before; 0 where the weather does not tell."""
    convective_mm_h: FloatArray
    mean_over_s: float
    known: bool
    cover: FloatArray
    base_pa: FloatArray
    """Of the clouds, if it rains."""
    top_pa: FloatArray
    depth_m: FloatArray
    snow: NDArray[np.bool_]


def rain_of(
    state: WeatherState,
    grid: NodeGrid,
    air: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
) -> Rain:
    """Return rain and clouds of a state; air is temperature, humidity, pressure and surface."""
    temperature, humidity, pressure, surface = air
    zero = np.zeros_like(surface)
    kinds = [at_nodes(state, f"{kind}_rain_mm_h", grid) for kind in ("large_scale", "convective")]
    large, convective = (zero if one is None else np.maximum(one, 0.0) for one in kinds)
    cover, screen = at_nodes(state, "cloud_cover", grid), at_nodes(state, "temperature_2m_k", grid)
    base = top = NO_CLOUD_SIGMA * surface
    depth = zero
    if state.specific_humidity is not None:
        base, top, depth = clouds(temperature, humidity, pressure, surface)
    return Rain(
        large_scale_mm_h=large,
        convective_mm_h=convective,
        mean_over_s=state.mean_over_s,
        known=any(one is not None for one in kinds),
        cover=np.ones_like(surface) if cover is None else np.clip(cover, 0.0, 1.0),
        base_pa=base,
        top_pa=top,
        depth_m=depth,
        snow=(temperature[0] if screen is None else screen) < FREEZING_K,
    )


def relative_humidity(
    temperature_k: FloatArray, humidity: FloatArray, pressure_pa: FloatArray
) -> FloatArray:
    """Return vapour over what saturates, over ice where it is cold."""
    vapour = pressure_pa * humidity / (0.622 + 0.378 * humidity)
    celsius = temperature_k - 273.15
    water = 611.2 * np.exp(17.67 * celsius / (celsius + 243.5))
    ice = 611.2 * np.exp(22.46 * celsius / (celsius + 272.62))
    liquid = np.clip((temperature_k - ALL_ICE_K) / (FREEZING_K - ALL_ICE_K), 0.0, 1.0) ** 2
    return np.asarray(vapour / (liquid * water + (1.0 - liquid) * ice))


def condensation_pa(
    temperature_k: FloatArray, humidity: FloatArray, pressure_pa: FloatArray
) -> FloatArray:
    """Return the pressure at which rising air is saturated (Bolton 1980, eq. 21)."""
    vapour_hpa = 0.01 * pressure_pa * humidity / (0.622 + 0.378 * humidity)
    drop = 3.5 * np.log(temperature_k) - np.log(np.maximum(vapour_hpa, 1e-6)) - 4.805
    found = np.minimum(2840.0 / drop + 55.0, temperature_k)
    return np.asarray(pressure_pa * (found / temperature_k) ** (HEAT_CAPACITY / GAS_CONSTANT))


def clouds(
    temperature_k: FloatArray, humidity: FloatArray, pressure_pa: FloatArray, surface_pa: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return pressures at base and top, and the depth (m), of what clouds rain would come from.

    Parameters
    ----------
    temperature_k, humidity, pressure_pa : ndarray, shape (n_levels, n_rows, n_columns)
        Bottom to top; levels under the ground have no clouds.
    """
    found = relative_humidity(temperature_k, humidity, pressure_pa)
    possible = (temperature_k > COLDEST_CLOUD_K) & (pressure_pa <= surface_pa)
    found = np.where(possible, found, 0.0)
    least = np.minimum(CLOUD_HUMIDITY, OF_THE_HIGHEST * found.max(axis=0))
    cloudy = possible & (found >= least)
    last = len(found) - 1
    low, high = np.argmax(cloudy, axis=0), last - np.argmax(cloudy[::-1], axis=0)
    edges = np.concatenate(
        [surface_pa[None], np.sqrt(pressure_pa[1:] * pressure_pa[:-1]), pressure_pa[-1:]]
    )
    edges = np.minimum(edges, surface_pa)
    base = np.take_along_axis(edges, low[None], axis=0)[0]
    top = np.take_along_axis(edges, high[None] + 1, axis=0)[0]
    rising = condensation_pa(temperature_k[0], humidity[0], pressure_pa[0])
    # Humid air below the level at which rising air condenses is wet by rain, but no cloud.
    base = np.where(rising > top, np.minimum(base, rising), base)
    scale = scale_height_m(virtual_temperature_k(temperature_k, humidity))
    mean = 0.5 * sum(np.take_along_axis(scale, at[None], axis=0)[0] for at in (low, high))
    some = cloudy.any(axis=0)
    base, top = (np.where(some, one, NO_CLOUD_SIGMA * surface_pa) for one in (base, top))
    return base, top, np.asarray(mean * np.log(base / top))


def mean_between(
    first: FloatArray, second: FloatArray, over_s: tuple[float, float, float]
) -> FloatArray:
    """Return the rain between two times, mm/h, that conserves what fell.

    Parameters
    ----------
    first, second : ndarray
        Means over the time before each, mm/h; values of the times themselves where that is 0.
    over_s : tuple of float
        Over how long each is a mean, and the time between, s.
    """
    early_s, late_s, between_s = over_s
    if late_s <= 0.0:
        return 0.5 * (first + second)
    if early_s > 0.0 and abs(late_s - early_s - between_s) < _SAME_S:
        # Both count from one time: what fell in between is the difference of the sums.
        return np.maximum(late_s * second - early_s * first, 0.0) / between_s
    return second


def precipitating_share(
    large_mm_h: FloatArray, convective_mm_h: FloatArray, cover: FloatArray
) -> FloatArray:
    """Return the fraction of a cell on which rain falls; 0 where there is too little of it."""

    def shares(rain: FloatArray, by_class: tuple[float, ...]) -> FloatArray:
        return np.array(by_class)[np.searchsorted(CLASSES_MM_H, rain, side="left")]

    total = large_mm_h + convective_mm_h
    large = large_mm_h * shares(large_mm_h, LARGE_SCALE_SHARES)
    convective = convective_mm_h * shares(convective_mm_h, CONVECTIVE_SHARES)
    mean = (large + convective) / np.maximum(total, LEAST_MM_H)
    return np.where(total < LEAST_MM_H, 0.0, np.maximum(LEAST_SHARE, cover * mean))


def in_cloud_per_s(rate_mm_h: FloatArray, depth_m: FloatArray) -> FloatArray:
    """Return what rain of a rate scavenges in clouds of a depth.

    Examples
    --------
    >>> float(in_cloud_per_s(np.array(1.0), np.array(3000.0)).round(6))
    0.000417
    """
    rate_m_s = rate_mm_h * (1e-3 / 3600.0)
    water = 2e-7 * np.maximum(rate_mm_h, LEAST_MM_H) ** 0.36
    return np.asarray(IN_WATER * rate_m_s / (water * np.maximum(depth_m, LEAST_DEPTH_M)))


def rain_between(first: Rain, second: Rain, between_s: float) -> FloatArray:
    """Return the columns of ``Flow.rain``, shape (n_nodes, 6), with the later clouds."""
    over_s = (first.mean_over_s if first.known else 0.0, second.mean_over_s, between_s)
    large = mean_between(first.large_scale_mm_h, second.large_scale_mm_h, over_s)
    convective = mean_between(first.convective_mm_h, second.convective_mm_h, over_s)
    share = precipitating_share(large, convective, second.cover)
    rate = (large + convective) / np.maximum(share, LEAST_SHARE)
    fields = np.stack(
        [
            share,
            rate,
            second.base_pa,
            second.top_pa,
            in_cloud_per_s(rate, second.depth_m),
            second.snow.astype(np.float64),
        ],
        axis=-1,
    )
    return fields.reshape(-1, fields.shape[-1])
