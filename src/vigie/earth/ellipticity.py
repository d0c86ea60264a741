"""How much the Earth's ellipticity changes travel times.

What it computes: the seconds to add to the time of a spherical model at the geocentric
distance,

    dt = (1 + 3 cos 2theta)/4 tau0 + sqrt(3)/2 sin 2theta cos zeta tau1
         + sqrt(3)/2 sin^2 theta cos 2zeta tau2,

theta the geocentric colatitude of the source, zeta the azimuth from source to station, and
tau_k tabulated by phase, distance and depth.

Source: Dziewonski & Gilbert 1976, GJRAS 44, 7-17; Kennett & Gudmundsson 1996, GJI 127, 40-48;
coefficients from EllipticiPy (Russell, Rudge, Irving & Cottaar 2022, GJI 231, 2095-2101) for
ak135, by ``builders/build_ellipticity.py``. Waves along the surface have no such table; for
them the path itself is measured on the ellipsoid.

Assumptions: coefficients of ak135 serve iasp91 too. Accuracy and cost: see
docs/methods/travel-times.md.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.phases import PHASES, SPEED, canonical
from vigie.geodesy import geocentric_latitude_deg
from vigie.geodesy.sphere import EQUATORIAL_RADIUS_KM, FLATTENING

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
MEAN_RADIUS_KM = 6371.0
"""Of the sphere of ak135 and iasp91."""

MEMBERS = {"PKP": "PKPdf", "pPKP": "pPKPdf", "sPKP": "sPKPdf", "SKS": "SKSac", "SKP": "SKPdf",
           "PKKP": "PKKPbc", "PKPPKP": "PKPPKPdf"}  # fmt: skip
"""Whose coefficients the phases without a branch take."""


class EllipticityTable(NamedTuple):
    """Coefficients by phase, depth and distance."""

    phases: tuple[str, ...]
    delta_deg: FloatArray
    depth_km: FloatArray
    tau_s: FloatArray
    """Shape (n_phases, n_depths, n_distances, 3)."""


@cache
def load_table() -> EllipticityTable:
    """Load the coefficients, once."""
    source = resources.files("vigie.earth") / "data" / "ellipticity.npz"
    with source.open("rb") as stream, np.load(stream) as data:
        info: dict[str, Any] = json.loads(str(data["info"]))
        return EllipticityTable(
            tuple(info["phases"]),
            data["delta_deg"],
            data["depth_km"],
            data["tau_s"].astype(np.float64),
        )


def weights(source_latitude_deg: float, azimuth_deg: FloatArray) -> FloatArray:
    """Return the factors of tau0, tau1, tau2: shape (n, 3).

    Parameters
    ----------
    source_latitude_deg : float
        Geographic.
    azimuth_deg : ndarray, shape (n,)
        From the source to each station.
    """
    theta = np.radians(90.0 - geocentric_latitude_deg(source_latitude_deg))
    zeta = np.radians(azimuth_deg)
    half_root = 0.5 * np.sqrt(3.0)
    return np.stack(
        [
            np.full_like(zeta, 0.25 * (1.0 + 3.0 * np.cos(2.0 * theta))),
            half_root * np.sin(2.0 * theta) * np.cos(zeta),
            half_root * np.sin(theta) ** 2 * np.cos(2.0 * zeta),
        ],
        axis=-1,
    )


def ellipticity_correction_s(
    phases: Sequence[str],
    source_latitude_deg: float,
    depth_km: float,
    delta_deg: FloatArray,
    azimuth_deg: FloatArray,
) -> FloatArray:
    """Return the seconds to add to each travel time.

    Parameters
    ----------
    phases : sequence of str, n
        Names or other spellings.
    source_latitude_deg, depth_km : float
        Of the source; latitude geographic.
    delta_deg, azimuth_deg : ndarray, shape (n,)
        Geocentric distance and azimuth from the source.

    Returns
    -------
    ndarray, shape (n,)
    """
    table = load_table()
    number = np.array([coefficients_row(phase) for phase in phases], dtype=np.int64)
    tau = _interpolate(table, np.maximum(number, 0), depth_km, delta_deg)
    correction: FloatArray = np.sum(tau * weights(source_latitude_deg, azimuth_deg), axis=-1)
    for i in np.flatnonzero(number < 0).tolist():
        speed = surface_speed_km_s(phases[i])
        extra = surface_path_excess_km(source_latitude_deg, azimuth_deg[i], delta_deg[i])
        correction[i] = extra / speed if speed else 0.0
    return correction


@cache
def coefficients_row(phase: str) -> int:
    """Return the number of a phase in the table, -1 where it has no coefficients."""
    name = canonical(phase)
    phases = load_table().phases
    name = MEMBERS.get(name, name)
    return phases.index(name) if name in phases else -1


@cache
def surface_speed_km_s(phase: str) -> float:
    """Return the group velocity of a wave along the surface, 0 for other phases."""
    entries = PHASES.get(canonical(phase), ())
    return max((entry.speed_km_s for entry in entries if entry.kind == SPEED), default=0.0)


def surface_path_excess_km(
    source_latitude_deg: float, azimuth_deg: float, delta_deg: float
) -> float:
    """Return by how much a path along the ellipsoid is longer than on the mean sphere.

    The radius a (1 - f sin^2 phi') is integrated along the great circle of geocentric
    positions, sin phi' = sin phi0 cos s + cos phi0 cos zeta sin s.

    Examples
    --------
    >>> round(surface_path_excess_km(0.0, 90.0, 90.0), 2)
    11.21
    """
    phi = np.radians(geocentric_latitude_deg(source_latitude_deg))
    x = np.radians(delta_deg)
    a, b = np.sin(phi), np.cos(phi) * np.cos(np.radians(azimuth_deg))
    wave = 0.25 * np.sin(2.0 * x)
    squares = a * a * (0.5 * x + wave) + b * b * (0.5 * x - wave) + a * b * np.sin(x) ** 2
    return float(EQUATORIAL_RADIUS_KM * (x - FLATTENING * squares) - MEAN_RADIUS_KM * x)


def _interpolate(
    table: EllipticityTable, number: NDArray[np.int64], depth_km: float, delta_deg: FloatArray
) -> FloatArray:
    """Bilinear in depth and distance: shape (n, 3)."""
    z = min(max(depth_km, table.depth_km[0]), table.depth_km[-1])
    k = min(int(np.searchsorted(table.depth_km, z, side="right")) - 1, len(table.depth_km) - 2)
    g = (z - table.depth_km[k]) / (table.depth_km[k + 1] - table.depth_km[k])
    step = table.delta_deg[1]
    x = np.nan_to_num(delta_deg) / step
    j = np.clip(x.astype(np.int64), 0, len(table.delta_deg) - 2)
    h = (x - j)[:, None]
    upper = table.tau_s[number, k, j] * (1.0 - h) + table.tau_s[number, k, j + 1] * h
    lower = table.tau_s[number, k + 1, j] * (1.0 - h) + table.tau_s[number, k + 1, j + 1] * h
    tau: FloatArray = (1.0 - g) * upper + g * lower
    return tau
