"""Reads the LOCSAT reference set: events in SC3ML with picks, and LOCSAT's solutions."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Hypocentre
from vigie.geodesy import distance_azimuths
from vigie.records import Detection, Station
from vigie.records.time import parse_iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vigie.earth import EarthPredictor
    from vigie.earth.base import Predictions, Sites

FloatArray = NDArray[np.float64]


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
    start: Hypocentre
    """Where LOCSAT started from: the origin of the event's own file."""
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
    given = _root(event_file)
    picks = {p.get("publicID", ""): p for p in given.iter("pick")}
    first = next(given.iter("origin"))
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
        start=Hypocentre(
            float(_text(first, "latitude/value")),
            float(_text(first, "longitude/value")),
            float(_text(first, "depth/value") or 0.0),
        ),
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


TABLE_DEPTHS_KM = (
    0.0, 5.0, 15.0, 30.0, 40.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 600.0, 800.0,
)  # fmt: skip
"""Depths at which LOCSAT's iasp91 tables of P and S have samples; distances every degree."""


class CoarsePredictor:
    """Interpolates exact times between the few samples that LOCSAT's tables have.

    One sample per degree and 15 depths: between them a cubic whose slopes at both ends
    depart equally from the secant, by the smaller of what the parabolas through three
    samples give. This is why LOCSAT's times depart from TauP's below a few degrees.
    """

    def __init__(self, exact: EarthPredictor, corrections: Mapping[str, float]) -> None:
        self._exact = exact
        self._corrections = corrections
        self._tables: dict[str, FloatArray] = {}
        self.name = "iasp91-coarse"
        self.phases = exact.phases

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict with standard errors of zero; a station's correction is added."""
        exact = self._exact.predict(phases, source, sites)
        delta, esaz, seaz = distance_azimuths(
            source.latitude, source.longitude, sites.latitude, sites.longitude
        )
        time, slope, down = np.full((3, len(delta)), np.nan)
        for i, phase in enumerate(phases):
            time[i], slope[i], down[i] = self._at(phase, float(delta[i]), source.depth_km)
        added = np.array([self._corrections.get(c, 0.0) for c in sites.codes])
        return replace(
            exact,
            time_s=time + (added if len(added) else 0.0),
            slowness_s_per_deg=slope,
            dt_ddepth_s_per_km=down,
            d2t_ddelta2=np.zeros(len(delta)),
            delta_deg=delta,
            esaz_deg=esaz,
            seaz_deg=seaz,
            time_sigma_s=np.zeros(len(delta)),
        )

    def _at(self, phase: str, delta_deg: float, depth_km: float) -> tuple[float, float, float]:
        table = self._table(phase)
        depths = np.array(TABLE_DEPTHS_KM)
        first = int(np.clip(np.searchsorted(depths, depth_km, "right") - 2, 0, len(depths) - 2))
        rows = range(first, min(first + 4, len(depths)))
        near = int(np.clip(int(delta_deg) - 1, 0, table.shape[1] - 4))
        knots = np.arange(near, near + 4, dtype=np.float64)
        across = [hermite(knots, table[k, near : near + 4], delta_deg) for k in rows]
        times = np.array([t for t, _ in across])
        slopes = np.array([s for _, s in across])
        used = depths[list(rows)]
        time, down = hermite(used, times, depth_km)
        return time, hermite(used, slopes, depth_km)[0], down

    def _table(self, phase: str) -> FloatArray:
        if phase not in self._tables:
            delta = np.arange(0.0, 181.0)
            delta[0], delta[-1] = 1e-4, 179.999
            names = ("P", "PKPdf") if phase == "P" else (phase,)
            layers = [
                [
                    self._exact.times.predict_many(
                        np.full(181, self._exact.times.phase_index(name), dtype=np.int64),
                        delta,
                        np.full(181, depth),
                    ).time_s
                    for name in names
                ]
                for depth in TABLE_DEPTHS_KM
            ]
            # The first that exists: P out to the core shadow, then PKPdf.
            self._tables[phase] = np.array(
                [np.where(np.isfinite(kinds[0]), kinds[0], kinds[-1]) for kinds in layers]
            )
        return self._tables[phase]


def hermite(x: FloatArray, f: FloatArray, at: float) -> tuple[float, float]:
    """Return value and slope at a place, by LOCSAT's rule; linear outside."""
    k = int(np.clip(np.searchsorted(x, at, "right") - 1, 0, len(x) - 2))
    secant = np.diff(f) / np.diff(x)
    width = np.diff(x)
    if at < x[0] or at > x[-1]:
        return float(f[k] + secant[k] * (at - x[k])), float(secant[k])

    def node(i: int) -> float:
        if i in (0, len(x) - 1):
            return float(secant[min(i, len(secant) - 1)])
        both = width[i - 1] + width[i]
        return float((secant[i] * width[i - 1] + secant[i - 1] * width[i]) / both)

    left, right = secant[k] - node(k), node(k + 1) - secant[k]
    bend = 0.0 if left * right <= 0.0 else float(np.sign(left) * min(abs(left), abs(right)))
    bend = float(np.clip(bend, -abs(secant[k]), abs(secant[k])))
    s = (at - x[k]) / width[k]
    # Slopes secant - bend and secant + bend: a parabola about the secant.
    value = f[k] + width[k] * (secant[k] * s + bend * (s * s - s))
    return float(value), float(secant[k] + bend * (2.0 * s - 1.0))
