"""53 225 automatic picks of the United States around 50 catalogued earthquakes of 2017.

The picks are FilterPicker's, all called P though many are S onsets or noise, with several filters
that give one onset twice (usgs/neic-glass3, regional example). A true event is found when an event
lies within 1 deg and 30 s; it is split when two do. The catalogue is not complete: other events are
not proven false; glass3 itself gives 171 events, 48 of the 50, median difference 4.2 km.
"""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks._data import shared
from benchmarks.association_engdahl import match

from vigie.earth import load_predictor
from vigie.network.association import associate
from vigie.records import Detection, Inventory, Station, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.association_engdahl import Truth


def measure(*, first: int = 0, last: int = 50) -> dict[str, object]:
    """Associate all picks, or those around some of the true events, in one run."""
    folder = shared("arrivals/glass3")
    detections, truth = read_picks(folder), read_truth(folder)[first:last]
    if len(truth) < 50:
        spans = [(t - 3000.0, t + 3000.0) for t, _, _ in truth]
        detections = [d for d in detections if any(a < d.time_ns / 1e9 < b for a, b in spans)]
    start = time.process_time()
    result = associate(detections, read_stations(folder), load_predictor("ak135"))
    cpu_s = round(time.process_time() - start, 1)
    figures = match(result.bulletin, truth, within_deg=1.0, within_s=30.0)
    skipped = Counter(s.reason for s in result.skipped)
    return {"picks": len(detections), "skipped": skipped, "cpu_s": cpu_s} | figures


def read_picks(folder: Path) -> list[Detection]:
    """Return all picks; the station is named ``NETWORK.STATION``, since codes repeat."""
    with gzip.open(folder / "picks.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [
        Detection(
            id=row["ID"],
            station=f"{row['Site'].get('Network', '')}.{row['Site']['Station']}",
            time_ns=parse_iso(row["Time"]),
            phase=row["Phase"],
            snr=row["Amplitude"]["SNR"],
        )
        for row in rows
    ]


def read_stations(folder: Path) -> Inventory:
    """Return the stations, named as the picks name them."""
    with (folder / "stations.csv").open(encoding="utf-8", newline="") as file:
        rows = {f"{row['net']}.{row['sta']}": row for row in csv.DictReader(file)}
    return Inventory(
        tuple(
            Station(
                code=code,
                latitude=float(row["lat"]),
                longitude=float(row["lon"]),
                elevation_m=float(row["elev_m"] or 0.0),
            )
            for code, row in rows.items()
        )
    )


def read_truth(folder: Path) -> Truth:
    """Return the catalogued events."""
    with (folder / "truth_events.csv").open(encoding="utf-8", newline="") as file:
        return [
            (parse_iso(row["origin_time"]) / 1e9, float(row["lat"]), float(row["lon"]))
            for row in csv.DictReader(file)
        ]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
