"""Uncertainty of an event that could as well be elsewhere.

The locator states the uncertainty about one place. Where the association found other places that
explain the onsets (``rivals``), the whole posterior is a mixture: each place with its odds
as weight. A place that the locator did not choose, at an offset d from the origin and with the
share w of the odds, adds w d d^T to the covariance, and the coverage ellipses grow with it, unless
all others together have less than what an ellipse leaves out. A place so far off that no
ellipse could hold it and still say where the event is, is named in a warning instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.geodesy import KM_PER_DEG, destination, position_text
from vigie.network.association.prepare import tangents
from vigie.network.location.ellipse import ellipse_of
from vigie.records import EllipseKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.hypothesis import Hypothesis
    from vigie.records import Ellipse, Origin

    FloatArray = NDArray[np.float64]

SAME_SIGMAS = 2.0
"""Places nearer than this, in standard errors of both, are one."""


class Place(NamedTuple):
    """Where else an event could be."""

    offset: FloatArray
    """From the origin: km north and east."""
    later_s: float
    share: float
    """Of the odds of all places."""


def distinct(best: Hypothesis, others: list[Hypothesis]) -> list[tuple[FloatArray, float, float]]:
    """Return direction, time and log odds of the rivals that are places of their own."""
    kept = [best]
    for h in sorted(others, key=lambda h: -h.log_odds):
        if all(_apart(h, k) > SAME_SIGMAS for k in kept):
            kept.append(h)
    return [(h.unit, h.time_s, h.log_odds) for h in kept[1:]]


def other_places(h: Hypothesis, unit: FloatArray, time_s: float) -> list[Place]:
    """Return the places of a hypothesis but the one nearest to where it was located.

    Parameters
    ----------
    h : Hypothesis
    unit : ndarray, shape (3,)
        Direction of the origin; the locator may have settled at one of the rivals.
    time_s : float
        Origin time.
    """
    places = [(h.unit, h.time_s, h.log_odds), *h.rivals]
    share = np.exp(np.array([odds for _, _, odds in places]) - h.log_odds)
    share /= share.sum()
    here = int(np.argmax([float(place @ unit) for place, _, _ in places]))
    return [
        Place(_offset_km(unit, place), time - time_s, float(weight))
        for k, ((place, time, _), weight) in enumerate(zip(places, share, strict=True))
        if k != here
    ]


def widened(origin: Origin, places: list[Place], limit_km: float) -> Origin:
    """Return an origin whose uncertainty holds other places, or whose warnings name them.

    Parameters
    ----------
    origin : Origin
    places : list of Place
    limit_km : float
        Longest ellipse that still says where an event is.
    """
    if origin.covariance is None or not places:
        return origin
    for place in sorted(places, key=lambda p: float(np.linalg.norm(p.offset))):
        grown = _with_place(origin, place)
        ellipse = grown.ellipse
        if ellipse is None or ellipse.semi_major_km > limit_km:
            origin = replace(origin, warnings=(*origin.warnings, _told(origin, place)))
        else:
            origin = grown
    return origin


def _with_place(origin: Origin, place: Place) -> Origin:
    """Return an origin whose covariance and coverage ellipses hold one more place."""
    apart = np.array([*place.offset, 0.0, place.later_s])
    new = np.array(origin.covariance) + place.share * np.outer(apart, apart)
    extra = place.share * np.outer(place.offset, place.offset)
    return replace(
        origin,
        covariance=tuple(tuple(float(x) for x in row) for row in new),
        time_sigma_s=float(np.hypot(origin.time_sigma_s or 0.0, place.share**0.5 * place.later_s)),
        ellipses=tuple(
            _grown(e, extra)
            if e.kind is EllipseKind.COVERAGE and place.share > 0.5 * (1.0 - e.confidence)
            else e
            for e in origin.ellipses
        ),
    )


def _told(origin: Origin, place: Place) -> str:
    """Return in words where else the event could be."""
    distance_km = float(np.hypot(*place.offset))
    azimuth = float(np.degrees(np.arctan2(place.offset[1], place.offset[0])))
    latitude, longitude = destination(
        origin.latitude, origin.longitude, azimuth, distance_km / KM_PER_DEG
    )
    return (
        f"With a chance of {100.0 * place.share:.0f} % the event is rather near "
        f"{position_text(float(latitude), float(longitude), decimals=1)}, {distance_km:.0f} km "
        "away, which no ellipse holds."
    )


def _grown(ellipse: Ellipse, extra: FloatArray) -> Ellipse:
    """Return an ellipse whose covariance has grown; its size in standard errors stays."""
    angle = np.radians(ellipse.strike_deg)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-np.sin(angle), np.cos(angle)])
    squares = ellipse.semi_major_km**2, ellipse.semi_minor_km**2
    matrix = squares[0] * np.outer(along, along) + squares[1] * np.outer(across, across)
    # Chi-square of two parameters is what mixtures get.
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
