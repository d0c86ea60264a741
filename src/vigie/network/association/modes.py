"""Uncertainty of an event that could as well be elsewhere.

The locator states the uncertainty about one place. Where the association found other places that
explain the onsets (``rivals``), the whole posterior is a mixture: each place with its odds
as weight. About the published place, an offset d that has the share w of the odds adds
w d d^T to the covariance, and the ellipses grow with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.network.association.prepare import tangents
from vigie.network.location.ellipse import ellipse_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.hypothesis import Hypothesis
    from vigie.records import Ellipse, Origin

    FloatArray = NDArray[np.float64]

SAME_SIGMAS = 2.0
"""Places nearer than this, in standard errors of both, are one."""


def distinct(best: Hypothesis, others: list[Hypothesis]) -> list[tuple[FloatArray, float]]:
    """Return direction and log odds of the rivals that are places of their own, best first."""
    kept = [best]
    for h in sorted(others, key=lambda h: -h.log_odds):
        if all(_apart(h, k) > SAME_SIGMAS for k in kept):
            kept.append(h)
    return [(h.unit, h.log_odds) for h in kept[1:]]


def spread(h: Hypothesis) -> FloatArray:
    """Return what the rivals of a hypothesis add to its covariance, km^2 (north, east)."""
    extra = np.zeros((2, 2))
    if not h.rivals:
        return extra
    odds = np.array([h.log_odds, *(log_odds for _, log_odds in h.rivals)])
    share = np.exp(odds - odds.max())
    share /= share.sum()
    for (unit, _), weight in zip(h.rivals, share[1:], strict=True):
        offset = _offset_km(h.unit, unit)
        extra += weight * np.outer(offset, offset)
    return extra


def widened(origin: Origin, extra: FloatArray) -> Origin:
    """Return an origin with covariance and ellipses that hold other places too."""
    if origin.covariance is None or not extra.any():
        return origin
    old = np.array(origin.covariance)
    new = old.copy()
    new[:2, :2] += extra
    return replace(
        origin,
        covariance=tuple(tuple(float(x) for x in row) for row in new),
        ellipses=tuple(_grown(e, extra) for e in origin.ellipses),
    )


def _grown(ellipse: Ellipse, extra: FloatArray) -> Ellipse:
    """Return an ellipse whose covariance has grown; its size in standard errors stays."""
    angle = np.radians(ellipse.strike_deg)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-np.sin(angle), np.cos(angle)])
    squares = ellipse.semi_major_km**2, ellipse.semi_minor_km**2
    matrix = squares[0] * np.outer(along, along) + squares[1] * np.outer(across, across)
    # Ellipses of all kinds scale a covariance; chi-square of two parameters is what mixtures get.
    scale = -2.0 * np.log(1.0 - ellipse.confidence)
    grown = ellipse_of(matrix + scale * extra, 1.0, ellipse.kind, ellipse.confidence)
    return ellipse if grown is None else grown


def _apart(a: Hypothesis, b: Hypothesis) -> float:
    """Return how far apart two places are, in standard errors of both together."""
    offset = _offset_km(a.unit, b.unit) / KM_PER_DEG
    covariance = sum(np.linalg.inv(h.normal[:2, :2] + 1e-4 * np.eye(2)) for h in (a, b))
    return float(np.sqrt(offset @ np.linalg.solve(covariance, offset)))


def _offset_km(origin: FloatArray, unit: FloatArray) -> FloatArray:
    """Return distance and direction of a place from another as (north, east)."""
    angle = np.degrees(np.arccos(np.clip(origin @ unit, -1.0, 1.0)))
    east, north = tangents(origin[None])
    toward = np.array([unit @ north[0], unit @ east[0]])
    return np.asarray(angle * KM_PER_DEG * toward / max(float(np.linalg.norm(toward)), 1e-12))
