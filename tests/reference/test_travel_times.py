"""Tables against TauP, and the predictor against the LocOO3D reference solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.travel_times import TAUP_NAMES, compare

from vigie.earth import Hypocentre, Sites, load_predictor

if TYPE_CHECKING:
    from pathlib import Path

FIRST_TOLERANCE_S = 0.005
OTHER_TOLERANCE_S = 0.020


@pytest.mark.slow
@pytest.mark.parametrize("model", ["ak135", "iasp91"])
def test_first_arrivals_agree_with_taup_at_random_points(model: str) -> None:
    found = compare(model, ("P", "S"), 100, np.random.default_rng(20161))
    # S errs most just above 210 km, where only its velocity jumps, by a thousandth.
    for phase, tolerance_s in (("P", FIRST_TOLERANCE_S), ("S", OTHER_TOLERANCE_S)):
        assert found[phase].errors_s.size > 90
        assert np.abs(found[phase].errors_s).max() < tolerance_s
        assert found[phase].one_sided == 0


@pytest.mark.slow
@pytest.mark.parametrize("model", ["ak135", "iasp91"])
def test_other_phases_agree_with_taup_at_random_points(model: str) -> None:
    phases = tuple(name for name in TAUP_NAMES if name not in ("P", "S"))
    found = compare(model, phases, 25, np.random.default_rng(7))
    errors = np.concatenate([found[phase].errors_s for phase in phases])
    assert errors.size > 300
    assert np.abs(errors).max() < OTHER_TOLERANCE_S


@pytest.mark.slow
def test_slowness_agrees_with_taup_ray_parameters() -> None:
    found = compare("ak135", ("P", "PcP", "PKPdf", "S"), 60, np.random.default_rng(3))
    slowness_errors = np.concatenate([result.slowness_errors for result in found.values()])
    assert np.percentile(np.abs(slowness_errors), 90) < 2e-3
    assert np.abs(slowness_errors).max() < 0.05


LOCOO3D = """
SPITS 78.1777   16.37      0.323  Pn     50.2287 -0.1033 0.0388
BVAR  53.02492  70.38853   0.42   PcP   564.7158 -1.0033 0.0716
SONM  47.83469  106.39499  1.4158 P     502.9033 -0.6516 0.2224
CMAR  18.4576   98.94315   0.3083 P     692.1929 -0.4288 0.0506
ASAR -23.665134 133.905261 0.6273 PKPdf 1132.6905 -0.9221 0.1076
MAW  -67.6039   62.8706    0.012  PKPbc 1194.8613 -2.3048 0.0021
"""
"""Station, latitude, longitude, elevation km, phase; times, ellipticity and elevation parts (s)
that LocOO3D prints for its Example 01 with ak135 from 79.762518 N 2.463674 E, depth 0."""
LOCOO3D_SIGMA_S = (1.4, 1.3, 1.1, 1.3459, 1.2276)
"""Errors of the model that it prints, without that of Pn."""


def test_parts_of_times_agree_with_the_locoo3d_reference() -> None:
    rows = [line.split() for line in LOCOO3D.split("\n") if line]
    numbers = np.array([[*row[1:4], *row[5:]] for row in rows], dtype=np.float64)
    phases = [row[4] for row in rows]
    sites = Sites(numbers[:, 0], numbers[:, 1], numbers[:, 2] * 1e3)
    source = Hypocentre(79.762518, 2.463674, 0.0)
    parts = load_predictor("ak135").parts(phases, source, sites)
    np.testing.assert_allclose(parts.table_s, numbers[:, 3], atol=0.06)
    np.testing.assert_allclose(parts.ellipticity_s, numbers[:, 4], atol=0.015)
    np.testing.assert_allclose(parts.elevation_s, numbers[:, 5], atol=1e-4)
    found = load_predictor("ak135").predict(phases, source, sites)
    np.testing.assert_allclose(found.time_sigma_s[1:], LOCOO3D_SIGMA_S, atol=0.002)


@pytest.mark.data
def test_derivatives_agree_with_the_locoo3d_reference(shared_data: Path) -> None:
    text = (shared_data / "arrivals/locoo3d/Example01/reference_output.txt").read_text()
    table = [line.split() for line in text.splitlines() if " TT  * " in line]
    # Rows of the parts have 18 columns; d_dLat and d_dLon are s/deg to north and east.
    first = {row[1]: (row[2], float(row[14]), float(row[15])) for row in table if len(row) == 18}
    sites_text = (shared_data / "arrivals/locoo3d/event/sites.txt").read_text().splitlines()[1:]
    places = {row.split("\t")[0]: row.split("\t")[4:6] for row in sites_text}
    codes = tuple(first)
    latitude, longitude = np.array([places[code] for code in codes], dtype=np.float64).T
    sites = Sites(latitude, longitude, np.zeros(len(codes)), codes)
    phases = [first[code][0] for code in codes]
    # The last table printed is that of the solution.
    found = load_predictor("ak135").predict(phases, Hypocentre(79.5263, 2.7093, 0.0), sites)
    azimuth = np.radians(found.esaz_deg)
    north = -found.slowness_s_per_deg * np.cos(azimuth)
    east = -found.slowness_s_per_deg * np.sin(azimuth)
    np.testing.assert_allclose(north, [first[code][1] for code in codes], atol=0.06)
    np.testing.assert_allclose(east, [first[code][2] for code in codes], atol=0.06)
