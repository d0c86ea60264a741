"""Random numbers from counters: a number depends on its place in the run, not on what ran before.

What it computes: Philox4x32-10, which turns a counter of 128 bits and a key of 64 bits into four
words of 32 bits; from these uniforms in (0, 1) and standard normals (Box and Muller). The key is
the seed of the run, the counter is (draw, step, particle): results depend neither on the number
of threads nor on the order of the particles, and a part of a run can be repeated alone.

Source: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11.
Uniforms are (word + 1/2) / 2^32, so normals reach 6.7 standard deviations and no further.

Accuracy as measured: equal to the known answers of the authors and, bit for bit, to the NumPy
twin in ``vigie.transport.twin``. Cost as measured: benchmarks/transport_physics.py.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vigie.transport.compiled import inline, kernel
from vigie.transport.elementary import cos_sin_turn, minus_log

FloatArray = NDArray[np.float64]
Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]
"""Four words of 32 bits, each in a 64-bit integer."""
Key = tuple[np.uint64, np.uint64]
Four = tuple[float, float, float, float]

N_ROUNDS = 10
MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
"""Of Salmon et al., table 2."""
WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
"""By which the key grows each round: golden ratio and sqrt(3) - 1."""
TO_UNIT = 2.0**-32

# Compiled code turns a mixture of signed and unsigned integers into floats.
_M0, _M1 = MULTIPLIERS
_W0, _W1 = WEYL
_LOW = np.uint64(0xFFFFFFFF)
_WORD = np.uint64(32)


@inline
def key_of(seed: int) -> Key:
    """Return the key of a run.

    Parameters
    ----------
    seed : int, 0 <= seed < 2^63
    """
    wide = np.uint64(seed)
    return wide & _LOW, wide >> _WORD


@inline
def philox(counter: Words, key: Key) -> Words:
    """Return the four words that belong to a counter.

    Parameters
    ----------
    counter, key : tuple of uint64
        Words below 2^32, the lowest first.
    """
    c0, c1, c2, c3 = counter
    # From outside compiled code words come as integers of any kind.
    k0, k1 = np.uint64(key[0]), np.uint64(key[1])
    for _ in range(N_ROUNDS):
        first, second = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (
            (second >> _WORD) ^ c1 ^ k0,
            second & _LOW,
            (first >> _WORD) ^ c3 ^ k1,
            first & _LOW,
        )
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inline
def uniforms(key: Key, particle: int, step: int, draw: int) -> Four:
    """Return four independent uniforms, 0 < value < 1.

    Parameters
    ----------
    key : tuple of uint64
        Of ``key_of``.
    particle : int, 0 <= particle < 2^63
    step, draw : int, 0 <= value < 2^32
    """
    wide = np.uint64(particle)
    words = philox((np.uint64(draw), np.uint64(step), wide & _LOW, wide >> _WORD), key)
    return (
        (np.int64(words[0]) + 0.5) * TO_UNIT,
        (np.int64(words[1]) + 0.5) * TO_UNIT,
        (np.int64(words[2]) + 0.5) * TO_UNIT,
        (np.int64(words[3]) + 0.5) * TO_UNIT,
    )


@inline
def normals(key: Key, particle: int, step: int, draw: int) -> Four:
    """Return four independent standard normals; parameters as ``uniforms``."""
    a, b, c, d = uniforms(key, particle, step, draw)
    first, second = math.sqrt(2.0 * minus_log(a)), math.sqrt(2.0 * minus_log(c))
    cos_b, sin_b = cos_sin_turn(b - 0.5)
    cos_d, sin_d = cos_sin_turn(d - 0.5)
    return first * cos_b, first * sin_b, second * cos_d, second * sin_d


@kernel
def fill_normals(out: FloatArray, seed: int, first: int, step: int, draw: int) -> None:
    """Write four normals of each of n particles from ``first`` on, into shape (n, 4)."""
    key = key_of(seed)
    for p in range(out.shape[0]):
        out[p, 0], out[p, 1], out[p, 2], out[p, 3] = normals(key, first + p, step, draw)
