"""Records of a channel joined to the segments that they form.

A record continues a segment if its first sample lies within half a sample of where the
segment's own start and rate put it, so the time of no sample is off by more than that, however
long the segment. Records that repeat are dropped; overlapping ones stay separate segments, for
the quality masks to deal with. Linear time apart from one sort.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import NS_PER_S, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.formats.base import IssueLog
    from vigie.formats.mseed._records import Record

_TOLERANCE_SAMPLES = 0.5


def join_records(records: Iterable[Record], log: IssueLog) -> tuple[Waveform, ...]:
    """Return the segments, by channel in the order of the file, then by time."""
    streams: dict[tuple[object, ...], list[Record]] = defaultdict(list)
    for record in records:
        streams[record.channel, record.rate_hz, record.samples.dtype.str].append(record)
    return tuple(
        Waveform(
            run[0].channel,
            run[0].start_ns,
            run[0].rate_hz,
            np.concatenate([record.samples for record in run]),
        )
        for stream in streams.values()
        for run in _runs(stream, log)
    )


def _runs(stream: list[Record], log: IssueLog) -> Iterator[list[Record]]:
    """Yield the groups of records that follow each other without a gap."""
    tolerance_ns = _TOLERANCE_SAMPLES * NS_PER_S / stream[0].rate_hz
    run: list[Record] = []
    n_samples = 0
    n_repeated = 0
    for record in sorted(stream, key=lambda one: one.start_ns):
        if run and _repeats(record, run[-1]):
            n_repeated += 1
            continue
        if run:
            due_ns = run[0].start_ns + round(n_samples * NS_PER_S / record.rate_hz)
            if abs(record.start_ns - due_ns) > tolerance_ns:
                yield run
                run, n_samples = [], 0
        run.append(record)
        n_samples += len(record.samples)
    yield run
    if n_repeated:
        text = f"{stream[0].channel}: {n_repeated} repeated records dropped"
        log.notice(f"byte {stream[0].offset}", "formats.mseed_repeated", text)


def _repeats(record: Record, last: Record) -> bool:
    return record.start_ns == last.start_ns and np.array_equal(record.samples, last.samples)
