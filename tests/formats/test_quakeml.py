"""QuakeML through ObsPy: nothing of ours is lost, and its own fields hold what they can."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support_bulletins import plain_bulletins

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.isf import FORMAT as ISF
from vigie.formats.obspy_events import from_obspy, to_obspy
from vigie.formats.quakeml import FORMAT, SC3ML
from vigie.records import (
    Amplitude,
    Association,
    Bulletin,
    Detection,
    Ellipse,
    EllipseKind,
    Event,
    ExcludedElement,
    Magnitude,
    Origin,
    Screening,
    StationMagnitude,
    Verdict,
    YieldRange,
    parse_iso,
)

if TYPE_CHECKING:
    from pathlib import Path

T0 = parse_iso("2016-01-06T01:30:01.038")


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.xml", data), strict=strict)


def written(bulletin: Bulletin | None) -> bytes:
    return FORMAT.write(Contents(bulletin=bulletin))[".quakeml"]


def full_event() -> Event:
    detection = Detection(
        id="ILAR/1",
        station="ILAR",
        network="IM",
        time_ns=T0 + 500 * 10**9,
        time_sigma_s=0.12,
        phase="P",
        azimuth_deg=301.5,
        azimuth_deg_sigma=2.5,
        slowness_s_per_deg=6.5,
        slowness_s_per_deg_sigma=0.4,
        amplitude_nm=12.3,
        amplitude_nm_sigma=1.1,
        period_s=0.7,
        snr=40.0,
        freq_hz=1.4,
        rectilinearity=0.9,
        rectilinearity_sigma=0.05,
        first_motion="c",
        onset="i",
        wave_type_probabilities=(("T", 0.9), ("N", 0.1)),
        amplitudes=(Amplitude(type="A5/2", value=12.3, unit="nm", period_s=0.7),),
        elements=("IL01", "IL02"),
        excluded_elements=(ExcludedElement("IL03", "dead"),),
        method="sta_lta",
    )
    ellipses = (
        Ellipse(kind=EllipseKind.COVERAGE, confidence=0.9, semi_major_km=12.1, semi_minor_km=8.3,
                strike_deg=77.0),
        Ellipse(kind=EllipseKind.CONFIDENCE, confidence=0.9, semi_major_km=15.0,
                semi_minor_km=9.0, strike_deg=70.0),
    )  # fmt: skip
    association = Association(
        detection_id="ILAR/1",
        station="ILAR",
        phase="P",
        delta_deg=53.2,
        seaz_deg=300.9,
        esaz_deg=40.1,
        time_residual_s=-0.25,
        time_defining=True,
        azimuth_defining=True,
        weight=0.8,
        time_error_s=1.2,
    )
    origin = Origin(
        id="o 1",
        time_ns=T0,
        latitude=41.2996,
        longitude=129.0344,
        depth_km=0.0,
        depth_fixed=True,
        depth_reason="default",
        time_sigma_s=0.4,
        covariance=((1.0, 0.0, 0.0, 0.0),) * 4,
        ellipses=ellipses,
        rms_s=0.5,
        weighted_rms=0.9,
        n_defining=9,
        gap_deg=120.0,
        secondary_gap_deg=150.0,
        associations=(association,),
        method="geiger",
        model="ak135",
        event_type="sx",
        score=12.5,
        warnings=("few stations",),
    )
    size = StationMagnitude(
        station="ILAR", type="mb", value=4.7, detection_id="ILAR/1", delta_deg=53.2, phase="P"
    )
    silent = StationMagnitude(station="WRA", type="mb", value=3.9, bound="<", defining=False)
    return Event(
        id="2016/1",
        origins=(origin,),
        detections=(detection,),
        magnitudes=(
            Magnitude(type="mb", value=4.8, sigma=0.1, n_stations=1, origin_id="o 1",
                      stations=(size, silent)),
        ),
        screening=(
            Screening(criterion="depth", verdict=Verdict.INSUFFICIENT_DATA, reason="fixed",
                      params=(("depth", 0.0),)),
        ),
        yields=(
            YieldRange(relation="lanl", kind="chemical", quantity="amplitude", low_kt=0.5,
                       bound=">", stations=("I45",), atmosphere="climatology"),
        ),
        region="NORTH KOREA",
        comments=("a remark",),
    )  # fmt: skip


def test_nothing_of_ours_is_lost() -> None:
    loose = Detection(id="x", station="WRA", time_ns=T0, snr=5.0)
    bulletin = Bulletin(name="SEL1", events=(full_event(),), detections=(loose,), author="me")
    data = written(bulletin)
    assert read(data, strict=True).bulletin == bulletin
    assert written(read(data).bulletin) == data


def test_the_preferred_origin_is_always_named() -> None:
    from obspy import read_events

    event = full_event()
    first, last = event.origins[0], replace(event.origins[0], id="o 2", associations=())
    for preferred_id, named in ((None, "o 2"), ("o 1", "o 1"), ("o 2", "o 2")):
        one = replace(event, origins=(first, last), preferred_id=preferred_id)
        data = written(Bulletin(events=(one,)))
        (twin,) = read_events(io.BytesIO(data))
        places = [o.resource_id for o in twin.origins]
        assert places.index(twin.preferred_origin_id) == ["o 1", "o 2"].index(named)
        assert read(data, strict=True).bulletin == Bulletin(events=(one,))


def test_detections_of_no_event_make_no_event() -> None:
    from obspy import read_events

    loose = (Detection(id="x", station="YKA", time_ns=T0, snr=5.0),)
    both = Bulletin(events=(full_event(),), detections=loose)
    assert len(read_events(io.BytesIO(written(both)))) == 1
    assert read(written(both), strict=True).bulletin == both
    spoilt = written(both).replace(b'"YKA"', b"7")
    assert read(spoilt).bulletin == Bulletin(events=both.events)
    (issue,) = read(spoilt).issues
    assert ("field", "vigie:record") in issue.params
    only = Bulletin(detections=loose)
    assert [len(e.picks) for e in read_events(io.BytesIO(written(only)))] == [1]
    assert read(written(only), strict=True).bulletin == only


def test_fields_of_quakeml_hold_what_they_can() -> None:
    from obspy import read_events

    (event,) = read_events(io.BytesIO(written(Bulletin(events=(full_event(),)))))
    (origin,) = event.origins
    uncertainty = origin.origin_uncertainty
    assert (uncertainty.max_horizontal_uncertainty, uncertainty.confidence_level) == (12100.0, 90.0)
    assert uncertainty.azimuth_max_horizontal_uncertainty == 77.0
    assert (origin.depth, origin.depth_type) == (0.0, "operator assigned")
    (pick,) = event.picks
    assert (pick.backazimuth, pick.horizontal_slowness) == (301.5, 6.5)
    assert pick.horizontal_slowness_errors.uncertainty == 0.4
    (arrival,) = origin.arrivals
    assert (arrival.time_weight, arrival.azimuth, arrival.distance) == (0.8, 40.1, 53.2)
    assert event.amplitudes[0].generic_amplitude == pytest.approx(12.3e-9)
    assert event.amplitudes[0].snr == 40.0
    assert event.magnitudes[0].mag == 4.8
    assert [s.mag for s in event.station_magnitudes] == [4.7, 3.9]
    assert (event.event_type, event.event_type_certainty) == ("explosion", "suspected")


def test_a_change_made_in_quakeml_counts() -> None:
    data = written(Bulletin(events=(full_event(),)))
    moved = data.replace(b"41.2996", b"41.5").replace(b"01:38:21.038", b"01:38:22.038")
    (event,) = (read(moved).bulletin or Bulletin()).events
    assert event.origin
    assert event.origin.latitude == 41.5
    assert event.detections[0].time_ns == T0 + 501 * 10**9


def test_bridge_both_ways() -> None:
    event = full_event()
    assert from_obspy(to_obspy(event)).events == (event,)
    nanosecond = replace(event.detections[0], time_ns=T0 + 1)
    (found,) = from_obspy(to_obspy(Bulletin(detections=(nanosecond,)))).detections
    assert found.time_ns == T0


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=10, deadline=None)
@given(plain_bulletins())
def test_round_trip(bulletin: Bulletin) -> None:
    contents = read(written(bulletin), strict=True)
    assert contents.bulletin == bulletin


@pytest.mark.slow
def test_isf_to_quakeml_and_back(obspy_data: Path) -> None:
    path = obspy_data / "io/iaspei/tests/data/19670130012028.isf"
    bulletin = ISF.read(Source("x", path.read_bytes())).bulletin
    assert read(written(bulletin)).bulletin == bulletin


def test_obspys_records_are_read(obspy_data: Path) -> None:
    names = ["io/quakeml/tests/data/qml-example-1.2-RC3.xml",
             "io/iaspei/tests/data/19670130012028.xml",
             "io/quakeml/tests/data/neries_events.xml",
             "io/quakeml/tests/data/iris_events.xml"]  # fmt: skip
    for name in names:
        source = Source(name, (obspy_data / name).read_bytes())
        assert detect_format(source).name == "quakeml"
        contents = FORMAT.read(source)
        assert contents.bulletin
        assert contents.bulletin.events
        again = FORMAT.read(Source(name, written(contents.bulletin)))
        assert again.bulletin == contents.bulletin


@pytest.mark.data
def test_seiscomp_events(shared_data: Path) -> None:
    folder = shared_data / "arrivals/locsat/events"
    source = Source("gempa2025hdla.xml", (folder / "gempa2025hdla.xml").read_bytes())
    assert detect_format(source).name == "sc3ml"
    contents = SC3ML.read(source, strict=True)
    (event,) = contents.bulletin.events if contents.bulletin else ()
    origin = event.origin
    assert origin
    assert (len(event.arrivals()), origin.n_defining, origin.depth_fixed) == (18, 18, False)
    assert origin.depth_km == pytest.approx(26.270544052124)
    assert (origin.method, origin.model) == ("LOCSAT", "iasp91_scanloc")
    detection, association = event.arrivals()[0]
    assert (detection.station, detection.network, detection.phase) == ("PATCX", "CX", "P")
    assert detection.snr == pytest.approx(156.3500134687755)
    assert association.time_defining
    assert association.time_residual_s == pytest.approx(-0.06246662139892578)
    with pytest.raises(UnwritableError):
        SC3ML.write(contents)


def test_bad_documents_are_reported() -> None:
    data = written(Bulletin(events=(full_event(),)))
    for bad in (data[:900], b"<quakeml>", b"", b"\x00\x01", b"<!DOCTYPE x><quakeml/>"):
        contents = read(bad)
        assert contents.bulletin is None
        assert contents.issues
    with pytest.raises(BadRecordError):
        read(data[:900], strict=True)
    odd = read(data.replace(b"129.0344", b"1290344"))
    assert odd.bulletin == Bulletin(events=())
    assert any(i.place == "event 1" for i in odd.issues)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=30), st.integers(0, 6000))
def test_damaged_documents_never_crash(noise: bytes, at: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(DAMAGED[:at] + noise + DAMAGED[at + len(noise) :])


DAMAGED = written(Bulletin(events=(full_event(),)))


def test_a_preferred_origin_that_is_not_there_is_none() -> None:
    data = (
        b'<?xml version="1.0"?><q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" '
        b'xmlns:q="http://quakeml.org/xmlns/quakeml/1.2"><eventParameters publicID="smi:a/b">'
        b'<event publicID="smi:a/event/1"><preferredOriginID>smi:a/origin/9</preferredOriginID>'
        b"</event></eventParameters></q:quakeml>"
    )
    bulletin = FORMAT.read(Source("x.xml", data)).bulletin
    assert bulletin is not None
    assert bulletin.events[0].preferred_id is None
    again = FORMAT.read(Source("x.xml", FORMAT.write(Contents(bulletin=bulletin))[".quakeml"]))
    assert again.bulletin == bulletin
