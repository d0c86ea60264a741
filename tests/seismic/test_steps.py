"""Second onsets: found when distinctly stronger, at any gain, and never in one that grows."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.second_onsets import extra, pair
from hypothesis import given
from hypothesis import strategies as st
from tests.support_signals import VERTICAL, FloatArray

from vigie.seismic.recipe import StationRecipe
from vigie.seismic.steps import StepParams, find_steps
from vigie.seismic.triggers import Trigger, group_triggers, second_onset
from vigie.signal.filters import BandPass

RATE_HZ = 40.0
PARAMS = StepParams()


def levels(*parts: tuple[float, float]) -> FloatArray:
    """Return a sine of 5 Hz whose size changes: (seconds, amplitude) each."""
    size: FloatArray = np.concatenate([np.full(round(s * RATE_HZ), a) for s, a in parts])
    wave: FloatArray = np.sin(2.0 * np.pi * 5.0 * np.arange(len(size)) / RATE_HZ + 0.3)
    return size * wave


@given(st.floats(3.0, 100.0), st.floats(2.5, 8.0), st.sampled_from([1e-6, 1.0, 1e9]))
def test_a_step_is_found_where_it_is(ratio: float, after_s: float, gain: float) -> None:
    samples = gain * levels((10.0, 1.0), (after_s, 10.0), (10.0, 10.0 * ratio))
    (step,) = find_steps(samples, RATE_HZ, round(10.1 * RATE_HZ), PARAMS)
    assert -1.0 <= step.on - (10.0 + after_s) * RATE_HZ < 0.5 * RATE_HZ
    assert 10.0 <= step.peak_before / RATE_HZ < 10.0 + after_s


@given(st.floats(0.1, 2.3))
def test_a_weaker_rise_is_no_step(ratio: float) -> None:
    samples = levels((10.0, 1.0), (4.0, 10.0), (10.0, 10.0 * ratio))
    assert find_steps(samples, RATE_HZ, round(10.1 * RATE_HZ), PARAMS) == []


@given(st.floats(0.05, 5.0), st.floats(3.0, 1000.0))
def test_growth_is_no_step(rise_s: float, size: float) -> None:
    samples = levels((10.0, 1.0), (20.0, 1.0))
    late = np.maximum(np.arange(len(samples)) / RATE_HZ - 10.0, 0.0)
    grown = samples * (1.0 + size * (1.0 - np.exp(-late / rise_s)))
    assert find_steps(grown, RATE_HZ, round(10.2 * RATE_HZ), PARAMS) == []


def trigger(at_s: float, snr: float, after_s: float | None = None, beam: str = "") -> Trigger:
    ns = round(at_s * 1e9)
    after_ns = None if after_s is None else round(after_s * 1e9)
    channel = VERTICAL._replace(location=beam)
    band = BandPass(1.0, 5.0)
    return Trigger(channel, "vertical", band, ns, ns, snr, 1.0, 5.0, after_ns=after_ns)


def test_a_second_onset_begins_a_group_unless_it_is_near_or_louder_elsewhere() -> None:
    recipe = StationRecipe()
    first, second = trigger(10.0, 8.0), trigger(13.0, 40.0, after_s=11.0)
    groups = group_triggers([first, second], recipe)
    assert groups == ((first,), (second,))
    assert [second_onset(g) for g in groups] == [None, second]
    near = trigger(11.5, 40.0, after_s=11.0)
    assert group_triggers([first, near], recipe) == ((first,),)
    other_beam = trigger(10.1, 50.0, beam="B2")
    assert group_triggers([first, other_beam, second], recipe) == ((first, other_beam),)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["burst", "going on"])
@pytest.mark.parametrize("separation_s", [2.5, 4.0, 6.0])
def test_both_onsets_of_a_pair_are_found(kind: str, separation_s: float) -> None:
    rng = np.random.default_rng(31)
    found = np.array([pair(rng, kind, separation_s, 6.0) for _ in range(12)])
    assert (found.mean(axis=0) >= 0.8).all()


@pytest.mark.slow
def test_one_signal_is_one_detection() -> None:
    rng = np.random.default_rng(32)
    assert sum(extra(rng, rise_s) for rise_s in (0.03, 0.3, 1.0) for _ in range(12)) <= 2
