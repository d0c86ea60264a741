"""Files of several regions, grids and models as one matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.cli.support_source import GRID, STATIONS, STOPS, sensitivity

from vigie.errors import ParameterError
from vigie.pipeline.transport.source_matrix import Where, assemble, located_matrix
from vigie.products.transport.source_pair import Field, Pair
from vigie.records import LatLonGrid, Sensitivity
from vigie.transport.sensitivities import on_grid
from vigie.transport.source.likelihood import Observation

SEEN = Observation(critical_level=1e-4, value=1e-3, sigma=1e-4, detected=True)
HALVES = (
    replace(GRID, n_longitude=40),
    replace(GRID, first_longitude=0.0, n_longitude=40),
)


def pair(*records: Sensitivity) -> Pair:
    fields = tuple(Field(path=f"{k}.srm", record=one) for k, one in enumerate(records))
    stop_ns = records[0].collection_stop_ns
    return Pair(
        station=records[0].station,
        sample_id="",
        stop_ns=stop_ns,
        observation=SEEN,
        mdc=2e-4,
        fields=fields,
    )


def test_regions_that_differ_lose_no_cell() -> None:
    whole = [sensitivity(station, STOPS[0]) for station in list(STATIONS)[:2]]
    cut = [on_grid(one, grid) for one, grid in zip(whole, HALVES, strict=True)]
    found = assemble([pair(one) for one in cut], Where(), "Ba-140")
    wanted = assemble([pair(one) for one in whole], Where(), "Ba-140")
    for k, one in enumerate(cut):
        lat, lon = found.domain.grid.centres(found.domain.cells)
        there = one.grid.cells_at(lat, lon) >= 0
        column = wanted.domain.cells.searchsorted(wanted.domain.grid.cells_at(lat, lon))
        expected = wanted.matrix.sensitivity[k][:, column] * there
        assert found.matrix.sensitivity[k] == pytest.approx(expected, rel=1e-12)
        assert expected.any()


def test_other_cells_are_refused_with_the_file() -> None:
    one = sensitivity("AAP01", STOPS[0])
    fine = LatLonGrid(
        first_latitude=40.25, latitude_step=0.5, n_latitude=20,
        first_longitude=0.25, longitude_step=0.5, n_longitude=20,
    )  # fmt: skip
    other = replace(one, grid=fine, step=one.step[:0], cell=one.cell[:0], value=one.value[:0])
    with pytest.raises(ParameterError, match=r"1\.srm: 0\.5 x 0\.5 deg.*nothing is interpolated"):
        assemble([pair(one, other)], Where(), "Ba-140")


def test_models_become_mean_and_spread() -> None:
    models = [sensitivity("AAP01", STOPS[0], shift) for shift in (0.0, 0.5, 1.0)]
    found = assemble([pair(*models), pair(sensitivity("BBP02", STOPS[0]))], Where(), "Ba-140")
    values = found.by_model[0].sensitivity
    assert found.matrix.sensitivity[0] == pytest.approx(values.mean(axis=0), rel=1e-12)
    assert found.matrix.spread is not None
    assert found.matrix.spread[0] == pytest.approx(values.std(axis=0, ddof=1), rel=1e-9)
    assert not found.matrix.spread[1].any()
    assert [reason.code for reason in found.remarks] == ["source.several_models"]


def test_a_domain_too_large_for_memory_is_refused() -> None:
    one = sensitivity("AAP01", STOPS[0])
    with pytest.raises(ParameterError, match="--interval"):
        assemble([pair(one)], Where(interval_s=0.1), "Ba-140")


def test_default_domain_is_where_detections_can_come_from() -> None:
    one = sensitivity("AAP01", STOPS[0])
    found = assemble([pair(one)], Where(), "Ba-140")
    lat, lon = found.domain.grid.centres(found.domain.cells)
    assert np.array_equal(np.sort(one.grid.cells_at(lat, lon)), np.unique(one.cell))


def test_the_domain_holds_what_errors_of_place_add() -> None:
    pairs = [pair(sensitivity(station, STOPS[0])) for station in list(STATIONS)[:2]]
    sharp = assemble(pairs, Where(), "Ba-140")
    wide = assemble(pairs, Where(), "Ba-140", km_per_day=60.0)
    assert set(sharp.domain.cells) < set(wide.domain.cells)
    located = located_matrix(wide, "Ba-140")
    new = ~np.isin(wide.domain.cells, sharp.domain.cells)
    assert located.sensitivity[:, :, new].any(axis=(0, 1)).all()
    assert not wide.matrix.sensitivity[:, :, new].any()
