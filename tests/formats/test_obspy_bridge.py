"""Records to their ObsPy twins and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.formats.obspy_bridge import from_obspy, to_obspy
from vigie.records import ChannelId, Inventory, Waveform
from vigie.testing.examples import float_waveform, integer_waveforms, three_component_station


@settings(deadline=None)
@given(
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=50),
    st.integers(-(2**61), 2**62),
    st.sampled_from([0.1, 1.0, 40.0, 119.986]),
    st.one_of(st.none(), st.floats(1e-6, 1e6).filter(lambda x: x != 1.0)),
)
def test_waveforms_go_both_ways(
    values: list[int], start_ns: int, rate_hz: float, calib: float | None
) -> None:
    channel = ChannelId("IM", "AS01", "00", "SHZ")
    before = Waveform(channel, start_ns, rate_hz, np.array(values, np.int32), calib=calib)
    assert from_obspy(to_obspy(before)).same_as(before)


def test_streams_and_inventories_go_both_ways() -> None:
    waves = (*integer_waveforms(), float_waveform())
    after = from_obspy(to_obspy(waves))
    assert all(a.same_as(b) for a, b in zip(after, waves, strict=True))
    inventory = Inventory((three_component_station(),))
    assert from_obspy(to_obspy(inventory)) == inventory
    assert from_obspy(to_obspy(three_component_station())) == inventory


def test_a_masked_trace_gives_its_contiguous_parts() -> None:
    from obspy import Trace

    masked = np.ma.masked_array(np.arange(10, dtype=np.int32), mask=np.isin(range(10), (3, 4)))
    parts = from_obspy(Trace(masked, {"sampling_rate": 2.0}))
    assert [part.samples.tolist() for part in parts] == [[0, 1, 2], [5, 6, 7, 8, 9]]
    assert parts[1].start_ns == 2_500_000_000


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.float32, np.float64, ">i4", ">f4"])
def test_samples_take_a_kind_that_waveforms_hold(dtype: object) -> None:
    from obspy import Trace

    waveform = from_obspy(Trace(np.array([1, -2, 3], dtype)))  # type: ignore[call-overload]
    assert waveform.samples.dtype in (np.int32, np.float32, np.float64)
    assert waveform.samples.dtype.isnative
    assert waveform.samples.tolist() == [1, -2, 3]


def test_what_has_no_twin_is_refused() -> None:
    with pytest.raises(TypeError, match="no ObsPy twin"):
        to_obspy("x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no twin"):
        from_obspy(3)
