"""Numbers from counters: known answers, distribution, independence of order and threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from inspect import unwrap

import numpy as np
import pytest
from scipy import stats

from vigie.transport import elementary, philox, twin

# Known answers of Philox4x32-10 published with the authors' Random123 library (Salmon et al. 2011).
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def words(text: str) -> np.ndarray:
    return np.array([int(part, 16) for part in text.split()], dtype=np.uint64)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_known_answers_are_given(counter: str, key: str, answer: str) -> None:
    found = philox.philox(tuple(words(counter)), tuple(words(key)))
    assert [f"{int(word):08x}" for word in found] == answer.split()
    assert np.array_equal(twin.philox(words(counter)[None], words(key))[0], words(answer))


def drawn(n: int, *, seed: int = 5, first: int = 0, step: int = 3, draw: int = 1) -> np.ndarray:
    out = np.empty((n, 4))
    philox.fill_normals(out, seed, first, step, draw)
    return out


def test_kernel_and_twin_draw_the_same_normals() -> None:
    first = 2**40 + 7
    particles = np.arange(first, first + 5000)
    for seed in (0, 12345, 2**62 + 11):
        np.testing.assert_allclose(
            drawn(5000, seed=seed, first=first), twin.normals(seed, particles, 3, 1), atol=1e-11
        )


def test_compiled_code_gives_the_bits_of_plain_arithmetic() -> None:
    # No library and no contraction is in between, so other machines give them, too.
    key = philox.key_of(9)
    words_of = philox.philox((np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(0)), key)
    for word in words_of:
        u = (int(word) + 0.5) * 2.0**-32
        assert elementary.minus_log(u) == unwrap(elementary.minus_log)(u)
        assert elementary.cos_sin_turn(u - 0.5) == unwrap(elementary.cos_sin_turn)(u - 0.5)
        assert elementary.exp_minus(u) == unwrap(elementary.exp_minus)(u)
        assert elementary.angle(u, u - 0.5) == unwrap(elementary.angle)(u, u - 0.5)
        assert elementary.cube_root(u) == unwrap(elementary.cube_root)(u)


@pytest.mark.slow
def test_normals_are_normal_and_independent() -> None:
    n = 250_000
    values = drawn(n)
    assert stats.kstest(values.ravel(), "norm").pvalue > 1e-3
    # Moments within 4.5 standard errors: of mean, square, cube and fourth power.
    for power, mean, variance in ((1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)):
        assert abs(np.mean(values**power) - mean) < 4.5 * np.sqrt(variance / values.size)
    neighbours = [drawn(n, first=1), drawn(n, step=4), drawn(n, draw=2), drawn(n, seed=6)]
    columns = np.column_stack([values, *neighbours[1:]])
    correlation = np.corrcoef(columns, rowvar=False) - np.eye(columns.shape[1])
    assert np.abs(correlation).max() < 4.5 / np.sqrt(n)
    # The next particle's numbers are the same, wherever a batch begins.
    assert np.array_equal(neighbours[0][:-1], values[1:])


def test_uniforms_fill_the_unit_interval() -> None:
    key = philox.key_of(1)
    values = np.array([philox.uniforms(key, p, 0, 0) for p in range(4000)]).ravel()
    assert stats.kstest(values, "uniform").pvalue > 1e-3
    assert 0.0 < values.min() < values.max() < 1.0


def test_threads_and_order_change_nothing() -> None:
    whole = drawn(10_000)
    parts = np.empty_like(whole)

    def fill(first: int) -> None:
        philox.fill_normals(parts[first : first + 700], 5, first, 3, 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, reversed(range(0, 10_000, 700))))
    assert np.array_equal(parts, whole)


def test_elementary_functions_are_exact_over_their_range() -> None:
    x = np.linspace(0.0, 39.0, 3001)
    mine = np.array([elementary.exp_minus(v) for v in x])
    np.testing.assert_allclose(mine[x < 5], np.exp(-x[x < 5]), rtol=1e-13)
    np.testing.assert_allclose(mine[x < 20], np.exp(-x[x < 20]), rtol=1e-9)
    np.testing.assert_allclose(mine, np.exp(-x), rtol=2e-7)
    assert elementary.exp_minus(1e4) == elementary.exp_minus(40.0) < 5e-18
    u = np.concatenate([2.0 ** np.linspace(-33, 0, 3001), 1.0 - 2.0 ** np.linspace(-33, -1, 200)])
    mine = np.array([elementary.minus_log(v) for v in u])
    np.testing.assert_allclose(mine, -np.log(u), rtol=1e-12, atol=1e-14)
    directions = np.linspace(-np.pi, np.pi, 4001)
    for size in (1.0, 1e-12, 3e7):
        x, y = size * np.cos(directions), size * np.sin(directions)
        mine = np.array([elementary.angle(b, a) for b, a in zip(y, x, strict=True)])
        np.testing.assert_allclose(mine, np.arctan2(y, x), atol=2e-15)
    assert elementary.angle(0.0, 0.0) == 0.0
    assert elementary.angle(0.0, -1.0) == elementary.angle(-0.0, -1.0) == np.pi
    turns = np.linspace(-0.5, 0.5, 2001)
    mine = np.array([elementary.cos_sin_turn(v) for v in turns])
    angles = 2.0 * np.pi * turns
    np.testing.assert_allclose(mine, np.column_stack([np.cos(angles), np.sin(angles)]), atol=1e-14)
    x = 10.0 ** np.linspace(-3, 0, 2001)
    np.testing.assert_allclose([elementary.cube_root(v) for v in x], np.cbrt(x), rtol=1e-12)
    powers = [elementary.power_four_fifths(v) for v in x]
    np.testing.assert_allclose(powers, x**0.8, rtol=2e-12)
    assert elementary.cube_root(0.0) == elementary.cube_root(1e-3)
