"""The ray paths of each phase branch, and how to trace one for a source depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np

from builders._rays import Column, FloatArray, Sums, integrate, ray_parameters, split

RAD = np.pi / 180.0
MAX_DEPTH_KM = 800.0
EXTRA_DEPTHS_KM = (
    0, 2.5, 5, 10, 15, 20, 22.5, 25, 27.5, 30, 35, 40, 45, 50, 60, 70, 77.5, 90, 105, 120, 135, 150, 165,
    180, 195, 210, 235, 260, 285, 310, 335, 360, 385, 410, 435, 460, 485, 510, 535, 560, 585, 610,
    635, 660, 685, 710, 735, 760, 780, 800,
)  # fmt: skip
"""Depth knots, km: all nodes of ak135 and iasp91 down to 800 km, and steps between them."""


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


def load_earth(name: str) -> Earth:
    """Take a model's slowness layers from ObsPy."""
    from obspy.taup import TauPyModel

    model = TauPyModel(name).model
    depths = np.array(EXTRA_DEPTHS_KM, dtype=np.float64)
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


def _column(layers: FloatArray, radius_km: float) -> Column:
    # TauP marks a discontinuity by a layer of no thickness.
    layers = layers[layers["bot_depth"] > layers["top_depth"]]
    depth = np.append(layers["top_depth"], layers["bot_depth"][-1])
    return Column(depth, layers["top_p"].copy(), layers["bot_p"].copy(), radius_km)


@dataclass(frozen=True)
class BranchSpec:
    """One branch: which legs a ray has, where it turns, and where it is wanted."""

    name: str
    above: tuple[int, int]
    """Passes of the mantle above the source as P and as S."""
    below: tuple[int, int]
    """Passes of the mantle below the source, down to the turning point or the core."""
    turns: tuple[str, float, float] | None = None
    """Wave type and depth range of the turning point in the mantle; else the core."""
    core: tuple[int, int] = (0, 0)
    """Passes of outer and inner core, counting down and up."""
    reflects: bool = False
    """At the boundary below its last leg, in place of turning."""
    source: str = "P"
    """Wave type of the leg that leaves the source."""
    leaves: str = "down"
    """down, up, or direct (up at short distance, down beyond)."""
    part: str = ""
    """ab or bc: the side of the caustic; back: the run that turns back."""
    fold: tuple[int, float] = (1, 0.0)
    """delta = sign * (x - offset)."""
    tolerance_s: float = 1e-3
    finest_deg: float = 0.05
    continue_to_deg: float = 0.0
    """Beyond its end a branch goes on with its last slowness, up to here."""
    max_depth_km: float = MAX_DEPTH_KM


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
    if depth > spec.max_depth_km or (depth == spec.max_depth_km and side > 0):
        return None
    if spec.turns is not None and (depth > spec.turns[2] or (depth == spec.turns[2] and side > 0)):
        return None
    u_source = earth.slowness_at(spec.source, knot)
    low, high = _range(earth, spec)
    low = max(low, 1e-9)  # straight through the centre the angle would be undefined
    high = min(high, u_source)
    if spec.leaves == "direct":
        parts = _direct(earth, spec, knot, low, high, u_source)
    else:
        p = _grid(earth, spec, low, high, knot)
        parts = [_legs(earth, spec, knot, p, spec.above, spec.below, spec.leaves)]
    parts = [part for part in parts if part is not None]
    if not parts:
        return None
    rows = np.concatenate(parts, axis=1)
    return _monotone(spec, rows)


def _direct(earth: Earth, spec: BranchSpec, knot: int, low: float, high: float,
            u_source: float) -> list[FloatArray]:  # fmt: skip
    """Up-going rays first, if the source lies in the region where the branch turns."""
    depth, side = earth.depth_knots[knot]
    assert spec.turns is not None
    wave, top, _ = spec.turns
    p = _grid(earth, spec, low, high, knot)[::-1]
    down = _legs(earth, spec, knot, p, spec.above, spec.below, "down")
    if depth < top or (depth == top and side < 0) or depth == 0.0:
        return [down]
    angles = u_source * np.sin(np.linspace(0.0, np.pi / 2, 800, endpoint=False))
    p_up = np.unique(np.concatenate([angles, _grid(earth, spec, low, u_source, knot)]))
    up_above = (spec.above[0], spec.above[1])
    up = _legs(earth, spec, knot, p_up, up_above, (0, 0), "up")
    return [up, down]


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
    waves = {w for w, a, b in zip("PS", spec.above, spec.below, strict=True) if a or b}
    levels = np.concatenate([earth.levels[w] for w in sorted(waves | ({"P"} if spec.core[0] else set()))])
    return ray_parameters(low, high, levels, (high - low) / 300.0)


def _sums(earth: Earth, wave: str, p: FloatArray, top: float, bottom: float) -> Sums:
    column = earth.column(wave)
    return integrate(column, p, column.boundary(top), column.boundary(bottom))


def _legs(earth: Earth, spec: BranchSpec, knot: int, p: FloatArray, above: tuple[int, int],
          below: tuple[int, int], leaves: str) -> FloatArray:  # fmt: skip
    """Sum the legs: rows x (deg), t (s), dt/dx (s/deg), dt/dz (s/km)."""
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
        forward = [(start + int(np.argmin(-x[start:])), start), (stop, int(np.argmin(x[: stop + 1])))]
        forward = [(min(pair), max(pair)) for pair in forward]
        back = [(stop, start)]
    first, last = max(back if part == "back" else forward, key=lambda pair: abs(x[pair[1]] - x[pair[0]]))
    run = rows[:, first : last + 1]
    return run[:, ::-1] if part == "back" else run


CRUST, MOHO = 20.0, 35.0
CMB = 1e9
REGIONS = ((20.0, 35.0), (35.0, 120.0), (120.0, 210.0), (210.0, 410.0), (410.0, 660.0), (660.0, CMB))
"""Where rays turn that arrive first somewhere: between jumps, and where the gradient rises."""


def _both(n: int, wave: str) -> tuple[int, int]:
    return (n, 0) if wave == "P" else (0, n)


def _turning() -> list[BranchSpec]:
    specs = []
    for wave in "PS":
        for top, bottom in REGIONS:
            last = bottom == CMB
            specs.append(BranchSpec(
                f"{wave}{top:.0f}", _both(1, wave), _both(2, wave), (wave, top, bottom),
                source=wave, leaves="direct", tolerance_s=2e-4, finest_deg=0.02,
                continue_to_deg=180.0 if last else 25.0,
            ))  # fmt: skip
        for (top, bottom), part in product(REGIONS[1:], ("", "back")):
            turns = (wave, top, bottom)
            for prefix, above, source in (
                (wave, _both(3, wave), wave),
                ("p", _add(_both(1, "P"), _both(2, wave)), "P"),
                ("s", _add(_both(1, "S"), _both(2, wave)), "S"),
            ):
                below = _both(4 if prefix == wave else 2, wave)
                leaves = "down" if prefix == wave else "up"
                specs.append(BranchSpec(f"{prefix}{wave}{top:.0f}{part}", above, below, turns,
                                        source=source, leaves=leaves, part=part))  # fmt: skip
    return specs


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] + b[0], a[1] + b[1]


CORE_REFLECTIONS = (
    BranchSpec("PcP", (1, 0), (2, 0)),
    BranchSpec("PcS", (0, 1), (1, 1)),
    BranchSpec("ScP", (1, 0), (1, 1), source="S"),
    BranchSpec("ScS", (0, 1), (0, 2), source="S"),
)
MAJOR = (-1, 360.0)
CORE = (
    BranchSpec("PKPdf", (1, 0), (2, 0), core=(2, 2)),
    BranchSpec("PKPbc", (1, 0), (2, 0), core=(2, 0), part="bc"),
    BranchSpec("PKPab", (1, 0), (2, 0), core=(2, 0), part="ab"),
    BranchSpec("PKiKP", (1, 0), (2, 0), core=(2, 0), reflects=True),
    BranchSpec("pPKPdf", (3, 0), (2, 0), core=(2, 2), leaves="up"),
    BranchSpec("pPKPbc", (3, 0), (2, 0), core=(2, 0), part="bc", leaves="up"),
    BranchSpec("pPKPab", (3, 0), (2, 0), core=(2, 0), part="ab", leaves="up"),
    BranchSpec("sPKPdf", (2, 1), (2, 0), core=(2, 2), leaves="up", source="S"),
    BranchSpec("sPKPbc", (2, 1), (2, 0), core=(2, 0), part="bc", leaves="up", source="S"),
    BranchSpec("sPKPab", (2, 1), (2, 0), core=(2, 0), part="ab", leaves="up", source="S"),
    BranchSpec("SKSac", (0, 1), (0, 2), core=(2, 0), source="S"),
    BranchSpec("SKSdf", (0, 1), (0, 2), core=(2, 2), source="S"),
    BranchSpec("SKPdf", (1, 0), (1, 1), core=(2, 2), source="S"),
    BranchSpec("SKPbc", (1, 0), (1, 1), core=(2, 0), source="S", part="bc"),
    BranchSpec("SKPab", (1, 0), (1, 1), core=(2, 0), source="S", part="ab"),
    BranchSpec("SKKSac", (0, 1), (0, 2), core=(4, 0), source="S"),
    BranchSpec("PKKPdf", (1, 0), (2, 0), core=(4, 4), fold=MAJOR),
    BranchSpec("PKKPbc", (1, 0), (2, 0), core=(4, 0), fold=MAJOR, part="bc"),
    BranchSpec("PKKPab", (1, 0), (2, 0), core=(4, 0), fold=MAJOR, part="ab"),
    BranchSpec("PKPPKPdf", (3, 0), (4, 0), core=(4, 4), fold=MAJOR),
    BranchSpec("PKPPKPbc", (3, 0), (4, 0), core=(4, 0), fold=MAJOR, part="bc"),
    BranchSpec("PKPPKPab", (3, 0), (4, 0), core=(4, 0), fold=MAJOR, part="ab"),
)  # fmt: skip
BRANCHES = (*_turning(), *CORE_REFLECTIONS, *CORE)
