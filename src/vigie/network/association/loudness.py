"""Near stations hear louder: what the amplitudes of P say of a place.

From the place where an event was, log10 A plus the loss of P on the way is the same at every
station, but for a scatter; from elsewhere it need not be. The amplitudes' log likelihood ratio of
"size minus loss" against "one level everywhere", each with its own mean, is

    R = 1/2 sum_k m_k [rho((y_k - mean y) / sigma) - rho((y_k + L_k - mean (y + L)) / sigma)],

y = log10 A, L the loss (``vigie.network.loss``), m_k the probability that pick k is P, and
rho(x) = min(x^2, 9), for one amplitude in some is another phase's or badly calibrated. Stations at
like losses say nothing, those on one side of an event by some degrees much. A is amplitude over
period where both were measured, else the signal-to-noise ratio, which scatters more since stations
differ in noise. What a list calls SNR need not be an amplitude, so the ratio counts with the
chance q that it is, log(1 - q + q e^R); q is learned from the events found.

Measured: the scatter of log10 SNR + L within each of 18 recorded explosions (3 to 13 stations at 3
to 54 deg) is 0.1 to 0.6, median 0.42; without L it is 0.6 to 0.7 where the stations lie 3 to 11 deg
away, and the same as with it where all are beyond 30 deg. The SNR of the picks in usgs/neic-glass3
does not fall with distance (slope -0.03 of the loss, scatter 0.19, 46 events).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.hypothesis import deltas_deg
from vigie.network.loss import loss_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.records import Detection

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

SIGMAS = (0.35, 0.5)
"""Scatter of log10 of A/T, that of station magnitudes (Lilwall 1986), and of the SNR (above)."""
MOST_SQUARES = 9.0
LIKELY = 0.5
"""Least probability of a pick whose amplitude counts."""
TRUST = 0.8
"""Chance that a measure falls with the loss, before any event has shown whether it does."""
TRUST_PRIOR = 2.0
"""Events that this is worth."""
Ratios = tuple[float, float]
"""One number for A/T, one for the SNR."""


def loudness_of(detections: Sequence[Detection]) -> FloatArray:
    """Return log10 of A/T (nm/s) and of the SNR, NaN where not measured; shape (n, 2)."""
    rows = [(_positive(_amplitude(d)), _positive(d.snr)) for d in detections]
    return np.log10(np.array(rows, dtype=np.float64).reshape(-1, 2))


def _amplitude(d: Detection) -> float | None:
    return d.amplitude_nm / d.period_s if d.amplitude_nm and d.period_s else None


def _positive(value: float | None) -> float:
    return value if value is not None and value > 0.0 else float("nan")


def amplitude_ratios(
    context: Context, place: tuple[FloatArray, float], stations: IntArray, first: IntArray,
    member: FloatArray,
) -> Ratios:  # fmt: skip
    """Return the log likelihood ratios R of a place, of A/T and of the SNR.

    Parameters
    ----------
    context : Context
    place : (ndarray of shape (3,), float)
        Direction and depth, km.
    stations : ndarray, shape (n,)
    first, member : ndarray, shape (n,)
        Pick taken for P at each station, negative where none, and the probability that it is.
    """
    taken = (first >= 0) & (member > LIKELY)
    if np.count_nonzero(taken) < 2:
        return 0.0, 0.0
    loss = loss_at(deltas_deg(place[0], context.columns.unit[stations[taken]]), place[1])
    loud, weight = context.loudness[first[taken]], member[taken]
    measured = np.isfinite(loud)
    measured[:, 1] &= ~measured[:, 0]
    with_period, bare = (
        likelihood_ratio(loud[use, k], loss[use], weight[use], sigma)
        for k, (use, sigma) in enumerate(zip(measured.T, SIGMAS, strict=True))
    )
    return with_period, bare


def amplitude_evidence(ratios: Ratios, trust: Ratios) -> float:
    """Return what amplitudes say when they need not be what they are called, nats.

    Examples
    --------
    >>> round(amplitude_evidence((0.0, 5.0), (0.5, 0.5)), 1)
    4.3
    >>> round(amplitude_evidence((0.0, -50.0), (0.5, 0.5)), 1)
    -0.7
    """
    return float(
        sum(np.logaddexp(np.log1p(-q), np.log(q) + r) for r, q in zip(ratios, trust, strict=True))
    )


def learned_trust(events: Sequence[Hypothesis]) -> Ratios:
    """Return the chances that the two measures fall with the loss, by the events found."""
    found = np.array([h.loudness for h in events]).reshape(-1, 2)
    # Each event's own responsibility under even odds: nothing is counted twice.
    shown = 1.0 / (1.0 + np.exp(-np.clip(found, -50.0, 50.0)))
    trust = (TRUST_PRIOR * TRUST + shown.sum(axis=0)) / (TRUST_PRIOR + len(found))
    return float(trust[0]), float(trust[1])


def likelihood_ratio(
    log_amplitude: FloatArray, loss: FloatArray, weight: FloatArray, sigma: float
) -> float:
    """Return the log likelihood ratio of "size minus loss" against "one level everywhere".

    Examples
    --------
    >>> y, one = np.array([3.2, 2.1, 1.9, 1.6]), np.ones(4)
    >>> round(likelihood_ratio(y, np.array([2.0, 2.7, 3.1, 3.2]), one, 0.5), 1)
    2.7
    >>> likelihood_ratio(y, np.full(4, 3.7), one, 0.5)
    0.0
    """
    if len(loss) < 2:
        return 0.0
    level, size = (_squares(y, weight, sigma) for y in (log_amplitude, log_amplitude + loss))
    return 0.5 * (level - size)


def _squares(values: FloatArray, weight: FloatArray, sigma: float) -> float:
    misfit = (values - np.average(values, weights=weight)) / sigma
    return float(np.sum(weight * np.minimum(misfit**2, MOST_SQUARES)))
