"""Bulletins and events to their ObsPy twins and back.

What QuakeML has a place for stands there (ellipse in metres with confidence 90, slowness in
s/deg, weights); the rest is kept beside it in vigie's own namespace and comes back. Times are
those of QuakeML, to the microsecond; numbers in metres keep 15 digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vigie.errors import VigieError
from vigie.formats import _obspy_rest as rest
from vigie.formats._obspy_event_read import event_from
from vigie.formats._obspy_event_write import event_to, unassociated_to
from vigie.formats._obspy_pick_read import detections_from
from vigie.formats.vigie_json import decode, encode
from vigie.formats.vigie_json.detections import DetectionItem
from vigie.records import Bulletin, Detection, Event

if TYPE_CHECKING:
    from vigie.formats._obspy_guard import Untyped


def to_obspy(record: Event | Bulletin) -> Untyped:
    """Return the ObsPy twin: an ``Event``, or a ``Catalog`` for a bulletin.

    Detections of no event are kept beside the events, so that their number stays that of the
    bulletin. Where there are no events, an arrival list, they stand as the picks of one called
    ``unassociated``.
    """
    if isinstance(record, Event):
        return event_to(record)
    from obspy.core.event import Catalog, CreationInfo

    events = [event_to(event) for event in record.events]
    if record.detections and not events:
        events.append(unassociated_to(record.detections))
    catalog = Catalog(
        events=events,
        description=record.name or None,
        creation_info=CreationInfo(author=record.author) if record.author else None,
    )
    if record.detections and record.events:
        items = [encode.detection_item(detection) for detection in record.detections]
        rest.keep_values(catalog, {"detections": msgspec.to_builtins(items)})
    return catalog


def from_obspy(catalog: Untyped) -> Bulletin:
    """Return the bulletin of an ObsPy ``Catalog``, or of one ``Event``.

    Raises
    ------
    ValueError
        A position or time is outside of what records hold.
    """
    from obspy.core.event import Catalog

    if not isinstance(catalog, Catalog):
        return Bulletin(events=(event_from(catalog),))
    events: list[Event] = []
    loose = _kept_detections(catalog)
    for twin in catalog:
        if rest.kept_values(twin, rest.EVENT).get("unassociated"):
            loose.extend(detections_from(twin))
        else:
            events.append(event_from(twin))
    info = catalog.creation_info
    return Bulletin(
        name=catalog.description or "",
        events=tuple(events),
        detections=tuple(loose),
        author=str(info.author or "") if info else "",
    )


def _kept_detections(catalog: Untyped) -> list[Detection]:
    """Return the detections of no event that are kept beside the events."""
    kept = rest.kept_values(catalog, rest.CATALOG).get("detections", [])
    try:
        items = msgspec.convert(kept, list[DetectionItem])
        return [decode.detection_record(item, n) for n, item in enumerate(items, 1)]
    except (msgspec.ValidationError, VigieError, ValueError):
        return []
