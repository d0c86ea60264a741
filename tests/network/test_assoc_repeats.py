"""Events soon after one another: repeats at one place, and picks that go to the right one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.network.association import associate
from vigie.records import Bulletin, Detection, Inventory, Station

START_NS = 1_400_000_000_000_000_000
KOREA = (41.3, 129.08)
REGION = [
    (44.6, 129.6), (37.5, 126.6), (36.4, 127.4), (40.0, 116.2), (49.3, 119.7), (33.1, 130.9),
    (36.5, 138.2), (35.35, 137.0), (42.0, 143.2), (38.3, 128.4), (35.2, 129.1), (37.5, 127.0),
]  # fmt: skip
WORLD = [
    (64.8, -146.9), (40.0, 116.2), (-23.7, 133.9), (36.5, 138.2), (61.0, 11.0), (39.7, 33.6),
    (-25.0, 25.6), (55.3, -116.0), (42.7, -109.6), (29.3, -103.7), (13.9, 99.4), (-0.8, 36.9),
    (19.9, -155.5), (-36.9, -69.7), (67.9, 25.6), (51.4, 7.2),
]  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Stations, and how their paths differ from the model's."""

    stations: tuple[Station, ...]
    path_s: np.ndarray
    rng: np.random.Generator

    def onsets(
        self, source: Hypocentre, after_s: float = 0.0, phase: str = "P", heard: int | None = None
    ) -> list[Detection]:
        """Return the onsets of a phase at the first so many stations, read to 0.1 s."""
        stations = self.stations[:heard]
        latitude, longitude = (
            np.array([getattr(s, name) for s in stations]) for name in ("latitude", "longitude")
        )
        sites = Sites(latitude, longitude, np.zeros(len(stations)))
        names = [phase] * len(stations)
        times = load_predictor("ak135").predict(names, source, sites).time_s
        times = times + self.path_s[:heard] + after_s + 0.1 * self.rng.normal(size=len(stations))
        return [self.pick(s, t) for s, t in zip(stations, times, strict=True) if np.isfinite(t)]

    def noise(self, n: int, length_s: float) -> list[Detection]:
        """Return picks at any time, n at each station."""
        times = self.rng.uniform(0.0, length_s, size=(len(self.stations), n))
        return [self.pick(s, t) for s, row in zip(self.stations, times, strict=True) for t in row]

    @staticmethod
    def pick(station: Station, time_s: float) -> Detection:
        """Return a P, so long after the start."""
        time_ns = START_NS + round(time_s * 1e9)
        return Detection(
            id=f"{station.code}.{time_ns}",
            station=station.code,
            time_ns=time_ns,
            phase="P",
            time_sigma_s=0.1,
        )

    def associate(self, picks: list[Detection]) -> Bulletin:
        """Return the events in some picks."""
        return associate(picks, Inventory(self.stations), load_predictor("ak135")).bulletin


def scene(places: list[tuple[float, float]], path_sigma_s: float, seed: int) -> Scene:
    rng = np.random.default_rng(seed)
    stations = tuple(
        Station(code=f"S{k:02}", latitude=lat, longitude=lon, elevation_m=0.0)
        for k, (lat, lon) in enumerate(places)
    )
    return Scene(stations, path_sigma_s * rng.normal(size=len(stations)), rng)


def times_s(bulletin: Bulletin) -> list[float]:
    origins = [e.origin for e in bulletin.events]
    return sorted((o.time_ns - START_NS) / 1e9 for o in origins if o is not None)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("after_s", [60.0, 80.0, -140.0])
def test_a_second_event_at_the_same_place_is_found_at_a_few_stations(
    after_s: float, seed: int
) -> None:
    # All stations but the first six are deaf to it, in the coda of the other.
    korea = Hypocentre(*KOREA, 0.0)
    region = scene(REGION, 1.2, seed)
    picks = region.onsets(korea) + region.onsets(korea, after_s, heard=6)
    first, second = times_s(region.associate(picks))
    assert second - first == pytest.approx(abs(after_s), abs=2.0)


@pytest.mark.parametrize("seed", range(6))
def test_noise_after_an_event_is_not_taken_for_another(seed: int) -> None:
    region = scene(REGION, 1.2, seed)
    picks = region.onsets(Hypocentre(*KOREA, 0.0)) + region.noise(8, 900.0)
    found = associate(picks, Inventory(region.stations), load_predictor("ak135"))
    assert "repeated" not in found.counts


@pytest.mark.parametrize("depth_km", [40.0, 90.0, 230.0, 600.0])
@pytest.mark.parametrize("phase", ["pP", "sP"])
def test_depth_phases_of_a_far_event_are_not_taken_for_another(depth_km: float, phase: str) -> None:
    source = Hypocentre(36.5, 70.5, depth_km)
    world = scene(WORLD, 0.8, seed=1)
    picks = world.onsets(source) + world.onsets(source, phase=phase)
    (event,) = world.associate(picks).events
    assert event.origin is not None
    if depth_km > 60.0:
        assert event.origin.depth_km == pytest.approx(depth_km, abs=3.0)


@pytest.mark.parametrize("after_s", [20.0, 30.0, 40.0, 50.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_second_far_event_at_half_of_the_stations_makes_none_deep(
    after_s: float, seed: int
) -> None:
    # Two explosions one after the other: the second is no pP of the first.
    source = Hypocentre(36.5, 70.5, 0.0)
    world = scene(WORLD, 0.8, seed)
    second = world.onsets(source, after_s)
    heard = world.rng.uniform(size=len(second)) < 0.5
    picks = world.onsets(source) + [p for p, kept in zip(second, heard, strict=True) if kept]
    for event in world.associate(picks).events:
        assert event.origin is not None
        assert event.origin.depth_fixed or event.origin.depth_km == pytest.approx(0.0, abs=20.0)


@pytest.mark.parametrize("seed", range(8))
def test_coda_makes_no_far_event_deep(seed: int) -> None:
    source = Hypocentre(36.5, 70.5, 0.0)
    world = scene(WORLD, 0.8, seed)
    first = world.onsets(source)
    stations = {s.code: s for s in world.stations}
    coda = [
        world.pick(stations[p.station], (p.time_ns - START_NS) / 1e9 + lag)
        for p in first
        for lag in np.exp(world.rng.uniform(np.log(3.0), np.log(150.0), world.rng.poisson(3.0)))
    ]
    for event in world.associate(first + coda).events:
        assert event.origin is not None
        assert event.origin.depth_fixed or event.origin.depth_km == pytest.approx(0.0, abs=20.0)


@pytest.mark.parametrize("seed", range(4))
def test_the_reflection_of_sn_above_a_source_is_no_second_event(seed: int) -> None:
    # sPn follows Pn by 0.33 s for each km of depth, at all distances alike.
    region = scene(REGION, 0.7, seed)
    first = region.onsets(Hypocentre(40.5, 131.5, 33.0))
    stations = {s.code: s for s in region.stations}
    reflected = [
        region.pick(stations[p.station], (p.time_ns - START_NS) / 1e9 + 11.0 + 0.2 * step)
        for p, step in zip(first[3:], region.rng.normal(size=len(first) - 3), strict=True)
    ]
    found = associate(first + reflected, Inventory(region.stations), load_predictor("ak135"))
    assert "repeated" not in found.counts


def test_two_shocks_minutes_apart_keep_their_own_onsets() -> None:
    # SDV's second P comes where S of the first is looked for, MATP's as PKiKP.
    chile = Hypocentre(-22.0, -68.5, 30.0)
    world = scene([(8.9, -70.6), (69.4, 24.2), *WORLD], 0.5, seed=3)
    bulletin = world.associate(world.onsets(chile) + world.onsets(chile, 300.0))
    assert len(bulletin.events) == 2
    for event in bulletin.events:
        assert event.origin is not None
        phases = [a.phase for a in event.origin.associations]
        assert len(phases) == len({a.station for a in event.origin.associations})
        assert all(name.startswith(("P", "Pdiff", "PKP")) for name in phases)


PLACES = [(-22.0, -68.5), (-21.0, -67.5), (36.5, 70.5), (52.0, 160.0), (-6.0, 150.0)]


def two_events(
    places: tuple[tuple[float, float], tuple[float, float]], after_s: float, seed: int
) -> list[tuple[int, int, int]]:
    """Return of each event found: onsets of its source held, missing, and of the other held."""
    world = scene(WORLD, 0.5, seed)
    groups = [world.onsets(Hypocentre(*places[0], 0.0))]
    groups.append(world.onsets(Hypocentre(*places[1], 0.0), after_s))
    own = [{d.id for d in group} for group in groups]
    rows = []
    for event in world.associate([*groups[0], *groups[1]]).events:
        assert event.origin is not None
        held = {a.detection_id for a in event.origin.associations}
        theirs = max(own, key=lambda ids: len(held & ids))
        rows.append((len(held & theirs), len(theirs - held), len(held - theirs)))
    return rows


@pytest.mark.slow
@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    places=st.tuples(st.sampled_from(PLACES[:2]), st.sampled_from(PLACES[:2])),
    after_s=st.floats(240.0, 450.0) | st.floats(750.0, 1500.0),
    seed=st.integers(0, 1000),
)
def test_onsets_stay_with_their_own_of_two_events_nearby(
    places: tuple[tuple[float, float], tuple[float, float]], after_s: float, seed: int
) -> None:
    # Between these delays P of the one come at most stations where S of the other are looked for.
    found = two_events(places, after_s, seed)
    assert len(found) == 2
    # Half of an event 150 km away may be held as a repeat, where Lg and PP of the first took more.
    assert all(missing <= 5 and foreign <= 1 for _, missing, foreign in found)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    places=st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)),
    after_s=st.floats(90.0, 1500.0),
    seed=st.integers(0, 1000),
)
def test_two_events_anywhere_make_no_third(
    places: tuple[tuple[float, float], tuple[float, float]], after_s: float, seed: int
) -> None:
    found = two_events(places, after_s, seed)
    assert 1 <= len(found) <= 2
    assert all(own > foreign for own, _, foreign in found)


@pytest.mark.parametrize(
    ("second", "after_s", "seed"), [(0, 700.0, 0), (1, 630.0, 0), (1, 631.0, 0), (1, 640.0, 3)]
)
def test_onsets_taken_for_s_of_another_event_come_back(
    second: int, after_s: float, seed: int
) -> None:
    # P of the second come as S, ScS and SKS of the first, which went 30 to 126 km deep for them.
    first = PLACES[0] if second == 0 else PLACES[1]
    found = two_events((first, PLACES[0]), after_s, seed)
    assert [(own, foreign) for own, _, foreign in found] == [(10, 0), (10, 0)]


@pytest.mark.parametrize("is_pulse", [True, False])
def test_a_pulse_at_one_instant_is_told(is_pulse: bool) -> None:
    region = scene(REGION, 0.0, seed=0)
    after_s = 500.0 + 0.05 * region.rng.uniform(size=len(region.stations))
    pulse = [region.pick(s, t) for s, t in zip(region.stations, after_s, strict=True)]
    picks = pulse if is_pulse else region.onsets(Hypocentre(*KOREA, 0.0))
    (event,) = region.associate(picks).events
    assert event.origin is not None
    assert any("pulse of the recording" in text for text in event.origin.warnings) is is_pulse


def test_onsets_of_one_event_that_say_no_place_are_told() -> None:
    # A plane wave over four stations within 6 km.
    places = [(44.9956, 10.0179), (44.9980, 9.9728), (44.9844, 10.0004), (45.0223, 10.0219)]
    near = scene(places, 0.0, seed=0)
    after_s = [0.541, 0.607, 0.600, 0.465]
    picks = [near.pick(s, t) for s, t in zip(near.stations, after_s, strict=True)]
    found = associate(picks, Inventory(near.stations), load_predictor("ak135"))
    assert found.bulletin.events == ()
    assert found.counts["refused_before"] < 10  # It was settled anew at hundreds of places.
    assert {(s.detection_id, s.reason) for s in found.skipped} == {
        (p.id, "refused_no_place") for p in picks
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 3])
def test_no_onset_of_a_swarm_is_in_two_events(seed: int) -> None:
    # Seed 7: what was withheld from one of two events came free when other places were weighed.
    rng = np.random.default_rng(seed)
    alps = scene([(45 + 3 * a, 10 + 5 * b) for a, b in rng.uniform(-1, 1, (12, 2))], 0.3, seed)
    picks: list[Detection] = []
    for _ in range(25):
        after_s = float(rng.uniform(0.0, 1500.0))
        source = Hypocentre(45.5 + 0.1 * rng.normal(), 10.5 + 0.1 * rng.normal(), 8.0)
        heard = rng.uniform(0.5, 1.0)
        for phase, share in (("P", heard), ("S", 0.7 * heard)):
            onsets = alps.onsets(source, after_s, phase)
            picks += [p for p in onsets if rng.uniform() < share]
    events = alps.associate(picks + alps.noise(2, 1500.0)).events
    taken = [d.id for event in events for d in event.detections]
    assert len(events) >= 12
    assert len(taken) == len(set(taken))
