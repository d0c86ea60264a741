"""Where the air of a sample was: its sensitivity by day back, small maps side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.i18n import messages
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.headings import heading
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.products.transport.cell_map import CellMap, cell_map
from vigie.products.transport.cell_sheet import Panel, cell_sheet, pages_of, sheet_size
from vigie.products.transport.decades import Decades, decades_of
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from vigie.records import Sensitivity

DAY_S = 86400.0


def sensitivity_sheets(one: Sensitivity, language: str = "en") -> tuple[Drawing, ...]:
    """Draw the mean sensitivity of each day back from the end of the collection.

    A day's value is what 1 Bq released evenly over it in the cell gives in the sample, 1/m3. A
    page has 16 days, and all pages have one map and one scale of colours; there is none where no
    cell has any sensitivity.
    """
    if not one.n_rows:
        return ()
    panels = _panels(one)
    values = np.concatenate([panel.values for panel in panels])
    decades = decades_of(values)
    cells = np.concatenate([panel.cells for panel in panels])
    shown = np.unique(cells[values >= decades.low])
    place = (one.receptor_latitude, one.receptor_longitude)
    ground = cell_map(one.grid, shown, np.array([place]), pixels=300)
    pages = pages_of(panels)
    return tuple(
        _page(one, Sheet(ground, decades, page, k, len(pages)), language)
        for k, page in enumerate(pages)
    )


class Sheet(NamedTuple):
    """What one page shows."""

    ground: CellMap
    decades: Decades
    panels: list[Panel]
    number: int
    """From 0."""
    of: int


def _page(one: Sensitivity, sheet: Sheet, language: str) -> Drawing:
    words = figure_words(language)
    title = words(
        "sensitivity.figure.days",
        station=one.station,
        first=time_text(one.collection_start_ns),
        last=time_text(one.collection_stop_ns),
    )
    name = f"days_{one.station}"
    if sheet.of > 1:
        title = f"{title} ({sheet.number + 1}/{sheet.of})"
    if sheet.number:
        name = f"{name}_{sheet.number + 1}"
    unit = "sensitivity.figure.unit"
    if one.layer_depth_m is None:
        unit = "sensitivity.figure.unit_no_layer"
    n = len(sheet.panels)
    place = (one.receptor_latitude, one.receptor_longitude)
    with canvas(*sheet_size(sheet.ground, n), fonts=figure_fonts(language)) as figure:
        label = words(unit, layer=one.layer_depth_m or 0.0)
        for ax in cell_sheet(figure, sheet.ground, sheet.panels, (sheet.decades, label)):
            sheet.ground.draw_receptor(ax, place, one.station)
        heading(figure, title, size=10.5)
    alt = messages(language)("sensitivity.figure.days_alt", n=n, station=one.station)
    return Drawing(name, title, alt, figure)


def _panels(one: Sensitivity) -> list[Panel]:
    """Return the days back."""
    per_day = max(round(DAY_S / one.step_s), 1)
    panels = []
    for first in range(0, one.n_steps, per_day):
        n = min(per_day, one.n_steps - first)
        chosen = (one.step >= first) & (one.step < first + n)
        cells, at = np.unique(one.cell[chosen].astype(np.int64), return_inverse=True)
        sums = np.bincount(at, weights=one.value[chosen], minlength=len(cells))
        end = one.collection_stop_ns - round(first * one.step_s * 1e9)
        start = end - round(n * one.step_s * 1e9)
        panels.append(Panel(f"{time_text(start)} … {time_text(end)[5:]}", cells, sums / n))
    return panels
