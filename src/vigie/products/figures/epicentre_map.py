"""The epicentre at close range, with the ellipses in which it may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import position_text
from vigie.products.figures import style
from vigie.products.figures.map_ground import map_ground, scale_bar
from vigie.products.figures.projection import WORLD_EDGE_KM, AzimuthalEquidistant, ellipse_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from vigie.records import Ellipse, Origin

_HIDDEN = 0.05
"""Ellipses of less than this share of the map's half width lie under the epicentre's star."""


def other_ellipses(ellipses: Sequence[Ellipse], main: Ellipse | None) -> list[Ellipse]:
    """Return the other ellipses of the main one's confidence."""
    if main is None:
        return []
    return [e for e in ellipses if e != main and e.confidence == main.confidence]


def ellipse_words(main: Ellipse | None, others: Sequence[Ellipse]) -> str:
    """Say how large the main ellipse is, and which others are too small or large to be seen."""
    if main is None:
        return ""
    text = (
        f" Right: the {_ellipse_name(main)} ellipse, half axes of {_axes_text(main)}, long axis "
        f"at {main.strike_deg:.0f}° from north."
    )
    unseen = [e for e in others if not _is_seen(e, _reach_km(main))]
    for e in unseen:
        size = "large" if e.semi_minor_km > main.semi_major_km else "small"
        text += f" The {_ellipse_name(e)} ellipse ({_axes_text(e)}) is too {size} to be drawn."
    return text


def _axes_text(ellipse: Ellipse) -> str:
    digits = 1 if ellipse.semi_major_km < 100.0 else 0
    return f"{ellipse.semi_major_km:,.{digits}f} by {ellipse.semi_minor_km:,.{digits}f} km"


def _reach_km(ellipse: Ellipse | None) -> float:
    """Return half the width of the map of the epicentre."""
    reach_km = 1.7 * ellipse.semi_major_km if ellipse else 50.0
    return float(np.clip(reach_km, 0.5, 0.5 * WORLD_EDGE_KM))


def _is_seen(ellipse: Ellipse, reach_km: float) -> bool:
    """Tell whether some of an outline lies on the map and not under the star."""
    outline = ellipse_points(ellipse.semi_major_km, ellipse.semi_minor_km, ellipse.strike_deg)
    on_map = np.max(np.abs(outline), axis=1) < reach_km
    return bool(on_map.any()) and ellipse.semi_major_km > _HIDDEN * reach_km


def draw_epicentre(
    ax: Axes, origin: Origin, ellipse: Ellipse | None, others: Sequence[Ellipse]
) -> None:
    """Draw the map of the epicentre; ellipses that cannot be seen are left out."""
    reach_km = _reach_km(ellipse)
    projection = AzimuthalEquidistant(origin.latitude, origin.longitude)
    map_ground(ax, projection, reach_km)
    if ellipse is not None:
        outline = ellipse_points(ellipse.semi_major_km, ellipse.semi_minor_km, ellipse.strike_deg)
        ax.fill(*outline.T, facecolor=style.VERMILION, alpha=0.15)
        ax.plot(*outline.T, color=style.VERMILION, linewidth=1.6, label=_ellipse_name(ellipse))
    _draw_others(ax, [e for e in others if _is_seen(e, reach_km)])
    ax.plot(0, 0, marker="*", markersize=13, color=style.VERMILION, markeredgecolor=style.PAPER)
    scale_bar(ax, reach_km)
    ax.set_xlabel("km east of the epicentre")
    ax.set_ylabel("km north")
    ax.set_title(f"Epicentre {position_text(origin.latitude, origin.longitude)}")
    if ellipse is not None:
        ax.legend(loc="upper right", fontsize=7.5)
    else:
        ax.set_title("no error ellipse", loc="right", fontsize=8, color=style.FAINT, pad=-12)


def _draw_others(ax: Axes, ellipses: Sequence[Ellipse]) -> None:
    """Draw them upon the main one, which may be nearly the same."""
    for other in ellipses:
        outline = ellipse_points(other.semi_major_km, other.semi_minor_km, other.strike_deg)
        look = ((0, (5, 2)), style.PURPLE) if other.kind == "confidence" else (":", style.GREEN)
        dashes, colour = look
        ax.plot(
            *outline.T, color=colour, linewidth=1.1, linestyle=dashes, label=_ellipse_name(other)
        )


def _ellipse_name(ellipse: Ellipse) -> str:
    return f"{100 * ellipse.confidence:.0f} % {ellipse.kind.value.replace('_', '-')}"
