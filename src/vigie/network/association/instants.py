"""Onsets at one instant: a pulse of the recording system more likely than a wave.

Calibration pulses, telemetry and clocks reach all stations at once. A wave does so only from the
antipode, or from right below a small network; the event is kept, and what it may be is told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.network.association.prepare import Columns
    from vigie.records import Origin

INSTANT_S = 0.5
"""Onsets within it are at one instant."""
LEAST_STATIONS = 4
LEAST_APERTURE_DEG = 2.0
"""P of a crustal event beside a network so wide takes half a minute to cross it."""


def with_instant(origin: Origin, picks: Sequence[int], columns: Columns) -> Origin:
    """Return an origin that warns where all its onsets come at one instant.

    Parameters
    ----------
    origin : Origin
    picks : sequence of int
        Onsets that were associated.
    columns : Columns
    """
    stations = np.unique(columns.station[list(picks)])
    if len(stations) < LEAST_STATIONS:
        return origin
    span_s = float(np.ptp(columns.time_s[list(picks)]))
    aperture_deg = _aperture_deg(columns.unit[stations])
    if span_s > INSTANT_S or aperture_deg < LEAST_APERTURE_DEG:
        return origin
    told = (
        f"All onsets come within {span_s:.1f} s at {len(stations)} stations up to "
        f"{aperture_deg:.0f}° apart: a pulse of the recording system rather than a wave?"
    )
    return replace(origin, warnings=(*origin.warnings, told))


def _aperture_deg(unit: NDArray[np.float64]) -> float:
    return float(np.degrees(np.arccos(np.clip((unit @ unit.T).min(), -1.0, 1.0))))
