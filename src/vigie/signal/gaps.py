"""Records with gaps for transforms of the whole: gaps become zeros, with tapers beside them.

A step at the end of a record or beside a gap would be an impulse after whitening, and at the same
time on all elements: a wave that is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.signal.filters import cosine_taper

if TYPE_CHECKING:
    from collections.abc import Iterator

FloatArray = NDArray[np.float64]

MOST_TAPERED = 0.05
"""Share of a stretch that one of its tapers may take."""


def filled(row: FloatArray, n_taper: int) -> FloatArray:
    """Return a row without mean, zero where it was NaN, tapered at the ends of each stretch.

    Parameters
    ----------
    row : ndarray
        NaN where nothing is known.
    n_taper : int
        Samples of a taper, less in short stretches.
    """
    known = np.isfinite(row)
    out = np.zeros(len(row))
    if not known.any():
        return out
    mean = float(np.mean(row[known]))
    for first, last in stretches(known):
        taper = cosine_taper(last - first, min(int(MOST_TAPERED * (last - first)), n_taper))
        out[first:last] = (row[first:last] - mean) * taper
    return out


def stretches(good: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Return first and end index of each stretch of true values.

    Examples
    --------
    >>> list(stretches(np.array([True, False, True, True])))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
