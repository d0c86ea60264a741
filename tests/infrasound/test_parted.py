"""Families of other directions that the heights of elements make of one wave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.infrasound.test_heights import HILLS, hilly
from tests.infrasound.test_infrasound_chain import RATE_HZ, START_NS, recordings

from vigie.geodesy import angle_difference_deg
from vigie.infrasound import process_array
from vigie.infrasound.array import sound_array
from vigie.infrasound.parted import parted
from vigie.infrasound.recipe import InfrasoundRecipe

if TYPE_CHECKING:
    from vigie.records import Waveform

PARTS = ((75.0, 0.42, 200.0, 6.0), (200.0, 0.346, 600.0, 4.0))
"""Azimuth, km/s, time, amplitude: the second one is searched for, the first is parted."""


def two_waves() -> list[Waveform]:
    """Return seven elements, 100 m up and down, that two waves of other trace velocities cross."""
    flat = recordings([], length_s=900.0)
    places = sound_array(flat, hilly(HILLS), InfrasoundRecipe().quality)[0].offsets_km
    rng = np.random.default_rng(1)
    rows = np.stack([1e-3 * np.asarray(w.samples, dtype=np.float64) for w in flat])
    count = rows.shape[1]
    freq = np.fft.rfftfreq(2 * count, 1.0 / RATE_HZ)
    for azimuth_deg, velocity_km_s, time_s, amplitude in PARTS:
        turn = np.radians(azimuth_deg)
        steep = np.sqrt(0.332**-2 - velocity_km_s**-2)
        late = -(places @ np.array([np.sin(turn), np.cos(turn)])) / velocity_km_s
        late = late - steep * 1e-3 * np.array(HILLS)
        white = np.fft.rfft(rng.normal(size=2 * count))
        wave = np.fft.irfft(np.where((freq > 0.4) & (freq < 3.0), white, 0.0))
        shape = np.zeros(2 * count)
        first = round(time_s * RATE_HZ)
        shape[first : first + 800] = np.hanning(800)
        spectrum = np.fft.rfft(amplitude * wave / wave.std() * shape)
        moved = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * late[:, None]))
        rows += moved[:, :count]
    return [w.with_samples(np.round(1e3 * r)) for w, r in zip(flat, rows, strict=True)]


def test_no_family_of_a_wave_that_heights_part_is_surely_elsewhere() -> None:
    found = process_array(two_waves(), hilly(HILLS))
    signals = [d for d in found.detections if d.phase == "I" and (d.family_size or 0) > 12]
    assert len(signals) >= 2
    for azimuth_deg, _, time_s, _ in PARTS:
        own = [d for d in signals if abs(1e-9 * (d.time_ns - START_NS) - time_s - 20.0) < 100.0]
        assert own
        for d in own:
            if d.azimuth_deg is not None:
                off = abs(float(angle_difference_deg(d.azimuth_deg, azimuth_deg)))
                assert off < 3.0 * (d.azimuth_deg_sigma or 0.0) + 0.5
    largest = max(signals, key=lambda d: d.family_size or 0)
    assert (largest.azimuth_deg_sigma or 0.0) < 2.0


def test_arrays_without_heights_are_left_alone() -> None:
    flat = recordings([(200.0, 75.0, 340.0), (210.0, 90.0, 380.0)], length_s=600.0)
    level = hilly(tuple(0.0 for _ in HILLS))
    found = process_array(flat, level)
    array, _ = sound_array(flat, level, InfrasoundRecipe().quality)
    assert parted(found.detections, found.families, array) == list(found.detections)


@pytest.mark.parametrize("is_far", [False, True])
def test_a_smaller_family_holds_the_larger_one_where_the_heights_matter(*, is_far: bool) -> None:
    found = process_array(two_waves(), hilly(HILLS))
    array, _ = sound_array(two_waves(), hilly(HILLS), InfrasoundRecipe().quality)
    k = int(np.argmax([len(f) for f in found.families]))
    family = found.families[k]
    small = replace(family, rows=family.rows[:12])
    seen = max(found.detections, key=lambda d: d.family_size or 0)
    large = replace(seen, azimuth_deg=75.0, azimuth_deg_sigma=1.0, trace_velocity_m_s=420.0)
    away_deg = 120.0 if is_far else 10.0
    other = replace(large, azimuth_deg=75.0 + away_deg, freq_hz=2.0)
    kept, held = parted([large, other], [family, small], array)
    if is_far:
        assert held.azimuth_deg is None
        assert kept == large
    else:
        assert (held.azimuth_deg_sigma or 0.0) == pytest.approx(np.hypot(1.0, 10.0))
        assert 1.0 < (kept.azimuth_deg_sigma or 0.0) < 6.0
        assert held.remarks
        assert kept.remarks == large.remarks


def test_a_family_in_other_bands_is_another_wave() -> None:
    """Microbaroms are at nearly all times; a blast in higher bands is no part of them."""
    found = process_array(two_waves(), hilly(HILLS))
    array, _ = sound_array(two_waves(), hilly(HILLS), InfrasoundRecipe().quality)
    k = int(np.argmax([len(f) for f in found.families]))
    large, seen = found.families[k], max(found.detections, key=lambda d: d.family_size or 0)
    small = replace(large, rows=large.rows[:12], low_hz=large.high_hz, high_hz=2.0 * large.high_hz)
    turned = replace(seen, id="other", azimuth_deg=((seen.azimuth_deg or 0.0) + 20.0) % 360.0)
    assert parted([seen, turned], [large, small], array) == [seen, turned]
