"""The rows: regular lines all at once, the others one by one."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.formats.numbers import number_of
from vigie.formats.srm._header import unglued

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

COLUMNS = ("position", "position", "step", "value", "spread")
_NUMERIC = np.zeros(256, dtype=bool)
_NUMERIC[list(b"0123456789+-.eE \t\n")] = True
_DIGIT_OR_POINT = np.zeros(256, dtype=bool)
_DIGIT_OR_POINT[list(b"0123456789.")] = True
_FEW_LINES = 32
"""So few lines are read one by one where reading them together fails."""
_THREE_DIGITS = re.compile(r"([-+]?\d*\.\d+)([-+]\d{3})")
"""Fortran leaves out the letter of an exponent beyond 99."""
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Rows:
    """Numbers of the rows that could be read, and where they stand."""

    table: FloatArray
    """Shape (n, 4) or (n, 5)."""
    line: IntArray
    """Number of each line, from 1."""
    text_of: Callable[[int], str]
    """Returns the text of a line by its number."""

    def only(self, kept: NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        if kept.all():
            return self
        return Rows(self.table[kept], self.line[kept], self.text_of)


class RowIssues:
    """Tells of bad rows by their lines; of many the first twenty, and how many more."""

    def __init__(self, log: IssueLog) -> None:
        self._log = log
        self._told: dict[str, int] = {}

    def bad(self, line: int, field_name: str, text: str, expected: str) -> None:
        """Note a row that is left out.

        Raises
        ------
        BadRecordError
            Reading is strict.
        """
        told = self._told[field_name] = self._told.get(field_name, 0) + 1
        if told <= _MOST_TOLD:
            self._log.bad_record(
                f"line {line}", field_name=field_name, text=text, expected=expected
            )

    def close(self) -> None:
        """Tell how many were not told one by one."""
        for name, count in self._told.items():
            if count > _MOST_TOLD:
                more = str(count - _MOST_TOLD)
                expected = f"told one by one: so many more lines are wrong in the same way ({name})"
                self._log.bad_record("rows", field_name=name, text=more, expected=expected)


def read_rows(body: bytes, first_line: int, issues: RowIssues, log: IssueLog) -> Rows | None:
    """Return the rows; None where their columns are not those of the format.

    Parameters
    ----------
    body : bytes
        All lines after the header, ended by line feeds.
    first_line : int
        Number of its first line.
    issues : RowIssues
    log : IssueLog

    Raises
    ------
    BadRecordError
        A line or the number of columns is wrong, and reading is strict.
    """
    if body and not body.endswith(b"\n"):
        body += b"\n"
    buffer = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(buffer == ord("\n"))
    begins = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)[: len(ends)]

    def text_of(line: int) -> str:
        k = line - first_line
        return body[begins[k] : ends[k]].decode("latin-1").strip()

    words, numbers = _counts(buffer, begins)
    n_columns = _usual(numbers)
    if n_columns > len(COLUMNS):
        expected = "4 or 5 columns: several values in a line (several releases, levels or species) "
        expected += "are not read, since nothing says which is which. Ask for a file of one"
        worst = int(np.argmax(numbers == n_columns)) + first_line
        log.bad_record(f"line {worst}", field_name="row", text=text_of(worst), expected=expected)
        return None
    odd = np.zeros(len(begins), dtype=bool)
    odd[np.searchsorted(ends, np.flatnonzero(~_NUMERIC[buffer]))] = True
    chosen = np.flatnonzero((numbers == n_columns) & ~odd)
    table, line = _bulk(body, (begins, ends), chosen, n_columns)
    left = words > 0
    left[line] = False
    careful = np.flatnonzero(left)
    more, where = _one_by_one((careful + first_line).tolist(), n_columns, text_of, issues)
    lines = np.concatenate([line + first_line, where])
    order = np.argsort(lines, kind="stable")
    lines = lines[order]
    touching = lines[words[lines - first_line] < n_columns]
    if len(touching):
        told = f"{len(touching)} rows have columns that touch each other; they were parted"
        log.notice(f"line {touching[0]}", "srm.unglued", told, count=len(touching))
    return Rows(np.concatenate([table, more])[order], lines, text_of)


def _counts(buffer: NDArray[np.uint8], begins: IntArray) -> tuple[IntArray, IntArray]:
    """Return the words of each line, and the numbers: a sign within a word begins another."""
    if not len(begins):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    blank = buffer <= ord(" ")
    starts = ~blank
    starts[1:] &= blank[:-1]
    words = np.add.reduceat(starts.view(np.uint8), begins, dtype=np.int64)
    signs = np.flatnonzero((buffer[1:] == ord("-")) | (buffer[1:] == ord("+"))) + 1
    signs = signs[_DIGIT_OR_POINT[buffer[signs - 1]]]
    within = np.bincount(np.searchsorted(begins, signs, side="right") - 1, minlength=len(begins))
    return words, words + within


def _usual(words: IntArray) -> int:
    """Return the number of columns of most lines; 4 where lines are too few or too short."""
    filled = words[words > 0]
    if not len(filled):
        return 4
    return max(4, int(np.argmax(np.bincount(np.minimum(filled, 100)))))


def _bulk(
    body: bytes, bounds: tuple[IntArray, IntArray], chosen: IntArray, n_columns: int
) -> tuple[FloatArray, IntArray]:
    """Return the numbers of the lines chosen, of those that are numbers, and which these are."""
    parts: list[FloatArray] = []
    lines: list[IntArray] = []
    stack = [chosen]
    while stack:
        some = stack.pop()
        if not len(some):
            continue
        numbers = _numbers(_joined(body, bounds, some))
        if numbers is not None and len(numbers) == len(some) * n_columns:
            parts.append(numbers.reshape(-1, n_columns))
            lines.append(some)
        elif len(some) > _FEW_LINES:
            half = len(some) // 2
            stack += [some[:half], some[half:]]
    return (
        np.concatenate(parts) if parts else np.zeros((0, n_columns)),
        np.concatenate(lines) if lines else np.zeros(0, dtype=np.int64),
    )


def _joined(body: bytes, bounds: tuple[IntArray, IntArray], lines: IntArray) -> bytes:
    begins, ends = bounds
    first, last = int(lines[0]), int(lines[-1])
    if last - first + 1 == len(lines):
        return body[begins[first] : ends[last]]
    return b"\n".join(body[begins[k] : ends[k]] for k in lines.tolist())


def _numbers(text: bytes) -> FloatArray | None:
    """Return all numbers of a text; None where it holds anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            return np.fromstring(text, sep=" ")
        except (DeprecationWarning, ValueError):
            return None


def _one_by_one(
    lines: list[int], n_columns: int, text_of: Callable[[int], str], issues: RowIssues
) -> tuple[FloatArray, IntArray]:
    rows: list[list[float]] = []
    where: list[int] = []
    for line in lines:
        text = text_of(line)
        words = text.split()
        if len(words) < n_columns:
            words = unglued_row(text)
        numbers = [number for word in words if (number := _number(word)) is not None]
        if len(words) == n_columns == len(numbers):
            rows.append(numbers)
            where.append(line)
            continue
        expected = f"{n_columns} numbers (position, position, step, value"
        issues.bad(line, "row", text, expected + (", spread)" if n_columns > 4 else ")"))
    table = np.array(rows, dtype=np.float64).reshape(-1, n_columns)
    return table, np.array(where, dtype=np.int64)


def unglued_row(text: str) -> list[str]:
    """Return the words of a row whose positions touch; later columns stay as they are.

    Examples
    --------
    >>> unglued_row("-89.32-120.00    3 0.1234567-100")
    ['-89.32', '-120.00', '3', '0.1234567-100']
    """
    words = text.split()
    return unglued(words[0]).split() + words[1:] if words else []


def _number(word: str) -> float | None:
    bare = _THREE_DIGITS.fullmatch(word)
    return number_of(f"{bare[1]}E{bare[2]}" if bare else word)
