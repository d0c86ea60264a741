"""Azimuthal gaps of the stations around an epicentre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike


def azimuthal_gap_deg(azimuths_deg: ArrayLike) -> float:
    """Return the largest angle without a station; 360 for one station or none.

    Examples
    --------
    >>> azimuthal_gap_deg([350.0, 10.0, 100.0])
    250.0
    """
    azimuths = np.unique(np.mod(np.asarray(azimuths_deg, dtype=np.float64), 360.0))
    if len(azimuths) < 2:
        return 360.0
    return float(np.diff(azimuths, append=azimuths[0] + 360.0).max())


def secondary_gap_deg(azimuth_by_station: Mapping[str, float]) -> float:
    """Return the largest gap when the one station is removed that opens it most.

    Examples
    --------
    >>> secondary_gap_deg({"A": 0.0, "B": 90.0, "C": 180.0, "D": 270.0})
    180.0
    """
    azimuths = np.sort(np.mod(np.array(list(azimuth_by_station.values())), 360.0))
    if len(azimuths) < 3:
        return 360.0
    # From each station to the next but one.
    return min(float((np.append(azimuths[2:], azimuths[:2] + 360.0) - azimuths).max()), 360.0)
