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
from vigie.seismic.recipe import StationRecipe, default_recipe
from vigie.seismic.regional_ratio import measure_regional

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import Amplitude, Station, Waveform

# Before the onset for noise, after it for Lg at the slowest group velocity of 20 degrees.
_BEFORE_S, _AFTER_S = 120.0, 900.0


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
    for channel, run in _verticals(waveforms, station, predicted_ns, recipe):
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
    for _, run in _verticals(waveforms, station, first_ns, None):
        found = measure_regional(run, origin_ns, distance_km, onsets_ns)
        if found:
            return found
    return ()


def _verticals(
    waveforms: Sequence[Waveform],
    station: Station | None,
    time_ns: int,
    recipe: StationRecipe | None,
) -> list[tuple[ConditionedChannel, Waveform]]:
    """Return the vertical channels that record at a time, cut around it and cleaned."""
    start_ns, end_ns = add_seconds(time_ns, -_BEFORE_S), add_seconds(time_ns, _AFTER_S)
    near = [w.slice(start_ns, end_ns) for w in waveforms]
    near = [w for w in near if len(w.samples)]
    if not near:
        return []
    recipe = recipe or default_recipe(max(w.rate_hz for w in near))
    channels = condition(near, station, recipe.quality)
    pairs = ((c, c.run_at(time_ns)) for c in channels if c.direction == VERTICAL)
    return [(channel, run) for channel, run in pairs if run is not None]
