"""Pixels of PMCC: cells of time and frequency in which one wave crosses the array."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import wrap_azimuth_deg

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """Columns of one row per pixel."""

    time_s: FloatArray
    """Middle of the window, from the first sample."""
    window_s: FloatArray
    band: NDArray[np.int64]
    """Index of the band."""
    freq_hz: FloatArray
    """Centre of the band."""
    low_hz: FloatArray
    high_hz: FloatArray
    east_s_per_km: FloatArray
    """Slowness; points where the wave goes."""
    north_s_per_km: FloatArray
    variance: FloatArray
    """Of slowness: (east east, east north, north north), (s/km)^2, shape (n, 3)."""
    consistency_s: FloatArray
    """Rms closure."""
    correlation: FloatArray
    """Mean over the pairs."""
    amplitude: FloatArray
    """Root mean square of the aligned beam, unit of the record."""
    f_statistic: FloatArray
    p_value: FloatArray
    """Chance that noise is as coherent anywhere in the range of slownesses."""
    members: NDArray[np.bool_]
    """Which elements took part, shape (n, elements)."""

    def __len__(self) -> int:
        """Return how many pixels there are."""
        return len(self.time_s)

    @property
    def azimuth_deg(self) -> FloatArray:
        """Back azimuth, 0 <= value < 360."""
        return wrap_azimuth_deg(np.degrees(np.arctan2(-self.east_s_per_km, -self.north_s_per_km)))

    @property
    def velocity_km_s(self) -> FloatArray:
        """Trace velocity."""
        return np.asarray(1.0 / np.hypot(self.east_s_per_km, self.north_s_per_km))

    @property
    def azimuth_sigma_deg(self) -> FloatArray:
        """Standard error of the back azimuth."""
        east, north = self.east_s_per_km, self.north_s_per_km
        size = np.hypot(east, north) ** 2
        across = self._along(-north / size, east / size)
        return np.asarray(np.degrees(np.sqrt(across)))

    @property
    def velocity_sigma_km_s(self) -> FloatArray:
        """Standard error of the trace velocity."""
        velocity = self.velocity_km_s
        along = self._along(self.east_s_per_km * velocity, self.north_s_per_km * velocity)
        return np.asarray(velocity**2 * np.sqrt(along))

    def _along(self, a: FloatArray, b: FloatArray) -> FloatArray:
        xx, xy, yy = self.variance.T
        return np.asarray(a * a * xx + 2.0 * a * b * xy + b * b * yy)

    def replaced(self, **columns: NDArray[Any]) -> Pixels:
        """Return the pixels with other columns."""
        return Pixels(**({f.name: getattr(self, f.name) for f in fields(self)} | columns))

    def select(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Pixels:
        """Return some of the pixels."""
        return Pixels(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def joined(parts: Sequence[Pixels]) -> Pixels:
    """Return the pixels of several bands in order of time."""
    columns = {f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Pixels)}
    together = Pixels(**columns)
    return together.select(np.lexsort((together.band, together.time_s)))
