"""Projected grids of ARL packed weather, against formulas and against a turned wind."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.errors import BadRecordError
from vigie.formats import Contents, Source
from vigie.formats.arl import FORMAT
from vigie.formats.arl._conformal import Conformal
from vigie.formats.arl._grid import RADIUS_M, Grid, grid_of
from vigie.formats.arl._index import Head
from vigie.records import format_iso
from vigie.testing.arl_examples import POLAR, arl_file, two_times

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

FIRST, _ = two_times()
SOUTH = (-90.0, 0.0, -60.0, 20.0, 150.0, 0.0, -90.0, 5.0, 6.0, -70.0, 40.0, 0.0)
LAMBERT = (90.0, 0.0, 40.0, -95.0, 80.0, 0.0, 25.0, 5.0, 6.0, 37.1, -94.1, 0.0)
SOUTH_LAMBERT = (-90.0, 0.0, -35.0, 135.0, 80.0, 12.0, -30.0, 1.0, 1.0, -40.0, 120.0, 0.0)
MERCATOR = (90.0, 0.0, 20.0, 160.0, 50.0, 0.0, 0.0, 1.0, 1.0, 5.0, 175.0, 0.0)
TURNED = (90.0, 0.0, 60.0, -105.0, 182.9, 30.0, 90.0, 6.0, 5.0, 60.0, -105.0, 0.0)
GRIDS = [POLAR, SOUTH, LAMBERT, SOUTH_LAMBERT, MERCATOR, TURNED]


def head_of(grid: tuple[float, ...], columns: int = 12, rows: int = 10) -> Head:
    return Head("TEST", 0, grid, columns, rows, 3, 2, 200)


def unit_vectors(grid: Grid) -> FloatArray:
    lat, lon = np.radians(grid.latitude), np.radians(grid.longitude)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def distance_km(grid: Grid, axis: int) -> FloatArray:
    """Return the distances of neighbours along columns (0) or rows (1)."""
    vectors = unit_vectors(grid)
    dots = np.sum(np.diff(vectors, axis=axis + 1) ** 2, axis=0)
    return np.asarray(2.0 * np.arcsin(np.sqrt(dots) / 2.0) * RADIUS_M / 1e3)


def test_polar_stereographic_points_are_those_of_the_formula() -> None:
    grid = grid_of(head_of(POLAR, 33, 28))
    # Snyder 1987, equations 20-14 to 20-18 of the sphere, with the scale 1 at 60 N.
    x = (np.arange(1, 34) - 13.25)[None, :] * 182.9
    y = (np.arange(1, 29) - 42.75)[:, None] * 182.9
    at_60 = RADIUS_M / 1e3 * (1.0 + np.sin(np.radians(60.0)))
    latitude = 90.0 - 2.0 * np.degrees(np.arctan(np.hypot(x, y) / at_60))
    longitude = -105.0 + np.degrees(np.arctan2(x, -y))
    np.testing.assert_allclose(grid.latitude, latitude, rtol=0.0, atol=1e-6)
    np.testing.assert_allclose(grid.longitude, longitude, rtol=0.0, atol=1e-6)


@pytest.mark.parametrize("numbers", GRIDS)
def test_the_known_point_lies_where_the_file_says(numbers: tuple[float, ...]) -> None:
    moved = (*numbers[:7], 4.0, 3.0, *numbers[9:])
    grid = grid_of(head_of(moved))
    assert grid.latitude[2, 3] == pytest.approx(numbers[9], abs=1e-6)
    if abs(numbers[9]) < 90.0:
        off = (grid.longitude[2, 3] - numbers[10] + 180.0) % 360.0 - 180.0
        assert off == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("numbers", GRIDS)
def test_the_mesh_has_its_size_at_the_reference_latitude(numbers: tuple[float, ...]) -> None:
    # A fine mesh around the reference point itself.
    here = (*numbers[:4], 1.0, *numbers[5:7], 6.0, 5.0, numbers[2], numbers[3], 0.0)
    grid = grid_of(head_of(here))
    for axis in (0, 1):
        assert distance_km(grid, axis)[4, 5] == pytest.approx(1.0, rel=3e-4)


@pytest.mark.parametrize("numbers", GRIDS)
def test_a_wind_along_rows_and_columns_points_to_the_next_node(
    numbers: tuple[float, ...],
) -> None:
    fine = (*numbers[:4], 1.0, *numbers[5:])
    if abs(fine[9]) == 90.0:
        fine = (*fine[:9], 55.0, -60.0, 0.0)
    grid = grid_of(head_of(fine))
    lat, lon = np.radians(grid.latitude), np.radians(grid.longitude)
    vectors = unit_vectors(grid)
    east = np.stack([-np.sin(lon), np.cos(lon), np.zeros_like(lon)])
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    one, none = np.ones_like(lat), np.zeros_like(lat)
    for axis, wind in ((1, (one, none)), (0, (none, one))):
        step = np.gradient(vectors, axis=axis + 1)
        step = step / np.linalg.norm(step, axis=0)
        u, v = grid.to_geographic(*wind)
        inner = (slice(1, -1), slice(1, -1))
        np.testing.assert_allclose(u[inner], np.sum(step * east, axis=0)[inner], atol=2e-4)
        np.testing.assert_allclose(v[inner], np.sum(step * north, axis=0)[inner], atol=2e-4)


def test_orientation_is_clockwise_of_the_columns_from_north() -> None:
    # At the reference point, north lies 30 deg counter-clockwise of the columns.
    grid = grid_of(head_of(TURNED))
    u, v = grid.to_geographic(np.zeros((10, 12)), np.ones((10, 12)))
    assert (u[4, 5], v[4, 5]) == pytest.approx((0.5, np.sqrt(0.75)), abs=1e-6)


def test_winds_of_a_projected_file_are_turned() -> None:
    state = FORMAT.read(Source("x", arl_file(replace(FIRST, grid=POLAR))), strict=True).weather[0]
    assert state.latitude.shape == state.longitude.shape == (10, 12)
    east, north = state.east_m_s, state.north_m_s
    assert east is not None
    assert north is not None
    u, v = FIRST.fields[1, "UWND"], FIRST.fields[1, "VWND"]
    np.testing.assert_allclose(np.hypot(east[0], north[0]), np.hypot(u, v), atol=0.1)
    turned = np.radians(state.longitude + 105.0)
    wanted = u * np.cos(turned) + v * np.sin(turned)
    np.testing.assert_allclose(east[0], wanted, atol=0.1)


@pytest.mark.parametrize(
    "grid",
    [
        (*POLAR[:4], -5.0, *POLAR[5:]),
        (*POLAR[:6], 95.0, *POLAR[7:]),
        (*LAMBERT[:2], 90.0, *LAMBERT[3:]),
        (*MERCATOR[:9], 90.0, *MERCATOR[10:]),
        (*LAMBERT[:4], 9000.0, *LAMBERT[5:]),
    ],
)
def test_a_projection_that_is_none_is_refused(grid: tuple[float, ...]) -> None:
    source = Source("x", arl_file(replace(FIRST, grid=grid)))
    with pytest.raises(BadRecordError):
        FORMAT.read(source, strict=True)
    assert FORMAT.read(source).weather == ()


@pytest.mark.parametrize("tangent", [90.0, -90.0, 0.0, 45.0, -30.0, 5.0])
def test_maps_and_their_inverses_belong_together(tangent: float) -> None:
    rng = np.random.default_rng(1)
    longitude, latitude = rng.uniform(-179.0, 179.0, 500), rng.uniform(-80.0, 80.0, 500)
    one = Conformal(RADIUS_M, tangent, -95.0)
    again = one.to_earth(*one.to_plane(longitude, latitude))
    np.testing.assert_allclose(again[0], longitude, rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(again[1], latitude, rtol=0.0, atol=1e-9)


def test_a_cone_is_that_of_the_literature() -> None:
    # Snyder (1987), p. 295: a sphere of radius 1, parallels 33 and 45 N; here one, 39 N.
    x, y = Conformal(1.0, 39.0, -96.0).to_plane(-75.0, 35.0)
    n = np.sin(np.radians(39.0))
    ahead = np.tan(np.radians(64.5)) / np.tan(np.radians(62.5))
    rho = ahead**n / np.tan(np.radians(39.0))
    turn = n * np.radians(21.0)
    assert float(x) == pytest.approx(rho * np.sin(turn), rel=1e-12)
    assert float(y) == pytest.approx(1.0 / np.tan(np.radians(39.0)) - rho * np.cos(turn), rel=1e-12)


def read_sample(shared_data: Path, name: str) -> Contents:
    path = shared_data / "transport" / "met" / "hysplit" / name
    if not path.is_file():
        pytest.skip(f"{name} is absent")
    return FORMAT.read(Source(name, path.read_bytes()), strict=True)


@pytest.mark.data
def test_ngm_sample_is_read_whole(shared_data: Path) -> None:
    # Strictly: each of the 2196 checksums is right.
    weather = read_sample(shared_data, "oct1618.BIN").weather
    assert len(weather) == 36
    assert format_iso(weather[0].time_ns, digits=0) == "1995-10-16T00:00:00Z"
    assert {b.time_ns - a.time_ns for a, b in pairwise(weather)} == {7200 * 10**9}
    first = weather[0]
    assert first.grid_shape == (28, 33)
    assert (len(first.level_b), first.level_b[0]) == (10, 0.9823)
    assert not first.level_a_pa.any()
    # The lowest level: as decoded when the layout was first described.
    assert first.temperature_k is not None
    lowest = first.temperature_k[0]
    assert (lowest.min(), lowest.max()) == pytest.approx((263.046, 306.921), abs=1e-3)
    assert (first.latitude[0, 0], first.longitude[0, 0]) == pytest.approx(
        (22.4059, -121.3524), 1e-5
    )
    assert first.latitude.min() > 19.0
    assert first.latitude.max() < 65.0
    # Ground is high in the Rocky Mountains and at sea level on the Atlantic.
    assert first.ground_m is not None
    rocky = np.argmin(np.hypot(first.latitude - 39.5, first.longitude + 106.5))
    atlantic = np.argmin(np.hypot(first.latitude - 30.0, first.longitude + 72.0))
    assert first.ground_m.ravel()[rocky] > 2000.0
    assert abs(first.ground_m.ravel()[atlantic]) < 5.0


@pytest.mark.data
def test_gdas_sample_is_read_whole(shared_data: Path) -> None:
    contents = read_sample(shared_data, "gdas_042.bin")
    weather = contents.weather
    assert len(weather) == 13
    assert {b.time_ns - a.time_ns for a, b in pairwise(weather)} == {10800 * 10**9}
    first = weather[0]
    assert (first.grid_shape, len(first.level_a_pa)) == ((15, 23), 23)
    assert {i.code for i in contents.issues} == {"arl.filled", "arl.stress", "arl.unread"}
    assert {one.mean_over_s for one in weather[1:]} == {10800.0}
    # Heights are those of the temperatures, within what is left out: vapour within a layer.
    q, t, z = first.specific_humidity, first.temperature_k, first.geopotential_height_m
    assert q is not None
    assert t is not None
    assert z is not None
    virtual = t * (1.0 + 0.608 * q)
    thickness = 287.05 / 9.80665 * 0.5 * (virtual[1:] + virtual[:-1])
    thickness *= np.log(first.level_a_pa[:-1] / first.level_a_pa[1:])[:, None, None]
    off = np.abs(thickness - np.diff(z, axis=0))[:18]
    assert off.mean() < 1.5
    assert off.max() < 7.0
