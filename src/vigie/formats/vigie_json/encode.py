"""Records to the items of the vigie JSON document."""

from __future__ import annotations

import math
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from vigie.errors import UnwritableError
from vigie.formats.vigie_json import document as doc
from vigie.formats.vigie_json.detections import (
    AmplitudeItem,
    BandFeatureItem,
    ChargeAtDepthItem,
    DetectionItem,
    ExcludedItem,
    MaskItem,
)
from vigie.records import ChannelId, format_iso

if TYPE_CHECKING:
    from vigie.records import (
        Amplitude,
        Association,
        Bulletin,
        CredibleRegion,
        Detection,
        Ellipse,
        Event,
        Magnitude,
        Mask,
        Origin,
        Screening,
        StationMagnitude,
        YieldRange,
    )

Item = TypeVar("Item", bound=msgspec.Struct)


def bulletin_item(bulletin: Bulletin) -> doc.Document:
    """Return the document of a bulletin."""
    kind = "events" if bulletin.events else "detections"
    return doc.Document(
        vigie=doc.Head(document=kind),  # type: ignore[arg-type]  # one of the two literals
        name=bulletin.name,
        author=bulletin.author,
        events=[event_item(event) for event in bulletin.events],
        detections=[detection_item(detection) for detection in bulletin.detections],
    )


def event_item(event: Event) -> doc.EventItem:
    """Return an event as it stands in the document."""
    preferred = event.origin
    by_id = {detection.id: detection for detection in event.detections}
    own = event.preferred_magnitudes
    number = _numbers(event, own)
    return _item(
        doc.EventItem,
        event,
        origin=None if preferred is None else _origin(doc.OriginItem, preferred),
        arrivals=[] if preferred is None else _arrivals(preferred, by_id),
        magnitudes=[magnitude_item(m, number[id(m)]) for m in own],
        screening=[screening_item(screening) for screening in event.screening],
        yields=[yield_item(one) for one in event.yields],
        origins=[
            _origin(
                doc.HypothesisItem,
                origin,
                arrivals=None if origin is preferred else _arrivals(origin, by_id),
                magnitudes=None
                if origin is preferred
                else [magnitude_item(m, number[id(m)]) for m in event.magnitudes_of(origin)],
            )
            for origin in event.origins
        ],
        detections=[detection_item(detection) for detection in event.detections],
    )


def _numbers(event: Event, own: tuple[Magnitude, ...]) -> dict[int, int]:
    """Return the place of each magnitude, by identity: equal ones may stand twice."""
    apart = len(own) < len(event.magnitudes)
    return {id(m): k if apart else 0 for k, m in enumerate(event.magnitudes, 1)}


def detection_item(detection: Detection) -> DetectionItem:
    """Return a detection as it stands in the document."""
    return _item(
        DetectionItem,
        detection,
        channel=None if detection.channel is None else _channel(detection.channel),
        time=format_iso(detection.time_ns),
        time_sigma=_finite(detection.time_sigma_s),
        event=detection.group,
        elements=list(detection.elements),
        excluded_elements=[
            ExcludedItem(element=e.element, reason=e.reason) for e in detection.excluded_elements
        ],
        masks=[mask_item(mask) for mask in detection.masks],
        remarks=list(detection.remarks),
        wave_type_probabilities=dict(detection.wave_type_probabilities),
        amplitudes=[_amplitude(amplitude) for amplitude in detection.amplitudes],
        technology=detection.technology.value,
        band_hz=detection.band_hz,
        class_probabilities=dict(detection.class_probabilities),
        charge_locus=[
            ChargeAtDepthItem(
                depth_m=c.depth_m,
                charge_kg=c.charge_kg,
                low_kg=c.low_kg,
                high_kg=c.high_kg,
                grazing_deg=c.grazing_deg,
            )
            for c in detection.charge_locus
        ],
        band_features=[
            BandFeatureItem(name=f.name, value=f.value, band_hz=f.band_hz)
            for f in detection.band_features
        ],
    )


def mask_item(mask: Mask) -> MaskItem:
    """Return a mask as it stands in the document."""
    return MaskItem(
        channel=_channel(mask.channel),
        start=format_iso(mask.start_ns),
        end=format_iso(mask.end_ns),
        kind=mask.kind.value,
        method=mask.method,
        author=mask.author,
        n_samples=mask.n_samples,
    )


def _amplitude(amplitude: Amplitude) -> AmplitudeItem:
    return _item(
        AmplitudeItem,
        amplitude,
        time=None if amplitude.time_ns is None else format_iso(amplitude.time_ns),
        band_hz=amplitude.band_hz,
    )


def origin_item(origin: Origin) -> doc.OriginItem:
    """Return an origin as it stands in the document, without its arrivals."""
    return _origin(doc.OriginItem, origin)


def _ellipse(ellipse: Ellipse) -> doc.EllipseItem:
    return _item(doc.EllipseItem, ellipse, kind=ellipse.kind.value)


def _region(region: CredibleRegion) -> doc.RegionItem:
    return doc.RegionItem(
        probability=region.probability, outlines=[list(line) for line in region.outlines]
    )


def _origin(kind: type[Item], origin: Origin, **more: object) -> Item:
    best = origin.ellipse
    return _item(
        kind,
        origin,
        time=format_iso(origin.time_ns),
        ellipse=None if best is None else _ellipse(best),
        ellipses=[_ellipse(ellipse) for ellipse in origin.ellipses],
        regions=[_region(region) for region in origin.regions],
        covariance=_covariance(origin),
        warnings=list(origin.warnings),
        **more,
    )


def _covariance(origin: Origin) -> list[list[float]] | None:
    if origin.covariance is None:
        return None
    rows = [list(row) for row in origin.covariance]
    return rows if all(math.isfinite(value) for row in rows for value in row) else None


def _arrivals(origin: Origin, by_id: dict[str, Detection]) -> list[doc.ArrivalItem]:
    return [arrival_item(a, by_id.get(a.detection_id)) for a in origin.associations]


def arrival_item(association: Association, detection: Detection | None) -> doc.ArrivalItem:
    """Return an association, with the values measured of its detection."""
    measured: dict[str, object] = {}
    if detection is not None:
        measured = {
            "time": format_iso(detection.time_ns),
            "network": detection.network,
            "slowness_s_per_deg": _finite(detection.slowness_s_per_deg),
            "measured_azimuth_deg": _finite(detection.azimuth_deg),
            "amplitude_nm": _finite(detection.amplitude_nm),
            "period_s": _finite(detection.period_s),
            "snr": _finite(detection.snr),
        }
    return _item(
        doc.ArrivalItem,
        association,
        azimuth_deg=_finite(association.seaz_deg),
        event_to_station_azimuth_deg=_finite(association.esaz_deg),
        defining=association.defining,
        **measured,
    )


def magnitude_item(magnitude: Magnitude, number: int = 0) -> doc.MagnitudeItem:
    """Return a network magnitude as it stands in the document."""
    return _item(
        doc.MagnitudeItem,
        magnitude,
        stations=magnitude.n_stations,
        number=number,
        station_magnitudes=[station_magnitude_item(station) for station in magnitude.stations],
    )


def station_magnitude_item(magnitude: StationMagnitude) -> doc.StationMagnitudeItem:
    """Return a station magnitude as it stands in the document."""
    return _item(doc.StationMagnitudeItem, magnitude)


def screening_item(screening: Screening) -> doc.ScreeningItem:
    """Return a criterion's answer as it stands in the document."""
    params = {
        name: value
        for name, value in screening.params
        if isinstance(value, str) or math.isfinite(value)
    }
    return _item(
        doc.ScreeningItem,
        screening,
        verdict=screening.verdict.value,
        params=params,
        data=list(screening.data),
    )


def yield_item(found: YieldRange) -> doc.YieldItem:
    """Return an interval of yield as it stands in the document."""
    return _item(doc.YieldItem, found)


def _channel(channel: ChannelId) -> str:
    text = str(channel)
    if text.count(".") != 3:
        raise UnwritableError(
            format="vigie JSON", what=f"the channel {text!r}", remedy="Codes hold no dots."
        )
    return text


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _item(kind: type[Item], record: object, /, **given: object) -> Item:
    """Build an item: what is given, and all fields of the same name in the record."""
    values = dict(given)
    record_type: Any = type(record)
    for name, required in _shared(record_type, kind):
        if name in given:
            continue
        value = getattr(record, name)
        if isinstance(value, float) and not math.isfinite(value):
            if required:
                raise UnwritableError(
                    format="vigie JSON",
                    what=f"{name} = {value} of {record!r:.80}",
                    remedy="Give a finite number.",
                )
            value = None
        values[name] = list(value) if isinstance(value, tuple) else value
    return kind(**cast("dict[str, Any]", values))


@cache
def _shared(record: type, kind: type[msgspec.Struct]) -> tuple[tuple[str, bool], ...]:
    mine = {f.name for f in fields(record)}
    return tuple((f.name, f.required) for f in msgspec.structs.fields(kind) if f.name in mine)
