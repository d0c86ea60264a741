"""Which recordings a page of an event may use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.products.conftest import ORIGIN_NS, make_event

from vigie.pipeline.reports import span_ns, write_reports
from vigie.records import Bulletin, ChannelId, Event, Inventory, Station, Waveform
from vigie.records.time import NS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

HOUR_NS = 3600 * NS_PER_S


def heard(at_ns: int, phase: str = "H", duration_s: float = 20.0) -> Event:
    """Return an event that its first station heard at a time."""
    event = make_event()
    first, *others = event.origins[0].associations
    associations = (replace(first, phase=phase, delta_deg=60.0), *others)
    detections = tuple(
        replace(d, time_ns=at_ns, freq_hz=1.0, duration_s=duration_s)
        if d.id == first.detection_id
        else d
        for d in event.detections
    )
    origin = replace(event.origins[0], associations=associations)
    return replace(event, origins=(origin,), detections=detections)


def recording(station: str, channel: str, start_ns: int, seconds: float = 400.0) -> Waveform:
    samples = np.random.default_rng(1).normal(size=round(20 * seconds))
    return Waveform(ChannelId("XX", station, "", channel), start_ns, 20.0, samples)


@pytest.mark.parametrize(("hours", "phase"), [(0.5, "H"), (1.5, "H"), (2.4, "T"), (14.0, "I")])
def test_recordings_that_begin_long_after_the_origin_are_drawn(
    tmp_path: Path, hours: float, phase: str
) -> None:
    at_ns = ORIGIN_NS + round(hours * HOUR_NS)
    event = heard(at_ns, phase)
    wave = recording("S00", "EDH" if phase != "I" else "BDF", at_ns - 150 * NS_PER_S)
    written = write_reports(Bulletin(events=(event,)), None, tmp_path, waveforms=[wave])
    page = written.pages[0][1].read_text(encoding="utf-8")
    assert "Recordings of 1 station" in page


def test_the_span_holds_the_end_of_the_last_arrival_and_no_more_than_two_days() -> None:
    span = span_ns(heard(ORIGIN_NS + 5 * HOUR_NS, duration_s=900.0))
    assert span is not None
    assert span[0] < ORIGIN_NS
    assert span[1] > ORIGIN_NS + 5 * HOUR_NS + 1000 * NS_PER_S
    wrong = span_ns(heard(ORIGIN_NS + 500 * HOUR_NS))
    assert wrong is not None
    assert wrong[1] == ORIGIN_NS + 48 * HOUR_NS
    assert span_ns(replace(make_event(), origins=(), preferred_id=None)) is None


@pytest.mark.parametrize(("channel", "was_working"), [("EDH", True), ("BDF", True), ("BHZ", False)])
def test_only_sensors_of_pressure_were_working_hours_later(
    tmp_path: Path, channel: str, was_working: bool
) -> None:
    at_ns = ORIGIN_NS + 2 * HOUR_NS
    stations = Inventory(
        tuple(
            Station(code=code, latitude=latitude, longitude=129.0, elevation_m=0.0)
            for code, latitude in {"S00": 44.0, "OTHER": 10.0}.items()
        )
    )
    start_ns = at_ns - 150 * NS_PER_S
    waves = [recording("S00", "EDH", start_ns), recording("OTHER", channel, start_ns)]
    written = write_reports(Bulletin(events=(heard(at_ns),)), stations, tmp_path, waveforms=waves)
    page = written.pages[0][1].read_text(encoding="utf-8")
    assert ("not associated" in page) is was_working
