"""CSS3.0 bulletin tables: joined, tolerant of what is missing, read back as written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support_bulletins import plain_bulletins

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.css_bulletin import FORMAT
from vigie.formats.css_bulletin._tables import LAYOUTS
from vigie.formats.fixed_columns import new_row, write_table
from vigie.formats.losses import losses_of
from vigie.records import (
    Amplitude,
    Association,
    Bulletin,
    ChannelId,
    Detection,
    Ellipse,
    EllipseKind,
    Event,
    Magnitude,
    Origin,
    StationMagnitude,
    parse_iso,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vigie.formats.fixed_columns import Value

T0 = parse_iso("2016-01-06T01:30:01.038")


def source(files: Mapping[str, bytes], entry: str) -> Source:
    named = {f"day{ending}": data for ending, data in files.items()}
    return Source(f"day{entry}", named[f"day{entry}"], named.get)


def read_all(files: Mapping[str, bytes], entry: str | None = None) -> Contents:
    return FORMAT.read(source(files, entry or next(iter(files))), strict=True)


def reviewed() -> Bulletin:
    detection = Detection(
        id="71", station="ILAR", time_ns=T0 + 500 * 10**9, time_sigma_s=0.125, phase="P",
        channel=ChannelId("", "ILAR", "", "cb"), azimuth_deg=301.25, azimuth_deg_sigma=2.5,
        slowness_s_per_deg=6.5, slowness_s_per_deg_sigma=0.75, rectilinearity=0.875,
        amplitude_nm=12.25, period_s=0.75, snr=40.5, first_motion="c", onset="i", analysis="",
        amplitudes=(Amplitude(type="A5/2", value=12.5, unit="nm", period_s=0.5),),
    )  # fmt: skip
    association = Association(
        detection_id="71", station="ILAR", phase="P", delta_deg=53.125, seaz_deg=300.5,
        esaz_deg=40.25, time_residual_s=-0.25, azimuth_residual_deg=0.5, time_defining=True,
        slowness_residual_s_per_deg=-0.25, slowness_defining=True, weight=0.75,
    )  # fmt: skip
    ellipse = Ellipse(kind=EllipseKind.COVERAGE, confidence=0.9, semi_major_km=12.5,
                      semi_minor_km=8.25, strike_deg=77.0)  # fmt: skip
    rows = ((4.0, 0.5, 0.0, 0.25), (0.5, 3.0, 0.0, 0.5), (0.0, 0.0, 0.0, 0.0),
            (0.25, 0.5, 0.0, 1.0))  # fmt: skip
    origin = Origin(
        id="5", time_ns=T0, latitude=41.2996, longitude=129.0344, depth_km=0.0, depth_fixed=True,
        depth_reason="default", covariance=rows, ellipses=(ellipse,), weighted_rms=0.875,
        n_defining=9, associations=(association,), method="geiger", model="ak135",
        event_type="sx", analysis="",
    )  # fmt: skip
    size = StationMagnitude(station="ILAR", type="mb", value=4.75, detection_id="71",
                            delta_deg=53.125, phase="P")  # fmt: skip
    sized = Magnitude(
        type="mb", value=4.8, sigma=0.1, n_stations=1, origin_id="5", stations=(size,)
    )
    event = Event(id="3", origins=(origin,), preferred_id="5", detections=(detection,),
                  magnitudes=(sized,), region="NORTH KOREA", comments=("a remark",))  # fmt: skip
    loose = Detection(id="72", station="WRA", time_ns=T0, snr=5.5, analysis="")
    return Bulletin(events=(event,), detections=(loose,))


def test_all_tables_there_and_back() -> None:
    files = FORMAT.write(Contents(bulletin=reviewed()))
    assert list(files) == [".arrival", ".event", ".origin", ".origerr", ".assoc", ".netmag",
                           ".stamag", ".amplitude", ".remark"]  # fmt: skip
    for entry in files:
        contents = read_all(files, entry)
        assert contents.bulletin == reviewed()
        assert detect_format(source(files, entry)).name == "css_bulletin"
    assert FORMAT.write(read_all(files)) == files


def test_amplitude_types_that_do_not_fit_are_not_merged() -> None:
    bulletin = reviewed()
    event = bulletin.events[0]
    types = ("regional:Pn", "regional:Sn", "A5/2")
    amplitudes = tuple(Amplitude(type=one, value=1.5, unit="nm") for one in types)
    detection = replace(event.detections[0], amplitudes=amplitudes)
    one = replace(bulletin, events=(replace(event, detections=(detection,)),))
    contents = Contents(bulletin=one)
    files = FORMAT.write(contents)
    assert [a.type for d in read_all(files).detections for a in d.amplitudes] == ["A5/2"]
    assert losses_of(FORMAT, contents, files) == ("2 of 3 amplitudes are left out",)


def test_columns_are_those_of_the_schema() -> None:
    files = FORMAT.write(Contents(bulletin=reviewed()))
    arrival = files[".arrival"].decode().splitlines()[0]
    assert len(arrival) == 232
    assert arrival[0:6] == "ILAR  "
    assert float(arrival[7:24]) == pytest.approx(1452044301.038)
    assert arrival[35:43] == " 2016006"
    assert (arrival[90:97], arrival[168:170], arrival[182]) == (" 301.25", "c.", "i")
    assoc = files[".assoc"].decode().splitlines()[0]
    assert (assoc[75], assoc[85], assoc[95]) == ("d", "n", "d")


def test_missing_tables_are_done_without() -> None:
    files = FORMAT.write(Contents(bulletin=reviewed()))
    alone = read_all({".arrival": files[".arrival"]})
    assert [d.id for d in alone.detections] == ["71", "72"]
    assert alone.bulletin
    assert alone.bulletin.events == ()
    no_origin = read_all({".arrival": files[".arrival"], ".assoc": files[".assoc"]})
    assert no_origin.bulletin
    (event,) = no_origin.bulletin.events
    assert (event.id, event.origins, [d.id for d in event.detections]) == ("5", (), ["71"])
    no_netmag = {k: v for k, v in files.items() if k not in (".netmag", ".stamag")}
    (event,) = (read_all(no_netmag).bulletin or Bulletin()).events
    assert [(m.type, m.value, m.origin_id) for m in event.magnitudes] == [("mb", 4.8, "5")]


def test_classic_columns_are_read() -> None:
    values: dict[str, dict[str, Value]] = {
        "arrival": {"sta": "KRV", "time": T0, "arid": 1, "iphase": "Pn", "deltim": 0.5},
        "assoc": {"arid": 1, "orid": 2, "sta": "KRV", "phase": "Pn", "timedef": "d"},
        "origin": {"lat": 41.05, "lon": 44.27, "depth": 5.0, "time": T0, "orid": 2, "evid": 3,
                   "dtype": "g", "mb": 5.0},
        "origerr": {"orid": 2, "smajax": 4.09, "sminax": 2.72, "strike": 49.0, "conf": 0.9,
                    "stime": 1.0},
    }  # fmt: skip
    files = {
        f".{table}": write_table([new_row(LAYOUTS[table][1], row)]) for table, row in values.items()
    }
    assert [len(data) - 1 for data in files.values()] == [223, 152, 237, 257]
    (event,) = (read_all(files).bulletin or Bulletin()).events
    origin = event.origin
    assert origin
    assert (origin.latitude, origin.depth_reason, origin.ellipse is not None) == (
        41.05,
        "operator",
        True,
    )
    assert origin.time_sigma_s == pytest.approx(1.0 / 1.6449, abs=1e-4)
    assert event.arrivals()[0][1].time_defining
    assert event.magnitudes[0].value == 5.0


def test_errors_of_another_confidence() -> None:
    row: dict[str, Value] = {"lat": 0.0, "lon": 0.0, "time": T0, "orid": 2}
    error: dict[str, Value] = {"orid": 2, "stime": 1.96, "sdepth": 3.92, "conf": 0.95}
    files = {
        ".origin": write_table([new_row(LAYOUTS["origin"][0], row)]),
        ".origerr": write_table([new_row(LAYOUTS["origerr"][0], error)]),
    }
    (event,) = (read_all(files).bulletin or Bulletin()).events
    assert event.origin
    assert event.origin.time_sigma_s == pytest.approx(1.0, abs=1e-4)
    assert event.origin.depth_sigma_km == pytest.approx(2.0, abs=1e-4)


def test_rows_that_point_nowhere_are_reported() -> None:
    files = FORMAT.write(Contents(bulletin=reviewed()))
    broken = dict(files) | {".arrival": files[".arrival"].splitlines(keepends=True)[1]}
    contents = FORMAT.read(source(broken, ".origin"))
    assert [i.place for i in contents.issues] == ["line 1"]
    assert contents.bulletin
    assert contents.bulletin.events[0].arrivals() == ()
    with pytest.raises(BadRecordError, match="assoc"):
        FORMAT.read(source(broken, ".origin"), strict=True)


def test_ids_that_are_no_numbers_are_numbered() -> None:
    long = Detection(id="ILAR/P", station="ILAR", time_ns=T0, analysis="")
    one = Detection(id="1", station="MDJ", time_ns=T0, analysis="")
    contents = read_all(FORMAT.write(Contents(bulletin=Bulletin(detections=(long, one)))))
    assert [(d.id, d.station) for d in contents.detections] == [("2", "ILAR"), ("1", "MDJ")]


def test_columns_count_bytes() -> None:
    origin = Origin(id="5", time_ns=T0, latitude=0.0, longitude=0.0, depth_km=0.0,
                    author="Bond\u00e1r" * 4, analysis="")  # fmt: skip
    event = Event(id="3", origins=(origin,), region="\u00e9" * 40, comments=("\u00e1b" * 50,))
    first = read_all(FORMAT.write(Contents(bulletin=Bulletin(events=(event,)))))
    (found,) = (first.bulletin or Bulletin()).events
    assert found.region == "\u00e9" * 16
    assert "".join(found.comments) == event.comments[0]
    assert read_all(FORMAT.write(first)).bulletin == first.bulletin


def test_codes_that_do_not_fit_are_an_error() -> None:
    detection = Detection(id="1", station="MUCHTOOLONG", time_ns=T0)
    with pytest.raises(UnwritableError, match="sta"):
        FORMAT.write(Contents(bulletin=Bulletin(detections=(detection,))))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
@given(plain_bulletins())
def test_what_was_read_is_written_and_read_the_same(bulletin: Bulletin) -> None:
    first = read_all(FORMAT.write(Contents(bulletin=bulletin)))
    files = FORMAT.write(first)
    assert read_all(files).bulletin == first.bulletin
    assert FORMAT.write(read_all(files)) == files


@given(st.sampled_from(sorted(LAYOUTS)), st.binary(max_size=40), st.integers(0, 300))
def test_damaged_tables_never_crash(table: str, noise: bytes, at: int) -> None:
    files = dict(FORMAT.write(Contents(bulletin=reviewed())))
    data = files[f".{table}"]
    files[f".{table}"] = data[:at] + noise + data[at + len(noise) :]
    FORMAT.read(source(files, ".arrival"))
    FORMAT.detect(noise, f"x.{table}")


def test_other_tables_are_not_claimed(obspy_data: Path) -> None:
    folder = obspy_data / "io/css/tests/data"
    for name in ("station/default.site", "station/default.sitechan", "test_css.wfdisc"):
        assert not FORMAT.detect((folder / name).read_bytes()[:4096], name)
