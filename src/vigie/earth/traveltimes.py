"""Travel times of a spherical Earth model, in bulk."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.tables import LoadedModel, PhaseTables, load_model

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FloatArray = NDArray[np.float64]

CANDIDATE_MARGIN_S = 8.0
"""How much later than the earliest a branch may be and still be evaluated nearby."""


class TravelTimeArrays(NamedTuple):
    """Predictions, as arrays of one shape; NaN where the phase does not exist."""

    time_s: FloatArray
    slowness_s_per_deg: FloatArray
    """dt/d(delta); negative for phases that come the long way round (PKKP, PKPPKP)."""
    dt_ddepth_s_per_km: FloatArray
    d2t_ddelta2: FloatArray
    """s/deg^2."""


class TravelTimes:
    """Tables of one Earth model.

    Examples
    --------
    >>> found = TravelTimes.load("ak135").predict("P", [30.0, 60.0], 0.0)
    >>> found.time_s.round(1).tolist()
    [370.3, 608.3]
    """

    def __init__(self, model: LoadedModel) -> None:
        self._model = model

    @classmethod
    def load(cls, model: str = "ak135") -> TravelTimes:
        """Load a model ("ak135" or "iasp91"); the same object each time.

        Raises
        ------
        UnknownModelError
            There are no tables of this model.
        """
        return _load(model)

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def phases(self) -> tuple[str, ...]:
        """Names of the phases; other spellings are understood as well."""
        return self._model.phases

    @cached_property
    def tables(self) -> PhaseTables:
        """Plain arrays, for ``vigie.earth.kernels.evaluate`` in other compiled code."""
        from vigie.earth.kernels import find_candidates

        tables = self._model.tables
        return tables._replace(candidates=find_candidates(tables, CANDIDATE_MARGIN_S))

    @property
    def surface_velocities(self) -> tuple[float, float]:
        """P and S velocity of the uppermost layer, km/s."""
        v_p, v_s = self._model.info["crust_velocity_km_s"]
        return float(v_p), float(v_s)

    def phase_index(self, phase: str) -> int:
        """Return the number of a phase in ``tables``.

        Raises
        ------
        UnknownPhaseError
            There are no travel times of this phase.
        """
        return self._model.phase_index(phase)

    def predict(self, phase: str, delta_deg: ArrayLike, depth_km: ArrayLike) -> TravelTimeArrays:
        """Predict one phase; distances and depths broadcast.

        Parameters
        ----------
        phase : str
            Name or other spelling.
        delta_deg : array_like
            Geocentric distance, deg.
        depth_km : array_like
            Source depth; above sea level counts as 0.

        Raises
        ------
        UnknownPhaseError
            There are no travel times of this phase.
        """
        delta, depth = np.broadcast_arrays(
            np.asarray(delta_deg, dtype=np.float64), np.asarray(depth_km, dtype=np.float64)
        )
        number = np.full(delta.size, self.phase_index(phase), dtype=np.int64)
        columns = self.predict_many(number, delta.ravel(), depth.ravel())
        return TravelTimeArrays(*(column.reshape(delta.shape) for column in columns))

    def predict_many(
        self, phase_number: NDArray[np.int64], delta_deg: FloatArray, depth_km: FloatArray
    ) -> TravelTimeArrays:
        """Predict n arrivals of phases given by number, arrays of shape (n,)."""
        from vigie.earth.kernels import evaluate_many

        found = evaluate_many(
            self.tables,
            np.ascontiguousarray(phase_number),
            np.ascontiguousarray(delta_deg),
            np.ascontiguousarray(depth_km),
        )
        return TravelTimeArrays(found[:, 0], found[:, 1], found[:, 2], found[:, 3])


@cache
def _load(model: str) -> TravelTimes:
    return TravelTimes(load_model(model))
