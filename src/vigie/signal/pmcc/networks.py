"""Start networks of PMCC: the triplets of smallest aperture that together use all elements."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FLATTEST = 0.15
"""Least ratio of the widths of a triplet: elements nearly in line say nothing across it."""


def start_triplets(offsets_km: FloatArray, *, extra: int = 2) -> IntArray:
    """Return triplets, smallest aperture first, until each element stands in ``extra`` of them.

    Every element must be able to fail and leave networks that start, so each is in two.

    Returns
    -------
    triplets : ndarray, shape (t, 3)
    """
    n = len(offsets_km)
    # Flat ones come last, for elements that stand in no other.
    rated = sorted(
        (_roundness(offsets_km[list(t)]) < FLATTEST, aperture_km(offsets_km[list(t)]), t)
        for t in combinations(range(n), 3)
    )
    used = np.zeros(n, dtype=np.int64)
    chosen: list[tuple[int, ...]] = []
    for flat, _, triplet in rated:
        wanted = 1 if flat else extra
        if used[list(triplet)].min() < wanted:
            chosen.append(triplet)
            used[list(triplet)] += 1
    return np.array(chosen, dtype=np.int64).reshape(-1, 3)


def growth_order(offsets_km: FloatArray, triplet: IntArray) -> IntArray:
    """Return all elements, nearest to the middle of a triplet first."""
    middle = offsets_km[triplet].mean(axis=0)
    distance = np.linalg.norm(offsets_km - middle, axis=1)
    return np.argsort(distance, kind="stable").astype(np.int64)


def aperture_km(offsets_km: FloatArray) -> float:
    """Return the largest distance between two elements."""
    apart = offsets_km[:, None] - offsets_km[None]
    return float(np.hypot(apart[..., 0], apart[..., 1]).max())


def _roundness(offsets_km: FloatArray) -> float:
    widths = np.linalg.svd(offsets_km - offsets_km.mean(axis=0), compute_uv=False)
    return float(widths[1] / max(widths[0], 1e-12))
