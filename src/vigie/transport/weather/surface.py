"""What the surface does to the air above: boundary layer, overturning, wind at the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.weather import mixing
from vigie.transport.weather.columns import (
    GAS_CONSTANT,
    heights_m,
    potential_temperature_k,
    scale_height_m,
    virtual_temperature_k,
)
from vigie.transport.weather.convection import convective_tops_pa
from vigie.transport.weather.nodes import NodeGrid, winds_with_poles, with_poles

if TYPE_CHECKING:
    from vigie.records import WeatherState

FloatArray = NDArray[np.float64]

LEAST_CAPE_J_KG = 100.0
"""Below it columns do not overturn."""
LEAST_RAIN_MM_H = 0.05
"""Of convection: where the weather tells of it, columns with less do not overturn."""
SURFACE_FALLBACK = {
    "fluxes": "friction and heat as the weather gives them",
    "profile": "friction and heat from the profile above the surface",
    "sun": "friction from the lowest wind over 10 cm of roughness, heat that follows the sun",
}


class Column(NamedTuple):
    """Air at the levels of the weather, each of shape (n_levels, n_rows, n_columns)."""

    east_m_s: FloatArray
    north_m_s: FloatArray
    virtual_k: FloatArray
    pressure_pa: FloatArray


def tops_over(
    state: WeatherState,
    grid: NodeGrid,
    column: Column,
    air: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:
    """Return up to which pressure columns overturn; temperature, humidity and surface as air."""
    temperature, humidity, surface = air
    if state.specific_humidity is None:
        return surface
    fields = temperature, humidity, column.pressure_pa, surface
    tops = convective_tops_pa(*fields, least_j_kg=LEAST_CAPE_J_KG)
    rain = at_nodes(state, "convective_rain_mm_h", grid)
    return tops if rain is None else np.where(rain < LEAST_RAIN_MM_H, surface, tops)


def layer_over(
    state: WeatherState, grid: NodeGrid, column: Column, surface: FloatArray, *, own_layer: bool
) -> tuple[mixing.Layer, FloatArray, str]:
    """Return the boundary layer, the scale height within it, and where its scales come from."""
    heights = heights_m(column.virtual_k, column.pressure_pa, surface)
    theta = potential_temperature_k(column.virtual_k, column.pressure_pa)
    screen = at_nodes(state, "temperature_2m_k", grid)
    if screen is None:
        screen_theta = theta[0]
    else:
        screen_theta = potential_temperature_k(
            virtual_temperature_k(screen, _screen_humidity(state, grid, surface)), surface
        )
    profile = mixing.Profile(
        height_m=heights,
        east_m_s=column.east_m_s,
        north_m_s=column.north_m_s,
        potential_k=theta,
        surface_potential_k=screen_theta,
        density_kg_m3=surface / (GAS_CONSTANT * column.virtual_k[0]),
    )
    scales, surface_from = _scales(state, grid, profile)
    spread = at_nodes(state, "ground_spread_m", grid)
    layer = mixing.boundary_layer_of(
        profile,
        scales,
        height_m=at_nodes(state, "boundary_layer_m", grid) if own_layer else None,
        ground_spread_m=0.0 if spread is None else spread,
    )
    return layer, _scale_within(column, heights, surface, layer.height_m), surface_from


def _scales(
    state: WeatherState, grid: NodeGrid, profile: mixing.Profile
) -> tuple[mixing.Scales, str]:
    heat = at_nodes(state, "sensible_heat_w_m2", grid)
    friction = at_nodes(state, "friction_velocity_m_s", grid)
    stress = [at_nodes(state, f"stress_{way}_n_m2", grid) for way in ("east", "north")]
    if friction is None and stress[0] is not None and stress[1] is not None:
        friction = np.sqrt(np.hypot(stress[0], stress[1]) / profile.density_kg_m3)
    if heat is not None and friction is not None:
        return mixing.Scales(friction, heat), "fluxes"
    speed = np.hypot(profile.east_m_s[0], profile.north_m_s[0])
    mast = [at_nodes(state, f"{way}_10m_m_s", grid) for way in ("east", "north")]
    if mast[0] is not None and mast[1] is not None and state.temperature_2m_k is not None:
        found = mixing.scales_of_profile(
            (np.hypot(mast[0], mast[1]), speed),
            (profile.surface_potential_k, profile.potential_k[0]),
            profile.height_m[0],
            profile.density_kg_m3,
        )
        return found, "profile"
    sun = mixing.sine_of_sun(grid.latitudes, grid.longitudes, state.time_ns)
    return mixing.scales_of_sun(speed, profile.height_m[0], sun), "sun"


def _scale_within(
    column: Column, heights: FloatArray, surface: FloatArray, depth_m: FloatArray
) -> FloatArray:
    """Return depth / ln(p_s / p) at the top of the layer: the scale height over its depth."""
    pressure = np.concatenate([surface[None], column.pressure_pa])
    height = np.concatenate([np.zeros_like(surface)[None], np.maximum(heights, 0.0)])
    above = np.clip(np.sum(height <= depth_m, axis=0), 1, len(height) - 1)[None]
    low_z, high_z = (np.take_along_axis(height, at, axis=0)[0] for at in (above - 1, above))
    low, high = (np.take_along_axis(np.log(pressure), at, 0)[0] for at in (above - 1, above))
    share = np.clip((depth_m - low_z) / np.maximum(high_z - low_z, 1.0), 0.0, 1.0)
    top = low + share * (high - low)
    found = depth_m / np.maximum(np.log(surface) - top, 1e-6)
    plain = scale_height_m(column.virtual_k[0])
    # A top above the highest level, or levels under the ground, give no mean.
    return np.where((found > 0.7 * plain) & (found < 1.4 * plain), found, plain)


def at_nodes(state: WeatherState, name: str, grid: NodeGrid) -> FloatArray | None:
    """Return a field of the surface with rows at the poles; None where there is none."""
    field = getattr(state, name)
    return None if field is None else with_poles(field, grid)


def _screen_humidity(state: WeatherState, grid: NodeGrid, surface: FloatArray) -> FloatArray:
    """Return the specific humidity at 2 m (Magnus; Bolton 1980, Mon. Weather Rev. 108, 1046)."""
    dew = at_nodes(state, "dew_point_2m_k", grid)
    if dew is None:
        if state.specific_humidity is None:
            return np.zeros_like(surface)
        return with_poles(state.specific_humidity[0], grid)
    vapour = 611.2 * np.exp(17.67 * (dew - 273.15) / (dew - 29.65))
    return np.asarray(0.622 * vapour / (surface - 0.378 * vapour))


def ground_wind(
    state: WeatherState, grid: NodeGrid, east: FloatArray, north: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the wind at the ground: that of 10 m, else of the lowest level."""
    if state.east_10m_m_s is None or state.north_10m_m_s is None:
        return east, north
    mast_e = np.asarray(state.east_10m_m_s, dtype=np.float64)
    return winds_with_poles(mast_e, np.asarray(state.north_10m_m_s, dtype=np.float64), grid)
