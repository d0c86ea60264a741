"""Broadband frequency-wavenumber (f-k) analysis of array records, all windows at once.

Bartlett: P(s) = sum_f |sum_j W_j(f) exp(+2 pi i f s.r_j)|^2 over the frequency bins of a
band; relative power C = P / (N sum_f sum_j |W_j|^2), between 0 and 1 (1/N on average for
noise); Fisher ratio F = (N-1) C/(1-C), with 2K and 2K(N-1) degrees of freedom, where
K = B T is the number of independent bins, lowered by the taper: K = B T (sum w^2)^2/(n sum w^4).
Capon: P(s) = 1/(1^H R(s)^-1 1), R(s) the covariance of steered elements (``capon``).

The slowness s (s/km, east and north) points where the wave goes; the back azimuth is
atan2(-s_x, -s_y). The maximum of the grid is refined (``fk_refine``).

Sources: Smart & Flinn (1971), Geophys. J. R. astr. Soc. 26, 279-284 (F of f-k);
Capon (1969), Proc. IEEE 57, 1408-1418; Rost & Thomas (2002), Rev. Geophys. 40(3).
Assumptions: one plane wave, noise of equal level on the elements (odd gains are evened out,
``array_spectra``) and not correlated between them.
Accuracy and cost, as measured: ``docs/methods/fk.md`` and ``benchmarks/fk.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG, wrap_azimuth_deg
from vigie.signal.array_spectra import Spectra, window_spectra
from vigie.signal.elements import check_geometry
from vigie.signal.fisher import fisher, maximum_p_value
from vigie.signal.fk_refine import climbed, full_power, refine, relative_power

if TYPE_CHECKING:
    from vigie.signal.fk_params import FkParams, SlownessGrid

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complexfloating]

NEAR = 7
"""Points across the surroundings of a slowness that are tried (``chance_near``)."""


@dataclass(frozen=True, slots=True, eq=False)
class FkResult:
    """Maximum of the f-k of each window, as columns of shape (windows,)."""

    start_s: FloatArray
    """Start of the window from the first sample."""
    east_s_per_km: FloatArray
    north_s_per_km: FloatArray
    relative_power: FloatArray
    """Bartlett: C in 0 ... 1. Capon: power over the mean power of an element."""
    f_statistic: FloatArray
    """Of the Bartlett power at the maximum (whichever method found it)."""
    p_value: FloatArray
    """Of that F anywhere on the grid, for noise."""
    elements: NDArray[np.intp]
    """Number of elements that took part."""
    on_edge: NDArray[np.bool_]
    """The maximum lies on the rim of the grid: the true one may lie outside."""

    @property
    def slowness_s_per_deg(self) -> FloatArray:
        """Size of the slowness."""
        return np.asarray(np.hypot(self.east_s_per_km, self.north_s_per_km) * KM_PER_DEG)

    @property
    def azimuth_deg(self) -> FloatArray:
        """Back azimuth, 0 <= value < 360."""
        return wrap_azimuth_deg(np.degrees(np.arctan2(-self.east_s_per_km, -self.north_s_per_km)))


def fk_analysis(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: FkParams
) -> FkResult:
    """Find the plane wave of largest power in every window.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        Elements on one time axis (see ``element_data``); NaN where masked.
    rate_hz : float
    offsets_km : ndarray, shape (n, 2)
        East and north.
    params : FkParams

    Returns
    -------
    FkResult
        One row per window.

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements, or all in line.
    """
    offsets = check_geometry(offsets_km)
    spectra = window_spectra(np.asarray(samples, dtype=np.float64), rate_hz, params)
    if params.method == "capon":
        from vigie.signal.capon import capon_maxima

        slowness, on_edge, score = capon_maxima(spectra, offsets, params)
    else:
        node, score = grid_maxima(spectra, offsets, params.grid)
        slowness, on_edge = refine(spectra, offsets, params, node)
    relative = relative_power(spectra, offsets, slowness)
    number = spectra.present.sum(axis=1)
    f_value, _ = fisher(relative, number, spectra.independent_bins)
    step = max(round(params.step_s * rate_hz), 1)
    return FkResult(
        np.arange(len(number)) * step / rate_hz,
        slowness[:, 0],
        slowness[:, 1],
        relative if params.method == "bartlett" else score,
        f_value,
        _chance(spectra, offsets, relative, params),
        number,
        on_edge,
    )


def chance_near(
    samples: FloatArray,
    rate_hz: float,
    offsets_km: FloatArray,
    params: FkParams,
    near: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return the probability that noise is as coherent as windows are near a slowness of their own.

    Parameters
    ----------
    samples, rate_hz, offsets_km, params
        As of ``fk_analysis``; ``samples`` may be other than those the slowness is of.
    near : (ndarray of shape (windows, 2), ndarray of shape (windows,))
        The slowness, s/km, and how far from it the largest maximum is looked for; a step of the
        grid at least.
    """
    offsets = check_geometry(offsets_km)
    spectra = window_spectra(np.asarray(samples, dtype=np.float64), rate_hz, params)
    slowness, radius = near
    best = slowness
    relative = relative_power(spectra, offsets, best)
    around = [(i, j) for i in np.linspace(-1, 1, NEAR) for j in np.linspace(-1, 1, NEAR)]
    for shift in around:
        there = slowness + radius[:, None] * np.array(shift)
        power = relative_power(spectra, offsets, there)
        best = np.where((power > relative)[:, None], there, best)
        relative = np.maximum(relative, power)
    top = relative_power(spectra, offsets, climbed(spectra, offsets, best, params))
    return _chance(spectra, offsets, np.maximum(relative, top), params)


def _chance(
    spectra: Spectra, offsets_km: FloatArray, relative: FloatArray, params: FkParams
) -> FloatArray:
    return maximum_p_value(
        relative,
        spectra.present.sum(axis=1),
        spectra.independent_bins,
        (offsets_km, spectra.freq_hz),
        params.grid.max_s_per_km,
    )


def grid_maxima(
    spectra: Spectra, offsets_km: FloatArray, grid: SlownessGrid
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the node (row east, column north) of largest power of each window, and the power."""
    from vigie.signal.fk_kernels import maxima

    node, power = maxima(spectra.values, spectra.freq_hz, offsets_km, grid.axis_s_per_km)
    return node, power


def power_map(spectra: Spectra, offsets_km: FloatArray, grid: SlownessGrid) -> FloatArray:
    """Return the relative power at every node, shape (windows, nodes east, nodes north)."""
    from vigie.signal.fk_kernels import power_numpy

    power = power_numpy(spectra.values, spectra.freq_hz, offsets_km, grid.axis_s_per_km)
    return np.asarray(power / full_power(spectra)[:, None, None])
