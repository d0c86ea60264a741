"""What is known of each particle on its way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.compiled import inline

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Three = tuple[float, float, float]

UNBORN, CARRIED, LOST = 0, 1, 2


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


@inline
def place_of(particles: Particles, i: int) -> Three:
    """Return the unit vector of one particle."""
    return particles.place[i, 0], particles.place[i, 1], particles.place[i, 2]
