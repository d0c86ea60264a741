"""Loss of aerosol to the ground and to rain: what each particle keeps of its activity.

What it computes: the rate at which a particle is being deposited where it is. Dry, below twice the
reference height of 15 m, a step takes the share v_d dt / 30 m: linear, not 1 - exp, as turbulence
changes the air down there within a step (at most 0.9, which 3 cm/s reach in 15 minutes). Wet, where
it rains: rain falls on a fraction F of the cell, so a step takes F (1 - exp(-Lambda dt)), with
Lambda in clouds by their water (``vigie.transport.weather.rain``), below by the diameter
(``vigie.transport.aerosol``), above none. What is kept falls by the mean of the rates at both ends
of a step, so it does the same forward and backward in time.

Source: Stohl et al. (2005), ACP 5, 2461-2474; Grythe et al. (2017), GMD 10, 1447-1466. Settling
counts in v_d alone: particles do not sink on their way (1 m a day at 0.5 um, 270 m at 10 um).

Accuracy as measured: activity in a mixed layer of 1000 m against exp(-v_d t / h), six hours in
steps of 15 minutes, three seeds: rate 1.00 times that at 1 um (0.1 mm/s), 0.98 at 5 um (4 mm/s;
1 - exp gave 0.93), 0.65 at 10 um (4 cm/s, where mixing down to the ground is the slower part: 0.77
in steps of 5 minutes).
"""

from __future__ import annotations

import math

from vigie.transport.aerosol import REFERENCE_M, Sinks, deposition_m_s
from vigie.transport.air import (
    IN_CLOUD,
    RAIN_BASE,
    RAIN_RATE,
    RAIN_SHARE,
    RAIN_TOP,
    SNOW,
    Flow,
    ground_at,
    mixing_at,
    nearest_node,
    spot_of,
    weights_of,
)
from vigie.transport.compiled import inline, kernel
from vigie.transport.heights import drop_to
from vigie.transport.particle_state import CARRIED, Particles, Step, begins_in, place_of

DRY_DEPTH_M = 2.0 * REFERENCE_M
"""Of the air from which the ground takes."""
MOST_OF_A_STEP = 0.9
RAIN_EXPONENT = 0.244984
"""Of the root of the rain's rate, mm/h, in powers of ten (Laakso et al. 2003)."""


@inline
def below_cloud_per_s(rate_mm_h: float, snow: bool, sinks: Sinks) -> float:
    """Return what rain or snow scavenges below clouds."""
    if snow:
        return float(10.0**sinks.snow_power)
    return float(10.0 ** (sinks.rain_power + RAIN_EXPONENT * math.sqrt(rate_mm_h)))


@inline
def dry_per_s(speed_m_s: float, dt_s: float) -> float:
    """Return the rate of loss near the ground, for steps of a length."""
    return -math.log1p(-min(speed_m_s * dt_s / DRY_DEPTH_M, MOST_OF_A_STEP)) / dt_s


@inline
def mean_rate_per_s(share: float, per_s: float, dt_s: float) -> float:
    """Return the rate of loss in a cell of which rain takes a share, for steps of a length."""
    return -math.log1p(-share * (1.0 - math.exp(-per_s * dt_s))) / dt_s


@kernel
def losing_per_s(
    particles: Particles, flow: Flow, sinks: Sinks, i: int, when: tuple[float, float]
) -> float:
    """Return the rate at which one particle is being deposited; when is time and step, s."""
    time, dt = when
    spot = spot_of(flow, place_of(particles, i))
    if spot.row < 0:
        return 0.0
    height, rate = particles.height_m[i], 0.0
    weights = weights_of(flow, spot, time)
    if sinks.dry and height < DRY_DEPTH_M:
        friction, _, per_obukhov = mixing_at(flow, spot, weights)
        rate += dry_per_s(deposition_m_s(friction, per_obukhov, sinks), dt)
    node = nearest_node(flow, spot)
    share = float(flow.rain[node, RAIN_SHARE])
    if not sinks.wet or share <= 0.0:
        return rate
    ground, scale, depth = ground_at(flow, spot, weights)
    drop, _ = drop_to(height, scale, depth)
    pressure = ground * math.exp(-drop)
    if pressure < flow.rain[node, RAIN_TOP]:
        return rate
    if pressure < flow.rain[node, RAIN_BASE]:
        per_s = float(flow.rain[node, IN_CLOUD])
    else:
        falling = float(flow.rain[node, RAIN_RATE])
        per_s = below_cloud_per_s(falling, flow.rain[node, SNOW] > 0.0, sinks)
    return rate + mean_rate_per_s(share, per_s, dt)


@kernel
def lose_first(particles: Particles, flow: Flow, step: Step, sinks: Sinks) -> None:
    """Find the rates of the particles that begin in a step where they do, before the step."""
    end = step.time_s + step.dt_s
    for i in range(particles.eta.shape[0]):
        if begins_in(particles, step, i):
            start = particles.start_s[i]
            start = min(start, step.time_s) if step.dt_s < 0.0 else max(start, step.time_s)
            when = (start, abs(end - start))
            particles.losing_per_s[i] = losing_per_s(particles, flow, sinks, i, when)


@kernel
def lose(particles: Particles, flow: Flow, step: Step, sinks: Sinks) -> None:
    """Take from all particles, in place, what is deposited in a step that they have taken."""
    end = step.time_s + step.dt_s
    for i in range(particles.eta.shape[0]):
        if particles.state[i] != CARRIED:
            continue
        dt = abs(particles.step_s[i])
        rate = losing_per_s(particles, flow, sinks, i, (end, dt))
        particles.kept[i] *= math.exp(-0.5 * (particles.losing_per_s[i] + rate) * dt)
        particles.losing_per_s[i] = rate
