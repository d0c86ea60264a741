"""Yield from amplitude and period: published values, inverse, coverage of the intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.sources import (
    AftacPeriod,
    Burst,
    Charge,
    Explosive,
    LanlAmplitude,
    PathAmplitude,
    StevensAmplitude,
    YieldRelation,
    estimate_yield,
)
from vigie.sources.yield_estimate import invert

if TYPE_CHECKING:
    from collections.abc import Callable

# kt to seconds.
PERIODS = {0.1: 2.42, 1.0: 4.81, 10.0: 9.59, 100.0: 19.10, 1000.0: 33.41}

RELATIONS: dict[str, Callable[[], YieldRelation]] = {
    "Stevens": lambda: StevensAmplitude(range_km=800.0),
    "Stevens, chemical": lambda: StevensAmplitude(range_km=800.0, kind=Explosive.CHEMICAL),
    "LANL": lambda: LanlAmplitude(range_km=1500.0, wind_m_s=25.0, wind_sigma_m_s=8.0),
    "AFTAC": lambda: AftacPeriod(),
    "path": lambda: PathAmplitude(
        transmission=lambda freq_hz: 1e-3 / (1.0 + freq_hz), burst=Burst(charge=Charge.tonnes(1.0))
    ),
}
each_relation = pytest.mark.parametrize("name", RELATIONS)


def test_amplitudes_at_1000_km_of_1_kt() -> None:
    one = Charge.kilotons(1.0)
    assert StevensAmplitude(range_km=1000.0).predict(one) == pytest.approx(0.195, abs=5e-4)
    assert LanlAmplitude(range_km=1000.0).predict(one) == pytest.approx(0.581, abs=5e-4)


@pytest.mark.parametrize("energy_kt", PERIODS)
def test_periods_are_the_published_ones(energy_kt: float) -> None:
    period = AftacPeriod().predict(Charge.kilotons(energy_kt))
    assert period == pytest.approx(PERIODS[energy_kt], abs=0.005)


def test_the_two_period_relations_meet_without_a_step() -> None:
    around = [AftacPeriod().predict(Charge.kilotons(kt)) for kt in np.linspace(80.0, 140.0, 601)]
    assert np.all(np.diff(around) > 0.0)
    assert np.diff(around).max() < 0.02


def test_the_wind_correction_lowers_downwind_amplitudes() -> None:
    downwind = LanlAmplitude(range_km=1000.0, wind_m_s=50.0)
    assert downwind.wind_corrected_pa(1.0) == pytest.approx(10.0**-0.9)
    upwind = LanlAmplitude(range_km=1000.0, wind_m_s=-50.0)
    assert upwind.wind_corrected_pa(1.0) > 1.0
    # The same reading downwind means less yield.
    readings = [estimate_yield(one, 1.0).median for one in (downwind, upwind)]
    assert readings[0] < readings[1]


def test_an_uncertain_wind_widens_the_interval() -> None:
    known = estimate_yield(LanlAmplitude(range_km=1000.0), 1.0)
    vague = estimate_yield(LanlAmplitude(range_km=1000.0, wind_sigma_m_s=20.0), 1.0)
    assert vague.sigma_log10 > 1.2 * known.sigma_log10


def test_a_chemical_charge_sounds_like_a_nuclear_one_of_twice_the_yield() -> None:
    chemical = StevensAmplitude(range_km=500.0, kind=Explosive.CHEMICAL)
    nuclear = StevensAmplitude(range_km=500.0)
    assert chemical.predict(Charge.kilotons(1.0)) == nuclear.predict(Charge.kilotons(2.0))
    ratio = estimate_yield(nuclear, 0.5).median.kt / estimate_yield(chemical, 0.5).median.kt
    assert ratio == pytest.approx(2.0)


def test_the_two_amplitude_relations_explain_each_other_by_their_model_error() -> None:
    one = Charge.kilotons(1.0)
    apart = math.log10(
        LanlAmplitude(range_km=1000.0).predict(one) / StevensAmplitude(range_km=1000.0).predict(one)
    )
    sigma = StevensAmplitude(range_km=1000.0).model_sigma_log10
    assert apart / math.sqrt(2.0) == pytest.approx(sigma, abs=1e-3)


@each_relation
@given(log_kt=st.floats(-4.0, 3.0))
def test_inverse_of_forward_is_the_charge(name: str, log_kt: float) -> None:
    relation = RELATIONS[name]()
    charge = Charge.kilotons(10.0**log_kt)
    found = invert(relation, relation.predict(charge))
    assert found.kt == pytest.approx(charge.kt, rel=1e-8)


@each_relation
@given(log_kt=st.floats(-4.0, 3.0), step=st.floats(0.01, 1.0))
def test_more_yield_gives_more(name: str, log_kt: float, step: float) -> None:
    relation = RELATIONS[name]()
    less, more = (relation.predict(Charge.kilotons(10.0**x)) for x in (log_kt, log_kt + step))
    assert more > less


@each_relation
@given(reading=st.floats(0.05, 5.0), probability=st.floats(0.1, 0.99))
def test_the_interval_encloses_its_median_and_grows_with_the_probability(
    name: str, reading: float, probability: float
) -> None:
    relation = RELATIONS[name]()
    found = estimate_yield(relation, reading, probability=probability)
    wider = estimate_yield(relation, reading, probability=probability + 0.005)
    assert wider.low < found.low < found.median < found.high < wider.high
    assert (found.relation, found.source) == (relation.name, relation.source)


@each_relation
def test_intervals_hold_the_truth_as_often_as_they_say(name: str) -> None:
    relation = RELATIONS[name]()
    rng = np.random.default_rng(7)
    truth = Charge.kilotons(2.0)
    sigma = math.hypot(relation.model_sigma_log10, 0.1)
    readings = relation.predict(truth) * 10.0 ** rng.normal(0.0, sigma, 300)
    found = [estimate_yield(relation, float(reading)) for reading in readings]
    inside = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.85 <= inside <= 0.95


@pytest.mark.parametrize(
    ("observed", "options", "message"),
    [
        (0.0, {}, "observed"),
        (float("nan"), {}, "observed"),
        (1.0, {"probability": 1.0}, "probability"),
        (1.0, {"observed_sigma_log10": -0.1}, "observed_sigma_log10"),
        (1e9, {}, "check its unit"),
    ],
)
def test_readings_that_make_no_sense_are_refused(
    observed: float, options: dict[str, float], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        estimate_yield(StevensAmplitude(range_km=1000.0), observed, **options)


def test_ranges_and_winds_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ParameterError, match="range_km"):
        StevensAmplitude(range_km=0.0)
    with pytest.raises(ParameterError, match="wind_m_s"):
        LanlAmplitude(range_km=100.0, wind_m_s=500.0)
