"""Build the tables of the International Monitoring System that vigie ships.

Usage: ``python builders/build_ims_tables.py SOURCE TARGET`` where SOURCE holds
``treaty_annex1.csv`` (Annex 1 to the Protocol of the treaty), ``ims_seismoacoustic.csv``,
``ims_elements.csv`` and ``crosswalk.csv`` (operational stations, SNL-GMS/GMS-PI7-OPEN
station reference, BSD, 2019) and ``css3/ims.sitechan`` (directions of channels,
SNL-GMS/GMS-PI21-OPEN, BSD, 2023), and TARGET is ``src/vigie/facts``.

Operational stations that the crosswalk leaves without a treaty code are given the facility of
the same state that has no station yet; where a state has several, the nearest. The method
and the distance stand in the table.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from vigie.geodesy import KM_PER_DEG, distance_azimuths

Row = dict[str, str]

STATES = {
    "Russia": "Russian Federation",
    "Papua New Guinea": "Papua New Guinea",
    "Zimbabwe": "Zimbabwe",
    "Brazil": "Brazil",
    "CANADA": "Canada",
    "NIGER": "Niger",
}
"""How the descriptions of the unmatched stations end, and what the treaty calls that state."""

TREATY_SOURCE = (
    "# Facilities of the International Monitoring System: Annex 1 to the Protocol to the "
    "Comprehensive Nuclear-Test-Ban Treaty (1996), positions to 0.1 deg."
)
STATION_SOURCE = (
    "# Operational stations: SNL-GMS/GMS-PI7-OPEN station reference (BSD, 2019), WGS-84; "
    "treaty codes by code, number or distance, see match."
)
ELEMENT_SOURCE = (
    "# Elements of the operational stations: SNL-GMS/GMS-PI7-OPEN station reference (BSD, 2019); "
    "azimuths of horizontals: SNL-GMS/GMS-PI21-OPEN sitechan (BSD, 2023), as of its last epoch."
)


def main(source: Path, target: Path) -> None:
    """Build all three tables."""
    treaty = _rows(source / "treaty_annex1.csv")
    stations = _stations(treaty, _rows(source / "crosswalk.csv"))
    types = {row["sta"]: row["sta_type"] for row in _rows(source / "ims_seismoacoustic.csv")}
    for row in stations:
        row["array"] = "1" if types[row["station"]] == "ar" else "0"
    _write(target / "ims_stations.csv", STATION_SOURCE, stations)
    _write(target / "ims_facilities.csv", TREATY_SOURCE, _facilities(treaty, stations))
    positions = {row["station"]: (row["latitude"], row["longitude"]) for row in stations}
    directions = _directions(source / "css3" / "ims.sitechan")
    elements = [
        {**_element(row, positions), "azimuths": _azimuths(row, directions)}
        for row in _rows(source / "ims_elements.csv")
    ]
    _write(target / "ims_elements.csv", ELEMENT_SOURCE, elements)


def _stations(treaty: list[Row], crosswalk: list[Row]) -> list[Row]:
    found = []
    taken = {row["treaty_code"] for row in crosswalk if row["treaty_code"]}
    for row in sorted(crosswalk, key=lambda r: r["sta"]):
        code, method, distance = row["treaty_code"], row["match_method"], ""
        distance = row["km_from_treaty_position"]
        if not code:
            code, distance = _by_state(row, treaty, taken)
            method = "state"
            taken.add(code)
        found.append(
            {
                "station": row["sta"],
                "network": row["network"],
                "treaty_code": code,
                "latitude": row["lat"],
                "longitude": row["lon"],
                "elevation_m": f"{float(row['elev_km']) * 1e3:.0f}",
                "description": row["operational_description"],
                "match": method,
                "km_from_treaty_position": distance,
            }
        )
    return found


def _by_state(row: Row, treaty: list[Row], taken: set[str]) -> tuple[str, str]:
    description = row["operational_description"]
    state = next(name for end, name in STATES.items() if description.endswith(end))
    free = [
        t
        for t in treaty
        if t["network"] == row["network"]
        and t["state_responsible"] == state
        and t["treaty_code"] not in taken
    ]

    def distance_km(facility: Row) -> float:
        if not facility["lat_deg"] or not facility["lon_deg"]:
            return float("inf")
        delta, _, _ = distance_azimuths(
            float(row["lat"]),
            float(row["lon"]),
            float(facility["lat_deg"]),
            float(facility["lon_deg"]),
        )
        return float(delta) * KM_PER_DEG

    best = min(free, key=distance_km)
    km = distance_km(best)
    return best["treaty_code"], "" if km == float("inf") else f"{km:.1f}"


def _facilities(treaty: list[Row], stations: list[Row]) -> list[Row]:
    by_code: dict[str, list[str]] = {}
    for row in stations:
        by_code.setdefault(row["treaty_code"], []).append(row["station"])
    return [
        {
            "treaty_code": row["treaty_code"],
            "network": row["network"],
            "state": row["state_responsible"],
            "treaty_station": row["treaty_sta_code"],
            "location": row["location"],
            "type": row["type"],
            "latitude": row["lat_deg"],
            "longitude": row["lon_deg"],
            "stations": " ".join(by_code.get(row["treaty_code"], [])),
            "unknown": _unknown(row, by_code),
        }
        for row in treaty
    ]


def _unknown(row: Row, by_code: dict[str, list[str]]) -> str:
    """Say what is not known of a facility, and why."""
    reasons = []
    if row["network"] == "RL":
        reasons.append("position: the treaty lists laboratories by city only")
    elif not row["lat_deg"] and row["location"] in ("To be determined", "New Site"):
        reasons.append("position: to be determined in the treaty")
    elif not row["lat_deg"]:
        reasons.append("position: the treaty gives none")
    elif not row["lon_deg"]:
        reasons.append("longitude: meaningless at the pole")
    if row["network"] == "RN":
        reasons.append(
            "operational code: the public station reference has no radionuclide stations"
        )
    elif row["network"] != "RL" and row["treaty_code"] not in by_code:
        reasons.append("operational station: not in the public station reference of 2019")
    return "; ".join(reasons)


def _element(row: Row, positions: dict[str, tuple[str, str]]) -> Row:
    north_km, east_km = row["dnorth_km"], row["deast_km"]
    at_reference = (row["lat"], row["lon"]) == positions[row["ref_sta"]]
    if not at_reference and float(north_km) == float(east_km) == 0.0:
        # The source writes 0 where it has no offset (hydrophones, their recording sites).
        north_km = east_km = ""
    return {
        "element": row["sta"],
        "station": row["ref_sta"],
        "latitude": row["lat"],
        "longitude": row["lon"],
        "elevation_m": f"{float(row['elev_km']) * 1e3:.0f}",
        "north_km": north_km,
        "east_km": east_km,
        "from_yyyyddd": row["ondate"],
        "channels": row["channels"],
    }


def _directions(path: Path) -> dict[tuple[str, str], str]:
    """Azimuths of horizontal channels (CSS3.0 vang 90), as of their last epoch."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for line in path.read_text("utf-8").splitlines():
        # CSS3.0 sitechan: sta, chan, ondate, chanid, offdate, ctype, edepth, hang, vang.
        station, channel, ondate, _, _, _, _, azimuth, tilt = line.split()[:9]
        if float(tilt) == 90.0 and 0.0 <= float(azimuth) <= 360.0:
            key = (station, channel)
            found[key] = max(found.get(key, (0, "")), (int(ondate), f"{float(azimuth):g}"))
    return {key: azimuth for key, (_, azimuth) in found.items()}


def _azimuths(row: Row, directions: dict[tuple[str, str], str]) -> str:
    keys = ((row["sta"], channel) for channel in row["channels"].split())
    return " ".join(f"{key[1]}:{directions[key]}" for key in keys if key in directions)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, source: str, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(source + "\n")
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
