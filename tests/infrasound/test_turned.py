"""Reversed elements of four: turned over and kept, and named all the same."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.infrasound.test_arrivals import arrival
from tests.infrasound.test_doubt import off_deg, signals, with_faults
from tests.infrasound.test_doubt import recorded as recordings_of
from tests.infrasound.test_infrasound_chain import (
    AZIMUTHS_DEG,
    RANGES_KM,
    RATE_HZ,
    largest,
    station,
)
from tests.signal.test_array_consistency import recorded

from vigie.infrasound import process_array
from vigie.infrasound.recipe import ElementParams
from vigie.infrasound.turned import as_turned
from vigie.signal.array_consistency import turned_over
from vigie.signal.array_faults import judge_window

if TYPE_CHECKING:
    from pathlib import Path

PARAMS = ElementParams()


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("code", ["W220", "W340"])
def test_reversed_elements_of_recorded_arrays_change_nothing(shared_data: Path, code: str) -> None:
    waveforms, place = recordings_of(shared_data, code)
    clean = largest(signals(process_array(waveforms, place)))
    for site in place.sites:
        result = process_array(with_faults(waveforms, flipped=site.code), place)
        found = largest(signals(result))
        assert off_deg(found, clean.azimuth_deg or 0.0) < 0.01
        assert found.azimuth_deg_sigma == pytest.approx(clean.azimuth_deg_sigma, rel=0.01)
        assert found.elements == clean.elements
        assert any(f"element {site.code} is turned over: polarity" in r for r in found.remarks)
        assert any(f"element {site.code} is turned over: polarity" in n for n in result.notes)


@pytest.mark.slow
@pytest.mark.parametrize("also", [0.0, 0.4, 1.0])
def test_a_late_element_beside_a_reversed_one_of_four_gives_no_confident_azimuth(
    also: float,
) -> None:
    waveforms = arrival(4)
    wrong, late = waveforms[2], waveforms[0]
    waveforms[2] = wrong.with_samples(-wrong.samples.astype(float))
    waveforms[0] = dataclasses.replace(late, start_ns=late.start_ns + round(also * 1e9))
    result = process_array(waveforms, station(4))
    assert signals(result)
    for d in signals(result):
        assert d.azimuth_deg is None or off_deg(d, 75.0) < 3.0 * (d.azimuth_deg_sigma or 0.0)
        assert (d.azimuth_deg is not None and (d.azimuth_deg_sigma or 0.0) < 5.0) == (also == 0.0)
    assert any("S2" in note for note in result.notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("centre_hz", "width_hz", "late_s"), [(0.2, 0.012, 2.5), (0.2, 0.045, 2.5), (0.33, 0.06, 1.45)]
)
@pytest.mark.parametrize("wrong", range(4))
def test_an_element_late_by_half_a_period_of_microbaroms_is_not_turned_over(
    wrong: int, centre_hz: float, width_hz: float, late_s: float
) -> None:
    rng = np.random.default_rng(wrong)
    plain = arrival(4)
    count = len(plain[0].samples)
    freq = np.fft.rfftfreq(2 * count, 1.0 / RATE_HZ)
    shape = np.exp(-0.5 * ((freq - centre_hz) / width_hz) ** 2)
    spectrum = np.fft.rfft(rng.normal(size=2 * count)) * shape
    spectrum *= 3000.0 / np.fft.irfft(spectrum).std()
    waveforms = []
    for k, w in enumerate(plain):
        apart = RANGES_KM[k] * np.cos(np.radians(AZIMUTHS_DEG[k] - 200.0))
        moved = np.fft.irfft(spectrum * np.exp(2j * np.pi * freq * apart / 0.345))[:count]
        late_ns = round(1e9 * late_s) if k == wrong else 0
        w = w.with_samples(np.round(w.samples + moved))
        waveforms.append(dataclasses.replace(w, start_ns=w.start_ns + late_ns))
    result = process_array(waveforms, station(4))
    assert not any("turned over" in note for note in result.notes)
    blasts = [d for d in signals(result) if (d.freq_hz or 0.0) > 0.6]
    blast = max(blasts, key=lambda d: d.family_size or 0, default=None)
    if blast is not None and blast.azimuth_deg is not None:
        assert off_deg(blast, 75.0) < 3.0 * (blast.azimuth_deg_sigma or 0.0)
    # Called reversed, or late, and left out; or in doubt.
    assert any(f"S{wrong}" in n or "cannot be told" in n for n in result.notes[1:])


@pytest.mark.slow
@pytest.mark.parametrize("late_s", [0.4, 1.0])
def test_of_five_a_reversed_one_is_kept_where_it_alone_sees_the_clock_of_another(
    late_s: float,
) -> None:
    waveforms = arrival(5)
    # Without the third, all but the second stand in line.
    waveforms[2] = waveforms[2].with_samples(-waveforms[2].samples.astype(float))
    late = waveforms[1]
    waveforms[1] = dataclasses.replace(late, start_ns=late.start_ns + round(late_s * 1e9))
    result = process_array(waveforms, station(5))
    assert any("element S2 is turned over" in note for note in result.notes)
    for d in signals(result):
        assert d.azimuth_deg is None or off_deg(d, 75.0) < 3.0 * (d.azimuth_deg_sigma or 0.0)


@given(st.integers(4, 9), st.integers(0, 99), st.data())
def test_turned_over_a_window_says_what_it_says_of_right_elements(
    n: int, seed: int, data: st.DataObject
) -> None:
    few = data.draw(st.sets(st.integers(0, n - 1), max_size=(n - 1) // 2))
    late = {0: 1.0} if seed % 2 else {}
    pairs = recorded(n, seed, late=late)
    plain = judge_window(pairs, PARAMS.faults)
    wrong = judge_window(turned_over(pairs, sorted(few)), PARAMS.faults)
    (found,) = as_turned([wrong], few, PARAMS)
    assert (found.faults, found.suspects, found.tied, found.fits) == (
        plain.faults, plain.suspects, plain.tied, plain.fits,
    )  # fmt: skip
    assert found.seen == wrong.seen


def test_windows_that_do_not_know_an_element_are_asked_as_they_are() -> None:
    window = judge_window(recorded(5, 1), PARAMS.faults)
    assert as_turned([window], {7}, PARAMS) == [window]
    assert as_turned([window], set(), PARAMS) == [window]
