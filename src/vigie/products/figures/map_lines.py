"""Where a map of places is centred, and its lines of latitude and longitude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG, unit_vectors
from vigie.products.figures import style
from vigie.products.figures.projection import AzimuthalEquidistant

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]
_LINES_DEG = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)


def projection_about(latitude: FloatArray, longitude: FloatArray) -> AzimuthalEquidistant:
    """Return the projection about the middle of places: twice, the second time of their box."""
    x, y, z = unit_vectors(latitude, longitude).reshape(-1, 3).mean(axis=0)
    middle = AzimuthalEquidistant(
        float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))
    )
    points = middle.project(latitude, longitude)
    east, north = 0.5 * (points.min(axis=0) + points.max(axis=0))
    return AzimuthalEquidistant(*middle.place(float(east), float(north)))


def degree_lines(ax: Axes, projection: AzimuthalEquidistant, radius_km: float) -> None:
    """Draw lines of latitude and longitude, each named where it enters the map."""
    step = next((s for s in _LINES_DEG if 2.0 * radius_km / KM_PER_DEG / s <= 6.5), 45.0)
    # Fine enough that lines reach the edge of small maps.
    fine, round_ = np.linspace(-90.0, 90.0, 3601), np.linspace(-180.0, 180.0, 7201)
    for latitude in np.arange(-90.0 + step, 90.0, step):
        line = projection.project(np.full(len(round_), latitude), round_)
        _line(ax, line, radius_km, _degrees(float(latitude), "NS"), side=0)
    # Towards the poles half as many meridians do.
    wide = min(step / max(np.cos(np.radians(projection.latitude)), 0.2), 45.0)
    wide = min(_LINES_DEG, key=lambda s: abs(np.log(s / wide)))
    for longitude in np.arange(-180.0, 180.0, wide):
        line = projection.project(fine, np.full(len(fine), longitude))
        _line(ax, line, radius_km, _degrees(float(longitude), "EW"), side=1)


def _degrees(value: float, letters: str) -> str:
    return f"{abs(value):g}°{letters[0] if value > 0 else letters[1] if value < 0 else ''}"


def _line(ax: Axes, line: FloatArray, radius_km: float, name: str, *, side: int) -> None:
    inside = np.abs(line).max(axis=1) <= radius_km
    if not inside.any():
        return
    shown = np.where(inside[:, np.newaxis], line, np.nan)
    ax.plot(*shown.T, color=style.FAINT, linewidth=0.4, alpha=0.6, zorder=1.2)
    along, across = line[:, side], line[:, 1 - side]
    # It enters at the left (latitudes) or at the bottom (longitudes).
    crossing = np.flatnonzero(np.diff(np.sign(along + radius_km)) != 0)
    for at in crossing:
        if abs(across[at]) < 0.97 * radius_km:
            place = (-radius_km, across[at]) if side == 0 else (across[at], -radius_km)
            ax.annotate(
                name, place, xytext=(-3, 0) if side == 0 else (0, -3), fontsize=7,
                textcoords="offset points", color=style.FAINT, annotation_clip=False,
                ha="right" if side == 0 else "center", va="center" if side == 0 else "top",
            )  # fmt: skip
            return
