"""How large an event would have been as an explosion, from the sound that arrays heard of it.

What it computes: for each relation of ``vigie.sources`` and each kind of explosion that it is of,
an interval of yield from the arrays that heard the event: amplitudes by the blast wave at 1 km
(Kinney & Graham, chemical and nuclear) and the transmission of Le Pichon et al. 2012, by the wind-
corrected relation of LANL (chemical) and by Stevens et al. 2002; periods by AFTAC (both of nuclear
tests; a chemical charge counts twice). Each array counts once, by its largest reading. Source: the
relations' own; the parts of the error as in Arrowsmith et al. 2012 (InfraMatics 1, 1). The estimate
is the mean of the arrays' log yields. Assumptions: the error of a relation is common to all arrays,
so that more of them do not shrink it; errors of readings, path and wind are averaged, unless the
arrays differ by more. An amplitude without a period is taken as zero to peak. An rms in one band
over a window is less than the peak of the pulse, by an unknown factor: from it follows only how
large the event was at least. Whether the event was an explosion is not asked. Accuracy: on
recordings of known yield not measured. Cost: 1 ms per array and relation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG
from vigie.network.infrasound.yield_paths import MODEL_SIGMA_LOG10, path_toward, relation_of
from vigie.records import YieldRange
from vigie.sources import Explosive, estimate_yield

if TYPE_CHECKING:
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.records import Association, AtmosphereProfile, Detection, Event, Origin
    from vigie.sources import YieldEstimate

NEAREST_KM = 1.0
"""Relations are of sound far away; nearer counts as this."""
RMS = "rms"
"""Amplitudes whose type holds this word are no peaks."""
PEAK_TO_PEAK = "peak_to_peak"
"""Those of this are twice what is asked for, and come with one from zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldParams:
    """How readings become intervals; chosen."""

    probability: float = 0.9
    amplitude_sigma_log10: float = 0.1
    """Standard error of a peak, beside what it states: a factor of 1.26."""
    period_sigma_log10: float = 0.05
    """Of a period: a third-octave band is 0.1 wide."""


class Reading(NamedTuple):
    """What one array tells of the size."""

    station: str
    range_km: float
    range_sigma_km: float
    azimuth_deg: float
    """From event to array."""
    amplitude_pa: float | None
    """Zero to peak, or what it is at least."""
    sigma_log10: float
    is_peak: bool
    period_s: float | None


def yields_of(
    event: Event, atmosphere: Atmosphere, params: YieldParams | None = None
) -> tuple[YieldRange, ...]:
    """Return what the sound of an event says of its yield, by relation and kind.

    Parameters
    ----------
    event : Event
        With its preferred origin and the detections that define it. Amplitudes count where their
        unit is Pa.
    atmosphere : Atmosphere
        Through which the sound came.
    params : YieldParams, optional

    Returns
    -------
    tuple of YieldRange
        Empty where no infrasound arrival has an amplitude in Pa or a period.
    """
    params = params or YieldParams()
    origin = event.origin
    readings = () if origin is None else _readings(event, origin, params)
    if origin is None or not readings:
        return ()
    profile = atmosphere.profile(origin.latitude, origin.time_ns)
    found = []
    for name, kind in _CASES:
        one = _of_relation(name, kind, readings, profile, params)
        if one is not None:
            whence = "" if name in _NO_WIND else atmosphere.name
            found.append(replace(one, origin_id=origin.id, atmosphere=whence))
    return tuple(found)


_CASES = (
    ("kinney_graham", Explosive.CHEMICAL),
    ("kinney_graham", Explosive.NUCLEAR),
    ("lanl", Explosive.CHEMICAL),
    ("stevens", Explosive.CHEMICAL),
    ("stevens", Explosive.NUCLEAR),
    ("aftac", Explosive.CHEMICAL),
    ("aftac", Explosive.NUCLEAR),
)
_NO_WIND = ("stevens", "aftac")


def _readings(event: Event, origin: Origin, params: YieldParams) -> tuple[Reading, ...]:
    """Return the largest reading of each array that defines the event."""
    from vigie.network.infrasound.associate import is_infrasound

    best: dict[str, Reading] = {}
    for detection, association in event.arrivals():
        if not (is_infrasound(detection) and association.defining and association.delta_deg):
            continue
        reading = _reading(detection, association, origin, params)
        if reading is None:
            continue
        old = best.get(reading.station)
        if old is None or _rank(reading) > _rank(old):
            best[reading.station] = reading
    return tuple(best[code] for code in sorted(best))


def _rank(reading: Reading) -> tuple[bool, float]:
    return reading.is_peak, reading.amplitude_pa or 0.0


def _reading(
    detection: Detection, association: Association, origin: Origin, params: YieldParams
) -> Reading | None:
    sound = [a for a in detection.amplitudes if 0.0 < a.value < math.inf and not a.clipped]
    in_pa = [a for a in sound if a.unit == "Pa" and PEAK_TO_PEAK not in a.type]
    peaks = [a for a in in_pa if RMS not in a.type]
    largest = max(peaks or in_pa, key=lambda a: a.value, default=None)
    # A period needs no calibration.
    counted = largest or max(sound, key=lambda a: a.value, default=None)
    periods = (detection.period_s, counted.period_s if counted else None)
    period_s = next((p for p in periods if p is not None and 0.0 < p < math.inf), None)
    if largest is None and period_s is None:
        return None
    stated = 0.0
    if largest is not None and largest.sigma:
        stated = largest.sigma / largest.value / math.log(10.0)
    return Reading(
        association.station,
        float(association.delta_deg or 0.0) * KM_PER_DEG,
        _range_sigma_km(origin, association.esaz_deg or 0.0),
        association.esaz_deg or 0.0,
        None if largest is None else largest.value,
        math.hypot(stated, params.amplitude_sigma_log10),
        bool(peaks),
        period_s,
    )


def _range_sigma_km(origin: Origin, azimuth_deg: float) -> float:
    """Return the standard error of the distance toward an azimuth by that of the place."""
    if origin.covariance is None:
        return 0.0
    moments = np.array(origin.covariance)[:2, :2]
    turn = math.radians(azimuth_deg)
    toward = np.array([math.cos(turn), math.sin(turn)])
    variance = float(toward @ moments @ toward)
    return math.sqrt(variance) if math.isfinite(variance) and variance > 0.0 else 0.0


def _of_relation(
    name: str,
    kind: Explosive,
    readings: tuple[Reading, ...],
    profile: AtmosphereProfile,
    params: YieldParams,
) -> YieldRange | None:
    """Return the interval by one relation, or None where no reading serves."""
    is_period = name == "aftac"
    usable = [r for r in readings if (r.period_s if is_period else r.amplitude_pa) is not None]
    if not is_period and any(r.is_peak for r in usable):
        usable = [r for r in usable if r.is_peak]
    parts = [
        (reading, found)
        for reading in usable
        if (found := _estimate(name, kind, reading, profile, params)) is not None
    ]
    if not parts:
        return None
    bounds = not is_period and not parts[0][0].is_peak
    middle, sigma = _together(parts)
    reach = NormalDist().inv_cdf(params.probability if bounds else 0.5 + params.probability / 2.0)
    return YieldRange(
        relation=name,
        kind=kind.value,
        quantity="period" if is_period else "amplitude",
        low_kt=10.0 ** (middle - reach * sigma),
        median_kt=None if bounds else 10.0**middle,
        high_kt=None if bounds else 10.0 ** (middle + reach * sigma),
        probability=params.probability,
        sigma_log10=sigma,
        bound=">" if bounds else "",
        stations=tuple(r.station for r, _ in parts),
        source=parts[0][1].estimate.source,
    )


class _Estimate(NamedTuple):
    estimate: YieldEstimate
    own_sigma_log10: float
    """Of log10 of the yield, by reading and path of this array."""
    model_sigma_log10: float
    """By the relation, the same at all arrays."""


def _together(parts: list[tuple[Reading, _Estimate]]) -> tuple[float, float]:
    """Return mean and standard error of log10 of the yield in kt."""
    logs = np.array([math.log10(found.estimate.median.kt) for _, found in parts])
    n = len(logs)
    own = math.sqrt(sum(found.own_sigma_log10**2 for _, found in parts)) / n
    scatter = float(np.std(logs, ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    model = max(found.model_sigma_log10 for _, found in parts)
    return float(logs.mean()), math.hypot(model, max(own, scatter))


def _estimate(
    name: str,
    kind: Explosive,
    reading: Reading,
    profile: AtmosphereProfile,
    params: YieldParams,
) -> _Estimate | None:
    """Return what one array says by one relation; None where no yield explains its reading."""
    try:
        path = path_toward(profile, reading.azimuth_deg)
        near = relation_of(name, kind, path, max(reading.range_km, NEAREST_KM))
        farther_km = reading.range_km + reading.range_sigma_km
        far = relation_of(name, kind, path, max(farther_km, NEAREST_KM))
        observed = (reading.period_s if name == "aftac" else reading.amplitude_pa) or math.nan
        sigma = params.period_sigma_log10 if name == "aftac" else reading.sigma_log10
        found = estimate_yield(
            near, observed, observed_sigma_log10=sigma, probability=params.probability
        )
        moved = estimate_yield(far, observed, observed_sigma_log10=sigma)
    except ParameterError:
        return None
    error = math.hypot(near.model_sigma_log10, sigma)
    slope = error / found.sigma_log10
    model = min(MODEL_SIGMA_LOG10[name], near.model_sigma_log10)
    own = math.sqrt(max(error**2 - model**2, 0.0)) / slope
    by_place = abs(math.log10(moved.median.kt / found.median.kt))
    return _Estimate(found, math.hypot(own, by_place), model / slope)
