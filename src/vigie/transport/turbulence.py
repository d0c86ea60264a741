"""Turbulence of the boundary layer: standard deviations and Lagrangian time scales by height.

What it computes: sigma_u, sigma_v, sigma_w, T_u, T_v, T_w of a neutral, unstable or stable
boundary layer (chosen by h / |L|), and the derivative of sigma_w that belongs to its profile.
A derivative that does not belong to it unmixes what is well mixed: without the division by u*
the neutral one costs the lowest tenth 12 % of its air.

Source: Hanna (1982), Applications in air pollution modelling, in Nieuwstadt and van Dop (eds),
Atmospheric Turbulence and Air Pollution Modelling, Reidel, 275-310, with f = 1e-4 1/s. To each
sigma 0.01 m/s is added, and time scales have floors; near the ground the convective part of
sigma_w stays as at z / h = 1e-3, and so does its derivative (0).

Accuracy as measured: derivative within 1e-8 of finite differences; twin in
``vigie.transport.twin``. Cost as measured: benchmarks/transport_physics.py.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from vigie.errors import ParameterError
from vigie.transport.compiled import inline
from vigie.transport.elementary import LEAST, cube_root, exp_minus, power_four_fifths

CORIOLIS_PER_S = 1e-4
"""As in Hanna (1982), at every latitude."""
SIGMA_FLOOR_M_S = 0.01
"""Added to every sigma, so that derivatives stay."""
HORIZONTAL_TIME_FLOOR_S = 10.0
VERTICAL_TIME_FLOOR_S = 30.0
NEUTRAL, UNSTABLE, STABLE = 0, 1, 2
LOWEST_SCALED_HEIGHT = LEAST
"""Below this z / h the convective part of sigma_w is constant."""


class BoundaryLayer(NamedTuple):
    """The boundary layer over one place; all are floats, as compiled code wants them."""

    height_m: float
    friction_velocity_m_s: float
    convective_velocity_m_s: float
    """0 unless the layer is unstable."""
    obukhov_length_m: float
    """Below 0 when heat flows upwards."""
    density_gradient_per_m: float
    """(d rho / dz) / rho, below 0; -1.2e-4 in the lower troposphere."""
    regime: int
    """NEUTRAL, UNSTABLE or STABLE."""


class Vertical(NamedTuple):
    """Vertical turbulence at a height."""

    sigma_m_s: float
    gradient_per_s: float
    """d sigma_w / dz."""
    time_s: float


class Horizontal(NamedTuple):
    """Turbulence along (u) and across (v) the mean wind at a height."""

    sigma_u_m_s: float
    sigma_v_m_s: float
    time_u_s: float
    time_v_s: float


def boundary_layer(
    height_m: float,
    friction_velocity_m_s: float,
    obukhov_length_m: float,
    *,
    convective_velocity_m_s: float = 0.0,
    density_scale_m: float = math.inf,
) -> BoundaryLayer:
    """Return a boundary layer after a look at its numbers.

    Parameters
    ----------
    density_scale_m : float
        Height over which the density falls by the factor e; infinity for constant density.

    Raises
    ------
    ParameterError
        Height, friction velocity or scale not above 0, convective velocity below 0, or L = 0.
    """
    for name, value in (
        ("height_m", height_m),
        ("friction_velocity_m_s", friction_velocity_m_s),
        ("density_scale_m", density_scale_m),
        ("abs(obukhov_length_m)", abs(obukhov_length_m)),
    ):
        if not value > 0.0:
            raise ParameterError(name=name, value=value, expected="must be above 0")
    if not convective_velocity_m_s >= 0.0:
        raise ParameterError(
            name="convective_velocity_m_s",
            value=convective_velocity_m_s,
            expected="must not be below 0",
        )
    return BoundaryLayer(
        float(height_m),
        float(friction_velocity_m_s),
        float(convective_velocity_m_s),
        float(obukhov_length_m),
        -1.0 / float(density_scale_m),
        regime_of(float(height_m), float(obukhov_length_m)),
    )


@inline
def regime_of(height_m: float, obukhov_length_m: float) -> int:
    """Return the regime: neutral where the layer is shallower than the Obukhov length."""
    if height_m < abs(obukhov_length_m):
        return NEUTRAL
    return UNSTABLE if obukhov_length_m < 0.0 else STABLE


@inline
def _variance_unstable(z_m: float, layer: BoundaryLayer) -> tuple[float, float]:
    """Return sigma_w^2 without floor and its derivative by z."""
    h, w2 = layer.height_m, layer.convective_velocity_m_s**2
    u2 = layer.friction_velocity_m_s**2
    zeta = z_m * (1.0 / h)
    clipped = max(zeta, LOWEST_SCALED_HEIGHT)
    root = cube_root(clipped)
    variance = 1.2 * w2 * (1.0 - 0.9 * clipped) * root * root + (1.8 - 1.4 * zeta) * u2
    slope = w2 * (0.8 / root - 1.8 * root * root) if zeta > LOWEST_SCALED_HEIGHT else 0.0
    return variance, (slope - 1.4 * u2) * (1.0 / h)


@inline
def sigma_w_m_s(z_m: float, layer: BoundaryLayer) -> float:
    """Return the standard deviation of the vertical wind, 0 <= z <= h."""
    ustar = layer.friction_velocity_m_s
    if layer.regime == NEUTRAL:
        return SIGMA_FLOOR_M_S + 1.3 * ustar * exp_minus(z_m * (2.0 * CORIOLIS_PER_S / ustar))
    if layer.regime == STABLE:
        return SIGMA_FLOOR_M_S + 1.3 * ustar * (1.0 - z_m * (1.0 / layer.height_m))
    return SIGMA_FLOOR_M_S + math.sqrt(_variance_unstable(z_m, layer)[0])


@inline
def vertical(z_m: float, layer: BoundaryLayer) -> Vertical:
    """Return sigma_w, its derivative and T_w at a height, 0 <= z <= h."""
    h, ustar = layer.height_m, layer.friction_velocity_m_s
    if layer.regime == NEUTRAL:
        rate = 2.0 * CORIOLIS_PER_S / ustar
        plain = 1.3 * ustar * exp_minus(rate * z_m)
        sigma = SIGMA_FLOOR_M_S + plain
        time = 0.5 * z_m / (sigma * (1.0 + 7.5 * rate * z_m))
        return Vertical(sigma, -rate * plain, max(time, VERTICAL_TIME_FLOOR_S))
    if layer.regime == STABLE:
        zeta = z_m * (1.0 / h)
        sigma = SIGMA_FLOOR_M_S + 1.3 * ustar * (1.0 - zeta)
        time = 0.1 * h * power_four_fifths(zeta) / sigma
        return Vertical(sigma, -1.3 * ustar * (1.0 / h), max(time, VERTICAL_TIME_FLOOR_S))
    variance, slope = _variance_unstable(z_m, layer)
    root = math.sqrt(variance)
    sigma = SIGMA_FLOOR_M_S + root
    time = _time_unstable_s(z_m, sigma, layer)
    return Vertical(sigma, 0.5 * slope / root, max(time, VERTICAL_TIME_FLOOR_S))


@inline
def _time_unstable_s(z_m: float, sigma_m_s: float, layer: BoundaryLayer) -> float:
    zeta = z_m * (1.0 / layer.height_m)
    length = abs(layer.obukhov_length_m)
    low = z_m < length
    # One division serves all three.
    part = 0.55 - 0.38 * min(z_m * (1.0 / length), 1.0) if low else 1.0
    middle, high = 0.59 * z_m, 0.15 * layer.height_m * (1.0 - exp_minus(5.0 * zeta))
    return (0.1 * z_m if low else (middle if zeta < 0.1 else high)) / (sigma_m_s * part)


@inline
def _large_cube_root(x: float) -> float:
    """Return x^(1/3) for 1 <= x <= 1e6."""
    small = x <= 1000.0
    return (10.0 if small else 100.0) * cube_root(x * (1e-3 if small else 1e-6))


@inline
def horizontal(z_m: float, layer: BoundaryLayer) -> Horizontal:
    """Return sigma_u, sigma_v, T_u and T_v at a height, 0 <= z <= h."""
    h, ustar = layer.height_m, layer.friction_velocity_m_s
    if layer.regime == NEUTRAL:
        fall = CORIOLIS_PER_S * z_m / ustar
        sigma_u = SIGMA_FLOOR_M_S + 2.0 * ustar * exp_minus(3.0 * fall)
        sigma_v = SIGMA_FLOOR_M_S + 1.3 * ustar * exp_minus(2.0 * fall)
        # The vertical sigma, which equals sigma_v here.
        time = max(0.5 * z_m / sigma_v / (1.0 + 15.0 * fall), HORIZONTAL_TIME_FLOOR_S)
        return Horizontal(sigma_u, sigma_v, time, time)
    if layer.regime == STABLE:
        left, root = 1.0 - z_m / h, math.sqrt(z_m / h)
        sigma_u = SIGMA_FLOOR_M_S + 2.0 * ustar * left
        sigma_v = SIGMA_FLOOR_M_S + 1.3 * ustar * left
        time_u = max(0.15 * h / sigma_u * root, HORIZONTAL_TIME_FLOOR_S)
        time_v = max(0.07 * h / sigma_v * root, HORIZONTAL_TIME_FLOOR_S)
        return Horizontal(sigma_u, sigma_v, time_u, time_v)
    sigma = SIGMA_FLOOR_M_S + ustar * _large_cube_root(12.0 + 0.5 * h / abs(layer.obukhov_length_m))
    time = max(0.15 * h / sigma, HORIZONTAL_TIME_FLOOR_S)
    return Horizontal(sigma, sigma, time, time)
