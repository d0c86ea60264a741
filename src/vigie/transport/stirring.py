"""Particles stirred: in the boundary layer group by group, above it by horizontal diffusion.

What it computes: what ``vigie.transport.resolved`` leaves of a block in its room is sorted by
regime and number of sub-steps; a group is gathered side by side, taken through the Langevin steps
of ``vigie.transport.walk`` in height above ground, moved along and across the mean wind, and put
back on its levels.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vigie.transport.air import Flow, eta_of, slab_of
from vigie.transport.block import (
    DEPTH,
    FREE,
    GROUND,
    HEIGHT,
    N_COUNTS,
    N_GROUPS,
    PLACE,
    STILL,
    WIND,
    Room,
    count_of,
    sort,
)
from vigie.transport.compiled import inline, kernel
from vigie.transport.elementary import exp_minus
from vigie.transport.heights import GRAVITY_M_S2
from vigie.transport.particle_state import Particles, Step, shifted
from vigie.transport.philox import Key, key_of, uniforms
from vigie.transport.resolved import put3, row3
from vigie.transport.walk import Cloud, Layers, stir

FloatArray = NDArray[np.float64]

FREE_DIFFUSION_M2_S = 50.0
"""Horizontal, above the boundary layer (Stohl et al. 2005, ACP 5, 2461)."""
_FREE_DRAW = 0xFFFF
# Rows of what is gathered, after six of the cloud.
_Z, _OMEGA, _ALONG, _CROSS, _AHEAD, _LEFT = range(6)
_LAYERS, _DT, _GROUND, _PLACE, _WIND = 6, 11, 12, 13, 16


@kernel
def stir_block(
    particles: Particles, flow: Flow, step: Step, room: Room, bounds: tuple[int, int]
) -> None:
    """Stir the particles of a block, and put all that move where they are now."""
    first, last = bounds
    sort(room, last - first)
    for g in range(N_GROUPS):
        low, high = room.first_of[g], room.first_of[g + 1]
        if low < high:
            _stir_group(particles, flow, step, room, (first, low, high, g))
    _diffuse(particles, step, room, first)
    path = room.path
    for m in range(room.first_of[STILL]):
        k = room.chosen[m]
        i = first + k
        x, y, z = row3(path, PLACE, k)
        particles.place[i, 0], particles.place[i, 1], particles.place[i, 2] = x, y, z


@inline
def _stir_group(
    particles: Particles, flow: Flow, step: Step, room: Room, what: tuple[int, int, int, int]
) -> None:
    """Stir particles of one regime that take the same number of sub-steps."""
    first, low, high, group = what
    n, rows = high - low, room.gathered
    _gather(particles, room, (first, low, n))
    regime, rank = divmod(group, N_COUNTS)
    count = step.sub_steps if step.sub_steps > 0 else count_of(rank)
    # Row first, part second: the compiler then knows that neighbours lie side by side.
    z, omega, ahead = rows[_Z][:n], rows[_OMEGA][:n], rows[_AHEAD][:n]
    along, cross, left = rows[_ALONG][:n], rows[_CROSS][:n], rows[_LEFT][:n]
    cloud = Cloud(room.number[:n], z, omega, along, cross, ahead, left)
    layers = Layers(rows[6][:n], rows[7][:n], rows[8][:n], rows[9][:n], rows[10][:n])
    stir(cloud, layers, rows[_DT][:n], room.draws, (step.seed, step.number, count, regime))
    _shift(rows, n)
    _drop(rows, n)
    for m in range(n):
        k = room.chosen[low + m]
        i = first + k
        particles.height_m[i], particles.omega[i] = rows[_Z, m], rows[_OMEGA, m]
        particles.along_m_s[i], particles.cross_m_s[i] = rows[_ALONG, m], rows[_CROSS, m]
        put3(room.path, PLACE, k, row3(rows, _PLACE, m))
        pressure, scale = rows[_AHEAD, m], -1.0 / rows[_LAYERS + 4, m]
        particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
        slab = slab_of(flow, particles.eta[i])
        particles.eta[i] = eta_of(flow, pressure, rows[_GROUND, m], slab)


@inline
def _gather(particles: Particles, room: Room, what: tuple[int, int, int]) -> None:
    first, low, n = what
    rows, found, path = room.gathered, room.ground, room.path
    for m in range(n):
        k = room.chosen[low + m]
        i = first + k
        room.number[m] = particles.particle[i]
        rows[_Z, m], rows[_OMEGA, m] = found[HEIGHT, k], particles.omega[i]
        rows[_ALONG, m], rows[_CROSS, m] = particles.along_m_s[i], particles.cross_m_s[i]
        rows[_AHEAD, m], rows[_LEFT, m] = 0.0, 0.0
        for c in range(5):
            rows[_LAYERS + c, m] = found[DEPTH + c, k]
        rows[_DT, m], rows[_GROUND, m] = abs(particles.step_s[i]), found[GROUND, k]
        put3(rows, _PLACE, m, row3(path, PLACE, k))
        put3(rows, _WIND, m, row3(path, WIND, k))


@inline
def _shift(rows: FloatArray, n: int) -> None:
    """Move a group along and across its winds."""
    for m in range(n):
        way = (rows[_AHEAD, m], rows[_LEFT, m])
        put3(rows, _PLACE, m, shifted(row3(rows, _PLACE, m), way, row3(rows, _WIND, m)))


@inline
def _drop(rows: FloatArray, n: int) -> None:
    """Find the pressure at each height; it takes the place of the way ahead."""
    for m in range(n):
        rows[_AHEAD, m] = rows[_GROUND, m] * exp_minus(-rows[_LAYERS + 4, m] * rows[_Z, m])


@inline
def _diffuse(particles: Particles, step: Step, room: Room, first: int) -> None:
    """Spread the particles above the boundary layer."""
    low, n = room.first_of[FREE], room.first_of[STILL] - room.first_of[FREE]
    rows, path = room.gathered, room.path
    for m in range(n):
        k = room.chosen[low + m]
        room.number[m] = particles.particle[first + k]
        # Even over a square of the same variance: the sum of many steps is normal all the same.
        rows[_DT, m] = math.sqrt(24.0 * FREE_DIFFUSION_M2_S * abs(particles.step_s[first + k]))
        put3(rows, _PLACE, m, row3(path, PLACE, k))
    _draw_ways(rows, room.number[:n], key_of(step.seed), step.number)
    for m in range(n):
        way = (rows[_AHEAD, m], rows[_LEFT, m])
        put3(rows, _PLACE, m, shifted(row3(rows, _PLACE, m), way, (0.0, 0.0, 1.0)))
    for m in range(n):
        put3(path, PLACE, room.chosen[low + m], row3(rows, _PLACE, m))


@inline
def _draw_ways(rows: FloatArray, number: NDArray[np.int64], key: Key, step: int) -> None:
    for m in range(number.shape[0]):
        a, b, _, _ = uniforms(key, number[m], step, _FREE_DRAW)
        rows[_AHEAD, m], rows[_LEFT, m] = (a - 0.5) * rows[_DT, m], (b - 0.5) * rows[_DT, m]
