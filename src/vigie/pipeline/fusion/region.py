"""The 90 % region of a source that explains the samples, and how far events are from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.fusion.place import epicentre_points
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.pipeline.transport.source_matrix import Where, assemble, located_matrix
from vigie.products.transport.source_rings import rings_of
from vigie.records import LatLonGrid
from vigie.transport.source.credible import credible_region
from vigie.transport.source.posterior import PosteriorParams, source_posterior

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.fusion.place import Epicentre
    from vigie.pipeline.fusion.options import FuseOptions
    from vigie.products.fusion.fuse_view import FusedSample

FloatArray = NDArray[np.float64]
LEVEL = 0.9
N_POINTS = 400
"""Of an ellipse; those within its 90 % are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceRegion:
    """Cells of the smallest area that holds 90 % of a source's place."""

    grid: LatLonGrid
    cells: NDArray[np.int64]
    rings: tuple[FloatArray, ...]

    def distance_km(self, where: Epicentre) -> float:
        """Return how far the 90 % ellipse is from the region; 0 where they meet."""
        n = int(LEVEL * N_POINTS)
        lat, lon = (points[:n] for points in epicentre_points(where, N_POINTS))
        if np.isin(self.grid.cells_at(lat, lon), self.cells).any():
            return 0.0
        own_lat, own_lon = self.grid.centres(self.cells)
        apart = distance_azimuths(lat[:, np.newaxis], lon[:, np.newaxis], own_lat, own_lon)[0]
        return float(apart.min() * KM_PER_DEG)


def region_of(
    samples: Sequence[FusedSample], reference: str, options: FuseOptions
) -> SourceRegion | None:
    """Return the region by the samples of the reference nuclide; None without a detection."""
    params = options.params
    own = [one for one in samples if one.nuclide == reference]
    if not any(one.pair.observation.detected for one in own):
        return None
    pairs = [one.pair for one in own]
    km_per_day = options.place_error_km_per_day
    assembled = assemble(pairs, Where(), reference, km_per_day=km_per_day)
    matrix = located_matrix(assembled, reference)
    edges = assembled.domain.edges_ns
    step_h = float(edges[1] - edges[0]) / 3.6e12
    found = source_posterior(
        [one.pair.observation for one in own],
        matrix,
        PosteriorParams(
            least_bq=params.least_bq,
            most_bq=params.most_bq,
            longest_steps=min(max(round(24.0 / step_h), 1), len(edges) - 1),
            model_error=params.model_error,
            false_alarm=params.false_alarm,
        ),
        [one.background.expected.nodes(one.pair.observation.critical_level) for one in own],
    )
    region = credible_region(found.probability, matrix.areas_km2, LEVEL)
    domain = assembled.domain
    return SourceRegion(domain.grid, domain.cells[region.inside], rings_of(region.inside, domain))
