"""Made weather as a file, for the commands of ``vigie transport``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import netCDF4
import numpy as np
from tests.transport.weather.examples import weather

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HOURS = range(0, 67, 6)
"""Of 2020-09-13T12:26:40, when the made weather begins."""


def write_weather(
    path: Path, *, hours: range = HOURS, without: str = "", box: tuple[int, int] | None = None
) -> Path:
    """Write made weather as a netCDF file on sigma levels.

    Parameters
    ----------
    without : str
        Short name of a field that is left out.
    box : tuple of int, optional
        First and last column of a regional grid; rows 10 to 15 of 17.
    """
    states = [weather(float(h)) for h in hours]
    first = states[0]
    rows = slice(None) if box is None else slice(10, 16)
    columns = slice(None) if box is None else slice(box[0], box[1] + 1)
    with netCDF4.Dataset(path, "w") as file:
        coordinates: dict[str, NDArray[np.float64]] = {
            "time": np.array([h + 12.0 for h in hours]),
            "sigma": first.level_b,
            "latitude": first.latitude[rows],
            "longitude": first.longitude[columns],
        }
        for name, values in coordinates.items():
            file.createDimension(name, len(values))
            file.createVariable(name, "f8", (name,))[:] = values
        file["time"].units = "hours since 2020-09-13 00:26:40"
        fields = {"u": "east_m_s", "v": "north_m_s", "t": "temperature_k"}
        for short, name in {**fields, "sp": "surface_pressure_pa"}.items():
            if short == without:
                continue
            values = np.stack([getattr(one, name) for one in states])[..., rows, columns]
            shape = tuple(coordinates) if values.ndim == 4 else ("time", "latitude", "longitude")
            file.createVariable(short, "f4", shape)[:] = values
    return path
