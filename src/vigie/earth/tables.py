"""Travel-time tables in memory: flat arrays that NumPy and Numba read alike.

Built from TauP by ``builders/build_travel_times.py``. Within a branch (rays of one kind
that turn in one region) time is smooth in distance and depth, and bicubic Hermite
interpolation of time, slowness, dt/ddepth and d2t/(ddelta ddepth) is exact to a fraction of a
millisecond. A phase is the earliest of its branches, each evaluated to its ends and
beyond, so nothing is ever interpolated across a kink.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.phases import CHORD, PHASES, SPEED, Entry, canonical
from vigie.errors import UnknownModelError, UnknownPhaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MODELS = ("ak135", "iasp91")
X_BUCKET_DEG = 0.0625
"""Spacing of the index into the distance knots: where the search of an interval begins, so it
decides speed alone; a power of 2, so that its inverse is exact."""
Z_BUCKET_KM = 1.0
"""The same for the depth knots."""
VERTICAL_DEG = 1e-6
"""0.1 m: ends of branches within it of the vertical are vertical."""


class PhaseTables(NamedTuple):
    """All phases of one model. Treat as opaque and pass to ``kernels.evaluate``."""

    radius_km: float
    depth_km: FloatArray
    """Depth knots, (n_z,); discontinuities stand twice."""
    depth_bucket: IntArray
    """Interval of the depth knots at each multiple of Z_BUCKET_KM."""
    phase_entry: IntArray
    """Entries of phase i: phase_entry[i] to phase_entry[i + 1]."""
    entry_kind: IntArray
    entry_branch: IntArray
    entry_limit: FloatArray
    """(n_entries, 5): depth min, max, km; distance max, deg; speed, km/s; layer bottom, km."""
    branch: IntArray
    """(n_branches, 6): first depth knot, number of depth knots, number of distance knots,
    offsets into x, value and bucket."""
    x_deg: FloatArray
    value: FloatArray
    """(n, 4): t, dt/dx, dt/dz, d2t/dxdz; distance runs fastest."""
    end_deg: FloatArray
    """(n_branches, n_z, 2): first and last distance of the ray itself."""
    bucket: IntArray
    """Interval of the distance knots at each multiple of X_BUCKET_DEG."""
    candidates: NDArray[np.int16]
    """(n_phases, n_z - 1, 181): entries worth evaluating, as bits; all until they are found."""


class LoadedModel(NamedTuple):
    """Tables with the names that go with them."""

    name: str
    phases: tuple[str, ...]
    tables: PhaseTables
    info: Mapping[str, Any]

    def phase_index(self, phase: str) -> int:
        """Return the number of a phase in the tables.

        Raises
        ------
        UnknownPhaseError
            There are no travel times of this phase.
        """
        try:
            return self.phases.index(canonical(phase))
        except ValueError:
            raise UnknownPhaseError(
                phase=phase, model=self.name, known=" ".join(self.phases)
            ) from None


@cache
def load_model(name: str) -> LoadedModel:
    """Load the tables of a model, once.

    Raises
    ------
    UnknownModelError
        The model is none of ``MODELS``.
    """
    if name not in MODELS:
        raise UnknownModelError(kind="Earth model", name=name, known=", ".join(MODELS))
    source = resources.files("vigie.earth") / "data" / f"{name}.npz"
    with source.open("rb") as stream, np.load(stream) as data:
        arrays = {key: data[key] for key in data.files}
    info: dict[str, Any] = json.loads(str(arrays["info"]))
    return LoadedModel(name, tuple(PHASES), _assemble(arrays, info), info)


def _assemble(arrays: Mapping[str, NDArray[Any]], info: Mapping[str, Any]) -> PhaseTables:
    depth = arrays["depth_km"]
    names: list[str] = info["branches"]
    rows, xs, values, buckets = [], [], [], []
    ends = np.full((len(names), len(depth), 2), np.nan)
    offset_x = offset_v = offset_b = 0
    for i in range(len(names)):
        x = arrays[f"b{i}_x"]
        kept = arrays[f"b{i}_k"].astype(np.int64)
        t, d = arrays[f"b{i}_t"], arrays[f"b{i}_d"].astype(np.float64)
        first, last = int(kept[0]), int(kept[-1])
        rows.append((first, last - first + 1, len(x), offset_x, offset_v, offset_b))
        xs.append(x)
        filled, ends[i, first : last + 1] = _fill_depths(
            depth, kept, np.concatenate([t[..., None], d], axis=-1), arrays[f"b{i}_e"]
        )
        values.append(filled.reshape(-1, 4))
        buckets.append(_buckets(x, X_BUCKET_DEG, x[0]))
        offset_x, offset_v = offset_x + len(x), offset_v + len(values[-1])
        offset_b += len(buckets[-1])
    # Vertical rays to the core: the builder's shooting ends a billionth of a degree short of them.
    to_core = np.array([bool({"c", "K"} & set(name)) for name in names])
    ends[to_core[:, None, None] & (ends < VERTICAL_DEG)] = 0.0
    # Not every branch that could turn back does so in every model.
    used = [[e for e in phase if _exists(e, names)] for phase in PHASES.values()]
    entries = [entry for phase in used for entry in phase]
    counts = np.cumsum([0, *(len(phase) for phase in used)])
    return PhaseTables(
        float(info["radius_km"]), depth, _buckets(depth, Z_BUCKET_KM, 0.0),
        counts.astype(np.int64),
        np.array([entry.kind for entry in entries], dtype=np.int64),
        np.array([_branch_number(entry, names) for entry in entries], dtype=np.int64),
        np.array([_limits(entry, info) for entry in entries]),
        np.array(rows, dtype=np.int64), np.concatenate(xs), np.concatenate(values), ends,
        np.concatenate(buckets),
        np.tile((1 << np.diff(counts))[:, None, None], (1, len(depth) - 1, 181)).astype(np.int16)
        - np.int16(1),
    )  # fmt: skip


def _fill_depths(
    depth: FloatArray, kept: IntArray, value: FloatArray, ends: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Interpolate the depth knots that the file leaves out; shapes (n_z, n_x, 4), (n_z, 2)."""
    k = np.arange(kept[0], kept[-1] + 1)
    i = np.clip(np.searchsorted(kept, k, side="right") - 1, 0, len(kept) - 2)
    w = depth[kept[i + 1]] - depth[kept[i]]
    exact = (kept[i] == k) | (kept[i + 1] == k)
    # Between the two sides of a discontinuity no knot is left out.
    w = np.where(w > 0.0, w, 1.0)
    g = np.where(kept[i + 1] == k, 1.0, np.where(exact, 0.0, (depth[k] - depth[kept[i]]) / w))
    between = ends[i] + g[:, None] * (ends[i + 1] - ends[i])
    g, w = g[:, None], w[:, None]
    a, b = value[i], value[i + 1]
    t, z, _ = cubic(g, w, a[..., 0], b[..., 0], a[..., 2], b[..., 2])
    p, zx, _ = cubic(g, w, a[..., 1], b[..., 1], a[..., 3], b[..., 3])
    filled = np.stack([t, p, z, zx], axis=-1)
    filled[exact] = value[np.searchsorted(kept, k[exact])]
    between[exact] = ends[np.searchsorted(kept, k[exact])]
    return filled, between


def cubic(
    h: FloatArray, w: FloatArray, a: FloatArray, b: FloatArray, da: FloatArray, db: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cubic Hermite at fraction h of an interval w: value, first and second derivative."""
    c2 = 3.0 * (b - a) - (2.0 * da + db) * w
    c3 = 2.0 * (a - b) + (da + db) * w
    value = a + h * (da * w + h * (c2 + h * c3))
    first = da + h * (2.0 * c2 + 3.0 * h * c3) / w
    return value, first, (2.0 * c2 + 6.0 * h * c3) / w**2


def _exists(entry: Entry, names: list[str]) -> bool:
    return entry.kind in (CHORD, SPEED) or entry.branch in names


def _branch_number(entry: Entry, names: list[str]) -> int:
    return 0 if entry.kind in (CHORD, SPEED) else names.index(entry.branch)


def _limits(entry: Entry, info: Mapping[str, Any]) -> tuple[float, float, float, float, float]:
    speed, max_depth, bottom = entry.speed_km_s, entry.max_depth_km, 0.0
    if entry.kind == CHORD:
        speed = info["crust_velocity_km_s"]["PS".index(entry.branch)]
        bottom = info["crust_depth_km"]
        max_depth = min(max_depth, bottom)
    return entry.min_depth_km, max_depth, entry.max_delta_deg, speed, bottom


def _buckets(knots: FloatArray, step: float, start: float) -> IntArray:
    """For each multiple of a step give an interval that lies at or before it."""
    edges = np.arange(start, knots[-1] + 2 * step, step)
    found = np.searchsorted(knots, edges, side="left") - 1
    return np.clip(found, 0, len(knots) - 2).astype(np.int64)
