"""H and T at stations: what the network room asks of the ocean.

What it computes: for each phase and site the path of ``vigie.earth.ocean.travel_time``: time,
slowness, azimuths and the errors of the model; everything is NaN where the path is blocked.

* H, and O (other phases in the water), start in the water; T couples into it from rock, within
  100 km of the epicentre, so its error has 10 s for the place where it does (5 to 30 s are
  usual, chosen), and no time is added for the way up through rock.
* A station on land (by its elevation, or since its cell is land and it does not lie below the
  sea) couples as well.
* Slowness is that of the sound at the receiver, 1/U there: what a triplet measures.
* Azimuths are those of the geodesic; ``delta_deg`` is the geocentric distance, as everywhere.

Assumptions and accuracy: those of the travel times. Azimuth: 0.5 deg for horizontal refraction
and the sway of hydrophones, to be replaced by what located events show; speed across an array:
0.5 %. Cost after the first call: 0.1 ms for each path of 10,000 km; a table of 10,000 places and 11
stations takes 10 s of processor time once and is kept in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Hypocentre, Predictions, Sites
from vigie.earth.ocean.travel_time import Ends, Ocean, OceanPaths, PathFinder
from vigie.errors import ParameterError, UnknownPhaseError
from vigie.geodesy import KM_PER_DEG, distance_azimuths

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PHASES = ("H", "T", "O")
COUPLED = frozenset("T")
"""Phases that enter the water from rock."""
DEEPEST_KM = {"H": 10.0, "O": 10.0, "T": 300.0}
"""Sources below this make no such phase: no sea is deeper, and deep earthquakes make no T phase
that the phase windows of the IDC allow."""
N_TABLES = 64
"""Columns of tables that are kept, 0.3 MB each for 10,000 places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OceanOptions:
    """Errors of the predictions, and what counts as blocked; sources in the module."""

    blocking: bool = True
    """Whether blocked paths have no arrivals; without, everything is as if the sea were open."""
    blocked_from: float = 0.9
    """Blockage from which a phase does not exist; below it the path is only poor."""
    least_sigma_s: float = 1.0
    coupling_sigma_s: float = 10.0
    azimuth_sigma_deg: float = 0.5
    speed_sigma: float = 0.005
    """Relative standard error of the speed across an array."""
    error_scale: float = 1.0
    """Factor on all errors of the model; 0 for data simulated with the model itself."""


class OceanTable(NamedTuple):
    """One phase from n places at m sites, shape (n, m)."""

    time_s: FloatArray
    """NaN where blocked."""
    time_sigma_s: FloatArray
    seaz_deg: FloatArray
    """Azimuth from the site to the place."""
    blockage: FloatArray
    """0 open to 1 blocked."""


class OceanPredictor:
    """Predicts phases in the water; meets ``vigie.earth.base.Predictor``.

    Parameters
    ----------
    ocean : Ocean, optional
        Sea floor, channel, month; the shipped ones and the mean of the year by default.
    options : OceanOptions, optional
    """

    def __init__(self, ocean: Ocean | None = None, options: OceanOptions | None = None) -> None:
        self._finder = PathFinder(ocean)
        self._options = options or OceanOptions()
        self._columns: dict[tuple[object, ...], OceanTable] = {}

    @property
    def name(self) -> str:
        """Name of the model, as origins state it."""
        ocean = self._finder.ocean
        when = "year" if ocean.month is None else f"month {ocean.month}"
        return f"ocean ({ocean.channel.name}, {when})"

    @property
    def phases(self) -> tuple[str, ...]:
        """Names of the phases."""
        return PHASES

    @property
    def finder(self) -> PathFinder:
        """The paths themselves: lengths, blocking points, slownesses."""
        return self._finder

    def in_month(self, month: int | None) -> OceanPredictor:
        """Return the same predictor for another time of the year."""
        return OceanPredictor(replace(self._finder.ocean, month=month), self._options)

    def open_sea(self) -> OceanPredictor:
        """Return the same predictor without blockage, for searches that need times everywhere."""
        return OceanPredictor(self._finder.ocean, replace(self._options, blocking=False))

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict ``phases[i]`` at site i.

        Parameters
        ----------
        phases : sequence of str, n
            H, T or O.
        source : Hypocentre
        sites : Sites
            n receivers.

        Raises
        ------
        UnknownPhaseError
            Another phase.
        ParameterError
            There are not as many phases as sites.
        """
        n = len(sites.latitude)
        if len(phases) != n:
            raise ParameterError(name="phases", value=len(phases), expected=f"one per site, {n}")
        coupled = np.array([self._couples(phase) for phase in phases], dtype=np.bool_)
        place = (np.full(n, source.latitude), np.full(n, source.longitude))
        paths = self._paths(place, sites, coupled)
        deepest = np.array([DEEPEST_KM[phase] for phase in phases])
        missing = self._blocked(paths) | (source.depth_km > deepest)
        delta, _, _ = distance_azimuths(*place, sites.latitude, sites.longitude)
        slowness = paths.receiver_slowness_s_per_km * KM_PER_DEG
        nothing, scale = np.zeros(n), self._options.error_scale
        columns = (
            paths.time_s,
            slowness,
            nothing,
            nothing,
            delta,
            paths.azimuth_deg,
            paths.backazimuth_deg,
            self._time_sigma_s(paths.time_sigma_s, coupled),
            np.full(n, scale * self._options.azimuth_sigma_deg),
            scale * self._options.speed_sigma * slowness,
        )
        return Predictions(*(np.where(missing, np.nan, column) for column in columns))

    def table(
        self, phase: str, latitude: FloatArray, longitude: FloatArray, sites: Sites
    ) -> OceanTable:
        """Return one phase from n places at the surface at m sites; columns are kept.

        Raises
        ------
        UnknownPhaseError
            Another phase than H, T, O.
        """
        places = np.ascontiguousarray(np.stack([latitude, longitude]).astype(np.float64))
        coupled = self._couples(phase)
        grid = (coupled, places.tobytes())
        found = []
        for i in range(len(sites.latitude)):
            site = sites.take(np.array([i]))
            where = (float(site.latitude[0]), float(site.longitude[0]), float(site.elevation_m[0]))
            key = (hash(grid), places.shape[1], *where)
            if key not in self._columns:
                while len(self._columns) >= N_TABLES:
                    self._columns.pop(next(iter(self._columns)))
                self._columns[key] = self._column((places[0], places[1]), site, coupled)
            found.append(self._columns[key])
        return OceanTable(*(np.stack(columns, axis=1) for columns in zip(*found, strict=True)))

    def _column(
        self, places: tuple[FloatArray, FloatArray], site: Sites, coupled: bool
    ) -> OceanTable:
        paths = self._paths(places, site, np.array([coupled]))
        time = np.where(self._blocked(paths), np.nan, paths.time_s)
        sigma = self._time_sigma_s(paths.time_sigma_s, np.array([coupled]))
        return OceanTable(time, sigma, paths.backazimuth_deg, paths.blockage)

    def _paths(
        self, places: tuple[FloatArray, FloatArray], sites: Sites, coupled: BoolArray
    ) -> OceanPaths:
        ends = Ends(source=coupled, receiver=self._on_land(sites))
        return self._finder.find(places, (sites.latitude, sites.longitude), ends)

    def _on_land(self, sites: Sites) -> BoolArray:
        """Tell which stations stand on land.

        Tables give 0 m for hydrophones and for some stations on islands alike.
        """
        height = np.nan_to_num(sites.elevation_m)
        cell = self._finder.ocean.floor.elevation_at_m(sites.latitude, sites.longitude)
        land: BoolArray = (height > 0.0) | ((height == 0.0) & (cell >= 0.0))
        return land

    def _blocked(self, paths: OceanPaths) -> BoolArray:
        if not self._options.blocking:
            return np.zeros(paths.blockage.shape, dtype=np.bool_)
        blocked: BoolArray = paths.blockage >= self._options.blocked_from
        return blocked

    def _time_sigma_s(self, path_sigma_s: FloatArray, coupled: BoolArray) -> FloatArray:
        least = np.where(coupled, self._options.coupling_sigma_s, self._options.least_sigma_s)
        return np.asarray(self._options.error_scale * np.hypot(path_sigma_s, least))

    def _couples(self, phase: str) -> bool:
        if phase not in PHASES:
            raise UnknownPhaseError(phase=phase, model=self.name, known=" ".join(PHASES))
        return phase in COUPLED
