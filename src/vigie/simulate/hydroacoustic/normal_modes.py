"""Sound through an ocean of the canonical speed profile, as a sum of its normal modes.

The sound channel proper: c(z) = c0 (1 + 0.00737 (e + exp(-e) - 1)), e = 2 (z - z0) / z0 (Munk 1974,
z0 the axis), pressure zero at the surface, modes that the bottom at 5 km would touch left out. Per
frequency, horizontal wavenumbers and shapes are eigenvalues and eigenvectors of the depth equation
by finite differences; between frequencies wavenumbers are splined. The pressure of a source at
depth zs is

    p(f) = sum psi_n(zs) psi_n(zr) exp(i k_n r) / sqrt(k_n)

Surface reflections at source and hydrophone, ray groups, crescendo and cut-off come of themselves:
at 6,000 km sound arrives during 14 s. Source: Jensen et al. (2011), "Computational Ocean
Acoustics", ch. 5. Assumes one profile along the path, and no loss but the channel's band. Cost:
1.5 s for a profile, kept; 50 ms for a path.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

AXIS_M_S = 1482.0
PERTURBATION = 0.00737
BOTTOM_M = 5000.0
STEP_M = 5.0
SHAPE_STEP_M = 20.0
DEEPEST_M = 1400.0
"""To which the shapes of modes are kept."""
BAND_HZ = (2.0, 100.0)
MIN_ROWS = 4
"""Frequencies at which a mode must exist to be splined."""


class Modes(NamedTuple):
    """Normal modes of a profile."""

    freq_hz: FloatArray
    wavenumber: FloatArray
    """1/m, shape (frequencies, modes); NaN where a mode does not exist."""
    shape: FloatArray
    """Shape (frequencies, modes, depths)."""
    depth_m: FloatArray


def sound_speed_m_s(depth_m: FloatArray, axis_m: float) -> FloatArray:
    """Return the canonical profile (Munk 1974).

    Examples
    --------
    >>> float(sound_speed_m_s(np.array(1000.0), 1000.0))
    1482.0
    """
    scaled = 2.0 * (depth_m - axis_m) / axis_m
    return np.asarray(AXIS_M_S * (1.0 + PERTURBATION * (scaled + np.exp(-scaled) - 1.0)))


@lru_cache(maxsize=8)
def normal_modes(axis_m: float) -> Modes:
    """Return the modes of the canonical profile with its axis at a depth."""
    from scipy.linalg import eigh_tridiagonal

    depth = np.arange(STEP_M, BOTTOM_M, STEP_M, dtype=np.float64)
    speed = sound_speed_m_s(depth, axis_m)
    every = round(SHAPE_STEP_M / STEP_M)
    shown = slice(every - 1, round(DEEPEST_M / STEP_M), every)
    fastest = float(min(speed[-1], speed[0] * 1.002))
    freqs = np.arange(BAND_HZ[0], BAND_HZ[1] + 0.5, dtype=np.float64)
    found = []
    for freq in freqs:
        turn = 2.0 * np.pi * freq
        diagonal = (turn / speed) ** 2 - 2.0 / STEP_M**2
        beside = np.full(len(depth) - 1, 1.0 / STEP_M**2)
        limits = ((turn / fastest) ** 2, 1.01 * (turn / float(speed.min())) ** 2)
        squares, vectors = eigh_tridiagonal(diagonal, beside, select="v", select_range=limits)
        # All begin with the same sign at the surface, so that shapes join between frequencies.
        vectors = vectors[:, ::-1] * np.sign(vectors[0, ::-1]) / np.sqrt(STEP_M)
        found.append((np.sqrt(squares[::-1]), vectors[shown].T))
    most = max(len(k) for k, _ in found)
    wavenumber = np.full((len(freqs), most), np.nan)
    shape = np.zeros((len(freqs), most, len(depth[shown])))
    for row, (k, psi) in enumerate(found):
        wavenumber[row, : len(k)] = k
        shape[row, : len(k)] = psi
    return Modes(freqs, wavenumber, shape, depth[shown])


def path_spectrum(
    freq_hz: FloatArray, modes: Modes, depths_m: tuple[float, float], range_km: float
) -> ComplexArray:
    """Return what the channel makes of a pulse, timed from the arrival along the axis.

    Parameters
    ----------
    freq_hz : ndarray
    modes : Modes
    depths_m : (float, float)
        Of source and hydrophone.
    range_km : float
    """
    from scipy.interpolate import CubicSpline

    out: ComplexArray = np.zeros(len(freq_hz), np.complex128)
    source, phone = (int(np.argmin(np.abs(modes.depth_m - d))) for d in depths_m)
    slow = 2.0 * np.pi / AXIS_M_S
    for n in range(modes.wavenumber.shape[1]):
        rows = np.flatnonzero(np.isfinite(modes.wavenumber[:, n]))
        if len(rows) < MIN_ROWS:
            continue
        known = modes.freq_hz[rows]
        excess = CubicSpline(known, modes.wavenumber[rows, n] - slow * known)
        inside = (freq_hz >= known[0]) & (freq_hz <= known[-1])
        used = freq_hz[inside]
        size = np.interp(used, known, modes.shape[rows, n, source] * modes.shape[rows, n, phone])
        k = excess(used)
        turned = np.exp(-1j * k * 1e3 * range_km)
        out[inside] += size * turned / np.sqrt(k + slow * used)
    return out
