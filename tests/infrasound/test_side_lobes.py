"""Families that are the same sound as a larger one, read a period off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.geodesy import angle_difference_deg, destination
from vigie.infrasound import chain, process_array
from vigie.infrasound.side_lobes import SIDE_LOBE, _independent
from vigie.records import ChannelId, Site, Station, Technology, Waveform, parse_iso
from vigie.signal.array_spectra import window_spectra
from vigie.signal.fk_params import FkParams

if TYPE_CHECKING:
    from vigie.records import Detection

FloatArray = NDArray[np.float64]

PLACES_KM = np.array([[0.353, 0.197], [-0.144, 0.170], [-0.209, -0.367]])
RATE_HZ, LENGTH_S = 20.0, 600.0
COUNT = round(RATE_HZ * LENGTH_S)
FREQ_HZ = np.fft.rfftfreq(COUNT, 1.0 / RATE_HZ)
AT_S = 300.0


def station() -> Station:
    azimuth_deg = np.degrees(np.arctan2(*PLACES_KM.T))
    latitude, longitude = destination(40.0, 10.0, azimuth_deg, np.hypot(*PLACES_KM.T) / 111.195)
    sites = tuple(
        Site(code=f"S{k}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for k, (a, b) in enumerate(zip(latitude, longitude, strict=True))
    )
    return Station(
        code="S", latitude=40.0, longitude=10.0, elevation_m=0.0,
        technology=Technology.INFRASOUND, sites=sites,
    )  # fmt: skip


def crossing(
    rng: np.random.Generator, azimuth_deg: float, height: float, scattered: float, freq_hz: float
) -> FloatArray:
    """Return a short sound about a frequency at each element, with a tail that each has its own."""
    t_s = np.arange(COUNT) / RATE_HZ
    white = rng.normal(size=COUNT) * np.exp(-0.5 * (t_s - AT_S) ** 2)
    shape = np.exp(-0.5 * (np.log(np.maximum(FREQ_HZ, 1e-3) / freq_hz) / 0.7) ** 2)
    wave = np.fft.rfft(white) * shape
    sound = np.fft.irfft(wave, COUNT)
    turn = np.radians(azimuth_deg)
    late_s = -(PLACES_KM @ np.array([np.sin(turn), np.cos(turn)])) / 0.36
    rows = []
    for each_s in late_s:
        echoes = np.fft.rfft(rng.normal(size=COUNT) * np.exp(-t_s / 4.0) * (t_s < 20.0))
        tail = np.fft.irfft(wave * echoes, COUNT)
        tail *= np.sqrt(scattered * np.sum(sound**2) / np.sum(tail**2))
        both = wave + np.fft.rfft(tail)
        rows.append(np.fft.irfft(both * np.exp(-2j * np.pi * FREQ_HZ * each_s), COUNT))
    return np.asarray(height * np.array(rows) / np.abs(sound).max())


def recorded(seed: int, waves: list[tuple[float, float, float, float]]) -> list[Waveform]:
    """Return noise of level 1 with sounds: azimuth, height, what is scattered, frequency."""
    rng = np.random.default_rng(seed)
    red = np.fft.rfft(rng.normal(size=(3, COUNT)), axis=1) / np.maximum(FREQ_HZ, 0.05)
    rows = np.fft.irfft(red, COUNT, axis=1)
    rows /= rows.std()
    for wave in waves:
        rows += crossing(rng, *wave)
    start_ns = parse_iso("2020-01-01T00:00:00Z")
    return [
        Waveform(
            ChannelId("XX", f"S{k}", "", "BDF"), start_ns, RATE_HZ,
            np.rint(1e3 * row).astype(np.int32),
        )
        for k, row in enumerate(rows)
    ]  # fmt: skip


def elsewhere(found: tuple[Detection, ...], *azimuths_deg: float) -> list[Detection]:
    """Return signals from none of some directions, by 5 degrees and three stated errors."""
    return [
        d for d in found
        if d.phase == "I" and d.azimuth_deg is not None and all(
            abs(float(angle_difference_deg(d.azimuth_deg, a)))
            > max(5.0, 3.0 * (d.azimuth_deg_sigma or 0.0))
            for a in azimuths_deg
        )
    ]  # fmt: skip


CASES = [(2, 0.5, 0.05), (2, 1.0, 0.05), (10, 1.0, 0.15)]
"""Seeds, frequencies and shares that are scattered at which narrow bands are read a period off."""


@pytest.mark.parametrize(("seed", "freq_hz", "scattered"), CASES)
def test_a_short_sound_read_a_period_off_is_no_signal(
    monkeypatch: pytest.MonkeyPatch, seed: int, freq_hz: float, scattered: float
) -> None:
    waveforms = recorded(seed, [(107.0, 30.0, scattered, freq_hz)])
    found = process_array(waveforms, station())
    assert not elsewhere(found.detections, 107.0)
    assert any(SIDE_LOBE in note for note in found.notes)
    # So there is something to undo.
    monkeypatch.setattr(chain, "without_side_lobes", lambda judged, *_: list(judged))
    assert elsewhere(process_array(waveforms, station()).detections, 107.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_second_sound_at_the_same_time_stays(seed: int) -> None:
    """Both last 2 s about one instant, two octaves apart, from 107 and 240 degrees."""
    waves = [(107.0, 30.0, 0.02, 0.5), (240.0, 30.0, 0.02, 2.5)]
    detections = process_array(recorded(seed, waves), station()).detections
    signals = [d for d in detections if d.phase == "I"]
    assert not elsewhere(detections, 107.0, 240.0)
    for azimuth_deg in (107.0, 240.0):
        assert any(not elsewhere((d,), azimuth_deg) for d in signals)


@given(scale=st.floats(1e-6, 1e6), width_s=st.floats(3.0, 100.0), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_sound_has_the_band_times_its_own_length_of_independent_numbers(
    scale: float, width_s: float, seed: int
) -> None:
    """All elements record one sound; its length is that of its energy's squares."""
    envelope = np.exp(-0.5 * ((np.arange(1200) / RATE_HZ - 30.0) / width_s) ** 2)
    params = FkParams(window_s=60.0, band_hz=(1.0, 3.0), taper_fraction=0.1)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(20):
        sound = scale * rng.normal(size=1200) * envelope
        spectra = window_spectra(np.tile(sound, (3, 1)), RATE_HZ, params, np.zeros(1, np.intp))
        found.append(_independent(spectra))
        assert 1.0 <= found[-1] <= spectra.independent_bins
    lasts_s = float(np.sum(envelope**2) ** 2 / np.sum(envelope**4)) / RATE_HZ
    assert np.mean(found) == pytest.approx(2.0 * lasts_s, rel=0.25, abs=7.0)
