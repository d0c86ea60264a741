"""Locate an event of which some arrivals came through the sea.

What it computes: the origin of ``vigie.network.location`` with one predictor of ground and open sea
for the month of the arrivals. Paths that are blocked from everywhere within the 90 % ellipse (its
centre and eight points of its rim) are left out, told in a warning and listed as non-defining
(``blocked_path``); the event is then located without them, until none is left. An event with an H
is in the water: where the depth is not asked for, it is held at the surface. T carries the error
of where it enters the water (10 s, ``vigie.earth.ocean``), so it supports more than it sharpens.

Assumptions: those of the ocean (``vigie.earth.ocean``) and of the locator. Accuracy: see
``docs/methods/hydro_association.md``. Cost: 0.1 ms for each path and
trial origin; 0.5 s once for each month.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import Hypocentre
from vigie.errors import LocationError
from vigie.geodesy import angle_difference_deg, destination, position_text
from vigie.network.hydro.params import HydroParams
from vigie.network.hydro.phases import WATER
from vigie.network.hydro.readings import sites_of
from vigie.network.hydro.sea import BLOCKED_FROM
from vigie.network.location import LocateParams, locate
from vigie.records import NS_PER_S, Association
from vigie.stations.lookup import find_station

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from vigie.earth.base import Predictor
    from vigie.network.hydro.sea import Seas
    from vigie.records import Detection, Inventory, Origin, Station

    FloatArray = NDArray[np.float64]

BLOCKED = "blocked_path"
"""Reason of an arrival whose path is blocked."""
OTHER = "other_path"
"""Reason of an O, whose path its name does not tell."""
RIM = 8
"""Points of the rim of the ellipse from which a path is looked at."""
USUAL = HydroParams()
ROUNDS = 4
"""Of locations without blocked paths."""


def with_usual_errors(d: Detection) -> Detection:
    """Return an H or T with the errors of readings that it does not state: those of the search.

    The locator's own are of onsets of P and S: far too sharp for the spindle of a T.
    """
    phase = (d.phase or "").strip()
    if phase not in ("H", "T"):
        return d
    usual_s = USUAL.t_sigma_s if phase == "T" else USUAL.h_sigma_s
    return replace(
        d,
        time_sigma_s=d.time_sigma_s or usual_s,
        azimuth_deg_sigma=d.azimuth_deg_sigma or USUAL.azimuth_sigma_deg,
    )


def has_water_phases(detections: Iterable[Detection]) -> bool:
    """Tell whether any arrival is an H, T or O."""
    return any((d.phase or "").strip() in WATER for d in detections)


def locate_in_water(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory,
    earth: tuple[Predictor, Seas],
    params: LocateParams | None = None,
    *,
    start: Hypocentre | None = None,
) -> Origin:
    """Locate an event by its arrivals through ground and sea.

    Parameters
    ----------
    event_id, detections, stations, params, start
        As ``vigie.network.location.locate`` takes them.
    earth : tuple of Predictor and Seas
        What the ground and the sea do.

    Raises
    ------
    LocationError
        Too few usable observations, or they resolve no place.
    """
    ground, seas = earth
    time_ns = min(d.time_ns for d in detections)
    predictor = seas.with_ground(ground, time_ns)
    asked = params or LocateParams()
    # O names no path: a late arrival, or something else in the water.
    others = [d for d in detections if (d.phase or "").strip() == "O"]
    kept = [with_usual_errors(d) for d in detections if (d.phase or "").strip() != "O"]
    blocked: list[Detection] = []
    for _ in range(ROUNDS):
        origin = _located((event_id, kept, stations, predictor), asked, start, blocked)
        shut = blocked_rows(origin, kept, stations, seas, time_ns)
        if not shut:
            break
        blocked += [kept[i] for i in shut]
        kept = [d for i, d in enumerate(kept) if i not in shut]
    origin = _with_unused(origin, others, OTHER, stations, predictor)
    origin = _with_unused(origin, blocked, BLOCKED, stations, predictor)
    return with_warnings(origin, blocked, stations, seas)


def _located(
    event: tuple[str, list[Detection], Inventory, Predictor],
    asked: LocateParams,
    start: Hypocentre | None,
    blocked: list[Detection],
) -> Origin:
    detections = event[1]
    in_water = any((d.phase or "").strip() == "H" for d in detections)
    held = in_water and asked.depth in ("auto", "default")
    params = replace(asked, depth=0.0) if held else asked
    try:
        origin = locate(*event, params, start=start)
    except LocationError as error:
        if not blocked:
            raise
        names = ", ".join(f"{d.phase} at {d.station}" for d in blocked)
        raise LocationError(
            event=error.params["event"],
            reason=f"{error.params['reason']} (the paths of {names} are blocked and left out)",
            remedy=error.params["remedy"],
        ) from None
    return replace(origin, depth_reason="surface") if held else origin


def blocked_rows(
    origin: Origin,
    detections: list[Detection],
    stations: Inventory,
    seas: Seas,
    time_ns: int,
) -> set[int]:
    """Return which arrivals have paths that are blocked from all of the 90 % ellipse."""
    places = points_around(origin)
    found: set[int] = set()
    for phase in ("H", "T"):
        rows = [
            (i, station)
            for i, d in enumerate(detections)
            if (d.phase or "").strip() == phase
            and (station := find_station(stations, d.station, d.time_ns)) is not None
        ]
        if rows:
            sites = sites_of([s for _, s in rows])
            least = seas.blockage(phase, places, sites, time_ns).min(axis=0)
            found |= {rows[k][0] for k in np.flatnonzero(least >= BLOCKED_FROM)}
    return found


def points_around(origin: Origin) -> tuple[FloatArray, FloatArray]:
    """Return latitudes and longitudes of an origin and of the rim of its 90 % ellipse."""
    latitude, longitude = np.array([origin.latitude]), np.array([origin.longitude])
    ellipse = origin.ellipse
    if ellipse is None:
        return latitude, longitude
    turn = np.arange(RIM) * 2.0 * np.pi / RIM
    along, across = ellipse.semi_major_km * np.cos(turn), ellipse.semi_minor_km * np.sin(turn)
    azimuth = ellipse.strike_deg + np.degrees(np.arctan2(across, along))
    rim = destination(
        origin.latitude,
        origin.longitude,
        azimuth,
        np.minimum(np.hypot(along, across) / 111.2, 90.0),
    )
    return np.concatenate([latitude, rim[0]]), np.concatenate([longitude, rim[1]])


def _with_unused(
    origin: Origin,
    detections: list[Detection],
    reason: str,
    stations: Inventory,
    predictor: Predictor,
) -> Origin:
    """Return the origin with arrivals that do not define it."""
    more = [
        association_at(origin, (d, station), predictor, reason)
        for d in detections
        if (station := find_station(stations, d.station, d.time_ns)) is not None
    ]
    return replace(origin, associations=(*origin.associations, *more))


def with_warnings(
    origin: Origin, blocked: list[Detection], stations: Inventory, seas: Seas
) -> Origin:
    """Return the origin with a warning of each blocked arrival."""
    place = origin.latitude, origin.longitude
    warnings = []
    for d in blocked:
        station = find_station(stations, d.station, d.time_ns)
        if station is None:
            continue
        where = seas.blocking_place(d.phase or "H", place, sites_of([station]), d.time_ns)
        at = f" near {position_text(*where, 1)}" if np.isfinite(where).all() else ""
        warnings.append(
            f"{d.phase} at {d.station} is left out: land or the sea floor blocks its path{at}"
        )
    return replace(origin, warnings=(*origin.warnings, *warnings))


def association_at(
    origin: Origin, pair: tuple[Detection, Station], predictor: Predictor, reason: str = ""
) -> Association:
    """Return the association of an arrival through the sea; one with a reason does not define."""
    d, station = pair
    phase = (d.phase or "H").strip()
    place = Hypocentre(origin.latitude, origin.longitude, origin.depth_km or 0.0)
    found = predictor.predict([phase], place, sites_of([station]))
    time_s, seaz = float(found.time_s[0]), float(found.seaz_deg[0])
    told = bool(np.isfinite(time_s))
    used = told and not reason
    later_s = (d.time_ns - origin.time_ns) / NS_PER_S
    off = None if d.azimuth_deg is None else float(angle_difference_deg(d.azimuth_deg, seaz))
    error_s = float(np.hypot(d.time_sigma_s or 0.0, found.time_sigma_s[0]))
    return Association(
        detection_id=d.id,
        station=d.station,
        phase=phase,
        delta_deg=float(found.delta_deg[0]) if told else None,
        seaz_deg=seaz if told else None,
        esaz_deg=float(found.esaz_deg[0]) if told else None,
        time_residual_s=later_s - time_s if told else None,
        azimuth_residual_deg=off if told else None,
        time_defining=used,
        azimuth_defining=used and off is not None,
        weight=1.0 if used else 0.0,
        time_error_s=error_s if used else None,
        reason=reason,
    )
