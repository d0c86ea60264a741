"""The posterior with its regions, intervals, and all that says how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.products.transport.source_rings import rings_of
from vigie.products.transport.source_view import Located, Prediction
from vigie.records import Reason
from vigie.transport.source.credible import credible_region
from vigie.transport.source.posterior import source_posterior
from vigie.transport.source.predictive import draw_releases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.transport.source_matrix import Assembled
    from vigie.products.transport.background_view import BackgroundView
    from vigie.products.transport.source_pair import Pair
    from vigie.transport.source.assembly import Domain
    from vigie.transport.source.posterior import Posterior, PosteriorParams
    from vigie.transport.source.predictive import Draws

FloatArray = NDArray[np.float64]
LEVELS = (0.5, 0.9, 0.95)
LEANING = 0.05
"""Probability on a bound from which the 90 % interval ends at the bound, not in the samples."""
LEANS = {
    "domain": "source.leans_domain",
    "release_from": "source.leans_release_from",
    "release_to": "source.leans_release_to",
    "least_bq": "source.leans_least_bq",
    "most_bq": "source.leans_most_bq",
}
"""Bounds to what is said where the posterior leans on them."""
WEAK_LOG10 = 1.0
FAR_TAIL = 0.01
N_DRAWS = 300


def locate(
    pairs: Sequence[Pair],
    assembled: Assembled,
    params: PosteriorParams,
    *,
    rng: np.random.Generator,
    boxed: bool,
    background: BackgroundView | None = None,
) -> Located:
    """Return the posterior of one release; parameters as of ``source_posterior``.

    ``boxed`` tells whether the domain is a box of the user's, on whose edge the posterior may lean.
    """
    known = None if background is None else background.nodes
    samples = [pair.observation for pair in pairs]
    domain, matrix = assembled.domain, assembled.matrix
    found = source_posterior(samples, matrix, params, known)
    draws = draw_releases(
        samples, matrix, found.probability, rng,
        params=params, backgrounds=known, n_draws=N_DRAWS,
    )  # fmt: skip
    regions = tuple(credible_region(found.probability, matrix.areas_km2, p) for p in LEVELS)
    predictions = _predictions(pairs, draws)
    bounds = _bounds(found, domain, boxed=boxed)
    held = found.probability[found.probability > 0.0]
    starts, stops = domain.edges_ns[:-1], domain.edges_ns[1:]
    return Located(
        posterior=found,
        params=params,
        regions=regions,
        outlines=tuple(rings_of(region.inside, domain) for region in regions),
        amount_bq=found.amount_interval(),
        start_ns=_times(found.by_start, starts),
        stop_ns=_times(found.by_stop, stops),
        predictions=predictions,
        bounds=bounds,
        effective_cells=float(np.exp(-(held * np.log(held)).sum())),
        remarks=(*_leaning(bounds), *_doubts(found, pairs, predictions)),
    )


def _times(probability: FloatArray, at_ns: NDArray[np.int64]) -> tuple[int, int, int]:
    cumulated = np.cumsum(probability)
    at = np.searchsorted(cumulated, cumulated[-1] * np.array([0.5, 0.05, 0.95]) * (1.0 - 1e-12))
    middle, low, high = at_ns[np.minimum(at, len(at_ns) - 1)]
    return int(middle), int(low), int(high)


def _predictions(pairs: Sequence[Pair], draws: Draws) -> tuple[Prediction, ...]:
    out = []
    for k, pair in enumerate(pairs):
        values = draws.measured[:, k]
        reported = pair.observation.value
        limit = pair.observation.critical_level if reported is None else reported
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        below = float((values < limit).mean())
        out.append(Prediction(float(middle), float(low), float(high), below))
    return tuple(out)


def _bounds(found: Posterior, domain: Domain, *, boxed: bool) -> dict[str, float]:
    bounds = {
        "release_from": float(found.by_start[0]),
        "release_to": float(found.by_stop[-1]),
        "least_bq": float(found.by_amount[0]),
        "most_bq": float(found.by_amount[-1]),
    }
    if not boxed:
        return bounds
    grid = domain.grid
    row, column = np.divmod(domain.cells, grid.n_longitude)
    there = np.zeros((grid.n_latitude, grid.n_longitude), dtype=np.bool_)
    there[row, column] = True
    # Beyond a pole there is nothing, and beyond the seam of a whole turn the other end.
    padded = np.pad(there, ((1, 1), (0, 0)), constant_values=True)
    padded = np.pad(padded, ((0, 0), (1, 1)), mode="wrap" if grid.cyclic else "constant")
    inner = (
        padded[row, column + 1] & padded[row + 2, column + 1]
        & padded[row + 1, column] & padded[row + 1, column + 2]
    )  # fmt: skip
    return {"domain": float(found.probability[~inner].sum()), **bounds}


def _leaning(bounds: dict[str, float]) -> list[Reason]:
    return [
        Reason.of(LEANS[name], percent=100.0 * share)
        for name, share in bounds.items()
        if share > LEANING
    ]


def _doubts(
    found: Posterior, pairs: Sequence[Pair], predictions: Sequence[Prediction]
) -> list[Reason]:
    doubts = []
    if found.log10_bayes_factor < WEAK_LOG10:
        doubts.append(Reason.of("source.weak", log10=found.log10_bayes_factor))
    odd = []
    for pair, one in zip(pairs, predictions, strict=True):
        if pair.observation.value is None:
            unusual = one.below < FAR_TAIL
        else:
            unusual = min(one.below, 1.0 - one.below) < 0.5 * FAR_TAIL
        if unusual:
            odd.append(pair.name)
    if odd:
        doubts.append(Reason.of("source.unexplained", samples=", ".join(odd), n=len(odd)))
    return doubts
