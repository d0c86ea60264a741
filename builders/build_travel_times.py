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

import numpy as np
from builders._branches import BRANCHES, BranchSpec
from builders._paths import Curve, Earth, load_earth, trace
from builders._rays import FloatArray

DATA = Path(__file__).parents[1] / "src" / "vigie" / "earth" / "data"
Values = FloatArray | np.float64
COARSEST_DEG = 2.0
SLOPE_REACH_KM = 1.0
"""An error of dt/ddepth changes the time between depth knots by about that many km of it."""
END_DEG = 0.01
"""How far the end of a branch may be off between depth knots."""
TIME_SCALE = 2.0**20
"""Times are rounded to a microsecond, so that they compress."""


@dataclass
class Grid:
    """One branch on its knots."""

    x_deg: FloatArray
    first_depth: int
    values: FloatArray
    """Shape (n_depths, n_x, 4): t, dt/dx, dt/dz, d2t/dxdz."""
    ends_deg: FloatArray
    """Shape (n_depths, 2): first and last distance of the branch."""


def hermite(
    h: FloatArray | float, a: Values, b: Values, da: Values, db: Values, w: float
) -> FloatArray:
    """Cubic Hermite at fraction h of an interval of width w."""
    value = (
        a * (1 + 2 * h) * (1 - h) ** 2
        + b * h * h * (3 - 2 * h)
        + w * (da * h * (1 - h) ** 2 + db * h * h * (h - 1))
    )
    return np.asarray(value, dtype=np.float64)


def refine(curves: list[Curve], spec: BranchSpec) -> FloatArray:
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
        low, high = curve.on_knots(np.array([a, b]))
        t, _, z, _ = curve.at(x)
        time = hermite(h, low[0], high[0], low[1], high[1], b - a)
        slope = hermite(h, low[2], high[2], low[3], high[3], b - a)
        errors = np.maximum(np.abs(time - t), SLOPE_REACH_KM * np.abs(slope - z))
        worst = max(worst, float(errors[inside].max()))
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
    values = np.stack([nothing if c is None else c.on_knots(x) for c in span])
    ends = np.array([[np.nan, np.nan] if c is None else [c.x[0], c.x[-1]] for c in span])
    return Grid(x, first, values, ends)


def build(model: str) -> Path:
    """Build all tables of one model and write them."""
    earth = load_earth(model)
    arrays: dict[str, FloatArray] = {"depth_km": np.array([z for z, _ in earth.depth_knots])}
    names = []
    for spec in BRANCHES:
        grid = build_branch(earth, spec)
        if grid is None:
            continue
        names.append(spec.name)
        key = f"b{len(names) - 1}"
        rows = needed_rows(earth, spec, grid)
        values = grid.values[rows]
        arrays[f"{key}_x"] = grid.x_deg
        arrays[f"{key}_k"] = (grid.first_depth + rows).astype(np.int16)
        arrays[f"{key}_t"] = np.round(values[..., 0] * TIME_SCALE) / TIME_SCALE
        arrays[f"{key}_d"] = values[..., 1:].astype(np.float32)
        arrays[f"{key}_e"] = grid.ends_deg[rows].astype(np.float32)
        print(f"{model} {spec.name}: {grid.values.shape}, {len(rows)} depths kept", flush=True)
    arrays["info"] = np.array(json.dumps(provenance(model, names, earth)))
    path = DATA / f"{model}.npz"
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    return path


def needed_rows(earth: Earth, spec: BranchSpec, grid: Grid) -> FloatArray:
    """Find the depth knots from which cubic interpolation gives the others well enough."""
    depth = np.array([z for z, _ in earth.depth_knots])[grid.first_depth :][: len(grid.values)]
    rows = [0]
    while rows[-1] < len(depth) - 1:
        step = 1
        while reaches(depth, grid, rows[-1], rows[-1] + step + 1, 0.3 * spec.tolerance_s):
            step += 1
        rows.append(rows[-1] + step)
    return np.array(rows)


def reaches(depth: FloatArray, grid: Grid, a: int, b: int, tolerance_s: float) -> bool:
    """Say whether the knots between two may be left out."""
    if b >= len(depth) or np.min(np.diff(depth[a : b + 1])) <= 0.0:
        return False
    if np.isnan(grid.ends_deg[a : b + 1]).any():
        return False
    w = depth[b] - depth[a]
    for k in range(a + 1, b):
        g = (depth[k] - depth[a]) / w
        ends = grid.ends_deg[a] + g * (grid.ends_deg[b] - grid.ends_deg[a])
        low, high = grid.values[a], grid.values[b]
        time = hermite(g, low[:, 0], high[:, 0], low[:, 2], high[:, 2], w)
        inside = (grid.x_deg >= ends[0] - 1.0) & (grid.x_deg <= ends[1] + 1.0)
        error = np.abs(time - grid.values[k, :, 0])[inside]
        if error.max() > tolerance_s or np.abs(ends - grid.ends_deg[k]).max() > END_DEG:
            return False
    return True


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
