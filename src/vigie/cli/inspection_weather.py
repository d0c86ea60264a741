"""What ``vigie inspect`` says of weather: one row for all times of a file."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vigie.formats import Contents
    from vigie.records import WeatherState


def weather_rows(contents: Contents) -> list[dict[str, Any]]:
    """Return the summary of a file's times; empty where it has none."""
    from vigie.records import format_iso

    if not contents.weather:
        return []
    first = contents.weather[0]
    times = sorted(one.time_ns for one in contents.weather)
    gaps = {b - a for a, b in pairwise(times)}
    return [
        {
            "source": first.source,
            "times": len(times),
            "start": format_iso(times[0]),
            "end": format_iso(times[-1]),
            "every_s": gaps.pop() / 1e9 if len(gaps) == 1 else None,
            "rows": first.grid_shape[0],
            "columns": first.grid_shape[1],
            "projected": not first.rectilinear,
            "south": float(first.latitude.min()),
            "north": float(first.latitude.max()),
            "west": float(first.longitude.min()),
            "east": float(first.longitude.max()),
            "levels": len(first.level_b),
            "level_kind": _kind(first),
            "fields": sorted({name for one in contents.weather for name in one.names}),
            "missing_for_transport": _missing(contents.weather),
        }
    ]


def _kind(state: WeatherState) -> str:
    if not len(state.level_b):
        return "surface"
    if (state.level_b == 0.0).all():
        return "pressure"
    return "sigma" if (state.level_a_pa == 0.0).all() else "hybrid"


def _missing(states: tuple[WeatherState, ...]) -> list[str]:
    from vigie.transport.weather.flow import NEEDED

    return [name for name in NEEDED if any(getattr(one, name) is None for one in states)]


def weather_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield the weather part of a summary as lines of text."""
    for row in summary["weather"]:
        source = f" from {row['source']}" if row["source"] else ""
        every = f", every {row['every_s'] / 3600.0:g} h" if row["every_s"] else ""
        yield f"  weather{source}: {row['times']} times"
        yield f"    {row['start']} to {row['end']}{every}"
        grid = "projected grid" if row["projected"] else "grid"
        yield (
            f"    {grid} of {row['rows']} x {row['columns']} nodes, {row['south']:g} to "
            f"{row['north']:g} north, {row['west']:g} to {row['east']:g} east"
        )
        levels = "no levels" if not row["levels"] else f"{row['levels']} {row['level_kind']} levels"
        yield f"    {levels}: {', '.join(row['fields'])}"
        if row["missing_for_transport"]:
            yield f"    for transport it lacks {', '.join(row['missing_for_transport'])}"
