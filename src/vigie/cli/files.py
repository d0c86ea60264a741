"""``vigie inspect`` and ``vigie convert``: what a file is, and the same in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import (
    emit,
    json_option,
    json_text,
    output_option,
    tell_issues,
    tell_losses,
)
from vigie.errors import MissingInputError, ParameterError, UnwritableError, VigieError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.formats import Contents, Format

_HELD = ("waveforms", "stations", "events", "detections", "profiles")
"""What a summary of a file counts."""


@click.command("inspect")
@click.argument("paths", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--format", "format_name", help="Read as this format instead of recognising it.")
@click.option("--formats", "list_formats", is_flag=True, help="List the formats and stop.")
@click.option("--strict", is_flag=True, help="Refuse a file at the first thing wrong in it.")
@json_option
@output_option
def inspect_command(
    *,
    paths: tuple[Path, ...],
    format_name: str | None,
    list_formats: bool,
    strict: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    """Say what each FILE is, what is in it, and what is wrong with it.

    Exit status 1 if any file could not be read, or nothing in it.
    """
    if list_formats:
        rows = _format_rows()
        emit(json_text({"formats": rows}) if as_json else _format_table(rows), output)
        return
    if not paths:
        raise click.UsageError("Name at least one FILE, or give --formats.")
    summaries = [_inspect(path, format_name, strict=strict) for path in paths]
    document = {"vigie": {"document": "inspection", "version": 1}, "files": summaries}
    text = "\n\n".join(_describe(summary) for summary in summaries)
    emit(json_text(document) if as_json else text, output)
    if any(_is_unreadable(summary) for summary in summaries):
        raise SystemExit(1)


@click.command("convert")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--from", "from_format", help="Format of IN, where it is not recognised.")
@click.option("--to", "to_format", help="Format of OUT, where its name does not tell.")
@click.option("--strict", is_flag=True, help="Refuse IN at the first thing wrong in it.")
@json_option
def convert_command(
    *,
    source: Path,
    target: Path,
    from_format: str | None,
    to_format: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Read IN and write OUT in another format.

    The name of OUT tells its format (x.mseed, x.isf, x.xml ...); --to overrules it.
    """
    from vigie.exchange.files import read_file
    from vigie.pipeline.write import write_contents

    contents = read_file(source, format_name=from_format, strict=strict)
    tell_issues((str(source), issue) for issue in contents.issues)
    if not _kinds(contents):
        raise MissingInputError(
            path=str(source),
            what=f"something to convert (it was read as {contents.format})",
            remedy="`vigie inspect` says what is wrong with it.",
        )
    chosen = _target_format(target, to_format, contents)
    if not chosen.writes & _kinds(contents):
        raise UnwritableError(
            format=chosen.title,
            what=" and ".join(sorted(_kinds(contents))),
            remedy="Choose a format that holds it with --to (vigie inspect --formats).",
        )
    written = write_contents(contents, target, format_name=chosen.name)
    tell_losses(written)
    paths = [str(path) for path in written.paths]
    document = {
        "vigie": {"document": "conversion", "version": 1},
        "read": str(source),
        "format": contents.format,
        "written": paths,
        "to": chosen.name,
        "issues": [_issue(issue) for issue in contents.issues],
        "losses": [loss for _, _, loss in written.losses],
    }
    emit(json_text(document) if as_json else f"wrote {', '.join(paths)} ({chosen.title})")


def _target_format(target: Path, name: str | None, contents: Contents) -> Format:
    from vigie.formats import all_formats, called_like, format_named

    if name:
        return format_named(name)
    kinds = _kinds(contents)
    fits = called_like(target.name, (f for f in all_formats() if f.writes & kinds))
    if not fits:
        known = ", ".join(sorted(f.name for f in all_formats() if f.writes & kinds))
        raise UnwritableError(
            format=f"a file named {target.name}",
            what=" and ".join(sorted(kinds)),
            remedy=f"Choose the format with --to: {known}.",
        )
    # A name ending of several formats (.xml): the one that holds most of what was read.
    best = max(len(f.writes & kinds) for f in fits)
    fits = [f for f in fits if len(f.writes & kinds) == best]
    if len(fits) > 1:
        names = ", ".join(f.name for f in fits)
        raise ParameterError(name="--to", value="not given", expected=f"choose one of {names}")
    return fits[0]


def _kinds(contents: Contents) -> frozenset[str]:
    present = {
        "waveforms": bool(contents.waveforms),
        "stations": bool(contents.stations),
        "bulletin": contents.bulletin is not None,
        "profiles": bool(contents.profiles),
    }
    return frozenset(kind for kind, there in present.items() if there)


def _inspect(path: Path, format_name: str | None, *, strict: bool) -> dict[str, Any]:
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
        "issues": [_issue(issue) for issue in contents.issues],
    }


def _is_unreadable(summary: Mapping[str, Any]) -> bool:
    """Tell whether a file gave nothing, and that for a reason."""
    if "error" in summary:
        return True
    held = (summary[key] for key in _HELD)
    return not any(held) and any(i["severity"] != "notice" for i in summary["issues"])


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
                "magnitudes": {m.type: m.value for m in event.magnitudes},
            }
        )
    return rows


def _issue(issue: Any) -> dict[str, Any]:  # noqa: ANN401 — an Issue
    return {
        "place": issue.place,
        "code": issue.code,
        "text": issue.text,
        "severity": issue.severity,
    }


def _describe(summary: Mapping[str, Any]) -> str:
    if "error" in summary:
        return f"cannot be read: {summary['error']}"
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
    if summary["detections"]:
        lines.append(f"  {summary['detections']} arrivals or detections")
    lines += [f"  {i['severity']}: {i['place']}: {i['text']}" for i in summary["issues"]]
    return "\n".join(lines)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _format_rows() -> list[dict[str, Any]]:
    from vigie.formats import all_formats

    return [
        {
            "name": f.name,
            "title": f.title,
            "suffixes": list(f.suffixes),
            "reads": sorted(f.holds),
            "writes": sorted(f.writes),
        }
        for f in all_formats()
    ]


def _format_table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"{'name':<16} {'reads':<22} {'writes':<22} title"]
    lines += [
        f"{row['name']:<16} {', '.join(row['reads']):<22} {', '.join(row['writes']):<22} "
        f"{row['title']}"
        for row in rows
    ]
    return "\n".join(lines)
