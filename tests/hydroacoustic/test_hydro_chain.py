"""Recordings of simulated signals through the whole processing of a hydrophone station."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.support_hydro import START_NS, blast_scene, recordings_of, station_of

from vigie.errors import ParameterError
from vigie.geodesy import angle_difference_deg
from vigie.hydroacoustic import HydroResult, process_hydrophones
from vigie.pipeline.technologies import process
from vigie.records import ChannelId, MaskKind, Technology, Waveform
from vigie.records.time import seconds_between

if TYPE_CHECKING:
    from vigie.simulate.hydroacoustic import Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    """One explosion from the south-west in ocean noise."""
    return blast_scene(18.0)


@pytest.fixture(scope="module")
def done(scene: Scene) -> HydroResult:
    return process_hydrophones(recordings_of(scene), station_of(scene))


def test_explosion_is_one_h_with_its_azimuth(scene: Scene, done: HydroResult) -> None:
    truth = scene.truths[0]
    (h,) = [d for d in done.detections if d.phase == "H"]
    assert len(done.detections) == 1
    assert h.technology is Technology.HYDROACOUSTIC
    assert dict(h.class_probabilities)["H"] > 0.9
    assert sum(p for _, p in h.class_probabilities) == pytest.approx(1.0)
    assert h.azimuth_deg is not None
    assert h.azimuth_deg_sigma is not None
    assert abs(float(angle_difference_deg(h.azimuth_deg, 217.6))) < 3.0 * h.azimuth_deg_sigma
    assert h.azimuth_deg_sigma > 0.5
    assert h.trace_velocity_m_s == pytest.approx(1e3 * truth.sound_km_s, abs=15.0)
    assert abs(seconds_between(h.time_ns, START_NS) - truth.time_s) < 2.0
    assert h.elements == ("H10N1", "H10N2", "H10N3")


def test_features_bear_the_names_of_the_treatys_protocol(done: HydroResult) -> None:
    names = {f.name for f in done.detections[0].band_features}
    assert {
        "corner_frequency_hz",
        "wide_band_energy_db",
        "mean_centre_frequency_hz",
        "mean_bandwidth_hz",
        "frequency_dependent_duration_s",
        "bubble_pulse_signal",
        "bubble_pulse_delay_s",
    } <= names
    assert all(np.isfinite(f.value) for f in done.detections[0].band_features)


def test_levels_are_re_1_upa(scene: Scene, done: HydroResult) -> None:
    (noise,) = [
        f.value
        for f in done.detections[0].band_features
        if f.name == "noise_level_db" and f.band_hz == (8.0, 16.0)
    ]
    quiet = scene.samples[:, : round(50.0 * scene.rate_hz)]
    freq = np.fft.rfftfreq(quiet.shape[1], 1.0 / scene.rate_hz)
    inside = (freq >= 8.0) & (freq < 16.0)
    power = 2.0 * np.sum(np.abs(np.fft.rfft(quiet, axis=1)[:, inside]) ** 2, axis=1)
    expected = 120.0 + 10.0 * np.log10(power.mean() / quiet.shape[1] ** 2)
    # The octave of the filter is a little narrower than that of the sum.
    assert noise == pytest.approx(expected, abs=1.5)


def test_gain_is_never_applied_twice(scene: Scene, done: HydroResult) -> None:
    in_pa = [
        w.with_samples(np.asarray(row, dtype=np.float64))
        for w, row in zip(recordings_of(scene), scene.samples, strict=True)
    ]
    again = process_hydrophones(in_pa, station_of(scene))
    assert any("not whole numbers" in n for n in again.notes)
    first, second = done.detections[0].amplitudes[0], again.detections[0].amplitudes[0]
    assert first.unit == second.unit == "Pa"
    assert second.value == pytest.approx(first.value, rel=0.02)


def test_without_calibration_there_are_no_levels(scene: Scene) -> None:
    found = process_hydrophones(recordings_of(scene), station_of(scene, calibrated=False))
    assert found.detections[0].amplitudes[0].unit == "count"
    assert not any(f.name == "noise_level_db" for f in found.detections[0].band_features)
    assert any("no response of pressure and no calib" in n for n in found.notes)


def test_pipeline_sends_hydrophones_here(scene: Scene, done: HydroResult) -> None:
    assert process(recordings_of(scene), station_of(scene)).detections == done.detections


def test_two_hydrophones_give_no_direction(scene: Scene) -> None:
    found = process_hydrophones(recordings_of(scene)[:2], station_of(scene))
    assert found.detections
    assert all(d.azimuth_deg is None for d in found.detections)
    assert any("no direction" in n for n in found.notes)


def test_unknown_station_gives_times_and_classes_only(scene: Scene) -> None:
    found = process_hydrophones(recordings_of(scene), None)
    assert found.detections
    assert found.detections[0].azimuth_deg is None
    assert found.detections[0].class_probabilities


def test_reversed_hydrophone_is_named(scene: Scene) -> None:
    waves = recordings_of(scene)
    waves[1] = waves[1].with_samples(np.negative(waves[1].samples.astype(np.int32)))
    found = process_hydrophones(waves, station_of(scene))
    assert any("H10N2 is reversed" in n for n in found.notes)
    assert found.detections[0].azimuth_deg == pytest.approx(217.6, abs=1.5)


def test_gap_in_one_hydrophone_leaves_the_signal_of_the_others(scene: Scene) -> None:
    waves = recordings_of(scene)
    at = round(scene.truths[0].time_s * scene.rate_hz)
    whole = waves[2]
    waves[2:] = [
        whole.with_samples(whole.samples[: at - 500]),
        whole.with_samples(whole.samples[at + 2500 :], start_ns=whole.time_ns(at + 2500)),
    ]
    found = process_hydrophones(waves, station_of(scene))
    assert any(m.kind is MaskKind.GAP for m in found.masks)
    near = [
        d
        for d in found.detections
        if abs(seconds_between(d.time_ns, START_NS) - scene.truths[0].time_s) < 4.0
    ]
    assert near
    assert near[0].elements == ("H10N1", "H10N2")


def test_glitch_of_one_hydrophone_is_no_signal(scene: Scene, done: HydroResult) -> None:
    waves = recordings_of(scene)
    struck = waves[0].samples.astype(np.int32)
    struck[5000] += 200_000
    waves[0] = waves[0].with_samples(struck)
    found = process_hydrophones(waves, station_of(scene))
    assert len(found.detections) == len(done.detections)
    assert any(m.kind is MaskKind.SPIKE for m in found.masks)


def test_azimuth_is_followed_through_the_wave_train(done: HydroResult) -> None:
    (track,) = done.tracks
    assert track.detection_id == done.detections[0].id
    assert len(track.pixels) >= 5
    sure = track.pixels.p_value < 1e-20
    assert sure.any()
    assert np.median(track.pixels.azimuth_deg[sure]) == pytest.approx(217.6, abs=2.0)
    assert track.late == ()


def test_station_without_hydrophone_is_an_error() -> None:
    wave = Waveform(ChannelId("IM", "H10N1", "", "LEV"), START_NS, 1.0, np.zeros(100))
    with pytest.raises(ParameterError):
        process_hydrophones([wave], None)


def test_same_input_same_detections(scene: Scene, done: HydroResult) -> None:
    shuffled = recordings_of(scene)[::-1]
    again = process_hydrophones(shuffled, station_of(scene))
    assert [replace(d, masks=()) for d in again.detections] == [
        replace(d, masks=()) for d in done.detections
    ]
