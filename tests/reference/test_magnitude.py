"""Magnitudes against published numbers."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.facts.magnitude_tables import ml_default, veith_clawson
from vigie.network.magnitude import curve_correction, mb_correction, ms_correction

if TYPE_CHECKING:
    from pathlib import Path

# Veith & Clawson (1972), Bull. Seismol. Soc. Am. 62, 435-452, in the form used by the
# International Data Centre: zero-to-peak amplitude in nm, hence 0.301 above the
# peak-to-peak values of the paper up to 100 deg.
PUBLISHED_Q = [
    (20.0, 0.0, 3.071),
    (30.0, 0.0, 3.721),
    (60.0, 0.0, 3.731),
    (90.0, 0.0, 4.061),
    (100.0, 0.0, 4.761),
    (60.0, 100.0, 3.401),
    (60.0, 600.0, 2.771),
    (120.0, 0.0, 4.250),
    (145.0, 0.0, 3.500),
]


@pytest.mark.parametrize(("delta_deg", "depth_km", "expected"), PUBLISHED_Q)
def test_q_equals_published_nodes(delta_deg: float, depth_km: float, expected: float) -> None:
    assert float(mb_correction(delta_deg, depth_km)) == pytest.approx(expected, abs=1e-6)


def test_q_passes_through_every_node() -> None:
    table = veith_clawson()
    found = mb_correction(table.delta_deg[:, None], table.depth_km[None, :])
    np.testing.assert_allclose(found, table.value, rtol=0.0, atol=1e-6)


@pytest.mark.data
def test_table_equals_the_reference_copy(shared_data: Path) -> None:
    with (shared_data / "tables" / "veith_clawson_Q.csv").open() as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    reference = np.array(rows)
    np.testing.assert_allclose(veith_clawson().delta_deg, reference[:, 0])
    np.testing.assert_allclose(veith_clawson().value, reference[:, 1:], atol=1e-9)


def test_q_is_smooth_between_nodes_where_mb_uses_it() -> None:
    # Between neighbours 1 deg and up to 100 km apart the table changes by less than 0.5;
    # a spline that overshoots by more than 0.02 beyond its neighbours rings.
    table = veith_clawson()
    delta = np.arange(20.0, 105.0, 0.25)
    inside = mb_correction(delta, 0.0)
    lower = np.floor(delta).astype(int)
    ends = np.stack([table.value[lower, 0], table.value[np.minimum(lower + 1, 180), 0]])
    assert np.all(inside >= ends.min(axis=0) - 0.02)
    assert np.all(inside <= ends.max(axis=0) + 0.02)


# First and last values of the default curve of the International Data Centre.
@pytest.mark.parametrize(("delta_deg", "b"), [(0, 0.301), (1, 0.801), (20, 3.071), (29, 3.741)])
def test_ml_curve_equals_published_nodes(delta_deg: float, b: float) -> None:
    assert curve_correction(ml_default(), delta_deg, 0.0) == pytest.approx(b, abs=1e-9)


def test_ms_agrees_with_the_prague_formula_on_average() -> None:
    # IASPEI Ms(20): log10(A/T) + 1.66 log10(delta) + 0.3 with A in nm. Rezapour & Pearce
    # (1998) keep the average of 20-100 deg and take away its trend with distance: theirs is
    # higher near and lower far.
    delta_deg = np.arange(20.0, 101.0)
    prague = 1.66 * np.log10(delta_deg) + 0.3
    difference = np.array([ms_correction(d, 0.0) for d in delta_deg]) - prague
    assert abs(difference.mean()) < 0.06
    assert difference[0] > 0.15
    assert difference[-1] < -0.05


def test_ms_by_hand() -> None:
    # 1/3 log10 20 = 0.433677; 0.5 log10 sin 20 deg = -0.232974; 0.0046 x 20 = 0.092.
    assert ms_correction(20.0, 0.0) == pytest.approx(0.433677 - 0.232974 + 0.092 + 2.370, abs=1e-5)
