"""The codecs once more in plain NumPy: slow, readable, and what the kernels are tested against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.codecs.canadian import WIDTHS
from vigie.formats.codecs.cm6 import ALPHABET, code_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

_E1_WORDS = (
    ("0", 7, 9),
    ("10", 3, 10),
    ("1100", 4, 7),
    ("1101", 5, 12),
    ("1110", 4, 15),
    ("1111", 1, 28),
)
_CHK_MODULUS = 100_000_000


def cm6_decode(data: bytes) -> NDArray[np.int64]:
    """Decode CM6 text without checks."""
    codes = code_table()[np.frombuffer(data, np.uint8)].astype(np.int64)
    codes = codes[codes < 64]
    if not len(codes):
        return np.zeros(0, np.int64)
    ends = np.flatnonzero(codes < 32)
    starts = np.concatenate(([0], ends[:-1] + 1))
    number = np.repeat(np.arange(len(starts)), ends - starts + 1)
    codes = codes[: len(number)]
    weights = 32 ** (ends[number] - np.arange(len(number)))
    is_first = np.zeros(len(number), bool)
    is_first[starts] = True
    parts = np.where(is_first, codes & 15, codes & 31) * weights
    sign = np.where(codes[starts] & 16, -1, 1)
    return np.cumsum(np.cumsum(np.add.reduceat(parts, starts) * sign))


def cm6_encode(samples: NDArray[np.int32]) -> bytes:
    """Encode samples as CM6 without line ends."""
    seconds = np.diff(samples.astype(np.int64), n=2, prepend=[0, 0])
    out = bytearray()
    for second in seconds.tolist():
        magnitude = abs(second)
        groups = 0
        while magnitude >> (4 + 5 * groups):
            groups += 1
        digits = [(magnitude >> (5 * group)) & 31 for group in range(groups, -1, -1)]
        digits[0] |= 16 if second < 0 else 0
        out += bytes(ALPHABET[digit | (32 if k < groups else 0)] for k, digit in enumerate(digits))
    return bytes(out)


def chk2(samples: NDArray[np.int32]) -> int:
    """Return CHK2 by the definition."""
    total = 0.0
    for sample in samples.tolist():
        total = np.fmod(total + np.fmod(sample, _CHK_MODULUS), _CHK_MODULUS)
    return abs(int(total))


def canadian_decode(data: bytes, n_samples: int) -> NDArray[np.int64]:
    """Decode Canadian compression without checks."""
    n_words = -(-n_samples // 20)
    words = np.frombuffer(data, ">u2", n_words).astype(np.int64)
    first = int.from_bytes(data[2 * n_words : 2 * n_words + 4], signed=True)
    shifts = np.array([12, 9, 6, 3, 0])
    codes = (words[:, None] >> shifts) & 7
    widths = np.repeat(WIDTHS[(words >> 15)[:, None], codes].ravel(), 4)
    bits = "".join(f"{byte:08b}" for byte in data[2 * n_words + 4 :])
    stops = np.cumsum(widths)
    seconds = [
        _signed(bits[stop - width : stop]) for stop, width in zip(stops, widths, strict=True)
    ]
    steps = np.cumsum(np.cumsum(seconds))[: n_samples - 1]
    return np.concatenate(([first], first + steps))


def e1_decode(data: bytes, n_differences: int, n_samples: int) -> NDArray[np.int64]:
    """Decode the codes of one e1 block without checks."""
    bits = "".join(f"{byte:08b}" for byte in data)
    values: list[int] = []
    at = 0
    while len(values) < n_samples:
        prefix, count, width = next(word for word in _E1_WORDS if bits.startswith(word[0], at))
        at += len(prefix)
        values += [_signed(bits[at + k * width : at + (k + 1) * width]) for k in range(count)]
        at += count * width
    samples = np.array(values[:n_samples], np.int64)
    for _ in range(n_differences):
        samples = np.cumsum(samples)
    return samples


def _signed(bits: str) -> int:
    return int(bits, 2) - (int(bits[0]) << len(bits))
