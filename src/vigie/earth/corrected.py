"""Times with all corrections of one source at many sites, compiled: one loop, no temporary arrays.

``predict_columns`` does for n (phase, site) pairs what ``distance_azimuths``,
``kernels.evaluate_many``, ``ellipticity_correction_s``, ``elevation_correction_s`` and
``ModelError`` do one after the other; those are its plain twins, and the tests compare them. A
locator predicts the same few dozen pairs again and again, and the calls of NumPy cost more
there than the work. Cost: 0.04 ms for 50 pairs, against 0.3 ms
with the twins.

``kernels.evaluate`` is compiled into this file's code, and Numba's cache on disk looks at the age
of this file only: who changes ``kernels`` in a working copy touches this file as well.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from vigie.earth.kernels import evaluate
from vigie.geodesy import KM_PER_DEG
from vigie.geodesy.sphere import EQUATORIAL_RADIUS_KM, FLATTENING

if TYPE_CHECKING:
    from vigie.earth.tables import FloatArray, IntArray, PhaseTables

RAD = math.pi / 180.0
MEAN_RADIUS_KM = 6371.0
"""Of the sphere of ak135 and iasp91."""
SQUASH = (1.0 - FLATTENING) ** 2
COLUMNS = (
    "time_s", "slowness_s_per_deg", "dt_ddepth_s_per_km", "d2t_ddelta2", "delta_deg", "esaz_deg",
    "seaz_deg", "time_sigma_s", "azimuth_sigma_deg", "ellipticity_s", "elevation_s",
)  # fmt: skip
"""Rows of what ``predict_columns`` returns; ``time_s`` is the table's, without corrections."""
_inline = nb.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)


class PhaseFacts(NamedTuple):
    """What does not change of k phase names, as columns."""

    number: IntArray
    """(k,): in the travel-time tables."""
    ellipticity: IntArray
    """(k,): in the ellipticity tables; -1 where there is none."""
    guided_km_s: FloatArray
    """(k,): group velocity of a wave along the surface, 0 for others."""
    surface_s_per_km: FloatArray
    """(k,): inverse velocity under the station of the wave that arrives; 0: no correction."""
    node_deg: FloatArray
    """(k, m): distances of the nodes of the model's error, the last repeated."""
    node_s: FloatArray
    """(k, m)."""


class Settings(NamedTuple):
    """Corrections that are made, and bounds of the model's errors."""

    ellipticity: bool
    elevation: bool
    max_share: float
    least_s: float
    azimuth_slowness_sigma_s_per_deg: float
    max_azimuth_sigma_deg: float


class Ellipticity(NamedTuple):
    """Coefficients of the ellipticity correction."""

    delta_deg: FloatArray
    depth_km: FloatArray
    tau_s: FloatArray
    """(n_phases, n_depths, n_distances, 3)."""


class Corrections(NamedTuple):
    """What is added to the tables."""

    ellipticity: Ellipticity
    facts: PhaseFacts
    settings: Settings


@_inline
def _geometry(phi1: float, lam1: float, phi2: float, lam2: float) -> tuple[float, float, float]:
    """Distance and both azimuths in deg, from geocentric latitudes and longitudes in rad."""
    sin1, cos1, sin2, cos2 = math.sin(phi1), math.cos(phi1), math.sin(phi2), math.cos(phi2)
    lam = lam2 - lam1
    sin_lam = math.sin(lam)
    half = 2.0 * math.sin(0.5 * lam) ** 2
    cross = math.sin(phi2 - phi1)
    north = cross + sin1 * cos2 * half
    north_back = -cross + sin2 * cos1 * half
    east = cos2 * sin_lam
    along = sin1 * sin2 + cos1 * cos2 * math.cos(lam)
    delta = math.atan2(math.hypot(east, north), along) / RAD
    azimuth = math.atan2(east, north) / RAD % 360.0 % 360.0
    back = math.atan2(-cos1 * sin_lam, north_back) / RAD % 360.0 % 360.0
    return delta, azimuth, back


@_inline
def _geocentric(latitude_deg: float) -> float:
    phi = latitude_deg * RAD
    return math.atan2(SQUASH * math.sin(phi), math.cos(phi))


@_inline
def _ellipticity_s(
    table: Ellipticity, row: int, k: int, g: float, delta_deg: float, weights: FloatArray
) -> float:
    step = table.delta_deg[1]
    last = table.delta_deg.shape[0] - 2
    j = min(max(int(delta_deg / step), 0), last)
    h = delta_deg / step - j
    total = 0.0
    for c in range(3):
        upper = table.tau_s[row, k, j, c] * (1.0 - h) + table.tau_s[row, k, j + 1, c] * h
        lower = table.tau_s[row, k + 1, j, c] * (1.0 - h) + table.tau_s[row, k + 1, j + 1, c] * h
        total += ((1.0 - g) * upper + g * lower) * weights[c]
    return total


@_inline
def _surface_excess_km(phi: float, zeta: float, delta_deg: float) -> float:
    x = delta_deg * RAD
    a, b = math.sin(phi), math.cos(phi) * math.cos(zeta)
    wave = 0.25 * math.sin(2.0 * x)
    squares = a * a * (0.5 * x + wave) + b * b * (0.5 * x - wave) + a * b * math.sin(x) ** 2
    return EQUATORIAL_RADIUS_KM * (x - FLATTENING * squares) - MEAN_RADIUS_KM * x


@_inline
def _between_nodes(nodes: FloatArray, values: FloatArray, at: float) -> float:
    if not at > nodes[0]:
        return float(values[0])
    for i in range(1, nodes.shape[0]):
        if at < nodes[i]:
            share = (at - nodes[i - 1]) / (nodes[i] - nodes[i - 1])
            return float(values[i - 1] + share * (values[i] - values[i - 1]))
    return float(values[-1])


@_inline
def _between_depths(depth_km: FloatArray, at_km: float) -> tuple[int, float]:
    """Return the node above a depth and the share of the way to the next."""
    z = min(max(at_km, depth_km[0]), depth_km[-1])
    k = 0
    while k < depth_km.shape[0] - 2 and z >= depth_km[k + 1]:
        k += 1
    return k, (z - depth_km[k]) / (depth_km[k + 1] - depth_km[k])


@_inline
def _put_weights(weights: FloatArray, phi: float, zeta: float) -> None:
    """Write what the three ellipticity coefficients count for at a latitude and azimuth."""
    theta = 0.5 * math.pi - phi
    half_root = 0.5 * math.sqrt(3.0)
    weights[0] = 0.25 * (1.0 + 3.0 * math.cos(2.0 * theta))
    weights[1] = half_root * math.sin(2.0 * theta) * math.cos(zeta)
    weights[2] = half_root * math.sin(theta) ** 2 * math.cos(2.0 * zeta)


@_inline
def _sigmas(settings: Settings, sigma_s: float, time_s: float, slope: float) -> tuple[float, float]:
    """Return the standard errors of the model's time (s) and azimuth (deg)."""
    if math.isnan(time_s):
        return math.nan, math.nan
    bounded = min(sigma_s, settings.least_s + settings.max_share * abs(time_s))
    ratio = settings.azimuth_slowness_sigma_s_per_deg / abs(slope)
    turn = math.asin(min(ratio, 1.0)) / RAD
    return bounded, min(turn, settings.max_azimuth_sigma_deg)


@_inline
def _elevation_s(surface_s_per_km: float, slope: float, height_km: float) -> float:
    """Return the time through the ground above sea level; 0 where the height is not known."""
    if math.isnan(height_km):
        return 0.0
    flat = surface_s_per_km**2 - (slope / KM_PER_DEG) ** 2
    # A slowness of NaN stays NaN.
    return height_km * math.sqrt(flat if not flat < 0.0 else 0.0)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def predict_columns(
    tables: PhaseTables,
    corrections: Corrections,
    names: IntArray,
    source: tuple[float, float, float],
    sites: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:
    """Predict n pairs.

    Parameters
    ----------
    tables, corrections
        Of the model.
    names : ndarray of int, shape (n,)
        Row of each pair's phase in ``corrections.facts``.
    source : tuple
        Latitude and longitude, deg, and depth, km.
    sites : tuple of ndarray, shape (n,) each
        Latitude and longitude, deg, and elevation, m (NaN counts as 0).

    Returns
    -------
    ndarray, shape (11, n)
        ``COLUMNS``; NaN where the phase does not exist, but for distance and azimuths.
    """
    ellipticity, facts, settings = corrections
    n = names.shape[0]
    out = np.empty((11, n))
    phi1, lam1, depth_km = _geocentric(source[0]), source[1] * RAD, source[2]
    k, g = _between_depths(ellipticity.depth_km, depth_km)
    weights = np.empty(3)
    for i in range(n):
        f = names[i]
        delta, azimuth, back = _geometry(phi1, lam1, _geocentric(sites[0][i]), sites[1][i] * RAD)
        time, slope, down, bend = evaluate(tables, facts.number[f], delta, depth_km)
        out[0, i], out[1, i], out[2, i], out[3, i] = time, slope, down, bend
        out[4, i], out[5, i], out[6, i] = delta, azimuth, back
        sigma = _between_nodes(facts.node_deg[f], facts.node_s[f], delta)
        out[7, i], out[8, i] = _sigmas(settings, sigma, time, slope)
        out[9, i] = out[10, i] = 0.0
        if settings.ellipticity:
            zeta = azimuth * RAD
            if facts.ellipticity[f] >= 0:
                _put_weights(weights, phi1, zeta)
                out[9, i] = _ellipticity_s(ellipticity, facts.ellipticity[f], k, g, delta, weights)
            elif facts.guided_km_s[f] > 0.0:
                out[9, i] = _surface_excess_km(phi1, zeta, delta) / facts.guided_km_s[f]
        if settings.elevation and facts.surface_s_per_km[f] > 0.0:
            out[10, i] = _elevation_s(facts.surface_s_per_km[f], slope, sites[2][i] * 1e-3)
    return out
