"""The ellipse of an event on a map, and beside it a larger map where it would not be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.products.figures import style
from vigie.products.figures.map_ground import map_ground, scale_bar
from vigie.products.figures.projection import AzimuthalEquidistant, ellipse_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.fusion.place import Epicentre

FloatArray = NDArray[np.float64]
_SHARE = 0.3
"""Of the map that the larger one takes."""
_AROUND = 1.6
"""Radius of the larger map, in semi-major axes."""
_LEAST_KM = 1.0


def draw_ellipse(
    ax: Axes, projection: AzimuthalEquidistant, epicentre: Epicentre, *, label: str
) -> None:
    """Draw the 90 % ellipse."""
    major, minor = epicentre.semi_axes_km(0.9)
    outline = ellipse_points(major, minor, epicentre.strike_deg)
    # In the plane about the epicentre, then on that of the map: right at any size.
    own = AzimuthalEquidistant(epicentre.latitude, epicentre.longitude)
    places = np.array([own.place(float(x), float(y)) for x, y in outline])
    line = projection.project(places[:, 0], places[:, 1])
    ax.fill(*line.T, facecolor=style.ORANGE, alpha=0.25, zorder=2.8)
    ax.plot(*line.T, color=style.ORANGE, linewidth=1.4, label=label, zorder=3, gid="ellipse")


def draw_event(ax: Axes, point: FloatArray, *, label: str = "") -> None:
    """Mark the epicentre."""
    ax.plot(
        *point, "*", color=style.VERMILION, markersize=9, markeredgecolor=style.PAPER,
        markeredgewidth=0.7, linestyle="none", zorder=5, label=label, gid="event",
    )  # fmt: skip


def draw_inset(
    ax: Axes, epicentre: Epicentre, on_map: tuple[float, FloatArray, FloatArray], label: str
) -> None:
    """Draw the ellipse on a larger map, in the corner that holds least.

    Parameters
    ----------
    ax : Axes
        Of the map.
    epicentre : Epicentre
    on_map : tuple
        Radius of the map, the epicentre on it and what must not be hidden, shape (n, 2), km.
    label : str
        Of the ellipse, in the legend of the map.
    """
    radius_km, centre, points = on_map
    # An error of 0 is a point: the map still has a size.
    reach = max(_AROUND * epicentre.semi_axes_km(0.9)[0], _LEAST_KM)
    left, bottom = _free_corner(np.vstack([points.reshape(-1, 2), centre]) / radius_km)
    inset = ax.inset_axes((left, bottom, _SHARE, _SHARE), zorder=7)
    projection = AzimuthalEquidistant(epicentre.latitude, epicentre.longitude)
    map_ground(inset, projection, reach)
    inset.set_xticks([])
    inset.set_yticks([])
    for spine in inset.spines.values():
        spine.set(visible=True, edgecolor=style.INK)
    draw_ellipse(inset, projection, epicentre, label=label)
    draw_event(inset, np.zeros(2))
    scale_bar(inset, reach)
    x, y = centre
    square = (float(x) - reach, float(y) - reach, 2.0 * reach, 2.0 * reach)
    ax.indicate_inset(square, inset, edgecolor=style.INK, linewidth=0.6, alpha=0.8)
    ax.plot([], [], color=style.ORANGE, linewidth=1.4, label=label)


def _free_corner(points: FloatArray) -> tuple[float, float]:
    """Return where on the axes the corner begins whose middle is farthest from all points.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        From -1 to 1.
    """
    starts = np.array([(a, b) for a in (0.02, 0.98 - _SHARE) for b in (0.02, 0.98 - _SHARE)])
    middles = 2.0 * (starts + 0.5 * _SHARE) - 1.0
    apart = np.abs(middles[:, np.newaxis] - points).max(axis=2).min(axis=1)
    left, bottom = starts[apart.argmax()]
    return float(left), float(bottom)
