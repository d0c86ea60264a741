"""Results that rest on an efficiency beyond its points are told; nothing is found unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.formats import Source
from vigie.formats.gamma_spectrum import FORMAT
from vigie.radionuclide.particulate import analyse_sample
from vigie.radionuclide.particulate.extrapolation import told_of_extrapolation
from vigie.radionuclide.peaks.efficiency import fit_efficiency
from vigie.records import CalibrationPoint, LineState
from vigie.testing.sample_examples import sample_analysis

if TYPE_CHECKING:
    from pathlib import Path

SEEN = (LineState.SEEN, LineState.SHARED)


def points(*energies_kev: float, value: float = 0.02) -> list[CalibrationPoint]:
    return [CalibrationPoint(energy_kev=e, value=value, sigma=0.05 * value) for e in energies_kev]


def test_what_lies_beyond_the_points_is_told_with_their_range() -> None:
    found = next(n for n in sample_analysis("x").nuclides if n.detected)
    line = replace(found.evidence[0], energy_kev=1460.8, state=LineState.SEEN)
    beyond = replace(found, evidence=(line,))
    limit = replace(found, detected=False, mdc_line_kev=59.5)
    curve = fit_efficiency(points(100.0, 300.0, 1300.0))
    (told,) = told_of_extrapolation(curve, [beyond, limit, replace(limit, mdc_line_kev=661.7)])
    params = dict(told.params)
    assert (params["nuclides"], params["others"]) == (found.nuclide, 1.0)
    assert (params["low_kev"], params["high_kev"]) == pytest.approx((100.0, 1300.0))
    # One line within is enough.
    inside = replace(beyond, evidence=(line, replace(line, energy_kev=661.7)))
    assert told_of_extrapolation(curve, [inside]) == ()
    assert told_of_extrapolation(None, [beyond]) == ()


@given(st.lists(st.floats(0.005, 0.05), min_size=1, max_size=6))
def test_points_of_one_energy_are_their_mean(values: list[float]) -> None:
    curve = fit_efficiency([p for value in values for p in points(100.0, value=value)])
    assert len(curve.knots) == 1
    assert curve.efficiency(100.0) == pytest.approx(np.exp(np.log(values).mean()), rel=1e-9)
    (sigma,) = curve.relative_sigma([100.0])
    assert sigma >= 0.05 / np.sqrt(len(values)) * (1.0 - 1e-9)


def test_points_that_disagree_are_as_unsure_as_they_differ() -> None:
    apart = [*points(100.0, value=0.02), *points(100.0, value=0.03)]
    (sigma,) = fit_efficiency(apart).relative_sigma([100.0])
    # Half the difference of the logarithms, 0.405, of two points.
    assert sigma == pytest.approx(0.5 * np.log(1.5), rel=1e-6)
    (sure,) = fit_efficiency([*points(100.0), *points(100.0)]).relative_sigma([100.0])
    assert sure == pytest.approx(0.05 / np.sqrt(2.0), rel=1e-6)


@pytest.mark.data
@pytest.mark.parametrize(
    "name", ["becq_mendocino_kelp_2013.spe", "eu152_surface_contamination.n42"]
)
def test_nothing_is_found_of_which_no_line_is_seen(shared_data: Path, name: str) -> None:
    path = shared_data / "radionuclide" / "gamma" / name
    (spectrum, *_) = FORMAT.read(Source(name, path.read_bytes())).spectra
    # Ends above the X-rays.
    curve = tuple(
        CalibrationPoint(energy_kev=e, value=v, sigma=0.05 * v)
        for e, v in ((100.0, 0.02), (300.0, 0.012), (1500.0, 0.003))
    )
    given_curve = replace(spectrum.calibration, efficiency=curve)
    found = analyse_sample(replace(spectrum, calibration=given_curve))
    for one in found.nuclides:
        if one.detected:
            assert any(line.state in SEEN for line in one.evidence), one.nuclide
