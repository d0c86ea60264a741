"""Readings that repeat another: an onset that is read twice is still one observation.

Lists hold the same row twice, or the onset of a channel beside that of the array's beam. Taken as
two, they halve the variance of that station. Two readings are of one onset where they are made at
one place, at most ``SAME_ONSET_S`` apart, under one phase name; a reading without a name repeats
any. P and Pg that arrive together bear two names and stay two observations. Assumption: readings
of one phase farther apart are a person's or program's second opinion, with errors of their own.
Cost: 1 us where each station has one reading, 50 us for 25 stations with two each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth.phases import canonical
from vigie.network.location.associations import association_of
from vigie.network.location.covariance import MEAN_RADIUS_KM, SAME_SITE_KM
from vigie.network.location.linear import Trial
from vigie.network.location.phases import without_onset
from vigie.records import NS_PER_S
from vigie.records.time import format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from vigie.network.location.kinds import IntArray
    from vigie.network.location.readings import Readings
    from vigie.network.location.solve import Problem
    from vigie.records import Association, Detection, Origin

SAME_ONSET_S = 0.1
"""The smallest standard error of an onset that is assumed (``ReadingErrors.strong_time_s``)."""
SAME_ONSET = "same_onset"
"""Why a repeated reading does not define an origin."""
NAMED = 5
"""So many repeated readings are named in a notice."""


class Doubles(NamedTuple):
    """Readings that take no part, since another stands for them."""

    readings: Readings
    stands_for: IntArray
    """Shape (n,): the row, of those that take part, that stands for each."""


def stand_ins_of(
    detections: Sequence[Detection], directions: ArrayLike | None = None
) -> dict[int, int]:
    """Return which readings repeat another, and the reading that stands for each.

    Parameters
    ----------
    detections : sequence of Detection
        Of one event, n in any order.
    directions : array_like, shape (n, 3), optional
        Unit vectors of the places where they were made: one station name may have two positions.

    Returns
    -------
    dict of int to int
        Row of a repeated reading to the row that stands for it: the one that measured more of
        azimuth and slowness, has a name, the smaller stated error, or is the earlier one.
    """
    if len({d.station for d in detections}) == len(detections):
        return {}
    spots = None if directions is None else np.asarray(directions, dtype=np.float64)
    names = [canonical(without_onset((d.phase or "").strip())) for d in detections]
    kept: dict[str, list[int]] = {}
    found: dict[int, int] = {}
    for i in sorted(range(len(detections)), key=lambda i: _rank(detections[i])):
        one = detections[i]
        same = [
            k
            for k in kept.get(one.station, ())
            if abs(one.time_ns - detections[k].time_ns) <= SAME_ONSET_S * NS_PER_S
            and (names[i] == names[k] or not names[i] or not names[k])
            and (spots is None or _apart_km(spots[i], spots[k]) <= SAME_SITE_KM)
        ]
        if same:
            # A reading without a name, between two that have one, repeats the nearer.
            found[i] = min(same, key=lambda k: (abs(one.time_ns - detections[k].time_ns), k))
        else:
            kept.setdefault(one.station, []).append(i)
    return found


def _rank(d: Detection) -> tuple[int, bool, float, int, str]:
    measured = sum(x is not None for x in (d.azimuth_deg, d.slowness_s_per_deg))
    stated = d.time_sigma_s if d.time_sigma_s is not None and d.time_sigma_s > 0.0 else np.inf
    return -measured, not (d.phase or "").strip(), stated, d.time_ns, d.id


def _apart_km(one: ArrayLike, other: ArrayLike) -> float:
    return float(np.linalg.norm(np.subtract(one, other))) * MEAN_RADIUS_KM


def without_doubles(readings: Readings) -> tuple[Readings, Doubles | None]:
    """Return the readings that take part, and those that repeat one of them."""
    found = stand_ins_of(readings.detections, readings.directions)
    if not found:
        return readings, None
    kept = np.array([i for i in range(len(readings)) if i not in found], dtype=np.int64)
    again = np.array(sorted(found), dtype=np.int64)
    place = {int(i): row for row, i in enumerate(kept)}
    stands_for = np.array([place[found[int(i)]] for i in again], dtype=np.int64)
    return readings.take(kept), Doubles(readings.take(again), stands_for)


def with_doubles(origin: Origin, problem: Problem, doubles: Doubles | None) -> Origin:
    """Return an origin that shows the repeated readings too, with their residuals, and names them.

    Parameters
    ----------
    origin : Origin
        As located.
    problem : Problem
        Whose readings define it, under the phases they have there.
    doubles : Doubles or None
        Their repetitions.
    """
    if doubles is None:
        return origin
    shown = {a.detection_id: a for a in origin.associations}
    named = [shown[problem.readings.detections[k].id].phase for k in doubles.stands_for]
    more = _associations(origin, problem, doubles, named)
    time_ns = {
        d.id: d.time_ns for d in (*problem.readings.detections, *doubles.readings.detections)
    }
    associations = sorted(
        (*origin.associations, *more), key=lambda a: (time_ns[a.detection_id], a.detection_id)
    )
    return replace(
        origin,
        associations=tuple(associations),
        warnings=(*origin.warnings, repetition_notice(doubles.readings.detections, named)),
    )


def _associations(
    origin: Origin, problem: Problem, doubles: Doubles, named: list[str]
) -> list[Association]:
    phases = tuple(problem.readings.phases[k] for k in doubles.stands_for)
    others = tuple(problem.readings.stand_ins[k] for k in doubles.stands_for)
    readings = replace(doubles.readings, phases=phases, stand_ins=others)
    trial = Trial(
        origin.latitude,
        origin.longitude,
        origin.depth_km or 0.0,
        (origin.time_ns - readings.reference_ns) / NS_PER_S,
    )
    rows = replace(problem, readings=readings).rows(trial)
    unused = False, False, False
    return [
        association_of(rows, i, (readings.detections[i], name), unused, SAME_ONSET)
        for i, name in enumerate(named)
    ]


def repetition_notice(again: Sequence[Detection], named: Sequence[str]) -> str:
    """Say which readings, of phases ``named``, do not count."""
    names = [
        f"{d.station} {phase} {format_iso(d.time_ns)}".replace("  ", " ")
        for d, phase in zip(again[:NAMED], named, strict=False)
    ]
    more = f" and {len(again) - NAMED} more" if len(again) > NAMED else ""
    how_many = "1 arrival repeats" if len(again) == 1 else f"{len(again)} arrivals repeat"
    return f"{how_many} an onset that another defines, and not counted: {', '.join(names)}{more}"
