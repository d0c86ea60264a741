"""Conditioning: directions of channels, their metadata, their runs; phase names."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support_signals import START_NS, VERTICAL, noise, waveform

from vigie.records import Channel, ChannelId, Detection, Epoch, Site, Station
from vigie.records.time import add_seconds
from vigie.seismic import StationRecipe
from vigie.seismic.conditioning import condition, direction_of
from vigie.seismic.phase import name_phases
from vigie.signal.quality import DEFAULT_QUALITY


def channel(code: str, **more: object) -> Channel:
    values: dict[str, object] = {"latitude": 1.0, "longitude": 2.0, "elevation_m": 3.0, **more}
    location = str(values.pop("location", ""))
    return Channel(id=ChannelId("XX", "SYN", location, code), **values)  # type: ignore[arg-type]  # checked by the caller


@pytest.mark.parametrize(
    ("code", "direction"),
    [("BHZ", "vertical"), ("SHZ", "vertical"), ("SZL", "vertical"), ("SLZ", "vertical"),
     ("BH1", "horizontal"), ("BHN", "horizontal"), ("SNL", "horizontal"), ("BH3", "vertical"),
     ("Z", "vertical"), ("", "vertical")],
)  # fmt: skip
def test_directions_by_code(code: str, direction: str) -> None:
    assert direction_of(ChannelId("", "A", "", code), None) == direction


def test_the_dip_comes_before_the_code() -> None:
    assert direction_of(ChannelId("", "A", "", "BHZ"), channel("BHZ", dip_deg=0.0)) == "horizontal"
    assert direction_of(ChannelId("", "A", "", "BHX"), channel("BHX", dip_deg=90.0)) == "vertical"


def test_metadata_are_those_of_the_time_and_location() -> None:
    old = channel("BHZ", location="00", epoch=Epoch(end_ns=START_NS), calib=1.0)
    new = channel("BHZ", location="00", epoch=Epoch(start_ns=START_NS), calib=2.0)
    other = channel("BHZ", location="10", calib=3.0)
    site = Site(
        code="SYN", latitude=1.0, longitude=2.0, elevation_m=0.0, channels=(old, new, other)
    )
    station = Station(code="SYN", latitude=1.0, longitude=2.0, elevation_m=0.0, sites=(site,))

    def metadata(station: Station | None, location: str, start_ns: int) -> Channel | None:
        recorded = waveform(np.arange(9.0), 40.0, ChannelId("XX", "SYN", location, "BHZ"), start_ns)
        (found,) = condition([recorded], station, DEFAULT_QUALITY)
        assert found.site == "SYN"
        return found.metadata

    assert metadata(station, "00", START_NS + 1) is new
    assert metadata(station, "00", START_NS - 1) is old
    assert metadata(station, "20", START_NS) is None
    assert metadata(None, "00", START_NS) is None


def test_runs_lie_between_gaps_and_dead_stretches() -> None:
    samples = noise(np.random.default_rng(1), 4000, 40.0)
    samples[1000:1200] = samples[1000]
    samples[2000:2100] = np.nan
    (found,) = condition([waveform(samples, 40.0)], None, DEFAULT_QUALITY)
    assert [len(r.samples) for r in found.runs] == [1000, 800, 1900]
    assert found.run_at(add_seconds(START_NS, 27.0)) is None
    assert found.run_at(add_seconds(START_NS, 51.0)) is None
    assert found.run_at(add_seconds(START_NS, 60.0)) is found.runs[2]
    assert len(found.masks_between(add_seconds(START_NS, 26.0), add_seconds(START_NS, 27.0))) == 1


def detection(at_s: float, kind: str) -> Detection:
    probabilities = tuple((t, 0.7 if t == kind else 0.1) for t in "NTPS")
    return Detection(
        id=f"{at_s}",
        station="SYN",
        channel=VERTICAL,
        time_ns=add_seconds(START_NS, at_s),
        wave_type_probabilities=probabilities,
    )


def test_phases_follow_type_and_order() -> None:
    kinds = [(0, "P"), (6, "P"), (50, "S"), (70, "S"), (300, "N"), (1000, "T"), (1300, "P")]
    named = name_phases([detection(t, k) for t, k in kinds], StationRecipe())
    assert [d.phase for d in named] == ["Pn", "Pg", "Sn", "Lg", "N", "P", "Pn"]
