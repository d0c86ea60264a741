"""MATLAB files of version 5 to 7: their variables, and matrices of numbers and of letters.

Source: MathWorks, "MAT-File Format" (R2019b), chapter 1. SciPy's reader is not used: damaged files
crash its process. Cells, structures, sparse and complex matrices are listed, not read.
Assumption: a compressed variable grows to at most 1040 times its bytes, as zlib's do.
Cost: linear in the size of the variables that are loaded; of the others only the head is unpacked.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MARK = b"MATLAB 5.0 MAT-file"
_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_CLASSES = {
    1: "cell", 2: "struct", 3: "object", 4: "char", 5: "sparse", 6: "double", 7: "single",
    8: "int8", 9: "uint8", 10: "int16", 11: "uint16", 12: "int32", 13: "uint32", 14: "int64",
    15: "uint64",
}  # fmt: skip
_NUMBERS = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
"""NumPy's type of the elements of a data type."""
_LETTERS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_COMPLEX = 0x0800
_HEAD_BYTES = 1024
"""Flags, dimensions and name of a variable take less."""
_ZLIB_RATIO = 1040


class MatlabFileError(ValueError):
    """A file that cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a file, not loaded."""

    name: str
    shape: tuple[int, ...]
    kind: str
    """``double``, ``char``, ``struct`` ..., or ``complex``."""
    first: int
    """Its first byte in the file, after the tag."""
    end: int
    compressed: bool

    @property
    def is_numeric(self) -> bool:
        """Whether it is a full matrix of real numbers."""
        return self.kind.startswith(("double", "single", "int", "uint"))

    def __str__(self) -> str:
        size = " x ".join(str(n) for n in self.shape)
        return f"{self.name} ({size}{'' if self.is_numeric else f' {self.kind}'})"


def list_variables(data: bytes) -> Iterator[Variable]:
    """Yield the variables of a file in their order.

    Raises
    ------
    MatlabFileError
        The rest of the file cannot be understood.
    """
    order = _byte_order(data)
    at = _HEADER_BYTES
    while at < len(data):
        kind, first, end, following = _tag(data, at, order)
        if kind == _COMPRESSED:
            yield _variable(_unpacked(data[first:end], _HEAD_BYTES), order, (first, end), at)
        elif kind == _MATRIX:
            yield _variable(data[at:end][: 8 + _HEAD_BYTES], order, (first, end), None)
        # Compressed data are not filled up to 8 bytes.
        at = end if kind == _COMPRESSED else following


def numbers_of(data: bytes, variable: Variable) -> NDArray[np.float64]:
    """Return a matrix of numbers.

    Raises
    ------
    MatlabFileError
        It is damaged.
    """
    order = _byte_order(data)
    kind, payload = _real_part(data, variable, order)
    if kind not in _NUMBERS:
        raise MatlabFileError(f"its data are of type {kind}")
    dtype = np.dtype(order + _NUMBERS[kind])
    if len(payload) != dtype.itemsize * prod(variable.shape):
        raise MatlabFileError(f"{len(payload)} bytes do not fill it")
    values = np.frombuffer(payload, dtype=dtype).astype(np.float64)
    return values.reshape(variable.shape, order="F")


def texts_of(data: bytes, variable: Variable) -> list[str]:
    """Return the rows of a matrix of letters, without the blanks at their ends.

    Raises
    ------
    MatlabFileError
        It is damaged.
    """
    order = _byte_order(data)
    kind, payload = _real_part(data, variable, order)
    coding = _LETTERS.get(kind)
    if coding is None or len(variable.shape) != 2:
        raise MatlabFileError(f"its letters are of type {kind}")
    if coding in ("utf-16", "utf-32"):
        coding += "-le" if order == "<" else "-be"
    try:
        letters = payload.decode(coding)
    except UnicodeDecodeError as error:
        raise MatlabFileError(f"its letters are not {coding}") from error
    n_rows = variable.shape[0]
    if len(letters) != prod(variable.shape):
        raise MatlabFileError(f"{len(letters)} letters do not fill it")
    return [letters[k::n_rows].rstrip() for k in range(n_rows)]


def _byte_order(data: bytes) -> str:
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    if order is None or not data.startswith(MARK):
        raise MatlabFileError("its header is that of no MATLAB file of version 5 to 7")
    return order


def _tag(data: bytes, at: int, order: str) -> tuple[int, int, int, int]:
    """Return type, first byte, end, and where the next element begins."""
    if at + 8 > len(data):
        raise MatlabFileError(f"it ends at byte {len(data)}, inside of a variable")
    kind, n_bytes = struct.unpack_from(f"{order}II", data, at)
    if kind >> 16:
        # A small element: type, length and data in 8 bytes.
        first, n_bytes, kind = at + 4, kind >> 16, kind & 0xFFFF
        if n_bytes > 4:
            raise MatlabFileError(f"the element at byte {at} is damaged")
        return kind, first, first + n_bytes, at + 8
    first = at + 8
    if first + n_bytes > len(data):
        raise MatlabFileError(f"it ends at byte {len(data)}, inside of a variable")
    return kind, first, first + n_bytes, first + (n_bytes + 7) // 8 * 8


def _unpacked(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error as error:
        raise MatlabFileError("a compressed variable is damaged") from error


def _variable(
    element: bytes, order: str, place: tuple[int, int], packed_at: int | None
) -> Variable:
    """Return what the head of a matrix element says of it."""
    first, end = place
    if len(element) < 8 or struct.unpack_from(f"{order}I", element)[0] != _MATRIX:
        raise MatlabFileError(f"the variable before byte {end} is damaged")
    kind, flags_at, flags_end, dims_at = _tag(element, 8, order)
    if flags_end - flags_at != 8 or _NUMBERS.get(kind) != "u4":
        raise MatlabFileError(f"the variable before byte {end} is damaged")
    flags = struct.unpack_from(f"{order}I", element, flags_at)[0]
    kind, dims_first, dims_end, name_at = _tag(element, dims_at, order)
    n_dims = (dims_end - dims_first) // 4
    shape = struct.unpack_from(f"{order}{n_dims}i", element, dims_first)
    if _NUMBERS.get(kind) != "i4" or n_dims < 2 or min(shape) < 0:
        raise MatlabFileError(f"the variable before byte {end} has no shape")
    _, name_first, name_end, _ = _tag(element, name_at, order)
    name = element[name_first:name_end].decode("latin-1")
    class_name = _CLASSES.get(flags & 0xFF, "unknown")
    return Variable(
        name=name if name.isprintable() else repr(name),
        shape=shape,
        kind="complex" if flags & _COMPLEX else class_name,
        first=first,
        end=end,
        compressed=packed_at is not None,
    )


def _real_part(data: bytes, variable: Variable, order: str) -> tuple[int, bytes]:
    """Return type and bytes of the values of a matrix."""
    body = data[variable.first : variable.end]
    if variable.compressed:
        head = _unpacked(body, 8)
        n_bytes = struct.unpack_from(f"{order}I", head, 4)[0]
        if n_bytes > _ZLIB_RATIO * len(body):
            raise MatlabFileError("a compressed variable is damaged")
        body = _unpacked(body, 8 + n_bytes)[8:]
        if len(body) != n_bytes:
            raise MatlabFileError("a compressed variable is cut off")
    at = 0
    for _ in ("flags", "dimensions", "name"):
        _, _, _, at = _tag(body, at, order)
    kind, first, end, _ = _tag(body, at, order)
    return kind, body[first:end]
