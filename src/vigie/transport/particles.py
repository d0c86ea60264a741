"""Particles carried by the air, forward or backward in time: the kernel of the model.

What it computes, for one step of many particles: the resolved wind in place and level (Petterssen);
within the boundary layer the Langevin steps of ``vigie.transport.walk``, in height above ground;
above it horizontal diffusion. Particles begin within a step, at the time that each has; those that
pass the edge of a regional grid are lost and counted.

Height and level belong together by the scale height over the depth of the boundary layer,
z = H ln(p_s / p): density falls as pressure does there, and so the turbulence is told. Reflection
at the ground and the lid.

Random numbers belong to (seed, particle, step). A block is a fixed run of particles, so results
depend neither on the number of threads nor on what else is computed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from vigie.transport.air import (
    CONVECTIVE,
    DEPTH,
    FRICTION,
    PER_OBUKHOV,
    PRESSURE,
    SCALE,
    Flow,
    eta_of,
    motion_at,
    pressure_pa,
    spot_of,
    surface_at,
)
from vigie.transport.grid_wind import along, mean_wind
from vigie.transport.philox import key_of, normals
from vigie.transport.turbulence import VERTICAL_TIME_FLOOR_S, regime_of
from vigie.transport.vertical import largest_sigma_w_m_s
from vigie.transport.walk import Cloud, Layers, layer_at, stir

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Three = tuple[float, float, float]

BLOCK = 4096
"""Particles that take a step together: a group of one regime is long enough for the compiler."""
GRAVITY_M_S2 = 9.80665
FREE_DIFFUSION_M2_S = 50.0
"""Horizontal, above the boundary layer (Stohl et al. 2005, ACP 5, 2461)."""
UNBORN, CARRIED, LOST = 0, 1, 2
N_REGIMES, MOST_DOUBLINGS = 3, 12
_FREE_DRAW = 0xFFFF
_CALM_M_S = 1e-9
_jit = nb.njit(cache=True, nogil=True, error_model="numpy")
_inline = nb.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)


class Particles(NamedTuple):
    """State of n particles, as columns that a step changes in place."""

    particle: IntArray
    """Number in the run, which decides the random numbers."""
    state: IntArray
    """UNBORN, CARRIED or LOST."""
    start_s: FloatArray
    """When it begins."""
    place: FloatArray
    """Unit vectors, shape (n, 3)."""
    eta: FloatArray
    """Label of the level."""
    height_m: FloatArray
    """Above ground; before it begins: where it will."""
    density_kg_m3: FloatArray
    """Of the air around it."""
    first_density_kg_m3: FloatArray
    """Of the air where it began."""
    step_s: FloatArray
    """Length of its last step: shorter than others' in the step in which it begins."""
    omega: FloatArray
    """w' / sigma_w."""
    along_m_s: FloatArray
    """Turbulent wind along the mean wind."""
    cross_m_s: FloatArray


class Step(NamedTuple):
    """One step of the model."""

    time_s: float
    dt_s: float
    """Below 0 backward."""
    seed: int
    number: int
    sub_steps: int
    """Vertical sub-steps; 0 chooses them for each particle."""


@_jit
def carry(particles: Particles, flow: Flow, step: Step) -> None:
    """Carry particles through one step, in place; the step must lie within the flow's times."""
    n = particles.eta.shape[0]
    room = np.empty((12, min(n, BLOCK)))
    ids = np.empty((4, min(n, BLOCK)), dtype=np.int64)
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        for i in range(first, last):
            if not _begin(particles, flow, step, i):
                ids[0, i - first] = -1
                continue
            _advect(particles, flow, step, i)
            ids[0, i - first] = _settle(particles, flow, step, room, (i, i - first))
        _stir_block(particles, flow, step, (room, ids), (first, last))


@_inline
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
    spot = spot_of(flow, _place(particles, i))
    if spot.row < 0:
        particles.state[i] = LOST
        return False
    ground = surface_at(flow, spot, start, PRESSURE)
    scale = surface_at(flow, spot, start, SCALE)
    pressure = ground * math.exp(-particles.height_m[i] / scale)
    particles.eta[i] = eta_of(flow, pressure, ground)
    particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
    particles.first_density_kg_m3[i] = particles.density_kg_m3[i]
    particles.step_s[i] = end - start
    particles.state[i] = CARRIED
    return True


@_inline
def _place(particles: Particles, i: int) -> Three:
    return particles.place[i, 0], particles.place[i, 1], particles.place[i, 2]


@_inline
def _put(particles: Particles, i: int, place: Three) -> None:
    particles.place[i, 0], particles.place[i, 1], particles.place[i, 2] = place


@_inline
def _advect(particles: Particles, flow: Flow, step: Step, i: int) -> None:
    """Carry one particle by the resolved wind; its mean wind stays in its turbulent columns."""
    here, eta, dt = _place(particles, i), particles.eta[i], particles.step_s[i]
    end = step.time_s + step.dt_s
    first = motion_at(flow, here, eta, end - dt)
    u = (first[0], first[1], first[2])
    there = along(here, u, dt)
    lid = flow.eta[flow.eta.shape[0] - 1]
    second = motion_at(flow, there, _reflected(eta + first[3] * dt, lid), end)
    v = (second[0], second[1], second[2])
    _put(particles, i, along(here, mean_wind(here, there, u, v), dt))
    particles.eta[i] = _reflected(eta + 0.5 * (first[3] + second[3]) * dt, lid)


@_inline
def _reflected(eta: float, lid: float) -> float:
    eta = 2.0 - eta if eta > 1.0 else eta
    eta = 2.0 * lid - eta if eta < lid else eta
    return min(max(eta, lid), 1.0)


@_inline
def _settle(
    particles: Particles, flow: Flow, step: Step, room: FloatArray, at: tuple[int, int]
) -> int:
    """Find the ground below one particle; return the group in which it is stirred, or -1."""
    i, k = at
    time = step.time_s + step.dt_s
    spot = spot_of(flow, _place(particles, i))
    if spot.row < 0:
        particles.state[i] = LOST
        return -1
    ground = surface_at(flow, spot, time, PRESSURE)
    scale = surface_at(flow, spot, time, SCALE)
    depth = surface_at(flow, spot, time, DEPTH)
    pressure = pressure_pa(flow, particles.eta[i], ground)
    height = scale * math.log(ground / pressure)
    particles.height_m[i] = height
    particles.density_kg_m3[i] = pressure / (GRAVITY_M_S2 * scale)
    if height > depth:
        _diffuse(particles, step, i)
        return -1
    room[0, k], room[1, k], room[2, k] = height, depth, surface_at(flow, spot, time, FRICTION)
    room[3, k] = surface_at(flow, spot, time, CONVECTIVE)
    room[4, k] = 1.0 / surface_at(flow, spot, time, PER_OBUKHOV)
    room[5, k], room[6, k] = -1.0 / scale, ground
    return _group(room, k, abs(particles.step_s[i]), step.sub_steps)


@_inline
def _group(room: FloatArray, k: int, dt_s: float, sub_steps: int) -> int:
    """Return regime and number of doublings of the sub-steps as one number."""
    regime = regime_of(room[1, k], room[4, k])
    if sub_steps > 0:
        return regime * MOST_DOUBLINGS
    layers = Layers(room[1], room[2], room[3], room[4], room[5])
    longest = 0.1 * room[1, k] / largest_sigma_w_m_s(layer_at(layers, k, regime))
    longest = min(longest, 0.5 * VERTICAL_TIME_FLOOR_S)
    doublings = 0
    while dt_s > longest * (1 << doublings) * (1.0 + 1e-9) and doublings < MOST_DOUBLINGS - 1:
        doublings += 1
    return regime * MOST_DOUBLINGS + doublings


@_inline
def _diffuse(particles: Particles, step: Step, i: int) -> None:
    """Spread one particle above the boundary layer."""
    a, b, _, _ = normals(key_of(step.seed), particles.particle[i], step.number, _FREE_DRAW)
    length = math.sqrt(2.0 * FREE_DIFFUSION_M2_S * abs(particles.step_s[i]))
    _shift(particles, i, a * length, b * length, (0.0, 0.0, 1.0))


@_inline
def _shift(particles: Particles, i: int, ahead_m: float, left_m: float, wind: Three) -> None:
    """Move one particle along and across a wind; along any direction where it is calm."""
    x, y, z = _place(particles, i)
    part = wind[0] * x + wind[1] * y + wind[2] * z
    tx, ty, tz = wind[0] - part * x, wind[1] - part * y, wind[2] - part * z
    size = math.sqrt(tx * tx + ty * ty + tz * tz)
    if size < _CALM_M_S:
        # Any direction at all: that of the axis to which the place points least.
        tx, ty, tz = (
            (-x * x + 1.0, -x * y, -x * z) if abs(x) < 0.7 else (-y * x, 1.0 - y * y, -y * z)
        )
        size = math.sqrt(tx * tx + ty * ty + tz * tz)
    tx, ty, tz = tx / size, ty / size, tz / size
    # To the left: up cross ahead.
    lx, ly, lz = y * tz - z * ty, z * tx - x * tz, x * ty - y * tx
    way = (ahead_m * tx + left_m * lx, ahead_m * ty + left_m * ly, ahead_m * tz + left_m * lz)
    _put(particles, i, along((x, y, z), way, 1.0))


@_inline
def _stir_block(
    particles: Particles,
    flow: Flow,
    step: Step,
    scratch: tuple[FloatArray, IntArray],
    bounds: tuple[int, int],
) -> None:
    """Stir the particles of a block that are in the boundary layer, group by group."""
    room, ids = scratch
    first, last = bounds
    for regime in range(N_REGIMES):
        for doublings in range(MOST_DOUBLINGS):
            wanted, n = regime * MOST_DOUBLINGS + doublings, 0
            for k in range(last - first):
                if ids[0, k] == wanted:
                    ids[1, n] = k
                    n += 1
            if n:
                count = step.sub_steps if step.sub_steps > 0 else 1 << doublings
                _stir_group(particles, flow, step, (room, ids[1, :n]), (first, regime, count))


@_inline
def _stir_group(
    particles: Particles,
    flow: Flow,
    step: Step,
    scratch: tuple[FloatArray, IntArray],
    what: tuple[int, int, int],
) -> None:
    """Stir particles of one regime that take the same number of sub-steps."""
    room, chosen = scratch
    first, regime, count = what
    n = chosen.shape[0]
    cloud = _gathered_cloud(particles, room, chosen, first)
    layers = Layers(
        _gathered(room[1], chosen),
        _gathered(room[2], chosen),
        _gathered(room[3], chosen),
        _gathered(room[4], chosen),
        _gathered(room[5], chosen),
    )
    dt_s = np.empty(n)
    for m in range(n):
        dt_s[m] = abs(particles.step_s[first + chosen[m]])
    stir(cloud, layers, (regime, count), (step.seed, step.number), dt_s)
    time = step.time_s + step.dt_s
    for m in range(n):
        k = chosen[m]
        i = first + k
        particles.omega[i] = cloud.omega[m]
        particles.along_m_s[i], particles.cross_m_s[i] = cloud.along_m_s[m], cloud.cross_m_s[m]
        _raise(particles, flow, i, cloud.z_m[m], (room[5, k], room[6, k]))
        wind = motion_at(flow, _place(particles, i), particles.eta[i], time)
        _shift(particles, i, cloud.along_m[m], cloud.cross_m[m], (wind[0], wind[1], wind[2]))


@_inline
def _gathered(column: FloatArray, chosen: IntArray) -> FloatArray:
    out = np.empty(chosen.shape[0])
    for m in range(chosen.shape[0]):
        out[m] = column[chosen[m]]
    return out


@_inline
def _gathered_cloud(particles: Particles, room: FloatArray, chosen: IntArray, first: int) -> Cloud:
    n = chosen.shape[0]
    number = np.empty(n, dtype=np.int64)
    for m in range(n):
        number[m] = particles.particle[first + chosen[m]]
    return Cloud(
        number,
        _gathered(room[0], chosen),
        _gathered(particles.omega[first:], chosen),
        _gathered(particles.along_m_s[first:], chosen),
        _gathered(particles.cross_m_s[first:], chosen),
        np.zeros(n),
        np.zeros(n),
    )


@_inline
def _raise(
    particles: Particles, flow: Flow, i: int, height_m: float, ground: tuple[float, float]
) -> None:
    """Put a particle at a height; ground holds -1 / H and the pressure there."""
    gradient, surface = ground
    pressure = surface * math.exp(gradient * height_m)
    particles.height_m[i] = height_m
    particles.density_kg_m3[i] = -pressure * gradient / GRAVITY_M_S2
    particles.eta[i] = eta_of(flow, pressure, surface)
