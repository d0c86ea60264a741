"""Where a signal came from: f-k at an array, polarization at three components, and H/V."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.records import ExcludedElement
from vigie.records.time import add_seconds
from vigie.seismic.array_measure import measure_array
from vigie.seismic.conditioning import HORIZONTAL, VERTICAL
from vigie.seismic.left_out import left_out_at
from vigie.seismic.polarization_measure import ComponentAxis, measure_polarization
from vigie.seismic.sensor import sensor_of
from vigie.signal.filters import filter_causal

if TYPE_CHECKING:
    from vigie.seismic.conditioning import ConditionedChannel
    from vigie.seismic.recording import Recording
    from vigie.seismic.triggers import Trigger
    from vigie.signal.slowness import SlownessParams


class Alone(NamedTuple):
    """Seconds about an onset in which no other wave stands: behind P, and before S."""

    from_s: float = -math.inf
    until_s: float = math.inf

    def within(self, window_s: tuple[float, float]) -> tuple[float, float]:
        """Return the part of a window."""
        return max(window_s[0], self.from_s), min(window_s[1], self.until_s)

    @property
    def behind_p(self) -> bool:
        """Whether the wave follows another."""
        return math.isfinite(self.from_s)

    @property
    def before_s(self) -> bool:
        """Whether another wave follows."""
        return math.isfinite(self.until_s)


EVER = Alone()
NOT_OF_THREE = "not one of the three components at right angles"


@dataclass(frozen=True, slots=True)
class Direction:
    """Where a signal came from, as an array or three components say."""

    azimuth_deg: float | None = None
    azimuth_deg_sigma: float | None = None
    slowness_s_per_deg: float | None = None
    slowness_s_per_deg_sigma: float | None = None
    rectilinearity: float | None = None
    rectilinearity_sigma: float | None = None
    elements: tuple[str, ...] = ()
    excluded: tuple[ExcludedElement, ...] = ()
    method: str = ""
    notes: tuple[str, ...] = ()


def measure_direction(
    recording: Recording, trigger: Trigger, onset_ns: int, alone: Alone = EVER
) -> Direction:
    """Measure azimuth and slowness: f-k at an array, else polarization while a wave is alone."""
    if recording.array is None:
        return _polarized(recording, trigger, onset_ns, alone)
    runs, places = recording.array.runs()
    measured = measure_array(runs, places, onset_ns, recording.recipe.array)
    direction = Direction(
        azimuth_deg=measured.azimuth_deg,
        azimuth_deg_sigma=measured.azimuth_deg_sigma,
        slowness_s_per_deg=measured.slowness_s_per_deg,
        slowness_s_per_deg_sigma=measured.slowness_s_per_deg_sigma,
        elements=measured.elements,
        excluded=left_out_at(recording.array, onset_ns, measured.excluded_elements),
        method=", f-k" if measured.azimuth_deg is not None else "",
        notes=(measured.reason,) if measured.reason else (),
    )
    return _told(direction, recording.recipe.array.slowness)


def _told(direction: Direction, params: SlownessParams) -> Direction:
    """Leave out what the standard errors say that the measurement does not tell.

    Noise at a small array: it would count as an observation that helps to define an event.
    """
    azimuth_sigma, sigma = direction.azimuth_deg_sigma, direction.slowness_s_per_deg_sigma
    if azimuth_sigma is not None and not params.tells_azimuth(azimuth_sigma):
        direction = replace(direction, azimuth_deg=None, azimuth_deg_sigma=None)
    size = direction.slowness_s_per_deg
    if size is not None and sigma is not None and not params.tells_size(size, sigma):
        direction = replace(direction, slowness_s_per_deg=None, slowness_s_per_deg_sigma=None)
    return direction


def _polarized(recording: Recording, trigger: Trigger, onset_ns: int, alone: Alone) -> Direction:
    """Measure polarization on the three components of the trigger's sensor."""
    sensor = sensor_of(recording, trigger.channel, onset_ns)
    excluded = tuple(ExcludedElement(code, NOT_OF_THREE) for code in sensor.left_out)
    code = recording.code(trigger.channel)
    notes = (f"{code}: {sensor.note}",) if sensor.note else ()
    if len(sensor.components) != 3:
        return Direction(excluded=excluded, notes=notes)
    pairs = [(c, r) for c in sensor.components for r in c.runs]
    axes = [
        ComponentAxis(azimuth_deg=c.metadata.azimuth_deg, dip_deg=c.metadata.dip_deg)
        if c.metadata
        else ComponentAxis()
        for c, _ in pairs
    ]
    recipe = recording.recipe.polarization
    recipe = replace(recipe, signal_window_s=alone.within(recipe.signal_window_s))
    found = measure_polarization([r for _, r in pairs], onset_ns, axes, recipe)
    direction = Direction(
        azimuth_deg=found.azimuth_deg,
        azimuth_deg_sigma=found.azimuth_deg_sigma,
        slowness_s_per_deg=found.slowness_s_per_deg,
        slowness_s_per_deg_sigma=found.slowness_s_per_deg_sigma,
        rectilinearity=found.rectilinearity,
        rectilinearity_sigma=found.rectilinearity_sigma,
        elements=tuple(c.channel.channel for c in sensor.components),
        excluded=excluded,
        method=", polarization" if found.rectilinearity is not None else "",
        notes=(*notes, f"{code}: {found.reason}") if found.reason else notes,
    )
    return _believed(direction, alone)


def _believed(direction: Direction, alone: Alone) -> Direction:
    """Leave out what the motion does not tell, S or P of a near event above all.

    S moves across its path, so its azimuth is none; and soft ground turns P of some kilometres'
    distance to the vertical, so its slowness is too small by far (1 s/deg where 19 are due). A
    vertical motion has no azimuth, which the rule writes as a standard error of 180 deg.
    """
    if alone.before_s or alone.behind_p:
        direction = replace(direction, slowness_s_per_deg=None, slowness_s_per_deg_sigma=None)
    if alone.behind_p or direction.azimuth_deg_sigma == 180.0:
        direction = replace(direction, azimuth_deg=None, azimuth_deg_sigma=None)
    return direction


def as_wave(
    direction: Direction, recording: Recording, probabilities: tuple[tuple[str, float], ...]
) -> Direction:
    """Return the direction that a wave of such type has; ``probabilities`` as of a detection.

    The polarization of three components is that of P. Where S is likelier (of noise: if it were
    a wave) neither azimuth nor slowness is left, since S moves across its path by any angle.
    """
    of = dict(probabilities)
    if recording.array is not None or of["S"] <= max(of["T"], of["P"]):
        return direction
    return replace(
        direction,
        azimuth_deg=None,
        azimuth_deg_sigma=None,
        slowness_s_per_deg=None,
        slowness_s_per_deg_sigma=None,
    )


def horizontal_over_vertical(
    recording: Recording, trigger: Trigger, onset_ns: int, alone: Alone = EVER
) -> float | None:
    """Return the amplitude ratio of the first seconds in the trigger's band."""
    if recording.array is not None:
        return None
    site = recording.by_id[trigger.channel].site
    channels = sensor_of(recording, trigger.channel, onset_ns).components
    if len(channels) != 3:
        channels = tuple(c for c in recording.channels if c.site == site)
    rms: dict[str, list[float]] = {HORIZONTAL: [], VERTICAL: []}
    for channel in channels:
        value = _rms_in_band(channel, trigger, onset_ns, alone)
        if value is not None:
            rms[channel.direction].append(value)
    if len(rms[HORIZONTAL]) < 2 or not rms[VERTICAL] or rms[VERTICAL][0] <= 0.0:
        return None
    return math.hypot(*rms[HORIZONTAL][:2]) / rms[VERTICAL][0]


def _rms_in_band(
    channel: ConditionedChannel, trigger: Trigger, onset_ns: int, alone: Alone
) -> float | None:
    """Return the rms of the first seconds behind an onset; None where there are too few."""
    run = channel.run_at(onset_ns)
    if run is None or not trigger.band.fits(run.rate_hz):
        return None
    last_s = alone.within((0.0, 4.0))[1]
    cut = run.slice(add_seconds(onset_ns, -15.0), add_seconds(onset_ns, last_s))
    filtered = filter_causal(cut.samples, cut.rate_hz, trigger.band)
    signal = filtered[max(round(cut.index_of(onset_ns)), 0) :]
    return float(np.sqrt(np.mean(signal**2))) if len(signal) > 3 else None
