"""Detections of recordings of rock and sea become one event in the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tests.network.support_hydro_events import AROUND, TIME_NS, TRIPLETS, WRECK, arrivals

from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.infrasound import Climatology
from vigie.pipeline.detect import DetectRun, StationRun
from vigie.pipeline.events import make_events
from vigie.pipeline.sound_events import join_sound
from vigie.pipeline.station_book import StationBook
from vigie.records import ChannelId, Detection, Waveform
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    import pytest

    from vigie.pipeline.media import Media

P_CODES = ("PLCA", "LPAZ", "CPUP", "BDFB", "BOSA", "DBIC")


def station_run(d: Detection) -> StationRun:
    """Return a station with one detection, and a second of its recording."""
    channel = ChannelId("IM", d.station, "", "EDH" if d.phase == "H" else "BHZ")
    waveform = Waveform(channel, TIME_NS, 10.0, np.zeros(10))
    return StationRun(d.station, (waveform,), (d,), (), ())


def test_h_of_recordings_joins_the_event_of_their_p() -> None:
    found = [*arrivals(TRIPLETS), *arrivals(P_CODES, phase="P", sigma_s=0.5)]
    book = StationBook()
    book.add(ims_inventory().stations)
    told: list[str] = []
    made = make_events(
        DetectRun([station_run(d) for d in found]), book, AROUND.ground, report=told.append
    )
    (event,) = made.bulletin.events
    assert told == [event.id]
    assert {d.id for d in event.detections} == {d.id for d in found}
    assert event.origin is not None
    away = distance_azimuths(*WRECK[:2], event.origin.latitude, event.origin.longitude)[0]
    assert float(away) * KM_PER_DEG < 5.0
    assert made.counts["events_with_hydroacoustics"] == 1
    assert event.region == "SOUTH ATLANTIC OCEAN"


def test_the_atmosphere_that_is_given_is_that_of_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Climatology()
    seen: list[object] = []

    def join(
        found: object, parts: object, heard: object, media: Media, definition: object
    ) -> object:
        seen.append(media.atmosphere)
        return join_sound(found, parts, heard, media, definition)  # type: ignore[arg-type]

    monkeypatch.setattr("vigie.pipeline.events.join_sound", join)
    book = StationBook()
    book.add(ims_inventory().stations)
    run = DetectRun([station_run(d) for d in arrivals(TRIPLETS)])
    make_events(run, book, AROUND.ground, atmosphere=given)
    make_events(run, book, AROUND.ground)
    assert seen == [given, None]
