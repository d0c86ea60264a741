"""Build the coastlines and borders that maps are drawn on, from the npm package world-atlas.

    npm install world-atlas@2
    python -m builders.build_coastlines node_modules/world-atlas src/vigie/facts

Natural Earth 4.1.0 (public domain), 1:110m and 1:50m, as TopoJSON. Rings of land are
clockwise, lakes anticlockwise; a border is an arc that two countries share. Positions are
rounded to 0.01 degrees, below the detail of either scale.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS_PER_DEG = 100


def decode_arcs(topology: dict[str, Any]) -> list[NDArray[np.float64]]:
    """Return the arcs in degrees: TopoJSON holds differences of quantised positions."""
    scale, translate = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    return [np.cumsum(arc, axis=0) * scale + translate for arc in topology["arcs"]]


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    """Return all rings of a (multi)polygon or collection, as lists of arcs."""
    if geometry["type"] == "GeometryCollection":
        return list(chain.from_iterable(rings_of(g) for g in geometry["geometries"]))
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    return list(chain.from_iterable(geometry["arcs"]))


def join(ring: list[int], arcs: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the positions of a ring; ``~i`` is arc i backwards."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def land_rings(topology: dict[str, Any]) -> list[NDArray[np.float64]]:
    """Return the rings of all land."""
    arcs = decode_arcs(topology)
    return [join(ring, arcs) for ring in rings_of(topology["objects"]["land"])]


def border_lines(topology: dict[str, Any]) -> list[NDArray[np.float64]]:
    """Return the arcs that two countries share."""
    countries = topology["objects"]["countries"]["geometries"]
    users = Counter(
        arc if arc >= 0 else ~arc
        for country in countries
        for arc in set(chain.from_iterable(rings_of(country)))
    )
    arcs = decode_arcs(topology)
    return [arcs[i] for i, n in sorted(users.items()) if n > 1]


def write(lines: list[NDArray[np.float64]], path: Path) -> int:
    """Write lines as int16 steps; return the size in bytes."""
    kept = []
    for line in lines:
        steps = np.round(line * STEPS_PER_DEG).astype(np.int32)
        moved = np.any(np.diff(steps, axis=0) != 0, axis=1)
        steps = steps[np.concatenate([[True], moved])]
        if len(steps) > 1:
            kept.append(steps)
    points = np.concatenate(kept).astype(np.int16)
    # Differences compress to half of the size; int16 wraps and cumsum unwraps it again.
    differences = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int16)).astype(np.int16)
    lengths = np.array([len(line) for line in kept], dtype=np.int32)
    np.savez_compressed(
        path, longitude=differences[:, 0], latitude=differences[:, 1], lengths=lengths
    )
    return path.stat().st_size


def main(source: Path, target: Path) -> None:
    """Write all files."""
    for scale in ("110m", "50m"):
        land = json.loads((source / f"land-{scale}.json").read_text())
        size = write(land_rings(land), target / f"coastline_{scale}.npz")
        print(f"coastline_{scale}.npz: {size} bytes")
    countries = json.loads((source / "countries-50m.json").read_text())
    size = write(border_lines(countries), target / "borders_50m.npz")
    print(f"borders_50m.npz: {size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
