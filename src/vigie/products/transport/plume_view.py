"""A plume as its products show it: its largest values, sums over time, what stations see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records import NS_PER_S
from vigie.transport.forward import Plume, Release

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Peak(NamedTuple):
    """A largest value, and where it is."""

    value: float
    latitude: float
    longitude: float
    """-180 to 180 deg."""
    interval: int | None = None
    """None of a sum over time."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlumeView:
    """A release with its plume and the stations that are looked at."""

    release: Release
    plume: Plume
    nuclide: str = ""
    """Empty where nothing decays."""
    half_life_s: float | None = None
    stations: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Code to latitude and longitude, deg."""

    @property
    def place(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of the release."""
        box = self.release.box
        return 0.5 * (box.south + box.north), 0.5 * (box.west + box.east)

    def span_ns(self, interval: int) -> tuple[int, int]:
        """Return start and end of an interval."""
        length = round(self.plume.interval_s * NS_PER_S)
        start = self.plume.start_ns + interval * length
        return start, start + length

    @property
    def end_ns(self) -> int:
        """End of the last interval."""
        return self.span_ns(self.plume.n_intervals - 1)[1]

    @property
    def filled(self) -> range:
        """Intervals from the first to the last with something in them."""
        if not len(self.plume.interval):
            return range(0)
        return range(int(self.plume.interval.min()), int(self.plume.interval.max()) + 1)

    def at(self, interval: int) -> tuple[IntArray, FloatArray]:
        """Return the cells of an interval, rising, and what is in them, Bq/m3."""
        chosen = self.plume.interval == interval
        return self.plume.cell[chosen], self.plume.concentration_bq_m3[chosen]

    def summed(self, first: int, last: int) -> tuple[IntArray, FloatArray]:
        """Return cells, rising, and their concentration summed over intervals, Bq s/m3."""
        chosen = (self.plume.interval >= first) & (self.plume.interval < last)
        cells, place = np.unique(self.plume.cell[chosen], return_inverse=True)
        weights = self.plume.concentration_bq_m3[chosen] * self.plume.interval_s
        sums = np.bincount(place, weights=weights, minlength=len(cells))
        return cells, sums.astype(np.float64)

    @property
    def total(self) -> tuple[IntArray, FloatArray]:
        """Cells, rising, and their concentration summed over all time, Bq s/m3."""
        return self.summed(0, self.plume.n_intervals)

    @property
    def largest(self) -> Peak | None:
        """The largest mean concentration of an interval, Bq/m3; None where there is nothing."""
        values = self.plume.concentration_bq_m3
        if not len(values):
            return None
        at = int(values.argmax())
        return self._peak(float(values[at]), int(self.plume.cell[at]), int(self.plume.interval[at]))

    @property
    def largest_total(self) -> Peak | None:
        """The largest sum over time, Bq s/m3; None where there is nothing."""
        cells, values = self.total
        if not len(values):
            return None
        at = int(values.argmax())
        return self._peak(float(values[at]), int(cells[at]), None)

    def _peak(self, value: float, cell: int, interval: int | None) -> Peak:
        latitude, longitude = (float(x) for x in self.plume.grid.centres(cell))
        return Peak(value, latitude, (longitude + 180.0) % 360.0 - 180.0, interval)

    def series(self, code: str) -> FloatArray:
        """Return the mean concentrations of all intervals at a station, Bq/m3."""
        latitude, longitude = self.stations[code]
        here = self.plume.cell == int(self.plume.grid.cells_at(latitude, longitude))
        out = np.zeros(self.plume.n_intervals)
        out[self.plume.interval[here]] = self.plume.concentration_bq_m3[here]
        return out

    def arrival_ns(self, code: str) -> int | None:
        """Return the start of the first interval with something at a station; None: never."""
        seen = np.flatnonzero(self.series(code))
        return self.span_ns(int(seen[0]))[0] if len(seen) else None
