"""Records to the columns of the bulletin tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from vigie.formats.bulletins import interval_factor, line_text, n_defining_phases
from vigie.formats.css_bulletin._items import DEPTHS, ONSETS
from vigie.records import NS_PER_S, EllipseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.fixed_columns import Value
    from vigie.records import (
        Amplitude,
        Association,
        Detection,
        Event,
        Origin,
        StationMagnitude,
    )

_DTYPES = {reason: letter for letter, (_, reason) in DEPTHS.items()} | {"surface": "r"}
_QUALITIES = {ours: theirs for theirs, ours in ONSETS.items()}
_ORIGIN_COLUMNS = {"mb": "mb", "ms": "ms", "ml": "ml"}
_REMARK_WIDTH = 80


def cut_text(text: str, width: int) -> str:
    """Return a text cut to so many bytes, as columns count them."""
    return line_text(text).encode()[:width].decode(errors="ignore").strip()


def remark_lines(comment: str) -> Iterator[str]:
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


def arrival_values(detection: Detection) -> dict[str, Value]:
    """Return the columns of ``arrival``, but its ids."""
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
        "auth": cut_text(detection.author, 20),
    }


def amplitude_values(amplitude: Amplitude, detection: Detection) -> dict[str, Value]:
    """Return the columns of ``amplitude``, but its ids."""
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


def assoc_values(association: Association, model: str) -> dict[str, Value]:
    """Return the columns of ``assoc``, but its ids."""
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
        "vmodel": cut_text(model, 15),
    }


def origin_values(origin: Origin) -> dict[str, Value]:
    """Return the columns of ``origin``, but its ids and magnitudes."""
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
        "algorithm": cut_text(origin.method, 15),
        "auth": cut_text(origin.author, 20),
    }


def size_columns(event: Event, origin: Origin) -> dict[str, Value]:
    """Return the columns mb, ms and ml of an origin's row."""
    sizes: dict[str, Value] = {}
    for magnitude in event.magnitudes:
        column = _ORIGIN_COLUMNS.get(magnitude.type.lower())
        if column and magnitude.origin_id == origin.id:
            sizes[column] = magnitude.value
    return sizes


def error_values(origin: Origin) -> dict[str, Value]:
    """Return the columns of ``origerr``; empty where nothing is known."""
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


def stamag_values(size: StationMagnitude) -> dict[str, Value]:
    """Return the columns of ``stamag``, but its ids."""
    return {
        "sta": size.station,
        "phase": size.phase,
        "delta": size.delta_deg,
        "magtype": size.type,
        "magnitude": size.value,
        "uncertainty": size.sigma,
        "magdef": "d" if size.defining else "n",
    }
