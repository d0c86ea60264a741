"""Other places that explain the arrivals as well: mirrors of one-sided or tiny networks.

Times at two stations fit as well on the other side of the line through them, three times may
have two solutions, and a network on one side of the source hardly tells right from left of its
axis. The place mirrored in the great circle that fits the stations best and, with few readings,
the best places of the search of the globe are therefore solved with the same readings. Each that
is a place of its own joins the mixture (see ``posterior``) with the likelihood of its best origin
as weight (Student's t, as in the robust fit; the area over which a place fits is not counted, or
vague ones at the antipode would outweigh sharp ones), and those of some weight are named.

Cost: one to five solutions, for few readings or a gap of more than 180 deg alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.geodesy import unit_vectors
from vigie.network.location.agree import OtherPlace
from vigie.network.location.covariance import error_parts
from vigie.network.location.deeper import MAX_SIGMA_KM, offset_between
from vigie.network.location.ellipse import MAX_SEMI_AXIS_KM
from vigie.network.location.gaps import azimuthal_gap_deg
from vigie.network.location.posterior import posterior_of
from vigie.network.location.rarity import misnaming, rarity
from vigie.network.location.solve import (
    STUDENT_DOF,
    Fit,
    improbability,
    refine,
    robust_fit,
    robust_loss,
)
from vigie.network.location.start import FEW_READINGS, grid_starts

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location.agree import Agreement
    from vigie.network.location.linear import Rows, Trial
    from vigie.network.location.posterior import Posterior
    from vigie.network.location.solve import Problem

ONE_SIDED_GAP_DEG = 180.0
"""All stations on one side of a line through the source; smaller gaps have no mirror place."""
N_SEARCHED = 4
"""Places of the search that are solved; 2 and 8 find the same ones."""
SAME_KM = 100.0
"""Solutions nearer than this, or within so many ..."""
SAME_SIGMAS = 1.5
"""... standard errors of both, are one place. Half and twice of either give the same."""
LEAST_WEIGHT = 0.05
"""A place less likely than this is left out: half of the 10 % that a 90 % ellipse leaves. 2.5
and 10 % give the same."""

TWO_DIMENSIONS_90 = 2.146
"""Standard errors within which 90 % of a Gaussian of two dimensions lie."""


class _Place(NamedTuple):
    """A solution, and how far it is from the chosen one."""

    fit: Fit
    offset: FloatArray
    """Shape (4,): km north, east, down; s."""
    posterior: Posterior


def with_other_places(problem: Problem, chosen: Agreement) -> Agreement:
    """Return an origin whose uncertainty holds the other places that explain the arrivals.

    Parameters
    ----------
    problem : Problem
        The event.
    chosen : Agreement
        The origin, the likeliest place.
    """
    found: list[_Place] = []
    for start in _starts(problem, chosen):
        other = _solved(problem, chosen, start)
        if other is not None and all(_is_apart(other, k) for k in found):
            found.append(other)
    if not found:
        return chosen
    own = chosen.posterior
    evidence = np.array(
        [_log_likelihood(problem, f) for f in (chosen.fit, *(p.fit for p in found))]
    )
    weight = np.exp(evidence - evidence.max())
    weight[weight < LEAST_WEIGHT * weight.sum()] = 0.0
    weight[0] = max(weight[0], LEAST_WEIGHT)
    weight /= weight.sum()
    kept = [(w, p) for w, p in zip(weight[1:], found, strict=True) if w > 0.0]
    held = [(w, p) for w, p in kept if _is_held(w, p)]
    others = tuple(
        OtherPlace(p.fit.trial.latitude, p.fit.trial.longitude, float(w), _is_held(w, p))
        for w, p in kept
    )
    posterior = _mixture(chosen, weight[0], held) if held else own
    return replace(chosen, posterior=posterior, others=others)


def _is_held(weight: float, place: _Place) -> bool:
    """Tell whether an ellipse that holds a place still says where the event is.

    The antipode of a likely place would take it from one side of the Earth to the other.
    """
    reach_km = TWO_DIMENSIONS_90 * weight**0.5 * float(np.hypot(*place.offset[:2]))
    return weight > 0.5 or reach_km < MAX_SEMI_AXIS_KM


def _mixture(chosen: Agreement, weight: float, held: list[tuple[float, _Place]]) -> Posterior:
    """Return the posterior of the chosen place and of others, with their weights."""
    own = chosen.posterior
    total = weight + sum(w for w, _ in held)
    return replace(
        own,
        weights=np.concatenate([weight * own.weights, *(w * p.posterior.weights for w, p in held)])
        / total,
        shifts=np.concatenate(
            [own.shifts, *(p.posterior.shifts + p.offset[chosen.free] for _, p in held)]
        ),
        covariances=np.concatenate([own.covariances, *(p.posterior.covariances for _, p in held)]),
        centre=own.mean,
    )


def _starts(problem: Problem, chosen: Agreement) -> list[Trial]:
    readings, n = problem.readings, len(problem.readings)
    used = chosen.use.reshape(3, n).any(axis=0)
    is_few = sum(1 for p in readings.phases if p) <= FEW_READINGS
    gap_deg = azimuthal_gap_deg(chosen.fit.rows.predictions.esaz_deg[used])
    if problem.params.search == "local" or not (is_few or gap_deg > ONE_SIDED_GAP_DEG):
        return []
    trial = chosen.fit.trial
    starts = [mirrored(trial, readings.directions[used])]
    if is_few:
        starts += grid_starts(readings, problem.predictor, N_SEARCHED)
    return [start._replace(depth_km=trial.depth_km) for start in starts]


def mirrored(trial: Trial, directions: FloatArray) -> Trial:
    """Return a place mirrored in the great circle that fits the stations best.

    Parameters
    ----------
    trial : Trial
        The place.
    directions : ndarray, shape (n, 3)
        Unit vectors of the stations.
    """
    normal = np.linalg.svd(directions, full_matrices=True)[2][2]
    place = unit_vectors(np.array([trial.latitude]), np.array([trial.longitude])).reshape(3)
    x, y, z = place - 2.0 * float(place @ normal) * normal
    # The unit vectors are geocentric; the ellipsoid's fifth of a degree is left to the fit.
    latitude = float(np.degrees(np.arcsin(np.clip(z, -1.0, 1.0))))
    return trial._replace(latitude=latitude, longitude=float(np.degrees(np.arctan2(y, x))))


def _solved(problem: Problem, chosen: Agreement, start: Trial) -> _Place | None:
    """Return the solution next to a start, if it is a place of its own."""
    use, case = chosen.use, chosen.posterior.best_case._replace(depth_sigma_km=0.0)
    is_default = chosen.parts.depth_is_default

    def covariance_of(rows: Rows) -> FloatArray:
        return error_parts(problem.readings, rows, use, default_depth=False).matrix(case)

    robust = robust_fit(problem, start, free_depth=False)
    if not np.isfinite(robust.rows.residual[use]).all():
        return None
    fit = refine(problem, robust.trial, use, covariance_of, free_depth=bool(chosen.free[2]))
    offset = offset_between(chosen.fit.trial, fit.trial)
    if np.hypot(offset[0], offset[1]) < SAME_KM or not np.isfinite(fit.rows.residual[use]).all():
        return None
    posterior = posterior_of(
        error_parts(problem.readings, fit.rows, use, default_depth=is_default),
        fit.rows.derivative[use][:, chosen.free],
        fit.rows.residual[use],
        problem.params.errors,
    )
    other = _Place(fit, offset, posterior)
    own = _Place(chosen.fit, np.zeros(4), chosen.posterior)
    if _sigma_km(posterior) > MAX_SIGMA_KM or not _is_apart(other, own):
        return None
    return other


def _log_likelihood(problem: Problem, fit: Fit) -> float:
    robust = replace(fit, loss=robust_loss(fit.rows, problem.readings))
    prior = -rarity(fit) - misnaming(fit, problem.readings)
    return -0.5 * (STUDENT_DOF + 1.0) * improbability(robust) + prior


def _sigma_km(posterior: Posterior) -> float:
    moments = posterior.covariance_about(posterior.mean)[:2, :2]
    return float(np.sqrt(np.linalg.eigvalsh(moments)[1]))


def _is_apart(one: _Place, other: _Place) -> bool:
    """Tell whether two solutions are places of their own."""
    apart = (one.offset - other.offset)[:2]
    covariance = sum(
        p.covariance_about(p.mean)[:2, :2] for p in (one.posterior, other.posterior)
    ) + 1e-6 * np.eye(2)
    sigmas = float(np.sqrt(apart @ np.linalg.solve(covariance, apart)))
    return bool(np.hypot(*apart) >= SAME_KM) and sigmas > SAME_SIGMAS
