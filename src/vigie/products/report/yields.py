"""The section on yield: how large the event would have been as an explosion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.report.html import paragraph, section, table

if TYPE_CHECKING:
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
        paragraph(words("yield_note"), "note"),
        table(words("cap_yields", percent=share), heads, rows, text_columns=(0, 1, 2, 4, 5)),
    )


def yield_sentence(event: Event, words: Catalogue) -> str:
    """Return what the sharpest relation says of a chemical explosion; empty where none does."""
    bounded = [
        (one.high_kt / one.low_kt, one)
        for one in event.yields
        if one.kind == "chemical" and one.high_kt is not None and not one.bound and one.low_kt > 0.0
    ]
    if not bounded:
        return ""
    _, one = min(bounded, key=lambda pair: pair[0])
    return words(
        "size_yield",
        interval=_interval(one, words),
        percent=f"{100.0 * one.probability:.0f}",
        relation=words.get(f"yield.{one.relation}", one.relation),
    )


def _interval(one: YieldRange, words: Catalogue) -> str:
    if one.bound or one.high_kt is None:
        return words("yield_least", low=amount(one.low_kt))
    return words("yield_between", low=amount(one.low_kt), high=amount(one.high_kt))


def _row(one: YieldRange, words: Catalogue) -> list[Cell]:
    return [
        words.get(f"yield.{one.relation}", one.relation),
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
