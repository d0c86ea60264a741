"""The maximum of f-k power between the nodes of a grid.

A two-dimensional parabola through the log power of the 3 x 3 nodes about the largest one, then
Newton steps on the exact power, never farther than one node. Source: textbook.
Accuracy and cost: with the f-k analysis, ``docs/methods/fk.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.signal.array_spectra import Spectra
    from vigie.signal.fk_params import FkParams

FloatArray = NDArray[np.float64]


def full_power(spectra: Spectra) -> FloatArray:
    """Return N sum_f sum_j |W_j|^2 of each window; tiny instead of 0."""
    energy = np.sum(np.abs(spectra.values) ** 2, axis=(1, 2))
    return np.asarray(np.maximum(energy * spectra.present.sum(axis=1), 1e-300))


def relative_power(
    spectra: Spectra, offsets_km: FloatArray, slowness_s_per_km: FloatArray
) -> FloatArray:
    """Return C of each window at its own slowness, shape (windows,)."""
    steering = _steering(slowness_s_per_km @ offsets_km.T, spectra.freq_hz)
    beams = np.sum(spectra.values * steering, axis=1)
    return np.asarray(np.sum(np.abs(beams) ** 2, axis=1) / full_power(spectra))


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
    slowness = climbed(spectra, offsets_km, slowness, params, about=centre)
    better = relative_power(spectra, offsets_km, slowness) >= relative_power(
        spectra, offsets_km, centre
    )
    return np.where(better[:, None], slowness, centre), on_edge


def climbed(
    spectra: Spectra,
    offsets_km: FloatArray,
    start: FloatArray,
    params: FkParams,
    *,
    about: FloatArray | None = None,
) -> FloatArray:
    """Return the maximum of power near a slowness, shape (windows, 2).

    It stays within one step of the grid of ``about``, or of the start.
    """
    step = params.grid.step_s_per_km
    centre = start if about is None else about
    slowness = start
    for _ in range(params.refine_steps):
        slowness = slowness + _newton_step(spectra, offsets_km, slowness, step)
        slowness = centre + np.clip(slowness - centre, -step, step)
    return slowness


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
