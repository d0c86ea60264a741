"""Infrasound with arrivals through the sea that alone place nothing: all in one posterior.

What it computes: the posterior of infrasound with a factor for each H and T, and for each first P
or S (``vigie.network.infrasound.few_times``). Assumptions: errors of these arrivals are
independent. Cost: that of a location by infrasound, and 0.3 s for each hydroacoustic station.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.network.hydro.evidence import SeaArrival, slowness_field
from vigie.network.hydro.locate import BLOCKED, association_at, blocked_rows, with_warnings
from vigie.network.hydro.params import HydroParams
from vigie.network.hydro.phases import WATER
from vigie.network.infrasound.few_times import locate_with_times
from vigie.network.location.gaps import azimuthal_gap_deg, secondary_gap_deg
from vigie.stations.lookup import find_station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.network.hydro.events import Surroundings
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.infrasound.params import SoundLocateParams
    from vigie.records import Association, Detection, Origin, Station


def locate_with_sound(
    event_id: str,
    sound: Sequence[Detection],
    others: Sequence[Detection],
    around: Surroundings,
    how: tuple[Atmosphere, SoundLocateParams],
) -> Origin:
    """Locate by infrasound, arrivals through the sea, and the first P and S of some stations.

    Parameters
    ----------
    event_id : str
        Names the origin.
    sound, others : sequence of Detection
        Infrasound arrivals, and all others under their phases.
    around : Surroundings
    how : tuple of Atmosphere and SoundLocateParams

    Raises
    ------
    LocationError
        Too few usable observations, or no place explains them.
    """
    ground = [d for d in others if d.phase not in WATER]
    sea = [
        (d, station)
        for d in others
        if d.phase in ("H", "T")
        and (station := find_station(around.stations, d.station, d.time_ns)) is not None
    ]
    origin = _located(event_id, (sound, ground, sea), around, how)
    time_ns = origin.time_ns
    shut = blocked_rows(origin, [d for d, _ in sea], around.stations, around.seas, time_ns)
    blocked = [pair for i, pair in enumerate(sea) if i in shut]
    if blocked:
        sea = [pair for i, pair in enumerate(sea) if i not in shut]
        origin = _located(event_id, (sound, ground, sea), around, how)
    predictor = around.seas.with_ground(around.ground, time_ns)
    used = [association_at(origin, pair, predictor) for pair in sea]
    left = [association_at(origin, pair, predictor, BLOCKED) for pair in blocked]
    origin = _with_associations(origin, (*used, *left))
    if sea:
        origin = replace(origin, model=f"{around.seas.at(time_ns).name}+{origin.model}")
    return with_warnings(origin, [d for d, _ in blocked], around.stations, around.seas)


def _located(
    event_id: str,
    arrivals: tuple[Sequence[Detection], list[Detection], list[tuple[Detection, Station]]],
    around: Surroundings,
    how: tuple[Atmosphere, SoundLocateParams],
) -> Origin:
    sound, ground, sea = arrivals
    params = HydroParams()
    fields = [slowness_field(around.seas, d.phase or "H", s, d.time_ns) for d, s in sea]

    def evidence(reference_ns: int) -> tuple[SeaArrival, ...]:
        return tuple(
            SeaArrival(d, s, field, reference_ns, params)
            for (d, s), field in zip(sea, fields, strict=True)
        )

    return locate_with_times(
        event_id, (sound, ground), around.stations, around.ground, how, more=evidence
    )


def _with_associations(origin: Origin, more: tuple[Association, ...]) -> Origin:
    """Return the origin with further associations counted in."""
    associations = (*origin.associations, *more)
    azimuths = {a.station: a.esaz_deg or 0.0 for a in associations if a.defining}
    deltas = [a.delta_deg for a in associations if a.defining and a.delta_deg is not None]
    return replace(
        origin,
        associations=associations,
        n_defining=(origin.n_defining or 0)
        + sum(a.time_defining + a.azimuth_defining for a in more),
        n_stations=len(azimuths),
        gap_deg=azimuthal_gap_deg(list(azimuths.values())),
        secondary_gap_deg=secondary_gap_deg(azimuths),
        min_distance_deg=min(deltas, default=None),
        max_distance_deg=max(deltas, default=None),
    )
