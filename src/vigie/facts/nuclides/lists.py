"""Lists of nuclides that the analysis and the categories use; a dated data file, never code.

The lists stand in ``nuclide_lists.toml`` with their source; ``assumption`` there marks what
could not be checked against the treaty organisation's own documents.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from vigie.errors import UnknownModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclideList:
    """A named list of nuclides, with where it is from."""

    name: str
    members: tuple[str, ...]
    """In vigie's spelling."""
    title: str
    source: str
    assumption: bool
    """Whether the list is not the operational one, or could not be checked against it."""


def nuclide_list(name: str) -> tuple[str, ...]:
    """Return the members of a list: ``fission``, ``activation``, ``natural``, ``cosmic``,
    ``mda``, ``noble_gas``, or ``relevant`` (fission and activation products).

    Raises
    ------
    UnknownModelError
        There is no such list.

    Examples
    --------
    >>> nuclide_list("noble_gas")
    ('Xe-131m', 'Xe-133m', 'Xe-133', 'Xe-135')
    """  # noqa: D205 — the names are the summary
    return describe_list(name).members


def describe_list(name: str) -> NuclideList:
    """Return a list with its title and source.

    Raises
    ------
    UnknownModelError
        There is no such list.
    """
    known = _lists()
    if name not in known:
        raise UnknownModelError(kind="nuclide list", name=name, known=", ".join(known))
    return known[name]


def list_names() -> tuple[str, ...]:
    """Return the names of all lists."""
    return tuple(_lists())


def lists_version() -> str:
    """Return the version of the file of lists, for the record of a decision."""
    return str(_document()["version"])


def listed_as(name: str) -> str:
    """Return what the lists call a nuclide of the table: Sb-120m stands there as Sb-120.

    Examples
    --------
    >>> listed_as("Sb-120m"), listed_as("Cs-137")
    ('Sb-120', 'Cs-137')
    """
    called: dict[str, str] = _document()["called"]
    return {proper: short for short, proper in called.items()}.get(name, name)


def from_listed(name: str) -> str:
    """Return the nuclide that the IMS lists and libraries mean by a name.

    Examples
    --------
    >>> from_listed("Au-196m"), from_listed("Cs-137")
    ('Au-196m2', 'Cs-137')
    """
    called: dict[str, str] = _document()["called"]
    return called.get(name, name)


@cache
def _lists() -> dict[str, NuclideList]:
    entries = _document()["list"]
    found: dict[str, NuclideList] = {}
    for name, entry in entries.items():
        members = [from_listed(member) for member in entry.get("members", ())]
        for other in entry.get("union", ()):
            members += [member for member in found[other].members if member not in members]
        found[name] = NuclideList(
            name=name,
            members=tuple(members),
            title=entry["title"],
            source=entry["source"],
            assumption=entry["assumption"],
        )
    return found


@cache
def _document() -> dict[str, Any]:
    text = (files("vigie.facts.nuclides") / "nuclide_lists.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
