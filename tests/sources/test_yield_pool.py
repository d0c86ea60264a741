"""Several relations of one yield."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.records import YieldRange
from vigie.sources.yield_pool import pool_yields


def stated(low_kt: float, high_kt: float | None, quantity: str = "amplitude") -> YieldRange:
    return YieldRange(
        relation=f"{quantity} {low_kt:g}",
        kind="chemical",
        quantity=quantity,
        low_kt=low_kt,
        high_kt=high_kt,
        bound="" if high_kt is not None else ">",
    )


AFTAC = stated(1.7e-4, 1.1e-2, "period")
LANL = stated(0.025, 22.0)
STEVENS = stated(0.15, 170.0)
KINNEY_GRAHAM = stated(8.6e-6, 16.0)


def test_the_pool_is_the_mean_of_the_distributions() -> None:
    pool = pool_yields([KINNEY_GRAHAM, LANL, STEVENS, AFTAC])
    assert pool is not None
    rng = np.random.default_rng(3)
    logs = []
    for one, share in ((AFTAC, 3), (LANL, 1), (STEVENS, 1), (KINNEY_GRAHAM, 1)):
        low, high = math.log10(one.low_kt), math.log10(one.high_kt or 0.0)
        sigma = 0.5 * (high - low) / 1.6448536
        logs.append(rng.normal(0.5 * (low + high), sigma, 100_000 * share))
    low, high = np.quantile(np.concatenate(logs), [0.05, 0.95])
    assert math.log10(pool.low_kt) == pytest.approx(low, abs=0.02)
    assert math.log10(pool.high_kt) == pytest.approx(high, abs=0.02)


def test_relations_that_exclude_each_other_are_named() -> None:
    pool = pool_yields([KINNEY_GRAHAM, STEVENS, LANL, AFTAC])
    assert pool is not None
    assert pool.apart == (AFTAC, LANL, STEVENS)
    # Together they are no surer than any of them alone.
    assert pool.low_kt < LANL.low_kt
    assert pool.high_kt > (AFTAC.high_kt or 0.0)
    bound = stated(0.4, None)
    pool = pool_yields([AFTAC, bound])
    assert pool is not None
    assert (pool.relations, pool.apart) == ((AFTAC,), (AFTAC, bound))


def test_bounds_alone_make_no_interval() -> None:
    assert pool_yields([stated(0.4, None)]) is None
    assert pool_yields([]) is None


RANGES = st.lists(
    st.tuples(st.floats(-6.0, 2.0), st.floats(0.01, 5.0), st.sampled_from(["amplitude", "period"])),
    min_size=1,
    max_size=6,
)


@given(RANGES)
def test_a_pool_lies_within_its_relations_and_scales_with_them(
    drawn: list[tuple[float, float, str]],
) -> None:
    ranges = [stated(10.0**low, 10.0 ** (low + width), what) for low, width, what in drawn]
    pool = pool_yields(ranges)
    assert pool is not None
    assert min(r.low_kt for r in ranges) * (1 - 1e-6) <= pool.low_kt < pool.high_kt
    assert pool.high_kt <= max(r.high_kt or 0.0 for r in ranges) * (1 + 1e-6)
    larger = [replace(r, low_kt=8.0 * r.low_kt, high_kt=8.0 * (r.high_kt or 0.0)) for r in ranges]
    scaled = pool_yields(larger[::-1])
    assert scaled is not None
    assert scaled.low_kt == pytest.approx(8.0 * pool.low_kt, rel=1e-6)
    assert len(scaled.apart) == len(pool.apart)
