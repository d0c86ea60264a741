"""Recordings from a folder, an SDS archive and a web service."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.exchange import Selection, open_intake
from vigie.formats import Contents, format_named
from vigie.records import ChannelId, Waveform, parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_NS = parse_iso("2016-01-06T01:30:00Z")
WLF = ChannelId("GE", "WLF", "", "BHZ")


def waveform(channel: ChannelId = WLF, start_ns: int = START_NS, n: int = 400) -> Waveform:
    samples = (1000.0 * np.sin(np.arange(n) / 7.0)).astype(np.int32)
    return Waveform(channel, start_ns, 20.0, samples)


def mseed(*waveforms: Waveform) -> bytes:
    (data,) = format_named("mseed").write(Contents(waveforms=waveforms)).values()
    return data


def test_a_folder_is_read_and_foreign_files_are_listed_unopened(tmp_path: Path) -> None:
    (tmp_path / "a.mseed").write_bytes(mseed(waveform()))
    (tmp_path / "truth.json").write_bytes(b"\x00 not even JSON")
    (tmp_path / "stations.csv").write_text("station,latitude,longitude\nWLF,49.7,6.2\n")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)))
    (tmp_path / "empty.mseed").write_bytes(b"")
    intake = open_intake([str(tmp_path)])
    (batch,) = intake.batches()
    assert batch.station == "WLF"
    assert batch.waveforms[0].same_as(waveform())
    skipped = {s.path.rsplit("/", 1)[-1]: s.reason for s in intake.skipped}
    assert set(skipped) == {"truth.json", "stations.csv", "noise.bin", "empty.mseed"}
    assert "not opened" in skipped["truth.json"]
    assert intake.issues == []


@pytest.mark.parametrize("sub", ["", "2016/GE/WLF/BHZ.D"])
def test_what_is_no_file_in_a_folder_is_listed_and_never_opened(tmp_path: Path, sub: str) -> None:
    folder = tmp_path / sub
    folder.mkdir(parents=True, exist_ok=True)
    name = "GE.WLF..BHZ.D.2016.006"
    (folder / name).write_bytes(mseed(waveform()))
    os.mkfifo(folder / name.replace("006", "007"))
    (folder / name.replace("006", "008")).symlink_to("nowhere.mseed")
    (folder / name.replace("006", "009")).symlink_to(name.replace("006", "009"))
    (folder / name.replace("006", "010")).symlink_to(folder)
    intake = open_intake([str(tmp_path)])
    (batch,) = intake.batches()
    assert batch.waveforms[0].same_as(waveform())
    assert {s.path[-3:]: s.reason for s in intake.skipped} == {
        "007": "a pipe, socket or device; not opened",
        "008": "a link that leads nowhere",
        "009": "a link that leads nowhere",
        "010": "a link to a folder; not followed",
    }


@pytest.mark.parametrize("name", ["data/day.w", "day.bin"])
def test_samples_that_a_table_points_to_are_not_said_to_be_left_out(
    tmp_path: Path, name: str
) -> None:
    written = format_named("css_waveform").write(Contents(waveforms=(waveform(),)))
    table, samples = written[".wfdisc"], written[".w"]
    folder, _, file = name.rpartition("/")
    row = table.decode()
    own_folder, own_file = row[148:212], row[213:245]
    row = row.replace(own_folder, (folder or ".").ljust(64)).replace(own_file, file.ljust(32))
    (tmp_path / "day.wfdisc").write_text(row)
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(samples)
    (tmp_path / "other.w").write_bytes(samples)
    intake = open_intake([str(tmp_path)])
    (batch,) = intake.batches()
    np.testing.assert_array_equal(batch.waveforms[0].samples, waveform().samples)
    assert [s.path for s in intake.skipped] == [str(tmp_path / "other.w")]


def test_a_file_that_the_user_names_is_opened_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_bytes(mseed(waveform()))
    (batch,) = open_intake([str(path)]).batches()
    assert batch.waveforms[0].same_as(waveform())


def test_a_named_file_without_recordings_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text("station,latitude,longitude,elevation_m\nWLF,49.7,6.2,295\n")
    intake = open_intake([str(path)])
    assert list(intake.batches()) == []
    assert [s.reason for s in intake.skipped] == ["there are no recordings in it"]


def test_what_does_not_exist_is_said(tmp_path: Path) -> None:
    path = tmp_path / "wlf.mseed"
    path.write_bytes(mseed(waveform()))
    nowhere = str(tmp_path / "nowhere")
    intake = open_intake([nowhere, str(path)])
    assert [batch.station for batch in intake.batches()] == ["WLF"]
    assert intake.absent == [nowhere]
    assert [(s.path, s.reason) for s in intake.skipped] == [
        (nowhere, "there is no such file or folder; check the path")
    ]


def test_an_sds_archive_is_read_by_station_and_day(tmp_path: Path) -> None:
    other = ChannelId("GE", "APE", "", "BHZ")
    for channel in (WLF, other):
        for day in (6, 7, 8):
            start_ns = parse_iso(f"2016-01-{day:02d}T12:00:00Z")
            folder = tmp_path / "2016" / "GE" / channel.station / "BHZ.D"
            folder.mkdir(parents=True, exist_ok=True)
            name = f"GE.{channel.station}..BHZ.D.2016.{day:03d}"
            (folder / name).write_bytes(mseed(waveform(channel, start_ns)))
    day_7 = Selection(
        start_ns=parse_iso("2016-01-07T00:00:00Z"), end_ns=parse_iso("2016-01-08T00:00:00Z")
    )
    batches = list(open_intake([str(tmp_path)], day_7).batches())
    assert [b.station for b in batches] == ["APE", "WLF"]
    assert [len(b.waveforms) for b in batches] == [1, 1]
    chosen = Selection(channels=("GE.WLF.*",))
    (batch,) = open_intake([str(tmp_path)], chosen).batches()
    assert batch.station == "WLF"
    assert len(batch.waveforms) == 3


def test_a_selection_cuts_within_a_waveform() -> None:
    second = 10**9
    part = Selection(start_ns=START_NS + 5 * second, end_ns=START_NS + 6 * second).cut(waveform())
    assert part is not None
    assert part.start_ns == START_NS + 5 * second
    assert len(part.samples) == 20


STATION_XML = """<?xml version="1.0"?>
<FDSNStationXML xmlns="http://www.fdsn.org/xml/station/1" schemaVersion="1.1">
<Source>test</Source><Created>2020-01-01T00:00:00</Created>
<Network code="GE"><Station code="WLF" startDate="2000-01-01T00:00:00">
<Latitude>49.6646</Latitude><Longitude>6.1526</Longitude><Elevation>295</Elevation>
<Site><Name>Walferdange</Name></Site></Station></Network></FDSNStationXML>
"""


class Service(BaseHTTPRequestHandler):
    """A web service with one channel of one station."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        """Answer a bulk request."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(f"{self.path} {body}")
        empty = "XX " in body
        answer = mseed(waveform()) if "dataselect" in self.path else STATION_XML.encode()
        self.send_response(204 if empty else 200)
        self.end_headers()
        if not empty:
            self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_web_service_gives_recordings_and_stations(service: str) -> None:
    spec = (
        f"{service}?network=GE&station=WLF&channel=BHZ"
        "&starttime=2016-01-06T01:30:00Z&endtime=2016-01-06T01:31:00Z"
    )
    intake = open_intake([spec])
    (batch,) = intake.batches()
    assert batch.waveforms[0].same_as(waveform())
    assert [s.code for s in intake.stations] == ["WLF"]
    assert "GE WLF * BHZ 2016-01-06T01:30:00" in Service.asked[0]


def test_a_service_without_such_data_says_so(service: str) -> None:
    spec = f"{service}?network=XX&starttime=2016-01-06&endtime=2016-01-07"
    intake = open_intake([spec])
    assert list(intake.batches()) == []
    assert intake.absent == [spec]
    assert "a recording of these codes and this span of time is missing" in intake.skipped[0].reason


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("http://not a host", "this is not the address of an FDSN web service. Write https://"),
        ("http://", "this is not the address of an FDSN web service. Write https://"),
        ("fdsn:NOWHERE", "there is no service 'NOWHERE'. Choose a service that ObsPy knows: "),
        ("http://127.0.0.1:99", "the service gave no answer"),
    ],
)
def test_a_bad_address_is_told_in_a_sentence_and_the_others_go_on(
    tmp_path: Path, spec: str, words: str
) -> None:
    (tmp_path / "a.mseed").write_bytes(mseed(waveform()))
    source = f"{spec}?starttime=2016-01-06&endtime=2016-01-07"
    intake = open_intake([source, str(tmp_path)])
    assert len(list(intake.batches())) == 1
    assert intake.absent == [source]
    assert f"{source} cannot be read: {words}" in intake.skipped[0].reason
    assert ".." not in intake.skipped[0].reason


def test_a_service_needs_a_span(service: str) -> None:
    with pytest.raises(ParameterError, match="span of time"):
        list(open_intake([f"{service}?network=GE"]).batches())
