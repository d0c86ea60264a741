"""Depth: no explosion can be placed where many earthquakes lie.

Score = (depth - 10 km) / sigma; screened out above 1.96 where the depth is confirmed, by
depth phases at two stations or by stations nearer than 1.5 depths. A depth that was fixed
says nothing. Assumes a normal error of the depth, model errors included. Rates on simulated
events: ``docs/methods/screening.md``. Cost: 3 us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG
from vigie.network.screening.base import Params, answer
from vigie.records import Verdict

if TYPE_CHECKING:
    from vigie.network.screening.params import DepthParams, ScreeningParams
    from vigie.records import Event, Origin, Screening

_NAME = "depth"


@dataclass(frozen=True, slots=True)
class Depth:
    """The criterion of depth."""

    name: str = _NAME

    def screen(self, event: Event, params: ScreeningParams) -> Screening:
        """Screen by depth."""
        p = params.depth
        origin = event.origin
        if origin is None or origin.depth_km is None:
            return answer(_NAME, Verdict.INSUFFICIENT_DATA, "depth.unknown", {})
        if origin.depth_fixed and origin.depth_reason != "depth_phases":
            given: Params = {"depth_km": origin.depth_km, "why": origin.depth_reason}
            return answer(_NAME, Verdict.INSUFFICIENT_DATA, "depth.fixed", given)
        if origin.depth_sigma_km is None or not origin.depth_sigma_km > 0.0:
            return answer(_NAME, Verdict.INSUFFICIENT_DATA, "depth.unknown", {})
        return _judge(origin, origin.depth_km, origin.depth_sigma_km, p)


def _judge(origin: Origin, depth_km: float, sigma_km: float, p: DepthParams) -> Screening:
    score = (depth_km - p.threshold_km) / sigma_km
    how, stations = _confirmation(origin, depth_km, p)
    given: Params = {
        "depth_km": depth_km,
        "sigma_km": sigma_km,
        "threshold_km": p.threshold_km,
        "score": score,
        "confirmation": how,
    }
    if score <= p.z:
        code, verdict = "depth.not_screened_out", Verdict.NOT_SCREENED_OUT
    elif how:
        code, verdict = "depth.screened_out", Verdict.SCREENED_OUT
    else:
        code, verdict = "depth.unconfirmed", Verdict.INSUFFICIENT_DATA
    return answer(_NAME, verdict, code, given, score=score, data=stations)


def _confirmation(origin: Origin, depth_km: float, p: DepthParams) -> tuple[str, tuple[str, ...]]:
    """Say in words what ties the depth, and by which stations; empty where nothing does."""
    defining = [a for a in origin.associations if a.time_defining]
    tied = sorted({a.station for a in defining if a.phase in p.depth_phases})
    if len(tied) >= p.min_depth_phase_stations:
        return f"depth phases at {len(tied)} stations", tuple(tied)
    reach_deg = p.near_distance_factor * depth_km / KM_PER_DEG
    near = sorted(
        {
            a.station
            for a in defining
            if a.delta_deg is not None and a.delta_deg <= reach_deg and a.phase.startswith("P")
        }
    )
    if len(near) >= p.near_min_stations:
        return f"{len(near)} near stations", tuple(near)
    return "", ()


DEPTH = Depth()
