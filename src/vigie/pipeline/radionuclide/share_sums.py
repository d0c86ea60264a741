"""Whether the portions of a sample are together more than the sample."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.radionuclide.laboratory import parse_srid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.pipeline.radionuclide.splits import Remeasured

_LEAST = 1e-6
"""Beyond 1 that counts: thirds are not written to the last digit."""


def overfull(splits: Iterable[Remeasured]) -> list[tuple[str, float]]:
    """Return SRID and sum of shares of each sample whose portions are more than it.

    A portion that was measured several times counts once; portions of another division, and what
    was sent on whole, are no further parts. A sum within two of its errors is none.
    """
    samples: dict[tuple[str, int], dict[str, tuple[float, float]]] = {}
    for one in splits:
        if one.original is None or one.comparison is None:
            continue
        split = one.comparison.split
        portions = parse_srid(split.portion_id).portions
        parts = samples.setdefault((one.original.sample_id, portions), {})
        parts[split.portion_id] = (split.share, split.share_sigma)
    sums = [
        (sample, sum(share for share, _ in parts.values()), _error(parts))
        for (sample, _), parts in samples.items()
    ]
    return [(sample, total) for sample, total, error in sums if total > 1.0 + _LEAST + 2.0 * error]


def _error(parts: dict[str, tuple[float, float]]) -> float:
    return math.hypot(*(sigma for _, sigma in parts.values()))
