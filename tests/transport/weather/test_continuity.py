"""Winds and what rises fill every box with the mass that it gains."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.weather.examples import HOUR_NS, START_NS, weather

from vigie.transport import twin
from vigie.transport.sphere import RADIUS_M, positions_of
from vigie.transport.weather.continuity import (
    balancing_flux,
    cell_means,
    divergence,
    edge_weights,
)
from vigie.transport.weather.flow import air_of, flow_between
from vigie.transport.weather.nodes import node_grid

NODES, WEIGHTS = np.polynomial.legendre.leggauss(6)
Q, W = 0.5 * (NODES + 1.0), 0.5 * WEIGHTS


def test_cells_cover_the_earth() -> None:
    grid = node_grid(weather())
    weights = edge_weights(grid)
    area = weights.area.sum() * grid.n_columns
    assert area == pytest.approx(4.0 * np.pi * RADIUS_M**2, rel=1e-12)
    ones = cell_means(np.ones((grid.n_rows, grid.n_columns)), grid, weights)
    np.testing.assert_allclose(ones, 1.0, rtol=1e-14)


@given(st.integers(0, 10_000))
def test_what_leaves_one_cell_enters_another(seed: int) -> None:
    grid = node_grid(weather())
    weights = edge_weights(grid)
    rng = np.random.default_rng(seed)
    east, north = rng.normal(size=(2, grid.n_rows, grid.n_columns))
    out = divergence(east, north, grid, weights) * weights.area[:, None]
    # Nothing passes a pole, whatever stands there.
    assert abs(out.sum()) < 1e-9 * np.abs(out).sum()


def test_a_turning_earth_diverges_nowhere_but_by_the_grid() -> None:
    grid = node_grid(weather(rows=60, columns=128))
    phi = np.radians(grid.latitudes)[:, None]
    lam = np.radians(grid.longitudes)[None, :]
    # About an axis in the plane of the equator: over both poles.
    east, north = -20.0 * np.sin(phi) * np.cos(lam), 20.0 * np.sin(lam) + 0.0 * phi
    found = divergence(east, north, grid, edge_weights(grid))
    assert np.abs(found).max() < 2e-3 * 20.0 / (RADIUS_M * np.radians(3.0))


@given(st.integers(0, 10_000))
def test_the_balance_takes_away_what_winds_can(seed: int) -> None:
    grid = node_grid(weather())
    weights = edge_weights(grid)
    rng = np.random.default_rng(seed)
    # What some flux makes, some flux can take away.
    flux = rng.normal(size=(2, grid.n_rows, grid.n_columns))
    flux[:, [0, -1]] = 0.0
    excess = divergence(flux[0], flux[1], grid, weights)
    east, north = balancing_flux(excess, grid, weights)
    left = excess - divergence(east, north, grid, weights)
    assert np.abs(left).max() < 1e-5 * np.abs(excess).max()
    # And the least of them, weighted by area.
    area = np.cos(np.radians(grid.latitudes))[1:-1, None]
    size = [np.sum(area * (e**2 + n**2)) for e, n in (flux[:, 1:-1], (east[1:-1], north[1:-1]))]
    assert size[1] <= size[0] * 1.02


@pytest.mark.parametrize(("row", "column"), [(8, 5), (1, 23), (18 - 1, 0), (15, 12), (0, 7)])
def test_a_box_gains_what_its_air_brings(row: int, column: int) -> None:
    first, second = air_of(weather(0.0)), air_of(weather(6.0))
    flow = flow_between(first, second, reference_ns=START_NS)
    grid, slab, time_s = first.grid, 2, 4000.0
    phi, lam = np.radians(grid.latitudes), np.radians(grid.west_deg + 15.0 * column)
    width = np.radians(15.0)
    eta = flow.eta[slab] + (flow.eta[slab + 1] - flow.eta[slab]) * Q

    def through(latitude: np.ndarray, longitude: np.ndarray, inward: np.ndarray) -> float:
        """Return the mean mass flux (Pa m/s) through an edge, integrated over the slab."""
        total = 0.0
        for level, weight in zip(eta, W, strict=True):
            places = positions_of(np.degrees(latitude), np.degrees(longitude))
            wind, _, mass = twin.motion(flow, places, np.full(len(places), level), time_s)
            total += weight * float(np.sum(W * mass * np.sum(wind * inward, axis=1)))
        return total

    edge = phi[row] + (phi[row + 1] - phi[row]) * Q
    gain = 0.0
    for longitude, sign in ((lam, 1.0), (lam + width, -1.0)):
        east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
        flux = through(edge, np.full(6, longitude), sign * np.tile(east, (6, 1)))
        gain += flux * RADIUS_M * (phi[row + 1] - phi[row])
    # Just inside: on the row itself the interpolation of the next cells may be another.
    for latitude, sign in ((phi[row] + 1e-9, 1.0), (phi[row + 1] - 1e-9, -1.0)):
        along = lam + width * Q
        s, c = np.sin(latitude), np.cos(latitude)
        north = np.stack([-s * np.cos(along), -s * np.sin(along), np.full(6, c)], axis=1)
        flux = through(np.full(6, latitude), along, sign * north)
        gain += flux * RADIUS_M * abs(c) * width
    area = RADIUS_M**2 * width * (np.sin(phi[row + 1]) - np.sin(phi[row]))
    late = time_s / 21600.0
    rising = flow.rising_pa_s.reshape(grid.n_rows - 1, grid.n_cells_across, -1, 2)
    risen = rising[row, column, slab] - rising[row, column, slab + 1]
    gain = gain / area + (1.0 - late) * risen[0] + late * risen[1]
    tendency = (second.surface_pa - first.surface_pa) / (6.0 * HOUR_NS * 1e-9)
    weights = edge_weights(grid)
    wanted = first.levels.slabs[1][slab] * cell_means(tendency, grid, weights)[row, column]
    assert gain == pytest.approx(wanted, abs=2e-6)


def test_nothing_passes_the_lid_or_the_ground() -> None:
    flow = flow_between(air_of(weather(0.0)), air_of(weather(6.0)))
    assert np.all(flow.rising_pa_s[:, 0] == 0.0)
    assert np.abs(flow.rising_pa_s[:, -1]).max() < 1e-7
    assert np.abs(flow.rising_pa_s).max() > 1e-3
