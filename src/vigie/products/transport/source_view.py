"""What a search for a source found, as its products show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from vigie.products.transport.background_view import BackgroundView
from vigie.products.transport.source_pair import Pair
from vigie.records import Reason
from vigie.transport.source.assembly import Domain
from vigie.transport.source.correlation import CorrelationMap
from vigie.transport.source.cost import CostMap
from vigie.transport.source.credible import Region
from vigie.transport.source.posterior import Posterior, PosteriorParams
from vigie.transport.source.regression import Regression

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


class Prediction(NamedTuple):
    """What a sample ought to hold by the posterior, Bq/m3."""

    median: float
    low: float
    """5 % and 95 % of what might be measured."""
    high: float
    below: float
    """Probability of less than was measured; of not being detected, where nothing was reported."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Located:
    """A posterior and its diagnostics."""

    posterior: Posterior
    params: PosteriorParams
    regions: tuple[Region, ...]
    outlines: tuple[tuple[FloatArray, ...], ...]
    """Of each region, rings of longitude and latitude, deg."""
    amount_bq: tuple[float, float, float]
    """Median, 5 % and 95 %."""
    start_ns: tuple[int, int, int]
    stop_ns: tuple[int, int, int]
    predictions: tuple[Prediction, ...]
    """In the order of the samples."""
    bounds: dict[str, float]
    """Probability on each bound of the domain."""
    effective_cells: float
    """exp of the entropy: so many cells, all alike, would be as uncertain."""
    remarks: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PossibleRegion:
    """The possible source region with its significance."""

    found: CorrelationMap
    chance: float
    """Of as large a maximum where samples come in any order."""
    permutations: int
    share: FloatArray
    """Of redrawn sets of samples in which a cell is near the maximum, shape (C,)."""


@dataclass(slots=True, eq=False, kw_only=True)
class SourceView:
    """All that was found; values on the map have the order of the domain's cells."""

    nuclide: str
    pairs: tuple[Pair, ...]
    """Samples that were used."""
    samples_alone: tuple[str, ...] = ()
    """Samples without a sensitivity."""
    fields_alone: tuple[str, ...] = ()
    """Sensitivities without a sample."""
    unusable: tuple[tuple[str, str], ...] = ()
    """Samples that could not be used, and why."""
    methods: tuple[str, ...]
    domain: Domain
    areas_km2: FloatArray
    box: tuple[float, float, float, float] | None
    """South, west, north, east, deg, as asked for."""
    amounts_bq: tuple[float, float]
    posterior: Located | None = None
    place_error_km_per_day: float = 0.0
    """With which the posterior was summed."""
    psr: PossibleRegion | None = None
    regard: FloatArray | None = None
    """Share of the detections that a release in a cell can have made, shape (C,)."""
    models: FloatArray | None = None
    """Mean over detections of the share of models in whose field of regard a cell is."""
    regression: Regression | None = None
    cost: CostMap | None = None
    background: BackgroundView | None = None
    """Of known emitters, where some were named."""
    remarks: list[Reason] = field(default_factory=list)
    left_out: dict[str, Reason] = field(default_factory=dict)
    """Methods that could not be used, and why."""

    @property
    def done(self) -> tuple[str, ...]:
        """Methods that gave a result."""
        return tuple(m for m in self.methods if m not in self.left_out)

    @property
    def detections(self) -> int:
        """Number of samples with a detection."""
        return sum(pair.observation.detected for pair in self.pairs)

    @property
    def simulated(self) -> bool:
        """Whether a sample is simulated."""
        return any(pair.simulated for pair in self.pairs)

    @property
    def near_best(self) -> dict[str, NDArray[np.bool_]]:
        """Cells that are hardly worse than the best: chi2 within 1, cost within a tenth."""
        near = {}
        if self.regression is not None:
            near["nnls"] = self.regression.chi2 <= self.regression.chi2.min() + 1.0
        if self.cost is not None:
            near["cost"] = self.cost.cost <= 1.1 * self.cost.cost.min()
        return near

    def place(self, index: int) -> tuple[float, float]:
        """Return latitude and longitude, -180 to 180 deg, of the centre of a cell."""
        latitude, longitude = self.domain.grid.centres(self.domain.cells[index])
        return float(latitude), float((longitude + 180.0) % 360.0 - 180.0)
