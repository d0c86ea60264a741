"""``#g_Spectrum`` and ``#b_Spectrum``: rows of a channel number and the counts from it on.

The numbering, from 0 or 1, is taken from the rows. Rows in another order are put in order. A
spectrum that ends early is kept as far as it goes; one that lacks rows before its end is left
out, since nothing says what its channels held.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.ims_radionuclide._counts import CountReader
from vigie.formats.ims_radionuclide._rows import Row
from vigie.formats.numbers import number_of
from vigie.records import CountArray

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block

MAX_CHANNELS = 1 << 17
"""Eight times the largest of HPGe systems."""
_MAX_HEAD_WORDS = 2


@dataclass(slots=True)
class Axis:
    """A spectrum as its block has it."""

    counts: CountArray
    first_channel: int
    span_kev: float | None


@dataclass(slots=True)
class _Rows:
    """The rows of a block while they are read."""

    counts: dict[int, list[int]] = field(default_factory=dict)
    """First channel to the counts of its row."""
    in_order: bool = True
    last: int = -1


def read_spectrum(block: Block, log: IssueLog) -> Axis | None:
    """Return the spectrum of a block; None, with an issue, where it has none.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    lines = block.rows
    if not lines:
        _leave_out(block, log, block.place, "", "filled")
        return None
    declared, span_kev, has_head = _head(block, lines[0], log)
    rows = _read_rows(block, lines[1:] if has_head else lines, log)
    if rows is None:
        return None
    counts = _joined(block, rows, log)
    if counts is None:
        return None
    first = min(rows.counts)
    if declared is not None:
        counts = _sized(block, counts, declared, log)
    return Axis(np.array(counts, dtype=np.int64), first, span_kev)


def _head(
    block: Block, line: tuple[int, list[str]], log: IssueLog
) -> tuple[int | None, float | None, bool]:
    number, words = line
    if len(words) > _MAX_HEAD_WORDS:
        expected = "preceded by the number of channels and the span in keV"
        log.suspect(f"line {number}", field_name=f"#{block.name}", text="", expected=expected)
        return None, None, False
    row = Row(block.name, number, words, log)
    declared = row.whole("number of channels")
    span = row.optional("span")
    if span is None and len(words) < _MAX_HEAD_WORDS:
        log.notice(row.place, "formats.no_span", f"#{block.name} does not say its span in keV")
    if span is not None and span <= 0.0:
        row.doubt("span", words[1], "above 0 keV")
    return declared, span, True


def _read_rows(block: Block, lines: list[tuple[int, list[str]]], log: IssueLog) -> _Rows | None:
    """Return the rows by their first channel; None where one cannot be read."""
    reader = CountReader(block.name, log)
    rows = _Rows()
    for number, words in lines:
        first = number_of(words[0])
        if first is None or first != int(first) or not 0 <= first <= MAX_CHANNELS:
            expected = f"a channel number up to {MAX_CHANNELS}"
            log.bad_record(
                f"line {number}", field_name=f"#{block.name}", text=words[0], expected=expected
            )
            return None
        counts = reader.read(words[1:], number) if words[1:] else []
        if counts is None or not _filed(block, rows, (int(first), counts), number, log):
            return None
    return rows


def _filed(
    block: Block, rows: _Rows, row: tuple[int, list[int]], number: int, log: IssueLog
) -> bool:
    first, counts = row
    if first in rows.counts:
        if counts == rows.counts[first]:
            text = f"#{block.name}: the row of channel {first} stands twice; read once"
            log.notice(f"line {number}", "formats.row_repeated", text)
            return True
        expected = "the only row of its channel"
        _leave_out(block, log, f"line {number}", str(first), expected)
        return False
    if first < rows.last and rows.in_order:
        rows.in_order = False
        text = f"#{block.name}: rows are not in the order of their channels; put in order"
        log.notice(f"line {number}", "formats.row_order", text)
    rows.last = first
    if counts:
        rows.counts[first] = counts
    return True


def _joined(block: Block, rows: _Rows, log: IssueLog) -> list[int] | None:
    """Return the counts of all rows; None where channels are missing or stand twice."""
    firsts = sorted(rows.counts)
    if not firsts or firsts[0] > 1:
        text = f"the first row is of channel {firsts[0]}" if firsts else ""
        _leave_out(block, log, block.place, text, "a spectrum from channel 0 or 1 on")
        return None
    joined: list[int] = []
    for first in firsts:
        due = firsts[0] + len(joined)
        if first != due:
            what = "follow one on another" if first > due else "overlap nowhere"
            text = f"channel {first} where {due} is due"
            _leave_out(block, log, block.place, text, f"rows that {what}")
            return None
        joined += rows.counts[first]
    return joined


def _sized(block: Block, counts: list[int], declared: int, log: IssueLog) -> list[int]:
    """Return the counts, told of where they are not as many as declared."""
    extra = counts[declared:] if declared > 0 else []
    if extra and not any(extra) and len(extra) < 5:
        # The last row is filled up to five counts.
        text = f"#{block.name}: {len(extra)} zeros behind the last channel are not read"
        log.notice(block.place, "formats.filled_row", text)
        return counts[:declared]
    if len(counts) != declared:
        log.suspect(
            block.place,
            field_name=f"#{block.name} number of channels",
            text=str(declared),
            expected=f"that of the counts there are, {len(counts)}",
        )
    return counts


def _leave_out(block: Block, log: IssueLog, place: str, text: str, expected: str) -> None:
    log.bad_record(place, field_name=f"#{block.name}", text=text, expected=expected)
