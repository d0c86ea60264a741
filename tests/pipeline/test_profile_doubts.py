"""A profile of the atmosphere of another place or time is doubted."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.pipeline.profile_doubts import profile_doubts
from vigie.records import AtmosphereProfile, Detection, Event, Origin
from vigie.records.time import NS_PER_DAY

EVENT_NS = 1_683_197_803_000_000_000


def profile(
    latitude: float | None, longitude: float | None, days: float | None
) -> AtmosphereProfile:
    still = np.zeros(2)
    return AtmosphereProfile(
        height_km=np.array([0.0, 1.0]),
        temperature_k=np.array([288.0, 282.0]),
        zonal_m_s=still,
        meridional_m_s=still,
        density_kg_m3=np.array([1.225, 1.112]),
        pressure_pa=np.array([101_325.0, 89_875.0]),
        latitude=latitude,
        longitude=longitude,
        time_ns=None if days is None else EVENT_NS + round(days * NS_PER_DAY),
    )


def event(phase: str = "I") -> Event:
    origin = Origin(id="1/origin", time_ns=EVENT_NS, latitude=-24.1, longitude=179.9, depth_km=0.0)
    heard = Detection(id="a", station="I05AU", time_ns=EVENT_NS, phase=phase)
    return Event(id="1", origins=(origin,), detections=(heard,))


@pytest.mark.parametrize(
    ("latitude", "longitude", "days", "words"),
    [
        (-24.0, 179.0, 0.2, []),
        (-24.0, -179.0, 2.9, []),  # across the antimeridian
        (39.1, -84.5, 0.0, ["km away (39.1 -84.5)"]),
        (-24.0, 179.0, -4254.0, ["4,254 days earlier"]),
        (39.1, -84.5, 31.0, ["km away", "31 days later"]),
        (None, None, None, []),
    ],
)
def test_a_profile_far_in_place_or_time_is_doubted(
    latitude: float | None, longitude: float | None, days: float | None, words: list[str]
) -> None:
    found = profile_doubts(profile(latitude, longitude, days), [event()])
    assert len(found) == bool(words)
    assert all(word in found[0] for word in words)


def test_an_event_that_the_air_did_not_carry_is_not_doubted() -> None:
    assert profile_doubts(profile(39.1, -84.5, 0.0), [event("P")]) == []
