"""Elements that are reversed or late, one at a time, at the real arrays.

BRP (four elements) and the arrays of Humming Roadrunner 5 (W220 and W340 of four elements, W240 of
three, W420 of six). Each element in turn is reversed, or its time moved by 1 s, and the array
processed as it comes. The wave is the detection of most pixels in the two minutes about the one
that other tools report (BRP), or about the explosion's (the others). Counted are whether the
element is named, left out or turned over, and whether the azimuth is right (within 3 deg, or its
stated error), unsure (none is given, or it is off by at most two stated errors, or they are above
10 deg) or wrong. Of three elements, no fault of one can be known to be its own: there a warning is
what can be asked for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks._data import shared

from vigie.exchange import open_intake
from vigie.infrasound import process_array
from vigie.pipeline.detect import stations_of
from vigie.pipeline.station_book import open_book
from vigie.records import parse_iso

if TYPE_CHECKING:
    from vigie.records import Detection, Station, Waveform

BRP_FILE = "brp/YJ.BRP_20120409_100Hz.mseed"
ARRAYS = {
    "BRP": (BRP_FILE, "2012-04-09T18:10:05Z", 250.5),
    "W220": ("hrr5/W220_50Hz.mseed", "2012-08-27T23:14:50Z", 110.85),
    "W240": ("hrr5/W240_50Hz.mseed", "2012-08-27T23:15:30Z", 107.40),
    "W340": ("hrr5/W340_50Hz.mseed", "2012-08-27T23:20:30Z", 102.66),
    "W420": ("hrr5/W420_50Hz.mseed", "2012-08-27T23:24:15Z", 82.40),
}
"""Recording, time of the wave, its azimuth (deg); from the data's own notes."""

NEAR_S = 60.0
RIGHT_DEG = 3.0
UNSURE_DEG = 10.0
LATE_S = 1.0


def measure(*, arrays: tuple[str, ...] = tuple(ARRAYS)) -> dict[str, object]:
    """Process every array with every fault."""
    out: dict[str, object] = {}
    totals: dict[str, Counter[str]] = {}
    for code in arrays:
        recording, time, azimuth_deg = ARRAYS[code]
        waveforms, station = recorded(recording)
        table = {"as recorded": row(process(waveforms, station, time), "", azimuth_deg)}
        for element in sorted({w.channel.station for w in waveforms}):
            for fault in ("reversed", "late"):
                faulty = with_fault(waveforms, element, fault)
                found = row(process(faulty, station, time), element, azimuth_deg)
                table[f"{element} {fault}"] = found
                kind = fault if len(waveforms) > 3 else f"{fault}, three elements"
                totals.setdefault(kind, Counter())[str(found["verdict"])] += 1
        out[code] = table
    return {**out, "totals": {k: dict(v) for k, v in totals.items()}}


def recorded(recording: str) -> tuple[list[Waveform], Station]:
    """Return an array's recordings and where it stands.

    Raises
    ------
    FileNotFoundError
        The recording is absent, or its station is not in the table beside it.
    """
    path = shared("infrasound") / recording
    book = open_book([path.parent / "elements.csv"])
    for _, waveforms, station in stations_of(open_intake([str(path)]), book, join=True):
        if station is not None:
            return list(waveforms), station
    raise FileNotFoundError(f"{path}: no station of elements.csv is in it")


def with_fault(waveforms: list[Waveform], element: str, fault: str) -> list[Waveform]:
    """Return the recordings with one element reversed or late."""
    out = []
    for w in waveforms:
        if w.channel.station != element:
            out.append(w)
        elif fault == "late":
            out.append(replace(w, start_ns=w.start_ns + round(LATE_S * 1e9)))
        else:
            out.append(w.with_samples(-w.samples.astype(float)))
    return out


def process(waveforms: list[Waveform], station: Station, time: str) -> Detection | None:
    """Return the detection of most pixels about a time."""
    found = [
        d
        for d in process_array(waveforms, station).detections
        if abs(d.time_ns - parse_iso(time)) < NEAR_S * 1e9
    ]
    return max(found, key=lambda d: d.family_size or 0, default=None)


def row(found: Detection | None, element: str, truth_deg: float) -> dict[str, object]:
    """Return what was said of an element, and of the wave."""
    if found is None:
        return {"verdict": "no detection"}
    named = any(e.element == element for e in found.excluded_elements) or any(
        remark.startswith(f"element {element} ") for remark in found.remarks
    )
    azimuth, sigma = found.azimuth_deg, found.azimuth_deg_sigma or 0.0
    off = None if azimuth is None else abs((azimuth - truth_deg + 180.0) % 360.0 - 180.0)
    within = off is not None and off <= max(RIGHT_DEG, sigma)
    if off is None or sigma > UNSURE_DEG or (not within and off <= 2.0 * sigma):
        direction = "unsure"
    else:
        direction = "right" if within else "wrong"
    warned = any("cannot be seen" in remark for remark in found.remarks)
    return {
        "verdict": f"{'named' if named else 'not named'}, azimuth {direction}"
        + (", warned" if warned and not named else ""),
        "azimuth_deg": azimuth,
        "azimuth_deg_sigma": found.azimuth_deg_sigma,
        "off_deg": off,
        "left_out": [e.element for e in found.excluded_elements],
        "remarks": list(found.remarks),
    }
