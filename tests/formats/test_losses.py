"""What a format cannot hold is told: nothing is dropped without a word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support_bulletins import plain_bulletins

from vigie.formats import Contents, format_named
from vigie.formats.losses import losses_of
from vigie.records import (
    Amplitude,
    Association,
    Bulletin,
    ChannelId,
    Detection,
    Event,
    Magnitude,
    Origin,
    Response,
    ResponseStage,
    Screening,
    Verdict,
    Waveform,
    parse_iso,
)
from vigie.testing.examples import array_station, three_component_station

T0 = parse_iso("2016-01-06T01:30:01.04")


def lost(name: str, contents: Contents) -> str:
    chosen = format_named(name)
    return "; ".join(losses_of(chosen, contents, chosen.write(contents)))


def bulletin() -> Bulletin:
    detection = Detection(
        id="1",
        station="ILAR",
        time_ns=T0 + 500 * 10**9,
        phase="Pn",
        freq_hz=1.25,
        duration_s=3.0,
        rectilinearity=0.5,
        elements=("IL01",),
        amplitudes=(Amplitude(type="regional:Pn", value=12.5, unit="nm"),),
        author="",
        analysis="",
    )
    association = Association(detection_id="1", station="ILAR", phase="P", time_defining=True)
    origin = Origin(
        id="2",
        time_ns=T0,
        latitude=41.25,
        longitude=129.0,
        depth_km=0.0,
        depth_fixed=True,
        depth_reason="default",
        associations=(association,),
        author="",
    )
    event = Event(
        id="3",
        origins=(origin,),
        preferred_id="2",
        detections=(detection,),
        magnitudes=(Magnitude(type="mb", value=4.5, author=""),),
        screening=(Screening(criterion="depth", verdict=Verdict.INSUFFICIENT_DATA, reason="x"),),
    )
    return Bulletin(events=(event,))


EXPECTED = {
    "arrival_csv": ["1 of 1 origins", "1 of 1 magnitudes", "1 of 1 screenings", "elements (1)",
                    "phase (1 changed)", "1 of 1 amplitudes"],
    "isf": ["1 of 1 screenings", "elements (1)", "phase (1 changed)", "depth_reason"],
    "gse_bulletin": ["1 of 1 screenings", "freq_hz (1)", "duration_s (1)", "rectilinearity (1)",
                     "elements (1)", "phase (1 changed)", "depth_reason", "1 of 1 amplitudes"],
    "css_bulletin": ["1 of 1 screenings", "freq_hz (1)", "duration_s (1)", "elements (1)",
                     "1 of 1 amplitudes"],
    "quakeml": [],
    "vigie_json": [],
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_bulletin_loses_is_told(name: str) -> None:
    told = lost(name, Contents(bulletin=bulletin()))
    if not EXPECTED[name]:
        assert told == ""
    for part in EXPECTED[name]:
        assert part in told


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=20, deadline=None)
@given(plain_bulletins(), st.sampled_from(["isf", "vigie_json"]))
def test_nothing_is_told_where_nothing_is_lost(plain: Bulletin, name: str) -> None:
    chosen = format_named(name)
    files = chosen.write(Contents(bulletin=plain))
    from vigie.formats import Source

    ((ending, data),) = files.items()
    again = chosen.read(Source(f"x{ending}", data), strict=True)
    assert lost(name, again) == ""


def test_network_codes_and_bulletins_have_no_place_in_waveform_tables() -> None:
    channel = ChannelId("IM", "AS01", "", "SHZ")
    waveform = Waveform(channel, T0, 40.0, np.arange(50, dtype=np.int32), calib=0.5, calper_s=1.0)
    contents = Contents(waveforms=(waveform,), bulletin=bulletin())
    told = lost("css_waveform", contents)
    assert "channel id: network (1)" in told
    assert "1 of 1 events are left out" in told
    mseed = lost("mseed", Contents(waveforms=(waveform,)))
    assert mseed == "waveform: calib (1), calper_s (1)"
    pair = (waveform, replace(waveform, channel=ChannelId("IM", "AS02", "", "SHZ")))
    assert "left out" not in lost("sac", Contents(waveforms=pair))


def test_a_response_to_velocity_is_not_left_out_in_silence() -> None:
    response = Response(input_unit="m/s", stages=(ResponseStage(kind="paz", poles=(-1 + 1j,)),))
    station = three_component_station()
    site = station.sites[0]
    channels = tuple(replace(channel, response=response) for channel in site.channels)
    station = replace(station, sites=(replace(site, channels=channels),))
    count = len(channels)
    told = lost("css_stations", Contents(stations=(station,)))
    assert f"{count} of {count} responses are left out" in told
    assert "responses are left out" in lost("station_csv", Contents(stations=(station,)))
    assert lost("station_csv", Contents(stations=(array_station(),))).count("left out") <= 1
