"""Whether picks that fit depth phases at some depth are depth phases.

Many depths are tried, and at one of them a few picks fit by chance; and onsets of a second event
at the same place follow the first ones as closely as pP does. So the picks must be more than
chance gives (Poisson, all depths and phases counted), and the delays must change with distance as
those of the phase do rather than be one and the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

    FloatArray = NDArray[np.float64]

CLOSE_S = 1.0
"""From its place a depth phase lies no farther, path differences taken out; mostly."""
BY_CHANCE = 0.01
N_TRIALS = 50
"""Depths, a second of pP apart, times two phases."""
WINDOW_S = 230.0
"""After P, in which depth phases come."""
NOT_CODA_S = 3.0
PHASE_SIGMA_S = 0.7
"""Of pP less P: the place where it is reflected."""
READING_SIGMA_S = 0.1
CONSTANT_NATS = 2.0
"""By which depth phases must beat one delay for all."""


def is_shown(
    context: Context, h: Hypothesis, found: Mapping[int, tuple[str, float, float]]
) -> bool:
    """Tell whether picks are depth phases: more than chance gives, and moving out as they do.

    Parameters
    ----------
    context : Context
    h : Hypothesis
        With its first P.
    found : mapping of int to (str, float, float)
        Phase and residual (s) of each pick, and a third number that is not used.
    """
    first = _first_p(context, h)
    time_s, station = context.columns.time_s, context.columns.station
    gain, close = 0.0, 0
    for name in {name for name, _, _ in found.values()}:
        rows = [
            (time_s[i] - first[j][0], residual - first[j][1], context.columns.sigma_s[i])
            for i, (phase, residual, _) in found.items()
            if phase == name and (j := int(station[i])) in first
        ]
        if rows:
            delay, off, sigma = np.array(rows).T
            close += int(np.sum(np.abs(off) < CLOSE_S))
            moved = _log_laplace(off, np.hypot(sigma, PHASE_SIGMA_S))
            same = _log_laplace(delay - np.median(delay), np.hypot(1.5 * sigma, READING_SIGMA_S))
            gain += moved - same
    return gain > CONSTANT_NATS and _by_chance(context, first, close) < BY_CHANCE


def _first_p(context: Context, h: Hypothesis) -> dict[int, tuple[float, float]]:
    """Return time and residual of the first P of each station that showed it."""
    return {
        int(h.stations[row]): (float(context.columns.time_s[pick]), float(h.residual_s[row, 0]))
        for row, kind, pick in h.defining()
        if kind == 0
    }


def _by_chance(context: Context, first: Mapping[int, tuple[float, float]], close: int) -> float:
    """Return how often noise and coda bring so many picks close to their places at some depth."""
    from scipy.special import pdtrc  # deferred: 0.1 s

    columns = context.columns
    n_picks = 0
    for j, (onset_s, _) in first.items():
        after = columns.time_s[columns.first[j] : columns.first[j + 1]] - onset_s
        n_picks += int(np.sum((after > NOT_CODA_S) & (after < WINDOW_S)))
    expected = 2.0 * CLOSE_S * n_picks / WINDOW_S
    return float(N_TRIALS * pdtrc(close - 1, expected)) if close else 1.0


def _log_laplace(residual_s: FloatArray, sigma_s: FloatArray) -> float:
    b = sigma_s / np.sqrt(2.0)
    return float(np.sum(-np.log(2.0 * b) - np.abs(residual_s) / b))
