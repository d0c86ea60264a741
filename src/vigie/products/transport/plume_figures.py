"""Maps of a plume: in one interval, on each day, and summed over all time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.i18n import messages
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.headings import heading
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.products.transport.cell_map import CellMap, cell_map
from vigie.products.transport.cell_sheet import Panel, cell_sheet, pages_of, sheet_size
from vigie.products.transport.decades import Decades, decades_of
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.i18n import Messages
    from vigie.products.transport.plume_view import PlumeView

FloatArray = NDArray[np.float64]
DAY_S = 86400.0


def plume_figures(view: PlumeView, language: str = "en") -> tuple[Drawing, ...]:
    """Return the sum over time and the sheets of days; nothing of a plume without cells."""
    if not len(view.plume.cell):
        return ()
    ground = plume_map(view)
    return (
        total_map(view, language, ground=ground),
        *day_sheets(view, language),
    )


def plume_map(view: PlumeView, *, pixels: int = 520) -> CellMap:
    """Return a map that holds all that a plume's colours show at any time."""
    shown = view.plume.concentration_bq_m3 >= plume_decades(view).low
    cells = np.unique(view.plume.cell[shown])
    return cell_map(view.plume.grid, cells, np.array([view.place]), pixels=pixels)


def plume_decades(view: PlumeView) -> Decades:
    """Return the colours that all intervals share."""
    return decades_of(view.plume.concentration_bq_m3)


def head_text(view: PlumeView, words: Messages) -> str:
    """Return of what and whence a figure is."""
    code = "plume.figure.release" if view.nuclide else "plume.figure.tracer"
    return words(
        code, nuclide=view.nuclide, name=view.release.name, amount=f"{view.release.amount_bq:.3g}"
    )


def total_map(view: PlumeView, language: str = "en", *, ground: CellMap | None = None) -> Drawing:
    """Draw the concentration summed over all time."""
    words, cells = figure_words(language), view.total
    ground = ground or plume_map(view)
    decades = decades_of(cells[1])
    title = f"{head_text(view, words)}\n" + words(
        "plume.figure.total", first=time_text(view.plume.start_ns), last=time_text(view.end_ns)
    )
    with canvas(*ground.size_in, fonts=figure_fonts(language)) as figure:
        ax = figure.subplots()
        ground.draw_ground(ax)
        image = ground.draw_image(ax, ground.image_of(*cells), decades.cmap, decades.norm)
        mark_places(view, ground, ax, words)
        bar = figure.colorbar(image, ax=ax, location="bottom", shrink=0.75, pad=0.03, aspect=40)
        decades.label(bar, words("plume.figure.total_unit", layer=view.plume.layer_depth_m))
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=4)
        heading(figure, title, size=10.5)
    peak = view.largest_total
    alt = messages(language)(
        "plume.figure.total_alt",
        value="0" if peak is None else f"{peak.value:.3g}",
        latitude=0.0 if peak is None else peak.latitude,
        longitude=0.0 if peak is None else peak.longitude,
    )
    return Drawing("total", title.replace("\n", ", "), alt, figure)


def mark_places(view: PlumeView, ground: CellMap, ax: Axes, words: Messages) -> None:
    """Mark the release and the stations."""
    ground.draw_stations(ax, view.stations, words("source.figure.station"))
    ground.draw_release(ax, view.place, words("plume.figure.place"))


def day_sheets(view: PlumeView, language: str = "en") -> tuple[Drawing, ...]:
    """Draw the mean concentration of each day after the release began, 16 on a page.

    All pages have one map and one scale of colours.
    """
    pages = pages_of(_days(view))
    decades = decades_of(np.concatenate([one.values for page in pages for one in page]))
    ground = plume_map(view, pixels=300)
    return tuple(
        _page(view, (ground, decades, page), f"{k + 1}/{len(pages)}", language)
        for k, page in enumerate(pages)
    )


def _days(view: PlumeView) -> list[Panel]:
    per_day = max(round(DAY_S / view.plume.interval_s), 1)
    panels = []
    for first in range(0, view.plume.n_intervals, per_day):
        last = min(first + per_day, view.plume.n_intervals)
        cells, sums = view.summed(first, last)
        start, end = view.span_ns(first)[0], view.span_ns(last - 1)[1]
        told = f"{time_text(start)} … {time_text(end)[5:]}"
        panels.append(Panel(told, cells, sums / ((last - first) * view.plume.interval_s)))
    return panels


def _page(
    view: PlumeView, shown: tuple[CellMap, Decades, list[Panel]], number: str, language: str
) -> Drawing:
    """Draw one page of days; its number is ``1/2``."""
    words = figure_words(language)
    ground, decades, panels = shown
    title = f"{head_text(view, words)}\n{words('plume.figure.days')}"
    title += "" if number == "1/1" else f" ({number})"
    with canvas(*sheet_size(ground, len(panels)), fonts=figure_fonts(language)) as figure:
        unit = words("plume.figure.unit", layer=view.plume.layer_depth_m)
        for ax in cell_sheet(figure, ground, panels, (decades, unit)):
            ground.draw_release(ax, view.place, "")
        heading(figure, title, size=10.5)
    alt = messages(language)("plume.figure.days_alt", n=len(panels), name=view.release.name)
    k = number.split("/")[0]
    name = "days" if k == "1" else f"days_{k}"
    return Drawing(name, title.replace("\n", ", "), alt, figure)
