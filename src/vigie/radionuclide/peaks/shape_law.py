"""Resolution and shape of a detector, learnt from the strong peaks of one spectrum.

Each strong, single peak gives width, tails and step with an information matrix (that of the data:
the fit's less its prior's). They are taken as drawn from a law linear in the energy with a scatter
between peaks; law and scatter are found by expectation and maximisation (random effects, Laird &
Ware 1982, Biometrics 38, 963), with the law known before as a prior. Where a spectrum has no strong
peak the law stays as it was. Widths then correct the resolution curve, which keeps points of the
curve known before, at 6 % each.

511 keV (Doppler broadened) and recoil peaks are left out. Accuracy as measured: see
``docs/methods/peaks.md``. Cost: 2 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.resolution import fit_widths
from vigie.radionuclide.peaks.shape import ShapeLaw

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.resolution import ResolutionCurve
    from vigie.radionuclide.peaks.rounds import Round
    from vigie.radionuclide.peaks.scene import Scene

FloatArray = NDArray[np.float64]

LEAST_Z = 8.0
"""Significance of a peak that tells of widths."""
LONE = 15.0
"""A peak of a multiplet counts where it is that many times the others together."""
LEAST_SCATTER = np.array([0.004, 0.004, 0.0015, 0.0015, 0.0003])
PRIOR_SIGMA = np.array([0.2, 0.08, 0.015, 0.012, 0.004])
"""Of the law at 1000 keV, when nothing of the detector is known."""
PRIOR_SLOPE_SIGMA = np.array([1e-4, 0.05, 0.008, 0.004, 0.002])
"""Of its change per 1000 keV."""
OLD_POINTS_KEV = np.array([50.0, 200.0, 700.0, 1500.0, 2700.0])
OLD_WEIGHT, BLIND_WEIGHT = 0.06, 0.15
"""Relative errors of widths by the curve known before, stated or found in the spectrum."""
ROOT_LOSS = 6.0
STRAY = 0.35
"""Logarithm by which a width strays from the median of all where it is no width of a line."""
ROUNDS = 12
OUTLIER_CHI2 = 20.0
"""Mahalanobis distance^2 (5 parameters) beyond which a peak is taken as no single peak."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ShapeSample:
    """What one strong peak says of the shape."""

    energy_kev: float
    information: FloatArray
    """Shape (5, 5), of the data alone."""
    weighted: FloatArray
    """Information times estimate, shape (5,)."""
    law: FloatArray
    """Shape with which it was fitted."""


def shape_samples(scene: Scene, last: Round) -> list[ShapeSample]:
    """Return the strong single peaks of a round."""
    out = []
    for fit in last.fits:
        areas = fit.p[: fit.n_peaks]
        top = int(np.argmax(areas))
        rest = float(np.abs(areas).sum() - areas[top])
        group = fit.group
        if (
            fit.n_peaks == 0
            or group.kinds.any()
            or areas[top] < LEAST_Z * fit.null_sigma[top]
            or areas[top] < LONE * rest
            or not group.theta_sigma.any()
            or not fit.converged
        ):
            continue
        n = fit.n_peaks
        common = slice(3 * n, 3 * n + 5)
        posterior = _inverse(fit.cov[common, common])
        prior = np.diag(group.theta_sigma**-2.0)
        energy = float(scene.energy(fit.places[top : top + 1])[0])
        out.append(
            ShapeSample(
                energy_kev=energy,
                information=_positive(posterior - prior),
                weighted=posterior @ fit.theta - prior @ group.theta,
                law=group.theta,
            )
        )
    return out


def _inverse(matrix: FloatArray) -> FloatArray:
    """Return the inverse of one or several; of one that is singular, that in its own directions.

    Peaks of very many counts know some directions so much better than others that rounding leaves
    nothing of the latter.
    """
    try:
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix, hermitian=True))


def _positive(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def learn(samples: list[ShapeSample], before: ShapeLaw) -> ShapeLaw:
    """Return the law of the samples, with the one known before as prior."""
    if not samples:
        return before
    prior_mean = np.concatenate([before.at_1000_kev, before.per_1000_kev])
    prior = np.diag(np.concatenate([PRIOR_SIGMA, PRIOR_SLOPE_SIGMA]) ** -2.0)
    information = np.array([s.information for s in samples])
    weighted = np.array([s.weighted for s in samples])
    design = np.array([_design(s.energy_kev) for s in samples])
    own = np.einsum("kij,kj->ki", np.linalg.pinv(information), weighted)
    scatter, coefficients = before.scatter.copy(), prior_mean
    for _ in range(ROUNDS):
        # What each peak says of the law: its own information, blurred by the scatter.
        narrow = np.diag(scatter**-2.0)
        cov = _inverse(information + narrow)
        blurred = narrow @ cov @ information
        law = design @ coefficients
        off = own - law
        inside = np.einsum("ki,kij,kj->k", off, blurred, off) < OUTLIER_CHI2
        turned = np.swapaxes(design[inside], 1, 2)
        normal = prior + (turned @ blurred[inside] @ design[inside]).sum(axis=0)
        sums = np.einsum("kij,kjl,kl->i", turned, narrow @ cov[inside], weighted[inside])
        coefficients = np.linalg.solve(normal, prior @ prior_mean + sums)
        law = design @ coefficients
        deviation = np.einsum("kij,kj->ki", cov, weighted + law @ narrow) - law
        spread = deviation**2 + np.diagonal(cov, axis1=1, axis2=2)
        scatter = _scatter(spread[inside], before.scatter)
    return ShapeLaw(
        at_1000_kev=coefficients[:5],
        per_1000_kev=coefficients[5:],
        scatter=scatter,
        covariance=np.linalg.inv(normal),
        peaks_used=int(inside.sum()),
    )


def _design(energy_kev: float) -> FloatArray:
    return np.hstack([np.eye(5), (energy_kev / 1000.0 - 1.0) * np.eye(5)])


def _scatter(squares: FloatArray, before: FloatArray) -> FloatArray:
    # Two peaks' worth of what is usual steadies the scatter of few peaks.
    usual = 2.0 * np.minimum(before, 3.0 * LEAST_SCATTER) ** 2
    mean = (usual + squares.sum(axis=0)) / (len(squares) + 2)
    return np.asarray(np.maximum(np.sqrt(mean), LEAST_SCATTER))


def widths_of(
    samples: list[ShapeSample], law: ShapeLaw, curve: ResolutionCurve, *, blind: bool
) -> tuple[ResolutionCurve, ShapeLaw]:
    """Move what the law says of the width into the resolution curve.

    With ``blind`` the curve was found in the spectrum and is believed less.
    """
    if not samples:
        return curve, law
    energy = np.array([s.energy_kev for s in samples])
    factor, error = _factors(samples, law)
    middle = float(np.median(factor))
    good = np.abs(factor - middle) < STRAY + 3.0 * error
    energy, factor, error = energy[good], factor[good], error[good]
    known = curve.fwhm(energy)
    old = curve.fwhm(OLD_POINTS_KEV)
    weight = BLIND_WEIGHT if blind else OLD_WEIGHT
    better = fit_widths(
        np.concatenate([energy, OLD_POINTS_KEV]),
        np.concatenate([known * np.exp(factor), old * np.exp(middle)]),
        np.concatenate([known * error, weight * old]),
        root_loss=ROOT_LOSS,
    )
    still = law.at_1000_kev.copy()
    still[0] = 0.0
    flat = law.per_1000_kev.copy()
    flat[0] = 0.0
    covariance = law.covariance.copy()
    # The width's error at the law is what a hundredth of the widths is usually known to.
    covariance[[0, 5], :] = covariance[:, [0, 5]] = 0.0
    covariance[0, 0] = 0.005**2
    moved = replace(law, at_1000_kev=still, per_1000_kev=flat, covariance=covariance)
    return better, moved


def _factors(samples: list[ShapeSample], law: ShapeLaw) -> tuple[FloatArray, FloatArray]:
    """Logarithm of each peak's width over the curve's, the other parameters at the law."""
    factor, error = np.zeros(len(samples)), np.zeros(len(samples))
    for i, s in enumerate(samples):
        narrow = law.scatter**-2.0
        narrow[0] = 1e-6
        theta = law.theta(s.energy_kev)
        cov = _inverse(s.information + np.diag(narrow))
        own = cov @ (s.weighted + np.diag(narrow) @ theta)
        factor[i], error[i] = own[0], np.sqrt(cov[0, 0] + 0.005**2)
    return np.clip(factor, -1.0, 1.0), error
