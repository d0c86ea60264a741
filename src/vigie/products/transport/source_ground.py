"""The ground of maps of source regions: land, lines of latitude and longitude, cells, stations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG
from vigie.products.figures import style
from vigie.products.figures.map_ground import map_ground
from vigie.products.figures.map_lines import degree_lines, projection_about

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import Colormap, Normalize

    from vigie.products.transport.source_view import SourceView

FloatArray = NDArray[np.float64]
LEAST_RADIUS_KM, MOST_RADIUS_KM = 150.0, 90.0 * KM_PER_DEG
_HALO = 2.0
SPECK_CELLS = 8


class RingLook(NamedTuple):
    """How outlines are drawn."""

    colour: str
    width: float
    dashes: str | tuple[float, tuple[float, ...]]


class SourceMap:
    """A map about some cells and the stations.

    Parameters
    ----------
    view : SourceView
    shown : ndarray of bool
        Cells of the domain that it has to hold, shape (C,).
    """

    def __init__(self, view: SourceView, shown: NDArray[np.bool_]) -> None:
        self.view = view
        self.latitude, self.longitude = view.domain.grid.centres(view.domain.cells)
        self.stations = stations_of(view)
        latitude = np.array([*self.latitude[shown], *(p[0] for p in self.stations.values())])
        longitude = np.array([*self.longitude[shown], *(p[1] for p in self.stations.values())])
        self.projection = projection_about(latitude, longitude)
        reach = self.projection.project(latitude, longitude)
        # The view is a square: what counts is the larger of both ways.
        radius = 1.08 * float(np.abs(reach).max(initial=0.0)) + 60.0
        self.radius_km = float(np.clip(radius, LEAST_RADIUS_KM, MOST_RADIUS_KM))

    def draw_ground(self, ax: Axes) -> None:
        """Draw land and lines, and set the limits."""
        map_ground(ax, self.projection, self.radius_km)
        degree_lines(ax, self.projection, self.radius_km)
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set_visible(True)

    def draw_cells(
        self, ax: Axes, values: FloatArray, chosen: NDArray[np.bool_], cmap: Colormap | str,
        norm: Normalize,
    ) -> PolyCollection:  # fmt: skip
        """Draw some cells in the colours of their values."""
        from matplotlib.collections import PolyCollection
        from matplotlib.patches import PathPatch

        cells = PolyCollection(
            list(self._corners(chosen)), array=values[chosen], cmap=cmap, norm=norm,
            edgecolor="none", antialiased=False, rasterized=True, zorder=1.5,
        )  # fmt: skip
        ax.add_collection(cells)
        for land in list(ax.patches):
            coast = PathPatch(
                land.get_path(), fill=False, edgecolor=style.COAST, linewidth=0.5, zorder=2
            )
            ax.add_patch(coast)
        return cells

    def draw_rings(self, ax: Axes, rings: Sequence[FloatArray], look: RingLook) -> None:
        """Draw outlines, but not of specks, of which a map would see nothing else."""
        from matplotlib.collections import LineCollection

        grid = self.view.domain.grid
        least = SPECK_CELLS * grid.latitude_step * grid.longitude_step
        large = [ring for ring in rings if _area_deg2(ring) >= least] or list(rings)
        if not large:
            return
        lines = LineCollection(
            self.projection.project_lines([dense_line(ring) for ring in large]),
            colors=look.colour,
            linewidths=look.width,
            linestyles=[look.dashes],
            zorder=3,
        )
        ax.add_collection(lines)

    def draw_stations(self, ax: Axes, label: str) -> None:
        """Draw the stations of the samples with their codes."""
        from matplotlib.patheffects import withStroke

        if not self.stations:
            return
        codes, places = list(self.stations), np.array(list(self.stations.values()))
        points = self.projection.project(places[:, 0], places[:, 1])
        ax.plot(
            *points.T, "^", color=style.BLUE, markersize=6.5, markeredgecolor=style.PAPER,
            markeredgewidth=0.7, label=label, zorder=5,
        )  # fmt: skip
        for code, (x, y) in zip(codes, points, strict=True):
            left = x > 0.6 * self.radius_km
            ax.annotate(
                code, (x, y), xytext=(-6 if left else 6, 0), textcoords="offset points",
                ha="right" if left else "left", va="center", fontsize=7, zorder=6,
                path_effects=[withStroke(linewidth=_HALO, foreground=style.PAPER)],
            )  # fmt: skip

    def mark(self, ax: Axes, index: int, label: str) -> None:
        """Mark one cell."""
        point = self.projection.project(self.latitude[index], self.longitude[index])
        ax.plot(
            *point, "*", color=style.VERMILION, markersize=12, markeredgecolor=style.PAPER,
            label=label, zorder=5,
        )  # fmt: skip

    def _corners(self, chosen: NDArray[np.bool_]) -> FloatArray:
        grid = self.view.domain.grid
        half_lat, half_lon = 0.5 * grid.latitude_step, 0.5 * grid.longitude_step
        lat = self.latitude[chosen, np.newaxis] + half_lat * np.array([-1.0, -1.0, 1.0, 1.0])
        lon = self.longitude[chosen, np.newaxis] + half_lon * np.array([-1.0, 1.0, 1.0, -1.0])
        return self.projection.project(np.clip(lat, -90.0, 90.0), lon)


def stations_of(view: SourceView) -> Mapping[str, tuple[float, float]]:
    """Return latitude and longitude of the stations of the samples that were used."""
    return {
        pair.station: (
            pair.fields[0].record.receptor_latitude,
            pair.fields[0].record.receptor_longitude,
        )
        for pair in view.pairs
    }


def dense_line(ring: FloatArray, step_deg: float = 0.25) -> FloatArray:
    """Return a ring with points between its corners: a parallel is no straight line on the map."""
    along = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(ring, axis=0)).sum(axis=1))])
    at = np.union1d(along, np.arange(0.0, along[-1], step_deg))
    return np.stack([np.interp(at, along, ring[:, k]) for k in (0, 1)], axis=1)


def _area_deg2(ring: FloatArray) -> float:
    x, y = ring[:-1, 0], ring[:-1, 1]
    return float(0.5 * abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))
