"""One miniSEED record after another; a damaged one is noted by its byte offset and skipped.

Where the length of a damaged record can be read, exactly that many bytes are skipped; else
the next thing that looks like a record header is sought. Cost: 20 us per record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vigie.records import ChannelId, Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymseed import MS3Record

    from vigie.formats.base import IssueLog

_HEADER = re.compile(rb"[0-9 \x00]{6}[DRQM][ \x00]|MS\x03")
_CONTROL_HEADER = re.compile(rb"[0-9]{6}[VAST][ *]")
# Enough for any miniSEED 2 record, and for the header of a miniSEED 3 record.
_DETECT_BYTES = 1 << 17
_TEXT = "a"
_INTEGRITY = "integrity check"
_MOST = 0.5
"""Share of the records from which on their writer, not the records, is at fault."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """The decoded samples of one record."""

    channel: ChannelId
    start_ns: int
    rate_hz: float
    samples: Samples
    offset: int
    """Of the record's first byte in the file."""
    doubt: str = ""
    """What the decoder says against the samples; empty where it says nothing."""


def read_records(data: bytes, log: IssueLog) -> list[Record]:
    """Return the records that hold samples, in the order of the file.

    A record whose last sample is not the one that it states (Steim) is left out, unless most
    records of the file are so: then its writer states it wrongly, and they are kept.
    """
    records = list(_records(data, log))
    if not records and _CONTROL_HEADER.match(data):
        text = (
            "a SEED volume without data (dataless SEED): its station descriptions are not read; "
            "convert it to StationXML first"
        )
        log.omission("byte 0", "formats.mseed_dataless", text)
    doubtful = [record for record in records if record.doubt]
    are_kept = len(doubtful) > _MOST * len(records)
    for record in doubtful:
        note = log.suspect if are_kept else log.bad_record
        note(
            f"byte {record.offset}",
            field_name="samples",
            text=record.doubt,
            expected=f"samples of {record.channel} that agree with their check value",
        )
    return [record for record in records if are_kept or not record.doubt]


def _records(data: bytes, log: IssueLog) -> Iterator[Record]:
    from pymseed import MiniSEEDError, MS3Record, get_error_messages

    view = memoryview(data)
    offset = 0
    while offset < len(data):
        try:
            for parsed in MS3Record.from_buffer(view[offset:], unpack_data=True):
                record = _decoded(parsed, offset, log)
                messages = " ".join(get_error_messages()).strip()
                if messages and not (record and _INTEGRITY in messages):
                    log.notice(f"byte {offset}", "formats.mseed_decoder", messages)
                elif messages and record:
                    record = replace(record, doubt=messages)
                offset += parsed.reclen
                if record is not None:
                    yield record
        except MiniSEEDError as error:
            offset = _skip(data, offset, str(error), log)
        else:
            return


def _decoded(parsed: MS3Record, offset: int, log: IssueLog) -> Record | None:
    """Copy what a record holds; None where it holds no samples."""
    from pymseed import sourceid2nslc

    place = f"byte {offset}"
    if parsed.samplecnt == 0:
        return None
    if parsed.sampletype == _TEXT or parsed.encoding == 0:
        log.notice(place, "formats.mseed_text", "text record passed over")
        return None
    if not 0.0 < parsed.samprate < float("inf"):
        log.bad_record(
            place, field_name="sample rate", text=str(parsed.samprate), expected="above 0"
        )
        return None
    try:
        channel = ChannelId(*sourceid2nslc(parsed.sourceid))
    except (ValueError, RuntimeError) as error:
        # Also bytes that are no text: UnicodeDecodeError is a ValueError.
        log.bad_record(
            place,
            field_name="source identifier",
            text=str(error),
            expected="of the form FDSN:NET_STA_LOC_B_S_S",
        )
        return None
    return Record(channel, parsed.starttime, parsed.samprate, parsed.np_datasamples.copy(), offset)


def _skip(data: bytes, offset: int, reason: str, log: IssueLog) -> int:
    """Note what cannot be read at an offset; return the offset at which to go on."""
    stop = offset + _detected_length(data, offset)
    if not offset < stop <= len(data):
        following = _HEADER.search(data, offset + 1)
        stop = following.start() if following else len(data)
    rest = data[offset:stop]
    if not rest.strip(b"\x00 \r\n"):
        log.notice(f"byte {offset}", "formats.mseed_padding", f"{len(rest)} empty bytes skipped")
    elif _CONTROL_HEADER.match(rest):
        text = f"{len(rest)} bytes of SEED control headers passed over"
        log.notice(f"byte {offset}", "formats.mseed_control", text)
    else:
        log.bad_record(
            f"byte {offset}",
            field_name="record",
            text=f"{len(rest)} bytes",
            expected=f"a readable miniSEED record ({reason})",
        )
    return stop


def _detected_length(data: bytes, offset: int) -> int:
    from pymseed.clib import clibmseed, ffi

    window = data[offset : offset + _DETECT_BYTES]
    version = ffi.new("uint8_t *")
    return int(clibmseed.ms3_detect(ffi.from_buffer(window), len(window), version))
