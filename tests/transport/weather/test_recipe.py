"""The fields that docs/weather.md says to get are those that transport takes."""

from __future__ import annotations

from pathlib import Path

import eccodes
import pytest

from vigie.formats.weather_names import FLAT, UPPER
from vigie.transport.weather.flow import NEEDED

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "weather.md").read_text("utf-8")
ERA5 = {
    # Name in the Climate Data Store: table and number in ECMWF's parameter database.
    "u_component_of_wind": (128, 131),
    "v_component_of_wind": (128, 132),
    "temperature": (128, 130),
    "specific_humidity": (128, 133),
    "surface_pressure": (128, 134),
    "instantaneous_surface_sensible_heat_flux": (128, 231),
    "friction_velocity": (228, 3),
    "boundary_layer_height": (128, 159),
    "2m_temperature": (128, 167),
    "2m_dewpoint_temperature": (128, 168),
    "10m_u_component_of_wind": (128, 165),
    "10m_v_component_of_wind": (128, 166),
}
GFS = {
    # Name in the filter: discipline, category and number in GRIB 2, and type of level.
    "UGRD": (0, 2, 2, "isobaricInhPa"),
    "VGRD": (0, 2, 3, "isobaricInhPa"),
    "TMP": (0, 0, 0, "isobaricInhPa"),
    "RH": (0, 1, 1, "isobaricInhPa"),
    "PRES": (0, 3, 0, "surface"),
    "FRICV": (0, 2, 197, "surface"),
}


def era5_name(table: int, number: int) -> str:
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib1")
    eccodes.codes_set(handle, "centre", "ecmf")
    eccodes.codes_set(handle, "table2Version", table)
    eccodes.codes_set(handle, "indicatorOfParameter", number)
    name: str = eccodes.codes_get(handle, "shortName")
    eccodes.codes_release(handle)
    return name


def gfs_name(discipline: int, category: int, number: int, level: str) -> str:
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    for key, value in (
        ("centre", "kwbc"), ("tablesVersion", 2), ("localTablesVersion", 1),
        ("discipline", discipline), ("parameterCategory", category),
        ("parameterNumber", number), ("typeOfLevel", level),
    ):  # fmt: skip
        eccodes.codes_set(handle, key, value)
    name: str = eccodes.codes_get(handle, "shortName")
    eccodes.codes_release(handle)
    return name


@pytest.mark.parametrize("name", ERA5)
def test_a_field_of_era5_is_asked_for_and_read(name: str) -> None:
    assert f'"{name}"' in PAGE
    assert era5_name(*ERA5[name]) in {**FLAT, **UPPER}


@pytest.mark.parametrize("name", GFS)
def test_a_field_of_gfs_is_asked_for_and_read(name: str) -> None:
    assert f"var_{name}=on" in PAGE
    assert gfs_name(*GFS[name]) in {**FLAT, **UPPER}


def test_all_that_is_needed_is_asked_for() -> None:
    names = {era5_name(*one) for one in ERA5.values()}
    fields = {{**FLAT, **UPPER}[name].field for name in names}
    assert set(NEEDED) | {"sensible_heat_w_m2", "friction_velocity_m_s"} <= fields
