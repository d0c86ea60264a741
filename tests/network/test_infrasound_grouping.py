"""Which infrasound detections are of one event, alone and with seismic events."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.network.support_sound import TIME_NS, StillAir, arrays_around, heard

from vigie.earth import load_predictor
from vigie.exchange.files import read_file
from vigie.geodesy import KM_PER_DEG, destination
from vigie.network.definition import load_definition
from vigie.network.infrasound import Climatology, SoundLocateParams
from vigie.network.infrasound.associate import associate_infrasound, is_infrasound
from vigie.network.infrasound.grouping import group_detections
from vigie.network.infrasound.mixed import locate_mixed
from vigie.network.infrasound.readings import collect_sound
from vigie.records import Association, Detection, Event, Inventory, Origin, Station, Technology
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from pathlib import Path

SPOTS = [(20.0, 250.0), (110.0, 400.0), (250.0, 300.0), (300.0, 500.0)]


def scene(n_noise: int, seed: int) -> tuple[list[Detection], dict[str, Station]]:
    """Return two events three hours apart amid noise."""
    rng = np.random.default_rng(seed)
    stations = arrays_around(10.0, 20.0, SPOTS)
    first = heard(10.0, 20.0, stations)
    other = [
        replace(d, id=f"{d.id}x", time_ns=add_seconds(d.time_ns, 10800.0))
        for d in heard(11.0, 21.5, stations)
    ]
    noise = [
        replace(
            first[0],
            id=f"n{k}",
            station=f"A{rng.integers(4)}",
            time_ns=add_seconds(TIME_NS, rng.uniform(-7200.0, 21600.0)),
            azimuth_deg=rng.uniform(0.0, 360.0),
        )
        for k in range(n_noise)
    ]
    return [*first, *other, *noise], stations


def groups_of(detections: list[Detection], stations: dict[str, Station]) -> list[set[str]]:
    readings, _ = collect_sound(detections, stations, SoundLocateParams())
    groups = group_detections(readings, StillAir())
    return [{readings.detections[i].id for i in g.rows} for g in groups]


def test_two_events_are_told_apart_amid_noise() -> None:
    detections, stations = scene(30, 1)
    groups = groups_of(detections, stations)
    events = [{d.id for d in detections[:4]}, {d.id for d in detections[4:8]}]
    for event in events:
        assert any(len(event & group) >= 3 for group in groups)
    assert not any(events[0] & group and events[1] & group for group in groups)


def test_noise_alone_seldom_makes_an_event() -> None:
    found = 0
    for seed in range(12):
        detections, stations = scene(24, seed)
        found += sum(len(g) > 2 for g in groups_of(detections[8:], stations))
    assert found <= 2


def amid_microbaroms(seed: int) -> tuple[list[Detection], list[set[str]], dict[str, Station]]:
    """Return a day of four arrays that hear one side all day, and blasts from another."""
    rng = np.random.default_rng(seed)
    stations = arrays_around(10.0, 20.0, SPOTS)
    sea = [
        replace(
            heard(10.0, 20.0, stations)[0],
            id=f"n{k}",
            station=f"A{k % 4}",
            time_ns=add_seconds(TIME_NS, rng.uniform(-43_200.0, 43_200.0)),
            azimuth_deg=(320.0 + rng.normal(0.0, 8.0)) % 360.0,
        )
        for k in range(4 * 24 * 4)
    ]
    blasts = [
        [
            replace(
                d,
                id=f"b{k}{d.id}",
                time_ns=add_seconds(d.time_ns, late_s + rng.normal(0.0, 5.0)),
                azimuth_deg=(d.azimuth_deg or 0.0) + rng.normal(0.0, 1.5),
            )
            for d in heard(10.0, 20.0, stations)
        ]
        for k, late_s in enumerate((-14_000.0, -3000.0, 5000.0, 17_000.0))
    ]
    events = [{d.id for d in blast} for blast in blasts]
    return [*sea, *(d for blast in blasts for d in blast)], events, stations


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_microbaroms_hide_no_blast_and_make_no_event(seed: int) -> None:
    detections, events, stations = amid_microbaroms(seed)
    started = process_time()
    groups = [g for g in groups_of(detections, stations) if len(g) > 2]
    assert process_time() - started < 15.0
    for event in events:
        assert any(len(event & group) >= 3 for group in groups)
    assert all(any(len(event & group) >= 3 for event in events) for group in groups)


def shots(
    gap_s: float, n: int, coda: float, seed: int
) -> tuple[list[Detection], list[set[str]], dict[str, Station]]:
    """Return blasts of one place at four arrays, with coda, amid some noise of all sides."""
    rng = np.random.default_rng(seed)
    stations = arrays_around(10.0, 20.0, SPOTS)
    first = heard(10.0, 20.0, stations)

    def moved(d: Detection, name: str, late_s: float, sigma_deg: float) -> Detection:
        azimuth = (d.azimuth_deg or 0.0) + rng.normal(0.0, sigma_deg)
        return replace(
            d, id=name, time_ns=add_seconds(d.time_ns, late_s), azimuth_deg=azimuth % 360.0
        )

    direct = [
        [moved(d, f"b{k}{d.id}", k * gap_s + rng.normal(0.0, 15.0), 1.5) for d in first]
        for k in range(n)
    ]
    after = [
        moved(d, f"c{d.id}{q}", rng.uniform(30.0, 400.0), 5.0)
        for shot in direct
        for d in shot
        for q in range(rng.poisson(coda))
    ]
    noise = [
        moved(first[k % 4], f"n{k}", rng.uniform(-7200.0, n * gap_s), 180.0) for k in range(12)
    ]
    events = [{d.id for d in shot} for shot in direct]
    return [*(d for shot in direct for d in shot), *after, *noise], events, stations


@pytest.mark.parametrize(
    ("gap_s", "n", "coda"), [(3600.0, 24, 0.0), (1200.0, 12, 0.0), (1800.0, 10, 2.0)]
)
def test_blasts_of_one_place_do_not_hide_one_another(gap_s: float, n: int, coda: float) -> None:
    detections, events, stations = shots(gap_s, n, coda, 3)
    groups = groups_of(detections, stations)
    found = [event for event in events if any(len(event & group) >= 3 for group in groups)]
    assert len(found) >= n - 1
    assert not any(sum(len(e & group) >= 2 for e in events) > 1 for group in groups)


@pytest.mark.parametrize("seed", range(6))
def test_coda_goes_with_its_event_and_makes_none_of_its_own(seed: int) -> None:
    detections, events, stations = shots(1e5, 1, 3.0, seed)
    detections = [d for d in detections if d.id[0] != "n"]
    (group, *others) = groups_of(detections, stations)
    assert events[0] <= group
    assert len(group) >= 0.8 * len(detections)
    assert not others


def test_what_is_taken_as_coda_is_told() -> None:
    detections, _, stations = shots(1e5, 1, 3.0, 0)
    inventory = Inventory(stations=tuple(stations.values()))
    found = associate_infrasound(
        [d for d in detections if d.id[0] != "n"], inventory, (), load_predictor("ak135")
    )
    (event,) = found.events
    assert event.origin is not None
    assert any("taken as coda of earlier ones" in text for text in event.origin.warnings)


@pytest.mark.parametrize("late_s", [300.0, 600.0])
def test_a_second_event_elsewhere_is_no_coda_of_the_first(late_s: float) -> None:
    rng = np.random.default_rng(4)
    stations = arrays_around(10.0, 20.0, SPOTS)
    both = 0
    for k in range(10):
        place = destination(10.0, 20.0, rng.uniform(0.0, 360.0), 150.0 / KM_PER_DEG)
        events = []
        for name, (latitude, longitude), after_s in (
            ("a", (10.0, 20.0), 0.0),
            ("b", (float(place[0]), float(place[1])), late_s),
        ):
            events.append([
                replace(
                    d,
                    id=f"{name}{k}{d.id}",
                    time_ns=add_seconds(d.time_ns, after_s + rng.normal(0.0, 20.0)),
                    azimuth_deg=((d.azimuth_deg or 0.0) + rng.normal(0.0, 2.0)) % 360.0,
                )
                for d in heard(latitude, longitude, stations)
            ])  # fmt: skip
        groups = groups_of([*events[0], *events[1]], stations)
        first, second = ({d.id for d in event} for event in events)
        both += len(groups) == 2 and all(
            any(len(group & own) >= 3 and len(group & other) < 2 for group in groups)
            for own, other in ((first, second), (second, first))
        )
    assert both >= 8


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_detections_by_the_clock_are_no_blasts(seed: int) -> None:
    """A lasting source is detected once in each long window, so with one lag between arrays."""
    stations = arrays_around(10.0, 20.0, SPOTS)
    rng = np.random.default_rng(seed)
    sea = [
        replace(
            d,
            id=f"{d.id}{k}",
            time_ns=add_seconds(d.time_ns, 900.0 * k + begun_s),
            azimuth_deg=((d.azimuth_deg or 0.0) + rng.normal(0.0, 8.0)) % 360.0,
        )
        for d, begun_s in zip(heard(10.0, 20.0, stations), rng.uniform(0.0, 900.0, 4), strict=True)
        for k in range(96)
    ]
    assert sum(len(group) > 2 for group in groups_of(sea, stations)) <= 1


def test_the_order_of_detections_and_nothing_at_all_change_nothing() -> None:
    detections, stations = scene(10, 2)
    assert groups_of(detections[::-1], stations) == groups_of(detections, stations)
    assert groups_of([], stations) == groups_of(detections[:1], stations) == []


def test_what_is_infrasound_is_told_by_phase_then_by_technology() -> None:
    one = Detection(id="1", station="A", time_ns=0, technology=Technology.INFRASOUND)
    assert is_infrasound(one)
    assert not is_infrasound(one.with_phase("N"))
    assert is_infrasound(replace(one, technology=Technology.SEISMIC).with_phase("Is"))


def seismic_event(sigma_km: float) -> Event:
    square = sigma_km**2
    origin = Origin(
        id="s/origin",
        time_ns=TIME_NS,
        latitude=10.1,
        longitude=20.1,
        depth_km=0.0,
        covariance=(
            (square, 0.0, 0.0, 0.0),
            (0.0, square, 0.0, 0.0),
            (0.0, 0.0, 1.0, 0.0),
            (0.0, 0.0, 0.0, 1.0),
        ),
        n_defining=4,
        associations=(
            Association(detection_id="p", station="S", phase="P", time_residual_s=0.5,
                        time_defining=True, delta_deg=5.0, esaz_deg=90.0),
        ),
    )  # fmt: skip
    return Event(id="s", origins=(origin,), preferred_id=origin.id)


def test_sound_of_a_seismic_event_goes_to_it_and_the_place_is_that_of_both() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS)
    seismometer = Station(code="S", latitude=10.0, longitude=25.0, elevation_m=0.0)
    inventory = Inventory((*stations.values(), seismometer))
    sound = heard(10.0, 20.0, stations)
    made = associate_infrasound(
        sound, inventory, [seismic_event(20.0)], load_predictor(), StillAir()
    )
    (event,) = made.events
    assert made.counts["mixed_events"] == 1
    assert {d.id for d in event.detections} == {d.id for d in sound}
    origin = event.origin
    assert origin is not None
    assert origin.n_defining == 4 + 8
    assert abs(origin.latitude - 10.0) < 0.05
    assert {a.phase for a in origin.associations} == {"P", "I"}
    assert origin.covariance is not None
    assert 0.0 < origin.covariance[0][0] < 150.0
    # Moved away from the station by some 15 km, P is expected later.
    assert (origin.associations[0].time_residual_s or 0.0) < 0.5


def test_a_well_placed_seismic_event_stays_where_it_is() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS)
    inventory = Inventory(tuple(stations.values()))
    event = seismic_event(1.0)
    mixed = locate_mixed(
        event, heard(10.0, 20.0, stations), inventory, load_predictor(),
        (StillAir(), SoundLocateParams()),
    )  # fmt: skip
    assert mixed.origin is not None
    assert mixed.origin.latitude == pytest.approx(10.1, abs=0.01)


def test_sound_of_elsewhere_makes_its_own_event_and_leaves_the_seismic_one_alone() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS)
    inventory = Inventory(tuple(stations.values()))
    sound = [
        replace(d, time_ns=add_seconds(d.time_ns, 7200.0)) for d in heard(10.0, 20.0, stations)
    ]
    event = seismic_event(5.0)
    made = associate_infrasound(sound, inventory, [event], load_predictor(), StillAir())
    assert made.events[0] is event
    own = made.events[1].origin
    assert own is not None
    assert own.n_stations == 4
    assert own.score is not None
    assert own.score > 0.0


def test_the_definition_has_criteria_of_sound() -> None:
    for name, stations in (("default", 3), ("sel", 2), ("reb", 2)):
        sound = load_definition(name).sound
        assert sound is not None
        assert (sound.min_stations, sound.min_primary_stations, sound.min_first_p) == (
            stations,
            0,
            0,
        )


@pytest.mark.data
def test_the_ten_detections_of_utah_make_two_groups_within_half_a_second(shared_data: Path) -> None:
    contents = read_file(shared_data / "infrasound" / "uttr" / "example1.dets.json")
    number = {d.id: k for k, d in enumerate(contents.detections)}
    readings, unplaced = collect_sound(contents.detections, contents.inventory, SoundLocateParams())
    assert not unplaced
    started = process_time()
    groups = group_detections(readings, Climatology())
    assert process_time() - started < 0.5
    found = [sorted(number[readings.detections[i].id] for i in g.rows) for g in groups]
    assert found == [[0, 1, 2, 3], [4, 5, 6]]
