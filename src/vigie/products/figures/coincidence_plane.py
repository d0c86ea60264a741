"""Beta-gamma coincidences of a gas sample as a map, with the regions of interest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.words import figure_fonts, figure_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize

    from vigie.records import RegionLimits

FloatArray = NDArray[np.float64]

REGION_NAMES = {
    1: "Rn", 2: "Xe-135", 3: "Xe-133", 4: "30 keV", 5: "Xe-131m", 6: "Xe-133m"
}  # fmt: skip
"""Of the regions that hold a signal of their own; 7 to 10 are parts of 4."""
SHARED = 4
"""Region that all xenons share."""


def coincidence_plane(
    counts: FloatArray,
    beta_edges_kev: FloatArray,
    gamma_edges_kev: FloatArray,
    regions: Sequence[RegionLimits],
    *,
    title: str,
    language: str = "en",
) -> Drawing:
    """Draw a coincidence histogram with its projections.

    Parameters
    ----------
    counts : ndarray, shape (n_gamma, n_beta)
    beta_edges_kev, gamma_edges_kev : ndarray, shapes (n_beta + 1,), (n_gamma + 1,)
    regions : sequence of RegionLimits
        In keV.
    title : str
    language : str
        Of the words, as far as there are letters for it (`figure_language`).
    """
    words = figure_words(language)
    with canvas(8.2, 6.6, fonts=figure_fonts(language)) as figure:
        grid = figure.add_gridspec(2, 2, width_ratios=(4.0, 1.0), height_ratios=(1.0, 4.0))
        plane = figure.add_subplot(grid[1, 0])
        beta = figure.add_subplot(grid[0, 0], sharex=plane)
        gamma = figure.add_subplot(grid[1, 1], sharey=plane)
        shown = np.ma.masked_less_equal(counts, 0.0)
        image = plane.pcolormesh(
            beta_edges_kev, gamma_edges_kev, shown, cmap="viridis_r", norm=_scale(counts),
            rasterized=True,
        )  # fmt: skip
        _draw_regions(plane, regions)
        plane.set(
            xlabel=words("rn.figure.electron_energy"), ylabel=words("rn.figure.photon_energy")
        )
        plane.set_xlim(max(beta_edges_kev[0], 0.0), _reach(regions, "beta", beta_edges_kev[-1]))
        plane.set_ylim(max(gamma_edges_kev[0], 0.0), _reach(regions, "gamma", gamma_edges_kev[-1]))
        plane.grid(visible=False)
        _projections(beta, gamma, counts, (beta_edges_kev, gamma_edges_kev))
        beta.set_ylabel(words("rn.figure.counts"))
        gamma.set_xlabel(words("rn.figure.counts"))
        label = words("rn.figure.coincidences_per_cell")
        figure.colorbar(image, ax=gamma, label=label, pad=0.02, aspect=30.0)
        figure.suptitle(title, x=0.01, ha="left", fontsize=11.0)
    alt = messages(language)(
        "rn.figure.coincidences", counts=int(counts.sum()), regions=len(regions)
    )
    return Drawing("coincidences", title, alt, figure)


def _projections(
    beta: Axes, gamma: Axes, counts: FloatArray, edges_kev: tuple[FloatArray, FloatArray]
) -> None:
    beta.stairs(counts.sum(axis=0), edges_kev[0], color=style.INK, linewidth=0.7)
    gamma.stairs(
        counts.sum(axis=1), edges_kev[1], color=style.INK, linewidth=0.7, orientation="horizontal"
    )
    beta.tick_params(labelbottom=False)
    gamma.tick_params(labelleft=False)


def _scale(counts: FloatArray) -> Normalize:
    from matplotlib import colors

    top = float(np.max(counts, initial=1.0))
    return colors.LogNorm(1.0, top) if top > 20.0 else colors.Normalize(0.0, max(top, 1.0))


def _reach(regions: Sequence[RegionLimits], axis: str, edge_kev: float) -> float:
    ends = [float(getattr(r, f"{axis}_high")) for r in regions]
    return min(1.12 * max(ends, default=edge_kev), float(edge_kev))


def _draw_regions(axes: Axes, regions: Sequence[RegionLimits]) -> None:
    from matplotlib.patches import Rectangle

    for region in regions:
        if region.roi not in REGION_NAMES:
            continue
        width, height = region.beta_high - region.beta_low, region.gamma_high - region.gamma_low
        colour = style.FAINT if region.roi == SHARED else style.VERMILION
        axes.add_patch(
            Rectangle(
                (region.beta_low, region.gamma_low), width, height, fill=False, edgecolor=colour,
                linewidth=1.0,
            )
        )  # fmt: skip
        above = region.roi != SHARED
        axes.annotate(
            f"{region.roi} {REGION_NAMES[region.roi]}",
            (region.beta_low if above else region.beta_high,
             region.gamma_high if above else region.gamma_low),
            xytext=(2.0 if above else -2.0, 2.0 if above else -2.0), textcoords="offset points",
            ha="left" if above else "right", va="bottom" if above else "top", fontsize=7.5,
            color=colour,
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
        )  # fmt: skip
