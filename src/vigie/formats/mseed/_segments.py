"""Records of a channel joined to the segments that they form.

A record continues a segment if its first sample lies within half a sample of where the
segment's own start and rate put it, so the time of no sample is off by more than that, however
long the segment. Records that repeat are dropped; overlapping ones stay separate segments, for
the quality masks to deal with. Linear time apart from sorting.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import NS_PER_S, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.formats.base import IssueLog
    from vigie.formats.mseed._records import Record

_TOLERANCE_SAMPLES = 0.5
"""As libmseed joins records; farther off, a sample would be nearer to another's place."""


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


def _runs(stream: list[Record], log: IssueLog) -> list[list[Record]]:
    """Return the groups of records that follow each other without a gap, in order of time."""
    rate_hz = stream[0].rate_hz
    tolerance_ns = _TOLERANCE_SAMPLES * NS_PER_S / rate_hz
    runs: list[list[Record]] = []
    lengths: list[int] = []
    # When the next record of each run is due, with the run's number; where streams overlap
    # there are several.
    due: list[tuple[int, int]] = []
    for record in _unrepeated(sorted(stream, key=lambda one: one.start_ns), log):
        number = _continued(due, record.start_ns, tolerance_ns)
        if number is None:
            number = len(runs)
            runs.append([])
            lengths.append(0)
        runs[number].append(record)
        lengths[number] += len(record.samples)
        # Counted from the start of the run, so that rounding does not add up.
        next_ns = runs[number][0].start_ns + round(lengths[number] * NS_PER_S / rate_hz)
        insort(due, (next_ns, number))
    return runs


def _continued(due: list[tuple[int, int]], start_ns: int, tolerance_ns: float) -> int | None:
    """Take the run that a record continues out of the list; None where it continues none."""
    first = bisect_left(due, (math.ceil(start_ns - tolerance_ns), -1))
    stop = bisect_left(due, (math.floor(start_ns + tolerance_ns) + 1, -1))
    if first == stop:
        return None
    nearest = min(range(first, stop), key=lambda k: abs(due[k][0] - start_ns))
    return due.pop(nearest)[1]


def _unrepeated(records: list[Record], log: IssueLog) -> Iterator[Record]:
    """Yield records in order of time without those that stand twice."""
    n_repeated = 0
    same_start: set[bytes] = set()
    last_ns: int | None = None
    for record in records:
        if record.start_ns != last_ns:
            same_start, last_ns = set(), record.start_ns
        content = record.samples.tobytes()
        n_repeated += content in same_start
        if content not in same_start:
            same_start.add(content)
            yield record
    if n_repeated:
        text = f"{records[0].channel}: {n_repeated} repeated records dropped"
        log.notice(f"byte {records[0].offset}", "formats.mseed_repeated", text)
