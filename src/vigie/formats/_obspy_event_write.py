"""Records to ObsPy's event classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vigie.formats import _obspy_event_read as back
from vigie.formats import _obspy_rest as rest
from vigie.formats._obspy_pick_write import MODES, add_detections
from vigie.formats._obspy_times import scaled, utc
from vigie.formats._obspy_twins import creation_info, quantity_error, resource_id
from vigie.formats.bulletins import ellipse_90, n_defining_phases
from vigie.formats.vigie_json import encode
from vigie.records import EllipseKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats._obspy_guard import Untyped
    from vigie.records import (
        Association,
        Detection,
        Event,
        Magnitude,
        Origin,
        StationMagnitude,
    )

_DEPTHS = {"depth_phases": "constrained by depth phases", "free": "from location"}
_EVENT_TYPES = {letter: word for word, letter in reversed(back.EVENT_TYPES.items())}


def event_to(event: Event) -> Untyped:
    """Return the ObsPy twin of an event."""
    from obspy.core import event as oe

    twin = oe.Event(resource_id=resource_id("event", event.id), force_resource_id=False)
    amplitude_ids = add_detections(twin, event.detections)
    origin = event.origin
    if origin and origin.event_type[1:] in _EVENT_TYPES:
        twin.event_type = _EVENT_TYPES[origin.event_type[1:]]
        suspected = origin.event_type[0] == "s"
        twin.event_type_certainty = "suspected" if suspected else "known"
    by_id = {detection.id: detection for detection in event.detections}
    for one in event.origins:
        twin.origins.append(_origin(one, twin))
        twin.origins[-1].arrivals = [
            _arrival(one, number, association, by_id)
            for number, association in enumerate(one.associations)
        ]
    if origin is not None:
        twin.preferred_origin_id = resource_id("origin", origin.id)
    for number, magnitude in enumerate(event.magnitudes):
        _add_magnitude(twin, event, number, magnitude, amplitude_ids)
    if event.region:
        described = oe.EventDescription(text=event.region, type="region name")
        twin.event_descriptions = [described]
    twin.comments = [
        oe.Comment(text=text, resource_id=resource_id("comment", f"{event.id}/{number}"))
        for number, text in enumerate(event.comments)
    ]
    kept: dict[str, Untyped] = {}
    if event.screening:
        items = [encode.screening_item(screening) for screening in event.screening]
        kept["screening"] = msgspec.to_builtins(items)
    if event.yields:
        kept["yields"] = msgspec.to_builtins([encode.yield_item(one) for one in event.yields])
    if origin is not None and event.preferred_id is None:
        kept["preferred_by_place"] = True
    if kept:
        rest.keep_values(twin, kept)
    return twin


def unassociated_to(detections: Iterable[Detection]) -> Untyped:
    """Return the ObsPy event that carries the detections of a bulletin without events."""
    from obspy.core import event as oe

    twin = oe.Event(resource_id=resource_id("event", "unassociated"), force_resource_id=False)
    add_detections(twin, detections)
    rest.keep_values(twin, {"unassociated": True})
    return twin


def _origin(origin: Origin, event: Untyped) -> Untyped:
    from obspy.core import event as oe

    twin = oe.Origin(
        resource_id=resource_id("origin", origin.id),
        time=utc(origin.time_ns),
        latitude=origin.latitude,
        longitude=origin.longitude,
        depth=scaled(origin.depth_km, 1e3),
        depth_type=_depth_type(origin),
        time_fixed=origin.time_fixed,
        epicenter_fixed=origin.epicentre_fixed,
        method_id=resource_id("method", origin.method) if origin.method else None,
        earth_model_id=resource_id("model", origin.model) if origin.model else None,
        evaluation_mode=MODES.get(origin.analysis),
        creation_info=creation_info(origin.author),
        quality=oe.OriginQuality(
            used_phase_count=n_defining_phases(origin),
            used_station_count=origin.n_stations,
            standard_error=origin.rms_s,
            azimuthal_gap=origin.gap_deg,
            secondary_azimuthal_gap=origin.secondary_gap_deg,
            minimum_distance=origin.min_distance_deg,
            maximum_distance=origin.max_distance_deg,
        ),
    )
    twin.time_errors = quantity_error(origin.time_sigma_s)
    twin.depth_errors = quantity_error(scaled(origin.depth_sigma_km, 1e3))
    twin.origin_uncertainty = _uncertainty(origin)
    read_back = back.origin_from(twin, event)
    rest.keep_rest(twin, encode.origin_item(origin), encode.origin_item(read_back), rest.ORIGIN)
    return twin


def _depth_type(origin: Origin) -> str | None:
    if origin.depth_reason in _DEPTHS:
        return _DEPTHS[origin.depth_reason]
    return "operator assigned" if origin.depth_fixed else None


def _uncertainty(origin: Origin) -> Untyped:
    from obspy.core import event as oe

    ellipse = ellipse_90(origin)
    if ellipse is None or ellipse.kind is not EllipseKind.COVERAGE:
        return None
    return oe.OriginUncertainty(
        max_horizontal_uncertainty=scaled(ellipse.semi_major_km, 1e3),
        min_horizontal_uncertainty=scaled(ellipse.semi_minor_km, 1e3),
        azimuth_max_horizontal_uncertainty=ellipse.strike_deg,
        confidence_level=90.0,
        preferred_description="uncertainty ellipse",
    )


def _arrival(
    origin: Origin, number: int, association: Association, by_id: dict[str, Detection]
) -> Untyped:
    from obspy.core import event as oe

    weight = association.weight
    if association.time_defining and not weight:
        weight = 1.0
    twin = oe.Arrival(
        resource_id=resource_id("arrival", f"{origin.id}/{number}"),
        pick_id=resource_id("pick", association.detection_id),
        phase=association.phase,
        azimuth=association.esaz_deg,
        distance=association.delta_deg,
        time_residual=association.time_residual_s,
        backazimuth_residual=association.azimuth_residual_deg,
        horizontal_slowness_residual=association.slowness_residual_s_per_deg,
        time_weight=weight if association.time_defining else 0.0,
        backazimuth_weight=float(association.azimuth_defining),
        horizontal_slowness_weight=float(association.slowness_defining),
    )
    read_back = back.association_from(twin, by_id)
    rest.keep_rest(
        twin,
        encode.arrival_item(association, None),
        encode.arrival_item(read_back, None),
        rest.ARRIVAL,
    )
    return twin


def _add_magnitude(
    twin: Untyped, event: Event, number: int, magnitude: Magnitude, amplitude_ids: dict[str, str]
) -> None:
    from obspy.core import event as oe

    name = f"{event.id}/{number}"
    one = oe.Magnitude(
        resource_id=resource_id("magnitude", name),
        mag=magnitude.value,
        magnitude_type=magnitude.type or None,
        station_count=magnitude.n_stations,
        origin_id=resource_id("origin", magnitude.origin_id) if magnitude.origin_id else None,
        creation_info=creation_info(magnitude.author),
    )
    one.mag_errors = quantity_error(magnitude.sigma)
    rest.keep_rest(
        one,
        encode.magnitude_item(magnitude),
        encode.magnitude_item(back.magnitude_from(one)),
        rest.MAGNITUDE,
    )
    owners = {str(a.resource_id): a.pick_id for a in twin.amplitudes}
    origin_id = magnitude.origin_id or (event.origin.id if event.origin else None)
    for place, size in enumerate(magnitude.stations):
        station = _station_magnitude(f"{name}/{place}", size, amplitude_ids, origin_id)
        read_back = back.station_magnitude_from(station, owners)
        rest.keep_rest(
            station,
            encode.station_magnitude_item(size),
            encode.station_magnitude_item(read_back),
            rest.STATION_MAGNITUDE,
        )
        twin.station_magnitudes.append(station)
        one.station_magnitude_contributions.append(
            oe.StationMagnitudeContribution(
                station_magnitude_id=str(station.resource_id), weight=float(size.defining)
            )
        )
    twin.magnitudes.append(one)


def _station_magnitude(
    name: str, size: StationMagnitude, amplitude_ids: dict[str, str], origin_id: str | None
) -> Untyped:
    from obspy.core import event as oe

    station = oe.StationMagnitude(
        resource_id=resource_id("station_magnitude", name),
        mag=size.value,
        station_magnitude_type=size.type or None,
        amplitude_id=amplitude_ids.get(size.detection_id or ""),
        # QuakeML wants an origin, even where there is none.
        origin_id=resource_id("origin", origin_id or "none"),
        waveform_id=oe.WaveformStreamID(station_code=size.station, network_code=""),
    )
    station.mag_errors = quantity_error(size.sigma)
    return station
