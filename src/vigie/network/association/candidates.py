"""Candidates of one window: from the coarse grid to a place that can be settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.context import Context

    FloatArray = NDArray[np.float64]

ODDS = np.array([(0.5, 0.3), (0.15, 0.05)])
"""Chances that a station within reach catches P, and S, while the size is unknown: in a network
that hears as its distances let it, and in one of which most stations are deaf or send nothing."""
COARSE_SHARE = 0.35
"""Least score on the coarse grid, over what a well-located event needs. Lower values find the same
events at more cost."""
FINE_SHARE = 0.9
"""The same after refinement."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cell and origin time at which much evidence falls together."""

    cell: int
    time_s: float
    score: float
    level: int
    """How many of the nearest stations heard it, about."""
    chance: int
    """Row of ``ODDS``."""


def candidates_of(
    context: Context, window: tuple[float, float]
) -> tuple[int, dict[int, Candidate]]:
    """Return the number of maxima on the grid, and those without a better one beside them."""
    from vigie.network.association.kernels import stacking

    grid = context.grid
    start, end = window
    low, high = context.bounds(start, end + context.longest_s)
    found = stacking.stack(
        (start, end, low, high, context.params.definition.min_stations),
        (
            grid.unit,
            grid.radius_deg,
            context.share,
            grid.depth_km,
            grid.half_depth_km,
            context.near,
            context.near_deg,
        ),
        context.columns.picks(),
        context.net,
        context.tabs,
        context.levels,
        ODDS,
        COARSE_SHARE * context.required,
    )
    kept = stacking.thin(
        found,
        grid.radius_deg,
        context.touching,
        context.time_per_deg,
        context.params.max_candidates,
    )
    rows = ((int(k), found[k]) for k in kept)
    return len(found), {
        k: Candidate(int(row[0]), float(row[1]), float(row[2]), int(row[3]), int(row[4]))
        for k, row in rows
    }


def score_now(context: Context, candidate: Candidate) -> tuple[float, bool]:
    """Return the score with the picks that are still free, and whether it may suffice."""
    from vigie.network.association.kernels import narrowing

    c, required = candidate.cell, float(context.required[candidate.cell])
    unit, depth, radius, half, share, low, high = _start(context, candidate)
    score, _, bound = narrowing.sweep(
        unit,
        depth,
        (radius, half, share),
        (low, high),
        context.near[c, : candidate.level],
        context.columns.picks(),
        context.net,
        context.tabs,
        ODDS[candidate.chance],
    )
    return float(score), bool(score >= COARSE_SHARE * required and bound >= required)


def narrowed(context: Context, candidate: Candidate) -> tuple[FloatArray, float, float] | None:
    """Return place, depth and time of a candidate; None where it fades on the way."""
    from vigie.network.association.kernels import narrowing

    c, required = candidate.cell, float(context.required[candidate.cell])
    unit, depth, time, score = narrowing.refine(
        _start(context, candidate),
        (
            context.least_radius_deg[c],
            context.limit_depth_km,
            required,
            COARSE_SHARE * required,
            FINE_SHARE * required,
        ),
        context.near[c, : candidate.level],
        context.columns.picks(),
        context.net,
        context.tabs,
        ODDS[candidate.chance],
    )
    return (unit, float(depth), float(time)) if score >= FINE_SHARE * required else None


def _start(
    context: Context, candidate: Candidate
) -> tuple[FloatArray, float, float, float, float, float, float]:
    """Return the cell as the kernels take it: place, extent, span of origin times."""
    grid, c = context.grid, candidate.cell
    radius = float(grid.radius_deg[c])
    slack = context.time_per_deg * radius + 0.5
    return (
        grid.unit[c],
        float(grid.depth_km[c]),
        radius,
        float(grid.half_depth_km[c]),
        float(context.share[c]),
        candidate.time_s - slack,
        candidate.time_s + slack,
    )
