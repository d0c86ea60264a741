"""Fast Bartlett power on a slowness grid: kernels of ``fk``, and their plain NumPy twin.

The grid is symmetric, so the steering vector at -s is the conjugate of that at s: with
c = cos, q = sin of the phases and W = X + iY, the sums cX, qY, cY, qX of one half of the grid
give both halves: |y(+-s)|^2 = (cX -+ qY)^2 + (cY +- qX)^2. The four sums are two real matrix
products (single precision, BLAS) for a block of windows; one fused pass squares and adds.
That is half the arithmetic of the complex product, and no complex temporaries.

Accuracy: equal to the double-precision twin to 1e-5 of the maximum, as measured by the tests.
Cost: see ``benchmarks/fk.py``.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

_BLOCK = 16
"""Windows per matrix product."""
_PRODUCT = 250_000
"""Multiplications per matrix product: its result stays in the second-level cache, and it is too
small for BLAS to start threads, which cost more than they give at this size."""


def power_numpy(
    values: NDArray[np.complex128], freq_hz: FloatArray, offsets_km: FloatArray, axis: FloatArray
) -> FloatArray:
    """Return P(s) = sum_f |sum_j W_j exp(2 pi i f s.r_j)|^2, shape (windows, east, north).

    Parameters
    ----------
    values : ndarray, shape (windows, n, bins)
    freq_hz : ndarray, shape (bins,)
    offsets_km : ndarray, shape (n, 2)
    axis : ndarray, shape (nodes,)
        Slowness of the nodes of either axis, s/km.

    Notes
    -----
    The steering separates, exp(i w (x s_x + y s_y)) = exp(i w x s_x) exp(i w y s_y): one
    small matrix product per window and bin.
    """
    power = np.zeros((len(values), len(axis), len(axis)))
    for index, freq in enumerate(freq_hz):
        east = np.exp(2j * np.pi * freq * np.outer(axis, offsets_km[:, 0]))
        north = np.exp(2j * np.pi * freq * np.outer(offsets_km[:, 1], axis))
        beams = (east * values[:, None, :, index]) @ north
        power += beams.real**2 + beams.imag**2
    return power


def power_one(
    values: NDArray[np.complex128], freq_hz: FloatArray, offsets_km: FloatArray, axis: FloatArray
) -> FloatArray:
    """Return P(s) of one window, shape (east, north): the compiled twin of ``power_numpy``."""
    east = np.exp(2j * np.pi * freq_hz[:, None, None] * np.outer(axis, offsets_km[:, 0]))
    north = np.exp(2j * np.pi * freq_hz[:, None, None] * np.outer(offsets_km[:, 1], axis))
    power = np.zeros((len(axis), len(axis)), dtype=np.float32)
    # Single precision holds 38 decades; squared counts over many bins could leave them.
    scale = max(float(np.abs(values).max(initial=0.0)), 1e-300)
    weighted = (east * (values.T / scale)[:, None, :]).astype(np.complex64)
    turned = north.astype(np.complex64)
    _add_beams(
        weighted.real.copy(), weighted.imag.copy(), turned.real.copy(), turned.imag.copy(), power
    )
    return power.astype(np.float64) * scale**2


@njit(cache=True, fastmath=True)
def _add_beams(
    east_real: Float32Array,
    east_imag: Float32Array,
    north_real: Float32Array,
    north_imag: Float32Array,
    power: Float32Array,
) -> None:
    bins, nodes, number = east_real.shape
    real = np.empty(nodes, dtype=np.float32)
    imag = np.empty(nodes, dtype=np.float32)
    for f in range(bins):
        for x in range(nodes):
            real[:] = np.float32(0.0)
            imag[:] = np.float32(0.0)
            for j in range(number):
                a, b = east_real[f, x, j], east_imag[f, x, j]
                for y in range(nodes):
                    c, d = north_real[f, j, y], north_imag[f, j, y]
                    real[y] += a * c - b * d
                    imag[y] += a * d + b * c
            for y in range(nodes):
                power[x, y] += real[y] * real[y] + imag[y] * imag[y]


def maxima(
    values: NDArray[np.complex128], freq_hz: FloatArray, offsets_km: FloatArray, axis: FloatArray
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the node of largest power of each window, shape (windows, 2), and the power."""
    nodes = len(axis)
    steering = _half_steering(freq_hz, offsets_km, axis)
    best = np.zeros(len(values), dtype=np.intp)
    power = np.zeros(len(values))
    # Single precision holds 38 decades; counts squared over many bins could leave them.
    scale = np.sqrt(np.maximum(np.sum(np.abs(values) ** 2, axis=(1, 2), keepdims=True), 1e-300))
    parts = (values / scale).astype(np.complex64)
    for start in range(0, len(values), _BLOCK):
        block = np.ascontiguousarray(parts[start : start + _BLOCK].transpose(2, 1, 0))
        plus, minus = _block_power(steering, block)
        node, top = _block_maxima(plus, minus)
        best[start : start + _BLOCK] = node
        power[start : start + _BLOCK] = top
    node = np.stack(np.unravel_index(best, (nodes, nodes)), axis=1)
    return node, power * scale[:, 0, 0] ** 2


def _half_steering(
    freq_hz: FloatArray, offsets_km: FloatArray, axis: FloatArray
) -> tuple[Float32Array, Float32Array]:
    """Cosine and sine of the phases on the first half of the flattened grid, (bins, half, n)."""
    nodes = len(axis)
    half = (nodes * nodes + 1) // 2
    east, north = np.divmod(np.arange(half), nodes)
    delays = np.stack([axis[east], axis[north]], axis=1) @ offsets_km.T
    phases = 2.0 * np.pi * freq_hz[:, None, None] * delays
    return np.cos(phases).astype(np.float32), np.sin(phases).astype(np.float32)


def _block_power(
    steering: tuple[Float32Array, Float32Array], block: NDArray[np.complex64]
) -> tuple[Float32Array, Float32Array]:
    """Power at s and at -s of a block of windows, each (half, windows)."""
    cosine, sine = steering
    bins, half, number = cosine.shape
    count = block.shape[2]
    plus = np.zeros((half, count), dtype=np.float32)
    minus = np.zeros_like(plus)
    parts = np.ascontiguousarray(np.concatenate([block.real, block.imag], axis=2))
    rows = max(_PRODUCT // (number * 2 * count), 16)
    for start in range(0, half, rows):
        part = slice(start, start + rows)
        for index in range(bins):
            _add_squares(
                cosine[index, part] @ parts[index],
                sine[index, part] @ parts[index],
                plus[part],
                minus[part],
            )
    return plus, minus


@njit(cache=True, fastmath=True)
def _add_squares(
    cosine: Float32Array, sine: Float32Array, plus: Float32Array, minus: Float32Array
) -> None:
    half, count = plus.shape
    for g in range(half):
        for w in range(count):
            real, imag = cosine[g, w], cosine[g, w + count]
            turned_real, turned_imag = sine[g, w], sine[g, w + count]
            plus[g, w] += (real - turned_imag) ** 2 + (imag + turned_real) ** 2
            minus[g, w] += (real + turned_imag) ** 2 + (imag - turned_real) ** 2


@njit(cache=True)
def _block_maxima(
    plus: Float32Array, minus: Float32Array
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    half, count = plus.shape
    last = 2 * half - 2
    node = np.zeros(count, dtype=np.int64)
    top = np.full(count, -1.0)
    for g in range(half):
        for w in range(count):
            if plus[g, w] > top[w]:
                top[w] = plus[g, w]
                node[w] = g
            if minus[g, w] > top[w]:
                top[w] = minus[g, w]
                node[w] = last - g
    return node, top
