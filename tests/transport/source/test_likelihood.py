"""The likelihood of a sample: closed forms, quadrature, units, what may not happen."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from scipy.stats import t as student

from vigie.errors import ParameterError
from vigie.transport.source.likelihood import (
    Observation,
    density,
    distribution,
    log_likelihood,
    measured_density,
    not_detected,
    quantile,
)

SEEN = Observation(critical_level=1.0, value=8.0, sigma=0.8, detected=True)
NOT_SEEN = Observation(critical_level=1.0)
POSITIVE = st.floats(1e-3, 1e3)


@pytest.mark.parametrize("value", [-3.0, 0.0, 0.4, 2.0, 50.0])
def test_the_law_is_that_of_student_and_of_yee(value: float) -> None:
    mean, sigma = 2.0, 0.7
    tau = sigma / math.sqrt(math.pi)
    law = student(2, loc=mean, scale=tau)
    assert density(value, mean, tau) == pytest.approx(law.pdf(value), rel=1e-12)
    assert distribution(value, mean, tau) == pytest.approx(law.cdf(value), rel=1e-9)
    # Yee (2017): alpha = 1/pi, beta = 1; Gamma(3/2) = sqrt(pi)/2.
    alpha = 1.0 / math.pi
    factor = alpha * math.gamma(1.5) / math.sqrt(2.0 * math.pi)
    yee = factor / sigma * (alpha + (value - mean) ** 2 / (2.0 * sigma**2)) ** -1.5
    assert density(value, mean, tau) == pytest.approx(yee, rel=1e-12)


def test_the_quantiles_of_the_sheet() -> None:
    tau = 1.0 / math.sqrt(math.pi)
    assert quantile([0.5 - 0.3415, 0.5 + 0.3415], 0.0, tau) == pytest.approx(
        [-0.745, 0.745], abs=2e-3
    )
    assert quantile([0.025, 0.975], 0.0, tau) == pytest.approx([-2.43, 2.43], abs=5e-3)


@given(st.floats(1e-6, 1.0 - 1e-6), POSITIVE, POSITIVE)
def test_quantile_and_distribution_undo_each_other(q: float, mean: float, tau: float) -> None:
    assert distribution(quantile(q, mean, tau), mean, tau) == pytest.approx(q, abs=1e-9)


@pytest.mark.parametrize("mean", [0.1, 0.3, 1.0, 3.0, 10.0, 50.0])
@pytest.mark.parametrize("relative", [0.1, 0.5, 2.0])
def test_a_non_detection_is_what_quadrature_gives(mean: float, relative: float) -> None:
    tau = relative * mean / math.sqrt(math.pi)

    def integrand(c: float) -> float:
        return float(norm.cdf((1.0 - c) / NOT_SEEN.noise) * density(c, mean, tau))

    ends = sorted({0.0, 1.0, 3.0, mean, mean + 30.0 * tau + 30.0})
    parts = [quad(integrand, a, b, limit=200)[0] for a, b in itertools.pairwise(ends)]
    wanted = sum(parts) / (1.0 - float(distribution(0.0, mean, tau)))
    found = float(not_detected(NOT_SEEN, np.array(mean), np.array(relative * mean)))
    assert found == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("mean", [9.0, 50.0, 200.0, 4e3, 1e5])
@pytest.mark.parametrize("relative", [0.1, 0.5, 1.0, 4.0])
def test_an_unlikely_non_detection_is_as_unlikely_as_the_law_says(
    mean: float, relative: float
) -> None:
    tau = relative * mean / math.sqrt(math.pi)

    def integrand(c: float) -> float:
        return float(norm.cdf((1.0 - c) / NOT_SEEN.noise) * density(c, mean, tau))

    wanted = sum(quad(integrand, a, b)[0] for a, b in itertools.pairwise([0.0, 1.0, 2.0, 6.0]))
    wanted /= 1.0 - float(distribution(0.0, mean, tau))
    found = float(log_likelihood(NOT_SEEN, mean, relative * mean))
    assert found == pytest.approx(math.log(wanted), abs=1e-3)


def test_a_non_detection_of_clean_air_has_the_probability_of_the_limit() -> None:
    assert math.exp(float(log_likelihood(NOT_SEEN, 0.0, 0.0))) == pytest.approx(0.95, abs=1e-6)


@pytest.mark.parametrize("false_alarm", [0.0, 0.05])
def test_the_density_of_a_detection_is_one(false_alarm: float) -> None:
    if false_alarm == 0.0:

        def density_at(c: float) -> float:
            one = Observation(critical_level=1.0, value=c, sigma=0.5, detected=True)
            return float(np.exp(log_likelihood(one, 3.0, 1.0, false_alarm=0.0)))

        parts = itertools.pairwise((-5.0, 0.0, 3.0, 20.0, 500.0))
        total = sum(quad(density_at, a, b)[0] for a, b in parts)
        # What lies above 500: (tau / c)^2 / 2.
        assert total == pytest.approx(1.0, abs=1e-4)
    else:
        # Clean air: only the share of false alarms is left far above the limit.
        far = Observation(critical_level=1.0, value=50.0, sigma=1e-3, detected=True)
        mixed = float(log_likelihood(far, 0.0, 0.0, false_alarm=false_alarm))
        none = float(log_likelihood(far, 0.0, 0.0, false_alarm=0.0))
        assert math.isfinite(mixed)
        assert mixed > none


@pytest.mark.parametrize("mean", [0.0, 0.5, 3.0, 8.0, 30.0])
@pytest.mark.parametrize("spread", [1e-3, 0.05, 0.5, 1.0, 4.0])
@pytest.mark.parametrize("value", [-0.5, 0.8, 3.0, 6.0])
def test_a_value_is_the_air_with_its_noise(mean: float, spread: float, value: float) -> None:
    sigma, tau = 0.5, spread / math.sqrt(math.pi)

    def integrand(c: float) -> float:
        return float(norm.pdf(value, c, sigma) * density(c, mean, tau))

    core = [mean + k * tau for k in (-30.0, -5.0, -1.0, 0.0, 1.0, 5.0, 30.0)]
    ends = sorted({0.0, *(c for c in (*core, value - 4.0, value, value + 5.0) if c > 0.0)})
    ends.append(max(ends[-1], value + 20.0) + 50.0 * tau)
    wanted = sum(quad(integrand, a, b, limit=400)[0] for a, b in itertools.pairwise(ends))
    wanted /= 1.0 - float(distribution(0.0, mean, tau))
    found = float(measured_density(value, sigma, np.array([mean]), np.array([spread]))[0])
    off = abs(math.log(found / wanted))
    assert off < (0.01 if abs(value - mean) <= 12.0 * sigma else 0.3)


def test_clean_air_does_not_give_ten_errors() -> None:
    value = 10.0
    found = measured_density(value, 1.0, np.array([0.0]), np.array([0.0]))
    assert found[0] < 1e-12


@given(POSITIVE, st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(1e-6, 1e6))
def test_a_change_of_unit_moves_all_hypotheses_alike(
    value: float, one: float, other: float, unit: float
) -> None:
    def difference(scale: float) -> float:
        seen = Observation(
            critical_level=0.5 * scale,
            value=value * scale,
            sigma=0.1 * value * scale,
            detected=True,
        )
        first, second = (
            float(log_likelihood(seen, c * scale, 0.5 * c * scale)) for c in (one, other)
        )
        return first - second

    assert difference(unit) == pytest.approx(difference(1.0), abs=1e-6)


@given(st.lists(st.floats(0.0, 1e4), min_size=2, max_size=8, unique=True))
def test_more_modelled_makes_a_non_detection_less_likely(modelled: list[float]) -> None:
    rising = np.sort(modelled)
    found = log_likelihood(NOT_SEEN, rising, 0.5 * rising)
    assert (np.diff(found) <= 1e-9).all()
    assert np.isfinite(found).all()


def test_a_value_below_the_limit_is_used_as_it_is() -> None:
    below = Observation(critical_level=1.0, value=-0.2, sigma=0.6)
    found = log_likelihood(below, [0.0, 5.0], [0.0, 0.1])
    assert found[0] > found[1] + 3.0


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"critical_level": 0.0}, "critical_level"),
        ({"critical_level": math.nan}, "critical_level"),
        ({"critical_level": 1.0, "detected": True}, "value"),
        ({"critical_level": 1.0, "value": 1.0, "sigma": 0.0}, "value"),
        ({"critical_level": 1.0, "value": math.inf, "sigma": 1.0}, "value"),
    ],
)
def test_observations_without_sense_are_refused(numbers: dict[str, float], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        Observation(**numbers)  # type: ignore[arg-type]


def test_a_share_of_false_alarms_is_below_one() -> None:
    with pytest.raises(ParameterError, match="false_alarm"):
        log_likelihood(SEEN, 1.0, 0.5, false_alarm=1.0)
