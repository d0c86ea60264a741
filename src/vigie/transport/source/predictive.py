"""Releases drawn from a posterior, and what each sample would hold after one of them.

What it computes: cells are drawn by their probability, and in each cell interval and amount from
their joint posterior there, by the same tables and prior as ``posterior``. The concentration in the
air is drawn from the law of the model's error about the modelled one, cut at 0, and the measured
one with the noise of the sample: the posterior-predictive distribution, of which a sample that the
posterior explains lies in the 90 % range nine times in ten. Cost: 300 draws, 41 amounts: 0.4 s
with 2 samples and 32 steps, 7.3 s with 20 samples and 112 steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.transport.source.likelihood import air_quantile
from vigie.transport.source.over_background import NO_BACKGROUND
from vigie.transport.source.posterior import PosteriorParams, likelihood_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.transport.source.likelihood import Observation
    from vigie.transport.source.over_background import Background
    from vigie.transport.source.posterior import SourceMatrix

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Draws:
    """Releases of a posterior and what they would give, a row each."""

    cell: IntArray
    """Shape (n,), rising."""
    first: IntArray
    """First and last step of the release."""
    last: IntArray
    amount_bq: FloatArray
    modelled: FloatArray
    """Concentration of each sample, shape (n, K), in the unit of the samples."""
    measured: FloatArray
    """With errors of model and measurement drawn, shape (n, K); noise may leave it below 0."""


def draw_releases(  # noqa: PLR0913 — what is known and what is chosen, by name
    samples: Sequence[Observation],
    matrix: SourceMatrix,
    probability: FloatArray,
    rng: np.random.Generator,
    *,
    params: PosteriorParams | None = None,
    backgrounds: Sequence[Background] | None = None,
    n_draws: int = 300,
) -> Draws:
    """Draw releases from a posterior, with concentrations as they might be measured.

    Parameters
    ----------
    samples : sequence of Observation
    matrix : SourceMatrix
    probability : ndarray
        Of each cell, as of ``source_posterior`` with the same samples, matrix and parameters.
    params : PosteriorParams, optional
    backgrounds : sequence of Background, optional
        Of known emitters, as of ``source_posterior``.
    n_draws : int, >= 1

    Raises
    ------
    ParameterError
        Shapes do not agree, or a number makes no sense.
    """
    params = params or PosteriorParams()
    if probability.shape != matrix.areas_km2.shape or len(samples) != len(matrix.sensitivity):
        raise ParameterError(
            name="probability", value=str(probability.shape), expected="of the cells of the matrix"
        )
    if n_draws < 1:
        raise ParameterError(name="n_draws", value=n_draws, expected="at least 1")
    backgrounds = backgrounds or [NO_BACKGROUND] * len(samples)
    tables = likelihood_tables(samples, params, backgrounds, with_spread=matrix.spread is not None)
    counts = rng.multinomial(n_draws, probability / probability.sum())
    rows: list[tuple[IntArray, ...]] = []
    means, errors = [], []
    for cell in np.flatnonzero(counts):
        mean, relative, first, last = _intervals(matrix, int(cell), params)
        logs = _log_likelihoods(mean, relative, tables, params.n_amounts)
        weight = np.exp(logs - logs.max()).ravel()
        drawn = rng.choice(len(weight), size=counts[cell], p=weight / weight.sum())
        interval, amount = np.divmod(drawn, params.n_amounts)
        rows.append((np.full(len(drawn), cell), first[interval], last[interval], amount))
        means.append(mean[interval])
        errors.append(relative[interval])
    cells, firsts, lasts, amounts = (np.concatenate(column) for column in zip(*rows, strict=True))
    amount_bq = params.amounts_bq[amounts]
    modelled = np.concatenate(means) * amount_bq[:, np.newaxis]
    return Draws(
        cell=cells, first=firsts, last=lasts, amount_bq=amount_bq, modelled=modelled,
        measured=_measured(
            samples, backgrounds, (modelled, np.concatenate(errors) * modelled),
            params.model_error, rng,
        ),
    )  # fmt: skip


def _intervals(
    matrix: SourceMatrix, cell: int, params: PosteriorParams
) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """Return mean sensitivity and error, shape (I, K), first and last step of intervals."""

    def sums(values: FloatArray) -> FloatArray:
        columns = np.zeros((values.shape[1] + 1, len(values)))
        np.cumsum(values[:, :, cell].T, axis=0, out=columns[1:])
        return columns

    n_steps = matrix.sensitivity.shape[1]
    lengths = np.arange(1, params.longest_steps + 1)
    first = np.concatenate([np.arange(n_steps - length + 1) for length in lengths])
    length = np.repeat(lengths, n_steps - lengths + 1)
    stop = first + length
    both = sums(matrix.sensitivity)
    mean = (both[stop] - both[first]) / length[:, np.newaxis]
    relative = np.full(mean.shape, params.model_error)
    if matrix.spread is not None:
        spread = sums(matrix.spread)
        spread = (spread[stop] - spread[first]) / length[:, np.newaxis]
        ratio = np.where(mean > 0.0, spread / np.where(mean > 0.0, mean, 1.0), 0.0)
        relative = np.hypot(relative, ratio)
    return mean, relative, first, stop - 1


def _log_likelihoods(
    mean: FloatArray,
    relative: FloatArray,
    tables: tuple[FloatArray, FloatArray, FloatArray],
    n_amounts: int,
) -> FloatArray:
    """Return log-likelihoods of intervals and amounts, shape (I, Q), as the kernel has them."""
    table, zero, scale = tables
    n = len(zero)
    step, lowest, r_step, du = scale[n], scale[n + 2], scale[n + 3], scale[n + 5]
    total = np.zeros((len(mean), n_amounts))
    for k in range(n):
        seen = mean[:, k] > 0.0
        total[~seen] += zero[k]
        u = (np.log(mean[seen, k]) + scale[k])[:, np.newaxis] / du + step * np.arange(n_amounts)
        r = (np.log(relative[seen, k]) - lowest)[:, np.newaxis] / r_step
        total[seen] += _between(table[k], r, u)
    return total


def _between(table: FloatArray, row: FloatArray, column: FloatArray) -> FloatArray:
    """Read a table by linear interpolation both ways."""
    n_rows, n_columns = table.shape
    row = np.clip(row, 0.0, n_rows - 1.0)
    column = np.clip(column, 0.0, n_columns - 1.001)
    j, i = np.minimum(row.astype(int), n_rows - 2), column.astype(int)
    share, f = row - j, column - i
    low = table[j, i] * (1.0 - f) + table[j, i + 1] * f
    high = table[j + 1, i] * (1.0 - f) + table[j + 1, i + 1] * f
    return np.asarray(low * (1.0 - share) + high * share)


def _measured(
    samples: Sequence[Observation],
    backgrounds: Sequence[Background],
    draws: tuple[FloatArray, FloatArray],
    model_error: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Return concentrations as they might be measured; ``draws``: modelled, with its error."""
    modelled, sigma = draws
    from_elsewhere = np.stack(
        [rng.choice(one.values, size=len(modelled), p=one.weights) for one in backgrounds], axis=1
    )
    sigma = np.hypot(sigma, model_error * from_elsewhere)
    q = rng.uniform(1e-12, 1.0 - 1e-12, size=modelled.shape)
    air = air_quantile(q, modelled + from_elsewhere, sigma)
    noise = [one.noise if one.sigma is None else one.sigma for one in samples]
    return np.asarray(air + rng.normal(size=modelled.shape) * np.array(noise))
