"""Stations found again from what a bulletin prints of them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vigie.geodesy import distance_azimuths
from vigie.records import Association, Bulletin, Detection, Event, Origin
from vigie.stations.rebuild import stations_from_bulletin

latitudes = st.floats(-89.0, 89.0)
longitudes = st.floats(-180.0, 179.99)


def bulletin_of(
    origins: list[tuple[float, float]],
    station: tuple[float, float],
    digits: int,
    *,
    at_station: bool = False,
) -> Bulletin:
    events = []
    for number, (latitude, longitude) in enumerate(origins):
        delta, esaz, seaz = distance_azimuths(latitude, longitude, *station)
        detection = Detection(id=f"d{number}", station="ABC", network="XX", time_ns=0)
        association = Association(
            detection_id=detection.id,
            station="ABC",
            phase="P",
            delta_deg=round(float(delta), digits),
            esaz_deg=None if at_station else round(float(esaz), digits),
            seaz_deg=round(float(seaz), digits) if at_station else None,
        )
        origin = Origin(
            id=f"o{number}",
            time_ns=0,
            latitude=latitude,
            longitude=longitude,
            depth_km=0.0,
            associations=(association,),
        )
        events.append(Event(id=f"e{number}", origins=(origin,), detections=(detection,)))
    return Bulletin(events=tuple(events))


@given(st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=4), latitudes, longitudes)
def test_exact_distances_give_the_position_back(
    origins: list[tuple[float, float]], latitude: float, longitude: float
) -> None:
    (station,) = stations_from_bulletin(bulletin_of(origins, (latitude, longitude), 12))
    delta, _, _ = distance_azimuths(station.latitude, station.longitude, latitude, longitude)
    assert float(delta) < 1e-6
    assert station.network == "XX"


def test_printed_digits_give_it_back_to_the_last_digit() -> None:
    (station,) = stations_from_bulletin(bulletin_of([(41.0, 44.3)], (48.8, 13.7), 2))
    assert station.latitude == pytest.approx(48.8, abs=0.01)
    assert station.longitude == pytest.approx(13.7, abs=0.01)


@given(
    st.tuples(st.floats(-85.0, 85.0), longitudes),
    st.floats(-85.0, 85.0),
    longitudes,
)
def test_the_direction_of_the_event_gives_the_position_or_none(
    origin: tuple[float, float], latitude: float, longitude: float
) -> None:
    delta, _, _ = distance_azimuths(*origin, latitude, longitude)
    assume(0.1 < float(delta) < 179.0)
    made = bulletin_of([origin], (latitude, longitude), 12, at_station=True)
    for station in stations_from_bulletin(made):
        apart, _, _ = distance_azimuths(station.latitude, station.longitude, latitude, longitude)
        assert float(apart) < 1e-3


def test_nores_is_found_from_the_direction_of_an_event_in_greece() -> None:
    made = bulletin_of([(39.45, 20.44)], (60.7353, 11.5414), 1, at_station=True)
    (station,) = stations_from_bulletin(made)
    assert station.latitude == pytest.approx(60.74, abs=0.3)
    assert station.longitude == pytest.approx(11.54, abs=0.5)


def test_an_arrival_without_distance_gives_no_station() -> None:
    detection = Detection(id="d", station="ABC", time_ns=0)
    event = Event(id="e", origins=(), detections=(detection,))
    assert stations_from_bulletin(Bulletin(events=(event,))) == ()
