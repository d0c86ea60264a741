"""The map of an event: its ellipse, the stations of the samples, and known emitters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.products.figures import style
from vigie.products.figures.map_ground import map_ground
from vigie.products.figures.map_lines import degree_lines, projection_about
from vigie.products.fusion.fuse_ellipse import draw_ellipse, draw_event, draw_inset
from vigie.products.fusion.fuse_view import SAYS_SOMETHING
from vigie.products.transport.source_ground import (
    LEAST_RADIUS_KM,
    MOST_RADIUS_KM,
    dense_line,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from vigie.i18n import Messages
    from vigie.products.fusion.fuse_view import EventAssessment, FusionView

FloatArray = NDArray[np.float64]
Place = tuple[float, float]
_HALO = 2.0
_HIDDEN = 0.1
"""Of the radius of the map: the mark of the event would hide most of a smaller ellipse."""


class FuseMap:
    """A map that holds the ellipse and the stations."""

    def __init__(self, view: FusionView, one: EventAssessment) -> None:
        assert one.epicentre is not None
        self.view, self.one, self.epicentre = view, one, one.epicentre
        self.stations = _stations(view)
        from vigie.fusion.place import epicentre_points

        lat, lon = (points[:120] for points in epicentre_points(self.epicentre, 130))
        latitude = np.array([*lat, *(p[0] for p in self.stations.values())])
        longitude = np.array([*lon, *(p[1] for p in self.stations.values())])
        self.projection = projection_about(latitude, longitude)
        reach = float(np.abs(self.projection.project(latitude, longitude)).max(initial=0.0))
        self.radius_km = float(np.clip(1.12 * reach + 60.0, LEAST_RADIUS_KM, MOST_RADIUS_KM))

    def draw(self, ax: Axes, words: Messages) -> None:
        """Draw all."""
        map_ground(ax, self.projection, self.radius_km)
        degree_lines(ax, self.projection, self.radius_km)
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set_visible(True)
        self._region(ax, words)
        self._emitters(ax, words)
        self._ellipse(ax, words)
        self._samples(ax, words)

    def _region(self, ax: Axes, words: Messages) -> None:
        if not self.view.region_rings:
            return
        from matplotlib.collections import LineCollection

        lines = self.projection.project_lines([dense_line(r) for r in self.view.region_rings])
        ax.add_collection(LineCollection(lines, colors=style.PURPLE, linewidths=1.2, zorder=2.5))
        ax.plot([], [], color=style.PURPLE, linewidth=1.2, label=words("fuse.figure.region"))

    def _emitters(self, ax: Axes, words: Messages) -> None:
        seen: dict[str, Place] = {}
        for sample in self.view.samples:
            for part in sample.background.expected.parts:
                seen[part.emitter.name] = (part.emitter.latitude, part.emitter.longitude)
        if not seen:
            return
        places = np.array(list(seen.values()))
        points = self.projection.project(places[:, 0], places[:, 1])
        inside = np.abs(points).max(axis=1) < self.radius_km
        if not inside.any():
            return
        ax.plot(*points[inside].T, "s", color=style.GREEN, markersize=5,
                markeredgecolor=style.PAPER, linestyle="none", label=words("fuse.figure.emitter"),
                zorder=4)  # fmt: skip
        few = inside.sum() <= 12
        for name, point in zip(seen, points, strict=True):
            if few and np.abs(point).max() < self.radius_km:
                self._name(ax, name, point)

    def _ellipse(self, ax: Axes, words: Messages) -> None:
        """Draw the event and its ellipse; one that the mark would hide is drawn beside, larger."""
        centre = self.projection.project(self.epicentre.latitude, self.epicentre.longitude)
        label = words("fuse.figure.ellipse")
        major, _ = self.epicentre.semi_axes_km(0.9)
        if major < _HIDDEN * self.radius_km:
            points = [self.projection.project(*place) for place in self.stations.values()]
            draw_inset(ax, self.epicentre, (self.radius_km, centre, np.array(points)), label)
        else:
            draw_ellipse(ax, self.projection, self.epicentre, label=label)
        draw_event(ax, centre, label=words("fuse.figure.event"))

    def _samples(self, ax: Axes, words: Messages) -> None:
        """Draw stations by what their samples say in sum."""
        assert self.one.weighed is not None
        total: dict[str, float] = dict.fromkeys(self.stations, 0.0)
        for says in self.one.weighed.says:
            total[says.sample.pair.station] += says.delta_log10
        looks = {
            1: ("fuse.figure.speaks_for", style.VERMILION),
            -1: ("fuse.figure.speaks_against", style.BLUE),
            0: ("fuse.figure.silent", style.FAINT),
        }
        for sign, (code, colour) in looks.items():
            own = [name for name, value in total.items() if _side(value) == sign]
            if not own:
                continue
            places = np.array([self.stations[name] for name in own])
            points = self.projection.project(places[:, 0], places[:, 1])
            ax.plot(*points.T, "^", color=colour, markersize=7, markeredgecolor=style.PAPER,
                    linestyle="none", label=words(code), zorder=5)  # fmt: skip
            for name, point in zip(own, points, strict=True):
                self._name(ax, name, point)

    def _name(self, ax: Axes, name: str, point: FloatArray) -> None:
        from matplotlib.patheffects import withStroke

        left = bool(point[0] > 0.55 * self.radius_km)
        ax.annotate(
            name, (float(point[0]), float(point[1])), xytext=(-6 if left else 6, 0),
            textcoords="offset points", ha="right" if left else "left", va="center", fontsize=7,
            zorder=6, path_effects=[withStroke(linewidth=_HALO, foreground=style.PAPER)],
        )  # fmt: skip


def _side(value: float) -> int:
    """Return whether samples speak for (1) or against (-1) an event, or say little (0)."""
    return 0 if abs(value) < SAYS_SOMETHING else int(np.sign(value))


def _stations(view: FusionView) -> Mapping[str, Place]:
    return {
        one.pair.station: (
            one.pair.fields[0].record.receptor_latitude,
            one.pair.fields[0].record.receptor_longitude,
        )
        for one in view.samples
    }
