"""How well particles are mixed, spread and carried, and how many steps a second and core.

*Well mixed*: a million particles in proportion to density, six hours of 15-minute steps in three
regimes; the largest departure of a tenth of the layer from its share, mean of the last three hours,
beside the same for one moment. *Sub-steps*: in 14
layers of 100 to 3000 m, particles in the sub-steps that the model takes: the worst tenth, and the
mean height of a cloud from the ground after 15 minutes, 1 and 3 hours over that in steps of 3 s.
*Taylor*: variance of the path over its exact value. *Rotation*:
one turn in 12 days over both poles, by the exact wind and by winds of a 1-degree grid. *Speed*:
15-minute steps in a uniform wind, the boundary layer cut into as many sub-steps as is said; time is
that of the processor, so that other work on the machine counts little.
"""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from vigie.transport.grid_wind import advect_on_grid, grid_wind
from vigie.transport.sphere import RADIUS_M, advect, positions_of
from vigie.transport.turbulence import BoundaryLayer, boundary_layer, horizontal
from vigie.transport.walk import Cloud, Stepping, n_sub_steps, walk

FloatArray = NDArray[np.float64]

N_PARTICLES, N_MIXED, N_CLOUD = 1_000_000, 200_000, 60_000
STEP_S = 900.0
SCALE_M = 8500.0
TURN_S = 12 * 86400.0
LAYERS = {
    "neutral": boundary_layer(1000.0, 0.4, 9999.0, density_scale_m=SCALE_M),
    "unstable": boundary_layer(
        1500.0, 0.3, -30.0, convective_velocity_m_s=1.8, density_scale_m=SCALE_M
    ),
    "stable": boundary_layer(200.0, 0.2, 20.0, density_scale_m=SCALE_M),
}
SHAPES = {
    f"{regime}, {height:g} m, u* {friction:g}, L {length:g}, w* {convective:g}": boundary_layer(
        height, friction, length, convective_velocity_m_s=convective, density_scale_m=SCALE_M
    )
    for regime, height, friction, length, convective in (
        ("stable", 100.0, 0.1, 40.0, 0.0),
        ("stable", 100.0, 0.4, 90.0, 0.0),
        ("stable", 200.0, 0.2, 60.0, 0.0),
        ("stable", 300.0, 0.6, 250.0, 0.0),
        ("stable", 600.0, 0.35, 100.0, 0.0),
        ("neutral", 100.0, 0.5, 2000.0, 0.0),
        ("neutral", 300.0, 0.4, 2000.0, 0.0),
        ("neutral", 300.0, 0.9, 4000.0, 0.0),
        ("neutral", 1000.0, 0.6, 4000.0, 0.0),
        ("unstable", 200.0, 0.3, -50.0, 1.0),
        ("unstable", 400.0, 0.8, -300.0, 1.2),
        ("unstable", 500.0, 0.3, -50.0, 1.2),
        ("unstable", 1500.0, 0.3, -30.0, 2.0),
        ("unstable", 3000.0, 0.2, -10.0, 2.5),
    )
}
"""From shallow and windy to deep and calm."""


def well_mixed_cloud(layer: BoundaryLayer, n: int) -> Cloud:
    """Return particles in proportion to density, with their turbulent velocities."""
    rng = np.random.default_rng(1)
    loss = -np.expm1(-layer.height_m / SCALE_M)
    heights = -SCALE_M * np.log1p(-loss * (np.arange(n) + 0.5) / n)
    zeros = np.zeros((4, n))
    return Cloud._make([np.arange(n), heights, rng.standard_normal(n), *zeros])


def walk_in_threads(cloud: Cloud, layer: BoundaryLayer, stepping: Stepping, step: int) -> None:
    """Let each core carry its share."""
    cores = os.cpu_count() or 1
    parts = [
        Cloud._make(np.array_split(column, cores)[k] for column in cloud) for k in range(cores)
    ]
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(lambda part: walk(part, layer, stepping, 20260101, step), parts))


def well_mixed(
    layer: BoundaryLayer, stepping: Stepping, *, n: int = N_PARTICLES
) -> dict[str, object]:
    """Return departures from well mixed over six hours, in percent."""
    cloud = well_mixed_cloud(layer, n)
    edges = np.linspace(0.0, layer.height_m, 11)
    share = -np.diff(np.exp(-edges / SCALE_M))
    expected = n * share / share.sum()
    mean_m = float(cloud.z_m.mean())
    departures = []
    for step in range(24):
        walk_in_threads(cloud, layer, stepping, step)
        departures.append(np.histogram(cloud.z_m, edges)[0] / expected - 1.0)
    late, last = np.mean(departures[12:], axis=0), np.abs(departures[-1])
    return {
        "sub_steps_per_step": n_sub_steps(layer, stepping),
        "largest_departure_percent": round(100.0 * float(np.abs(late).max()), 2),
        "lowest_tenth_percent": round(100.0 * float(late[0]), 2),
        "highest_tenth_percent": round(100.0 * float(late[-1]), 2),
        "largest_departure_after_6_h_percent": round(100.0 * float(last.max()), 2),
        "mean_height_change_m": round(float(cloud.z_m.mean()) - mean_m, 2),
        "variance_of_omega": round(float(np.var(cloud.omega)), 4),
    }


def spread(layer: BoundaryLayer, stepping: Stepping) -> FloatArray:
    """Return the mean height of a cloud from 2 m after a quarter of an hour, one and three."""
    rng, zeros = np.random.default_rng(1), np.zeros((4, N_CLOUD))
    columns = np.arange(N_CLOUD), np.full(N_CLOUD, 2.0), rng.standard_normal(N_CLOUD), *zeros
    cloud = Cloud._make(columns)
    heights = []
    for step in range(12):
        walk_in_threads(cloud, layer, stepping, step)
        heights.append(float(cloud.z_m.mean()))
    return np.array(heights)[[0, 3, 11]]


def sub_steps() -> dict[str, object]:
    """Return what longer sub-steps do to mixing and spread, in percent."""
    found: dict[str, object] = {}
    for name, layer in SHAPES.items():
        mixed = well_mixed(layer, Stepping(STEP_S), n=N_MIXED)
        fine = spread(layer, Stepping(STEP_S, longest_s=3.0))
        off = 100.0 * (spread(layer, Stepping(STEP_S)) / fine - 1.0)
        found[name] = {
            "sub_steps": mixed["sub_steps_per_step"],
            "worst_tenth_percent": mixed["largest_departure_percent"],
            "height_percent_15_min_1_h_3_h": off.round(1).tolist(),
        }
    return found


def taylor(dt_s: float) -> float:
    """Return the variance of paths after 45 minutes over that of Taylor (1921)."""
    layer, n = LAYERS["unstable"], 200_000
    here = horizontal(700.0, layer)
    cloud = well_mixed_cloud(layer, n)
    cloud.cross_m_s[:] = here.sigma_v_m_s * np.random.default_rng(2).standard_normal(n)
    steps = round(2700.0 / dt_s)
    for step in range(steps):
        walk_in_threads(cloud, layer, Stepping(dt_s, sub_steps=1), step)
    ratio = 2700.0 / here.time_v_s
    variance = 2.0 * (here.sigma_v_m_s * here.time_v_s) ** 2 * (ratio - 1.0 + np.exp(-ratio))
    return round(float(np.var(cloud.cross_m) / variance), 4)


def solid_body(positions: FloatArray, _time_s: float) -> FloatArray:
    """Return the wind of a turn about an axis in the plane of the equator."""
    axis = np.array([1.0, 0.0, 0.0])
    return np.asarray(2.0 * np.pi / TURN_S * RADIUS_M * np.cross(axis, positions))


def rotation(step_deg: float | None, dt_s: float = STEP_S) -> float:
    """Return the largest distance (m) between start and end of a turn over both poles."""
    # Distances from the axis of 90, 60, 30 and 2 deg.
    places = positions_of([0.0, 0.0, 30.0, 0.0, 45.0], [90.0, 60.0, 0.0, 2.0, 20.0])
    starts = places.copy()
    steps = round(TURN_S / dt_s)
    if step_deg is None:
        for step in range(steps):
            places = advect(places, solid_body, step * dt_s, dt_s)
    else:
        phi = np.radians(np.linspace(-90.0, 90.0, round(180.0 / step_deg) + 1))[:, None]
        lam = np.radians(np.arange(0.0, 360.0, step_deg))[None, :]
        speed = 2.0 * np.pi / TURN_S * RADIUS_M
        east, north = -speed * np.sin(phi) * np.cos(lam), speed * np.sin(lam) + 0.0 * phi
        grid = grid_wind([east, east], [north, north], times_s=(0.0, TURN_S))
        for step in range(steps):
            advect_on_grid(places, grid, step * dt_s, dt_s)
    chord = np.linalg.norm(places - starts, axis=1)
    return round(float(np.max(2.0 * RADIUS_M * np.arcsin(0.5 * chord))), 1)


def speed(layer: BoundaryLayer, sub_steps: int) -> dict[str, float]:
    """Return millions of particle-steps per second of processor: turbulence, and with advection."""
    n = 200_000
    shape = (2, 181, 360)
    grid = grid_wind(np.full(shape, 10.0), np.zeros(shape), times_s=(0.0, 1e6))
    cloud, stepping = well_mixed_cloud(layer, n), Stepping(STEP_S, sub_steps=sub_steps)
    places = positions_of(np.full(n, 45.0), np.linspace(-180.0, 180.0, n))
    walk(Cloud._make(column[:10] for column in cloud), layer, stepping, 1, 0)
    advect_on_grid(places[:10], grid, 0.0, STEP_S)
    walked, carried = [], []
    for step in range(8):
        begin = time.process_time()
        walk(cloud, layer, stepping, 1, step)
        middle = time.process_time()
        # A uniform wind by the compass, looked up on the grid as any other would be.
        advect_on_grid(places, grid, step * STEP_S, STEP_S)
        walked.append(middle - begin)
        carried.append(time.process_time() - middle)
    turbulence, advection = float(np.median(walked)), float(np.median(carried))
    return {
        "sub_steps_per_step": n_sub_steps(layer, stepping),
        "turbulence_million_per_s": round(n / turbulence / 1e6, 2),
        "advection_on_grid_million_per_s": round(n / advection / 1e6, 2),
        "both_million_per_s": round(n / (turbulence + advection) / 1e6, 2),
    }


def measure() -> dict[str, object]:
    """Run all; some minutes."""
    mixed: dict[str, object] = {
        name: well_mixed(layer, Stepping(STEP_S)) for name, layer in LAYERS.items()
    }
    return {
        "well_mixed_1e6_particles_6_h": mixed,
        "sub_steps": sub_steps(),
        "taylor_variance_over_exact": {f"dt {dt:g} s": taylor(dt) for dt in (15.0, 100.0, 900.0)},
        "rotation_12_days_error_m": {
            "exact wind": rotation(None),
            "1 deg grid": rotation(1.0),
            "0.5 deg grid": rotation(0.5),
        },
        "particle_steps_per_core": {
            f"{name}, {count or 'needed'} sub-steps": speed(layer, count)
            for name, layer in LAYERS.items()
            for count in (4, 0)
        },
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
