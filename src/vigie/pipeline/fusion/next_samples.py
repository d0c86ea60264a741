"""Which samples would decide: the air of them is known, and not yet what they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vigie.errors import ParameterError
from vigie.pipeline.fusion.hypotheses import releases_of, sensitivities_of
from vigie.products.fusion.fuse_view import NextSample
from vigie.records import Sensitivity
from vigie.transport.sensitivities import on_grid
from vigie.transport.source.place_error import with_place_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.fusion.place import Epicentre
    from vigie.pipeline.fusion.options import FuseOptions
    from vigie.products.fusion.fuse_view import FusedSample, Weighed
    from vigie.products.transport.source_pair import Field
    from vigie.records import LatLonGrid, Origin

MOST_NEXT = 5


@dataclass(frozen=True, slots=True, eq=False)
class Unsampled:
    """Sensitivities of which no sample was given, with the errors of place of the others."""

    records: tuple[Sensitivity, ...]
    """On the cells of the samples at hand."""
    km_per_day: float
    moved: dict[int, Sensitivity] = field(default_factory=dict)
    """Those that were asked for, by their place: errors of place take time."""

    def after(self, time_ns: int) -> list[Sensitivity]:
        """Return those whose air was collected after a time."""
        for k, one in enumerate(self.records):
            if k not in self.moved and one.collection_stop_ns > time_ns:
                self.moved[k] = with_place_error(one, self.km_per_day)
        return [one for _, one in sorted(self.moved.items()) if one.collection_stop_ns > time_ns]


def unsampled_of(fields: Sequence[Field], grid: LatLonGrid, km_per_day: float) -> Unsampled:
    """Return the sensitivities of fields on the cells of a grid, without those on others."""
    records = []
    for one in fields:
        try:
            records.append(one.record if one.record.grid == grid else on_grid(one.record, grid))
        except ParameterError:
            continue  # cells of another grid: nothing is interpolated
    return Unsampled(tuple(records), km_per_day)


class Shared(Protocol):
    """What is needed of all events."""

    @property
    def samples(self) -> Sequence[FusedSample]:
        """Those at hand."""
        ...

    @property
    def unsampled(self) -> Unsampled:
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
    hand leave them, and errors of place are as for those.
    """
    later = work.unsampled.after(origin.time_ns)
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
