"""Whether what some elements recorded can be one plane wave."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.array_errors import geometry
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.signal.array_consistency import is_consistent, subset, turned_over
from vigie.signal.array_faults import FaultParams, PairCorrelation, correlate_pairs

RATE_HZ = 20.0
PARAMS = FaultParams(
    max_slowness_s_per_km=1.0 / 0.28, min_slowness_s_per_km=1.0 / 0.45, timing_sigma_s=0.03
)


def recorded(
    n: int, seed: int, *, azimuth_deg: float = 70.0, late: dict[int, float] | None = None
) -> PairCorrelation:
    """Return the pairs of a window of sound at 340 m/s, some elements late."""
    rng = np.random.default_rng(seed)
    offsets = geometry(np.random.default_rng(n), n, 2.0)
    count = 800
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    wave = np.fft.rfft(rng.normal(size=count) * np.hanning(count))
    wave *= (freq > 0.5) & (freq < 2.0)
    angle = np.radians(azimuth_deg)
    delays = -offsets @ np.array([np.sin(angle), np.cos(angle)]) / 0.34
    for element, seconds in (late or {}).items():
        delays[element] += seconds
    rows = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
    rows /= rows.std()
    return correlate_pairs(rows + 0.2 * rng.normal(size=rows.shape), RATE_HZ, offsets, PARAMS)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 9), st.integers(0, 2**31 - 1), st.floats(0.0, 360.0))
def test_one_wave_is_consistent_and_stays_so_with_fewer_elements(
    n: int, seed: int, azimuth_deg: float
) -> None:
    pairs = recorded(n, seed, azimuth_deg=azimuth_deg)
    assert is_consistent(pairs, PARAMS)
    assert is_consistent(subset(pairs, list(range(1, n))), PARAMS) if n > 4 else True


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 9), st.integers(0, 2**31 - 1), st.data())
def test_an_element_upside_down_is_not_and_is_when_turned_over(
    n: int, seed: int, data: st.DataObject
) -> None:
    element = data.draw(st.integers(0, n - 1))
    wrong = turned_over(recorded(n, seed), [element])
    assert is_consistent(wrong, PARAMS) is False
    assert is_consistent(turned_over(wrong, [element]), PARAMS)


@pytest.mark.parametrize("n", [4, 5, 9])
@pytest.mark.parametrize("late_s", [1.0, -2.0])
def test_a_late_element_is_not(n: int, late_s: float) -> None:
    for element in range(n):
        assert is_consistent(recorded(n, 3, late={element: late_s}), PARAMS) is False


def test_noise_says_nothing() -> None:
    rows = np.random.default_rng(1).normal(size=(5, 400))
    assert (
        is_consistent(
            correlate_pairs(rows, RATE_HZ, geometry(np.random.default_rng(5), 5, 2.0), PARAMS),
            PARAMS,
        )
        is None
    )
