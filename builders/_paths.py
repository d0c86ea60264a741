"""The ray paths of each phase branch, and how to trace one for a source depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from builders._branches import MAX_DEPTH_KM, BranchSpec
from builders._rays import Column, FloatArray, Sums, integrate, ray_parameters, split

if TYPE_CHECKING:
    from numpy.typing import NDArray

RAD = np.pi / 180.0
DEPTHS_KM = (
    0, 2.5, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 77.5, 90, 105, 120, 135, 150, 165, 180,
    195, 210, 235, 260, 285, 310, 335, 360, 385, 410, 435, 460, 485, 510, 535, 560, 585, 610, 635,
    660, 685, 710, 735, 760, 780, 800,
)  # fmt: skip
"""Depth knots, km: all nodes of ak135 and iasp91 down to 800 km, and steps between them."""
CLOSER_KM = {
    20.0: (0.1, 0.25, 0.6, 1.25, 2.5),
    35.0: (0.1, 0.25, 0.6, 1.25, 2.5),
    120.0: (-11.0, -7.0, -4.0, -2.0, -0.7, 0.7, 2.0, 4.0, 8.0),
    210.0: (-25.0, -20.0, -10.0, -5.0, -2.0, -0.5, 0.2, 0.5, 1.25, 2.5, 6.0, 12.0),
    410.0: (0.2, 0.5, 1.25, 2.5, 6.0, 12.0),
    660.0: (0.2, 0.5, 1.25, 2.5, 6.0, 12.0),
}
"""More knots from each discontinuity on: from a source just below one, the rays that leave
almost horizontally are critical above it, and the wavefront bends within its distance to
the discontinuity. At 210 km only S jumps, by a thousandth, which reaches farther."""


def depth_knots_km() -> FloatArray:
    """Return all depth knots once, ascending."""
    closer = [z + offset for z, offsets in CLOSER_KM.items() for offset in offsets]
    return np.unique(np.array([*DEPTHS_KM, *closer], dtype=np.float64))


@dataclass(frozen=True)
class Earth:
    """A model, cut at every depth knot."""

    name: str
    p: Column
    s: Column
    depth_knots: tuple[tuple[float, int], ...]
    """(depth, side): side -1 just above, +1 just below; both at discontinuities."""
    cmb_km: float
    icb_km: float
    crust_velocity_km_s: tuple[float, float]
    """P and S of the topmost layer, which is uniform."""
    crust_depth_km: float
    cache: dict[object, object] = field(default_factory=dict)

    @property
    def radius_km(self) -> float:
        """Radius of the sphere."""
        return self.p.radius_km

    def column(self, wave: str) -> Column:
        """Return the layers of a wave type."""
        return self.s if wave == "S" else self.p

    def slowness_at(self, wave: str, knot: int) -> float:
        """Return the radial slowness at a depth knot, on its side, s/rad."""
        depth, side = self.depth_knots[knot]
        column = self.column(wave)
        return column.above(depth) if side < 0 and depth > 0 else column.below(depth)

    @cached_property
    def levels(self) -> dict[str, FloatArray]:
        """All layer slownesses per wave type, with those of the depth knots."""
        return {w: np.unique([*self.column(w).top, *self.column(w).bottom]) for w in "PS"}


def load_earth(name: str, more_depths_km: tuple[float, ...] = ()) -> Earth:
    """Take a model's slowness layers from ObsPy, cut at the depth knots and at more depths."""
    from obspy.taup import TauPyModel

    model = TauPyModel(name).model
    depths = np.unique([*depth_knots_km(), *more_depths_km])
    columns = [
        split(_column(layers, float(model.radius_of_planet)), depths)
        for layers in (model.s_mod.p_layers, model.s_mod.s_layers)
    ]
    jumps = {float(z) for z in model.s_mod.v_mod.get_discontinuity_depths()}
    knots: list[tuple[float, int]] = []
    for z in depths:
        sides = (-1, 1) if 0.0 < z < MAX_DEPTH_KM and float(z) in jumps else (1,)
        knots += [(float(z), side) for side in sides]
    top = model.s_mod.v_mod.layers[0]
    return Earth(
        name, columns[0], columns[1], tuple(knots), float(model.cmb_depth),
        float(model.iocb_depth), (float(top["top_p_velocity"]), float(top["top_s_velocity"])),
        float(top["bot_depth"]),
    )  # fmt: skip


def _column(layers: NDArray[np.void], radius_km: float) -> Column:
    # TauP marks a discontinuity by a layer of no thickness.
    layers = layers[layers["bot_depth"] > layers["top_depth"]]
    depth = np.append(layers["top_depth"], layers["bot_depth"][-1])
    return Column(depth, layers["top_p"].copy(), layers["bot_p"].copy(), radius_km)


@dataclass(frozen=True)
class Curve:
    """One branch at one depth: x ascends (deg)."""

    x: FloatArray
    t: FloatArray
    p: FloatArray
    """dt/dx, s/deg."""
    z: FloatArray
    """dt/ddepth, s/km."""

    @cached_property
    def zx(self) -> FloatArray:
        """d2t/(ddepth ddelta)."""
        return np.gradient(self.z, self.x) if len(self.x) > 2 else np.zeros_like(self.x)

    def on_knots(self, x: FloatArray) -> FloatArray:
        """Return columns t, p, z, zx at distance knots; zx so that z does not overshoot."""
        t, p, z, zx = self.at(x)
        secant = np.abs(np.diff(z) / np.diff(x))
        bound = 3.0 * np.minimum(np.append(np.inf, secant), np.append(secant, np.inf))
        return np.stack([t, p, z, np.clip(zx, -bound, bound)], axis=-1)

    def at(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return t, p, z and dz/dx at distances; beyond an end p and z stay as there."""
        inside = np.clip(x, self.x[0], self.x[-1])
        k = np.clip(np.searchsorted(self.x, inside, side="right") - 1, 0, len(self.x) - 2)
        w = self.x[k + 1] - self.x[k]
        h = (inside - self.x[k]) / w
        t0, t1, p0, p1 = self.t[k], self.t[k + 1], self.p[k], self.p[k + 1]
        t = (
            t0 * (1 + 2 * h) * (1 - h) ** 2
            + t1 * h * h * (3 - 2 * h)
            + w * h * (1 - h) * (p0 * (1 - h) - p1 * h)
        )
        p = p0 + (p1 - p0) * h
        z = self.z[k] + (self.z[k + 1] - self.z[k]) * h
        zx = self.zx[k] + (self.zx[k + 1] - self.zx[k]) * h
        zx = np.where(inside == x, zx, 0.0)
        return t + p * (x - inside), p, z, zx


def trace(earth: Earth, spec: BranchSpec, knot: int) -> Curve | None:
    """Trace a branch for the source at a depth knot; None where it does not exist."""
    depth, side = earth.depth_knots[knot]
    # A ray that goes down cannot turn above its source.
    bottom = spec.turns[2] if spec.turns is not None and spec.leaves != "up" else np.inf
    below = side > 0 and (depth, -1) in earth.depth_knots
    if depth > bottom or (depth == bottom and below):
        return None
    u_source = earth.slowness_at(spec.source, knot)
    low, high = _range(earth, spec)
    low = max(low, 1e-9)  # straight through the centre the angle would be undefined
    high = min(high, u_source)
    if high <= low and spec.leaves != "direct":
        return None
    if spec.leaves == "direct":
        parts = _direct(earth, spec, knot, low, high, u_source)
    else:
        p = _grid(earth, spec, low, high, knot)
        parts = [_legs(earth, spec, knot, p, spec.leaves)]
    return _monotone(spec, np.concatenate(parts, axis=1))


def _direct(earth: Earth, spec: BranchSpec, knot: int, low: float, high: float,
            u_source: float) -> list[FloatArray]:  # fmt: skip
    """Up-going rays first, if the source lies in the region where the branch turns."""
    depth, side = earth.depth_knots[knot]
    assert spec.turns is not None
    top = spec.turns[1]
    p = _grid(earth, spec, low, high, knot)[::-1]
    down = _legs(earth, spec, knot, p, "down")
    if depth < top or (depth == top and side < 0) or depth == 0.0:
        return [down]
    angles = u_source * np.sin(np.linspace(0.0, np.pi / 2, 800, endpoint=False))
    p_up = np.unique(np.concatenate([angles, _grid(earth, spec, low, u_source, knot)]))
    return [_legs(earth, spec, knot, p_up, "up"), down]


def _range(earth: Earth, spec: BranchSpec) -> tuple[float, float]:
    if spec.turns is not None:
        wave, top, bottom = spec.turns
        column = earth.column(wave)
        return column.above(min(bottom, earth.cmb_km)), column.below(top)
    high = min(
        earth.column(w).above(earth.cmb_km) for w, n in zip("PS", spec.below, strict=True) if n
    )
    k_top, k_bottom = earth.p.below(earth.cmb_km), earth.p.above(earth.icb_km)
    if spec.core == (0, 0):
        return 0.0, high
    if spec.core[1]:
        return 0.0, min(earth.p.below(earth.icb_km), high)
    if spec.reflects:
        return 0.0, min(k_bottom, high)
    return k_bottom, min(k_top, high)


def _grid(earth: Earth, spec: BranchSpec, low: float, high: float, knot: int) -> FloatArray:
    if high - low < 1e-9:
        return np.array([low, high])
    passes = {
        "P": spec.above[0] + spec.below[0] + sum(spec.core),
        "S": spec.above[1] + spec.below[1],
    }
    waves = [wave for wave, n in passes.items() if n > 0]
    levels = np.concatenate([earth.levels[wave] for wave in waves])
    return ray_parameters(low, high, levels, (high - low) / 300.0)


def _sums(earth: Earth, wave: str, p: FloatArray, top: float, bottom: float) -> Sums:
    column = earth.column(wave)
    return integrate(column, p, column.boundary(top), column.boundary(bottom))


def _legs(earth: Earth, spec: BranchSpec, knot: int, p: FloatArray, leaves: str) -> FloatArray:
    """Sum the legs: rows x (deg), t (s), dt/dx (s/deg), dt/dz (s/km).

    Of a direct branch that leaves upward only the legs above the source count.
    """
    above = spec.above
    below = (0, 0) if spec.leaves == "direct" and leaves == "up" else spec.below
    depth = earth.depth_knots[knot][0]
    x, t = np.zeros_like(p), np.zeros_like(p)
    for wave, n_above, n_below in zip("PS", above, below, strict=True):
        if not n_above and not n_below:
            continue
        bottom = earth.cmb_km if n_below else max(depth, 1e-9)
        if depth == 0.0 and not n_below:
            continue
        sums = _sums(earth, wave, p, 0.0, bottom)
        k = earth.column(wave).boundary(depth)
        x += n_above * sums.distance[k] + n_below * (sums.distance[-1] - sums.distance[k])
        t += n_above * sums.time[k] + n_below * (sums.time[-1] - sums.time[k])
    for n, top, bottom in (
        (spec.core[0], earth.cmb_km, earth.icb_km), (spec.core[1], earth.icb_km, earth.radius_km)
    ):  # fmt: skip
        if n:
            sums = _sums(earth, "P", p, top, bottom)
            x += n * sums.distance[-1]
            t += n * sums.time[-1]
    u = earth.slowness_at(spec.source, knot)
    vertical = np.sqrt(np.maximum(u**2 - p**2, 0.0)) / (earth.radius_km - depth)
    sign, offset = spec.fold
    z = vertical if leaves == "up" else -vertical
    return np.stack([sign * (x / RAD - offset), t, sign * p * RAD, z])


def _monotone(spec: BranchSpec, rows: FloatArray) -> Curve | None:
    """Keep one side of the caustic, order by distance, drop what turns back."""
    if spec.part in ("ab", "bc"):
        # Rows ascend in p; the caustic is where |x| has its extreme inside.
        k = int(np.argmin(rows[0] * spec.fold[0]))
        rows = rows[:, k:] if spec.part == "ab" else rows[:, : k + 1]
    # Turning rays run forward as p falls; a reflected or core branch is monotone,
    # whichever way it runs.
    backward = rows[2, -1] > rows[2, 0] if spec.turns else rows[0, -1] < rows[0, 0]
    if backward and spec.leaves != "direct":
        rows = rows[:, ::-1]
    rows = _run(rows, spec.part)
    if rows.shape[1] < 2:
        return None
    farthest = np.maximum.accumulate(rows[0])
    keep = np.concatenate([[True], rows[0, 1:] > farthest[:-1] + 1e-10])
    keep &= (rows[0] >= 0.0) & (rows[0] <= 180.0)
    rows = rows[:, keep]
    return Curve(*rows) if rows.shape[1] > 1 else None


def _run(rows: FloatArray, part: str) -> FloatArray:
    """Take the longest run that goes forward, or the longest one that turns back."""
    x = rows[0]
    start, stop = int(np.argmin(x)), int(np.argmax(x))
    if start < stop:
        forward = [(start, stop)]
        back = [(0, start), (stop, len(x) - 1)]
    else:
        forward = [
            (start + int(np.argmin(-x[start:])), start),
            (stop, int(np.argmin(x[: stop + 1]))),
        ]
        forward = [(min(pair), max(pair)) for pair in forward]
        back = [(stop, start)]
    first, last = max(
        back if part == "back" else forward, key=lambda pair: abs(x[pair[1]] - x[pair[0]])
    )
    run = rows[:, first : last + 1]
    return run[:, ::-1] if part == "back" else run
