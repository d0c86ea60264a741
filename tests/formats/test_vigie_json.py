"""vigie JSON keeps everything, says what it holds, and never crashes."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from builders.json_document import PAGE, SCHEMA, page
from hypothesis import given
from hypothesis import strategies as st
from tests.support_bulletins import bulletins

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source
from vigie.formats.vigie_json import FORMAT, detections_document, events_document
from vigie.formats.vigie_json.document import schema
from vigie.records import (
    Amplitude,
    Association,
    BandFeature,
    Bulletin,
    CredibleRegion,
    Detection,
    Event,
    Magnitude,
    Origin,
    Technology,
    parse_iso,
)

TIME = "2016-01-06T01:30:01.038000001Z"


def written(bulletin: Bulletin) -> bytes:
    return FORMAT.write(Contents(bulletin=bulletin))[".json"]


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.json", data), strict=strict)


@given(bulletins())
def test_what_is_written_is_read_back_unchanged(bulletin: Bulletin) -> None:
    data = written(bulletin)
    contents = read(data, strict=True)
    assert contents.bulletin == bulletin
    assert contents.issues == ()
    assert written(contents.bulletin) == data
    assert FORMAT.detect(data[:4096], "x")


def test_magnitudes_stand_with_their_origins_and_keep_their_order() -> None:
    origins = tuple(
        Origin(id=o, time_ns=parse_iso(TIME), latitude=0.0, longitude=0.0, depth_km=0.0)
        for o in ("a", "b")
    )
    sizes = tuple(
        Magnitude(type="mb", value=5.0 + k / 10, origin_id=o)
        for k, o in enumerate(("a", "b", None, "a", "elsewhere"))
    )
    event = Event(id="1", origins=origins, preferred_id="b", magnitudes=sizes)
    data = written(Bulletin(events=(event,)))
    (item,) = json.loads(data)["events"]
    assert [m["value"] for m in item["magnitudes"]] == [5.1, 5.2, 5.4]
    assert [m["value"] for m in item["origins"][0]["magnitudes"]] == [5.0, 5.3]
    assert item["origins"][1]["magnitudes"] is None
    assert read(data).bulletin == Bulletin(events=(event,))
    # Another program may leave out what follows from the place.
    for magnitude in item["origins"][0]["magnitudes"]:
        del magnitude["origin_id"], magnitude["number"]
    head = {"document": "events", "version": 1}
    bulletin = read(json.dumps({"vigie": head, "events": [item]}).encode()).bulletin
    assert bulletin is not None
    assert [m.value for m in bulletin.events[0].magnitudes_of(origins[0])] == [5.0, 5.3]


def test_regions_of_any_shape_are_kept() -> None:
    region = CredibleRegion(
        probability=0.9, outlines=(((10.0, 179.9), (11.0, -179.9), (10.0, -179.5)),)
    )
    origin = Origin(
        id="o", time_ns=parse_iso(TIME), latitude=10.0, longitude=-180.0, depth_km=0.0,
        regions=(region,),
    )  # fmt: skip
    bulletin = Bulletin(events=(Event(id="e", origins=(origin,), preferred_id="o"),))
    assert read(written(bulletin), strict=True).bulletin == bulletin


def test_keys_of_a_detection() -> None:
    detection = Detection(id="d", station="ILAR", time_ns=parse_iso(TIME), azimuth_deg=12.5)
    document = detections_document([detection], extra={"skipped": ["truth.json"]})
    (item,) = document["detections"]
    assert document["vigie"] == {"document": "detections", "version": 1}
    assert document["skipped"] == ["truth.json"]
    assert item["time"] == TIME
    measured = ["azimuth_deg", "slowness_s_per_deg", "amplitude_nm", "period_s", "freq_hz", "snr",
                "duration_s", "rectilinearity"]  # fmt: skip
    for key in ["station", "time", "phase", "elements", "excluded_elements", "masks", *measured]:
        assert key in item
    assert all(f"{key}_sigma" in item for key in ["time", *measured])


def test_what_arrays_of_sound_sensors_and_hydrophones_measure_is_kept() -> None:
    detections = (
        Detection(
            id="i",
            station="I26DE",
            time_ns=parse_iso(TIME),
            technology=Technology.INFRASOUND,
            trace_velocity_m_s=345.0,
            trace_velocity_m_s_sigma=2.0,
            band_hz=(0.5, 2.0),
            p_value=1e-7,
            consistency_s=0.02,
            correlation=0.7,
            family_size=41,
            fisher_ratio=12.5,
            n_elements=7,
            pseudo_period_s=1.25,
        ),
        Detection(
            id="h",
            station="H10N",
            time_ns=parse_iso(TIME),
            technology=Technology.HYDROACOUSTIC,
            class_probabilities=(("H", 0.9), ("T", 0.08), ("N", 0.02)),
            bubble_period_s=0.322,
            bubble_period_s_sigma=0.001,
            ghost_delay_s=0.014,
            band_features=(BandFeature(name="peak_level_db", value=121.0, band_hz=(8.0, 16.0)),),
        ),
    )
    bulletin = Bulletin(detections=detections)
    assert read(written(bulletin), strict=True).bulletin == bulletin
    (sound, water) = detections_document(detections)["detections"]
    assert sound["technology"] == "infrasound"
    assert sound["family_size"] == 41
    assert water["class_probabilities"] == {"H": 0.9, "T": 0.08, "N": 0.02}


def test_keys_of_an_event() -> None:
    arrival = Association(
        detection_id="d", station="ILAR", phase="P", seaz_deg=270.0, azimuth_defining=True
    )
    origin = Origin(
        id="o", time_ns=0, latitude=1.0, longitude=2.0, depth_km=0.0, associations=(arrival,)
    )
    detection = Detection(id="d", station="ILAR", time_ns=10**9, slowness_s_per_deg=7.0)
    document = events_document([Event(id="e", origins=(origin,), detections=(detection,))])
    (event,) = document["events"]
    assert event["origin"]["time"] == "1970-01-01T00:00:00.000Z"
    for key in ["latitude", "longitude", "depth_km", "depth_fixed", "depth_reason",
                "time_sigma_s", "depth_sigma_km", "ellipse", "ellipses"]:  # fmt: skip
        assert key in event["origin"]
    (item,) = event["arrivals"]
    assert item["azimuth_deg"] == 270.0
    assert item["slowness_s_per_deg"] == 7.0
    assert item["defining"] is True
    assert {"magnitudes", "screening", "origins", "detections"} <= set(event)


def test_no_nan_is_ever_written() -> None:
    detection = Detection(id="d", station="A", time_ns=0, snr=math.nan, period_s=math.inf)
    (item,) = detections_document([detection])["detections"]
    assert item["snr"] is None
    assert item["period_s"] is None
    amplitude = Amplitude(type="A5/2", value=math.nan, unit="nm")
    with pytest.raises(UnwritableError, match="value = nan"):
        detections_document([Detection(id="d", station="A", time_ns=0, amplitudes=(amplitude,))])


def test_a_document_of_another_program_needs_only_the_essential_keys() -> None:
    document = {
        "vigie": {"document": "events"},
        "events": [
            {
                "origin": {"time": TIME, "latitude": 41.0, "longitude": 129.0},
                "arrivals": [{"station": "ILAR", "phase": "P", "time": TIME, "defining": True}],
            }
        ],
    }
    contents = read(json.dumps(document).encode(), strict=True)
    (event,) = contents.bulletin.events if contents.bulletin else ()
    ((detection, association),) = event.arrivals()
    assert (detection.station, detection.phase) == ("ILAR", "P")
    assert association.time_defining


def test_a_bad_record_harms_no_other() -> None:
    document = {
        "vigie": {"document": "detections"},
        "detections": [
            {"station": "A", "time": "yesterday"},
            {"station": "B", "time": TIME},
            {"time": TIME},
        ],
    }
    data = json.dumps(document).encode()
    contents = read(data)
    assert [d.station for d in contents.detections] == ["B"]
    assert [issue.place for issue in contents.issues] == ["detections[0]", "detections[2]"]
    with pytest.raises(BadRecordError, match=r"detections\[0\]"):
        read(data, strict=True)


def test_schema_and_page_on_file_are_those_of_the_code() -> None:
    assert SCHEMA.read_text() == json.dumps(schema(), indent=1) + "\n"
    assert PAGE.read_text() == page(schema())


@given(st.binary(max_size=60), st.integers(0, 200))
def test_damaged_documents_are_reported_not_raised(noise: bytes, at: int) -> None:
    detection = Detection(id="d", station="ILAR", time_ns=parse_iso(TIME))
    data = written(Bulletin(detections=(detection,)))
    read(data[:at] + noise + data[at + len(noise) :])
    read(noise)


def test_deep_nesting_is_an_issue() -> None:
    data = b'{"vigie":{"document":"events"},"events":[' + b"[" * 100_000
    assert read(data).issues


def test_newer_versions_are_said_to_be_newer() -> None:
    data = msgspec.json.encode({"vigie": {"document": "events", "version": 99}})
    assert read(data).issues[0].severity == "notice"
