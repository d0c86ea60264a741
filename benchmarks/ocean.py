"""Sound in the sea: cost of paths and tables, what steps and models do to times, chance reflectors.

``python -m benchmarks.ocean`` prints JSON. Nothing outside the package is needed.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import Sites
from vigie.earth.ocean import (
    DirectArrival,
    Ocean,
    OceanPredictor,
    PathFinder,
    late_arrivals,
    load_sea_floor,
    load_sound_channel,
    uniform_channel,
)
from vigie.facts.ims import ims_stations
from vigie.records import Detection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

WRECK = (-(45 + 56 / 60 + 59 / 3600), -(59 + 46 / 60 + 22 / 3600))
ELEVEN = ("H01W", "H02N", "H03N", "H04N", "H05N", "H06E", "H07N", "H08N", "H09W", "H10N", "H11N")


def measure(
    *, n_places: int = 10_000, n_chances: int = 200, n_paths: int = 300
) -> dict[str, object]:
    """Measure cost and accuracy of the ocean predictor."""
    return {
        "first_use": _first_use(),
        "bulk": _bulk(n_places),
        "steps": _steps(n_paths),
        "san_juan": _san_juan(),
        "group_minus_axis_m_s": _modes(),
        "chance_reflectors": _chances(n_chances),
    }


def _first_use() -> dict[str, float]:
    start = time.process_time()
    load_sea_floor()
    floor = time.process_time()
    load_sound_channel()
    channel = time.process_time()
    OceanPredictor()
    return {
        "sea_floor_s": floor - start,
        "channel_s": channel - floor,
        "predictor_s": time.process_time() - channel,
    }


def _places(n: int, seed: int) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    return np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, n))), rng.uniform(-180.0, 180.0, n)


def _sites(codes: tuple[str, ...]) -> Sites:
    stations = {s.code: s for s in ims_stations()}
    rows = [(s.latitude, s.longitude, s.elevation_m) for s in (stations[code] for code in codes)]
    latitude, longitude, elevation = np.array(rows).T
    return Sites(latitude, longitude, elevation, codes)


def _bulk(n: int) -> dict[str, object]:
    predictor = OceanPredictor()
    sites = _sites(ELEVEN)
    predictor.table("H", *_places(10, 1), sites)
    places = _places(n, 2)
    wall, start = time.perf_counter(), time.process_time()
    table = predictor.table("H", *places, sites)
    took = {"processor_s": time.process_time() - start, "wall_s": time.perf_counter() - wall}
    start = time.perf_counter()
    predictor.table("H", *places, sites)
    return {
        "places": n,
        "stations": len(ELEVEN),
        **took,
        "again_s": time.perf_counter() - start,
        "open_share": float(np.isfinite(table.time_s).mean()),
    }


def _steps(n: int) -> dict[str, float]:
    there, back = _places(n, 3), _places(n, 4)
    fine = PathFinder(Ocean(month=11, step_km=1.0)).find(there, back)
    found = {}
    for step in (5.0, 10.0, 20.0, 50.0):
        paths = PathFinder(Ocean(month=11, step_km=step)).find(there, back)
        found[f"largest_time_change_s_{step:g}_km"] = float(
            np.max(np.abs(paths.time_s - fine.time_s))
        )
        found[f"share_of_blockages_that_change_{step:g}_km"] = float(
            np.mean((paths.blockage >= 0.9) != (fine.blockage >= 0.9))
        )
    return found


def _san_juan() -> dict[str, dict[str, float]]:
    codes = ("H10N", "H10S", "H04N", "H04S", "H09W", "H08S", "H01W", "H03N", "H03S", "H11N")
    sites = _sites(codes)
    predictor = OceanPredictor(Ocean(month=11))
    uniform = PathFinder(Ocean(channel=uniform_channel(1.480)))
    to = (sites.latitude, sites.longitude)
    plain, paths = uniform.find(WRECK, to), predictor.finder.find(WRECK, to)
    table = predictor.table("H", np.array([WRECK[0]]), np.array([WRECK[1]]), sites)
    return {
        code: {
            "range_km": round(float(paths.length_km[i]), 1),
            "back_azimuth_deg": round(float(paths.backazimuth_deg[i]), 2),
            "time_at_1480_s": round(float(plain.time_s[i]), 1),
            "time_s": round(float(paths.time_s[i]), 1),
            "sigma_s": round(float(table.time_sigma_s[0, i]), 1),
            "mean_speed_km_s": round(float(paths.length_km[i] / paths.time_s[i]), 4),
            "blockage": round(float(table.blockage[0, i]), 2),
        }
        for i, code in enumerate(codes)
    }


def _modes() -> dict[str, float]:
    fields = load_sound_channel().at(None)
    excess = fields.group_speed_m_s - fields.axis_speed_m_s
    deep = fields.axis_depth_m > 500.0
    shallow = fields.axis_depth_m < 200.0
    return {
        "median_axis_below_500_m": float(np.median(excess[deep])),
        "median_axis_above_200_m": float(np.median(excess[shallow])),
    }


def _chances(n: int) -> dict[str, float]:
    """Return how often a random later detection finds a reflector."""
    finder = PathFinder(Ocean(month=11))
    rng = np.random.default_rng(5)
    site = _sites(("H10N",))
    station = (float(site.latitude[0]), float(site.longitude[0]))
    path = finder.find(WRECK, station)
    direct = DirectArrival(
        source=WRECK, station=station, time_ns=0, travel_time_s=float(path.time_s)
    )
    random = [
        Detection(
            id=str(i),
            station="H10N",
            time_ns=int(rng.uniform(20.0, 900.0) * 1e9),
            azimuth_deg=float(rng.uniform(0.0, 360.0)),
            azimuth_deg_sigma=0.5,
        )
        for i in range(n)
    ]
    start = time.process_time()
    found = late_arrivals(direct, random, finder)
    return {
        "random_detections": n,
        "from_other_directions": len(found),
        "with_a_reflector": sum(late.belongs for late in found),
        "processor_ms_each": 1e3 * (time.process_time() - start) / n,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
