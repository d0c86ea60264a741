"""Azimuths of a triplet whose speed says that a hydrophone is mistimed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_hydro import BLAST, recordings_of, station_of

from vigie.geodesy import angle_difference_deg
from vigie.hydroacoustic import process_hydrophones
from vigie.hydroacoustic.clock_doubt import azimuths_if_mistimed, is_odd_speed
from vigie.hydroacoustic.recipe import DirectionParams
from vigie.signal.plane_wave import fit_plane_wave
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import H10N_KM, SceneParams

PLACES = np.array(H10N_KM)
PARAMS = DirectionParams()


@given(st.floats(0, 359.9), st.integers(0, 2), st.floats(-0.4, 0.4), st.floats(1.473, 1.493))
def test_the_true_azimuth_is_among_those_of_the_hypotheses(
    azimuth: float, late: int, error_s: float, speed: float
) -> None:
    toward = np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
    times = -(PLACES @ toward) / speed
    times[late] += error_s
    slowness = fit_plane_wave(PLACES, times).slowness_s_per_km
    if not is_odd_speed(1.0 / float(np.hypot(*slowness)), 1.5e-3, PARAMS):
        return
    if not 1.4 < 1.0 / float(np.hypot(*slowness)) < 1.6:
        return
    arc = azimuths_if_mistimed(slowness, PLACES, PARAMS)
    measured = float(np.degrees(np.arctan2(-slowness[0], -slowness[1])))
    off = abs(float(angle_difference_deg(azimuth, measured)))
    assert off <= arc.farthest_deg + 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("azimuth", "late", "by_s"), [(217.6, 0, 0.3), (40.0, 0, 0.1), (300.0, 1, 0.3)]
)
def test_one_late_hydrophone_makes_the_azimuth_as_unsure_as_it_is(
    azimuth: float, late: int, by_s: float
) -> None:
    params = SceneParams(
        kind="H", snr_db=25.0, duration_s=300.0, signals=1, azimuth_deg=azimuth, range_km=2000.0,
        explosion=BLAST,
    )  # fmt: skip
    scene = simulate_scene(np.random.default_rng(4), params, TRAINING)
    records = recordings_of(scene)
    clean = process_hydrophones(records, station_of(scene)).detections[0]
    assert clean.azimuth_deg_sigma is not None
    assert clean.azimuth_deg_sigma < 0.6
    assert clean.remarks == ()
    records[late] = replace(records[late], start_ns=records[late].start_ns + round(by_s * 1e9))
    for d in process_hydrophones(records, station_of(scene)).detections:
        assert d.remarks
        if d.azimuth_deg is not None:
            off = abs(float(angle_difference_deg(d.azimuth_deg, azimuth)))
            assert d.azimuth_deg_sigma is not None
            assert off <= d.azimuth_deg_sigma + 1.0
            assert "mistimed" in d.remarks[0]


@pytest.mark.slow
def test_sound_in_cold_water_is_as_fast_as_it_is_there() -> None:
    params = SceneParams(
        kind="H", snr_db=25.0, duration_s=300.0, signals=1, azimuth_deg=217.6, range_km=2000.0,
        explosion=BLAST,
    )  # fmt: skip
    scene = simulate_scene(np.random.default_rng(4), params, TRAINING)
    slower = replace(scene, offsets_km=np.array(scene.offsets_km) * 1.462 / 1.483)
    station, cold = station_of(slower), station_of(slower, at=(-46.8, 51.8))
    (found,) = process_hydrophones(recordings_of(slower), cold).detections[:1]
    assert found.remarks == ()
    assert found.azimuth_deg_sigma is not None
    assert found.azimuth_deg_sigma < 0.6
    (warm,) = process_hydrophones(recordings_of(slower), station).detections[:1]
    assert "unusual for sound" in warm.remarks[0]
    assert found.azimuth_deg == pytest.approx(warm.azimuth_deg, abs=0.5)
