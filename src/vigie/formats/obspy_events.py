"""Bulletins and events to their ObsPy twins and back.

What QuakeML has a place for stands there (ellipse in metres with confidence 90, slowness in
s/deg, weights); the rest is kept beside it in vigie's own namespace and comes back. Times are
those of QuakeML, to the microsecond; numbers in metres keep 15 digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats import _obspy_rest as rest
from vigie.formats._obspy_event_read import event_from
from vigie.formats._obspy_event_write import event_to, unassociated_to
from vigie.formats._obspy_pick_read import detections_from
from vigie.records import Bulletin, Detection, Event

if TYPE_CHECKING:
    from vigie.formats._obspy_guard import Untyped


def to_obspy(record: Event | Bulletin) -> Untyped:
    """Return the ObsPy twin: an ``Event``, or a ``Catalog`` for a bulletin.

    Detections of no event stand in an event called ``unassociated``, which has picks only.
    """
    if isinstance(record, Event):
        return event_to(record)
    from obspy.core.event import Catalog, CreationInfo

    events = [event_to(event) for event in record.events]
    if record.detections:
        events.append(unassociated_to(record.detections))
    return Catalog(
        events=events,
        description=record.name or None,
        creation_info=CreationInfo(author=record.author) if record.author else None,
    )


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
    loose: list[Detection] = []
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
