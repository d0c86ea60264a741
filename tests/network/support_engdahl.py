"""Reads the four EHB-type events of 2008-04-11 with their arrivals."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.records import Detection, Station
from vigie.records.time import parse_iso

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class EngdahlEvent:
    """A relocated event and its arrivals."""

    id: str
    time_ns: int
    latitude: float
    longitude: float
    depth_km: float
    detections: tuple[Detection, ...]


def read_events(root: Path) -> list[EngdahlEvent]:
    """Return the events of ``arrivals/engdahl``."""
    truth = json.loads((root / "truth.json").read_text(encoding="utf-8"))["events"]
    with (root / "arrivals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        EngdahlEvent(
            id=str(event["id"]),
            time_ns=parse_iso(event["origin_time"]),
            latitude=event["latitude"],
            longitude=event["longitude"],
            depth_km=event["depth_km"],
            detections=tuple(
                Detection(
                    id=f"{event['id']}-{number}",
                    station=row["sta"],
                    time_ns=parse_iso(row["time"]),
                    phase=row["phase"] or None,
                )
                for number, row in enumerate(rows)
                if row["event"] == str(event["id"])
            ),
        )
        for event in truth
    ]


def read_stations(root: Path) -> dict[str, Station]:
    """Return the stations whose position is certain; elevations are unknown and count as 0."""
    with (root / "stations.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["sta"]: Station(
                code=row["sta"],
                latitude=float(row["lat"]),
                longitude=float(row["lon"]),
                elevation_m=0.0,
            )
            for row in csv.DictReader(file)
            if row["status"] != "ambiguous"
        }
