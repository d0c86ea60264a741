"""The releases that an event can have caused, as arrays over steps, cells and samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.fusion.composition import relative_activities
from vigie.fusion.evidence import Hypotheses
from vigie.fusion.place import cell_weights
from vigie.pipeline.transport.source_matrix import matrix_of
from vigie.transport.source.assembly import Domain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.fusion.delay import DelayPrior
    from vigie.fusion.place import Epicentre
    from vigie.records import LatLonGrid, Sensitivity

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MOST_VALUES = 2e7
"""Of steps x cells x samples: steps are made longer until they are fewer."""
NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Releases:
    """Steps after the event and cells of the ellipse."""

    edges_ns: IntArray
    domain: Domain
    of_cell: FloatArray

    @property
    def delay_edges_s(self) -> FloatArray:
        """Edges of the steps since the event, s."""
        return np.asarray((self.edges_ns - self.edges_ns[0]) / NS_PER_S)


def releases_of(
    time_ns: int, epicentre: Epicentre, records: Sequence[Sequence[Sensitivity]], prior: DelayPrior
) -> Releases | None:
    """Return steps and cells of an event; None where the grid holds nothing of the ellipse.

    Steps are those of the sensitivities, from the event to the longest delay; after the last
    collection one step is enough.
    """
    flat = [one for own in records for one in own]
    grid: LatLonGrid = flat[0].grid
    cells, weights = cell_weights(epicentre, grid)
    if not len(cells):
        return None
    last = time_ns + round(prior.longest_d * 86_400 * NS_PER_S)
    asked = min(last, max(one.collection_stop_ns for one in flat))
    step_ns = round(min(one.step_s for one in flat) * NS_PER_S)
    while (asked - time_ns) / step_ns * len(cells) * len(flat) > MOST_VALUES:
        step_ns *= 2
    edges = np.arange(time_ns, asked + step_ns, step_ns, dtype=np.int64)
    edges = np.append(edges[edges < last], last)
    domain = Domain(grid=grid, cells=cells, edges_ns=edges)
    return Releases(edges_ns=edges, domain=domain, of_cell=weights)


def sensitivities_of(
    where: Releases, records: Sequence[Sequence[Sensitivity]], nuclides: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Return sensitivity and spread of samples with the decay of their nuclides, (T, C, K)."""
    shape = (len(where.edges_ns) - 1, len(where.domain.cells), len(records))
    sensitivity, spread = np.zeros(shape), np.zeros(shape)
    for name in dict.fromkeys(nuclides):
        rows = [k for k, own in enumerate(nuclides) if own == name]
        matrix, _ = matrix_of([records[k] for k in rows], where.domain, name)
        sensitivity[:, :, rows] = matrix.sensitivity.transpose(1, 2, 0)
        if matrix.spread is not None:
            spread[:, :, rows] = matrix.spread.transpose(1, 2, 0)
    return sensitivity, spread


def hypotheses_of(
    where: Releases,
    both: tuple[FloatArray, FloatArray],
    nuclides: Sequence[str],
    reference: str,
    prior: DelayPrior,
    n_amounts: int,
) -> tuple[tuple[str, ...], Hypotheses]:
    """Return the compositions and the releases with what each leaves in each sample."""
    edges_s = where.delay_edges_s
    own = list(dict.fromkeys(nuclides))
    ages = 0.5 * (edges_s[:-1] + edges_s[1:])
    codes, activities = relative_activities(own, reference, ages)
    relative = activities[:, [own.index(name) for name in nuclides]].transpose(2, 0, 1)
    below = prior.below(edges_s)
    return codes, Hypotheses(
        sensitivity=both[0],
        spread=both[1],
        relative=relative,
        of_step=np.diff(below) / (below[-1] - below[0]),
        of_cell=where.of_cell,
        n_amounts=n_amounts,
    )
