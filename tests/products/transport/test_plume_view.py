"""What is told of a plume."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vigie.products.transport.plume_figures import plume_figures, total_map
from vigie.products.transport.plume_netcdf import plumes_netcdf
from vigie.products.transport.plume_text import plume_text
from vigie.products.transport.plume_view import PlumeView
from vigie.records import global_grid
from vigie.transport.forward import Plume, Release
from vigie.transport.starts import box_at

GRID = global_grid(10.0, 10.0, latitude_phase=5.0, longitude_phase=5.0)
HOUR_NS = 3_600_000_000_000


def view(rows: list[tuple[int, float, float, float]]) -> PlumeView:
    """Return a plume of rows of interval, latitude, longitude and concentration."""
    cells = [int(GRID.cells_at(lat, lon)) for _, lat, lon, _ in rows]
    order = sorted(range(len(rows)), key=lambda k: (rows[k][0], cells[k]))
    return PlumeView(
        release=Release(
            name="x", box=box_at(45.0, 185.0), start_ns=0, stop_ns=HOUR_NS, amount_bq=1e15
        ),
        plume=Plume(
            name="x",
            grid=GRID,
            layer_depth_m=150.0,
            start_ns=0,
            interval_s=3600.0,
            n_intervals=5,
            interval=np.array([rows[k][0] for k in order], dtype=np.int64),
            cell=np.array([cells[k] for k in order], dtype=np.int64),
            concentration_bq_m3=np.array([rows[k][3] for k in order]),
            lost=0.25,
        ),
        stations={"S": (47.0, -175.5), "T": (0.0, 0.0)},
    )


ROWS = [(1, 45.0, -175.0, 2.0), (2, 45.0, -175.0, 3.0), (2, 45.0, 175.0, 4.0), (4, 5.0, 175.0, 1.0)]


def test_largest_values_sums_and_stations() -> None:
    one = view(ROWS)
    largest, total = one.largest, one.largest_total
    assert largest is not None
    assert total is not None
    assert largest == (4.0, 45.0, 175.0, 2)
    assert total == (5.0 * 3600.0, 45.0, -175.0, None)
    assert one.series("S").tolist() == [0.0, 2.0, 3.0, 0.0, 0.0]
    assert one.arrival_ns("S") == HOUR_NS
    assert one.arrival_ns("T") is None
    assert one.filled == range(1, 5)
    assert one.place == (45.0, 185.0)


def test_the_text_names_them() -> None:
    def table(heads: object, rows: object) -> list[str]:
        return [str(heads), str(rows)]

    text = plume_text(view(ROWS), "en", table)
    assert "largest concentration: 4 Bq/m³ at 45.00 175.00, 1970-01-01 02:00" in text
    assert "25.0 % of its particles" in text
    assert "stations that it does not reach (1): T" in text
    assert "['S', '1970-01-01 01:00', '3', '1970-01-01 02:00', '1.8e+04']" in text
    assert "nothing of it" in plume_text(view([]), "en", table)


def test_a_plume_without_cells_has_no_figures_but_a_file() -> None:
    assert plume_figures(view([])) == ()
    assert plumes_netcdf([view([])]).startswith(b"\x89HDF")


def test_figures_have_words_and_stay_the_same() -> None:
    drawings = plume_figures(view(ROWS), "fr")
    assert [one.name for one in drawings] == ["total", "days"]
    assert all("x" in one.title and one.alt for one in drawings)
    first, second = (total_map(view(ROWS)).png(dpi=40) for _ in range(2))
    assert first == second


def test_every_day_of_a_long_time_is_on_a_page() -> None:
    rows = [(24 * day, 45.0, 10.0 * day - 175.0, 1.0) for day in range(20)]
    one = view(rows)
    long = replace(one, plume=replace(one.plume, n_intervals=24 * 20))
    drawings = plume_figures(long)
    assert [drawn.name for drawn in drawings] == ["total", "days", "days_2"]
    pages = [[ax.get_title(loc="center") for ax in drawn.figure.axes] for drawn in drawings[1:]]
    titles = [title for page in pages for title in page if title]
    assert len(titles) == len(set(titles)) == 20
    assert "(1/2)" in drawings[1].title
