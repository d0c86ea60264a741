"""Tables as text in any script: columns as wide as what stands in them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def table_rows(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: Collection[int] = (0,),
    indent: str = "",
) -> list[str]:
    """Return a table as lines, its head first.

    Parameters
    ----------
    heads : sequence of str
    rows : sequence of sequence of str
        As many cells as heads.
    left : collection of int
        Columns that begin at the left; the others end at the right.
    indent : str

    Examples
    --------
    >>> table_rows(["核素", "MDC"], [["Cs-137", "1.2"], ["K-40", "13"]])
    ['核素    MDC', 'Cs-137  1.2', 'K-40     13']
    """
    everything = [heads, *rows]
    widths = [max(_width(row[i]) for row in everything) for i in range(len(heads))]
    lines = []
    for row in everything:
        cells = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - _width(cell))
            cells.append(cell + blank if i in left else blank + cell)
        lines.append((indent + "  ".join(cells)).rstrip())
    return lines


def number(value: float | None) -> str:
    """Return a number in three digits; a dash where there is none."""
    return "-" if value is None else f"{value:.3g}"


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for Chinese, none for marks."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
