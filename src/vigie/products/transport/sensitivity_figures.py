"""Where the air of a sample was: its sensitivity by day back, small maps side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.i18n import messages
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.products.transport.cell_map import cell_map
from vigie.products.transport.cell_sheet import Panel, cell_sheet, sheet_size
from vigie.products.transport.decades import decades_of
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from vigie.records import Sensitivity

DAY_S = 86400.0
MOST_PANELS = 16


def sensitivity_sheet(one: Sensitivity, language: str = "en") -> Drawing | None:
    """Draw the mean sensitivity of each day back from the end of the collection.

    A day's value is what 1 Bq released evenly over it in the cell gives in the sample, 1/m3;
    None where no cell has any.
    """
    if not one.n_rows:
        return None
    words = figure_words(language)
    panels = _panels(one)
    values = np.concatenate([panel.values for panel in panels])
    decades = decades_of(values)
    cells = np.concatenate([panel.cells for panel in panels])
    shown = np.unique(cells[values >= decades.low])
    place = (one.receptor_latitude, one.receptor_longitude)
    ground = cell_map(one.grid, shown, np.array([place]), pixels=300)
    title = words(
        "sensitivity.figure.days",
        station=one.station,
        first=time_text(one.collection_start_ns),
        last=time_text(one.collection_stop_ns),
    )
    unit = "sensitivity.figure.unit"
    if one.layer_depth_m is None:
        unit = "sensitivity.figure.unit_no_layer"
    with canvas(*sheet_size(ground, len(panels)), fonts=figure_fonts(language)) as figure:
        label = words(unit, layer=one.layer_depth_m or 0.0)
        for ax in cell_sheet(figure, ground, panels, (decades, label)):
            ground.draw_receptor(ax, place, one.station)
        figure.suptitle(title, x=0.01, ha="left", fontsize=10.5)
    alt = messages(language)("sensitivity.figure.days_alt", n=len(panels), station=one.station)
    return Drawing(f"days_{one.station}", title, alt, figure)


def _panels(one: Sensitivity) -> list[Panel]:
    """Return the days back, of a long time only so many as a page holds."""
    per_day = max(round(DAY_S / one.step_s), 1)
    starts = range(0, one.n_steps, per_day)
    apart = -(-len(starts) // MOST_PANELS)
    panels = []
    for first in starts[::apart]:
        n = min(per_day, one.n_steps - first)
        chosen = (one.step >= first) & (one.step < first + n)
        cells, at = np.unique(one.cell[chosen].astype(np.int64), return_inverse=True)
        sums = np.bincount(at, weights=one.value[chosen], minlength=len(cells))
        end = one.collection_stop_ns - round(first * one.step_s * 1e9)
        start = end - round(n * one.step_s * 1e9)
        panels.append(Panel(f"{time_text(start)} … {time_text(end)[5:]}", cells, sums / n))
    return panels
