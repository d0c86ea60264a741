"""From bytes to times: each index with the records that belong to it.

Records are of one length within a time. Where one has no label, the next index is looked for, and
what lies between is left out: a byte too many or too few costs one time, not the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.formats.arl._index import HEAD_BYTES, Head, Level, parse_head, parse_levels
from vigie.formats.arl._label import (
    INDEX_NAME,
    LABEL_BYTES,
    Label,
    next_index,
    parse_label,
    time_of,
)
from vigie.formats.arl._packing import checksum, unpack
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Record:
    """One field, still packed."""

    label: Label
    packed: NDArray[np.uint8]

    def values(self, shape: tuple[int, int]) -> FloatArray:
        """Return the field."""
        return unpack(self.packed, self.label, shape)


@dataclass(frozen=True, slots=True)
class Block:
    """All of one time."""

    time_ns: int
    head: Head
    levels: tuple[Level, ...]
    records: dict[tuple[int, str], Record]
    """By level and variable: those that are sound."""
    place: str
    marked: set[tuple[int, str]] = field(default_factory=set)
    """Fields that the file says are missing."""
    damaged: set[tuple[int, str]] = field(default_factory=set)
    """Fields that were left out, and told."""

    def values(self, level: int, variable: str) -> FloatArray | None:
        """Return a field; None where it is not there."""
        record = self.records.get((level, variable))
        return None if record is None else record.values((self.head.n_rows, self.head.n_columns))


def blocks(data: bytes, log: IssueLog) -> Iterator[Block]:
    """Yield the times of a file in its order.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    at = 0
    while at < len(data):
        started = _index_at(data, at, log)
        if started is None:
            at = next_index(data, at + 1)
            continue
        label, head, levels, first = started
        place = f"byte {at}"
        time_ns = time_of(label, head.minutes)
        if time_ns is None:
            expected = "a date and hour (yymmddhh) that exist"
            log.bad_record(place, field_name="time", text=label.date, expected=expected)
            at = next_index(data, first)
            continue
        block = Block(time_ns, head, levels, {}, place)
        at = _collect(data, first, (block, label.date), log)
        _tell_missing(block, log)
        yield block


def _index_at(
    data: bytes, at: int, log: IssueLog
) -> tuple[Label, Head, tuple[Level, ...], int] | None:
    """Return label, head and levels of the index at a byte, and where its records begin."""
    place = f"byte {at}"
    label = parse_label(data[at : at + LABEL_BYTES])
    if label is None or label.variable != INDEX_NAME:
        shown = data[at : at + LABEL_BYTES].decode("latin-1")
        expected = "the label of an index record (all up to the next one is left out)"
        log.bad_record(place, field_name="label", text=shown, expected=expected)
        return None
    start = at + LABEL_BYTES
    text = data[start : start + HEAD_BYTES]
    head = parse_head(text, label)
    if isinstance(head, str):
        log.bad_record(place, field_name="index", text=text.decode("latin-1"), expected=head)
        return None
    size = head.record_bytes
    n_records = -(-head.n_bytes // (size - LABEL_BYTES))
    stop = at + n_records * size
    if stop > len(data):
        shown = f"{len(data) - at} bytes"
        expected = f"the {n_records * size} of an index of {head.n_columns} x {head.n_rows} points"
        log.bad_record(place, field_name="index", text=shown, expected=expected)
        return None
    starts = range(at + LABEL_BYTES, stop, size)
    whole = b"".join(data[k : k + size - LABEL_BYTES] for k in starts)[HEAD_BYTES : head.n_bytes]
    levels = parse_levels(whole.decode("latin-1"), head.n_levels)
    if isinstance(levels, str):
        log.bad_record(place, field_name="index", text=head.model, expected=f"followed by {levels}")
        return None
    return label, head, levels, stop


def _collect(data: bytes, at: int, filled: tuple[Block, str], log: IssueLog) -> int:
    """Put the sound records of a time into its block; return where the next index begins."""
    block, date = filled
    size = block.head.record_bytes
    while at < len(data):
        place = f"byte {at}"
        label = parse_label(data[at : at + LABEL_BYTES])
        if label is None:
            shown = data[at : at + LABEL_BYTES].decode("latin-1")
            expected = "the label of a record (all up to the next index is left out)"
            log.bad_record(place, field_name="label", text=shown, expected=expected)
            return next_index(data, at)
        if label.variable == INDEX_NAME:
            return at
        if at + size > len(data):
            shown, expected = f"{len(data) - at} bytes", f"{size} bytes: the file ends within it"
            log.bad_record(place, field_name=label.what, text=shown, expected=expected)
            return len(data)
        packed = np.frombuffer(data, np.uint8, size - LABEL_BYTES, at + LABEL_BYTES)
        if _is_sound(block, Record(label, packed), (date, place), log):
            block.records[label.level, label.variable] = Record(label, packed)
        at += size
    return at


def _is_sound(block: Block, record: Record, where: tuple[str, str], log: IssueLog) -> bool:
    """Tell whether a record belongs to its time and is as its index says."""
    label, (date, place) = record.label, where
    key = (label.level, label.variable)
    if label.date != date:
        expected = f"a record of the time of its index, {date}"
        log.bad_record(place, field_name=label.what, text=label.date, expected=expected)
        return False
    known = block.levels[label.level].checksums if label.level < len(block.levels) else {}
    stated = known.get(label.variable)
    if stated is None or key in block.records:
        expected = "a record that its index announces, once"
        log.bad_record(place, field_name="record", text=label.what, expected=expected)
        return False
    if stated < 0 or label.forecast_h < 0:
        block.marked.add(key)
        return False
    found = checksum(record.packed)
    if found != stated:
        expected = f"the checksum {stated} of the index"
        log.bad_record(place, field_name=label.what, text=str(found), expected=expected)
        block.damaged.add(key)
        return False
    return True


def _tell_missing(block: Block, log: IssueLog) -> None:
    """Note what the file itself marks as missing, and what its index announces in vain."""
    place = f"{block.place}, {format_iso(block.time_ns, digits=0)}"
    if block.marked:
        what = _names(block.marked)
        text = f"the file marks {what} as missing"
        log.omission(place, "arl.missing", text, what=what)
    announced = {
        (number, name) for number, level in enumerate(block.levels) for name in level.checksums
    }
    absent = announced - block.records.keys() - block.marked - block.damaged
    if absent:
        expected = "followed by all records that it announces"
        log.bad_record(place, field_name="index", text=_names(absent), expected=expected)


def _names(keys: set[tuple[int, str]]) -> str:
    words = [f"{name} of level {level}" for level, name in sorted(keys)]
    return ", ".join(words[:8]) + (" ..." if len(words) > 8 else "")
