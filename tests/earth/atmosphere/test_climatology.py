"""The shipped climatology against published and real profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.atmosphere import climatology, velocity_ratio
from vigie.errors import ParameterError
from vigie.formats import Source, format_named
from vigie.records import AtmosphereSource, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

# MSIS 2 at 33.5 N 106.3 W, 2012-08-27 23 UTC, F10.7 150, Ap 4, every 20 km to 120 km.
MSIS2_K = np.array([296.6, 212.5, 249.9, 237.8, 190.8, 175.2, 399.8])


def test_temperature_is_near_msis_2() -> None:
    profile = climatology(latitude=33.5, time_ns=parse_iso("2012-08-27T23:00:00Z"))
    difference = profile.temperature_k[[0, 10, 20, 30, 40, 50, 60]] - MSIS2_K
    # A mean over local time and longitude, and NRLMSISE-00 instead of MSIS 2.
    assert np.abs(difference[:5]).max() < 6.0
    assert abs(difference[5]) < 15.0
    assert abs(difference[6]) < 35.0


def test_the_summer_stratosphere_blows_west_and_the_winter_one_east() -> None:
    for latitude, winter, summer in ((45.0, 1.5, 7.5), (-45.0, 7.5, 1.5)):
        cold = climatology(latitude=latitude, month=winter)
        warm = climatology(latitude=latitude, month=summer)
        assert cold.zonal_m_s[25] > 30.0
        assert warm.zonal_m_s[25] < -30.0
        # The winter vortex wanders, the summer easterlies are steady.
        assert cold.zonal_sigma_m_s is not None
        assert warm.zonal_sigma_m_s is not None
        assert cold.zonal_sigma_m_s[25] > 1.5 * warm.zonal_sigma_m_s[25]
        east, west = velocity_ratio(warm, [90.0, 270.0])
        assert west > 1.0 > east


@given(latitude=st.floats(-90.0, 90.0), month=st.floats(1.0, 13.0))
def test_every_place_and_time_has_an_atmosphere(latitude: float, month: float) -> None:
    profile = climatology(latitude=latitude, month=month)
    assert profile.source is AtmosphereSource.CLIMATOLOGY
    assert "HWM93" in profile.model
    assert np.all(np.diff(profile.pressure_pa) < 0.0)
    mixed = profile.height_km <= 60.0
    two_ways = profile.sound_speed_m_s / profile.sound_speed_of_temperature_m_s
    np.testing.assert_allclose(two_ways[mixed], 1.0, atol=2e-3)


@given(latitude=st.floats(-89.0, 89.0), month=st.floats(1.0, 12.9))
def test_it_is_continuous_around_the_year_and_the_globe(latitude: float, month: float) -> None:
    here = climatology(latitude=latitude, month=month).zonal_m_s
    there = climatology(latitude=latitude + 0.1, month=month + 0.01).zonal_m_s
    assert np.abs(here - there).max() < 2.0
    first, last = (climatology(latitude=latitude, month=m).zonal_m_s for m in (1.0, 13.0))
    np.testing.assert_allclose(first, last, atol=1e-9)


def test_exactly_one_time_is_needed() -> None:
    with pytest.raises(ParameterError, match="exactly one"):
        climatology(latitude=0.0)
    with pytest.raises(ParameterError, match="exactly one"):
        climatology(latitude=0.0, month=2.0, time_ns=0)
    with pytest.raises(ParameterError, match="month"):
        climatology(latitude=0.0, month=0.5)
    with pytest.raises(ParameterError, match="latitude"):
        climatology(latitude=91.0, month=2.0)


@pytest.mark.data
def test_real_winds_lie_within_the_spread(shared_data: Path) -> None:
    scores = []
    for path in sorted((shared_data / "infrasound/g2s").glob("g2stxt*.dat")):
        real = format_named("g2s").read(Source(path.name, path.read_bytes())).profiles[0]
        assert real.latitude is not None
        mean = climatology(latitude=real.latitude, time_ns=real.time_ns)
        assert mean.zonal_sigma_m_s is not None
        at = np.interp(mean.height_km[:51], real.height_km, real.zonal_m_s)
        scores.append((at - mean.zonal_m_s[:51]) / mean.zonal_sigma_m_s[:51])
    scored = np.concatenate(scores)
    # A Gaussian has 68 % within one and 95 % within two.
    assert np.mean(np.abs(scored) < 1.0) > 0.55
    assert np.mean(np.abs(scored) < 2.0) > 0.85
