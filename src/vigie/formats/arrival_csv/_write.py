"""Detections to rows of an arrival list."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.formats.arrival_csv._columns import ALIASES, MEASURED
from vigie.records import Detection, format_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.records import Bulletin, Event

_ALWAYS = {"event", "station", "time", "phase"}


@dataclass(frozen=True, slots=True)
class _Reading:
    detection: Detection
    event: str
    phase: str


def write_arrivals(bulletin: Bulletin) -> bytes:
    """Return the file; a column that would be empty throughout is left out."""
    rows = [_row(reading) for reading in _readings(bulletin)]
    used = [name for name in ALIASES if name in _ALWAYS or any(row[name] for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(used)
    writer.writerows([row[name] for name in used] for row in rows)
    return text.getvalue().encode()


def _readings(bulletin: Bulletin) -> Iterator[_Reading]:
    for event in bulletin.events:
        phases = _phases(event)
        for detection in event.detections:
            yield _Reading(detection, event.id, phases.get(detection.id, detection.phase or ""))
    for detection in bulletin.detections:
        yield _Reading(detection, detection.group or "", detection.phase or "")


def _phases(event: Event) -> dict[str, str]:
    associations = event.origin.associations if event.origin else ()
    return {a.detection_id: a.phase for a in associations if a.phase}


def _row(reading: _Reading) -> dict[str, str]:
    detection = reading.detection
    channel = detection.channel
    values: dict[str, str | float | None] = {
        "event": reading.event,
        "id": detection.id,
        "station": detection.station,
        "network": detection.network,
        "location": channel.location if channel else "",
        "channel": channel.channel if channel else "",
        "time": format_iso(detection.time_ns),
        "time_sigma": detection.time_sigma_s,
        "phase": reading.phase,
        "first_motion": detection.first_motion,
        "onset": detection.onset,
        "analysis": detection.analysis,
        "author": detection.author,
        "method": detection.method,
    }
    for name in MEASURED:
        values[name] = getattr(detection, name)
        values[f"{name}_sigma"] = getattr(detection, f"{name}_sigma")
    return {name: _text(value) for name, value in values.items()}


def _text(value: str | float | None) -> str:
    if value is None or isinstance(value, str):
        # A cell cannot hold a line end: rows are lines.
        return " ".join((value or "").split())
    return repr(float(value)) if math.isfinite(value) else ""
