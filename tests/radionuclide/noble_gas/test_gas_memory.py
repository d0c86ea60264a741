"""What earlier samples left: Xe-133m of the memory that became Xe-133, by all methods."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import campaign

from vigie.radionuclide.noble_gas.analysis import analyse_gas_sample
from vigie.radionuclide.noble_gas.cell_model import CellModel, build_cells
from vigie.radionuclide.noble_gas.cells import CellParams
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.matrix import MatrixInput, RegionData, solve_with_regions
from vigie.radionuclide.noble_gas.memory import counted_as, left_after, left_as_counted
from vigie.radionuclide.noble_gas.net_counts import net_counts
from vigie.radionuclide.noble_gas.region_response import (
    COLUMNS,
    RegionCalibration,
    region_response,
)
from vigie.radionuclide.noble_gas.timing import Counting, effective_s
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XE133, XE133M
from vigie.simulate.radionuclide.beta_gamma import GasTruth

if TYPE_CHECKING:
    from collections.abc import Mapping

DELAY_S = 43_200.0
GAS = Counting(real_s=30_000.0, live_s=29_000.0)
SAMPLE = Counting(real_s=60_000.0, live_s=57_000.0)


def decays_in_steps(start: dict[str, float], span_s: tuple[float, float]) -> float:
    """Return decays of Xe-133 within a span, by small steps of the law of decay itself."""
    step_s = 20.0
    parent, daughter = (start[one.name] / one.decay_per_s for one in (XE133M, XE133))
    decays = 0.0
    for at_s in np.arange(0.0, span_s[1], step_s) + 0.5 * step_s:
        # The middle of each step, to second order.
        lost = parent * -np.expm1(-XE133M.decay_per_s * step_s)
        gone = (daughter + 0.5 * lost) * -np.expm1(-XE133.decay_per_s * step_s)
        parent, daughter = parent - lost, daughter + lost - gone
        decays += gone if at_s > span_s[0] else 0.0
    return decays


def test_a_memory_decays_and_grows_by_the_law_of_decay() -> None:
    start = {"Xe-133m": 1.0, "Xe-133": 0.3}
    pair = (XE133, XE133M)
    began = np.array([start[one.name] for one in pair])
    in_gas = decays_in_steps(start, (0.0, GAS.real_s))
    in_sample = decays_in_steps(start, (DELAY_S, DELAY_S + SAMPLE.real_s))
    seconds = [
        effective_s(XE133.decay_per_s, one) * one.real_s / one.live_s for one in (GAS, SAMPLE)
    ]
    as_counted = counted_as(GAS.real_s, pair) @ began
    assert as_counted[0] * seconds[0] == pytest.approx(in_gas, rel=1e-5)
    left = counted_as(SAMPLE.real_s, pair) @ left_after(DELAY_S, pair) @ began
    assert left[0] * seconds[1] == pytest.approx(in_sample, rel=1e-5)
    whole = left_as_counted(DELAY_S, SAMPLE.real_s, GAS.real_s, pair)
    np.testing.assert_allclose(whole @ as_counted, left, rtol=1e-9)


@lru_cache(maxsize=1)
def cells() -> CellModel:
    one = campaign(GasTruth(), 1)
    data = gas_input(one.sample, one.gas_background, one.detector_background).measurements
    return build_cells(data, CellParams(full_spectrum=False))


def test_the_likelihood_expects_what_xe133m_of_the_memory_became() -> None:
    model = cells()
    xe133, xe133m = ISOTOPES.index(XE133), ISOTOPES.index(XE133M)
    (at,) = (i for i, cell in enumerate(model.cells) if cell.atom == "3")
    real_s = 40_320.0 / 0.995
    per_bq = model.design[0][at, xe133]
    expected = (counted_as(real_s, ISOTOPES) @ left_after(43_200.0, ISOTOPES))[xe133, xe133m]
    assert model.design[1][at, xe133m] / per_bq == pytest.approx(expected, rel=1e-6)
    while_counted = counted_as(real_s, ISOTOPES)[xe133, xe133m]
    assert model.design[2][at, xe133m] / per_bq == pytest.approx(while_counted, rel=1e-6)


BACKGROUND = np.array([67.0, 90.0, 34.0, 40.0, 4.0, 4.0, 8.0, 24.0, 28.0, 12.0])
"""Counts of each region in the time of the sample."""
RATIOS = {(1, 2): 0.4, (1, 3): 0.5, (1, 4): 0.14, (1, 5): 0.04, (1, 6): 0.03}
RATIOS |= {
    (3, 4): 0.01,
    (3, 5): 0.5,
    (3, 6): 0.27,
    (5, 6): 0.01,
    (5, 4): 0.05,
    (6, 5): 0.08,
    (6, 4): 0.1,
}
FULL = RegionCalibration(
    efficiency=dict.fromkeys(range(2, 7), (0.5, 0.0)),
    ratio={pair: (value, 0.0) for pair, value in RATIOS.items()},
)


def mean_counts(memory: Mapping[str, float]) -> MatrixInput:
    """Return mean counts of a sample without xenon after a gas background with some, Bq."""
    before = np.array([memory.get(one.name, 0.0) for one in COLUMNS])
    here = left_after(DELAY_S, COLUMNS) @ before
    both = []
    for counting, bq in ((SAMPLE, here), (GAS, before)):
        response, _ = region_response(FULL, counting)
        gross = BACKGROUND * counting.live_s / SAMPLE.live_s
        gross[:6] += response @ counted_as(counting.real_s, COLUMNS) @ bq
        both.append(RegionData(gross=gross, counting=counting))
    ten_times = Counting(real_s=10.0 * SAMPLE.real_s, live_s=10.0 * SAMPLE.live_s)
    return MatrixInput(
        sample=both[0],
        detector_background=RegionData(gross=10.0 * BACKGROUND, counting=ten_times),
        calibration=FULL,
        gas_background=both[1],
        delay_s=DELAY_S,
    )


MEMORIES = [one.name for one in ISOTOPES]


@pytest.mark.parametrize("name", MEMORIES)
def test_no_memory_is_in_the_sample_by_the_matrix(name: str) -> None:
    found = solve_with_regions(mean_counts({name: 2.0}), (4,))
    np.testing.assert_allclose(found.activity[:6], 0.0, atol=1e-12)
    # Without what becomes Xe-133 of Xe-133m, 2 Bq of it leave 0.12 Bq of Xe-133.
    as_peer = solve_with_regions(mean_counts({name: 2.0}), (4,), as_open_spex=True)
    assert (abs(as_peer.xe133) > 0.1) == (name == "Xe-133m")


@pytest.mark.parametrize("name", MEMORIES)
def test_no_memory_is_in_the_sample_by_net_counts(name: str) -> None:
    found = net_counts(mean_counts({name: 2.0}))
    # With the gas background of a region decaying as its nuclide 2 Bq of Xe-133 left 23 mBq of
    # Xe-133m here.
    np.testing.assert_allclose(found.activity, 0.0, atol=1e-12)


def test_net_counts_of_a_gas_background_computed_by_hand() -> None:
    # 1000 and 400 counts of regions 3 and 5 after 500 and 300; half of those in 5 are Xe-133's.
    here, before = np.zeros(10), np.zeros(10)
    here[[2, 4]], before[[2, 4]] = (1000.0, 400.0), (500.0, 300.0)
    plain = RegionCalibration(
        efficiency=dict.fromkeys(range(2, 7), (0.5, 0.0)), ratio={(3, 5): (0.5, 0.05)}
    )
    counting = Counting(real_s=1000.0, live_s=1000.0)
    found = net_counts(
        MatrixInput(
            sample=RegionData(gross=here, counting=counting),
            detector_background=None,
            calibration=plain,
            gas_background=RegionData(gross=before, counting=counting),
            delay_s=400_000.0,
        )
    )
    # e^(-1.52956e-6 x 4e5) = 0.5423607, e^(-6.72467e-7 x 4e5) = 0.7641533.
    assert found.net[2] == pytest.approx(1000.0 - 0.5423607 * 500.0)
    assert found.net[3] == pytest.approx(400.0 - 500.0 - 0.7641533 * (300.0 - 250.0), rel=1e-6)
    # Counts, and the error of the ratio times what it multiplies.
    effect = 0.05 * (1000.0 - 0.7641533 * 500.0)
    gas = 0.7641533**2 * (300.0 + 0.25 * 500.0)
    expected = 400.0 + 0.25 * 1000.0 + gas + effect**2
    assert found.net_covariance[3, 3] == pytest.approx(expected, rel=1e-6)


def drawn(mean: MatrixInput, rng: np.random.Generator) -> MatrixInput:
    def counts(one: RegionData) -> RegionData:
        return replace(one, gross=rng.poisson(one.gross).astype(np.float64))

    assert mean.gas_background is not None
    assert mean.detector_background is not None
    return replace(
        mean,
        sample=counts(mean.sample),
        gas_background=counts(mean.gas_background),
        detector_background=counts(mean.detector_background),
    )


@pytest.mark.parametrize("name", ["Xe-133", "Xe-133m"])
def test_limits_of_net_counts_hold_the_variance_of_a_memory(name: str) -> None:
    rng = np.random.default_rng(11)
    mean = mean_counts({name: 2.0})
    found = [net_counts(drawn(mean, rng)) for _ in range(3000)]
    values = np.array([one.activity for one in found])
    sigma = np.sqrt(np.mean([np.diag(one.covariance) for one in found], axis=0))
    np.testing.assert_allclose(values.std(axis=0), sigma, rtol=0.05)
    rates = np.mean([one.activity > one.critical_level for one in found], axis=0)
    # Few counts widen the law in regions that the memory does not reach.
    assert ((rates > 0.03) & (rates < 0.075)).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("memory", "falsely"),
    [
        # Before: 1.7 +- 0.2 mBq/m3 of Xe-133, detected in 10 of 10 by all methods.
        ({"Xe-133m": 0.5}, "Xe-133"),
        # Before: 2.1 +- 0.6 mBq/m3 of Xe-133m by net counts, detected in 9 of 10.
        ({"Xe-133": 2.0}, "Xe-133m"),
        # Before: 0.56 +- 0.18 and 0.49 +- 0.13 of Xe-131m by matrix and net counts, 10 of 10.
        ({"Xe-135": 2.0}, "Xe-131m"),
    ],
)
def test_a_memory_is_not_of_the_sample(memory: dict[str, float], falsely: str) -> None:
    one = campaign(GasTruth(memory_bq=memory), 12)
    found = analyse_gas_sample(one.sample, one.gas_background, one.detector_background)
    results = [r for r in found.nuclides if r.nuclide == falsely]
    assert len(results) == 3
    for r in results:
        assert not r.detected
        assert r.concentration is not None
        assert r.uncertainty is not None
        assert abs(r.concentration) < 2.0 * r.uncertainty
