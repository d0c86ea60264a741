"""All phases at one station, with the parts of their times: what ``vigie traveltime`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.elevation import arriving_wave
from vigie.earth.phases import canonical
from vigie.geodesy import KM_PER_DEG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.base import Hypocentre, Sites
    from vigie.earth.predictor import EarthPredictor


@dataclass(frozen=True, slots=True)
class PhaseArrival:
    """One phase at one station."""

    phase: str
    time_s: float
    """With ellipticity and elevation."""
    slowness_s_per_deg: float
    dt_ddepth_s_per_km: float
    d2t_ddelta2: float
    takeoff_deg: float | None
    """From straight down; None for waves along the surface."""
    table_s: float
    ellipticity_s: float
    elevation_s: float
    time_sigma_s: float


def takeoff_angle_deg(
    slowness_s_per_deg: float, dt_ddepth_s_per_km: float, depth_km: float, radius_km: float = 6371.0
) -> float:
    """Return the angle of a ray at its source, from straight down, 0 to 180.

    The two derivatives are the horizontal and vertical slowness there.

    Examples
    --------
    >>> takeoff_angle_deg(0.0, -0.125, 100.0), takeoff_angle_deg(0.0, 0.125, 100.0)
    (0.0, 180.0)
    """
    horizontal = abs(slowness_s_per_deg) / KM_PER_DEG * radius_km / (radius_km - depth_km)
    return float(np.degrees(np.arctan2(horizontal, -dt_ddepth_s_per_km)))


def arrivals_at(
    predictor: EarthPredictor, phases: Sequence[str], source: Hypocentre, sites: Sites
) -> list[PhaseArrival]:
    """Return the phases that exist at one station, earliest first.

    P and S go on along the core to 105 deg; there one line, Pdiff or Sdiff, stands for both.

    Parameters
    ----------
    predictor : EarthPredictor
        Model and corrections.
    phases : sequence of str
        Names or other spellings; each is answered under the tables' name.
    source : Hypocentre
        Place of the source.
    sites : Sites
        One station.

    Raises
    ------
    UnknownPhaseError
        There are no travel times of a phase.
    """
    names = [canonical(phase) for phase in phases]
    repeated = sites.take(np.zeros(len(names), dtype=np.int64))
    found = predictor.predict(names, source, repeated)
    parts = predictor.parts(names, source, repeated)
    rows = [
        PhaseArrival(
            name,
            float(found.time_s[i]),
            float(found.slowness_s_per_deg[i]),
            float(found.dt_ddepth_s_per_km[i]),
            float(found.d2t_ddelta2[i]),
            _takeoff(name, found.slowness_s_per_deg[i], found.dt_ddepth_s_per_km[i], source),
            float(parts.table_s[i]),
            float(parts.ellipticity_s[i]),
            float(parts.elevation_s[i]),
            float(found.time_sigma_s[i]),
        )
        for i, name in enumerate(names)
        if np.isfinite(found.time_s[i])
    ]
    return sorted(_without_twins(rows), key=lambda row: (row.time_s, row.phase))


def _without_twins(rows: Sequence[PhaseArrival]) -> list[PhaseArrival]:
    """Drop P and S where they are the diffracted waves, which are listed themselves."""
    diffracted = {row.phase: row.time_s for row in rows if row.phase in {"Pdiff", "Sdiff"}}
    return [row for row in rows if diffracted.get(f"{row.phase}diff") != row.time_s]


def _takeoff(phase: str, slowness: float, dt_ddepth: float, source: Hypocentre) -> float | None:
    if not arriving_wave(phase):
        return None
    return takeoff_angle_deg(float(slowness), float(dt_ddepth), max(source.depth_km, 0.0))
