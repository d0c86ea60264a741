"""Lines of sight on the map of an event: where the arrays heard it from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import destination
from vigie.products.figures import style
from vigie.products.figures.projection import WORLD_EDGE_KM, AzimuthalEquidistant

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.records import Association, Origin

FloatArray = NDArray[np.float64]

BEYOND = 1.15
"""A line runs past the epicentre by this factor, so that one sees by how much it misses."""
POINTS = 60


def lines_of_sight(origin: Origin) -> list[tuple[Association, FloatArray]]:
    """Return the great circles along which azimuths were measured.

    Parameters
    ----------
    origin : Origin
        Associations with an azimuth residual give lines; one per station, a defining one first.

    Returns
    -------
    list of (Association, ndarray of shape (n, 2))
        Latitudes and longitudes from the station on.
    """
    chosen: dict[str, Association] = {}
    for a in origin.associations:
        known = None not in {a.azimuth_residual_deg, a.seaz_deg, a.esaz_deg, a.delta_deg}
        better = a.station not in chosen or (
            a.azimuth_defining and not chosen[a.station].azimuth_defining
        )
        if known and better:
            chosen[a.station] = a
    return [(a, _line(origin, a)) for a in chosen.values()]


def _line(origin: Origin, a: Association) -> FloatArray:
    delta = a.delta_deg or 0.0
    station = destination(origin.latitude, origin.longitude, a.esaz_deg or 0.0, delta)
    measured = (a.seaz_deg or 0.0) + (a.azimuth_residual_deg or 0.0)
    along = np.linspace(0.0, min(BEYOND * delta, 179.0), POINTS)
    return np.column_stack(destination(*station, measured, along))


def draw_lines_of_sight(
    ax: Axes, projection: AzimuthalEquidistant, radius_km: float, origin: Origin
) -> int:
    """Draw the lines of sight within a circle; return how many there are."""
    drawn = lines_of_sight(origin)
    labels = {True: "azimuth, used", False: "azimuth, not used"}
    for a, line in drawn:
        points = projection.project(line[:, 0], line[:, 1])
        inside = np.hypot(*points.T) < min(radius_km, WORLD_EDGE_KM)
        points = np.where(inside[:, None], points, np.nan)
        look: dict[str, Any] = {"lw": 1.0} if a.azimuth_defining else {"lw": 0.7, "ls": ":"}
        label = labels.pop(a.azimuth_defining, "_nolegend_")
        ax.plot(*points.T, color=style.VERMILION, alpha=0.75, label=label, **look)
    return len(drawn)
