"""Messages to waveforms and stations.

The text is taken line by line: control lines (BEGIN, MSG_ID ...) are kept for display, mail
headers and anything unknown between sections is passed over, a WID2 line opens a section. The
samples end at the checksum, or where another section begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.errors import BadEncodingError, BadTimeError
from vigie.formats.base import Contents
from vigie.formats.codecs import checksum_chk2, decode_cm6, decode_int
from vigie.formats.fixed_columns import Row, read_row
from vigie.formats.flat_stations import FlatRow, stations_of
from vigie.formats.ims_waveform._lines import STA2, WID2
from vigie.formats.placeholders import tell_placeholders
from vigie.records import ChannelId, Waveform, parse_iso

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vigie.formats.base import IssueLog
    from vigie.formats.fixed_columns import Layout

_END_OF_DATA = re.compile(
    r"CHK2[ \t]+-?\d|(?:WID2|OUT2|DLY2)[ \t]+\d{4}/|DATA_TYPE ", re.IGNORECASE
)
_CONTROL = re.compile(
    r"(BEGIN|MSG_TYPE|MSG_ID|REF_ID|PROD_ID|SOURCE|TIME_STAMP)\b[ \t]*(.*)", re.IGNORECASE
)
_CHK2 = re.compile(r"CHK2[ \t]+(-?\d{1,12})", re.IGNORECASE)
"""Station and channel of a calibration block, which says that WID2's calib is meant."""
_KNOWN_ENCODINGS = ("INT", "CM6")


@dataclass(slots=True)
class _Section:
    """One WID2 section while it is read."""

    line_number: int
    wid2: Row
    sta2: Row | None = None
    data_line: int = 0
    """Number of the first data line; 0 before DAT2."""
    data: list[str] = field(default_factory=list)
    checksum: int | None = None


def read_message(data: bytes, log: IssueLog) -> Contents:
    """Read all sections of all messages in a text."""
    text = data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    header: list[tuple[str, str]] = []
    sections = _sections(text.split("\n"), header, log)
    waveforms = []
    placed = []
    rows = []
    for section in sections:
        waveform = _waveform(section, log)
        if waveform is None:
            continue
        waveforms.append(waveform)
        placed.append((f"line {section.line_number}", waveform))
        row = _station_row(section, waveform)
        if row is not None:
            rows.append(row)
    tell_placeholders(placed, log)
    if not sections:
        log.bad_record("line 1", field_name="message", text=text[:40], expected="a WID2 section")
    return Contents(
        format="ims_waveform",
        waveforms=tuple(waveforms),
        stations=stations_of(rows, log),
        header=tuple(header),
        issues=log.issues,
    )


def _sections(lines: list[str], header: list[tuple[str, str]], log: IssueLog) -> list[_Section]:
    """Cut the lines into sections; fills ``header`` with the control lines."""
    sections: list[_Section] = []
    section: _Section | None = None
    for number, line in enumerate(lines, 1):
        if section is not None and section.data_line and not _END_OF_DATA.match(line):
            section.data.append(line)
            continue
        tag = line[:4].upper()
        if tag == "WID2":
            section = _opened(number, line, log)
            if section is not None:
                sections.append(section)
        elif section is None:
            control = _CONTROL.match(line)
            if control:
                header.append((control[1].upper(), control[2].strip()))
        elif tag == "STA2":
            section.sta2 = _row(number, line, STA2, log)
        elif tag == "DAT2":
            section.data_line = number + 1
        elif tag == "CHK2":
            section.checksum = _checksum(number, line, log)
            section = None
        elif tag == "EID2":
            header.append(("EID2", line[4:].strip()))
        elif section.data_line:
            # Another kind of section ended the samples without a checksum.
            section = None
    return sections


def _checksum(number: int, line: str, log: IssueLog) -> int | None:
    match = _CHK2.fullmatch(line.rstrip())
    if match is None:
        log.bad_record(
            f"line {number}", field_name="CHK2", text=line[4:].strip(), expected="an integer"
        )
        return None
    return int(match[1])


def _opened(number: int, line: str, log: IssueLog) -> _Section | None:
    wid2 = _row(number, line, WID2, log)
    return None if wid2 is None else _Section(number, wid2)


def _row(number: int, line: str, expected: Layout, log: IssueLog) -> Row | None:
    row = read_row(line, [expected], line_number=number)
    if row is None:
        column, text = expected.misfit(line) or (expected.columns[-1], line)
        log.bad_record(
            f"line {number}",
            field_name=f"{expected.table}.{column.name}",
            text=text,
            expected=f"{column.kind.name.lower()} in columns {column.first}-{column.last}",
        )
    return row


def _waveform(section: _Section, log: IssueLog) -> Waveform | None:
    """Return the waveform of a section; None, with an issue, where it has none."""
    wid2 = section.wid2
    place = f"line {section.line_number}"
    rate_hz = wid2.number("rate_hz")
    if rate_hz is None or rate_hz <= 0.0:
        log.bad_record(place, field_name="WID2.rate_hz", text=str(rate_hz), expected="above 0")
        return None
    try:
        start_ns = parse_iso(f"{wid2.text('date')} {wid2.text('time')}")
    except BadTimeError as error:
        log.bad_record(
            place, field_name="WID2.time", text=str(error.params["text"]), expected="a time"
        )
        return None
    samples = _samples(section, log)
    if samples is None:
        return None
    network = section.sta2.text("net") if section.sta2 else ""
    channel = ChannelId(network, wid2.text("sta"), wid2.text("auxid"), wid2.text("chan"))
    return Waveform(
        channel,
        start_ns,
        rate_hz,
        samples,
        calib=wid2.number("calib"),
        calper_s=wid2.number("calper_s"),
    )


def _samples(section: _Section, log: IssueLog) -> NDArray[np.int32] | None:
    encoding = section.wid2.text("format").upper()
    place = f"line {section.line_number}"
    if not section.data_line:
        log.bad_record(place, field_name="section", text="", expected="followed by DAT2")
        return None
    if encoding not in _KNOWN_ENCODINGS:
        log.bad_record(place, field_name="WID2.format", text=encoding, expected="INT or CM6")
        return None
    declared = section.wid2.integer("nsamp") or 0
    text = "\n".join(_without_stop(section.data)).encode("latin-1")
    try:
        samples = _decoded(section, encoding, text, log)
    except BadEncodingError as error:
        offset = int(error.params["offset"])
        where = section.data_line + text.count(b"\n", 0, offset)
        log.bad_record(
            f"line {where}",
            field_name=encoding,
            text=text[offset : offset + 12].decode("latin-1"),
            expected=f"readable ({error.params['reason']})",
        )
        return None
    if len(samples) != declared:
        log.suspect(
            place,
            field_name="WID2.nsamp",
            text=str(declared),
            expected=f"the number of samples there are, {len(samples)}",
        )
    _check(section, samples, log)
    return samples


def _without_stop(lines: list[str]) -> list[str]:
    """Drop what follows samples that have no checksum: blank lines and STOP."""
    kept = list(lines)
    while kept and kept[-1].strip().upper() in ("", "STOP"):
        kept.pop()
    return kept


def _decoded(section: _Section, encoding: str, text: bytes, log: IssueLog) -> NDArray[np.int32]:
    # Twice the declared number tells "a few too many" from nonsense.
    most = len(text)
    if encoding == "INT":
        return decode_int(text, most)
    samples, n_foreign = decode_cm6(text, most)
    if n_foreign:
        log.suspect(
            f"line {section.data_line}",
            field_name="CM6",
            text=f"{n_foreign} characters",
            expected="of the CM6 alphabet (they were passed over)",
        )
    return samples


def _check(section: _Section, samples: NDArray[np.int32], log: IssueLog) -> None:
    place = f"line {section.line_number}"
    if section.checksum is None:
        log.suspect(place, field_name="section", text="", expected="closed by CHK2")
        return
    computed = checksum_chk2(samples)
    # Some writers keep the sign of the running sum.
    if abs(section.checksum) != computed:
        log.suspect(
            place,
            field_name="CHK2",
            text=str(section.checksum),
            expected=f"the checksum of the samples, {computed}",
        )


def _station_row(section: _Section, waveform: Waveform) -> FlatRow | None:
    """Return the position that goes with a waveform; None where the message gives none."""
    sta2, wid2 = section.sta2, section.wid2
    latitude = sta2.number("lat") if sta2 else None
    longitude = sta2.number("lon") if sta2 else None
    if sta2 is None or latitude is None or longitude is None:
        return None
    if abs(latitude) > 90.0 or abs(longitude) > 180.0:
        return None
    hang, vang = wid2.number("hang"), wid2.number("vang")
    numbers = {
        "burial_m": round((sta2.number("burial_km") or 0.0) * 1e3, 6),
        "rate_hz": waveform.rate_hz,
        "calib": waveform.calib,
        "calper_s": waveform.calper_s,
        "azimuth_deg": hang,
        "dip_deg": None if vang is None else vang - 90.0,
    }
    return FlatRow(
        line_number=sta2.line_number,
        id=waveform.channel,
        latitude=latitude,
        longitude=longitude,
        elevation_m=round((sta2.number("elev_km") or 0.0) * 1e3, 6),
        numbers={name: value for name, value in numbers.items() if value is not None},
    )
