"""Read the shipped level schemes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the daughter nucleus."""

    energy_kev: float
    feeding: float
    """Decays of the parent that end here, per decay."""
    k_capture: float = 0.0
    """K vacancies per feeding decay (electron capture)."""
    positron: float = 0.0
    """Positrons per feeding decay."""
    half_life_s: float | None = None
    """None where the source states none: too short to matter."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one level to a lower one, by a photon or a conversion electron."""

    start: int
    """Index of the level above."""
    end: int
    energy_kev: float
    intensity: float
    """Photons per decay of the parent."""
    conversion: float = 0.0
    """Conversion electrons per photon, all shells."""
    k_conversion: float = 0.0
    """Of the K shell alone."""

    @property
    def total(self) -> float:
        """Return steps per decay of the parent."""
        return self.intensity * (1.0 + self.conversion)


@dataclass(frozen=True, slots=True)
class Cascade:
    """One decay of a parent to one daughter."""

    daughter_number: int
    """Atomic number of the daughter."""
    levels: tuple[Level, ...]
    """By rising energy."""
    transitions: tuple[Transition, ...]


@cache
def _document() -> dict[str, Any]:
    text = files(__package__).joinpath("cascades.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def cascades_version() -> str:
    """Return the version of the table, a date."""
    return str(_document()["version"])


@cache
def cascades(nuclide: str) -> tuple[Cascade, ...]:
    """Return the level schemes of a nuclide's decays, one per daughter.

    Parameters
    ----------
    nuclide : str
        Normal name, ``Cs-134``.

    Returns
    -------
    tuple of Cascade
        Empty where no two photons of a decay come together, or none are known to.

    Examples
    --------
    >>> [round(t.energy_kev, 1) for t in cascades("Co-60")[0].transitions if t.intensity > 0.1]
    [1332.5, 1173.2]
    """
    return tuple(
        Cascade(
            one["daughter_number"],
            tuple(Level(*level) for level in one["levels"]),
            tuple(Transition(*step) for step in one["transitions"]),
        )
        for one in _document()["nuclides"].get(nuclide, ())
    )
