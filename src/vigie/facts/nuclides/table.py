"""The table of nuclides: half-lives, photons, decay branches and coincidences, with sources.

The numbers stand in ``nuclides.json`` beside this file, made by ``builders/build_nuclides.py``
from ENSDF (through paceENSDF, BSD) and decay_2012 (through actigamma, Apache-2.0); its head
says which versions, and each nuclide what was taken from where and which choice was made
where they differ.

Convention: a line belongs to the nuclide that emits it. 661.657 keV is a line of Ba-137m
(0.9007 per decay of Ba-137m), and Cs-137 leads to Ba-137m by a branch; the parent's share
follows from the chain (``vigie.radionuclide.decay``).
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from vigie.errors import UnknownNuclideError
from vigie.facts.nuclides.names import normal_name
from vigie.facts.nuclides.records import (
    BetaBranch,
    Branch,
    Coincidence,
    ElectronLine,
    GammaLine,
    LineKind,
    Nuclide,
)

_KINDS = {"g": LineKind.GAMMA, "x": LineKind.XRAY, "a": LineKind.ANNIHILATION}


def nuclide(name: str) -> Nuclide:
    """Return the decay data of a nuclide.

    Parameters
    ----------
    name : str
        Any spelling that ``normal_name`` takes.

    Raises
    ------
    UnknownNuclideError
        The text is no nuclide, or the table does not hold it.

    Examples
    --------
    >>> round(nuclide("BA-137M").line(661.7).intensity, 4)
    0.9007
    >>> [branch.daughter for branch in nuclide("Cs-137").branches]
    ['Ba-137m', 'Ba-137']
    """
    proper = normal_name(name)
    if proper not in _raw()["nuclides"]:
        raise UnknownNuclideError(name=name, remedy=_remedy(proper))
    return _nuclide(proper)


@cache
def all_nuclides() -> tuple[Nuclide, ...]:
    """Return every nuclide of the table, in the order of its file (by element and mass)."""
    return tuple(_nuclide(name) for name in _raw()["nuclides"])


def nuclide_names() -> tuple[str, ...]:
    """Return the names of all nuclides of the table."""
    return tuple(_raw()["nuclides"])


def has_nuclide(name: str) -> bool:
    """Tell whether the table holds a nuclide (stable daughters it does not)."""
    try:
        return normal_name(name) in _raw()["nuclides"]
    except UnknownNuclideError:
        return False


def table_version() -> str:
    """Return the version of the table, for the record of an analysis."""
    return str(_raw()["version"])


def table_sources() -> dict[str, str]:
    """Return the sources of the table with their licences and citations, by key."""
    return dict(_raw()["sources"])


@cache
def _raw() -> dict[str, Any]:
    import msgspec

    content = (files("vigie.facts.nuclides") / "nuclides.json").read_bytes()
    # Rows are decoded when they are asked for.
    parts = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    nuclides = msgspec.json.decode(parts["nuclides"], type=dict[str, msgspec.Raw])
    return {
        "version": msgspec.json.decode(parts["version"]),
        "sources": msgspec.json.decode(parts["sources"]),
        "nuclides": nuclides,
    }


@cache
def _nuclide(name: str) -> Nuclide:
    import msgspec

    row: dict[str, Any] = msgspec.json.decode(_raw()["nuclides"][name])
    half_life_s, sigma_s = row["t"]
    return Nuclide(
        name=name,
        half_life_s=half_life_s,
        half_life_sigma_s=sigma_s,
        lines=tuple(_line(*line) for line in row.get("l", ())),
        branches=tuple(
            Branch(daughter=daughter, fraction=fraction, mode=mode, source=source)
            for daughter, fraction, mode, source in row.get("b", ())
        ),
        coincidences=tuple(_coincidence(*pair) for pair in row.get("c", ())),
        betas=tuple(
            BetaBranch(end_point_kev=energy, intensity=share, intensity_sigma=sigma, positron=plus)
            for energy, share, sigma, plus in row.get("beta", ())
        ),
        electrons=tuple(
            ElectronLine(energy_kev=energy, intensity=share, intensity_sigma=sigma)
            for energy, share, sigma in row.get("e", ())
        ),
        sources=tuple(row.get("s", {}).items()),
        remarks=tuple(row.get("r", ())),
    )


def _line(
    energy: float, energy_sigma: float | None, share: float, sigma: float | None, *rest: str
) -> GammaLine:
    kind, source = rest
    return GammaLine(
        energy_kev=energy,
        energy_sigma_kev=energy_sigma,
        intensity=share,
        intensity_sigma=sigma,
        kind=_KINDS[kind],
        source=source,
    )


def _coincidence(
    gate: float, other: float, probability: float, half_life_s: float | None, kind: str
) -> Coincidence:
    return Coincidence(
        gate_kev=gate,
        coincident_kev=other,
        probability=probability,
        level_half_life_s=half_life_s,
        kind=_KINDS[kind],
    )


def _remedy(name: str) -> str:
    close = get_close_matches(name, nuclide_names(), n=4)
    known = f"; near to it the table holds {', '.join(close)}" if close else ""
    return f"The table of version {table_version()} does not hold it{known}"
