"""One nuclide of the table from both sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builders._nuclides_cascades import pairs
from builders._nuclides_choice import (
    LIBRARY_LINES,
    ONLY_DAUGHTER,
    branching,
    gamma_lines,
    half_life,
    merged,
)
from builders._nuclides_chosen import WITH_ELECTRONS
from builders._nuclides_decay2012 import Library, Line
from builders._nuclides_ensdf import Scheme, Transition
from builders._nuclides_isomers import Divided, divide
from builders._nuclides_states import States, ground
from builders._nuclides_vacancies import KShell, with_vacancies

from vigie.facts.nuclides.names import parts

LEAST_LINE = 2e-5
"""Photons per decay below which a line is left out."""
LEAST_PAIR = 1e-4
"""Pairs per decay below which a coincidence is left out."""
LEAST_SHARE = 3e-3
"""Pairs below 1e-3 per decay are left out, too, where they are less than this of either line."""
LEAST_KEV = 5.0
"""Photons below are seen by no detector of a station."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that was read."""

    library: Mapping[str, Library]
    schemes: Mapping[str, Sequence[Scheme]]
    """By parent."""
    states: States
    shells: Mapping[int, KShell]
    level_lives: Mapping[str, tuple[float, float | None]]
    """Half-life and error of isomers, as the schemes of their parents state them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One mode of decay, divided at the isomers."""

    scheme: Scheme
    isomers: Mapping[int, str]
    divided: Divided
    branching: float


def row(name: str, sources: Sources) -> dict[str, Any]:
    """Return the row of a nuclide as it stands in the table."""
    library, schemes = sources.library[name], sources.schemes.get(name, ())
    life, sigma, life_source, remark = half_life(
        name, library, schemes, sources.level_lives.get(name)
    )
    parts_of = _parts(name, schemes, sources.states)
    lines, remarks = _lines(name, library, parts_of, sources)
    branches, more = _branches(name, parts_of, sources)
    found: dict[str, Any] = {
        "t": [_digits(life, 7), _digits(sigma, 3)],
        "l": lines,
        "b": branches,
        "c": _coincidences(name, parts_of, sources.shells),
        "beta": _betas(library, parts_of),
        "e": _electrons(name, library),
        "s": {"half_life": life_source, **({"branches": "ensdf"} if branches else {})},
        "r": [*([remark] if remark else []), *remarks, *more],
    }
    return {key: value for key, value in found.items() if value}


def _parts(name: str, schemes: Sequence[Scheme], states: States) -> list[_Part]:
    shares = branching(name, schemes)
    found: list[_Part] = []
    for scheme in schemes:
        isomers = {} if name in ONLY_DAUGHTER else states.isomers(scheme)
        if shares[scheme.path] > 0.0:
            found.append(
                _Part(
                    scheme=scheme,
                    isomers=isomers,
                    divided=divide(scheme, frozenset(isomers)),
                    branching=shares[scheme.path],
                )
            )
    return found


def _lines(
    name: str, library: Library, modes: Sequence[_Part], sources: Sources
) -> tuple[list[list[Any]], list[str]]:
    normal = [part for part in modes if part.scheme.normalised]
    own = merged(_line(one) for part in normal for one in part.divided.prompt)
    listed = [_line(one) for part in normal for one in part.scheme.transitions]
    isomer = parts(name)[2] > 0 and sum(part.branching for part in modes) < 0.9999
    gammas, remarks = gamma_lines(name, library, own, listed, isomer)
    rows: list[list[Any]] = [[*_rounded(line), "g", source] for line, source in gammas]
    rows += [[*_rounded(line), "x", "decay_2012"] for line in _xrays(name, library, sources)]
    positrons = sum(level.positrons for part in normal for level in part.scheme.levels)
    source = "ensdf" if positrons > 1e-4 else "decay_2012"
    photons = 2.0 * positrons if positrons > 1e-4 else library.annihilation
    rows.append([510.999, None, _digits(photons, 5), None, "a", source])
    kept = [one for one in rows if one[2] >= LEAST_LINE and one[0] >= LEAST_KEV]
    return sorted(kept, key=lambda one: -one[2]), remarks


def _line(one: Transition) -> Line:
    return one.energy_kev, one.energy_sigma_kev, one.intensity, one.intensity_sigma


def _xrays(name: str, library: Library, sources: Sources) -> list[Line]:
    """Divide the K beta line, which decay_2012 gives as one, into K beta 1 and 2."""
    number = parts(name)[0]
    found: list[Line] = []
    for energy, energy_sigma, share, sigma in library.xrays:
        shell = next(
            (
                sources.shells[near]
                for near in (number, number + 1, number - 1, number - 2)
                if near in sources.shells
                and abs(energy - sources.shells[near].beta1_kev) < 0.006 * energy
            ),
            None,
        )
        if shell is None or not 0.0 < shell.beta2_share < 1.0:
            found.append((energy, energy_sigma, share, sigma))
            continue
        for kev, part in (
            (shell.beta1_kev, 1.0 - shell.beta2_share),
            (shell.beta2_kev, shell.beta2_share),
        ):
            found.append((kev, None, share * part, sigma * part if sigma else None))
    return found


def _branches(
    name: str, modes: Sequence[_Part], sources: Sources
) -> tuple[list[list[Any]], list[str]]:
    if name in ONLY_DAUGHTER:
        mode = modes[0].scheme.mode if modes else "ec"
        return [[ONLY_DAUGHTER[name], 1.0, mode, "ensdf"]], []
    rows: list[list[Any]] = []
    for part in modes:
        rest = part.branching
        for level, isomer in part.isomers.items():
            share = min(rest, _share(part, level, sources.library[isomer], sources.schemes))
            rest -= share
            rows.append([isomer, share, part.scheme.mode, "ensdf"])
        rows.append([ground(part.scheme.daughter), rest, part.scheme.mode, "ensdf"])
    number, mass, isomer_number = parts(name)
    left = 1.0 - sum(one[1] for one in rows)
    remarks: list[str] = []
    if isomer_number and left > 1e-6:
        rows.append([ground((number, mass)), left, "it", "ensdf" if rows else "decay_2012"])
    elif number >= 92 and left > 1e-4 and rows:
        rows.append(["SF", left, "sf", "ensdf"])
    elif rows and abs(left) > 1e-6:
        if abs(left) > 2e-3:
            remarks.append(
                f"branches add up to {1.0 - left:.5g} in the source and were scaled to 1"
            )
        rows = [[one[0], one[1] / (1.0 - left), *one[2:]] for one in rows]
    kept = [[one[0], _digits(one[1], 6), *one[2:]] for one in rows if one[1] > 1e-7]
    return sorted(kept, key=lambda one: -one[1]), remarks


def _share(
    part: _Part, level: int, isomer: Library, schemes: Mapping[str, Sequence[Scheme]]
) -> float:
    """Return the share of decays that lead to an isomer.

    Where it decays by one strong line only, the line per decay of the parent over the line per
    decay of the isomer: so parent, branch and isomer agree. Else the balance of the level.
    """
    balance = part.divided.inflow[level] or part.divided.outflow[level]
    if schemes.get(part.isomers[level]) or not isomer.gammas or isomer.gammas[0][2] < 0.1:
        return balance
    energy, _, strength, _ = isomer.gammas[0]
    seen = sum(
        one.intensity
        for one in part.scheme.transitions
        if one.start == level and abs(one.energy_kev - energy) < 1.0
    )
    share = seen / strength
    return share if abs(share - balance) < 0.05 * balance else balance


def _coincidences(
    name: str, modes: Sequence[_Part], shells: Mapping[int, KShell]
) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for part in modes:
        if not part.scheme.normalised or name in ONLY_DAUGHTER | LIBRARY_LINES:
            continue
        stops = frozenset(part.isomers)
        for gate, other, chance, life in pairs(
            part.scheme, part.divided.prompt, stops, least=LEAST_PAIR
        ):
            rows.append([gate, other, _digits(chance, 4), _digits(life, 3), "g"])
        prompt = [one for one in part.divided.prompt if one.intensity >= LEAST_PAIR]
        shell = shells.get(part.scheme.daughter[0])
        for gate, (holes, positrons) in with_vacancies(part.scheme, prompt, stops).items():
            if shell:
                rows.append([gate, _digits(shell.alpha_kev, 5), holes * shell.alpha, None, "x"])
                rows.append([gate, _digits(shell.beta_kev, 5), holes * shell.beta, None, "x"])
            rows.append([gate, 510.999, 2.0 * positrons, None, "a"])
    strength = {one.energy_kev: one.intensity for part in modes for one in part.divided.prompt}
    kept = [
        [*one[:2], _digits(one[2], 4), *one[3:]]
        for one in rows
        if one[2] >= max(LEAST_PAIR, min(1e-3, LEAST_SHARE * _weaker(one, strength)))
    ]
    return sorted(kept, key=lambda one: -one[2])


def _weaker(pair: Sequence[Any], strength: Mapping[float, float]) -> float:
    return min(strength.get(pair[0], 1.0), strength.get(pair[1], 1.0))


def _betas(library: Library, modes: Sequence[_Part]) -> list[list[Any]]:
    rows = [one for part in modes if part.scheme.normalised for one in part.scheme.betas]
    if not any(not plus for *_, plus in rows):
        rows += [(line[0], line[2], line[3], False) for line in library.betas]
    return [
        [_digits(end, 6), _digits(share, 5), _digits(sigma, 2), plus]
        for end, share, sigma, plus in sorted(rows, key=lambda one: -one[1])
        if share >= 1e-3
    ]


def _electrons(name: str, library: Library) -> list[list[Any]]:
    if name not in WITH_ELECTRONS:
        return []
    return [
        [_digits(energy, 7), _digits(share, 5), _digits(sigma, 2)]
        for energy, _, share, sigma in library.electrons
        if share >= 1e-3 and energy >= LEAST_KEV
    ]


def _rounded(line: Line) -> list[float | None]:
    energy, energy_sigma, share, sigma = line
    return [round(energy, 4), _digits(energy_sigma, 2), _digits(share, 5), _digits(sigma, 2)]


def _digits(value: float | None, digits: int) -> float | None:
    return None if value is None else float(f"{value:.{digits}g}")
