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
    "time_sigma": ("time_sigma", "time_sigma_s"),
    "phase": ("phase", "phase_reported", "phase_hint", "iphase"),
    "azimuth_deg": ("azimuth_deg", "backazimuth_deg", "back_azimuth_deg"),
    "azimuth_deg_sigma": ("azimuth_deg_sigma", "backazimuth_deg_sigma"),
    "slowness_s_per_deg": ("slowness_s_per_deg",),
    "slowness_s_per_deg_sigma": ("slowness_s_per_deg_sigma",),
    **{name: (name,) for value in MEASURED[2:] for name in (value, f"{value}_sigma")},
    "first_motion": ("first_motion",),
    "onset": ("onset",),
    "analysis": ("analysis",),
    "author": ("author",),
    "method": ("method",),
}
"""Per column its accepted headers, in lower case; the first is the one written."""

CSS = {
    "azimuth": "azimuth_deg",
    "delaz": "azimuth_deg_sigma",
    "slow": "slowness_s_per_deg",
    "delslo": "slowness_s_per_deg_sigma",
    "deltim": "time_sigma",
}
"""Columns of CSS3.0's table ``arrival``, which LocOO3D's arrival lists have as well, to ours. They
are what ours are (azimuth from station to event, slowness in s/deg), but -1 is unknown in them.
``amp`` and ``per`` are not among them: elsewhere amplitudes of that name are in any unit."""
CSS_PREFIX = "css:"
"""Before the canonical name of such a column."""

CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in aliases} | {
    name: CSS_PREFIX + name for name in CSS
}


def is_arrival_header(head: bytes) -> bool:
    """Tell whether a file begins with the header of an arrival list."""
    names = read_csv_header(first_line(head), CANONICAL).names
    return "station" in names and "time" in names
