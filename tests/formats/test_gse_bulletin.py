"""GSE2.0 bulletins: every line kept or reported, and read back as written."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support_bulletins import plain_bulletins

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.gse_bulletin import FORMAT
from vigie.records import Bulletin, Detection, Event, Origin, format_iso

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "io/gse2/tests/data/bulletin"
NAMES = ["gse_2.0_standard.txt", "gse_2.0_2_begins.txt", "gse_2.0_2_events.txt",
         "gse_2.0_incomplete.txt", "gse_2.0_non_standard.txt", "event.txt"]  # fmt: skip


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.gse", data), strict=strict)


def written(bulletin: Bulletin | None) -> bytes:
    return FORMAT.write(Contents(bulletin=bulletin))[".gse"]


def events_of(contents: Contents) -> tuple[Event, ...]:
    return contents.bulletin.events if contents.bulletin else ()


@pytest.fixture
def standard(obspy_data: Path) -> bytes:
    return (obspy_data / FOLDER / "gse_2.0_standard.txt").read_bytes()


def test_reviewed_bulletin_of_1995(standard: bytes) -> None:
    contents = read(standard, strict=True)
    (event,) = events_of(contents)
    origin = event.origin
    assert origin is not None
    assert origin.ellipse is not None
    assert (event.id, event.region) == ("280435", "GREECE-ALBANIA BORDER REGION")
    assert format_iso(origin.time_ns) == "1995-01-16T07:26:52.400Z"
    assert (origin.latitude, origin.longitude, origin.depth_km) == (39.45, 20.44, 66.8)
    assert origin.depth_sigma_km == pytest.approx(83.8 / 1.6449, rel=1e-4)
    assert (origin.rms_s, origin.time_sigma_s, origin.gap_deg) == (0.53, 12.69, 322.0)
    ellipse = origin.ellipse
    assert (ellipse.semi_major_km, ellipse.semi_minor_km, ellipse.strike_deg) == (93.6, 83.7, 27.0)
    assert (origin.author, origin.id, origin.event_type) == ("GSE_IDC", "282672", "ke")
    associations = [a for _, a in event.arrivals()]
    assert len(associations) == origin.n_defining == 9
    assert sum(a.time_defining for a in associations) == 8
    assert sum(a.azimuth_defining for a in associations) == 1
    assert [(m.type, m.value, m.n_stations, len(m.stations)) for m in event.magnitudes] == [
        ("mb", 3.6, 3, 3),
        ("ML", 4.0, 1, 1),
    ]
    first = event.detections[0]
    assert (first.station, first.phase, first.analysis, first.onset) == ("GERES", "P", "m", "e")
    assert format_iso(first.time_ns) == "1995-01-16T07:29:20.700Z"
    assert contents.issues == ()


@pytest.mark.parametrize("name", NAMES)
def test_real_files_are_read_and_written_back(name: str, obspy_data: Path) -> None:
    source = Source(name, (obspy_data / FOLDER / name).read_bytes())
    assert detect_format(source).name == "gse_bulletin"
    contents = FORMAT.read(source)
    # Of the station magnitudes of one file, two are of a type that its origin does not have.
    assert len(contents.issues) == (2 if name == "gse_2.0_non_standard.txt" else 0)
    counts = {"gse_2.0_incomplete.txt": [3], "event.txt": [14], "gse_2.0_standard.txt": [9]}
    assert [len(e.detections) for e in events_of(contents)] == counts.get(name, [9, 7])
    data = written(contents.bulletin)
    assert read(data, strict=True).bulletin == contents.bulletin
    assert written(read(data).bulletin) == data


def test_variants_of_national_centres(obspy_data: Path) -> None:
    (event,) = events_of(read((obspy_data / FOLDER / "event.txt").read_bytes()))
    assert event.origin is not None
    assert (event.origin.author, event.origin.depth_fixed) == ("bulletin_ldg", True)
    second = event.detections[1]
    assert (second.amplitude_nm, second.period_s) == (32.4, 0.24)
    assert [len(m.stations) for m in event.magnitudes] == [3, 2]


def test_obspy_reads_our_output_with_equal_content(standard: bytes) -> None:
    from obspy import read_events

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = read_events(io.BytesIO(standard), format="GSE2")
        ours = read_events(io.BytesIO(written(read(standard).bulletin)), format="GSE2")
    (one,), (other,) = theirs, ours
    assert [(p.time, p.phase_hint, p.waveform_id.station_code) for p in one.picks] == [
        (p.time, p.phase_hint, p.waveform_id.station_code) for p in other.picks
    ]
    mine, twin = one.origins[0], other.origins[0]
    assert (mine.time, mine.latitude, mine.depth) == (twin.time, twin.latitude, twin.depth)
    assert [m.mag for m in one.magnitudes] == [m.mag for m in other.magnitudes]
    assert [(a.time_residual, a.distance) for a in mine.arrivals] == [
        (a.time_residual, a.distance) for a in twin.arrivals
    ]


def test_damaged_lines_are_reported_with_their_number(standard: bytes) -> None:
    lines = standard.decode().splitlines()
    number = next(i for i, line in enumerate(lines) if line.startswith("NORES"))
    lines[number] = lines[number].replace("22.02", "x2.02")
    data = "\n".join(lines).encode()
    contents = read(data)
    assert len(contents.detections) == 8
    assert [i.place for i in contents.issues] == [f"line {number + 1}"]
    with pytest.raises(BadRecordError, match=f"line {number + 1}"):
        read(data, strict=True)


def test_detections_without_origin_are_a_list() -> None:
    grouped = Detection(id="1", station="A", time_ns=0, analysis="", author="")
    loose = Detection(id="2", station="B", time_ns=10**9, analysis="", author="", phase="P")
    event = Event(id="e", origins=(), detections=(grouped,))
    contents = read(written(Bulletin(events=(event,), detections=(loose,))), strict=True)
    assert contents.bulletin == Bulletin(detections=(loose, grouped))


def test_what_does_not_fit_is_an_error() -> None:
    origin = Origin(id="1", time_ns=0, latitude=0.0, longitude=0.0, depth_km=1e7)
    with pytest.raises(UnwritableError, match="depth_km"):
        written(Bulletin(events=(Event(id="1", origins=(origin,)),)))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
@given(plain_bulletins())
def test_what_was_read_is_written_and_read_the_same(bulletin: Bulletin) -> None:
    first = read(written(bulletin), strict=True)
    data = written(first.bulletin)
    assert read(data).bulletin == first.bulletin
    assert written(read(data).bulletin) == data


SEED = b"""BEGIN GSE2.0
DATA_TYPE BULLETIN GSE2.0
title
EVENT 280435
   Date       Time       Latitude Longitude    Depth    Ndef Nsta Gap    Mag1  N
1995/01/16 07:26:52.4     39.4500   20.4400     66.8       9    8 322  mb 3.6  3
      0.53   +- 12.69      93.6   83.7   27    +- 83.8   10.56  78.21   +-0.2
GREECE
Sta    Dist   EvAz     Phase       Date      Time     TRes  Azim  AzRes  Slow  SRes Def
NORES  22.02 161.4     P       1995/01/16 07:31:41.2   0.3 155.0   -6.4  11.5   0.7 T
STOP
"""


@given(st.binary(max_size=40), st.integers(0, len(SEED)), st.integers(0, 60))
def test_damaged_bulletins_never_crash(noise: bytes, at: int, cut: int) -> None:
    read(SEED[:at] + noise + SEED[at + cut :])
    read(noise)
    FORMAT.detect(noise, "x")


def test_the_azimuth_of_the_event_is_that_from_the_station(standard: bytes) -> None:
    (event,) = events_of(read(standard))
    for detection, association in event.arrivals():
        assert association.esaz_deg is None
        if association.azimuth_residual_deg is not None:
            expected = (detection.azimuth_deg or 0.0) - association.azimuth_residual_deg
            assert association.seaz_deg == pytest.approx(expected, abs=0.2)


def test_a_file_whose_azimuths_are_those_from_the_event_is_read_so(standard: bytes) -> None:
    def turn(line: str) -> str:
        if not line[14:18].strip().replace(".", "").isdigit() or "1995/01/16" not in line[30:45]:
            return line
        return f"{line[:13]}{(float(line[13:18]) + 180.0) % 360.0:5.1f}{line[18:]}"

    turned = "\n".join(turn(line) for line in standard.decode().split("\n")).encode()
    contents = read(turned)
    (event,) = events_of(contents)
    assert all(a.seaz_deg is None and a.esaz_deg is not None for _, a in event.arrivals())
    assert [i.code for i in contents.issues] == ["formats.event_azimuth"]
