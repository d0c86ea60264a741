"""Explosions of 1987 to 1992 on the Norwegian network: few stations, all on one side.

Sixteen recordings (11 to 52 deg away, 3 to 12 sites, mini-arrays under separate codes) through the
whole chain. Each should give one event, or none where the criteria are not met; what is published
must hold the truth in its 90 % ellipse. Catalogue places are good to some 20 km. The records of
1987-05-06 begin after P: what they hold is an earthquake's P, 04:06:14 UTC by the moveout.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks._data import shared

from vigie.earth import load_predictor
from vigie.exchange import open_intake
from vigie.geodesy import KM_PER_DEG, angle_difference_deg, distance_azimuths
from vigie.pipeline.detect import detect_all
from vigie.pipeline.events import make_events
from vigie.pipeline.station_book import open_book
from vigie.records import Event, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.pipeline.detect import DetectRun
    from vigie.pipeline.events import NetworkRun
    from vigie.pipeline.station_book import StationBook

Truth = dict[str, Any]
SAME_S = 900.0
"""An event nearer in time to the explosion is meant to be it, however far away it was put."""


def measure(names: tuple[str, ...] = ()) -> dict[str, object]:
    """Run the chain over all recordings, or those named; return what each gave, and a summary."""
    rows = []
    for folder in folders(names):
        detected, book = detections_of(folder)
        network = make_events(detected, book, load_predictor("ak135"))
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        rows.append(
            {"event": folder.name, "detections": len(detected.detections)} | judge(network, truth)
        )
    return summary(rows) | {"rows": rows}


def folders(names: tuple[str, ...] = ()) -> list[Path]:
    """Return the folders of the recordings."""
    root = shared("seismic/nuclear_archive")
    found = sorted(path.parent for path in root.glob("*/truth.json"))
    return [path for path in found if not names or path.name in names]


def detections_of(folder: Path) -> tuple[DetectRun, StationBook]:
    """Run station processing over one recording."""
    book = open_book([folder / "stations.csv"])
    return detect_all(open_intake([str(folder)]), book), book


def judge(network: NetworkRun, truth: Truth) -> dict[str, Any]:
    """Hold the events of a run against the explosion."""
    events = network.bulletin.events
    row: dict[str, Any] = {"events": len(events), "counts": dict(network.counts)}
    if "NOT in the files" in truth.get("trap", ""):
        return row | {"explosion_recorded": False}
    near = [e for e in events if abs(_time_error_s(e, truth)) < SAME_S]
    if not near:
        return row
    best = min(near, key=lambda e: _distance(e, truth)[0])
    return row | _figures(best, truth)


def summary(rows: list[dict[str, Any]]) -> dict[str, object]:
    """Count what matters."""
    published = [r for r in rows if r["events"] and r.get("explosion_recorded", True)]
    return {
        "recordings": len(rows),
        "with_one_event": sum(r["events"] == 1 for r in rows),
        "with_several": sum(r["events"] > 1 for r in rows),
        "truth_inside": sum(bool(r.get("inside_90_percent")) for r in published),
        "truth_outside": sum(not r.get("inside_90_percent") for r in published),
    }


def _figures(event: Event, truth: Truth) -> dict[str, Any]:
    origin = event.origin
    assert origin is not None  # every event of the association has one
    distance_km, azimuth_deg = _distance(event, truth)
    ellipse = origin.ellipse
    axes = None if ellipse is None else [ellipse.semi_major_km, ellipse.semi_minor_km]
    return {
        "distance_km": round(distance_km, 1),
        "time_s": round(_time_error_s(event, truth), 1),
        "depth_km": origin.depth_km,
        "depth_reason": origin.depth_reason,
        "semi_axes_km": axes and [round(a, 1) for a in axes],
        "inside_90_percent": None
        if ellipse is None
        else inside(axes or [], ellipse.strike_deg, distance_km, azimuth_deg),
        "log_odds": origin.score and round(origin.score, 1),
        "weighted_rms": origin.weighted_rms and round(origin.weighted_rms, 2),
        "arrivals": [
            f"{a.station} {a.phase} {a.delta_deg or 0.0:.1f} {a.time_residual_s or 0.0:+.1f}"
            + ("" if a.defining else " -")
            for a in origin.associations
        ],
    }


def inside(axes_km: list[float], strike_deg: float, distance_km: float, azimuth_deg: float) -> bool:
    """Tell whether a place at a distance and azimuth from the centre lies in an ellipse."""
    turn = np.radians(float(angle_difference_deg(azimuth_deg, strike_deg)))
    along = distance_km * np.cos(turn) / axes_km[0]
    across = distance_km * np.sin(turn) / axes_km[1]
    return bool(along**2 + across**2 <= 1.0)


def _time_error_s(event: Event, truth: Truth) -> float:
    assert event.origin is not None  # every event of the association has one
    return float((event.origin.time_ns - parse_iso(truth["origin_time"])) / 1e9)


def _distance(event: Event, truth: Truth) -> tuple[float, float]:
    assert event.origin is not None  # every event of the association has one
    delta, azimuth, _ = distance_azimuths(
        event.origin.latitude, event.origin.longitude, truth["latitude"], truth["longitude"]
    )
    return float(delta) * KM_PER_DEG, float(azimuth)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
