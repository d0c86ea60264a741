"""Waveforms and their parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.records import ChannelId, Waveform

CHANNEL = ChannelId("XX", "ABC", "", "BHZ")
rates_hz = st.sampled_from([0.1, 1.0, 20.0, 40.0, 99.99, 100.0, 250.0]) | st.floats(0.01, 1000.0)
starts_ns = st.integers(0, 2_000_000_000 * 10**9)


def waveform(start_ns: int, rate_hz: float, n: int) -> Waveform:
    return Waveform(CHANNEL, start_ns, rate_hz, np.arange(n))


@given(starts_ns, rates_hz, st.integers(1, 200), st.data())
def test_a_slice_holds_the_samples_of_its_span_and_no_other(
    start_ns: int, rate_hz: float, n: int, data: st.DataObject
) -> None:
    whole = waveform(start_ns, rate_hz, n)
    first, last = sorted(data.draw(st.integers(0, n - 1)) for _ in range(2))
    # To the nanosecond: from one sample's own time to just after another's.
    part = whole.slice(whole.time_ns(first), whole.time_ns(last) + 1)
    assert part.samples.tolist() == list(range(first, last + 1))
    assert part.start_ns == whole.time_ns(first)


@given(starts_ns, rates_hz, st.integers(2, 200), st.integers(1, 199))
def test_two_neighbouring_slices_make_the_whole(
    start_ns: int, rate_hz: float, n: int, cut: int
) -> None:
    whole = waveform(start_ns, rate_hz, n)
    middle_ns = whole.time_ns(min(cut, n - 1))
    left = whole.slice(start_ns, middle_ns)
    right = whole.slice(middle_ns, whole.end_ns + 1)
    assert [*left.samples, *right.samples] == list(range(n))


def test_a_slice_outside_is_empty() -> None:
    whole = waveform(0, 20.0, 10)
    assert len(whole.slice(10**12, 2 * 10**12).samples) == 0
    assert len(whole.slice(-(10**12), 0).samples) == 0


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_must_be_above_zero(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="rate_hz"):
        waveform(0, rate_hz, 3)
