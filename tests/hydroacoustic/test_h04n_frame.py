"""Ten seconds of a real triplet, from a CD-1.1 frame: nothing is found where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.reference.cd11_channels import channels_of

from vigie.formats.codecs import decode_canadian
from vigie.hydroacoustic import process_hydrophones
from vigie.hydroacoustic.direction import measure_direction
from vigie.hydroacoustic.pressure import pressure_of
from vigie.hydroacoustic.recipe import DirectionParams
from vigie.hydroacoustic.triplet import triplet
from vigie.records import ChannelId, Waveform, parse_iso
from vigie.signal.filters import BandPass, filter_zero_phase
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    from pathlib import Path

START_NS = parse_iso("2018-03-21T21:42:00Z")
CALIB_UPA = 560.6


def frame_of(shared_data: Path) -> list[Waveform]:
    frame = (shared_data / "formats/cd11/H04N_HA04_20180321T214200.bin").read_bytes()
    return [
        Waveform(
            ChannelId("", c.station, "", c.channel),
            START_NS,
            250.0,
            decode_canadian(c.data, c.n_samples),
            calib=CALIB_UPA,
            calper_s=0.1,
        )
        for c in channels_of(frame)
        if c.channel == "EDH"
    ]


@pytest.mark.data
def test_no_explosion_in_ten_quiet_seconds(shared_data: Path) -> None:
    waves = frame_of(shared_data)
    assert [len(w.samples) for w in waves] == [2500, 2500, 2500]
    station = ims_inventory().at("H04N", START_NS)
    assert station is not None
    found = process_hydrophones(waves, station)
    assert not [d for d in found.detections if d.phase == "H"]
    assert any("uPa per count" in n for n in found.notes)


@pytest.mark.data
def test_levels_are_those_of_a_sea(shared_data: Path) -> None:
    (wave, *_) = frame_of(shared_data)
    pressure = pressure_of(wave, None, 10.0)
    assert pressure.pa_per_count == pytest.approx(CALIB_UPA * 1e-6)
    samples = (wave.samples - np.mean(wave.samples)) * pressure.pa_per_count
    octave = filter_zero_phase(samples, 250.0, BandPass(8.0, 16.0))[500:-500]
    level_db = 20.0 * np.log10(octave.std() / 1e-6) - 10.0 * np.log10(8.0)
    # dB re 1 uPa^2/Hz about 10 Hz: between a very quiet and a very loud sea.
    assert 60.0 < level_db < 120.0


@pytest.mark.data
def test_sound_from_one_direction_is_in_these_ten_seconds(shared_data: Path) -> None:
    # Three octaves, each for itself, give the same direction and the speed of sound in deep water,
    # and their delays close within milliseconds: a distant source, no explosion.
    waves = frame_of(shared_data)
    phones = triplet(waves, ims_inventory().at("H04N", START_NS))
    samples = phones.samples(START_NS, START_NS + 10 * 10**9, ())
    azimuths = []
    for low_hz in (2.0, 4.0, 8.0):
        band = BandPass(low_hz, 2.0 * low_hz)
        rows = [filter_zero_phase(r - r.mean(), 250.0, band)[250:-250] for r in samples]
        found = measure_direction(np.stack(rows), 250.0, phones.offsets_km, DirectionParams())
        assert 1.47 < found.speed_km_s < 1.50
        assert found.closure_s < 0.01
        azimuths.append(found.azimuth_deg)
    assert np.ptp(azimuths) < 1.5
    # Above them there is none.
    rows = [filter_zero_phase(r - r.mean(), 250.0, BandPass(16.0, 32.0)) for r in samples]
    found = measure_direction(np.stack(rows), 250.0, phones.offsets_km, DirectionParams())
    assert not found.plausible
