"""What is said of nuclides that are not detected, of a subtracted background, of daughters."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.radionuclide.particulate import analyse_sample
from vigie.radionuclide.particulate.put_back import put_back
from vigie.radionuclide.particulate.solve import Problem, solve
from vigie.simulate.radionuclide.hpge import (
    TYPICAL_AIR_UBQ_M3,
    HpgeStation,
    NaturalBackground,
    simulate_background,
    simulate_sample,
)

if TYPE_CHECKING:
    from vigie.records import PulseHeight, SampleAnalysis

PUT_IN = ("Cs-137", "Mn-54", "Zn-65", "Ce-141", "Co-60", "Cr-51", "Fe-59", "Rb-84")
"""Nuclides whose lines no other of these has."""
CAESIUM = HpgeStation(background=NaturalBackground(caesium_per_s=0.02))


@lru_cache(maxsize=1)
def natural() -> SampleAnalysis:
    return analyse_sample(simulate_sample(HpgeStation(), np.random.default_rng(999)).message)


def limit(name: str) -> float:
    result = natural().nuclide(name)
    assert result is not None
    assert result.mdc is not None
    return result.mdc


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_intervals_hold_amounts_below_the_detection_limit(share: float) -> None:
    true = {name: share * limit(name) for name in PUT_IN}
    held, pulls = [], []
    for seed in range(4):
        air = {**TYPICAL_AIR_UBQ_M3, **true}
        rng = np.random.default_rng(900 + seed)
        found = analyse_sample(simulate_sample(HpgeStation(), rng, air_ubq_m3=air).message)
        for name, value in true.items():
            one = found.nuclide(name)
            assert one is not None
            assert one.concentration is not None
            assert one.uncertainty
            assert one.low is not None
            assert one.high is not None
            held.append(one.low <= value <= one.high)
            pulls.append((one.concentration - value) / one.uncertainty)
    # Of 32 at 95 %, fewer than 26 hold it by chance once in 3,000; before, 5 of 12 did.
    assert sum(held) >= 26
    # The mean of 32 has an error of 0.18.
    assert abs(np.mean(pulls)) < 0.7
    assert 0.6 < np.std(pulls) < 1.4


def test_what_is_not_detected_has_the_value_that_was_counted() -> None:
    rest = [one for one in natural().nuclides if not one.detected and one.concentration is not None]
    values = np.array([one.concentration for one in rest], dtype=float)
    sigmas = np.array([one.uncertainty for one in rest], dtype=float)
    assert len(rest) > 50
    assert (values < 0.0).any()
    assert (values > 0.0).any()
    ratio = values / sigmas
    assert 0.5 < ratio.std() < 1.2
    assert abs(ratio.mean()) < 0.5
    # The upper end follows the value.
    assert np.corrcoef(ratio, [(one.high or 0.0) for one in rest] / sigmas)[0, 1] > 0.9


def two_line_problem(value: list[float]) -> Problem:
    """Return a peak of A alone, one of A and B, and a window of B; B is the second unknown."""
    return Problem(
        matrix=np.array([[100.0, 0.0], [50.0, 40.0], [0.0, 30.0]]),
        value=np.array(value),
        variance=np.full(3, 25.0),
        null_variance=np.full(3, 25.0),
        error=np.zeros((3, 2)),
        clusters=2,
        areas=3,
    )


def test_a_source_put_back_has_the_amount_of_least_squares() -> None:
    problem = two_line_problem([1000.0, 495.0, -6.0])
    solution = solve(problem, 2.7)
    assert solution.kept.tolist() == [True, False]
    value, variance = put_back(problem, solution, 2)
    assert np.isnan(value[0])
    expected = 25.0 + np.array([1000.0, 500.0, 0.0]) * solution.amount[0] / 10.0
    root = 1.0 / np.sqrt(expected)
    design = problem.matrix * root[:, None]
    best = np.linalg.lstsq(design, problem.value * root, rcond=None)[0]
    assert best[1] < 0.0
    assert value[1] == pytest.approx(best[1], rel=1e-3)
    assert variance[1] == pytest.approx(np.linalg.inv(design.T @ design)[1, 1], rel=0.02)


def test_a_source_that_data_do_not_tell_from_another_has_no_amount() -> None:
    problem = two_line_problem([1000.0, 500.0, 0.0])
    twin = replace(
        problem,
        matrix=problem.matrix[:, [0, 0]],
        error=np.zeros((3, 2)),
    )
    solution = solve(twin, 2.7, never=np.array([False, True]))
    assert np.isnan(put_back(twin, solution, 2)[0]).all()


@lru_cache(maxsize=1)
def sample_and_background() -> tuple[PulseHeight, PulseHeight]:
    rng = np.random.default_rng(7)
    sample = simulate_sample(CAESIUM, rng).message
    return sample, simulate_background(CAESIUM, rng).message


def counted_for(message: PulseHeight, seconds: float) -> PulseHeight:
    """Return a background as a shorter count would have recorded it."""
    assert message.gamma is not None
    assert message.gamma.live_time_s
    share = seconds / message.gamma.live_time_s
    counts = np.random.default_rng(3).binomial(message.gamma.counts, share)
    gamma = replace(message.gamma, counts=counts, live_time_s=seconds, real_time_s=seconds * 1.001)
    acquisition = message.acquisition
    assert acquisition is not None
    return replace(
        message,
        gamma=gamma,
        acquisition=replace(acquisition, live_time_s=seconds, real_time_s=seconds * 1.001),
    )


@pytest.mark.slow
def test_limits_hold_the_error_of_the_background_that_is_subtracted() -> None:
    sample, background = sample_and_background()
    levels, sigmas = [], []
    for seconds in (84_600.0, 21_600.0):
        found = analyse_sample(sample, background=counted_for(background, seconds))
        one = found.nuclide("Cs-137")
        (peak,) = [p for p in found.peaks if abs(p.energy_kev - 661.66) < 1.0]
        assert one is not None
        assert not one.detected
        assert one.activity_sigma_bq is not None
        assert one.limits is not None
        assert one.critical_level is not None
        assert one.critical_level == pytest.approx(one.limits.decision_threshold)
        assert one.mdc is not None
        assert one.uncertainty is not None
        levels.append(one.critical_level)
        sigmas.append(peak.background_sigma)
        # MDC = k^2 w + 2 L_C, w the unit per count.
        per_count = (one.mdc - 2.0 * one.critical_level) / 1.6448536**2
        # Both peaks' counts: sqrt(56^2 + 94^2) = 109 with six hours.
        expected = np.hypot(peak.area_sigma, peak.background_sigma)
        at_zero = one.critical_level / 1.6448536 / per_count
        assert expected < at_zero < 1.2 * expected
        assert one.uncertainty >= 0.999 * at_zero * per_count
    assert sigmas[1] > 1.7 * sigmas[0]
    assert levels[1] > 1.15 * levels[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parent", "daughter", "concentration", "decay_s"),
    [
        ("Te-132", "I-132", 8.0, 86_400.0),
        ("Ba-140", "La-140", 10.0, 864_000.0),
        ("Mo-99", "Tc-99m", 30.0, 86_400.0),
    ],
)
def test_a_daughter_has_the_limits_of_what_its_parent_keeps(
    parent: str, daughter: str, concentration: float, decay_s: float
) -> None:
    limits = []
    for times in (1.0, 4.0):
        air = {**TYPICAL_AIR_UBQ_M3, parent: concentration * times}
        made = simulate_sample(
            HpgeStation(decay_s=decay_s), np.random.default_rng(100), air_ubq_m3=air
        )
        found = analyse_sample(made.message)
        one, other = found.nuclide(daughter), found.nuclide(parent)
        assert one is not None
        assert other is not None
        assert one.supported_by == parent
        assert one.concentration is not None
        assert one.critical_level is not None
        assert one.mdc is not None
        assert other.mdc is not None
        assert one.critical_level < one.mdc < one.concentration
        assert 0.1 * other.mdc < one.mdc < 10.0 * other.mdc
        limits.append(one.mdc)
    # Its own counts are no baseline of its own limit.
    assert limits[1] < 1.6 * limits[0]
