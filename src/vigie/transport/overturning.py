"""Deep convection: particles of a column that overturns.

What it computes: each particle of such a column is put, with probability 1 - exp(-dt / 3 h),
anywhere between the ground and the top, evenly in pressure, forward and backward alike: what is
well mixed stays so. Which columns overturn and how far up: ``vigie.transport.weather.convection``.

Source: Hoffmann et al. (2023), Atmos. Chem. Phys. 23, 7589-7609 ("extreme convection"). Accuracy as
measured: after six hours of it 40,000 particles are even over eight layers within counting errors.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.transport.air import (
    PRESSURE,
    TOP,
    Flow,
    Spot,
    eta_of,
    ground_at,
    nearest,
    pressure_pa,
    weights_of,
)
from vigie.transport.compiled import inline
from vigie.transport.philox import key_of, uniforms

if TYPE_CHECKING:
    from vigie.transport.particle_state import Particles, Step

CONVECTION_S = 10800.0
"""Mean time between overturnings of a column."""
_CONVECTIVE_DRAW = 0xFFFE


@inline
def overturn(particles: Particles, flow: Flow, spot: Spot, step: Step, i: int) -> None:
    """Put one particle, which is at a spot, anywhere in its column, if that overturns now."""
    if spot.row < 0:
        return
    time = step.time_s + step.dt_s - particles.step_s[i]
    top = nearest(flow, spot, time, TOP)
    if not top < nearest(flow, spot, time, PRESSURE):
        return
    a, b, _, _ = uniforms(key_of(step.seed), particles.particle[i], step.number, _CONVECTIVE_DRAW)
    if a > 1.0 - math.exp(-abs(particles.step_s[i]) / CONVECTION_S):
        return
    ground, _, _ = ground_at(flow, spot, weights_of(flow, spot, time))
    if top < pressure_pa(flow, particles.eta[i], ground):
        particles.eta[i] = eta_of(flow, top + b * (ground - top), ground, 0)
