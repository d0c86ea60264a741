"""What each station says of the size: a value, a bound, or why it says nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.records import Amplitude, Association, Detection, StationMagnitude

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.network.magnitude.scales import MagnitudeParams, Scale
    from vigie.records import Event, Origin

_NM_PER_LN10 = 1.0 / math.log(10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNoise:
    """Noise at a working station where a predicted arrival was not detected.

    A station that was down or masked gives none: it says nothing of the size.
    """

    station: str
    phase: str
    """The phase that was predicted there."""
    delta_deg: float
    amplitude: Amplitude
    """Of type ``noise:A5/2``, ``noise:ALR`` ..., measured as the signal would be."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """An amplitude in nm with its period, or why there is none."""

    nm: float = math.nan
    period_s: float | None = None
    sigma: float | None = None
    clipped: bool = False
    reason: str = ""


def station_magnitudes(
    event: Event,
    scale: Scale,
    params: MagnitudeParams,
    noise: Iterable[StationNoise] = (),
) -> tuple[StationMagnitude, ...]:
    """Return the magnitudes and bounds of all stations of an event, on one scale.

    Parameters
    ----------
    event : Event
        Its preferred origin's associations name the phases and distances.
    scale : Scale
        The magnitude.
    params : MagnitudeParams
        Station corrections.
    noise : iterable of StationNoise
        Of working stations that did not detect.

    Returns
    -------
    tuple of StationMagnitude
        In the order of the arrivals, then of the noise. One that cannot be used is not
        defining and has a reason and the value NaN, or the value that it would have.
    """
    origin = event.origin
    if origin is None:
        return ()
    heard: dict[str, StationMagnitude] = {}
    for detection, association in sorted(event.arrivals(), key=lambda pair: pair[0].time_ns):
        if association.phase not in scale.phases:
            continue
        value = _of_detection(detection, association, origin, scale, params)
        known = heard.get(detection.station)
        if known is None or (value.defining and not known.defining):
            heard[detection.station] = value
    silent = {
        n.station: _of_noise(n, origin, scale, params)
        for n in noise
        if n.station not in heard
        and n.phase in scale.phases
        and n.amplitude.type == f"noise:{scale.amplitude_type}"
    }
    return (*heard.values(), *silent.values())


def _of_detection(
    detection: Detection,
    association: Association,
    origin: Origin,
    scale: Scale,
    params: MagnitudeParams,
) -> StationMagnitude:
    reading = _reading(detection, scale)
    value = math.nan
    reason = reading.reason
    if not reason:
        value = _value(reading, association.delta_deg, origin, scale)
        value += params.correction(detection.station, scale.type)
        reason = _out_of_range(association.delta_deg, origin, scale, reading.period_s)
        if not reason and not math.isfinite(value):
            reason = "no period or no correction"
    return StationMagnitude(
        station=detection.station,
        type=scale.type,
        value=value,
        sigma=reading.sigma,
        detection_id=detection.id,
        delta_deg=association.delta_deg,
        phase=association.phase,
        bound=">" if reading.clipped else "",
        defining=not reason,
        reason=reason,
    )


def _of_noise(
    noise: StationNoise, origin: Origin, scale: Scale, params: MagnitudeParams
) -> StationMagnitude:
    """Turn noise into the threshold magnitude: what the station would just have detected."""
    reading = _converted(noise.amplitude, noise.amplitude.period_s or scale.noise_period_s)
    value = math.nan
    reason = reading.reason
    if not reason:
        value = _value(reading, noise.delta_deg, origin, scale)
        value += math.log10(scale.detection_factor) + params.correction(noise.station, scale.type)
        reason = _out_of_range(noise.delta_deg, origin, scale, None)
        if not reason and not math.isfinite(value):
            reason = "no correction"
    return StationMagnitude(
        station=noise.station,
        type=scale.type,
        value=value,
        delta_deg=noise.delta_deg,
        phase=noise.phase,
        bound="<",
        defining=not reason,
        reason=reason,
    )


def _reading(detection: Detection, scale: Scale) -> _Reading:
    measured = next((a for a in detection.amplitudes if a.type == scale.amplitude_type), None)
    if measured is not None:
        return _converted(measured, measured.period_s)
    if scale.accepts_plain and detection.amplitude_nm is not None:
        plain = Amplitude(
            type=scale.amplitude_type,
            value=detection.amplitude_nm,
            unit="nm",
            sigma=detection.amplitude_nm_sigma,
        )
        return _converted(plain, detection.period_s)
    return _Reading(reason=f"no {scale.amplitude_type} amplitude")


def _converted(amplitude: Amplitude, period_s: float | None) -> _Reading:
    """Bring an amplitude to nm of displacement."""
    if not (amplitude.value > 0.0 and math.isfinite(amplitude.value)):
        return _Reading(reason="amplitude is not above 0")
    per_unit = 1.0
    if amplitude.unit == "nm/s":
        if not period_s:
            return _Reading(reason="a velocity without a period")
        per_unit = period_s / (2.0 * math.pi)
    elif amplitude.unit != "nm":
        return _Reading(reason=f"amplitude in {amplitude.unit}, no calibration")
    sigma = None
    if amplitude.sigma is not None and amplitude.sigma >= 0.0:
        sigma = _NM_PER_LN10 * amplitude.sigma / amplitude.value
    return _Reading(amplitude.value * per_unit, period_s, sigma, amplitude.clipped)


def _value(reading: _Reading, delta_deg: float | None, origin: Origin, scale: Scale) -> float:
    if delta_deg is None or (scale.divide_by_period and not reading.period_s):
        return math.nan
    size = math.log10(reading.nm)
    if scale.divide_by_period and reading.period_s:
        size -= math.log10(reading.period_s)
    return size + scale.correction(delta_deg, _depth_km(origin))


def _depth_km(origin: Origin) -> float:
    """Return the depth for the tables; unknown or above ground counts as the surface."""
    return max(origin.depth_km or 0.0, 0.0)


def _out_of_range(
    delta_deg: float | None, origin: Origin, scale: Scale, period_s: float | None
) -> str:
    """Say in a few words why a station is out of the scale's reach; empty where it is not."""
    if delta_deg is None:
        return "no distance"
    low, high = scale.delta_range_deg
    if not low <= delta_deg <= high:
        return f"distance {delta_deg:.1f} deg outside {low:g} to {high:g}"
    shallow, deep = scale.depth_range_km
    depth_km = _depth_km(origin)
    if not shallow <= depth_km <= deep:
        return f"depth {depth_km:.0f} km outside {shallow:g} to {deep:g}"
    return _bad_period(scale, period_s)


def _bad_period(scale: Scale, period_s: float | None) -> str:
    # Noise brings its own stand-in period, so None here is a threshold and passes.
    if scale.period_range_s is None or period_s is None:
        return ""
    low_s, high_s = scale.period_range_s
    if low_s <= period_s <= high_s:
        return ""
    return f"period {period_s:.2f} s outside {low_s:g} to {high_s:g}"
