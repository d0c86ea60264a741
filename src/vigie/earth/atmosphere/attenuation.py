"""How much infrasound is left at a distance: the attenuation relation of Le Pichon et al. 2012.

What it computes: A(f, R, V) = (1/R) 10^(alpha R/20) + R^beta / (1 + 10^((180 - R)/sigma)), the
pressure relative to 1 km, R in km: a near part that dies in the shadow, 180 km wide, and a ducted
part whose decay beta follows frequency and the effective sound speed ratio V. Source: Le Pichon,
Ceranna & Vergoz 2012 (JGR 117, D05121), fitted to parabolic-equation runs; coefficients as in the
open code openVIS, which agree with the paper's form. Between the rows alpha, sigma and beta are
linear in log f, beta in V too. Assumptions: one profile along the path, 0.1-3.2 Hz, V 0.85-1.18;
outside the edge values are taken and `Transmission.clamped` says so. Accuracy: 56 published check
values to 0.005 dB; how well the relation predicts was not measured here, and 10 dB are chosen.
Cost: 0.4 ms for 1,000 values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]

SHADOW_KM = 180.0
"""Width of the shadow zone."""
MODEL_SIGMA_DB = 10.0
"""Standard error of the relation as a prediction, dB; chosen: neural networks made because this
relation is coarse differ from full-wave runs by 4 to 9 dB (arXiv 2506.06351, 2506.06358)."""
FREQ_HZ = np.array([0.1, 0.2, 0.4, 0.8, 1.6, 3.2])
RATIO = np.array([0.85, 0.88, 0.91, 0.94, 0.97, 1.00, 1.03, 1.06, 1.09, 1.12, 1.15, 1.18])
ALPHA_DB_PER_KM = np.array([-0.28, -0.33, -0.39, -0.47, -0.59, -0.69])
SIGMA_KM = np.array([79.0, 55.0, 43.0, 36.0, 27.0, 20.0])
BETA = -np.array(
    [
        [1.00, 1.00, 1.00, 1.00, 1.00, 0.90, 0.90, 0.85, 0.85, 0.85, 0.80, 0.80],
        [1.20, 1.20, 1.15, 1.10, 1.05, 0.95, 0.90, 0.85, 0.85, 0.85, 0.80, 0.80],
        [1.35, 1.40, 1.40, 1.35, 1.15, 1.00, 0.90, 0.90, 0.90, 0.85, 0.85, 0.85],
        [1.70, 1.60, 1.60, 1.55, 1.30, 1.05, 0.90, 0.90, 0.90, 0.90, 0.95, 0.90],
        [1.95, 1.95, 1.85, 1.75, 1.40, 1.15, 0.95, 0.95, 1.00, 1.00, 1.05, 1.05],
        [2.40, 2.30, 2.10, 1.85, 1.45, 1.20, 1.00, 1.00, 1.05, 1.10, 1.15, 1.20],
    ]
)
"""Exponent of the ducted part, by frequency and V."""


@dataclass(frozen=True, slots=True, eq=False)
class Transmission:
    """Pressure at a distance over that at 1 km, as columns of shape (n,)."""

    ratio: FloatArray
    """Pressure ratio A, above 0."""
    clamped: NDArray[np.bool_]
    """Where frequency or V lay outside the table, or the range below 1 km: the edge was taken."""

    @property
    def level_db(self) -> FloatArray:
        """20 log10 A."""
        return np.asarray(20.0 * np.log10(self.ratio))


def transmission(freq_hz: ArrayLike, range_km: ArrayLike, ratio: ArrayLike) -> Transmission:
    """Return how much pressure is left.

    Parameters
    ----------
    freq_hz, range_km, ratio : array_like
        Frequency; distance, 1 km or more (less counts as 1 km); effective sound speed ratio V.
        Broadcast to n.

    Raises
    ------
    ParameterError
        A value is not a number or not above 0.

    Examples
    --------
    >>> round(float(transmission(0.4, 1000.0, 1.0).level_db[0]), 2)
    -60.0
    """
    f, r, v = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (freq_hz, range_km, ratio))
    )
    for name, column in (("freq_hz", f), ("range_km", r), ("ratio", v)):
        if not np.all(np.isfinite(column) & (column > 0.0)):
            raise ParameterError(name=name, value="0, negative or NaN", expected="above 0")
    clamped = (f < FREQ_HZ[0]) | (f > FREQ_HZ[-1]) | (v < RATIO[0]) | (v > RATIO[-1]) | (r < 1.0)
    distance = np.maximum(r, 1.0)
    alpha, sigma, beta = coefficients(f, v)
    near = 10.0 ** (alpha * distance / 20.0) / distance
    ducted = distance**beta / (1.0 + 10.0 ** ((SHADOW_KM - distance) / sigma))
    return Transmission(near + ducted, clamped)


def coefficients(
    freq_hz: FloatArray, ratio: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return alpha (dB/km), sigma (km) and beta, interpolated; edges are taken outside."""
    octave = np.log2(freq_hz / FREQ_HZ[0])
    row = np.clip(octave, 0.0, len(FREQ_HZ) - 1.0)
    column = np.clip((ratio - RATIO[0]) / (RATIO[1] - RATIO[0]), 0.0, len(RATIO) - 1.0)
    i = np.minimum(row.astype(np.int64), len(FREQ_HZ) - 2)
    j = np.minimum(column.astype(np.int64), len(RATIO) - 2)
    a, b = row - i, column - j
    alpha = (1.0 - a) * ALPHA_DB_PER_KM[i] + a * ALPHA_DB_PER_KM[i + 1]
    sigma = (1.0 - a) * SIGMA_KM[i] + a * SIGMA_KM[i + 1]
    low = (1.0 - b) * BETA[i, j] + b * BETA[i, j + 1]
    high = (1.0 - b) * BETA[i + 1, j] + b * BETA[i + 1, j + 1]
    return alpha, sigma, (1.0 - a) * low + a * high
