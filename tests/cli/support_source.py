"""A small world for ``vigie source``: files of sensitivities and a list of samples of one release.

Air comes from the west, 2 deg in 3 h, and spreads; each station sees the cells upwind of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.formats import Contents, format_named
from vigie.records import LatLonGrid, Sensitivity, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

GRID = LatLonGrid(
    first_latitude=40.0, latitude_step=1.0, n_latitude=15,
    first_longitude=-10.0, longitude_step=1.0, n_longitude=50,
)  # fmt: skip
STEP_NS, N_STEPS = 3 * 3_600_000_000_000, 20
STATIONS = {"AAP01": (47.0, 30.0), "BBP02": (45.0, 25.0), "CCP03": (51.0, 33.0)}
STOPS = ("2020-03-05T00:00", "2020-03-05T12:00", "2020-03-06T00:00")
TRUTH = (47.0, 12.0)
RELEASED_BQ = 1e13
RELEASED = (parse_iso("2020-03-03T12:00"), parse_iso("2020-03-03T15:00"))
MDC = 1e-4


def sensitivity(station: str, stop: str, shift: float = 0.0) -> Sensitivity:
    """Return what one station sees, by winds that lie ``shift`` deg further north."""
    latitude, longitude = STATIONS[station]
    values, steps, cells = [], [], []
    lat, lon = GRID.centres(np.arange(GRID.n_cells))
    for step in range(N_STEPS):
        wide = 0.7 + 0.12 * step
        away = ((lat - latitude - shift * step / 10.0) / wide) ** 2
        away = away + ((lon - longitude + 2.0 * step + 1.0) / (wide + 1.0)) ** 2
        value = 1e-14 * np.exp(-0.5 * away) / wide**2
        kept = np.flatnonzero(value > 1e-19)
        values.append(value[kept])
        steps.append(np.full(len(kept), step, dtype=np.int32))
        cells.append(kept)
    stop_ns = parse_iso(stop)
    return Sensitivity(
        station=station,
        receptor_latitude=latitude,
        receptor_longitude=longitude,
        collection_start_ns=stop_ns - 4 * STEP_NS,
        collection_stop_ns=stop_ns,
        step_s=STEP_NS / 1e9,
        n_steps=N_STEPS,
        grid=GRID,
        step=np.concatenate(steps),
        cell=np.concatenate(cells).astype(np.int64),
        value=np.concatenate(values),
    )


def concentration(one: Sensitivity) -> float:
    """Return what the release gives in a sample, Bq/m3."""
    step = (one.collection_stop_ns - RELEASED[1]) // STEP_NS
    if not 0 <= step < one.n_steps:
        return 0.0
    return float(RELEASED_BQ * one.at(*TRUTH)[step])


def write_fields(folder: Path, *, models: tuple[str, ...] = ("TEST",)) -> list[Path]:
    """Write a file for each station, end and model; return their paths."""
    paths = []
    for k, model in enumerate(models):
        for station in STATIONS:
            for stop in STOPS:
                one = sensitivity(station, stop, shift=0.5 * k)
                (data,) = format_named("srm").write(Contents(sensitivities=(one,))).values()
                name = f"{station}.{stop[:13].replace('-', '').replace('T', '')}.{model}.srm"
                path = folder / name
                path.write_bytes(data)
                paths.append(path)
    return paths


def sample_rows(scale: float = 1.0) -> list[str]:
    """Return the rows of the list of samples, a tenth of each value as its error."""
    rows = []
    for station in STATIONS:
        for stop in STOPS:
            value = scale * concentration(sensitivity(station, stop))
            found = value >= 0.5 * scale * MDC
            numbers = f"{value:.6e},{0.1 * value:.6e}" if found else "0,"
            rows.append(f"{station},Ba-140,{stop}:00Z,{numbers},{scale * MDC:g}")
    return rows


def write_samples(path: Path, unit: str = "Bq/m3", scale: float = 1.0) -> Path:
    """Write the list of samples in a unit, of which ``scale`` are one Bq/m3."""
    head = f"station,nuclide,collection_stop,concentration [{unit}],uncertainty,mdc"
    path.write_text("\n".join([head, *sample_rows(scale)]) + "\n", "utf-8")
    return path
