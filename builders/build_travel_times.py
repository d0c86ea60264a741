"""Build the travel-time tables of vigie.earth from the Earth models of ObsPy's TauP.

    python -m builders.build_travel_times [ak135] [iasp91]

Every branch of every phase becomes a table of time, slowness, dt/ddepth and d2t/(ddelta
ddepth) on distance knots that the builder refines until bicubic Hermite interpolation is
as accurate as asked, and on depth knots that hold every discontinuity twice, once from
above and once from below. Deterministic; two minutes a model on one core.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builders._paths import BRANCHES, BranchSpec, Curve, Earth, load_earth, trace

DATA = Path(__file__).parents[1] / "src" / "vigie" / "earth" / "data"
COARSEST_DEG = 2.0
TIME_SCALE = 2.0**20
"""Times are rounded to a microsecond, so that they compress."""


@dataclass
class Grid:
    """One branch on its knots."""

    x_deg: np.ndarray
    first_depth: int
    values: np.ndarray
    """Shape (n_depths, n_x, 4): t, dt/dx, dt/dz, d2t/dxdz."""
    ends_deg: np.ndarray
    """Shape (n_depths, 2): first and last distance of the branch."""


def hermite(h: np.ndarray, a: Any, b: Any, da: Any, db: Any, w: Any) -> Any:
    """Cubic Hermite at fraction h of an interval of width w."""
    return (
        a * (1 + 2 * h) * (1 - h) ** 2
        + b * h * h * (3 - 2 * h)
        + w * (da * h * (1 - h) ** 2 + db * h * h * (h - 1))
    )


def refine(curves: list[Curve], spec: BranchSpec) -> np.ndarray:
    """Choose distance knots so that cubic interpolation errs by less than asked."""
    low = min(c.x[0] for c in curves)
    high = max(c.x[-1] for c in curves)
    start = np.floor(low / COARSEST_DEG) * COARSEST_DEG
    stop = min(np.ceil(high / COARSEST_DEG) * COARSEST_DEG, 180.0)
    todo = [(a, a + COARSEST_DEG) for a in np.arange(start, stop - 1e-9, COARSEST_DEG)]
    knots = {start, stop}
    while todo:
        a, b = todo.pop()
        knots.update((a, b))
        if b - a > spec.finest_deg and worst_error(curves, a, b) > spec.tolerance_s:
            todo += [(a, 0.5 * (a + b)), (0.5 * (a + b), b)]
    return np.array(sorted(knots))


def worst_error(curves: list[Curve], a: float, b: float) -> float:
    """Return the largest error of interpolation inside one interval, over the depths."""
    h = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    x = a + h * (b - a)
    worst = 0.0
    for curve in curves:
        inside = (x >= curve.x[0]) & (x <= curve.x[-1])
        if not inside.any():
            continue
        t, p, _, _ = curve.at(np.array([a, b]))
        guess = hermite(h, t[0], t[1], p[0], p[1], b - a)
        worst = max(worst, float(np.abs(guess - curve.at(x)[0])[inside].max()))
    return worst


def build_branch(earth: Earth, spec: BranchSpec) -> Grid | None:
    """Trace a branch at every depth knot and put it on distance knots."""
    traced = [trace(earth, spec, k) for k in range(len(earth.depth_knots))]
    present = [k for k, curve in enumerate(traced) if curve is not None]
    if not present:
        return None
    first, last = present[0], present[-1]
    span = traced[first : last + 1]
    x = refine([c for c in span if c is not None], spec)
    if spec.continue_to_deg > x[-1]:
        x = np.append(x, spec.continue_to_deg)
    nothing = np.full((len(x), 4), np.nan)
    values = np.stack([nothing if c is None else np.stack(c.at(x), axis=-1) for c in span])
    ends = np.array([[np.nan, np.nan] if c is None else [c.x[0], c.x[-1]] for c in span])
    return Grid(x, first, values, ends)


def build(model: str) -> Path:
    """Build all tables of one model and write them."""
    earth = load_earth(model)
    arrays: dict[str, np.ndarray] = {"depth_km": np.array([z for z, _ in earth.depth_knots])}
    names = []
    for spec in BRANCHES:
        grid = build_branch(earth, spec)
        if grid is None:
            continue
        names.append(spec.name)
        key = f"b{len(names) - 1}"
        arrays[f"{key}_x"] = grid.x_deg
        arrays[f"{key}_t"] = np.round(grid.values[..., 0] * TIME_SCALE) / TIME_SCALE
        arrays[f"{key}_d"] = grid.values[..., 1:].astype(np.float32)
        arrays[f"{key}_e"] = grid.ends_deg.astype(np.float32)
        arrays[f"{key}_first"] = np.array(grid.first_depth)
        print(f"{model} {spec.name}: {grid.values.shape} {grid.ends_deg[0]} {grid.ends_deg[-1]}", flush=True)
    arrays["info"] = np.array(json.dumps(provenance(model, names, earth)))
    path = DATA / f"{model}.npz"
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    return path


def provenance(model: str, names: list[str], earth: Earth) -> dict[str, object]:
    """Say what made a table."""
    import obspy

    return {
        "model": model,
        "branches": names,
        "source": f"ObsPy {obspy.__version__} TauP model {model}",
        "builder": "builders/build_travel_times.py",
        "radius_km": earth.radius_km,
        "crust_velocity_km_s": earth.crust_velocity_km_s,
        "crust_depth_km": earth.crust_depth_km,
        "cmb_km": earth.cmb_km,
    }


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["ak135", "iasp91"]:
        print(build(chosen))
