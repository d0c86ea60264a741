"""Whether the times of a sample and of its measurement fit those of its custody log.

What holds: a sample is sealed after its collection ended, and entered as collected no earlier than
the collection began and no later than two days after it ended (``assumption``: a filter cools for a
day, and then it is measured); it is measured between an "opened" and the next "sealed", "archived"
or "destroyed", with a "measured" between them. Of what was measured outside of that, the log says
nothing. A minute is allowed to the clocks.

Source: field sheet 10.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records.custody import CustodyState
from vigie.records.reason import Reason
from vigie.records.time import NS_PER_DAY, NS_PER_S, format_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.records.custody import CustodyEntry, CustodyLog
    from vigie.records.nuclide_result import SampleAnalysis

CLOCK_SLACK_NS = 60 * NS_PER_S
MOST_TO_COLLECT_NS = 2 * NS_PER_DAY
"""From the end of a collection to its entry in the log."""
CLOSES = {CustodyState.SEALED, CustodyState.ARCHIVED, CustodyState.DESTROYED}


def time_blocks(analysis: SampleAnalysis, log: CustodyLog) -> tuple[Reason, ...]:
    """Return what about the times keeps a result from being confirmed; nothing where all fits.

    Parameters
    ----------
    analysis : SampleAnalysis
        Of the measurement that is reported. A collection that it does not state is not compared.
    log : CustodyLog
        Of the sample. Without any measurement, ``custody.confirmable`` says so, and not this.
    """
    return (*_of_collection(analysis, log), *_of_measurement(analysis, log))


def receipt_before(log: CustodyLog, measured_ns: int | None) -> CustodyEntry | None:
    """Return the last "received" before a measurement: of the laboratory that measured.

    Where the time of the measurement is not known, that before the last "measured".
    """
    received: CustodyEntry | None = None
    last: CustodyEntry | None = None
    for entry in log.entries:
        if entry.state is CustodyState.RECEIVED:
            if measured_ns is not None and entry.time_ns > measured_ns + CLOCK_SLACK_NS:
                break
            last = entry
        elif entry.state is CustodyState.MEASURED:
            received = last
    return last if measured_ns is not None or received is None else received


def _of_collection(analysis: SampleAnalysis, log: CustodyLog) -> Iterator[Reason]:
    start_ns, stop_ns = analysis.collection_start_ns, analysis.collection_stop_ns
    if start_ns is None or stop_ns is None:
        return
    for entry in log.entries[:2]:
        collected = entry.state is CustodyState.COLLECTED
        least_ns = (start_ns if collected else stop_ns) - CLOCK_SLACK_NS
        if entry.time_ns < least_ns or (
            collected and entry.time_ns > stop_ns + MOST_TO_COLLECT_NS + CLOCK_SLACK_NS
        ):
            yield Reason.of(
                "custody.collection_apart",
                sample=log.sample_id,
                entry=entry.sequence,
                time=format_iso(entry.time_ns),
                start=format_iso(start_ns),
                stop=format_iso(stop_ns),
            )


def _of_measurement(analysis: SampleAnalysis, log: CustodyLog) -> Iterator[Reason]:
    if all(entry.state is not CustodyState.MEASURED for entry in log.entries):
        return
    measured_ns = analysis.acquisition_start_ns
    if measured_ns is None:
        yield Reason.of("custody.measured_unknown", sample=log.sample_id)
    elif not any(
        first_ns - CLOCK_SLACK_NS <= measured_ns <= last_ns + CLOCK_SLACK_NS
        for first_ns, last_ns in _open_spans(log)
    ):
        time = format_iso(measured_ns)
        yield Reason.of("custody.measured_outside", sample=log.sample_id, time=time)


def _open_spans(log: CustodyLog) -> Iterator[tuple[int, float]]:
    """Yield from when to when the sample was open, and measured."""
    opened_ns: int | None = None
    measured = False
    for entry in log.entries:
        if entry.state is CustodyState.OPENED:
            opened_ns, measured = entry.time_ns, False
        elif entry.state is CustodyState.MEASURED:
            measured = True
        elif entry.state in CLOSES and opened_ns is not None:
            if measured:
                yield opened_ns, entry.time_ns
            opened_ns = None
    if opened_ns is not None and measured:
        yield opened_ns, float("inf")
