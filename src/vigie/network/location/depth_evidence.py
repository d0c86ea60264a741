"""Whether times without depth phases tell the depth against the default.

Three things can (the practice of the IDC and the ISC; Bondar & Storchak 2011, GJI 186,
1220-1244): depth phases that agree, a station so near that the wave comes up to it steeply,
and a source so deep that no crustal one explains the arrivals. Anything else rests on the
differences between Pn, Pg, Sn, Lg and slownesses, or between far times, whose model errors
are common to all paths of a region and shift the depth by tens of kilometres, however small
the standard error that independent errors promise.

A deep source is judged by the likelihood of all readings, the rejected ones included, against
that of the best of several crustal depths, tempered as in ``posterior`` since errors are not
independent, with the share of deep events as prior (Late Event Bulletin of the IDC, as in
``deeper``).
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.network.location.deeper import DEEP_PARTS
from vigie.network.location.posterior import TEMPER
from vigie.network.location.solve import STUDENT_DOF, robust_fit, robust_loss

if TYPE_CHECKING:
    from vigie.network.location.agree import Agreement
    from vigie.network.location.solve import Problem

SURE_SIGMA = 3.0
"""Standard errors by which a depth must differ from the default, as for residuals. It decides: at
1.5, and at 6, 2 of 50 depths come out otherwise, at 1.5 one of them 2400 km away."""
SYSTEMATIC_KM = 40.0
"""What regional phases and far first arrivals may get wrong of a depth: the whole crust. 20 and
80 give the same."""
CRUSTAL_DEPTHS_KM = (15.0, 35.0)
"""That compete with a deep source, beside the default."""
NEAR_DEPTHS = 2.0
"""A station within so many depths tells the depth, by the rule of thumb of network practice (the
take-off angle is then below 63 deg) ..."""
LOCAL_KM = 22.0
"""... or one within 0.2 deg, as the ISC takes it (Bondar & Storchak 2011)."""
LEAST_ODDS = 10.0
"""Of a deep source against a crustal one, for its depth to be believed: strong evidence on the
scale of Jeffreys (1961). 5 and 20 give the same."""

DEPTH_SHARES = ((0.0, 0.705), (40.0, 0.148), (100.0, 0.088), (200.0, 0.041), (400.0, 0.018))
"""(from, km; share of all events down to the next); the last ends at 700 km. Late Event Bulletin,
January to June 2022, 5687 events (``deeper``)."""


def log_depth_prior(depth_km: float) -> float:
    """Return the logarithm of the share of events per km of depth.

    Examples
    --------
    >>> log_depth_prior(10.0) > log_depth_prior(150.0) > log_depth_prior(600.0)
    True
    """
    tops = [top for top, _ in DEPTH_SHARES] + [700.0]
    k = max(i for i, top in enumerate(tops[:-1]) if depth_km >= top or i == 0)
    return log(DEPTH_SHARES[k][1] / (tops[k + 1] - tops[k]))


def is_depth_known(problem: Problem, default: Agreement, free: Agreement) -> bool:
    """Tell whether the data, depth phases left aside, tell the depth from the default."""
    sigma_km = free.depth_sigma_km
    if not np.isfinite(sigma_km):
        return False
    apart_km = abs(free.fit.trial.depth_km - default.fit.trial.depth_km)
    if _has_near_station(problem, free):
        wanted_km = SURE_SIGMA * sigma_km
        return sigma_km <= problem.params.free_depth_max_sigma_km or apart_km > wanted_km
    if apart_km <= max(SYSTEMATIC_KM, SURE_SIGMA * sigma_km):
        return False
    return deep_log_odds(problem, default, free) > log(LEAST_ODDS)


def deep_log_odds(problem: Problem, default: Agreement, free: Agreement) -> float:
    """Return the log odds of a free depth against the best of the crustal ones."""
    readings = problem.readings
    crustal = [robust_loss(default.fit.rows, readings)]
    for depth_km in CRUSTAL_DEPTHS_KM:
        start = default.fit.trial._replace(depth_km=depth_km)
        crustal.append(robust_fit(problem, start, free_depth=False).loss)
    gain = min(crustal) - robust_loss(free.fit.rows, readings)
    deep = sum(part.share for part in DEEP_PARTS)
    # Student's t: the log likelihood is - (nu + 1) / 2 times the loss.
    return TEMPER * 0.5 * (STUDENT_DOF + 1.0) * gain + log(deep / (1.0 - deep))


def _has_near_station(problem: Problem, free: Agreement) -> bool:
    """Tell whether a station is so near that its times hold the depth."""
    n = len(problem.readings)
    used = free.use[:n]
    delta_deg = free.fit.rows.predictions.delta_deg[used]
    nearest_km = KM_PER_DEG * float(np.min(delta_deg, initial=180.0))
    return nearest_km <= max(LOCAL_KM, NEAR_DEPTHS * free.fit.trial.depth_km)
