"""Maps of a source: posterior with its regions, possible source region, fields of regard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.headings import heading
from vigie.products.figures.time_axis import time_axis
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.products.transport.background_figure import background_figure
from vigie.products.transport.source_ground import RingLook, SourceMap
from vigie.products.transport.source_rings import rings_of
from vigie.products.transport.source_text import grouped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.i18n import Messages
    from vigie.products.transport.source_view import Located, SourceView

FloatArray = NDArray[np.float64]
LOOKS = {
    0.5: RingLook(style.INK, 1.6, "-"),
    0.9: RingLook(style.INK, 1.1, "-"),
    0.95: RingLook(style.INK, 0.9, (0.0, (3.0, 1.5))),
}
"""Of the outlines of regions."""
SIGNIFICANT = RingLook(style.INK, 1.1, "-")
OFTEN = RingLook(style.BLUE, 1.1, (0.0, (3.0, 1.5)))
_DECADES = 3.0
"""Of the density of probability that are coloured."""


def source_figures(view: SourceView, language: str = "en") -> tuple[Drawing, ...]:
    """Return the figures of what was found, the posterior first."""
    drawn = (
        posterior_map(view, language),
        correlation_map(view, language),
        regard_map(view, view.regard, "for", language),
        regard_map(view, view.models, "mmfor", language),
        None if view.background is None else background_figure(view.background, language),
    )
    return tuple(one for one in drawn if one is not None)


def posterior_map(view: SourceView, language: str = "en") -> Drawing | None:
    """Draw the posterior of the place with its regions, and marginals; None without one."""
    from matplotlib.colors import LogNorm

    located = view.posterior
    if located is None:
        return None
    words = figure_words(language)
    density = located.posterior.probability / view.areas_km2
    most = float(density.max())
    title = _title(view, words, "posterior")
    with canvas(9.2, 6.0, fonts=figure_fonts(language)) as figure:
        grid = figure.add_gridspec(2, 2, width_ratios=(1.75, 1.0))
        ax = figure.add_subplot(grid[:, 0])
        ground = SourceMap(view, located.regions[-1].inside)
        ground.draw_ground(ax)
        least = most * 10.0**-_DECADES
        cells = ground.draw_cells(ax, density, density > least, "YlOrRd", LogNorm(least, most))
        for region, rings in zip(located.regions, located.outlines, strict=True):
            look = LOOKS[region.level]
            ground.draw_rings(ax, rings, look)
            area = words(
                "source.figure.region", level=100.0 * region.level, area=grouped(region.area_km2)
            )
            _entry(ax, look, area)
        ground.draw_stations(ax, words("source.figure.station"))
        bar = figure.colorbar(cells, ax=ax, location="bottom", shrink=0.6, pad=0.04, aspect=36)
        bar.set_label(words("source.figure.density"))
        _amounts(figure.add_subplot(grid[0, 1]), located, words)
        _times(figure.add_subplot(grid[1, 1]), view, located, words)
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=4)
        heading(figure, title)
    area = grouped(located.regions[-1].area_km2)
    alt = messages(language)("source.figure.posterior_alt", area=area, n=len(view.pairs))
    return Drawing("posterior", title, alt, figure)


def _entry(ax: Axes, look: RingLook, label: str) -> None:
    """Add an entry of the legend."""
    ax.plot([], [], color=look.colour, linewidth=look.width, linestyle=look.dashes, label=label)


def _title(view: SourceView, words: Messages, method: str) -> str:
    told = words(
        f"source.figure.{method}",
        nuclide=view.nuclide,
        n=len(view.pairs),
        detections=view.detections,
    )
    return f"{told}, {words('rn.text.simulated').upper()}" if view.simulated else told


def _amounts(ax: Axes, located: Located, words: Messages) -> None:
    amounts, share = located.posterior.amounts_bq, located.posterior.by_amount
    half = 0.5 * np.log(amounts[1] / amounts[0])
    edges = np.concatenate([amounts * np.exp(-half), amounts[-1:] * np.exp(half)])
    ax.stairs(share, edges, fill=True, color=style.ORANGE, alpha=0.55)
    middle, low, high = located.amount_bq
    ax.axvspan(low, high, color=style.GRID, alpha=0.5, zorder=0)
    ax.axvline(middle, color=style.VERMILION, linewidth=1.2)
    ax.set_xscale("log")
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel(words("source.figure.amount"))
    ax.set_ylabel(words("source.figure.probability"))


def _times(ax: Axes, view: SourceView, located: Located, words: Messages) -> None:
    edges = view.domain.edges_ns.astype("datetime64[ns]")
    for share, colour, code in (
        (located.posterior.by_start, style.BLUE, "source.figure.start"),
        (located.posterior.by_stop, style.VERMILION, "source.figure.stop"),
    ):
        ax.stairs(share, edges, color=colour, linewidth=1.3, label=words(code))
    time_axis(ax.xaxis)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel(words("source.figure.time"))
    ax.set_ylabel(words("source.figure.probability"))
    ax.legend(loc="upper right")


def correlation_map(view: SourceView, language: str = "en") -> Drawing | None:
    """Draw the possible source region and what of it is significant; None without one."""
    from matplotlib.colors import Normalize

    if view.psr is None:
        return None
    words = figure_words(language)
    correlation, p_value = view.psr.found.correlation, view.psr.found.p_value
    title = _title(view, words, "psr")
    significant, often = p_value < 0.05, view.psr.share >= 0.5
    near = correlation >= min(0.5, 0.8 * correlation.max())
    with canvas(7.0, 6.6, fonts=figure_fonts(language)) as figure:
        ax = figure.subplots()
        ground = SourceMap(view, significant | often if (significant | often).any() else near)
        ground.draw_ground(ax)
        cells = ground.draw_cells(ax, correlation, correlation > 0.1, "YlOrRd", Normalize(0.0, 1.0))
        for chosen, look, code in (
            (significant, SIGNIFICANT, "source.figure.significant"),
            (often, OFTEN, "source.figure.often"),
        ):
            ground.draw_rings(ax, rings_of(chosen, view.domain), look)
            if chosen.any():
                _entry(ax, look, words(code))
        ground.draw_stations(ax, words("source.figure.station"))
        best = int(correlation.argmax())
        ground.mark(ax, best, words("source.figure.maximum", value=float(correlation[best])))
        bar = figure.colorbar(cells, ax=ax, location="right", shrink=0.7, aspect=30)
        bar.set_label(words(f"source.figure.{view.psr.found.kind.value}"))
        style.aside(ax, words("source.figure.chance", percent=100.0 * view.psr.chance))
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        heading(figure, title)
    alt = messages(language)(
        "source.figure.psr_alt",
        value=float(correlation[best]),
        n=len(view.pairs),
        percent=100.0 * view.psr.chance,
    )
    return Drawing("psr", title, alt, figure)


def regard_map(
    view: SourceView, values: FloatArray | None, method: str, language: str = "en"
) -> Drawing | None:
    """Draw the share of detections, or of models, that a release can have been seen by.

    Parameters
    ----------
    view : SourceView
    values : ndarray or None
        Of each cell of the domain, shape (C,), 0 to 1.
    method : str
        ``for`` or ``mmfor``.
    language : str

    Returns
    -------
    Drawing or None
        None without values.
    """
    from matplotlib import colormaps
    from matplotlib.colors import BoundaryNorm

    if values is None:
        return None
    words = figure_words(language)
    title = _title(view, words, method)
    levels = np.unique(np.round(values[values > 0.0], 6))
    if len(levels) > 8 or not len(levels):
        levels = np.linspace(0.125, 1.0, 8)
    middles = 0.5 * (levels[1:] + levels[:-1])
    bounds = np.concatenate([[max(levels[0] - 0.5 * levels[0], 0.0)], middles, [levels[-1] + 0.01]])
    with canvas(7.0, 6.4, fonts=figure_fonts(language)) as figure:
        ax = figure.subplots()
        ground = SourceMap(view, values >= values.max() - 1e-9)
        ground.draw_ground(ax)
        colours = colormaps["YlGnBu"].resampled(256)
        norm = BoundaryNorm(bounds, 256)
        cells = ground.draw_cells(ax, values, values > 0.0, colours, norm)
        ground.draw_stations(ax, words("source.figure.station"))
        bar = figure.colorbar(cells, ax=ax, location="right", shrink=0.7, aspect=30)
        bar.set_ticks(0.5 * (bounds[1:] + bounds[:-1]), labels=[f"{v:.3g}" for v in levels])
        bar.minorticks_off()
        bar.set_label(words(f"source.figure.{method}_share"))
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        style.aside(ax, words("source.figure.most", amount=f"{view.amounts_bq[1]:.3g}"))
        heading(figure, title)
    alt = messages(language)(f"source.figure.{method}_alt", value=float(values.max()))
    return Drawing(method, title, alt, figure)
