"""Which station a recording belongs to, when several sources describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vigie.errors import MissingInputError
from vigie.pipeline.station_book import StationBook, open_book
from vigie.records import Site, Station, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

NOW_NS = parse_iso("2018-06-01")
HEAD = "station,latitude,longitude,elevation_m\n"


def written(path: Path, *rows: str) -> Path:
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return path


def test_the_first_source_counts_and_the_difference_is_said(tmp_path: Path) -> None:
    first = written(tmp_path / "first.csv", "A,10,20,0")
    second = written(tmp_path / "second.csv", "A,11,20,0", "B,5,6,0")
    book = open_book([first, second], with_ims=False)
    station = book.find("A", NOW_NS)
    assert station is not None
    assert station.latitude == 10.0
    (text,) = book.conflicts
    assert "second.csv" in text
    assert "110.6 km" in text or "110.5 km" in text
    assert book.find("B", NOW_NS) is not None


def test_rounding_is_no_conflict(tmp_path: Path) -> None:
    first = written(tmp_path / "first.csv", "A,10.001,20,0")
    second = written(tmp_path / "second.csv", "A,10,20,0")
    assert open_book([first, second], with_ims=False).conflicts == []


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", "A,10,20,0")
    written(tmp_path / "b.csv", "B,11,20,0")
    (tmp_path / "notes.bin").write_bytes(bytes(range(256)))
    book = open_book([tmp_path], with_ims=False)
    assert [s.code for s in book.stations] == ["A", "B"]
    assert "notes.bin" in book.conflicts[0]


def test_a_file_without_stations_is_named(tmp_path: Path) -> None:
    path = tmp_path / "arrivals.csv"
    path.write_text("station,time\nA,2016-01-06T01:30:00Z\n")
    with pytest.raises(MissingInputError, match=r"arrivals\.csv: a list of stations is missing"):
        open_book([path], with_ims=False)
    with pytest.raises(MissingInputError, match="a list of stations is missing"):
        open_book([tmp_path])


def test_what_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"nowhere\.csv"):
        open_book([tmp_path / "nowhere.csv"], with_ims=False)


def test_an_element_finds_its_array_and_the_ims_stands_behind() -> None:
    sites = tuple(
        Site(code=f"KTK{k}", latitude=69.0, longitude=23.2, elevation_m=0.0) for k in (1, 2, 3)
    )
    array = Station(code="KTK", latitude=69.0, longitude=23.2, elevation_m=0.0, sites=sites)
    book = StationBook([array])
    assert book.find("KTK2", NOW_NS) is array
    ims = open_book([]).find("GERES", NOW_NS)
    assert ims is not None
    assert ims.treaty_code == "PS19"
