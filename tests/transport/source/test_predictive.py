"""Releases drawn from a posterior."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.transport.source.likelihood import Observation
from vigie.transport.source.posterior import PosteriorParams, SourceMatrix, source_posterior
from vigie.transport.source.predictive import draw_releases

PARAMS = PosteriorParams(least_bq=1e9, most_bq=1e15, longest_steps=3, n_amounts=25)


def case() -> tuple[list[Observation], SourceMatrix]:
    rng = np.random.default_rng(5)
    sensitivity = 10.0 ** rng.uniform(-16.0, -12.0, size=(3, 6, 8))
    sensitivity[:, :, 7] = 0.0
    sensitivity[1, :2] = 0.0
    matrix = SourceMatrix(
        sensitivity=sensitivity, spread=0.3 * sensitivity, areas_km2=np.full(8, 100.0)
    )
    value = float(1e12 * sensitivity[0, 2:4, 3].mean())
    samples = [
        Observation(critical_level=1e-4, value=value, sigma=0.1 * value, detected=True),
        Observation(critical_level=1e-4),
        Observation(critical_level=1e-4, value=2e-5, sigma=6e-5),
    ]
    return samples, matrix


def test_draws_have_the_marginals_of_the_posterior() -> None:
    samples, matrix = case()
    found = source_posterior(samples, matrix, PARAMS)
    n = 20_000
    draws = draw_releases(
        samples, matrix, found.probability, np.random.default_rng(1), params=PARAMS, n_draws=n
    )
    amounts = np.searchsorted(found.amounts_bq, draws.amount_bq)
    for index, wanted in (
        (draws.cell, found.probability),
        (amounts, found.by_amount),
        (draws.first, found.by_start),
        (draws.last, found.by_stop),
    ):
        share = np.bincount(index, minlength=len(wanted)) / n
        # Four standard deviations of a share of one half, at most.
        assert share == pytest.approx(wanted, abs=4.0 * 0.5 / np.sqrt(n))


def test_what_is_modelled_is_the_release_times_the_sensitivity() -> None:
    samples, matrix = case()
    found = source_posterior(samples, matrix, PARAMS)
    rng = np.random.default_rng(2)
    draws = draw_releases(samples, matrix, found.probability, rng, params=PARAMS, n_draws=50)
    for row in range(50):
        steps = slice(draws.first[row], draws.last[row] + 1)
        mean = matrix.sensitivity[:, steps, draws.cell[row]].mean(axis=1)
        assert draws.modelled[row] == pytest.approx(mean * draws.amount_bq[row], rel=1e-9)


def test_measured_values_scatter_by_the_errors_of_model_and_measurement() -> None:
    matrix = SourceMatrix(
        sensitivity=np.full((1, 1, 1), 1e-12), spread=None, areas_km2=np.array([1.0])
    )
    samples = [Observation(critical_level=1e-6, value=1.0, sigma=1e-3, detected=True)]
    params = PosteriorParams(
        least_bq=5e11, most_bq=2e12, n_amounts=3, longest_steps=1, model_error=0.2
    )
    draws = draw_releases(
        samples, matrix, np.ones(1), np.random.default_rng(3), params=params, n_draws=20_000
    )
    # The central 68.3 % of the law is +-0.745 of the model's error.
    inside = np.abs(draws.measured - draws.modelled) < 0.745 * 0.2 * draws.modelled
    assert inside.mean() == pytest.approx(0.683, abs=0.015)


def test_what_makes_no_sense_is_refused() -> None:
    samples, matrix = case()
    rng = np.random.default_rng(0)
    with pytest.raises(ParameterError, match="probability"):
        draw_releases(samples, matrix, np.ones(3), rng)
    with pytest.raises(ParameterError, match="n_draws"):
        draw_releases(samples, matrix, np.ones(8), rng, n_draws=0)
