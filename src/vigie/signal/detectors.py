"""STA/LTA detector and triggers.

The *leading* form: the long window ends a lead time before the short one, as in the public
GMS configuration, so that an emergent onset does not raise the noise it is compared with.

Power is averaged, and the square root of the ratio is given: an amplitude ratio, 1 in noise. At
the start of a record the long window holds what there is, so a record that begins some seconds
before its signal can be worked with.
Cost: 90 million samples per second (compiled). Accuracy: equal to plain loops to 1e-12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaLtaParams:
    """Windows of the leading STA/LTA."""

    sta_s: float = 1.0
    """Length of the short window (IDC practice, 1 s)."""
    lta_s: float = 30.0
    """Length of the long window; half the usual 60 s, as S must stand out of P coda."""
    lta_gap_s: float = 1.0
    """Time between the end of the long and the start of the short window."""
    min_lta_s: float = 4.0
    """Long window that is needed at least, at the start of a record."""


@dataclass(frozen=True, slots=True, eq=False)
class Ratio:
    """Leading STA/LTA of one trace: all shape (n,), each at the last sample of the STA."""

    ratio: FloatArray
    """Amplitude ratio; 0 where the long window is too short."""
    sta: FloatArray
    """Root mean square over the short window."""
    lta: FloatArray
    """Root mean square over the long window; NaN where there is none."""


def leading_sta_lta(samples: FloatArray, rate_hz: float, params: StaLtaParams) -> Ratio:
    """Compare the last second with the noise some time before it.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Filtered samples of a gap-free run.
    rate_hz : float
        Samples per second.
    params : StaLtaParams
        Windows.

    Returns
    -------
    Ratio
        Amplitude ratio with both root mean squares.
    """
    n_sta = max(round(params.sta_s * rate_hz), 1)
    n_lta = max(round(params.lta_s * rate_hz), 1)
    lead = n_sta + max(round(params.lta_gap_s * rate_hz), 0)
    power = np.asarray(samples, dtype=np.float64) ** 2
    n = len(power)
    index = np.arange(n)
    sta = np.sqrt(moving_sum(power, n_sta) / np.minimum(index + 1, n_sta))
    lta = np.full(n, np.nan)
    n_min = max(round(params.min_lta_s * rate_hz), 1)
    if n > lead:
        sums = moving_sum(power[: n - lead], n_lta)
        counts = np.minimum(index[: n - lead] + 1, n_lta)
        lta[lead:] = np.where(counts >= n_min, np.sqrt(sums / counts), np.nan)
    ratio = np.divide(sta, lta, out=np.zeros(n), where=lta > 0.0)
    return Ratio(ratio, sta, lta)


def moving_sum(values: FloatArray, n: int) -> FloatArray:
    """Return the sum of the ``n`` values that end at each index (fewer at the start)."""
    from vigie.signal._detector_kernels import windowed_sum

    result: FloatArray = windowed_sum(np.ascontiguousarray(values, dtype=np.float64), n)
    return result


def triggers(ratio: FloatArray, on: FloatArray | float, off: float) -> NDArray[np.int64]:
    """Return index pairs of intervals that begin at ``on`` and end below ``off``.

    Parameters
    ----------
    ratio : ndarray, shape (n,)
        Detector output.
    on : float or ndarray, shape (n,)
        Threshold that starts an interval, which may change with time.
    off : float
        Level below which it ends.

    Returns
    -------
    ndarray, shape (m, 2)
        First index, and index just after the interval.
    """
    from vigie.signal._detector_kernels import hysteresis

    threshold = np.ascontiguousarray(np.broadcast_to(np.asarray(on, np.float64), ratio.shape))
    pairs: NDArray[np.int64] = hysteresis(ratio, threshold, off)
    return pairs
