"""The shipped classifier: honest chances, nothing forced, targets on shapes it never saw."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from benchmarks.hydro import calibration_error
from builders.build_hydro_classifier import logistic_fit, simulated_cases, table_of
from hypothesis import given
from hypothesis import strategies as st

from vigie.hydroacoustic.classify import CLASSES, FEATURES, Classified, classify, shipped_model
from vigie.simulate.hydroacoustic import TESTING


def test_model_says_how_it_was_trained() -> None:
    text = files("vigie.hydroacoustic").joinpath("model.json").read_text(encoding="utf-8")
    held = json.loads(text)
    assert held["features"] == list(FEATURES)
    assert "simulated" in held["about"]
    assert held["training"]["seed"]
    assert set(held["training"]["signals"]) == set(CLASSES)
    rows = held["confusion_of_signals_kept_aside"]
    assert all(len(r["snr_db"]) == 2 and len(r["true_by_taken"]) == 3 for r in rows)


@given(st.lists(st.floats(-1e3, 1e3), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_chances_sum_to_one_whatever_comes(values: list[float]) -> None:
    found = classify(np.array(values), shipped_model())
    assert sum(p for _, p in found.probabilities) == pytest.approx(1.0)
    assert all(p >= 0.0 for _, p in found.probabilities)


def test_unlike_anything_is_noise_without_confidence() -> None:
    model = shipped_model()
    odd = model.mean + model.scale * 3.0 * (-1.0) ** np.arange(len(model.mean))
    found = classify(odd, model)
    assert found.unknown
    assert found.phase(0.6) == "N"
    assert max(p for _, p in found.probabilities) <= 0.5 + 0.5 / 3.0 + 1e-9


def test_no_class_is_forced() -> None:
    assert Classified(0.55, 0.25, 0.2, unknown=False).phase(0.6) == "N"
    assert Classified(0.75, 0.15, 0.1, unknown=False).phase(0.6) == "H"


def test_features_that_are_not_known_count_as_usual_ones() -> None:
    model = shipped_model()
    vector = model.mean.copy()
    vector[3] = np.nan
    assert classify(vector, model) == classify(model.mean, model)


def test_logistic_regression_finds_the_law() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(6000, 1))
    chance = 1.0 / (1.0 + np.exp(-(2.0 * x[:, 0])))
    rows = np.column_stack([np.ones(6000), x])
    weights = logistic_fit(rows, rng.uniform(size=6000) < chance, 1e-3)
    assert weights == pytest.approx([0.0, 2.0], abs=0.15)


def test_calibration_error_of_known_chances() -> None:
    chances = np.array([[0.8, 0.1, 0.1]] * 10)
    kinds = np.array([0] * 6 + [1] * 4)
    assert calibration_error(chances, kinds) == pytest.approx(0.2)


@pytest.mark.slow
def test_shapes_that_were_not_trained_with() -> None:
    cases = simulated_cases(2, TESTING, seed=8, snr_db=(9.0, 14.0))
    vectors, kinds, snr = table_of([c for c in cases if c.truth])
    model = shipped_model()
    taken = [int(np.argmax([p for _, p in classify(v, model).probabilities])) for v in vectors]
    assert len(kinds) >= 12
    assert float(np.mean(np.array(taken) == kinds)) >= 0.9
    assert snr.min() > 8.5
