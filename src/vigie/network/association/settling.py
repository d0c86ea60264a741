"""Settling a candidate: its best place, time, depth, who heard it, and its log odds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.attenuation import frequency_evidence
from vigie.network.association.candidates import ODDS
from vigie.network.association.foresight import log_density
from vigie.network.association.hypothesis import Hypothesis, deltas_deg
from vigie.network.association.later import DEEP_KM
from vigie.network.association.loudness import amplitude_evidence, amplitude_ratios
from vigie.network.association.tables import DELTAS_DEG
from vigie.network.loss import B_VALUE, REACH_SCATTER, loss_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Variant

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

QUALITIES = np.array([0.05, 0.15, 0.35, 0.6, 0.85, 0.97])
"""Shares of stations within reach that catch P."""
S_RATIOS = np.array([0.02, 0.15, 0.4, 0.8])
"""Chance of S where P is caught."""
SHALLOW_KM = 35.0
"""An event that settles deeper is compared with the best one above."""
DEEP_MARGIN = 4.0
"""Nats by which an event below DEEP_KM must beat the best shallow one."""


def settle_candidate(
    context: Context, start: tuple[FloatArray, float, float], level: int
) -> Hypothesis:
    """Settle place, time and depth of a candidate, and judge who heard it.

    The model may err less here than it says, and the crustal phases rather than the first
    arrivals may be what is picked: each variant is tried, and the best explanation kept.
    """
    best = _best_variant(context, start, level, context.limit_depth_km)
    if best.depth_km > SHALLOW_KM and best.log_odds > -10.0:
        # One misread phase makes a shallow event deep: depth must be worth something.
        unit, time = best.unit, best.time_s
        shallow = _best_variant(context, (unit, 15.0, time), level, SHALLOW_KM)
        margin = DEEP_MARGIN if best.depth_km > DEEP_KM else 0.0
        if shallow.log_odds > best.log_odds - margin:
            return shallow
    return best


def _best_variant(
    context: Context, start: tuple[FloatArray, float, float], level: int, limit_km: float
) -> Hypothesis:
    best = _settle(context, start, level, context.variants[0], limit_km)
    if best.log_odds > -10.0:
        for variant in context.variants[1:]:
            unit, depth, time = start
            if variant.crustal:
                time += _branch_shift(context, best)
            other = _settle(context, (unit, depth, time), level, variant, limit_km)
            best = max(best, other, key=lambda h: h.log_odds)
        again = _settle(
            context, (best.unit, best.depth_km, best.time_s), level, best.variant, limit_km
        )
        best = max(best, again, key=lambda h: h.log_odds)
    return best


def _branch_shift(context: Context, h: Hypothesis) -> float:
    """Return the shift of origin time that lets crustal phases meet the picks of first ones."""
    row = int(np.argmin(np.abs(context.tables.depths_km - h.depth_km)))
    delta = deltas_deg(h.unit, context.columns.unit[h.stations])
    first, later = (np.interp(delta, DELTAS_DEG, context.tables.branches[k, row]) for k in (0, 1))
    use = (h.member[:, 0] > 0.5) & np.isfinite(later) & (delta < 12.0)
    return float(np.mean((first - later)[use])) if use.any() else 0.0


def _settle(
    context: Context,
    start: tuple[FloatArray, float, float],
    level: int,
    variant: Variant,
    limit_km: float,
) -> Hypothesis:
    from vigie.network.association.kernels import evidence, settling

    unit, depth, time = start
    columns = context.columns
    picks, net, tabs = columns.picks(), context.net, variant.tabs
    delta = deltas_deg(unit, columns.unit)
    order = np.argsort(delta, kind="stable")[: max(4 * level, 60)].astype(np.int64)
    p = np.full((len(order), 2), 0.05)
    p[:level] = ODDS[0]
    shallow = context.params.shallow_scale_km
    limits = (5, 5.0 / variant.scale, 4.0, limit_km)
    trials = tabs[4][tabs[4] <= limit_km]
    unit, depth, time, _, _ = settling.settle_depths(
        (unit, depth, time), trials, limits, order, p, picks, net, tabs, shallow
    )
    size = 0.0
    normal = np.eye(4)
    for turn in range(2):
        if turn == 1:
            # Everyone whom an event of this size could have reached.
            delta = deltas_deg(unit, columns.unit)
            order = np.argsort(delta, kind="stable").astype(np.int64)
            reached = loss_at(delta[order], depth) < size + 1.2
            order = order[reached | (np.arange(len(order)) < level)]
        index, _, gain, _, _ = evidence.evidence(unit, depth, time, 4.0, order, picks, net, tabs)
        _, p, size = fit_detection(context, (unit, depth), order, (index, gain))
        unit, depth, time, _, normal = settling.settle(
            (unit, depth, time), True, limits, order, p, picks, net, tabs
        )
    index, branch, gain, residual, sigma = evidence.evidence(
        unit, depth, time, 4.0, order, picks, net, tabs
    )
    score, p, size = fit_detection(context, (unit, depth), order, (index, gain))
    e = p * np.exp(np.minimum(gain, 50.0))
    member = np.where(index >= 0, e / (1.0 - p + e), 0.0)
    heard_as = frequency_evidence(context, unit, order, index, member)
    loudness = amplitude_ratios(context, (unit, depth), order, index[:, 0], member[:, 0])
    heard_as += amplitude_evidence(loudness, context.learned.loud_trust)
    return Hypothesis(
        unit,
        depth,
        time,
        score,
        score + _log_prior(context, depth, normal) + heard_as,
        size,
        normal,
        order,
        index,
        branch,
        residual,
        sigma,
        member,
        p,
        variant,
        loudness,
    )


def fit_detection(
    context: Context,
    place: tuple[FloatArray, float],
    order: IntArray,
    picks: tuple[IntArray, FloatArray],
    falling: float = B_VALUE,
) -> tuple[float, FloatArray, float]:
    """Fit who should have heard, and return the score, averaged over sizes.

    Parameters
    ----------
    context : Context
    place : (unit vector, depth km)
    order : ndarray, shape (n,)
        Stations.
    picks : (ndarray, ndarray), shape (n, 2) each
        Pick of P and S at each station, and its gain, nats.
    falling : float
        How fast events become fewer with size: b of Gutenberg and Richter.

    Returns
    -------
    score, p (n, 2), size
    """
    from vigie.network.association.kernels import size as sizing

    unit, depth = place
    index, gain = picks
    loss = loss_at(deltas_deg(unit, context.columns.unit[order]), depth)
    sizes = np.linspace(loss.min() - 0.3, loss.max() + 0.7, 14)
    per_size = np.log(10.0) * B_VALUE * (sizes[1] - sizes[0])
    weights = np.log(per_size) - np.log(10.0) * falling * sizes
    score, p, size = sizing.fit_detection(
        index, gain, loss, REACH_SCATTER, QUALITIES, sizes, weights, S_RATIOS
    )
    return float(score), p, float(size)


def _log_prior(context: Context, depth_km: float, normal: FloatArray) -> float:
    """Log of the expected number of events in the volume that the posterior fills."""
    from vigie.network.association.kernels import settling

    precision = context.precision(normal)
    log_volume = 2.0 * np.log(2.0 * np.pi) - 0.5 * float(np.linalg.slogdet(precision)[1])
    prior = settling.depth_prior(depth_km, context.params.shallow_scale_km)
    return float(log_density(context) + prior + log_volume)
