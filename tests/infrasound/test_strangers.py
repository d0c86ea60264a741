"""Lobes of waves that are too slow or too fast to be sound, and blasts that follow such waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.infrasound.test_doubt import off_deg, signals
from tests.infrasound.test_infrasound_chain import (
    AZIMUTHS_DEG,
    RANGES_KM,
    RATE_HZ,
    largest,
    recordings,
    station,
)

from vigie.infrasound import process_array
from vigie.infrasound.strangers import LOBE, Crossing, is_strange, without_lobes
from vigie.signal.pmcc import Family, Pixels, family_of

if TYPE_CHECKING:
    from vigie.records import Waveform

TRUTH_DEG = 75.0
FAST = (0.05, -0.24)
"""Slowness of a wave of 4 km/s."""
SOUND = tuple(-np.array([np.sin(np.radians(TRUTH_DEG)), np.cos(np.radians(TRUTH_DEG))]) / 0.34)


def pixels(freq_hz: list[float], slowness: list[tuple[float, float]]) -> Pixels:
    """Return pixels of windows of 30 s, five of each band, 3 s apart about 300 s."""
    each, east, north = np.repeat(np.column_stack([freq_hz, slowness]), 5, axis=0).T
    n = len(each)
    ones = np.ones(n)
    times = 300.0 + 3.0 * np.tile(np.arange(-2.0, 3.0), len(freq_hz))
    return Pixels(
        times, 30.0 * ones, np.arange(n) // 5, each, each / 1.12, each * 1.12, east, north,
        np.tile([1e-4, 0.0, 1e-4], (n, 1)), 0.01 * ones, 0.9 * ones, ones, 99.0 * ones,
        1e-9 * ones, np.ones((n, 4), dtype=np.bool_),
    )  # fmt: skip


def window(at_s: float, slowness: tuple[float, float] | None) -> Crossing:
    speed = None if slowness is None else 1.0 / float(np.hypot(*slowness))
    strange = speed if speed and speed > 0.45 else None
    return Crossing(at_s - 10.0, at_s + 10.0, (0.25, 4.0), strange, True, slowness)


def phase(own: Pixels, windows: list[Crossing], name: str = "I") -> str:
    family: Family = family_of(own, np.arange(len(own)), step=0.1)
    (judged,) = without_lobes([(family, name, "")], windows, own)
    assert (judged[2] == LOBE) == (judged[1] != name)
    return judged[1]


def beside(freq_hz: float) -> tuple[float, float]:
    """Return a slowness whose delays differ by whole periods from those of the fast wave."""
    return FAST[0] + 2.0 / freq_hz, FAST[1] - 2.2 / freq_hz


def test_what_only_a_wave_of_another_speed_explains_is_a_lobe() -> None:
    own = pixels([1.0], [beside(1.0)])
    assert phase(own, [window(300.0, FAST)]) == "N"
    assert phase(own, [window(295.0, FAST), window(340.0, SOUND)]) == "N"
    assert phase(own, [window(295.0, None), window(340.0, FAST)]) == "I"
    assert phase(own, [window(500.0, FAST)]) == "I"
    assert phase(own, []) == "I"


def test_a_window_that_sees_the_familys_own_wave_acquits_it() -> None:
    own = pixels([1.0, 1.26], [SOUND, SOUND])
    assert phase(own, [window(300.0, FAST), window(299.0, FAST)]) == "N"
    assert phase(own, [window(300.0, FAST), window(299.0, FAST), window(320.0, SOUND)]) == "I"


def test_as_many_windows_as_others_condemn_nothing() -> None:
    own = pixels([1.0], [beside(1.0)])
    half = own.replaced(time_s=np.where(np.arange(5) < 2, 280.0, 310.0))
    assert phase(half, [window(280.0, FAST), window(310.0, None)]) == "I"
    both = pixels([1.0, 1.01], [beside(1.0)] * 2)
    both = both.replaced(time_s=np.where(np.arange(10) < 5, 280.0, 310.0))
    assert phase(both, [window(280.0, FAST), window(310.0, None)]) == "I"


def test_a_lobe_lies_whole_periods_beside_and_a_wave_does_not() -> None:
    bands = [1.0, 1.26, 1.58, 2.0]
    near = [window(300.0, FAST)]
    assert phase(pixels(bands, [SOUND] * 4), near) == "I"
    assert phase(pixels(bands, [beside(f) for f in bands]), near) == "N"


def test_three_elements_are_only_told() -> None:
    own = pixels([1.0], [beside(1.0)])
    few = window(300.0, FAST)._replace(is_plane=False)
    assert phase(own, [few]) == "I"
    assert is_strange(family_of(own, np.arange(5), step=0.1), [few])


@pytest.mark.parametrize("n", [4, 7])
@pytest.mark.parametrize("velocity_m_s", [4000.0, 600.0])
@pytest.mark.parametrize("before_s", [20.0, 40.0])
def test_a_wave_of_another_speed_before_a_blast_leaves_it_a_signal(
    n: int, velocity_m_s: float, before_s: float
) -> None:
    waves = [(300.0, TRUTH_DEG, 340.0), (300.0 - before_s, 200.0, velocity_m_s)]
    result = process_array(recordings(waves, n=n, length_s=900.0), station(n))
    blast = largest(signals(result))
    assert (blast.family_size or 0) > 80
    assert off_deg(blast, TRUTH_DEG) < 1.0


def test_a_blast_that_no_window_is_left_for_stays_a_signal() -> None:
    loud = [(500.0 + 120.0 * k, 40.0 * k, 4000.0) for k in range(24)]
    found = recordings([(275.0, 200.0, 4000.0), *loud], n=4, length_s=3500.0, snr=8.0)
    blast = recordings([(300.0, TRUTH_DEG, 340.0)], n=4, length_s=3500.0)
    both = [
        w.with_samples(np.asarray(w.samples, float) + np.asarray(b.samples, float))
        for w, b in zip(found, blast, strict=True)
    ]
    near = [d for d in signals(process_array(both, station(4))) if off_deg(d, TRUTH_DEG) < 3.0]
    assert (largest(near).family_size or 0) > 40


def test_lobes_of_a_wave_alone_stay_noise() -> None:
    waves = [(200.0 + 100.0 * k, 40.0 * k, 4000.0) for k in range(6)]
    result = process_array(recordings(waves, n=7, length_s=900.0), station(7))
    assert not signals(result)
    assert any(LOBE in note for note in result.notes)


def lasting(n: int, velocity_m_s: float) -> list[Waveform]:
    """Return half an hour of a wave of 0.03-1 Hz that does not end, in weak noise."""
    rng = np.random.default_rng(1)
    count = round(1800.0 * RATE_HZ)
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    inside = (freq > 0.03) & (freq < 1.0)
    angle = np.radians(AZIMUTHS_DEG[:n])
    delay = RANGES_KM[:n] * -np.cos(angle - np.radians(200.0)) * 1e3 / velocity_m_s
    wave = np.where(inside, np.fft.rfft(rng.normal(size=count)), 0.0)
    rows = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delay[:, None]), count)
    noise = np.fft.irfft(np.where(freq < 6.0, np.fft.rfft(rng.normal(size=(n, count))), 0.0), count)
    rows = rows / rows.std() + 0.3 * noise / noise.std()
    return [
        w.with_samples(np.round(1000.0 * row))
        for w, row in zip(recordings([], n=n, length_s=1800.0), rows, strict=True)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("velocity_m_s", [200.0, 4000.0])
def test_lobes_of_lasting_eddies_and_waves_of_the_ground_stay_noise(velocity_m_s: float) -> None:
    result = process_array(lasting(4, velocity_m_s), station(4))
    assert any(LOBE in note for note in result.notes)
    sure = [d for d in signals(result) if d.azimuth_deg is not None]
    assert sum(d.family_size or 0 for d in sure) < 100
