"""Elements at different heights: sound that comes down reaches the higher ones first.

A wave of trace velocity v has the vertical slowness s_z = sqrt(1/c^2 - 1/v^2), c the speed of sound
at the array, 0.34 +- 0.01 km/s for all weathers; none where it is not faster than c. An element
higher by h hears it s_z h earlier. Two steps: records are read later by that of a usual wave
(``USUAL_S_PER_KM``), so that search, beams and the judgement of elements see nearly a plane; and
the slowness that is measured at last is corrected by the rest. Least squares on times that are
early by d h give a slowness that is off by d b, b = (Y'Y)^-1 Y' h, Y the centred offsets: what is
measured, s', is s - (s_z - usual) b, which is solved by iteration. Where the largest signal of a
record is steeper or flatter than the usual one, the record is searched again by that. The spread
of c makes s_z unsure, most where v is near c; that error times b is added to the covariance. What
no plane of heights explains is a timing error of elements (``with_heights``). So is the error of a
height that is not known (``elevations``): s_z times that error is one of the element's time.

Source: the sheet of infrasound, section 2.2. Assumes that sound comes from above. Accuracy:
``docs/methods/pmcc.md``. Cost: none where heights differ by less than ``LEAST_KM``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG, wrap_azimuth_deg
from vigie.infrasound.elevations import known_elevations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.array import SoundArray
    from vigie.infrasound.recipe import InfrasoundRecipe
    from vigie.records import Detection, Waveform

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SOUND_KM_S, SOUND_SIGMA_KM_S = 0.34, 0.01
"""20.05 sqrt(T): 0.32 km/s at -18 degrees, 0.35 at +32; wind adds to that."""
USUAL_S_PER_KM = 0.85
"""Vertical slowness at 0.355 km/s, in the middle of the trace velocities of sound."""
SPREAD_S_PER_KM = 0.6
"""By which that of most waves differs from it: from 0 to 1.5 (0.34 to 0.40 km/s)."""
LEAST_KM = 0.005
"""Differences that are left as they are: 5 ms."""
STEEPEST = 0.5
"""Heights that differ by more than this share of the aperture are not believed."""
LEAST_CHANGE_S = 0.02
"""Of times, from which a record is searched again."""
ITERATIONS = 8
SOLVED_S_PER_KM, APART_S_PER_KM = 0.02, 0.05
"""What an equation that is solved leaves, and the distance from which solutions are two."""


class Level(NamedTuple):
    """A slowness as elements at one height would measure it, and what the heights add to errors."""

    slowness_s_per_km: FloatArray
    azimuth_sigma_deg: float
    size_sigma_s_per_km: float


class Heights(NamedTuple):
    """Heights of elements over the middle one."""

    km: FloatArray
    """That times are to be corrected for."""
    sigma_km: FloatArray
    told: str
    """What is told of them; empty where there is nothing to tell."""


def relative_heights(
    elevations_m: Sequence[float], offsets_km: FloatArray, names: Sequence[str]
) -> Heights:
    """Return the heights of elements that are to be corrected for, and their errors.

    Parameters
    ----------
    elevations_m : sequence of float
        NaN where none is given.
    offsets_km : ndarray, shape (n, 2)
    names : sequence of str
        Of the elements.
    """
    elevations = known_elevations(elevations_m, offsets_km, names)
    none = np.zeros(len(elevations.elevation_m))
    if not len(none):
        return Heights(none, none, "")
    sigma = 1e-3 * elevations.sigma_m
    heights = 1e-3 * (elevations.elevation_m - np.median(elevations.elevation_m))
    range_km = float(np.ptp(heights))
    if range_km < LEAST_KM:
        return Heights(none, sigma, elevations.told)
    words = f"heights of elements differ by up to {1e3 * range_km:.0f} m"
    aperture = float(np.max(np.linalg.norm(offsets_km[:, None] - offsets_km[None], axis=2)))
    is_absurd = range_km > STEEPEST * aperture
    if is_absurd:
        share = f"which is more than {STEEPEST:g} of the array's aperture"
        words += f", {share}: not believed and not corrected"
    else:
        words += ": times are corrected for sound from above, directions are less sure"
    told = "; ".join(t for t in (elevations.told, words) if t)
    return Heights(none if is_absurd else heights, sigma, told)


def later(runs: Sequence[Waveform], by_s: float) -> tuple[Waveform, ...]:
    """Return the records of an element as a wave from above would reach it lower down."""
    shift_ns = round(1e9 * by_s)
    return tuple(replace(r, start_ns=r.start_ns + shift_ns) if shift_ns else r for r in runs)


def with_heights(recipe: InfrasoundRecipe, array: SoundArray) -> InfrasoundRecipe:
    """Return a recipe that judges elements knowing what their heights do to their times."""
    heights = array.heights_km
    design = np.column_stack([np.ones(len(heights)), array.offsets_km])
    left = heights - design @ np.linalg.lstsq(design, heights, rcond=None)[0]
    rms = float(np.sqrt(np.sum(left**2) / max(len(heights) - 3, 1)))
    unknown = float(np.sqrt(np.mean(array.height_sigmas_km**2)))
    if not rms + unknown > 0.0:
        return recipe
    faults = recipe.elements.faults
    spread_s = np.hypot(SPREAD_S_PER_KM * rms, array.steep_s_per_km * unknown)
    sigma_s = float(np.hypot(faults.timing_sigma_s, spread_s))
    elements = replace(recipe.elements, faults=replace(faults, timing_sigma_s=sigma_s))
    return replace(recipe, elements=elements)


def as_steep(array: SoundArray, detections: Sequence[Detection]) -> SoundArray | None:
    """Return the array corrected by the vertical slowness of its largest signal, for a second look.

    None where that changes no time by ``LEAST_CHANGE_S``.
    """
    heights = array.heights_km
    heard = [d for d in detections if d.phase == "I" and d.trace_velocity_m_s]
    if not heard or not np.ptp(heights) > 0.0:
        return None
    largest = max(heard, key=lambda d: d.family_size or 0)
    velocity_km_s = 1e-3 * float(largest.trace_velocity_m_s or 1e3 * SOUND_KM_S)
    steep = float(np.sqrt(max(SOUND_KM_S**-2 - velocity_km_s**-2, 0.0)))
    more = steep - array.steep_s_per_km
    if abs(more) * float(np.ptp(heights)) < LEAST_CHANGE_S:
        return None
    elements = tuple(replace(e, runs=later(e.runs, more * e.height_km)) for e in array.elements)
    return replace(array, elements=elements, steep_s_per_km=steep)


def level(
    slowness_s_per_km: FloatArray,
    offsets_km: FloatArray,
    heights: tuple[FloatArray, FloatArray],
    steep_s_per_km: float = USUAL_S_PER_KM,
) -> Level:
    """Return a slowness measured on corrected records, corrected by what is left.

    Parameters
    ----------
    slowness_s_per_km : ndarray, shape (2,)
        Of elements whose records were read ``later``.
    offsets_km : ndarray, shape (n, 2)
    heights : (ndarray, ndarray), each of shape (n,)
        Heights and their standard errors, km.
    steep_s_per_km : float
        Vertical slowness that records were corrected by.
    """
    heights_km, sigmas_km = heights
    measured = np.asarray(slowness_s_per_km, dtype=np.float64)
    if len(heights_km) < 3 or not (np.ptp(heights_km) > 0.0 or sigmas_km.any()):
        return Level(measured, 0.0, 0.0)
    centred = offsets_km - offsets_km.mean(axis=0)
    inverse = np.linalg.pinv(centred)
    speeds = SOUND_KM_S + SOUND_SIGMA_KM_S * np.array([-1.0, 0.0, 1.0])
    correction = inverse @ heights_km, steep_s_per_km
    low, middle, high = (_solved(measured, correction, c) for c in speeds)
    size = max(float(np.hypot(*middle)), 1e-9)
    along = middle / size
    across = np.array([-along[1], along[0]])
    apart = [low - middle, high - middle, *_others(measured, correction, speeds, middle)]
    # Of the slowest sound: near the speed of sound the vertical slowness may be any down to none.
    unknown = _vertical(middle, speeds[0]) * inverse * sigmas_km
    turned = max(abs(float(across @ d)) for d in apart), float(np.linalg.norm(across @ unknown))
    changed = max(abs(float(along @ d)) for d in apart), float(np.linalg.norm(along @ unknown))
    return Level(middle, float(np.degrees(np.hypot(*turned) / size)), float(np.hypot(*changed)))


def _vertical(slowness: FloatArray, sound_km_s: float) -> float:
    """Return the vertical slowness of sound, s/km; 0 where it is slower than that."""
    return float(np.sqrt(max(sound_km_s**-2 - float(slowness @ slowness), 0.0)))


def _others(
    measured: FloatArray,
    correction: tuple[FloatArray, float],
    speeds: FloatArray,
    middle: FloatArray,
) -> list[FloatArray]:
    """Return how far from a solution others lie; on steep slopes a level wave may be one too."""
    turn, steep = correction
    out = []
    for c in speeds:
        other = _solved(measured, correction, float(c), start=measured - steep * turn)
        left = other - (_vertical(other, float(c)) - steep) * turn - measured
        if np.hypot(*left) < SOLVED_S_PER_KM and np.hypot(*(other - middle)) > APART_S_PER_KM:
            out.append(other - middle)
    return out


def _solved(
    measured: FloatArray,
    correction: tuple[FloatArray, float],
    sound_km_s: float,
    start: FloatArray | None = None,
) -> FloatArray:
    """Return s of measured = s - (s_z(s) - steep) turn; ``correction`` is turn and steep."""
    turn, steep = correction
    slowness = measured if start is None else start
    for _ in range(ITERATIONS):
        # Half a step: near the speed of sound s_z changes faster than s.
        vertical = _vertical(slowness, sound_km_s)
        slowness = 0.5 * (slowness + measured + (vertical - steep) * turn)
    return slowness


def levelled(detection: Detection, array: SoundArray, members: BoolArray) -> Detection:
    """Return a detection whose direction is that of elements at one height.

    Parameters
    ----------
    detection : Detection
    array : SoundArray
    members : ndarray of bool, shape (n,)
        Elements that took part.
    """
    azimuth, velocity = detection.azimuth_deg, detection.trace_velocity_m_s
    heights = array.heights_km[members], array.height_sigmas_km[members]
    if azimuth is None or velocity is None or not (np.ptp(heights[0]) > 0.0 or heights[1].any()):
        return detection
    turn = np.radians(azimuth)
    measured = -np.array([np.sin(turn), np.cos(turn)]) * 1e3 / velocity
    found = level(measured, array.offsets_km[members], heights, array.steep_s_per_km)
    east, north = found.slowness_s_per_km
    size = max(float(np.hypot(east, north)), 1e-9)
    share = float(
        np.hypot(
            (detection.trace_velocity_m_s_sigma or 0.0) / velocity,
            found.size_sigma_s_per_km / size,
        )
    )
    return replace(
        detection,
        azimuth_deg=float(wrap_azimuth_deg(np.degrees(np.arctan2(-east, -north)))),
        azimuth_deg_sigma=float(
            np.hypot(detection.azimuth_deg_sigma or 0.0, found.azimuth_sigma_deg)
        ),
        slowness_s_per_deg=size * KM_PER_DEG,
        slowness_s_per_deg_sigma=share * size * KM_PER_DEG,
        trace_velocity_m_s=1e3 / size,
        trace_velocity_m_s_sigma=share * 1e3 / size,
    )
