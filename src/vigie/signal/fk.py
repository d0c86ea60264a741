"""Broadband frequency-wavenumber (f-k) analysis of array records, all windows at once.

Bartlett: P(s) = sum_f |sum_j W_j(f) exp(+2 pi i f s.r_j)|^2 over the frequency bins of a
band; relative power C = P / (N sum_f sum_j |W_j|^2), between 0 and 1 (1/N on average for
noise); Fisher ratio F = (N-1) C/(1-C), with 2K and 2K(N-1) degrees of freedom, where
K = B T is the number of independent bins, lowered by the taper: K = B T (sum w^2)^2/(n sum w^4).
Capon: P(s) = sum_f 1/(a^H R^-1 a), R the covariance over sub-windows, with diagonal loading.

The slowness s (s/km, east and north) points where the wave goes; the back azimuth is
atan2(-s_x, -s_y). The maximum of the grid is refined by a two-dimensional parabola through
the log power of its 3 x 3 neighbours, then by Newton steps on the exact power.

Sources: Smart & Flinn (1971), Geophys. J. R. astr. Soc. 26, 279-284 (F of f-k);
Capon (1969), Proc. IEEE 57, 1408-1418; Rost & Thomas (2002), Rev. Geophys. 40(3).
Assumptions: one plane wave, noise of equal level on the elements and not correlated between them.
Accuracy and cost, as measured: ``docs/methods/fk.md`` and ``benchmarks/fk.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError, ParameterError
from vigie.geodesy import KM_PER_DEG, wrap_azimuth_deg
from vigie.signal.filters import cosine_taper
from vigie.signal.fisher import fisher, maximum_p_value

if TYPE_CHECKING:
    from vigie.signal.fk_params import FkParams, SlownessGrid

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complexfloating]


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


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Fourier coefficients of windowed elements within a band."""

    values: NDArray[np.complex128]
    """Shape (windows, n, bins); 0 for an element that has no data there."""
    freq_hz: FloatArray
    independent_bins: float
    """K: number of independent coefficients, after taper and padding."""
    present: NDArray[np.bool_]
    """Shape (windows, n)."""


def window_spectra(
    samples: FloatArray, rate_hz: float, params: FkParams, starts: NDArray[np.intp] | None = None
) -> Spectra:
    """Cut, demean, taper and transform windows.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        NaN where an element is not to be trusted: it is left out of windows that hold one.
    rate_hz : float
    params : FkParams
    starts : ndarray of int, optional
        First samples of the windows; by default one every ``step_s``.

    Raises
    ------
    ParameterError
        The window is shorter than two samples or no bin of it lies in the band.
    """
    length = round(params.window_s * rate_hz)
    if starts is None:
        step = max(round(params.step_s * rate_hz), 1)
        starts = np.arange(0, max(samples.shape[1] - length + 1, 0), step)
    size = max(round(length * params.pad_factor), length)
    bins = _band_bins(size, rate_hz, params.band_hz)
    view = np.lib.stride_tricks.sliding_window_view(samples, length, axis=1)
    cut = view[:, starts].transpose(1, 0, 2)
    present = np.asarray(np.isfinite(cut).all(axis=2), dtype=np.bool_)
    cut = np.where(present[:, :, None], cut, 0.0)
    taper = cosine_taper(length, int(params.taper_fraction * length / 2.0))
    cut = (cut - cut.mean(axis=2, keepdims=True)) * taper
    values = np.fft.rfft(cut, size, axis=2)[:, :, bins]
    shape = float(np.sum(taper**2) ** 2 / (size * np.sum(taper**4)))
    return Spectra(values, bins * rate_hz / size, max(len(bins) * shape, 1.0), present)


def _band_bins(length: int, rate_hz: float, band_hz: tuple[float, float]) -> NDArray[np.intp]:
    low_hz, high_hz = band_hz
    freq_hz = np.arange(length // 2 + 1) * rate_hz / max(length, 1)
    bins = np.flatnonzero((freq_hz >= max(low_hz, 1e-9)) & (freq_hz <= high_hz))
    if length < 2 or not len(bins):
        raise ParameterError(
            name="band_hz, window_s",
            value=f"{band_hz}, {length / rate_hz:g} s at {rate_hz:g} Hz",
            expected="a window that resolves a frequency inside the band",
        )
    return bins


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

        node, score = capon_maxima(samples, rate_hz, offsets, params)
    else:
        node, score = grid_maxima(spectra, offsets, params.grid)
    slowness, on_edge = refine(spectra, offsets, params, node)
    relative = relative_power(spectra, offsets, slowness)
    number = spectra.present.sum(axis=1)
    f_value, p_value = fisher(relative, number, spectra.independent_bins)
    step = max(round(params.step_s * rate_hz), 1)
    return FkResult(
        np.arange(len(number)) * step / rate_hz,
        slowness[:, 0],
        slowness[:, 1],
        relative if params.method == "bartlett" else score,
        f_value,
        maximum_p_value(
            p_value,
            spectra.independent_bins,
            offsets,
            spectra.freq_hz,
            params.grid.max_s_per_km,
        ),
        number,
        on_edge,
    )


def check_geometry(offsets_km: FloatArray) -> FloatArray:
    """Return centred offsets.

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements, or all in line.
    """
    offsets = np.asarray(offsets_km, dtype=np.float64)
    centred = offsets - offsets.mean(axis=0)
    widths = np.linalg.svd(centred, compute_uv=False) if len(offsets) else np.zeros(2)
    rank = int(np.sum(widths > 1e-3 * max(float(widths[0]), 1e-9)))
    if len(offsets) < 3 or rank < 2:
        raise ArrayGeometryError(n_elements=len(offsets), rank=rank)
    return np.asarray(centred)


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
    return np.asarray(power / _full_power(spectra)[:, None, None])


def _full_power(spectra: Spectra) -> FloatArray:
    """N sum_f sum_j |W_j|^2 of each window; tiny instead of 0."""
    energy = np.sum(np.abs(spectra.values) ** 2, axis=(1, 2))
    return np.asarray(np.maximum(energy * spectra.present.sum(axis=1), 1e-300))


def relative_power(
    spectra: Spectra, offsets_km: FloatArray, slowness_s_per_km: FloatArray
) -> FloatArray:
    """Return C of each window at its own slowness, shape (windows,)."""
    steering = _steering(slowness_s_per_km @ offsets_km.T, spectra.freq_hz)
    beams = np.sum(spectra.values * steering, axis=1)
    return np.asarray(np.sum(np.abs(beams) ** 2, axis=1) / _full_power(spectra))


def _power_derivatives(
    spectra: Spectra, offsets_km: FloatArray, slowness: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Power, gradient (windows, 2) and Hessian (windows, 2, 2) at one slowness per window."""
    omega = 2.0 * np.pi * spectra.freq_hz
    steered = spectra.values * _steering(slowness @ offsets_km.T, spectra.freq_hz)
    x, y = offsets_km.T
    moments = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y]) @ steered
    beams = moments[:, 0]
    first = 1j * omega * moments[:, 1:3]
    second = -(omega**2) * moments[:, 3:][:, [[0, 1], [1, 2]]]
    gradient = 2.0 * np.real(np.sum(beams.conj()[:, None] * first, axis=2))
    bend = np.real(np.sum(beams.conj()[:, None, None] * second, axis=3))
    slope = np.real(first.conj() @ first.transpose(0, 2, 1))
    return np.sum(np.abs(beams) ** 2, axis=1), gradient, 2.0 * (slope + bend)


def _steering(delays_s: FloatArray, freq_hz: FloatArray) -> NDArray[np.complex128]:
    """exp(2 pi i f t) for delays of shape (..., n) and evenly spaced bins, (..., n, bins)."""
    spacing = float(freq_hz[1] - freq_hz[0]) if len(freq_hz) > 1 else 0.0
    turn = np.exp(2j * np.pi * spacing * delays_s)
    out = np.empty((*delays_s.shape, len(freq_hz)), dtype=np.complex128)
    out[..., 0] = np.exp(2j * np.pi * float(freq_hz[0]) * delays_s)
    # One multiplication per bin instead of an exponential; the error grows by 1e-16 per bin.
    for index in range(1, len(freq_hz)):
        np.multiply(out[..., index - 1], turn, out=out[..., index])
    return out


def refine(
    spectra: Spectra, offsets_km: FloatArray, params: FkParams, node: NDArray[np.intp]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Refine grid maxima: parabola through log power, then Newton steps.

    Returns
    -------
    slowness_s_per_km : ndarray, shape (windows, 2)
    on_edge : ndarray of bool, shape (windows,)
    """
    axis, step = params.grid.axis_s_per_km, params.grid.step_s_per_km
    centre = axis[node]
    on_edge = np.asarray(((node == 0) | (node == len(axis) - 1)).any(axis=1), dtype=np.bool_)
    slowness = centre + step * _parabola(spectra, offsets_km, centre, step)
    for _ in range(params.refine_steps):
        slowness = slowness + _newton_step(spectra, offsets_km, slowness, step)
        slowness = centre + np.clip(slowness - centre, -step, step)
    better = relative_power(spectra, offsets_km, slowness) >= relative_power(
        spectra, offsets_km, centre
    )
    return np.where(better[:, None], slowness, centre), on_edge


def _parabola(
    spectra: Spectra, offsets_km: FloatArray, centre: FloatArray, step: float
) -> FloatArray:
    """Offset of the vertex, in steps, of the surface through 3 x 3 log powers."""
    shifts = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    rows = np.array([[1.0, x, y, x * x, x * y, y * y] for x, y in shifts])
    levels = np.stack(
        [
            np.log(
                np.maximum(relative_power(spectra, offsets_km, centre + step * np.array(s)), 1e-30)
            )
            for s in shifts
        ]
    )
    _, bx, by, cxx, cxy, cyy = np.linalg.pinv(rows) @ levels
    determinant = 4.0 * cxx * cyy - cxy**2
    peaked = (determinant > 1e-12) & (cxx < 0.0)
    safe = np.where(peaked, determinant, 1.0)
    offset = np.stack([cxy * by - 2.0 * cyy * bx, cxy * bx - 2.0 * cxx * by], axis=1)
    return np.where(peaked[:, None], np.clip(offset / safe[:, None], -1.0, 1.0), 0.0)


def _newton_step(
    spectra: Spectra, offsets_km: FloatArray, slowness: FloatArray, step: float
) -> FloatArray:
    _, gradient, hessian = _power_derivatives(spectra, offsets_km, slowness)
    determinant = hessian[:, 0, 0] * hessian[:, 1, 1] - hessian[:, 0, 1] ** 2
    peaked = (determinant > 0.0) & (hessian[:, 0, 0] < 0.0)
    safe = np.where(peaked, determinant, 1.0)
    move = np.stack(
        [
            hessian[:, 0, 1] * gradient[:, 1] - hessian[:, 1, 1] * gradient[:, 0],
            hessian[:, 0, 1] * gradient[:, 0] - hessian[:, 0, 0] * gradient[:, 1],
        ],
        axis=1,
    )
    return np.where(peaked[:, None], np.clip(move / safe[:, None], -step, step), 0.0)
