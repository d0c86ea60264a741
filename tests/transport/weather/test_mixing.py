"""Height and scales of the boundary layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.transport.weather.mixing import (
    HIGHEST_M,
    KARMAN,
    LOWEST_M,
    NIGHT_W_M2,
    SUN_W_M2,
    Profile,
    Scales,
    boundary_layer_of,
    richardson_height_m,
    scales_of_profile,
    scales_of_sun,
    sine_of_sun,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Z = np.arange(10.0, 5000.0, 20.0)
ONE = np.ones((1, 1))


def profile(theta: NDArray[np.float64], wind: float = 5.0) -> Profile:
    """Return one column with a wind that does not turn."""
    shape = (len(Z), 1, 1)
    return Profile(
        height_m=Z.reshape(shape),
        east_m_s=np.full(shape, wind),
        north_m_s=np.zeros(shape),
        potential_k=theta.reshape(shape),
        surface_potential_k=300.0 * ONE,
        density_kg_m3=1.2 * ONE,
    )


def test_the_richardson_number_is_met_where_it_is_by_hand() -> None:
    # theta = 300 + 0.003 z, no shear, u* 0.3: g / 300 x 0.003 z (z - 2) = 0.25 x 100 x 0.09.
    height = float(richardson_height_m(profile(300.0 + 0.003 * Z), 0.3 * ONE, 300.0 * ONE)[0, 0])
    assert height == pytest.approx(1.0 + np.sqrt(1.0 + 2.25 * 300.0 / 9.80665 / 0.003), rel=2e-3)


def test_an_inversion_lids_a_mixed_layer_and_warm_ground_lifts_it() -> None:
    theta = np.where(Z < 1000.0, 300.0, 303.0 + 0.004 * (Z - 1000.0))
    still = boundary_layer_of(profile(theta), Scales(0.3 * ONE, 0.0 * ONE))
    assert float(still.height_m[0, 0]) == pytest.approx(1000.0, abs=20.0)
    warm = boundary_layer_of(profile(300.0 + 0.003 * Z), Scales(0.3 * ONE, 200.0 * ONE))
    cool = boundary_layer_of(profile(300.0 + 0.003 * Z), Scales(0.3 * ONE, -20.0 * ONE))
    assert float(warm.height_m[0, 0]) > float(cool.height_m[0, 0]) + 100.0
    # w* = (g / theta x h x H / (rho c_p))^(1/3), with density.
    h = float(warm.height_m[0, 0])
    convective = (9.80665 / 300.0 * h * 200.0 / (1.2 * 1004.7)) ** (1.0 / 3.0)
    assert float(warm.convective_m_s[0, 0]) == pytest.approx(convective, rel=1e-6)
    assert float(cool.convective_m_s[0, 0]) == 0.0
    # L = theta u*^2 / (kappa g theta*), theta* = -H / (rho c_p u*).
    star = -200.0 / (1.2 * 1004.7 * 0.3)
    length = 300.0 * 0.09 / (KARMAN * 9.80665 * star)
    assert 1.0 / float(warm.per_obukhov_m[0, 0]) == pytest.approx(length, rel=1e-6)


@given(st.floats(-100.0, 600.0), st.floats(0.0, 2.0), st.floats(-0.01, 0.03), st.floats(0.0, 40.0))
def test_every_layer_is_one(heat: float, friction: float, slope: float, wind: float) -> None:
    found = boundary_layer_of(
        profile(300.0 + slope * Z, wind), Scales(friction * ONE, heat * ONE), ground_spread_m=80.0
    )
    assert LOWEST_M <= float(found.height_m[0, 0]) <= HIGHEST_M
    assert float(found.friction_m_s[0, 0]) > 0.0
    assert 1e-4 <= abs(float(found.per_obukhov_m[0, 0])) < np.inf
    # Less than a billionth of a W/m2 is none.
    if abs(heat) > 1e-9:
        assert (float(found.per_obukhov_m[0, 0]) < 0.0) == (heat > 0.0)


def test_rough_ground_raises_the_layer() -> None:
    flat, rough = (
        boundary_layer_of(
            profile(300.0 + 0.003 * Z), Scales(0.3 * ONE, 0.0 * ONE), ground_spread_m=spread
        ).height_m[0, 0]
        for spread in (0.0, 150.0)
    )
    assert rough == pytest.approx(flat + 150.0, abs=1.0)


def test_a_logarithmic_profile_gives_its_friction() -> None:
    # Neutral: u(z) = u* / kappa ln(z / z0), no difference of theta.
    wind = [0.35 / KARMAN * np.log(z / 0.1) * ONE for z in (10.0, 60.0)]
    found = scales_of_profile((wind[0], wind[1]), (300.0 * ONE, 300.0 * ONE), 60.0 * ONE, 1.2 * ONE)
    assert float(found.friction_m_s[0, 0]) == pytest.approx(0.35, rel=1e-6)
    assert float(found.heat_w_m2[0, 0]) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("length", [-20.0, -200.0, 100.0, 30.0])
def test_profiles_of_businger_give_what_they_were_made_of(length: float) -> None:
    friction, z = 0.3, 40.0
    star = 300.0 * friction**2 / (KARMAN * 9.80665 * length)

    # Integrals of phi / z, by sums: independent of the closed forms.
    def rise(low: float, heat: bool) -> float:
        edges = np.geomspace(low, z, 20001)
        middle = np.sqrt(edges[1:] * edges[:-1])
        ratio = middle / length
        if length > 0:
            phi = (0.74 if heat else 1.0) + 4.7 * ratio
        else:
            phi = 0.74 * (1 - 9 * ratio) ** -0.5 if heat else (1 - 15 * ratio) ** -0.25
        return float(np.sum(phi * np.log(edges[1:] / edges[:-1])))

    dv = friction / KARMAN * rise(10.0, heat=False)
    dtheta = star / KARMAN * rise(2.0, heat=True)
    mean = 300.0 - 0.5 * dtheta
    found = scales_of_profile(
        (3.0 * ONE, (3.0 + dv) * ONE), (mean * ONE, (mean + dtheta) * ONE), z * ONE, 1.2 * ONE
    )
    assert float(found.friction_m_s[0, 0]) == pytest.approx(friction, rel=1e-4)
    heat = -1.2 * 1004.7 * friction * star
    assert float(found.heat_w_m2[0, 0]) == pytest.approx(heat, rel=1e-3)


def test_the_sun_is_where_it_should_be() -> None:
    def at(time: str, latitude: float, longitude: float) -> float:
        ns = int(np.datetime64(time, "ns").astype(np.int64))
        return float(sine_of_sun(np.array([latitude]), np.array([longitude]), ns)[0, 0])

    assert at("2021-06-21T12:00", 23.44, 0.0) == pytest.approx(1.0, abs=0.001)
    assert at("2021-12-21T00:00", -23.44, 180.0) == pytest.approx(1.0, abs=0.001)
    assert at("2021-03-20T12:00", 0.0, 0.0) == pytest.approx(1.0, abs=0.001)
    assert at("2021-03-20T18:00", 0.0, 0.0) == pytest.approx(0.0, abs=0.02)
    assert at("2021-06-21T00:00", 80.0, 0.0) == pytest.approx(np.sin(np.radians(13.44)), abs=0.002)


def test_heat_follows_the_sun() -> None:
    day = scales_of_sun(10.0 * ONE, 50.0 * ONE, 1.0 * ONE)
    night = scales_of_sun(10.0 * ONE, 50.0 * ONE, -0.5 * ONE)
    dusk = scales_of_sun(10.0 * ONE, 50.0 * ONE, 0.0 * ONE)
    assert float(day.heat_w_m2[0, 0]) == SUN_W_M2 == 200.0
    assert float(night.heat_w_m2[0, 0]) == float(dusk.heat_w_m2[0, 0]) == NIGHT_W_M2 == -20.0
    assert float(day.friction_m_s[0, 0]) == pytest.approx(4.0 / np.log(500.0))
