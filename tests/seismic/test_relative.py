"""Relative amplitude: exact without noise, robust with bad stations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import noise, onset_signal, waveform

from vigie.records.time import add_seconds
from vigie.seismic.relative import PickedTrace, relative_amplitude, weighted_median

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import Waveform


def picked(seed: int, size: float, level: float) -> PickedTrace:
    """Return an event of a given size at a station (seed) with a noise level."""
    rng = np.random.default_rng(seed)
    signal = onset_signal(rng, 2400, 40.0, 1600.0, (0.1, 2.0))
    ground = noise(np.random.default_rng(seed + int(1e6 * size)), 2400, 40.0, level)
    trace = waveform(size * signal / np.abs(signal).max() + ground, 40.0)
    return PickedTrace(trace, trace.time_ns(1600))


@settings(max_examples=20, deadline=None)
@given(st.floats(-1.0, 1.0))
def test_the_ratio_is_that_of_the_sources(log_ratio: float) -> None:
    first = {str(i): picked(i, 1e5, 10.0) for i in range(6)}
    second = {str(i): picked(i, 1e5 * 10**log_ratio, 10.0) for i in range(7)}
    found = relative_amplitude(first, second)
    assert found.log10_ratio == pytest.approx(log_ratio, abs=0.01)
    assert len(found.stations) == 6
    back = relative_amplitude(second, first)
    assert back.log10_ratio == pytest.approx(-found.log10_ratio, abs=0.01)


def test_noisy_stations_are_left_out_and_wild_ones_outvoted() -> None:
    first = {str(i): picked(i, 1e4, 10.0) for i in range(6)}
    second = {str(i): picked(i, 2e4, 10.0) for i in range(6)}
    first["noise"] = picked(20, 100.0, 100.0)
    second["noise"] = picked(20, 100.0, 300.0)
    second["5"] = picked(5, 5e5, 10.0)
    found = relative_amplitude(first, second)
    assert found.log10_ratio == pytest.approx(math.log10(2.0), abs=0.03)
    assert [s.station for s in found.stations if not s.used] == ["noise"]
    assert 0.01 < found.sigma < 0.1


def test_no_common_station_gives_nan() -> None:
    found = relative_amplitude({"A": picked(1, 1e4, 10.0)}, {"B": picked(2, 1e4, 10.0)})
    assert math.isnan(found.log10_ratio)
    assert found.stations == ()


@given(st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=20))
def test_the_weighted_median_of_equal_weights_is_the_median(values: list[float]) -> None:
    found = weighted_median(np.array(values), np.ones(len(values)))
    assert found == pytest.approx(float(np.median(values)), abs=1e-9)


@pytest.mark.data
def test_dprk_2016_september_over_january(shared_data: Path) -> None:
    """Published figure of the data set: +0.20, MDJ 0.19 to BJT 0.29; ERM and JNU are noise."""
    from vigie.seismic import process_station

    def event(name: str) -> dict[str, PickedTrace]:
        from vigie.exchange.files import read_file

        found: dict[str, PickedTrace] = {}
        for path in sorted((shared_data / "seismic/dprk" / name).glob("*Z.mseed")):
            traces: tuple[Waveform, ...] = read_file(path).waveforms
            detections = process_station(traces).detections
            if detections:
                best = max(detections, key=lambda d: d.snr or 0.0)
                found[traces[0].channel.station] = PickedTrace(traces[0], best.time_ns)
        return found

    result = relative_amplitude(event("2016-01-06"), event("2016-09-09"))
    assert result.log10_ratio == pytest.approx(0.20, abs=0.05)
    used = {s.station: s.used for s in result.stations}
    assert not used.get("JNU", False)


def test_onset_times_move_with_the_clock() -> None:
    pair = picked(3, 1e4, 10.0)
    late = PickedTrace(
        pair.waveform.with_samples(
            pair.waveform.samples, start_ns=add_seconds(pair.waveform.start_ns, 100.0)
        ),
        add_seconds(pair.onset_ns, 100.0),
    )
    assert relative_amplitude({"A": pair}, {"A": late}).log10_ratio == 0.0
