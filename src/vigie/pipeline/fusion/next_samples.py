"""Which samples would decide: the air of them is known, and not yet what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from vigie.errors import ParameterError
from vigie.pipeline.fusion.hypotheses import releases_of, sensitivities_of
from vigie.products.fusion.fuse_view import NextSample
from vigie.transport.sensitivities import on_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.fusion.place import Epicentre
    from vigie.pipeline.fusion.options import FuseOptions
    from vigie.products.fusion.fuse_view import FusedSample, Weighed
    from vigie.products.transport.source_pair import Field
    from vigie.records import Origin, Sensitivity

MOST_NEXT = 5


class Shared(Protocol):
    """What is needed of all events."""

    @property
    def samples(self) -> Sequence[FusedSample]:
        """Those at hand."""
        ...

    @property
    def records(self) -> Sequence[Sequence[Sensitivity]]:
        """Their sensitivities."""
        ...

    @property
    def fields_alone(self) -> Sequence[Field]:
        """Sensitivities of which no sample was given."""
        ...

    @property
    def reference(self) -> str:
        """Nuclide whose amount is asked for."""
        ...

    @property
    def options(self) -> FuseOptions:
        """What was thought possible."""
        ...


def next_samples(
    work: Shared, origin: Origin, epicentre: Epicentre, weighed: Weighed
) -> tuple[NextSample, ...]:
    """Return the samples in which the median release would leave most, the largest first.

    Those of which a sensitivity is at hand and no content; place and delay are as the samples at
    hand leave them.
    """
    grid = work.records[0][0].grid
    later = []
    for one in work.fields_alone:
        if one.record.collection_stop_ns <= origin.time_ns:
            continue
        try:
            later.append(one.record if one.record.grid == grid else on_grid(one.record, grid))
        except ParameterError:
            continue  # cells of another grid: nothing is interpolated
    if not later:
        return ()
    records = [[one] for one in later]
    where = releases_of(origin.time_ns, epicentre, records, work.options.delay)
    if where is None:
        return ()
    both = sensitivities_of(where, records, [work.reference] * len(records))
    # The delay as the samples at hand leave it, on the steps of these.
    held = np.concatenate([[0.0], np.cumsum(weighed.evidence.joint.sum(axis=1))])
    by_step = np.diff(np.interp(where.delay_edges_s, weighed.delay_edges_s, held))
    amount = weighed.evidence.amount_interval()[0]
    expected = amount * np.einsum("t,c,tck->k", by_step, where.of_cell, both[0])
    limits = [
        one.pair.observation.critical_level for one in work.samples if one.nuclide == work.reference
    ]
    limit = float(np.median(limits)) if limits else np.nan
    order = [k for k in np.argsort(-expected, kind="stable") if expected[k] > 0.0][:MOST_NEXT]
    return tuple(
        NextSample(
            later[k].station,
            later[k].collection_stop_ns,
            float(expected[k]),
            float(expected[k] / limit),
        )
        for k in order
    )
