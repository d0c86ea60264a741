"""The synthetic weather with errors: smooth random winds on top, a tenth of the wind in size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator

from vigie.pipeline.transport.weather_files import index_weather
from vigie.transport.weather.sequence import WeatherSequence

if TYPE_CHECKING:
    from vigie.pipeline.transport.weather_files import WeatherFiles
    from vigie.records import WeatherState

FloatArray = NDArray[np.float64]

DATA = Path(__file__).resolve().parents[2] / "shared/data/transport/met/synthetic"
NODE_DEG = 15.0
"""Between independent errors: some 1000 km."""
KEPT = np.exp(-0.5)
"""Of an error from time to time: 12 h over 6 h."""
ANCHORS = (1.0, 0.7, 0.4, 0.1)
"""Levels (sigma) of independent errors, linear between."""


@cache
def files() -> WeatherFiles:
    """Return the fields of fourteen days."""
    return index_weather([DATA])


def _error(values: FloatArray, state: WeatherState) -> FloatArray:
    """Bring errors at nodes to the grid of a state, shape (n_levels, n_rows, n_columns)."""
    lat = np.arange(-90.0, 91.0, NODE_DEG)
    lon = np.arange(0.0, 361.0, NODE_DEG)
    closed = np.concatenate([values, values[:, :, :1]], axis=2)
    # Linear between nodes halves the variance in the middle: brought back on average.
    at = RegularGridInterpolator((np.array(ANCHORS)[::-1], lat, lon), closed[::-1])
    levels = np.clip(state.level_b, ANCHORS[-1], ANCHORS[0])
    points = np.stack(
        np.meshgrid(levels, state.latitude, np.mod(state.longitude, 360.0), indexing="ij"), axis=-1
    )
    found = np.asarray(at(points))
    return np.asarray(found / found.std())


def noisy(share: float, seed: int) -> WeatherSequence:
    """Return the weather with errors of a share of the wind's standard deviation at each level."""
    known = files()
    times = known.times_ns
    shape = (2, len(ANCHORS), round(180.0 / NODE_DEG) + 1, round(360.0 / NODE_DEG))
    rng = np.random.default_rng(seed)
    errors = [rng.standard_normal(shape)]
    for _ in times[1:]:
        errors.append(KEPT * errors[-1] + np.sqrt(1.0 - KEPT**2) * rng.standard_normal(shape))

    def load(k: int) -> WeatherState:
        state = known.state(times[k])
        if share == 0.0:
            return state
        assert state.east_m_s is not None
        assert state.north_m_s is not None
        size = np.sqrt(0.5 * (state.east_m_s.var(axis=(1, 2)) + state.north_m_s.var(axis=(1, 2))))[
            :, None, None
        ]
        more = [share * size * _error(errors[k][i], state) for i in range(2)]
        return replace(
            state,
            east_m_s=(state.east_m_s + more[0]).astype(np.float32),
            north_m_s=(state.north_m_s + more[1]).astype(np.float32),
        )

    return WeatherSequence(times, load)
