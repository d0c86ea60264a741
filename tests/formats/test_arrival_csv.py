"""Arrival and event lists as CSV: accepted names, bad rows, groups, round trips."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_bulletins import CODES, PHASES, TEXTS, TIMES

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.arrival_csv import FORMAT
from vigie.formats.event_csv import FORMAT as EVENTS
from vigie.records import Bulletin, ChannelId, Detection, Event, parse_iso

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str | bytes, *, strict: bool = False) -> Contents:
    data = text.encode() if isinstance(text, str) else text
    return FORMAT.read(Source("arrivals.csv", data), strict=strict)


def test_names_of_the_issue_are_read() -> None:
    contents = read(
        "station,time,phase,azimuth_deg,azimuth_deg_sigma,slowness_s_per_deg,"
        "slowness_s_per_deg_sigma,amplitude_nm,amplitude_nm_sigma,period_s,snr,time_sigma\n"
        "ILAR,2016-01-06T01:30:01.5Z,P,300,2,7.5,0.5,12.5,1,0.8,55,0.1\n"
        "MDJ,1452043801.25,,,,,,,,,,\n",
        strict=True,
    )
    first, second = contents.detections
    assert first == Detection(
        id="ILAR-2016-01-06T01:30:01.500Z",
        station="ILAR",
        time_ns=parse_iso("2016-01-06T01:30:01.5"),
        time_sigma_s=0.1,
        phase="P",
        azimuth_deg=300.0,
        azimuth_deg_sigma=2.0,
        slowness_s_per_deg=7.5,
        slowness_s_per_deg_sigma=0.5,
        amplitude_nm=12.5,
        amplitude_nm_sigma=1.0,
        period_s=0.8,
        snr=55.0,
        author="",
        analysis="",
    )
    assert second.phase is None
    assert second.time_ns == parse_iso("2016-01-06T01:30:01.25")


def test_aliases_are_read() -> None:
    text = "sta,net,loc,cha,phase_reported,backazimuth_deg,time,deltim\nA,IU,00,BHZ,Pn,10,0,0.5\n"
    (detection,) = read(text, strict=True).detections
    assert detection.channel == ChannelId("IU", "A", "00", "BHZ")
    assert (detection.phase, detection.azimuth_deg, detection.time_sigma_s) == ("Pn", 10.0, 0.5)


def test_columns_of_css_and_locoo3d_are_read_and_minus_one_is_unknown() -> None:
    text = (
        "#ARID\tSTA\tTIME\tDELTIM\tAZIMUTH\tDELAZ\tSLOW\tDELSLO\n"
        "1\tSPITS\t1518057003.4625\t0.12\t324.24611\t7.053365\t8.880805\t1.092576\n"
        "2\tMAW\t1518057003\t-1.000\t-1\t-1.0\t-1.00\t-999\n"
    )
    contents = read(text, strict=True)
    first, second = contents.detections
    assert (first.azimuth_deg, first.azimuth_deg_sigma) == (324.24611, 7.053365)
    assert (first.slowness_s_per_deg, first.slowness_s_per_deg_sigma) == (8.880805, 1.092576)
    assert first.time_sigma_s == 0.12
    assert (second.azimuth_deg, second.slowness_s_per_deg, second.time_sigma_s) == (None,) * 3
    assert (second.azimuth_deg_sigma, second.slowness_s_per_deg_sigma) == (None, None)
    assert contents.issues == ()


def test_columns_that_name_their_unit_come_before_those_of_css() -> None:
    (detection,) = read("sta,time,azimuth,azimuth_deg\nA,0,10,20\n", strict=True).detections
    assert detection.azimuth_deg == 20.0


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("2014-05-13", "without a time of day"), ("20140513", "a date"), ("noon", "a time such as")],
)
def test_a_time_that_is_none_is_told_with_its_row(cell: str, reason: str) -> None:
    contents = read(f"sta,time,phase\nA,{cell},P\nB,2014-133T16:57:20Z,P\n")
    assert [d.time_ns for d in contents.detections] == [parse_iso("2014-05-13T16:57:20Z")]
    assert [i.place for i in contents.issues] == ["line 2"]
    assert reason in contents.issues[0].text


def test_the_event_column_groups() -> None:
    contents = read("event,station,time\n8,A,0\n,B,1\n9,C,2\n8,D,3\n", strict=True)
    bulletin = contents.bulletin
    assert bulletin is not None
    assert [(e.id, e.origins, [d.station for d in e.detections]) for e in bulletin.events] == [
        ("8", (), ["A", "D"]),
        ("9", (), ["C"]),
    ]
    assert [d.station for d in bulletin.detections] == ["B"]


def test_bad_rows_are_reported_with_their_line() -> None:
    text = "station,time,snr\nA,0,1\n,1,2\nB,never,3\nC,4,loud\nD,5,6,7\nE,6,7\n"
    contents = read(text)
    assert [d.station for d in contents.detections] == ["A", "C", "E"]
    assert [i.place for i in contents.issues] == ["line 3", "line 4", "line 5", "line 6"]
    with pytest.raises(BadRecordError, match="line 3"):
        read(text, strict=True)


def test_repeated_ids_stay_apart() -> None:
    contents = read("id,station,time,phase\nx,A,0,P\nx,B,1,P\n,C,2,P\n,C,2,S\n")
    ids = [d.id for d in contents.detections]
    assert len(set(ids)) == 4
    assert ids[2:] == ["C-1970-01-01T00:00:02.000Z", "C-1970-01-01T00:00:02.000Z-5"]
    assert [i.place for i in contents.issues] == ["line 3"]


@pytest.mark.parametrize(
    ("column", "bad", "good"),
    [
        ("azimuth_deg", "370", "360"),
        ("azimuth_deg_sigma", "0", "5"),
        ("slowness_s_per_deg", "-1", "0"),
        ("time_sigma", "-3", "0.1"),
        ("period_s", "-1", "0.5"),
        ("snr", "-0.1", "0"),
        ("rectilinearity", "1.1", "1"),
        ("amplitude_nm", "-2", "2"),
    ],
)
def test_values_out_of_range_are_bad_records(column: str, bad: str, good: str) -> None:
    text = f"station,time,{column}\nA,0,{good}\nB,1,{bad}\n"
    first, second = read(text).detections
    name = "time_sigma_s" if column == "time_sigma" else column
    assert (getattr(first, name), getattr(second, name)) == (float(good), None)
    (issue,) = read(text).issues
    assert (issue.place, issue.severity) == ("line 3", "warning")
    with pytest.raises(BadRecordError, match=column):
        read(text, strict=True)


def test_negative_azimuths_are_turned() -> None:
    contents = read("station,time,azimuth_deg\nA,0,-90\nB,1,-400\n")
    assert [d.azimuth_deg for d in contents.detections] == [270.0, None]
    assert [(i.place, i.severity) for i in contents.issues] == [
        ("line 2", "notice"), ("line 3", "warning")
    ]  # fmt: skip


def test_a_repeated_row_is_kept_once() -> None:
    text = "event,station,time,phase\n1,A,0,P\n1,A,0,P\n2,A,0,P\n1,A,0,S\n1,A,1,P\n"
    contents = read(text, strict=True)
    assert len(contents.detections) == 4
    (issue,) = contents.issues
    assert (issue.place, issue.severity) == ("line 3", "notice")
    assert "line 2" in issue.text


def test_impossible_depths_are_bad_records() -> None:
    text = b"time,lat,lon,depth_km\n0,1,2,9000\n1,1,2,-11\n2,1,2,700\n3,1,2,\n"
    contents = EVENTS.read(Source("e.csv", text))
    events = contents.bulletin.events if contents.bulletin else ()
    assert [e.origins[0].depth_km for e in events] == [None, None, 700.0, None]
    assert [i.place for i in contents.issues] == ["line 2", "line 3"]


def test_stations_and_events_are_not_claimed() -> None:
    assert not FORMAT.detect(b"station,latitude,longitude,elevation_m\nA,1,2,3\n", "s.csv")
    assert not FORMAT.detect(b"id,origin_time,lat,lon\n", "e.csv")
    assert not EVENTS.detect(b"station,time,lat,lon\n", "e.csv")
    assert FORMAT.detect(b"sta;time;phase\n", "a.csv")
    assert not FORMAT.detect(b"\x00\xffsta,time\n", "a.csv")


def test_event_list() -> None:
    data = b"id,origin_time,lat,lon,depth_km,mag\nx,2017-01-06T05:06:21Z,43.6,-108.7,12.7,3\n"
    contents = EVENTS.read(Source("e.csv", data), strict=True)
    (event,) = contents.bulletin.events if contents.bulletin else ()
    assert event.origin is not None
    assert (event.origin.latitude, event.origin.depth_km) == (43.6, 12.7)
    assert event.magnitudes[0].value == 3.0
    with pytest.raises(UnwritableError):
        EVENTS.write(contents)
    bad = EVENTS.read(Source("e.csv", b"time,lat,lon\n0,91,0\nx,1,2\n0,1,\n"))
    assert [i.place for i in bad.issues] == ["line 2", "line 3", "line 4"]


SIGMAS = st.none() | st.floats(1e-6, 1e6)
PLAIN = TEXTS.map(lambda text: " ".join(text.split()))


@st.composite
def listed(draw: st.DrawFn) -> Bulletin:
    """Draw a bulletin of what an arrival list can hold."""

    def one(number: int, group: str | None) -> Detection:
        network = draw(st.just("") | CODES)
        station = draw(CODES)
        channel = ChannelId(network, station, draw(CODES), draw(CODES))
        return Detection(
            id=f"d{number}",
            station=station,
            network=network,
            channel=draw(st.sampled_from([None, channel])),
            time_ns=draw(TIMES),
            time_sigma_s=draw(SIGMAS),
            phase=draw(st.none() | PHASES),
            azimuth_deg=draw(st.none() | st.floats(0.0, 360.0)),
            snr_sigma=draw(SIGMAS),
            author=draw(PLAIN),
            method=draw(PLAIN),
            analysis=draw(st.sampled_from(["a", "m", ""])),
            group=group,
        )

    names = draw(st.lists(PLAIN.filter(bool), max_size=2, unique=True))
    events = tuple(
        Event(id=name, origins=(), detections=(one(k, name),)) for k, name in enumerate(names)
    )
    loose = tuple(one(10 + k, None) for k in range(draw(st.integers(0, 2))))
    return Bulletin(events=events, detections=loose)


@given(listed())
def test_round_trip(bulletin: Bulletin) -> None:
    data = FORMAT.write(Contents(bulletin=bulletin))[".csv"]
    contents = read(data, strict=True)
    assert contents.bulletin == bulletin
    assert FORMAT.write(contents)[".csv"] == data
    assert FORMAT.detect(data[:4096], "x.csv")


@given(st.text() | st.text().map(lambda text: "station,time,snr\n" + text))
def test_no_text_crashes(text: str) -> None:
    data = text.encode(errors="replace")
    read(data)
    FORMAT.detect(data, "x.csv")
    EVENTS.read(Source("x.csv", data.replace(b"station,time", b"time,lat,lon")))


@pytest.mark.data
def test_real_lists(shared_data: Path) -> None:
    def load(name: str) -> tuple[str, Contents]:
        source = Source(name, (shared_data / name).read_bytes())
        found = detect_format(source)
        return found.name, found.read(source, strict=True)

    name, pool = load("arrivals/engdahl/pool.csv")
    assert name == "arrival_csv"
    # 30 of the 768 rows repeat another: two agencies that read the same.
    assert len(pool.detections) == 738
    name, arrivals = load("arrivals/engdahl/arrivals.csv")
    counts = (
        {e.id: len(e.detections) for e in arrivals.bulletin.events} if arrivals.bulletin else {}
    )
    assert counts == {"8880": 191, "8881": 329, "8883": 60, "8888": 158}
    assert sorted(replace(d, id="", azimuth_deg=None, group=None).time_ns for d in
                  arrivals.detections) == [d.time_ns for d in pool.detections]  # fmt: skip
    for name, count in (("glass3/truth_events", 50), ("../bulletins/leb_2022_h1", 5687)):
        kind, contents = load(f"arrivals/{name}.csv")
        assert kind == "event_csv"
        assert contents.bulletin
        assert len(contents.bulletin.events) == count
    assert load("arrivals/engdahl/stations.csv")[0] == "station_csv"


@pytest.mark.data
def test_depths_in_metres_are_reported_and_the_events_kept(shared_data: Path) -> None:
    name = "bulletins/regional_2022_h1.csv"
    contents = EVENTS.read(Source(name, (shared_data / name).read_bytes()))
    warnings = [issue for issue in contents.issues if issue.severity == "warning"]
    assert len(contents.bulletin.events if contents.bulletin else ()) == 4915
    assert len(warnings) == 35
    assert ("text", "42200.0") in warnings[0].params
