"""e1 compression of CSS 3.0: blocks of variable-width differences, each with a check value.

A block: uint16 size in bytes (this header included), uint16 samples, uint8 number D of
differences, int24 last sample; then words of 32 or 64 bits whose leading bits tell how many
values of how many bits follow. The values are summed D times, each sum starting from 0.

Source: the layout as it is used at the IDC, checked on 345 real blocks of IS22, whose check
values all agree. Accuracy: exact. Speed: ``benchmarks/codecs.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.errors import BadEncodingError
from vigie.formats.codecs._status import OUT_OF_DATA, TOO_LARGE

_HEADER_BYTES = 8
_MAX_DIFFERENCES = 8
# The densest word holds 4 values in 4 bytes, or 7 in 8.
_MAX_SAMPLES_PER_BYTE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One block: its samples, or why there are none."""

    offset: int
    """Of its header, in bytes."""
    n_samples: int
    samples: NDArray[np.int32] | None
    problem: str = ""


def decode_e1(data: bytes, n_samples: int | None = None) -> list[Block]:
    """Decode block after block; a damaged one keeps its place, so that time stays right.

    Parameters
    ----------
    data : bytes
        The blocks.
    n_samples : int, optional
        Stop when so many samples have passed; by default at the end of the data.

    Raises
    ------
    BadEncodingError
        A block header makes no sense, so that nothing after it can be found and nothing was
        read before it.
    """
    blocks: list[Block] = []
    at = 0
    seen = 0
    while at < len(data) and (n_samples is None or seen < n_samples):
        size = int.from_bytes(data[at : at + 2])
        declared = int.from_bytes(data[at + 2 : at + 4])
        if not _makes_sense(size, declared, len(data) - at):
            reason = f"a block of {size} bytes and {declared} samples, {len(data) - at} bytes left"
            if not blocks:
                raise BadEncodingError(codec="e1", offset=at, reason=reason)
            blocks.append(Block(at, 0, None, reason))
            break
        blocks.append(_block(data[at : at + size], at, declared))
        at += size
        seen += declared
    return blocks


def _makes_sense(size: int, declared: int, n_left: int) -> bool:
    room = (size - _HEADER_BYTES) * _MAX_SAMPLES_PER_BYTE
    return _HEADER_BYTES < size <= n_left and 0 < declared <= room


def _block(data: bytes, offset: int, declared: int) -> Block:
    from vigie.formats.codecs import _bit_kernels

    n_differences = data[4]
    check = int.from_bytes(data[5:8], signed=True)
    if n_differences > _MAX_DIFFERENCES:
        return Block(offset, declared, None, f"{n_differences} differences")
    out = np.empty(declared, np.int32)
    body = np.frombuffer(data, np.uint8)[_HEADER_BYTES:]
    _, status = _bit_kernels.e1_decode(body, n_differences, out)
    if status:
        reasons = {
            OUT_OF_DATA: f"it ends before {declared} samples",
            TOO_LARGE: "a sample is beyond 32 bits",
        }
        return Block(offset, declared, None, reasons[status])
    # The check value holds the low 24 bits of the last sample.
    if (int(out[-1]) - check) % (1 << 24):
        return Block(offset, declared, None, f"check value {check}, last sample {out[-1]}")
    return Block(offset, declared, out)
