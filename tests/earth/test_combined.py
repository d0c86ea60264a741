"""One predictor of several."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import HalfspacePredictor, Hypocentre, Predictions, Predictor, Sites
from vigie.earth.combined import CombinedPredictor
from vigie.earth.ocean import Ocean, OceanPredictor, uniform_channel
from vigie.errors import ParameterError, UnknownPhaseError

ROCK = HalfspacePredictor(6.0, 3.5)
SEA = OceanPredictor(Ocean(channel=uniform_channel(1.48)))
BOTH: Predictor = CombinedPredictor(ROCK, SEA)
SOURCE = Hypocentre(-20.0, -20.0, 5.0)


def sites_of(n: int) -> Sites:
    return Sites(np.linspace(-21.0, -8.0, n), np.full(n, -16.0), np.zeros(n), ("S",) * n)


@given(st.lists(st.sampled_from(["P", "S", "Pg", "H", "T"]), min_size=1, max_size=8))
def test_each_phase_is_that_of_its_own_model(phases: list[str]) -> None:
    sites = sites_of(len(phases))
    found = BOTH.predict(phases, SOURCE, sites)
    for i, phase in enumerate(phases):
        model: Predictor = SEA if phase in SEA.phases else ROCK
        alone = model.predict([phase], SOURCE, sites.take(np.array([i])))
        for field in fields(Predictions):
            column = np.broadcast_to(getattr(found, field.name), len(phases))
            assert column[i] == pytest.approx(
                float(getattr(alone, field.name)[0]), rel=1e-9, nan_ok=True
            )


def test_names_and_phases_are_those_of_all() -> None:
    assert BOTH.phases == ("P", "S", "Pg", "Sg", "H", "T", "O")
    assert BOTH.name == f"{ROCK.name} + {SEA.name}"


def test_the_first_special_model_that_knows_a_phase_predicts_it() -> None:
    slow = OceanPredictor(Ocean(channel=uniform_channel(1.45)))
    first = CombinedPredictor(ROCK, slow, SEA).predict(["H", "P"], SOURCE, sites_of(2))
    expected = slow.predict(["H"], SOURCE, sites_of(2).take(np.array([0])))
    assert first.time_s[0] == expected.time_s[0]


def test_bad_input_is_refused() -> None:
    with pytest.raises(UnknownPhaseError, match="PKP"):
        BOTH.predict(["PKP", "H"], SOURCE, sites_of(2))
    with pytest.raises(ParameterError, match="one per site"):
        BOTH.predict(["P"], SOURCE, sites_of(2))


def test_nothing_asked_is_nothing_predicted() -> None:
    assert len(BOTH.predict([], SOURCE, sites_of(0)).time_s) == 0
