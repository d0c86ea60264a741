"""Whether jumps that are one wave may be so by chance, by how often the elements jump.

What it computes: where each element jumps so many times a minute, at times of its own, how many
waves chance would make in the minutes about a jump,

    N x sum over pairs (mu_i mu_j) P(needed - 2 of the others fit) / (pairs of needed),

N jumps of the first element, mu those expected of another within the crossing. Blasts come again
from the same place: the more of the first one's jumps the same wave explains, the less is chance;
each of them would fit with probability q, so the above is multiplied by the binomial tail. What
chance makes more often than ``MOST_BY_CHANCE`` is no wave. Three elements fit any two times within
the crossing, so a lone blast among spikes of three elements is not believed.

Source: ours; Poisson times. Accuracy as measured: ``docs/methods/quality.md``.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.jump_waves import SLOWEST_KM_S, allowed_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.jump_waves import Jumps

FloatArray = NDArray[np.float64]

MOST_BY_CHANCE = 0.01
"""Waves that chance may make in the minutes about a jump."""
ONE_S = 0.5
"""Jumps nearer than this are of one sound."""


def is_chance(
    own_s: FloatArray, others: Sequence[Jumps], waves: FloatArray, needed: int, span_s: float
) -> bool:
    """Tell whether a wave may be chance.

    Parameters
    ----------
    own_s : ndarray, shape (n,)
        Times of like jumps of the first element in the minutes about one of them, from that one.
    others : sequence of Jumps
        Those of the other elements in the same minutes.
    waves : ndarray, shape (m, 2)
        Slownesses, s/km, of the waves that explain the jump at 0; one at least.
    needed : int
        Elements that have to fit.
    span_s : float
        How long the minutes are.
    """
    rates = np.array([max(_sounds(one.times_s) - 1, 0) for one in others]) / span_s
    ways_km = np.array([np.linalg.norm(one.place_km) for one in others])
    meets = 2.0 * rates * ways_km / SLOWEST_KM_S
    fits = np.minimum(2.0 * rates * allowed_s(others), 1.0)
    expected = _sounds(own_s) * _expected(meets, fits, needed)
    again = max(_sounds(own_s[_explained(own_s, others, wave, needed)]) for wave in waves) - 1
    tail = _tail(_sounds(own_s) - 1, again, _at_least(fits, needed))
    return bool(expected * tail > MOST_BY_CHANCE)


def _sounds(times_s: FloatArray) -> int:
    """Return how many sounds jumps are."""
    return len(times_s) and 1 + int((np.diff(np.sort(times_s)) > ONE_S).sum())


def _expected(meets: FloatArray, fits: FloatArray, needed: int) -> float:
    """Return how many waves chance makes with one jump of the first element."""
    total = 0.0
    for i, j in itertools.combinations(range(len(meets)), 2):
        rest = np.delete(fits, (i, j))
        total += float(meets[i] * meets[j]) * _at_least(rest, needed - 2)
    return total / (needed * (needed - 1) / 2)


def _at_least(chances: FloatArray, needed: int) -> float:
    """Return the probability that so many of independent events or more happen."""
    count = np.zeros(len(chances) + 1)
    count[0] = 1.0
    for p in chances:
        count[1:] = count[1:] * (1.0 - p) + count[:-1] * p
        count[0] *= 1.0 - p
    return float(count[max(needed, 0) :].sum())


def _tail(n: int, least: int, p: float) -> float:
    return _at_least(np.full(n, p), least) if n > 0 else 1.0


def _explained(
    own_s: FloatArray, others: Sequence[Jumps], wave: FloatArray, needed: int
) -> NDArray[np.bool_]:
    """Tell which jumps of the first element the same wave explains; the nearest to 0 it does."""
    allowed = allowed_s(others)
    fitting = np.zeros(len(own_s), dtype=int)
    for one, reach in zip(others, allowed, strict=True):
        times = np.sort(one.times_s)
        due = own_s + float(wave @ one.place_km)
        fitting += np.searchsorted(times, due + reach, "right") > np.searchsorted(
            times, due - reach
        )
    explained = fitting >= needed
    explained[np.argmin(np.abs(own_s))] = True
    return np.asarray(explained)
