"""Families of one arrival tell its time once, and the end of a train may tell none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.geodesy import distance_azimuths
from vigie.network.infrasound import locate_by_sound
from vigie.network.infrasound.params import SoundLocateParams
from vigie.network.infrasound.readings import collect_sound
from vigie.network.infrasound.trains import coda_chances, copies
from vigie.records import Detection, Origin, Station

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


def test_what_comes_first_is_no_coda() -> None:
    found = [arrival("A", 0.0), arrival("A", 10.0), arrival("A", 200.0), arrival("A", 5000.0)]
    readings, _ = collect_sound(found, STATIONS, params := SoundLocateParams())
    assert coda_chances(readings, params).tolist() == [0.0, 0.0, params.coda_share, 0.0]
    assert copies(readings, params.same_phase_s).tolist() == [2.0, 2.0, 1.0, 1.0]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0.0, 900.0)), max_size=12))
def test_a_phase_counts_at_least_once_and_no_more_than_its_copies(
    rows: list[tuple[str, float]],
) -> None:
    readings, _ = collect_sound([arrival(*row) for row in rows], STATIONS, SoundLocateParams())
    n = copies(readings, 30.0)
    of_array = np.bincount(readings.array, minlength=1)[readings.array]
    assert np.all((n >= 1.0) & (n <= of_array))
