"""The header of a classic netCDF file, checked before a library makes room for what it claims.

Layout: NetCDF Classic Format Specification (Unidata), CDF-1, CDF-2 and CDF-5. The C library takes
memory for as many variables and attributes as a header counts, be it more than the file has bytes.
"""

from __future__ import annotations

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
"""Octets of a value by type."""
_ABSENT, _DIMENSIONS, _VARIABLES, _ATTRIBUTES = 0, 10, 11, 12
_LEAST_OCTETS = 8
"""What the shortest entry of any list takes."""


def fault_of(data: bytes) -> str:
    r"""Return what is wrong with the header; empty where nothing is.

    Examples
    --------
    >>> fault_of(b"CDF\x01" + bytes(28))
    ''
    """
    if len(data) < 4:
        return "it ends in its mark"
    try:
        _Walk(data).header()
    except _FaultError as fault:
        return str(fault)
    return ""


class _FaultError(Exception):
    """The header claims more than there is."""


class _Walk:
    """Goes through a header once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 4
        # Counts have eight octets in CDF-5, offsets in CDF-2 as well.
        self._count_octets = 8 if data[3] == 5 else 4
        self._offset_octets = 4 if data[3] == 1 else 8

    def header(self) -> None:
        self._pass(self._count_octets)
        for _ in range(self._list(_DIMENSIONS, "dimensions")):
            self._name()
            self._count()
        self._attributes()
        for _ in range(self._list(_VARIABLES, "variables")):
            self._name()
            self._pass(self._count() * self._count_octets)
            self._attributes()
            self._pass(4 + self._count_octets + self._offset_octets)

    def _attributes(self) -> None:
        for _ in range(self._list(_ATTRIBUTES, "attributes")):
            self._name()
            size = _SIZES.get(self._number(4), 0)
            if not size:
                raise _FaultError(f"a type that is none at byte {self._at - 4}")
            self._padded(self._count() * size)

    def _list(self, wanted: int, what: str) -> int:
        begin, tag, count = self._at, self._number(4), self._count()
        if tag not in {wanted, _ABSENT} or (tag == _ABSENT and count):
            raise _FaultError(f"no list of {what} at byte {begin}")
        if count * _LEAST_OCTETS > len(self._data) - self._at:
            raise _FaultError(f"{count} {what} in a file of {len(self._data)} bytes")
        return count

    def _name(self) -> None:
        self._padded(self._count())

    def _count(self) -> int:
        return self._number(self._count_octets)

    def _padded(self, octets: int) -> None:
        self._pass(octets + -octets % 4)

    def _number(self, octets: int) -> int:
        begin = self._at
        self._pass(octets)
        return int.from_bytes(self._data[begin : self._at], "big")

    def _pass(self, octets: int) -> None:
        self._at += octets
        if self._at > len(self._data):
            raise _FaultError(f"its header goes beyond its {len(self._data)} bytes")
