"""Sensitivities as netCDF: the same again, by the CF conventions; damaged files are told."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.test_srm import sensitivities

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format, format_named
from vigie.formats.losses import losses_of
from vigie.formats.scipy_files import scipy_io
from vigie.records import Sensitivity, global_grid
from vigie.testing.examples import sensitivity

FORMAT = format_named("srs_netcdf")


def written(record: Sensitivity) -> bytes:
    (data,) = FORMAT.write(Contents(sensitivities=(record,))).values()
    return data


@settings(max_examples=60)
@given(
    record=sensitivities(),
    depth=st.sampled_from([None, 150.0, 0.1]),
    source=st.sampled_from(["", "CWAO", "Météo, 分析"]),
    shift_ns=st.integers(0, 10**9),
)
def test_what_is_written_is_read_again_bit_for_bit(
    record: Sensitivity, depth: float | None, source: str, shift_ns: int
) -> None:
    record = replace(
        record, layer_depth_m=depth, source=source, step_s=record.step_s / 7.0,
        collection_start_ns=record.collection_start_ns + shift_ns,
    )  # fmt: skip
    contents = Contents(sensitivities=(record,))
    data = written(record)
    again = FORMAT.read(Source("x.nc", data), strict=True)
    assert again.issues == ()
    assert again.sensitivities[0].same_as(record)
    assert losses_of(FORMAT, contents, {".nc": data}) == ()


def test_an_empty_sensitivity_is_read_again() -> None:
    none = replace(sensitivity(), step=np.zeros(0, np.int32), cell=np.zeros(0, np.int64),
                   value=np.zeros(0), spread=None)  # fmt: skip
    data = written(none)
    assert FORMAT.read(Source("x.nc", data), strict=True).sensitivities[0].same_as(none)


def test_cells_are_gathered_as_cf_has_it() -> None:
    record = sensitivity()
    data = written(record)
    assert detect_format(Source("x.nc", data)).name == "srs_netcdf"
    with scipy_io().netcdf_file(io.BytesIO(data), "r", mmap=False) as file:
        assert file.Conventions.startswith(b"CF-1")
        variables = file.variables
        assert variables["row"].compress == b"step latitude longitude"
        shape = tuple(len(variables[name][:]) for name in ("step", "latitude", "longitude"))
        where = np.unravel_index(variables["row"][:], shape)
        assert variables["latitude"][:][where[1]].tolist() == [47.5, 48.0, 50.0]
        assert variables["longitude"][:][where[2]].tolist() == [238.5, 238.0, 355.0]
        step = variables["step"]
        assert step.units == b"seconds since 2019-08-05 15:00:00.000"
        assert step[:][where[0]].tolist() == [0.0, 0.0, -39 * 10800.0]
        assert variables["step_bounds"][:][1].tolist() == [-21600.0, -10800.0]
        assert variables["source_receptor_sensitivity"].units == b"m-3"


def changed(**changes: Any) -> bytes:  # noqa: ANN401 — arrays or attributes
    """Return a file of which some variables (row=...) or attributes (_station=...) are others."""
    data = written(sensitivity())
    with scipy_io().netcdf_file(io.BytesIO(data), "a", mmap=False) as file:
        for name, value in changes.items():
            if name.startswith("_"):
                setattr(file, name[1:], value)
            else:
                file.variables[name][: len(value)] = value
        file.flush()
        return bytes(file.fp.getvalue())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89HDF\r\n\x1a\n", "classic format"),
        (written(sensitivity())[:600], "classic format"),
        (changed(row=[5, 4, 10**6]), "unsorted"),
        (changed(row=[-5, 4, 10**6]), "from 0"),
        (changed(source_receptor_sensitivity=[-1.0, 1.0, 1.0]), "numbers from 0 on"),
        (changed(latitude=np.linspace(-80.0, 80.0, 361)), "not evenly spaced"),
        (changed(_collection_start=b"yesterday"), "is not a time"),
        (changed(_step_s=np.float64(-1.0)), "above 0"),
    ],
)
def test_damaged_files_are_told(data: bytes, message: str) -> None:
    with pytest.raises(BadRecordError, match=message):
        FORMAT.read(Source("x.nc", data), strict=True)
    assert FORMAT.read(Source("x.nc", data)).sensitivities == ()


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(UnwritableError, match="exactly one"):
        FORMAT.write(Contents())
    fine = replace(sensitivity(), grid=global_grid(0.02, 0.02))
    with pytest.raises(UnwritableError, match="so many cells"):
        written(fine)
