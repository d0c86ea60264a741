"""Errors that hold each element being wrong, where the elements of a wave fit no plane well.

A wrong place, or a clock that is wrong by less than windows can name, turns the direction, and
every pixel alike: noise and scatter say nothing of it. It leaves a misfit of the plane wave, small
where the element stands apart from the others. So the wave is fitted again without each element in
turn, in the family's strongest window; the scatter of these slownesses (the jackknife) is added to
the errors, by that share of the misfit which neither noise nor the ordinary roughness of elements'
times makes. Where all elements are right nothing is added.

Source: the jackknife, Efron & Stein (1981), Ann. Stat. 9, 586-596; with four elements it gives
exactly what one wrong time would do. Accuracy: ``docs/methods/infrasound.md``. Cost: 2 ms for each
family.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError
from vigie.infrasound.delays import delays_of
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
    found = jackknife(known.pairs, params.faults)
    turn = np.radians(azimuth)
    wave = -1e3 / velocity * np.array([np.sin(turn), np.cos(turn)])
    if found is None or not _is_of(wave, found.slownesses):
        return detection
    text = f"the elements fit a plane wave to {found.misfit_s:.2g} s only, azimuth holds each wrong"
    more = widened(detection, found.covariance)
    return replace(more, remarks=(*more.remarks, text))


class Jackknife(NamedTuple):
    """What leaving out one element after the other does to a slowness."""

    covariance: FloatArray
    """Shape (2, 2), (s/km)^2."""
    slownesses: FloatArray
    """With all elements, then without each that the others span a plane without, s/km."""
    misfit_s: float
    """Of the plane of all, per free residual."""


def jackknife(pairs: PairCorrelation, params: FaultParams) -> Jackknife | None:
    """Return how the slowness scatters without each element; None where noise explains the misfit.

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
    misfit_s = whole.rms_s * float(np.sqrt(len(every) / whole.dof))
    ordinary_s = float(np.hypot(params.timing_sigma_s, pairs.noise_s))
    if misfit_s <= ordinary_s:
        return None
    without = [_fitted(pairs, [i for i in every if i != k]) for k in every]
    slownesses = np.array([w.slowness_s_per_km for w in (whole, *without) if w is not None])
    changes = slownesses[1:] - slownesses[0]
    share = (len(every) - 1) / len(every) * (1.0 - (ordinary_s / misfit_s) ** 2)
    return Jackknife(share * changes.T @ changes, slownesses, misfit_s)


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
