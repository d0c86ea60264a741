"""Real weather files, and a long synthetic one: what they are known to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.formats import Contents, Source, detect_format
from vigie.formats.weather_grib._fields import half_levels
from vigie.formats.weather_grib._library import Handle
from vigie.formats.weather_grib._messages import messages
from vigie.formats.weather_netcdf import WeatherNetcdfFormat, WeatherOptions
from vigie.records import NS_PER_S, format_iso, merged_weather, parse_iso
from vigie.testing.weather_examples import field_of

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("netCDF4")
pytest.importorskip("eccodes")
pytestmark = [pytest.mark.data, pytest.mark.slow]
GFS = ("gfs.grb", "gfs.t12z.pgrbf120.2p5deg.grib2")


def read(path: Path) -> Contents:
    if not path.is_file():
        pytest.skip(f"{path.name} is absent")
    source = Source(str(path), path.read_bytes())
    contents = detect_format(source).read(source)
    assert [i for i in contents.issues if i.severity == "warning"] == []
    return contents


@pytest.fixture
def weather(shared_data: Path) -> Path:
    return shared_data / "transport/met"


def test_two_weeks_on_sigma_levels(weather: Path) -> None:
    states = read(weather / "synthetic/synthetic_T42L18_20050123_14d_6h.nc").weather
    assert len(states) == 57
    assert format_iso(states[0].time_ns).startswith("2005-01-23T00:00")
    steps = np.diff([state.time_ns for state in states])
    assert set(steps.tolist()) == {6 * 3600 * NS_PER_S}
    np.testing.assert_allclose(states[0].level_b, np.linspace(0.975, 0.125, 18), atol=1e-6)
    assert not states[0].level_a_pa.any()
    assert states[0].grid_shape == (64, 128)
    assert states[0].latitude[0] == pytest.approx(-87.8638)
    ground = [field_of(state, "surface_pressure_pa") for state in states]
    assert min(float(p.min()) for p in ground) == 96518.0
    assert max(float(p.max()) for p in ground) == 105324.0


def test_three_files_of_era_interim_are_one_state(weather: Path) -> None:
    parts = [read(weather / f"era/erai_2005-01-23-0000-{name}.nc").weather for name in "uvt"]
    (state,) = merged_weather(state for part in parts for state in part)
    assert state.names == ("east_m_s", "north_m_s", "temperature_k")
    assert len(state.level_b) == 37
    assert state.level_a_pa[[0, -1]].tolist() == [100000.0, 100.0]
    assert state.latitude[[0, -1]].tolist() == [-90.0, 90.0]
    assert state.time_ns == parse_iso("2005-01-23T00:00:00Z")
    # The jet south of Japan in January, where rows and levels are turned right.
    row, column = (int(np.argmin(abs(x - at))) for x, at in ((state.latitude, 33.0),
                                                             (state.longitude, 140.0)))  # fmt: skip
    level = int(np.argmin(abs(state.level_a_pa - 20000.0)))
    assert field_of(state, "east_m_s")[level, row, column] > 40.0
    assert 205.0 < field_of(state, "temperature_k")[level].mean() < 225.0


def test_values_are_those_of_the_library(weather: Path) -> None:
    import netCDF4

    path = weather / "era/erai_2005-01-23-0000-t.nc"
    with netCDF4.Dataset(str(path)) as file:
        expected = np.asarray(file["t"][:])
    (state,) = read(path).weather
    np.testing.assert_allclose(
        field_of(state, "temperature_k"), expected[::-1, ::-1], rtol=0.0, atol=2e-5
    )


def test_era5_of_the_old_layout_with_longitude_first(weather: Path) -> None:
    states = read(weather / "era/met-era5-cocip2.nc").weather
    assert len(states) == 10
    assert states[0].level_a_pa.tolist() == [30000.0, 22500.0, 20000.0]
    assert states[0].names == ("east_m_s", "north_m_s", "temperature_k", "specific_humidity",
                               "geopotential_height_m", "omega_pa_s")  # fmt: skip
    assert states[0].time_ns == parse_iso("2019-01-05T01:00:00Z")
    height = field_of(states[0], "geopotential_height_m")
    # The standard atmosphere has these pressures at 9164, 11037 and 11784 m.
    np.testing.assert_allclose(height.mean(axis=(1, 2)), [9164.0, 11037.0, 11784.0], rtol=0.04)


def test_137_hybrid_levels_of_the_ifs(weather: Path) -> None:
    path = weather / "era/ecmwf_hres_137ml_20181114_step24.grib"
    (state,) = read(path).weather
    assert state.time_ns == parse_iso("2018-11-15T12:00:00Z")
    assert state.grid_shape == (34, 48)
    handle = Handle(next(iter(messages(path.read_bytes()))).data)
    a, b = half_levels(handle)
    handle.close()
    assert (a[0], b[0]) == (0.0, 0.0)
    assert (a[-1], b[-1]) == (0.0, 1.0)
    assert len(a) == 138
    # ECMWF's table of L137 gives, for 1013.25 hPa, 1012.0494 and 0.0100 hPa (full levels).
    pressure = state.level_a_pa + 101325.0 * state.level_b
    assert pressure[0] == pytest.approx(101204.94, abs=0.1)
    assert pressure[-1] == pytest.approx(1.0, abs=0.001)
    assert 7e4 < float(field_of(state, "surface_pressure_pa").min()) < 7.5e4
    assert field_of(state, "ground_m").max() == pytest.approx(2557.4, abs=0.1)


def test_surface_pressure_and_ground_of_the_ifs_fit_each_other(weather: Path) -> None:
    (state,) = read(weather / "era/ecmwf_hres_137ml_20181114_step24.grib").weather
    ground = field_of(state, "ground_m").astype(float)
    pressure = field_of(state, "surface_pressure_pa").astype(float)
    warmth = field_of(state, "temperature_k")[0].astype(float)
    # Brought down to the sea with the temperature there, it is weather and no relief.
    at_sea = pressure * np.exp(9.80665 * ground / (287.05 * (warmth + 0.00325 * ground)))
    assert np.corrcoef(pressure.ravel(), ground.ravel())[0, 1] < -0.9
    assert abs(np.corrcoef(at_sea.ravel(), ground.ravel())[0, 1]) < 0.5
    assert 96000.0 < at_sea.min() < at_sea.max() < 106000.0


def test_winds_of_edition_1(weather: Path) -> None:
    (state,) = read(weather / "era/ecmwf_uv_11pl_20111215_step12_natl.grib").weather
    assert len(state.level_b) == 11
    assert state.grid_shape == (67, 161)
    assert state.names == ("east_m_s", "north_m_s")
    assert state.time_ns == parse_iso("2011-12-16T00:00:00Z")


@pytest.mark.parametrize("name", GFS)
def test_heights_of_gfs_follow_from_temperature_and_humidity(weather: Path, name: str) -> None:
    (state,) = read(weather / "gfs" / name).weather
    assert len(state.level_b) == 26
    assert state.mean_over_s == 21600.0
    virtual = field_of(state, "temperature_k") * (
        1.0 + 0.608 * field_of(state, "specific_humidity").astype(float)
    )
    height = field_of(state, "geopotential_height_m").astype(float)
    thickness = 287.05 / 9.80665 * np.log(state.level_a_pa[:-1] / state.level_a_pa[1:])
    layers = thickness[:, None, None] * 0.5 * (virtual[1:] + virtual[:-1])
    error = height[0] + np.cumsum(layers, axis=0) - height[1:]
    # Where the ground is below 1000 hPa: elsewhere the lowest levels are no air.
    over_low_ground = error[:, field_of(state, "surface_pressure_pa") > 1e5]
    rms = np.sqrt((over_low_ground**2).mean(axis=1))
    tropopause = int(np.searchsorted(-state.level_a_pa, -15000.0))
    assert state.level_a_pa[tropopause] == 15000.0
    assert rms[:tropopause].max() <= 5.0
    # To 300 hPa in every column; beyond, layers of 50 hPa and more bend within.
    assert rms[state.level_a_pa[1:] >= 30000.0].max() <= 1.2


@pytest.mark.parametrize("name", GFS)
def test_stress_of_gfs_is_along_the_wind(weather: Path, name: str) -> None:
    (state,) = read(weather / "gfs" / name).weather
    for stress, wind in (("stress_east_n_m2", "east_10m_m_s"), ("stress_north_n_m2",
                         "north_10m_m_s")):  # fmt: skip
        x, y = (field_of(state, one).ravel() for one in (stress, wind))
        assert np.corrcoef(x, y)[0, 1] > 0.75
    assert 0.0 < float(field_of(state, "sensible_heat_w_m2").mean()) < 30.0
    assert field_of(state, "boundary_layer_m").max() < 6000.0


def test_both_files_of_gfs_hold_winds_that_share_messages(weather: Path) -> None:
    for name in GFS:
        data = (weather / "gfs" / name).read_bytes()
        parted = list(messages(data))
        assert len(parted) > len({m.offset for m in parted})
        assert not [m for m in parted if m.fault]


def test_storms_of_ncl_have_gaps_at_every_time_and_are_told(weather: Path) -> None:
    path = weather / "regional/U500storm.cdf"
    source = Source(str(path), path.read_bytes())
    assert detect_format(source).name == "weather_netcdf"
    contents = WeatherNetcdfFormat(WeatherOptions(level="500hPa")).read(source)
    assert contents.weather == ()
    assert len(contents.issues) == 64
    assert contents.issues[0].place.startswith("east_m_s, 1996-01-05T00:00")
    assert contents.issues[63].place.startswith("east_m_s, 1996-01-20T18:00")
    assert all("224 of 1188 values are missing" in issue.text for issue in contents.issues)
