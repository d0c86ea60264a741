"""Particles carried by the air, forward or backward in time: the kernel of the model.

What it computes, for one step of many particles: deep convection; the resolved wind in
place and level (Petterssen); within the boundary layer the Langevin steps of
``vigie.transport.walk``, in height above ground; above it horizontal diffusion. Particles begin
within a step, at the time that each has; those that pass the edge of a regional grid are lost and
counted.

Height and level belong together by the profile of ``heights``: within the boundary layer one scale
height, z = H ln(p_s / p), so density falls as pressure does there, and so the turbulence is told;
above it hydrostatic air. Reflection at the ground and the lid.

Random numbers belong to (seed, particle, step). A block is a fixed run of particles, so results
depend neither on the number of threads nor on what else is computed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.air import (
    Flow,
    Spot,
    eta_of,
    ground_at,
    mixing_at,
    motion_in,
    pressure_pa,
    spot_of,
    weights_of,
)
from vigie.transport.compiled import inline, kernel
from vigie.transport.grid_wind import along, mean_wind
from vigie.transport.heights import GRAVITY_M_S2, drop_to, height_over
from vigie.transport.overturning import overturn
from vigie.transport.particle_state import CARRIED, LOST, Particles, Step, place_of, put, shift
from vigie.transport.philox import key_of, uniforms
from vigie.transport.turbulence import BoundaryLayer, regime_of
from vigie.transport.walk import Cloud, Layers, longest_sub_step_s, stir

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Three = tuple[float, float, float]

BLOCK = 4096
"""Particles that take a step together: a group of one regime is long enough for the compiler."""
FREE_DIFFUSION_M2_S = 50.0
"""Horizontal, above the boundary layer (Stohl et al. 2005, ACP 5, 2461)."""
N_COUNTS = 40
"""Numbers of sub-steps: 1 to 8, then four in each octave, to 2048 (0.4 s of 15 minutes)."""
N_GROUPS = 3 * N_COUNTS
"""Regimes times numbers of sub-steps."""
_FREE_DRAW = 0xFFFF


class Room(NamedTuple):
    """Where a block of particles is gathered; each thread needs its own."""

    settled: FloatArray
    """What ``_settle`` found, a row each: see the numbers below."""
    gathered: FloatArray
    """Columns of a group: six of its cloud, five of its layers, the step."""
    draws: FloatArray
    group: IntArray
    chosen: IntArray
    number: IntArray
    first_of: IntArray


_HEIGHT, _DEPTH, _FRICTION, _CONVECTIVE, _OBUKHOV, _GRADIENT, _GROUND, _X, _Y, _Z = range(10)


def room() -> Room:
    """Return room for one thread."""
    group, chosen, number = np.empty((3, BLOCK), dtype=np.int64)
    counts = np.empty(N_GROUPS + 2, dtype=np.int64)
    columns = np.empty((10, BLOCK)), np.empty((12, BLOCK)), np.empty((4, BLOCK))
    return Room(*columns, group, chosen, number, counts)


def carry(particles: Particles, flow: Flow, step: Step, room: Room) -> None:
    """Carry particles through one step, in place; the step must lie within the flow's times.

    Parameters
    ----------
    particles : Particles
        Slices of columns are as good, so threads may share them.
    room : Room
        Of this thread.
    """
    n = len(particles.eta)
    for first in range(0, n, BLOCK):
        bounds = (first, min(first + BLOCK, n))
        # Two kernels and not one that calls them: what is called would be compiled once more.
        _advect_block(particles, flow, step, room, bounds)
        _stir_block(particles, flow, step, room, bounds)


@kernel
def _advect_block(
    particles: Particles, flow: Flow, step: Step, room: Room, bounds: tuple[int, int]
) -> None:
    """Carry the particles of a block by the resolved wind, and find what will stir them."""
    first, last = bounds
    for i in range(first, last):
        k = i - first
        if _begin(particles, flow, step, i):
            spot = spot_of(flow, place_of(particles, i))
            overturn(particles, flow, spot, step, i)
            wind, ahead = _advect(particles, flow, spot, step, i)
            room.settled[_X, k], room.settled[_Y, k], room.settled[_Z, k] = wind
            room.group[k] = _settle(particles, flow, step, room, (i, k, ahead))
        else:
            room.group[k] = -1


@inline
def _begin(particles: Particles, flow: Flow, step: Step, i: int) -> bool:
    """Tell whether a particle moves in this step; the first time, put it on its level."""
    if particles.state[i] == CARRIED:
        particles.step_s[i] = step.dt_s
        return True
    end = step.time_s + step.dt_s
    start = particles.start_s[i]
    if particles.state[i] == LOST or (end >= start if step.dt_s < 0.0 else end <= start):
        return False
    # One whose time is already past begins with the step.
    start = min(start, step.time_s) if step.dt_s < 0.0 else max(start, step.time_s)
    spot = spot_of(flow, place_of(particles, i))
    if spot.row < 0:
        particles.state[i] = LOST
        return False
    weights = weights_of(flow, spot, start)
    ground, scale, depth = ground_at(flow, spot, weights)
    drop, scale = drop_to(particles.height_m[i], scale, depth)
    pressure = ground * math.exp(-drop)
    particles.eta[i] = eta_of(flow, pressure, ground)
    particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
    particles.first_density_kg_m3[i] = particles.density_kg_m3[i]
    particles.step_s[i] = end - start
    particles.state[i] = CARRIED
    return True


@inline
def _advect(particles: Particles, flow: Flow, spot: Spot, step: Step, i: int) -> tuple[Three, Spot]:
    """Carry one particle, which is at a spot, by the resolved wind.

    Returns its mean, and the spot at the first guess of where the step ends.
    """
    here, eta, dt = place_of(particles, i), particles.eta[i], particles.step_s[i]
    end = step.time_s + step.dt_s
    first = motion_in(flow, spot, here, (eta, end - dt))
    u = (first[0], first[1], first[2])
    there = along(here, u, dt)
    lid = flow.eta[flow.eta.shape[0] - 1]
    ahead = spot_of(flow, there)
    second = motion_in(flow, ahead, there, (_reflected(eta + first[3] * dt, lid), end))
    v = (second[0], second[1], second[2])
    mean = mean_wind(here, there, u, v)
    put(particles, i, along(here, mean, dt))
    particles.eta[i] = _reflected(eta + 0.5 * (first[3] + second[3]) * dt, lid)
    return mean, ahead


@inline
def _reflected(eta: float, lid: float) -> float:
    eta = 2.0 - eta if eta > 1.0 else eta
    eta = 2.0 * lid - eta if eta < lid else eta
    return min(max(eta, lid), 1.0)


@inline
def _settle(
    particles: Particles, flow: Flow, step: Step, room: Room, at: tuple[int, int, Spot]
) -> int:
    """Find the ground below one particle; return the group in which it is stirred, or -1.

    The ground is that of the first guess, which Petterssen's mean moves by some 100 m.
    """
    i, k, spot = at
    time = step.time_s + step.dt_s
    if spot.row < 0:
        particles.state[i] = LOST
        return -1
    weights = weights_of(flow, spot, time)
    ground, scale, depth = ground_at(flow, spot, weights)
    pressure = pressure_pa(flow, particles.eta[i], ground)
    drop = math.log(ground / pressure)
    height = scale * drop
    if height > depth:
        height, scale = height_over(drop, scale, depth)
        particles.height_m[i] = height
        particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
        _diffuse(particles, step, i)
        return -1
    particles.height_m[i] = height
    particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
    found = room.settled
    found[_HEIGHT, k], found[_DEPTH, k] = height, depth
    found[_FRICTION, k], found[_CONVECTIVE, k], per_obukhov = mixing_at(flow, spot, weights)
    found[_OBUKHOV, k] = 1.0 / per_obukhov
    found[_GRADIENT, k], found[_GROUND, k] = -1.0 / scale, ground
    return _group(found, k, abs(particles.step_s[i]), step.sub_steps)


@inline
def _group(found: FloatArray, k: int, dt_s: float, sub_steps: int) -> int:
    """Return regime and rank of the number of sub-steps as one number."""
    depth, length = found[_DEPTH, k], found[_OBUKHOV, k]
    regime = regime_of(depth, length)
    if sub_steps > 0:
        return regime * N_COUNTS
    layer = BoundaryLayer(depth, found[_FRICTION, k], found[_CONVECTIVE, k], length, 0.0, regime)
    return regime * N_COUNTS + rank_of(dt_s / longest_sub_step_s(layer))


@inline
def rank_of(at_least: float) -> int:
    """Return the rank, from 0, of the least number of sub-steps that is enough."""
    rank, parts = 0, at_least * (1.0 - 1e-9)
    while parts > 8.0 and rank < N_COUNTS - 8:
        rank, parts = rank + 4, 0.5 * parts
    return rank + min(max(math.ceil(parts), 1), 8) - 1


@inline
def count_of(rank: int) -> int:
    """Return the number of sub-steps of a rank.

    Examples
    --------
    >>> [count_of(rank_of(n)) for n in (0.1, 3.2, 7.5, 8.1, 11.0, 16.0, 1e9)]
    [1, 4, 8, 10, 12, 16, 2048]
    """
    octave = max(rank // 4 - 1, 0)
    return (rank + 1 - 4 * octave) << octave


@inline
def _diffuse(particles: Particles, step: Step, i: int) -> None:
    """Spread one particle above the boundary layer."""
    a, b, _, _ = uniforms(key_of(step.seed), particles.particle[i], step.number, _FREE_DRAW)
    # Even over a square of the same variance: the sum of many steps is normal all the same.
    width = math.sqrt(24.0 * FREE_DIFFUSION_M2_S * abs(particles.step_s[i]))
    shift(particles, i, (a - 0.5) * width, (b - 0.5) * width, (0.0, 0.0, 1.0))


@kernel
def _stir_block(
    particles: Particles, flow: Flow, step: Step, room: Room, bounds: tuple[int, int]
) -> None:
    """Stir the particles of a block that are in the boundary layer, group by group."""
    first, last = bounds
    room.first_of[:] = 0
    for k in range(last - first):
        room.first_of[room.group[k] + 2] += 1
    for g in range(1, N_GROUPS + 2):
        room.first_of[g] += room.first_of[g - 1]
    # Now first_of[g + 1] is where group g begins; filling moves it to where it ends.
    for k in range(last - first):
        g = room.group[k] + 1
        room.chosen[room.first_of[g]] = k
        room.first_of[g] += 1
    for g in range(N_GROUPS):
        low, high = room.first_of[g], room.first_of[g + 1]
        if low < high:
            _stir_group(particles, flow, step, room, (first, low, high, g))


@inline
def _stir_group(
    particles: Particles, flow: Flow, step: Step, room: Room, what: tuple[int, int, int, int]
) -> None:
    """Stir particles of one regime that take the same number of sub-steps."""
    first, low, high, group = what
    n, columns, found = high - low, room.gathered, room.settled
    for m in range(n):
        k = room.chosen[low + m]
        i = first + k
        room.number[m] = particles.particle[i]
        columns[0, m], columns[1, m] = found[_HEIGHT, k], particles.omega[i]
        columns[2, m], columns[3, m] = particles.along_m_s[i], particles.cross_m_s[i]
        columns[4, m], columns[5, m] = 0.0, 0.0
        for c in range(5):
            columns[6 + c, m] = found[_DEPTH + c, k]
        columns[11, m] = abs(particles.step_s[i])
    regime, rank = divmod(group, N_COUNTS)
    count = step.sub_steps if step.sub_steps > 0 else count_of(rank)
    cloud = Cloud(
        room.number[:n],
        columns[0][:n],
        columns[1][:n],
        columns[2][:n],
        columns[3][:n],
        columns[4][:n],
        columns[5][:n],
    )
    # Row first, part second: the compiler then knows that neighbours lie side by side.
    layers = Layers(columns[6][:n], columns[7][:n], columns[8][:n], columns[9][:n], columns[10][:n])
    at = (step.seed, step.number, count, regime)
    stir(cloud, layers, columns[11][:n], room.draws, at)
    for m in range(n):
        k = room.chosen[low + m]
        i = first + k
        particles.omega[i] = columns[1, m]
        particles.along_m_s[i], particles.cross_m_s[i] = columns[2, m], columns[3, m]
        _raise(particles, flow, i, columns[0, m], (found[_GRADIENT, k], found[_GROUND, k]))
        wind = (found[_X, k], found[_Y, k], found[_Z, k])
        shift(particles, i, columns[4, m], columns[5, m], wind)


@inline
def _raise(
    particles: Particles, flow: Flow, i: int, height_m: float, ground: tuple[float, float]
) -> None:
    """Put a particle at a height; ground holds -1 / H and the pressure there."""
    gradient, surface = ground
    pressure = surface * math.exp(gradient * height_m)
    particles.height_m[i] = height_m
    particles.density_kg_m3[i] = -pressure * gradient / GRAVITY_M_S2
    particles.eta[i] = eta_of(flow, pressure, surface)
