"""Which depth phases can tell a depth: those in their windows, when stations agree on it.

A phase reflected above the source is read against the first P of the same station, where
most of the path, and so most of the model's error, is common. Each such time difference
implies a depth,

    z_i = z + d_i / g_i,    s_i = sqrt(r_i^2 + r_P^2 + m^2) / |g_i|,

with d the residual of the difference at the trial depth z, g its derivative with depth, r
the errors of the two readings as stated or assumed (not as estimated from the residuals,
which would make any scatter agree with itself) and m that of the model. The readings agree
when their robust scatter about the median is no larger than their errors explain, and more
than half of them, from two stations or more, lie near it; the others are left out, as are those
of stations without a first P.

Source of the use of differences with P: Murphy & Barker (2006, BSSA 96, 1213-1229); that two
stations have to agree is the practice of the ISC (Bondar & Storchak 2011, GJI 186, 1220-1244).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.phase_windows import windows_of
from vigie.network.location.phases import DEPTH_PHASES, LEAST_PHASE_DEPTH_KM, error_family
from vigie.network.location.readings import assumed_time_sigma_s

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location.kinds import BoolArray, IntArray
    from vigie.network.location.linear import Rows
    from vigie.network.location.solve import Problem

MIN_STATIONS = 2
"""With depth phases that agree, for these to tell the depth: one alone may be any later arrival."""
DIFFERENCE_MODEL_S = 0.7
"""Error of the model in the time between P and its reflection above the source: chosen, half of
that of P alone, since the paths below are one. 0.35 and 1.4 give the same."""
MAX_SCATTER = 2.0
"""Robust scatter of the implied depths, in their errors, above which they are noise; of good
readings it is 1. At 1 one of 50 depths is decided otherwise, 4 gives the same."""
SAMPLING = 3.5
"""Three times the sampling error, in the standard deviation, of that scatter of one reading: of k,
1.17 / sqrt(k) (efficiency of the median deviation, 37 %: Rousseeuw & Croux 1993, JASA 88,
1273-1283)."""
FEW_THAT_TELL = 4
"""From how many on that much more scatter is allowed: two or three agree too easily by chance."""
NEAR_SIGMAS = 2.5
"""A reading farther from the median than this does not belong to the depth: 99 % of good ones
are nearer. 1.25 and 5 move no origin by 1 km."""
LEAST_SLOPE_S_PER_KM = 0.02
"""Change of the difference with depth below which it tells no depth: the readings' errors of 1 s
would be 50 km."""


def depth_phase_rows(problem: Problem) -> BoolArray:
    """Tell which rows belong to depth phases, shape (3 n,)."""
    is_depth = np.array([p in DEPTH_PHASES for p in problem.readings.phases], dtype=bool)
    return np.tile(is_depth, 3)


def unfit_depth_phases(problem: Problem, rows: Rows, depth_km: float) -> BoolArray:
    """Return the rows of depth phases that cannot tell the depth, shape (3 n,).

    Those outside their windows of distance or at odds with the others, and all where the
    source is too shallow for any, where they do not agree or fewer than two stations are left.
    """
    is_depth = depth_phase_rows(problem)
    n = len(problem.readings)
    fit = is_depth[:n].copy()
    for i in np.flatnonzero(fit):
        fit[i] = is_depth_phase_at(rows.phases[i], float(rows.predictions.delta_deg[i]))
    fit &= ~_at_odds(problem, rows, np.flatnonzero(fit), depth_km)
    stations = {problem.readings.stations[i] for i in np.flatnonzero(fit)}
    if len(stations) < MIN_STATIONS or depth_km < LEAST_PHASE_DEPTH_KM:
        return is_depth
    return is_depth & ~np.tile(fit, 3)


def is_depth_phase_at(phase: str, delta_deg: float) -> bool:
    """Tell whether a depth phase may be looked for at a distance, from a source deep enough.

    Those of PKP, of which the table says nothing, have the window of their PKP.

    Examples
    --------
    >>> is_depth_phase_at("pP", 4.0), is_depth_phase_at("pP", 40.0)
    (False, True)
    """
    name = phase[1:] if "PKP" in phase else phase
    return any(w.min_delta_deg <= delta_deg <= w.max_delta_deg for w in windows_of(name))


def agreeing(depth_km: FloatArray, sigma_km: FloatArray) -> BoolArray:
    """Tell which of several depths belong together; none where they are scattered like noise.

    Parameters
    ----------
    depth_km, sigma_km : ndarray, shape (k,)
        Implied depths and their standard errors.

    Examples
    --------
    >>> agreeing(np.array([100.0, 103.0, 98.0, 160.0]), np.full(4, 4.0)).tolist()
    [True, True, True, False]
    >>> agreeing(np.array([12.0, 45.0, 80.0, 130.0]), np.full(4, 4.0)).tolist()
    [False, False, False, False]
    """
    if not len(depth_km):
        return np.zeros(0, dtype=bool)
    apart = np.abs(depth_km - np.median(depth_km)) / sigma_km
    near: BoolArray = apart <= NEAR_SIGMAS
    most = MAX_SCATTER
    if len(apart) >= FEW_THAT_TELL:
        most = max(most, 1.0 + SAMPLING / float(np.sqrt(len(apart))))
    is_noise = 1.4826 * float(np.median(apart)) > most or near.sum() <= 0.5 * len(near)
    return np.zeros(len(near), dtype=bool) if is_noise else near


def _at_odds(problem: Problem, rows: Rows, fit: IntArray, depth_km: float) -> BoolArray:
    """Return which of these depth phases do not agree or have no P beside them, shape (n,)."""
    n = len(problem.readings)
    odd = np.zeros(n, dtype=bool)
    paired = [(i, p) for i in fit if (p := _first_of(problem, rows, int(i))) is not None]
    odd[fit] = True
    if not paired:
        return odd
    late, first = np.array(paired, dtype=np.intp).T
    assumed = np.array(
        [assumed_time_sigma_s(d, problem.params) for d in problem.readings.detections]
    )
    slope = rows.derivative[late, 2] - rows.derivative[first, 2]
    difference = rows.residual[late] - rows.residual[first]
    seen = np.isfinite(difference) & (np.abs(slope) > LEAST_SLOPE_S_PER_KM)
    late, first, slope, difference = late[seen], first[seen], slope[seen], difference[seen]
    error_s = np.sqrt(assumed[late] ** 2 + assumed[first] ** 2 + DIFFERENCE_MODEL_S**2)
    odd[late] = ~agreeing(depth_km + difference / slope, error_s / np.abs(slope))
    return odd


def _first_of(problem: Problem, rows: Rows, i: int) -> int | None:
    """Return the first arrival at the station of a depth phase, of the family it follows."""
    readings = problem.readings
    family = error_family(rows.phases[i][1:])
    for k, phase in enumerate(rows.phases):
        if (
            phase
            and phase not in DEPTH_PHASES
            and readings.stations[k] == readings.stations[i]
            and error_family(phase) == family
            and np.isfinite(rows.residual[k])
        ):
            return k
    return None
