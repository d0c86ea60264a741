"""The blast wave of an explosion near its source: peak overpressure and duration.

What it computes: peak overpressure and duration of the positive phase at a distance, chemical or
nuclear, in any ambient pressure and temperature. Source: Kinney & Graham 1985, Explosive Shocks in
Air, 2nd ed.: fits of scaled distance Z = f_d r/W^(1/3) with W in kg TNT for chemical and in **kt**
for nuclear explosions (kilograms there would give 330 MPa at 1 km of 1 kt; `Charge` carries the
unit). Distances scale with the cube root of density, f_d = (p/p0)^(1/3) (T0/T)^(1/3); durations
are divided by f_t = (p/p0)^(1/3) (T/T0)^(1/6), p0 1013.25 hPa, T0 288.15 K. A burst on the ground
counts as twice the charge (ideal reflector). Assumptions: free air or a flat reflecting ground,
homogeneous air, no topography; valid for overpressures from some 10 kPa down to where it spreads
as sound. Accuracy: published values at 1 km of four chemical and three nuclear charges to their
digits; the fits themselves follow measured blasts to some 10 % (book). Below Z of 0.05 (chemical)
or 3 (nuclear) they are extrapolated. Cost: 5 us.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.errors import ParameterError
from vigie.sources.charge import Charge, Explosive
from vigie.sources.friedlander import FriedlanderPulse

STANDARD_PRESSURE_PA = 101325.0
STANDARD_TEMPERATURE_K = 288.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambient:
    """Air around the source; the default is the standard air of the fits."""

    pressure_pa: float = STANDARD_PRESSURE_PA
    temperature_k: float = STANDARD_TEMPERATURE_K

    def __post_init__(self) -> None:
        if not 100.0 <= self.pressure_pa <= 1.2e5:
            raise ParameterError(
                name="pressure_pa", value=self.pressure_pa, expected="100 to 120000 Pa, not hPa"
            )
        if not 150.0 <= self.temperature_k <= 350.0:
            raise ParameterError(
                name="temperature_k", value=self.temperature_k, expected="150 to 350 K"
            )

    @property
    def distance_factor(self) -> float:
        """f_d, by which distances are multiplied before scaling."""
        return float(np.cbrt(self._pressure / self._temperature))

    @property
    def time_factor(self) -> float:
        """f_t, by which durations are divided."""
        return float(np.cbrt(self._pressure) * self._temperature ** (1.0 / 6.0))

    @property
    def _pressure(self) -> float:
        return self.pressure_pa / STANDARD_PRESSURE_PA

    @property
    def _temperature(self) -> float:
        return self.temperature_k / STANDARD_TEMPERATURE_K


STANDARD_AIR = Ambient()


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """An explosion: how large, of which kind, where.

    Examples
    --------
    >>> burst = Burst(charge=Charge.kilotons(1.0), kind=Explosive.NUCLEAR)
    >>> round(burst.pulse(1000.0).peak_pa, 1)
    8417.2
    """

    charge: Charge
    kind: Explosive = Explosive.CHEMICAL
    on_surface: bool = False
    """Whether it burst on the ground, which doubles the effective charge."""
    ambient: Ambient = STANDARD_AIR

    def pulse(self, distance_m: float) -> FriedlanderPulse:
        """Return peak overpressure and duration at a distance.

        Raises
        ------
        ParameterError
            The distance is not above 0.
        """
        if not (np.isfinite(distance_m) and distance_m > 0.0):
            raise ParameterError(name="distance_m", value=distance_m, expected="above 0")
        charge = self.charge.doubled() if self.on_surface else self.charge
        is_nuclear = self.kind is Explosive.NUCLEAR
        root = float(np.cbrt(charge.kt if is_nuclear else charge.kg))
        z = self.ambient.distance_factor * distance_m / root
        ratio, scaled_ms = _nuclear(z) if is_nuclear else _chemical(z)
        duration_s = root * scaled_ms * 1e-3 / self.ambient.time_factor
        return FriedlanderPulse(ratio * self.ambient.pressure_pa, duration_s)


def _chemical(z: float) -> tuple[float, float]:
    """Return overpressure over ambient, and duration in ms over the cube root of kg."""
    ratio = (
        808.0
        * (1.0 + (z / 4.5) ** 2)
        / np.sqrt((1.0 + (z / 0.048) ** 2) * (1.0 + (z / 0.32) ** 2) * (1.0 + (z / 1.35) ** 2))
    )
    far = (1.0 + (z / 0.02) ** 3) * (1.0 + (z / 0.74) ** 6) * np.sqrt(1.0 + (z / 6.9) ** 2)
    return float(ratio), float(980.0 * (1.0 + (z / 0.54) ** 10) / far)


def _nuclear(z: float) -> tuple[float, float]:
    """Return overpressure over ambient, and duration in ms over the cube root of kt."""
    ratio = 3.2e6 * z**-3 * np.sqrt(1.0 + (z / 87.0) ** 2) * (1.0 + z / 800.0)
    scaled = (
        180.0
        * np.sqrt(1.0 + (z / 100.0) ** 3)
        / (
            np.sqrt(1.0 + z / 40.0)
            * ((1.0 + (z / 285.0) ** 5) * (1.0 + z / 50000.0)) ** (1.0 / 6.0)
        )
    )
    return float(ratio), float(scaled)
