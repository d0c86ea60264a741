"""Families of one arrival tell its time once, and the end of a train may tell none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.geodesy import distance_azimuths
from vigie.network.infrasound import locate_by_sound
from vigie.network.infrasound.associate import associate_infrasound
from vigie.network.infrasound.noise import noise_of_detections, noise_of_trains
from vigie.network.infrasound.params import SoundLocateParams
from vigie.network.infrasound.readings import SoundReadings, collect_sound
from vigie.network.infrasound.trains import LASTING_S, PAUSE_S, after_first_s, copies, wave_trains
from vigie.records import Detection, Inventory, Origin, Station, Technology

SOURCE = (33.5, -106.3)
ARRAYS = {"A": (34.0, -108.6), "B": (34.3, -109.9), "C": (33.0, -110.8)}
STATIONS = {
    code: Station(code=code, latitude=lat, longitude=lon, elevation_m=0.0)
    for code, (lat, lon) in ARRAYS.items()
}


def arrival(code: str, after_s: float, celerity: float = 0.30) -> Detection:
    delta, _, azimuth = distance_azimuths(*SOURCE, *ARRAYS[code])
    time_s = float(delta) * 111.2 / celerity + after_s
    return Detection(
        id=f"{code}{time_s:.3f}",
        station=code,
        time_ns=round(time_s * 1e9),
        phase="I",
        time_sigma_s=2.0,
        azimuth_deg=float(azimuth),
        azimuth_deg_sigma=1.0,
    )


def place(detections: list[Detection]) -> Origin:
    return locate_by_sound("x", detections, STATIONS).origin


def apart_km(one: Origin, other: Origin) -> float:
    delta, _, _ = distance_azimuths(one.latitude, one.longitude, other.latitude, other.longitude)
    return float(delta) * 111.2


@pytest.mark.parametrize("copied", ["A", "B", "C"])
def test_one_arrival_in_three_bands_counts_once(copied: str) -> None:
    once = [arrival(code, 0.0) for code in ARRAYS]
    bands = [arrival(copied, after_s) for after_s in (4.0, 8.0)]
    alone, thrice = place(once), place([*once, *bands])
    assert apart_km(alone, thrice) < 6.0
    assert thrice.time_sigma_s == pytest.approx(alone.time_sigma_s, rel=0.15)


def test_coda_of_one_array_moves_an_event_little() -> None:
    once = [arrival(code, 0.0) for code in ARRAYS]
    coda = [arrival("B", after_s) for after_s in (150.0, 155.0, 260.0, 400.0)]
    assert apart_km(place(once), place([*once, *coda])) < 25.0


# Sound of Humming Roadrunner 5: array, s after 23:10, sigma, azimuth, sigma. Nearly one bearing.
ROADRUNNER = {"W220": (34.3115, -108.6894), "W240": (34.2293, -108.8691),
              "W340": (34.2875, -110.0240), "W420": (33.1097, -110.9237)}  # fmt: skip
MAIN = [
    ("W220", 288.3, 0.65, 111.3, 0.62),
    ("W240", 332.3, 0.71, 107.1, 2.91),
    ("W340", 630.3, 0.96, 101.9, 1.01),
    ("W420", 857.6, 2.09, 81.5, 1.58),
]


@pytest.mark.slow
@pytest.mark.parametrize("off_deg", [-25.0, 0.0, 14.0, 25.0])
@pytest.mark.parametrize("last", ["W340", "W420"])
def test_coda_from_another_side_moves_an_event_little(off_deg: float, last: str) -> None:
    """Both azimuths of an array cannot be right: the main arrival must not be the one given up."""
    stations = {
        code: Station(code=code, latitude=lat, longitude=lon, elevation_m=0.0)
        for code, (lat, lon) in ROADRUNNER.items()
    }

    def located(rows: list[tuple[str, float, float, float, float]]) -> Origin:
        found = [
            Detection(id=f"{code}{s}", station=code, time_ns=round(s * 1e9), phase="I",
                      time_sigma_s=sigma_s, azimuth_deg=deg, azimuth_deg_sigma=sigma_deg)
            for code, s, sigma_s, deg, sigma_deg in rows
        ]  # fmt: skip
        return locate_by_sound("x", found, stations).origin

    (own,) = [row for row in MAIN if row[0] == last]
    coda = (last, own[1] + 114.0, 15.0, own[3] + off_deg, 1.5)
    main, both = located(MAIN), located([*MAIN, coda])
    assert apart_km(main, both) < 30.0
    assert both.ellipse is not None
    assert main.ellipse is not None
    assert both.ellipse.semi_major_km < 1.5 * main.ellipse.semi_major_km


def test_what_comes_first_is_no_coda() -> None:
    found = [arrival("A", 0.0), arrival("A", 10.0), arrival("A", 200.0), arrival("A", 5000.0)]
    readings, _ = collect_sound(found, STATIONS, params := SoundLocateParams())
    assert after_first_s(readings) == pytest.approx([0.0, 10.0, 200.0, 5000.0])
    assert copies(readings, params.same_phase_s).tolist() == [2.0, 2.0, 1.0, 1.0]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0.0, 900.0)), max_size=12))
def test_a_phase_counts_at_least_once_and_no_more_than_its_copies(
    rows: list[tuple[str, float]],
) -> None:
    readings, _ = collect_sound([arrival(*row) for row in rows], STATIONS, SoundLocateParams())
    n = copies(readings, 30.0)
    of_array = np.bincount(readings.array, minlength=1)[readings.array]
    assert np.all((n >= 1.0) & (n <= of_array))


def heard(rows: list[tuple[str, float, float]]) -> SoundReadings:
    """Return detections at arrays, times (s) and azimuths (deg)."""
    found = [
        replace(arrival("A", 0.0), id=f"{k}", station=code, time_ns=round(s * 1e9), azimuth_deg=az)
        for k, (code, s, az) in enumerate(rows)
    ]
    return collect_sound(found, STATIONS, SoundLocateParams())[0]


def test_what_one_side_tells_without_a_pause_is_one_train() -> None:
    rows = [("A", 0.0, 10.0), ("A", 9000.0, 18.0), ("A", 18_000.0, 8.0), ("A", 18_100.0, 90.0)]
    trains = wave_trains(heard([*rows, ("B", 9100.0, 10.0), ("A", 40_000.0, 8.0)]))
    # In order of time: A, A, B, A, A from the east, A after a pause.
    assert trains.label[0] == trains.label[1] == trains.label[3]
    assert len(set(trains.label.tolist())) == 4
    assert trains.is_first.tolist() == [True, False, True, False, True, True]
    assert trains.n_members.tolist() == [3, 3, 1, 3, 1, 1]
    assert trains.leads(np.array([1])).tolist() == [-1, -1, -1, 1, -1, -1]


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.floats(0.0, 200_000.0), st.floats(0.0, 359.9)),
        min_size=1,
        max_size=40,
    )
)
def test_a_train_is_of_one_array_and_lasts_no_longer_than_a_source(
    rows: list[tuple[str, float, float]],
) -> None:
    readings = heard(rows)
    trains = wave_trains(readings)
    assert int(trains.is_first.sum()) == len(set(trains.label.tolist()))
    for label in set(trains.label.tolist()):
        own = np.flatnonzero(trains.label == label)
        assert len(set(readings.array[own].tolist())) == 1
        assert trains.is_first[own].tolist() == [True, *[False] * (len(own) - 1)]
        assert np.all(trains.n_members[own] == len(own))
        assert readings.time_s[own[-1]] - readings.time_s[own[0]] <= LASTING_S
        assert np.all(np.diff(readings.time_s[own]) <= PAUSE_S)


def noise_of(rows: list[tuple[str, float, float]]) -> dict[float, float]:
    """Return the density of noise at each time."""
    readings = heard(rows)
    free = np.ones(len(readings), dtype=np.bool_)
    density = noise_of_trains(readings, wave_trains(readings), free, 3600.0)
    return {
        round(d.time_ns / 1e9): float(x) for d, x in zip(readings.detections, density, strict=True)
    }


def test_a_train_raises_the_noise_of_its_array_once() -> None:
    day = [("A", 1000.0, 200.0), ("A", 86_400.0, 300.0), ("A", 50_000.0, 100.0)]
    train = [("A", 45_000.0 + 900.0 * k, 20.0) for k in range(8)]
    once, eight = noise_of([*day, train[0]]), noise_of([*day, *train])
    assert eight[50_000] == pytest.approx(once[50_000])
    assert noise_of(day)[50_000] < once[50_000] < 3.0 * noise_of(day)[50_000]
    # The first most likely tells the time of the event, the others share the rest.
    assert once[45_000] < eight[45_000] < 2.0 * once[45_000]
    assert eight[45_900] == pytest.approx(16.0 * once[45_000], rel=0.3)


def test_what_is_heard_from_one_side_all_day_is_noise_from_there() -> None:
    sides = [("A", 15_000.0 * k, 40.0 if k % 2 else 40.0 + 30.0 * k) for k in range(12)]
    usual, rare = (noise_of([*sides, ("A", 97_000.0, side)])[97_000] for side in (40.0, 250.0))
    assert usual > 2.0 * rare


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.floats(0.0, 90_000.0), st.floats(0.0, 359.9)),
        min_size=1,
        max_size=40,
    )
)
def test_the_noise_of_a_side_stays_near_that_of_all(rows: list[tuple[str, float, float]]) -> None:
    readings = heard(rows)
    free = np.ones(len(readings), dtype=np.bool_)
    density = noise_of_detections(readings, free, 3600.0)
    assert np.all(density > 0.0)
    # The same from no side: as of all sides alike.
    even = replace(readings, azimuth_rad=np.full(len(readings), np.nan))
    sides = density / noise_of_detections(even, free, 3600.0)
    assert np.all((sides > 1.0 / (1.0 + len(rows))) & (sides <= 1.0 + len(rows)))


def test_what_comes_from_one_side_is_noise_of_that_side() -> None:
    sea = [("A", 900.0 * k, 300.0 + k % 5) for k in range(40)]
    readings = heard([*sea, ("A", 18_010.0, 120.0), ("A", 18_020.0, 303.0)])
    density = noise_of_detections(readings, np.ones(len(readings), dtype=np.bool_), 3600.0)
    at = np.searchsorted(readings.time_s, [18_009.0, 18_019.0])
    assert density[at[1]] > 20.0 * density[at[0]]


def test_a_group_that_is_no_event_is_told() -> None:
    # Two arrays are no event by the default definition.
    sound = [arrival(code, 0.0) for code in ("A", "B")]
    inventory = Inventory(
        tuple(replace(s, technology=Technology.INFRASOUND) for s in STATIONS.values())
    )
    made = associate_infrasound(sound, inventory, (), load_predictor())
    assert not made.events
    assert {(d, reason) for d, _, reason in made.skipped} == {
        (d.id, "refused_min_stations") for d in sound
    }
