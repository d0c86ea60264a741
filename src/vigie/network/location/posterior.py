"""Where the event may be, when neither the size nor the reach of the errors is known.

The errors of an earth model correlate between neighbouring stations, over a distance and
with a size that nobody knows for the path at hand. Each pair (scale s, length L) of the
error model gives a covariance C_h of the observations (see ``covariance``) and with it a
generalised least-squares solution x_h with covariance P_h. Its weight is its prior times
the restricted likelihood of the residuals y with derivatives A,

    log w_h = log p_h - [log|C_h| + log|A^T C_h^-1 A| + y^T Q_h y] / 2,
    Q_h = C_h^-1 - C_h^-1 A P_h A^T C_h^-1,    P_h = (A^T C_h^-1 A)^-1

(Harville 1974, Biometrika 61, 383-385). To these are added, one for each time, the cases
in which that time is an outlier of spread t: a rank-one change of the solution. The
sum is a mixture of Gaussians; the coverage ellipse has the shape of its covariance and the
size that holds the stated share of it. With independent errors of known size there is
one component, and the ellipse is that of Jordan & Sverdrup.

Few stations: the priors rule and the ellipse is wide. Many: the data tell the scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import FloatArray
from vigie.network.location.covariance import DISTANCE_SHARE, SAME_SITE_KM, whitened
from vigie.network.location.kinds import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.network.location.covariance import ErrorParts
    from vigie.network.location.kinds import BoolArray
    from vigie.network.location.params import ErrorModel

N_POINTS = 128
"""Points of a standard normal with which the mass within an ellipse is counted."""
MANY = 100
"""With more observations, the error model is judged on so many of them, and only its ..."""
N_LIKELY = 3
"""... likeliest cases are solved with all."""
TEMPER = 0.6
"""Power of the likelihood in the weights: the true field of errors is never quite among
those that are averaged over, so the residuals are trusted in part (Holmes & Walker 2017,
Biometrika 104, 497-503)."""
NEGLIGIBLE = 1e-4
"""Components lighter than this do not change the size of the ellipse."""


def _normal_points() -> FloatArray:
    """Return N_POINTS points of a standard normal in two dimensions, evenly spread."""
    k = np.arange(N_POINTS) + 0.5
    radius = np.sqrt(-2.0 * np.log(1.0 - k / N_POINTS))
    angle = k * np.pi * (3.0 - 5.0**0.5)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


_NORMAL = _normal_points()


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """The solution under one covariance of the observations, with the part of each."""

    shift: FloatArray
    """Shape (M,): from the origin at which the rows were made."""
    covariance: FloatArray
    """Shape (M, M)."""
    log_likelihood: float
    chi_square: float
    residual_weight: FloatArray
    """Q y, shape (N,)."""
    residual_matrix: FloatArray
    """Q, shape (N, N)."""
    gain: FloatArray
    """P A^T C^-1, shape (M, N)."""

    @property
    def residual_information(self) -> FloatArray:
        """Diagonal of Q, shape (N,)."""
        return np.diag(self.residual_matrix)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """A mixture of Gaussians over the free parameters."""

    weights: FloatArray
    """Shape (H,), sum 1."""
    shifts: FloatArray
    """Shape (H, M)."""
    covariances: FloatArray
    """Shape (H, M, M)."""
    best: Component
    """The heaviest component without an extra outlier."""
    best_case: Case
    log_evidence: float = 0.0
    """Logarithm of the likelihood, averaged over the error model, up to a constant."""
    centre: FloatArray | None = None
    """Shape (M,): where the origin is put, if not at the mean."""

    @property
    def mean(self) -> FloatArray:
        """Where the origin is put, the mean if nothing else is said; shape (M,)."""
        if self.centre is not None:
            return self.centre
        mean: FloatArray = self.weights @ self.shifts
        return mean

    def covariance_about(self, point: FloatArray) -> FloatArray:
        """Return second moments about a point, shape (M, M)."""
        apart = self.shifts - point
        spread = (self.weights[:, None] * apart).T @ apart
        moments: FloatArray = np.tensordot(self.weights, self.covariances, 1) + spread
        return moments

    def kappa_about(
        self, point: FloatArray, covariance: FloatArray, confidences: Sequence[float]
    ) -> list[float]:
        """Return the scales of the horizontal ellipse that hold so much of the mass."""
        from scipy.special import chdtri

        if len(self.weights) == 1 and not (self.shifts[0] - point)[:2].any():
            return [float(np.sqrt(chdtri(2, 1.0 - c))) for c in confidences]
        heavy = self.weights > NEGLIGIBLE
        whiten = np.linalg.inv(np.linalg.cholesky(covariance[:2, :2]))
        centres = (self.shifts[heavy, :2] - point[:2]) @ whiten.T
        spread = whiten @ np.linalg.cholesky(self.covariances[heavy, :2, :2])
        cloud = centres[:, None, :] + _NORMAL @ np.swapaxes(spread, 1, 2)
        distance_sq = (cloud**2).sum(axis=-1).ravel()
        order = np.argsort(distance_sq)
        mass = np.cumsum(np.repeat(self.weights[heavy] / N_POINTS, N_POINTS)[order])
        return [float(np.sqrt(x)) for x in np.interp(confidences, mass, distance_sq[order])]


def posterior_of(
    parts: ErrorParts,
    derivative: FloatArray,
    residual: FloatArray,
    errors: ErrorModel,
    *,
    depth_sigmas_km: tuple[tuple[float, float], ...] | None = None,
) -> Posterior:
    """Average over the error model.

    Parameters
    ----------
    parts : ErrorParts
        What the covariance of the N observations is made of.
    derivative : ndarray, shape (N, M)
        Of the free parameters.
    residual : ndarray, shape (N,)
        At the origin about which the posterior is given.
    errors : ErrorModel
        Priors.
    depth_sigmas_km : tuple of pairs, optional
        How wrong a default depth may be, and weights; the error model's if left out.
    """
    cases, priors = errors.cases(
        depth_is_default=parts.depth_is_default, depth_sigmas_km=depth_sigmas_km
    )
    if len(residual) > MANY and len(cases) > 1:
        cases, priors = _likely_cases(parts, derivative, residual, cases, priors)
    log_likelihood, shifts, covariances = _solve_all(parts, derivative, residual, cases)
    log_weight = TEMPER * log_likelihood + np.log(priors)
    top = int(np.argmax(log_weight))
    best = solve_component(parts.matrix(cases[top]), derivative, residual)
    if errors.correlated and errors.outlier_fraction > 0.0:
        extra = _outlier_cases(best, parts.model_sigma > 0.0, errors)
        total = float(np.logaddexp.reduce(log_weight))
        log_weight = np.concatenate([log_weight, total + extra[0]])
        shifts = np.concatenate([shifts, extra[1]])
        covariances = np.concatenate([covariances, extra[2]])
    weights = np.exp(log_weight - log_weight.max())
    evidence = float(np.log(weights.sum()) + log_weight.max())
    return Posterior(weights / weights.sum(), shifts, covariances, best, cases[top], evidence)


def _solve_all(
    parts: ErrorParts, derivative: FloatArray, residual: FloatArray, cases: list[Case]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    from vigie.network.location._kernels import solve_cases

    solved: tuple[FloatArray, FloatArray, FloatArray] = solve_cases(
        np.vstack([parts.reading_variance, parts.model_sigma]),
        np.vstack([parts.depth_derivative, residual, derivative.T]),
        parts.distance_km,
        parts.common,
        np.array(cases),
        np.array([DISTANCE_SHARE, SAME_SITE_KM]),
    )
    return solved


def _likely_cases(
    parts: ErrorParts,
    derivative: FloatArray,
    residual: FloatArray,
    cases: list[Case],
    priors: FloatArray,
) -> tuple[list[Case], FloatArray]:
    """Return the few heaviest cases, judged on an even sample of the observations."""
    sample = np.unique(np.linspace(0, len(residual) - 1, MANY).astype(np.int_))
    log_likelihood, _, _ = _solve_all(
        parts.take(sample), derivative[sample], residual[sample], cases
    )
    log_weight = TEMPER * log_likelihood + np.log(priors)
    kept = np.argsort(-log_weight, kind="stable")[:N_LIKELY]
    return [cases[k] for k in kept], priors[kept]


def solve_component(
    covariance: FloatArray,
    derivative: FloatArray,
    residual: FloatArray,
) -> Component:
    """Solve the linear problem under one covariance of the observations."""
    n_obs, n_par = derivative.shape
    white = whitened(covariance, np.column_stack([derivative, residual, np.eye(n_obs)]))
    a, y, root = white[:, :n_par], white[:, n_par], white[:, n_par + 1 :]
    q, r = np.linalg.qr(a)
    inverse_r = np.linalg.pinv(r)
    shift = inverse_r @ (q.T @ y)
    rest = y - a @ shift
    complement = root - q @ (q.T @ root)
    # The root's own triangle holds the inverse of the factor, and so its determinant.
    log_det = -2.0 * float(np.log(np.diag(root)).sum())
    log_det += 2.0 * float(np.log(np.maximum(np.abs(np.diag(r)), 1e-12)).sum())
    chi_square = float(rest @ rest)
    return Component(
        shift,
        inverse_r @ inverse_r.T,
        -0.5 * (log_det + chi_square),
        chi_square,
        complement.T @ rest,
        complement.T @ complement,
        inverse_r @ (q.T @ root),
    )


def _outlier_cases(
    best: Component, is_time: BoolArray, errors: ErrorModel
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log weight (against all regular cases), shift and covariance per time."""
    index = np.flatnonzero(is_time)
    information = best.residual_information[index]
    weighted = best.residual_weight[index]
    variance = errors.outlier_sigma_s**2
    growth = 1.0 + variance * information
    share = variance / growth
    log_odds = np.log(errors.outlier_fraction / (1.0 - errors.outlier_fraction))
    log_weight = log_odds - 0.5 * np.log(growth) + 0.5 * share * weighted**2
    gain = best.gain[:, index].T
    shifts = best.shift - gain * (share * weighted)[:, None]
    spread = gain[:, :, None] * gain[:, None, :] * share[:, None, None]
    return log_weight, shifts, best.covariance + spread
