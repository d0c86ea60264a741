"""The maps of the days back of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from vigie.products.transport.cell_sheet import MOST_PANELS
from vigie.products.transport.sensitivity_figures import sensitivity_sheets
from vigie.records import Sensitivity, global_grid

if TYPE_CHECKING:
    from vigie.products.figures.drawing import Drawing

GRID = global_grid(10.0, 10.0, latitude_phase=5.0, longitude_phase=5.0)
DAY_NS = 86_400_000_000_000


def sensitivity(days: int) -> Sensitivity:
    """Return a sample whose air goes west, a cell a day, two steps each."""
    n = 2 * days
    cells = [int(GRID.cells_at(45.0, 5.0 - 10.0 * (k // 2))) for k in range(n)]
    return Sensitivity(
        station="DEX33",
        receptor_latitude=47.9,
        receptor_longitude=7.9,
        collection_start_ns=99 * DAY_NS,
        collection_stop_ns=100 * DAY_NS,
        step_s=43_200.0,
        n_steps=n,
        grid=GRID,
        step=np.arange(n, dtype=np.int32),
        cell=np.array(cells, dtype=np.int64),
        value=np.full(n, 1e-15),
    )


def panel_titles(drawings: tuple[Drawing, ...]) -> list[str]:
    """Return the words above all maps."""
    axes = [ax for one in drawings for ax in one.figure.axes]
    return [ax.get_title(loc="center") for ax in axes if ax.get_title(loc="center")]


@pytest.mark.parametrize(("days", "language"), [(2, "en"), (2, "fr"), (1, "ru")])
def test_the_title_is_not_cut_off(days: int, language: str) -> None:
    (drawn,) = sensitivity_sheets(sensitivity(days), language)
    renderer = FigureCanvasAgg(drawn.figure).get_renderer()  # type: ignore[no-untyped-call]
    drawn.figure.draw(renderer)
    title = drawn.figure._suptitle.get_window_extent(renderer)
    assert title.x0 >= 0.0
    assert title.x1 <= drawn.figure.bbox.x1
    ends = [ax.xaxis.label.get_window_extent(renderer) for ax in drawn.figure.axes]
    assert all(end.x0 >= 0.0 and end.x1 <= drawn.figure.bbox.x1 for end in ends)
    tops = [ax.get_tightbbox(renderer).y1 for ax in drawn.figure.axes]
    assert title.y0 > max(tops)


def test_every_day_of_a_long_time_is_on_a_page() -> None:
    drawings = sensitivity_sheets(sensitivity(40))
    assert [one.name for one in drawings] == ["days_DEX33", "days_DEX33_2", "days_DEX33_3"]
    titles = panel_titles(drawings)
    assert len(titles) == len(set(titles)) == 40
    assert max(len(panel_titles((one,))) for one in drawings) <= MOST_PANELS
    assert "(1/3)" in drawings[0].title
    # Colours mean the same on all pages.
    limits = [[ax.images[0].get_clim() for ax in one.figure.axes if ax.images]
              for one in drawings]  # fmt: skip
    assert len({clim for page in limits for clim in page}) == 1


def test_a_sample_without_air_near_the_ground_has_no_maps() -> None:
    one = sensitivity(2)
    empty = Sensitivity(
        **{name: getattr(one, name) for name in (
            "station", "receptor_latitude", "receptor_longitude", "collection_start_ns",
            "collection_stop_ns", "step_s", "n_steps", "grid")},
        step=one.step[:0], cell=one.cell[:0], value=one.value[:0],
    )  # fmt: skip
    assert sensitivity_sheets(empty) == ()
