"""Made weather: a turning Earth, waves on it, and air that is warm below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.records import WeatherState

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_NS = 3_600_000_000_000
START_NS = 1_600_000_000_000_000_000


def weather(
    hours: float = 0.0,
    *,
    seed: int | None = 1,
    rows: int = 17,
    columns: int = 24,
    speed_m_s: float = 20.0,
    **changes: Any,  # noqa: ANN401 — fields of the record
) -> WeatherState:
    """Return a global state: solid rotation, and waves that grow with time unless seed is None."""
    latitude = (np.arange(rows) + 0.5) * 180.0 / rows - 90.0
    longitude = np.arange(columns) * 360.0 / columns
    sigma = np.array([0.98, 0.9, 0.75, 0.5, 0.3])
    phi, lam = np.meshgrid(np.radians(latitude), np.radians(longitude), indexing="ij")
    height = np.arange(5.0)[:, None, None]
    east = speed_m_s * np.cos(phi) * (1.0 + 0.2 * height)
    north, pressure = np.zeros_like(east), np.full(phi.shape, 1e5)
    if seed is not None:
        rng = np.random.default_rng(seed)
        a, b, c = rng.normal(size=(3, 5, 1, 1))
        north = 5.0 * np.cos(phi) * np.sin(2 * lam + a + 0.05 * hours) + north
        east = east + 4.0 * np.sin(lam + b) * np.cos(2.0 * phi) * np.cos(phi)
        wave = np.cos(phi) ** 2 * np.sin(lam + float(c[0, 0, 0]) + 0.1 * hours)
        pressure = pressure + 800.0 * wave
    temperature = np.broadcast_to(288.0 * sigma[:, None, None] ** 0.19, east.shape)
    values: dict[str, Any] = {
        "time_ns": START_NS + round(hours * HOUR_NS),
        "latitude": latitude,
        "longitude": longitude,
        "level_a_pa": np.zeros(5),
        "level_b": sigma,
        "east_m_s": _field(east),
        "north_m_s": _field(north),
        "temperature_k": _field(temperature),
        "surface_pressure_pa": _field(pressure),
    }
    return WeatherState(**{**values, **changes})


def _field(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
