"""Maps of what is in the cells of a grid: a region, or the whole Earth where it reaches so far.

Cells are drawn as an image: each pixel of the map has the value of the cell in which it lies. So
nothing special happens at poles and the date line, and many figures of one map are quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG, destination
from vigie.products.figures import style
from vigie.products.figures.equal_earth import EqualEarth
from vigie.products.figures.map_ground import map_ground
from vigie.products.figures.map_lines import degree_lines, projection_about
from vigie.products.figures.projection import AzimuthalEquidistant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.image import AxesImage

    from vigie.records import LatLonGrid

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEAST_RADIUS_KM = 150.0
MOST_RADIUS_DEG = 72.0
"""Beyond it, a map of the whole Earth."""
PIXELS = 520
"""Across a region; the Earth has twice as many."""
_HALO = 2.0
_MOST_NAMED = 60


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CellMap:
    """A map, and which cell each of its pixels shows."""

    projection: AzimuthalEquidistant | EqualEarth
    extent_km: tuple[float, float, float, float]
    """Left, right, bottom, top."""
    pixels: IntArray
    """Cells, shape (rows from the bottom up, columns); -1 where there is none."""

    @property
    def world(self) -> bool:
        """Whether it shows the whole Earth."""
        return isinstance(self.projection, EqualEarth)

    @property
    def size_in(self) -> tuple[float, float]:
        """Width and height of a figure of it alone."""
        return (9.6, 5.9) if self.world else (7.0, 7.2)

    def draw_ground(self, ax: Axes, *, names: bool = True) -> None:
        """Draw land and lines, and set the limits."""
        if isinstance(self.projection, EqualEarth):
            _world_ground(ax, self.projection, names=names)
        else:
            map_ground(ax, self.projection, self.extent_km[1])
            if names:
                degree_lines(ax, self.projection, self.extent_km[1])
        ax.set_xlim(*self.extent_km[:2])
        ax.set_ylim(*self.extent_km[2:])
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set_visible(not self.world)

    def image_of(self, cells: IntArray, values: FloatArray) -> FloatArray:
        """Return the value of each pixel, 0 where its cell has none.

        Parameters
        ----------
        cells : ndarray of int, shape (n,)
            Each once, rising.
        values : ndarray, shape (n,)
        """
        if not len(cells):
            return np.zeros(self.pixels.shape)
        at = np.minimum(np.searchsorted(cells, self.pixels), len(cells) - 1)
        return np.where(cells[at] == self.pixels, values[at], 0.0)

    def draw_image(
        self,
        ax: Axes,
        image: FloatArray,
        cmap: Colormap,
        norm: Normalize,
        *,
        coast_pt: float = 0.45,
    ) -> AxesImage:
        """Draw an image, clear where it is below the norm, and the coasts over it."""
        from matplotlib.patches import PathPatch
        from matplotlib.patheffects import withStroke

        drawn = ax.imshow(
            image, extent=self.extent_km, origin="lower", cmap=cmap, norm=norm,
            interpolation="nearest", zorder=1.5,
        )  # fmt: skip
        halo = withStroke(linewidth=3.0 * coast_pt, foreground=style.PAPER, alpha=0.75)
        for land in [one for one in ax.patches if one.get_gid() != "sea"]:
            coast = PathPatch(
                land.get_path(), fill=False, edgecolor=style.INK, linewidth=coast_pt, zorder=2,
                path_effects=[halo],
            )  # fmt: skip
            ax.add_patch(coast)
        return drawn

    def draw_stations(
        self, ax: Axes, stations: Mapping[str, tuple[float, float]], label: str
    ) -> None:
        """Draw stations with their codes; those that the map does not hold are left out."""
        from matplotlib.patheffects import withStroke

        left, right, bottom, top = self.extent_km
        points = {code: self.projection.project(*place) for code, place in stations.items()}
        inside = {
            code: (float(x), float(y))
            for code, (x, y) in points.items()
            if left <= x <= right and bottom <= y <= top
        }
        if not inside:
            return
        ax.plot(
            *np.array(list(inside.values())).T, "^", color=style.VERMILION, markersize=5.5,
            markeredgecolor=style.PAPER, markeredgewidth=0.7, label=label, zorder=5,
        )  # fmt: skip
        for code, (x, y) in inside.items() if len(inside) <= _MOST_NAMED else ():
            side = -1 if x > left + 0.8 * (right - left) else 1
            ax.annotate(
                code, (x, y), xytext=(6 * side, 0), textcoords="offset points", fontsize=7,
                ha="left" if side > 0 else "right", va="center", zorder=6,
                path_effects=[withStroke(linewidth=_HALO, foreground=style.PAPER)],
            )  # fmt: skip

    def draw_release(self, ax: Axes, place: tuple[float, float], label: str) -> None:
        """Mark where something was released."""
        self._mark(ax, place, label, "*", 13.0)

    def draw_receptor(self, ax: Axes, place: tuple[float, float], label: str) -> None:
        """Mark where air was sampled."""
        self._mark(ax, place, label, "^", 7.5)

    def _mark(
        self, ax: Axes, place: tuple[float, float], label: str, marker: str, size: float
    ) -> None:
        ax.plot(
            *self.projection.project(*place), marker, color=style.VERMILION, markersize=size,
            markeredgecolor=style.PAPER, markeredgewidth=0.9, label=label, zorder=5,
            linestyle="none",
        )  # fmt: skip


def cell_map(
    grid: LatLonGrid, shown: IntArray, places: FloatArray, *, pixels: int = PIXELS
) -> CellMap:
    """Return a map that holds some cells and places.

    Parameters
    ----------
    grid : LatLonGrid
    shown : ndarray of int
        Cells that it has to hold.
    places : ndarray, shape (n, 2)
        Latitude and longitude of marks that it has to hold, the first that of its meridian where
        it is of the whole Earth.
    pixels : int
        Across a region.
    """
    latitude, longitude = grid.centres(shown)
    latitude = np.concatenate([latitude, places[:, 0]])
    longitude = np.concatenate([longitude, places[:, 1]])
    middle = projection_about(latitude, longitude)
    reach = float(np.abs(middle.project(latitude, longitude)).max(initial=0.0))
    cell_km = max(grid.latitude_step, grid.longitude_step) * KM_PER_DEG
    radius = max(1.05 * reach + 0.5 * cell_km, LEAST_RADIUS_KM)
    if radius > MOST_RADIUS_DEG * KM_PER_DEG:
        return _world_map(grid, float(places[0, 1]), 2 * pixels)
    ways = radius * ((np.arange(pixels) + 0.5) * 2.0 / pixels - 1.0)
    x, y = np.meshgrid(ways, ways)
    azimuth = np.degrees(np.arctan2(x, y))
    found = destination(middle.latitude, middle.longitude, azimuth, np.hypot(x, y) / KM_PER_DEG)
    return CellMap(
        projection=middle,
        extent_km=(-radius, radius, -radius, radius),
        pixels=grid.cells_at(*found),
    )


def _world_map(grid: LatLonGrid, longitude: float, pixels: int) -> CellMap:
    projection = EqualEarth(longitude)
    right, top = (1.01 * float(one) for one in projection.edge.max(axis=0))
    rows = round(pixels * top / right)
    x, y = np.meshgrid(
        right * ((np.arange(pixels) + 0.5) * 2.0 / pixels - 1.0),
        top * ((np.arange(rows) + 0.5) * 2.0 / rows - 1.0),
    )
    latitude, east = projection.place(x, y)
    outside = np.isnan(latitude)
    cells = grid.cells_at(np.where(outside, 0.0, latitude), np.where(outside, 0.0, east))
    return CellMap(
        projection=projection,
        extent_km=(-right, right, -top, top),
        pixels=np.where(outside, -1, cells),
    )


def _world_ground(ax: Axes, projection: EqualEarth, *, names: bool) -> None:
    from matplotlib.patches import PathPatch, Polygon

    ax.add_patch(Polygon(projection.edge, facecolor=style.WATER, edgecolor="none", gid="sea"))
    land = PathPatch(projection.land(), facecolor=style.LAND, edgecolor=style.COAST, linewidth=0.4)
    ax.add_patch(land)
    fine = np.linspace(-90.0, 90.0, 181)
    for longitude in np.arange(-180.0, 180.0, 30.0):
        line = projection.project(fine, np.full(181, longitude))
        ax.plot(*line.T, color=style.FAINT, linewidth=0.4, alpha=0.6, zorder=1.2)
    east = projection.longitude + np.linspace(-179.999, 179.999, 361)
    for latitude in (-60.0, -30.0, 0.0, 30.0, 60.0):
        line = projection.project(np.full(361, latitude), east)
        ax.plot(*line.T, color=style.FAINT, linewidth=0.4, alpha=0.6, zorder=1.2)
        side = "N" if latitude > 0 else "S" if latitude < 0 else ""
        ax.annotate(
            f"{abs(latitude):g}°{side}" if names else "", line[0],
            xytext=(-3, 0), textcoords="offset points", fontsize=7, color=style.FAINT,
            ha="right", va="center", annotation_clip=False,
        )  # fmt: skip
    ax.plot(*projection.edge.T, color=style.FAINT, linewidth=0.6, zorder=3)
    ax.set_facecolor("none")
    ax.set_aspect("equal")
    ax.grid(visible=False)
