"""The particle model on the synthetic global field: mass, reciprocity, speed and memory.

*Mass*: 500,000 particles uniform in mass, ten days forward and backward; the largest departure of a
band of latitude and of a layer. *Reciprocity*: ten pairs of cells, five days, forward and
backward. *Speed*: one sample of a day followed back 14 days with 200,000 particles; particles in
the boundary layer of a uniform wind in four sub-steps; the command's first start, compilation
included, and its second.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.pipeline.transport.weather_files import index_weather, weather_sequence
from vigie.records import global_grid
from vigie.testing.particles import uniform_in_mass
from vigie.transport.backward import Receptor, follow_back
from vigie.transport.forward import Release, follow_forward
from vigie.transport.march import MarchSettings
from vigie.transport.particle_state import CARRIED, Particles, Step
from vigie.transport.particles import carry, room
from vigie.transport.sphere import latitude_longitude_deg
from vigie.transport.starts import box_at, box_of_cell
from vigie.transport.weather.continuity import cell_means, edge_weights

if TYPE_CHECKING:
    from vigie.transport.weather.sequence import WeatherSequence

FloatArray = NDArray[np.float64]

DATA = Path(__file__).resolve().parents[2] / "shared/data/transport/met/synthetic"
DAY_NS = 86_400_000_000_000
STEP_S = 900.0
PARTICLES, DAYS = 500_000, 10
BANDS, LAYERS, LID = 18, 18, 0.1
PAIRS, PAIR_PARTICLES, PAIR_HOURS = 10, 50_000, 120.0
CELL_DEG = 5.0
SPEED_PARTICLES = 200_000


@cache
def weather() -> WeatherSequence:
    """Return the fields of fourteen days."""
    files = index_weather([DATA])
    times = files.times_ns
    return weather_sequence(files, (times[0], times[-1]))


def carry_all(particles: Particles, times_s: FloatArray) -> None:
    """Carry particles through steps, each core its share."""
    cores = os.cpu_count() or 1
    cuts = np.linspace(0, len(particles.eta), cores + 1).astype(int)
    parts = [Particles._make(c[a:b] for c in particles) for a, b in zip(cuts, cuts[1:])]  # noqa: B905, RUF007
    rooms = [room() for _ in parts]
    with ThreadPoolExecutor(cores) as pool:
        for k, (begin, end) in enumerate(zip(times_s, times_s[1:])):  # noqa: B905, RUF007
            flow = weather().flow(begin, end)
            step = Step(float(begin), float(end - begin), 5, k, 0)
            list(pool.map(lambda j: carry(parts[j], flow, step, rooms[j]), range(cores)))  # noqa: B023


def mass(*, backward: bool) -> dict[str, float]:
    """Return departures of bands and layers from their mass after ten days, percent."""
    first, last = (4 * DAYS, 0) if backward else (0, 4 * DAYS)
    particles = uniform_in_mass(PARTICLES, weather().air(first), lid=LID, seed=11)
    steps = round(DAYS * 86400.0 / STEP_S)
    carry_all(particles, np.linspace(first, last, steps + 1) * 21600.0)
    latitude, _ = latitude_longitude_deg(particles.place)
    air = weather().air(last)
    means = cell_means(air.surface_pa, air.grid, edge_weights(air.grid)).mean(axis=1)
    middle = 0.5 * (air.grid.latitudes[1:] + air.grid.latitudes[:-1])
    sines = np.linspace(-1.0, 1.0, BANDS * 100 + 1)
    fine = np.interp(np.degrees(np.arcsin(0.5 * (sines[1:] + sines[:-1]))), middle, means)
    expected = fine.reshape(BANDS, 100).sum(axis=1)
    edges = np.degrees(np.arcsin(np.linspace(-1.0, 1.0, BANDS + 1)))
    bands = np.histogram(latitude, edges)[0] / PARTICLES / (expected / expected.sum()) - 1.0
    layers = np.histogram(particles.eta, np.linspace(LID, 1.0, LAYERS + 1))[0]
    layers = layers / PARTICLES * LAYERS - 1.0
    return {
        "largest_band_percent": round(100.0 * float(np.abs(bands).max()), 2),
        "largest_layer_percent": round(100.0 * float(np.abs(layers).max()), 2),
        "counting_error_percent": round(100.0 / np.sqrt(PARTICLES / BANDS), 2),
        "lost": int(np.sum(particles.state != CARRIED)),
    }


def reciprocity() -> dict[str, object]:
    """Return the ratios of backward to forward concentrations of ten pairs of cells."""
    grid = global_grid(CELL_DEG, CELL_DEG, latitude_phase=2.5, longitude_phase=2.5)
    settings = MarchSettings(grid=grid, particles=PAIR_PARTICLES, interval_s=10800.0)
    rng = np.random.default_rng(12)
    start = weather().reference_ns + 4 * DAY_NS
    sources = [
        int(grid.cells_at(np.degrees(np.arcsin(rng.uniform(-0.9, 0.9))), rng.uniform(0.0, 360.0)))
        for _ in range(PAIRS)
    ]
    plumes = follow_forward(
        [
            Release(
                name=str(k),
                box=box_of_cell(grid, cell, 150.0),
                start_ns=start,
                stop_ns=start + DAY_NS // 8,
            )
            for k, cell in enumerate(sources)
        ],
        weather(),
        settings,
        hours=PAIR_HOURS,
    )
    stop = start + round(PAIR_HOURS / 24.0 * DAY_NS)
    forward, receptors = [], []
    for k, plume in enumerate(plumes):
        late = plume.interval >= plume.n_intervals - 8
        sums = np.bincount(plume.cell[late], weights=plume.concentration_bq_m3[late])
        cell = int(np.argmax(sums))
        forward.append(float(sums[cell]) / 8.0)
        box = box_of_cell(grid, cell, 150.0)
        receptors.append(Receptor(station=str(k), box=box, start_ns=stop - DAY_NS, stop_ns=stop))
    back = follow_back(receptors, weather(), settings, hours=PAIR_HOURS).sensitivities
    ratios = []
    for source, one, ahead in zip(sources, back, forward, strict=True):
        seen = (one.cell == source) & (one.step == one.n_steps - 1)
        ratios.append(float(one.value[seen].sum()) / ahead)
    return {
        "ratios": [round(x, 3) for x in ratios],
        "mean": round(float(np.mean(ratios)), 3),
        "standard_error_of_mean": round(float(np.std(ratios, ddof=1) / np.sqrt(PAIRS)), 3),
    }


def fourteen_days() -> dict[str, float]:
    """Return time and memory of one sample followed back through all the weather."""
    first, last = weather().reach_ns
    receptor = Receptor(station="A", box=box_at(50.0, 10.0), start_ns=last - DAY_NS, stop_ns=last)
    settings = MarchSettings(
        grid=global_grid(0.5, 0.5, latitude_phase=0.25, longitude_phase=0.25),
        particles=SPEED_PARTICLES,
    )
    hours = (last - first) / DAY_NS * 24.0
    begin, cpu = time.perf_counter(), time.process_time()
    follow_back([receptor], weather(), settings, hours=hours)
    steps = SPEED_PARTICLES * hours * 3600.0 / STEP_S
    used = time.process_time() - cpu
    return {
        "wall_s": round(time.perf_counter() - begin, 1),
        "cpu_s": round(used, 1),
        "us_per_particle_step": round(used / steps * 1e6, 2),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def four_sub_steps() -> dict[str, float]:
    """Return particle-steps per second and core in the boundary layer, four sub-steps each."""
    n = SPEED_PARTICLES
    particles = uniform_in_mass(n, weather().air(0), lid=LID, seed=11)
    particles.eta[:] = np.random.default_rng(1).uniform(0.99, 1.0, n)
    space, flow = room(), weather().flow(0.0, STEP_S)
    spent = []
    for k in range(6):
        begin = time.process_time()
        carry(particles, flow, Step(k * STEP_S, STEP_S, 1, k, 4), space)
        spent.append(time.process_time() - begin)
    return {"million_per_s_and_core": round(n / min(spent) / 1e6, 2)}


def starts() -> dict[str, float]:
    """Return the wall time of the command, with nothing compiled and once more."""
    words = ["transport", "backward", str(DATA), "--receptor", "A", "50", "10"]
    words += ["2005-01-25", "2005-01-26", "--hours", "27", "--particles", "100"]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        for name in ("first_s", "second_s"):
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "vigie", *words],
                env=environment,
                check=True,
                capture_output=True,
            )
            found[name] = round(time.perf_counter() - begin, 1)
    return found


def measure() -> dict[str, object]:
    """Run all; a quarter of an hour."""
    if not DATA.exists():
        return {"skipped": "the synthetic field is not there"}
    return {
        "mass_10_days_forward": mass(backward=False),
        "mass_10_days_backward": mass(backward=True),
        "reciprocity_5_days": reciprocity(),
        "fourteen_days_200000_particles": fourteen_days(),
        "boundary_layer_4_sub_steps": four_sub_steps(),
        "start_of_the_command": starts(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
