"""The index of a time: grid, levels, and which variables of each level follow, with checksums.

Layout (HYSPLIT user's guide S141; both samples agree), letters from the label's end on: model 4,
forecast hour 3, minutes 2; twelve numbers of 7 on the grid; columns, rows and levels 3 each; kind
of level 2; length of it all 4. Then per level its height 6, number of variables 2, and of each its
name 4, checksum 3, a blank. It goes on in further index records where one is too short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.arl._label import INDEX_NAME, LABEL_BYTES, parse_label
from vigie.formats.numbers import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.arl._label import Label

    FloatArray = NDArray[np.float64]

HEAD_BYTES = 108
"""Of the index before its levels. No grid has fewer points, as it stands in one record."""
SIGMA, PRESSURE, TERRAIN, HYBRID = 1, 2, 3, 4
_GRID_NUMBERS = 12
_MAX_LEVELS = 999


@dataclass(frozen=True, slots=True)
class Head:
    """What an index says before its levels."""

    model: str
    minutes: int
    grid: tuple[float, ...]
    """Pole latitude and longitude, reference latitude and longitude, grid size (km), orientation,
    tangent latitude, column, row, latitude and longitude of a point, offset of sigma levels."""
    n_columns: int
    n_rows: int
    n_levels: int
    """The surface included."""
    kind: int
    """Of the levels."""
    n_bytes: int
    """Length of the whole index."""

    @property
    def record_bytes(self) -> int:
        """Length of each record, its label included."""
        return self.n_columns * self.n_rows + LABEL_BYTES


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an index."""

    height: float
    """As the kind of level has it."""
    checksums: dict[str, int]
    """By variable; below 0 the field is not valid."""


def is_index(head: bytes) -> bool:
    """Tell whether a file begins with an index record."""
    label = parse_label(head[:LABEL_BYTES])
    if label is None or label.variable != INDEX_NAME:
        return False
    return isinstance(parse_head(head[LABEL_BYTES : LABEL_BYTES + HEAD_BYTES], label), Head)


def parse_head(data: bytes, label: Label) -> Head | str:
    """Return the head of an index, or in words what was expected of it."""
    if len(data) < HEAD_BYTES or not data.isascii():
        return f"{HEAD_BYTES} ASCII letters"
    text = data.decode("ascii")
    grid = [number_of(text[9 + 7 * k : 16 + 7 * k].strip()) for k in range(_GRID_NUMBERS)]
    starts = ((7, 9), (93, 96), (96, 99), (99, 102), (102, 104), (104, 108))
    counts = [_whole(text[start:stop]) for start, stop in starts]
    if None in grid or None in counts:
        return "twelve numbers on the grid and the numbers of columns, rows and levels"
    minutes, columns, rows, levels, kind, length = (n or 0 for n in counts)
    columns += _thousands(label.grid[0])
    rows += _thousands(label.grid[1])
    if columns < 2 or rows < 2 or columns * rows < HEAD_BYTES:
        return f"of a grid of {HEAD_BYTES} points or more, two or more columns and rows"
    if not (1 <= levels <= _MAX_LEVELS and length >= HEAD_BYTES and minutes < 60):
        return "of one level or more, and below 60 minutes"
    numbers = tuple(number for number in grid if number is not None)
    return Head(text[:4].strip(), minutes, numbers, columns, rows, levels, kind, length)


def _whole(text: str) -> int | None:
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() else None


def _thousands(letter: str) -> int:
    # A is one thousand; @, before it, none; digits and blanks are an old grid number.
    return 1000 * (ord(letter) - ord("@")) if letter >= "@" else 0


def parse_levels(text: str, n_levels: int) -> tuple[Level, ...] | str:
    """Return the levels of an index from what follows its head, or what was expected."""
    found: list[Level] = []
    at = 0
    for number in range(n_levels):
        height, count = number_of(text[at : at + 6].strip()), _whole(text[at + 6 : at + 8])
        if height is None or count is None:
            return f"a height and a number of variables of level {number}"
        at += 8
        checksums: dict[str, int] = {}
        for _ in range(count):
            name, value = text[at : at + 4].strip(), number_of(text[at + 4 : at + 7].strip())
            if not name or value is None or value != int(value):
                return f"a variable with its checksum, of level {number}"
            checksums[name] = int(value)
            at += 8
        found.append(Level(height, checksums))
    return tuple(found)


def level_coefficients(head: Head, levels: tuple[Level, ...]) -> tuple[FloatArray, FloatArray]:
    """Return a (Pa) and b of the levels above the surface, pressure being a + b p_s.

    Sigma levels count from an offset (hPa; 0 but for NMM) in the last number of the grid: the
    pressure is sigma (p_s - offset) + offset. A hybrid level is a whole number of hPa plus a
    fraction, the sigma. (HYSPLIT, routines PRFSIG and PRFECM.)
    """
    heights = np.array([level.height for level in levels[1:]])
    if head.kind == SIGMA:
        return 100.0 * head.grid[11] * (1.0 - heights), heights
    if head.kind == HYBRID:
        whole = np.floor(heights)
        return 100.0 * whole, heights - whole
    return 100.0 * heights, np.zeros_like(heights)
