"""Arrays of which all but one element stand in line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.infrasound.test_infrasound_chain import START_NS, largest, station_at

from vigie.errors import TooFewElementsError
from vigie.infrasound import process_array
from vigie.infrasound.in_line import unseen
from vigie.records import ChannelId, Station, Waveform
from vigie.records.time import add_seconds

LINE = np.array([[-0.6, 0.0], [0.0, 0.0], [0.6, 0.0], [0.0, 0.7]])
"""The fourth stands apart, km."""
RATE_HZ = 20.0


def station() -> Station:
    azimuth_deg = np.degrees(np.arctan2(LINE[:, 0], LINE[:, 1]))
    return station_at(azimuth_deg, np.hypot(LINE[:, 0], LINE[:, 1]))


def waves(azimuth_deg: float) -> list[Waveform]:
    rng = np.random.default_rng(4)
    count = round(900 * RATE_HZ)
    freq = np.fft.rfftfreq(2 * count, 1.0 / RATE_HZ)
    white = np.fft.rfft(rng.normal(size=2 * count))
    wave = np.fft.irfft(np.where((freq > 0.4) & (freq < 3.0), white, 0.0))
    shape = np.zeros(2 * count)
    shape[round(400 * RATE_HZ) : round(440 * RATE_HZ)] = np.hanning(round(40 * RATE_HZ))
    turn = np.radians(azimuth_deg)
    late = -LINE @ np.array([np.sin(turn), np.cos(turn)]) / 0.345
    spectrum = np.fft.rfft(4.0 * shape * wave / wave.std())
    moved = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * late[:, None]))[:, :count]
    rows = rng.normal(size=(4, count)) + moved
    return [
        Waveform(ChannelId("XX", f"S{k}", "", "BDF"), START_NS, RATE_HZ, np.round(1000.0 * row))
        for k, row in enumerate(rows)
    ]


def test_only_an_element_apart_from_a_line_is_unseen() -> None:
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    assert unseen(LINE) == [3]
    assert unseen(square) == []
    assert unseen(LINE[1:]) == []


def test_that_its_time_cannot_be_seen_is_said() -> None:
    found = process_array(waves(60.0), station())
    one = largest(found.detections)
    assert one.azimuth_deg == pytest.approx(60.0, abs=1.0)
    assert any("wrong time of element S3 cannot be seen" in text for text in one.remarks)
    assert any("wrong time of element S3 cannot be seen" in note for note in found.notes)


def test_reversed_it_is_turned_over() -> None:
    *others, last = waves(60.0)
    found = process_array([*others, last.with_samples(-last.samples)], station())
    one = largest(found.detections)
    assert one.azimuth_deg == pytest.approx(60.0, abs=1.0)
    assert any("S3 is turned over: polarity reversed" in note for note in found.notes)


def test_late_beyond_reach_it_leaves_a_clear_error() -> None:
    *others, last = waves(60.0)
    late = replace(last, start_ns=add_seconds(last.start_ns, 8.0))
    with pytest.raises(TooFewElementsError, match=r"S3 \(not coherent"):
        process_array([*others, late], station())
