"""Bootstrap intervals: how often each pair counts in each resample, and what the resamples span.

Source: Efron (1979); percentile interval. Pairs of one plume are not independent: resampled one by
one they give intervals that are too narrow. With groups (the stations, or the hours) whole groups
are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

FloatArray = NDArray[np.float64]

BLOCK = 4_000_000
"""Weights held at a time: 32 MB."""


def resampled_weights(
    group_of: NDArray[np.intp], n_resamples: int, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Yield weights in blocks of rows: in each row as many groups are drawn as there are.

    Parameters
    ----------
    group_of : ndarray, shape (n,)
        Number of each pair's group, from 0 without gaps.
    n_resamples : int
        Rows in all.

    Yields
    ------
    ndarray, shape (rows, n)
    """
    n_groups = int(group_of.max()) + 1
    rows = max(BLOCK // len(group_of), 1)
    for begin in range(0, n_resamples, rows):
        count = min(rows, n_resamples - begin)
        drawn = rng.integers(n_groups, size=(count, n_groups))
        drawn += n_groups * np.arange(count)[:, None]
        times = np.bincount(drawn.ravel(), minlength=count * n_groups).reshape(count, n_groups)
        yield times[:, group_of].astype(np.float64)


def interval(values: FloatArray, level: float) -> tuple[float, float] | None:
    """Return the central interval of the resamples that define a statistic.

    None where fewer than half of them do.

    Examples
    --------
    >>> interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    known = values[np.isfinite(values)]
    if not len(known) or 2 * len(known) < len(values):
        return None
    low, high = np.quantile(known, [0.5 - level / 2.0, 0.5 + level / 2.0])
    return float(low), float(high)
