"""Distance corrections of magnitudes: the mb table Q(delta, h) and the ML curve B(delta).

The numbers stand in ``veith_clawson_q.csv`` and ``ml_idc.csv`` beside this file, each with
its source in its head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DistanceDepthTable:
    """A correction on a grid of distances and depths."""

    delta_deg: FloatArray
    """Shape (n,), rising."""
    depth_km: FloatArray
    """Shape (m,), rising."""
    value: FloatArray
    """Shape (n, m), in magnitude units."""


@dataclass(frozen=True, slots=True)
class DistanceCurve:
    """A correction at a row of distances; straight lines between them."""

    delta_deg: tuple[float, ...]
    value: tuple[float, ...]
    source: str = ""

    def __post_init__(self) -> None:
        if len(self.delta_deg) != len(self.value) or len(self.value) < 2:
            raise ValueError("a curve needs as many values as distances, and two of them")
        if any(b <= a for a, b in zip(self.delta_deg, self.delta_deg[1:], strict=False)):
            raise ValueError(f"distances must rise, got {self.delta_deg}")


def _read(name: str) -> tuple[list[str], FloatArray]:
    text = (files("vigie.facts") / name).read_text(encoding="ascii")
    head, *rows = [line for line in text.splitlines() if not line.startswith("#")]
    return head.split(","), np.array([[float(cell) for cell in row.split(",")] for row in rows])


@cache
def veith_clawson() -> DistanceDepthTable:
    """Return Q(delta, h) of mb: 181 distances by 11 depths.

    Examples
    --------
    >>> table = veith_clawson()
    >>> table.value.shape, float(table.value[30, 0])
    ((181, 11), 3.721)
    """
    head, numbers = _read("veith_clawson_q.csv")
    numbers.setflags(write=False)
    return DistanceDepthTable(
        numbers[:, 0], np.array([float(depth) for depth in head[1:]]), numbers[:, 1:]
    )


@cache
def ml_default() -> DistanceCurve:
    """Return B(delta) of ML, 0 to 29 degrees: a global default, not a regional calibration.

    Examples
    --------
    >>> ml_default().value[:3]
    (0.301, 0.801, 1.801)
    """
    _, numbers = _read("ml_idc.csv")
    return DistanceCurve(
        tuple(numbers[:, 0].tolist()),
        tuple(numbers[:, 1].tolist()),
        "default curve of the International Data Centre",
    )
