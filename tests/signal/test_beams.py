"""Beams: a plane wave is restored, gaps of single elements do not stop a beam."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.records import ChannelId
from vigie.signal.beams import (
    Steering,
    beam,
    beam_waveforms,
    beams,
    normalise,
    slowness_vector,
)
from vigie.signal.elements import ElementData

RATE_HZ = 20.0
OFFSETS = np.array([[0.0, 0.0], [1.5, 0.3], [-0.7, 1.1], [-0.9, -1.4], [0.2, 2.0]])


def plane_wave(slowness: tuple[float, float], count: int = 1200) -> tuple[ElementData, np.ndarray]:
    """Return the elements' records of a band-limited wave, and the wave itself."""
    rng = np.random.default_rng(5)
    freq = rng.uniform(0.3, 8.0, 40)
    phase = rng.uniform(0.0, 2 * np.pi, 40)

    def wave(time: np.ndarray) -> np.ndarray:
        return np.asarray(np.sin(2 * np.pi * freq * time[..., None] + phase).sum(axis=-1))

    time = np.arange(count) / RATE_HZ
    delays = OFFSETS @ np.array(slowness)
    samples = wave(time - delays[:, None])
    channels = tuple(ChannelId("XX", f"A{i}", "", "SHZ") for i in range(len(OFFSETS)))
    return ElementData(channels, OFFSETS, 0, RATE_HZ, samples), wave(time)


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_a_steered_beam_restores_the_wave(east: float, north: float) -> None:
    data, wave = plane_wave((east, north))
    formed = beam(data, Steering(name="B", slowness_s_per_km=(east, north)))
    np.testing.assert_allclose(formed[60:-60], wave[60:-60], atol=1e-2)


def test_a_beam_lowers_noise_by_the_root_of_the_number() -> None:
    rng = np.random.default_rng(2)
    data, _ = plane_wave((0.0, 0.0), 20000)
    noise = ElementData(data.channels, OFFSETS, 0, RATE_HZ, rng.normal(size=(5, 20000)))
    formed = beam(noise, Steering(name="B", slowness_s_per_km=(0.11, -0.03)))
    assert abs(np.nanstd(formed) * np.sqrt(5.0) - 1.0) < 0.03


def test_an_incoherent_beam_is_the_rms_and_never_negative() -> None:
    data, _ = plane_wave((0.05, 0.0))
    formed = beam(data, Steering(name="INC", coherent=False))
    np.testing.assert_allclose(formed, np.sqrt(np.mean(data.samples**2, axis=0)), atol=1e-12)


def test_a_beam_goes_on_through_the_gap_of_one_element() -> None:
    slowness = slowness_vector(0.1, 60.0)
    data, wave = plane_wave(slowness)
    data.samples[2, 500:700] = np.nan
    formed = beam(data, Steering(name="B", slowness_s_per_km=slowness))
    np.testing.assert_allclose(formed[60:-60], wave[60:-60], atol=0.1)


def test_samples_that_too_few_elements_cover_are_nan() -> None:
    data, _ = plane_wave((0.0, 0.0))
    data.samples[1:, 300:400] = np.nan
    formed = beam(data, Steering(name="B", min_elements=2))
    assert np.isnan(formed[300:400]).all()
    assert np.isfinite(formed[:300]).all()


def test_delays_longer_than_the_record_do_not_wrap_around() -> None:
    data, _ = plane_wave((0.0, 0.0), 100)
    formed = beam(data, Steering(name="B", slowness_s_per_km=(40.0, 0.0), min_elements=1))
    assert np.isfinite(formed).any()
    assert beam(data, Steering(name="B", slowness_s_per_km=(40.0, 0.0), min_elements=5)).shape == (
        100,
    )


def test_gains_do_not_matter_after_normalising() -> None:
    data, _ = plane_wave((0.0, 0.0))
    gains = np.array([1.0, 10.0, 0.1, 5.0, 0.0])
    scaled = ElementData(data.channels, OFFSETS, 0, RATE_HZ, data.samples * gains[:, None])
    level = normalise(scaled)
    np.testing.assert_allclose(level.samples[0], level.samples[1], rtol=1e-9)
    assert np.isnan(level.samples[4]).all()


def test_a_beam_waveform_says_what_it_is() -> None:
    data, _ = plane_wave((0.0, 0.0))
    (formed,) = beam_waveforms(data, [Steering(name="VERT")], "ARR")
    assert str(formed.channel) == "XX.ARR.BM.VERT"
    assert formed.rate_hz == RATE_HZ


@pytest.mark.slow
def test_many_beams_at_once_equal_single_ones() -> None:
    data, _ = plane_wave(slowness_vector(0.1, 60.0), 90000)
    data.samples[2, 50000:50300] = np.nan
    data.samples[4, :] = np.nan
    steerings = [
        Steering(name=f"B{i}", slowness_s_per_km=slowness_vector(0.12, 90.0 * i)) for i in range(4)
    ]
    steerings.append(Steering(name="INC", coherent=False))
    many = beams(data, steerings)
    scale = np.nanstd(data.samples)
    for steering, formed in zip(steerings, many, strict=True):
        single = beam(data, steering)
        np.testing.assert_array_equal(np.isfinite(formed), np.isfinite(single))
        apart = np.abs(formed - single)[100:-100]
        quiet = np.ones(len(apart), dtype=bool)
        quiet[49800:50500] = False
        assert np.nanmax(apart[quiet]) < 1e-3 * scale
