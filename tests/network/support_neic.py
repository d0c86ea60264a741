"""Reads the inputs and verifications of the NEIC locator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vigie.earth.base import Hypocentre
from vigie.records import Detection, Station
from vigie.records.time import parse_epoch, parse_iso

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class NeicCase:
    """Picks with the positions of their stations, and where to start from."""

    start: Hypocentre
    start_ns: int
    detections: tuple[Detection, ...]
    stations: dict[str, Station]


def read_json_case(path: Path) -> NeicCase:
    """Return an input case in JSON; picks that are not to be used are left out."""
    document = json.loads(path.read_text(encoding="utf-8"))
    picks = [p for p in document["InputData"] if p["Use"]]
    sites = {_station_code(p["Site"]): p["Site"] for p in picks}
    return NeicCase(
        start=Hypocentre(
            document["SourceLatitude"], document["SourceLongitude"], document["SourceDepth"]
        ),
        start_ns=parse_iso(document["SourceOriginTime"]),
        detections=tuple(
            Detection(
                id=p["ID"],
                station=_station_code(p["Site"]),
                time_ns=parse_iso(p["Time"]),
                phase=p.get("AssociatedPhase") or p.get("PickedPhase"),
            )
            for p in picks
        ),
        stations={
            code: Station(
                code=code,
                latitude=site["Latitude"],
                longitude=site["Longitude"],
                elevation_m=site["Elevation"],
            )
            for code, site in sites.items()
        },
    )


def read_verification(path: Path) -> dict[str, Any]:
    """Return the verified solution as the file has it."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def read_rayloc_case(path: Path) -> NeicCase:
    """Return an input case in fixed columns; picks marked ``F`` (not to use) stay in.

    The use flag of these files marks picks chosen by an analyst; automatic ones carry F
    throughout and define the published locations all the same.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    epoch, latitude, longitude, depth = lines[0].split()[:4]
    detections, stations = [], {}
    for line in lines[1:]:
        if not line.strip():
            continue
        code = f"{line[21:23].strip()}.{line[11:16].strip()}.{line[24:26].strip()}"
        stations[code] = Station(
            code=code,
            latitude=float(line[27:35]),
            longitude=float(line[36:45]),
            elevation_m=1000.0 * float(line[46:51]),
        )
        detections.append(
            Detection(
                id=line[:10].strip(),
                station=code,
                time_ns=parse_epoch(line[66:80]),
                phase=line[57:65].strip() or None,
            )
        )
    return NeicCase(
        start=Hypocentre(float(latitude), float(longitude), float(depth)),
        start_ns=parse_epoch(epoch),
        detections=tuple(detections),
        stations=stations,
    )


def _station_code(site: dict[str, Any]) -> str:
    return f"{site['Network']}.{site['Station']}.{site['Location']}"
