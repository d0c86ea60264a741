"""Write IMS1.0:SHORT (ISF) bulletins, and arrivals without an event as ARRIVAL:GROUPED.

The preferred origin comes last in its block, marked ``#PRIME`` where there are several. Its
arrivals follow; those of other origins get a phase block each, which names its origin.
Standard errors of measured values, and values without a column, follow as formatted comments
(``_measures``). What the format has no field for is not written: weights, slowness and azimuth to
better than 0.1, ellipses but one, covariance, screening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.file_text import utf8
from vigie.formats.bulletins import line_text
from vigie.formats.clock import EARLIEST_NS, date_text
from vigie.formats.isf import _layout as lay
from vigie.formats.isf import _values
from vigie.formats.isf._comments import address_of, comment_line, pairs_text
from vigie.formats.isf._measures import amplitude_measures, detection_measures, size_measures
from vigie.formats.messages import EVENT
from vigie.formats.short_ids import ShortIds
from vigie.records import NS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.text_columns import Value
    from vigie.records import (
        Association,
        Bulletin,
        Detection,
        Event,
        Origin,
        StationMagnitude,
    )

TITLE = "Bulletin"
"""Title of a bulletin that has none; the format wants one."""

_TYPE_WIDTH = 8
"""Of a phase name, which is where the type of a further amplitude stands."""


def write_isf(bulletin: Bulletin) -> bytes:
    """Return the file of a bulletin.

    Raises
    ------
    UnwritableError
        A value does not fit its field, or an arrival cannot be dated by its origin.
    """
    lines: list[str] = []
    if bulletin.events or not bulletin.detections:
        title = line_text(bulletin.name) or TITLE
        lines += ["DATA_TYPE BULLETIN IMS1.0:SHORT", title]
        writer = _EventWriter(bulletin)
        for event in bulletin.events:
            lines += writer.event(event)
        lines += ["", "STOP"]
    if bulletin.detections:
        lines += _arrivals(bulletin.detections)
    return utf8("\n".join(lines) + "\n")


class _EventWriter:
    """The ids of a bulletin, and the lines of its events."""

    def __init__(self, bulletin: Bulletin) -> None:
        events = bulletin.events
        self._event_ids = ShortIds(e.id for e in events)
        referred = (m.origin_id for e in events for m in e.magnitudes if m.origin_id)
        own = [o.id for e in events for o in e.origins]
        self._origin_ids = ShortIds(own, reserved=referred)
        self._arrival_ids = ShortIds(d.id for e in events for d in e.detections)

    def event(self, event: Event) -> list[str]:
        """Return the lines of one event."""
        title = EVENT.format(
            {
                "word": "Event",
                "id": self._event_ids[event.id],
                "region": line_text(event.region, 65),
            }
        )
        magnitudes = self._magnitudes(event)
        lines = ["", title, "", lay.ORIGIN_HEADER, *self._origins(event), ""]
        if magnitudes:
            lines += [lay.MAGNITUDE_HEADER, *magnitudes, ""]
        return [*lines, *self._phase_blocks(event)]

    def _origins(self, event: Event) -> Iterator[str]:
        preferred = event.origin
        if preferred is None and event.detections:
            date, clock = date_text(min(d.time_ns for d in event.detections), 2)
            event_id = self._event_ids[event.id]
            yield lay.ORIGIN.format({"date": date, "time": clock, "id": event_id})
        others = [origin for origin in event.origins if origin is not preferred]
        for origin in [*others, *([preferred] if preferred else [])]:
            yield lay.ORIGIN.format(_values.origin_values(origin, self._origin_ids[origin.id]))
            if origin is preferred and others:
                yield comment_line("#PRIME")
            if longer := self._origin_ids.longer(origin.id):
                yield comment_line(pairs_text("VIGIE", ORIGINID=longer))
            yield from _comments(event, "origin", origin.id)
        if longer := self._event_ids.longer(event.id):
            yield comment_line(pairs_text("VIGIE", EVENTID=longer))
        for comment in event.comments:
            if address_of(comment) is None and comment:
                yield comment_line(pairs_text("VIGIE", EVENTCOMMENT=comment))

    def _magnitudes(self, event: Event) -> list[str]:
        lines = []
        for number, magnitude in enumerate(event.magnitudes, 1):
            origin_id = self._origin_ids.fitting(magnitude.origin_id)
            lines.append(lay.MAGNITUDE.format(_values.magnitude_values(magnitude, origin_id)))
            lines += _comments(event, "magnitude", str(number))
        return lines

    def _phase_blocks(self, event: Event) -> Iterator[str]:
        preferred = event.origin
        sizes = _sizes(event)
        found = {d.id: d for d in event.detections}
        rest = dict(found)
        others = [origin for origin in event.origins if origin is not preferred]
        for origin in [*([preferred] if preferred else []), *others]:
            lines: list[str] = []
            for association in origin.associations:
                detection = found.get(association.detection_id)
                if detection is not None:
                    _check_day(event, detection, origin)
                    own = sizes.pop((origin.id, detection.id), [])
                    lines += self._arrival(event, detection, association, own)
                    rest.pop(detection.id, None)
            if origin is preferred:
                for size in sizes.pop((None, None), []):
                    lines.append(lay.PHASE.format(_values.silent_values(size)))
                    lines += map(comment_line, size_measures(size))
            if lines:
                yield lay.PHASE_HEADER
                if origin is not preferred:
                    yield comment_line(f"#OrigID {self._origin_ids[origin.id]}")
                yield from lines
                yield ""
        if rest:
            yield lay.PHASE_HEADER
            if preferred is not None:
                yield comment_line("VIGIE UNASSOCIATED")
            for detection in rest.values():
                if preferred is not None:
                    _check_day(event, detection, preferred)
                yield from self._arrival(
                    event, detection, None, sizes.pop((None, detection.id), [])
                )
            yield ""

    def _arrival(
        self,
        event: Event,
        detection: Detection,
        association: Association | None,
        sizes: list[StationMagnitude],
    ) -> Iterator[str]:
        short = self._arrival_ids[detection.id]
        values = _values.phase_values(detection, association, short)
        if sizes:
            values |= _values.size_values(sizes[0])
            values["delta_deg"] = values.get("delta_deg", sizes[0].delta_deg)
        yield lay.PHASE.format(values)
        pairs = _values.channel_pairs(detection)
        if pairs:
            yield comment_line(pairs_text("IRIS", **pairs))
        longer = self._arrival_ids.longer(detection.id)
        channel = str(detection.channel) if detection.channel else ""
        if longer or channel:
            yield comment_line(pairs_text("VIGIE", ARRIVALID=longer, CHANNEL=channel))
        yield from map(comment_line, detection_measures(detection))
        if sizes:
            yield from map(comment_line, size_measures(sizes[0]))
        yield from _comments(event, "arrival", detection.id)
        named = {"station": detection.station, "id": short}
        for amplitude in detection.amplitudes:
            if amplitude.unit == "nm" and len(amplitude.type) <= _TYPE_WIDTH:
                yield lay.PHASE.format({**named, **_values.amplitude_values(amplitude)})
                yield from map(comment_line, amplitude_measures(amplitude))
        for size in sizes[1:]:
            yield lay.PHASE.format({**_values.silent_values(size), **named})
            yield from map(comment_line, size_measures(size))


def _sizes(event: Event) -> dict[tuple[str | None, str | None], list[StationMagnitude]]:
    """Return station magnitudes by the origin and arrival in whose line they stand.

    That of their own magnitude's origin, or else of the preferred one, or of any; (None, id)
    where the arrival has no origin, (None, None) where there is no arrival.
    """
    preferred = event.origin
    heard = {o.id: {a.detection_id for a in o.associations} for o in event.origins}
    known = {d.id for d in event.detections}
    sizes: dict[tuple[str | None, str | None], list[StationMagnitude]] = {}
    for magnitude in event.magnitudes:
        candidates = [magnitude.origin_id, preferred.id if preferred else None, *heard]
        for size in magnitude.stations:
            detection_id = size.detection_id if size.detection_id in known else None
            origin_id = next(
                (o for o in candidates if o and detection_id in heard.get(o, ())), None
            )
            sizes.setdefault((origin_id, detection_id), []).append(size)
    return sizes


def _comments(event: Event, kind: str, item_id: str) -> Iterator[str]:
    for comment in event.comments:
        address = address_of(comment)
        if address and address[:2] == (kind, item_id.replace(" ", "_")):
            yield comment_line(address[2])


def _check_day(event: Event, detection: Detection, origin: Origin) -> None:
    since = detection.time_ns - origin.time_ns
    if not EARLIEST_NS <= since < EARLIEST_NS + NS_PER_DAY:
        raise UnwritableError(
            format="An IMS1.0 bulletin",
            what=f"arrival {detection.id} of event {event.id}, {since / 3.6e12:.1f} h from its "
            "origin: arrivals carry no date there",
            remedy="Write vigie_json or quakeml.",
        )


def _arrivals(detections: tuple[Detection, ...]) -> list[str]:
    ids = ShortIds(d.id for d in detections)
    lines = [
        "BEGIN IMS1.0",
        "MSG_TYPE DATA",
        "MSG_ID 1 VIGIE",
        "DATA_TYPE ARRIVAL:GROUPED IMS1.0",
        lay.ARRIVAL_HEADER,
    ]
    for detection in detections:
        date, clock = date_text(detection.time_ns, 3)
        channel = detection.channel
        plain = channel is None or (
            len(channel.channel) <= 3
            and len(channel.location) <= 4
            and channel[:2] == (detection.network, detection.station)
        )
        values: dict[str, Value] = {
            **_values.phase_values(detection, None, ids[detection.id]),
            "network": detection.network,
            "channel": channel.channel if channel and plain else "",
            "location": channel.location if channel and plain else "",
            "date": date,
            "time": clock,
            "group": line_text(detection.group or "", 8),
            "author": line_text(detection.author, 9),
        }
        lines.append(lay.ARRIVAL.format(values))
        long_channel = "" if plain else str(channel)
        longer = ids.longer(detection.id)
        if longer or long_channel:
            pairs = pairs_text("VIGIE", ARRIVALID=longer, CHANNEL=long_channel)
            lines.append(comment_line(pairs))
        lines += map(comment_line, detection_measures(detection))
    return [*lines, "", "STOP"]
