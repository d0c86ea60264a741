"""The header of a station list: names that are understood, and the separator."""

from __future__ import annotations

from vigie.formats.base import IssueLog
from vigie.formats.csv_table import CsvHeader, first_line, read_csv_header, read_csv_rows

ALIASES: dict[str, tuple[str, ...]] = {
    "station": ("station", "sta", "station_code"),
    "network": ("network", "net"),
    "location": ("location", "loc", "location_code"),
    "channel": ("channel", "cha", "chan", "channel_code"),
    "id": ("id", "seed_id", "mseed_id", "nslc"),
    "latitude": ("latitude", "lat", "latitude_deg", "lat_deg"),
    "longitude": ("longitude", "lon", "longitude_deg", "lon_deg", "long", "lng"),
    "elevation_m": ("elevation_m", "elev_m"),
    "elevation_km": ("elevation_km", "elev_km"),
    "elevation": ("elevation", "elev"),
    "burial_m": ("burial_m", "depth_m", "depth"),
    "azimuth_deg": ("azimuth_deg", "azimuth"),
    "dip_deg": ("dip_deg", "dip"),
    "rate_hz": ("sample_rate_hz", "rate_hz", "samplerate", "sample_rate"),
    "calib": ("calib",),
    "calper_s": ("calper_s", "calper"),
    "array": ("array", "refsta", "ref_sta"),
    "north_km": ("north_km", "dnorth_km", "dnorth"),
    "east_km": ("east_km", "deast_km", "deast"),
    "name": ("name", "staname", "sitename", "site_name", "description"),
    "start": ("start", "starttime", "start_time", "ondate"),
    "end": ("end", "endtime", "end_time", "offdate"),
}
"""Per column its accepted headers, in lower case; the first is the one written."""

CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
# Arrival lists and catalogues have positions too, and a time that these lists have not.
_FOREIGN = {"time", "origin_time", "arrival_time", "phase", "phase_reported", "magnitude", "mag"}


def read_header(line: str) -> CsvHeader | None:
    """Read a header line; None where it is not one of a station list."""
    header = read_csv_header(line, CANONICAL)
    names = set(header.names)
    placed = {"latitude", "longitude"} <= names and bool({"station", "id"} & names)
    foreign = _FOREIGN & {cell.lower() for cell in header.ignored}
    return header if placed and not foreign else None


def is_station_header(head: bytes) -> bool:
    """Tell whether a file begins with the header of a station list."""
    header = read_header(first_line(head))
    if header is None or "station" in header.names:
        return header is not None
    # A bare ``id`` may number anything; here it must be NET.STA.LOC.CHA.
    text = head.decode("utf-8-sig", errors="ignore")
    row = next(read_csv_rows(text, CANONICAL, IssueLog("", strict=False)), None)
    return row is not None and row.cells.get("id", "").count(".") == 3
