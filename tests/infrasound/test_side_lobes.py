"""Families that are the same sound as a larger one, read a period off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.side_lobes import ARRAYS, RATE_HZ, Sound, is_from, recorded, station
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.infrasound import chain, process_array
from vigie.infrasound.side_lobes import SIDE_LOBE, _independent
from vigie.signal.array_spectra import window_spectra
from vigie.signal.fk_params import FkParams

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.infrasound.chain import ArrayResult
    from vigie.records import Detection

PLACES_KM = np.array(ARRAYS["three elements"])


def found(seed: int, *sounds: Sound) -> ArrayResult:
    return process_array(
        recorded(PLACES_KM, sounds, np.random.default_rng(seed)), station(PLACES_KM)
    )


def elsewhere(detections: Iterable[Detection], *azimuths_deg: float) -> list[Detection]:
    """Return signals from none of some directions."""
    signals = [d for d in detections if d.phase == "I" and d.azimuth_deg is not None]
    return [d for d in signals if not is_from(d, azimuths_deg)]


CASES = [(2, 0.5, 0.05), (2, 1.0, 0.05), (10, 1.0, 0.15)]
"""Seeds, frequencies and shares that are scattered at which narrow bands are read a period off."""


@pytest.mark.parametrize(("seed", "freq_hz", "scattered"), CASES)
def test_a_short_sound_read_a_period_off_is_no_signal(
    monkeypatch: pytest.MonkeyPatch, seed: int, freq_hz: float, scattered: float
) -> None:
    sound = Sound(107.0, 30.0, freq_hz, scattered=scattered)
    result = found(seed, sound)
    assert not elsewhere(result.detections, 107.0)
    assert any(SIDE_LOBE in note for note in result.notes)
    # So there is something to undo.
    monkeypatch.setattr(chain, "without_side_lobes", lambda judged, *_: list(judged))
    assert elsewhere(found(seed, sound).detections, 107.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_second_sound_at_the_same_time_stays(seed: int) -> None:
    """Both last 2 s about one instant, two octaves apart, from 107 and 240 degrees."""
    sounds = [Sound(107.0, 30.0, 0.5, scattered=0.02), Sound(240.0, 30.0, 2.5, scattered=0.02)]
    detections = found(seed, *sounds).detections
    signals = [d for d in detections if d.phase == "I"]
    assert not elsewhere(detections, 107.0, 240.0)
    for azimuth_deg in (107.0, 240.0):
        assert any(is_from(d, [azimuth_deg]) for d in signals)


@given(scale=st.floats(1e-6, 1e6), width_s=st.floats(3.0, 100.0), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_sound_has_the_band_times_its_own_length_of_independent_numbers(
    scale: float, width_s: float, seed: int
) -> None:
    """All elements record one sound; its length is that of its energy's squares."""
    envelope = np.exp(-0.5 * ((np.arange(1200) / RATE_HZ - 30.0) / width_s) ** 2)
    params = FkParams(window_s=60.0, band_hz=(1.0, 3.0), taper_fraction=0.1)
    rng = np.random.default_rng(seed)
    numbers = []
    for _ in range(20):
        sound = scale * rng.normal(size=1200) * envelope
        spectra = window_spectra(np.tile(sound, (3, 1)), RATE_HZ, params, np.zeros(1, np.intp))
        numbers.append(_independent(spectra))
        assert 1.0 <= numbers[-1] <= spectra.independent_bins
    lasts_s = float(np.sum(envelope**2) ** 2 / np.sum(envelope**4)) / RATE_HZ
    assert np.mean(numbers) == pytest.approx(2.0 * lasts_s, rel=0.25, abs=7.0)
