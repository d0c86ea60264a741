"""A late arrival from another direction is listed, in JSON too, and is no detection's child."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_hydro import recordings_of, station_of

from vigie.geodesy import angle_difference_deg
from vigie.hydroacoustic import HydroResult, process_hydrophones
from vigie.hydroacoustic.recipe import HydroRecipe
from vigie.hydroacoustic.skips import Heard, from_elsewhere
from vigie.pipeline.process import late_item
from vigie.products.figures.hydro_panel import hydro_panel
from vigie.products.figures.hydro_tracks import track_plot
from vigie.records import parse_iso
from vigie.signal.pmcc import Pixels, link_families
from vigie.simulate.hydroacoustic import TRAINING, Scene, simulate_scene
from vigie.simulate.hydroacoustic.scene import RATE_HZ, SceneParams
from vigie.simulate.hydroacoustic.waves import crossed

LATE_DEG, DELAY_S = 262.0, 25.0


@pytest.fixture(scope="module")
def done() -> HydroResult:
    params = SceneParams(
        kind="H", snr_db=24.0, duration_s=200.0, signals=1, azimuth_deg=217.6, range_km=900.0
    )
    ranges = replace(TRAINING, ship_share=(0.02, 0.0201), ocean_share=0.0)
    scene = simulate_scene(np.random.default_rng(12), params, ranges)
    (truth,) = scene.truths
    first, length = round((truth.time_s - 2.0) * RATE_HZ), round(10.0 * RATE_HZ)
    echo = np.zeros(scene.samples.shape[1])
    at = first + round(DELAY_S * RATE_HZ)
    echo[at : at + length] = scene.samples[0, first : first + length] * np.hanning(length)
    later = 0.6 * crossed(echo, scene.offsets_km, LATE_DEG, 1.484, None)
    both = Scene(scene.samples + later, RATE_HZ, scene.offsets_km, scene.truths)
    return process_hydrophones(recordings_of(both), station_of(both), looks=True)


def test_late_arrival_is_listed_after_its_detection(done: HydroResult) -> None:
    first = next(d for d in done.detections if d.phase == "H")
    arrival = next(a for a in done.late if a.detection_id == first.id)
    assert abs(float(angle_difference_deg(arrival.azimuth_deg, LATE_DEG))) < 2.0
    assert arrival.azimuth_deg_sigma >= 0.5
    assert arrival.trace_velocity_m_s == pytest.approx(1484.0, abs=20.0)
    assert (arrival.time_ns - first.time_ns) * 1e-9 == pytest.approx(DELAY_S, abs=6.0)


def test_late_arrival_that_was_detected_too_says_so(done: HydroResult) -> None:
    known = {d.id: d for d in done.detections}
    for arrival in done.late:
        if arrival.detected_as:
            same = known[arrival.detected_as]
            assert same.azimuth_deg is not None
            off = angle_difference_deg(same.azimuth_deg, arrival.azimuth_deg)
            assert abs(float(off)) < 5.0


def test_json_of_a_late_arrival(done: HydroResult) -> None:
    item = late_item(done.late[0])
    assert item["after"] == done.late[0].detection_id
    assert parse_iso(item["time"]) == done.late[0].time_ns
    assert item["azimuth_deg"] == done.late[0].azimuth_deg
    assert set(item) >= {"station", "end_time", "trace_velocity_m_s", "band_hz", "family_size"}


def test_figures_show_every_signal_and_the_tracks(done: HydroResult) -> None:
    assert [k.detection.id for k in done.looks] == [d.id for d in done.detections]
    look = next(k for k in done.looks if k.detection.phase == "H")
    panel = hydro_panel(look)
    assert f"{look.detection.azimuth_deg:.1f} degrees" in panel.alt
    assert "dB over noise" in panel.svg()
    assert "delay, s" in panel.svg()
    plot = track_plot(done.detections, done.tracks, done.late, station="H10N")
    assert plot is not None
    assert f"{len(done.late)} late arrivals" in plot.alt
    assert "back azimuth" in plot.svg()


OFFSETS_KM = np.array([[0.0, 0.0], [-0.8, 1.98], [-2.36, 0.52]])


def _octave(rng: np.random.Generator, count: int) -> np.ndarray:
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=count)) * ((freq > 2.0) & (freq < 4.0))
    return np.asarray(np.fft.irfft(spectrum, count))


def _judged(azimuth_deg: float, noise: float, claimed_deg: float, seed: int) -> bool:
    """Tell what becomes of a family claimed at one azimuth where a wave comes from another."""
    rng = np.random.default_rng(seed)
    count = round(20.0 * RATE_HZ)
    wave = crossed(_octave(rng, count), OFFSETS_KM, azimuth_deg, 1.484, None)
    samples = wave + noise * np.stack([_octave(rng, count) for _ in range(3)])
    times = np.arange(4.0, 16.0, 0.4)
    angle = np.radians(claimed_deg)
    many = np.ones(len(times))
    pixels = Pixels(
        time_s=times,
        window_s=4.0 * many,
        band=np.zeros(len(times), np.int64),
        freq_hz=2.8 * many,
        low_hz=2.0 * many,
        high_hz=4.0 * many,
        east_s_per_km=-np.sin(angle) / 1.484 * many,
        north_s_per_km=-np.cos(angle) / 1.484 * many,
        variance=np.full((len(times), 3), 1e-6),
        consistency_s=0.01 * many,
        correlation=0.7 * many,
        amplitude=many,
        f_statistic=10.0 * many,
        p_value=1e-3 * many,
        members=np.ones((len(times), 3), np.bool_),
    )
    (family,) = link_families(pixels, HydroRecipe().families, step=0.1)
    heard = Heard(samples, RATE_HZ, OFFSETS_KM, (1.4, 1.6))
    return from_elsewhere(heard, pixels, family, 217.0)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 1.0), st.sampled_from([-60.0, -13.4, 13.4, 60.0]))
def test_a_wave_read_a_cycle_off_is_no_late_arrival(seed: int, noise: float, off: float) -> None:
    assert not _judged(217.0, noise, 217.0 + off, seed)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.3), st.sampled_from([-60.0, -25.0, 25.0, 60.0]))
def test_a_wave_from_elsewhere_is_late(seed: int, noise: float, off: float) -> None:
    assert _judged(217.0 + off, noise, 217.0 + off, seed)


def test_nothing_with_a_direction_is_no_figure() -> None:
    assert track_plot([], [], [], station="H10N") is None
