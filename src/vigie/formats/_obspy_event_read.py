"""ObsPy's event classes to records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.formats import _obspy_rest as rest
from vigie.formats._obspy_ids import record_id_of
from vigie.formats._obspy_pick_read import (
    MODES,
    author_of,
    code_of,
    detections_from,
    resource_of,
)
from vigie.formats._obspy_times import finite, ns_of, scaled, sigma_of
from vigie.formats.vigie_json import decode, encode
from vigie.records import (
    Association,
    Detection,
    Ellipse,
    EllipseKind,
    Event,
    Magnitude,
    Origin,
    StationMagnitude,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats._obspy_guard import Untyped

DEPTHS = {
    "operator assigned": (True, "operator"),
    "constrained by depth phases": (True, "depth_phases"),
    "from location": (False, "free"),
}
"""Depth type of QuakeML to (fixed, reason)."""
EVENT_TYPES = {
    "earthquake": "e",
    "explosion": "x",
    "nuclear explosion": "n",
    "mining explosion": "m",
    "chemical explosion": "h",
    "experimental explosion": "x",
    "rock burst": "r",
    "induced or triggered event": "i",
    "landslide": "l",
}
"""Event type of QuakeML to the second letter of ISF."""


def event_from(twin: Untyped) -> Event:
    """Return the event of an ObsPy event.

    Raises
    ------
    ValueError
        A position or time is outside of what records hold.
    """
    detections = detections_from(twin)
    by_id = {detection.id: detection for detection in detections}
    origins = [_origin(one, twin, by_id) for one in twin.origins if _placed(one)]
    preferred = str(twin.preferred_origin_id) if twin.preferred_origin_id else None
    kept = rest.kept_values(twin, rest.EVENT)
    preferred_id = preferred and record_id_of("origin", preferred)
    by_place = kept.get("preferred_by_place") and origins and origins[-1].id == preferred_id
    # An id of an origin that is not there prefers none.
    if by_place or preferred_id not in {origin.id for origin in origins}:
        preferred_id = None
    event = Event(
        id=record_id_of("event", str(twin.resource_id)),
        origins=tuple(origins),
        preferred_id=preferred_id,
        detections=detections,
        magnitudes=tuple(_magnitudes(twin)),
        region=_region(twin),
        comments=tuple(str(c.text) for c in twin.comments if c.text),
    )
    return replace(
        event,
        screening=_screening(kept.get("screening") or []),
        yields=_yields(kept.get("yields") or []),
    )


def _placed(origin: Untyped) -> bool:
    return None not in (origin.time, origin.latitude, origin.longitude)


def _origin(twin: Untyped, event: Untyped, by_id: Mapping[str, Detection]) -> Origin:
    origin = origin_from(twin, event)
    item = rest.with_rest(encode.origin_item(origin), twin, rest.ORIGIN)
    if item is not None:
        origin = replace(decode.origin_record(item), time_ns=origin.time_ns, id=origin.id)
    arrivals = [a for a in twin.arrivals if a.pick_id is not None]
    return replace(origin, associations=tuple(_association(a, by_id) for a in arrivals))


def origin_from(twin: Untyped, event: Untyped = None) -> Origin:
    """Return the origin of an ObsPy origin, without arrivals; its event gives the type."""
    fixed, reason = DEPTHS.get(str(twin.depth_type), (False, ""))
    quality = twin.quality
    return Origin(
        id=record_id_of("origin", str(twin.resource_id)),
        time_ns=ns_of(twin.time),
        latitude=float(twin.latitude),
        longitude=float(twin.longitude),
        depth_km=scaled(finite(twin.depth), 1e-3),
        time_fixed=bool(twin.time_fixed),
        epicentre_fixed=bool(twin.epicenter_fixed),
        depth_fixed=fixed,
        depth_reason=reason,
        time_sigma_s=sigma_of(twin.time_errors),
        depth_sigma_km=scaled(sigma_of(twin.depth_errors), 1e-3),
        ellipses=_ellipses(twin.origin_uncertainty),
        rms_s=finite(quality.standard_error) if quality else None,
        n_defining=_count(quality, "used_phase_count"),
        n_stations=_count(quality, "used_station_count"),
        gap_deg=finite(quality.azimuthal_gap) if quality else None,
        secondary_gap_deg=finite(quality.secondary_azimuthal_gap) if quality else None,
        min_distance_deg=finite(quality.minimum_distance) if quality else None,
        max_distance_deg=finite(quality.maximum_distance) if quality else None,
        author=author_of(twin),
        method=resource_of(twin.method_id, "method"),
        model=resource_of(twin.earth_model_id, "model"),
        event_type=_event_type(event),
        analysis=MODES.get(str(twin.evaluation_mode), ""),
    )


def _ellipses(uncertainty: Untyped) -> tuple[Ellipse, ...]:
    """Return the ellipse; without a stated confidence it is one standard error (39.3 %)."""
    if not uncertainty:
        return ()
    major = scaled(finite(uncertainty.max_horizontal_uncertainty), 1e-3)
    minor = scaled(finite(uncertainty.min_horizontal_uncertainty), 1e-3)
    if major is None or minor is None or not major >= minor >= 0.0:
        return ()
    level = finite(uncertainty.confidence_level)
    confidence = 0.3934693402873666 if level is None else level / 100.0
    if not 0.0 < confidence < 1.0:
        return ()
    return (
        Ellipse(
            kind=EllipseKind.COVERAGE,
            confidence=confidence,
            semi_major_km=major,
            semi_minor_km=minor,
            strike_deg=(finite(uncertainty.azimuth_max_horizontal_uncertainty) or 0.0) % 180.0,
        ),
    )


def _association(arrival: Untyped, by_id: Mapping[str, Detection]) -> Association:
    association = association_from(arrival, by_id)
    item = rest.with_rest(encode.arrival_item(association, None), arrival, rest.ARRIVAL)
    return association if item is None else decode.association_record(item)


def association_from(arrival: Untyped, by_id: Mapping[str, Detection]) -> Association:
    """Return the association of an ObsPy arrival; a weight above 0 makes it defining."""
    detection_id = record_id_of("pick", str(arrival.pick_id))
    detection = by_id.get(detection_id)
    weight = finite(arrival.time_weight)
    return Association(
        detection_id=detection_id,
        station=detection.station if detection else "",
        phase=arrival.phase or "",
        delta_deg=finite(arrival.distance),
        esaz_deg=finite(arrival.azimuth),
        time_residual_s=finite(arrival.time_residual),
        azimuth_residual_deg=finite(arrival.backazimuth_residual),
        slowness_residual_s_per_deg=finite(arrival.horizontal_slowness_residual),
        time_defining=bool(weight and weight > 0.0),
        azimuth_defining=bool(arrival.backazimuth_weight),
        slowness_defining=bool(arrival.horizontal_slowness_weight),
        weight=weight,
    )


def _magnitudes(twin: Untyped) -> list[Magnitude]:
    stations = {str(s.resource_id): s for s in twin.station_magnitudes if s.mag is not None}
    picks = {str(a.resource_id): a.pick_id for a in twin.amplitudes}
    magnitudes = []
    for one in twin.magnitudes:
        if one.mag is None:
            continue
        magnitude = magnitude_from(one)
        item = rest.with_rest(encode.magnitude_item(magnitude), one, rest.MAGNITUDE)
        if item is not None:
            magnitude = decode.magnitude_record(item)
        named = (str(c.station_magnitude_id) for c in one.station_magnitude_contributions)
        own = [_station_magnitude(stations[n], picks) for n in named if n in stations]
        magnitudes.append(replace(magnitude, stations=tuple(own)))
    return magnitudes


def magnitude_from(twin: Untyped) -> Magnitude:
    """Return the network magnitude of an ObsPy magnitude, without stations."""
    origin_id = str(twin.origin_id) if twin.origin_id else None
    return Magnitude(
        type=twin.magnitude_type or "",
        value=float(twin.mag),
        sigma=sigma_of(twin.mag_errors),
        n_stations=None if twin.station_count is None else int(twin.station_count),
        origin_id=origin_id and record_id_of("origin", origin_id),
        author=author_of(twin),
    )


def _station_magnitude(twin: Untyped, picks: Mapping[str, Untyped]) -> StationMagnitude:
    magnitude = station_magnitude_from(twin, picks)
    item = rest.with_rest(encode.station_magnitude_item(magnitude), twin, rest.STATION_MAGNITUDE)
    return magnitude if item is None else decode.station_magnitude_record(item)


def station_magnitude_from(twin: Untyped, picks: Mapping[str, Untyped]) -> StationMagnitude:
    """Return the station magnitude of an ObsPy one; its amplitude names the pick."""
    pick = picks.get(str(twin.amplitude_id)) if twin.amplitude_id else None
    return StationMagnitude(
        station=code_of(twin.waveform_id, "station_code"),
        type=twin.station_magnitude_type or "",
        value=float(twin.mag),
        sigma=sigma_of(twin.mag_errors),
        detection_id=None if pick is None else record_id_of("pick", str(pick)),
    )


def _screening(items: Untyped) -> tuple[Untyped, ...]:
    import msgspec

    from vigie.formats.vigie_json.document import ScreeningItem

    try:
        known = msgspec.convert(items, list[ScreeningItem])
    except msgspec.ValidationError:
        return ()
    return tuple(decode.screening_record(item) for item in known)


def _yields(items: Untyped) -> tuple[Untyped, ...]:
    import msgspec

    from vigie.formats.vigie_json.document import YieldItem

    try:
        known = msgspec.convert(items, list[YieldItem])
    except msgspec.ValidationError:
        return ()
    return tuple(decode.yield_record(item) for item in known)


def _region(event: Untyped) -> str:
    descriptions = list(event.event_descriptions)
    wanted = ("region name", "Flinn-Engdahl region")
    named = [d for d in descriptions if d.type in wanted] or descriptions
    return str(named[0].text or "") if named else ""


def _event_type(event: Untyped) -> str:
    if event is None or not event.event_type:
        return ""
    kind = EVENT_TYPES.get(str(event.event_type))
    certainty = "s" if event.event_type_certainty == "suspected" else "k"
    return f"{certainty}{kind}" if kind else ""


def _count(quality: Untyped, name: str) -> int | None:
    value = getattr(quality, name, None) if quality else None
    return None if value is None else int(value)
