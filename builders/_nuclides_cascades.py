"""Coincidences of photons from a decay scheme.

P(i, j) = I_i x (chance that the level below i reaches the level above j) x (photons per
transition out of that level by j). Levels pass their flux on in the ratio of their transitions,
photons and conversion electrons together; a path ends at an isomer that is a nuclide of its
own. Angular correlations are left out, which is the usual first order of summing corrections
for detectors of large solid angle.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builders._nuclides_ensdf import Scheme, Transition

K = TypeVar("K")

Pair = tuple[float, float, float, float | None]
"""Gate and coincident energy (keV), probability per decay, longest half-life between (s)."""

PROMPT_S = 1e-6
"""Paths with a level that lives longer are listed apart: no detector sums what follows them."""


def pairs(
    scheme: Scheme, prompt: Iterable[Transition], isomers: frozenset[int], *, least: float
) -> list[Pair]:
    """Return all pairs of photons that come in cascade with at least a probability."""
    leaving: dict[int, list[Transition]] = defaultdict(list)
    for one in scheme.transitions:
        leaving[one.start].append(one)
    found: list[Pair] = []
    for gate in prompt:
        if gate.intensity < least or gate.end in isomers:
            continue
        found += _after(scheme, gate, leaving, isomers, least)
    return sorted(found, key=lambda pair: -pair[2])


def _after(
    scheme: Scheme,
    gate: Transition,
    leaving: dict[int, list[Transition]],
    isomers: frozenset[int],
    least: float,
) -> list[Pair]:
    # Per level: chance of being reached, by whether a long-lived level lies on the way, with
    # the longest half-life there.
    first = scheme.levels[gate.end].half_life_s
    reached = {(gate.end, _late(first)): (1.0, first)}
    sums: dict[tuple[Transition, bool], tuple[float, float | None]] = {}
    while reached:
        level, late = max(reached, key=lambda key: (scheme.levels[key[0]].energy_kev, key[0]))
        chance, life = reached.pop((level, late))
        if level in isomers:
            continue
        out = sum(one.total for one in leaving[level])
        for one in leaving[level] if out else ():
            share = chance * one.total / out
            _add(sums, (one, late), share / (1.0 + one.conversion), life)
            longest = _longest(life, scheme.levels[one.end].half_life_s)
            if leaving[one.end]:
                _add(reached, (one.end, _late(longest)), share, longest)
    return [
        (gate.energy_kev, one.energy_kev, gate.intensity * chance, life)
        for (one, _), (chance, life) in sums.items()
        if gate.intensity * chance >= least
    ]


def _add(
    table: dict[K, tuple[float, float | None]], key: K, share: float, life: float | None
) -> None:
    before, longest = table.get(key, (0.0, None))
    table[key] = (before + share, _longest(longest, life))


def _longest(a: float | None, b: float | None) -> float | None:
    return max((one for one in (a, b) if one is not None), default=None)


def _late(half_life_s: float | None) -> bool:
    return half_life_s is not None and half_life_s > PROMPT_S
