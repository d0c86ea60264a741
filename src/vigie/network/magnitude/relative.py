"""The size of one event against another, from the stations and phases that both have.

Source: the definition of magnitude; path, site and instrument cancel for neighbouring
events, so a difference is known far better than either magnitude. Median over stations, its
error from the median absolute deviation (1.4826 MAD is the standard deviation of a normal
law, 1.2533 the loss of the median against the mean), floored by ``min_sigma``. Assumes that
both events excite the same frequencies; bigger ones have lower corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG, distance_azimuths

if TYPE_CHECKING:
    from vigie.records import Amplitude, Detection, Event, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeMagnitude:
    """Magnitude of the second event minus that of the first."""

    value: float
    sigma: float
    stations: tuple[tuple[str, str, float], ...]
    """Station, phase and difference of each pair of amplitudes."""


def relative_magnitude(
    first: Event,
    second: Event,
    *,
    amplitude_type: str = "A5/2",
    max_separation_km: float = 100.0,
    min_sigma: float = 0.02,
) -> RelativeMagnitude | None:
    """Return how much bigger the second event is, in magnitude units.

    Parameters
    ----------
    first, second : Event
        Neighbours, with associated detections that carry amplitudes of one type and unit.
    amplitude_type : str
        Type of the amplitudes compared.
    max_separation_km : float
        Beyond it paths no longer cancel.
    min_sigma : float
        Floor of the error of the median.

    Returns
    -------
    RelativeMagnitude or None
        None where no station measured the same phase of both.

    Raises
    ------
    ParameterError
        The events lie too far apart for their paths to cancel.
    """
    _check_separation(first.origin, second.origin, max_separation_km)
    ours, theirs = _amplitudes(first, amplitude_type), _amplitudes(second, amplitude_type)
    pairs = tuple(
        (station, phase, math.log10(theirs[station, phase].value / a.value))
        for (station, phase), a in sorted(ours.items())
        if (station, phase) in theirs and theirs[station, phase].unit == a.unit
    )
    if not pairs:
        return None
    differences = np.array([difference for _, _, difference in pairs])
    median = float(np.median(differences))
    spread = 1.4826 * float(np.median(np.abs(differences - median)))
    sigma = 1.2533 * spread / math.sqrt(len(pairs))
    return RelativeMagnitude(value=median, sigma=max(sigma, min_sigma), stations=pairs)


def _check_separation(first: Origin | None, second: Origin | None, limit_km: float) -> None:
    if first is None or second is None:
        raise ParameterError(name="event", value="without origin", expected="a located event")
    delta_deg, _, _ = distance_azimuths(
        first.latitude, first.longitude, second.latitude, second.longitude
    )
    separation_km = float(delta_deg) * KM_PER_DEG
    if separation_km > limit_km:
        raise ParameterError(
            name="separation",
            value=f"{separation_km:.0f} km",
            expected=f"at most {limit_km:g} km, so that paths cancel",
        )


def _amplitudes(event: Event, amplitude_type: str) -> dict[tuple[str, str], Amplitude]:
    found: dict[tuple[str, str], Amplitude] = {}
    for detection, association in event.arrivals():
        amplitude = _usable(detection, amplitude_type)
        if amplitude is not None:
            found.setdefault((detection.station, association.phase), amplitude)
    return found


def _usable(detection: Detection, amplitude_type: str) -> Amplitude | None:
    return next(
        (
            a
            for a in detection.amplitudes
            if a.type == amplitude_type and a.value > 0.0 and not a.clipped
        ),
        None,
    )
