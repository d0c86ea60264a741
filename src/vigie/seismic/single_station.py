"""Location from one station: distance from S minus P, direction from the azimuth.

The distance solves t_S(delta) - t_P(delta) = observed, with the first arriving P and S of the
predictor at a fixed depth, and errors follow by linear propagation: with slownesses p_S, p_P,
d(delta) = (d t_S - d t_P) / (p_S - p_P). Of several solutions (crossings of branches) the
nearest is taken. Where S may be another phase (``s_rivals``: Lg), the distance that the other
would give widens the errors as an answer of equal chance.

Assumes that both detections are the first P and first S of one source at the given depth.
Accuracy: given exact times, 0.01 deg; the errors of readings and model dominate.
Cost: 5 ms.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth.base import Hypocentre, Sites
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, destination
from vigie.records import Association, Ellipse, EllipseKind, Origin
from vigie.records.time import add_seconds, seconds_between

if TYPE_CHECKING:
    from vigie.earth.base import Predictions, Predictor
    from vigie.records import Detection, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStationParams:
    """What is assumed, and how far is searched."""

    depth_km: float = 0.0
    p_phases: tuple[str, ...] = ("Pg", "Pn", "P")
    s_phases: tuple[str, ...] = ("Sg", "Sn", "S")
    s_rivals: tuple[str, ...] = ()
    """What S may be as well, with an even chance."""
    max_delta_deg: float = 90.0
    model_sigma_s: float = 2.0
    """Standard error of S - P in the model, where the predictor states none."""
    default_azimuth_sigma_deg: float = 20.0
    """Of a measured azimuth without a stated one (3-C practice)."""
    confidence: float = 0.9


DEFAULT_SINGLE_STATION = SingleStationParams()


def locate_single_station(
    p: Detection,
    s: Detection,
    station: Station,
    predictor: Predictor,
    params: SingleStationParams = DEFAULT_SINGLE_STATION,
) -> Origin:
    """Locate a source from its P, its S and an azimuth at one station.

    Parameters
    ----------
    p, s : Detection
        First P and first S; the azimuth is that of P, or else of S.
    station : Station
        Where they were recorded.
    predictor : Predictor
        Travel times.
    params : SingleStationParams
        Depth and limits.

    Returns
    -------
    Origin
        With covariance and a coverage ellipse; the depth is fixed.

    Raises
    ------
    LocationError
        No azimuth, S not after P, or no distance with this S - P time.
    """
    azimuth_deg, azimuth_sigma_deg = _azimuth(p, s, params)
    times = _TimesAlong(station, azimuth_deg, predictor, params)
    observed_s = seconds_between(s.time_ns, p.time_ns)
    delta = _solve(times, observed_s, params, p.id)
    first_p, first_s = times.first(delta, params.p_phases), times.first(delta, params.s_phases)
    variances = _widened(
        _covariance(p, s, (first_p, first_s), params),
        _rival_departure(times, observed_s, delta, params, p.id),
        first_p.slowness_s_per_deg,
    )
    latitude, longitude = destination(station.latitude, station.longitude, azimuth_deg, delta)
    along_km = math.sqrt(variances[0]) * KM_PER_DEG
    across_km = _across_km(azimuth_sigma_deg, delta)
    # The direction of the great circle turns on its way; here it counts at the source.
    _, bearing = times.bearing(delta)
    return Origin(
        id=f"{p.id}/{s.id}",
        time_ns=add_seconds(p.time_ns, -first_p.time_s),
        latitude=float(latitude),
        longitude=float(longitude),
        depth_km=params.depth_km,
        depth_fixed=True,
        depth_reason="default",
        time_sigma_s=math.sqrt(variances[1]),
        covariance=_matrix(along_km, across_km, bearing, variances),
        ellipses=(_ellipse(along_km, across_km, bearing, params.confidence),),
        n_stations=1,
        n_defining=3,
        min_distance_deg=delta,
        max_distance_deg=delta,
        associations=tuple(
            Association(
                detection_id=d.id,
                station=station.code,
                phase=first.phase,
                delta_deg=delta,
                seaz_deg=azimuth_deg,
                esaz_deg=(bearing + 180.0) % 360.0,
                time_residual_s=0.0,
                slowness_residual_s_per_deg=None
                if d.slowness_s_per_deg is None
                else d.slowness_s_per_deg - first.slowness_s_per_deg,
                time_defining=True,
                azimuth_defining=d is (p if p.azimuth_deg is not None else s),
            )
            for d, first in ((p, first_p), (s, first_s))
        ),
        method="single station: S-P and azimuth",
        model=predictor.name,
    )


def _azimuth(p: Detection, s: Detection, params: SingleStationParams) -> tuple[float, float]:
    """Return the azimuth of P, or else of S, with its standard error."""
    measured = p if p.azimuth_deg is not None else s
    if measured.azimuth_deg is None:
        raise LocationError(
            event=p.id,
            reason="neither P nor S has an azimuth",
            remedy="Three components with known orientation, or an array, give one.",
        )
    return measured.azimuth_deg, measured.azimuth_deg_sigma or params.default_azimuth_sigma_deg


def _across_km(azimuth_sigma_deg: float, delta_deg: float) -> float:
    """Return the standard error across the path; beyond 90 deg an azimuth tells nothing more."""
    turn = math.radians(min(azimuth_sigma_deg, 90.0)) * math.sin(math.radians(delta_deg))
    return turn * math.degrees(KM_PER_DEG)


class _First(NamedTuple):
    """First of some phases; NaN where there is none."""

    phase: str
    time_s: float
    slowness_s_per_deg: float
    sigma_s: float
    """Model error."""


class _TimesAlong:
    """First arrivals from sources along one azimuth from the station."""

    def __init__(
        self,
        station: Station,
        azimuth_deg: float,
        predictor: Predictor,
        params: SingleStationParams,
    ) -> None:
        self._station, self._azimuth_deg = station, azimuth_deg
        self._predictor, self._params = predictor, params

    def by(self, s_phases: tuple[str, ...]) -> _TimesAlong:
        """Return the same where S is another phase."""
        params = replace(self._params, s_phases=s_phases)
        return _TimesAlong(self._station, self._azimuth_deg, self._predictor, params)

    def first(self, delta_deg: float, phases: tuple[str, ...]) -> _First:
        """Return the first of some phases."""
        found = self._predict(delta_deg, phases)
        if np.isnan(found.time_s).all():
            return _First("", math.nan, math.nan, math.nan)
        best = int(np.nanargmin(found.time_s))
        return _First(
            phases[best],
            float(found.time_s[best]),
            float(found.slowness_s_per_deg[best]),
            float(found.time_sigma_s[best]),
        )

    def difference(self, delta_deg: float) -> float:
        """Return first S minus first P, s."""
        return (
            self.first(delta_deg, self._params.s_phases).time_s
            - self.first(delta_deg, self._params.p_phases).time_s
        )

    def bearing(self, delta_deg: float) -> tuple[float, float]:
        """Return distance and the azimuth of the path at the source, away from the station."""
        found = self._predict(delta_deg, self._params.p_phases)
        finite = np.isfinite(found.esaz_deg)
        return delta_deg, float(found.esaz_deg[finite][0]) + 180.0

    def _predict(self, delta_deg: float, phases: tuple[str, ...]) -> Predictions:
        latitude, longitude = destination(
            self._station.latitude, self._station.longitude, self._azimuth_deg, delta_deg
        )
        n = len(phases)
        sites = Sites(
            np.full(n, self._station.latitude),
            np.full(n, self._station.longitude),
            np.full(n, self._station.elevation_m),
            (self._station.code,) * n,
        )
        source = Hypocentre(float(latitude), float(longitude), self._params.depth_km)
        return self._predictor.predict(phases, source, sites)


def _solve(times: _TimesAlong, observed_s: float, params: SingleStationParams, event: str) -> float:
    from scipy.optimize import brentq

    grid = np.concatenate([[0.02], np.arange(0.25, params.max_delta_deg + 1e-9, 0.25)])
    before = math.nan
    for low, high in itertools.pairwise(grid):
        if math.isnan(before):
            before = times.difference(float(low)) - observed_s
        after = times.difference(float(high)) - observed_s
        if before <= 0.0 <= after:
            found = brentq(
                lambda d: times.difference(d) - observed_s, float(low), float(high), xtol=1e-6
            )
            return float(found)
        before = after
    raise LocationError(
        event=event,
        reason=f"no distance up to {params.max_delta_deg:g} deg has S - P = {observed_s:.1f} s",
        remedy="Check that the two detections are P and S of one source.",
    )


def _covariance(
    p: Detection,
    s: Detection,
    first: tuple[_First, _First],
    params: SingleStationParams,
) -> tuple[float, float, float]:
    """Variances of distance (deg^2) and origin time (s^2), and their covariance."""
    slowness = [f.slowness_s_per_deg for f in first]
    model_s = [
        f.sigma_s if math.isfinite(f.sigma_s) else params.model_sigma_s / math.sqrt(2.0)
        for f in first
    ]
    var_p = (p.time_sigma_s or 0.5) ** 2 + model_s[0] ** 2
    var_s = (s.time_sigma_s or 1.0) ** 2 + model_s[1] ** 2
    k = 1.0 / (slowness[1] - slowness[0])
    by_p = 1.0 + slowness[0] * k
    by_s = -slowness[0] * k
    return (
        k**2 * (var_p + var_s),
        by_p**2 * var_p + by_s**2 * var_s,
        -k * by_p * var_p + k * by_s * var_s,
    )


def _rival_departure(
    times: _TimesAlong, observed_s: float, delta: float, params: SingleStationParams, event: str
) -> float:
    """Return how much farther or nearer it was if S is another phase, deg; 0 where none can be."""
    if not params.s_rivals:
        return 0.0
    try:
        return _solve(times.by(params.s_rivals), observed_s, params, event) - delta
    except LocationError:
        return 0.0


def _widened(
    variances: tuple[float, float, float], departure_deg: float, p_slowness: float
) -> tuple[float, float, float]:
    """Add an answer of equal chance: as mean squares about the reported place."""
    distance, time_s = departure_deg, -p_slowness * departure_deg
    var_distance, var_time, both = variances
    return (
        var_distance + 0.5 * distance**2,
        var_time + 0.5 * time_s**2,
        both + 0.5 * distance * time_s,
    )


def _matrix(
    along_km: float, across_km: float, bearing_deg: float, variances: tuple[float, float, float]
) -> tuple[tuple[float, ...], ...]:
    """4 x 4 covariance: north, east, depth, time."""
    north, east = math.cos(math.radians(bearing_deg)), math.sin(math.radians(bearing_deg))
    nn = (along_km * north) ** 2 + (across_km * east) ** 2
    ee = (along_km * east) ** 2 + (across_km * north) ** 2
    ne = (along_km**2 - across_km**2) * north * east
    with_time = variances[2] * KM_PER_DEG
    nt, et = with_time * north, with_time * east
    return (
        (nn, ne, 0.0, nt),
        (ne, ee, 0.0, et),
        (0.0, 0.0, 0.0, 0.0),
        (nt, et, 0.0, variances[1]),
    )


def _ellipse(along_km: float, across_km: float, bearing_deg: float, confidence: float) -> Ellipse:
    # The quantile of chi-square with 2 degrees of freedom in closed form.
    scale = math.sqrt(-2.0 * math.log(1.0 - confidence))
    along_is_major = along_km >= across_km
    strike = bearing_deg if along_is_major else bearing_deg + 90.0
    return Ellipse(
        kind=EllipseKind.COVERAGE,
        confidence=confidence,
        semi_major_km=scale * max(along_km, across_km),
        semi_minor_km=scale * min(along_km, across_km),
        strike_deg=strike % 180.0,
    )
