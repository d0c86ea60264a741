"""Matrix method and net counts: the oracle of a real message, laws, and open-spex's defects."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.noble_gas.support_gas import CALIBRATION, SAMPLE, real_message

from vigie.errors import NobleGasInputError, ParameterError
from vigie.radionuclide.noble_gas.matrix import (
    MatrixInput,
    RegionData,
    solve_matrix,
    solve_with_regions,
    systematic_sigma,
)
from vigie.radionuclide.noble_gas.memory import left_as_counted
from vigie.radionuclide.noble_gas.net_counts import net_counts
from vigie.radionuclide.noble_gas.region_response import (
    COLUMNS,
    RegionCalibration,
    region_calibration,
    region_response,
)
from vigie.radionuclide.noble_gas.regions import RegionRule, count_regions
from vigie.radionuclide.noble_gas.timing import (
    Counting,
    concentration_per_activity,
    effective_s,
    ingrowth_in_activity,
    ingrowth_in_concentration,
)
from vigie.radionuclide.noble_gas.xenon import XE133, XE133M, isotope

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import PulseHeight

# open-spex 1.0.7, detector background of zero counts, no ingrowth (sheet 13.1); mBq, mBq/m3.
ORACLE = {
    "activity": (55.8907, 21.3324, 55.5207, 45.6387, 39.7450, 2.4461),
    "sigma": (3.8477, 3.2018, 4.7573, 2.9098, 2.9389, 1.6071),
    "critical": (0.0, 4.2280, 6.2325, 8.8361, 3.1436, 2.4260),
    "limit": (0.7167, 8.9182, 12.8683, 18.1108, 6.6265, 5.3028),
    "concentration": (5.2671, 3.8500, 5.1271, 4.2145, 3.5591, 0.2437),
    "diagonal": (3.7752, 5.8526, 6.7089, 6.1707, 7.9736, 6.0024),
}
SETTING = Counting(real_s=40_520.0, live_s=40_320.0)
EFFICIENCY = {2: 0.5, 3: 0.6, 4: 0.6, 5: 0.55, 6: 0.55, 7: 0.17, 8: 0.08, 9: 0.2, 10: 0.4}
RATIO = {(1, r): 0.3 / r for r in range(2, 11)} | {(3, r): 0.5 / r for r in range(4, 11)}
# Region 4 holds regions 5 and 6.
RATIO |= {(1, 4): 0.2, (3, 4): 0.4}
TOY = RegionCalibration(
    efficiency={roi: (value, 0.02 * value) for roi, value in EFFICIENCY.items()},
    ratio={pair: (value, 0.01 * value) for pair, value in RATIO.items()},
)


def unsubtracted(message: PulseHeight) -> MatrixInput:
    assert message.acquisition is not None
    counting = Counting(
        real_s=message.acquisition.real_time_s, live_s=message.acquisition.live_time_s
    )
    gross = count_regions(message, rule=RegionRule.ROUNDED).gross
    return MatrixInput(
        sample=RegionData(gross=gross, counting=counting),
        detector_background=RegionData(gross=np.zeros(10), counting=counting),
        calibration=region_calibration(message),
    )


@pytest.mark.data
def test_the_oracle_of_the_real_sample(shared_data: Path) -> None:
    message = real_message(shared_data, SAMPLE)
    found = solve_matrix(unsubtracted(message), substitute=False)
    close = partial(np.testing.assert_allclose, rtol=1e-3, atol=1e-4)
    close(1e3 * found.activity, ORACLE["activity"])
    close(1e3 * np.sqrt(np.diag(found.covariance)), ORACLE["sigma"])
    close(1e3 * found.critical_level, ORACLE["critical"])
    close(1e3 * found.detection_limit, ORACLE["limit"])
    close(1e-3 * np.diag(found.response), ORACLE["diagonal"])
    combined = (found.xe133, found.xe133_sigma, found.xe133_critical_level)
    np.testing.assert_allclose(np.multiply(1e3, combined), (44.789, 2.894, 2.546), rtol=1e-3)
    assert found.weight == pytest.approx(-0.0860, abs=1e-4)
    assert not found.fallback


@pytest.mark.data
def test_concentrations_of_the_real_sample(shared_data: Path) -> None:
    message = real_message(shared_data, SAMPLE)
    found = solve_matrix(unsubtracted(message), substitute=False)
    collection, acquisition = message.collection, message.acquisition
    assert collection is not None
    assert acquisition is not None
    process_s = (acquisition.start_ns - collection.stop_ns) / 1e9
    per = [
        concentration_per_activity(
            one.decay_per_s, collection.duration_s, process_s, 0.99533 / 0.087
        )
        for one in COLUMNS
    ]
    np.testing.assert_allclose(1e3 * found.activity * per, ORACLE["concentration"], rtol=1e-3)


@pytest.mark.data
def test_substituted_regions_of_the_real_sample(shared_data: Path) -> None:
    found = solve_matrix(unsubtracted(real_message(shared_data, SAMPLE)))
    assert found.used == (7, 8)
    sigma = np.sqrt(found.covariance[3, 3])
    np.testing.assert_allclose((1e3 * found.activity[3], 1e3 * sigma), (42.237, 4.548), rtol=1e-3)
    np.testing.assert_allclose(
        (1e3 * found.xe133, 1e3 * found.xe133_sigma), (48.597, 3.192), rtol=1e-3
    )


@pytest.mark.data
def test_the_calibration_over_subtracts_by_its_header(shared_data: Path) -> None:
    found = solve_matrix(unsubtracted(real_message(shared_data, CALIBRATION)), substitute=False)
    expected = (32.330, 26.738, 1744.80, 1262.69, -74.07, -162.99)
    np.testing.assert_allclose(1e3 * found.activity, expected, rtol=1e-3)
    assert found.fallback


def test_published_ingrowth_and_decay() -> None:
    # Axelsson & Ringbom (2014), equation 15, as computed for sheet 7.3.
    times = (43_174.0, 14_455.0, 50_719.17)
    parent, daughter = XE133M.decay_per_s, XE133.decay_per_s
    assert ingrowth_in_concentration(parent, daughter, times) == pytest.approx(0.0867365, abs=5e-8)
    assert ingrowth_in_activity(parent, daughter, times[2]) == pytest.approx(0.0369515, abs=5e-8)
    # Sheet 4.1: products of the three decay factors.
    for name, product in (("Xe-133", 1.103792), ("Xe-135", 3.656525), ("Xe-131m", 1.044466)):
        decay = isotope(name).decay_per_s
        counted = effective_s(decay, Counting(real_s=43_200.0, live_s=43_200.0)) / 43_200.0
        per = concentration_per_activity(decay, 43_200.0, 21_600.0, 1.0)
        assert per / counted == pytest.approx(product, abs=1e-6)


@pytest.mark.parametrize(("real_s", "live_s"), [(100.0, 0.0), (100.0, 101.0), (100.0, -1.0)])
def test_impossible_times_are_refused(real_s: float, live_s: float) -> None:
    with pytest.raises(ParameterError, match="live_s"):
        Counting(real_s=real_s, live_s=live_s)


def toy_input(
    activities: np.ndarray,
    memory: np.ndarray | None = None,
    used: tuple[int, ...] = (4,),
    calibration: RegionCalibration = TOY,
) -> MatrixInput:
    """Exact counts of regions of given activities, by the response itself."""
    gross = np.zeros(10)
    response, _ = region_response(calibration, SETTING, used)
    gross[:6] = response @ activities
    empty = RegionData(gross=np.zeros(10), counting=SETTING)
    if memory is None:
        sample = RegionData(gross=gross, counting=SETTING)
        return MatrixInput(sample=sample, detector_background=empty, calibration=calibration)
    delay_s = 43_200.0
    gas = np.zeros(10)
    gas[:6] = response @ memory
    left = left_as_counted(delay_s, SETTING.real_s, SETTING.real_s, COLUMNS)
    gross[:6] += response @ left @ memory
    return MatrixInput(
        sample=RegionData(gross=gross, counting=SETTING),
        detector_background=empty,
        calibration=calibration,
        gas_background=RegionData(gross=gas, counting=SETTING),
        delay_s=delay_s,
    )


bq = st.floats(0.001, 1.0)


@given(st.tuples(bq, bq, bq, bq, bq), st.tuples(bq, bq, bq, bq, bq) | st.none())
@settings(derandomize=True, max_examples=30)
def test_exact_counts_give_the_activities_back(
    here: tuple[float, ...], before: tuple[float, ...] | None
) -> None:
    def columns(five: tuple[float, ...]) -> np.ndarray:
        radon, xe135, xe133, xe131m, xe133m = five
        return np.array([radon, xe135, xe133, xe133, xe131m, xe133m])

    data = toy_input(columns(here), None if before is None else columns(before))
    found = solve_with_regions(data, (4,))
    np.testing.assert_allclose(found.activity[:6], columns(here), rtol=1e-8)
    if before is not None:
        np.testing.assert_allclose(found.activity[6:], columns(before), rtol=1e-8)
    assert found.xe133 == pytest.approx(here[2], rel=1e-8)
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-12


def test_defects_of_openspex_are_not_ours() -> None:
    data = toy_input(np.full(6, 0.05))
    # Files with 18 and 20 ratios are taken, by regions, in any order.
    more = {(6, 5): (0.08, 0.001), (5, 6): (0.01, 0.001), (5, 4): (0.04, 0.001)}
    wide = replace(data, calibration=replace(TOY, ratio=more | TOY.ratio | {(6, 4): (0.1, 0.01)}))
    response = solve_with_regions(wide, (4,)).response
    assert response[4, 5] == pytest.approx(0.08 * response[5, 5])
    assert response[3, 4] == pytest.approx(1.04 * response[4, 4])
    # Errors stand where their elements stand: region 5 of the gas background among them.
    gas = toy_input(np.full(6, 0.05), np.full(6, 0.01))
    found = solve_with_regions(gas, (4,))
    assert ((found.response_sigma > 0.0) == (found.response > 0.0)).all()
    assert found.response_sigma[10, 10] == pytest.approx(found.response_sigma[4, 4], rel=1e-9)
    # The systematic error is the same with the same seed.
    runs = [systematic_sigma(found, np.random.default_rng(5), n_draws=500) for _ in range(2)]
    np.testing.assert_array_equal(runs[0], runs[1])
    # Each isotope has its own critical level.
    assert len(set(np.round(found.critical_level[:6], 9))) == 6


def stating(more: dict[tuple[int, int], float]) -> RegionCalibration:
    """Return the toy's calibration with more ratios, exact."""
    return replace(TOY, ratio=TOY.ratio | {pair: (value, 0.0) for pair, value in more.items()})


def test_a_missing_efficiency_is_named() -> None:
    lacking = replace(TOY, efficiency={k: v for k, v in TOY.efficiency.items() if k < 7})
    with pytest.raises(NobleGasInputError, match="region 7"):
        region_response(lacking, SETTING, (7, 8))
    data = replace(toy_input(np.full(6, 0.5)), calibration=lacking)
    assert solve_matrix(data).used == (4,)


def test_net_counts_of_a_case_computed_by_hand() -> None:
    # Two regions only: 200 gross in region 1, 500 in region 3, background 1000 s of 10 and 20.
    gross, empty = np.zeros(10), np.zeros(10)
    gross[[0, 2]], empty[[0, 2]] = (200.0, 500.0), (10.0, 20.0)
    plain = RegionCalibration(
        efficiency=dict.fromkeys(range(2, 7), (0.5, 0.0)), ratio={(1, 3): (0.4, 0.0)}
    )
    counting = Counting(real_s=2000.0, live_s=2000.0)
    found = net_counts(
        MatrixInput(
            sample=RegionData(gross=gross, counting=counting),
            detector_background=RegionData(
                gross=empty, counting=Counting(real_s=1000.0, live_s=1000.0)
            ),
            calibration=plain,
        )
    )
    # 200 - 2 x 10 = 180; 500 - 2 x 20 - 0.4 x 180 = 388; B = 112.
    assert found.net[[0, 2]].tolist() == pytest.approx([180.0, 388.0])
    # var: 500 + 4 x 20 + 0.16 (200 + 4 x 10) = 618.4; at zero: B + var - gross = 230.4.
    assert found.net_covariance[2, 2] == pytest.approx(618.4)
    assert found.net_covariance[0, 2] == pytest.approx(-0.4 * 240.0)
    per_bq = 0.5 * 0.37289 * 2000.0 * (1.0 - 0.5 * 1.52956e-6 * 2000.0)
    assert found.critical_level[2] * per_bq == pytest.approx(
        1.6448536 * np.sqrt(112.0 + 118.4), rel=1e-4
    )
    assert found.activity[2] == pytest.approx(388.0 / per_bq, rel=1e-5)


@given(st.tuples(bq, bq, bq, bq, bq), st.booleans())
@settings(derandomize=True, max_examples=20)
def test_net_counts_undo_interferences(five: tuple[float, ...], both: bool) -> None:
    radon, xe135, xe133, xe131m, xe133m = five
    calibration = stating({(5, 6): 0.01, (6, 5): 0.09}) if both else TOY
    amounts = np.array([radon, xe135, xe133, xe133, xe131m, xe133m])
    found = net_counts(toy_input(amounts, calibration=calibration))
    grown = ingrowth_in_activity(XE133M.decay_per_s, XE133.decay_per_s, SETTING.real_s)
    np.testing.assert_allclose(
        found.activity, (radon, xe135, xe133 - grown * xe133m, xe131m, xe133m), rtol=1e-8
    )
