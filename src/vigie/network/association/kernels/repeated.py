"""What the picks at each station tell of a second event at the place of one that is known."""

# Kernels get their types from the arguments; ``x == x`` is their test for NaN; they take what
# they need as plain arguments, since objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from vigie.network.association.kernels.evidence import best_pick


@njit(cache=True)
def repeated_evidence(delay, onset, slope, model, seaz, wide, stations, picks, first):
    """Collect each station's best pick a delay after its onsets of the first event.

    Parameters
    ----------
    delay : float
        Seconds.
    onset, slope, model : ndarray, shape (n stations, 2)
        Times of the first event's P and S, NaN where there is none; their slownesses, s/deg; how
        far the delay may differ there, s.
    seaz : ndarray, shape (n stations,)
        Azimuth of the event, deg.

    Returns
    -------
    index, gain, residual, sigma : ndarray, shape (n stations, 2)
        Index -1 where there is no pick, -2 where there is nothing to compare with.
    """
    n = len(stations)
    index = np.full((n, 2), -2, np.int64)
    gain = np.zeros((n, 2))
    residual = np.zeros((n, 2))
    sigma = np.ones((n, 2))
    for a in range(n):
        for kind in range(2):
            if onset[a, kind] != onset[a, kind]:
                continue
            index[a, kind], gain[a, kind], residual[a, kind], sigma[a, kind] = best_pick(
                stations[a], kind, delay, onset[a, kind], slope[a, kind], model[a, kind],
                seaz[a], wide, picks, first, onset[a, 0],
            )  # fmt: skip
        if index[a, 0] >= 0 and index[a, 0] == index[a, 1]:
            index[a, 0 if gain[a, 1] > gain[a, 0] else 1] = -1
    return index, gain, residual, sigma
