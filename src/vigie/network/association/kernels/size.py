"""Who should have heard: the size of an event and the share of working stations."""

# Kernels get their types from the arguments; ``x == x`` is their test for NaN; they take what
# they need as plain arguments, since objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.network.association.kernels.evidence import mixture


@njit(cache=True)
def fit_detection(index, gain, loss, scatter, qualities, sizes, log_weights, ratios):
    """Fit who should have heard: the event's size and the share of working stations.

    p(P) = quality * Phi((size - loss)/scatter), p(S) = ratio * p(P). All combinations are
    tried; the score is summed over sizes with their weights and averaged over the rest, the
    probabilities are those of the best.

    Returns
    -------
    score, p (n, 2), size
    """
    n = len(index)
    best = -1e18
    p = np.zeros((n, 2))
    keep = (0.0, 0.0, 0.0)
    scores = np.empty(len(qualities) * len(sizes) * len(ratios))
    m = 0
    reach = np.empty(n)
    for b in range(len(sizes)):
        size = sizes[b]
        for a in range(n):
            reach[a] = 1.0 / (1.0 + math.exp(-1.7 * (size - loss[a]) / scatter))
        for quality in qualities:
            score_p = log_weights[b]
            for a in range(n):
                score_p += mixture(index[a, 0], gain[a, 0], max(quality * reach[a], 1e-4))
            for ratio in ratios:
                score = score_p
                for a in range(n):
                    score += mixture(index[a, 1], gain[a, 1], max(ratio * quality * reach[a], 1e-4))
                scores[m] = score
                m += 1
                if score > best:
                    best = score
                    keep = (size, quality, ratio)
    mean = 0.0
    for k in range(m):
        mean += math.exp(scores[k] - best)
    size, quality, ratio = keep
    for a in range(n):
        r = 1.0 / (1.0 + math.exp(-1.7 * (size - loss[a]) / scatter))
        p[a, 0] = max(quality * r, 1e-4)
        p[a, 1] = max(ratio * quality * r, 1e-4)
    return best + math.log(mean / (len(qualities) * len(ratios))), p, size
