"""Land, coasts and borders under a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG
from vigie.products.figures import style
from vigie.products.figures.projection import AzimuthalEquidistant, border_lines, land_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUND_LENGTHS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Of scale bars and distance rings."""


def map_ground(ax: Axes, projection: AzimuthalEquidistant, radius_km: float) -> None:
    """Draw the ground and set the limits of the axes."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch

    detailed = radius_km < 40.0 * KM_PER_DEG
    path = land_path(projection, radius_km, "50m" if detailed else "110m")
    if path is not None:
        patch = PathPatch(path, facecolor=style.LAND, edgecolor=style.COAST, linewidth=0.4)
        ax.add_patch(patch)
    if detailed:
        lines = border_lines(projection, radius_km)
        ax.add_collection(
            LineCollection(lines, colors=style.COAST, linewidths=0.4, linestyles=(0, (4, 2)))
        )
    ax.set_facecolor(style.WATER)
    ax.set_xlim(-radius_km, radius_km)
    ax.set_ylim(-radius_km, radius_km)
    ax.set_aspect("equal")
    ax.grid(visible=False)


def scale_bar(ax: Axes, radius_km: float) -> None:
    """Draw a bar of a round length, at most a quarter of the map, at the left below."""
    length_km = max((s for s in ROUND_LENGTHS_KM if s <= 0.5 * radius_km), default=0.1)
    x, y = -0.92 * radius_km, -0.9 * radius_km
    ax.plot([x, x + length_km], [y, y], color=style.INK, linewidth=2.0, solid_capstyle="butt")
    ax.annotate(
        f"{length_km:g} km", (x, y), xytext=(0, 3), textcoords="offset points", ha="left",
        fontsize=8,
    )  # fmt: skip
