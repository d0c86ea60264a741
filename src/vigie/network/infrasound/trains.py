"""Detections of one array that are parts of one wave train.

A detector that works in bands gives one arrival as several families, and the end of a train as
further ones. Each tells the azimuth; the times of the former err alike, and those of the latter
may tell nothing of the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.infrasound.params import SoundLocateParams
    from vigie.network.infrasound.readings import SoundReadings

    FloatArray = NDArray[np.float64]


def coda_chances(readings: SoundReadings, params: SoundLocateParams) -> FloatArray:
    """Return the chance of each detection that it is the end of the wave train before it."""
    first = np.full(int(readings.array.max(initial=0)) + 1, np.inf)
    np.minimum.at(first, readings.array, readings.time_s)
    after_s = readings.time_s - first[readings.array]
    is_late = (after_s > params.same_phase_s) & (after_s < params.coda_s)
    return np.where(is_late, params.coda_share, 0.0)


def copies(readings: SoundReadings, within_s: float) -> FloatArray:
    """Return how many detections of its array stand for the phase of each detection."""
    near = np.abs(readings.time_s[:, None] - readings.time_s) < within_s
    return np.asarray((near & (readings.array[:, None] == readings.array)).sum(axis=1), dtype=float)
