"""Many particles through the turbulence of a boundary layer, a block at a time.

What it computes: for each particle one horizontal step and the vertical sub-steps of
``vigie.transport.vertical``. A sub-step is never above min(0.5 T_w, 0.1 h / sigma_w, 15 s), with
the least T_w and the largest sigma_w of the layer. Random numbers belong to (seed, particle, step),
so neither the number of threads nor the order of particles matters: threads take slices of
the columns of one cloud, and the kernel lets go of the interpreter.

Accuracy as measured: with a million particles, density falling with height, six hours of steps
of 15 minutes, the mean of the last three hours departs from well mixed by 0.2 % (neutral), 0.3 %
(unstable) and 0.6 % (stable) in the worst tenth of the layer; bit-equal for one and several
threads; against the twin within 1e-7 over 20 sub-steps. Cost as measured on a busy core: 0.2 to
0.35 us for a step of 4 sub-steps (too few for accuracy), 2.4 to 4.2 us for the 60 that are needed
(benchmarks/transport_physics.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from vigie.transport.philox import Key, key_of, normals
from vigie.transport.turbulence import (
    NEUTRAL,
    STABLE,
    UNSTABLE,
    VERTICAL_TIME_FLOOR_S,
    BoundaryLayer,
    horizontal,
)
from vigie.transport.vertical import carried, largest_sigma_w_m_s, vertical_step

FloatArray = NDArray[np.float64]

LONGEST_SUB_STEP_S = 15.0
_HORIZONTAL_DRAW = 0
_FIRST_VERTICAL_DRAW = 1
BLOCK = 512
"""Particles that take a step together: their state stays in the cache of the core."""

# A call that is not inlined keeps the loop over particles from being vectorized.
_inline = nb.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
_jit = nb.njit(cache=True, nogil=True, error_model="numpy")


class Cloud(NamedTuple):
    """State of n particles, as columns that a walk changes in place."""

    particle: NDArray[np.int64]
    """Number of each particle in the run, which decides its random numbers."""
    z_m: FloatArray
    """Height above ground."""
    omega: FloatArray
    """w' / sigma_w."""
    along_m_s: FloatArray
    """Turbulent wind along the mean wind."""
    cross_m_s: FloatArray
    """Turbulent wind across it, to the left."""
    along_m: FloatArray
    """How far turbulence has carried the particle along the mean wind."""
    cross_m: FloatArray


class Layers(NamedTuple):
    """The boundary layer over each of n particles, as columns."""

    height_m: FloatArray
    friction_velocity_m_s: FloatArray
    convective_velocity_m_s: FloatArray
    obukhov_length_m: FloatArray
    density_gradient_per_m: FloatArray


Turbulent = tuple[Layers, FloatArray, int, bool]
"""Layers, step of each particle (s), regime, and whether along the mean wind."""


class Stepping(NamedTuple):
    """How a step of the model is cut into vertical sub-steps."""

    duration_s: float
    """Of the step of the model, above 0 also backward."""
    longest_s: float = LONGEST_SUB_STEP_S
    sub_steps: int = 0
    """Number of equal sub-steps; 0 chooses them by ``sub_step_s``."""


@_inline
def n_sub_steps(layer: BoundaryLayer, stepping: Stepping) -> int:
    """Return how many equal sub-steps a step takes: none above min(0.5 T_w, 0.1 h / sigma_w, 15 s).

    The bound holds in the whole layer, with the floor of T_w and the largest sigma_w: steps
    that depend on the height would themselves unmix.
    """
    if stepping.sub_steps > 0:
        return stepping.sub_steps
    longest = 0.1 * layer.height_m / largest_sigma_w_m_s(layer)
    longest = min(longest, min(0.5 * VERTICAL_TIME_FLOOR_S, stepping.longest_s))
    return max(int(np.ceil(stepping.duration_s / longest - 1e-9)), 1)


@_inline
def layer_at(layers: Layers, i: int, regime: int) -> BoundaryLayer:
    """Return the layer over one particle; the regime as a constant spares the branches."""
    return BoundaryLayer(
        layers.height_m[i],
        layers.friction_velocity_m_s[i],
        layers.convective_velocity_m_s[i],
        layers.obukhov_length_m[i],
        layers.density_gradient_per_m[i],
        regime,
    )


@_inline
def _draw(draws: FloatArray, particle: NDArray[np.int64], key: Key, step: int, draw: int) -> None:
    for i in range(particle.shape[0]):
        draws[0, i], draws[1, i], draws[2, i], draws[3, i] = normals(key, particle[i], step, draw)


@_inline
def _spread(
    velocity_m_s: FloatArray,
    path_m: FloatArray,
    z_m: FloatArray,
    draws: FloatArray,
    turbulent: Turbulent,
) -> None:
    """Carry a block of particles along or across the mean wind."""
    layers, dt_s, regime, along = turbulent
    for i in range(z_m.shape[0]):
        layer = layer_at(layers, i, regime)
        h = horizontal(min(z_m[i], layer.height_m), layer)
        sigma = h.sigma_u_m_s if along else h.sigma_v_m_s
        ratio = dt_s[i] / (h.time_u_s if along else h.time_v_s)
        now = velocity_m_s[i]
        after, mean = carried(now, sigma, ratio, (draws[0, i], draws[1, i]))
        there = z_m[i] <= layer.height_m
        velocity_m_s[i] = after if there else now
        path_m[i] += mean * dt_s[i] if there else 0.0


@_inline
def _rise(
    z_m: FloatArray, omega: FloatArray, normal: FloatArray, turbulent: Turbulent, count: int
) -> None:
    """Carry a block of particles through one of ``count`` vertical sub-steps."""
    layers, dt_s, regime, _ = turbulent
    for i in range(z_m.shape[0]):
        layer = layer_at(layers, i, regime)
        height, dt = layer.height_m, dt_s[i] / count
        z, w = vertical_step(min(z_m[i], height), omega[i], dt, layer, normal[i])
        there = z_m[i] <= height
        z_m[i] = z if there else z_m[i]
        omega[i] = w if there else omega[i]


@_inline
def _stir(cloud: Cloud, turbulent: Turbulent, count: int, key: Key, step: int) -> None:
    """Carry a block of particles of one regime through a step of ``count`` sub-steps."""
    layers, dt_s, regime, _ = turbulent
    draws = np.empty((4, cloud.z_m.shape[0]))
    # One loop, one purpose: the compiler looks after the overlap of few arrays only.
    _draw(draws, cloud.particle, key, step, _HORIZONTAL_DRAW)
    _spread(cloud.along_m_s, cloud.along_m, cloud.z_m, draws[:2], (layers, dt_s, regime, True))
    _spread(cloud.cross_m_s, cloud.cross_m, cloud.z_m, draws[2:], (layers, dt_s, regime, False))
    for k in range(count):
        if k % 4 == 0:
            _draw(draws, cloud.particle, key, step, _FIRST_VERTICAL_DRAW + k // 4)
        _rise(cloud.z_m, cloud.omega, draws[k % 4], turbulent, count)


@_jit
def stir(
    cloud: Cloud,
    layers: Layers,
    regime_count: tuple[int, int],
    step: tuple[int, int],
    dt_s: FloatArray,
) -> None:
    """Carry particles of one regime, each under its own layer, through one step, in place.

    Parameters
    ----------
    regime_count : tuple of int
        The regime of all the layers, and the number of sub-steps.
    step : tuple of int
        Seed of the run and number of the step in it.
    dt_s : ndarray, shape (n,)
        Length of the step of each particle, above 0.
    """
    regime, count = regime_count
    key = key_of(step[0])
    # The regime as a constant: compiled code has one loop for each, without branches.
    if regime == NEUTRAL:
        _stir(cloud, (layers, dt_s, NEUTRAL, True), count, key, step[1])
    elif regime == STABLE:
        _stir(cloud, (layers, dt_s, STABLE, True), count, key, step[1])
    else:
        _stir(cloud, (layers, dt_s, UNSTABLE, True), count, key, step[1])


@_jit
def walk(cloud: Cloud, layer: BoundaryLayer, stepping: Stepping, seed: int, step: int) -> None:
    """Carry particles under one layer through one step of the model, in place.

    Horizontal turbulence takes one step, at the height where the particle begins; vertical
    turbulence takes sub-steps, each with sigma and T of its own height. Particles above the
    layer stay where they are.

    Parameters
    ----------
    cloud : Cloud
        Changed in place; a slice of each column is as good, so threads may share a cloud.
    seed : int, 0 <= seed < 2^63
        Of the run.
    step : int, 0 <= step < 2^32
        Number of the step in the run.
    """
    n = cloud.z_m.shape[0]
    most = min(n, BLOCK)
    columns = Layers(
        np.full(most, layer.height_m),
        np.full(most, layer.friction_velocity_m_s),
        np.full(most, layer.convective_velocity_m_s),
        np.full(most, layer.obukhov_length_m),
        np.full(most, layer.density_gradient_per_m),
    )
    dt_s = np.full(most, stepping.duration_s)
    count = n_sub_steps(layer, stepping)
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        block = slice_of(cloud, first, last)
        layers = _first_layers(columns, last - first)
        stir(block, layers, (layer.regime, count), (seed, step), dt_s[: last - first])


@_inline
def slice_of(cloud: Cloud, first: int, last: int) -> Cloud:
    """Return a part of a cloud, which shares its columns."""
    return Cloud(
        cloud.particle[first:last],
        cloud.z_m[first:last],
        cloud.omega[first:last],
        cloud.along_m_s[first:last],
        cloud.cross_m_s[first:last],
        cloud.along_m[first:last],
        cloud.cross_m[first:last],
    )


@_inline
def _first_layers(layers: Layers, n: int) -> Layers:
    return Layers(
        layers.height_m[:n],
        layers.friction_velocity_m_s[:n],
        layers.convective_velocity_m_s[:n],
        layers.obukhov_length_m[:n],
        layers.density_gradient_per_m[:n],
    )
