"""Deep convection of particles: columns that overturn, and air that stays well mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.transport.weather.examples import weather

from vigie.testing.particles import particles_at
from vigie.transport.air import TOP
from vigie.transport.overturning import CONVECTION_S
from vigie.transport.particle_state import Particles, Step
from vigie.transport.particles import carry, room
from vigie.transport.weather.flow import air_of, flow_between

if TYPE_CHECKING:
    from vigie.transport.air import Flow

STEP_S = 900.0
N = 40_000


def warm_and_moist(humidity: float) -> Flow:
    """Return air without wind, in which columns overturn if it is moist."""
    sigma = np.array([0.98, 0.9, 0.75, 0.5, 0.3])[:, None, None]
    shape = (5, 17, 24)
    temperature = np.broadcast_to(300.0 * sigma**0.19, shape).astype(np.float32)
    vapour = np.broadcast_to(np.where(sigma > 0.8, humidity, 0.0), shape).astype(np.float32)
    ends = [
        air_of(
            weather(
                hours, seed=None, speed_m_s=0.0, temperature_k=temperature, specific_humidity=vapour
            )
        )
        for hours in (0.0, 6.0)
    ]
    return flow_between(ends[0], ends[1], reference_ns=ends[0].time_ns)


def at_levels(eta: np.ndarray) -> Particles:
    return particles_at(5.0, np.zeros(len(eta)))._replace(eta=eta)


@pytest.mark.parametrize("dt_s", [STEP_S, -STEP_S])
def test_air_at_the_ground_reaches_the_top_as_often_as_it_should(dt_s: float) -> None:
    flow = warm_and_moist(0.02)
    cloud = at_levels(np.full(N, 0.995))
    start = 0.0 if dt_s > 0.0 else STEP_S
    carry(cloud, flow, Step(start, dt_s, 3, 0, 0), room())
    top = float(flow.surface[0, TOP, 0]) / 1e5
    assert 0.15 < top < 0.6
    assert cloud.eta.min() >= top - 1e-9
    # Evenly between top and ground; turbulence alone never reaches 0.8.
    chance = (1.0 - np.exp(-STEP_S / CONVECTION_S)) * (0.8 - top) / (1.0 - top)
    lifted = np.mean(cloud.eta < 0.8)
    assert lifted == pytest.approx(chance, abs=4.0 * np.sqrt(chance / N))


def test_dry_air_stays_where_it_is() -> None:
    cloud = at_levels(np.full(2000, 0.995))
    carry(cloud, warm_and_moist(0.0), Step(0.0, STEP_S, 3, 0, 0), room())
    assert cloud.eta.min() > 0.8


def test_well_mixed_air_stays_well_mixed() -> None:
    flow = warm_and_moist(0.02)
    lid = float(flow.eta[-1])
    cloud = at_levels(lid + (1.0 - lid) * (np.random.default_rng(1).permutation(N) + 0.5) / N)
    space = room()
    for k in range(24):
        carry(cloud, flow, Step(k * STEP_S, STEP_S, 3, k, 0), space)
    counts = np.histogram(cloud.eta, np.linspace(lid, 1.0, 9))[0]
    assert np.abs(counts / N * 8.0 - 1.0).max() < 4.0 / np.sqrt(N / 8)
