"""One row of a bulletin table to a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.bulletins import interval_factor
from vigie.records import (
    Amplitude,
    Association,
    ChannelId,
    Detection,
    Ellipse,
    EllipseKind,
    Magnitude,
    Origin,
    StationMagnitude,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog
    from vigie.formats.fixed_columns import Row

DEPTHS = {
    "f": (False, "free"),
    "d": (True, "depth_phases"),
    "r": (True, "default"),
    "g": (True, "operator"),
}
"""``origin.dtype``: free, from depth phases, restrained by the program, by a person."""
ONSETS = {"i": "i", "e": "e", "w": "q"}
"""``arrival.qual``: impulsive, emergent, weak."""
_COVARIANCE = (
    ("sxx", "sxy", "sxz", "stx"),
    ("sxy", "syy", "syz", "sty"),
    ("sxz", "syz", "szz", "stz"),
    ("stx", "sty", "stz", "stt"),
)
"""x is north (latitude), y east, z depth, t time."""


def detection(row: Row, amplitudes: tuple[Amplitude, ...], log: IssueLog) -> Detection | None:
    """Return the detection of a row of ``arrival``; None, with an issue, without its essentials."""
    station, time_ns = row.text("sta"), row.time_ns("time")
    if not station or time_ns is None:
        log.bad_record(
            row.place,
            field_name="arrival.sta, arrival.time",
            text=f"{station} {time_ns}",
            expected="a station and a time",
        )
        return None
    arid, channel = row.integer("arid"), row.text("chan")
    motion = row.text("fm")[:1].lower()
    return Detection(
        id=f"r{row.line_number}" if arid is None else str(arid),
        station=station,
        time_ns=time_ns,
        time_sigma_s=row.number("deltim"),
        phase=row.text("iphase") or None,
        channel=ChannelId("", station, "", channel) if channel else None,
        azimuth_deg=row.number("azimuth"),
        azimuth_deg_sigma=row.number("delaz"),
        slowness_s_per_deg=row.number("slow"),
        slowness_s_per_deg_sigma=row.number("delslo"),
        rectilinearity=row.number("rect"),
        amplitude_nm=row.number("amp"),
        period_s=row.number("per"),
        snr=row.number("snr"),
        first_motion=motion if motion in ("c", "d") else None,
        onset=ONSETS.get(row.text("qual").lower()),
        amplitudes=amplitudes,
        author=row.text("auth"),
        analysis="",
    )


def amplitude(row: Row) -> Amplitude | None:
    """Return the amplitude of a row; None where it has no value."""
    value = row.number("amp")
    if value is None:
        return None
    return Amplitude(
        type=row.text("amptype"),
        value=value,
        unit=row.text("units"),
        period_s=row.number("per"),
        time_ns=row.time_ns("amptime"),
        snr=row.number("snr"),
        clipped=row.text("clip").lower() == "c",
    )


def association(row: Row, found: Detection) -> Association:
    """Return the association of a row of ``assoc``."""
    return Association(
        detection_id=found.id,
        station=row.text("sta") or found.station,
        phase=row.text("phase"),
        delta_deg=row.number("delta"),
        seaz_deg=row.number("seaz"),
        esaz_deg=row.number("esaz"),
        time_residual_s=row.number("timeres"),
        azimuth_residual_deg=row.number("azres"),
        slowness_residual_s_per_deg=row.number("slores"),
        time_defining=row.text("timedef").lower() == "d",
        azimuth_defining=row.text("azdef").lower() == "d",
        slowness_defining=row.text("slodef").lower() == "d",
        weight=row.number("wgt"),
    )


def origin(
    row: Row,
    error: Row | None,
    model: str,
    associations: tuple[Association, ...],
    log: IssueLog,
) -> Origin | None:
    """Return the origin of a row; None, with an issue, without a time or a position."""
    time_ns, latitude, longitude = row.time_ns("time"), row.number("lat"), row.number("lon")
    if (
        time_ns is None
        or latitude is None
        or longitude is None
        or abs(latitude) > 90.0
        or abs(longitude) > 360.0
    ):
        log.bad_record(
            row.place,
            field_name="origin.time, origin.lat, origin.lon",
            text=f"{time_ns} {latitude} {longitude}",
            expected="a time and a position",
        )
        return None
    fixed, reason = DEPTHS.get(row.text("dtype").lower(), (False, ""))
    time_sigma_s, depth_sigma_km, ellipses = _errors(error, log)
    return Origin(
        id=str(row.integer("orid")),
        time_ns=time_ns,
        latitude=latitude,
        longitude=longitude,
        depth_km=row.number("depth"),
        depth_fixed=fixed,
        depth_reason=reason,
        time_sigma_s=time_sigma_s,
        depth_sigma_km=depth_sigma_km,
        covariance=None if error is None else _covariance(error),
        ellipses=ellipses,
        weighted_rms=None if error is None else error.number("sdobs"),
        n_defining=row.integer("ndef"),
        associations=associations,
        author=row.text("auth"),
        method=row.text("algorithm"),
        model=model,
        event_type=row.text("etype"),
        analysis="",
    )


def _errors(
    row: Row | None, log: IssueLog
) -> tuple[float | None, float | None, tuple[Ellipse, ...]]:
    """Return standard errors of time and depth, and the ellipse.

    ``stime``, ``sdepth`` and the axes are those of the confidence ``conf``.
    """
    if row is None:
        return None, None, ()
    confidence = row.number("conf")
    if confidence is None or not 0.0 < confidence < 1.0:
        log.notice(
            row.place,
            "css_bulletin.conf",
            f"origerr.conf {confidence} is no confidence; the errors are taken as of 90 %",
        )
        confidence = 0.9
    factor = interval_factor(confidence)
    stime, sdepth = row.number("stime"), row.number("sdepth")
    major, minor = row.number("smajax"), row.number("sminax")
    ellipses: tuple[Ellipse, ...] = ()
    if major is not None and minor is not None and major >= minor >= 0.0:
        ellipse = Ellipse(
            kind=EllipseKind.COVERAGE,
            confidence=confidence,
            semi_major_km=major,
            semi_minor_km=minor,
            strike_deg=(row.number("strike") or 0.0) % 180.0,
        )
        ellipses = (ellipse,)
    elif major is not None or minor is not None:
        log.bad_record(
            row.place,
            field_name="origerr.smajax, origerr.sminax",
            text=f"{major} {minor}",
            expected="two axes, the longer first",
        )
    return (
        None if stime is None else stime / factor,
        None if sdepth is None else sdepth / factor,
        ellipses,
    )


def _covariance(row: Row) -> tuple[tuple[float, ...], ...] | None:
    if row.number("sxx") is None or row.number("syy") is None:
        return None

    def term(name: str) -> float:
        value = row.number(name)
        # Off the diagonal the value that stands for nothing is a covariance like any other; on
        # it, it is a variance that was not computed: of a fixed parameter.
        if value is None:
            return 0.0 if name[1] == name[2] else -1.0
        return value

    return tuple(tuple(term(name) for name in names) for names in _COVARIANCE)


def magnitude(row: Row, stations: Iterable[Row]) -> Magnitude | None:
    """Return the magnitude of a row of ``netmag`` with its stations; None without a value."""
    value, orid = row.number("magnitude"), row.integer("orid")
    if value is None:
        return None
    found = (_station_magnitude(one) for one in stations)
    return Magnitude(
        type=row.text("magtype"),
        value=value,
        sigma=row.number("uncertainty"),
        n_stations=row.integer("nsta"),
        origin_id=None if orid is None else str(orid),
        author=row.text("auth"),
        stations=tuple(one for one in found if one is not None),
    )


def _station_magnitude(row: Row) -> StationMagnitude | None:
    value, arid = row.number("magnitude"), row.integer("arid")
    if value is None:
        return None
    return StationMagnitude(
        station=row.text("sta"),
        type=row.text("magtype"),
        value=value,
        sigma=row.number("uncertainty"),
        detection_id=None if arid is None else str(arid),
        delta_deg=row.number("delta"),
        phase=row.text("phase") or None,
        defining=row.text("magdef").lower() != "n",
    )


def magnitudes_of_origin(row: Row) -> list[Magnitude]:
    """Return the magnitudes that stand in a row of ``origin``, for sets without ``netmag``."""
    return [
        Magnitude(
            type=kind,
            value=value,
            origin_id=str(row.integer("orid")),
            author=row.text("auth"),
        )
        for kind, name in (("mb", "mb"), ("Ms", "ms"), ("ML", "ml"))
        if (value := row.number(name)) is not None
    ]
