"""The located event as an origin: uncertainty, gaps, warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import position_text
from vigie.network.location.associations import associations_of
from vigie.network.location.ellipse import ellipse_of, kappa
from vigie.network.location.gaps import azimuthal_gap_deg, secondary_gap_deg
from vigie.network.location.phases import SURFACE_WAVES, known_name
from vigie.records import NS_PER_S, EllipseKind, Origin

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location.agree import Agreement
    from vigie.network.location.depth import DepthChoice
    from vigie.network.location.kinds import BoolArray
    from vigie.network.location.linear import Rows, Trial
    from vigie.network.location.solve import Problem
    from vigie.records import Detection, Ellipse


N_SHOWN = 10
"""Readings without a phase that a warning names, of more it says how many."""


def build_origin(
    event_id: str, problem: Problem, choice: DepthChoice, unplaced: tuple[Detection, ...]
) -> Origin:
    """Return the origin of a chosen solution."""
    agreement = choice.agreement
    trial, rows, centre = _final_trial(problem, agreement)
    moments = agreement.posterior.covariance_about(centre)
    covariance = _full(moments, agreement.free)
    covariance[3, 3] += _common_time_variance(problem, rows, agreement)
    ellipses = _ellipses(problem, agreement, centre, covariance)
    depth_sigma_km = _depth_sigma(problem, choice, covariance)
    # Of an assumed depth the assumption's own error; the ellipses hold what it does to the place.
    covariance[2, 2] = (depth_sigma_km or 0.0) ** 2
    n = len(problem.readings)
    time_use = agreement.use[:n]
    residual = rows.residual[:n][time_use]
    stations = _defining_azimuths(problem, rows, agreement)
    delta = rows.predictions.delta_deg[time_use]
    return Origin(
        id=f"{event_id}/origin",
        time_ns=problem.readings.reference_ns + round(trial.time_s * NS_PER_S),
        latitude=trial.latitude,
        longitude=trial.longitude,
        depth_km=trial.depth_km,
        depth_fixed=choice.depth_fixed,
        depth_reason=choice.reason,
        time_sigma_s=_root(covariance[3, 3]),
        depth_sigma_km=depth_sigma_km,
        covariance=tuple(tuple(float(x) for x in row) for row in covariance),
        ellipses=ellipses,
        rms_s=_rms_residual(residual),
        weighted_rms=_rms_residual(rows.standard[agreement.use]),
        n_defining=agreement.n_rows,
        n_stations=len(stations),
        gap_deg=azimuthal_gap_deg(list(stations.values())),
        secondary_gap_deg=secondary_gap_deg(stations),
        min_distance_deg=float(delta.min()) if len(delta) else None,
        max_distance_deg=float(delta.max()) if len(delta) else None,
        associations=associations_of(problem, rows, agreement),
        method="geiger",
        model=problem.predictor.name,
        warnings=_warnings(problem, choice, unplaced),
        simulated=any(d.simulated for d in problem.readings.detections),
    )


def _final_trial(problem: Problem, agreement: Agreement) -> tuple[Trial, Rows, FloatArray]:
    """Move to the mean over the error model; return it with its rows and the shift."""
    fit = agreement.fit
    centre = agreement.posterior.mean
    if len(agreement.posterior.weights) == 1:
        # Nothing to average over: the iteration has ended at the mean.
        return fit.trial, fit.rows, centre
    step = np.zeros(4)
    step[agreement.free] = centre
    depth_km = fit.trial.depth_km + step[2]
    if not 0.0 <= depth_km <= problem.params.max_depth_km or np.hypot(step[0], step[1]) > 500.0:
        return fit.trial, fit.rows, np.zeros_like(centre)
    if agreement.parts.depth_is_default:
        # The time that belongs to the depth that is stated, not to the depths it may have.
        step[3] = 0.0
    trial = fit.trial.moved(step)
    rows = problem.rows(trial)
    if not np.isfinite(rows.residual[agreement.use]).all():
        return fit.trial, fit.rows, np.zeros_like(centre)
    if agreement.parts.depth_is_default:
        later = _mean_time_residual(rows, agreement, len(problem.readings))
        trial = trial._replace(time_s=trial.time_s + later)
        rows = problem.rows(trial)
        step[3] = later
    return trial, rows, step[agreement.free]


def _common_time_variance(problem: Problem, rows: Rows, agreement: Agreement) -> float:
    """Return the variance of what the model gets wrong along all paths alike, s^2."""
    errors = problem.params.errors
    use = agreement.use[: len(problem.readings)]
    if not errors.correlated or not use.any():
        return 0.0
    weights = rows.sigma[: len(use)][use] ** -2.0
    common = float(np.average(rows.model_sigma[: len(use)][use], weights=weights))
    return (errors.common_time_share * common) ** 2


def _mean_time_residual(rows: Rows, agreement: Agreement, n: int) -> float:
    use = agreement.use[:n]
    if not use.any():
        return 0.0
    return float(np.average(rows.residual[:n][use], weights=rows.sigma[:n][use] ** -2.0))


def _full(moments: FloatArray, free: BoolArray) -> FloatArray:
    covariance = np.zeros((4, 4))
    covariance[np.ix_(free, free)] = moments
    return covariance


def _ellipses(
    problem: Problem, agreement: Agreement, centre: FloatArray, covariance: FloatArray
) -> tuple[Ellipse, ...]:
    params = problem.params
    best = agreement.posterior.best
    n_free = agreement.n_rows - int(agreement.free.sum())
    found = []
    scales = agreement.posterior.kappa_about(centre, covariance, params.confidences)
    for confidence, scale in zip(params.confidences, scales, strict=True):
        found.append(ellipse_of(covariance[:2, :2], scale, EllipseKind.COVERAGE, confidence))
        for kind, k in ((EllipseKind.CONFIDENCE, 0.0), (EllipseKind.K_WEIGHTED, params.k_weight)):
            size = kappa(confidence, 2, k=k, n_free=n_free, chi_square=best.chi_square)
            found.append(ellipse_of(best.covariance[:2, :2], size, kind, confidence))
    return tuple(e for e in found if e is not None)


def _depth_sigma(problem: Problem, choice: DepthChoice, covariance: FloatArray) -> float | None:
    if choice.depth_fixed:
        return (
            problem.params.errors.default_depth_sigmas_km[0][0]
            if choice.reason == "default"
            else None
        )
    return _root(covariance[2, 2])


def _defining_azimuths(problem: Problem, rows: Rows, agreement: Agreement) -> dict[str, float]:
    n = len(problem.readings)
    used = agreement.use.reshape(3, n).any(axis=0)
    return {
        problem.readings.stations[i]: float(rows.predictions.esaz_deg[i])
        for i in np.flatnonzero(used)
    }


def _warnings(
    problem: Problem, choice: DepthChoice, unplaced: tuple[Detection, ...]
) -> tuple[str, ...]:
    agreement = choice.agreement
    found = []
    if unplaced:
        names = ", ".join(sorted({d.station for d in unplaced}))
        found.append(f"{len(unplaced)} arrivals left out, stations without a position: {names}")
    nameless = _nameless(problem)
    if nameless:
        more = f" and {len(nameless) - N_SHOWN} more" if len(nameless) > N_SHOWN else ""
        found.append(
            f"{len(nameless)} arrivals left out that bear a name, "
            f"but no phase is left that fits them: {', '.join(nameless[:N_SHOWN])}{more}"
        )
    if not agreement.fit.converged:
        found.append("the iteration did not converge")
    if choice.hint:
        found.append(choice.hint)
    if problem.params.depth == "free" and choice.depth_fixed:
        found.append("the depth cannot be solved for and is held at the default")
    found += [
        f"the arrivals fit as well near {position_text(place.latitude, place.longitude, 1)}, "
        f"with a probability of {100.0 * place.weight:.0f} %"
        + (": the ellipse holds both places" if place.is_held else ", which no ellipse holds")
        for place in agreement.others
    ]
    n_free = int(agreement.free.sum())
    if agreement.n_rows <= n_free:
        found.append("as many unknowns as observations: the residuals test nothing")
    return tuple(found)


def _nameless(problem: Problem) -> list[str]:
    """Return station and name of readings that bear the name of a body wave and got none."""
    readings = problem.readings
    known = frozenset(problem.predictor.phases) - SURFACE_WAVES
    return [
        f"{readings.stations[i]} {detection.phase}"
        for i, detection in enumerate(readings.detections)
        if not readings.phases[i] and known_name(detection.phase, known)
    ]


def _root(variance: float) -> float | None:
    return float(np.sqrt(variance)) if variance > 0.0 else None


def _rms_residual(values: FloatArray) -> float | None:
    return float(np.sqrt(np.mean(values**2))) if len(values) else None
