"""What is said where no detection could be used."""

from __future__ import annotations

from vigie.cli.events import nothing_usable
from vigie.pipeline.station_book import StationBook
from vigie.records import Detection

FOUR = [Detection(id=code, station=code, time_ns=0, phase="P") for code in ("A1", "A2", "B", "C")]


def test_stations_without_position_are_named() -> None:
    told = nothing_usable(FOUR, [(d.id, "unknown_station") for d in FOUR], StationBook())
    assert told is not None
    assert "none of the 4 detections can be used" in told
    assert "A1, A2, B, C" in told


def test_onsets_of_a_refused_event_were_used() -> None:
    skipped = [("A1", "unknown_station"), ("A2", "refused_no_place"), ("B", "refused_no_place")]
    assert nothing_usable(FOUR, [*skipped, ("C", "refused_no_place")], StationBook()) is None
