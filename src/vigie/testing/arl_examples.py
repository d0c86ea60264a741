"""ARL packed weather made up: a packer of its own, point by point as the format tells it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

PLAIN = (22.0, 314.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 8.0, 292.0, 0.0)
"""Latitude and longitude by 1 deg from 8 N, 292 E."""
POLAR = (90.0, 0.0, 60.0, -105.0, 182.9, 0.0, 90.0, 13.25, 42.75, 90.0, 0.0, 0.0)
"""Polar stereographic, 182.9 km at 60 N, columns along 105 W; the pole outside."""
N_ROWS, N_COLUMNS = 10, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ArlTime:
    """One time to be packed."""

    fields: dict[tuple[int, str], FloatArray]
    """By level and variable, shape (n_rows, n_columns)."""
    heights: tuple[float, ...] = (0.0, 1000.0, 500.0)
    """Of the levels, the surface included."""
    date: str = "05012306"
    kind: int = 2
    grid: tuple[float, ...] = PLAIN
    minutes: int = 0
    hours: dict[str, int] = field(default_factory=dict)
    """Forecast hours by variable; others have 0."""
    model: str = "TEST"


def packed(values: FloatArray) -> tuple[bytes, int, float, float]:
    """Return a field's bytes, exponent, precision and first value.

    Examples
    --------
    >>> data, exponent, _, first = packed(np.array([[1.0, 2.0], [1.5, 1.0]]))
    >>> list(data), exponent, first
    ([127, 191, 159, 95], 1, 1.0)
    """
    rows = values.tolist()
    steps = [abs(b - a) for row in rows for a, b in pairwise(row)]
    steps += [abs(b[0] - a[0]) for a, b in pairwise(rows)]
    # With room for what rounding carries from point to point.
    largest = 1.01 * max(steps)
    exponent = math.floor(math.log2(largest)) + 1 if largest > 0.0 else 0
    scale = 2.0 ** (7 - exponent)
    first = float(f"{rows[0][0]:.7E}")
    out, left = bytearray(), first
    for row in rows:
        point = left
        for number, value in enumerate(row):
            byte = min(max(int((value - point) * scale + 127.5), 0), 255)
            point += (byte - 127) / scale
            left = point if number == 0 else left
            out.append(byte)
    return bytes(out), exponent, 2.0**exponent / 254.0, first


def rotating_sum(data: bytes) -> int:
    """Return the checksum of a record, byte by byte."""
    total = 0
    for byte in data:
        total += byte
        if total >= 256:
            total -= 255
    return total


def arl_file(*times: ArlTime) -> bytes:
    """Return a file of some times."""
    return b"".join(_time_bytes(one) for one in times)


def _time_bytes(one: ArlTime) -> bytes:
    n_rows, n_columns = next(iter(one.fields.values())).shape
    records, listed = [], []
    for level, height in enumerate(one.heights):
        names = [name for number, name in one.fields if number == level]
        listed.append(f"{height:6.5f}"[:6] + f"{len(names):2d}")
        for name in names:
            data, exponent, precision, first = packed(one.fields[level, name])
            listed.append(f"{name:4}{rotating_sum(data):3d} ")
            label = _label(one, level, name)
            records.append(f"{label}{exponent:4d}{precision:14.7E}{first:14.7E}".encode() + data)
    index = _index(one, (n_columns, n_rows), "".join(listed))
    return _index_records(one, index, n_rows * n_columns) + b"".join(records)


def _label(one: ArlTime, level: int, name: str) -> str:
    grid = "99"
    shape = next(iter(one.fields.values())).shape
    if max(shape) > 999:
        grid = "".join(chr(64 + n // 1000) for n in (shape[1], shape[0]))
    return f"{one.date}{one.hours.get(name, 0):2d}{level:2d}{grid}{name:4}"


def _index(one: ArlTime, shape: tuple[int, int], listed: str) -> str:
    numbers = "".join(f"{number:7.2f}" for number in one.grid)
    counts = f"{shape[0] % 1000:3d}{shape[1] % 1000:3d}{len(one.heights):3d}{one.kind:2d}"
    head = f"{one.model:4}{0:3d}{one.minutes:2d}{numbers}{counts}{108 + len(listed):4d}"
    return head + listed


def _index_records(one: ArlTime, index: str, size: int) -> bytes:
    label = f"{_label(one, 0, 'INDX')}   0{0.0:14.7E}{0.0:14.7E}"
    parts = [index[k : k + size] for k in range(0, len(index), size)]
    return b"".join(f"{label}{part:<{size}}".encode() for part in parts)


def weather_fields(n_levels: int = 2, *, seed: int = 1) -> dict[tuple[int, str], FloatArray]:
    """Return fields of weather that are smooth enough to pack well."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:N_ROWS, 0:N_COLUMNS] / 10.0

    def wave(mean: float, size: float) -> FloatArray:
        a, b, c = rng.uniform(0.5, 2.0, 3)
        return np.asarray(mean + size * np.sin(a * x + b * y + c))

    fields = {
        (0, "PRSS"): wave(1000.0, 20.0),
        (0, "SHGT"): wave(200.0, 100.0),
        (0, "PBLH"): wave(800.0, 300.0),
        (0, "SHTF"): wave(50.0, 100.0),
        (0, "T02M"): wave(290.0, 5.0),
        (0, "MSLP"): wave(1010.0, 5.0),
        (0, "TPP6"): np.maximum(wave(0.0, 0.01), 0.0),
    }
    for level in range(1, n_levels + 1):
        fields |= {
            (level, "HGTS"): wave(3000.0 * level, 50.0),
            (level, "TEMP"): wave(max(300.0 - 20.0 * level, 200.0), 5.0),
            (level, "UWND"): wave(5.0 * level, 10.0),
            (level, "VWND"): wave(0.0, 10.0),
            (level, "WWND"): wave(0.0, 0.004),
            (level, "RELH"): wave(50.0, 30.0),
        }
    return fields


def two_times() -> tuple[ArlTime, ArlTime]:
    """Return two times of one day, 06 and 09 UTC."""
    first = ArlTime(fields=weather_fields(seed=1))
    return first, replace(first, fields=weather_fields(seed=2), date="05012309")
