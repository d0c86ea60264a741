"""Divide a decay scheme at the isomers of the daughter: what they emit is theirs.

ENSDF lists under a parent everything that follows its decay, also what comes minutes or days
later out of an isomer of the daughter. Here the flux through each isomeric level is followed
down the scheme (each level passes it on in the ratio of its transitions); what remains belongs
to the parent, and what reaches the isomer is the branch that leads to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from builders._nuclides_ensdf import Scheme, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """A scheme without what its isomers emit; all per decay of the parent."""

    prompt: tuple[Transition, ...]
    """Transitions that do not follow an isomer, at their prompt intensity."""
    inflow: Mapping[int, float]
    """Flux into each isomeric level by prompt transitions and by direct feeding."""
    outflow: Mapping[int, float]
    """Flux out of each isomeric level by transitions."""


def divide(scheme: Scheme, isomers: frozenset[int]) -> Divided:
    """Divide a scheme; ``isomers`` are indices of levels."""
    leaving = _by_start(scheme)
    arriving = [0.0] * len(scheme.levels)
    prompt: list[Transition] = []
    for level in _from_top(scheme):
        out = sum(one.total for one in leaving[level])
        late = 1.0 if level in isomers else min(1.0, arriving[level] / out) if out else 0.0
        for one in leaving[level]:
            arriving[one.end] += late * one.total
            prompt.append(_scaled(one, 1.0 - late))
    inflow = {
        level: scheme.levels[level].feeding + sum(one.total for one in prompt if one.end == level)
        for level in isomers
    }
    outflow = {level: sum(one.total for one in leaving[level]) for level in isomers}
    return Divided(
        prompt=tuple(one for one in prompt if one.intensity > 0.0), inflow=inflow, outflow=outflow
    )


def _by_start(scheme: Scheme) -> list[list[Transition]]:
    leaving: list[list[Transition]] = [[] for _ in scheme.levels]
    for one in scheme.transitions:
        leaving[one.start].append(one)
    return leaving


def _from_top(scheme: Scheme) -> list[int]:
    # By index where two levels have one energy, as ENSDF orders them.
    return sorted(
        range(len(scheme.levels)), key=lambda i: (scheme.levels[i].energy_kev, i), reverse=True
    )


def _scaled(one: Transition, factor: float) -> Transition:
    sigma = one.intensity_sigma
    return replace(
        one,
        intensity=one.intensity * factor,
        intensity_sigma=None if sigma is None else sigma * factor,
    )
