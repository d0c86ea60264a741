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

from typing import TYPE_CHECKING

from vigie.transport.block import BLOCK, Room, room
from vigie.transport.resolved import advect_block
from vigie.transport.stirring import stir_block

if TYPE_CHECKING:
    from vigie.transport.air import Flow
    from vigie.transport.particle_state import Particles, Step

__all__ = ["BLOCK", "Room", "carry", "room"]


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
        advect_block(particles, flow, step, room, bounds)
        stir_block(particles, flow, step, room, bounds)
