"""How what decays is followed with particles that all weigh the same: exactly in age.

What is born at b and looked at t has decayed by exp(-lambda (t - b)), which is exp(-lambda (t - s))
exp(lambda (b - s)) for any time s. So the births of a release that is even in time are drawn denser
by exp(lambda (b - s)), s its start, and each particle then stands for the same activity

    Q / N x [exp(lambda L) - 1] / (lambda L) x exp(-lambda (t - s)),        L the length,

whatever its own age. A release much longer than the half-life would leave too few particles for
its beginning: it is cut into slices of at most two mean lives, followed side by side.

The time t of what a cell received is known to the piece of an interval in which it was summed;
within a piece the activity is that of even residence. Pieces are at most a fiftieth of a mean life
long: a cell that is reached only at one end of a piece is wrong by 1 % at most.

Accuracy as measured: activity in all the air against the integral 0.03 %; against 48 short
releases, each decayed by its own age, within counting noise (test).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.transport.starts import evenly

if TYPE_CHECKING:
    from vigie.transport.starts import Box, Start

FloatArray = NDArray[np.float64]

MOST_LIVES = 2.0
"""Mean lives in a slice: the last births are then 7 times as dense as the first."""
MOST_SLICES = 64
PIECE_LIVES = 0.02
SHORTEST_PIECE_S = 60.0


def n_slices(name: str, length_s: float, decay_per_s: float) -> int:
    """Return into how many slices a release is cut.

    Raises
    ------
    ParameterError
        Too many: the half-life is too short for so long a release.

    Examples
    --------
    >>> n_slices("x", 86400.0, 1.5e-6), n_slices("x", 86400.0, 1e-4)
    (1, 5)
    """
    count = max(int(np.ceil(length_s * decay_per_s / MOST_LIVES)), 1)
    if count > MOST_SLICES:
        longest_h = MOST_SLICES * MOST_LIVES / decay_per_s / 3600.0
        expected = f"at most {longest_h:.3g} h for so short a half-life; give it in parts"
        value = f"a release of {length_s / 3600.0:g} h"
        raise ParameterError(name=name, value=value, expected=expected)
    return count


def n_pieces(interval_s: float, step_s: float, decay_per_s: float) -> int:
    """Return into how many pieces an interval is cut, whole steps of the model where they do.

    Examples
    --------
    >>> [n_pieces(10800.0, 900.0, x) for x in (0.0, 1.5e-6, 3.7e-6, 2.1e-5, 1e-3)]
    [1, 1, 2, 12, 180]
    """
    longest_s = max(PIECE_LIVES / decay_per_s, SHORTEST_PIECE_S) if decay_per_s else np.inf
    needed = max(int(np.ceil(interval_s / longest_s - 1e-9)), 1)
    steps = int(np.ceil(interval_s / step_s - 1e-9))
    return next((k for k in range(needed, steps + 1) if steps % k == 0), needed)


def born(box: Box, span_ns: tuple[int, int], n: int, decay_per_s: float) -> Start:
    """Return n particles over a box and a span of time, denser towards its end by the decay."""
    start = evenly(box, span_ns, n)
    first, last = span_ns
    lives = (last - first) * 1e-9 * decay_per_s
    if not lives:
        return start
    share = (start.time_ns - first) / (last - first)
    # Inverse of the distribution whose density is exp(lives x share).
    denser = np.log1p(share * np.expm1(lives)) / lives
    return start._replace(time_ns=first + np.rint(denser * (last - first)).astype(np.int64))


def activity_share(
    piece_s: tuple[float, float], slice_s: tuple[float, float], decay_per_s: float
) -> float:
    """Return the mean activity in a piece that particles of a slice stand for, per Bq released.

    Parameters
    ----------
    piece_s, slice_s : tuple of float
        Start and end of the piece of time and of the slice of the release, s.
    decay_per_s : float
    """
    begin = max(piece_s[0], slice_s[0])
    if not decay_per_s or piece_s[1] <= begin:
        return 1.0
    lives = (slice_s[1] - slice_s[0]) * decay_per_s
    during = (piece_s[1] - begin) * decay_per_s
    carried = np.expm1(lives) / lives
    mean = -np.expm1(-during) / during
    return float(carried * mean * np.exp(-decay_per_s * (begin - slice_s[0])))
