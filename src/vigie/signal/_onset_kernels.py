"""Compiled loop of ``onset_model``; imported by it when first needed."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@numba.njit(cache=True, nogil=True)
def signal_log_likelihood(
    power: FloatArray, noise: FloatArray, size: FloatArray, profiles: FloatArray
) -> FloatArray:
    """Sum of -(ln V + P / V) over the bins from k on, V = noise_k + size_rk profile_r(i - k).

    Shape (r, n); k where the noise is not positive: 0.
    """
    n = len(power)
    result = np.zeros((len(profiles), n))
    for r in range(len(profiles)):
        for k in range(n):
            if noise[k] <= 0.0:
                continue
            total = 0.0
            for i in range(k, n):
                variance = noise[k] + size[r, k] * profiles[r, i - k]
                total -= math.log(variance) + power[i] / variance
            result[r, k] = total
    return result
