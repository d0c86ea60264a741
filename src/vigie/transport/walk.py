"""Many particles through the turbulence of a boundary layer, a block at a time.

What it computes: for each particle one horizontal step and the vertical sub-steps of
``vigie.transport.vertical``, none above ``longest_sub_step_s``. Random numbers belong to (seed,
particle, step), so neither the number of threads nor the order of particles matters: threads
take slices of the columns of one cloud, and the kernel lets go of the interpreter.

Accuracy as measured: with 100,000 particles in 14 layers of 100 to 3000 m, density falling with
height, the mean of the last three of six hours departs from well mixed in the worst tenth of the
layer by up to 0.7 % (neutral), 2.3 % (unstable) and 2.5 % (stable, at the ground); the mean height
of a cloud from the ground is off by up to 3 % after 15 minutes and 1.3 % after an hour. Bit-equal
for one and several threads; against the twin within 1e-7 over 20 sub-steps. Cost as measured on a
busy core: 21 (neutral), 25 (stable) and 46 ns (unstable) per particle and sub-step
(benchmarks/transport_physics.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.compiled import inline, kernel
from vigie.transport.philox import Key, key_of, normals
from vigie.transport.turbulence import (
    NEUTRAL,
    STABLE,
    UNSTABLE,
    BoundaryLayer,
    horizontal,
    sigma_w_m_s,
)
from vigie.transport.vertical import carried, kicked, largest_sigma_w_m_s, moved

FloatArray = NDArray[np.float64]

NEUTRAL_SUB_STEP_S, UNSTABLE_SUB_STEP_S, STABLE_SUB_STEP_S = 180.0, 90.0, 120.0
NEUTRAL_SHARE, UNSTABLE_SHARE, STABLE_SHARE = 0.4, 0.15, 0.17
"""Of the depth of the layer that a standard deviation of the wind may cross in a sub-step."""
_HORIZONTAL_DRAW = 0
_FIRST_VERTICAL_DRAW = 1
BLOCK = 512
"""Particles that take a step together: their state stays in the cache of the core."""


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
    longest_s: float = NEUTRAL_SUB_STEP_S
    sub_steps: int = 0
    """Number of equal sub-steps; 0 chooses them by ``sub_step_s``."""


@inline
def longest_sub_step_s(layer: BoundaryLayer) -> float:
    """Return how long a vertical sub-step may be: 180, 120 or 90 s (neutral, stable, unstable).

    And never above 0.4, 0.17 or 0.15 h / sigma_w. The bound holds in the
    whole layer, with the largest sigma_w: steps that depend on the height would themselves unmix.
    Measured in the 14 layers of ``benchmarks/transport_physics.py``, 100 to 3000 m deep.
    """
    regime = layer.regime
    longest = NEUTRAL_SUB_STEP_S if regime == NEUTRAL else UNSTABLE_SUB_STEP_S
    longest = STABLE_SUB_STEP_S if regime == STABLE else longest
    share = NEUTRAL_SHARE if regime == NEUTRAL else UNSTABLE_SHARE
    share = STABLE_SHARE if regime == STABLE else share
    return min(share * layer.height_m / largest_sigma_w_m_s(layer), longest)


@inline
def n_sub_steps(layer: BoundaryLayer, stepping: Stepping) -> int:
    """Return how many equal sub-steps a step takes: none above ``longest_sub_step_s``."""
    if stepping.sub_steps > 0:
        return stepping.sub_steps
    longest = min(longest_sub_step_s(layer), stepping.longest_s)
    return max(int(np.ceil(stepping.duration_s / longest - 1e-9)), 1)


@inline
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


@inline
def _draw(draws: FloatArray, particle: NDArray[np.int64], key: Key, step: int, draw: int) -> None:
    for i in range(particle.shape[0]):
        draws[0, i], draws[1, i], draws[2, i], draws[3, i] = normals(key, particle[i], step, draw)


@inline
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


@inline
def _start(z_m: FloatArray, omega: FloatArray, turbulent: Turbulent, count: int) -> None:
    """Carry a block of particles half a sub-step ahead."""
    layers, dt_s, regime, _ = turbulent
    for i in range(z_m.shape[0]):
        layer = layer_at(layers, i, regime)
        inside = min(z_m[i], layer.height_m)
        sigma = sigma_w_m_s(inside, layer)
        z, w = moved(inside, omega[i], sigma, 0.5 * dt_s[i] / count, layer)
        there = z_m[i] <= layer.height_m
        z_m[i] = z if there else z_m[i]
        omega[i] = w if there else omega[i]


@inline
def _rise(
    z_m: FloatArray,
    omega: FloatArray,
    normal: FloatArray,
    turbulent: Turbulent,
    which: tuple[int, int],
) -> None:
    """Kick a block of particles, then carry it to the next kick, or half as far after the last.

    The halves of the way before and after a kick are one way with those of its neighbours.
    """
    layers, dt_s, regime, _ = turbulent
    k, count = which
    ahead = 0.5 if k == count - 1 else 1.0
    for i in range(z_m.shape[0]):
        layer = layer_at(layers, i, regime)
        height, dt = layer.height_m, dt_s[i] / count
        inside = min(z_m[i], height)
        w, sigma = kicked(inside, omega[i], dt, layer, normal[i])
        z, w = moved(inside, w, sigma, ahead * dt, layer)
        there = z_m[i] <= height
        z_m[i] = z if there else z_m[i]
        omega[i] = w if there else omega[i]


@inline
def _spread_both(cloud: Cloud, turbulent: Turbulent, draws: FloatArray) -> None:
    # One loop, one purpose: the compiler looks after the overlap of few arrays only.
    layers, dt_s, regime, _ = turbulent
    _spread(cloud.along_m_s, cloud.along_m, cloud.z_m, draws[:2], (layers, dt_s, regime, True))
    _spread(cloud.cross_m_s, cloud.cross_m, cloud.z_m, draws[2:], (layers, dt_s, regime, False))


@kernel
def stir(
    cloud: Cloud, layers: Layers, dt_s: FloatArray, draws: FloatArray, at: tuple[int, int, int, int]
) -> None:
    """Carry particles of one regime, each under its own layer, through one step, in place.

    Parameters
    ----------
    dt_s : ndarray, shape (n,)
        Length of the step of each particle, above 0.
    draws : ndarray, shape (4, n or more)
        Room for random numbers.
    at : tuple of int
        Seed of the run, number of the step, number of sub-steps, and regime of all the layers.
    """
    seed, step, count, regime = at
    key = key_of(seed)
    # The regime as a constant: compiled code has one loop for each, without branches.
    _draw(draws, cloud.particle, key, step, _HORIZONTAL_DRAW)
    if regime == NEUTRAL:
        _spread_both(cloud, (layers, dt_s, NEUTRAL, True), draws)
        _start(cloud.z_m, cloud.omega, (layers, dt_s, NEUTRAL, True), count)
    elif regime == STABLE:
        _spread_both(cloud, (layers, dt_s, STABLE, True), draws)
        _start(cloud.z_m, cloud.omega, (layers, dt_s, STABLE, True), count)
    else:
        _spread_both(cloud, (layers, dt_s, UNSTABLE, True), draws)
        _start(cloud.z_m, cloud.omega, (layers, dt_s, UNSTABLE, True), count)
    for k in range(count):
        if k % 4 == 0:
            _draw(draws, cloud.particle, key, step, _FIRST_VERTICAL_DRAW + k // 4)
        normal = draws[k % 4]
        if regime == NEUTRAL:
            _rise(cloud.z_m, cloud.omega, normal, (layers, dt_s, NEUTRAL, True), (k, count))
        elif regime == STABLE:
            _rise(cloud.z_m, cloud.omega, normal, (layers, dt_s, STABLE, True), (k, count))
        else:
            _rise(cloud.z_m, cloud.omega, normal, (layers, dt_s, UNSTABLE, True), (k, count))


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
    n = len(cloud.z_m)
    most = min(n, BLOCK)
    columns = np.repeat(np.array(layer[:5], dtype=np.float64)[:, None], most, axis=1)
    room = np.empty((5, most))
    room[4] = stepping.duration_s
    at = (seed, step, n_sub_steps(layer, stepping), layer.regime)
    for first in range(0, n, BLOCK):
        size = min(BLOCK, n - first)
        block = Cloud._make(column[first : first + size] for column in cloud)
        layers = Layers._make(column[:size] for column in columns)
        stir(block, layers, room[4, :size], room[:4], at)
