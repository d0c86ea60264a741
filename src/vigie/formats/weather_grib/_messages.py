"""Messages of a GRIB file, checked section by section before a library sees them.

Layouts: WMO Manual on Codes (No. 306), FM 92 GRIB edition 1 and 2. A message of edition 2 may hold
several fields that share sections (wind components of NCEP do): each is made a message of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = b"GRIB"
_END = b"7777"
_LONG = 0x800000
_SAME_BITMAP = 254
_NO_LIST = 255
_POINTS_OF_NOTHING = 7_000_000
_POINTS_PER_BYTE = 64
_SPECTRAL = 50
_LEAST = {1: 21, 3: 14, 4: 9, 5: 11, 6: 6}
"""Octets of a section of edition 2."""


@dataclass(frozen=True, slots=True)
class Message:
    """One field as a whole message, or why there is none."""

    number: int
    """From 1, as ``grib_ls`` counts messages."""
    offset: int
    data: bytes = b""
    grid: bytes = b""
    """The section that describes the grid."""
    fault: str = ""

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"message {self.number}, byte {self.offset}"


def most_points(n_bytes: int) -> int:
    """Return how many points a field may have: beyond them a count is damaged.

    One value everywhere takes no place; 0.1 deg around the globe has 6.5 million points.
    """
    return max(_POINTS_OF_NOTHING, _POINTS_PER_BYTE * n_bytes)


def begins_message(head: bytes) -> bool:
    """Tell whether a file begins with a message whose lengths can be true."""
    if len(head) < 16 or not head.startswith(_MARK):
        return False
    if head[7] == 1:
        return _number(head[4:7]) > 40 and 28 <= _number(head[8:11]) < 4096
    return head[7] == 2 and _number(head[8:16]) > 40 and (len(head) < 21 or head[20] == 1)


def messages(data: bytes) -> Iterator[Message]:
    """Yield the fields of a file in their order; a damaged message as its fault."""
    at, number = data.find(_MARK), 0
    while at >= 0:
        number += 1
        parts, length = _message(data, at)
        for part in parts:
            yield Message(number, at, part.data, part.grid, part.fault)
        at = data.find(_MARK, at + length)


@dataclass(frozen=True, slots=True)
class _Part:
    data: bytes = b""
    grid: bytes = b""
    fault: str = ""


def _message(data: bytes, at: int) -> tuple[list[_Part], int]:
    """Return the fields of a message and how far the next one is to be sought."""
    edition = data[at + 7] if at + 16 <= len(data) else 0
    if edition not in {1, 2}:
        return [_Part(fault=f"edition {edition}, or the file ends")], len(_MARK)
    length = _length(data, at, edition)
    if length < 16 or at + length > len(data):
        left = len(data) - at
        return [_Part(fault=f"{length} bytes long, {left} are left in the file")], len(_MARK)
    message = data[at : at + length]
    if not message.endswith(_END):
        return [_Part(fault=f"no 7777 at its end, {length} bytes on")], len(_MARK)
    try:
        return (_one_field(message) if edition == 1 else _fields(message)), length
    except _FaultError as fault:
        return [_Part(fault=str(fault))], length


class _FaultError(Exception):
    """Sections do not fit their message."""


def _length(data: bytes, at: int, edition: int) -> int:
    if edition == 2:
        return _number(data[at + 8 : at + 16])
    length = _number(data[at + 4 : at + 7])
    # ECMWF's way beyond 8 MB: counted in 120 bytes, less what section 4 pretends to be.
    if not length & _LONG:
        return length
    begin = at + 8 + _number(data[at + 8 : at + 11])
    flags = data[at + 15]
    for bit in (0x80, 0x40):
        if flags & bit:
            begin += _number(data[begin : begin + 3])
    short = _number(data[begin : begin + 3])
    whole = (length & ~_LONG) * 120
    return whole - short + 4 if short < 120 else length


def _one_field(message: bytes) -> list[_Part]:
    """Check the sections of edition 1."""
    at, end, grid = 8, len(message) - 4, b""
    flags = message[15]
    is_long = bool(_number(message[4:7]) & _LONG)
    for number, present, least in ((1, True, 28), (2, flags & 0x80, 32), (3, flags & 0x40, 6)):
        if not present:
            continue
        length = _number(message[at : at + 3])
        if length < least or at + length > end:
            raise _FaultError(f"section {number} is {length} bytes long")
        if number == 2:
            grid = _lists_in_bounds(message[at : at + length], len(message))
            message = message[:at] + grid + message[at + length :]
        at += length
    length = _number(message[at : at + 3])
    if not is_long and (length < 11 or at + length != end):
        raise _FaultError(f"section 4 is {length} bytes long, {end - at} are left")
    return [_Part(message, grid)]


def _lists_in_bounds(grid: bytes, n_bytes: int) -> bytes:
    """Return section 2 of edition 1 whose lists, if any, lie within it.

    ecCodes reads the list of points per row where octet 5 says, be it outside of the message.
    """
    n_coordinates, place, begin = grid[3], grid[4], grid[4] - 1
    n_columns, n_rows = _number(grid[6:8]), _number(grid[8:10])
    if n_coordinates:
        if place == _NO_LIST or begin < 28 or begin + 4 * n_coordinates > len(grid):
            raise _FaultError(f"{n_coordinates} coordinates at octet {place} of section 2")
        begin += 4 * n_coordinates
    is_reduced = grid[5] < _SPECTRAL and n_columns == 0xFFFF
    if is_reduced and (place == _NO_LIST or begin < 28 or begin + 2 * n_rows > len(grid)):
        raise _FaultError(f"rows of points at octet {place} of section 2")
    if grid[5] < _SPECTRAL and not is_reduced and n_columns * n_rows > most_points(n_bytes):
        raise _FaultError(f"{n_rows} rows of {n_columns} in {n_bytes} bytes")
    if n_coordinates or is_reduced:
        return grid
    return grid[:4] + bytes([_NO_LIST]) + grid[5:]


def _check(number: int, section: bytes) -> None:
    """Check that lists of section 3 and 4 of edition 2 lie within them."""
    if len(section) < _LEAST.get(number, 5):
        raise _FaultError(f"section {number} is {len(section)} bytes long")
    if number == 3 and section[10] and section[10] * 2 > len(section):
        raise _FaultError(f"numbers of {section[10]} octets in section 3")
    if number == 4 and 9 + 4 * _number(section[5:7]) > len(section):
        raise _FaultError(f"{_number(section[5:7])} coordinates in section 4")


def _fields(message: bytes) -> list[_Part]:
    """Return a message per field of edition 2."""
    found: list[_Part] = []
    sections: dict[int, bytes] = {}
    bitmap = b""
    at, end = 16, len(message) - 4
    while at < end:
        length, number = _number(message[at : at + 4]), message[at + 4] if at + 5 <= end else 0
        if not 1 <= number <= 7 or length < 5 or at + length > end:
            raise _FaultError(f"section {number} is {length} bytes long, at its byte {at}")
        section = message[at : at + length]
        at += length
        _check(number, section)
        if number == 6:
            if section[5] == _SAME_BITMAP:
                section = bitmap
            bitmap = section
        sections[number] = section
        if number < 7:
            # Those behind it begin anew; only what stands before is shared.
            sections = {n: s for n, s in sections.items() if n <= number}
            continue
        if missing := [str(n) for n in (1, 3, 4, 5, 6) if not sections.get(n)]:
            raise _FaultError(f"section {', '.join(missing)} is missing")
        found.append(_Part(_whole(message, sections), sections[3]))
    if not found:
        raise _FaultError("no section 7")
    return found


def _whole(message: bytes, sections: dict[int, bytes]) -> bytes:
    points, values = _number(sections[3][6:10]), _number(sections[5][5:9])
    if values > points or points > most_points(len(message)):
        raise _FaultError(f"{values} values on {points} points in {len(message)} bytes")
    body = b"".join(sections[n] for n in sorted(sections))
    length = 16 + len(body) + 4
    return message[:8] + length.to_bytes(8, "big") + body + _END


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "big")
