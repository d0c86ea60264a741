"""Particles carried by the resolved wind: Petterssen's step in place and level, a block at a time.

What it computes: the wind where a particle is, a first guess of where the step ends, the wind
there, and a step by the mean of both; before it, deep convection, and after it the ground below
and what stirs the particle. Loops that look at the grid alternate with loops that only compute,
which the compiler works four or eight particles at once.
"""

from __future__ import annotations

import math

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
    spot_at,
    spot_of,
    weights_of,
)
from vigie.transport.block import (
    CONVECTIVE,
    DEPTH,
    DT,
    FREE,
    FRICTION,
    GRADIENT,
    GROUND,
    HEIGHT,
    LATITUDE,
    LONGITUDE,
    N_COUNTS,
    OBUKHOV,
    PLACE,
    RATE,
    SECOND,
    STILL,
    THERE,
    WIND,
    Room,
    rank_of,
)
from vigie.transport.compiled import inline, kernel
from vigie.transport.elementary import angle
from vigie.transport.grid_wind import along, mean_wind
from vigie.transport.heights import GRAVITY_M_S2, drop_to, height_over
from vigie.transport.overturning import overturn
from vigie.transport.particle_state import CARRIED, LOST, Particles, Step, place_of
from vigie.transport.turbulence import BoundaryLayer, regime_of
from vigie.transport.walk import longest_sub_step_s

FloatArray = NDArray[np.float64]
Three = tuple[float, float, float]


@kernel
def advect_block(
    particles: Particles, flow: Flow, step: Step, room: Room, bounds: tuple[int, int]
) -> None:
    """Carry the particles of a block by the resolved wind, and find what will stir them.

    Places stay in the room; levels are those of the particles.
    """
    first, last = bounds
    path, n = room.path, last - first
    _load(particles.place[first:last], path, n)
    _look(path, n)
    for k in range(n):
        _begin_step(particles, flow, step, room, (first + k, k))
    _guess(path, n)
    for k in range(n):
        if room.group[k] != STILL:
            _end_step(particles, flow, step, room, (first + k, k))
    _go(path, n)


@inline
def row3(rows: FloatArray, first: int, k: int) -> Three:
    """Return a vector of one particle, which takes three rows."""
    return rows[first, k], rows[first + 1, k], rows[first + 2, k]


@inline
def put3(rows: FloatArray, first: int, k: int, vector: Three) -> None:
    """Put a vector of one particle into three rows."""
    rows[first, k], rows[first + 1, k], rows[first + 2, k] = vector


@inline
def _load(place: FloatArray, path: FloatArray, n: int) -> None:
    for k in range(n):
        put3(path, PLACE, k, (place[k, 0], place[k, 1], place[k, 2]))


@inline
def _look(path: FloatArray, n: int) -> None:
    """Find latitude and longitude of each place."""
    for k in range(n):
        x, y, z = row3(path, PLACE, k)
        path[LATITUDE, k], path[LONGITUDE, k] = angle(z, math.sqrt(x * x + y * y)), angle(y, x)


@inline
def _guess(path: FloatArray, n: int) -> None:
    """Find where the first wind alone would carry each particle."""
    for k in range(n):
        x, y, z = along(row3(path, PLACE, k), row3(path, WIND, k), path[DT, k])
        put3(path, THERE, k, (x, y, z))
        path[LATITUDE, k], path[LONGITUDE, k] = angle(z, math.sqrt(x * x + y * y)), angle(y, x)


@inline
def _go(path: FloatArray, n: int) -> None:
    """Carry each particle by the mean of both winds."""
    for k in range(n):
        here, there = row3(path, PLACE, k), row3(path, THERE, k)
        mean = mean_wind(here, there, row3(path, WIND, k), row3(path, SECOND, k))
        put3(path, WIND, k, mean)
        put3(path, PLACE, k, along(here, mean, path[DT, k]))


@inline
def _begin_step(
    particles: Particles, flow: Flow, step: Step, room: Room, at: tuple[int, int]
) -> None:
    """Find the wind where a particle is, if it moves."""
    i, k = at
    path = room.path
    if not _begin(particles, flow, step, i):
        room.group[k] = STILL
        return
    room.group[k] = FREE
    spot = spot_at(flow, path[LATITUDE, k], path[LONGITUDE, k])
    overturn(particles, flow, spot, step, i)
    dt = particles.step_s[i]
    when = step.time_s + step.dt_s - dt
    x, y, z, rate = motion_in(flow, spot, row3(path, PLACE, k), (particles.eta[i], when))
    put3(path, WIND, k, (x, y, z))
    path[RATE, k], path[DT, k] = rate, dt


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
    particles.eta[i] = eta_of(flow, pressure, ground, 0)
    particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
    particles.first_density_kg_m3[i] = particles.density_kg_m3[i]
    particles.step_s[i] = end - start
    particles.state[i] = CARRIED
    return True


@inline
def _end_step(
    particles: Particles, flow: Flow, step: Step, room: Room, at: tuple[int, int]
) -> None:
    """Find the wind at the first guess, the level at the end, and what will stir a particle."""
    i, k = at
    path, eta, lid = room.path, particles.eta[i], flow.eta[flow.eta.shape[0] - 1]
    rate, dt, end = path[RATE, k], path[DT, k], step.time_s + step.dt_s
    spot = spot_at(flow, path[LATITUDE, k], path[LONGITUDE, k])
    x, y, z, then = motion_in(
        flow, spot, row3(path, THERE, k), (_reflected(eta + rate * dt, lid), end)
    )
    put3(path, SECOND, k, (x, y, z))
    particles.eta[i] = _reflected(eta + 0.5 * (rate + then) * dt, lid)
    room.group[k] = _settle(particles, flow, step, room, (i, k, spot))


@inline
def _reflected(eta: float, lid: float) -> float:
    eta = 2.0 - eta if eta > 1.0 else eta
    eta = 2.0 * lid - eta if eta < lid else eta
    return min(max(eta, lid), 1.0)


@inline
def _settle(
    particles: Particles, flow: Flow, step: Step, room: Room, at: tuple[int, int, Spot]
) -> int:
    """Find the ground below one particle; return the group in which it is stirred.

    The ground is that of the first guess, which Petterssen's mean moves by some 100 m.
    """
    i, k, spot = at
    if spot.row < 0:
        particles.state[i] = LOST
        return STILL
    weights = weights_of(flow, spot, step.time_s + step.dt_s)
    ground, scale, depth = ground_at(flow, spot, weights)
    pressure = pressure_pa(flow, particles.eta[i], ground)
    drop = math.log(ground / pressure)
    height = scale * drop
    within = height <= depth
    if not within:
        height, scale = height_over(drop, scale, depth)
    particles.height_m[i] = height
    particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
    if not within:
        return FREE
    found = room.ground
    found[HEIGHT, k], found[DEPTH, k] = height, depth
    found[FRICTION, k], found[CONVECTIVE, k], per_obukhov = mixing_at(flow, spot, weights)
    found[OBUKHOV, k] = 1.0 / per_obukhov
    found[GRADIENT, k], found[GROUND, k] = -1.0 / scale, ground
    return _group(found, k, abs(particles.step_s[i]), step.sub_steps)


@inline
def _group(found: FloatArray, k: int, dt_s: float, sub_steps: int) -> int:
    """Return regime and rank of the number of sub-steps as one number."""
    depth, length = found[DEPTH, k], found[OBUKHOV, k]
    regime = regime_of(depth, length)
    if sub_steps > 0:
        return regime * N_COUNTS
    layer = BoundaryLayer(depth, found[FRICTION, k], found[CONVECTIVE, k], length, 0.0, regime)
    return regime * N_COUNTS + rank_of(dt_s / longest_sub_step_s(layer))
