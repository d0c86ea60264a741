"""ARL packed weather: what files hold, projections, sums, and damage that is named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Issue, Source, detect_format
from vigie.formats.arl import FORMAT
from vigie.formats.arl._humidity import specific_humidity
from vigie.formats.arl._label import parse_label
from vigie.formats.arl._packing import checksum, unpack
from vigie.records import WeatherState, format_iso
from vigie.testing.arl_examples import (
    N_COLUMNS,
    N_ROWS,
    POLAR,
    ArlTime,
    arl_file,
    packed,
    rotating_sum,
    two_times,
    weather_fields,
)
from vigie.testing.formats import check_survives
from vigie.testing.mutation import mutate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

FIRST, SECOND = two_times()
SIZE = N_ROWS * N_COLUMNS + 50
FLAT = np.zeros((N_ROWS, N_COLUMNS))


def read(*times: ArlTime, strict: bool = True) -> Contents:
    return FORMAT.read(Source("x.bin", arl_file(*times)), strict=strict)


def state_of(*times: ArlTime) -> WeatherState:
    return read(*times).weather[-1]


def told(contents: Contents, severity: str = "warning") -> list[Issue]:
    return [issue for issue in contents.issues if issue.severity == severity]


def field(state: WeatherState, name: str) -> FloatArray:
    values = getattr(state, name)
    assert values is not None, f"{name} is not there"
    return np.asarray(values, dtype=float)


def with_fields(time: ArlTime, **surface: FloatArray) -> ArlTime:
    return replace(time, fields={**time.fields, **{(0, k): v for k, v in surface.items()}})


def test_fields_times_and_places_are_those_of_the_file() -> None:
    contents = read(FIRST, SECOND)
    assert [format_iso(one.time_ns, digits=0) for one in contents.weather] == [
        "2005-01-23T06:00:00Z",
        "2005-01-23T09:00:00Z",
    ]
    state = contents.weather[0]
    assert state.latitude.tolist() == list(range(8, 18))
    assert state.longitude.tolist() == list(range(292, 304))
    assert (state.level_a_pa.tolist(), state.level_b.tolist()) == ([1e5, 5e4], [0.0, 0.0])
    wanted = {
        ("east_m_s", "UWND", 1.0), ("north_m_s", "VWND", 1.0), ("temperature_k", "TEMP", 1.0),
        ("geopotential_height_m", "HGTS", 1.0), ("omega_pa_s", "WWND", 100.0),
    }  # fmt: skip
    for name, variable, factor in wanted:
        for level in (1, 2):
            values = FIRST.fields[level, variable]
            step = factor * packed(values)[2]
            got = field(state, name)[level - 1]
            np.testing.assert_allclose(got, factor * values, rtol=2e-7, atol=1.01 * step)
    for name, variable, factor in (
        ("surface_pressure_pa", "PRSS", 100.0), ("ground_m", "SHGT", 1.0),
        ("boundary_layer_m", "PBLH", 1.0), ("sensible_heat_w_m2", "SHTF", 1.0),
        ("temperature_2m_k", "T02M", 1.0),
    ):  # fmt: skip
        values = FIRST.fields[0, variable]
        atol = 1.01 * factor * packed(values)[2]
        np.testing.assert_allclose(field(state, name), factor * values, rtol=2e-7, atol=atol)
    assert contents.header == (
        ("model", "TEST"),
        ("grid", "12 x 10, 1 x 1 deg"),
        ("levels", "2 pressure"),
    )
    assert [(i.code, i.params) for i in told(contents, "omission")] == [
        ("arl.unread", (("what", "MSLP"),))
    ]


def test_relative_humidity_becomes_specific() -> None:
    state = state_of(FIRST)
    relative, kelvin = FIRST.fields[1, "RELH"], FIRST.fields[1, "TEMP"]
    wanted = specific_humidity(relative, kelvin, np.full_like(kelvin, 1e5))
    np.testing.assert_allclose(field(state, "specific_humidity")[0], wanted, rtol=0.02)


@pytest.mark.parametrize(
    ("percent", "kelvin", "pa", "wanted"),
    [(100.0, 293.15, 1e5, 0.01464), (100.0, 273.15, 1e5, 0.003811), (40.0, 253.15, 5e4, 0.0006243)],
)
def test_humidity_agrees_with_tables(
    percent: float, kelvin: float, pa: float, wanted: float
) -> None:
    # Saturation over water of the Smithsonian tables: 23.37, 6.107 and 1.254 hPa.
    got = specific_humidity(np.array([percent]), np.array([kelvin]), np.array([pa]))
    assert got[0] == pytest.approx(wanted, rel=3e-3)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), shape=st.tuples(st.integers(2, 30), st.integers(2, 30)))
def test_any_field_is_unpacked_to_half_a_step(seed: int, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape) * 10.0 ** rng.uniform(-5, 5) + rng.normal() * 100.0
    data, exponent, precision, first = packed(values)
    line = f"05012306 0 199TEMP{exponent:4d}{precision:14.7E}{first:14.7E}".encode()
    label = parse_label(line)
    assert label is not None
    got = unpack(np.frombuffer(data, np.uint8), label, shape)
    half_step = 2.0 ** (exponent - 8)
    slack = 1e-7 * abs(first) + 1e-9 * half_step
    assert np.max(np.abs(got - values)) <= half_step + slack


@given(st.binary(max_size=400))
def test_the_checksum_is_that_of_byte_by_byte(data: bytes) -> None:
    assert checksum(np.frombuffer(data, np.uint8)) == rotating_sum(data)


def test_an_index_longer_than_a_record_is_put_together() -> None:
    assert arl_file(FIRST).count(b"INDX") == 3
    deep = replace(
        FIRST, fields=weather_fields(20), heights=(0.0, *(1000.0 - 40.0 * k for k in range(20)))
    )
    state = state_of(deep)
    assert len(state.level_a_pa) == 20
    assert field(state, "temperature_k").shape == (20, N_ROWS, N_COLUMNS)


@pytest.mark.parametrize(
    ("kind", "heights", "a_pa", "b"),
    [
        (1, (0.9823, 0.4341), [0.0, 0.0], [0.9823, 0.4341]),
        (4, (3.9921, 54.5), [300.0, 5400.0], [0.9921, 0.5]),
        (2, (925.0, 850.0), [92500.0, 85000.0], [0.0, 0.0]),
    ],
)
def test_levels_of_each_kind(
    kind: int, heights: tuple[float, ...], a_pa: list[float], b: list[float]
) -> None:
    state = state_of(replace(FIRST, kind=kind, heights=(0.0, *heights)))
    np.testing.assert_allclose(state.level_a_pa, a_pa, atol=1e-9)
    np.testing.assert_allclose(state.level_b, b, atol=1e-9)


def test_sigma_levels_with_an_offset_are_told() -> None:
    grid = (*FIRST.grid[:11], 50.0)
    contents = read(replace(FIRST, kind=1, heights=(0.0, 0.9, 0.5), grid=grid))
    np.testing.assert_allclose(contents.weather[0].level_a_pa, [500.0, 2500.0])
    assert "arl.offset" in [i.code for i in told(contents, "notice")]


@pytest.mark.parametrize("kind", [3, 5])
def test_levels_by_height_are_refused_with_a_remedy(kind: int) -> None:
    with pytest.raises(BadRecordError, match=rf"kind of level: '{kind}'.*pressure levels"):
        read(replace(FIRST, kind=kind))
    assert read(replace(FIRST, kind=kind), strict=False).weather == ()


def test_years_of_two_digits_and_minutes() -> None:
    for date, wanted in (("40010100", "1940"), ("99010100", "1999"), ("39010100", "2039")):
        state = state_of(replace(FIRST, date=date, minutes=15))
        assert format_iso(state.time_ns, digits=0) == f"{wanted}-01-01T00:15:00Z"


def test_columns_around_the_earth_are_not_repeated() -> None:
    fields = {
        (0, "PRSS"): np.full((10, 13), 1000.0),
        (1, "UWND"): np.tile(np.arange(13.0), (10, 1)),
        (1, "VWND"): np.zeros((10, 13)),
    }
    grid = (90.0, 360.0, 20.0, 30.0, 0.0, 0.0, 0.0, 1.0, 1.0, -90.0, 0.0, 0.0)
    state = state_of(ArlTime(fields=fields, heights=(0.0, 850.0), grid=grid))
    assert state.longitude.tolist() == list(range(0, 360, 30))
    assert (state.latitude[0], state.latitude[-1]) == (-90.0, 90.0)
    assert state.east_m_s is not None
    assert state.east_m_s[0, 0].tolist() == list(range(12))


def test_large_grids_have_their_thousands_in_the_label() -> None:
    fields = {(0, "PRSS"): np.full((3, 1440), 1000.0)}
    grid = (2.0, 359.75, 1.0, 0.25, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0)
    data = arl_file(ArlTime(fields=fields, heights=(0.0,), grid=grid))
    assert data[12:14] == b"A@"
    state = FORMAT.read(Source("x", data), strict=True).weather[0]
    assert state.grid_shape == (3, 1440)


# Sums and fluxes


def rain_of(*totals: float, **changes: Any) -> list[tuple[float, float]]:  # noqa: ANN401
    """Return mean and length of the rain of times 3 h apart, from 03 UTC, of totals in m."""
    name = changes.pop("name", "TPP6")
    hours = changes.pop("hours", [0] * len(totals))
    times = [
        ArlTime(
            fields={
                (0, name): np.full((N_ROWS, N_COLUMNS), total),
                (1, "UWND"): FLAT,
                (1, "VWND"): FLAT,
            },
            heights=(0.0, 850.0),
            date=f"050123{3 * k + 3:02d}",
            hours={name: hours[k]},
        )
        for k, total in enumerate(totals)
    ]
    found = []
    for one in read(*times).weather:
        rain = one.large_scale_rain_mm_h
        found.append((np.nan if rain is None else float(rain[0, 0]), one.mean_over_s))
    return found


def test_rain_is_the_difference_within_a_gauge() -> None:
    # 3 mm by 03, 9 by 06; emptied; 1.5 by 09, 1.5 by 12.
    found = rain_of(0.003, 0.009, 0.0015, 0.0015)
    np.testing.assert_allclose(found, [(1, 10800), (2, 10800), (0.5, 10800), (0, 10800)])


def test_labels_tell_how_long_it_rained() -> None:
    # As if the gauge had been emptied at 01: two hours at 03; then five.
    found = rain_of(0.002, 0.008, hours=[2, 5])
    np.testing.assert_allclose(found, [(1, 7200), (2, 10800)])


def test_a_gauge_that_is_never_emptied_needs_the_time_before() -> None:
    found = rain_of(0.002, 0.008, name="TPPA")
    assert np.isnan(found[0][0])
    np.testing.assert_allclose(found[1], (2, 10800))


@pytest.mark.parametrize("name", ["TPPA", "TPPD"])
def test_a_sum_that_falls_was_emptied_at_an_unknown_time(name: str) -> None:
    found = rain_of(0.002, 0.008, 0.001, 0.004, name=name)
    assert np.isnan(found[2][0])
    np.testing.assert_allclose([found[1], found[3]], [(2, 10800), (1, 10800)])


def test_rain_that_is_not_known_is_told() -> None:
    contents = read(replace(FIRST, fields={(0, "TPPA"): FLAT, (0, "PRSS"): FLAT + 1e3}))
    assert contents.weather[0].large_scale_rain_mm_h is None
    assert "arl.rain" in [i.code for i in told(contents, "omission")]


def test_convective_rain_is_parted_from_the_rest() -> None:
    total, part = FLAT + 0.006, FLAT + 0.0015
    state = state_of(with_fields(FIRST, TPP6=total, CPP6=part))
    np.testing.assert_allclose(field(state, "large_scale_rain_mm_h"), 0.75, rtol=1e-6)
    np.testing.assert_allclose(field(state, "convective_rain_mm_h"), 0.25, rtol=1e-6)


def test_means_since_the_forecast_began_are_taken_apart() -> None:
    hours = {"SHTF": 3, "TPP6": 3}
    first = replace(with_fields(FIRST, SHTF=FLAT + 100.0), hours=hours, date="05012303")
    second = replace(
        with_fields(SECOND, SHTF=FLAT + 150.0),
        hours=dict.fromkeys(hours, 6),
        date="05012306",
    )
    contents = read(first, second)
    heat = [field(one, "sensible_heat_w_m2")[0, 0] for one in contents.weather]
    np.testing.assert_allclose(heat, [100.0, 200.0])
    assert [one.mean_over_s for one in contents.weather] == [10800.0, 10800.0]
    assert told(contents, "notice") == []


def test_stress_is_that_of_the_wind_on_the_ground() -> None:
    u, v = FLAT + 3.0, FLAT - 1.0
    contents = read(with_fields(FIRST, U10M=u, V10M=v, UMOF=-0.1 * u, VMOF=-0.1 * v))
    np.testing.assert_allclose(field(contents.weather[0], "stress_east_n_m2"), 0.3, rtol=1e-6)
    np.testing.assert_allclose(field(contents.weather[0], "stress_north_n_m2"), -0.1, rtol=1e-6)
    assert "arl.stress" in [i.code for i in told(contents, "notice")]


def test_a_correction_is_added() -> None:
    lost = FLAT + 1e-4
    fields = {**FIRST.fields, (1, "DIFW"): lost, (2, "DIFW"): 2.0 * lost}
    plain = field(state_of(FIRST), "omega_pa_s")
    better = field(state_of(replace(FIRST, fields=fields)), "omega_pa_s")
    np.testing.assert_allclose(better[0] - plain[0], 0.01, rtol=1e-3)
    np.testing.assert_allclose(better[1] - plain[1], 0.02, rtol=1e-3)


# What is not on all levels


def without(time: ArlTime, *keys: tuple[int, str]) -> ArlTime:
    fields = {key: values for key, values in time.fields.items() if key not in keys}
    return replace(time, fields=fields)


def test_humidity_that_ends_below_the_top_is_0_above_and_that_is_told() -> None:
    contents = read(without(FIRST, (2, "RELH")))
    humidity = field(contents.weather[0], "specific_humidity")
    assert np.all(humidity[0] > 0.0)
    assert np.all(humidity[1] == 0.0)
    (notice,) = (i for i in told(contents, "notice") if i.code == "arl.filled")
    assert dict(notice.params) == {
        "variable": "RELH", "level": "1", "levels": "2", "height": "1000",
    }  # fmt: skip


@pytest.mark.parametrize("key", [(1, "RELH"), (2, "TEMP"), (1, "UWND")])
def test_a_variable_with_a_gap_is_left_out_and_that_is_told(key: tuple[int, str]) -> None:
    contents = read(without(FIRST, key))
    state = contents.weather[0]
    assert (state.east_m_s is None) == (key[1] == "UWND")
    assert (state.north_m_s is None) == (key[1] == "UWND")
    assert (state.temperature_k is None) == (key[1] == "TEMP")
    assert state.specific_humidity is None or key[1] == "UWND"
    assert state.geopotential_height_m is not None
    levels = [i for i in told(contents, "omission") if i.code == "arl.levels"]
    assert [dict(i.params)["variable"] for i in levels] == [key[1]]


def test_a_field_marked_as_missing_is_told() -> None:
    data = arl_file(replace(FIRST, hours={"PBLH": -1}))
    contents = FORMAT.read(Source("x", data), strict=True)
    assert contents.weather[0].boundary_layer_m is None
    assert any("PBLH of level 0" in i.text for i in told(contents, "omission"))


# Damage


def test_a_wrong_checksum_costs_its_variable_and_is_named() -> None:
    data = bytearray(arl_file(FIRST, SECOND))
    at = data.index(b"TEMP", data.index(b"05012306 0 2")) - 14
    while data[at + 14 : at + 18] != b"TEMP" or data[at + 10 : at + 12] != b" 2":
        at = data.index(b"TEMP", at + 20) - 14
    data[at + 50 + 17] ^= 1
    source = Source("x.bin", bytes(data))
    contents = FORMAT.read(source)
    first, second = contents.weather
    assert first.temperature_k is None
    assert first.east_m_s is not None
    assert second.temperature_k is not None
    (warning,) = told(contents)
    assert warning.place == f"byte {at}"
    assert "TEMP of level 2 at 050123 06 UTC" in warning.text
    assert "checksum" in warning.text
    with pytest.raises(BadRecordError, match=r"TEMP of level 2.*checksum"):
        FORMAT.read(source, strict=True)


@pytest.mark.parametrize("cut", [1, 30, SIZE, 5 * SIZE + 3])
def test_bytes_that_are_gone_cost_one_time(cut: int) -> None:
    data = arl_file(FIRST, SECOND, replace(FIRST, date="05012312"))
    middle = len(arl_file(FIRST)) + 7 * SIZE + 20
    contents = FORMAT.read(Source("x", data[:middle] + data[middle + cut :]))
    dates = [format_iso(one.time_ns, digits=0)[11:13] for one in contents.weather]
    assert dates == ["06", "09", "12"]
    assert told(contents)
    whole = FORMAT.read(Source("x", data)).weather
    assert contents.weather[0].same_as(whole[0])
    assert (
        field(contents.weather[2], "temperature_k").tolist()
        == field(whole[2], "temperature_k").tolist()
    )


@pytest.mark.parametrize(
    ("start", "stop", "word", "expected"),
    [
        (143, 149, b"999999", "index of 999 x 999"),
        (143, 149, b"  1  1", "two or more columns"),
        (143, 149, b"    -3", "numbers of columns"),
        (73, 80, b"    NaN", "twelve numbers"),
        (73, 80, b"  -1.00", "rows and columns of the Earth"),
        (0, 4, b"0513", "date and hour"),
        (154, 158, b"9999", "index of 12 x 10"),
    ],
)
def test_an_absurd_index_is_named_and_the_next_time_is_read(
    start: int, stop: int, word: bytes, expected: str
) -> None:
    data = arl_file(FIRST)
    bad = data[:start] + word + data[stop:]
    contents = FORMAT.read(Source("x", bad + arl_file(SECOND)))
    assert [format_iso(one.time_ns, digits=0)[11:13] for one in contents.weather] == ["09"]
    assert any(expected in i.text for i in told(contents)), told(contents)


def test_a_time_twice_is_told() -> None:
    with pytest.raises(BadRecordError, match="a time of its own"):
        read(FIRST, FIRST)
    assert len(read(FIRST, FIRST, strict=False).weather) == 1


def test_values_that_air_cannot_have_are_left_out() -> None:
    contents = read(with_fields(FIRST, T02M=FLAT + 15.0), strict=False)
    assert contents.weather[0].temperature_2m_k is None
    assert contents.weather[0].temperature_k is not None
    assert "temperature_2m_k" in told(contents)[0].text


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32 - 1))
def test_damaged_files_do_no_harm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = POLAR if seed % 2 else FIRST.grid
    data = arl_file(replace(FIRST, grid=grid), replace(SECOND, grid=grid))
    check_survives(FORMAT, Source("x.bin", mutate(data, rng)))


def test_only_an_index_is_claimed() -> None:
    data = arl_file(FIRST)
    assert detect_format(Source("x", data)).name == "arl_weather"
    assert not FORMAT.detect(data[3 * SIZE :][:4096], "x.bin")
    assert not FORMAT.detect(data[:100], "x.bin")
    with pytest.raises(UnwritableError, match="only read"):
        FORMAT.write(Contents())
