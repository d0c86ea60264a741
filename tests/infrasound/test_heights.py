"""Elements at different heights: directions, their errors, and the judgement of elements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.infrasound.test_infrasound_chain import (
    AZIMUTHS_DEG,
    RANGES_KM,
    RATE_HZ,
    START_NS,
    largest,
    recordings,
    station,
)

from vigie.geodesy import angle_difference_deg
from vigie.infrasound import process_array
from vigie.infrasound.heights import USUAL_S_PER_KM, level, relative_heights
from vigie.pipeline.array_view import ArrayOptions, _view
from vigie.records import ChannelId, Waveform
from vigie.signal.plane_wave import fit_plane_wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Station

ANGLE = np.radians(AZIMUTHS_DEG)
PLACES = RANGES_KM[:, None] * np.stack([np.sin(ANGLE), np.cos(ANGLE)], axis=1)
NAMES = [f"S{k}" for k in range(7)]
HILLS = (0.0, 100.0, -100.0, 50.0, -50.0, 80.0, 0.0)


def toward(azimuth_deg: float) -> np.ndarray:
    return np.array([np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))])


def delays(azimuth: float, velocity: float, heights_m: Sequence[float], sound: float) -> np.ndarray:
    """Return times of a wave that comes down; velocities in km/s."""
    steep = np.sqrt(max(sound**-2 - velocity**-2, 0.0))
    places = PLACES[: len(heights_m)]
    return np.asarray(-(places @ toward(azimuth)) / velocity - steep * 1e-3 * np.array(heights_m))


def hilly(heights_m: Sequence[float]) -> Station:
    flat = station(len(heights_m))
    sites = zip(flat.sites, heights_m, strict=True)
    return replace(flat, sites=tuple(replace(s, elevation_m=1500.0 + h) for s, h in sites))


def burst(heights_m: Sequence[float], velocity: float, sound: float = 0.332) -> list[Waveform]:
    """Return a burst of 0.4-3 Hz from 75 deg that comes down on elements at heights."""
    rng = np.random.default_rng(1)
    count = round(600 * RATE_HZ)
    freq = np.fft.rfftfreq(2 * count, 1.0 / RATE_HZ)
    late = delays(75.0, velocity, heights_m, sound)
    wave = np.fft.rfft(rng.normal(size=2 * count))
    source = np.fft.irfft(np.where((freq > 0.4) & (freq < 3.0), wave, 0.0))
    shape = np.zeros(2 * count)
    shape[6000:6800] = np.hanning(800)
    spectrum = np.fft.rfft(6.0 * source / source.std() * shape)
    rows = rng.normal(size=(len(heights_m), count))
    rows += np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * late[:, None]))[:, :count]
    return [
        Waveform(ChannelId("XX", f"S{k}", "", "BDF"), START_NS, RATE_HZ, np.round(1000.0 * row))
        for k, row in enumerate(rows)
    ]


@example(azimuth=0.0, velocity=0.34765625, sound=0.34765625, heights_m=[0.0, 96.0, -104.0, -1.0])
@given(
    st.floats(0.0, 359.9),
    st.floats(0.345, 0.45),
    st.floats(0.331, 0.349),
    st.lists(st.floats(-150.0, 150.0), min_size=4, max_size=7),
)
def test_exact_times_at_any_heights_give_the_direction_within_its_error(
    azimuth: float, velocity: float, sound: float, heights_m: list[float]
) -> None:
    heights = 1e-3 * np.array(heights_m)
    times = delays(azimuth, velocity, heights_m, min(sound, velocity)) + USUAL_S_PER_KM * heights
    places = PLACES[: len(heights)]
    found = level(fit_plane_wave(places, times).slowness_s_per_km, places, (heights, 0.0 * heights))
    east, north = found.slowness_s_per_km
    got = float(np.degrees(np.arctan2(-east, -north)))
    off = abs(float(angle_difference_deg(got, azimuth)))
    # Of 8,000 draws 99.8 % were within 1.5 errors, all within 3.8: extremes of height and speed.
    assert off <= 5.0 * found.azimuth_sigma_deg + 0.1
    size = float(np.hypot(east, north))
    assert abs(size - 1.0 / velocity) <= 5.0 * found.size_sigma_s_per_km + 0.005


def test_equal_heights_change_nothing_and_absurd_ones_are_told() -> None:
    heights, sigmas, told = relative_heights([1500.0] * 4, PLACES[:4], NAMES[:4])
    assert not heights.any()
    assert not sigmas.any()
    assert told == ""
    heights, sigmas, told = relative_heights([900.0, 10.0, 1510.0, 590.0], PLACES[:4], NAMES[:4])
    assert not heights.any()
    assert not sigmas.any()
    assert "not believed" in told
    rows = recordings([(300.0, 75.0, 345.0)])
    high = replace(station(), sites=tuple(replace(s, elevation_m=900.0) for s in station().sites))
    assert process_array(rows, high).detections == process_array(rows, station()).detections


@pytest.mark.parametrize("velocity", [0.345, 0.38])
@pytest.mark.parametrize("heights", [(0, 60, 0, 0), (0, 150, -50, 50), HILLS])
def test_a_burst_on_hilly_elements_has_its_azimuth_and_no_element_is_accused(
    heights: tuple[float, ...], velocity: float
) -> None:
    found = process_array(burst(heights, velocity), hilly(heights))
    main = largest(found.detections)
    assert main.phase == "I"
    assert main.azimuth_deg is not None
    assert main.azimuth_deg_sigma is not None
    assert abs(main.azimuth_deg - 75.0) < 3.0 * main.azimuth_deg_sigma
    assert abs(main.azimuth_deg - 75.0) < 3.0
    assert main.trace_velocity_m_s is not None
    assert main.trace_velocity_m_s_sigma is not None
    off = abs(main.trace_velocity_m_s - 1e3 * velocity)
    assert off < 3.0 * main.trace_velocity_m_s_sigma
    assert main.excluded_elements == ()
    assert any("heights of elements differ" in n for n in found.notes)


def test_windows_of_fk_are_corrected_for_heights_too() -> None:
    heights = (0.0, 150.0, -50.0, 50.0)
    view = _view(burst(heights, 0.38), hilly(heights), ArrayOptions(method="fk", band_hz=(0.4, 3)))
    best = min(view.windows, key=lambda w: (w["p_value"] is None, w["p_value"] or 0.0))
    assert abs(best["azimuth_deg"] - 75.0) < 3.0 * best["azimuth_deg_sigma"]
    assert abs(best["azimuth_deg"] - 75.0) < 3.0
    assert any("heights of elements differ" in n for n in view.notes)


def test_a_late_element_on_hills_is_still_named() -> None:
    rows = burst(HILLS, 0.38)
    rows[2] = replace(rows[2], start_ns=rows[2].start_ns + 10**9)
    main = largest(process_array(rows, hilly(HILLS)).detections)
    assert [e.element for e in main.excluded_elements] == ["S2"]
    assert main.azimuth_deg == pytest.approx(75.0, abs=1.0)
