"""The posterior of one release against a plain sum, and what must not change it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.transport.source.likelihood import Observation
from vigie.transport.source.over_background import NO_BACKGROUND, Background, log_likelihood_over
from vigie.transport.source.posterior import (
    Posterior,
    PosteriorParams,
    SourceMatrix,
    source_posterior,
)

PARAMS = PosteriorParams(least_bq=1e9, most_bq=1e14, n_amounts=21, longest_steps=3)
STEPS, CELLS = 6, 30


def matrix(rng: np.random.Generator, n_samples: int, *, spread: bool = False) -> SourceMatrix:
    sensitivity = rng.lognormal(math.log(1e-15), 1.5, (n_samples, STEPS, CELLS))
    sensitivity *= rng.random(sensitivity.shape) < 0.5
    return SourceMatrix(
        sensitivity=sensitivity,
        spread=sensitivity * rng.uniform(0.1, 2.0, sensitivity.shape) if spread else None,
        areas_km2=rng.uniform(1e3, 1e4, CELLS),
    )


def observed(
    of: SourceMatrix, rng: np.random.Generator, cell: int = 11, bq: float = 3e12
) -> list[Observation]:
    """Draw samples of a release in steps 2 and 3, with the model error of the law."""
    out = []
    for mean in of.sensitivity[:, 2:4, cell].mean(axis=1) * bq:
        tau = 0.5 * mean / math.sqrt(math.pi)
        value = max(mean + tau * rng.standard_t(2), 0.0) + rng.normal(0.0, 3e-5)
        seen = value > 1e-4
        out.append(
            Observation(
                critical_level=1e-4,
                value=value if seen else None,
                sigma=math.hypot(3e-5, 0.05 * value) if seen else None,
                detected=seen,
            )
        )
    return out


def plain(
    samples: list[Observation],
    of: SourceMatrix,
    params: PosteriorParams,
    known: list[Background] | None = None,
) -> Posterior:
    """Return the posterior as its formula stands, with the likelihood itself (twin)."""
    n_steps, n_cells = of.sensitivity.shape[1:]
    amounts = params.amounts_bq
    total = np.zeros((n_cells, len(amounts)))
    by_start = np.zeros((n_steps, n_cells))
    by_stop = np.zeros((n_steps, n_cells))
    count = 0
    known = known or [NO_BACKGROUND] * len(samples)
    errors = {"model_error": params.model_error, "false_alarm": params.false_alarm}
    background = sum(
        float(log_likelihood_over(one, 0.0, 0.0, b, **errors))
        for one, b in zip(samples, known, strict=True)
    )
    for length in range(1, params.longest_steps + 1):
        for start in range(n_steps - length + 1):
            logs = np.zeros((n_cells, len(amounts)))
            for k, one in enumerate(samples):
                m = of.sensitivity[k, start : start + length].mean(axis=0)
                s = np.zeros(n_cells)
                if of.spread is not None:
                    s = of.spread[k, start : start + length].mean(axis=0)
                c = m[:, np.newaxis] * amounts
                error = np.hypot(s[:, np.newaxis] * amounts, params.model_error * c)
                logs += log_likelihood_over(one, c, error, known[k], **errors)
            weight = np.exp(logs - background)
            total += weight
            by_start[start] += weight.sum(axis=1)
            by_stop[start + length - 1] += weight.sum(axis=1)
            count += len(amounts)
    prior = of.areas_km2 / of.areas_km2.sum()
    evidence = float(prior @ total.sum(axis=1))
    return Posterior(
        probability=prior * total.sum(axis=1) / evidence,
        amounts_bq=amounts,
        by_amount=prior @ total / evidence,
        by_start=by_start @ prior / evidence,
        by_stop=by_stop @ prior / evidence,
        log_evidence=math.log(evidence / count),
        best_log_likelihood=0.0,
        cells_summed=n_cells,
    )


@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_plain_sum(seed: int, spread: bool) -> None:
    rng = np.random.default_rng(seed)
    of = matrix(rng, 5, spread=spread)
    samples = observed(of, rng)
    found, wanted = source_posterior(samples, of, PARAMS), plain(samples, of, PARAMS)
    assert found.probability == pytest.approx(wanted.probability, abs=2e-3)
    assert found.by_amount == pytest.approx(wanted.by_amount, abs=2e-3)
    assert found.by_start == pytest.approx(wanted.by_start, abs=2e-3)
    assert found.by_stop == pytest.approx(wanted.by_stop, abs=2e-3)
    assert found.log_evidence == pytest.approx(wanted.log_evidence, abs=0.01)


@pytest.mark.parametrize("spread", [False, True])
def test_it_is_the_plain_sum_over_known_emitters_too(spread: bool) -> None:
    rng = np.random.default_rng(21)
    of = matrix(rng, 4, spread=spread)
    samples = observed(of, rng)
    known = [
        Background(values=rng.lognormal(math.log(2e-4), 1.0, 3), weights=np.array([0.2, 0.5, 0.3]))
        for _ in samples
    ]
    found = source_posterior(samples, of, PARAMS, known)
    wanted, without = plain(samples, of, PARAMS, known), plain(samples, of, PARAMS)
    assert found.probability == pytest.approx(wanted.probability, abs=2e-3)
    assert found.by_amount == pytest.approx(wanted.by_amount, abs=2e-3)
    assert found.log_evidence == pytest.approx(wanted.log_evidence, abs=0.01)
    assert abs(found.log_evidence - without.log_evidence) > 0.1


def test_it_does_not_depend_on_the_unit() -> None:
    rng = np.random.default_rng(7)
    of = matrix(rng, 6)
    samples = observed(of, rng)
    found = source_posterior(samples, of, PARAMS)
    micro = [
        replace(
            one,
            critical_level=1e6 * one.critical_level,
            value=None if one.value is None else 1e6 * one.value,
            sigma=None if one.sigma is None else 1e6 * one.sigma,
        )
        for one in samples
    ]
    other = source_posterior(micro, replace(of, sensitivity=1e6 * of.sensitivity), PARAMS)
    assert other.probability == pytest.approx(found.probability, rel=1e-9)
    assert other.log_evidence == pytest.approx(found.log_evidence, abs=1e-9)


def test_a_sample_that_no_cell_reaches_changes_nothing() -> None:
    rng = np.random.default_rng(8)
    of = matrix(rng, 5)
    samples = observed(of, rng)
    found = source_posterior(samples, of, PARAMS)
    empty = np.concatenate([of.sensitivity, np.zeros((1, STEPS, CELLS))])
    more = [*samples, Observation(critical_level=1e-4)]
    other = source_posterior(more, replace(of, sensitivity=empty), PARAMS)
    assert other.probability == pytest.approx(found.probability, abs=1e-12)
    assert other.log10_bayes_factor == pytest.approx(found.log10_bayes_factor, abs=1e-6)


@pytest.mark.slow
def test_regions_of_releases_drawn_from_the_prior_are_calibrated() -> None:
    rng = np.random.default_rng(20261127)
    params = replace(PARAMS, longest_steps=2)
    within, n = {0.5: 0, 0.9: 0}, 120
    held = 0
    for _ in range(n):
        of = replace(matrix(rng, 8), areas_km2=np.ones(CELLS))
        cell, step = int(rng.integers(CELLS)), int(rng.integers(STEPS - 1))
        length = int(rng.integers(1, 3))
        bq = float(np.exp(rng.uniform(np.log(params.least_bq), np.log(params.most_bq))))
        moved = np.roll(of.sensitivity, 2 - step, axis=1)
        if length == 1:
            moved[:, 3] = moved[:, 2]
        samples = observed(replace(of, sensitivity=moved), rng, cell, bq)
        found = source_posterior(samples, of, params)
        above = float(found.probability[found.probability > found.probability[cell]].sum())
        # Where the truth's own cell crosses the level, it counts by its share.
        for level in within:
            within[level] += bool(above + rng.random() * found.probability[cell] < level)
        _, low, high = found.amount_interval(0.9)
        held += low <= bq <= high
    # Three binomial errors, of 0.046 and 0.027.
    assert within[0.5] / n == pytest.approx(0.5, abs=0.137)
    assert within[0.9] / n == pytest.approx(0.9, abs=0.082)
    assert held / n == pytest.approx(0.9, abs=0.082)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"least_bq": 1e12, "most_bq": 1e9}, "least_bq"),
        ({"n_amounts": 1}, "n_amounts"),
        ({"longest_steps": 0}, "longest_steps"),
        ({"model_error": 0.0}, "model_error"),
    ],
)
def test_parameters_without_sense_are_refused(numbers: dict[str, float], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        PosteriorParams(**numbers)  # type: ignore[arg-type]


def test_samples_and_matrix_belong_together() -> None:
    of = matrix(np.random.default_rng(1), 2)
    one = Observation(critical_level=1e-4)
    with pytest.raises(ParameterError, match="samples"):
        source_posterior([one], of, PARAMS)
    with pytest.raises(ParameterError, match="longest_steps"):
        source_posterior([one, one], of, replace(PARAMS, longest_steps=STEPS + 1))
    with pytest.raises(ParameterError, match="sensitivity"):
        replace(of, areas_km2=np.ones(3))
