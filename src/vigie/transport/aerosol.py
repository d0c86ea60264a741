"""Particles of matter in the air: how fast they fall, and how fast they reach the ground.

What it computes: the velocity of settling (Stokes, with the slip of Cunningham)

    v_g = rho g d^2 C / (18 mu),     C = 1 + (2 l / d) (1.257 + 0.4 exp(-0.55 d / l)),

and the velocity of deposition from a reference height, by resistances of the turbulent air and of
the thin layer at the surface (diffusion of Brown, impaction),

    v_d = 1 / (r_a + r_b + r_a r_b v_g) + v_g,
    r_a = 0.74 / (k u*) (ln(z / z_0) - psi(z / L) + psi(z_0 / L)),
    r_b = 1 / (u* (Sc^(-2/3) + 10^(-3 / St))),     Sc = nu / D,     St = v_g u*^2 / (g nu).

Source: Stohl et al. (2005), ACP 5, 2461-2474; Seinfeld and Pandis (2006), Atmospheric Chemistry and
Physics, 2nd ed., chapters 9 and 19; psi as in ``vigie.transport.weather.mixing`` (Businger).
Assumes spheres, air of 15 deg C and 1013 hPa (near the ground), 10 cm of roughness everywhere: no
difference between sea, forest and town. Such a surface takes 0.1 mm/s of 0.5 um particles; over
vegetation some measure up to ten times as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from vigie.errors import ParameterError
from vigie.transport.compiled import inline

GRAVITY_M_S2 = 9.80665
VISCOSITY_PA_S = 1.789e-5
"""Of air at 15 deg C."""
AIR_KG_M3 = 1.225
FREE_PATH_M = 6.6e-8
"""Of its molecules, at 15 deg C and 1013 hPa."""
BOLTZMANN_J_K = 1.380649e-23
AIR_K = 288.15
KARMAN = 0.4
ROUGHNESS_M = 0.1
REFERENCE_M = 15.0
"""Height to which velocities of deposition belong (Stohl et al. 2005)."""
SMALLEST_UM, LARGEST_UM = 0.01, 10.0
"""Smaller ones are no aerosol for long; larger ones fall so fast that it moves them."""
LARGEST_IN_SNOW_M = 1e-6
"""Of those whose loss to snow was measured."""
_KINEMATIC_M2_S = VISCOSITY_PA_S / AIR_KG_M3


@dataclass(frozen=True, slots=True, kw_only=True)
class Aerosol:
    """What carries the activity, if no gas does.

    Raises
    ------
    ParameterError
        Diameter not within 0.01 and 10 um, or density not above that of air.
    """

    diameter_um: float
    """Aerodynamic if the density stays at 1000 kg/m3, as medians of activity (AMAD) are told."""
    density_kg_m3: float = 1000.0
    dry: bool = True
    """Whether the ground takes them."""
    wet: bool = True
    """Whether rain and snow do."""

    def __post_init__(self) -> None:
        if not SMALLEST_UM <= self.diameter_um <= LARGEST_UM:
            expected = f"from {SMALLEST_UM:g} to {LARGEST_UM:g}"
            raise ParameterError(name="diameter_um", value=self.diameter_um, expected=expected)
        if not 1.5 < self.density_kg_m3 < 3e4:
            expected = "from 1.5 to 30000"
            raise ParameterError(name="density_kg_m3", value=self.density_kg_m3, expected=expected)


class Sinks(NamedTuple):
    """What compiled code needs to know of an aerosol."""

    settling_m_s: float
    brownian: float
    """Sc^(-2/3)."""
    rain_power: float
    """Of ten, below clouds, 1/s: without the part of the rain's rate."""
    snow_power: float
    dry: bool
    wet: bool


def sinks_of(aerosol: Aerosol) -> Sinks:
    """Return what compiled code needs to know of an aerosol."""
    d = aerosol.diameter_um * 1e-6
    return Sinks(
        settling_m_s=settling_m_s(d, aerosol.density_kg_m3),
        brownian=(_KINEMATIC_M2_S / diffusivity_m2_s(d)) ** (-2.0 / 3.0),
        rain_power=rain_power(d),
        snow_power=snow_power(d),
        dry=aerosol.dry,
        wet=aerosol.wet,
    )


def slip(diameter_m: float) -> float:
    """Return the factor by which air resists a small particle less (Cunningham).

    Examples
    --------
    >>> round(slip(1e-6), 3)
    1.166
    """
    ratio = 2.0 * FREE_PATH_M / diameter_m
    return 1.0 + ratio * (1.257 + 0.4 * math.exp(-1.1 / ratio))


def settling_m_s(diameter_m: float, density_kg_m3: float) -> float:
    """Return how fast a sphere falls in air.

    Examples
    --------
    >>> f"{settling_m_s(1e-6, 1000.0):.2e}"
    '3.55e-05'
    """
    excess = density_kg_m3 - AIR_KG_M3
    return excess * GRAVITY_M_S2 * diameter_m**2 * slip(diameter_m) / (18.0 * VISCOSITY_PA_S)


def diffusivity_m2_s(diameter_m: float) -> float:
    """Return the diffusivity of Brown's motion (Einstein)."""
    drag = 3.0 * math.pi * VISCOSITY_PA_S * diameter_m
    return BOLTZMANN_J_K * AIR_K * slip(diameter_m) / drag


def rain_power(diameter_m: float) -> float:
    """Return the logarithm of what rain scavenges below clouds, but for its rate.

    Source: Laakso et al. (2003), Atmos. Environ. 37, 3605-3613, as in Grythe et al. (2017),
    measured in a forest from 0.01 to 0.51 um.

    Examples
    --------
    >>> round(rain_power(0.5e-6), 2)
    -5.11
    """
    x = math.log10(diameter_m)
    return (
        274.35758 + 332839.59273 / x**4 + 226656.57259 / x**3 + 58005.91340 / x**2 + 6588.38582 / x
    )


def snow_power(diameter_m: float) -> float:
    """Return the logarithm of what snow scavenges below clouds, whatever its rate.

    Source: Kyro et al. (2009), Boreal Environ. Res. 14, 527-538, as in Grythe et al. (2017),
    measured from 0.01 to 1 um. Larger ones are taken as those: the fit would give 0.2 1/s at 10 um.

    Examples
    --------
    >>> round(snow_power(0.5e-6), 2)
    -4.49
    """
    x = math.log10(min(diameter_m, LARGEST_IN_SNOW_M))
    return 22.7 + 1321.0 / x**2 + 381.0 / x


@inline
def _psi(ratio: float) -> float:
    """Return the correction of the profile of heat for stability."""
    if ratio > 0.0:
        return -4.7 / 0.74 * ratio
    return 2.0 * math.log(0.5 * (1.0 + math.sqrt(1.0 - 9.0 * ratio)))


@inline
def air_resistance_s_m(friction_m_s: float, per_obukhov: float) -> float:
    """Return the resistance of turbulent air between 15 m and the surface."""
    stable = _psi(REFERENCE_M * per_obukhov) - _psi(ROUGHNESS_M * per_obukhov)
    rise = math.log(REFERENCE_M / ROUGHNESS_M) - stable
    return 0.74 * rise / (KARMAN * friction_m_s)


@inline
def surface_resistance_s_m(friction_m_s: float, sinks: Sinks) -> float:
    """Return the resistance of the thin layer at the surface."""
    stokes = sinks.settling_m_s * friction_m_s**2 / (GRAVITY_M_S2 * _KINEMATIC_M2_S)
    return 1.0 / (friction_m_s * (sinks.brownian + float(10.0 ** (-3.0 / stokes))))


@inline
def deposition_m_s(friction_m_s: float, per_obukhov: float, sinks: Sinks) -> float:
    """Return the velocity of dry deposition from 15 m."""
    air = air_resistance_s_m(friction_m_s, per_obukhov)
    surface = surface_resistance_s_m(friction_m_s, sinks)
    fall = sinks.settling_m_s
    return 1.0 / (air + surface + air * surface * fall) + fall
