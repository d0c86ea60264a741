"""Where one event lies from another, by differential times at common stations.

For two events near each other the paths to a station are nearly the same, and so are the
errors of the earth model: what is left in the difference of their arrival times is the
difference of the origin times and the projection of their separation on the slowness vector,

    dt_i = t0 + [T_i(x + d) - T_i(x)] + error_i,

solved for (d_north, d_east, d_depth, t0) by least squares, each step linearised anew at the
second event. Outliers (a wrong cycle, a false trigger) are met by weights of Student's t, then by
leaving out what departs by more than 3 standard errors scaled by the median residual. The
covariance is scaled by the residuals, with stated errors worth K = 4 observations (Jordan &
Sverdrup 1981), since correlation errors are easily stated too small.

Sources: master-event location as in Waldhauser & Ellsworth (2000, BSSA 90, 1353-1368), for
one pair. Assumes a separation much smaller than the distance to the stations.
Accuracy as measured: see ``docs/methods/relative-location.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import FloatArray, Hypocentre, Predictor, Sites
from vigie.errors import LocationError
from vigie.network.location.kinds import BoolArray
from vigie.network.location.linear import Trial, km_per_deg
from vigie.network.location.readings import position_of
from vigie.records import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import Detection, Inventory, Station

STUDENT_DOF = 3.0
"""Of the robust weights; heavier tails than for picks, since a correlation may lock to a wrong
cycle."""
K_STATED = 4.0
"""Observations that the stated errors are worth (Jordan & Sverdrup 1981): chosen, as errors of
correlations are easily stated too small."""
BIG_RESIDUAL = 3.0
"""Standard errors beyond which a difference is left out, as in absolute location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDifference:
    """How much later a phase of the second event arrived than that of the first."""

    station: str
    phase: str
    latitude: float
    longitude: float
    elevation_m: float = 0.0
    difference_s: float
    """Arrival time of the second event minus that of the first."""
    sigma_s: float


@dataclass(frozen=True, slots=True, eq=False)
class RelativeLocation:
    """The second event seen from the first."""

    north_km: float
    east_km: float
    depth_km: float
    """Down positive; 0 where the difference of depth was held."""
    time_s: float
    """Origin time of the second minus that of the first."""
    covariance: FloatArray
    """Shape (4, 4): north km, east km, depth km, time s; zero rows where held."""
    residuals_s: FloatArray
    """Shape (n,), one per difference; NaN where the phase has no prediction."""
    used: BoolArray
    """Shape (n,): False for outliers and what has no prediction."""

    @property
    def distance_km(self) -> float:
        """Horizontal separation."""
        return float(np.hypot(self.north_km, self.east_km))

    @property
    def azimuth_deg(self) -> float:
        """Direction of the second event from the first, clockwise from north."""
        return float(np.degrees(np.arctan2(self.east_km, self.north_km)) % 360.0 % 360.0)


def time_differences(
    first: Sequence[Detection],
    second: Sequence[Detection],
    stations: Inventory | Mapping[str, Station],
    *,
    default_sigma_s: float = 0.1,
) -> tuple[TimeDifference, ...]:
    """Pair the arrivals of two events by station and phase.

    Parameters
    ----------
    first, second : sequence of Detection
        Named arrivals of each event; of several with one name the earliest counts.
    stations : Inventory or mapping of code to Station
        Positions; arrivals of other stations are left out.
    default_sigma_s : float
        Standard error of an arrival that states none.
    """
    earlier = {(d.station, d.phase): d for d in sorted(first, key=lambda d: -d.time_ns) if d.phase}
    later = {(d.station, d.phase): d for d in sorted(second, key=lambda d: -d.time_ns) if d.phase}
    pairs = []
    for key in sorted(earlier.keys() & later.keys(), key=str):
        a, b = earlier[key], later[key]
        position = position_of(a, stations)
        if position is None:
            continue
        sigma_s = np.hypot(a.time_sigma_s or default_sigma_s, b.time_sigma_s or default_sigma_s)
        pairs.append(
            TimeDifference(
                station=a.station,
                phase=str(a.phase),
                latitude=position.latitude,
                longitude=position.longitude,
                elevation_m=position.elevation_m,
                difference_s=(b.time_ns - a.time_ns) / NS_PER_S,
                sigma_s=float(sigma_s),
            )
        )
    return tuple(pairs)


def relative_location(
    differences: Sequence[TimeDifference],
    first: Hypocentre,
    predictor: Predictor,
    *,
    solve_depth: bool = False,
) -> RelativeLocation:
    """Locate the second of two neighbouring events from the first.

    Parameters
    ----------
    differences : sequence of TimeDifference
        Of common phases at common stations, n of them.
    first : Hypocentre
        Where the first event is taken to lie. An error of tens of kilometres there
        matters little: it turns the slowness vectors by less than a degree per 1 % of the
        distance to the stations.
    predictor : Predictor
        Earth model.
    solve_depth : bool
        Solve for the difference of depth too; held at zero otherwise, as first arrivals of
        like take-off angle cannot tell it from time.

    Raises
    ------
    LocationError
        Fewer differences than unknowns, or stations all in one direction.
    """
    free = np.array([True, True, solve_depth, True])
    system = _System(differences, first, predictor)
    if system.exists.sum() < free.sum():
        raise _too_few(int(system.exists.sum()), int(free.sum()))
    shift = _robust(system, free)
    used = _consistent(system, shift, int(free.sum()))
    shift = _least_squares(system, shift, free, used)
    used = _consistent(system, shift, int(free.sum())) & used
    shift = _least_squares(system, shift, free, used)
    residual, matrix = system.at(shift)
    covariance = _covariance(
        matrix[used][:, free] / system.sigma_s[used, None],
        residual[used] / system.sigma_s[used],
        free,
    )
    north, east, down, later = (float(x) for x in shift)
    return RelativeLocation(north, east, down, later, covariance, residual, used)


class _System:
    """Residuals and derivatives of all differences for any separation."""

    def __init__(
        self, differences: Sequence[TimeDifference], first: Hypocentre, predictor: Predictor
    ) -> None:
        self._predictor = predictor
        self._first = Trial(*first, 0.0)
        self._phases = tuple(d.phase for d in differences)
        self._sites = Sites(
            np.array([d.latitude for d in differences]),
            np.array([d.longitude for d in differences]),
            np.array([d.elevation_m for d in differences]),
            tuple(d.station for d in differences),
        )
        self.observed_s = np.array([d.difference_s for d in differences], dtype=np.float64)
        self.sigma_s = np.array([d.sigma_s for d in differences], dtype=np.float64)
        self._base = predictor.predict(self._phases, first, self._sites)
        self.exists: BoolArray = np.isfinite(self._base.time_s)

    def at(self, shift: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return residuals, shape (n,), and derivatives, shape (n, 4)."""
        second = self._first.moved(shift)
        there = self._predictor.predict(self._phases, second.hypocentre, self._sites)
        k = km_per_deg(second.latitude)
        esaz = np.radians(there.esaz_deg)
        matrix = np.column_stack(
            [
                -there.slowness_s_per_deg * np.cos(esaz) / k,
                -there.slowness_s_per_deg * np.sin(esaz) / k,
                there.dt_ddepth_s_per_km,
                np.ones(len(esaz)),
            ]
        )
        return self.observed_s - shift[3] - (there.time_s - self._base.time_s), matrix


def _robust(system: _System, free: BoolArray) -> FloatArray:
    """Reweight until the step is below a metre; the scale follows the median residual."""
    shift = np.zeros(4)
    shift[3] = float(np.median(system.observed_s[system.exists]))
    for _ in range(40):
        residual, matrix = system.at(shift)
        seen = np.isfinite(residual)
        standard = residual[seen] / system.sigma_s[seen]
        scale = max(1.0, 1.4826 * float(np.median(np.abs(standard))))
        weight = np.sqrt(1.0 / (1.0 + (standard / scale) ** 2 / STUDENT_DOF)) / system.sigma_s[seen]
        step = _step(matrix[seen] * weight[:, None], residual[seen] * weight, free)
        shift = shift + step
        if np.abs(step).max() < 1e-3:
            break
    return shift


def _consistent(system: _System, shift: FloatArray, n_free: int) -> BoolArray:
    """Tell which differences fit, given how well the better half of them does."""
    residual, _ = system.at(shift)
    standard = np.abs(residual / system.sigma_s)
    seen = np.isfinite(standard)
    # With few degrees of freedom the median of residuals is too small by this much.
    lost = np.sqrt(seen.sum() / max(seen.sum() - n_free, 1))
    scale = max(1.0, 1.4826 * float(np.median(standard[seen])) * lost)
    fits: BoolArray = seen & (standard <= BIG_RESIDUAL * scale)
    return fits if fits.sum() >= n_free else seen


def _least_squares(
    system: _System, shift: FloatArray, free: BoolArray, used: BoolArray
) -> FloatArray:
    for _ in range(10):
        residual, matrix = system.at(shift)
        weight = 1.0 / system.sigma_s[used]
        step = _step(matrix[used] * weight[:, None], residual[used] * weight, free)
        shift = shift + step
        if np.abs(step).max() < 1e-6:
            break
    return shift


def _step(matrix: FloatArray, target: FloatArray, free: BoolArray) -> FloatArray:
    solution, _, rank, _ = np.linalg.lstsq(matrix[:, free], target, rcond=1e-8)
    if rank < free.sum():
        raise _too_few(int(rank), int(free.sum()))
    step = np.zeros(4)
    step[free] = solution
    return step


def _covariance(matrix: FloatArray, standard: FloatArray, free: BoolArray) -> FloatArray:
    dof = K_STATED + len(standard) - int(free.sum())
    variance = (K_STATED + float(standard @ standard)) / dof
    covariance = np.zeros((4, 4))
    covariance[np.ix_(free, free)] = variance * np.linalg.inv(matrix.T @ matrix)
    return covariance


def _too_few(found: int, needed: int) -> LocationError:
    return LocationError(
        event="pair",
        reason=f"{found} independent time differences for {needed} unknowns",
        remedy="Give more common stations, spread around the events.",
    )
