"""Reads the LOCSAT reference set: events in SC3ML with picks, and LOCSAT's solutions."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from vigie.records import Detection, Station
from vigie.records.time import parse_iso

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LocsatArrival:
    """One arrival of a reference solution, with its pick."""

    detection: Detection
    delta_deg: float
    esaz_deg: float
    residual_s: float
    weight: float
    azimuth_used: bool
    slowness_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LocsatEvent:
    """A reference solution of LOCSAT with iasp91."""

    id: str
    time_ns: int
    latitude: float
    longitude: float
    depth_km: float
    depth_fixed: bool
    standard_error_s: float
    arrivals: tuple[LocsatArrival, ...]


def read_events(root: Path) -> list[LocsatEvent]:
    """Return all events that have a reference solution."""
    with (root / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["has_reference"] == "1"]
    return [
        _event(
            row["event_file"].removesuffix(".xml"),
            root / "events" / row["event_file"],
            root / "reference" / row["reference_file"],
        )
        for row in rows
    ]


def read_stations(root: Path) -> dict[str, Station]:
    """Return stations under ``NET.STA``; elevations are unknown and count as 0."""
    with (root / "stations.csv").open(encoding="utf-8", newline="") as file:
        return {
            f"{row['net']}.{row['sta']}": Station(
                code=f"{row['net']}.{row['sta']}",
                latitude=float(row["lat"]),
                longitude=float(row["lon"]),
                elevation_m=0.0,
            )
            for row in csv.DictReader(file)
        }


def _event(event_id: str, event_file: Path, reference_file: Path) -> LocsatEvent:
    picks = {p.get("publicID", ""): p for p in _root(event_file).iter("pick")}
    origin = next(_root(reference_file).iter("origin"))
    depth = origin.find("depth")
    assert depth is not None
    return LocsatEvent(
        id=event_id,
        time_ns=parse_iso(_text(origin, "time/value")),
        latitude=float(_text(origin, "latitude/value")),
        longitude=float(_text(origin, "longitude/value")),
        depth_km=float(_text(depth, "value")),
        depth_fixed=float(_text(depth, "uncertainty") or 0.0) == 0.0,
        standard_error_s=float(_text(origin, "quality/standardError") or "nan"),
        arrivals=tuple(
            _arrival(a, picks[_text(a, "pickID")])
            for a in origin.iter("arrival")
            if _text(a, "pickID") in picks
        ),
    )


def _arrival(arrival: ET.Element, pick: ET.Element) -> LocsatArrival:
    stream = pick.find("waveformID")
    assert stream is not None
    station = f"{stream.get('networkCode')}.{stream.get('stationCode')}"
    sigma = _text(pick, "time/uncertainty")
    return LocsatArrival(
        detection=Detection(
            id=_text(arrival, "pickID"),
            station=station,
            time_ns=parse_iso(_text(pick, "time/value")),
            time_sigma_s=float(sigma) if sigma else None,
            phase=_text(arrival, "phase"),
        ),
        delta_deg=float(_text(arrival, "distance")),
        esaz_deg=float(_text(arrival, "azimuth")),
        residual_s=float(_text(arrival, "timeResidual") or "nan"),
        weight=float(_text(arrival, "weight") or 0.0),
        azimuth_used=_text(arrival, "backazimuthUsed") == "true",
        slowness_used=_text(arrival, "horizontalSlownessUsed") == "true",
    )


def _root(path: Path) -> ET.Element:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _text(element: ET.Element, path: str) -> str:
    found = element.find(path)
    return (found.text or "") if found is not None else ""
