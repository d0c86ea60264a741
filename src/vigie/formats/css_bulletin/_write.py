"""Bulletins to the rows of the tables, wide columns.

What the tables have no column for is not written: standard errors of amplitude and period,
frequency, duration, masks, elements, screening, gaps, ellipses but one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.css_bulletin import _values as columns
from vigie.formats.css_bulletin._tables import WIDE
from vigie.formats.fixed_columns import new_row, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.fixed_columns import Row, Value
    from vigie.records import Bulletin, Detection, Event, Magnitude, Origin

_MOST_DIGITS = 9
_TYPE_BYTES = 8


class Numbers:
    """Ids as the tables have them: whole numbers. Others are numbered anew."""

    def __init__(self, ids: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(ids))
        self._numbers = {one: int(one) for one in wanted if _is_number(one)}
        taken = set(self._numbers.values())
        self._next = 1
        for one in wanted:
            if one not in self._numbers:
                self._numbers[one] = self._fresh(taken)

    def _fresh(self, taken: set[int]) -> int:
        while self._next in taken:
            self._next += 1
        taken.add(self._next)
        return self._next

    def of(self, one: str | None) -> int | None:
        """Return the number of an id; None where it is of nothing here."""
        return self._numbers.get(one or "")


def _is_number(one: str) -> bool:
    plain = one.isascii() and one.isdigit() and len(one) <= _MOST_DIGITS
    return plain and one == str(int(one))


def write_tables(bulletin: Bulletin) -> dict[str, bytes]:
    """Return ``arrival``, which is always there, and the tables that are not empty, by endings.

    Raises
    ------
    UnwritableError
        A code or number does not fit its column.
    """
    writer = _Writer(bulletin)
    for event in bulletin.events:
        writer.event(event)
    for detection in bulletin.detections:
        writer.arrival(detection)
    filled = ["arrival", *(t for t in WIDE if t != "arrival" and writer.rows[t])]
    return {f".{table}": write_table(writer.rows[table]) for table in filled}


class _Writer:
    """The rows of all tables as they grow."""

    def __init__(self, bulletin: Bulletin) -> None:
        events = bulletin.events
        loose = [d.id for d in bulletin.detections]
        bare = [e.id for e in events if not e.origins]
        self._arids = Numbers([d.id for e in events for d in e.detections] + loose)
        # An event without origin is known by its rows of assoc; it takes a number as an origin.
        self._orids = Numbers([*(o.id for e in events for o in e.origins), *bare])
        self._evids = Numbers(e.id for e in events if e.origins)
        self._written: set[int] = set()
        self._magid = self._ampid = self._commid = 0
        self.rows: dict[str, list[Row]] = {table: [] for table in WIDE}

    def _add(self, table: str, values: dict[str, Value]) -> None:
        self.rows[table].append(new_row(WIDE[table], values))

    def event(self, event: Event) -> None:
        """Add the rows of one event."""
        for detection in event.detections:
            self.arrival(detection)
        if not event.origins:
            orid = self._orids.of(event.id)
            for detection in event.detections:
                self._add("assoc", {**self._tie(detection.id, orid), "sta": detection.station,
                                    "phase": detection.phase})  # fmt: skip
            return
        evid = self._evids.of(event.id)
        for origin in event.origins:
            self._origin(event, origin, evid)
        for magnitude in event.magnitudes:
            self._netmag(event, magnitude, evid)
        commid = self._remarks(event.comments)
        prefor = self._orids.of(event.preferred_id)
        name = columns.cut_text(event.region, 32)
        self._add("event", {"evid": evid, "evname": name, "prefor": prefor, "commid": commid})

    def arrival(self, detection: Detection) -> None:
        """Add the row of one detection, once, with those of its amplitudes."""
        arid = self._arids.of(detection.id)
        if arid is None or arid in self._written:
            return
        self._written.add(arid)
        self._add("arrival", {**columns.arrival_values(detection), "arid": arid})
        for amplitude in detection.amplitudes:
            # Cut off, two types could become one.
            if len(amplitude.type.encode()) > _TYPE_BYTES:
                continue
            self._ampid += 1
            values = columns.amplitude_values(amplitude, detection)
            self._add("amplitude", {**values, "ampid": self._ampid, "arid": arid})

    def _tie(self, detection_id: str, orid: int | None) -> dict[str, Value]:
        return {"arid": self._arids.of(detection_id), "orid": orid}

    def _origin(self, event: Event, origin: Origin, evid: int | None) -> None:
        orid = self._orids.of(origin.id)
        known = {d.id for d in event.detections}
        linked = [a for a in origin.associations if a.detection_id in known]
        values = columns.origin_values(origin) | columns.size_columns(event, origin)
        self._add("origin", {**values, "orid": orid, "evid": evid, "nass": min(len(linked), 9999)})
        errors = columns.error_values(origin)
        if errors:
            self._add("origerr", {**errors, "orid": orid})
        for association in linked:
            values = columns.assoc_values(association, origin.model)
            self._add("assoc", {**values, **self._tie(association.detection_id, orid)})

    def _netmag(self, event: Event, magnitude: Magnitude, evid: int | None) -> None:
        self._magid += 1
        orid = self._orids.of(magnitude.origin_id)
        self._add(
            "netmag",
            {
                "magid": self._magid,
                "orid": orid,
                "evid": evid,
                "magtype": magnitude.type,
                "nsta": magnitude.n_stations,
                "magnitude": magnitude.value,
                "uncertainty": magnitude.sigma,
                "auth": columns.cut_text(magnitude.author, 20),
            },
        )
        for size in magnitude.stations:
            values = columns.stamag_values(size)
            arid = self._arids.of(size.detection_id)
            ids: dict[str, Value] = {"magid": self._magid, "orid": orid, "evid": evid, "arid": arid}
            self._add("stamag", {**values, **ids})

    def _remarks(self, comments: tuple[str, ...]) -> int | None:
        lines = [line for comment in comments for line in columns.remark_lines(comment)]
        if not lines:
            return None
        self._commid += 1
        for number, line in enumerate(lines, 1):
            self._add("remark", {"commid": self._commid, "lineno": number, "remark": line})
        return self._commid
