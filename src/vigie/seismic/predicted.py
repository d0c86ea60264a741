"""What stands in a station's recordings where an event should have been heard.

Noise at a predicted arrival bounds the size of an event that a working station did not
detect; regional amplitudes at predicted group velocities feed the P/S discriminants. A
station that was down, or masked there, says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records.time import add_seconds
from vigie.seismic.amplitude import noise_at
from vigie.seismic.conditioning import VERTICAL, ConditionedChannel, condition
from vigie.seismic.recipe import StationRecipe
from vigie.seismic.regional_ratio import measure_regional
from vigie.seismic.surface_wave import DEFAULT_SURFACE_WAVE, SurfaceWaveParams, measure_alr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import Amplitude, Station, Waveform

# Before the onset for noise, after it for Lg at the slowest group velocity of 20 degrees.
_BODY_WAVES_S = (-120.0, 900.0)


def noise_at_prediction(
    waveforms: Sequence[Waveform],
    station: Station | None,
    predicted_ns: int,
    recipe: StationRecipe | None = None,
) -> Amplitude | None:
    """Measure a station's noise at a predicted arrival, as A5/2 would measure the signal.

    Returns
    -------
    Amplitude or None
        Type ``noise:A5/2``, of the first vertical channel that covers the window without a
        mask; None where the station was down, or its counts cannot be turned into nm.
    """
    for channel, run in _verticals(waveforms, station, predicted_ns, _BODY_WAVES_S, recipe):
        end_ns = add_seconds(predicted_ns, 6.0)
        if channel.masks_between(add_seconds(predicted_ns, -60.0), end_ns):
            continue
        found = noise_at(run, predicted_ns, channel.calibration(run))
        if found is not None and found.unit == "nm":
            return found
    return None


def regional_amplitudes(
    waveforms: Sequence[Waveform],
    station: Station | None,
    origin_ns: int,
    distance_km: float,
    onsets_ns: Mapping[str, int],
) -> tuple[Amplitude, ...]:
    """Measure Pn, Pg, Sn and Lg in narrow bands on a station's first fit vertical channel.

    Parameters
    ----------
    waveforms : sequence of Waveform
        All channels of the station.
    station : Station or None
        Its metadata.
    origin_ns : int
        Origin time of the event.
    distance_km : float
        Of the station from the event.
    onsets_ns : mapping
        Onset by phase; at least that of the first P, which must be recorded.
    """
    first_ns = min(onsets_ns.values())
    for _, run in _verticals(waveforms, station, first_ns, _BODY_WAVES_S):
        found = measure_regional(run, origin_ns, distance_km, onsets_ns)
        if found:
            return found
    return ()


def surface_wave_amplitude(
    waveforms: Sequence[Waveform],
    station: Station | None,
    origin_ns: int,
    distance_km: float,
    params: SurfaceWaveParams = DEFAULT_SURFACE_WAVE,
) -> Amplitude | None:
    """Measure the Rayleigh wave on a station's vertical channels.

    Returns
    -------
    Amplitude or None
        Type ``ALR``, in nm, of the channel where it stands highest above the noise; None
        where no record covers the window, or counts cannot be turned into nm.
    """
    fast, slow = (distance_km / v for v in params.group_velocity_km_s)
    arrival_ns = add_seconds(origin_ns, fast)
    # The same length before the window for noise, and room for the tapers.
    span_s = (-(slow - fast) - 2.0 * params.taper_s, slow - fast + 2.0 * params.taper_s)
    found = [
        measure_alr(run, origin_ns, distance_km, channel.calibration(run), params)
        for channel, run in _verticals(waveforms, station, arrival_ns, span_s)
    ]
    usable = [a for a in found if a is not None and a.unit == "nm" and a.snr is not None]
    return max(usable, key=lambda a: a.snr or 0.0, default=None)


def _verticals(
    waveforms: Sequence[Waveform],
    station: Station | None,
    time_ns: int,
    span_s: tuple[float, float],
    recipe: StationRecipe | None = None,
) -> list[tuple[ConditionedChannel, Waveform]]:
    """Return the vertical channels that record at a time, cut around it and cleaned."""
    start_ns, end_ns = (add_seconds(time_ns, s) for s in span_s)
    near = [w.slice(start_ns, end_ns) for w in waveforms]
    near = [w for w in near if len(w.samples)]
    if not near:
        return []
    quality = (recipe or StationRecipe()).quality
    channels = condition(near, station, quality)
    pairs = ((c, c.run_at(time_ns)) for c in channels if c.direction == VERTICAL)
    return [(channel, run) for channel, run in pairs if run is not None]
