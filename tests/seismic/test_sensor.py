"""Which three components of a sensor are processed together, where it has more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.s_after_p import event, is_s_behind_p
from hypothesis import given
from hypothesis import strategies as st

from vigie.records import Channel, ChannelId, Detection, Site, Station, Waveform
from vigie.seismic import default_recipe, process_station
from vigie.seismic.conditioning import ConditionedChannel, direction_of
from vigie.seismic.recording import Recording
from vigie.seismic.sensor import Sensor, sensor_of

RATE_HZ = 100.0
AZIMUTHS_DEG = {"N": 0.0, "E": 90.0, "1": 30.0, "2": 120.0, "3": 45.0}


def with_component(traces: list[Waveform], letter: str, azimuth_deg: float) -> list[Waveform]:
    """Add one horizontal more of the same sensor."""
    _, north, east = (np.asarray(w.samples, dtype=np.float64) for w in traces)
    turn = np.radians(azimuth_deg)
    code = traces[0].channel.channel[:2] + letter
    channel = traces[0].channel._replace(channel=code)
    samples = np.cos(turn) * north + np.sin(turn) * east
    return [*traces, replace(traces[1], channel=channel, samples=samples)]


def station_with(channels: dict[str, tuple[float, float]], like: ChannelId) -> Station:
    """Describe the azimuth and dip of each channel code."""
    described = tuple(
        Channel(
            id=like._replace(channel=code),
            latitude=48.0,
            longitude=11.0,
            elevation_m=0.0,
            azimuth_deg=azimuth_deg,
            dip_deg=dip_deg,
        )
        for code, (azimuth_deg, dip_deg) in channels.items()
    )
    site = Site(
        code=like.station, latitude=48.0, longitude=11.0, elevation_m=0.0, channels=described
    )
    return Station(
        code=like.station,
        latitude=48.0,
        longitude=11.0,
        elevation_m=0.0,
        sites=(site,),
    )


def plain(found: tuple[Detection, ...]) -> list[tuple[int, float | None, float | None]]:
    return [(d.time_ns, d.azimuth_deg, d.rectilinearity) for d in found if is_s_behind_p(d)]


@pytest.mark.parametrize("letter", ["1", "2", "3", "A"])
def test_a_fourth_component_costs_no_s(letter: str) -> None:
    rng = np.random.default_rng(3)
    recipe = default_recipe(RATE_HZ, "any")
    n_found = 0
    for _ in range(4):
        three = event(rng, RATE_HZ, 3.0, 2.0)
        four = with_component(three, letter, AZIMUTHS_DEG.get(letter, 60.0))
        expected = plain(process_station(three, None, recipe).detections)
        found = process_station(four, None, recipe)
        assert plain(found.detections) == expected
        n_found += len(expected)
        s = next((d for d in found.detections if is_s_behind_p(d)), None)
        if s is not None:
            assert s.elements == ("HHE", "HHN", "HHZ")
            assert [e.element for e in s.excluded_elements] == [f"HH{letter}"]
            assert any(
                f"HH{letter} left out, HHE, HHN, HHZ are taken" in note for note in found.notes
            )
    assert n_found >= 3


def sensor(
    letters: str, station: Station | None = None, spans: dict[str, tuple[int, int]] | None = None
) -> Sensor:
    """Return what is taken of channels with these letters."""
    channels = []
    for letter in letters:
        channel = ChannelId("", "STA", "", f"BH{letter}")
        known = None
        if station is not None:
            known = next((c for c in station.sites[0].channels if c.id == channel), None)
        first, last = (spans or {}).get(letter, (0, 100))
        run = Waveform(channel, first * 10**9, 10.0, np.zeros((last - first) * 10))
        channels.append(
            ConditionedChannel(channel, direction_of(channel, known), (run,), (), known, "STA")
        )
    recording = Recording(tuple(channels), default_recipe(10.0), station)
    return sensor_of(recording, channels[0].channel, 50 * 10**9)


def taken(found: Sensor) -> str:
    return "".join(c.channel.component for c in found.components)


def test_by_letters_where_nothing_is_known() -> None:
    assert taken(sensor("ENZ1")) == "ENZ"
    assert taken(sensor("EZ12")) == "Z12"
    assert taken(sensor("ENZ12")) == "ENZ"
    assert taken(sensor("ENZ")) == "ENZ"
    # Nothing says which two of these are at right angles.
    assert taken(sensor("NZ1T")) == ""
    assert sensor("ENZ1").left_out == ("BH1",)


def test_by_orientation_where_the_inventory_has_it() -> None:
    like = ChannelId("", "STA", "", "BHZ")
    upright = {"BHZ": (0.0, -90.0)}
    skewed = {**upright, "BHN": (0.0, 0.0), "BHE": (60.0, 0.0), "BH1": (90.0, 0.0)}
    assert taken(sensor("ENZ1", station_with(skewed, like))) == "NZ1"
    right = {**upright, "BHN": (0.0, 0.0), "BHE": (90.0, 0.0), "BH1": (90.0, 0.0)}
    assert taken(sensor("ENZ1", station_with(right, like))) == "ENZ"
    only_numbers = {**upright, "BH1": (20.0, 0.0), "BH2": (110.0, 0.0)}
    assert taken(sensor("ENZ12", station_with(only_numbers, like))) == "Z12"


def test_components_that_are_not_there_at_the_time_are_not_taken() -> None:
    renamed = {"N": (0, 40), "E": (0, 40), "1": (40, 100), "2": (40, 100)}
    found = sensor("ENZ12", None, renamed)
    assert taken(found) == "Z12"
    assert found.left_out == ()


@given(st.permutations(list("ENZ12")), st.floats(0.0, 360.0))
def test_the_choice_depends_neither_on_order_nor_on_how_the_sensor_is_turned(
    letters: list[str], turn_deg: float
) -> None:
    axes = {"BHN": 0.0, "BHE": 70.0, "BH1": 25.0, "BH2": 115.0}
    turned = {code: ((azimuth + turn_deg) % 360.0, 0.0) for code, azimuth in axes.items()}
    station = station_with({"BHZ": (0.0, -90.0), **turned}, ChannelId("", "STA", "", "BHZ"))
    assert sorted(taken(sensor("".join(letters), station))) == ["1", "2", "Z"]
