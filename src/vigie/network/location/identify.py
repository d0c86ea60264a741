"""Which phase each detection is, given a trial origin.

At each station every detection is matched with at most one phase and every phase with at
most one detection, so that the sum over the station of

    (dt / s_t)^2 + (dp / s_p)^2 + (da / s_a)^2 - 2 log(prior of the phase) + cost of the label

is smallest (assignment problem); a detection that fits nothing stays unnamed. P before S
follows, since the predictions are in that order. Reported names count as a hint, not as
truth. Nothing is named outside the windows of distance and depth (``phases.is_looked_for``).
Phases that are rarely read, such as PcS and SKKS, are only for readings that bear their name.
Reported depth phases keep their names and are judged with the depth, where two stations must
agree; no others are looked for. Reflections at the sea surface and surface waves stay unnamed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.phases import canonical
from vigie.geodesy import angle_difference_deg
from vigie.network.location.phases import (
    DEPTH_PHASES,
    PRIORS,
    SURFACE_WAVES,
    WINDOWS_DEG,
    is_looked_for,
    is_shear,
    is_surface_wave,
    is_water_reflected,
    wave_type,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.base import FloatArray
    from vigie.network.location.kinds import BoolArray, IntArray
    from vigie.network.location.linear import Trial
    from vigie.network.location.readings import Readings
    from vigie.network.location.solve import Problem

UNNAMED_COST = 18.0
"""A detection stays unnamed where its best phase costs more: about 4 sigma, beyond which the
robust fit hardly counts it. 9 and 36 move 2 of 50 origins by 2 and 1 by 5 km."""
MOST_POINTING = 10.0
"""What azimuth and slowness may cost together: less than UNNAMED_COST by more than the prior of a
first arrival, since they tell phases apart, but a time that fits within 2 sigma is a phase."""
WRONG_WAVE_COST = 8.0
"""A detection reported as P is taken for an S phase, or the other way round: as improbable as a
residual of nearly 3 sigma. Half and twice move no origin by 2 km."""
LATER_PHASE_COST = 8.0
"""Reported as plain P or S, which bulletins mean as the first of its kind, but a later phase."""
SPEED_PHASES = frozenset({"H", "T", "O", "I"})
"""Through sea and air: no seismic reading is named so."""
FIRST_ARRIVALS = frozenset(
    {
        "P",
        "Pn",
        "Pg",
        "Pb",
        "Pdiff",
        "PKPdf",
        "PKPbc",
        "PKPab",
        "S",
        "Sn",
        "Sg",
        "Sb",
        "Lg",
        "Sdiff",
        "SKSac",
    }
)
BRANCHED = frozenset({"PKP", "SKS", "SKP", "PKKP", "PKPPKP"})
"""Names without a branch: any of theirs is meant."""
ASKED_PRIOR = 0.4
"""Least prior of a later phase for a reading that bears its name, as of S: who names ScS has seen
more than its time. Half and 1.0 name as many right."""
OTHER_NAME_COST = 2.0
"""Reported under the name of another phase of the same wave type: readers name Pn and P, or Pg
and Pb, by guess. Half and twice move no origin by 2 km."""


def first_names(readings: Readings) -> tuple[str, ...]:
    """Return phases to begin with: first P and first S of each station, the rest unnamed."""
    names = [""] * len(readings)
    taken: set[tuple[str, str]] = set()
    for i, detection in enumerate(readings.detections):
        reported = (detection.phase or "").strip()
        if is_water_reflected(reported) or is_surface_wave(reported):
            continue
        kind = wave_type(reported) or ("P" if (detection.station, "P") not in taken else "")
        if not kind or (detection.station, kind) in taken:
            continue
        reflected = reported and not reported.startswith(("P", "S", "p", "s", "L"))
        if reported in DEPTH_PHASES or reported in ("PcP", "ScP", "PP", "SS", "LR", "LQ"):
            reflected = True
        if reflected:
            continue
        taken.add((detection.station, kind))
        known = readings.phases[i]
        names[i] = known if known.startswith("PK") else kind
    return tuple(names)


def identify(
    problem: Problem, trial: Trial, allowance_s: float, wanted: BoolArray | None = None
) -> tuple[str, ...]:
    """Name the detections at a trial origin.

    Parameters
    ----------
    problem : Problem
        The event; readings outside ``wanted`` keep their phases.
    trial : Trial
        Origin.
    allowance_s : float
        How wrong predicted times may be because the trial origin is wrong, s.
    wanted : ndarray of bool, shape (n,), optional
        Readings to name; all by default.

    Returns
    -------
    tuple of str
        Phase of each reading, empty where none fits.
    """
    readings = problem.readings
    names = list(readings.phases)
    rows = np.arange(len(readings)) if wanted is None else np.flatnonzero(wanted)
    if not len(rows):
        return tuple(names)
    known = problem.predictor.phases
    candidates = _candidates([readings.detections[i].phase for i in rows], known)
    cost = _costs(problem, trial, rows, candidates, allowance_s)
    by_station: dict[str, list[int]] = {}
    for k, i in enumerate(rows):
        reported = readings.detections[i].phase
        if is_water_reflected(reported) or is_surface_wave(reported):
            names[i] = ""
            continue
        if _is_depth_phase(reported, known):
            # What a depth phase is worth is judged with the depth.
            names[i] = canonical((reported or "").strip())
            continue
        by_station.setdefault(readings.stations[i], []).append(k)
    for members in by_station.values():
        for k, phase in zip(members, _assign(cost[members], candidates), strict=True):
            names[int(rows[k])] = phase
    return tuple(names)


def _candidates(reported: Sequence[str | None], known: Sequence[str]) -> tuple[str, ...]:
    """Return the phases that readings may be: those looked for, then those named beside them."""
    named = {canonical((name or "").strip()) for name in reported}
    bodies = [p for p in known if p not in DEPTH_PHASES | SURFACE_WAVES | SPEED_PHASES | BRANCHED]
    looked_for = [p for p in WINDOWS_DEG if p in bodies]
    asked = [p for p in bodies if p not in WINDOWS_DEG and any(_is_called(p, n) for n in named)]
    return (*looked_for, *asked)


def _is_called(phase: str, name: str) -> bool:
    """Tell whether a phase bears a name, or is a branch of what bears it."""
    return phase == name or (name in BRANCHED and phase.startswith(name))


def _is_depth_phase(reported: str | None, known: Sequence[str]) -> bool:
    name = canonical((reported or "").strip())
    return name in DEPTH_PHASES and name in known


def _costs(
    problem: Problem,
    trial: Trial,
    rows: IntArray,
    candidates: tuple[str, ...],
    allowance_s: float,
) -> FloatArray:
    """Return the cost of each candidate phase for each reading, shape (k, c)."""
    readings = problem.readings
    k, c = len(rows), len(candidates)
    tiled = np.tile(rows, c)
    names = [p for p in candidates for _ in range(k)]
    predicted = problem.predictor.predict(names, trial.hypocentre, readings.sites.take(tiled))
    dt = readings.time_s[tiled] - trial.time_s - predicted.time_s
    sigma_t = np.hypot(np.hypot(readings.time_sigma_s[tiled], predicted.time_sigma_s), allowance_s)
    dp = (
        readings.slowness_s_per_deg[tiled]
        - predicted.slowness_correction_s_per_deg
        - np.abs(predicted.slowness_s_per_deg)
    )
    sigma_p = np.hypot(readings.slowness_sigma_s_per_deg[tiled], predicted.slowness_sigma_s_per_deg)
    da = angle_difference_deg(
        readings.azimuth_deg[tiled] - predicted.azimuth_correction_deg, predicted.seaz_deg
    )
    sigma_a = np.hypot(readings.azimuth_sigma_deg[tiled], predicted.azimuth_sigma_deg)
    cost = (dt / sigma_t) ** 2
    pointing = np.nan_to_num((dp / sigma_p) ** 2) + np.nan_to_num((da / sigma_a) ** 2)
    cost += np.minimum(pointing, MOST_POINTING)
    cost[~np.isfinite(cost)] = np.inf
    if "Pn" in problem.predictor.phases:
        # Without names for regional phases, P and S cover every distance.
        for number, phase in enumerate(candidates):
            block = slice(number * k, (number + 1) * k)
            inside = is_looked_for(phase, predicted.delta_deg[block], trial.depth_km)
            cost[block][~inside] = np.inf
    matrix = cost.reshape(c, k).T
    reported = [canonical((readings.detections[i].phase or "").strip()) for i in rows]
    for column, phase in enumerate(candidates):
        if phase not in WINDOWS_DEG:
            matrix[[not _is_called(phase, name) for name in reported], column] = np.inf
    prior = np.array([[_prior(name, p) for p in candidates] for name in reported])
    labels = np.array(
        [[_label_cost(readings.detections[i].phase, p) for p in candidates] for i in rows]
    )
    summed: FloatArray = matrix - 2.0 * np.log(prior) + labels
    return summed


def _prior(name: str, candidate: str) -> float:
    """Return how often a reading of a name is a candidate, before its time is looked at."""
    prior = PRIORS.get(candidate, 0.05)
    is_asked = candidate not in FIRST_ARRIVALS and _is_called(candidate, name)
    return max(prior, ASKED_PRIOR) if is_asked else prior


def _label_cost(reported: str | None, candidate: str) -> float:
    kind = wave_type(reported)
    if not kind:
        return 0.0
    if (kind == "S") != is_shear(candidate):
        return WRONG_WAVE_COST
    name = canonical((reported or "").strip())
    if _is_called(candidate, name):
        return 0.0
    if name in ("P", "S"):
        return 0.0 if candidate in FIRST_ARRIVALS else LATER_PHASE_COST
    return OTHER_NAME_COST


def _assign(cost: FloatArray, candidates: tuple[str, ...]) -> list[str]:
    """Return the phases of one station's detections."""
    if len(cost) == 1:
        best = int(np.argmin(cost[0]))
        return [candidates[best] if cost[0, best] <= UNNAMED_COST else ""]
    from scipy.optimize import linear_sum_assignment

    # One column per detection stands for "unnamed".
    padded = np.hstack([np.minimum(cost, 1e6), np.full((len(cost), len(cost)), UNNAMED_COST)])
    _, columns = linear_sum_assignment(padded)
    return [candidates[c] if c < len(candidates) else "" for c in columns]
