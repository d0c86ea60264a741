"""How long a netCDF-4 file says that it is, so that one that was cut off is told as that.

Layout: HDF5 File Format Specification (The HDF Group), superblock versions 0 to 3: the address of
the end of the file follows base address and one other address.
"""

from __future__ import annotations

_MARK = b"\x89HDF\r\n\x1a\n"
_AFTER_SIZES = {0: (13, 24), 1: (13, 28), 2: (9, 12), 3: (9, 12)}
"""Octet that holds the size of addresses, and where they begin, by version."""


def cut_of(data: bytes) -> str:
    r"""Return how much of a file is there, where it is not all; empty where nothing is missing.

    Examples
    --------
    >>> head = b"\x89HDF\r\n\x1a\n" + bytes([2, 8, 8, 0]) + bytes(16) + (99).to_bytes(8, "little")
    >>> cut_of(head + bytes(62)), cut_of(head + bytes(63))
    ('cut off after 98 of 99 bytes', '')
    """
    if not data.startswith(_MARK) or len(data) < 9:
        return ""
    sizes = _AFTER_SIZES.get(data[8])
    if sizes is None or len(data) <= sizes[0]:
        return ""
    size, begin = data[sizes[0]], sizes[1]
    base, end = (
        int.from_bytes(data[begin + k * size : begin + (k + 1) * size], "little") for k in (0, 2)
    )
    told = base + end
    if size not in {4, 8} or len(data) < begin + 3 * size or told <= len(data):
        return ""
    return f"cut off after {len(data):,} of {told:,} bytes"
