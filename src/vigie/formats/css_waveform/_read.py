"""Rows of ``wfdisc`` to waveforms.

The samples of a row begin at ``foff`` of ``dir/dfile``; a file that is not there is looked for
by its bare name, and as the ``.w`` file with the table's own name. A compressed block ends where
the next row of the same file begins. Damaged e1 blocks leave a gap: what comes before and after
becomes separate waveforms with the right times.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import BadEncodingError
from vigie.formats.codecs import (
    PLAIN_TYPES,
    Block,
    decode_canadian,
    decode_e1,
    decode_plain,
)
from vigie.formats.css_waveform._table import CANADIAN_TYPES, E1, LAYOUTS
from vigie.formats.fixed_columns import read_table
from vigie.formats.placeholders import tell_placeholders
from vigie.records import NS_PER_S, ChannelId, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from vigie.formats.base import IssueLog, Source
    from vigie.formats.fixed_columns import Row
    from vigie.records import Samples

_MAX_SAMPLES_PER_ROW = 2**31 - 1


def read_waveforms(source: Source, log: IssueLog) -> tuple[Waveform, ...]:
    """Return the waveforms of all rows, in the order of the table."""
    rows = read_table(source.data, LAYOUTS, log)
    files = _Files(source, rows, log)
    placed = [(row.place, waveform) for row in rows for waveform in _waveforms(row, files, log)]
    tell_placeholders(placed, log)
    return tuple(waveform for _, waveform in placed)


class _Files:
    """The binary files of a table, each fetched once, and where their rows begin."""

    def __init__(self, source: Source, rows: list[Row], log: IssueLog) -> None:
        self._source = source
        self._log = log
        self._data: dict[tuple[str, str], bytes | None] = {}
        self._n_rows = Counter((row.text("dir"), row.text("dfile")) for row in rows)
        starts: dict[tuple[str, str], set[int]] = defaultdict(set)
        for row in rows:
            starts[row.text("dir"), row.text("dfile")].add(row.integer("foff") or 0)
        self._starts = {key: sorted(offsets) for key, offsets in starts.items()}

    def data(self, row: Row) -> bytes | None:
        """Return the file of a row; None, with an issue at its first row, where it is missing."""
        key = (row.text("dir"), row.text("dfile"))
        if key not in self._data:
            self._data[key] = self._fetch(*key)
            if self._data[key] is None:
                self._log.bad_record(
                    row.place,
                    field_name="wfdisc.dfile",
                    text=f"{'/'.join(filter(None, key))} ({self._n_rows[key]} rows)",
                    expected="a file beside the table",
                )
        return self._data[key]

    def block(self, row: Row) -> bytes:
        """Return the bytes from the row's offset up to where another row begins."""
        data = self.data(row) or b""
        offset = row.integer("foff") or 0
        starts = self._starts[row.text("dir"), row.text("dfile")]
        following = bisect_right(starts, offset)
        return data[offset : starts[following] if following < len(starts) else len(data)]

    def _fetch(self, folder: str, name: str) -> bytes | None:
        table = PurePosixPath(self._source.name.replace("\\", "/"))
        own = f"{table.stem}.w"
        relative = "" if folder.startswith("/") else folder
        candidates = [str(PurePosixPath(relative) / name), name] if name else []
        # A name of its own is only guessed where the table gives none.
        for path in candidates or [own]:
            found = self._source.companion(path)
            if found is not None:
                return found
        return None


def _waveforms(row: Row, files: _Files, log: IssueLog) -> Iterator[Waveform]:
    rate_hz, start_ns, n_samples = _checked(row, log)
    if rate_hz is None or start_ns is None or n_samples is None or files.data(row) is None:
        return
    calib = row.number("calib")
    for first, samples in _pieces(row, n_samples, files, log):
        yield Waveform(
            _channel_id(row),
            start_ns + round(first * NS_PER_S / rate_hz),
            rate_hz,
            samples,
            # Some writers put 0 where they know none.
            calib=calib or None,
            calper_s=row.number("calper") or None,
        )


def _checked(row: Row, log: IssueLog) -> tuple[float | None, int | None, int | None]:
    """Return rate, start and number of samples; None for what makes no sense."""
    rate_hz, start_ns, n_samples = row.number("samprate"), row.time_ns("time"), row.integer("nsamp")
    checks = (
        ("samprate", rate_hz is not None and rate_hz > 0.0, "above 0"),
        ("time", start_ns is not None, "epoch seconds"),
        ("nsamp", n_samples is not None and 0 < n_samples <= _MAX_SAMPLES_PER_ROW, "above 0"),
        ("foff", (row.integer("foff") or 0) >= 0, "0 or more"),
    )
    for name, holds, expected in checks:
        if not holds:
            text = (row.line or "")[_span(row, name)].strip()
            log.bad_record(row.place, field_name=f"wfdisc.{name}", text=text, expected=expected)
            return None, None, None
    return rate_hz, start_ns, n_samples


def _span(row: Row, name: str) -> slice:
    column = row.layout.columns[row.layout.position(name)]
    return slice(column.first - 1, column.last)


def _channel_id(row: Row) -> ChannelId:
    code, _, location = row.text("chan").partition("_")
    # ``BHZ_00`` is a SEED channel with its location; other names stand as they are.
    if len(code) == 3 and len(location) == 2:
        return ChannelId("", row.text("sta"), location, code)
    return ChannelId("", row.text("sta"), "", row.text("chan"))


def _pieces(
    row: Row, n_samples: int, files: _Files, log: IssueLog
) -> Iterator[tuple[int, Samples]]:
    """Yield runs of good samples with the index of their first."""
    data_type = row.text("datatype").lower()
    block = files.block(row)
    try:
        if data_type == E1:
            yield from _runs(row, decode_e1(block, n_samples), n_samples, log)
        elif data_type in CANADIAN_TYPES:
            yield 0, decode_canadian(block, n_samples)
        else:
            yield from _plain(row, data_type, n_samples, files, log)
    except BadEncodingError as error:
        log.bad_record(
            row.place,
            field_name=f"wfdisc.dfile {row.text('dfile')}",
            text=f"byte {(row.integer('foff') or 0) + int(error.params['offset'])}",
            expected=f"{data_type} samples ({error.params['reason']})",
        )


def _plain(
    row: Row, data_type: str, n_samples: int, files: _Files, log: IssueLog
) -> Iterator[tuple[int, Samples]]:
    data = files.data(row) or b""
    offset = row.integer("foff") or 0
    n_bytes = PLAIN_TYPES.get(data_type, 1)
    n_there = max(len(data) - offset, 0) // n_bytes
    if n_there < n_samples:
        log.suspect(
            row.place,
            field_name="wfdisc.nsamp",
            text=str(n_samples),
            expected=f"at most the {n_there} samples that {row.text('dfile')} holds",
        )
    n_kept = min(n_samples, n_there)
    if n_kept:
        yield 0, decode_plain(data[offset : offset + n_kept * n_bytes], data_type, n_kept)


def _runs(
    row: Row, blocks: list[Block], n_samples: int, log: IssueLog
) -> Iterator[tuple[int, Samples]]:
    """Yield what good e1 blocks hold, joined where they follow each other."""
    run: list[NDArray[np.int32]] = []
    first = at = 0
    for block in blocks:
        if block.samples is None:
            offset = (row.integer("foff") or 0) + block.offset
            log.bad_record(
                row.place,
                field_name=f"e1 block in {row.text('dfile')}",
                text=f"byte {offset}",
                expected=f"{block.n_samples} readable samples ({block.problem})",
            )
            if run:
                yield first, np.concatenate(run)
            run = []
        else:
            first = first if run else at
            run.append(block.samples[: n_samples - at])
        at += block.n_samples
    if at < n_samples:
        log.suspect(
            row.place,
            field_name="wfdisc.nsamp",
            text=str(n_samples),
            expected=f"at most the {at} samples that {row.text('dfile')} holds",
        )
    if run:
        yield first, np.concatenate(run)
