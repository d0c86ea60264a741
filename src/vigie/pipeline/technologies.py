"""Which station processing a station gets: by what its channels listen to.

A station with pressure channels is infrasound whatever else stands there; its seismometers would
be another station. A processor takes waveforms, station and use, and gives detections, masks and
notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vigie.errors import ParameterError
from vigie.formats.technology import technology_of
from vigie.records import Detection, LateArrival, Mask, Technology, Waveform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Station
    from vigie.seismic.recipe import Use


class Processed(NamedTuple):
    """What station processing made of one station."""

    detections: tuple[Detection, ...]
    masks: tuple[Mask, ...]
    notes: tuple[str, ...]
    late: tuple[LateArrival, ...] = ()
    """Sound from elsewhere after a hydroacoustic detection; no detections."""


def technology_at(waveforms: Sequence[Waveform], station: Station | None) -> Technology:
    """Return what a station listens to, by its channels first and its description then."""
    by_channel = technology_of(w.channel.channel for w in waveforms)
    if by_channel is not Technology.SEISMIC or station is None:
        return by_channel
    # A list of positions does not say what stands there: its stations count as seismic.
    is_seismic = any(w.channel.channel[1:2].upper() in "HLGNMPS" for w in waveforms)
    return Technology.SEISMIC if is_seismic else station.technology


def process(waveforms: Sequence[Waveform], station: Station | None, use: Use = "any") -> Processed:
    """Run the processing of a station's technology.

    Parameters
    ----------
    waveforms : sequence of Waveform
    station : Station or None
        None where its position is unknown.
    use : {"any", "teleseismic", "regional", "local"}
        What a seismic station listens for.

    Raises
    ------
    VigieError
        The station cannot be processed: why, and what would help.
    """
    technology = technology_at(waveforms, station)
    if technology is Technology.INFRASOUND:
        return _infrasound(waveforms, station)
    if technology is Technology.HYDROACOUSTIC and _has_hydrophone(waveforms):
        return _hydroacoustic(waveforms, station)
    return _seismic(waveforms, station, use)


def _has_hydrophone(waveforms: Sequence[Waveform]) -> bool:
    """Tell a station of hydrophones from an island's seismometer that listens for T phases."""
    from vigie.hydroacoustic.triplet import HYDROPHONE_CODE  # deferred with its room

    return any(w.channel.channel.upper().endswith(HYDROPHONE_CODE) for w in waveforms)


def _hydroacoustic(waveforms: Sequence[Waveform], station: Station | None) -> Processed:
    from vigie.hydroacoustic import process_hydrophones  # deferred: compiled kernels

    done = process_hydrophones(waveforms, station)
    return Processed(done.detections, done.masks, done.notes, done.late)


def _seismic(waveforms: Sequence[Waveform], station: Station | None, use: Use) -> Processed:
    from vigie.seismic import default_recipe, process_station  # deferred: compiled kernels

    recipe = None if use == "any" else default_recipe(max(w.rate_hz for w in waveforms), use)
    done = process_station(waveforms, station, recipe)
    return Processed(done.detections, done.masks, done.notes)


def _infrasound(waveforms: Sequence[Waveform], station: Station | None) -> Processed:
    from vigie.infrasound import process_array  # deferred: compiled kernels

    if station is None:
        raise ParameterError(
            name="stations",
            value="no position of the elements",
            expected="a description of the array (--stations), since its direction needs one",
        )
    done = process_array(waveforms, station)
    return Processed(done.detections, done.masks, done.notes)
