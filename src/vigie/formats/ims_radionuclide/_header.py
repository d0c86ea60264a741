"""``#Header``: site, detector, system, geometry; the ids; when the message was sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.formats.ims_radionuclide._layouts import ID_COLUMNS
from vigie.formats.ims_radionuclide._rows import Row, id_of
from vigie.records import DetectorSystem

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block
    from vigie.formats.ims_radionuclide._messages import Line

_DATE = re.compile(r"\s*\d{1,4}[/-]\d\d?[/-]\d\d?\s+\d\d?:", re.ASCII)
_MEASUREMENT = re.compile(r"\S+-\d{4}[/-]\d\d?[/-]\d\d?", re.ASCII)
"""Ids of measurements are detector, date and time joined by ``-``."""
_QUALIFIERS = {"FULL": True, "PREL": False}
_SLACK = 8
"""By how many columns an id may stand before its place."""


@dataclass(slots=True)
class Header:
    """What the header says; empty where it says nothing."""

    station: str = ""
    detector: str = ""
    system: DetectorSystem = DetectorSystem.UNKNOWN
    geometry: str = ""
    full: bool = True
    sample_id: str = ""
    measurement_id: str = ""
    detector_background_id: str = ""
    gas_background_id: str = ""
    transmitted_ns: int | None = None


def read_header(block: Block, log: IssueLog) -> Header:
    """Return the header of a message.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    header = Header()
    lines = block.filled
    if not lines:
        log.bad_record(block.place, field_name="#Header", text="", expected="filled")
        return header
    _take_detector(header, Row(block.name, lines[0][0], lines[0][1].split(), log))
    sample, ids, sent = _sorted(lines[1:])
    if sample is not None:
        header.sample_id = id_of(sample[1].strip())
    if ids is not None:
        _take_ids(header, ids[1])
    if sent is not None:
        row = Row(block.name, sent[0], sent[1].split(), log)
        header.transmitted_ns = row.time("transmission time")
        row.end()
    return header


def _sorted(lines: list[Line]) -> tuple[Line | None, Line | None, Line | None]:
    """Return the lines of sample id, of ids and of the time; any may be missing or blank."""
    sent = next((line for line in lines if _DATE.match(line[1])), None)
    if sent is None and len(lines) > 2:
        # It stands in its place but is no time: its reader says so.
        sent = lines[2]
    rest = [line for line in lines if line is not sent]
    if len(rest) == 1 and _MEASUREMENT.match(rest[0][1].strip()):
        return None, rest[0], sent
    sample, ids = (*rest, None, None)[:2]
    return sample, ids, sent


def _take_detector(header: Header, row: Row) -> None:
    header.station, header.detector = row.word(), row.word()
    letter = row.word().upper()
    if letter in tuple(DetectorSystem) and letter:
        header.system = DetectorSystem(letter)
    else:
        row.doubt("system type", letter, "P, B or G")
    if not header.detector:
        row.bad("detector", "", "a code")
    words = row.left
    qualifier = words[-1].upper() if words else ""
    if qualifier in _QUALIFIERS:
        header.full = _QUALIFIERS[qualifier]
        words = words[:-1]
    else:
        row.doubt("qualifier", qualifier, "FULL or PREL (taken as FULL)")
    header.geometry = " ".join(words)


def _take_ids(header: Header, line: str) -> None:
    found = [(match.start(), match.group()) for match in re.finditer(r"\S+", line)]
    ids = ["", "", ""]
    place = 0
    for column, word in found[:3]:
        # Blank ids leave their columns empty; files with other widths count the words.
        if len(found) < len(ids):
            while place < 2 and column >= ID_COLUMNS[place + 1] - _SLACK + place:
                place += 1
        ids[place] = id_of(word)
        place = min(place + 1, 2)
    header.measurement_id, header.detector_background_id, header.gas_background_id = ids
