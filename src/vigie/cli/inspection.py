"""What ``vigie inspect`` says of a file: a summary as JSON has it, and the same in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.cli.inspection_radionuclide import HELD, radionuclide_lines, radionuclide_rows
from vigie.cli.inspection_tracer import tracer_lines, tracer_rows
from vigie.errors import VigieError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vigie.formats import Contents

_HELD = ("waveforms", "stations", "events", "detections", "profiles", *HELD, "tracer_samples")
"""What a summary of a file counts."""


def inspected(path: Path, format_name: str | None, *, strict: bool) -> dict[str, Any]:
    """Read a file and return its summary, or why it cannot be read."""
    from vigie.exchange.files import read_file

    try:
        contents = read_file(path, format_name=format_name, strict=strict)
    except (VigieError, OSError) as error:
        return {"path": str(path), "error": str(error)}
    return {
        "path": str(path),
        "format": contents.format,
        "header": dict(contents.header),
        "waveforms": [_waveform_row(w) for w in contents.waveforms],
        "stations": [_station_row(s) for s in contents.stations],
        "events": _event_rows(contents),
        "detections": len(contents.detections),
        "profiles": [_profile_row(p) for p in contents.profiles],
        **radionuclide_rows(contents),
        "tracer_samples": tracer_rows(contents),
        "issues": [issue_row(issue) for issue in contents.issues],
    }


def is_unreadable(summary: Mapping[str, Any]) -> bool:
    """Tell whether a file gave nothing, and that for a reason."""
    if "error" in summary:
        return True
    held = (summary[key] for key in _HELD)
    return not any(held) and any(i["severity"] != "notice" for i in summary["issues"])


def nothing_read(contents: Contents) -> bool:
    """Tell whether a file gave nothing, and that for a reason; an empty list has none."""
    bulletin = contents.bulletin
    held = (contents.waveforms, contents.stations, contents.profiles, contents.detections)
    measured = (getattr(contents, name) for name in (*HELD, "tracer_samples"))
    if any(held) or any(measured) or (bulletin is not None and bulletin.events):
        return False
    return any(issue.severity != "notice" for issue in contents.issues)


def _waveform_row(waveform: Any) -> dict[str, Any]:  # noqa: ANN401 — a Waveform; its import costs numpy
    from vigie.records import format_iso

    low, high = (
        (float(waveform.samples.min()), float(waveform.samples.max()))
        if len(waveform.samples)
        else (None, None)
    )
    return {
        "channel": str(waveform.channel),
        "start": format_iso(waveform.start_ns),
        "end": format_iso(waveform.end_ns),
        "rate_hz": waveform.rate_hz,
        "samples": len(waveform.samples),
        "unit": waveform.unit,
        "min": low,
        "max": high,
        "calib": waveform.calib,
        "calper_s": waveform.calper_s,
    }


def _station_row(station: Any) -> dict[str, Any]:  # noqa: ANN401 — a Station
    channels = [c for site in station.sites for c in site.channels]
    return {
        "station": station.code,
        "network": station.network,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "elevation_m": station.elevation_m,
        "sites": len(station.sites),
        "channels": len(channels),
        "with_response": sum(c.response is not None for c in channels),
    }


def _profile_row(profile: Any) -> dict[str, Any]:  # noqa: ANN401 — an AtmosphereProfile
    return {
        "levels": len(profile.height_km),
        "lowest_km": float(profile.height_km[0]),
        "highest_km": float(profile.height_km[-1]),
        "ground_km": profile.ground_km,
        "source": str(profile.source),
    }


def _event_rows(contents: Contents) -> list[dict[str, Any]]:
    from vigie.records import format_iso

    rows: list[dict[str, Any]] = []
    for event in contents.bulletin.events if contents.bulletin else ():
        origin = event.origin
        rows.append(
            {
                "id": event.id,
                "time": format_iso(origin.time_ns) if origin else None,
                "latitude": origin.latitude if origin else None,
                "longitude": origin.longitude if origin else None,
                "depth_km": origin.depth_km if origin else None,
                "region": event.region,
                "origins": len(event.origins),
                "arrivals": len(event.detections),
                "magnitudes": {m.type: m.value for m in event.preferred_magnitudes},
            }
        )
    return rows


def issue_row(issue: Any) -> dict[str, Any]:  # noqa: ANN401 — an Issue
    """Return an issue as JSON has it."""
    return {
        "place": issue.place,
        "code": issue.code,
        "text": issue.text,
        "severity": issue.severity,
    }


def described(summary: Mapping[str, Any]) -> str:
    """Return a summary as lines of text."""
    if "error" in summary:
        return str(summary["error"])
    lines = [f"{summary['path']}: {summary['format']}"]
    lines += [f"  {key}: {value}" for key, value in summary["header"].items()]
    for row in summary["waveforms"]:
        lines.append(
            f"  {row['channel']:<16} {row['start']}  {row['samples']:>9} samples at "
            f"{row['rate_hz']:g} Hz, {row['unit']}, {row['min']:g} to {row['max']:g}"
            if row["samples"]
            else f"  {row['channel']:<16} {row['start']}  no samples"
        )
    lines += [
        f"  station {row['station']:<6} {row['latitude']:9.4f} {row['longitude']:10.4f} "
        f"{row['elevation_m']:7.0f} m  {row['sites']} sites, {row['channels']} channels, "
        f"{row['with_response']} with response"
        for row in summary["stations"]
    ]
    lines += [
        f"  event {row['id']}: {row['time']} "
        f"{_number(row['latitude'], '.4f')} {_number(row['longitude'], '.4f')} "
        f"{_number(row['depth_km'], '.1f')} km, {row['arrivals']} arrivals  {row['region']}"
        for row in summary["events"]
    ]
    lines += [
        f"  atmosphere from {row['lowest_km']:g} to {row['highest_km']:g} km, "
        f"{row['levels']} levels"
        for row in summary["profiles"]
    ]
    lines += radionuclide_lines(summary)
    lines += tracer_lines(summary)
    if summary["detections"]:
        lines.append(f"  {summary['detections']} arrivals or detections")
    lines += [f"  {i['severity']}: {i['place']}: {i['text']}" for i in summary["issues"]]
    return "\n".join(lines)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
