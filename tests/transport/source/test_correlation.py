"""The possible source region against scipy, and how much a correlation of few samples means."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vigie.errors import ParameterError
from vigie.transport.source.correlation import (
    Kind,
    bootstrap_share,
    permutation_p_value,
    possible_source_region,
)


def fields(rng: np.random.Generator, k: int = 7, t: int = 4, c: int = 25) -> np.ndarray:
    drawn = rng.lognormal(-34.0, 1.5, (k, t, c))
    return np.asarray(drawn * (rng.random(drawn.shape) < 0.6))


@pytest.mark.parametrize("kind", list(Kind))
def test_correlations_are_those_of_scipy(kind: Kind) -> None:
    rng = np.random.default_rng(3)
    m, c = fields(rng), rng.lognormal(0.0, 1.0, 7) * (rng.random(7) < 0.8)
    found = possible_source_region(c, m, kind=kind)
    by_scipy: Any = stats.pearsonr if kind is Kind.PEARSON else stats.spearmanr
    for cell in range(m.shape[2]):
        each = [
            by_scipy(c, m[:, step, cell]).statistic if np.ptp(m[:, step, cell]) else 0.0
            for step in range(m.shape[1])
        ]
        assert found.correlation[cell] == pytest.approx(max(each), abs=1e-12)
        assert each[found.step[cell]] == pytest.approx(max(each), abs=1e-12)


def test_three_samples_prove_nothing() -> None:
    # Field sheet 6: with three samples r = 0.99 has p = 0.09 (two-sided).
    m = np.array([0.0, 1.0, 2.2])[:, np.newaxis, np.newaxis] * 1e-15
    c = np.array([0.0, 1.0, 1.9])
    found = possible_source_region(c, m)
    r, p = stats.pearsonr(c, m[:, 0, 0])
    assert found.correlation[0] == pytest.approx(r)
    assert 2.0 * found.p_value[0] == pytest.approx(p, rel=1e-9)
    assert permutation_p_value(c, m, np.random.default_rng(1)) == pytest.approx(1.0 / 6.0)


def test_the_cell_of_the_release_is_found() -> None:
    rng = np.random.default_rng(5)
    m = fields(rng, 12)
    found = possible_source_region(3e12 * m[:, 2, 9], m)
    assert found.correlation[9] == pytest.approx(1.0)
    assert found.step[9] == 2
    assert found.correlation.argmax() == 9
    assert permutation_p_value(3e12 * m[:, 2, 9], m, rng, most=300) <= 1.0 / 301.0 + 1e-9
    share = bootstrap_share(3e12 * m[:, 2, 9], m, rng, n_draws=50)
    assert share[9] == pytest.approx(1.0)
    assert share.mean() < 0.3


@pytest.mark.slow
def test_permutations_are_calibrated_where_nothing_was_released() -> None:
    rng = np.random.default_rng(6)
    p = [
        permutation_p_value(rng.lognormal(size=6), fields(rng, 6), rng, most=99) for _ in range(300)
    ]
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.055)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.09)


@settings(max_examples=30)
@given(st.floats(1e-3, 1e3), st.floats(-5.0, 5.0), st.sampled_from(list(Kind)))
def test_unit_and_offset_of_the_measured_do_not_matter(
    scale: float, offset: float, kind: Kind
) -> None:
    rng = np.random.default_rng(8)
    m, c = fields(rng), rng.lognormal(size=7)
    plain = possible_source_region(c, m, kind=kind).correlation
    assert possible_source_region(scale * c + offset, m, kind=kind).correlation == pytest.approx(
        plain, abs=1e-9
    )


def test_cells_without_sensitivity_have_no_correlation() -> None:
    m = fields(np.random.default_rng(2))
    m[:, :, 4] = 0.0
    m[:, :, 5] = 2e-15
    found = possible_source_region(np.arange(7.0), m)
    assert found.correlation[4] == 0.0
    assert found.correlation[5] == 0.0
    assert np.isfinite(found.p_value).all()


@pytest.mark.parametrize("c", [[1.0, 2.0], [1.0] * 7, [0.0] * 6 + [np.nan], np.ones((7, 1))])
def test_samples_that_cannot_correlate_are_refused(c: list[float]) -> None:
    m = fields(np.random.default_rng(2))
    with pytest.raises(ParameterError, match="measured"):
        possible_source_region(c, m if len(c) == 7 else m[: len(c)])
