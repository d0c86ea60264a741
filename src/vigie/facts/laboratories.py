"""The sixteen radionuclide laboratories that support the International Monitoring System.

Sources: Annex 1 to the Protocol of the treaty (code, state, place of 1996); codes of the
International Data Centre and what is publicly known of noble gas as the table's header says.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vigie.errors import UnknownModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """A radionuclide laboratory."""

    treaty_code: str
    """``RL01`` to ``RL16``."""
    code: str
    """``FRL08``: as the International Data Centre writes it."""
    state: str
    treaty_place: str
    """As the treaty names it in 1996."""
    today: str
    """Where it is now, if elsewhere; empty where not known."""
    noble_gas: bool | None
    """Whether it is certified for noble gas; None where not known."""
    note: str


@cache
def laboratories() -> tuple[Laboratory, ...]:
    """Return the laboratories, in the treaty's order.

    Examples
    --------
    >>> len(laboratories())
    16
    """
    text = (files("vigie.facts") / "laboratories.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.split("\n") if not line.startswith("#"))
    return tuple(
        Laboratory(
            treaty_code=row["treaty_code"],
            code=row["code"],
            state=row["state"],
            treaty_place=row["treaty_place"],
            today=row["today"],
            noble_gas=True if row["noble_gas"] == "yes" else None,
            note=row["note"],
        )
        for row in rows
    )


def laboratory(code: str) -> Laboratory:
    """Return a laboratory by either of its codes.

    Raises
    ------
    UnknownModelError
        There is no such laboratory.

    Examples
    --------
    >>> laboratory("RL08").code, laboratory("frl08").state
    ('FRL08', 'France')
    """
    wanted = code.strip().upper()
    for one in laboratories():
        if wanted in (one.treaty_code, one.code):
            return one
    known = ", ".join(one.code for one in laboratories())
    raise UnknownModelError(kind="radionuclide laboratory", name=code, known=known)
