"""The map of an event: the stations that heard it, and where the epicentre may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG, position_text
from vigie.products.figures import style
from vigie.products.figures.azimuth_lines import draw_lines_of_sight, lines_of_sight
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.epicentre_map import draw_epicentre, ellipse_words, other_ellipses
from vigie.products.figures.map_ground import ROUND_LENGTHS_KM, map_ground
from vigie.products.figures.phases import LOCAL_TO_DEG, distance_text
from vigie.products.figures.projection import WORLD_EDGE_KM, AzimuthalEquidistant

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.records import Association, Event, Inventory, Origin

_RINGS_DEG = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
_MAX_LABELS = 30


def event_map(event: Event, inventory: Inventory | None = None) -> Drawing | None:
    """Draw the network about the event, and the epicentre with its ellipse.

    Parameters
    ----------
    event : Event
        Associations give distance and azimuth of the stations.
    inventory : Inventory, optional
        Working stations; those without an association are drawn as silent.

    Returns
    -------
    Drawing or None
        None where the event has no origin.
    """
    origin = event.origin
    if origin is None:
        return None
    ellipse = origin.ellipse
    heard = _heard(origin)
    others = other_ellipses(origin.ellipses, ellipse)
    with canvas(8.0, 4.2) as figure:
        wide, near = figure.subplots(1, 2, width_ratios=(1.0, 0.82))
        _draw_network(wide, origin, heard, inventory)
        draw_epicentre(near, origin, ellipse, others)
    alt = f"{_alt(origin, heard)}.{ellipse_words(ellipse, others)}"
    return Drawing("map", "Stations and epicentre", alt, figure)


def _heard(origin: Origin) -> dict[str, Association]:
    """Return one association per station, a defining one where there is one."""
    found: dict[str, Association] = {}
    for a in origin.associations:
        if a.delta_deg is None or a.esaz_deg is None:
            continue
        if a.station not in found or (a.defining and not found[a.station].defining):
            found[a.station] = a
    return found


def _alt(origin: Origin, heard: dict[str, Association]) -> str:
    text = (
        f"Left: map centred on {position_text(origin.latitude, origin.longitude)}, with "
        f"{len(heard)} station{'s' if len(heard) != 1 else ''}"
    )
    if heard:
        distances = [a.delta_deg for a in heard.values() if a.delta_deg is not None]
        text += f" at {distance_text(min(distances))} to {distance_text(max(distances))}"
    n_lines = len(lines_of_sight(origin))
    if n_lines:
        text += f", {n_lines} measured azimuth{'s' if n_lines != 1 else ''} as lines"
    return text


def _radius_km(heard: dict[str, Association]) -> float:
    farthest = max((a.delta_deg or 0.0 for a in heard.values()), default=5.0)
    return min(max(1.12 * farthest, 0.05), 180.0) * KM_PER_DEG


def _draw_network(
    ax: Axes, origin: Origin, heard: dict[str, Association], inventory: Inventory | None
) -> None:
    from matplotlib.patches import Circle

    radius_km = _radius_km(heard)
    projection = AzimuthalEquidistant(origin.latitude, origin.longitude)
    map_ground(ax, projection, radius_km)
    rim = Circle((0.0, 0.0), radius_km, transform=ax.transData)
    for artist in (*ax.patches, *ax.collections):
        artist.set_clip_path(rim)
    ax.patch.set_visible(False)
    ax.add_patch(Circle((0, 0), radius_km, facecolor=style.WATER, edgecolor="none", zorder=0))
    ax.add_patch(Circle((0, 0), radius_km, fill=False, edgecolor=style.FAINT, linewidth=0.8))
    ax.set_axis_off()
    ax.set_xlim(-1.06 * radius_km, 1.06 * radius_km)
    ax.set_ylim(-1.06 * radius_km, 1.06 * radius_km)
    _distance_rings(ax, radius_km)
    _silent(ax, projection, radius_km, origin, heard, inventory)
    draw_lines_of_sight(ax, projection, radius_km, origin)
    _stations(ax, heard, radius_km)
    ax.plot(0, 0, marker="*", markersize=13, color=style.VERMILION, markeredgecolor=style.PAPER)
    ax.annotate(
        "N", (0.0, radius_km), xytext=(0, 2), textcoords="offset points", ha="center", fontsize=8
    )
    ax.set_title("Stations about the event")


def _distance_rings(ax: Axes, radius_km: float) -> None:
    from matplotlib.patches import Circle

    is_local = radius_km < LOCAL_TO_DEG * KM_PER_DEG
    unit_km, unit = (1.0, " km") if is_local else (KM_PER_DEG, "°")
    radius = radius_km / unit_km
    step = next(
        (s for s in (ROUND_LENGTHS_KM if is_local else _RINGS_DEG) if radius / s <= 4.2), 60.0
    )
    for k in range(1, int(radius / step) + 1):
        ring_km = k * step * unit_km
        if ring_km > 0.97 * radius_km or ring_km >= WORLD_EDGE_KM:
            continue
        ax.add_patch(
            Circle((0, 0), ring_km, fill=False, edgecolor=style.FAINT, linewidth=0.5, ls=":")
        )
        # On the lower left, where the ring leaves room for its label.
        x = -ring_km * np.sqrt(0.5)
        ax.text(
            x, x, f"{k * step:g}{unit}", fontsize=7, color=style.FAINT, ha="center", va="center"
        )


def _silent(
    ax: Axes,
    projection: AzimuthalEquidistant,
    radius_km: float,
    origin: Origin,
    heard: dict[str, Association],
    inventory: Inventory | None,
) -> None:
    silent = [
        s
        for s in (inventory.stations if inventory else ())
        if s.code not in heard and s.epoch.holds(origin.time_ns)
    ]
    if not silent:
        return
    points = projection.project([s.latitude for s in silent], [s.longitude for s in silent])
    inside = np.hypot(points[:, 0], points[:, 1]) < radius_km
    ax.plot(
        *points[inside].T,
        linestyle="none",
        marker="^",
        markersize=4,
        markerfacecolor="none",
        markeredgecolor=style.FAINT,
        markeredgewidth=0.6,
        label="not associated",
    )


def _stations(ax: Axes, heard: dict[str, Association], radius_km: float) -> None:
    points = {code: _position(a) for code, a in heard.items()}
    for defining, face, label in (
        (True, style.BLUE, "used in the location"),
        (False, style.PAPER, "associated only"),
    ):
        chosen = np.array([points[c] for c, a in heard.items() if a.defining is defining])
        if len(chosen):
            ax.plot(
                *chosen.T,
                linestyle="none",
                marker="^",
                markersize=7 if len(points) <= _MAX_LABELS else 5,
                markerfacecolor=face,
                markeredgecolor=style.BLUE,
                label=label,
            )
    if len(points) <= _MAX_LABELS:
        _labels(ax, points, radius_km)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="upper left", bbox_to_anchor=(-0.02, 0.02), ncols=2, handletextpad=0.1)


def _labels(ax: Axes, points: dict[str, tuple[float, float]], radius_km: float) -> None:
    """Write codes beside stations, each to the side that is freer of its neighbours."""
    # The star of the epicentre is in the way as well.
    placed = [np.zeros(2), *(np.array(p) for p in points.values())]
    width, height = 0.17 * radius_km, 0.07 * radius_km
    for code, (x, y) in points.items():
        best, choice = np.inf, (1, 0)
        for side, lift in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            centre = np.array([x + side * 0.7 * width, y + lift * 1.1 * height])
            gaps = [np.hypot(*((centre - q) / (width, height))) for q in placed]
            crowd = sum(float(np.exp(-(g**2))) for g in gaps)
            crowd += 10.0 * float(np.hypot(*centre) > radius_km)
            if crowd < best - 1e-9:
                best, choice = crowd, (side, lift)
        placed.append(np.array([x + choice[0] * 0.7 * width, y + choice[1] * 1.1 * height]))
        ax.annotate(
            code,
            (x, y),
            xytext=(6 * choice[0], 9 * choice[1]),
            textcoords="offset points",
            ha={1: "left", -1: "right", 0: "center"}[choice[0]],
            va="center",
            fontsize=7,
        )


def _position(association: Association) -> tuple[float, float]:
    distance_km = (association.delta_deg or 0.0) * KM_PER_DEG
    azimuth = np.radians(association.esaz_deg or 0.0)
    return float(distance_km * np.sin(azimuth)), float(distance_km * np.cos(azimuth))
