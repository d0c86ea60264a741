"""A report without language: sections of labelled values, tables and sentences, as codes.

Every product (ARR, RRR, RLR, SSREB) is built once as a ``Document`` and rendered as text, HTML and
JSON. Numbers stay numbers and words stay codes until then, so that nothing has to be translated
back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.products.numbers import digits_for
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_DIGITS = 6
_LEAST, _MOST = 1e-3, 1e7
"""Numbers outside are written with a power of ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number, written with a point in every language."""

    value: float | None
    digits: int = 4
    """Significant ones, where no error is given."""
    sigma: float | None = None
    """Standard error: its digits are those of the number."""
    decimals: int | None = None
    """Places after the point, whatever the size: of energies and counts."""
    sign: str = ""
    """Written before it: ``<`` or ``>`` of a limit that does not pass itself."""

    @property
    def text(self) -> str:
        """How it is written; a dash where there is none."""
        if self.value is None or not math.isfinite(self.value):
            return "–"
        return f"{self.sign} {self._digits(self.value)}".lstrip()

    def _digits(self, value: float) -> str:
        if self.decimals is not None:
            return f"{value:.{self.decimals}f}"
        size = abs(value)
        if size and not _LEAST <= size < _MOST:
            return f"{value:.{self.digits - 1}e}"
        if self.sigma is not None and self.sigma > 0.0 and math.isfinite(self.sigma):
            return f"{value:.{min(digits_for(self.sigma, self.digits), _MOST_DIGITS)}f}"
        decimals = self.digits - 1 - (math.floor(math.log10(size)) if size else 0)
        return f"{value:.{min(max(decimals, 0), 9)}f}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, ns since 1970 UTC; written as ISO 8601 to the second."""

    time_ns: int | None


@dataclass(frozen=True, slots=True)
class Code:
    """A name that no language translates: a station, a nuclide, an id."""

    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a list: ``term.<word>`` of the catalogue."""

    word: str


@dataclass(frozen=True, slots=True)
class Words:
    """Free text of a person, in whatever language it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Names and sentences in one cell, each once, with commas between."""

    items: tuple[Code | Reason, ...]


Cell = Number | Moment | Code | Term | Words | Listed | Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a value is: ``rn.label.<name>`` of the catalogue, and its unit."""

    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Labelled values."""

    rows: tuple[tuple[Label, Cell], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns; the first column names the row."""

    name: str
    """``rn.table.<name>`` is its caption."""
    columns: tuple[Label, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """Reasons and remarks, each a sentence."""

    told: tuple[Reason, ...]
    emphasis: bool = False
    """Whether they are the answer of the section."""
    about: str = ""
    """What they are of, a nuclide; empty where they say so themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for figures, which the caller gives by name."""

    name: str


Part = Pairs | Table | Sentences | Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report under its title."""

    name: str
    """``rn.section.<name>`` is its title."""
    block: str
    """Its block in the text message, without ``#``."""
    parts: tuple[Part, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing but slots is in it."""
        return all(isinstance(part, Slot) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report."""

    kind: str
    """``ARR``, ``RRR``, ``RLR`` or ``SSREB``."""
    schema: str
    """Name and version of the layout of its blocks."""
    id: str
    subject: str
    """What it is of: a sample's id, an event's."""
    sections: tuple[Section, ...]
    simulated: bool = False


def pairs(*rows: tuple[str, Cell] | tuple[str, str, Cell]) -> Pairs:
    """Return labelled values from (name, value) or (name, unit, value); empty ones left out."""
    kept = []
    for row in rows:
        cell = row[-1]
        unit = row[1] if len(row) == 3 and isinstance(row[1], str) else ""
        if not _blank(cell):
            kept.append((Label(name=str(row[0]), unit=unit), cell))
    return Pairs(rows=tuple(kept))


def table(
    name: str, columns: Sequence[str | tuple[str, str]], rows: Iterable[tuple[Cell, ...]]
) -> Table:
    """Return a table; a column is a name, or a name and a unit."""
    labels = tuple(
        Label(name=c) if isinstance(c, str) else Label(name=c[0], unit=c[1]) for c in columns
    )
    return Table(name=name, columns=labels, rows=tuple(rows))


def _blank(cell: object) -> bool:
    if isinstance(cell, Number):
        return cell.value is None
    if isinstance(cell, Moment):
        return cell.time_ns is None
    if isinstance(cell, Listed):
        return not cell.items
    return isinstance(cell, (Code, Words, Term)) and not (
        cell.word if isinstance(cell, Term) else cell.text
    )
