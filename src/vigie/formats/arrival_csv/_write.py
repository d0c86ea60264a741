"""Detections to rows of an arrival list."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from vigie.file_text import utf8
from vigie.formats.arrival_csv._columns import ALIASES, MEASURED
from vigie.formats.bulletins import arrivals_of
from vigie.records import format_iso

if TYPE_CHECKING:
    from vigie.records import Bulletin, Detection

_ALWAYS = {"event", "station", "time", "phase"}


def write_arrivals(bulletin: Bulletin) -> bytes:
    """Return the file; a column that would be empty throughout is left out."""
    rows = [_row(detection) for detection in arrivals_of(bulletin)]
    used = [name for name in ALIASES if name in _ALWAYS or any(row[name] for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(used)
    writer.writerows([row[name] for name in used] for row in rows)
    return utf8(text.getvalue())


def _row(detection: Detection) -> dict[str, str]:
    channel = detection.channel
    values: dict[str, str | float | None] = {
        "event": detection.group,
        "id": detection.id,
        "station": detection.station,
        "network": detection.network,
        "location": channel.location if channel else "",
        "channel": channel.channel if channel else "",
        "time": format_iso(detection.time_ns),
        "time_sigma": detection.time_sigma_s,
        "phase": detection.phase,
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
