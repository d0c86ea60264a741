"""Covariance of the observations: errors of readings, of the model, and of a default depth.

Times of the same family of phases have model errors that correlate with the distance
between their stations,

    C_ij = m_i m_j s^2 (1 - v) exp(-(d_ij / L)^q),    C_ii = r_i^2 + s^2 m_i^2,

with r the error of the reading, m that of the model, s a scale, L a length, q 1 for a rough
and 2 for a smooth field of errors, and v the share of the model's error that is a station's
own (Bondar & McLaughlin 2009, BSSA 99, 172-193; both forms are positive definite for chords
d through the sphere). Azimuths and slownesses are taken
as independent. A depth that is only a default adds z^2 g g^T, g the derivative of the times
with depth and z the standard error of the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth.base import FloatArray
from vigie.geodesy import unit_vectors
from vigie.network.location.phases import families_of

if TYPE_CHECKING:
    from vigie.network.location.linear import Rows
    from vigie.network.location.readings import BoolArray, IntArray, Readings

MEAN_RADIUS_KM = 6371.0
SMALL = 150
"""Observations up to which compiled loops are quicker than the library."""
STATION_SHARE = 0.1
"""Share v of the model's error variance that neighbours do not share."""


class Case(NamedTuple):
    """One possibility of what is not known of the errors."""

    scale: float
    """True over stated size of the model's errors."""
    length_km: float
    """Over which they correlate; 0: independent."""
    power: float
    """1: rough, exponential; 2: smooth, Gaussian."""
    depth_sigma_km: float
    """Standard error of a default depth."""


@dataclass(frozen=True, slots=True, eq=False)
class ErrorParts:
    """What the covariance of N used rows is made of."""

    reading_variance: FloatArray
    """Shape (N,)."""
    model_sigma: FloatArray
    """Shape (N,); zero for rows whose model error counts as the reading's."""
    distance_km: FloatArray
    """Shape (N, N), along chords; infinite between rows that share no path."""
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
            self.depth_derivative[rows],
        )

    def matrix(self, case: Case) -> FloatArray:
        """Return the covariance in one case, shape (N, N)."""
        scale, length_km, power, depth_sigma_km = case
        model = (scale * self.model_sigma) ** 2
        if length_km <= 0.0:
            covariance = np.diag(self.reading_variance + model)
        else:
            scaled = scale * self.model_sigma
            covariance = (1.0 - STATION_SHARE) * np.exp(-((self.distance_km / length_km) ** power))
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

    white: FloatArray = whiten(cholesky(covariance), np.ascontiguousarray(values))
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
    return ErrorParts(
        reading_variance,
        model_sigma,
        _path_distance_km(readings, rows, index % n, is_time),
        depth_derivative,
    )


def _path_distance_km(
    readings: Readings, rows: Rows, reading: IntArray, is_time: BoolArray
) -> FloatArray:
    directions = unit_vectors(readings.sites.latitude, readings.sites.longitude)[reading]
    chord = np.linalg.norm(directions[:, None, :] - directions[None, :, :], axis=-1)
    distance: FloatArray = MEAN_RADIUS_KM * chord
    families = np.array(families_of(rows.phases))[reading]
    apart = families[:, None] != families[None, :]
    apart |= ~(is_time[:, None] & is_time[None, :])
    distance[apart] = np.inf
    return distance
