"""The section on yield: how large the event would have been as an explosion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.report.html import paragraph, section, table
from vigie.sources.yield_pool import pool_yields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.products.report.html import Cell
    from vigie.products.report.words import Catalogue
    from vigie.records import Event, YieldRange

_UNITS = ((1.0, "kt"), (1e-3, "t"))
"""Least amount in kilotons that is written in a unit; less is written in kilograms."""


def yields_section(event: Event, words: Catalogue) -> str:
    """Return the section; empty where infrasound told nothing of the size."""
    if not event.yields:
        return ""
    columns = ("relation", "explosive", "yield", "yield_median", "stations", "winds")
    heads = [words(f"col_{name}") for name in columns]
    rows = [_row(one, words) for one in event.yields]
    share = f"{100.0 * event.yields[0].probability:.0f}"
    return section(
        "yield",
        words("yield"),
        paragraph(yield_sentence(event, words)),
        paragraph(words("yield_note"), "note"),
        table(words("cap_yields", percent=share), heads, rows, text_columns=(0, 1, 2, 4, 5)),
    )


def yield_sentence(event: Event, words: Catalogue) -> str:
    """Return what all relations together say of a chemical explosion; empty where none does."""
    pool = pool_yields([one for one in event.yields if one.kind == "chemical"])
    if pool is None:
        return ""
    quantities = {one.quantity for one in pool.relations}
    several = "size_yields" if len(quantities) > 1 else "size_yields_all"
    told = words(
        several if len(pool.relations) > 1 else "size_yield",
        interval=words("yield_between", low=amount(pool.low_kt), high=amount(pool.high_kt)),
        percent=f"{100.0 * pool.probability:.0f}",
        n=len(pool.relations),
        relation=_name(pool.relations[0], words),
    )
    apart = [
        words("size_yield_of", interval=_interval(one, words), relation=_name(one, words))
        for one in pool.apart
    ]
    return told + (words("size_yields_apart", intervals=listed(apart, words)) if apart else "")


def listed(parts: Sequence[str], words: Catalogue, last: str = "list_and") -> str:
    """Write a list with its last member set off."""
    if len(parts) < 2:
        return "".join(parts)
    return words(last, first=", ".join(parts[:-1]), last=parts[-1])


def _name(one: YieldRange, words: Catalogue) -> str:
    return words.get(f"yield.{one.relation}", one.relation)


def _interval(one: YieldRange, words: Catalogue) -> str:
    if one.bound or one.high_kt is None:
        return words("yield_least", low=amount(one.low_kt))
    return words("yield_between", low=amount(one.low_kt), high=amount(one.high_kt))


def _row(one: YieldRange, words: Catalogue) -> list[Cell]:
    return [
        _name(one, words),
        words.get(f"explosive.{one.kind}", one.kind),
        _interval(one, words),
        "–" if one.median_kt is None else amount(one.median_kt),
        ", ".join(one.stations) or "–",
        words.get(f"winds.{one.atmosphere}", one.atmosphere) or "–",
    ]


def amount(kilotons: float) -> str:
    """Write an amount of TNT in a unit that suits it, to two digits.

    Examples
    --------
    >>> amount(1.0), amount(0.0123), amount(4.5e-6), amount(250.0)
    ('1 kt', '12 t', '4.5 kg', '250 kt')
    """
    least, unit = next((pair for pair in _UNITS if kilotons >= pair[0]), (1e-6, "kg"))
    value = kilotons / least
    return f"{value:.0f} {unit}" if value >= 10.0 else f"{value:.2g} {unit}"
