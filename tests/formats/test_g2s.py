"""G2S text: columns by the header, errors with line and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format, format_named
from vigie.records import AtmosphereProfile, AtmosphereSource, format_iso
from vigie.testing import examples

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = format_named("g2s")
ROW = "{z} 288.0 1.0 2.0 1.2250E-03 1013.25\n"


def read(text: str, *, strict: bool = True) -> Contents:
    return FORMAT.read(Source("x.met", text.encode()), strict=strict)


def profile_of(text: str) -> AtmosphereProfile:
    (profile,) = read(text).profiles
    return profile


def test_header_lines_decide_the_order_and_the_units() -> None:
    profile = profile_of(
        "# Fields = [ P(Pa), Z(m), R(kg/m3), T(K), V(m/s), U(m/s) ]\n"
        "101325 100 1.225 288.0 2 1\n90000 1000 1.1 285.0 4 3\n"
    )
    assert profile.height_km.tolist() == [0.1, 1.0]
    assert profile.zonal_m_s.tolist() == [1.0, 3.0]
    assert profile.meridional_m_s.tolist() == [2.0, 4.0]
    assert profile.pressure_pa.tolist() == [101325.0, 90000.0]
    assert profile.ground_km == 0.1


def test_units_of_g2s_become_si() -> None:
    text = "# Fields = [ Z(km), T(K), U(m/s), V(m/s), R(g/cm3), P(mbar) ]\n"
    profile = profile_of(text + ROW.format(z=0) + ROW.format(z=1))
    assert profile.density_kg_m3[0] == 1.225
    assert profile.pressure_pa[0] == 101325.0


def test_constants_and_columns_of_ncpaprop_are_read() -> None:
    text = "#% 0, Z0, m, 250.0\n#% 1, Z, km\n#% 2, T, degK\n#% 3, U, m/s\n#% 4, V, m/s\n"
    text += "#% 5, RHO, g/cm3\n#% 6, P, mbar\n" + ROW.format(z=0) + ROW.format(z=1)
    assert profile_of(text).ground_km == 0.25


def test_winds_in_km_per_hour_are_suspected() -> None:
    text = "# Fields = [ Z(km), T(K), U(m/s), V(m/s), R(g/cm3), P(mbar) ]\n" + ROW.format(z=0)
    windy = text + "60 245.0 {u} 0.0 2.8807E-07 0.20259\n"
    assert read(windy.format(u=60)).issues == ()
    (issue,) = read(windy.format(u=216), strict=False).issues
    assert "216 m/s" in issue.text
    assert "km/h" in issue.text


def test_a_table_without_a_header_is_taken_as_ztuvdp_with_a_notice() -> None:
    contents = read(ROW.format(z=0) + ROW.format(z=1))
    assert [issue.severity for issue in contents.issues] == ["notice"]
    assert contents.profiles[0].temperature_k[0] == 288.0


def test_exponents_of_fortran_are_read() -> None:
    profile = profile_of(ROW.format(z="0.1D+00") + ROW.format(z="0.2d+01"))
    assert profile.height_km.tolist() == [0.1, 2.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROW.format(z=0) + "x 288 1 2 1e-3 1000\n", r"x\.met, line 2, height_km: 'x'"),
        (ROW.format(z=0) + "1 15 1 2 1e-3 1000\n", r"line 2, temperature_k: '15'"),
        (ROW.format(z=0) + "1 288 1 2\n", r"line 2, density_kg_m3: ''"),
        (ROW.format(z=1) + ROW.format(z=1), r"line 2, height: '1'.*above the 1 km"),
        (ROW.format(z=1), r"two levels or more"),
        ("# Fields = [ Z(km), T(C) ]\n1 2\n", r"line 1, unit of T: 'C' is not k or degk"),
        ("# Fields = [ Z(km), T(K), U(m/s), V(m/s) ]\n1 2\n", r"density_kg_m3, pressure_pa"),
        ("# Fields = [ Z(km), T(K), U(m/s), V(m/s), R(g/cm3), P(Pa) ]\n"
         + ROW.format(z=0) + ROW.format(z=1), r"the row of 0 km.*check the units of pressure"),
    ],
)  # fmt: skip
def test_errors_name_file_line_and_remedy(text: str, message: str) -> None:
    with pytest.raises(BadRecordError, match=message):
        read(text)


def test_a_bad_row_is_left_out_and_the_rest_goes_on() -> None:
    contents = read(ROW.format(z=0) + "1 nan 1 2 1e-3 1000\n" + ROW.format(z=2), strict=False)
    assert contents.profiles[0].height_km.tolist() == [0.0, 2.0]
    assert [issue.place for issue in contents.issues if issue.severity == "warning"] == ["line 2"]


def test_only_one_profile_can_be_written() -> None:
    with pytest.raises(UnwritableError, match="exactly one"):
        FORMAT.write(Contents())


def test_a_written_climatology_says_so_when_it_is_read_again() -> None:
    from dataclasses import replace

    profile = replace(examples.profile(), source=AtmosphereSource.CLIMATOLOGY)
    (data,) = FORMAT.write(Contents(profiles=(profile,))).values()
    again = FORMAT.read(Source("x.met", data), strict=True).profiles[0]
    assert again.same_as(profile)


@pytest.mark.data
def test_real_profiles_are_recognised_and_read(shared_data: Path) -> None:
    paths = sorted((shared_data / "infrasound/g2s").glob("*"))
    tables = [path for path in paths if path.suffix in {".met", ".dat"}]
    assert len(tables) == 7
    for path in tables:
        source = Source(path.name, path.read_bytes())
        if path.name == "bolide_traj.dat":
            assert not FORMAT.detect(source.data[:4096], path.name)
            continue
        assert detect_format(source).name == "g2s"
        contents = FORMAT.read(source, strict=True)
        profile = contents.profiles[0]
        rows = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert len(profile.height_km) == len(rows)
        # Two ways to the sound speed: they agree to 0.1 m/s up to 60 km, 3 m/s at 90 km.
        low = profile.height_km < 60.0
        difference = profile.sound_speed_m_s - profile.sound_speed_of_temperature_m_s
        assert np.abs(difference[low]).max() < 0.1


@pytest.mark.data
def test_place_time_and_model_of_a_g2s_file(shared_data: Path) -> None:
    path = shared_data / "infrasound/g2s/g2stxt_2011091018_39.1026_-84.5123.dat"
    profile = FORMAT.read(Source(path.name, path.read_bytes()), strict=True).profiles[0]
    assert (profile.latitude, profile.longitude) == (39.1026, -84.5123)
    assert profile.ground_km == 0.165
    assert profile.model == "NASA MERRA (version 2)"
    assert profile.time_ns is not None
    assert format_iso(profile.time_ns).startswith("2011-09-10T18:00:00")
