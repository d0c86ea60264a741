"""Pressure of hydrophones: units of responses, filtered counts, an odd gain, one alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_hydro import START_NS, blast_scene, recordings_of, station_of

from vigie.hydroacoustic import process_hydrophones
from vigie.hydroacoustic.bands import HYDRO_BANDS, Frames
from vigie.hydroacoustic.gains import odd_levels, relative_levels, told_of_levels
from vigie.hydroacoustic.pressure import pressure_of
from vigie.records import Channel, ChannelId, MaskKind, Response, Waveform

if TYPE_CHECKING:
    from vigie.simulate.hydroacoustic import Scene

CHANNEL = ChannelId("IM", "H10N1", "", "EDH")


def channel(*, calib: float | None = None, unit: str = "") -> Channel:
    response = Response(input_unit=unit, stages=(), sensitivity=1e4, sensitivity_freq_hz=10.0)
    return Channel(
        id=CHANNEL,
        latitude=0.0,
        longitude=0.0,
        elevation_m=0.0,
        calib=calib,
        response=response if unit else None,
    )


def recorded(scatter: float, *, whole: bool) -> Waveform:
    samples = scatter * np.random.default_rng(1).normal(size=5000)
    return Waveform(CHANNEL, 0, 250.0, np.round(samples) if whole else samples)


@pytest.mark.parametrize("unit", ["m/s", "m"])
def test_a_response_that_is_not_of_pressure_is_named_with_a_remedy(unit: str) -> None:
    found = pressure_of(recorded(1e4, whole=True), channel(unit=unit), 10.0)
    assert found.pa_per_count is None
    assert f"of {unit}, not of pressure" in found.note
    assert "give a response" in found.note
    assert pressure_of(recorded(1e4, whole=True), channel(unit="Pa"), 10.0).pa_per_count == 1e-4


@given(st.floats(0.3, 3.0), st.floats(1e-4, 1e-3))
def test_real_numbers_are_what_comes_nearest_to_the_sea(scatter_pa: float, calib: float) -> None:
    counts = recorded(scatter_pa / calib, whole=False)
    assert pressure_of(counts, channel(calib=calib), 10.0).pa_per_count == calib
    pascals = recorded(scatter_pa, whole=False)
    found = pressure_of(pascals, channel(calib=calib), 10.0)
    assert found.pa_per_count == 1.0
    assert "taken as Pa" in found.note


@given(st.integers(3, 6), st.floats(0.0, 4.0), st.integers(0, 1000))
def test_one_gain_of_many_is_named(n: int, log10_gain: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    power = rng.chisquare(8, size=(n, len(HYDRO_BANDS), 400)).astype(np.float32)
    gain = 10.0**log10_gain
    power[1] *= np.float32(gain**2)
    levels = relative_levels(Frames(0, 0.04, HYDRO_BANDS, power))
    odd = odd_levels(levels)
    if gain > 6.0:
        assert odd.tolist() == [k == 1 for k in range(n)]
        assert levels[1] == pytest.approx(gain, rel=0.15)
        (told,) = told_of_levels("H", [f"H{k}" for k in range(n)], levels)
        assert "hydrophone H1" in told
    elif gain < 4.0:
        assert not odd.any()


def test_of_two_hydrophones_none_is_named() -> None:
    levels = np.array([10.0, 0.1, np.nan])
    assert not odd_levels(levels).any()
    assert "cannot be told" in told_of_levels("H", ["a", "b", "c"], levels)[0]


@pytest.fixture(scope="module")
def scene() -> Scene:
    return blast_scene(20.0)


@pytest.mark.slow
@pytest.mark.parametrize("gain", [100.0, 0.01])
def test_an_odd_gain_spoils_no_level(scene: Scene, gain: float) -> None:
    usual = process_hydrophones(recordings_of(scene), station_of(scene)).detections[0]
    rows = scene.samples.copy()
    rows[2] *= gain
    odd = replace(scene, samples=rows)
    found = process_hydrophones(recordings_of(odd), station_of(odd))
    (h,) = [d for d in found.detections if d.phase == "H"]
    assert h.amplitudes[0].value == pytest.approx(usual.amplitudes[0].value, rel=0.15)
    assert any("H10N3 records" in note for note in found.notes)


@pytest.mark.slow
def test_one_hydrophone_alone_keeps_the_shock_of_an_explosion(scene: Scene) -> None:
    usual = process_hydrophones(recordings_of(scene), station_of(scene)).detections[0]
    alone = process_hydrophones(recordings_of(scene)[:1], station_of(scene))
    (h,) = alone.detections
    assert h.phase == "H"
    assert h.snr == pytest.approx(usual.snr, rel=0.3)


@pytest.mark.slow
def test_a_jump_of_one_sample_is_a_glitch_at_one_hydrophone_too(scene: Scene) -> None:
    rows = scene.samples.copy()
    rows[0, round(40.0 * scene.rate_hz)] += 300.0 * rows[0, :5000].std()
    odd = replace(scene, samples=rows)
    found = process_hydrophones(recordings_of(odd)[:1], station_of(odd))
    assert len(found.detections) == 1
    assert {m.kind for m in found.masks} == {MaskKind.SPIKE}
    assert all(abs((m.start_ns - START_NS) / 1e9 - 40.0) < 0.1 for m in found.masks)
