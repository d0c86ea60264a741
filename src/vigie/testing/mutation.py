"""Damaged inputs for readers: noise, cut-off files, and mutations of good ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

_NASTY = (
    *(b"*****", b"NaN", b"-NaN", b"inf", b"1e309", b"-1", b"0", b"99999999999999999999"),
    *(b"2147483648", b"-2147483649", b"\t", b"\r", b"\r\n", b"\n\n", b"\x00", b"\xff\xff"),
    *(b"\xef\xbf\xbd", b"\xc3\xa9", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"23:59:60", b"2038/01/19"),
    *(b"1970", b"-180", b"360.0", b"-90", b'"', b",", b"#", b"(", b")", b"STOP", b"BEGIN IMS2.0"),
    *(b"DATA_TYPE ", b"WID2 ", b"DAT2\n", b"CHK2 ", b"{", b"[", b"<", b"</", b"&a;", b"_", b"1_0"),
    "٣".encode(),
)
_PRINTABLE = bytes(range(32, 127)) + b"\n\n\t"


def noise(rng: np.random.Generator) -> Iterator[bytes]:
    """Yield random bytes, random text and constant bytes of several lengths."""
    for length in (1, 7, 64, 700, 5000):
        yield rng.bytes(length)
        yield bytes(rng.choice(list(_PRINTABLE), length).tolist())
        yield bytes([int(rng.integers(256))]) * length


def prefixes(data: bytes, *, count: int = 60) -> Iterator[bytes]:
    """Yield beginnings of a file: each of the first bytes, then evenly spaced ones."""
    step = max(len(data) // count, 1)
    for length in sorted({*range(min(count, len(data))), *range(0, len(data), step)}):
        yield data[:length]


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a copy of a file with one to eight random injuries."""
    for _ in range(int(rng.integers(1, 9))):
        injury = _INJURIES[int(rng.integers(len(_INJURIES)))]
        data = injury(data, rng) if data else rng.bytes(int(rng.integers(1, 40)))
    return data


def _at(data: bytes, rng: np.random.Generator) -> int:
    return int(rng.integers(len(data) + 1))


def _flip_bit(data: bytes, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(len(data)))
    return data[:at] + bytes([data[at] ^ (1 << int(rng.integers(8)))]) + data[at + 1 :]


def _set_bytes(data: bytes, rng: np.random.Generator) -> bytes:
    at, length = _at(data, rng), int(rng.integers(1, 9))
    return data[:at] + rng.bytes(length) + data[at + length :]


def _cut(data: bytes, rng: np.random.Generator) -> bytes:
    at, length = _at(data, rng), int(rng.integers(1, 200))
    return data[:at] + data[at + length :]


def _truncate(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: _at(data, rng)]


def _repeat(data: bytes, rng: np.random.Generator) -> bytes:
    at, length = _at(data, rng), int(rng.integers(1, 200))
    return data[: at + length] + data[at:]


def _insert_nasty(data: bytes, rng: np.random.Generator) -> bytes:
    at = _at(data, rng)
    return data[:at] + _NASTY[int(rng.integers(len(_NASTY)))] + data[at:]


def _overwrite_nasty(data: bytes, rng: np.random.Generator) -> bytes:
    at = _at(data, rng)
    word = _NASTY[int(rng.integers(len(_NASTY)))]
    return data[:at] + word + data[at + len(word) :]


def _swap_lines(data: bytes, rng: np.random.Generator) -> bytes:
    lines = data.split(b"\n")
    i, j = (int(k) for k in rng.integers(len(lines), size=2))
    lines[i], lines[j] = lines[j], lines[i]
    return b"\n".join(lines)


def _drop_line(data: bytes, rng: np.random.Generator) -> bytes:
    lines = data.split(b"\n")
    del lines[int(rng.integers(len(lines)))]
    return b"\n".join(lines)


def _damage_high_bytes(data: bytes, _: np.random.Generator) -> bytes:
    # What a text conversion does to binary data.
    return data.decode("utf-8", errors="replace").encode()


_INJURIES: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    _flip_bit,
    _flip_bit,
    _set_bytes,
    _cut,
    _truncate,
    _repeat,
    _insert_nasty,
    _insert_nasty,
    _overwrite_nasty,
    _overwrite_nasty,
    _swap_lines,
    _drop_line,
    _damage_high_bytes,
)
