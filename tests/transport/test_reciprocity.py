"""Forward and backward tell the same; what is well mixed stays so all over the Earth."""

from __future__ import annotations

import numpy as np
import pytest
from tests.transport.weather.examples import HOUR_NS, START_NS, weather

from vigie.records import global_grid
from vigie.testing.particles import uniform_in_mass
from vigie.transport.backward import Receptor, follow_back
from vigie.transport.forward import Release, follow_forward
from vigie.transport.march import MarchSettings
from vigie.transport.particle_state import CARRIED, Step
from vigie.transport.particles import carry, room
from vigie.transport.sphere import latitude_longitude_deg
from vigie.transport.starts import box_of_cell
from vigie.transport.weather.continuity import cell_means, edge_weights
from vigie.transport.weather.flow import air_of
from vigie.transport.weather.sequence import WeatherSequence

GRID = global_grid(6.0, 6.0, latitude_phase=3.0, longitude_phase=3.0)
LAYER_M = 150.0
FROM_CELL = (51.0, -39.0)
TO_CELL = (51.0, -15.0)


def sequence(n: int = 13) -> WeatherSequence:
    """Return made weather, every six hours."""
    times = [START_NS + 6 * k * HOUR_NS for k in range(n)]
    return WeatherSequence(times, lambda k: weather(6.0 * k))


@pytest.mark.slow
def test_forward_and_backward_agree() -> None:
    n, hour = 10_000, HOUR_NS
    settings = MarchSettings(grid=GRID, particles=n, interval_s=6 * 3600.0, layer_depth_m=LAYER_M)
    source, target = (int(GRID.cells_at(*place)) for place in (FROM_CELL, TO_CELL))
    release = Release(
        name="r",
        box=box_of_cell(GRID, source, LAYER_M),
        start_ns=START_NS,
        stop_ns=START_NS + 6 * hour,
        amount_bq=1e15,
    )
    (plume,) = follow_forward([release], sequence(), settings, hours=48.0)
    seen = (plume.cell == target) & (plume.interval >= 4)
    forward = float(plume.concentration_bq_m3[seen].sum()) / 4.0
    receptor = Receptor(
        station="s",
        box=box_of_cell(GRID, target, LAYER_M),
        start_ns=START_NS + 24 * hour,
        stop_ns=START_NS + 48 * hour,
    )
    result = follow_back([receptor], sequence(), settings, hours=48.0)
    one = result.sensitivities[0]
    found = one.value[(one.cell == source) & (one.step == one.n_steps - 1)]
    backward = 1e15 * float(found.sum())
    assert forward > 0.0
    # Some 900 of the particles are in the target at a time; seven seeds agreed within 1 %.
    assert backward == pytest.approx(forward, rel=0.04)


@pytest.mark.slow
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_is_well_mixed_over_the_earth_stays_so(sign: float) -> None:
    n = 40_000
    days = sequence()
    start_s = 0.0 if sign > 0.0 else 72 * 3600.0
    particles = uniform_in_mass(n, air_of(weather(start_s / 3600.0)), lid=0.2, seed=3)
    space = room()
    for k in range(72 * 4):
        time_s = start_s + sign * 900.0 * k
        flow = days.flow(time_s, time_s + sign * 900.0)
        carry(particles, flow, Step(time_s, sign * 900.0, 7, k, 0), space)
    assert np.all(particles.state == CARRIED)
    latitude, _ = latitude_longitude_deg(particles.place)
    end = air_of(weather(72.0 if sign > 0.0 else 0.0))
    weights = edge_weights(end.grid)
    mass = cell_means(end.surface_pa, end.grid, weights).sum(axis=1) * weights.area
    # Rows of cells, three together: bands of some 30 deg, the caps smaller.
    edges = end.grid.latitudes[::3]
    expected = np.add.reduceat(mass, np.arange(0, len(mass), 3))
    expected *= n / expected.sum()
    counts = np.histogram(latitude, edges)[0]
    np.testing.assert_allclose(counts / expected, 1.0, atol=0.05)
    layers = np.histogram(particles.eta, np.linspace(0.2, 1.0, 7))[0]
    np.testing.assert_allclose(layers / (n / 6.0), 1.0, atol=0.05)
