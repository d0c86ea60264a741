"""Samples and sensitivities to source regions, by one method or several."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import MissingInputError, ParameterError
from vigie.pipeline.transport.background import background_of, background_remarks
from vigie.pipeline.transport.source_matrix import Assembled, Where, assemble, located_matrix
from vigie.pipeline.transport.source_posterior import locate
from vigie.products.transport.source_view import PossibleRegion, SourceView
from vigie.records import Reason
from vigie.transport.source.correlation import (
    LEAST_SAMPLES,
    Kind,
    bootstrap_share,
    permutation_p_value,
    possible_source_region,
)
from vigie.transport.source.cost import CostParams, cost_map
from vigie.transport.source.place_error import PLACE_ERROR_KM_PER_DAY
from vigie.transport.source.posterior import PosteriorParams
from vigie.transport.source.regard import share_of_detections, share_of_models
from vigie.transport.source.regression import least_squares_releases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from vigie.pipeline.transport.source_inputs import Matched
    from vigie.products.transport.source_pair import Pair
    from vigie.records import Emitter

    FloatArray = NDArray[np.float64]

METHODS = ("posterior", "psr", "for", "mmfor", "nnls", "cost")
USUAL = ("posterior", "psr")
SEED = 20260101
UNUSUAL_P = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What is looked for and how."""

    methods: tuple[str, ...] = USUAL
    where: Where = field(default_factory=Where)
    amounts_bq: tuple[float, float] = (1e7, 1e17)
    """The least and the largest release that is thought possible."""
    longest_h: float = 24.0
    """Of a release."""
    model_error: float = 0.5
    place_error_km_per_day: float = PLACE_ERROR_KM_PER_DAY
    """Of modelled air, by axis; weighed in the posterior alone."""
    false_alarm: float = 0.05
    spearman: bool = False
    permutations: int = 1000
    seed: int = SEED


@dataclass(slots=True, eq=False)
class _Work:
    """What the steps share."""

    view: SourceView
    options: SourceOptions
    assembled: Assembled

    @property
    def pairs(self) -> Sequence[Pair]:
        return self.view.pairs

    @property
    def sensitivity(self) -> FloatArray:
        return self.assembled.matrix.sensitivity


def find_source(
    matched: Matched,
    options: SourceOptions,
    *,
    emitters: Sequence[Emitter] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> SourceView:
    """Look for the source of what was detected.

    Parameters
    ----------
    matched : Matched
    options : SourceOptions
    emitters : sequence of Emitter, optional
        Known ones, of which samples have a background; None where none are looked at.
    report : callable
        Is called with the name of each method that is done.

    Raises
    ------
    MissingInputError
        No sample has a sensitivity, or nothing was detected in those that have.
    ParameterError
        The domain or an amount makes no sense.
    """
    pairs = matched.pairs
    if not any(pair.observation.detected for pair in pairs):
        raise MissingInputError(
            path="samples",
            what=f"a detection of {matched.nuclide} among the {len(pairs)} samples with "
            "sensitivities",
            remedy="Without a detection there is no source to look for.",
        )
    km_per_day = options.place_error_km_per_day if "posterior" in options.methods else 0.0
    assembled = assemble(pairs, options.where, matched.nuclide, km_per_day=km_per_day)
    view = SourceView(
        nuclide=matched.nuclide,
        pairs=tuple(pairs),
        samples_alone=tuple(matched.samples_alone),
        fields_alone=tuple(matched.fields_alone),
        unusable=tuple(matched.unusable),
        methods=options.methods,
        domain=assembled.domain,
        areas_km2=assembled.matrix.areas_km2,
        box=options.where.box,
        amounts_bq=options.amounts_bq,
        remarks=list(assembled.remarks),
    )
    if emitters is not None:
        view.background = background_of(
            pairs,
            emitters,
            matched.nuclide,
            model_error=options.model_error,
            km_per_day=options.place_error_km_per_day,
        )
        view.remarks += background_remarks(view.background)
    work = _Work(view, options, assembled)
    for method in options.methods:
        STEPS[method](work)
        report(method)
    return view


def posterior_params(options: SourceOptions, assembled: Assembled) -> PosteriorParams:
    """Return the parameters of the posterior on a domain."""
    edges = assembled.domain.edges_ns
    step_h = float(edges[1] - edges[0]) / 3.6e12
    least, most = options.amounts_bq
    decades = np.log10(most / least) if 0.0 < least < most < np.inf else 1.0
    return PosteriorParams(
        least_bq=least,
        most_bq=most,
        n_amounts=max(41, round(4.0 * decades) + 1),
        longest_steps=min(max(round(options.longest_h / step_h), 1), len(edges) - 1),
        model_error=options.model_error,
        false_alarm=options.false_alarm,
    )


def _posterior(work: _Work) -> None:
    params = posterior_params(work.options, work.assembled)
    km_per_day = work.options.place_error_km_per_day
    assembled = work.assembled
    if km_per_day > 0.0:
        assembled = replace(assembled, matrix=located_matrix(assembled, work.view.nuclide))
    work.view.place_error_km_per_day = km_per_day
    work.view.posterior = locate(
        work.pairs,
        assembled,
        params,
        rng=np.random.default_rng(work.options.seed),
        boxed=work.options.where.box is not None,
        background=work.view.background,
    )
    work.view.remarks += work.view.posterior.remarks


def measured(pairs: Sequence[Pair]) -> FloatArray:
    """Return the concentrations, Bq/m3; 0 where nothing was detected."""
    return np.array([
        (pair.observation.value or 0.0) if pair.observation.detected else 0.0 for pair in pairs
    ])  # fmt: skip


def _psr(work: _Work) -> None:
    values, sensitivity = measured(work.pairs), work.sensitivity
    if len(values) < LEAST_SAMPLES:
        work.view.left_out["psr"] = Reason.of(
            "source.too_few", method="psr", n=len(values), least=LEAST_SAMPLES
        )
        return
    if np.ptp(values) == 0.0:
        work.view.left_out["psr"] = Reason.of("source.all_alike", method="psr")
        return
    kind = Kind.SPEARMAN if work.options.spearman else Kind.PEARSON
    rng = np.random.default_rng(work.options.seed)
    chance = permutation_p_value(
        values, sensitivity, rng, kind=kind, most=work.options.permutations
    )
    work.view.psr = PossibleRegion(
        found=possible_source_region(values, sensitivity, kind=kind),
        chance=chance,
        permutations=work.options.permutations,
        share=bootstrap_share(values, sensitivity, rng, kind=kind),
    )
    if chance > UNUSUAL_P:
        work.view.remarks.append(Reason.of("source.chance", percent=100.0 * chance, n=len(values)))


def _detections(work: _Work) -> list[int]:
    return [k for k, pair in enumerate(work.pairs) if pair.observation.detected]


def _regard(work: _Work) -> None:
    rows = _detections(work)
    limits = [work.pairs[k].mdc for k in rows]
    most_bq = work.options.amounts_bq[1]
    sensitivity = work.sensitivity[rows]
    work.view.regard = share_of_detections(sensitivity, limits, most_bq=most_bq)


def _models(work: _Work) -> None:
    rows = [k for k in _detections(work) if len(work.pairs[k].fields) > 1]
    if not rows:
        work.view.left_out["mmfor"] = Reason.of("source.one_model", method="mmfor")
        return
    most_bq = work.options.amounts_bq[1]
    shares = [
        share_of_models(
            work.assembled.by_model[k].sensitivity.max(axis=1),
            amount_bq=most_bq,
            threshold=work.pairs[k].mdc,
        )
        for k in rows
    ]
    work.view.models = np.asarray(np.mean(shares, axis=0))


def _regression(work: _Work) -> None:
    errors = [
        one.noise if one.sigma is None or not one.detected else one.sigma
        for one in (pair.observation for pair in work.pairs)
    ]
    work.view.regression = least_squares_releases(measured(work.pairs), errors, work.sensitivity)


def _cost(work: _Work) -> None:
    params = CostParams(least_bq=work.options.amounts_bq[0], most_bq=work.options.amounts_bq[1])
    limits = [pair.mdc for pair in work.pairs]
    work.view.cost = cost_map(measured(work.pairs), limits, work.sensitivity, params)


STEPS: dict[str, Callable[[_Work], None]] = {
    "posterior": _posterior,
    "psr": _psr,
    "for": _regard,
    "mmfor": _models,
    "nnls": _regression,
    "cost": _cost,
}


def methods_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return methods in a fixed order; ``all`` stands for all.

    Raises
    ------
    ParameterError
        A word names no method.

    Examples
    --------
    >>> methods_of(["psr", "posterior"])
    ('posterior', 'psr')
    """
    for word in words:
        if word not in (*METHODS, "all"):
            expected = f"one of {', '.join(METHODS)}, all"
            raise ParameterError(name="--method", value=word, expected=expected)
    if not words:
        return USUAL
    return METHODS if "all" in words else tuple(m for m in METHODS if m in words)
