"""StationXML: epochs, positions per channel, responses; one damaged station costs only itself."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.test_common import source_of

from vigie.errors import BadRecordError
from vigie.formats import Contents, Source
from vigie.formats._array_comments import element_station, joined_elements
from vigie.formats.stationxml import FORMAT
from vigie.records import Epoch, Response, ResponseStage, Station, parse_iso
from vigie.testing.examples import array_station, three_component_station

if TYPE_CHECKING:
    from pathlib import Path


def document(*stations: Station) -> bytes:
    (data,) = FORMAT.write(Contents(stations=stations)).values()
    return data


TWO = document(three_component_station(), array_station())


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.xml", data), strict=strict)


def without_comments(data: bytes) -> bytes:
    return re.sub(rb"<Comment>.*?</Comment>", b"", data, flags=re.DOTALL)


def test_elements_of_an_array_are_joined_by_their_comments() -> None:
    station, array = read(TWO, strict=True).stations
    assert (station.code, array.code) == ("STKA", "ARRAY")
    assert (array.latitude, array.longitude, array.elevation_m) == (-89.5, 12.5, 2800.0)
    assert [s.code for s in array.sites] == ["AR00", "AR01", "AR02", "AR03"]
    assert read(document(station, array), strict=True).stations == (station, array)
    assert document(station, array) == TWO


def test_elements_of_an_array_without_comments_are_stations_of_their_own() -> None:
    found = read(without_comments(TWO), strict=True).stations
    assert [s.code for s in found] == ["STKA", "AR00", "AR01", "AR02", "AR03"]
    assert read(document(*found), strict=True).stations == found


@pytest.mark.parametrize("are_open", [False, True])
def test_an_array_keeps_its_epochs(are_open: bool) -> None:
    day_ns = parse_iso("2010-01-01")
    *stay, last = array_station().sites
    if are_open:
        stay, last = [replace(s, epoch=Epoch()) for s in stay], replace(last, epoch=Epoch())
    moved = replace(last, latitude=last.latitude + 0.01)
    before = replace(array_station(), sites=(*stay, last), epoch=Epoch(end_ns=day_ns))
    after = replace(array_station(), sites=(*stay, moved), epoch=Epoch(start_ns=day_ns))
    found = read(document(before, after), strict=True).stations
    assert [s.epoch for s in found] == [before.epoch, after.epoch]
    assert [[e.code for e in s.sites] for s in found] == [["AR00", "AR01", "AR02", "AR03"]] * 2
    assert [s.sites[3].latitude for s in found] == [last.latitude, moved.latitude]


def test_a_code_with_a_space_is_kept() -> None:
    (found,) = read(document(replace(array_station(), code="MY ARR")), strict=True).stations
    assert (found.code, len(found.sites)) == ("MY ARR", 4)


def test_stations_keep_their_order() -> None:
    first, array, third = three_component_station(), array_station(), three_component_station()
    bare = replace(first, code="BARE", sites=())
    third = replace(third, code="STKZ", sites=(replace(third.sites[0], code="STKZ"),))
    found = read(document(bare, first, array, third), strict=True).stations
    assert {s.code for s in found} == {"BARE", first.code, "ARRAY", "STKZ"}
    again = read(document(*found), strict=True).stations
    assert [s.code for s in again] == [s.code for s in found]
    assert [s.code for s in joined_elements(found[::-1])] == [s.code for s in found[::-1]]


@given(st.text(max_size=60), st.integers(0, 3))
def test_any_comment_leaves_readable_stations(words: str, cut: int) -> None:
    station = read(without_comments(TWO), strict=True).stations[1]
    text = "element of array X at " + words if cut else words
    found = element_station(station, station.sites[0], [(text, Epoch())])
    assert found == station or found.sites == station.sites


def test_an_element_named_as_its_array_stays_in_it() -> None:
    array = array_station()
    first, *others = array.sites
    named = replace(array, sites=(replace(first, code=array.code), *others))
    (found,) = read(document(named), strict=True).stations
    assert [s.code for s in found.sites] == [array.code, "AR01", "AR02", "AR03"]


def test_an_elevation_that_is_not_known_stays_so() -> None:
    array = array_station()
    first, *others = array.sites
    channels = tuple(replace(c, elevation_m=math.nan) for c in first.channels)
    unknown = replace(first, elevation_m=math.nan, channels=channels)
    data = document(replace(array, sites=(unknown, *others)))
    (found,) = read(data, strict=True).stations
    assert [math.isnan(s.elevation_m) for s in found.sites] == [True, *[False] * len(others)]
    assert all(math.isnan(c.elevation_m) for c in found.sites[0].channels)
    assert document(found) == data


def test_a_damaged_station_costs_only_itself() -> None:
    bad = TWO.replace(b">-17.7447</Latitude>", b">-97.7447</Latitude>", 1)
    assert bad != TWO
    contents = read(bad)
    (array,) = contents.stations
    assert [s.code for s in array.sites] == ["AR00", "AR01", "AR02", "AR03"]
    assert contents.issues[0].place.startswith("line ")
    with pytest.raises(BadRecordError):
        read(bad, strict=True)


def test_a_file_cut_off_gives_the_stations_before_the_cut() -> None:
    cut = TWO[: TWO.index(b"AR03")]
    contents = read(cut)
    station, array = contents.stations
    assert station.code == "STKA"
    assert [s.code for s in array.sites][:2] == ["AR00", "AR01"]
    assert contents.issues


def test_why_obspy_refuses_a_document_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import obspy

    real = obspy.read_inventory
    calls: list[int] = []

    def fussy(*args: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise KeyError("schemaVersion 9.9")
        return real(*args, **named)

    monkeypatch.setattr(obspy, "read_inventory", fussy)
    contents = read(TWO)
    assert [s.code for s in contents.stations] == ["STKA", "ARRAY"]
    (issue,) = contents.issues
    assert issue.severity == "notice"
    assert "KeyError: 'schemaVersion 9.9'" in issue.text
    empty = read(b"<FDSNStationXML/>")
    assert empty.stations == ()
    assert "a necessary element is missing" in empty.issues[0].text


def test_a_document_type_is_refused() -> None:
    bomb = TWO.replace(b"<FDSN", b'<!DOCTYPE x [<!ENTITY a "aaaa">]>\n<FDSN', 1)
    contents = read(bomb)
    assert contents.stations == ()
    assert "document type" in contents.issues[0].text


def test_poles_in_hertz_become_radians() -> None:
    from vigie.formats.obspy_bridge import from_obspy, to_obspy

    stage = ResponseStage(
        kind="paz",
        gain=1500.0,
        gain_freq_hz=1.0,
        poles=(complex(-1, 2), complex(-1, -2)),
        zeros=(0j, 0j, 0j),
        norm_factor=3.0,
    )
    response = Response(
        input_unit="m/s", stages=(stage,), sensitivity=1500.0, sensitivity_freq_hz=1.0
    )
    station = three_component_station()
    twin = to_obspy(with_response(station, response))
    paz = twin[0][0][0].response.response_stages[0]
    paz.pz_transfer_function_type = "LAPLACE (HERTZ)"
    found = from_obspy(twin).stations[0].sites[0].channels[0].response.stages[0]
    assert found.poles[0] == pytest.approx(complex(-1, 2) * 2 * math.pi)
    # One zero more than poles.
    assert found.norm_factor == pytest.approx(3.0 / (2 * math.pi))


def with_response(station: Station, response: Response) -> Station:
    site = station.sites[0]
    channels = tuple(replace(channel, response=response) for channel in site.channels)
    return replace(station, sites=(replace(site, channels=channels),))


def test_responses_go_both_ways() -> None:
    response = Response(
        input_unit="m/s",
        stages=(
            ResponseStage(
                kind="paz",
                gain=1500.0,
                gain_freq_hz=1.0,
                poles=(complex(-0.037, 0.037), complex(-0.037, -0.037)),
                zeros=(0j, 0j),
                norm_factor=1.0,
            ),
            ResponseStage(
                kind="fap", gain=2.0, gain_freq_hz=1.0, fap=((0.1, 1.0, 0.0), (9.0, 0.9, -5.0))
            ),
            ResponseStage(kind="gain", gain=4e5, gain_freq_hz=1.0),
            ResponseStage(
                kind="digital",
                gain=1.0,
                gain_freq_hz=0.0,
                numerator=(0.25, 0.5, 0.25),
                rate_hz=200.0,
                delay_s=0.005,
            ),
            ResponseStage(kind="digital", numerator=(0.5,), denominator=(1.0, -0.5), rate_hz=100.0),
        ),
        sensitivity=1.2e9,
        sensitivity_freq_hz=1.0,
    )
    station = with_response(three_component_station(), response)
    assert read(document(station), strict=True).stations == (station,)


@pytest.mark.data
@pytest.mark.slow
def test_real_responses_are_those_that_obspy_evaluates(shared_data: Path) -> None:
    source = source_of(shared_data / "seismic" / "nuclear_archive" / "stationxml" / "KTK1.xml")
    contents = FORMAT.read(source, strict=True)
    epochs = [c.epoch for s in contents.stations for site in s.sites for c in site.channels]
    assert len(epochs) > 20
    channel = next(
        c
        for s in contents.stations
        for site in s.sites
        for c in site.channels
        if c.response is not None and c.response.stages
    )
    assert channel.response is not None
    assert channel.response.input_unit in ("m", "m/s", "m/s**2")
    assert channel.response.sensitivity is not None


def test_a_swapped_position_is_said_to_be_swapped() -> None:
    swapped = without_comments(TWO)
    for name, number in ((b"Latitude", b"127.1"), (b"Longitude", b"37.2")):
        swapped = re.sub(rb"(<%b[^>]*>)[-\d.]+" % name, rb"\g<1>" + number, swapped, count=1)
    contents = read(swapped)
    assert [s.code for s in contents.stations] == ["AR00", "AR01", "AR02", "AR03"]
    (issue,) = contents.issues
    assert issue.place.startswith("line ")
    assert "its Latitude is not between -90 and 90, but its longitude 37.2 is" in issue.text
