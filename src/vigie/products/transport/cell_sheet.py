"""Several maps of one place side by side, with the same colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from vigie.products.transport.cell_map import CellMap
    from vigie.products.transport.decades import Decades

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

MOST_PANELS = 16
"""On a page."""


class Panel(NamedTuple):
    """One map: its words, cells (each once, rising) and their values."""

    title: str
    cells: IntArray
    values: FloatArray


def pages_of(panels: list[Panel]) -> list[list[Panel]]:
    """Return the panels of each page, about as many on all."""
    pages = -(-len(panels) // MOST_PANELS)
    each = -(-len(panels) // pages)
    return [panels[first : first + each] for first in range(0, len(panels), each)]


def columns_of(ground: CellMap, n: int) -> int:
    """Return how many maps stand beside each other."""
    return min(n, 3 if ground.world else 4)


def sheet_size(ground: CellMap, n: int) -> tuple[float, float]:
    """Return width and height of a figure of so many maps, in."""
    columns = columns_of(ground, n)
    wide, high = (3.4, 1.85) if ground.world else (2.35, 2.55)
    rows = -(-n // columns)
    return max(columns * wide, 5.2), rows * high + 1.35


def cell_sheet(
    figure: Figure, ground: CellMap, panels: list[Panel], colours: tuple[Decades, str]
) -> list[Axes]:
    """Draw maps and one bar of colours; return their axes.

    Parameters
    ----------
    figure : Figure
    ground : CellMap
    panels : list of Panel
    colours : tuple
        Decades and the words of the bar.
    """
    decades, unit = colours
    columns = columns_of(ground, len(panels))
    grid = figure.subplots(-(-len(panels) // columns), columns, squeeze=False)
    axes = list(grid.flat)
    image = None
    for ax, panel in zip(axes, panels, strict=False):
        ground.draw_ground(ax, names=False)
        shown = ground.image_of(panel.cells, panel.values)
        image = ground.draw_image(ax, shown, decades.cmap, decades.norm, coast_pt=0.25)
        ax.set_title(panel.title, fontsize=8.0, loc="center")
    for ax in axes[len(panels) :]:
        ax.set_axis_off()
    if image is not None:
        bar = figure.colorbar(image, ax=axes, location="bottom", shrink=0.7, aspect=45, pad=0.02)
        decades.label(bar, unit)
    return axes[: len(panels)]
