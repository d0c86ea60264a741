"""Events in the sea: located with H and T, joined to seismic events, made of H alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.network.support_hydro_events import (
    AROUND,
    SEAS,
    TIME_NS,
    TRIPLETS,
    WRECK,
    arrivals,
    hydro_noise,
    inventory_of,
)
from tests.network.support_sound import TIME_NS as SOUND_NS
from tests.network.support_sound import StillAir, arrays_around, heard

from vigie.earth import Hypocentre
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.association import associate
from vigie.network.definition import assess, load_definition
from vigie.network.hydro.associate import associate_hydro
from vigie.network.hydro.events import is_sound, meets
from vigie.network.hydro.evidence import SeaArrival, slowness_field
from vigie.network.hydro.locate import has_water_phases, locate_in_water, with_usual_errors
from vigie.network.hydro.params import HydroParams
from vigie.network.hydro.readings import sites_of
from vigie.network.location import LocateParams, locate
from vigie.pipeline.media import Media, by_technology
from vigie.pipeline.sound_events import join_sound, locate_any
from vigie.records import Association, Detection, Event, Inventory, Origin, Station, Technology
from vigie.records.time import add_seconds

P_CODES = ("PLCA", "LPAZ", "CPUP", "BDFB", "BOSA", "DBIC")
ALL_TRIPLETS = (*TRIPLETS, "H01W", "H03N", "H03S", "H08N", "H08S")


def off_km(origin: Origin, place: Hypocentre = WRECK) -> float:
    return float(distance_azimuths(*place[:2], origin.latitude, origin.longitude)[0]) * KM_PER_DEG


def located_in_water(detections: list[Detection], params: LocateParams | None = None) -> Origin:
    return locate_in_water("e", detections, AROUND.stations, (AROUND.ground, SEAS), params)


def test_exact_arrivals_give_the_wreck_back() -> None:
    origin = located_in_water(arrivals(TRIPLETS))
    assert off_km(origin) < 1.0
    assert abs(origin.time_ns - TIME_NS) < 2 * 10**9
    assert (origin.depth_km, origin.depth_reason) == (0.0, "surface")
    assert {a.phase for a in origin.associations if a.time_defining} == {"H"}
    assert "ocean (climatology, month 11)" in origin.model


def test_names_of_arrivals_through_the_sea_stay_beside_p_named_anew() -> None:
    detections = [*arrivals(TRIPLETS[:2]), *arrivals(P_CODES, phase="P", sigma_s=0.5)]
    unnamed = [d.with_phase(None) if d.phase == "P" else d for d in detections]
    origin = located_in_water(unnamed, LocateParams(phases="identify"))
    assert off_km(origin) < 2.0
    named = {a.detection_id: a.phase for a in origin.associations}
    assert [named[f"H-{code}"] for code in TRIPLETS[:2]] == ["H", "H"]
    assert all(named[f"P-{code}"] for code in P_CODES)


def test_a_blocked_path_is_told_and_defines_nothing() -> None:
    good = arrivals(TRIPLETS)
    behind = replace(
        arrivals(["H03N"])[0], id="blocked", time_ns=add_seconds(TIME_NS, 1447.0), azimuth_deg=136.0
    )
    origin = located_in_water([*good, behind])
    alone = located_in_water(good)
    assert (origin.latitude, origin.longitude) == (alone.latitude, alone.longitude)
    (shut,) = [a for a in origin.associations if a.detection_id == "blocked"]
    assert not shut.defining
    assert shut.reason == "blocked_path"
    assert shut.azimuth_residual_deg == pytest.approx(0.0, abs=0.1)
    assert any("H at H03N is left out" in text and "near" in text for text in origin.warnings)


def test_arrivals_of_which_all_are_blocked_cannot_be_located() -> None:
    # From inside Brazil no sound enters the sea.
    inland = Hypocentre(-10.0, -55.0, 0.0)
    with pytest.raises(LocationError, match="blocked"):
        located_in_water(arrivals(("H10N", "H04N", "H08N", "H01W"), inland))


def test_t_of_an_earthquake_supports_and_hardly_sharpens() -> None:
    place = Hypocentre(-55.0, -28.0, 30.0)
    p = arrivals(P_CODES, place, phase="P", sigma_s=0.5)
    t = [
        replace(d, time_sigma_s=10.0, azimuth_deg=None)
        for d in arrivals(["H10N"], place, phase="T")
    ]
    held = LocateParams(depth=30.0)
    alone, both = located_in_water(p, held), located_in_water([*p, *t], held)
    assert off_km(both, place) < 20.0
    (own,) = [a for a in both.associations if a.phase == "T"]
    assert own.time_defining
    # 10 s for where it enters the water, 10 s of reading, and the path.
    assert (own.time_error_s or 0.0) > 14.0
    assert alone.ellipse is not None
    assert both.ellipse is not None
    as_h = located_in_water([*p, *(replace(d, phase="H", time_sigma_s=1.0) for d in t)])
    assert as_h.ellipse is not None
    assert as_h.ellipse.area_km2 < 0.8 * both.ellipse.area_km2
    assert 0.4 < both.ellipse.area_km2 / alone.ellipse.area_km2 <= 1.01


def test_t_without_a_stated_error_has_that_of_a_spindle() -> None:
    (t,) = arrivals(["H10N"], phase="T")
    assert with_usual_errors(replace(t, time_sigma_s=None)).time_sigma_s == 10.0
    assert with_usual_errors(t) is not t
    assert with_usual_errors(t) == t
    (p,) = arrivals(["PLCA"], phase="P")
    assert with_usual_errors(replace(p, time_sigma_s=None)).time_sigma_s is None
    h = [replace(d, time_sigma_s=None, azimuth_deg_sigma=None) for d in arrivals(TRIPLETS)]
    vague, sharp = located_in_water(h), located_in_water(arrivals(TRIPLETS))
    assert vague.ellipse is not None
    assert sharp.ellipse is not None
    assert sharp.ellipse.area_km2 < vague.ellipse.area_km2 < 20.0 * sharp.ellipse.area_km2


def test_without_arrivals_through_the_sea_the_locator_sees_nothing_of_it() -> None:
    p = arrivals(P_CODES, phase="P", sigma_s=0.5)
    assert not has_water_phases(p)
    predictor = SEAS.with_ground(AROUND.ground, TIME_NS)
    with_sea = locate("e", p, AROUND.stations, predictor)
    without = locate("e", p, AROUND.stations, AROUND.ground)
    assert replace(with_sea, model="") == replace(without, model="")


@pytest.mark.slow
def test_h_amid_noise_makes_one_event_at_the_wreck() -> None:
    rng = np.random.default_rng(5)
    own = arrivals(TRIPLETS, rng=rng)
    detections = [*own, *hydro_noise(40, ALL_TRIPLETS, rng)]
    around = AROUND._replace(stations=inventory_of(ALL_TRIPLETS))
    made = associate_hydro(detections, (), (), around)
    (event,) = made.events
    assert not made.provisional
    assert event.origin is not None
    assert {d.id for d in event.detections} == {d.id for d in own}
    assert off_km(event.origin) < 120.0
    assert made.counts["hydroacoustic_events"] == 1
    assert len(made.unassociated) == 40
    # The order of the detections plays no role.
    again = associate_hydro(detections[::-1], (), (), around)
    assert again.events == made.events


@pytest.mark.slow
def test_noise_alone_makes_no_event() -> None:
    around = AROUND._replace(stations=inventory_of(ALL_TRIPLETS))
    for seed in range(4):
        noise = hydro_noise(60, ALL_TRIPLETS, np.random.default_rng(seed))
        assert associate_hydro(noise, (), (), around).events == ()


def seismic_event(place: Hypocentre = WRECK) -> Event:
    p = arrivals(P_CODES, place, phase="P", sigma_s=0.5)
    origin = locate("s", p, AROUND.stations, AROUND.ground, LocateParams(phases="keep", depth=0.0))
    return Event(id="s", origins=(origin,), preferred_id=origin.id, detections=tuple(p))


def test_h_joins_the_seismic_event_that_explains_it_and_noise_does_not() -> None:
    event, h = seismic_event(), arrivals(TRIPLETS)
    noise = replace(h[0], id="N", phase="N")
    stray = replace(h[1], id="stray", time_ns=h[1].time_ns + 600 * 10**9)
    around = AROUND._replace(stations=inventory_of((*P_CODES, *TRIPLETS)))
    made = associate_hydro([*h, noise, stray], (), [event], around)
    (joined,) = made.events
    assert joined.origin is not None
    assert {d.id for d in joined.detections} == {d.id for d in (*event.detections, *h)}
    assert made.counts["events_with_hydroacoustics"] == 1
    assert {d.id for d in made.unassociated} == {"N", "stray"}
    assert event.origin is not None
    assert event.origin.ellipse is not None
    assert joined.origin.ellipse is not None
    assert joined.origin.ellipse.area_km2 < event.origin.ellipse.area_km2


def test_what_cannot_have_come_through_the_sea_does_not_join() -> None:
    # Right in time and direction, but South America lies between.
    behind = replace(
        arrivals(["H03N"])[0], id="blocked", time_ns=add_seconds(TIME_NS, 1447.0), azimuth_deg=136.0
    )
    around = AROUND._replace(stations=inventory_of((*P_CODES, "H03N")))
    event = seismic_event()
    made = associate_hydro([behind], (), [event], around)
    assert made.events == (event,)
    assert [d.id for d in made.unassociated] == ["blocked"]


def test_p_joins_h_and_a_seismic_event_of_the_same_explosion_ends_in_it() -> None:
    h, p = arrivals(TRIPLETS), arrivals(P_CODES, phase="P", sigma_s=0.5)
    around = AROUND._replace(stations=inventory_of((*P_CODES, *TRIPLETS)))
    made = associate_hydro(h, p[:2], (), around)
    (event,) = made.events
    assert {d.id for d in event.detections} == {d.id for d in (*h, *p[:2])}
    # A seismic event of these P that came out far off, so that H did not fit it.
    wrong = locate("w", p[:4], AROUND.stations, AROUND.ground, LocateParams(depth=0.0))
    far = replace(
        wrong,
        latitude=-30.0,
        covariance=tuple(tuple(0.01 * x for x in row) for row in wrong.covariance or ()),
    )
    lost = Event(id="w", origins=(far,), preferred_id=far.id, detections=tuple(p[:4]))
    made = associate_hydro(h, p[4:], [lost], around)
    (event,) = made.events
    assert {d.id for d in event.detections} == {d.id for d in (*h, *p)}
    assert event.origin is not None
    assert off_km(event.origin) < 20.0


def test_two_arrivals_at_two_facilities_wait_for_a_third() -> None:
    h = arrivals(("H10N", "H04N"))
    around = AROUND._replace(stations=inventory_of(TRIPLETS))
    made = associate_hydro(h, (), (), around)
    (event,) = made.events
    assert made.provisional == {event.id}
    assert event.origin is not None
    assert is_sound(event.origin)
    assert meets(event.origin, around.stations, load_definition("sel"))
    assert not meets(event.origin, around.stations, load_definition("reb"))


def test_late_arrivals_stay_with_their_event(monkeypatch: pytest.MonkeyPatch) -> None:
    from vigie.earth import ocean

    h = arrivals(TRIPLETS)
    late = replace(
        h[0],
        id="late",
        time_ns=h[0].time_ns + 300 * 10**9,
        azimuth_deg=(h[0].azimuth_deg or 0) + 20,
    )
    reflector = ocean.Reflector(latitude=-30.0, longitude=-20.0, range_km=2500.0, misfit=0.1)

    def by_a_reflector(
        direct: ocean.DirectArrival, detections: list[Detection], finder: object
    ) -> tuple[ocean.LateArrival, ...]:
        del finder
        return tuple(
            ocean.LateArrival(
                detection_id=d.id,
                delay_s=(d.time_ns - direct.time_ns) / 1e9,
                turn_deg=20.0,
                excess_path_km=444.0,
                reflector=reflector,
            )
            for d in detections
        )

    monkeypatch.setattr(ocean, "late_arrivals", by_a_reflector)
    around = AROUND._replace(stations=inventory_of(TRIPLETS))
    made = associate_hydro([*h, late], (), (), around)
    (event,) = made.events
    assert event.origin is not None
    (own,) = [a for a in event.origin.associations if a.detection_id == "late"]
    assert (own.phase, own.defining, own.reason) == ("O", False, "late_arrival")
    assert own.time_residual_s == pytest.approx(300.0)
    assert not made.unassociated
    # Located anew, what bears the name O locates nothing.
    again = located_in_water(list(event.detections), LocateParams(phases="keep"))
    assert again.n_defining == event.origin.n_defining


def test_weights_of_h_and_t() -> None:
    definition = load_definition("reb")
    station = Station(
        code="H10N", latitude=0.0, longitude=0.0, elevation_m=0.0,
        technology=Technology.HYDROACOUSTIC,
    )  # fmt: skip

    def weight(phase: str, *, azimuth: bool) -> float:
        association = Association(
            detection_id="1", station="H10N", phase=phase, time_defining=True,
            azimuth_defining=azimuth,
        )  # fmt: skip
        return assess(definition, [(association, station)]).weight

    assert weight("H", azimuth=False) == pytest.approx(1.54)
    assert weight("H", azimuth=True) == pytest.approx(1.94)
    assert weight("T", azimuth=False) == pytest.approx(0.7)
    assert definition.hydro is not None
    assert definition.hydro.min_primary_stations == 0


def test_infrasound_and_one_triplet_are_located_together() -> None:
    place = Hypocentre(-10.0, -20.0, 0.0)
    stations = arrays_around(place.latitude, place.longitude, [(40.0, 900.0), (200.0, 1200.0)])
    everything = Inventory((*stations.values(), *inventory_of(("H10N", "H10S", "H03N")).stations))
    sound = heard(place.latitude, place.longitude, stations)
    sound = [replace(d, time_ns=d.time_ns - SOUND_NS + TIME_NS) for d in sound]
    media = Media(AROUND.ground, StillAir(), SEAS)
    alone = locate_any("e", sound, everything, media)
    h = arrivals(("H10N", "H10S"), place)
    for n in (1, 2):
        both = locate_any("e", [*sound, *h[:n]], everything, media)
        assert both.ellipse is not None
        assert alone.ellipse is not None
        assert both.ellipse.area_km2 < 0.5 * alone.ellipse.area_km2
        assert off_km(both, place) < 15.0
        assert both.n_defining == 4 + 2 * n
        assert {a.phase for a in both.associations if a.defining} == {"I", "H"}
        assert "ocean" in both.model
    # A third of a station behind South America is told and does not count.
    behind = replace(h[0], id="b", station="H03N", azimuth_deg=75.0)
    shut = locate_any("e", [*sound, h[0], behind], everything, media)
    (left,) = [a for a in shut.associations if a.detection_id == "b"]
    assert (left.defining, left.reason) == (False, "blocked_path")


@pytest.mark.slow
def test_slowness_fields_give_the_travel_times_of_the_sea() -> None:
    (station,) = inventory_of(("H10N",)).stations
    d = arrivals(("H10N",))[0]
    evidence = SeaArrival(
        d, station, slowness_field(SEAS, "H", station, TIME_NS), TIME_NS, HydroParams()
    )
    rng = np.random.default_rng(3)
    latitude = np.degrees(np.arcsin(rng.uniform(-0.85, 0.85, 200)))
    longitude = rng.uniform(-180.0, 180.0, 200)
    table = SEAS.at(TIME_NS).table("H", latitude, longitude, sites_of([station]))
    time_s, _ = evidence.travel(unit_vectors(latitude, longitude))
    off = np.abs(time_s / table.time_s[:, 0] - 1.0)
    is_open = table.blockage[:, 0] < 0.9
    assert is_open.sum() > 10
    assert np.median(off[is_open]) < 1e-4
    assert np.quantile(off[is_open], 0.95) < 1e-3
    assert evidence.log_density(
        unit_vectors(latitude, longitude), np.zeros((200, 3)), 1.0
    ).shape == (
        200,
        3,
    )


def test_two_arrays_a_triplet_and_a_p_make_one_event_together() -> None:
    place = Hypocentre(-10.0, -20.0, 0.0)
    arrays = arrays_around(place.latitude, place.longitude, [(40.0, 900.0), (140.0, 1200.0)])
    codes = ("H10N", "DBIC")
    everything = Inventory((*arrays.values(), *inventory_of(codes).stations))
    sound = [
        replace(d, time_ns=d.time_ns - SOUND_NS + TIME_NS)
        for d in heard(place.latitude, place.longitude, arrays)
    ]
    rng = np.random.default_rng(7)
    (p,) = arrivals(["DBIC"], place, phase="P", sigma_s=0.5)
    (station,) = inventory_of(["DBIC"]).stations
    back = distance_azimuths(*place[:2], station.latitude, station.longitude)[2]
    p = replace(p, azimuth_deg=float(back), azimuth_deg_sigma=8.0)
    own = [*sound, *arrivals(["H10N"], place), p]
    noise = hydro_noise(8, ["H10N"], rng)
    parts = by_technology([*own, *noise])
    found = associate(parts.seismic, everything, AROUND.ground)
    media = Media(AROUND.ground, StillAir(), SEAS)
    joined = join_sound(found, parts, everything, media, load_definition("default"))
    (event,) = joined.bulletin.events
    assert {d.id for d in event.detections} == {d.id for d in own}
    assert joined.counts["infrasound_events_with_hydroacoustics"] == 1
    assert event.origin is not None
    assert off_km(event.origin, place) < 20.0
    assert len(joined.bulletin.detections) == len(parts.hydro) - 1


@pytest.mark.parametrize("codes", [("H10N",), ("H10N", "H10S"), ("H10N", "H04N")])
def test_a_few_arrivals_or_unknown_stations_make_no_event_and_no_fault(
    codes: tuple[str, ...],
) -> None:
    h = arrivals(codes)
    nowhere = [replace(d, id=f"u{d.id}", station="XXX") for d in h]
    around = AROUND._replace(stations=inventory_of(codes))
    made = associate_hydro([*h, *nowhere, h[0]], (), (), around)
    assert [e for e in made.events if e.id not in made.provisional] == []
    assert {reason for _, _, reason in made.skipped} == {"unknown_station"}
    lost = associate_hydro(nowhere, (), [seismic_event()], around)
    assert len(lost.events) == 1
    assert len(lost.skipped) == len(nowhere)
    silent = [d.with_phase("N") for d in h]
    assert associate_hydro(silent, (), (), around).events == ()
