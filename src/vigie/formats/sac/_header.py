"""The header of a SAC file, version 6 or 7, in either byte order.

ObsPy splits it into fields. Float32 numbers are taken by the shortest decimal that is the same
float32: 0.1 means 0.1 and not 0.100000001490. Version 7 repeats times and positions as float64
after the samples; those are used where they are there.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from vigie.formats.sac import HEADER_BYTES

ITIME = 1
"""``iftype`` of an evenly or unevenly sampled time series."""
_DOUBLES = (
    *("delta", "b", "e", "o", "a", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"),
    *("f", "evlo", "evla", "stlo", "stla", "sb", "sdelta"),
)
"""The float64 numbers after the samples of version 7, in order."""
_UNSET = -12345


@dataclass(frozen=True, slots=True)
class SacHeader:
    """The fields that are set, by their SAC names."""

    numbers: dict[str, float]
    integers: dict[str, int]
    texts: dict[str, str]
    byte_order: str
    """``<`` or ``>``."""

    @property
    def reference_offset_s(self) -> float:
        """Time of the first sample after the reference time, s."""
        return self.numbers.get("b", 0.0)


def read_header(data: bytes) -> SacHeader:
    """Read the header of a file.

    Raises
    ------
    Exception
        Whatever ObsPy raises on bytes that are no SAC header.
    """
    from obspy.io.sac import header as names
    from obspy.io.sac.arrayio import read_sac

    floats, integers, texts, _ = read_sac(io.BytesIO(data[:HEADER_BYTES]), headonly=True)
    whole = _set(names.INTHDRS, integers.tolist())
    numbers = {
        name: float(str(np.float32(value)))
        for name, value in zip(names.FLOATHDRS, floats.tolist(), strict=True)
        if np.isfinite(value) and value != _UNSET
    }
    order = "<" if integers.dtype.newbyteorder("<") == integers.dtype else ">"
    return SacHeader(
        numbers | _doubles(data, whole, order),
        whole,
        {
            name: _text(value)
            for name, value in zip(names.STRHDRS, texts.tolist(), strict=True)
            if not value.startswith(str(_UNSET).encode())
        },
        order,
    )


def _set(names: tuple[str, ...], values: list[int]) -> dict[str, int]:
    pairs = zip(names, values, strict=True)
    return {name: int(value) for name, value in pairs if value != _UNSET}


def _doubles(data: bytes, integers: dict[str, int], order: str) -> dict[str, float]:
    start = HEADER_BYTES + 4 * max(integers.get("npts", 0), 0)
    if integers.get("nvhdr") != 7 or len(data) < start + 8 * len(_DOUBLES):
        return {}
    values = np.frombuffer(data, f"{order}f8", len(_DOUBLES), start).tolist()
    pairs = zip(_DOUBLES, values, strict=True)
    return {name: value for name, value in pairs if np.isfinite(value) and value != _UNSET}


def _text(value: bytes) -> str:
    return value.split(b"\x00")[0].decode("latin-1").strip()
