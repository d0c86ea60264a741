"""Lines that neutrons excite in a germanium detector and its shield.

The lines stand in ``neutron_lines.csv`` beside this file, made by
``builders/build_neutron_lines.py``: energies from ENSDF. Which reactions are met is common
experience with low-background germanium detectors (assumption: no list of the treaty's
organisation could be read). They have no half-life: they follow the flux of neutrons.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronLine:
    """One line that neutrons excite."""

    energy_kev: float
    energy_sigma_kev: float | None
    product: str
    """The nucleus that emits it."""
    reaction: str
    """``Ge-72(n,n')``; several with ``;`` between them."""
    level: bool
    """Whether the whole energy of a level is seen: a monopole, or a sum within the crystal."""
    tailed: bool
    """Whether recoil of germanium drags the line out to higher energies."""


@cache
def neutron_lines() -> tuple[NeutronLine, ...]:
    """Return all lines, by energy.

    Examples
    --------
    >>> [line.energy_kev for line in neutron_lines() if line.product == "Cu-65"][1]
    1115.539
    """
    text = (files("vigie.facts.nuclides") / "neutron_lines.csv").read_text(encoding="ascii")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        NeutronLine(
            energy_kev=float(row["energy_kev"]),
            energy_sigma_kev=float(row["energy_sigma_kev"]) if row["energy_sigma_kev"] else None,
            product=row["product"],
            reaction=row["reaction"],
            level=row["seen"] == "level",
            tailed=row["tail"] == "1",
        )
        for row in rows
    )
