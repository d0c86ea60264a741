"""Rows of the bulletin tables to records: joins by arid, orid, evid, magid and commid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.formats.css_bulletin import _items
from vigie.formats.fixed_columns import Row
from vigie.records import Amplitude, Association, Bulletin, Detection, Event, Magnitude, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog
    from vigie.formats.css_bulletin._tables import Tables


@dataclass(slots=True)
class _Group:
    """What belongs to one event."""

    id: str
    orids: list[int] = field(default_factory=list)
    preferred_id: str | None = None
    name: str = ""
    commid: int | None = None
    evid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joined:
    """What the rows of an event are looked up in."""

    detections: dict[str, Detection]
    assocs: dict[int, list[Association]]
    origins: dict[int, Origin]
    netmag_by_orid: dict[int, list[Row]]
    netmag_by_evid: dict[int, list[Row]]
    """Magnitudes that name an event but no origin."""
    stamag: dict[int, list[Row]]
    origin_rows: dict[int, Row]
    remarks: dict[int, list[Row]]


def bulletin_of(tables: Tables, log: IssueLog) -> Bulletin:
    """Join the tables.

    Arrivals that no row of ``assoc`` ties to an origin belong to no event. Where ``assoc`` names
    an origin that is not there, its arrivals become an event without origin.

    Raises
    ------
    BadRecordError
        A row has no id or time, or names what is not there, and reading is strict.
    """
    detections = _detections(tables, log)
    assocs = _associations(tables.assoc, detections, log)
    origins = _origins(tables, assocs, log)
    joined = _Joined(
        detections={d.id: d for d in detections.values()},
        assocs=assocs,
        origins=origins,
        netmag_by_orid=_rows_by(tables.netmag, "orid"),
        netmag_by_evid=_rows_by((r for r in tables.netmag if r.integer("orid") is None), "evid"),
        stamag=_rows_by(tables.stamag, "magid"),
        origin_rows=_by_id(tables.origin, "orid"),
        remarks=_rows_by(tables.remark, "commid"),
    )
    events = [_event(group, joined, log) for group in _groups(tables, assocs, origins).values()]
    used = {d.id for event in events for d in event.detections}
    loose = (d for d in detections.values() if d.id not in used)
    return Bulletin(events=tuple(events), detections=tuple(loose))


def _by_id(rows: Iterable[Row], name: str) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for row in rows:
        number = row.integer(name)
        if number is not None:
            found.setdefault(number, row)
    return found


def _rows_by(rows: Iterable[Row], name: str) -> dict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        number = row.integer(name)
        if number is not None:
            found[number].append(row)
    return found


def _detections(tables: Tables, log: IssueLog) -> dict[int, Detection]:
    amplitudes = _rows_by(tables.amplitude, "arid")
    found: dict[int, Detection] = {}
    unnamed = -2
    for row in tables.arrival:
        arid = row.integer("arid")
        if arid is None:
            arid, unnamed = unnamed, unnamed - 1
        if arid in found:
            log.bad_record(
                row.place, field_name="arrival.arid", text=str(arid), expected="an id of its own"
            )
            continue
        detection = _items.detection(row, _amplitudes(amplitudes.get(arid, ())), log)
        if detection is not None:
            found[arid] = detection
    return found


def _amplitudes(rows: Iterable[Row]) -> tuple[Amplitude, ...]:
    found = (_items.amplitude(row) for row in rows)
    return tuple(one for one in found if one is not None)


def _associations(
    rows: Iterable[Row], detections: dict[int, Detection], log: IssueLog
) -> dict[int, list[Association]]:
    found: defaultdict[int, list[Association]] = defaultdict(list)
    for row in rows:
        arid, orid = row.integer("arid"), row.integer("orid")
        if orid is None or arid not in detections:
            log.bad_record(
                row.place,
                field_name="assoc.arid, assoc.orid",
                text=f"{arid} {orid}",
                expected="an arrival of the table arrival, and an origin",
            )
            continue
        found[orid].append(_items.association(row, detections[arid]))
    return found


def _origins(
    tables: Tables,
    assocs: dict[int, list[Association]],
    log: IssueLog,
) -> dict[int, Origin]:
    errors = _by_id(tables.origerr, "orid")
    models = _by_id(tables.assoc, "orid")
    found: dict[int, Origin] = {}
    for row in tables.origin:
        orid = row.integer("orid")
        if orid is None or orid in found:
            log.bad_record(
                row.place, field_name="origin.orid", text=str(orid), expected="an id of its own"
            )
            continue
        model = models[orid].text("vmodel") if orid in models else ""
        origin = _items.origin(row, errors.get(orid), model, tuple(assocs.get(orid, ())), log)
        if origin is not None:
            found[orid] = origin
    return found


def _groups(
    tables: Tables, assocs: dict[int, list[Association]], origins: dict[int, Origin]
) -> dict[tuple[str, int], _Group]:
    """Return the events: by evid, or by orid where an origin has none."""
    named = _by_id(tables.event, "evid")
    groups: dict[tuple[str, int], _Group] = {}
    for row in tables.origin:
        orid, evid = row.integer("orid"), row.integer("evid")
        if orid is None or orid not in origins:
            continue
        key = ("orid", orid) if evid is None else ("evid", evid)
        group = groups.setdefault(key, _Group(str(key[1]), evid=evid))
        if orid not in group.orids:
            group.orids.append(orid)
        if evid in named and group.preferred_id is None:
            prefor = named[evid].integer("prefor")
            group.preferred_id = None if prefor is None else str(prefor)
            group.name = named[evid].text("evname")
            group.commid = named[evid].integer("commid")
    for orid in assocs:
        if orid not in origins:
            groups[("orid", orid)] = _Group(str(orid), [orid])
    return groups


def _event(group: _Group, joined: _Joined, log: IssueLog) -> Event:
    linked = (a for orid in group.orids for a in joined.assocs.get(orid, ()))
    ids = dict.fromkeys(a.detection_id for a in linked)
    own = tuple(joined.origins[orid] for orid in group.orids if orid in joined.origins)
    known = {origin.id for origin in own}
    if group.preferred_id is not None and group.preferred_id not in known:
        log.notice(
            f"event {group.id}",
            "css_bulletin.prefor",
            f"its preferred origin {group.preferred_id} is not among its origins; "
            "the last is taken",
        )
    return Event(
        id=group.id,
        origins=own,
        preferred_id=group.preferred_id if group.preferred_id in known else None,
        detections=tuple(joined.detections[one] for one in ids),
        magnitudes=_magnitudes(group, joined),
        region=group.name,
        comments=_comments(group, joined),
    )


def _magnitudes(group: _Group, joined: _Joined) -> tuple[Magnitude, ...]:
    rows = [row for orid in group.orids for row in joined.netmag_by_orid.get(orid, ())]
    if group.evid is not None:
        rows += joined.netmag_by_evid.get(group.evid, ())
    found = []
    for row in sorted(rows, key=lambda one: one.line_number):
        magid = row.integer("magid")
        own = joined.stamag.get(magid, []) if magid is not None else []
        one = _items.magnitude(row, own)
        found += [] if one is None else [one]
    if found:
        return tuple(found)
    known = (joined.origin_rows[orid] for orid in group.orids if orid in joined.origin_rows)
    return tuple(one for row in known for one in _items.magnitudes_of_origin(row))


def _comments(group: _Group, joined: _Joined) -> tuple[str, ...]:
    if group.commid is None:
        return ()
    lines = joined.remarks.get(group.commid, ())
    ordered = sorted(lines, key=lambda row: row.integer("lineno") or 0)
    return tuple(row.text("remark") for row in ordered)
