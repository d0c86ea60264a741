"""Rows of DATEM text: samples of a tracer, or stations.

Layout: a title (often a path), a line of column names, then a row per line. Samples: year, month
and day of the start, its clock (hhmm UTC), the duration (hhmm), latitude, longitude, value,
station. The value is a mean over the collection in pg/m3 (NOAA ARL's description of the format:
pico mass units per cubic metre) whatever its column is called, unless that name is itself a unit.
Columns are taken by words, as files differ in their widths. Stations: code, latitude, longitude; no
elevations.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.errors import BadTimeError
from vigie.formats.bulletins import decode_text
from vigie.formats.numbers import number_of
from vigie.records import NS_PER_S, Station, Technology, TracerSample
from vigie.records.time import ns_from_civil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog

    Row = tuple[str, list[str]]

_SAMPLES = re.compile(
    r"year\s+mn\s+dy\s+shr\s+dur\S*\s+lat\s+lon\s+(\S+)\s+(?:stn|station_id)", re.IGNORECASE
)
_STATIONS = re.compile(r"stn\s+lat\s+lon", re.IGNORECASE)
_WHOLE = re.compile(r"\d{1,5}", re.ASCII)
_DEFAULT_UNIT = "pg/m3"
_SAMPLE_WORDS = "year mn dy shr dur lat lon value stn"
_HEAD_LINES = 2

Pairs = tuple[tuple[str, str], ...]


def kind_of_head(head: bytes) -> str | None:
    r"""Return what the columns of one of the first two lines are of: ``samples`` or ``stations``.

    A list of stations has a title: without one, such a line could open many a table.

    Examples
    --------
    >>> kind_of_head(b"a title\nyear mn dy shr dur lat lon pmch stn\n")
    'samples'
    """
    if b"\x00" in head:
        return None
    for number, line in enumerate(_lines(head.decode("latin-1"))[:_HEAD_LINES]):
        if _SAMPLES.fullmatch(line):
            return "samples"
        if number and _STATIONS.fullmatch(line):
            return "stations"
    return None


def read_experiment(
    data: bytes, log: IssueLog
) -> tuple[tuple[TracerSample, ...], tuple[Station, ...], Pairs]:
    """Return the samples, the stations (one of them empty), and what the file says of itself.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    lines = _lines(decode_text(data, log))
    for at, line in enumerate(lines[:_HEAD_LINES]):
        rows = _rows(lines, at + 1)
        header: Pairs = (("title", lines[0]),) if at and lines[0] else ()
        if (match := _SAMPLES.fullmatch(line)) is not None:
            return _samples(rows, match[1], log), (), header
        if _STATIONS.fullmatch(line):
            return (), _stations(rows, log), header
    expected = f"a line of column names ({_SAMPLE_WORDS}, or stn lat lon) among the first two"
    log.bad_record("line 1", field_name="columns", text=lines[0], expected=expected)
    return (), (), ()


def _lines(text: str) -> list[str]:
    # No splitlines: form feeds and the like divide no rows, and lines count as in an editor.
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return [line.strip() for line in plain.split("\n")]


def _rows(lines: list[str], first: int) -> Iterator[Row]:
    for number, line in enumerate(lines[first:], first + 1):
        if line:
            yield f"line {number}", line.split()


def _samples(rows: Iterator[Row], column: str, log: IssueLog) -> tuple[TracerSample, ...]:
    unit = column if "/" in column else _DEFAULT_UNIT
    tracer = "" if "/" in column else column
    seen: set[tuple[str, int]] = set()
    kept = []
    for place, words in rows:
        sample = _sample(place, words, (unit, tracer), log)
        if sample is None:
            continue
        key = (sample.station, sample.start_ns)
        if key in seen:
            expected = "one of its own: the station has another sample of this start"
            log.suspect(place, field_name="stn", text=sample.station, expected=expected)
        seen.add(key)
        kept.append(sample)
    return tuple(kept)


def _sample(
    place: str, words: list[str], names: tuple[str, str], log: IssueLog
) -> TracerSample | None:
    if len(words) < 9:
        log.bad_record(
            place, field_name="row", text=" ".join(words), expected=f"nine values: {_SAMPLE_WORDS}"
        )
        return None
    start_ns, duration_s = _start(place, words[:4], log), _duration_s(place, words[4], log)
    position = _position(place, words[5:7], log)
    value = number_of(words[7])
    if value is None or value < 0.0:
        expected = "a number, 0 or more"
        log.bad_record(place, field_name="value", text=words[7], expected=expected)
        value = None
    if start_ns is None or duration_s is None or position is None or value is None:
        return None
    return TracerSample(
        station=" ".join(words[8:]),
        latitude=position[0],
        longitude=position[1],
        start_ns=start_ns,
        stop_ns=start_ns + duration_s * NS_PER_S,
        value=value,
        unit=names[0],
        tracer=names[1],
    )


def _start(place: str, words: list[str], log: IssueLog) -> int | None:
    text = " ".join(words)
    if all(_WHOLE.fullmatch(word) for word in words) and len(words[0]) == 4:
        year, month, day, clock = (int(word) for word in words)
        try:
            return ns_from_civil((year, month, day), (clock // 100, clock % 100, 0))
        except BadTimeError:
            pass
    expected = "a date and the hours and minutes of a start (1994 10 23 1500)"
    log.bad_record(place, field_name="start", text=text, expected=expected)
    return None


def _duration_s(place: str, word: str, log: IssueLog) -> int | None:
    if _WHOLE.fullmatch(word) and int(word) > 0 and int(word) % 100 < 60:
        return int(word) // 100 * 3600 + int(word) % 100 * 60
    expected = "a duration in hours and minutes (0300)"
    log.bad_record(place, field_name="dur", text=word, expected=expected)
    return None


def _position(place: str, words: list[str], log: IssueLog) -> tuple[float, float] | None:
    found = []
    for name, word, limit in zip(("lat", "lon"), words, (90.0, 180.0), strict=True):
        value = number_of(word)
        if value is None or abs(value) > limit:
            expected = f"a number of degrees from -{limit:g} to {limit:g}"
            log.bad_record(place, field_name=name, text=word, expected=expected)
            return None
        found.append(value)
    return found[0], found[1]


def _stations(rows: Iterator[Row], log: IssueLog) -> tuple[Station, ...]:
    found: dict[str, Station] = {}
    for place, words in rows:
        if len(words) < 3:
            expected = "three values: stn lat lon"
            log.bad_record(place, field_name="row", text=" ".join(words), expected=expected)
            continue
        position = _position(place, words[1:3], log)
        if position is None:
            continue
        if words[0] in found:
            log.bad_record(place, field_name="stn", text=words[0], expected="one of its own")
            continue
        found[words[0]] = Station(
            code=words[0],
            latitude=position[0],
            longitude=position[1],
            elevation_m=0.0,
            technology=Technology.RADIONUCLIDE,
        )
    if found:
        text = "the list has no elevations; taken as 0 m"
        log.notice("file", "formats.no_elevation", text)
    return tuple(found.values())
