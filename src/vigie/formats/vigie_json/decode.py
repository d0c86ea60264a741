"""Items of the vigie JSON document to records."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from vigie.records import (
    Amplitude,
    Association,
    BandFeature,
    ChannelId,
    ChargeAtDepth,
    CredibleRegion,
    Detection,
    Ellipse,
    EllipseKind,
    Event,
    ExcludedElement,
    Magnitude,
    Mask,
    MaskKind,
    Origin,
    Screening,
    StationMagnitude,
    Technology,
    Verdict,
    YieldRange,
    parse_iso,
)

if TYPE_CHECKING:
    from vigie.formats.vigie_json import document as doc
    from vigie.formats.vigie_json.detections import AmplitudeItem, DetectionItem, MaskItem

Record = TypeVar("Record")


def detection_record(item: DetectionItem, number: int) -> Detection:
    """Return the detection of an item; one without id gets its number.

    Raises
    ------
    ValueError
        A time or channel code cannot be read.
    """
    return _record(
        Detection,
        item,
        id=item.id or f"detection-{number}",
        channel=None if item.channel is None else ChannelId.parse(item.channel),
        time_ns=parse_iso(item.time, date_alone=False),
        time_sigma_s=item.time_sigma,
        group=item.event,
        elements=tuple(item.elements),
        excluded_elements=tuple(
            ExcludedElement(e.element, e.reason) for e in item.excluded_elements
        ),
        masks=tuple(mask_record(mask) for mask in item.masks),
        remarks=tuple(item.remarks),
        wave_type_probabilities=tuple(item.wave_type_probabilities.items()),
        amplitudes=tuple(_amplitude(amplitude) for amplitude in item.amplitudes),
        technology=Technology(item.technology),
        class_probabilities=tuple(item.class_probabilities.items()),
        charge_locus=tuple(
            ChargeAtDepth(
                depth_m=c.depth_m,
                charge_kg=c.charge_kg,
                low_kg=c.low_kg,
                high_kg=c.high_kg,
                grazing_deg=c.grazing_deg,
            )
            for c in item.charge_locus
        ),
        band_features=tuple(
            BandFeature(name=f.name, value=f.value, band_hz=f.band_hz) for f in item.band_features
        ),
    )


def mask_record(item: MaskItem) -> Mask:
    """Return the mask of an item.

    Raises
    ------
    ValueError
        A time, channel code or kind cannot be read.
    """
    return Mask(
        ChannelId.parse(item.channel),
        parse_iso(item.start),
        parse_iso(item.end),
        MaskKind(item.kind),
        item.method,
        item.author,
        item.n_samples,
    )


def event_record(item: doc.EventItem, number: int) -> Event:
    """Return the event of an item; what has no id gets its number.

    A document that another program wrote may lack ``detections`` and ``origins``; they
    then follow from ``arrivals`` and ``origin``.

    Raises
    ------
    ValueError
        A time, channel code or position cannot be read.
    """
    event_id = item.id or f"event-{number}"
    _name_arrivals(item, event_id)
    detections = tuple(
        detection_record(detection, index) for index, detection in enumerate(item.detections, 1)
    )
    known = {detection.id for detection in detections}
    made = tuple(
        _detection_of(arrival)
        for arrival in _all_arrivals(item)
        if arrival.time is not None and not _seen(known, arrival.detection_id)
    )
    return Event(
        id=event_id,
        origins=_origins(item, event_id),
        preferred_id=item.preferred_id,
        detections=(*detections, *made),
        magnitudes=_magnitudes(item, event_id),
        screening=tuple(screening_record(screening) for screening in item.screening),
        yields=tuple(yield_record(one) for one in item.yields),
        region=item.region,
        comments=tuple(item.comments),
    )


def _magnitudes(item: doc.EventItem, event_id: str) -> tuple[Magnitude, ...]:
    """Return the magnitudes of all origins, in the order of their numbers."""
    found = list(item.magnitudes)
    for number, origin in enumerate(item.origins, 1):
        for magnitude in origin.magnitudes or ():
            fallback_id = origin.id or f"{event_id}/origin-{number}"
            magnitude.origin_id = magnitude.origin_id or fallback_id
            found.append(magnitude)
    return tuple(magnitude_record(m) for m in sorted(found, key=lambda m: m.number))


def _all_arrivals(item: doc.EventItem) -> list[doc.ArrivalItem]:
    others = [arrival for origin in item.origins for arrival in origin.arrivals or ()]
    return [*item.arrivals, *others]


def _name_arrivals(item: doc.EventItem, event_id: str) -> None:
    for number, arrival in enumerate(_all_arrivals(item), 1):
        arrival.detection_id = arrival.detection_id or f"{event_id}/arrival-{number}"


def _seen(known: set[str], detection_id: str) -> bool:
    if detection_id in known:
        return True
    known.add(detection_id)
    return False


def _detection_of(arrival: doc.ArrivalItem) -> Detection:
    return Detection(
        id=arrival.detection_id,
        station=arrival.station,
        network=arrival.network,
        time_ns=parse_iso(arrival.time or "", date_alone=False),
        phase=arrival.phase or None,
        azimuth_deg=arrival.measured_azimuth_deg,
        slowness_s_per_deg=arrival.slowness_s_per_deg,
        amplitude_nm=arrival.amplitude_nm,
        period_s=arrival.period_s,
        snr=arrival.snr,
    )


def _origins(item: doc.EventItem, event_id: str) -> tuple[Origin, ...]:
    """Return all origins; what ``origin`` and ``arrivals`` say of the preferred one counts."""
    if item.origin is None:
        return tuple(
            _origin(origin, origin.arrivals or [], f"{event_id}/origin-{number}")
            for number, origin in enumerate(item.origins, 1)
        )
    preferred = _origin(item.origin, item.arrivals, f"{event_id}/origin-1")
    if not item.origins:
        return (preferred,)
    named = [i for i, origin in enumerate(item.origins) if origin.id == item.preferred_id]
    place = named[0] if named else len(item.origins) - 1
    return tuple(
        preferred
        if index == place
        else _origin(origin, origin.arrivals or [], f"{event_id}/origin-{index + 1}")
        for index, origin in enumerate(item.origins)
    )


def origin_record(item: doc.OriginItem) -> Origin:
    """Return the origin of an item, without associations.

    Raises
    ------
    ValueError
        A time or position cannot be read.
    """
    return _origin(item, [], item.id)


def _origin(item: doc.OriginItem, arrivals: list[doc.ArrivalItem], fallback_id: str) -> Origin:
    ellipses = item.ellipses or ([item.ellipse] if item.ellipse else [])
    return _record(
        Origin,
        item,
        id=item.id or fallback_id,
        time_ns=parse_iso(item.time, date_alone=False),
        ellipses=tuple(
            _record(Ellipse, ellipse, kind=EllipseKind(ellipse.kind)) for ellipse in ellipses
        ),
        regions=tuple(
            CredibleRegion(
                probability=region.probability,
                outlines=tuple(tuple((p[0], p[1]) for p in line) for line in region.outlines),
            )
            for region in item.regions
        ),
        covariance=None if item.covariance is None else tuple(map(tuple, item.covariance)),
        warnings=tuple(item.warnings),
        associations=tuple(association_record(arrival) for arrival in arrivals),
    )


def association_record(item: doc.ArrivalItem) -> Association:
    """Return the association of an arrival."""
    # A document that says only `defining` means the time.
    only_said = item.defining and not (
        item.time_defining or item.azimuth_defining or item.slowness_defining
    )
    return _record(
        Association,
        item,
        seaz_deg=item.azimuth_deg,
        esaz_deg=item.event_to_station_azimuth_deg,
        time_defining=item.time_defining or only_said,
    )


def _amplitude(item: AmplitudeItem) -> Amplitude:
    return _record(Amplitude, item, time_ns=None if item.time is None else parse_iso(item.time))


def station_magnitude_record(item: doc.StationMagnitudeItem) -> StationMagnitude:
    """Return the station magnitude of an item."""
    return _record(StationMagnitude, item)


def magnitude_record(item: doc.MagnitudeItem) -> Magnitude:
    """Return the network magnitude of an item."""
    stations = tuple(station_magnitude_record(s) for s in item.station_magnitudes)
    return _record(Magnitude, item, n_stations=item.stations, stations=stations)


def screening_record(item: doc.ScreeningItem) -> Screening:
    """Return the answer of a screening criterion.

    Raises
    ------
    ValueError
        The verdict is not known.
    """
    return _record(
        Screening,
        item,
        verdict=Verdict(item.verdict),
        params=tuple(item.params.items()),
        data=tuple(item.data),
    )


def yield_record(item: doc.YieldItem) -> YieldRange:
    """Return the interval of yield of an item."""
    return _record(YieldRange, item, stations=tuple(item.stations))


def _record(kind: type[Record], item: msgspec.Struct, /, **given: object) -> Record:
    """Build a record: what is given, and all fields of the same name in the item."""
    record_type: Any = kind
    shared = _shared(record_type, type(item))
    values = {name: getattr(item, name) for name in shared if name not in given}
    return kind(**cast("dict[str, Any]", {**values, **given}))


@cache
def _shared(kind: type, item: type[msgspec.Struct]) -> tuple[str, ...]:
    mine = {f.name for f in fields(kind)}
    return tuple(f.name for f in msgspec.structs.fields(item) if f.name in mine)
