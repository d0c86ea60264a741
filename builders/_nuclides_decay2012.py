"""Read decay_2012, the library that actigamma ships (UKAEA, Apache-2.0)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vigie.errors import UnknownNuclideError
from vigie.facts.nuclides.names import normal_name

if TYPE_CHECKING:
    from pathlib import Path

OTHER_ORDER = {"Rh-102": "Rh-102m", "Rh-102m": "Rh-102"}
"""States that decay_2012 counts in another order than ENSDF (Rh-102: 207 d is the ground state)."""

Line = tuple[float, float | None, float, float | None]
"""Energy, its standard error (keV); intensity per decay and its standard error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One nuclide of decay_2012."""

    half_life_s: float
    gammas: tuple[Line, ...]
    xrays: tuple[Line, ...]
    annihilation: float
    """Photons of 511 keV per decay, which the library counts among gamma or X-rays."""
    betas: tuple[Line, ...]
    electrons: tuple[Line, ...]


def read(site_packages: Path) -> dict[str, Library]:
    """Return all nuclides by normal name."""
    content = (site_packages / "actigamma" / "data" / "lines_decay_2012.min.json").read_text()
    found: dict[str, Library] = {}
    for name, entry in json.loads(content).items():
        try:
            proper = normal_name(name)
        except UnknownNuclideError:
            continue
        found[OTHER_ORDER.get(proper, proper)] = _library(entry)
    return found


def _library(entry: dict[str, Any]) -> Library:
    gammas, xrays = _lines(entry, "gamma"), _lines(entry, "x-ray")
    return Library(
        half_life_s=float(entry["halflife"]),
        gammas=tuple(one for one in gammas if not _annihilates(one)),
        xrays=tuple(one for one in xrays if not _annihilates(one)),
        annihilation=max((one[2] for one in gammas + xrays if _annihilates(one)), default=0.0),
        betas=_lines(entry, "beta"),
        electrons=_lines(entry, "electron"),
    )


def _annihilates(line: Line) -> bool:
    return abs(line[0] - 511.0) < 0.01


def _lines(entry: dict[str, Any], kind: str) -> tuple[Line, ...]:
    part = entry.get(kind)
    if not part:
        return ()
    lines = part["lines"]
    rows = zip(
        lines["energies"],
        lines["energies_unc"],
        lines["intensities"],
        lines["intensities_unc"],
        lines["norms"],
        strict=True,
    )
    found = [
        (energy / 1e3, (error / 1e3) or None, share * norm, (sigma * norm) or None)
        for energy, error, share, sigma, norm in rows
    ]
    return tuple(sorted(found, key=lambda one: -one[2]))
