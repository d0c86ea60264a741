"""What ``vigie inspect`` says of sensitivities, of tracer experiments and of weather."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.cli.inspection_tracer import tracer_lines, tracer_rows
from vigie.cli.inspection_weather import weather_lines, weather_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vigie.formats import Contents
    from vigie.records import Sensitivity

HELD = ("sensitivities", "tracer_samples", "weather")
"""Fields of the contents, and keys of the summary."""


def transport_rows(contents: Contents) -> dict[str, list[dict[str, Any]]]:
    """Return the transport part of a file's summary."""
    return {
        "sensitivities": [sensitivity_row(one) for one in contents.sensitivities],
        "tracer_samples": tracer_rows(contents),
        "weather": weather_rows(contents),
    }


def sensitivity_row(one: Sensitivity) -> dict[str, Any]:
    """Return what is said of one sensitivity."""
    from vigie.records import format_iso

    grid = one.grid
    return {
        "station": one.station,
        "latitude": one.receptor_latitude,
        "longitude": one.receptor_longitude,
        "collection_start": format_iso(one.collection_start_ns),
        "collection_stop": format_iso(one.collection_stop_ns),
        "simulated_from": format_iso(one.simulated_from_ns),
        "step_s": one.step_s,
        "steps": one.n_steps,
        "rows": one.n_rows,
        "grid": {
            "first_latitude": grid.first_latitude,
            "latitude_step": grid.latitude_step,
            "latitudes": grid.n_latitude,
            "first_longitude": grid.first_longitude,
            "longitude_step": grid.longitude_step,
            "longitudes": grid.n_longitude,
            "cyclic": grid.cyclic,
        },
        "released_bq": one.released_bq,
        "sum_per_m3": float(one.value.sum()),
        "largest": _largest(one),
        "spread": one.spread is not None,
        "layer_depth_m": one.layer_depth_m,
        "source": one.source,
    }


def _largest(one: Sensitivity) -> dict[str, Any] | None:
    if not one.n_rows:
        return None
    at = int(one.value.argmax())
    latitude, longitude = one.grid.centres(one.cell[at])
    return {
        "per_m3": float(one.value[at]),
        "latitude": float(latitude),
        "longitude": float(longitude),
        "step": int(one.step[at]),
    }


def transport_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield the transport part of a summary as lines of text."""
    yield from tracer_lines(summary)
    yield from weather_lines(summary)
    for row in summary["sensitivities"]:
        yield from sensitivity_lines(row)


def sensitivity_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said of one sensitivity as lines of text."""
    grid, most = row["grid"], row["largest"]
    spread = ", with spread" if row["spread"] else ""
    where = f" from {row['source']}" if row["source"] else ""
    yield (f"  sensitivity of {row['station']} at {row['latitude']:g} {row['longitude']:g}{where}")
    yield f"    collected {row['collection_start']} to {row['collection_stop']}"
    yield (
        f"    {row['steps']} steps of {row['step_s'] / 3600.0:g} h back to "
        f"{row['simulated_from']}, {row['rows']} rows{spread}"
    )
    yield (
        f"    grid {grid['latitude_step']:g} x {grid['longitude_step']:g} deg, centres from "
        f"{grid['first_latitude']:g} {grid['first_longitude']:g}, {grid['latitudes']} x "
        f"{grid['longitudes']} cells{', cyclic' if grid['cyclic'] else ''}"
    )
    depth = row["layer_depth_m"]
    yield f"    layer {'depth not stated' if depth is None else f'{depth:g} m deep'}"
    if most is not None:
        scale = row["released_bq"]
        yield (
            f"    for {scale:g} Bq: sum {row['sum_per_m3'] * scale:.9g} Bq/m3, largest "
            f"{most['per_m3'] * scale:.6g} at {most['latitude']:g} {most['longitude']:g} in "
            f"step {most['step']}"
        )
