"""Errors that hold what the elements' misfit of a plane wave may hide.

A wrong place, or a clock that is wrong by less than windows can name, turns the direction, and
every pixel alike: noise and scatter say nothing of it. It leaves a misfit of the plane wave, small
where the element stands apart from the others. So delays are read again in the family's strongest
window, and what noise does not explain of their misfit is added to the errors, in two parts:

1. up to the ordinary roughness of elements' times (30 ms) as independent errors of all elements,
   sigma^2 (Y'Y)^-1, as least squares have it (``shared_timing`` holds the first 10 ms);
2. beyond it as one wrong element: the wave is fitted without each in turn, and the scatter of these
   slownesses (the jackknife) is added, by the share of the misfit that is beyond.

Other waves in that window make a misfit as well, so that small families of clean arrays may become
less sure. Source: the jackknife, Efron & Stein (1981), Ann. Stat. 9, 586-596; with four elements it
gives exactly what one wrong time would do. Accuracy: ``docs/methods/infrasound.md``. Cost: 2 ms for
each family.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError
from vigie.infrasound.delays import delays_of
from vigie.infrasound.shared_timing import SIGMA_S
from vigie.infrasound.widened import widened
from vigie.signal.array_consistency import subset
from vigie.signal.plane_wave import element_times, fit_plane_wave

if TYPE_CHECKING:
    from vigie.infrasound.beam import Searched
    from vigie.infrasound.recipe import ElementParams
    from vigie.records import Detection
    from vigie.signal.array_faults import FaultParams, PairCorrelation
    from vigie.signal.plane_wave import PlaneWave
    from vigie.signal.pmcc import Pixels

FloatArray = NDArray[np.float64]

JUDGES = 4
"""Elements of which one can be left out."""
SAME_SHARE = 0.2
"""A fit whose slowness is so near, as a share, is of the family's wave; of others it says nothing
(11 degrees, a fifth in speed)."""


def with_each_left_out(
    detection: Detection, own: Pixels, searched: Searched, params: ElementParams
) -> Detection:
    """Return a detection that holds its wave without each element, as far as they disagree.

    Parameters
    ----------
    detection : Detection
    own : Pixels
        Those of the family.
    searched : Searched
    params : ElementParams
    """
    known = delays_of(own, searched, params)
    azimuth, velocity = detection.azimuth_deg, detection.trace_velocity_m_s
    if known is None or azimuth is None or velocity is None or len(known.names) < JUDGES:
        return detection
    found = misfit_of(known.pairs, params.faults)
    turn = np.radians(azimuth)
    wave = -1e3 / velocity * np.array([np.sin(turn), np.cos(turn)])
    if found is None or not _is_of(wave, found.slownesses):
        return detection
    more = widened(detection, found.covariance)
    if not found.is_beyond:
        return more
    text = f"the elements fit a plane wave to {found.misfit_s:.2g} s only, azimuth holds each wrong"
    return replace(more, remarks=(*more.remarks, text))


class Misfit(NamedTuple):
    """What the misfit of a plane wave adds to the error of its slowness."""

    covariance: FloatArray
    """Shape (2, 2), (s/km)^2."""
    slownesses: FloatArray
    """With all elements, then without each that the others span a plane without, s/km."""
    misfit_s: float
    """Of the plane of all, per free residual, noise taken off."""
    is_beyond: bool
    """Whether one wrong element is held."""


def misfit_of(pairs: PairCorrelation, params: FaultParams) -> Misfit | None:
    """Return what the misfit adds; None where noise and ``shared_timing`` hold it.

    Parameters
    ----------
    pairs : PairCorrelation
        Of four elements or more.
    params : FaultParams
        Holds the ordinary error of an element's time.
    """
    every = list(range(len(pairs.offsets_km)))
    whole = _fitted(pairs, every)
    if whole is None or whole.dof < 1:
        return None
    squared = whole.rms_s**2 * len(every) / whole.dof - pairs.noise_s**2
    if squared <= SIGMA_S**2:
        return None
    ordinary = min(squared, params.timing_sigma_s**2)
    centred = pairs.offsets_km - pairs.offsets_km.mean(axis=0)
    covariance = (ordinary - SIGMA_S**2) * np.linalg.inv(centred.T @ centred)
    without = [_fitted(pairs, [i for i in every if i != k]) for k in every]
    slownesses = np.array([w.slowness_s_per_km for w in (whole, *without) if w is not None])
    changes = slownesses[1:] - slownesses[0]
    share = (len(every) - 1) / len(every) * (1.0 - ordinary / squared)
    return Misfit(
        covariance + share * changes.T @ changes,
        slownesses,
        float(np.sqrt(squared)),
        squared > ordinary,
    )


def _fitted(pairs: PairCorrelation, rows: list[int]) -> PlaneWave | None:
    """Return the plane wave of some elements; None where they stand in line."""
    part = subset(pairs, rows)
    times = element_times(part.delay_s, np.abs(part.correlation) ** 2)
    try:
        return fit_plane_wave(part.offsets_km, times)
    except ArrayGeometryError:
        return None


def _is_of(wave: FloatArray, slownesses: FloatArray) -> bool:
    apart = np.linalg.norm(slownesses - wave, axis=1)
    return bool(np.min(apart) <= SAME_SHARE * float(np.linalg.norm(wave)))
