"""Locations of LOCSAT's reference events with vigie's own iasp91 tables: the weighted residuals.

For each of the 352 events the same arrivals with the same standard errors (1 s each, as the
reference was made) and the same depth where it is fixed are located with independent errors
and without leaving any out, so that both programs minimise the same sum. The root mean square of
LOCSAT's stored residuals is compared with that of vigie's; LOCSAT used tables of its own,
vigie exact iasp91 without ellipticity and elevation. The minimum next to LOCSAT's solution and the
one that a search of the globe finds are both looked at, and the smaller taken.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tests.network import support_locsat

from vigie.earth import EarthPredictor, Hypocentre, ModelError, PredictorOptions, load_predictor
from vigie.earth.model_error import TIME_SIGMA_S
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import ErrorModel, LocateParams, locate

if TYPE_CHECKING:
    from vigie.records import Origin, Station

ROOT = Path(__file__).resolve().parents[2] / "shared" / "data" / "arrivals" / "locsat"
SAME = 1.001
"""Root mean squares are given to three digits."""


def predictor() -> EarthPredictor:
    """Return iasp91 as LOCSAT has it: a sphere, and times without error."""
    exact = ModelError(time_nodes=dict.fromkeys(TIME_SIGMA_S, ((0.0, 0.0), (180.0, 0.0))))
    options = PredictorOptions(ellipticity=False, elevation=False, model_error=exact)
    return EarthPredictor(load_predictor("iasp91").times, options)


def used_arrivals(event: support_locsat.LocsatEvent) -> list[support_locsat.LocsatArrival]:
    """Return the arrivals whose times define the reference solution."""
    return [a for a in event.arrivals if a.weight > 0.0 and np.isfinite(a.residual_s)]


def locsat_rms(event: support_locsat.LocsatEvent) -> float:
    """Return the root mean square of LOCSAT's stored residuals, s."""
    return float(np.sqrt(np.mean([a.residual_s**2 for a in used_arrivals(event)])))


def relocate(
    event: support_locsat.LocsatEvent, stations: dict[str, Station], earth: EarthPredictor
) -> tuple[Origin, float] | None:
    """Return vigie's origin with the smallest root mean square; None where there is none."""
    detections = [replace(a.detection, time_sigma_s=1.0) for a in used_arrivals(event)]
    there = Hypocentre(event.latitude, event.longitude, event.depth_km)
    found = []
    for search in ("local", "global"):
        params = LocateParams(
            phases="keep",
            depth="free",
            errors=ErrorModel(correlated=False),
            max_outlier_fraction=0.0,
            search="local" if search == "local" else "global",
        )
        try:
            origin = locate(event.id, detections, stations, earth, params, start=there)
        except LocationError:
            continue
        times = [a.time_residual_s for a in origin.associations]
        known = np.array([np.nan if t is None else t for t in times])
        if np.isfinite(known).all():
            found.append((origin, float(np.sqrt(np.mean(known**2)))))
    return min(found, key=lambda pair: pair[1]) if found else None


def compare(events: list[support_locsat.LocsatEvent]) -> dict[str, object]:
    """Return how vigie's origins and residuals compare with LOCSAT's."""
    stations, earth = support_locsat.read_stations(ROOT), predictor()
    rows, larger, missing = [], [], []
    for event in events:
        solved = relocate(event, stations, earth)
        if solved is None:
            missing.append(event.id)
            continue
        origin, rms = solved
        delta, _, _ = distance_azimuths(
            event.latitude, event.longitude, origin.latitude, origin.longitude
        )
        reference = locsat_rms(event)
        rows.append(
            (
                float(delta) * KM_PER_DEG,
                (origin.time_ns - event.time_ns) / 1e9,
                (origin.depth_km or 0.0) - event.depth_km,
                rms,
                reference,
            )
        )
        if rms > SAME * reference:
            larger.append(
                {"event": event.id, "arrivals": len(used_arrivals(event)), "rms_s": round(rms, 3),
                 "locsat_rms_s": round(reference, 3), "locsat_depth_km": round(event.depth_km, 1),
                 "depth_km": round(origin.depth_km or 0.0, 1)}
            )  # fmt: skip
    table = np.array(rows)
    return {
        "events": len(events),
        "located": len(rows),
        "not_located": missing,
        "rms_no_larger_percent": round(100.0 * (len(rows) - len(larger)) / len(events), 1),
        "median_rms_s": round(float(np.median(table[:, 3])), 3),
        "median_rms_s_locsat": round(float(np.median(table[:, 4])), 3),
        "median_distance_km": round(float(np.median(table[:, 0])), 2),
        "median_time_difference_s": round(float(np.median(table[:, 1])), 3),
        "median_depth_difference_km": round(float(np.median(table[:, 2])), 2),
        "larger": larger,
    }


def measure(step: int = 1) -> dict[str, object]:
    """Compare all events, or each ``step``-th."""
    return compare(support_locsat.read_events(ROOT)[::step])


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
