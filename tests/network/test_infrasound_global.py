"""Events that are heard around the globe: found, located, and their later passes told."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.support_sound import TIME_NS

from vigie.cli.associate import associate_command
from vigie.cli.locate import locate_command
from vigie.earth import load_predictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.infrasound import Climatology, SoundLocateParams, far, locate_infrasound
from vigie.network.infrasound.associate import SoundAssociation, associate_infrasound
from vigie.network.infrasound.candidates import Candidates
from vigie.network.infrasound.far import with_far_events
from vigie.network.infrasound.hearing import Sizes, log_heard
from vigie.network.infrasound.likelihood import paths_to
from vigie.network.infrasound.long_paths import GLOBE_KM, deviation_sigma_rad, far_share
from vigie.network.infrasound.params import FAR
from vigie.network.infrasound.passes import PASS_S_PER_KM
from vigie.network.infrasound.readings import collect_sound
from vigie.network.infrasound.scene import Scene, models_by_latitude
from vigie.records import Association, Detection, Event, Inventory, Origin, Station, Technology
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.network.infrasound.grouping import SoundGroup

AIR = Climatology()
SPOTS = [
    (-34.6, 116.4), (-19.9, 134.3), (-12.3, 97.0), (-17.6, -149.6), (-22.2, 166.8), (-8.9, -140.2),
    (-44.0, -176.5), (35.3, 140.3), (7.5, 134.5), (19.6, -155.9), (53.2, 157.7), (44.2, 131.9),
    (33.6, -116.5), (64.8, -147.9), (50.2, -96.0), (-77.7, 167.6), (-33.7, -78.8), (-15.3, -47.9),
    (48.9, 13.7), (77.5, -69.3), (-40.7, -70.6), (35.8, 9.3), (-1.3, 36.9), (47.8, 106.4),
]  # fmt: skip
"""Latitudes and longitudes of arrays all over the globe."""
VOLCANO = (-20.5, -175.4)
BOLIDE = (54.8, 61.1)


def globe() -> dict[str, Station]:
    return {
        f"G{k:02d}": Station(
            code=f"G{k:02d}", latitude=lat, longitude=lon, elevation_m=0.0,
            technology=Technology.INFRASOUND,
        )
        for k, (lat, lon) in enumerate(SPOTS)
    }  # fmt: skip


def range_km(source: tuple[float, float], station: Station) -> float:
    delta, _, _ = distance_azimuths(*source, station.latitude, station.longitude)
    return float(delta) * KM_PER_DEG


def arrival(
    source: tuple[float, float],
    station: Station,
    rng: np.random.Generator,
    number: int = 1,
    speed_km_s: tuple[float, float] = (0.285, 0.318),
) -> Detection:
    """Return what an array hears of a pass, its azimuth 2 deg off."""
    _, _, back = distance_azimuths(*source, station.latitude, station.longitude)
    near_km = range_km(source, station)
    path_km = GLOBE_KM * (number // 2) + (near_km if number % 2 else -near_km)
    azimuth = float(back) + 180.0 * (number % 2 == 0) + rng.normal(0.0, 2.0)
    return Detection(
        id=f"{station.code}-{number}",
        station=station.code,
        time_ns=add_seconds(TIME_NS, path_km / rng.uniform(*speed_km_s)),
        time_sigma_s=10.0,
        phase="I",
        azimuth_deg=azimuth % 360.0,
        azimuth_deg_sigma=2.0,
        technology=Technology.INFRASOUND,
    )


def noise(n_each: float, days: float, rng: np.random.Generator) -> list[Detection]:
    """Return detections of nothing at all arrays."""
    start = add_seconds(TIME_NS, -21600.0)
    return [
        Detection(
            id=f"n{code}-{k}",
            station=code,
            time_ns=add_seconds(start, rng.uniform(0.0, 86400.0 * days)),
            time_sigma_s=10.0,
            phase="I",
            azimuth_deg=rng.uniform(0.0, 360.0),
            azimuth_deg_sigma=2.0,
            technology=Technology.INFRASOUND,
        )
        for code in globe()
        for k in range(rng.poisson(n_each * days))
    ]


def associated(detections: list[Detection], events: tuple[Event, ...] = ()) -> SoundAssociation:
    inventory = Inventory(tuple(globe().values()))
    return associate_infrasound(detections, inventory, events, load_predictor(), AIR)


def off_km(event: Event, source: tuple[float, float]) -> float:
    origin = event.origin
    assert origin is not None
    delta, _, _ = distance_azimuths(*source, origin.latitude, origin.longitude)
    return float(delta) * KM_PER_DEG


@pytest.mark.slow
@pytest.mark.parametrize(("n_arrays", "most_km"), [(24, 150.0), (10, 200.0), (6, 300.0)])
def test_a_volcano_heard_around_the_globe_is_one_event(n_arrays: int, most_km: float) -> None:
    rng = np.random.default_rng(1)
    nearest = sorted(globe().values(), key=lambda s: range_km(VOLCANO, s))
    sound = [arrival(VOLCANO, s, rng) for s in nearest[:n_arrays]]
    made = associated(sound)
    (event,) = made.events
    assert len(event.detections) >= n_arrays - 1
    assert off_km(event, VOLCANO) < most_km
    assert not [d for d in made.unassociated if d not in sound]


@pytest.mark.slow
def test_it_is_found_amid_noise_with_a_third_of_the_arrays_deaf() -> None:
    rng = np.random.default_rng(2)
    loud = [s for k, s in enumerate(globe().values()) if k % 3]
    sound = [arrival(VOLCANO, s, rng) for s in loud]
    made = associated([*sound, *noise(8.0, 1.0, rng)])
    event = max(made.events, key=lambda e: len(e.detections))
    assert sum(d.id.endswith("-1") and d.id.startswith("G") for d in event.detections) >= 14
    assert off_km(event, VOLCANO) < 200.0
    assert len(made.events) == 1


@pytest.mark.slow
def test_near_arrays_and_far_ones_make_one_event() -> None:
    rng = np.random.default_rng(3)
    stations = globe()
    for k, (lat, lon) in enumerate([(50.4, 58.0), (53.9, 84.8), (47.7, 67.9), (61.0, 71.0)]):
        stations[f"N{k}"] = replace(stations["G00"], code=f"N{k}", latitude=lat, longitude=lon)
    heard = [s for s in stations.values() if range_km(BOLIDE, s) < 8500.0]
    sound = [arrival(BOLIDE, s, rng) for s in heard]
    inventory = Inventory(tuple(stations.values()))
    made = associate_infrasound(sound, inventory, (), load_predictor(), AIR)
    (event,) = made.events
    assert len(event.detections) >= len(heard) - 1
    assert len(heard) >= 8
    assert off_km(event, BOLIDE) < 120.0


@pytest.mark.slow
def test_a_small_event_of_the_same_hours_stays_one_of_its_own() -> None:
    rng = np.random.default_rng(9)
    stations = globe()
    for k, (lat, lon) in enumerate([(50.4, 58.0), (53.9, 64.8), (57.7, 62.9), (56.0, 56.0)]):
        stations[f"N{k}"] = replace(stations["G00"], code=f"N{k}", latitude=lat, longitude=lon)
    sound = [arrival(VOLCANO, s, rng) for s in stations.values()]
    late_s = 30_000.0
    small = [arrival(BOLIDE, stations[f"N{k}"], rng, 1) for k in range(4)]
    small = [
        replace(d, id=f"s{d.id}", time_ns=add_seconds(d.time_ns, late_s), time_sigma_s=10.0)
        for d in small
    ]
    inventory = Inventory(tuple(stations.values()))
    made = associate_infrasound([*sound, *small], inventory, (), load_predictor(), AIR)
    sizes = sorted(len(e.detections) for e in made.events)
    assert len(sizes) == 2
    assert sizes[0] >= 3
    assert sizes[1] >= len(stations) - 2
    near = min(made.events, key=lambda e: len(e.detections))
    assert all(d.id.startswith("s") for d in near.detections)


@pytest.mark.slow
@pytest.mark.parametrize("speed_km_s", [(0.285, 0.318), (0.313, 0.316)])
@pytest.mark.parametrize("seed", [4, 5])
def test_passes_around_the_globe_are_named_and_make_no_event(
    speed_km_s: tuple[float, float], seed: int
) -> None:
    # All at the speed of the Lamb wave, Ig4 look like an event at the antipode most of all.
    rng = np.random.default_rng(seed)
    sound = [
        arrival(VOLCANO, s, rng, n, speed_km_s) for s in globe().values() for n in (1, 2, 3, 4)
    ]
    made = associated([*sound, *noise(5.0, 3.0, rng)])
    (event,) = made.events
    assert off_km(event, VOLCANO) < 250.0
    assert sum(d.id.endswith("-1") for d in event.detections) > 0.8 * len(event.detections)
    assert len(made.unassociated) >= 3 * len(SPOTS)
    assert event.origin is not None
    (notice,) = [w for w in event.origin.warnings if "around the globe" in w]
    assert all(f"Ig{n}" in notice for n in (2, 3, 4))


def with_trains(sound: list[Detection], rng: np.random.Generator) -> list[Detection]:
    """Return detections, each the first of a train of some hours."""
    later = [
        replace(
            d,
            id=f"t{k}{d.id}",
            time_ns=add_seconds(d.time_ns, rng.uniform(600.0, 14_400.0)),
            azimuth_deg=((d.azimuth_deg or 0.0) + rng.normal(0.0, 4.0)) % 360.0,
        )
        for d in sound
        for k in range(rng.poisson(3.0))
    ]
    return [*sound, *later]


@pytest.mark.slow
@pytest.mark.parametrize("n_arrays", [6, 10, 24])
def test_trains_of_each_pass_do_not_hide_a_volcano(n_arrays: int) -> None:
    rng = np.random.default_rng(20 + n_arrays)
    nearest = sorted(globe().values(), key=lambda s: range_km(VOLCANO, s))[:n_arrays]
    speed = (0.313, 0.316)
    sound = with_trains(
        [arrival(VOLCANO, s, rng, n, speed) for s in nearest for n in (1, 2, 3, 4)], rng
    )
    codes = {s.code for s in nearest}
    made = associated([*sound, *(d for d in noise(5.0, 2.5, rng) if d.station in codes)])
    (event,) = made.events
    assert event.origin is not None
    assert off_km(event, VOLCANO) < 300.0
    assert len({d.station for d in event.detections}) >= 0.7 * n_arrays
    assert any("parts of its wave trains" in w for w in event.origin.warnings)
    assert any("around the globe" in w for w in event.origin.warnings)


@pytest.mark.slow
def test_the_origin_time_of_a_lamb_wave_is_not_early() -> None:
    # All arrivals are of one kind: taken apart, most would have to be of slower ducts.
    rng = np.random.default_rng(30)
    off, sigma = [], []
    for _ in range(6):
        stations = [list(globe().values())[int(k)] for k in rng.permutation(24)[:12]]
        sound = [arrival(VOLCANO, s, rng, 1, (0.313, 0.316)) for s in stations]
        origin = locate_infrasound("e", sound, globe(), AIR)
        off.append((origin.time_ns - TIME_NS) / 1e9)
        sigma.append(origin.time_sigma_s or 0.0)
    assert abs(float(np.mean(off))) < 240.0
    assert float(np.max(np.abs(off) / sigma)) < 2.0


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_later_pass_leads_to_the_source(number: int) -> None:
    # Ig4 is Ig3 of what Ig2 look like, an event at the antipode.
    rng = np.random.default_rng(6)
    sound = [arrival(VOLCANO, s, rng, n) for s in globe().values() for n in (1, 2, 3, 4)]
    readings, _ = collect_sound(sound, globe(), SoundLocateParams())
    free = np.ones(len(readings), dtype=np.bool_)
    scene = Scene.of(readings, models_by_latitude(readings, AIR), free, 0, FAR)
    unit = unit_vectors(*VOLCANO)
    passed_s = (number - 1) * 0.5 * GLOBE_KM * PASS_S_PER_KM
    start_s = (TIME_NS - readings.reference_ns) / 1e9 + passed_s
    at = Candidates((unit if number % 2 else -unit)[None], np.array([start_s]))
    ghost = far.settled(scene, at)
    assert ghost is not None
    source = far.source_of(scene, ghost, ())
    assert float(source.unit @ unit) > np.cos(np.radians(3.0))
    assert source.time_s == pytest.approx(start_s - passed_s, abs=1500.0)


def test_noise_makes_no_far_event() -> None:
    found: list[SoundGroup] = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        stations = Inventory(tuple(globe().values()))
        readings, _ = collect_sound(noise(10.0, 1.0, rng), stations, SoundLocateParams())
        found += with_far_events(readings, (), AIR)
    assert not found


@pytest.mark.slow
def test_far_sound_of_a_seismic_event_goes_to_it() -> None:
    rng = np.random.default_rng(5)
    square = np.diag([100.0, 100.0, 1.0, 1.0])
    origin = Origin(
        id="s/origin", time_ns=TIME_NS, latitude=VOLCANO[0], longitude=VOLCANO[1], depth_km=0.0,
        covariance=tuple(tuple(row) for row in square.tolist()), n_defining=9,
        associations=(Association(detection_id="p", station="S", phase="P"),),
    )  # fmt: skip
    event = Event(id="s", origins=(origin,), preferred_id=origin.id)
    sound = [arrival(VOLCANO, s, rng) for s in list(globe().values())[::2]]
    later = [arrival(VOLCANO, s, rng, 2) for s in list(globe().values())[::2]]
    made = associated([*sound, *later], (event,))
    (mixed,) = made.events
    assert made.counts["mixed_events"] == 1
    assert len(mixed.detections) >= len(sound) - 1
    assert {d.id[-2:] for d in mixed.detections} == {"-1"}
    assert mixed.origin is not None
    assert "Ig2" in mixed.origin.warnings[-1]


@pytest.mark.slow
def test_location_reaches_the_antipode() -> None:
    rng = np.random.default_rng(6)
    far = [s for s in globe().values() if range_km(VOLCANO, s) > 8000.0]
    assert max(range_km(VOLCANO, s) for s in far) > 17_000.0
    origin = locate_infrasound("e", [arrival(VOLCANO, s, rng) for s in far], globe(), AIR)
    delta, _, _ = distance_azimuths(*VOLCANO, origin.latitude, origin.longitude)
    assert float(delta) * KM_PER_DEG < 400.0
    assert origin.ellipse is not None
    assert 50.0 < origin.ellipse.semi_major_km < 800.0
    assert abs(origin.time_ns - TIME_NS) / 1e9 < 4.0 * (origin.time_sigma_s or 0.0)


@pytest.mark.slow
def test_the_commands_find_and_locate_a_list(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    stations, arrivals = tmp_path / "stations.csv", tmp_path / "arrivals.csv"
    rows = [f"{s.code},{s.latitude},{s.longitude},0" for s in globe().values()]
    stations.write_text("\n".join(["station,latitude,longitude,elevation_m", *rows, ""]))
    heard = [arrival(VOLCANO, s, rng) for s in globe().values() if range_km(VOLCANO, s) < 11_000.0]
    seconds = [(d.time_ns - TIME_NS) / 1e9 for d in heard]
    start = np.datetime64("2020-06-01T12:00:00", "ms")
    times = [start + np.timedelta64(round(1e3 * s), "ms") for s in seconds]
    rows = [
        f"{d.station},I,{t}Z,{d.azimuth_deg:.2f},2.0" for d, t in zip(heard, times, strict=True)
    ]
    header = "station,phase,time,azimuth_deg,azimuth_deg_sigma"
    arrivals.write_text("\n".join([header, *rows, ""]))
    options = [str(arrivals), "--stations", str(stations), "--json"]
    for command in (associate_command, locate_command):
        result = CliRunner().invoke(command, options)
        assert result.exit_code == 0, result.output
        (event,) = json.loads(result.stdout)["events"]
        assert event["origin"]["latitude"] == pytest.approx(VOLCANO[0], abs=2.0)
        assert event["origin"]["longitude"] == pytest.approx(VOLCANO[1], abs=2.0)


@given(st.floats(1.0, 1e5), st.floats(1.0, 1e4), st.floats(0.5, 5.0))
def test_farther_is_rarer_but_no_range_kills(total: float, more: float, power: float) -> None:
    sizes = Sizes(power=power)
    near, far = log_heard(np.array([total, total + more]), sizes)
    assert far < near <= 0.0
    # At most as the smallest events fall, at least as the largest.
    assert more / max(sizes.scales_km) * 0.999 <= near - far <= more / min(sizes.scales_km) * 1.001


@given(st.floats(1000.0, 8000.0))
def test_over_octaves_the_fall_is_a_power(total: float) -> None:
    near, far = log_heard(np.array([total, 2.0 * total]), Sizes())
    assert (near - far) / np.log(2.0) == pytest.approx(3.0, abs=0.5)


@given(st.floats(0.0, 20_000.0), st.floats(0.5, 10.0))
def test_azimuths_are_told_ever_less_toward_the_antipode(near_km: float, sigma_deg: float) -> None:
    arc = np.array([near_km, near_km + 15.0]) / 6371.0
    share = far_share(arc * 6371.0)
    found = np.degrees(deviation_sigma_rad(np.radians(np.full(2, sigma_deg)), arc, share))
    assert (found >= min(sigma_deg, 2.8) - 1e-9).all()
    if near_km < 2900.0:
        np.testing.assert_allclose(found, sigma_deg)
    if near_km > 10_100.0:
        assert found[1] >= found[0] - 1e-9


@settings(max_examples=25)
@given(st.floats(-89.0, 89.0), st.floats(-180.0, 180.0))
def test_mixtures_of_paths_stay_mixtures_at_any_range(latitude: float, longitude: float) -> None:
    arrays = unit_vectors([lat for lat, _ in SPOTS], [lon for _, lon in SPOTS])
    paths = paths_to(unit_vectors([latitude], [longitude]), arrays, AIR.quick(latitude, TIME_NS))
    np.testing.assert_allclose(paths.weights.sum(axis=2), 1.0)
    assert ((paths.means_s_per_km > 2.8) & (paths.means_s_per_km < 4.6)).all()
    assert (paths.sigmas_s_per_km > 0.0).all()
    assert (np.isfinite(paths.deviation_rad) & (paths.deviation_sigma_rad > 0.0)).all()


@cache
def _scene(kind: int | None) -> Scene:
    rng = np.random.default_rng(8)
    sound = [arrival(VOLCANO, s, rng) for s in globe().values()]
    readings, _ = collect_sound([*sound, *noise(5.0, 1.0, rng)], globe(), SoundLocateParams())
    params = FAR
    if kind is not None:
        params = replace(
            FAR, hearings=(FAR.hearings[kind],), scales_km=(FAR.scales_km[kind],),
            shares=(FAR.shares[kind],),
        )  # fmt: skip
    free = np.ones(len(readings), dtype=np.bool_)
    return Scene.of(readings, models_by_latitude(readings, AIR), free, 0, params)


@settings(max_examples=25, deadline=None)
@given(st.floats(-89.0, 89.0), st.floats(-180.0, 180.0), st.floats(-20_000.0, 20_000.0))
def test_the_odds_of_any_size_are_the_sum_of_those_of_each(
    latitude: float, longitude: float, time_s: float
) -> None:
    at = Candidates(unit_vectors([latitude], [longitude]), np.array([time_s]))
    score, used, size = _scene(None).weighed(at)
    each = [_scene(k).weighed(at) for k in range(len(FAR.shares))]
    assert score[0] == pytest.approx(np.logaddexp.reduce([x[0][0] for x in each]))
    assert (used == each[int(size[0])][1]).all()
    assert score[0] >= max(x[0][0] for x in each)


def test_shares_of_all_kinds_make_one() -> None:
    assert sum(FAR.shares) == pytest.approx(1.0, abs=1e-3)
    assert np.exp(Sizes().log_shares).sum() == pytest.approx(1.0)
    assert len(FAR.shares) == len(FAR.hearings) == len(FAR.scales_km)
