"""The sea of the month in which arrivals came, made when it is first asked for.

Searches and locations start from places behind land as well, so travel times are those of an
open sea; whether land or the sea floor stands in the way is asked beside them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.combined import CombinedPredictor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.earth.base import Predictor, Sites
    from vigie.earth.ocean import Ocean, OceanOptions, OceanPredictor

    FloatArray = NDArray[np.float64]

BLOCKED_FROM = 0.9
"""Blockage from which a phase does not exist (``OceanOptions.blocked_from``)."""


class Seas:
    """Oceans by month.

    Parameters
    ----------
    ocean : Ocean, optional
        Sea floor and channel, of any month; the shipped ones by default.
    options : OceanOptions, optional
    """

    def __init__(self, ocean: Ocean | None = None, options: OceanOptions | None = None) -> None:
        self._ocean = ocean
        self._options = options
        self._open: dict[int, OceanPredictor] = {}
        self._combined: dict[tuple[int, int], tuple[Predictor, CombinedPredictor]] = {}

    def at(self, time_ns: int) -> OceanPredictor:
        """Return the predictor of H and T of a time, without blockage."""
        month = month_of(time_ns)
        if month not in self._open:
            from vigie.earth.ocean import Ocean, OceanPredictor  # deferred: grids, kernels

            ocean = replace(self._ocean or Ocean(), month=month)
            self._open[month] = OceanPredictor(ocean, self._options).open_sea()
        return self._open[month]

    def with_ground(self, ground: Predictor, time_ns: int) -> CombinedPredictor:
        """Return one predictor of ground and open sea; the same one each time."""
        key = id(ground), month_of(time_ns)
        if key not in self._combined:
            # The ground is held beside it: its id can then not be reused.
            self._combined[key] = ground, CombinedPredictor(ground, self.at(time_ns))
        return self._combined[key][1]

    def blockage(
        self, phase: str, places: tuple[FloatArray, FloatArray], sites: Sites, time_ns: int
    ) -> FloatArray:
        """Return the blockage of paths from n places to m sites, shape (n, m), 0 to 1."""
        return self.at(time_ns).table(phase, *places, sites).blockage

    def blocking_place(
        self, phase: str, place: tuple[float, float], sites: Sites, time_ns: int
    ) -> tuple[float, float]:
        """Return where the path from a place to the first of the sites is blocked most."""
        from vigie.earth.ocean import Ends

        ends = Ends(source=phase == "T", receiver=bool(sites.elevation_m[0] > 0.0))
        paths = self.at(time_ns).finder.find(place, (sites.latitude[:1], sites.longitude[:1]), ends)
        return float(paths.blocked_latitude[0]), float(paths.blocked_longitude[0])


def month_of(time_ns: int) -> int:
    """Return the month of a time, 1 to 12.

    Examples
    --------
    >>> month_of(1_510_753_860_000_000_000)
    11
    """
    return int(np.datetime64(time_ns, "ns").astype("datetime64[M]").astype(np.int64)) % 12 + 1
