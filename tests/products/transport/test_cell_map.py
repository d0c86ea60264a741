"""Maps of cells: each pixel shows its cell, over the date line, at the poles, round the Earth."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from vigie.products.figures.equal_earth import RADIUS_KM, EqualEarth
from vigie.products.transport.cell_map import CellMap, cell_map
from vigie.products.transport.decades import Decades, decades_of
from vigie.records import global_grid

GRID = global_grid(2.0, 2.0, latitude_phase=1.0, longitude_phase=1.0)


def pixel_of(ground: CellMap, latitude: float, longitude: float) -> int:
    """Return the cell that the map shows at a place."""
    x, y = ground.projection.project(latitude, longitude)
    left, right, bottom, top = ground.extent_km
    rows, columns = ground.pixels.shape
    row = int((y - bottom) / (top - bottom) * rows)
    column = int((x - left) / (right - left) * columns)
    return int(ground.pixels[row, column])


@pytest.mark.parametrize("longitude", [-180.0, 0.0, 129.0])
def test_equal_earth_there_and_back(longitude: float) -> None:
    rng = np.random.default_rng(1)
    latitude = rng.uniform(-89.9, 89.9, 500)
    east = longitude + rng.uniform(-179.9, 179.9, 500)
    projection = EqualEarth(longitude)
    x, y = projection.project(latitude, east).T
    again = projection.place(x, y)
    np.testing.assert_allclose(again[0], latitude, atol=1e-6)
    np.testing.assert_allclose(np.mod(again[1] - east + 180.0, 360.0), 180.0, atol=1e-6)
    outside = projection.place(np.array([17_300.0, 0.0]), np.array([3000.0, 8500.0]))
    assert np.all(np.isnan(outside))


def test_areas_on_it_are_right() -> None:
    projection, rng = EqualEarth(20.0), np.random.default_rng(2)
    for latitude, east in zip(rng.uniform(-80, 80, 20), rng.uniform(-150, 190, 20), strict=True):
        h = 1e-3
        corners = projection.project(
            latitude + h * np.array([-1, -1, 1, 1]), east + h * np.array([-1, 1, 1, -1])
        )
        x, y = corners.T
        area = 0.5 * abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
        sphere = (RADIUS_KM * np.radians(2 * h)) ** 2 * np.cos(np.radians(latitude))
        assert area == pytest.approx(sphere, rel=1e-5)


@pytest.mark.parametrize("longitude", [0.0, 100.0, -170.0])
def test_land_is_where_it_is(longitude: float) -> None:
    projection = EqualEarth(longitude)
    land = projection.land()
    for name, place, dry in (
        ("Bangui", (4.4, 18.6), True),
        ("Antarctica", (-85.0, longitude + 170.0), True),
        ("pole", (-89.0, longitude), True),
        ("Chukotka", (67.0, 179.0), True),
        ("Chukotka, east", (66.5, -176.0), True),
        ("Pacific", (0.0, -150.0), False),
        ("Arctic", (88.0, 20.0), False),
        ("Atlantic", (30.0, -45.0), False),
    ):
        point = tuple(projection.project(*place))
        assert land.contains_point(point) == dry, name


def test_a_region_over_the_date_line_and_a_pole_shows_its_cells() -> None:
    for places in ([(51.0, 171.0), (55.0, -165.0)], [(87.0, 21.0), (83.0, -161.0)]):
        cells = np.array([int(GRID.cells_at(*place)) for place in places])
        ground = cell_map(GRID, cells, np.array(places))
        assert not ground.world
        assert ground.extent_km[1] < 2600.0
        for place, cell in zip(places, cells, strict=True):
            assert pixel_of(ground, *place) == cell


def test_what_goes_round_the_earth_has_a_map_of_it() -> None:
    places = [(5.0, float(k)) for k in range(-179, 180, 10)]
    cells = np.array([int(GRID.cells_at(*place)) for place in places])
    ground = cell_map(GRID, cells, np.array([(41.0, 129.0)]))
    assert ground.world
    for place, cell in [*zip(places, cells, strict=True)]:
        if abs(place[1] + 51.0) > 1.0:  # the seam
            assert pixel_of(ground, *place) == cell
    assert ground.pixels[0, 0] == -1


def test_an_image_has_the_values_of_the_cells() -> None:
    cell = int(GRID.cells_at(50.0, 20.0))
    ground = cell_map(GRID, np.array([cell]), np.array([(50.0, 20.0)]))
    image = ground.image_of(np.array([cell - 1, cell]), np.array([2.0, 3.0]))
    np.testing.assert_array_equal(image, np.select(
        [ground.pixels == cell, ground.pixels == cell - 1], [3.0, 2.0], 0.0
    ))  # fmt: skip
    assert np.any(image == 3.0)
    assert not ground.image_of(np.zeros(0, dtype=np.int64), np.zeros(0)).any()


def test_lines_and_stations_of_a_map() -> None:
    ax = Figure().subplots()
    ground = cell_map(GRID, np.array([int(GRID.cells_at(50, 20))]), np.array([(50.0, 20.0)]))
    ground.draw_ground(ax)
    ground.draw_stations(ax, {"NEAR": (50.5, 20.5), "FAR": (-50.0, 100.0)}, "station")
    assert "NEAR" in {one.get_text() for one in ax.texts}
    assert "FAR" not in {one.get_text() for one in ax.texts}


def test_colours_are_those_of_half_decades() -> None:
    decades = Decades(-3, 1)
    norm, cmap = decades.norm, decades.cmap
    colours = cmap(norm(np.array([0.5e-3, 1.1e-3, 2e-3, 4e-3, 9.0])))
    assert colours[0, 3] == 0.0
    assert np.array_equal(colours[1], colours[2])
    assert not np.array_equal(colours[2], colours[3])
    # Much is dark.
    assert colours[4, :3].sum() < colours[1, :3].sum()
    many = 10.0 ** np.random.default_rng(4).uniform(-20.0, 2.0, 1000)
    assert decades_of(many) == Decades(-5, 2)
