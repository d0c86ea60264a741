"""Waves of the windows of an array in doubt, under each hypothesis of which elements are right.

A hypothesis whose elements lie on one line shows no wave: it could be any, and there is then no
direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError
from vigie.geodesy import KM_PER_DEG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.array_elements import ArrayElements
    from vigie.signal.fk_params import FkParams

FloatArray = NDArray[np.float64]

MIN_ELEMENTS = 3
MOST_HYPOTHESES = 8
"""With more there is no direction."""


class Hypotheses:
    """The waves that the elements show which are right under each hypothesis."""

    def __init__(self, elements: ArrayElements, samples: FloatArray, params: FkParams) -> None:
        self._elements, self._samples, self._params = elements, samples, params
        self._known: dict[tuple[str, ...], dict[float, tuple[float, float]]] = {}

    def at(
        self, start_s: float, hypotheses: Sequence[tuple[str, ...]]
    ) -> list[tuple[float, float]]:
        """Return azimuth and slowness under each; none where one gives no wave."""
        if not 0 < len(hypotheses) <= MOST_HYPOTHESES:
            return []
        found = [self._waves_of(names).get(round(start_s, 3)) for names in hypotheses]
        waves = [w for w in found if w is not None]
        return waves if len(waves) == len(hypotheses) else []

    def _waves_of(self, names: tuple[str, ...]) -> dict[float, tuple[float, float]]:
        from vigie.signal.fk import fk_analysis

        if names not in self._known:
            elements = self._elements
            rows = [i for i, n in enumerate(elements.names) if n in names]
            data = elements.data.select(np.array(rows, dtype=np.intp))
            try:
                found = fk_analysis(
                    self._samples[rows], data.rate_hz, data.offsets_km, self._params
                )
            except ArrayGeometryError:
                self._known[names] = {}
                return {}
            sizes = found.slowness_s_per_deg / KM_PER_DEG
            self._known[names] = {
                round(float(t), 3): (float(a), float(s))
                for t, a, s, n in zip(
                    found.start_s, found.azimuth_deg, sizes, found.elements, strict=True
                )
                if n >= MIN_ELEMENTS
            }
        return self._known[names]
