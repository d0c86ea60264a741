"""Late arrivals of an event: sound that came by way of a slope, a seamount, an island.

They are grouped with the event, never a second event: up to 15 minutes behind its direct H at a
station, from another direction, where the excess path meets a reflector (``vigie.earth.ocean``).
They are named O, other phases in the water, and locate nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.records import NS_PER_S, Association

if TYPE_CHECKING:
    from vigie.network.hydro.readings import HydroReadings
    from vigie.network.hydro.sea import Seas
    from vigie.records import Event, Origin

LATE = "late_arrival"
"""Reason of an arrival by way of a reflector."""


def with_late(event: Event, readings: HydroReadings, seas: Seas) -> tuple[Event, HydroReadings]:
    """Return an event with its late arrivals, and the arrivals left."""
    origin = event.origin
    if origin is None:
        return event, readings
    number = {d.id: k for k, d in enumerate(readings.detections)}
    found: dict[int, Association] = {}
    for a in origin.associations:
        if a.phase == "H" and a.time_defining and a.detection_id in number:
            found |= _late(origin, number[a.detection_id], readings, seas)
    if not found:
        return event, readings
    more = replace(origin, associations=(*origin.associations, *found.values()))
    named = [readings.detections[k].with_phase("O") for k in sorted(found)]
    event = replace(
        event,
        origins=tuple(more if o.id == origin.id else o for o in event.origins),
        detections=(*event.detections, *named),
    )
    return event, readings.without(sorted(found))


def _late(
    origin: Origin, direct: int, readings: HydroReadings, seas: Seas
) -> dict[int, Association]:
    from vigie.earth.ocean import DirectArrival, late_arrivals  # deferred: grids, kernels

    own = int(readings.station[direct])
    station = readings.stations[own]
    rows = {
        d.id: k
        for k, d in enumerate(readings.detections)
        if readings.free[k] and readings.station[k] == own and readings.h_gain[k] > -1e9
    }
    time_ns = readings.detections[direct].time_ns
    arrival = DirectArrival(
        source=(origin.latitude, origin.longitude),
        station=(station.latitude, station.longitude),
        time_ns=time_ns,
        travel_time_s=(time_ns - origin.time_ns) / NS_PER_S,
    )
    if not arrival.travel_time_s > 0.0:
        return {}
    finder = seas.at(time_ns).finder
    late = late_arrivals(arrival, [readings.detections[k] for k in rows.values()], finder)
    return {
        rows[one.detection_id]: Association(
            detection_id=one.detection_id,
            station=readings.detections[rows[one.detection_id]].station,
            phase="O",
            azimuth_residual_deg=one.turn_deg,
            time_residual_s=one.delay_s,
            weight=0.0,
            reason=LATE,
        )
        for one in late
        if one.belongs
    }
