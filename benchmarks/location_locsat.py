"""Locations of LOCSAT's reference events with vigie's own iasp91 tables: the weighted residuals.

For each of the 352 events the same arrivals as LOCSAT used are located, none left out, with the
depth free (held where LOCSAT held it would be no smaller a sum). "Weighted rms no larger than
LOCSAT's" can be read in four ways, all shown:

* ``same_tables``: with vigie's tables and weights (1 s each, as the reference was made), at
  vigie's origin and at LOCSAT's hypocentre with the best origin time. This judges the solver.
* ``stated``: the weighted rms that each program states, of residuals over their standard errors:
  LOCSAT's of 1 s; vigie's of reading and model, for independent errors as LOCSAT assumes them and
  for correlated ones as is vigie's default (which do not make this sum smallest).
* ``stored``: residuals in seconds, vigie's by its tables and LOCSAT's by its own. This compares
  two tables more than two solvers.
* ``their_interpolation``: as before, but vigie on exact iasp91 sampled and interpolated as
  LOCSAT's tables are (``CoarsePredictor``): what is left is not the tables' difference.

LOCSAT's times are late near the epicentre, its picks were associated and cleaned by them, and the
elevations of the stations (to 4 km in the Andes) are not in the data.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from benchmarks._locsat_solver import solver_agreement
from tests.network import support_locsat

from vigie.earth import (
    EarthPredictor,
    Hypocentre,
    ModelError,
    PredictorOptions,
    Sites,
    load_predictor,
)
from vigie.earth.model_error import TIME_SIGMA_S
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import ErrorModel, LocateParams, locate

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray, Predictor
    from vigie.records import Origin, Station

ROOT = Path(__file__).resolve().parents[2] / "shared" / "data" / "arrivals" / "locsat"
SAME = 1.001
"""Root mean squares are given to three digits."""
CLASSIC = LocateParams(
    phases="keep",
    depth="free",
    errors=ErrorModel(correlated=False),
    max_outlier_fraction=0.0,
)


class Compared(NamedTuple):
    """One event."""

    event: str
    arrivals: int
    origin: Origin
    rms_s: float
    locsat_rms_s: float
    rms_there_s: float
    """With vigie's tables at LOCSAT's hypocentre."""
    stated: float
    stated_correlated: float
    interpolated_rms_s: float


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
    return _rms(np.array([a.residual_s for a in used_arrivals(event)]))


def relocate(
    event: support_locsat.LocsatEvent,
    stations: dict[str, Station],
    earth: Predictor,
    searches: tuple[str, ...] = ("local", "global"),
) -> tuple[Origin, float] | None:
    """Return vigie's origin with the smallest root mean square; None where there is none.

    The minimum next to LOCSAT's solution and the one that a search of the globe finds are
    both looked at.
    """
    detections = [replace(a.detection, time_sigma_s=1.0) for a in used_arrivals(event)]
    there = Hypocentre(event.latitude, event.longitude, event.depth_km)
    found = []
    for search in searches:
        params = replace(CLASSIC, search="local" if search == "local" else "global")
        try:
            origin = locate(event.id, detections, stations, earth, params, start=there)
        except LocationError:
            continue
        times = [a.time_residual_s for a in origin.associations]
        known = np.array([np.nan if t is None else t for t in times])
        if np.isfinite(known).all():
            found.append((origin, _rms(known)))
    return min(found, key=lambda pair: pair[1]) if found else None


def rms_at_locsat(
    event: support_locsat.LocsatEvent, stations: dict[str, Station], earth: EarthPredictor
) -> float:
    """Return the root mean square at LOCSAT's hypocentre, with these tables, s."""
    used = used_arrivals(event)
    places = [stations[a.detection.station] for a in used]
    sites = Sites(
        np.array([s.latitude for s in places]),
        np.array([s.longitude for s in places]),
        np.zeros(len(places)),
    )
    there = Hypocentre(event.latitude, event.longitude, event.depth_km)
    found = earth.predict([a.detection.phase or "P" for a in used], there, sites)
    residual = np.array([(a.detection.time_ns - event.time_ns) / 1e9 for a in used]) - found.time_s
    return _rms(residual - np.mean(residual))


def stated_rms(
    event: support_locsat.LocsatEvent, stations: dict[str, Station], *, correlated: bool
) -> float:
    """Return the weighted rms that vigie states, with its own errors of readings and model."""
    detections = [replace(a.detection, time_sigma_s=None) for a in used_arrivals(event)]
    there = Hypocentre(event.latitude, event.longitude, event.depth_km)
    params = replace(CLASSIC, errors=ErrorModel(correlated=correlated))
    try:
        origin = locate(
            event.id, detections, stations, load_predictor("iasp91"), params, start=there
        )
    except LocationError:
        return float("nan")
    return float(origin.weighted_rms or 0.0)


def compare(events: list[support_locsat.LocsatEvent]) -> dict[str, object]:
    """Return how vigie's origins and residuals compare with LOCSAT's."""
    stations, earth = support_locsat.read_stations(ROOT), predictor()
    coarse = support_locsat.CoarsePredictor(earth, {})
    rows, missing = [], []
    for event in events:
        solved = relocate(event, stations, earth)
        if solved is None:
            missing.append(event.id)
            continue
        theirs = relocate(event, stations, coarse, ("local",))
        rows.append(
            Compared(
                event.id,
                len(used_arrivals(event)),
                *solved,
                locsat_rms(event),
                rms_at_locsat(event, stations, earth),
                stated_rms(event, stations, correlated=False),
                stated_rms(event, stations, correlated=True),
                theirs[1] if theirs is not None else float("nan"),
            )
        )
    return _summary(events, rows, missing)


def _summary(
    events: list[support_locsat.LocsatEvent], rows: list[Compared], missing: list[str]
) -> dict[str, object]:
    known = {e.id: e for e in events}
    ours, theirs = (np.array([getattr(r, k) for r in rows]) for k in ("rms_s", "locsat_rms_s"))
    excess = (ours - theirs)[ours > SAME * theirs]
    coarse = np.array([r.interpolated_rms_s for r in rows])
    apart = np.array([_apart(known[r.event], r.origin) for r in rows])

    def share(mine: FloatArray, reference: FloatArray) -> float:
        return round(100.0 * float(np.sum(mine <= SAME * reference)) / len(events), 1)

    there = np.array([r.rms_there_s for r in rows])
    return {
        "events": len(events),
        "located": len(rows),
        "not_located": missing,
        "no_larger_percent": {
            "same_tables": share(ours, np.where(np.isfinite(there), there, np.inf)),
            "stated": share(np.array([r.stated for r in rows]), theirs),
            "stated_correlated": share(np.array([r.stated_correlated for r in rows]), theirs),
            "stored": share(ours, theirs),
            "their_interpolation": share(coarse, theirs),
            "their_interpolation_within_0.05_s": share(coarse - 0.05, theirs),
        },
        "stored_where_larger": {
            "events": len(excess),
            "median_excess_s": round(float(np.median(excess)), 3) if len(excess) else 0.0,
            "within_0.1_s": int(np.sum(excess < 0.1)),
            "no_larger_by_their_interpolation": int(
                np.sum((coarse <= 1.05 * theirs) & (ours > SAME * theirs))
            ),
        },
        "median_rms_s": round(float(np.median(ours)), 3),
        "median_rms_s_locsat": round(float(np.median(theirs)), 3),
        "median_rms_s_at_locsat_hypocentre": round(float(np.nanmedian(there)), 3),
        "median_distance_km": round(float(np.median(apart[:, 0])), 2),
        "median_time_difference_s": round(float(np.median(apart[:, 1])), 3),
        "median_depth_difference_km": round(float(np.median(apart[:, 2])), 2),
    }


def _apart(event: support_locsat.LocsatEvent, origin: Origin) -> tuple[float, float, float]:
    delta, _, _ = distance_azimuths(
        event.latitude, event.longitude, origin.latitude, origin.longitude
    )
    return (
        float(delta) * KM_PER_DEG,
        (origin.time_ns - event.time_ns) / 1e9,
        (origin.depth_km or 0.0) - event.depth_km,
    )


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def measure(step: int = 1) -> dict[str, object]:
    """Compare all events, or each ``step``-th."""
    events = support_locsat.read_events(ROOT)[::step]
    good, compared = solver_agreement(events, support_locsat.read_stations(ROOT))
    same = {"events": compared, "within_1_km_and_0.2_s": good}
    return {"solver_on_its_times": same, **compare(events)}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
