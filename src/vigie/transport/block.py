"""Where a block of particles takes a step together, and into which groups it falls.

Particles that need the same kind and number of sub-steps are stirred together, side by side in
memory, so that the compiler works four or eight of them at once. What each needs is known only
when the resolved wind has carried it; so a block is carried, sorted into groups, and stirred.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.compiled import inline

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BLOCK = 4096
"""Particles that take a step together: a group of one regime is long enough for the compiler."""
N_COUNTS = 40
"""Numbers of sub-steps: 1 to 8, then four in each octave, to 2048 (0.4 s of 15 minutes)."""
N_GROUPS = 3 * N_COUNTS
"""Regimes times numbers of sub-steps."""
FREE, STILL = N_GROUPS, N_GROUPS + 1
"""Groups of those above the boundary layer, and of those that do not move."""

# Rows of ``Room.path``; a vector takes three.
PLACE, LATITUDE, LONGITUDE, WIND, RATE, DT, THERE, SECOND = 0, 3, 4, 5, 8, 9, 10, 13
# Rows of ``Room.ground``.
HEIGHT, DEPTH, FRICTION, CONVECTIVE, OBUKHOV, GRADIENT, GROUND = range(7)
N_GATHERED = 19


class Room(NamedTuple):
    """Where a block of particles is worked on; each thread needs its own."""

    path: FloatArray
    """Place, latitude and longitude (rad), resolved wind and its rate of eta, length of the step,
    first guess of the end, and the wind there; a row each, a column for each particle."""
    ground: FloatArray
    """Height of the particle, boundary layer, (d rho / dz) / rho and pressure at the ground."""
    gathered: FloatArray
    """Rows of a group: six of its cloud, five of its layers, step, pressure at the ground, place
    and wind."""
    draws: FloatArray
    group: IntArray
    chosen: IntArray
    """Particles of the block, group by group."""
    number: IntArray
    first_of: IntArray
    """Where in ``chosen`` each group begins."""


def room() -> Room:
    """Return room for one thread."""
    group, chosen, number = np.empty((3, BLOCK), dtype=np.int64)
    # Zeros: whoever does not move is computed with what the last one has left.
    path, ground = np.zeros((SECOND + 3, BLOCK)), np.zeros((GROUND + 1, BLOCK))
    gathered, draws = np.zeros((N_GATHERED, BLOCK)), np.empty((4, BLOCK))
    counts = np.empty(N_GROUPS + 3, dtype=np.int64)
    return Room(path, ground, gathered, draws, group, chosen, number, counts)


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
def sort(room: Room, n: int) -> None:
    """Sort the first n particles of a block by their groups."""
    first_of = room.first_of
    first_of[:] = 0
    for k in range(n):
        first_of[room.group[k] + 1] += 1
    for g in range(1, N_GROUPS + 3):
        first_of[g] += first_of[g - 1]
    for k in range(n):
        g = room.group[k]
        room.chosen[first_of[g]] = k
        first_of[g] += 1
    # Filling has moved each beginning to where the next group begins.
    for g in range(N_GROUPS + 2, 0, -1):
        first_of[g] = first_of[g - 1]
    first_of[0] = 0
