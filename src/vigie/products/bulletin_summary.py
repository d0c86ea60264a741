"""A bulletin as a table for terminals: one line per event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.report.summary import (
    combined_screening,
    n_observations,
    n_stations,
    short_size,
)
from vigie.records import format_iso

if TYPE_CHECKING:
    from vigie.records import Bulletin, Event

_HEADS = (
    "time (UTC)",
    "lat",
    "lon",
    "depth",
    "mag",
    "sta",
    "def",
    "ellipse",
    "screening",
    "region",
)
_RIGHT = frozenset({1, 2, 3, 5, 6})
_LEGEND = (
    "(depth in km, f: held fixed; sta, def: stations and observations that locate; ellipse: half "
    "axes in km)"
)


def bulletin_summary(bulletin: Bulletin, *, width: int | None = None) -> str:
    """Return one line per event in the order of time, under a line of heads.

    Parameters
    ----------
    bulletin : Bulletin
        The events.
    width : int, optional
        Columns of the terminal; longer lines are cut.

    Notes
    -----
    Depth in km, ``f`` where it was fixed; ``sta`` and ``def``: stations and observations (times,
    azimuths, slownesses) that locate; ``ellipse``: half axes in km. A last line says so.
    """
    events = sorted(bulletin.events, key=lambda e: (e.origin.time_ns if e.origin else 0, e.id))
    rows = [_HEADS, *(_row(event) for event in events)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS))]
    lines = [_line(row, widths)[:width].rstrip() for row in rows]
    lines.append(_LEGEND[:width] if events else "no events")
    return "\n".join(lines)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (
        cell.rjust(w) if i in _RIGHT else cell.ljust(w)
        for i, (cell, w) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells)


def _row(event: Event) -> tuple[str, ...]:
    origin = event.origin
    combined = combined_screening(event)
    verdict = combined.verdict.value.replace("_", " ") if combined else "-"
    size = short_size(event).replace("–", "-")
    if origin is None:
        return ("no origin", *["-"] * 3, size, *["-"] * 3, verdict, event.region)
    ellipse = origin.ellipse
    depth = "-" if origin.depth_km is None else f"{origin.depth_km:.0f}"
    return (
        format_iso(origin.time_ns, digits=1).replace("T", " ").removesuffix("Z"),
        f"{origin.latitude:.3f}",
        f"{origin.longitude:.3f}",
        depth + ("f" if origin.depth_fixed else ""),
        size,
        str(n_stations(origin)),
        str(n_observations(origin)),
        f"{ellipse.semi_major_km:.1f} x {ellipse.semi_minor_km:.1f}" if ellipse else "-",
        verdict,
        event.region,
    )
