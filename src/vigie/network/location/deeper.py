"""What a default depth leaves open: the event may be deep, and then lies elsewhere.

Few times do not tell the depth, and an event located at the surface though it is 300 km
deep is misplaced by more than derivatives at the surface can say. Nor can they where a station
is near, however many there are. For such events the origin is therefore solved again with the
depth held at others, and the solutions join the mixture, each with the prior weight of its
depths times how well it explains the times (see ``posterior``).

Prior: how deep events are, from the depths of the Late Event Bulletin of the IDC, January to June
2022 (5687 events): 70 % above 40 km, 15 % between 40 and 100, 9 % between 100 and 200, 6 % below;
and how large they must be to be heard where they are (``vigie.network.loss``): four times of a
network of 7 km fit a deep event as well as one beneath it, but that would have to be 300 times
as large.

Cost: four more solutions, about 3 ms; near a network six, 18 ms with 30 readings.
Accuracy: ``docs/methods/uncertainty.md`` (regional networks).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location.covariance import error_parts
from vigie.network.location.posterior import Posterior, posterior_of
from vigie.network.location.rarity import rarity
from vigie.network.location.solve import refine

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location.kinds import BoolArray, Case
    from vigie.network.location.linear import Rows, Trial
    from vigie.network.location.solve import Fit, Problem

FEW = 12
"""Observations up to which other depths are solved for: with more, the times themselves judge
the depth (``depth_evidence``), unless a station is near."""


NEAR_DEG = 2.0
"""With a station nearer than this, depths within the crust are told apart as well: right below a
station times hardly change with depth at first, so that derivatives say nothing."""

LEFT_KM = 500.0
"""A solution that leaves a near network so far behind is no deeper source but another place, where
plane waves fit whatever little the times say."""
MAX_SIGMA_KM = 3000.0
"""With a larger standard error the linear problem is singular, and its solution tells nothing of
where on the Earth the event may be."""


class DeepPart(NamedTuple):
    """Events of one range of depths."""

    depth_km: float
    sigma_km: float
    share: float
    """Of all events."""


DEEP_PARTS = (
    DeepPart(70.0, 18.0, 0.148),
    DeepPart(145.0, 30.0, 0.088),
    DeepPart(290.0, 60.0, 0.041),
    DeepPart(560.0, 80.0, 0.018),
)
"""About the middle, and the width over sqrt(12), of 40-100, 100-200, 200-400 and 400-700 km, with
the shares of the bulletin above."""
CRUSTAL_PARTS = (DeepPart(12.0, 5.0, 0.3), DeepPart(27.0, 7.0, 0.2))
"""Upper and lower crust of continents (ak135: Moho at 35 km); the shares are chosen, the LEB holds
most shallow events at 0 km. They matter only beside a near station."""


def leaves_depth_open(fit: Fit, use: BoolArray) -> bool:
    """Tell whether a default depth may be wrong by more than derivatives can say.

    Times of few stations do not tell the depth, and those of a near network bend with it, as the
    first arrival turns from a direct wave to one from below.
    """
    return int(use.sum()) <= FEW or _is_near(fit)


def _is_near(fit: Fit) -> bool:
    return bool(np.nanmin(fit.rows.predictions.delta_deg, initial=180.0) < NEAR_DEG)


def with_deeper(
    problem: Problem, fit: Fit, use: BoolArray, free: BoolArray, shallow: Posterior
) -> Posterior:
    """Return the mixture of a shallow origin and deeper ones.

    Parameters
    ----------
    problem : Problem
        The event.
    fit : Fit
        The origin at the default depth, about which the mixture is given.
    use : ndarray of bool, shape (3 n,)
        Rows that define it.
    free : ndarray of bool, shape (4,)
        Unknowns; the depth is not among them.
    shallow : Posterior
        Uncertainty of the origin at the default depth.
    """
    is_near = _is_near(fit)
    parts = (*CRUSTAL_PARTS, *DEEP_PARTS) if is_near else DEEP_PARTS
    share = 1.0 - sum(part.share for part in parts)
    posteriors, offsets = [shallow], [np.zeros(int(free.sum()))]
    evidence = [np.log(share) + shallow.log_evidence - rarity(fit, use)]
    for part in parts:
        if part.depth_km > problem.params.max_depth_km:
            continue
        found = _solved(problem, fit, use, free, shallow.best_case, part)
        if found is None or (is_near and np.hypot(*found[1][:2]) > LEFT_KM):
            continue
        if np.linalg.eigvalsh(_moments(found[0]))[1] > MAX_SIGMA_KM**2:
            continue
        posteriors.append(found[0])
        offsets.append(found[1][free])
        evidence.append(np.log(part.share) + found[0].log_evidence - found[2])
    weight = np.exp(np.array(evidence) - max(evidence))
    weight /= weight.sum()
    return replace(
        shallow,
        weights=np.concatenate([w * p.weights for w, p in zip(weight, posteriors, strict=True)]),
        shifts=np.concatenate([p.shifts + o for p, o in zip(posteriors, offsets, strict=True)]),
        covariances=np.concatenate([p.covariances for p in posteriors]),
        # The epicentre that belongs to the depth stated: at the mean of all depths no residual
        # would be what the depth stated makes it.
        centre=shallow.mean,
    )


def _solved(
    problem: Problem, fit: Fit, use: BoolArray, free: BoolArray, case: Case, part: DeepPart
) -> tuple[Posterior, FloatArray, float] | None:
    """Return the uncertainty of the origin at another depth, how far off it lies, its rarity."""
    known = case._replace(depth_sigma_km=0.0)

    def covariance_of(rows: Rows) -> FloatArray:
        return error_parts(problem.readings, rows, use, default_depth=False).matrix(known)

    start = fit.trial._replace(depth_km=part.depth_km)
    if not np.isfinite(problem.rows(start).residual[use]).all():
        return None
    deep = refine(problem, start, use, covariance_of, free_depth=False)
    parts = error_parts(problem.readings, deep.rows, use, default_depth=True)
    posterior = posterior_of(
        parts,
        deep.rows.derivative[use][:, free],
        deep.rows.residual[use],
        problem.params.errors,
        depth_sigmas_km=((part.sigma_km, 1.0),),
    )
    return posterior, offset_between(fit.trial, deep.trial), rarity(deep, use)


def _moments(posterior: Posterior) -> FloatArray:
    """Return the horizontal covariance."""
    moments: FloatArray = posterior.covariance_about(posterior.mean)[:2, :2]
    return moments


def offset_between(here: Trial, there: Trial) -> FloatArray:
    """Return north, east, depth, km, and time, s, from one origin to another."""
    delta, azimuth, _ = distance_azimuths(
        here.latitude, here.longitude, there.latitude, there.longitude
    )
    distance_km, turn = float(delta) * KM_PER_DEG, np.radians(float(azimuth))
    return np.array(
        [
            distance_km * np.cos(turn),
            distance_km * np.sin(turn),
            there.depth_km - here.depth_km,
            there.time_s - here.time_s,
        ]
    )
