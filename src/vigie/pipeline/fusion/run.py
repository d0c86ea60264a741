"""Events and samples to assessments: what speaks for a release at each event, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.fusion.evidence import SampleTables, n_amounts, sample_tables, weigh
from vigie.fusion.place import epicentre_of
from vigie.pipeline.fusion.hypotheses import hypotheses_of, releases_of, sensitivities_of
from vigie.pipeline.fusion.inputs import with_backgrounds
from vigie.pipeline.fusion.next_samples import Unsampled, next_samples, unsampled_of
from vigie.pipeline.fusion.options import FuseOptions
from vigie.pipeline.fusion.reasons import cannot_be_weighed, reasons_of
from vigie.pipeline.fusion.region import SourceRegion, region_of
from vigie.pipeline.fusion.yields import magnitude_of, most_released
from vigie.pipeline.transport.background import background_remarks
from vigie.pipeline.transport.source_matrix import misplaced, on_one_grid
from vigie.products.fusion.fuse_view import (
    EventAssessment,
    FusedSample,
    FusionView,
    SampleSays,
    Weighed,
)
from vigie.records import Reason, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.fusion.place import Epicentre
    from vigie.pipeline.fusion.inputs import MatchedNuclides
    from vigie.records import Emitter, Event, Origin


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What all events share."""

    samples: list[FusedSample]
    records: list[list[Sensitivity]]
    """Of each sample, on the cells of one grid."""
    tables: SampleTables
    reference: str
    unsampled: Unsampled
    options: FuseOptions
    emitters_named: bool
    region: SourceRegion | None


def fuse(
    events: Sequence[Event],
    matched: MatchedNuclides,
    options: FuseOptions,
    *,
    emitters: Sequence[Emitter] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> FusionView:
    """Assess events with samples.

    Parameters
    ----------
    events : sequence of Event
    matched : MatchedNuclides
    options : FuseOptions
    emitters : sequence of Emitter, optional
        Known ones; None where none were named.
    report : callable
        Is called with the id of each event that is done.

    Raises
    ------
    ParameterError
        There is no sample with a sensitivity, an amount makes no sense, or the sensitivities
        have no common cells.
    """
    params = options.params
    if not matched.pairs:
        raise ParameterError(name="matched", value=0, expected="a sample with a sensitivity")
    samples, views = with_backgrounds(
        matched,
        emitters or (),
        model_error=params.model_error,
        km_per_day=options.place_error_km_per_day,
    )
    region = region_of(samples, matched.reference, options) if options.region else None
    work = _work(samples, matched, options, emitters_named=emitters is not None, region=region)
    assessed = []
    for event in events:
        assessed.append(_assess(event, work))
        report(event.id)
    view = FusionView(
        events=tuple(assessed),
        samples=tuple(samples),
        nuclides=tuple(dict.fromkeys(one.nuclide for one in samples)),
        reference=matched.reference,
        params=params,
        place_error_km_per_day=options.place_error_km_per_day,
        delay=options.delay,
        prior_odds=options.prior_odds,
        backgrounds=tuple(views),
        emitters_named=emitters is not None,
        samples_alone=tuple(matched.samples_alone),
        fields_alone=tuple(one.name for one in matched.fields_alone),
        unusable=tuple(matched.unusable),
        region_rings=() if region is None else region.rings,
        remarks=_remarks(matched),
    )
    if emitters is not None:
        for one in views:
            view.remarks += background_remarks(one)
    return view


def _work(
    samples: list[FusedSample],
    matched: MatchedNuclides,
    options: FuseOptions,
    *,
    emitters_named: bool,
    region: SourceRegion | None,
) -> _Work:
    records = on_one_grid([one.pair for one in samples])
    if options.place_error_km_per_day > 0.0:
        records = misplaced(records, options.place_error_km_per_day)
    return _Work(
        samples=samples,
        records=records,
        tables=sample_tables(
            [one.pair.observation for one in samples],
            [one.background.expected.nodes(one.pair.observation.critical_level) for one in samples],
            options.params,
            with_spread=any(len(own) > 1 or own[0].spread is not None for own in records),
        ),
        reference=matched.reference,
        unsampled=unsampled_of(
            matched.fields_alone, records[0][0].grid, options.place_error_km_per_day
        ),
        options=options,
        emitters_named=emitters_named,
        region=region,
    )


def _remarks(matched: MatchedNuclides) -> list[Reason]:
    remarks = []
    if matched.left_out:
        remarks.append(Reason.of("fuse.left_out", nuclides=", ".join(matched.left_out)))
    if matched.unknown:
        remarks.append(Reason.of("fuse.no_half_life", nuclides=", ".join(matched.unknown)))
    return remarks


def _assess(event: Event, work: _Work) -> EventAssessment:
    origin = event.origin
    magnitude = magnitude_of(event)
    shown = None if magnitude is None else magnitude[:2]
    params = work.options.params
    most_bq, reasons = most_released(event, work.reference, params, work.options.relation)
    epicentre = None if origin is None else epicentre_of(origin)
    rows = [] if origin is None else _later(work, origin)
    reason = cannot_be_weighed(origin, rows)
    if reason is None and most_bq < params.least_bq:
        reason = reasons[0]
    weighed = None
    if reason is None and origin is not None and epicentre is not None:
        weighed = _weigh(work, origin, epicentre, rows, most_bq)
        reason = None if weighed is not None else Reason.of("fuse.outside")
    assessment = EventAssessment(
        event_id=event.id,
        origin=origin,
        magnitude=shown,
        epicentre=epicentre,
        most_bq=most_bq,
        weighed=weighed,
        region_km=None
        if work.region is None or epicentre is None
        else work.region.distance_km(epicentre),
        next_samples=()
        if weighed is None or origin is None or epicentre is None
        else next_samples(work, origin, epicentre, weighed),
    )
    told = [reason] if reason is not None else reasons_of(assessment, work)
    return _with_reasons(assessment, [*told, *(reasons if weighed is not None else [])])


def _with_reasons(one: EventAssessment, reasons: Sequence[Reason]) -> EventAssessment:
    return replace(one, reasons=tuple(reasons))


def _later(work: _Work, origin: Origin) -> list[int]:
    """Return the samples whose air was collected after the event, within the longest delay."""
    return [
        k
        for k, own in enumerate(work.records)
        if max(one.collection_stop_ns for one in own) > origin.time_ns
    ]


def _weigh(
    work: _Work, origin: Origin, epicentre: Epicentre, rows: list[int], most_bq: float
) -> Weighed | None:
    records = [work.records[k] for k in rows]
    where = releases_of(origin.time_ns, epicentre, records, work.options.delay)
    if where is None:
        return None
    nuclides = [work.samples[k].nuclide for k in rows]
    both = sensitivities_of(where, records, nuclides)
    seen = np.flatnonzero(both[0].any(axis=(0, 1)))
    # What no release reaches changes nothing; one sample is kept so that there is an answer.
    kept = seen if len(seen) else np.array([0])
    codes, given = hypotheses_of(
        where,
        (both[0][:, :, kept], both[1][:, :, kept]),
        [nuclides[k] for k in kept],
        work.reference,
        work.options.delay,
        min(n_amounts(work.options.params.least_bq, most_bq), work.tables.params.n_amounts),
    )
    evidence = weigh(work.tables, [rows[k] for k in kept], given)
    says = dict.fromkeys(range(len(rows)), 0.0) | dict(
        zip(kept.tolist(), evidence.says.tolist(), strict=True)
    )
    order = sorted(says, key=lambda k: (-abs(says[k]), k))
    return Weighed(
        evidence=evidence,
        delay_edges_s=where.delay_edges_s,
        compositions=codes,
        says=tuple(SampleSays(work.samples[rows[k]], says[k]) for k in order),
        reached=len(seen),
    )
