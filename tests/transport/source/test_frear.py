"""The synthetic release of FREAR with two real ensembles of sensitivities."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from vigie.exchange.files import read_file
from vigie.records import parse_iso
from vigie.transport.source.assembly import domain_of, source_matrix
from vigie.transport.source.credible import credible_region
from vigie.transport.source.likelihood import Observation
from vigie.transport.source.place_error import PLACE_ERROR_KM_PER_DAY, with_place_error
from vigie.transport.source.posterior import PosteriorParams, SourceMatrix, source_posterior

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from vigie.transport.source.assembly import Domain

FILES = ("THBAY.2019080515.CWAO.txt.gz", "WHTSH.2019080516.CWAO.txt.gz")
DETECTED = (2.836521e-10, 1.727009e-7)
"""Bq/m3 of Cs-137, each with an error of a tenth; MDC 1e-11."""
TRUTH = (59.9, -117.0)
PARAMS = PosteriorParams(least_bq=1e7, most_bq=1e13)


@lru_cache(maxsize=1)
def case(folder: Path) -> tuple[Domain, SourceMatrix]:
    fields = [read_file(folder / name).sensitivities[0] for name in FILES]
    times = (parse_iso("2019-08-01"), parse_iso("2019-08-05"))
    domain = domain_of(fields, latitudes=(40.0, 70.0), longitudes=(-150.0, -50.0), times_ns=times)
    return domain, source_matrix(fields, domain)


def probability(of: SourceMatrix, unit: float, params: PosteriorParams = PARAMS) -> np.ndarray:
    samples = [
        Observation(
            critical_level=0.5e-11 * unit, value=c * unit, sigma=0.1 * c * unit, detected=True
        )
        for c in DETECTED
    ]
    assert of.spread is not None
    scaled = replace(of, sensitivity=of.sensitivity * unit, spread=of.spread * unit)
    return source_posterior(samples, scaled, params).probability


@pytest.mark.data
@pytest.mark.slow
def test_the_truth_is_in_a_region_of_modest_size_whatever_the_unit(shared_data: Path) -> None:
    domain, matrix = case(shared_data / "transport" / "srs")
    found = probability(matrix, 1.0)
    region = credible_region(found, matrix.areas_km2, 0.95)
    cell = int(domain.grid.cells_at(*TRUTH))
    assert region.inside[domain.cells.searchsorted(cell)]
    assert region.inside.sum() <= 12_000
    assert probability(matrix, 1e6) == pytest.approx(found, rel=1e-9, abs=1e-15)


@pytest.mark.data
@pytest.mark.slow
def test_with_errors_of_place_the_truth_is_well_inside(shared_data: Path) -> None:
    folder = shared_data / "transport" / "srs"
    fields = [
        with_place_error(read_file(folder / name).sensitivities[0], PLACE_ERROR_KM_PER_DAY)
        for name in FILES
    ]
    times = (parse_iso("2019-08-01"), parse_iso("2019-08-05"))
    domain = domain_of(fields, latitudes=(40.0, 70.0), longitudes=(-150.0, -50.0), times_ns=times)
    matrix = source_matrix(fields, domain)
    # Releases of one interval too, which without errors of place the 95 % region misses.
    found = probability(matrix, 1.0, replace(PARAMS, longest_steps=1))
    cell = domain.cells.searchsorted(int(domain.grid.cells_at(*TRUTH)))
    assert credible_region(found, matrix.areas_km2, 0.8).inside[cell]
    assert credible_region(found, matrix.areas_km2, 0.95).inside.sum() <= 12_000
