"""Profiles of turbulence: derivative, regimes, floors, twin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.transport import twin
from vigie.transport.turbulence import (
    NEUTRAL,
    STABLE,
    UNSTABLE,
    BoundaryLayer,
    boundary_layer,
    horizontal,
    sigma_w_m_s,
    vertical,
)

LAYERS = {
    "neutral": boundary_layer(1000.0, 0.4, 9999.0),
    "unstable": boundary_layer(1500.0, 0.3, -30.0, convective_velocity_m_s=1.8),
    "stable": boundary_layer(200.0, 0.2, 50.0),
}


@st.composite
def layers(draw: st.DrawFn) -> BoundaryLayer:
    height = draw(st.floats(100.0, 4500.0))
    length = height / draw(st.floats(0.05, 100.0)) * draw(st.sampled_from([-1.0, 1.0]))
    ustar, wstar = draw(st.floats(0.05, 1.2)), draw(st.floats(0.1, 3.0))
    return boundary_layer(height, ustar, length, convective_velocity_m_s=wstar)


@given(layers(), st.floats(2e-3, 0.999))
def test_the_derivative_belongs_to_the_profile(layer: BoundaryLayer, zeta: float) -> None:
    z = zeta * layer.height_m
    found = vertical(z, layer)
    # Fourth-order difference; steps in proportion to z, as the profile steepens at the ground.
    d = 2e-3 * min(z, layer.height_m - z)
    near, far = (sigma_w_m_s(z + k * d, layer) - sigma_w_m_s(z - k * d, layer) for k in (1, 2))
    difference = (8.0 * near - far) / (12.0 * d)
    scale = max(abs(found.gradient_per_s), 0.01 * found.sigma_m_s / layer.height_m)
    assert abs(found.gradient_per_s - difference) < 1e-6 * scale


@given(layers(), st.floats(0.0, 1.0))
def test_kernel_and_twin_agree(layer: BoundaryLayer, zeta: float) -> None:
    z = zeta * layer.height_m
    place = np.array([z])
    expected = [float(part[0]) for part in twin.vertical(place, layer)]
    assert list(vertical(z, layer)) == pytest.approx(expected, rel=1e-11, abs=1e-15)
    assert sigma_w_m_s(z, layer) == vertical(z, layer).sigma_m_s
    expected = [float(part[0]) for part in twin.horizontal(place, layer)]
    assert list(horizontal(z, layer)) == pytest.approx(expected, rel=1e-11)


@given(layers(), st.floats(0.0, 1.0))
def test_floors_hold(layer: BoundaryLayer, zeta: float) -> None:
    up, across = vertical(zeta * layer.height_m, layer), horizontal(zeta * layer.height_m, layer)
    assert up.time_s >= 30.0
    assert min(across.time_u_s, across.time_v_s) >= 10.0
    assert min(up.sigma_m_s, across.sigma_u_m_s, across.sigma_v_m_s) >= 0.01
    assert all(math.isfinite(part) for part in (*up, *across))


def test_values_are_those_of_hanna() -> None:
    # Worked by hand from the published formulas, less the floor of 0.01 m/s.
    neutral = vertical(500.0, LAYERS["neutral"])
    assert neutral.sigma_m_s == pytest.approx(0.01 + 0.52 * math.exp(-0.25))
    assert neutral.gradient_per_s == pytest.approx(-2.6e-4 * math.exp(-0.25))
    unstable = vertical(750.0, LAYERS["unstable"])
    variance = 1.2 * 3.24 * 0.55 * 0.5 ** (2 / 3) + 1.1 * 0.09
    assert unstable.sigma_m_s == pytest.approx(0.01 + math.sqrt(variance))
    assert unstable.time_s == pytest.approx(225.0 / unstable.sigma_m_s * (1 - math.exp(-2.5)))
    stable = vertical(100.0, LAYERS["stable"])
    assert stable.sigma_m_s == pytest.approx(0.14)
    assert stable.time_s == pytest.approx(20.0 / 0.14 * 0.5**0.8)
    assert horizontal(10.0, LAYERS["unstable"]).sigma_u_m_s == pytest.approx(
        0.01 + 0.3 * 37.0 ** (1 / 3)
    )


def test_the_regime_follows_height_over_obukhov_length() -> None:
    assert [layer.regime for layer in LAYERS.values()] == [NEUTRAL, UNSTABLE, STABLE]
    assert boundary_layer(200.0, 0.2, -201.0).regime == NEUTRAL
    assert boundary_layer(200.0, 0.2, -200.0).regime == UNSTABLE


def test_near_the_ground_the_convective_part_is_constant() -> None:
    layer = LAYERS["unstable"]
    low, lower = vertical(1.4, layer), vertical(0.2, layer)
    # Only the part of u* is left in the derivative.
    root = low.sigma_m_s - 0.01
    assert low.gradient_per_s == pytest.approx(-1.4 * 0.09 / (2.0 * 1500.0 * root))
    assert lower.sigma_m_s == pytest.approx(low.sigma_m_s, rel=1e-3)
    # A hair above the clip the derivative is that of convection.
    assert vertical(1.6, layer).gradient_per_s > 0.01


@pytest.mark.parametrize(
    ("height", "ustar", "length"),
    [(0.0, 0.3, 50.0), (1000.0, 0.0, 50.0), (1000.0, 0.3, 0.0), (math.nan, 0.3, 50.0)],
)
def test_numbers_without_sense_are_refused(height: float, ustar: float, length: float) -> None:
    with pytest.raises(ParameterError):
        boundary_layer(height, ustar, length)
    with pytest.raises(ParameterError):
        boundary_layer(1000.0, 0.3, 50.0, convective_velocity_m_s=-1.0)
