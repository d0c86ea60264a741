"""Covariance of the observations: errors of readings, of the model, and of a default depth.

Times of the same family of phases have model errors that correlate with the distance
between their stations,

    C_ij = m_i m_j s^2 [(1 - v - w) exp(-(d_ij / L)^q) + w exp(-|D_i - D_j| / 15 deg)],
    C_ii = r_i^2 + s^2 m_i^2,

with r the error of the reading, m that of the model, s a scale, L a length, q 1 for a rough
and 2 for a smooth field of errors (Bondar & McLaughlin 2009, BSSA 99, 172-193; both forms are
positive definite for chords d through the sphere). v is the share of the model's error that
is a station's own: without it neighbours would be told apart to a tenth of a second. w is
the share that all stations at one epicentral distance D have in common, since the
one-dimensional model itself, and the source side of the paths, are wrong: it hardly moves
an epicentre but makes the depth from far stations as uncertain as it is. Azimuths and
slownesses are taken as independent. A depth that is only a default adds z^2 g g^T, g the
derivative of the times with depth and z the standard error of the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import FloatArray

if TYPE_CHECKING:
    from vigie.network.location.kinds import BoolArray, Case, IntArray
    from vigie.network.location.linear import Rows
    from vigie.network.location.readings import Readings

MEAN_RADIUS_KM = 6371.0
"""Of the sphere of ak135 and iasp91."""
SMALL = 150
"""Observations up to which compiled loops are quicker than the library."""
DISTANCE_SHARE = 0.1
"""Share w: 0.4 s where the model errs by 1.15 s, as mean residuals of regions differ."""
DISTANCE_LENGTH_DEG = 15.0
"""As far as slowness tells distances apart: 15 deg change that of teleseismic P by 1 s/deg or more.
Half or twice of it move 1 of 50 origins by 3 and 7 km."""
SAME_SITE_KM = 1.0
"""Readings of one family at one site share the station's own error; it fades over so far."""


@dataclass(frozen=True, slots=True, eq=False)
class ErrorParts:
    """What the covariance of N used rows is made of."""

    reading_variance: FloatArray
    """Shape (N,)."""
    model_sigma: FloatArray
    """Shape (N,); zero for rows whose model error counts as the reading's."""
    distance_km: FloatArray
    """Shape (N, N), along chords; infinite between rows that share no path."""
    common: FloatArray
    """Shape (N, N): likeness of errors by epicentral distance alone."""
    depth_derivative: FloatArray
    """Shape (N,), s/km: of times with depth; zero unless the depth is a default."""

    @property
    def depth_is_default(self) -> bool:
        """Whether an error of the depth counts."""
        return bool(self.depth_derivative.any())

    def take(self, rows: IntArray) -> ErrorParts:
        """Return the parts of some of the rows."""
        return ErrorParts(
            self.reading_variance[rows],
            self.model_sigma[rows],
            self.distance_km[np.ix_(rows, rows)],
            self.common[np.ix_(rows, rows)],
            self.depth_derivative[rows],
        )

    def matrix(self, case: Case) -> FloatArray:
        """Return the covariance in one case, shape (N, N)."""
        scale, length_km, power, own_share, depth_sigma_km = case
        model = (scale * self.model_sigma) ** 2
        if length_km <= 0.0:
            covariance = np.diag(self.reading_variance + model)
        else:
            scaled = scale * self.model_sigma
            covariance = np.exp(-((self.distance_km / length_km) ** power))
            covariance *= 1.0 - DISTANCE_SHARE - own_share
            # A Gaussian, since "nearer than" is not positive definite for three stations.
            same_site = np.exp(-((self.distance_km / SAME_SITE_KM) ** 2))
            covariance += self.common + own_share * same_site
            covariance *= np.outer(scaled, scaled)
            np.fill_diagonal(covariance, self.reading_variance + model)
        shift = depth_sigma_km * self.depth_derivative
        return covariance + np.outer(shift, shift)


def whitened(covariance: FloatArray, values: FloatArray) -> FloatArray:
    """Return L^-1 values with covariance = L L^T, shape (N, c).

    Compiled loops for matrices so small that a call of the linear-algebra library costs more
    than the work (and far more when it starts threads), the library for larger ones.
    """
    if len(covariance) > SMALL:
        from scipy.linalg import solve_triangular

        factor = np.linalg.cholesky(covariance)
        solved: FloatArray = solve_triangular(factor, values, lower=True, check_finite=False)
        return solved
    from vigie.network.location._kernels import cholesky, whiten

    white: FloatArray = whiten(cholesky(covariance), np.ascontiguousarray(values.T)).T
    return white


def error_parts(
    readings: Readings,
    rows: Rows,
    use: BoolArray,
    *,
    default_depth: bool,
) -> ErrorParts:
    """Gather the parts of the covariance of the rows that are used.

    Parameters
    ----------
    readings, rows
        The event's readings, linearised at its origin.
    use : ndarray of bool, shape (3 n,)
        Rows that define the origin; there are N of them.
    default_depth : bool
        Whether the depth is held at a default that may be wrong.
    """
    index = np.flatnonzero(use)
    n = len(readings)
    is_time = index < n
    reading_variance = rows.reading_sigma[index] ** 2
    model_sigma = rows.model_sigma[index].copy()
    # Errors of azimuth and slowness models are local: they go with the reading.
    reading_variance[~is_time] += model_sigma[~is_time] ** 2
    model_sigma[~is_time] = 0.0
    depth_derivative = np.zeros(len(index))
    if default_depth:
        depth_derivative[is_time] = rows.derivative[index[is_time], 2]
    distance_km, common = _likeness(readings, rows, index % n, is_time)
    return ErrorParts(reading_variance, model_sigma, distance_km, common, depth_derivative)


def _likeness(
    readings: Readings, rows: Rows, reading: IntArray, is_time: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return distances between stations, and the likeness by epicentral distance alone."""
    directions = readings.directions[reading]
    # The chord from the cosine; rounding leaves some metres between a station and itself.
    chord = np.sqrt(np.maximum(2.0 - 2.0 * (directions @ directions.T), 0.0))
    distance: FloatArray = MEAN_RADIUS_KM * chord
    families = rows.families[reading]
    apart = families[:, None] != families[None, :]
    apart |= ~(is_time[:, None] & is_time[None, :])
    distance[apart] = np.inf
    delta = rows.predictions.delta_deg[reading]
    common = DISTANCE_SHARE * np.exp(np.abs(delta[:, None] - delta[None, :]) / -DISTANCE_LENGTH_DEG)
    common[apart] = 0.0
    return distance, common
