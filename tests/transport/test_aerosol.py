"""How aerosols fall and reach the ground, against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from vigie.errors import ParameterError
from vigie.transport.aerosol import (
    Aerosol,
    air_resistance_s_m,
    deposition_m_s,
    diffusivity_m2_s,
    rain_power,
    settling_m_s,
    sinks_of,
    slip,
    snow_power,
    surface_resistance_s_m,
)


def test_a_sphere_falls_as_stokes_and_cunningham_say() -> None:
    # 2 l / d = 0.132; C = 1 + 0.132 (1.257 + 0.4 exp(-8.3333)) = 1.165937
    assert slip(1e-6) == pytest.approx(1.165937, rel=1e-5)
    # 998.775 x 9.80665 x 1e-12 x 1.165937 / (18 x 1.789e-5)
    assert settling_m_s(1e-6, 1000.0) == pytest.approx(3.54637e-5, rel=1e-4)
    # Ten times as wide and almost no slip: nearly a hundred times as fast.
    assert settling_m_s(1e-5, 1000.0) == pytest.approx(3.0921e-3 * 0.99755, rel=3e-3)


@pytest.mark.parametrize(
    ("diameter_um", "cm2_s"), [(0.01, 5.24e-4), (0.1, 6.82e-6), (1.0, 2.74e-7)]
)
def test_diffusivity_is_that_of_the_textbook(diameter_um: float, cm2_s: float) -> None:
    # Table 9.5 of Seinfeld and Pandis (2006), at 20 deg C.
    assert diffusivity_m2_s(diameter_um * 1e-6) == pytest.approx(cm2_s * 1e-4, rel=0.03)


def test_velocity_of_deposition_by_hand() -> None:
    sinks = sinks_of(Aerosol(diameter_um=1.0))
    # Neutral: 0.74 ln(150) / (0.4 x 0.3).
    air = air_resistance_s_m(0.3, 0.0)
    assert air == pytest.approx(30.899, rel=1e-4)
    # Sc = 1.46041e-5 / 2.7479e-11 = 5.3147e5; St = 0.0223 is far too small for impaction.
    surface = surface_resistance_s_m(0.3, sinks)
    assert surface == pytest.approx(1.0 / (0.3 * 5.3147e5 ** (-2.0 / 3.0)), rel=1e-3)
    whole = 1.0 / (air + surface + air * surface * 3.54637e-5) + 3.54637e-5
    assert deposition_m_s(0.3, 0.0, sinks) == pytest.approx(whole, rel=1e-4)
    assert deposition_m_s(0.3, 0.0, sinks) == pytest.approx(8.1e-5, rel=0.01)


def test_large_particles_hit_the_surface() -> None:
    sinks = sinks_of(Aerosol(diameter_um=10.0))
    stokes = sinks.settling_m_s * 0.25 / (9.80665 * 1.789e-5 / 1.225)
    assert stokes > 1.0
    expected = 1.0 / (0.5 * (sinks.brownian + 10.0 ** (-3.0 / stokes)))
    assert surface_resistance_s_m(0.5, sinks) == pytest.approx(expected, rel=1e-12)


def test_air_that_rises_brings_more_to_the_ground_than_air_that_is_stable() -> None:
    # Stable, L = 20 m: 0.74 ln(150) + 4.7 (15 - 0.1) / 20 over k u*.
    by_hand = (0.74 * math.log(150.0) + 4.7 * 14.9 / 20.0) / (0.4 * 0.3)
    assert air_resistance_s_m(0.3, 0.05) == pytest.approx(by_hand, rel=1e-12)
    # Unstable, L = -20 m: (1 - 9 z / L)^(1/2) is 2.78388 and 1.02225.
    by_hand = 0.74 * (math.log(150.0) - 2.0 * math.log(3.783878 / 2.022252)) / (0.4 * 0.3)
    assert air_resistance_s_m(0.3, -0.05) == pytest.approx(by_hand, rel=1e-5)


def test_what_rain_and_snow_scavenge_by_hand() -> None:
    # log10(1e-7) = -7: 274.35758 + 138.62540 - 660.80634 + 1183.79415 - 941.19797
    assert rain_power(1e-7) == pytest.approx(-5.22718, abs=1e-4)
    # 22.7 + 1321 / 49 - 381 / 7
    assert snow_power(1e-7) == pytest.approx(-4.76939, abs=1e-5)
    assert snow_power(1e-5) == snow_power(1e-6)


@pytest.mark.parametrize("diameter_um", [0.009, 11.0, math.nan])
def test_diameters_outside_of_the_model_are_refused(diameter_um: float) -> None:
    with pytest.raises(ParameterError, match="diameter_um"):
        Aerosol(diameter_um=diameter_um)


def test_a_density_of_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="density_kg_m3"):
        Aerosol(diameter_um=1.0, density_kg_m3=0.0)
