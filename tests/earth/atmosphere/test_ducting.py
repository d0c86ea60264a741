"""Profiles between their levels, and the ducting ratio of six real profiles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.atmosphere import (
    climatology,
    effective_sound_speed_m_s,
    resample,
    velocity_ratio,
    velocity_ratio_sigma,
    wind_along_m_s,
)
from vigie.errors import ParameterError
from vigie.formats import Source, format_named
from vigie.testing import examples

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import AtmosphereProfile

# File name: V toward north, east, south, west, as computed by others (the sheet of issue data).
RATIOS = {
    "g2stxt_2011091018_39.1026_-84.5123.dat": (0.9660, 0.9463, 0.9264, 0.9555),
    "g2stxt_2011091818_39.1026_-84.5123.dat": (0.9608, 0.9485, 0.9404, 0.9541),
    "g2stxt_2011092618_39.1026_-84.5123.dat": (0.9711, 1.0130, 0.9414, 0.9010),
    "g2stxt_2011100418_39.1026_-84.5123.dat": (0.9628, 1.0480, 0.9249, 0.8662),
    "G2S_example.met": (1.0791, 1.1742, 0.8351, 0.7490),
    "ToyAtmo.met": (0.9693, 0.8313, 0.9676, 1.1754),
}
FILES = tuple(RATIOS)
QUARTERS = [0.0, 90.0, 180.0, 270.0]


def read(shared_data: Path, name: str) -> AtmosphereProfile:
    path = shared_data / "infrasound/g2s" / name
    return format_named("g2s").read(Source(name, path.read_bytes()), strict=True).profiles[0]


@pytest.mark.data
@pytest.mark.parametrize("name", RATIOS)
def test_ratio_of_a_real_profile_is_the_published_one(shared_data: Path, name: str) -> None:
    ratio = velocity_ratio(read(shared_data, name), QUARTERS)
    np.testing.assert_allclose(ratio, RATIOS[name], atol=0.00006)


@pytest.mark.data
def test_the_autumn_reversal_shows(shared_data: Path) -> None:
    before = velocity_ratio(read(shared_data, FILES[0]), QUARTERS)
    after = velocity_ratio(read(shared_data, FILES[3]), QUARTERS)
    assert before[3] > before[1]
    assert after[1] > 1.0 > after[3]


@pytest.mark.data
def test_the_height_of_the_ground_counts_where_it_is_asked_for(shared_data: Path) -> None:
    profile = read(shared_data, FILES[0])
    speed = effective_sound_speed_m_s(profile, 90.0)
    expected = speed[400:601].max() / np.interp(0.165, profile.height_km, speed)
    ratio = velocity_ratio(profile, 90.0, ground_km=profile.ground_km)
    assert float(ratio) == pytest.approx(expected, rel=1e-12)


def test_a_uniform_wind_adds_to_the_speed_of_both_ends() -> None:
    still = replace(examples.profile(), zonal_m_s=np.zeros(60), meridional_m_s=np.zeros(60))
    windy = replace(still, zonal_m_s=np.full(60, 20.0))
    calm = float(velocity_ratio(still, 90.0))
    low, high = still.sound_speed_m_s[0], still.sound_speed_m_s[0] * calm
    assert float(velocity_ratio(windy, 90.0)) == pytest.approx((high + 20.0) / (low + 20.0))
    assert float(velocity_ratio(windy, 0.0)) == pytest.approx(calm)


@given(azimuth=st.floats(0.0, 360.0), seed=st.integers(0, 99))
def test_winds_of_opposite_directions_are_opposite(azimuth: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    profile = replace(examples.profile(), zonal_m_s=rng.normal(0.0, 40.0, 60))
    there, back = wind_along_m_s(profile, [azimuth, azimuth + 180.0])
    np.testing.assert_allclose(there, -back, atol=1e-10)
    assert np.all(np.abs(there) <= np.hypot(profile.zonal_m_s, profile.meridional_m_s) + 1e-9)


def test_resampling_keeps_levels_and_is_logarithmic_in_pressure() -> None:
    profile = examples.profile()
    assert resample(profile, profile.height_km).zonal_m_s.tolist() == profile.zonal_m_s.tolist()
    middle = 0.5 * (profile.height_km[3] + profile.height_km[4])
    between = resample(profile, [middle, middle + 1e-3])
    geometric = np.sqrt(profile.pressure_pa[3] * profile.pressure_pa[4])
    assert between.pressure_pa[0] == pytest.approx(geometric)
    with pytest.raises(ParameterError, match="within the profile"):
        resample(profile, [0.0, 500.0])


def test_a_profile_that_ends_too_low_is_refused() -> None:
    low = resample(examples.profile(), np.linspace(1.0, 50.0, 20))
    with pytest.raises(ParameterError, match="60 km or more"):
        velocity_ratio(low, 0.0)


def test_error_of_the_ratio_is_what_random_winds_give() -> None:
    from vigie.earth.atmosphere.ensemble import perturbed

    profile = climatology(latitude=45.0, month=1.5)
    members = perturbed(profile, 400, np.random.default_rng(5))
    spread = np.std([velocity_ratio(member, 90.0) for member in members])
    # The maximum of an uncertain curve is steadier than the curve at one height.
    assert 0.6 < spread / float(velocity_ratio_sigma(profile, 90.0)) < 1.1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("height_km", np.array([0.0, 2.0, 1.0]), "heights rise"),
        ("temperature_k", np.array([288.0, np.nan, 250.0]), "temperature_k"),
        ("temperature_k", np.array([15.0, 10.0, 5.0]), "temperature_k"),
        ("density_kg_m3", np.array([1225.0, 1000.0, 900.0]), "density_kg_m3"),
        ("zonal_m_s", np.array([1.0, 2.0]), "one row of 3"),
        ("ground_km", 30.0, "ground"),
    ],
)
def test_impossible_profiles_are_refused(field: str, value: object, message: str) -> None:
    good = resample(examples.profile(), [1.0, 2.0, 3.0])
    with pytest.raises(ParameterError, match=message):
        replace(good, **{field: value})  # type: ignore[arg-type]
