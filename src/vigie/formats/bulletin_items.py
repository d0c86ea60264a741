"""Values of one line to a record, and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.errors import BadTimeError
from vigie.formats.bulletins import coverage_90, sigma_of_90
from vigie.formats.clock import date_arrival, parse_clock, parse_date
from vigie.formats.messages import METHODS
from vigie.records import (
    Amplitude,
    Association,
    ChannelId,
    Detection,
    Magnitude,
    Origin,
    StationMagnitude,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import IssueLog
    from vigie.formats.text_columns import Line, Value

    Values = Mapping[str, Value]

_TITLE = re.compile(r"event\s+(\S+)\s*(.*)", re.IGNORECASE)


def event_title(line: str, layout: Line) -> tuple[str, str]:
    """Return id and region of an event title; long ids push the region to the right."""
    word, id_field, region = layout.fields
    by_column = line[id_field.first - 1 : id_field.last].strip()
    between = line[id_field.last : region.first - 1].strip()
    if not between and " " not in by_column:
        return by_column, line[region.first - 1 :].strip()
    match = _TITLE.fullmatch(line.strip())
    return (match[1], match[2].strip()) if match else ("", line[word.last :].strip())


def text(values: Values, name: str) -> str:
    """Return a text; empty where unknown."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def number(values: Values, name: str) -> float | None:
    """Return a number; None where unknown."""
    value = values.get(name)
    return value if isinstance(value, float) else None


def count(values: Values, name: str) -> int | None:
    """Return a whole number; None where unknown."""
    value = number(values, name)
    return None if value is None else int(value)


def origin_time(values: Values, place: str, log: IssueLog) -> int | None:
    """Return the time of a line that has a date; None, with an issue, where it has none."""
    date, clock = text(values, "date"), text(values, "time")
    try:
        return parse_date(date) + parse_clock(clock)
    except BadTimeError:
        log.bad_record(
            place, field_name="time", text=f"{date} {clock}", expected="a date and a time"
        )
        return None


def arrival_time(values: Values, reference_ns: int | None, place: str, log: IssueLog) -> int | None:
    """Return the time of a phase line, dated by its origin; None, with an issue."""
    clock = text(values, "time")
    expected = "a time of day" if reference_ns is not None else "dated by an origin before it"
    try:
        clock_ns = parse_clock(clock)
    except BadTimeError:
        clock_ns, expected, reference_ns = 0, "a time of day", None
    if reference_ns is None:
        log.bad_record(place, field_name="phase, time", text=clock, expected=expected)
        return None
    return date_arrival(clock_ns, reference_ns)


def has_station(values: Values, place: str, log: IssueLog) -> bool:
    """Tell whether the line names a station; an issue where not."""
    if text(values, "station"):
        return True
    log.bad_record(place, field_name="station", text="", expected="a station code")
    return False


def origin(
    values: Values, time_ns: int, origin_id: str, place: str, log: IssueLog
) -> Origin | None:
    """Return the origin of a line; None, with an issue, where its place is none."""
    latitude, longitude = number(values, "latitude"), number(values, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90.0 or abs(longitude) > 360.0:
        log.bad_record(
            place, field_name="epicentre", text=f"{latitude} {longitude}", expected="a position"
        )
        return None
    flag = text(values, "depth_flag").lower()
    method = text(values, "method").lower()
    return Origin(
        id=origin_id,
        time_ns=time_ns,
        latitude=latitude,
        longitude=longitude,
        depth_km=number(values, "depth_km"),
        time_fixed=bool(text(values, "time_fixed")),
        epicentre_fixed=bool(text(values, "epicentre_fixed")),
        depth_fixed=bool(flag),
        depth_reason={"d": "depth_phases", "": ""}.get(flag, "operator"),
        time_sigma_s=number(values, "time_sigma_s"),
        depth_sigma_km=sigma_of_90(number(values, "depth_error_km")),
        ellipses=coverage_90(
            number(values, "semi_major_km"),
            number(values, "semi_minor_km"),
            number(values, "strike_deg"),
            place,
            log,
        ),
        rms_s=number(values, "rms_s"),
        n_defining=count(values, "n_defining"),
        n_stations=count(values, "n_stations"),
        gap_deg=number(values, "gap_deg"),
        min_distance_deg=number(values, "min_distance_deg"),
        max_distance_deg=number(values, "max_distance_deg"),
        author=text(values, "author"),
        method=METHODS.get(method, method),
        event_type=text(values, "event_type"),
        analysis=text(values, "analysis").lower(),
    )


def magnitude(values: Values, place: str, log: IssueLog) -> Magnitude | None:
    """Return the network magnitude of a line; None, with an issue, where it has no value."""
    value = number(values, "value")
    if value is None:
        log.bad_record(place, field_name="magnitude, value", text="", expected="a number")
        return None
    return Magnitude(
        type=text(values, "type"),
        value=value,
        sigma=number(values, "sigma"),
        n_stations=count(values, "n_stations"),
        origin_id=text(values, "origin_id") or None,
        author=text(values, "author"),
        bound=text(values, "bound"),
    )


def detection(values: Values, time_ns: int, detection_id: str) -> Detection:
    """Return the detection of a phase line."""
    return Detection(
        id=detection_id,
        station=text(values, "station"),
        time_ns=time_ns,
        phase=text(values, "phase") or None,
        azimuth_deg=number(values, "azimuth_deg"),
        slowness_s_per_deg=number(values, "slowness_s_per_deg"),
        amplitude_nm=number(values, "amplitude_nm"),
        period_s=number(values, "period_s"),
        snr=number(values, "snr"),
        first_motion=text(values, "first_motion").lower() or None,
        onset=text(values, "onset").lower() or None,
        analysis=text(values, "analysis").lower(),
        author="",
    )


def listed_detection(values: Values, time_ns: int, detection_id: str) -> Detection:
    """Return the detection of a line of an arrival list."""
    network, station = text(values, "network"), text(values, "station")
    location, channel = text(values, "location"), text(values, "channel")
    has_channel = bool(location or channel)
    return replace(
        detection(values, time_ns, detection_id),
        network=network,
        channel=ChannelId(network, station, location, channel) if has_channel else None,
        author=text(values, "author"),
        group=text(values, "group") or None,
    )


def association(values: Values, found: Detection) -> Association:
    """Return the association of a phase line."""
    return Association(
        detection_id=found.id,
        station=found.station,
        phase=found.phase or "",
        delta_deg=number(values, "delta_deg"),
        esaz_deg=number(values, "esaz_deg"),
        seaz_deg=number(values, "seaz_deg"),
        time_residual_s=number(values, "time_residual_s"),
        azimuth_residual_deg=number(values, "azimuth_residual_deg"),
        slowness_residual_s_per_deg=number(values, "slowness_residual_s_per_deg"),
        time_defining=text(values, "time_defining").upper() == "T",
        azimuth_defining=text(values, "azimuth_defining").upper() == "A",
        slowness_defining=text(values, "slowness_defining").upper() == "S",
    )


def amplitude(values: Values) -> Amplitude | None:
    """Return the amplitude of a line without a time; None where it has none."""
    value = number(values, "amplitude_nm")
    if value is None:
        return None
    return Amplitude(
        type=text(values, "phase"),
        value=value,
        unit="nm",
        period_s=number(values, "period_s"),
        snr=number(values, "snr"),
    )


def station_magnitude(values: Values, found: Detection | None) -> StationMagnitude | None:
    """Return the station magnitude of a phase line; None where it has none."""
    value = number(values, "magnitude")
    if value is None:
        return None
    return StationMagnitude(
        station=text(values, "station"),
        type=text(values, "magnitude_type"),
        value=value,
        detection_id=None if found is None else found.id,
        delta_deg=number(values, "delta_deg"),
        phase=text(values, "phase") or None,
        bound=text(values, "bound"),
    )


def with_pairs(found: Detection, pairs: Mapping[str, str]) -> Detection:
    """Return a detection with what a comment for programs says of it."""
    network = pairs.get("FDSNNETWORKCODE", found.network)
    channel = found.channel
    if "FDSNLOCATIONID" in pairs:
        channel = ChannelId(network, found.station, pairs["FDSNLOCATIONID"], "")
    if pairs.get("CHANNEL", "").count(".") == 3:
        channel = ChannelId.parse(pairs["CHANNEL"])
    arrival_id = pairs.get("ARRIVALID", found.id)
    return replace(found, network=network, channel=channel, id=arrival_id)
