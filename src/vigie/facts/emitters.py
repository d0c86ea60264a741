"""Producers of medical isotopes, and what is published of their releases of radioxenon.

Each amount has its source and year in the table; where no text was found that states one, there is
none. Releases from day to day are published for none of them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

VERSION = "2026-11"


@dataclass(frozen=True, slots=True, kw_only=True)
class IsotopeProducer:
    """A facility that makes isotopes by fission."""

    name: str
    state: str
    latitude: float
    longitude: float
    nuclide: str
    bq_per_year: tuple[float, float] | None
    """Range of the yearly release, Bq; None where no figure was found."""
    started: str
    """ISO date of the first release; empty where open."""
    ended: str
    source: str
    """Of the amount, with its year; empty where there is none."""


@cache
def isotope_producers() -> tuple[IsotopeProducer, ...]:
    """Return the facilities of the table.

    Examples
    --------
    >>> [one.name for one in isotope_producers() if one.bq_per_year is not None]
    ['Lucas Heights (ANSTO)', 'Pelindaba (NTP)', 'Serpong']
    """
    text = (files("vigie.facts") / "emitters.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.split("\n") if not line.startswith("#"))
    return tuple(
        IsotopeProducer(
            name=row["name"],
            state=row["state"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            nuclide=row["nuclide"],
            bq_per_year=(float(row["low_bq_per_year"]), float(row["high_bq_per_year"]))
            if row["low_bq_per_year"]
            else None,
            started=row["from"],
            ended=row["to"],
            source=row["source"],
        )
        for row in rows
    )
