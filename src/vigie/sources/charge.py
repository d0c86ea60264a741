"""The size of an explosion with its unit: so that kilograms are never taken for kilotons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from vigie.errors import ParameterError

KG_PER_KT = 1e6
"""Kilograms of TNT in a kiloton, by definition of the metric kiloton (4.184e12 J)."""


class Explosive(StrEnum):
    """What explodes: the shock waves of the two differ near the source."""

    CHEMICAL = "chemical"
    NUCLEAR = "nuclear"


@dataclass(frozen=True, slots=True, order=True)
class Charge:
    """An amount of energy as TNT; made by `tnt_kg`, `tonnes` or `kilotons`, never by a bare number.

    Examples
    --------
    >>> Charge.kilotons(1.0) == Charge.tnt_kg(1e6)
    True
    >>> Charge.tnt_kg(0.0)
    Traceback (most recent call last):
    ...
    vigie.errors.ParameterError: charge = 0.0: a finite energy above 0.
    """

    _kg: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self._kg) and self._kg > 0.0):
            raise ParameterError(name="charge", value=self._kg, expected="a finite energy above 0")

    @classmethod
    def tnt_kg(cls, mass_kg: float) -> Charge:
        """Take kilograms of TNT."""
        return cls(float(mass_kg))

    @classmethod
    def tonnes(cls, mass_t: float) -> Charge:
        """Take metric tons of TNT."""
        return cls(float(mass_t) * 1e3)

    @classmethod
    def kilotons(cls, energy_kt: float) -> Charge:
        """Take kilotons of TNT."""
        return cls(float(energy_kt) * KG_PER_KT)

    @property
    def kg(self) -> float:
        """Kilograms of TNT."""
        return self._kg

    @property
    def kt(self) -> float:
        """Kilotons of TNT."""
        return self._kg / KG_PER_KT

    def times(self, factor: float) -> Charge:
        """Return a multiple of the charge."""
        return Charge(self._kg * factor)

    def doubled(self) -> Charge:
        """Return twice the charge: what a surface burst counts as over an ideal reflector."""
        return self.times(2.0)
