"""Sound with a few seismic times that alone place nothing: all in one posterior.

What it computes: the posterior of ``posterior`` with a normal factor for each first P or S, of
travel times along distance for a source at the surface. Assumptions: errors of these times are
independent (they are few). Cost: as that of a location by sound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import distance_azimuths, unit_vectors
from vigie.network.infrasound.evidence import SeismicTime
from vigie.network.infrasound.locate import METHOD, locate_by_sound
from vigie.network.location.doubles import SAME_ONSET, repetition_notice, stand_ins_of
from vigie.network.location.gaps import azimuthal_gap_deg, secondary_gap_deg
from vigie.network.location.start import profile_of
from vigie.records import NS_PER_S, Association
from vigie.stations.lookup import find_station

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from vigie.earth.base import Predictor
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.infrasound.evidence import Evidence
    from vigie.network.infrasound.params import SoundLocateParams
    from vigie.records import Detection, Inventory, Origin, Station

FIRST_PHASES = frozenset({"P", "Pn", "Pg", "S", "Sn", "Sg", "Lg"})
"""Phases that come first, or so near it that the error of a first arrival holds them."""
READING_SIGMA_S = 1.0
"""Standard error of a time that states none."""
MODEL_SIGMA_S = {"P": 1.5, "S": 3.0, "L": 5.0}
"""Of travel times, as large as those of regional phases: chosen."""


def locate_with_times(
    event_id: str,
    arrivals: tuple[Sequence[Detection], Sequence[Detection]],
    stations: Inventory,
    predictor: Predictor,
    how: tuple[Atmosphere, SoundLocateParams],
    more: Callable[[int], tuple[Evidence, ...]] | None = None,
) -> Origin:
    """Locate by sound and the first P and S of some stations.

    Parameters
    ----------
    event_id : str
        Names the origin.
    arrivals : two sequences of Detection
        Infrasound arrivals, and seismic ones under their phases; other phases tell too little.
    stations : Inventory
    predictor : Predictor
        Of seismic travel times.
    how : tuple of Atmosphere and SoundLocateParams
    more : callable, optional
        Given the time from which others count, returns further evidence.

    Raises
    ------
    LocationError
        Too few usable observations, or no place explains them.
    """
    sound, seismic = arrivals
    placed = [
        (d, station)
        for d in seismic
        if (d.phase or "") in FIRST_PHASES
        and (station := find_station(stations, d.station, d.time_ns)) is not None
    ]
    again = stand_ins_of([d for d, _ in placed])
    usable = [pair for i, pair in enumerate(placed) if i not in again]

    def times(reference_ns: int) -> tuple[Evidence, ...]:
        made = (_time_of(d, station, predictor, reference_ns) for d, station in usable)
        own = tuple(one for one in made if one is not None)
        return own if more is None else (*own, *more(reference_ns))

    found = locate_by_sound(event_id, sound, stations, *how, evidence=times)
    origin = _with_times(found.origin, placed, again, predictor)
    if not again:
        return origin
    repeated = [placed[i][0] for i in sorted(again)]
    notice = repetition_notice(repeated, [d.phase or "" for d in repeated])
    return replace(origin, warnings=(*origin.warnings, notice))


def _time_of(
    d: Detection, station: Station, predictor: Predictor, reference_ns: int
) -> SeismicTime | None:
    kind = (d.phase or "P")[0]
    delta, travel, _ = profile_of(predictor, "P" if kind == "P" else "S", 0.0)
    if not len(delta):
        return None
    return SeismicTime(
        unit_vectors(station.latitude, station.longitude),
        (d.time_ns - reference_ns) / NS_PER_S,
        float(np.hypot(d.time_sigma_s or READING_SIGMA_S, MODEL_SIGMA_S[kind])),
        delta,
        travel,
    )


def _with_times(
    origin: Origin,
    placed: list[tuple[Detection, Station]],
    again: Collection[int],
    predictor: Predictor,
) -> Origin:
    """Return the origin with the times; those of rows ``again`` repeat another."""
    more = [
        _association(origin, pair, predictor, repeats=i in again) for i, pair in enumerate(placed)
    ]
    associations = (*more, *origin.associations)
    azimuths = {a.station: a.esaz_deg or 0.0 for a in associations if a.defining}
    deltas = [a.delta_deg for a in associations if a.defining and a.delta_deg is not None]
    return replace(
        origin,
        associations=associations,
        n_defining=(origin.n_defining or 0) + sum(a.time_defining for a in more),
        n_stations=len(azimuths),
        gap_deg=azimuthal_gap_deg(list(azimuths.values())),
        secondary_gap_deg=secondary_gap_deg(azimuths),
        min_distance_deg=min(deltas, default=None),
        max_distance_deg=max(deltas, default=None),
        method=METHOD,
        model=f"{predictor.name}+{origin.model}",
    )


def _association(
    origin: Origin, pair: tuple[Detection, Station], predictor: Predictor, *, repeats: bool
) -> Association:
    d, station = pair
    known = _time_of(d, station, predictor, origin.time_ns)
    delta, esaz, seaz = distance_azimuths(
        origin.latitude, origin.longitude, station.latitude, station.longitude
    )
    place = unit_vectors(origin.latitude, origin.longitude)
    missing = "no_such_phase_there" if known is None else ""
    return Association(
        detection_id=d.id,
        station=d.station,
        phase=d.phase or "P",
        delta_deg=float(delta),
        esaz_deg=float(esaz),
        seaz_deg=float(seaz),
        time_residual_s=None if known is None else known.residual_s(place, 0.0),
        time_defining=known is not None and not repeats,
        time_error_s=None if known is None else known.sigma_s,
        reason=SAME_ONSET if repeats else missing,
    )
