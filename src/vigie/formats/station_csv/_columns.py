"""The header of a station list: names that are understood, and the separator."""

from __future__ import annotations

import csv
from dataclasses import dataclass

ALIASES: dict[str, tuple[str, ...]] = {
    "station": ("station", "sta", "station_code"),
    "network": ("network", "net"),
    "location": ("location", "loc", "location_code"),
    "channel": ("channel", "cha", "chan", "channel_code"),
    "id": ("id", "seed_id", "mseed_id", "nslc"),
    "latitude": ("latitude", "lat", "latitude_deg", "lat_deg"),
    "longitude": ("longitude", "lon", "longitude_deg", "lon_deg", "long", "lng"),
    "elevation_m": ("elevation_m", "elev_m", "elevation", "elev"),
    "elevation_km": ("elevation_km", "elev_km"),
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

_CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
# Arrival lists and catalogues have positions too, and a time that these lists have not.
_FOREIGN = {"time", "origin_time", "arrival_time", "phase", "phase_reported", "magnitude", "mag"}
_SEPARATORS = (",", ";", "|", "\t")


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a file are."""

    separator: str
    names: tuple[str | None, ...]
    """Canonical name of each column; None where it is not understood."""
    ignored: tuple[str, ...]
    """The headers that are not understood."""

    def values(self, line: str) -> dict[str, str]:
        """Return the non-empty cells of a line by canonical name.

        Raises
        ------
        ValueError
            The line has more cells than the header.
        """
        cells = cells_of(line, self.separator)
        if len(cells) > len(self.names) and any(cells[len(self.names) :]):
            raise ValueError(line)
        named = zip(self.names, cells, strict=False)
        return {name: cell for name, cell in named if name and cell}


def cells_of(line: str, separator: str) -> list[str]:
    """Split one line; quotes protect the separator.

    Raises
    ------
    ValueError
        The line is beyond what the csv module takes.
    """
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error as error:
        raise ValueError(line) from error


def read_header(line: str) -> Header | None:
    """Read a header line; None where it is not one of a station list."""
    for separator in _SEPARATORS:
        try:
            cells = cells_of(line.lstrip("#"), separator)
        except ValueError:
            continue
        lower = [cell.lower() for cell in cells]
        found = {_CANONICAL[cell] for cell in lower if cell in _CANONICAL}
        placed = {"latitude", "longitude"} <= found and bool({"station", "id"} & found)
        if placed and not _FOREIGN & set(lower):
            return _header(separator, cells)
    return None


def _header(separator: str, cells: list[str]) -> Header:
    names: list[str | None] = []
    for cell in cells:
        name = _CANONICAL.get(cell.lower())
        # Of two columns with one meaning the first counts.
        names.append(None if name in names else name)
    ignored = tuple(cell for cell, name in zip(cells, names, strict=True) if name is None)
    return Header(separator, tuple(names), ignored)


def is_station_header(head: bytes) -> bool:
    """Tell whether a file begins with the header of a station list."""
    try:
        # The 4 kB may end inside a character.
        text = head.decode("utf-8-sig", errors="ignore")
    except UnicodeDecodeError:
        return False
    lines = [line for line in text.splitlines()[:3] if line.strip()]
    header = read_header(lines[0]) if lines and "\x00" not in lines[0] else None
    if header is None:
        return False
    if "station" in header.names:
        return True
    # A bare ``id`` may number anything; here it must be NET.STA.LOC.CHA.
    try:
        return len(lines) > 1 and header.values(lines[1]).get("id", "").count(".") == 3
    except ValueError:
        return False
