"""InfraPy's lists: spellings of the keys, signed azimuths, arrays without a name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from vigie.errors import BadRecordError, UnwritableError
from vigie.exchange.files import read_file
from vigie.formats import Contents, Source, format_named
from vigie.records import Technology, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = format_named("infrapy_json")
ROW: dict[str, Any] = {
    "Name": "",
    "Peak F-Stat Time (UTC)": "2004-06-02T17:42:14",
    "F Statistic": 41.0,
    "Trace Velocity (m/s)": 350.0,
    "Back Azimuth": -125.6,
    "Latitude": 42.7668,
    "Longitude": -109.5939,
    "Elevation": -999.0,
    "Start": -5,
    "End": 25,
    "Array Dimension": 4,
    "Event": "",
}


def read(*rows: object, name: str = "x y.dets.json", strict: bool = False) -> Contents:
    return FORMAT.read(Source(name, json.dumps(rows).encode()), strict=strict)


def test_a_detection_has_what_the_list_says() -> None:
    (detection,) = read(ROW).detections
    assert detection.time_ns == parse_iso("2004-06-02T17:42:14Z")
    assert detection.azimuth_deg == pytest.approx(234.4)
    assert detection.slowness_s_per_deg == pytest.approx(111.195 / 0.35, rel=1e-4)
    assert detection.snr == pytest.approx(10.0**0.5)
    assert detection.duration_s == 30.0
    assert detection.technology is Technology.INFRASOUND
    assert detection.phase == "I"


def test_arrays_are_called_by_name_by_file_or_by_place() -> None:
    assert read(ROW | {"Name": "W220"}).stations[0].code == "W220"
    assert read(ROW, name="I57US.dets.json").stations[0].code == "I57US"
    codes = [s.code for s in read(ROW, ROW | {"Latitude": -5.0}, name="I57US.json").stations]
    assert codes == ["N4277W10959", "S0500W10959"]
    assert read(ROW).stations[0].elevation_m == 0.0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"Latitude": None}, "position"),
        ({"Longitude": 1e999}, "position"),
        ({"Peak F-Stat Time (UTC)": "yesterday"}, "time"),
        ({"Back Azimuth": 1000.0}, "Azimuth"),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_is_read(change: dict[str, Any], word: str) -> None:
    contents = read(ROW | change, ROW)
    assert word in contents.issues[0].text
    assert contents.detections[-1].azimuth_deg == pytest.approx(234.4)
    with pytest.raises(BadRecordError, match="detection 1"):
        read(ROW | change, strict=True)


def test_a_detection_given_twice_is_one() -> None:
    contents = read(ROW, ROW)
    assert len(contents.detections) == 1
    assert contents.issues[0].severity == "notice"


def test_it_is_only_read() -> None:
    with pytest.raises(UnwritableError):
        FORMAT.write(read(ROW))


@pytest.mark.data
def test_published_lists_are_read_whole(shared_data: Path) -> None:
    folder = shared_data / "infrasound"
    uttr = read_file(folder / "uttr" / "example1.dets.json")
    assert (len(uttr.detections), len(uttr.stations), uttr.issues) == (10, 4, ())
    files = sorted((folder / "blom2020").glob("*.json"))
    contents = [read_file(path) for path in files]
    assert sum(len(one.detections) for one in contents) == 28
    assert [s.code for one in contents for s in one.stations] == [
        "DLIAR",
        "I57US",
        "NVIAR",
        "PDIAR",
    ]
