"""What a located event must show before it is published.

The association believes a hypothesis by its odds; the locator then says where it is and how well
that is known, with the predictor itself and with errors that hang together. It may find that the
observations fit no place, or that what fits is no event any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG
from vigie.network.association.barred import NO_PLACE
from vigie.network.definition import assess
from vigie.network.location.ellipse import MAX_SEMI_AXIS_KM

if TYPE_CHECKING:
    from vigie.network.association.context import Context
    from vigie.records import Origin

CONFIDENCE = 0.999
"""Of one-event residuals, so many are smaller than the limit."""
ERRORS_WORTH = 8
"""Observations that the stated errors are worth (K of the k-weighted ellipse, SNL-GMS)."""
FARTHEST_TIMES = 2.0
"""An ellipse so many times as long as its farthest station is away places the event nowhere ..."""
LEAST_LIMIT_KM = 100.0
"""... unless it is shorter than this, by which a few stations close together still place one."""
N_UNKNOWNS = 3
"""Place and time; the depth is held more often than not."""


def refusal(context: Context, origin: Origin) -> str:
    """Return why a located event is not published; empty where it is.

    Notes
    -----
    The weighted sum of squares over its degrees of freedom N - M follows an F distribution with
    (N - M, K) degrees of freedom when the stated errors are known as if from K observations.
    """
    if not is_placed(origin):
        return NO_PLACE
    if origin.weighted_rms is not None and origin.weighted_rms > rms_limit(origin.n_defining or 0):
        return "misfit"
    columns = context.columns
    observed = [(a, columns.members[a.station]) for a in origin.associations]
    verdict = assess(
        context.params.definition,
        observed,
        treaty_network=columns.treaty_network(),
        sites=columns.sites,
    )
    return verdict.failed[0] if verdict.failed else ""


def is_placed(origin: Origin) -> bool:
    """Tell whether an ellipse says where an event is: not anywhere, nor beyond all stations."""
    if origin.ellipse is None:
        return False
    return origin.ellipse.semi_major_km <= longest_ellipse_km(origin)


def longest_ellipse_km(origin: Origin) -> float:
    """Return the longest semi-major axis with which an origin still says where an event is."""
    farthest_km = (origin.max_distance_deg or 0.0) * KM_PER_DEG
    return min(MAX_SEMI_AXIS_KM, max(FARTHEST_TIMES * farthest_km, LEAST_LIMIT_KM))


def rms_limit(n_rows: int) -> float:
    """Return the largest weighted rms of so many observations of one event.

    Examples
    --------
    >>> round(rms_limit(6), 2), rms_limit(3)
    (2.81, inf)
    """
    from scipy.special import fdtri  # deferred: 0.1 s

    free = n_rows - N_UNKNOWNS
    if free < 1:
        return float("inf")
    ratio = float(fdtri(free, ERRORS_WORTH, CONFIDENCE))
    return float((ratio * free / n_rows) ** 0.5)
