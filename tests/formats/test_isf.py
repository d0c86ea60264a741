"""IMS1.0/ISF: every line kept or reported, and read back as written."""

from __future__ import annotations

import io
import time
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support_bulletins import plain_bulletins

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, format_named
from vigie.formats.bulletins import n_defining_phases
from vigie.formats.isf import FORMAT
from vigie.formats.isf._layout import ORIGIN, ORIGIN_HEADER, PHASE, PHASE_HEADER
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
    format_iso,
    parse_iso,
)

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN_NS = parse_iso("2016-01-06T23:59:50")


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.isf", data), strict=strict)


def written(bulletin: Bulletin | None) -> bytes:
    return FORMAT.write(Contents(bulletin=bulletin))[".isf"]


def events_of(contents: Contents) -> tuple[Event, ...]:
    return contents.bulletin.events if contents.bulletin else ()


@pytest.fixture
def spitak(obspy_data: Path) -> bytes:
    return (obspy_data / "io/iaspei/tests/data/19670130012028.isf").read_bytes()


@pytest.fixture
def ipec(obspy_data: Path) -> bytes:
    return (obspy_data / "io/iaspei/tests/data/ipe202409sel_ims.txt").read_bytes()


def test_spitak(spitak: bytes) -> None:
    contents = read(spitak, strict=True)
    (event,) = events_of(contents)
    assert (event.id, event.region) == ("840268", "Western Caucasus")
    assert [o.author for o in event.origins] == ["BCIS", "USCGS", "IASPEI", "MOS", "EHB", "ISC"]
    preferred, truth = event.origin, event.origins[2]
    assert preferred is not None
    assert preferred.id == event.preferred_id == "1838613"
    assert (preferred.latitude, preferred.longitude, preferred.depth_km) == (41.09, 44.31, 11.0)
    assert (preferred.depth_fixed, preferred.depth_reason) == (True, "depth_phases")
    assert (truth.n_defining, truth.n_stations, truth.event_type) == (76, 70, "ke")
    assert format_iso(truth.time_ns) == "1967-01-30T01:20:28.170Z"
    assert truth.ellipse is not None
    assert (truth.ellipse.semi_major_km, truth.ellipse.semi_minor_km) == (4.091, 2.719)
    assert truth.depth_reason == "operator"
    # Every phase line is kept: the bulletin has 255.
    assert spitak.count(b" T__ ") + spitak.count(b" ___ ") == len(event.detections) == 255
    assert sum(a.time_defining for _, a in event.arrivals()) == preferred.n_defining == 150
    assert len(event.magnitudes[-1].stations) == event.magnitudes[-1].n_stations == 15
    assert "origin 9093437: Spitak, Armenia" in event.comments
    assert [i.severity for i in contents.issues] == ["notice"]


def test_ipec_reports_bad_lines_and_reads_the_rest(ipec: bytes) -> None:
    contents = read(ipec)
    first, second, third = events_of(contents)
    assert (first.origins, len(first.detections)) == ((), 6)
    assert len(second.arrivals()) == 7
    assert second.magnitudes[0].type == "ML"
    assert "magnitude 1: Scherbaum-Stoll ML formula" in second.comments
    assert (len(third.detections), third.arrivals()) == (8, ())
    assert {i.place: i.severity for i in contents.issues} == {
        "line 10": "notice",
        "line 50": "warning",
    }
    with pytest.raises(BadRecordError, match="line 50"):
        read(ipec, strict=True)


@pytest.mark.parametrize("name", ["spitak", "ipec"])
def test_read_write_read_is_identical(name: str, request: pytest.FixtureRequest) -> None:
    contents = read(request.getfixturevalue(name))
    data = written(contents.bulletin)
    again = read(data)
    assert again.bulletin == contents.bulletin
    assert written(again.bulletin) == data


@pytest.mark.parametrize("name", ["spitak", "ipec"])
def test_obspy_reads_our_output_with_equal_content(
    name: str, request: pytest.FixtureRequest
) -> None:
    from obspy import read_events

    data = request.getfixturevalue(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, ours = (
            read_events(io.BytesIO(data)),
            read_events(io.BytesIO(written(read(data).bulletin))),
        )
    assert len(theirs) == len(ours)
    for one, other in list(zip(theirs, ours, strict=True))[:2]:
        assert len(one.picks) == len(other.picks)
        for p, q in zip(one.picks, other.picks, strict=True):
            assert (p.waveform_id.station_code, p.phase_hint, p.time) == (
                q.waveform_id.station_code,
                q.phase_hint,
                q.time,
            )
            assert (p.polarity, p.onset, p.backazimuth, p.evaluation_mode) == (
                q.polarity,
                q.onset,
                q.backazimuth,
                q.evaluation_mode,
            )
        if not one.magnitudes:
            continue
        for o, r in zip(one.origins, other.origins, strict=True):
            assert (o.time, o.latitude, o.longitude, o.depth) == (
                r.time,
                r.latitude,
                r.longitude,
                r.depth,
            )
            assert [(a.phase, a.distance, a.time_residual, a.time_weight) for a in o.arrivals] == [
                (a.phase, a.distance, a.time_residual, a.time_weight) for a in r.arrivals
            ]
        assert [(m.mag, m.magnitude_type) for m in one.magnitudes] == [
            (m.mag, m.magnitude_type) for m in other.magnitudes
        ]
        assert sorted(m.mag for m in one.station_magnitudes) == sorted(
            m.mag for m in other.station_magnitudes
        )


def one_event(**arrival: object) -> Event:
    detection = Detection(
        id="1",
        station="ILAR",
        time_ns=ORIGIN_NS + 400 * 10**9,
        author="",
        **arrival,  # type: ignore[arg-type]
    )
    association = Association(detection_id="1", station="ILAR", phase="P", time_defining=True)
    origin = Origin(
        id="7",
        time_ns=ORIGIN_NS,
        latitude=41.3,
        longitude=129.0344,
        depth_km=0.0,
        associations=(association,),
        author="vigie",
    )
    return Event(id="E", origins=(origin,), preferred_id="7", detections=(detection,))


@pytest.mark.parametrize("name", ["isf", "gse_bulletin", "css_bulletin", "quakeml"])
def test_defining_phases_are_counted_not_observations(name: str) -> None:
    event = one_event()
    first = replace(event.origins[0].associations[0], azimuth_defining=True, slowness_defining=True)
    detections = tuple(replace(event.detections[0], id=i, station=f"S{i}") for i in "123")
    flags = ((True, True), (False, True), (False, False))
    linked = tuple(
        replace(first, detection_id=d.id, station=d.station, time_defining=t, azimuth_defining=a,
                slowness_defining=False)
        for d, (t, a) in zip(detections, flags, strict=True)
    )  # fmt: skip
    origin = replace(event.origins[0], associations=linked, n_defining=3)
    event = replace(event, detections=detections, origins=(origin,))
    chosen = format_named(name)
    files = chosen.write(Contents(bulletin=Bulletin(events=(event,))))
    if name == "quakeml":
        assert b"<usedPhaseCount>2</usedPhaseCount>" in files[".quakeml"]
        count = 3  # The observations come back.
    else:
        count = 2
    named = {f"x{ending}": data for ending, data in files.items()}
    entry = next(iter(named))
    bulletin = chosen.read(Source(entry, named[entry], named.get), strict=True).bulletin
    assert bulletin is not None
    (read_back,) = bulletin.events
    assert read_back.origin is not None
    assert read_back.origin.n_defining == count
    # Where the arrivals do not account for it, the number stands.
    bare = replace(origin, associations=())
    files = chosen.write(Contents(bulletin=Bulletin(events=(replace(event, origins=(bare,)),))))
    assert n_defining_phases(bare) == 3
    named = {f"x{ending}": data for ending, data in files.items()}
    bulletin = chosen.read(Source(entry, named[entry], named.get), strict=True).bulletin
    assert bulletin is not None
    assert bulletin.events[0].origins[0].n_defining == 3


def test_arrivals_roll_over_midnight_both_ways() -> None:
    after = read(written(Bulletin(events=(one_event(),))))
    assert events_of(after)[0].detections[0].time_ns == ORIGIN_NS + 400 * 10**9
    lines = [
        "DATA_TYPE BULLETIN IMS1.0:short",
        "title",
        "Event        1",
        ORIGIN_HEADER,
        "2016/01/07 00:00:05.00               41.3000  129.0000",
        PHASE_HEADER,
        "KSRS               P        23:59:58.000                                 ___",
        "STOP",
    ]
    (event,) = events_of(read("\n".join(lines).encode(), strict=True))
    assert format_iso(event.detections[0].time_ns) == "2016-01-06T23:59:58.000Z"
    late = one_event()
    far = Detection(id="1", station="I26DE", time_ns=ORIGIN_NS + 30 * 3600 * 10**9)
    with pytest.raises(UnwritableError, match=r"30\.0 h from its origin"):
        written(Bulletin(events=(Event(id="E", origins=late.origins, detections=(far,)),)))


def test_numbers_lose_decimals_before_columns_shift() -> None:
    event = one_event(amplitude_nm=123456789.26, snr=1234.5678, period_s=0.123456789)
    text = written(Bulletin(events=(event,))).decode()
    line = next(line for line in text.splitlines() if line.startswith("ILAR"))
    assert line[77:82] == " 1235"
    assert line[83:92] == "123456789"
    assert line[93:98] == " 0.12"
    small = written(Bulletin(events=(one_event(amplitude_nm=0.012345678901),))).decode()
    assert " 0.01235 " in small
    assert " 99999 " in written(Bulletin(events=(one_event(snr=1e9),))).decode()
    with pytest.raises(UnwritableError, match="amplitude_nm"):
        written(Bulletin(events=(one_event(amplitude_nm=1e12),)))


def test_ellipses_of_another_level_are_written_at_90_percent() -> None:
    event = one_event()
    ellipse = Ellipse(
        kind=EllipseKind.COVERAGE,
        confidence=0.95,
        semi_major_km=10.0,
        semi_minor_km=5.0,
        strike_deg=30.0,
    )
    assert event.origin is not None
    origin = Origin(id="1", time_ns=ORIGIN_NS, latitude=1.0, longitude=2.0, depth_km=None,
                    ellipses=(ellipse,))  # fmt: skip
    (again,) = events_of(read(written(Bulletin(events=(Event(id="E", origins=(origin,)),)))))
    assert again.origin is not None
    found = again.origin.ellipse
    assert found is not None
    # sqrt(4.6052 / 5.9915) = 0.8767
    assert (found.confidence, found.semi_major_km, found.semi_minor_km) == (0.9, 8.8, 4.4)


def test_long_ids_channels_and_comments_survive() -> None:
    channel = ChannelId("IM", "ILAR", "00", "SHZ")
    detection = Detection(
        id="ILAR/2016-01-06/P", station="ILAR", network="IM", channel=channel, phase="P",
        time_ns=ORIGIN_NS, author="", analysis="a", onset="i", first_motion="c",
        amplitudes=(Amplitude(type="A5/2", value=3.25, unit="nm", period_s=0.7),),
    )  # fmt: skip
    origin = Origin(
        id="an origin with a long id",
        time_ns=ORIGIN_NS,
        latitude=41.3,
        longitude=129.0,
        depth_km=0.0,
        associations=(Association(detection_id=detection.id, station="ILAR", phase="P"),),
    )
    heard = StationMagnitude(station="ILAR", type="mb", value=4.5, detection_id=detection.id,
                             phase="P")  # fmt: skip
    silent = StationMagnitude(station="WRA", type="mb", value=3.9, bound="<", delta_deg=60.5)
    event = Event(
        id="2016-01-06/1",
        origins=(origin,),
        preferred_id=origin.id,
        detections=(detection,),
        magnitudes=(
            Magnitude(type="mb", value=4.8, sigma=0.1, n_stations=1, origin_id=origin.id,
                      stations=(heard, silent)),
        ),
        comments=('a "quoted" remark', "arrival ILAR/2016-01-06/P: clear"),
    )  # fmt: skip
    contents = read(written(Bulletin(name="SEL1", events=(event,))), strict=True)
    assert contents.bulletin == Bulletin(name="SEL1", events=(event,))


def test_arrivals_without_event_are_a_list_with_dates() -> None:
    detection = Detection(
        id="d-1", station="FINES", network="IDC_SEIS", time_ns=ORIGIN_NS, phase="P", snr=7.5,
        channel=ChannelId("IDC_SEIS", "FINES", "b", "SHZ"), azimuth_deg=271.5, group="12",
        slowness_s_per_deg=7.9, author="IDC_SEL1", analysis="a", amplitude_nm=1.5, period_s=0.5,
    )  # fmt: skip
    bulletin = Bulletin(detections=(detection,))
    data = written(bulletin)
    assert read(data, strict=True).bulletin == bulletin
    assert FORMAT.detect(data, "x")


def test_columns_of_isf2_are_passed_over_with_one_notice(spitak: bytes) -> None:
    lines = [
        f"{line}  FDSN     IR -- ISC   TIF" if line[73:76] in ("T__", "___") else line
        for line in spitak.decode().splitlines()
    ]
    contents = read("\n".join(lines).encode(), strict=True)
    assert contents.bulletin == read(spitak).bulletin
    assert [i.code for i in contents.issues].count("isf.extended") == 1


def test_lenient_reading_of_damaged_lines(spitak: bytes) -> None:
    lines = spitak.decode().splitlines()
    lines[40] = lines[40].replace("T__", "   T__")
    lines[41] = lines[41][:29] + "25:61:99.0" + lines[41][39:]
    lines[42] = lines[42][:41] + "*****" + lines[42][46:]
    contents = read("\r\n".join(lines).encode("latin-1"))
    (event,) = events_of(contents)
    assert len(event.detections) == 253
    places = [i.place for i in contents.issues if i.severity == "warning"]
    assert places == ["line 41", "line 42", "line 43"]


@pytest.mark.slow
def test_ten_thousand_arrivals_take_less_than_a_second(spitak: bytes) -> None:
    lines = spitak.decode().splitlines()
    head, phases = lines[:36], lines[36:291]
    many = [line[:114] + f"{n:8d}" for n, line in enumerate(phases * 40)]
    data = "\n".join([*head, *many, "STOP"]).encode()
    best = min(_seconds(data) for _ in range(3))
    assert best < 1.0


def _seconds(data: bytes) -> float:
    start = time.process_time()
    assert len(read(data).detections) == 10_200
    return time.process_time() - start


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
@given(plain_bulletins())
def test_what_was_read_is_written_and_read_the_same(bulletin: Bulletin) -> None:
    first = read(written(bulletin))
    assert all(issue.severity == "notice" for issue in first.issues)
    again = written(first.bulletin)
    assert read(again).bulletin == first.bulletin
    assert written(read(again).bulletin) == again


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
@given(plain_bulletins())
def test_nothing_that_has_a_field_is_lost(bulletin: Bulletin) -> None:
    first = read(written(bulletin)).bulletin
    assert first is not None
    for event, found in zip(bulletin.events, first.events, strict=True):
        assert {d.id: d for d in event.detections}.keys() == {d.id for d in found.detections}
        for origin in event.origins:
            twin = next(o for o in found.origins if o.id == origin.id)
            assert (twin.time_ns, twin.latitude, twin.longitude, twin.depth_km) == (
                origin.time_ns,
                origin.latitude,
                origin.longitude,
                origin.depth_km,
            )
            assert twin.ellipses == origin.ellipses
            assert twin.associations == origin.associations
        best = (event.origin and event.origin.id, found.origin and found.origin.id)
        assert best[0] == best[1]
        sizes = [(m.type, m.value, len(m.stations)) for m in event.magnitudes]
        assert sizes == [(m.type, m.value, len(m.stations)) for m in found.magnitudes]


SEED_LINES = [
    "DATA_TYPE BULLETIN IMS1.0:short",
    "title",
    "Event   840268 Western Caucasus",
    ORIGIN_HEADER,
    ORIGIN.format({"date": "1967/01/30", "time": "01:20:28.17", "latitude": 41.0502, "id": "9",
                   "longitude": 44.2685, "semi_major_km": 4.091, "semi_minor_km": 2.719}),
    " (#PRIME)",
    "Magnitude  Err Nsta Author      OrigID",
    "mb     5.0       15 ISC              9",
    PHASE_HEADER,
    PHASE.format({"station": "LJU", "delta_deg": 22.07, "phase": "P", "time": "01:25:25.0",
                  "time_defining": "T", "magnitude_type": "mb", "magnitude": 5.4, "id": "27"}),
    "STOP",
]  # fmt: skip
SEED = "\n".join(SEED_LINES).encode()


@given(st.binary(max_size=40), st.integers(0, len(SEED)), st.integers(0, 60))
def test_damaged_bulletins_never_crash(noise: bytes, at: int, cut: int) -> None:
    contents = read(SEED[:at] + noise + SEED[at + cut :])
    assert contents.bulletin is not None
    read(noise)


SIGMAS = st.none() | st.floats(0.001, 999.0).map(lambda x: float(f"{x:.4g}"))
MEASURED = ("time_sigma_s", "azimuth_deg_sigma", "slowness_s_per_deg_sigma", "amplitude_nm_sigma",
            "period_s_sigma", "snr_sigma", "freq_hz", "freq_hz_sigma", "duration_s",
            "duration_s_sigma", "rectilinearity", "rectilinearity_sigma")  # fmt: skip


@st.composite
def with_sigmas(draw: st.DrawFn) -> Bulletin:
    """Bulletins that fit ISF, with standard errors of all that is measured."""

    def measured(detection: Detection) -> Detection:
        more = tuple(replace(a, sigma=draw(SIGMAS)) for a in detection.amplitudes)
        values: dict[str, Any] = {name: draw(SIGMAS) for name in MEASURED}
        return replace(detection, amplitudes=more, **values)

    def sized(magnitude: Magnitude) -> Magnitude:
        stations = tuple(replace(s, sigma=draw(SIGMAS)) for s in magnitude.stations)
        return replace(magnitude, stations=stations)

    plain = draw(plain_bulletins())
    events = tuple(
        replace(
            event,
            detections=tuple(measured(d) for d in event.detections),
            magnitudes=tuple(sized(m) for m in event.magnitudes),
        )
        for event in plain.events
    )
    return replace(plain, events=events, detections=tuple(map(measured, plain.detections)))


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(with_sigmas())
def test_standard_errors_are_written_and_read(bulletin: Bulletin) -> None:
    data = written(bulletin)
    again = read(data).bulletin
    assert again is not None
    assert written(again) == data
    before, after = (
        {d.id: d for d in (*(d for e in b.events for d in e.detections), *b.detections)}
        for b in (bulletin, again)
    )
    for key, detection in before.items():
        for name in MEASURED:
            assert getattr(after[key], name) == getattr(detection, name), name
        # Arrivals of no event have no lines for further amplitudes.
        wanted = [a.sigma for a in detection.amplitudes] if key[0] != "9" else []
        assert [a.sigma for a in after[key].amplitudes] == wanted
    sizes = [
        sorted(
            (s.detection_id or "", s.sigma or 0.0)
            for e in b.events for m in e.magnitudes for s in m.stations
        )
        for b in (bulletin, again)
    ]  # fmt: skip
    assert sizes[0] == sizes[1]


def test_measures_stand_where_isf_has_them_and_foreign_ones_stay_comments() -> None:
    text = SEED.decode()
    at = next(i for i, line in enumerate(SEED_LINES) if line.startswith("Sta ")) + 1
    own = " (#MEASURE TIME=01:39:02.1+.12 SLOWNESS=7.0+0.4 FREQUENCY=1.25)"
    theirs = " (#MEASURE RECTILINEARITY=0.8 INCIDENCE=12+3)"
    lines = [*SEED_LINES[: at + 1], own, theirs, *SEED_LINES[at + 1 :]]
    (event,) = events_of(read("\n".join(lines).encode()))
    first = event.detections[0]
    assert (first.time_sigma_s, first.slowness_s_per_deg_sigma) == (0.12, 0.4)
    assert (first.freq_hz, first.freq_hz_sigma) == (1.25, None)
    assert first.rectilinearity is None
    assert f"arrival {first.id}: {theirs.strip()[1:-1]}" in event.comments
    assert (
        replace(first, time_sigma_s=None, slowness_s_per_deg_sigma=None, freq_hz=None)
        == (events_of(read(text.encode()))[0].detections[0])
    )


def test_obspy_keeps_measures_as_comments_of_the_pick(spitak: bytes) -> None:
    from obspy import read_events

    bulletin = read(spitak).bulletin
    assert bulletin is not None
    (event,) = bulletin.events
    found = tuple(replace(d, time_sigma_s=0.25) for d in event.detections)
    data = written(replace(bulletin, events=(replace(event, detections=found),)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (theirs,) = read_events(io.BytesIO(data))
    assert len(theirs.picks) == len(event.detections)
    assert all("+0.25" in p.comments[0].text for p in theirs.picks)


LONG = """\
DATA_TYPE BULLETIN IMS1.0:LONG
Long

Event     1234 Somewhere

   Date       Time        Err   RMS Latitude Longitude  Smaj  Smin  Az Depth   Err Ndef \
Nsta Gap  mdist  Mdist Qual   Author      OrigID
2016/01/06 01:30:00.00   0.10  0.50  41.3000  129.0000   9.0   6.0  71   0.0f              \
                    m i    IDC             99

Effects              Loc_Type Latitude  Longitude    Dist     Azim Country Postcode Net
some effect F
another
Sta     Dist  EvAz Phase        Time      TRes  Azim AzRes   Slow   SRes Def   SNR       \
Amp   Per Qual Magnitude    ArrID
ILAR   52.00  30.0 P        01:39:02.100   0.1 270.0   0.5    7.0    0.1 TAS  12.0       \
8.1  0.80 a__ mb     4.8    555
MKAR   33.00 290.0 P        01:36:30.000  -0.1                           T__   9.0       \
5.1  0.70 a__               556

Net      Chan F Low_F HighF AuthPhas    Date     eTime wTime eAzim wAzim  eSlow wSlow      \
eAmp  ePer eMag Author     ArrID
IMS       SHZ 3  1.00  3.00 P        2016/01/06  0.120 1.000   2.5 1.000    0.4 1.000       \
0.9  0.05  0.2 IDC            555
IMS       SHZ 3  1.00  3.00 P        2016/01/06    bad 1.000                                \
              IDC            556
IMS       SHZ                                    0.120                                      \
              IDC            999

STOP
"""


def test_phase_information_gives_standard_errors_and_other_blocks_are_reported() -> None:
    contents = read(LONG.encode())
    (event,) = contents.bulletin.events if contents.bulletin else ()
    ilar, mkar = event.detections
    assert ilar.time_sigma_s == 0.12
    assert ilar.azimuth_deg_sigma == 2.5
    assert ilar.slowness_s_per_deg_sigma == 0.4
    assert ilar.amplitude_nm_sigma == 0.9
    assert ilar.period_s_sigma == 0.05
    assert mkar.time_sigma_s is None
    said = {i.place: i for i in contents.issues}
    assert said["line 9"].severity == "omission"
    assert said["line 9"].text == (
        "the block 'Effects              Loc_Type Latitude  Longitude    Dist   ' is not read "
        "(2 lines)"
    )
    assert said["line 18"].text.startswith("etime: 'bad' is not a number above 0")
    assert said["line 19"].text.startswith("phase information: '999' is not of an arrival")
    # With the station magnitude that no magnitude block has.
    assert len(contents.issues) == 5
