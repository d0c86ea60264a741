"""Bulletins to the rows of the tables, wide columns.

What the tables have no column for is not written: standard errors of amplitude and period,
frequency, duration, masks, elements, screening, gaps, ellipses but one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from vigie.formats.bulletins import interval_factor, line_text, n_defining_phases
from vigie.formats.css_bulletin._items import DEPTHS, ONSETS
from vigie.formats.css_bulletin._tables import WIDE
from vigie.formats.fixed_columns import new_row, write_table
from vigie.records import NS_PER_S, EllipseKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.formats.fixed_columns import Row, Value
    from vigie.records import (
        Amplitude,
        Association,
        Bulletin,
        Detection,
        Event,
        Magnitude,
        Origin,
        StationMagnitude,
    )

_DTYPES = {reason: letter for letter, (_, reason) in DEPTHS.items()} | {"surface": "r"}
_QUALITIES = {ours: theirs for theirs, ours in ONSETS.items()}
_ORIGIN_COLUMNS = {"mb": "mb", "ms": "ms", "ml": "ml"}
_REMARK_WIDTH = 80
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
        name = _cut(event.region, 32)
        self._add("event", {"evid": evid, "evname": name, "prefor": prefor, "commid": commid})

    def arrival(self, detection: Detection) -> None:
        """Add the row of one detection, once, with those of its amplitudes."""
        arid = self._arids.of(detection.id)
        if arid is None or arid in self._written:
            return
        self._written.add(arid)
        self._add("arrival", {**_arrival_values(detection), "arid": arid})
        for amplitude in detection.amplitudes:
            # Cut off, two types could become one.
            if len(amplitude.type.encode()) > _TYPE_BYTES:
                continue
            self._ampid += 1
            values = _amplitude_values(amplitude, detection)
            self._add("amplitude", {**values, "ampid": self._ampid, "arid": arid})

    def _tie(self, detection_id: str, orid: int | None) -> dict[str, Value]:
        return {"arid": self._arids.of(detection_id), "orid": orid}

    def _origin(self, event: Event, origin: Origin, evid: int | None) -> None:
        orid = self._orids.of(origin.id)
        known = {d.id for d in event.detections}
        linked = [a for a in origin.associations if a.detection_id in known]
        values = _origin_values(origin) | _sizes_of(event, origin)
        self._add("origin", {**values, "orid": orid, "evid": evid, "nass": min(len(linked), 9999)})
        errors = _error_values(origin)
        if errors:
            self._add("origerr", {**errors, "orid": orid})
        for association in linked:
            values = _assoc_values(association, origin.model)
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
                "auth": _cut(magnitude.author, 20),
            },
        )
        for size in magnitude.stations:
            values = _stamag_values(size)
            arid = self._arids.of(size.detection_id)
            ids: dict[str, Value] = {"magid": self._magid, "orid": orid, "evid": evid, "arid": arid}
            self._add("stamag", {**values, **ids})

    def _remarks(self, comments: tuple[str, ...]) -> int | None:
        lines = [line for comment in comments for line in _lines(comment)]
        if not lines:
            return None
        self._commid += 1
        for number, line in enumerate(lines, 1):
            self._add("remark", {"commid": self._commid, "lineno": number, "remark": line})
        return self._commid


def _cut(text: str, width: int) -> str:
    """Return a text cut to so many bytes, as columns count them."""
    return line_text(text).encode()[:width].decode(errors="ignore").strip()


def _lines(comment: str) -> Iterator[str]:
    """Yield a comment in pieces that fit a remark."""
    rest = line_text(comment)
    while rest:
        piece = rest.encode()[:_REMARK_WIDTH].decode(errors="ignore")
        if line := piece.strip():
            yield line
        rest = rest[len(piece) :]


def _jdate(time_ns: int) -> int:
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time_ns // NS_PER_S)
    return day.year * 1000 + day.timetuple().tm_yday


def _arrival_values(detection: Detection) -> dict[str, Value]:
    motion = detection.first_motion
    return {
        "sta": detection.station,
        "time": detection.time_ns,
        "jdate": _jdate(detection.time_ns),
        "chan": detection.channel.channel if detection.channel else None,
        "iphase": detection.phase,
        "deltim": detection.time_sigma_s,
        "azimuth": detection.azimuth_deg,
        "delaz": detection.azimuth_deg_sigma,
        "slow": detection.slowness_s_per_deg,
        "delslo": detection.slowness_s_per_deg_sigma,
        "rect": detection.rectilinearity,
        "amp": detection.amplitude_nm,
        "per": detection.period_s,
        "fm": f"{motion}." if motion else None,
        "snr": detection.snr,
        "qual": _QUALITIES.get(detection.onset or ""),
        "auth": _cut(detection.author, 20),
    }


def _amplitude_values(amplitude: Amplitude, detection: Detection) -> dict[str, Value]:
    return {
        "chan": detection.channel.channel if detection.channel else None,
        "amp": amplitude.value,
        "per": amplitude.period_s,
        "snr": amplitude.snr,
        "amptime": amplitude.time_ns,
        "amptype": line_text(amplitude.type),
        "units": amplitude.unit,
        "clip": "c" if amplitude.clipped else None,
        "inarrival": "n",
    }


def _assoc_values(association: Association, model: str) -> dict[str, Value]:
    return {
        "sta": association.station,
        "phase": association.phase,
        "delta": association.delta_deg,
        "seaz": association.seaz_deg,
        "esaz": association.esaz_deg,
        "timeres": association.time_residual_s,
        "timedef": "d" if association.time_defining else "n",
        "azres": association.azimuth_residual_deg,
        "azdef": "d" if association.azimuth_defining else "n",
        "slores": association.slowness_residual_s_per_deg,
        "slodef": "d" if association.slowness_defining else "n",
        "wgt": association.weight,
        "vmodel": _cut(model, 15),
    }


def _origin_values(origin: Origin) -> dict[str, Value]:
    dtype = _DTYPES.get(origin.depth_reason) or ("g" if origin.depth_fixed else None)
    return {
        "lat": origin.latitude,
        "lon": origin.longitude,
        "depth": origin.depth_km,
        "time": origin.time_ns,
        "jdate": _jdate(origin.time_ns),
        "ndef": n_defining_phases(origin),
        "etype": origin.event_type,
        "dtype": dtype,
        "algorithm": _cut(origin.method, 15),
        "auth": _cut(origin.author, 20),
    }


def _sizes_of(event: Event, origin: Origin) -> dict[str, Value]:
    """Return the columns mb, ms and ml of an origin's row."""
    sizes: dict[str, Value] = {}
    for magnitude in event.magnitudes:
        column = _ORIGIN_COLUMNS.get(magnitude.type.lower())
        if column and magnitude.origin_id == origin.id:
            sizes[column] = magnitude.value
    return sizes


def _error_values(origin: Origin) -> dict[str, Value]:
    ellipse = origin.ellipse
    if ellipse is not None and ellipse.kind is not EllipseKind.COVERAGE:
        ellipse = None
    confidence = ellipse.confidence if ellipse else 0.9
    factor = interval_factor(confidence)
    values: dict[str, Value] = {}
    if ellipse is not None:
        values["smajax"] = ellipse.semi_major_km
        values["sminax"] = ellipse.semi_minor_km
        values["strike"] = ellipse.strike_deg
    if origin.time_sigma_s is not None:
        values["stime"] = origin.time_sigma_s * factor
    if origin.depth_sigma_km is not None:
        values["sdepth"] = origin.depth_sigma_km * factor
    if origin.weighted_rms is not None:
        values["sdobs"] = origin.weighted_rms
    if origin.covariance is not None and len(origin.covariance) == 4:
        c = origin.covariance
        values |= {"sxx": c[0][0], "syy": c[1][1], "szz": c[2][2], "stt": c[3][3], "sxy": c[0][1],
                   "sxz": c[0][2], "syz": c[1][2], "stx": c[3][0], "sty": c[3][1],
                   "stz": c[3][2]}  # fmt: skip
    return {**values, "conf": confidence} if values else {}


def _stamag_values(size: StationMagnitude) -> dict[str, Value]:
    return {
        "sta": size.station,
        "phase": size.phase,
        "delta": size.delta_deg,
        "magtype": size.type,
        "magnitude": size.value,
        "uncertainty": size.sigma,
        "magdef": "d" if size.defining else "n",
    }
