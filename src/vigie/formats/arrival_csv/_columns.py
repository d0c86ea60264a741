"""The columns of an arrival list and the names under which they are accepted."""

from __future__ import annotations

from vigie.formats.csv_table import first_line, read_csv_header

MEASURED = (
    "azimuth_deg",
    "slowness_s_per_deg",
    "amplitude_nm",
    "period_s",
    "freq_hz",
    "snr",
    "duration_s",
    "rectilinearity",
)
"""Measured values; each has a ``_sigma`` twin."""

ALIASES: dict[str, tuple[str, ...]] = {
    "event": ("event", "event_id", "evid"),
    "id": ("id", "detection_id", "arrival_id", "arid", "pick_id"),
    "station": ("station", "sta", "station_code"),
    "network": ("network", "net", "network_code"),
    "location": ("location", "loc", "location_code"),
    "channel": ("channel", "cha", "chan", "channel_code"),
    "time": ("time", "arrival_time", "pick_time"),
    "time_sigma": ("time_sigma", "time_sigma_s", "deltim"),
    "phase": ("phase", "phase_reported", "phase_hint", "iphase"),
    "azimuth_deg": ("azimuth_deg", "backazimuth_deg", "back_azimuth_deg"),
    "azimuth_deg_sigma": ("azimuth_deg_sigma", "backazimuth_deg_sigma", "delaz"),
    "slowness_s_per_deg": ("slowness_s_per_deg",),
    "slowness_s_per_deg_sigma": ("slowness_s_per_deg_sigma", "delslo"),
    **{name: (name,) for value in MEASURED[2:] for name in (value, f"{value}_sigma")},
    "first_motion": ("first_motion",),
    "onset": ("onset",),
    "analysis": ("analysis",),
    "author": ("author",),
    "method": ("method",),
}
"""Per column its accepted headers, in lower case; the first is the one written."""

CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in aliases}


def is_arrival_header(head: bytes) -> bool:
    """Tell whether a file begins with the header of an arrival list."""
    names = read_csv_header(first_line(head), CANONICAL).names
    return "station" in names and "time" in names
