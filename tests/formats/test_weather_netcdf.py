"""Weather in netCDF: layouts of ERA5 and others, signs and sums, and what is left out."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, MissingLibraryError, ParameterError, UnwritableError
from vigie.formats import Contents, Source, detect_format, format_named
from vigie.formats.base import Configurable
from vigie.formats.weather_netcdf import WeatherNetcdfFormat, WeatherOptions
from vigie.formats.weather_netcdf._classic import fault_of
from vigie.records import NS_PER_S, WeatherState, parse_iso
from vigie.testing.examples import sensitivity
from vigie.testing.weather_examples import (
    LATITUDE,
    LEVELS_HPA,
    LONGITUDE,
    STANDARD,
    UNITS,
    NetcdfFile,
    air,
    era5,
    era5_surface,
    field_of,
    ncl,
)

pytest.importorskip("netCDF4")
FORMAT = format_named("weather_netcdf")


def read(file: NetcdfFile, **options: str) -> Contents:
    reader = WeatherNetcdfFormat(WeatherOptions(**options))
    return reader.read(Source("x.nc", file.data()))


def one_of(file: NetcdfFile, **options: str) -> WeatherState:
    contents = read(file, **options)
    assert [i for i in contents.issues if i.severity == "warning"] == []
    return contents.weather[0]


def texts(contents: Contents) -> str:
    return " | ".join(f"{i.severity} {i.place} {i.text}" for i in contents.issues)


def test_era5_is_read_south_to_north_and_bottom_to_top() -> None:
    state = one_of(era5())
    np.testing.assert_allclose(state.latitude, LATITUDE[::-1])
    np.testing.assert_allclose(state.longitude, LONGITUDE)
    np.testing.assert_allclose(state.level_a_pa, 100.0 * LEVELS_HPA[::-1])
    assert not state.level_b.any()
    values = air()
    for name, field in (("u", "east_m_s"), ("v", "north_m_s"), ("t", "temperature_k"),
                        ("q", "specific_humidity"), ("w", "omega_pa_s")):  # fmt: skip
        np.testing.assert_array_equal(field_of(state, field), values[name][0, ::-1, ::-1])
    expected = values["z"][0, ::-1, ::-1] / 9.80665
    np.testing.assert_allclose(field_of(state, "geopotential_height_m"), expected, rtol=1e-6)
    assert state.source == "ECMWF"


def test_times_are_an_hour_apart() -> None:
    states = read(era5(3)).weather
    assert np.diff([s.time_ns for s in states]).tolist() == [3600 * NS_PER_S] * 2
    assert states[0].time_ns == int(1.7e9 // 3600 * 3600) * NS_PER_S


def test_downward_sums_become_upward_means() -> None:
    file = era5_surface()
    state = one_of(file)
    assert state.mean_over_s == 3600.0
    joule = file.variables["sshf"][1]
    np.testing.assert_allclose(
        field_of(state, "sensible_heat_w_m2"), -joule[0, ::-1] / 3600.0, rtol=1e-5
    )
    stress = file.variables["ewss"][1]
    np.testing.assert_allclose(
        field_of(state, "stress_east_n_m2"), stress[0, ::-1] / 3600.0, rtol=1e-5
    )
    metres = file.variables["lsp"][1]
    np.testing.assert_allclose(
        field_of(state, "large_scale_rain_mm_h"), 1000.0 * metres[0, ::-1], rtol=1e-5
    )
    assert len(state.level_b) == 0


def test_heat_that_is_not_ecmwfs_has_the_sign_of_its_standard_name() -> None:
    file = era5_surface()
    grid, values, _ = file.variables.pop("sshf")
    flux = (values / 3600.0).astype(np.float32)
    up = one_of(file.add("hfss", grid, flux, units="W m-2",
                         standard_name="surface_upward_sensible_heat_flux",
                         cell_methods="time: mean"))  # fmt: skip
    np.testing.assert_allclose(field_of(up, "sensible_heat_w_m2"), flux[0, ::-1])
    down = one_of(file.add("hfss", grid, flux, units="W m-2",
                           standard_name="surface_downward_sensible_heat_flux",
                           cell_methods="time: mean"))  # fmt: skip
    np.testing.assert_allclose(field_of(down, "sensible_heat_w_m2"), -flux[0, ::-1])


def old_layout(step_h: int) -> NetcdfFile:
    file = era5_surface()
    names = {"valid_time": "time"}
    return NetcdfFile(
        {
            names.get(name, name): (
                tuple(names.get(d, d) for d in dims),
                np.array([0, step_h]) if name == "valid_time" else values,
                {**attributes, "units": "hours since 2000-02-29 06:00:0.0"}
                if name == "valid_time"
                else attributes,
            )
            for name, (dims, values, attributes) in file.variables.items()
        }
    )


def test_sums_over_an_unknown_time_are_refused_with_what_to_say() -> None:
    contents = read(old_layout(6))
    (state,) = contents.weather[:1]
    assert state.sensible_heat_w_m2 is None
    assert state.temperature_2m_k is not None
    assert "--option accumulated=1h" in texts(contents)
    said = one_of(old_layout(6), accumulated="6h")
    assert said.mean_over_s == 21600.0
    assert said.time_ns == parse_iso("2000-02-29T06:00:00Z")


def test_hourly_files_of_the_old_layout_sum_over_the_hour() -> None:
    assert one_of(old_layout(1)).mean_over_s == 3600.0


@settings(max_examples=30, deadline=None)
@given(
    order=st.permutations(["valid_time", "pressure_level", "latitude", "longitude"]),
    flips=st.sets(st.sampled_from(["valid_time", "pressure_level", "latitude"])),
    roll=st.integers(0, 7),
    classic=st.booleans(),
)
def test_a_permuted_flipped_and_rolled_file_reads_the_same(
    order: list[str], flips: set[str], roll: int, classic: bool
) -> None:
    plain = read(era5()).weather
    file = NetcdfFile(attributes=era5().attributes)
    for name, (dims, values, attributes) in era5().variables.items():
        changed = values
        for axis, dim in enumerate(dims):
            changed = np.flip(changed, axis) if dim in flips else changed
            changed = np.roll(changed, roll, axis) if dim == "longitude" else changed
        named = [d for d in order if d in dims]
        changed = changed.transpose([dims.index(d) for d in named]) if dims else changed
        if classic and changed.dtype == np.int64:
            changed = changed.astype(np.int32)
        file.add(name, named, changed, **attributes)
    data = file.data("NETCDF3_CLASSIC" if classic else "NETCDF4")
    again = FORMAT.read(Source("x.nc", data))
    assert len(again.weather) == len(plain)
    assert all(a.same_as(b) for a, b in zip(again.weather, plain, strict=True))


def test_a_repeated_meridian_is_dropped() -> None:
    file = era5()
    plain = one_of(era5())
    for name, (dims, values, attributes) in list(file.variables.items()):
        if name == "longitude":
            file.add(name, dims, np.append(values, 360.0), **attributes)
        elif "longitude" in dims:
            file.add(name, dims, np.concatenate([values, values[..., :1]], -1), **attributes)
    contents = read(file)
    assert contents.weather[0].same_as(plain)
    assert "360 deg repeats another; dropped" in texts(contents)


def test_a_region_across_greenwich_is_one_piece() -> None:
    file = era5()
    dims, _, attributes = file.variables["longitude"]
    given_deg = np.array([350.0, 352.0, 354.0, 356.0, 358.0, 0.0, 2.0, 4.0])
    state = one_of(file.add("longitude", dims, given_deg, **attributes))
    np.testing.assert_allclose(state.longitude, np.arange(-10.0, 5.0, 2.0))
    np.testing.assert_array_equal(field_of(state, "east_m_s"), air()["u"][0, ::-1, ::-1])


def test_packed_values_are_unpacked_and_gaps_leave_a_field_out() -> None:
    file = era5()
    dims, values, attributes = file.variables["t"]
    packed = np.round((values - 260.0) / 0.01).astype(np.int16)
    extra = {**attributes, "_FillValue": np.int16(-32767), "scale_factor": 0.01,
             "add_offset": 260.0}  # fmt: skip
    np.testing.assert_allclose(
        field_of(one_of(file.add("t", dims, packed, **extra)), "temperature_k"),
        values[0, :, ::-1], atol=0.0051,
    )  # fmt: skip
    packed[1, 2, 3, 4:6] = -32767
    contents = read(file.add("t", dims, packed, **extra))
    first, second = contents.weather
    assert first.temperature_k is not None
    assert second.temperature_k is None
    assert second.east_m_s is not None
    assert "temperature_k, 2023-11-14T23:00:00.000Z" in texts(contents)
    assert "2 of 160 values are missing" in texts(contents)


def test_values_that_air_cannot_have_leave_a_field_out() -> None:
    file = era5()
    dims, values, attributes = file.variables["u"]
    contents = read(file.add("u", dims, values * np.float32(50.0), **attributes))
    assert contents.weather[0].east_m_s is None
    assert contents.weather[0].north_m_s is not None
    with pytest.raises(BadRecordError, match="east_m_s"):
        FORMAT.read(Source("x.nc", file.data()), strict=True)


def test_unknown_variables_and_units_are_named() -> None:
    file = era5()
    dims, values, _ = file.variables["t"]
    file.add("clwc", dims, values, units="kg kg**-1")
    file.add("t", dims, values, units="furlong", standard_name="air_temperature")
    contents = read(file)
    assert "left out: clwc" in texts(contents)
    assert "'furlong' is not a unit of temperature" in texts(contents)
    assert contents.weather[0].temperature_k is None


def test_repeated_times_are_told_and_the_first_counts() -> None:
    file = era5(3)
    dims, values, attributes = file.variables["valid_time"]
    contents = read(file.add("valid_time", dims, values[[1, 0, 1]], **attributes))
    assert len(contents.weather) == 2
    assert "comes twice" in texts(contents)
    assert "times do not rise; sorted" in texts(contents)
    np.testing.assert_array_equal(
        field_of(contents.weather[1], "east_m_s"), air(3)["u"][0, ::-1, ::-1]
    )


def sigma_file(**level: object) -> NetcdfFile:
    file = NetcdfFile()
    file.add("time", ("time",), np.array([0, 6]), units="hours since 2005-01-23")
    for name, values in (("latitude", LATITUDE), ("longitude", LONGITUDE)):
        file.add(name, (name,), values)
    for name in ("u", "v", "t"):
        file.add(name, ("time", "lev", "latitude", "longitude"), air()[name], units=UNITS[name])
    file.add("sp", ("time", "latitude", "longitude"), np.full((2, 5, 8), 1e5), units="Pa")
    return file.add("lev", ("lev",), level.pop("values"), **level)


def test_sigma_levels() -> None:
    state = one_of(sigma_file(values=np.array([0.2, 0.5, 0.8, 0.95]),
                              standard_name="atmosphere_sigma_coordinate"))  # fmt: skip
    np.testing.assert_allclose(state.level_b, [0.95, 0.8, 0.5, 0.2])
    assert not state.level_a_pa.any()
    np.testing.assert_allclose(field_of(state, "surface_pressure_pa"), 1e5)


def test_hybrid_levels_by_formula_terms_and_by_half_levels() -> None:
    a, b = np.array([2e4, 2e4, 1e4, 0.0]), np.array([0.0, 0.3, 0.7, 1.0])
    file = sigma_file(values=np.arange(1.0, 5.0), formula_terms="ap: ap b: b ps: sp",
                      standard_name="atmosphere_hybrid_sigma_pressure_coordinate")  # fmt: skip
    file.add("ap", ("lev",), a, units="Pa").add("b", ("lev",), b)
    state = one_of(file)
    np.testing.assert_allclose(state.level_a_pa, a[::-1])
    np.testing.assert_allclose(state.level_b, b[::-1])
    halves = sigma_file(values=np.arange(1.0, 5.0))
    halves.add("hyai", ("ilev",), np.array([0.0, 0.2, 0.2, 0.1, 0.0]))
    halves.add("hybi", ("ilev",), np.array([0.0, 0.0, 0.3, 0.7, 1.0]))
    state = one_of(halves)
    np.testing.assert_allclose(state.level_a_pa, [5e3, 1.5e4, 2e4, 1e4])
    np.testing.assert_allclose(state.level_b, [0.85, 0.5, 0.15, 0.0])


def test_model_levels_without_coefficients_are_refused() -> None:
    contents = read(sigma_file(values=np.arange(1.0, 5.0), units="1"))
    assert all(state.east_m_s is None for state in contents.weather)
    assert "is not levels of pressure, sigma, or hybrid ones with their a and b" in texts(contents)


def test_ncl_files_need_their_level_said() -> None:
    contents = read(ncl())
    assert contents.weather == ()
    assert "--option level=500hPa" in texts(contents)
    states = read(ncl(), level="500hPa").weather
    assert [s.time_ns for s in states] == [
        parse_iso("1996-01-05T00:00:00Z") + 6 * k * 3600 * NS_PER_S for k in range(3)
    ]
    assert states[0].level_a_pa.tolist() == [50000.0]


def test_times_that_a_file_does_not_say_can_be_said() -> None:
    file = ncl()
    del file.variables["reftime"]
    contents = read(file, level="500hPa")
    assert contents.weather == ()
    assert "--option start=2016-01-06T00:00:00Z --option step=6h" in texts(contents)
    states = read(file, level="500hPa", start="2001-02-03T04:00:00Z", step="3h").weather
    assert states[0].time_ns == parse_iso("2001-02-03T04:00:00Z")
    assert states[2].time_ns - states[0].time_ns == 6 * 3600 * NS_PER_S


@pytest.mark.parametrize(
    "words",
    [{"start": "soon"}, {"step": "6 parsecs"}, {"level": "0hPa"}, {"level": "up"},
     {"accumulated": "0h"}, {"colour": "red"}],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(words: dict[str, str]) -> None:
    assert isinstance(FORMAT, Configurable)
    with pytest.raises(ParameterError, match=next(iter(words))):
        FORMAT.with_options(words)


def test_preliminary_values_fill_what_final_ones_lack() -> None:
    file = era5()
    for name in STANDARD:
        dims, values, attributes = file.variables[name]
        both = np.full((2, *values.shape), np.nan, np.float32)
        both[0, 0], both[1, 1] = values[0], values[1]
        file.add(name, ("expver", *dims), both, **attributes)
    again, plain = read(file).weather, read(era5()).weather
    assert all(a.same_as(b) for a, b in zip(again, plain, strict=True))


def test_a_grid_that_is_no_grid_is_told() -> None:
    file = era5()
    dims, values, attributes = file.variables["latitude"]
    assert read(file.add("latitude", dims, values * np.nan, **attributes)).weather == ()
    contents = read(file.add("latitude", dims, values * 100.0, **attributes))
    assert contents.weather == ()
    assert "is not degrees" in texts(contents)


@pytest.mark.parametrize(
    ("data", "octets"),
    [
        (ncl().data("NETCDF3_CLASSIC"), 4),
        (ncl().data("NETCDF3_64BIT_OFFSET"), 4),
        (ncl().data("NETCDF3_64BIT_DATA"), 8),
    ],
    ids=["CDF-1", "CDF-2", "CDF-5"],
)
def test_a_header_that_counts_more_than_the_file_holds_is_refused(data: bytes, octets: int) -> None:
    # The C library takes memory for them all first: 5 GB in one damaged file of 310 bytes.
    assert fault_of(data) == ""
    at = data.index(b"\0\0\0\x0b") + 4
    count = int.from_bytes(data[at : at + octets], "big")
    assert count == 6
    many = data[:at] + (0x28000006).to_bytes(octets, "big") + data[at + octets :]
    contents = FORMAT.read(Source("x.nc", many))
    assert contents.weather == ()
    assert "671088646 variables in a file of" in texts(contents)
    for length in range(4, at, 7):
        assert "beyond its" in fault_of(data[:length]) or "in a file of" in fault_of(data[:length])


def test_our_own_netcdf_files_are_no_weather() -> None:
    (data,) = format_named("srs_netcdf").write(Contents(sensitivities=(sensitivity(),))).values()
    assert detect_format(Source("x.nc", data)).name == "srs_netcdf"
    assert detect_format(Source("x.nc", era5().data())).name == "weather_netcdf"


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = era5().data()
    monkeypatch.setitem(sys.modules, "netCDF4", None)
    with pytest.raises(MissingLibraryError, match=r"netCDF4.*vigie\[weather\]"):
        FORMAT.read(Source("x.nc", data))


def test_weather_is_not_written() -> None:
    with pytest.raises(UnwritableError):
        FORMAT.write(read(era5()))
