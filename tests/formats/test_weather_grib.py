"""Weather in GRIB: both editions, scan orders, levels, signs, sums; damage stays where it is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, MissingLibraryError, UnwritableError
from vigie.formats import Contents, Source, detect_format, format_named
from vigie.formats.weather_grib._messages import begins_message, messages
from vigie.formats.weather_grid import rotated_to_east
from vigie.records import NS_PER_S, WeatherState, parse_iso
from vigie.testing.weather_examples import (
    GRIB_GRID,
    LATITUDE,
    LEVELS_HPA,
    LONGITUDE,
    air,
    field_of,
    grib,
    grib_message,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

pytest.importorskip("eccodes")
FORMAT = format_named("weather_grib")
Keys = dict[str, int | float | str]
SHAPE = (len(LATITUDE), len(LONGITUDE))


def read(data: bytes) -> Contents:
    return FORMAT.read(Source("x.grib", data))


def one_of(data: bytes) -> WeatherState:
    contents = read(data)
    assert [i for i in contents.issues if i.severity == "warning"] == []
    return contents.weather[0]


def texts(contents: Contents) -> str:
    return " | ".join(f"{i.severity} {i.place} {i.text}" for i in contents.issues)


def message(
    values: object, name: str, more: Mapping[str, int | float | str], edition: int = 2
) -> bytes:
    keys: Keys = {**GRIB_GRID, **more, "shortName": name}
    return grib_message(values, keys, f"regular_ll_sfc_grib{edition}")


@pytest.mark.parametrize("edition", [1, 2])
def test_both_editions_are_read_south_to_north_and_bottom_to_top(edition: int) -> None:
    state = one_of(grib(edition))
    np.testing.assert_allclose(state.latitude, LATITUDE[::-1])
    np.testing.assert_allclose(state.longitude, LONGITUDE)
    np.testing.assert_allclose(state.level_a_pa, 100.0 * LEVELS_HPA[::-1])
    assert state.time_ns == parse_iso("2019-01-05T12:00:00Z")
    values = air(1)
    for name, field, scale in (("u", "east_m_s", 1.0), ("v", "north_m_s", 1.0),
                               ("t", "temperature_k", 1.0), ("q", "specific_humidity", 1.0),
                               ("w", "omega_pa_s", 1.0),
                               ("z", "geopotential_height_m", 9.80665)):  # fmt: skip
        expected = values[name][0, ::-1, ::-1] / scale
        spread = float(np.ptp(expected)) / 2**14 + 1e-6
        np.testing.assert_allclose(field_of(state, field), expected, atol=spread, rtol=1e-5)


def test_times_are_those_of_validity() -> None:
    states = read(grib(2, n_times=2)).weather
    assert [s.time_ns for s in states] == [
        parse_iso("2019-01-05T12:00:00Z") + 6 * k * 3600 * NS_PER_S for k in range(2)
    ]


@settings(max_examples=24, deadline=None)
@given(
    edition=st.sampled_from([1, 2]),
    west=st.booleans(),
    north=st.booleans(),
    columns=st.booleans(),
    alternating=st.booleans(),
)
def test_every_order_of_points_reads_the_same(
    edition: int, west: bool, north: bool, columns: bool, alternating: bool
) -> None:
    values = air(1)["u"][0, 0]
    keys: Keys = {"iScansNegatively": int(west), "jScansPositively": int(north),
                  "jPointsAreConsecutive": int(columns)}  # fmt: skip
    laid = values[::-1] if north else values
    laid = laid[:, ::-1] if west else laid
    if west:
        keys |= {"longitudeOfFirstGridPointInDegrees": 315.0,
                 "longitudeOfLastGridPointInDegrees": 0.0}  # fmt: skip
    if north:
        keys |= {"latitudeOfFirstGridPointInDegrees": -20.0,
                 "latitudeOfLastGridPointInDegrees": 60.0}  # fmt: skip
    lines = laid.T.copy() if columns else laid.copy()
    if alternating and edition == 2:
        keys["alternativeRowScanning"] = 1
        lines[1::2] = lines[1::2, ::-1]
    more: Keys = {**keys, "level": 10}
    state = one_of(message(lines, "10u", more, edition))
    np.testing.assert_allclose(field_of(state, "east_10m_m_s"), values[::-1], atol=2e-3)
    np.testing.assert_allclose(state.longitude, LONGITUDE)
    np.testing.assert_allclose(state.latitude, LATITUDE[::-1])


def hybrid(name: str, values: object, level: int, pv: list[float]) -> bytes:
    import eccodes

    handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib2")
    keys = {**GRIB_GRID, "typeOfLevel": "hybrid", "level": level, "shortName": name}
    for key, value in keys.items():
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set(handle, "PVPresent", 1)
    eccodes.codes_set_array(handle, "pv", pv)
    eccodes.codes_set_values(handle, np.asarray(values, np.float64).ravel())
    data = bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    return data


PV = [0.0, 2000.0, 6000.0, 1000.0, 0.0, 0.0, 0.0, 0.1, 0.8, 1.0]
"""a and b of five half levels, top first."""


def test_hybrid_levels_are_means_of_half_levels() -> None:
    t = air(1)["t"][0]
    data = b"".join(hybrid("t", t[k], k + 1, PV) for k in range(4))
    data += hybrid("lnsp", np.full(SHAPE, np.log(98765.0)), 1, PV)
    data += hybrid("z", np.full(SHAPE, 9806.65), 1, PV)
    state = one_of(data)
    np.testing.assert_allclose(state.level_a_pa, [500.0, 3500.0, 4000.0, 1000.0])
    np.testing.assert_allclose(state.level_b, [0.9, 0.45, 0.05, 0.0])
    np.testing.assert_allclose(field_of(state, "temperature_k"), t[::-1, ::-1], atol=0.01)
    np.testing.assert_allclose(field_of(state, "surface_pressure_pa"), 98765.0, rtol=1e-5)
    np.testing.assert_allclose(field_of(state, "ground_m"), 1000.0, rtol=1e-5)


def test_levels_beyond_the_coefficients_are_refused() -> None:
    contents = read(hybrid("t", np.full(SHAPE, 250.0), 9, PV))
    assert contents.weather == ()
    assert "'9' is not one of 4" in texts(contents)


def test_humidity_wind_and_gaps_follow_their_rules() -> None:
    values = air(1)
    levels = [50.0, 100.0, 500.0, 1000.0]
    parts = [message(np.full(SHAPE, 270.0), "t", {"typeOfLevel": "isobaricInhPa", "level": p})
             for p in levels]  # fmt: skip
    parts += [message(values["w"][0, 0], "w", {"typeOfLevel": "isobaricInhPa", "level": p})
              for p in levels[1:]]  # fmt: skip
    parts += [message(np.full(SHAPE, 50.0), "r", {"typeOfLevel": "isobaricInhPa", "level": p})
              for p in levels[1:]]  # fmt: skip
    contents = read(b"".join(parts))
    (state,) = contents.weather
    assert not field_of(state, "omega_pa_s")[3].any()
    assert field_of(state, "omega_pa_s")[2].any()
    assert "no vertical wind on 1 levels from 50 hPa; set to 0" in texts(contents)
    assert "humidity is not given at 50 hPa; interpolated" in texts(contents)
    # Saturation at -3.16 °C, 84 % over water (Sonntag 1990: 484.6 Pa) and 16 % over ice (470.1).
    expected = 0.62198 * 0.5 * 482.2 / 1e5
    np.testing.assert_allclose(field_of(state, "specific_humidity")[0], expected, rtol=0.01)
    held = field_of(state, "specific_humidity")
    np.testing.assert_allclose(held[3], held[2])


def test_a_field_that_lacks_a_level_without_a_rule_is_left_out() -> None:
    parts = [message(np.full(SHAPE, 270.0), "t", {"typeOfLevel": "isobaricInhPa", "level": p})
             for p in (500.0, 850.0)]  # fmt: skip
    parts.append(message(np.zeros(SHAPE), "w", {"typeOfLevel": "isobaricInhPa", "level": 500}))
    contents = read(b"".join(parts))
    assert contents.weather[0].names == ("temperature_k",)
    assert "omega_pa_s is not given at 850 hPa; left out" in texts(contents)


def flux(values: float, name: str, first: int, last: int) -> bytes:
    more: Keys = {"centre": "ecmf", "stepType": "accum", "stepRange": f"{first}-{last}"}
    return message(np.full(SHAPE, values), name, more, edition=1)


def test_sums_of_a_forecast_become_means_between_its_steps() -> None:
    data = flux(-3600e3, "sshf", 0, 1) + flux(-3 * 3600e3, "sshf", 0, 3)
    states = read(data).weather
    heat = [float(field_of(s, "sensible_heat_w_m2")[0, 0]) for s in states]
    np.testing.assert_allclose(heat, [1000.0, 1000.0], rtol=1e-6)
    assert [s.mean_over_s for s in states] == [3600.0, 7200.0]
    # The whole is conserved.
    assert sum(h * s.mean_over_s for h, s in zip(heat, states, strict=True)) == 3 * 3600e3


def test_the_sign_of_an_unknown_centre_is_not_guessed() -> None:
    keys: Keys = {"centre": "rjtd", "stepType": "avg", "stepRange": "0-6"}
    data = message(np.ones(SHAPE), "avg_ishf", keys)
    contents = read(data)
    assert contents.weather == ()
    assert "whose sign is not known" in texts(contents)


def test_missing_values_leave_a_field_out() -> None:
    values = air(1)["u"][0, 0].astype(np.float64)
    values[2, 3] = np.nan
    contents = read(message(values, "10u", {"level": 10}) + grib(2))
    assert contents.weather[0].east_10m_m_s is None
    assert "1 of 40 values are missing" in texts(contents)


def test_reduced_grids_are_refused_with_a_remedy() -> None:
    import eccodes

    handle = eccodes.codes_grib_new_from_samples("reduced_gg_pl_32_grib2")
    data = bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    contents = read(data)
    assert contents.weather == ()
    assert "cdo setgridtype,regular" in texts(contents)


def test_gaussian_latitudes_are_the_roots() -> None:
    import eccodes

    handle = eccodes.codes_grib_new_from_samples("regular_gg_pl_grib2")
    data = bytes(eccodes.codes_get_message(handle))
    expected = eccodes.codes_get_array(handle, "distinctLatitudes")
    eccodes.codes_release(handle)
    (state,) = read(data).weather
    np.testing.assert_allclose(state.latitude, np.sort(expected), atol=1e-6)


def test_winds_along_a_rotated_grid_become_east_and_north() -> None:
    # A polar stereographic grid about the north pole: x along 0 deg is toward 90 E there.
    x, y = np.meshgrid(np.linspace(-0.3, 0.3, 41), np.linspace(-0.3, 0.3, 41))
    latitude = 90.0 - 2.0 * np.degrees(np.arctan(np.hypot(x, y)))
    longitude = np.degrees(np.arctan2(x, -y))
    east, north = rotated_to_east(np.ones_like(x), np.zeros_like(x), latitude, longitude)
    angle = np.radians(longitude)
    off_pole = np.hypot(x, y) > 0.03
    np.testing.assert_allclose(east[off_pole], np.cos(angle)[off_pole], atol=0.01)
    np.testing.assert_allclose(north[off_pole], -np.sin(angle)[off_pole], atol=0.01)
    np.testing.assert_allclose(np.hypot(east, north), 1.0)


def lambert(relative: int) -> bytes:
    import eccodes

    parts = []
    for name in ("u", "v"):
        handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib2")
        keys: Keys = {"gridType": "lambert", "Nx": 6, "Ny": 5, "DxInMetres": 50000,
                      "DyInMetres": 50000, "latitudeOfFirstGridPointInDegrees": 40.0,
                      "longitudeOfFirstGridPointInDegrees": 262.0, "LaDInDegrees": 45.0,
                      "LoVInDegrees": 265.0, "Latin1InDegrees": 45.0, "Latin2InDegrees": 45.0,
                      "jScansPositively": 1, "dataDate": 20190105, "dataTime": 0,
                      "shortName": name, "level": 500}  # fmt: skip
        for key, value in keys.items():
            eccodes.codes_set(handle, key, value)
        flags = eccodes.codes_get(handle, "resolutionAndComponentFlags")
        eccodes.codes_set(handle, "resolutionAndComponentFlags", (flags & ~8) | (8 * relative))
        eccodes.codes_set_values(handle, np.full(30, 10.0 if name == "u" else 0.0))
        parts.append(bytes(eccodes.codes_get_message(handle)))
        eccodes.codes_release(handle)
    return b"".join(parts)


def test_lambert_grids_have_two_dimensional_positions_and_turned_winds() -> None:
    plain, turned = one_of(lambert(0)), one_of(lambert(1))
    assert plain.latitude.shape == (5, 6)
    np.testing.assert_allclose(field_of(plain, "east_m_s"), 10.0)
    # The cone of 45 deg: north lies sin(45) (lon - LoV) to the left of y.
    angle = np.radians(np.sin(np.radians(45.0)) * (turned.longitude - 265.0))
    np.testing.assert_allclose(field_of(turned, "east_m_s")[0], 10 * np.cos(angle), atol=1e-3)
    np.testing.assert_allclose(field_of(turned, "north_m_s")[0], -10 * np.sin(angle), atol=0.01)


def test_a_damaged_message_is_named_and_the_others_go_on() -> None:
    data = bytearray(grib(2))
    offsets = [m.offset for m in messages(bytes(data))]
    data[offsets[3] + 17] = 0xFF
    contents = read(bytes(data))
    assert f"warning message 4, byte {offsets[3]} " in texts(contents)
    assert "levels that not all fields have: 1000 hPa" in texts(contents)
    assert len(contents.weather[0].level_b) == 3
    with pytest.raises(BadRecordError, match="message 4"):
        FORMAT.read(Source("x", bytes(data)), strict=True)


def test_a_cut_file_keeps_its_whole_messages() -> None:
    data = grib(1)
    last = [m.offset for m in messages(data)][-1]
    contents = read(data[:-9])
    assert f"byte {last} " in texts(contents)
    assert len(contents.weather) == 1


def test_several_fields_in_one_message_are_parted() -> None:
    u, v = (message(air(1)[n][0, 0], f"10{n}", {"level": 10}) for n in "uv")
    body = v[16:-4]
    # Sections 4 to 7 of the second behind those of the first.
    at = 0
    while body[at + 4] != 4:
        at += int.from_bytes(body[at : at + 4], "big")
    both = u[16:-4] + body[at:]
    joined = u[:8] + (len(both) + 20).to_bytes(8, "big") + both + b"7777"
    state, parted = one_of(joined), one_of(u + v)
    assert state.names == ("east_10m_m_s", "north_10m_m_s")
    assert state.same_as(parted)


def test_a_list_of_rows_outside_its_section_is_not_followed() -> None:
    # ecCodes ends the process there: octet 5 of section 2 says where rows are listed.
    data = bytearray(grib(1))
    data[8 + 52 + 4] = 0x7F
    assert one_of(bytes(data)).same_as(one_of(grib(1)))


def test_more_values_than_points_cost_nothing() -> None:
    # ecCodes made room for as many as section 5 says: 6 GB for a message of 200 bytes.
    data = message(np.full(SHAPE, 250.0), "2t", {"level": 2})
    at = 16
    while data[at + 4] != 5:
        at += int.from_bytes(data[at : at + 4], "big")
    damaged = data[: at + 5] + (760_111_438).to_bytes(4, "big") + data[at + 9 :]
    contents = read(damaged)
    assert contents.weather == ()
    assert "760111438 values on 40 points" in texts(contents)


def test_only_messages_with_lengths_that_can_be_are_claimed() -> None:
    assert begins_message(grib(1)[:4096])
    assert begins_message(grib(2)[:4096])
    assert not begins_message(b"GRIB is a format of the WMO, edition 2")
    assert detect_format(Source("x", grib(2))).name == "weather_grib"


def test_nothing_is_printed_by_the_library() -> None:
    script = (
        "from vigie.formats import Source\n"
        "from vigie.formats.weather_grib import FORMAT\n"
        "from vigie.testing.weather_examples import grib\n"
        "data = bytearray(grib(2))\n"
        "data[150:180] = bytes(range(200, 230))\n"
        "print(len(FORMAT.read(Source('x', bytes(data))).issues))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert int(done.stdout) > 0


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = grib(2)
    monkeypatch.setitem(sys.modules, "eccodes", None)
    with pytest.raises(MissingLibraryError, match=r"eccodes.*vigie\[weather\]"):
        FORMAT.read(Source("x", data))


def test_weather_is_not_written() -> None:
    with pytest.raises(UnwritableError):
        FORMAT.write(read(grib(2)))
