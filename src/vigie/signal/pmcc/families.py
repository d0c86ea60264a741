"""Families of PMCC: pixels that are neighbours in time, frequency, velocity and azimuth.

Two pixels are neighbours where

    ((t2 - t1)/s_t)^2 + ((b2 - b1)/s_b)^2 + ((v2 - v1)/(s_v v))^2 + ((a2 - a1)/s_a)^2 < 1,

t in window lengths, b the index of the band (so that steps are equal in log frequency), v the
velocity, a the azimuth. A family is a set connected by neighbours. One of too many pixels, as
microbaroms make them, is cut in time where fewest of its pixels lie.

Source: Le Pichon & Cansi (2003), Inframatics 2; the form of the distance is that of the
PMCC parameter notes of CEA/DASE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import wrap_azimuth_deg

if TYPE_CHECKING:
    from vigie.signal.pmcc.pixels import Pixels

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


LEAST_AZIMUTH_DEG = 0.3
LEAST_VELOCITY_KM_S = 0.001
"""Errors below which one pixel outweighs no other: wave fronts are no flatter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyParams:
    """What makes pixels one family."""

    time_windows: float = 1.0
    """s_t, in lengths of the longer window."""
    bands: float = 3.0
    """s_b."""
    velocity_share: float = 0.15
    """s_v, of the velocity."""
    azimuth_deg: float = 8.0
    """s_a."""
    min_pixels: int = 10
    max_pixels: int = 2000
    """Larger families are cut in time."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Pixels of one wave train, as rows of the pixels."""

    rows: IntArray
    start_s: float
    end_s: float
    azimuth_deg: float
    azimuth_sigma_deg: float
    velocity_km_s: float
    velocity_sigma_km_s: float
    low_hz: float
    high_hz: float
    freq_hz: float
    """Mean, weighted by power."""
    p_value: float
    """Chance that noise makes the most significant of its cells, all of them counted."""
    members: NDArray[np.bool_]
    """Elements that took part in most pixels."""

    def __len__(self) -> int:
        """Return the number of pixels."""
        return len(self.rows)


def link_families(pixels: Pixels, params: FamilyParams, *, step: float) -> list[Family]:
    """Return the families of pixels in order of time.

    Parameters
    ----------
    pixels : Pixels
        In order of time.
    params : FamilyParams
    step : float
        From window to window, in windows: pixels that overlap are not independent.
    """
    if not len(pixels):
        return []
    from vigie.signal.pmcc import link_kernels

    label = link_kernels.connected(
        pixels.time_s,
        pixels.window_s,
        pixels.band.astype(np.float64),
        pixels.velocity_km_s,
        pixels.azimuth_deg,
        (params.time_windows, params.bands, params.velocity_share, params.azimuth_deg),
    )
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    rows = [part for g in groups for part in _cut(pixels.time_s, g, params)]
    found = [family_of(pixels, r, step) for r in rows if len(r) >= params.min_pixels]
    return sorted(found, key=lambda f: (f.start_s, f.azimuth_deg))


def _cut(time_s: FloatArray, rows: IntArray, params: FamilyParams) -> list[IntArray]:
    """Cut a family that is too large in time, where fewest of its pixels lie."""
    if len(rows) <= params.max_pixels:
        return [rows]
    times = np.unique(time_s[rows])
    inner = times[len(times) // 4 : max(3 * len(times) // 4, len(times) // 4 + 1)]
    if len(times) < 4:
        return [rows]
    counts = np.searchsorted(np.sort(time_s[rows]), inner, side="right") - np.searchsorted(
        np.sort(time_s[rows]), inner, side="left"
    )
    at = float(inner[int(np.argmin(counts))])
    early = time_s[rows] < at
    return [*_cut(time_s, rows[early], params), *_cut(time_s, rows[~early], params)]


def family_of(pixels: Pixels, rows: IntArray, step: float) -> Family:
    """Return the family that some pixels make.

    Parameters
    ----------
    pixels : Pixels
    rows : ndarray of int
    step : float
        From window to window, in windows.
    """
    p = pixels.select(rows)
    # Where the energy is: a wave train turns, and its weak end is long.
    power = np.maximum(p.amplitude**2, 1e-300)
    power /= power.max()
    weight = power / np.maximum(p.azimuth_sigma_deg, LEAST_AZIMUTH_DEG) ** 2
    angle = np.radians(p.azimuth_deg)
    azimuth = float(
        wrap_azimuth_deg(
            np.degrees(np.arctan2(np.sum(weight * np.sin(angle)), np.sum(weight * np.cos(angle))))
        )
    )
    off = (p.azimuth_deg - azimuth + 180.0) % 360.0 - 180.0
    by_speed = 1.0 / np.maximum(p.velocity_sigma_km_s, LEAST_VELOCITY_KM_S) ** 2
    velocity = float(np.average(p.velocity_km_s, weights=by_speed))
    independent = max(len(rows) * step, 1.0)
    best = float(np.min(p.p_value))
    return Family(
        rows,
        float(np.min(p.time_s - 0.5 * p.window_s)),
        float(np.max(p.time_s + 0.5 * p.window_s)),
        azimuth,
        _sigma_of_mean(off, weight, p.azimuth_sigma_deg, independent),
        velocity,
        _sigma_of_mean(p.velocity_km_s - velocity, by_speed, p.velocity_sigma_km_s, independent),
        float(p.low_hz.min()),
        float(p.high_hz.max()),
        float(np.average(p.freq_hz, weights=power)),
        float(-np.expm1(independent * np.log1p(-min(best, 1.0 - 1e-12)))),
        p.members.mean(axis=0) > 0.5,
    )


def _sigma_of_mean(
    off: FloatArray, weight: FloatArray, sigma: FloatArray, independent: float
) -> float:
    """Return the standard error of a weighted mean: of its errors, and of what is beyond them.

    So many of the values are independent. What they scatter beyond their errors is the wave's own
    (multipath, wind), which a longer record would not average out: it stays whole.
    """
    error2 = float(np.average(sigma**2, weights=weight))
    effective = float(np.sum(weight) ** 2 / np.sum(weight**2)) * independent / len(off)
    scatter2 = float(np.average(off**2, weights=weight))
    return float(np.sqrt(error2 / max(effective, 1.0) + max(scatter2 - error2, 0.0)))
