"""Records to the fields of ISF lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.bulletins import ellipse_90, half_width_of_90, line_text, n_defining_phases
from vigie.formats.clock import date_text
from vigie.formats.messages import method_letter, reading_values

if TYPE_CHECKING:
    from vigie.formats.text_columns import Value
    from vigie.records import (
        Amplitude,
        Association,
        Detection,
        Magnitude,
        Origin,
        StationMagnitude,
    )


def origin_values(origin: Origin, origin_id: str) -> dict[str, Value]:
    """Return the fields of an origin's line."""
    date, clock = date_text(origin.time_ns, 2)
    ellipse = ellipse_90(origin)
    depth_flag = "f" if origin.depth_fixed else ""
    return {
        "date": date,
        "time": clock,
        "time_fixed": "f" if origin.time_fixed else "",
        "time_sigma_s": origin.time_sigma_s,
        "rms_s": origin.rms_s,
        "latitude": origin.latitude,
        "longitude": origin.longitude,
        "epicentre_fixed": "f" if origin.epicentre_fixed else "",
        "semi_major_km": ellipse.semi_major_km if ellipse else None,
        "semi_minor_km": ellipse.semi_minor_km if ellipse else None,
        "strike_deg": ellipse.strike_deg if ellipse else None,
        "depth_km": origin.depth_km,
        "depth_flag": "d" if origin.depth_reason == "depth_phases" else depth_flag,
        "depth_error_km": half_width_of_90(origin.depth_sigma_km),
        "n_defining": n_defining_phases(origin),
        "n_stations": origin.n_stations,
        "gap_deg": origin.gap_deg,
        "min_distance_deg": origin.min_distance_deg,
        "max_distance_deg": origin.max_distance_deg,
        "analysis": origin.analysis,
        "method": method_letter(origin.method) if origin.method else "",
        "event_type": origin.event_type,
        "author": line_text(origin.author, 9),
        "id": origin_id,
    }


def magnitude_values(magnitude: Magnitude, origin_id: str | None) -> dict[str, Value]:
    """Return the fields of a magnitude's line."""
    return {
        "type": magnitude.type,
        "bound": magnitude.bound,
        "value": magnitude.value,
        "sigma": magnitude.sigma,
        "n_stations": magnitude.n_stations,
        "author": line_text(magnitude.author, 9),
        "origin_id": origin_id,
    }


def phase_values(
    detection: Detection, association: Association | None, short: str
) -> dict[str, Value]:
    """Return the fields of an arrival's line."""
    time = date_text(detection.time_ns, 3)[1]
    return reading_values(detection, association) | {"time": time, "id": short}


def size_values(size: StationMagnitude | None) -> dict[str, Value]:
    """Return the fields of a station magnitude in a phase line."""
    if size is None:
        return {}
    return {"magnitude_type": size.type, "bound": size.bound, "magnitude": size.value}


def silent_values(size: StationMagnitude) -> dict[str, Value]:
    """Return the fields of a line of a station without arrival."""
    named: dict[str, Value] = {
        "station": size.station,
        "delta_deg": size.delta_deg,
        "phase": size.phase,
    }
    return {**named, **size_values(size)}


def amplitude_values(amplitude: Amplitude) -> dict[str, Value]:
    """Return the fields of a further amplitude's line."""
    return {
        "phase": amplitude.type,
        "amplitude_nm": amplitude.value,
        "period_s": amplitude.period_s,
        "snr": amplitude.snr,
    }


def channel_pairs(detection: Detection) -> dict[str, str]:
    """Return network and location for the comment that keeps them."""
    if not detection.network:
        return {}
    location = detection.channel.location if detection.channel else ""
    return {"FDSNNETWORKCODE": detection.network, "FDSNLOCATIONID": location}
