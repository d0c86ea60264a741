"""Reads the worked examples of LocOO3D: one real IMS event located three ways."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.records import Detection, Station
from vigie.records.time import parse_epoch

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRow:
    """One arrival in a table of the reference output (times in s, derivatives in s/deg)."""

    station: str
    phase: str
    observed_s: float
    reading_sigma_s: float
    predicted_s: float
    sigma_s: float
    residual_s: float
    delta_deg: float
    esaz_deg: float
    model_sigma_s: float
    base_s: float
    ellipticity_s: float
    elevation_s: float
    path_s: float
    d_north: float
    d_east: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What LocOO3D prints of one example."""

    first: tuple[ReferenceRow, ...]
    """At the start point."""
    last: tuple[ReferenceRow, ...]
    """At the final origin."""
    latitude: float
    longitude: float
    time_epoch_s: float
    sdobs: float
    weighted_rms: float
    gap_deg: float
    secondary_gap_deg: float
    semi_major_km: float
    semi_minor_km: float
    strike_deg: float
    area_km2: float
    time_error_s: float


def read_event(root: Path) -> tuple[list[Detection], dict[str, Station]]:
    """Return the time-defining arrivals and the stations of ``locoo3d/event``."""
    phases = {row["ARID"]: row["PHASE"] for row in _table(root / "event/assocs.txt", "ORID")}
    detections = [
        Detection(
            id=row["ARID"],
            station=row["STA"],
            time_ns=parse_epoch(row["TIME"]),
            time_sigma_s=float(row["DELTIM"]),
            phase=phases[row["ARID"]],
        )
        for row in _table(root / "event/arrivals.txt", "ARID")
    ]
    stations = {
        row["STA"]: Station(
            code=row["STA"],
            latitude=float(row["LAT"]),
            longitude=float(row["LON"]),
            elevation_m=1000.0 * float(row["ELEV"]),
        )
        for row in _table(root / "event/sites.txt", "STA")
    }
    return detections, stations


def read_reference(root: Path, number: int) -> Reference:
    """Return what the reference output of one example says."""
    text = (root / f"Example{number:02d}/reference_output.txt").read_text(encoding="utf-8")
    tables = _tables(text)
    end = text[text.index("Final location for evid") :]
    place = _numbers_after(end, "latitude longitude")
    gaps = re.search(r"az_gap_2 station.*\n\s*(\S+)\s+(\S+)", end)
    axes = _numbers_after(end, "majax     minax")
    quality = re.search(r"sdobs    rms_wr\n.*?(\S+)\s+(\S+)\s*\n", end)
    error = re.search(r"depth_se   time_se\n\s*\S+\s+(\S+)", end)
    assert gaps is not None
    assert quality is not None
    assert error is not None
    return Reference(
        first=tables[0],
        last=tables[-1],
        latitude=place[0],
        longitude=place[1],
        time_epoch_s=place[3],
        sdobs=float(quality[1]),
        weighted_rms=float(quality[2]),
        gap_deg=float(gaps[1]),
        secondary_gap_deg=float(gaps[2]),
        semi_major_km=axes[0],
        semi_minor_km=axes[1],
        strike_deg=axes[2],
        area_km2=axes[3],
        time_error_s=float(error[1]),
    )


def _table(path: Path, first: str) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"#{first}")
    return list(csv.DictReader([lines[0].lstrip("#"), *lines[1:]], delimiter="\t"))


def _numbers_after(text: str, heading: str) -> list[float]:
    lines = text[text.index(heading) :].splitlines()
    return [float(x) for x in lines[1].split() if re.fullmatch(r"-?[\d.]+(e-?\d+)?", x)]


def _tables(text: str) -> list[tuple[ReferenceRow, ...]]:
    """Return the pairs of observation tables that stand under each ``Itt=`` line."""
    found = []
    for block in re.split(r"\nItt=", text)[1:]:
        lines = [line.split() for line in block.splitlines() if re.match(r"\s*\d{9} ", line)]
        residuals = {row[1]: row for row in lines if len(row) == 15}
        parts = {row[1]: row for row in lines if len(row) == 18}
        found.append(tuple(_row(residuals[s], parts[s]) for s in residuals))
    return found


def _row(residual: list[str], part: list[str]) -> ReferenceRow:
    def value(text: str) -> float:
        number = float(text)
        return 0.0 if number < -999.0 else number

    return ReferenceRow(
        station=residual[1],
        phase=residual[2],
        observed_s=float(residual[5]),
        reading_sigma_s=float(residual[6]),
        predicted_s=float(residual[7]),
        sigma_s=float(residual[8]),
        residual_s=float(residual[10]),
        delta_deg=float(residual[12]),
        esaz_deg=float(residual[13]),
        model_sigma_s=value(part[5]),
        base_s=value(part[6]),
        ellipticity_s=value(part[7]),
        elevation_s=value(part[8]),
        path_s=value(part[12]),
        d_north=value(part[14]),
        d_east=value(part[15]),
    )
