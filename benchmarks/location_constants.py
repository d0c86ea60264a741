"""What the constants of location that were chosen, not measured elsewhere, decide.

Every constant is halved and doubled in turn, all else as it is, and events are located with their
phases identified and the depth left to the data: every eighth of LOCSAT's 352 (mostly one-sided
networks), the four of the EHB bulletin of 2008-04-11, and two bulletins that ship inside ObsPy.
Told are how many origins move by more than 2 km, the largest moves and how many depths are decided
otherwise. A constant that moves nothing needs no finer choice; of one that does, the reason stands
beside it in the code.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from benchmarks._data import shared
from tests.network import support_engdahl, support_locsat

from vigie.earth import load_predictor
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import LocateParams, locate
from vigie.pipeline.demo import IDC_BULLETIN, ISC_BULLETIN, relocate
from vigie.pipeline.station_book import open_book

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vigie.records import Detection, Inventory, Origin, Station

PACKAGE = "vigie.network.location"
CONSTANTS = (
    "agree.ROBUST_CUT", "agree.MAX_ROUNDS", "covariance.DISTANCE_LENGTH_DEG",
    "covariance.DISTANCE_SHARE", "covariance.SAME_SITE_KM", "deeper.NEAR_DEG", "deeper.LEFT_KM",
    "depth.AT_SURFACE_KM", "depth.HOPELESS_SIGMA_KM", "depth.N_TRIED", "depth_evidence.LEAST_ODDS",
    "depth_evidence.SURE_SIGMA", "depth_evidence.SYSTEMATIC_KM", "depth_phases.DIFFERENCE_MODEL_S",
    "depth_phases.LEAST_SLOPE_S_PER_KM", "depth_phases.MAX_SCATTER", "depth_phases.NEAR_SIGMAS",
    "elsewhere.LEAST_WEIGHT", "elsewhere.N_SEARCHED", "elsewhere.ONE_SIDED_GAP_DEG",
    "elsewhere.SAME_KM", "elsewhere.SAME_SIGMAS", "errors.REGIONAL_DEG", "errors.STUDENT_DOF",
    "identify.LATER_PHASE_COST", "identify.OTHER_NAME_COST", "identify.UNNAMED_COST",
    "identify.WRONG_WAVE_COST", "linear.MIN_SIN_DELTA", "settle.ERROR_ROUNDS",
    "locator.GOOD_STANDARD", "settle.SAME_ERRORS", "settle.SAME_PLACE_KM",
    "naming.DEEP_START_KM", "posterior.TEMPER", "solve.LEAST_REACH_KM", "solve.LINEAR_KM",
    "solve.LINEAR_REACH", "solve.MAX_DEPTH_STEP_KM", "solve.MAX_STEP_KM", "solve.MISSING_STANDARD",
    "solve.N_REWEIGHTED", "solve.SAME_ERRORS_KM", "solve.SMALL_STEP_KM", "solve.STUDENT_DOF",
    "start.CAP_S", "start.CRUSTAL_DEPTH_KM", "start.FEW_READINGS", "start.NEAR_DEG",
    "start.S_PER_DEG",
)  # fmt: skip
"""Module and name."""
MOVED_KM = 2.0
"""Less is a fraction of any ellipse."""


class Case(NamedTuple):
    """An event to locate."""

    event_id: str
    detections: tuple[Detection, ...]
    stations: Mapping[str, Station] | Inventory


def measure(names: Sequence[str] = CONSTANTS, *, every: int = 8) -> dict[str, object]:
    """Halve and double each constant; return what moves."""
    events = cases(every)
    before = [_origin(case) for case in events]
    found: dict[str, object] = {"events": len(events)}
    for name in names:
        for factor in (0.5, 2.0):
            with scaled(name, factor) as (old, new):
                after = [_origin(case) for case in events]
            found[f"{name} {old:g} to {new:g}"] = _moves(before, after)
    return found


def cases(every: int) -> list[Case]:
    """Return the events."""
    root = shared("arrivals/locsat")
    stations = support_locsat.read_stations(root)
    found = [
        Case(event.id, tuple(a.detection for a in event.arrivals), stations)
        for event in support_locsat.read_events(root)[::every]
    ]
    engdahl = shared("arrivals/engdahl")
    places = support_engdahl.read_stations(engdahl)
    found += [Case(e.id, e.detections, places) for e in support_engdahl.read_events(engdahl)]
    for name in (IDC_BULLETIN, ISC_BULLETIN):
        book = open_book([])
        event = relocate(name, book, load_predictor("ak135"), reference_author="").event
        found.append(Case(event.id, event.detections, book.inventory))
    return found


def _origin(case: Case) -> Origin | None:
    try:
        return locate(
            case.event_id, case.detections, case.stations, load_predictor("ak135"), LocateParams()
        )
    except LocationError:
        return None


@contextmanager
def scaled(name: str, factor: float) -> Iterator[tuple[float, float]]:
    """Scale a constant wherever the package has imported it; whole numbers stay whole."""
    module, constant = name.split(".")
    old = getattr(import_module(f"{PACKAGE}.{module}"), constant)
    new = max(1, round(old * factor)) if isinstance(old, int) else old * factor
    holders = [
        m for key, m in sys.modules.items()
        if key.startswith(PACKAGE) and getattr(m, constant, None) is old
    ]  # fmt: skip
    try:
        for holder in holders:
            setattr(holder, constant, new)
        yield old, new
    finally:
        for holder in holders:
            setattr(holder, constant, old)


def _moves(before: list[Origin | None], after: list[Origin | None]) -> dict[str, object]:
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if a and b]
    apart = np.array([_apart_km(a, b) for a, b in pairs])
    return {
        "moved": int(np.sum(apart > MOVED_KM)),
        "largest_km": [round(float(x), 1) for x in np.sort(apart)[:-4:-1]],
        "depth_decided_otherwise": sum(a.depth_reason != b.depth_reason for a, b in pairs),
        "ellipse_area_ratio": round(float(np.median([_area(b) / _area(a) for a, b in pairs])), 3),
        "lost_or_found": sum(
            (a is None) != (b is None) for a, b in zip(before, after, strict=True)
        ),
    }


def _apart_km(first: Origin, second: Origin) -> float:
    delta, _, _ = distance_azimuths(
        first.latitude, first.longitude, second.latitude, second.longitude
    )
    return float(delta) * KM_PER_DEG


def _area(origin: Origin) -> float:
    return origin.ellipse.area_km2 if origin.ellipse else float("nan")


if __name__ == "__main__":
    print(json.dumps(measure(tuple(sys.argv[1:]) or CONSTANTS), indent=2))
