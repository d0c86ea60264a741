"""Coincidences of gamma photons with K X-rays and with annihilation photons.

A K vacancy comes from electron capture, and from conversion of a transition of the cascade.
Expected number of either together with a photon i, per decay, over all paths of the scheme:

    sum over levels L fed by capture:      C_K(L) x P(i | L)
    sum over transitions j before i:       T_j k_j x P(i | level below j)
    sum over transitions j after i:        I_i x P(j | level below i) k_j

with T_j photons and electrons of j, k_j its share of K electrons, C_K vacancies by capture. A
path ends at a level that lives longer than ``PROMPT_S``: an X-ray of the capture is not summed
with photons that follow such a level (Cd-109, Sn-113). X-rays per vacancy from the tables of
paceENSDF (ratios of K lines with the fluorescence yield).
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builders._nuclides_cascades import PROMPT_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from builders._nuclides_ensdf import Scheme, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class KShell:
    """K X-rays of an element, per vacancy; energies in keV."""

    alpha_kev: float
    alpha: float
    beta_kev: float
    beta: float
    beta1_kev: float
    beta2_kev: float
    beta2_share: float
    """Of all K beta photons."""


def k_shells(site_packages: Path) -> dict[int, KShell]:
    """Return the K X-rays of all elements that paceENSDF lists, by atomic number."""
    found: dict[int, KShell] = {}
    for path in sorted((site_packages / "paceENSDF" / "PACE_JSON").glob("j_gx_*.json")):
        number = int(path.stem.rsplit("Z", 1)[1])
        if number not in found:
            table = json.loads(path.read_text())["XrayBranchingRatios"]
            if table and table[0]["Kalpha1BR"]:
                found[number] = _shell(table[0])
    return found


def _shell(table: Mapping[str, float | None]) -> KShell:
    def mean(*names: str) -> tuple[float, float]:
        rows = [
            (float(table[f"energyK{name}"] or 0.0), float(table[f"K{name}BR"] or 0.0))
            for name in names
        ]
        total = sum(share for _, share in rows)
        return (sum(kev * share for kev, share in rows) / total if total else 0.0), total

    alpha_kev, alpha = mean("alpha1", "alpha2")
    beta_kev, beta = mean("beta1", "beta2", "beta3")
    beta1_kev, _ = mean("beta1", "beta3")
    beta2_kev, beta2 = mean("beta2")
    return KShell(
        alpha_kev=alpha_kev,
        alpha=alpha,
        beta_kev=beta_kev,
        beta=beta,
        beta1_kev=beta1_kev,
        beta2_kev=beta2_kev,
        beta2_share=beta2 / beta if beta else 0.0,
    )


def with_vacancies(
    scheme: Scheme, prompt: Iterable[Transition], stops: frozenset[int]
) -> dict[float, tuple[float, float]]:
    """Return, per photon energy, K vacancies and positrons together with it, per decay."""
    stops = stops | {
        place
        for place, level in enumerate(scheme.levels)
        if level.half_life_s is not None and level.half_life_s > PROMPT_S
    }
    paths = _Paths(scheme, stops)
    found: dict[float, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for gate in prompt:
        vacancies = positrons = 0.0
        for place, level in enumerate(scheme.levels):
            if level.captures_k or level.positrons:
                chance = paths.chance(place, gate)
                vacancies += level.captures_k * chance
                positrons += level.positrons * chance
        for other in scheme.transitions:
            if other.conversion_k:
                share = other.conversion_k / (1.0 + other.conversion)
                vacancies += other.total * share * paths.chance(other.end, gate)
                vacancies += gate.intensity * paths.chance(gate.end, other) * other.conversion_k
        before = found[gate.energy_kev]
        found[gate.energy_kev] = (before[0] + vacancies, before[1] + positrons)
    return dict(found)


class _Paths:
    """Chances of photons after a level was reached."""

    def __init__(self, scheme: Scheme, stops: frozenset[int]) -> None:
        self._stops = stops
        self._leaving: dict[int, list[Transition]] = defaultdict(list)
        for one in scheme.transitions:
            self._leaving[one.start].append(one)
        self._out = {
            place: sum(one.total for one in leaving) for place, leaving in self._leaving.items()
        }
        self._reached: dict[int, dict[int, float]] = {}
        self._energies = [level.energy_kev for level in scheme.levels]

    def chance(self, level: int, photon: Transition) -> float:
        """Return the chance that a photon follows once a level is reached."""
        out = self._out.get(photon.start, 0.0)
        if not out:
            return 0.0
        return self._from(level).get(photon.start, 0.0) * photon.intensity / out

    def _from(self, level: int) -> dict[int, float]:
        if level not in self._reached:
            reached = {level: 1.0} if level not in self._stops else {}
            todo = [level]
            while todo:
                place = max(todo, key=lambda one: (self._energies[one], one))
                todo.remove(place)
                if place in self._stops:
                    continue
                for one in self._leaving[place] if self._out.get(place) else ():
                    share = reached[place] * one.total / self._out[place]
                    if one.end not in self._stops:
                        reached[one.end] = reached.get(one.end, 0.0) + share
                        if one.end not in todo:
                            todo.append(one.end)
            self._reached[level] = reached
        return self._reached[level]
