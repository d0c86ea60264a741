"""What is known of each particle on its way."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.compiled import inline
from vigie.transport.grid_wind import along

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Two = tuple[float, float]
Three = tuple[float, float, float]

UNBORN, CARRIED, LOST = 0, 1, 2
_CALM_M_S = 1e-9


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
    kept: FloatArray
    """Share of what it began with that is not deposited, 0 to 1."""
    losing_per_s: FloatArray
    """Rate at which it is being deposited where it is; 0 for gases."""


def unborn(
    particle: IntArray, place: FloatArray, start_s: FloatArray, height_m: FloatArray
) -> Particles:
    """Return particles that have yet to begin, without turbulent wind.

    Parameters
    ----------
    particle : ndarray of int, shape (n,)
        Numbers in the run.
    place : ndarray, shape (n, 3)
        Unit vectors.
    start_s, height_m : ndarray, shape (n,)
        When, and how high above ground, each begins.
    """
    n = len(particle)
    return Particles(
        particle=np.asarray(particle, dtype=np.int64),
        state=np.full(n, UNBORN, dtype=np.int64),
        start_s=np.array(start_s, dtype=np.float64),
        place=np.array(place, dtype=np.float64, order="C"),
        eta=np.ones(n),
        height_m=np.array(height_m, dtype=np.float64),
        density_kg_m3=np.ones(n),
        first_density_kg_m3=np.ones(n),
        step_s=np.zeros(n),
        omega=np.zeros(n),
        along_m_s=np.zeros(n),
        cross_m_s=np.zeros(n),
        kept=np.ones(n),
        losing_per_s=np.zeros(n),
    )


class Step(NamedTuple):
    """One step of the model."""

    time_s: float
    dt_s: float
    """Below 0 backward."""
    seed: int
    number: int
    sub_steps: int
    """Vertical sub-steps; 0 chooses them for each particle."""


@inline
def begins_in(particles: Particles, step: Step, i: int) -> bool:
    """Tell whether a particle begins in a step that is not yet taken."""
    if particles.state[i] != UNBORN:
        return False
    end, start = step.time_s + step.dt_s, particles.start_s[i]
    return bool(end < start if step.dt_s < 0.0 else end > start)


@inline
def place_of(particles: Particles, i: int) -> Three:
    """Return the unit vector of one particle."""
    return particles.place[i, 0], particles.place[i, 1], particles.place[i, 2]


@inline
def shifted(place: Three, way_m: Two, wind: Three) -> Three:
    """Return a place moved ahead and to the left of a wind; of any direction where it is calm."""
    x, y, z = place
    part = wind[0] * x + wind[1] * y + wind[2] * z
    tx, ty, tz = wind[0] - part * x, wind[1] - part * y, wind[2] - part * z
    # Any direction at all: that of the axis to which the place points least.
    calm, first = tx * tx + ty * ty + tz * tz < _CALM_M_S**2, abs(x) < 0.7
    tx = (1.0 - x * x if first else -x * y) if calm else tx
    ty = (-x * y if first else 1.0 - y * y) if calm else ty
    tz = (-x * z if first else -y * z) if calm else tz
    scale = 1.0 / math.sqrt(tx * tx + ty * ty + tz * tz)
    # To the left: up cross ahead.
    lx, ly, lz = y * tz - z * ty, z * tx - x * tz, x * ty - y * tx
    a, b = way_m[0] * scale, way_m[1] * scale
    return along(place, (a * tx + b * lx, a * ty + b * ly, a * tz + b * lz), 1.0)
