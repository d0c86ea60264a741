"""Counts of regions: both real messages under three rules; laws; bad calibrations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.noble_gas.support_gas import CALIBRATION, SAMPLE, campaign, real_message

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.regions import (
    RegionRule,
    channel_edges,
    channel_of_energy,
    channel_shares,
    count_regions,
)
from vigie.records import Calibration, CalibrationPoint

if TYPE_CHECKING:
    from pathlib import Path

# Sheet 13.1, computed with open-spex 1.0.7 (rounded) and independently (energy, fractional).
COUNTS = {
    (SAMPLE, RegionRule.ROUNDED): (211, 262, 651, 698, 451, 78, 111, 44, 122, 562),
    (SAMPLE, RegionRule.ENERGY): (211, 262, 647, 698, 459, 78, 111, 44, 122, 570),
    (SAMPLE, RegionRule.FRACTIONAL): (
        210.0, 264.7, 655.7, 698.0, 454.2, 78.0, 111.0, 44.0, 122.0, 565.2,
    ),
    (CALIBRATION, RegionRule.ROUNDED): (
        152, 296, 14115, 12431, 3978, 1951, 5583, 611, 2596, 9737,
    ),
    (CALIBRATION, RegionRule.ENERGY): (
        152, 299, 14622, 12431, 4076, 1985, 5583, 611, 2596, 9835,
    ),
    (CALIBRATION, RegionRule.FRACTIONAL): (
        152.8, 294.8, 14102.3, 12429.1, 4090.6, 1962.0, 5582.2, 610.9, 2595.4, 9776.5,
    ),
}  # fmt: skip
EDGES = {
    SAMPLE: ((4, 201, 116, 138), (4, 251, 84, 102), (4, 113, 27, 37), (4, 128, 8, 16)),
    CALIBRATION: ((2, 201, 116, 138), (2, 251, 80, 101), (2, 113, 27, 35), (2, 128, 9, 15)),
}


@pytest.mark.data
@pytest.mark.parametrize(("name", "rule"), COUNTS)
def test_real_messages_give_published_counts(
    shared_data: Path, name: str, rule: RegionRule
) -> None:
    counts = count_regions(real_message(shared_data, name), rule=rule)
    tolerance = 0.1 if rule is RegionRule.FRACTIONAL else 0.0
    np.testing.assert_allclose(counts.gross, COUNTS[name, rule], rtol=0.0, atol=tolerance)


@pytest.mark.data
@pytest.mark.parametrize("name", EDGES)
def test_channel_limits_are_those_of_openspex(shared_data: Path, name: str) -> None:
    message = real_message(shared_data, name)
    for region, expected in zip(message.regions, EDGES[name], strict=False):
        assert channel_edges(message, region) == expected


@pytest.mark.data
def test_quadratics_are_the_published_ones(shared_data: Path) -> None:
    message = real_message(shared_data, SAMPLE)
    gamma = channel_of_energy(message.gamma_calibration, axis="gamma")
    beta = channel_of_energy(message.beta_calibration, axis="beta")
    np.testing.assert_allclose(gamma, (0.8966, 0.3696, -3.609e-5), rtol=2e-4)
    np.testing.assert_allclose(beta, (-5.777, 0.3271, 3.183e-5), rtol=2e-4)


@given(st.floats(0.0, 50.0), st.floats(0.0, 50.0), st.floats(0.0, 50.0))
@settings(derandomize=True)
def test_shares_of_neighbours_add_up(a: float, b: float, c: float) -> None:
    low, middle, high = sorted((a, b, c))
    parts = channel_shares(low, middle, 60) + channel_shares(middle, high, 60)
    np.testing.assert_allclose(parts, channel_shares(low, high, 60), atol=1e-12)
    assert parts.sum() == pytest.approx(high - low)


def test_stated_errors_weigh_the_calibration() -> None:
    points = [(10.0, 5.0, 0.01), (20.0, 10.0, 0.01), (40.0, 20.0, 0.01), (60.0, 40.0, 100.0)]
    calibration = Calibration(
        energy=tuple(CalibrationPoint(energy_kev=e, value=c, sigma=s) for e, c, s in points)
    )
    weighted = channel_of_energy(calibration, axis="gamma")
    equal = channel_of_energy(calibration, axis="gamma", weighted=False)
    assert weighted @ [1.0, 60.0, 3600.0] == pytest.approx(30.0, abs=0.1)
    assert equal @ [1.0, 60.0, 3600.0] > 35.0


@pytest.mark.parametrize(
    "energies", [(), ((30.0, 10.0),), ((30.0, 20.0), (60.0, 10.0)), ((30.0, 1.0), (30.0, 2.0))]
)
def test_a_useless_calibration_is_refused(energies: tuple[tuple[float, float], ...]) -> None:
    calibration = Calibration(
        energy=tuple(CalibrationPoint(energy_kev=e, value=c) for e, c in energies)
    )
    with pytest.raises(NobleGasInputError, match="#g_Energy"):
        channel_of_energy(calibration, axis="gamma")


@pytest.mark.slow
def test_what_is_missing_is_named() -> None:
    sample = campaign().sample
    with pytest.raises(NobleGasInputError, match="no histogram"):
        count_regions(replace(sample, histogram=None))
    with pytest.raises(NobleGasInputError, match="ROI_Limits"):
        count_regions(replace(sample, regions=()))
    borrowed = count_regions(replace(sample, regions=()), regions=sample.regions)
    np.testing.assert_array_equal(borrowed.gross, count_regions(sample).gross)
