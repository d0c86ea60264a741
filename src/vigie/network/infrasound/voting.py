"""Where events of global size may have been: each detection votes along its azimuth.

What it computes: for all cells of a globe and steps of origin time the sum over arrays of the best
gain that one of their detections would have, blunted by the size of cell and step, with what the
silence of the others tells, for each size of event. Source: the transform of Hough (1962) on the
sphere, with odds as votes. Assumptions: celerities of ``long_paths`` at any range. Cost:
proportional to the number of detections, and to the length of the record times the number of
arrays: 0.05 s for a day of 240 detections at six arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.candidates import Candidates
from vigie.network.infrasound.likelihood import azimuths
from vigie.network.infrasound.long_paths import MEANS_S_PER_KM, SIGMAS_S_PER_KM, WEIGHTS
from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM, centres, globe

if TYPE_CHECKING:
    from vigie.network.infrasound.scene import Scene

FloatArray = NDArray[np.float64]

LEVEL = 3
"""1,280 cells of 880 km."""
BLUNT_KM = 300.0
"""Standard deviation of a place in a cell, along each axis, with some slack."""
STEP_S = 1800.0
"""Of origin time."""
BLUNT_S = 1100.0
"""Standard deviation of times by the place in a cell and the step."""
REACH_S = 2000.0
MOST_STEPS = 480
"""Ten days are weighed at once."""
MOST = 100
"""Candidates that are returned of each ten days."""
APART_KM, APART_S = 1000.0, 3600.0
"""Candidates closer than both are one."""
SIGMAS = 2.0
"""Azimuths farther off do not vote."""


def voted(scene: Scene) -> Candidates:
    """Return the cells and steps of time with the most votes, none beside another.

    Parameters
    ----------
    scene : Scene
        With the parameters of far events.
    """
    cells = centres(globe(LEVEL))
    first_s = float(scene.readings.time_s[0]) - scene.params.gate_s
    n_steps = int((float(scene.readings.time_s[-1]) - first_s) / STEP_S) + 2
    found = []
    for start in range(0, n_steps, MOST_STEPS):
        n = min(MOST_STEPS, n_steps - start)
        begin_s = first_s + start * STEP_S
        low, high = scene.window(begin_s, begin_s + n * STEP_S)
        if high > low:
            found.append(_voted(scene.part(low, high), cells, (begin_s, n)))
    return Candidates(
        np.concatenate([f.unit for f in found]), np.concatenate([f.time_s for f in found])
    )


def _voted(scene: Scene, cells: FloatArray, time: tuple[float, int]) -> Candidates:
    """Return the same of a span of origin times: its begin and number of steps."""
    readings, params = scene.readings, scene.params
    first_s, n_steps = time
    n_kinds = len(params.shares)
    scores = np.zeros((n_kinds, len(cells) * n_steps))
    silence = np.zeros((n_kinds, len(cells)))
    for array in np.unique(readings.array):
        range_km, votes = _votes(scene, int(array), cells, time)
        voted_for = np.flatnonzero(votes > -np.inf)
        cell, gain = voted_for // n_steps, votes.ravel()[voted_for]
        for k, (hearing, scale_km) in enumerate(
            zip(params.hearings, params.scales_km, strict=True)
        ):
            log_chance = np.log(hearing) - range_km / scale_km
            log_silence = np.log1p(-np.exp(log_chance))
            silence[k] += log_silence
            more = gain + (log_chance - log_silence)[cell]
            scores[k, voted_for] += np.maximum(more, 0.0)
    score = np.logaddexp.reduce(
        scores.reshape(n_kinds, len(cells), n_steps)
        + (silence + np.log(params.shares)[:, None])[:, :, None],
        axis=0,
    )
    return _peaks(score, cells, first_s)


def _votes(
    scene: Scene, array: int, cells: FloatArray, time: tuple[float, int]
) -> tuple[FloatArray, FloatArray]:
    """Return ranges of cells from an array, and its best gain in each cell and step of time."""
    readings, params = scene.readings, scene.params
    first_s, n_steps = time
    own = np.flatnonzero((readings.array == array) & scene.free & np.isfinite(readings.azimuth_rad))
    unit = readings.unit[array : array + 1]
    arc = np.arccos(np.clip(cells @ unit[0], -1.0, 1.0))
    range_km = arc * EARTH_RADIUS_KM
    off = readings.azimuth_rad[own, None] - azimuths(unit, cells)
    off = np.abs(np.arctan2(np.sin(off), np.cos(off)))
    blunt = np.arctan2(BLUNT_KM / EARTH_RADIUS_KM, np.maximum(np.sin(arc), 1e-6))
    turn = np.hypot(
        np.hypot(readings.azimuth_sigma_rad[own], np.radians(params.deviation_sigma_deg))[:, None],
        blunt,
    )
    row, cell = np.nonzero(off < SIGMAS * turn)
    direction = -0.5 * (off / turn)[row, cell] ** 2
    direction -= np.log(np.minimum(np.sqrt(2.0 * np.pi) * turn[row, cell], 2.0 * np.pi))
    direction -= scene.log_noise[own][row]
    votes = np.full((len(cells), n_steps), -np.inf)
    later = readings.time_s[own][row] - first_s
    far_km = range_km[cell]
    slack = REACH_S + SIGMAS * SIGMAS_S_PER_KM.max() * far_km
    low = np.maximum((later - far_km * MEANS_S_PER_KM.max() - slack) // STEP_S, 0).astype(np.int64)
    high = (later - far_km * MEANS_S_PER_KM.min() + slack) // STEP_S
    high = np.minimum(high, n_steps - 1).astype(np.int64)
    for step in range(int((high - low).max(initial=-1)) + 1):
        reach = low + step <= high
        at = low[reach] + step
        gain = direction[reach] + _log_time(later[reach] - (at + 0.5) * STEP_S, far_km[reach])
        np.maximum.at(votes, (cell[reach], at), gain)
    return range_km, votes


def _log_time(travel_s: FloatArray, range_km: FloatArray) -> FloatArray:
    """Return the log density of travel times, blunted."""
    density = np.zeros(len(travel_s))
    for weight, mean, sigma in zip(WEIGHTS, MEANS_S_PER_KM, SIGMAS_S_PER_KM, strict=True):
        width = np.hypot(sigma * range_km, BLUNT_S)
        density += weight / width * np.exp(-0.5 * ((travel_s - mean * range_km) / width) ** 2)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(density / np.sqrt(2.0 * np.pi)))


def _peaks(score: FloatArray, cells: FloatArray, first_s: float) -> Candidates:
    """Return the best cells and steps, none beside a better one."""
    flat = score.ravel()
    n = min(len(flat), 40 * MOST)
    best = np.argpartition(-flat, n - 1)[:n]
    best = best[np.argsort(-flat[best], kind="stable")]
    cell, step = np.unravel_index(best, score.shape)
    unit, time_s = cells[cell], first_s + STEP_S * (step.astype(np.float64) + 0.5)
    free = np.ones(n, dtype=np.bool_)
    kept: list[int] = []
    near = np.cos(APART_KM / EARTH_RADIUS_KM)
    for k in range(n):
        if not free[k]:
            continue
        kept.append(k)
        if len(kept) == MOST:
            break
        free &= (unit @ unit[k] < near) | (np.abs(time_s - time_s[k]) > APART_S)
    rows = np.array(kept, dtype=np.int64)
    return Candidates(unit[rows], time_s[rows])
