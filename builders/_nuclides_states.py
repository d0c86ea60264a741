"""Which nuclide a state of ENSDF is: ground states and isomers by half-life and energy.

ENSDF names an isomer by the energy of its level, decay_2012 by a number. They are brought
together by half-life; levels whose half-life a data set does not repeat, by the energy that
another data set gives them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.facts.nuclides.names import SYMBOLS, parts

if TYPE_CHECKING:
    from builders._nuclides_decay2012 import Library
    from builders._nuclides_ensdf import Level, Scheme

OWN_LIFE_S = 0.1
"""Levels that live longer are nuclides of their own."""

MATCH = 0.3
"""Largest difference of ln(half-life) between two sources for one state."""

KNOWN_LEVELS_KEV = {"Ba-136m": 2030.53, "Nb-93m": 30.77, "Y-89m": 908.97}
"""Energy of isomers of which no data set repeats the half-life: sum of the lines that follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """All states of decay_2012 by nucleus, and energies of isomeric levels."""

    half_lives_s: Mapping[tuple[int, int], Mapping[str, float]]
    levels_kev: Mapping[str, float]

    def of_half_life(self, nucleus: tuple[int, int], half_life_s: float | None) -> str | None:
        """Return the state of a nucleus that has a half-life, or None."""
        if not half_life_s:
            return None
        options = {
            name: abs(math.log(life / half_life_s))
            for name, life in self.half_lives_s.get(nucleus, {}).items()
        }
        name = min(options, key=options.__getitem__, default=None)
        return name if name and options[name] < MATCH else None

    def isomers(self, scheme: Scheme) -> dict[int, str]:
        """Return the isomers among the levels of a scheme's daughter, by index."""
        found: dict[int, str] = {}
        for place, level in enumerate(scheme.levels):
            name = self._isomer(scheme.daughter, level)
            if name and name not in found.values():
                found[place] = name
        return found

    def _isomer(self, nucleus: tuple[int, int], level: Level) -> str | None:
        names = [name for name in self.half_lives_s.get(nucleus, {}) if parts(name)[2]]
        if not names:
            return None
        if level.stated in ("0.0+X", "0+X", "X") and level.half_life_s is None:
            return min(names, key=parts)
        if level.energy_kev == 0.0:
            return None
        if level.half_life_s and level.half_life_s > OWN_LIFE_S:
            name = self.of_half_life(nucleus, level.half_life_s)
            return name if name in names else None
        for name in names:
            if abs(level.energy_kev - self.levels_kev.get(name, -1.0)) < 0.3:
                return name
        return None


def states(library: Mapping[str, Library], schemes: Iterable[Scheme]) -> States:
    """Collect the states of decay_2012 that live long enough, with their energies in ENSDF."""
    lives: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    for name, entry in library.items():
        if entry.half_life_s > OWN_LIFE_S or not parts(name)[2]:
            lives[parts(name)[:2]][name] = entry.half_life_s
    found = States(half_lives_s=lives, levels_kev={})
    levels = dict(KNOWN_LEVELS_KEV)
    for scheme in schemes:
        for place, name in found.isomers(scheme).items():
            if scheme.levels[place].half_life_s:
                levels.setdefault(name, scheme.levels[place].energy_kev)
    return States(half_lives_s=lives, levels_kev=levels)


def ground(nucleus: tuple[int, int]) -> str:
    """Return the name of a nucleus in its ground state."""
    return f"{SYMBOLS[nucleus[0]]}-{nucleus[1]}"
