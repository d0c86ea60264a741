"""What is released decays by its own age, however long the release and the interval."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.transport.weather.examples import HOUR_NS, START_NS, weather

from vigie.errors import ParameterError
from vigie.records import global_grid
from vigie.transport.forward import Plume, Release, follow_forward
from vigie.transport.march import MarchSettings
from vigie.transport.plume_decay import born, n_slices
from vigie.transport.starts import box_at, evenly
from vigie.transport.weather.sequence import WeatherSequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID = global_grid(6.0, 6.0, latitude_phase=3.0, longitude_phase=3.0)
DEEP_M = 60_000.0
"""Deeper than any air: every particle counts."""
BOX = box_at(51.0, -39.0)


def settings(particles: int, depth_m: float = DEEP_M) -> MarchSettings:
    return MarchSettings(
        grid=GRID, particles=particles, interval_s=10800.0, layer_depth_m=depth_m, threads=1
    )


def follow(releases: list[Release], chosen: MarchSettings, hours: float) -> tuple[Plume, ...]:
    times = [START_NS + 6 * k * HOUR_NS for k in range(9)]
    days = WeatherSequence(times, lambda k: weather(6.0 * k))
    return follow_forward(releases, days, chosen, hours=hours)


def release(hours: float, half_life_h: float, start_h: float = 0.0) -> Release:
    return Release(
        name=f"{hours:g} h",
        box=BOX,
        start_ns=START_NS + round(start_h * HOUR_NS),
        stop_ns=START_NS + round((start_h + hours) * HOUR_NS),
        amount_bq=1e12,
        decay_per_s=np.log(2.0) / (half_life_h * 3600.0) if half_life_h else 0.0,
    )


def activities(plume: Plume) -> NDArray[np.float64]:
    """Return the mean activity in the air in each interval, Bq."""
    volume = plume.grid.cell_areas_m2(plume.cell) * plume.layer_depth_m
    sums = np.bincount(
        plume.interval, weights=plume.concentration_bq_m3 * volume, minlength=plume.n_intervals
    )
    return sums.astype(np.float64)


def expected(one: Release, n: int) -> NDArray[np.float64]:
    """Return the same from the integral of a release at an even rate, on a fine grid of time."""
    t = (np.arange(n * 20_000) + 0.5) * (3.0 / 20_000)
    first = (one.start_ns - START_NS) / HOUR_NS
    last = (one.stop_ns - START_NS) / HOUR_NS
    rate, decay = one.amount_bq / (last - first), one.decay_per_s * 3600.0
    until, since = np.clip(t, first, last), np.clip(t - last, 0.0, None)
    held = until - first
    if decay:
        held = -np.expm1(-decay * held) / decay * np.exp(-decay * since)
    return np.asarray((rate * held).reshape(n, -1).mean(axis=1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hours", "half_life_h", "start_h"),
    [(12.0, 0.0, 0.0), (12.0, 9.14, 0.0), (12.0, 3.0, 1.3), (24.0, 3.0, 0.0), (0.5, 1.0, 2.0)],
)
def test_the_activity_in_all_the_air_is_that_of_the_integral(
    hours: float, half_life_h: float, start_h: float
) -> None:
    one = release(hours, half_life_h, start_h)
    (plume,) = follow([replace(one, start_ns=one.start_ns)], settings(400), 36.0)
    shift = plume.start_ns - START_NS
    moved = replace(one, start_ns=one.start_ns - shift, stop_ns=one.stop_ns - shift)
    wanted = expected(moved, plume.n_intervals)
    # 0.03 % at most was measured: births are known to a 400th of the release.
    np.testing.assert_allclose(activities(plume), wanted, rtol=5e-4)


@pytest.mark.slow
def test_near_the_ground_it_is_the_sum_of_short_releases_each_of_its_own_age() -> None:
    n, half_life_h = 48, 4.0
    whole = release(12.0, half_life_h)
    (plume,) = follow([whole], settings(19_200, 500.0), 24.0)
    shorts = [release(12.0 / n, 0.0, 12.0 * k / n) for k in range(n)]
    shorts = [replace(one, amount_bq=1e12 / n) for one in shorts]
    chosen = replace(settings(400, 500.0), interval_s=1800.0)
    parts = follow(shorts, chosen, 24.0)
    summed = np.zeros((plume.n_intervals, GRID.n_cells))
    for one, short in zip(parts, shorts, strict=True):
        middle_s = 0.5 * (short.start_ns + short.stop_ns - 2 * START_NS) / 1e9
        # A young part of an interval is on the mean a quarter of an hour old at most: 2 % there.
        age_s = np.maximum((one.interval + 0.5) * 1800.0 - middle_s, 0.0)
        left = np.exp(-whole.decay_per_s * age_s)
        np.add.at(summed, (one.interval // 6, one.cell), one.concentration_bq_m3 * left / 6.0)
    found = np.zeros_like(summed)
    found[plume.interval, plume.cell] = plume.concentration_bq_m3
    seen = summed > 0.03 * summed.max(axis=1, keepdims=True)
    ratio = found[seen] / summed[seen]
    weights = summed[seen] / summed[seen].sum()
    assert float((ratio * weights).sum()) == pytest.approx(1.0, abs=0.02)
    # Each cell holds hundreds of particles, correlated in time.
    assert float(np.sqrt((weights * (ratio - 1.0) ** 2).sum())) < 0.08


def test_without_decay_births_are_even_and_bits_as_before() -> None:
    span = (START_NS, START_NS + 6 * HOUR_NS)
    plain, same = evenly(BOX, span, 50), born(BOX, span, 50, 0.0)
    np.testing.assert_array_equal(plain.time_ns, same.time_ns)
    later = born(BOX, span, 50, 1e-4)
    assert later.time_ns.mean() > plain.time_ns.mean()
    assert later.time_ns.min() >= span[0]
    assert later.time_ns.max() <= span[1]


def test_a_release_much_too_long_for_its_half_life_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"at most 0\.513 h for so short a half-life"):
        n_slices("Kr", 86400.0, np.log(2.0) / 10.0)


@pytest.mark.parametrize("amount", [0.0, -1.0, np.inf, np.nan])
def test_an_amount_that_is_none_is_refused(amount: float) -> None:
    with pytest.raises(ParameterError, match="above 0"):
        follow([replace(release(3.0, 0.0), amount_bq=amount)], settings(100), 6.0)
