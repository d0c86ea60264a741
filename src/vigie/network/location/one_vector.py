"""One time with azimuth and slowness: a place by the direction and size of one slowness.

The IDC locates single arrays so: along the azimuth, at the distance whose first arrival has
the slowness measured. Slowness changes little with distance, so the linear problem says nothing
of how far off the source is. Distances, all as likely beforehand (far rings are larger, but fewer
of their sources are heard), are therefore weighted by the likelihood of the slowness; their
mixture is the uncertainty of the origin, which stands at their median.

Assumes a first arrival at the default depth. Cost: 1 ms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG, destination
from vigie.network.location.deeper import offset_between
from vigie.network.location.linear import Trial
from vigie.network.location.phases import is_shear
from vigie.network.location.solve import Fit
from vigie.network.location.start import profile_of

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location.agree import Agreement
    from vigie.network.location.solve import Problem

STEP_DEG = 1.0
"""Between rings: far less than a slowness tells, some 7 deg even where it is measured to
0.5 s/deg."""
LEAST_WEIGHT = 1e-4
"""Rings less likely than this are left out; the sum of all of them is below 2 %."""


def is_one_vector(problem: Problem, chosen: Agreement) -> bool:
    """Tell whether an origin at a held depth rests on one time, azimuth and slowness alone."""
    n = len(problem.readings)
    use = chosen.use.reshape(3, n)
    first = int(np.argmax(use[0]))
    return chosen.n_rows == 3 and bool(use[:, first].all()) and not chosen.free[2]


def by_one_vector(problem: Problem, chosen: Agreement) -> Agreement:
    """Return the origin that one slowness vector tells, with all distances it may have.

    Parameters
    ----------
    problem : Problem
        The event.
    chosen : Agreement
        An origin for which ``is_one_vector`` holds.
    """
    readings, n = problem.readings, len(problem.readings)
    i = int(np.argmax(chosen.use[:n]))
    depth_km = chosen.fit.trial.depth_km
    azimuth_deg = float(readings.azimuth_deg[i])
    rows = chosen.fit.rows
    delta, time_s, slowness = profile_of(
        problem.predictor, "S" if is_shear(rows.phases[i]) else "P", depth_km
    )
    if not len(delta):
        return chosen
    grid = np.arange(max(STEP_DEG, float(delta[0])), float(delta[-1]), STEP_DEG)
    apart = float(readings.slowness_s_per_deg[i]) - np.interp(grid, delta, slowness)
    weight = np.exp(-0.5 * (apart / rows.sigma[2 * n + i]) ** 2)
    weight /= weight.sum()
    grid, weight = grid[weight > LEAST_WEIGHT], weight[weight > LEAST_WEIGHT]
    if not len(grid):
        return chosen
    weight /= weight.sum()

    def at(distance_deg: float) -> Trial:
        place = destination(
            readings.sites.latitude[i], readings.sites.longitude[i], azimuth_deg, distance_deg
        )
        earlier = float(np.interp(distance_deg, delta, time_s))
        return Trial(
            float(place[0]), float(place[1]), depth_km, float(readings.time_s[i]) - earlier
        )

    trial = at(float(np.interp(0.5, np.cumsum(weight) - 0.5 * weight, grid)))
    own = problem.rows(trial)
    if not np.isfinite(own.residual[chosen.use]).all():
        return chosen
    trial = trial._replace(time_s=trial.time_s + float(own.residual[i]))
    shifts = np.array([offset_between(trial, at(d)) for d in grid])[:, chosen.free]
    turn = np.radians(float(own.predictions.esaz_deg[i]))
    covariances = np.array([_covariance(d, turn, rows.sigma[n + i], rows.sigma[i]) for d in grid])
    posterior = replace(
        chosen.posterior,
        weights=weight,
        shifts=shifts,
        covariances=covariances,
        centre=np.zeros(int(chosen.free.sum())),
    )
    return replace(
        chosen, fit=Fit(trial, problem.rows(trial), chosen.fit.loss), posterior=posterior
    )


def _covariance(
    distance_deg: float, turn: float, azimuth_sigma_deg: float, time_sigma_s: float
) -> FloatArray:
    """Return north, east, time covariance of one ring's piece; ``turn`` is along the path."""
    along_km = STEP_DEG / np.sqrt(12.0) * KM_PER_DEG
    across_km = float(np.sin(np.radians(distance_deg))) * np.radians(azimuth_sigma_deg) * 6371.0
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    covariance = np.zeros((3, 3))
    covariance[:2, :2] = axes.T @ np.diag([along_km**2, across_km**2]) @ axes
    covariance[2, 2] = time_sigma_s**2
    return covariance
