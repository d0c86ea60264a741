"""Waveforms and stations to their ObsPy twins and back.

``to_obspy`` and ``from_obspy`` take a ``Waveform`` (``Trace``), a sequence of them (``Stream``)
and a ``Station`` or ``Inventory`` (ObsPy's ``Inventory``). What has no twin is dropped: the unit
of a waveform, a station's technology (found again from its channel codes) and aliases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from vigie.formats._array_comments import joined_elements
from vigie.formats._obspy_stations import stations_from_obspy, stations_to_obspy
from vigie.records import ChannelId, Inventory, Station, Waveform

if TYPE_CHECKING:
    import obspy

    from vigie.formats._obspy_guard import Untyped


@overload
def to_obspy(record: Waveform) -> obspy.Trace: ...
@overload
def to_obspy(record: Sequence[Waveform]) -> obspy.Stream: ...
@overload
def to_obspy(record: Station | Inventory) -> obspy.Inventory: ...
def to_obspy(record: object) -> Untyped:
    """Return the ObsPy twin of a waveform, of several, of a station or of an inventory.

    Raises
    ------
    TypeError
        The record has no twin here; events are in ``obspy_events``.
    """
    if isinstance(record, Waveform):
        return _trace(record)
    if isinstance(record, Station):
        return stations_to_obspy([record])
    if isinstance(record, Inventory):
        return stations_to_obspy(record.stations)
    if isinstance(record, Sequence) and all(isinstance(one, Waveform) for one in record):
        from obspy import Stream

        return Stream([_trace(one) for one in record])
    raise TypeError(f"{type(record).__name__} has no ObsPy twin")


def _trace(record: Waveform) -> Untyped:
    from obspy import Trace, UTCDateTime

    network, station, location, channel = record.channel
    header: dict[str, object] = {
        "network": network,
        "station": station,
        "location": location,
        "channel": channel,
        "starttime": UTCDateTime(ns=record.start_ns),
        "sampling_rate": record.rate_hz,
    }
    if record.calib is not None:
        header["calib"] = record.calib
    trace = Trace(np.array(record.samples), header=header)
    if record.calper_s is not None:
        trace.stats.calper = record.calper_s
    return trace


def from_obspy(twin: object) -> Untyped:
    """Return the records of a ``Trace``, a ``Stream`` or an ``Inventory`` of ObsPy.

    A trace gives a ``Waveform`` (a masked one a tuple of its contiguous parts), a stream a tuple
    of waveforms, an inventory an ``Inventory``.

    Raises
    ------
    TypeError
        The object has no twin here.
    """
    import obspy

    if isinstance(twin, obspy.Stream):
        return tuple(part for trace in twin for part in _parts(trace))
    if isinstance(twin, obspy.Trace):
        parts = _parts(twin)
        return parts[0] if len(parts) == 1 and not np.ma.isMaskedArray(twin.data) else parts
    if isinstance(twin, obspy.Inventory):
        return Inventory(joined_elements(stations_from_obspy(twin, lambda _: None)))
    raise TypeError(f"{type(twin).__name__} has no twin in vigie")


def _parts(trace: obspy.Trace) -> tuple[Waveform, ...]:
    pieces = trace.split() if np.ma.isMaskedArray(trace.data) else [trace]
    return tuple(_waveform(piece) for piece in pieces)


def _waveform(trace: obspy.Trace) -> Waveform:
    stats = trace.stats
    calib = float(stats.calib)
    return Waveform(
        ChannelId(stats.network, stats.station, stats.location, stats.channel),
        int(stats.starttime.ns),
        float(stats.sampling_rate),
        native_samples(trace.data),
        # ObsPy says 1 where nothing is known.
        calib=calib if calib != 1.0 else None,
        calper_s=_calper_s(stats),
    )


def _calper_s(stats: Untyped) -> float | None:
    for holder in (stats, stats.get("gse2"), stats.get("gse1")):
        value = holder.get("calper") if holder else None
        if value is not None and float(value) > 0.0:
            return float(value)
    return None


def native_samples(data: Untyped) -> Untyped:
    """Return samples as a waveform holds them: int32, float32 or float64 of this machine."""
    array = np.asarray(data)
    if array.dtype.kind in "iu":
        fits = array.dtype.itemsize <= 2 or not len(array) or _fits_int32(array)
        return np.ascontiguousarray(array.astype(np.int32 if fits else np.float64))
    kind = np.float32 if array.dtype.itemsize <= 4 else np.float64
    return np.ascontiguousarray(array.astype(kind))


def _fits_int32(array: Untyped) -> bool:
    limits = np.iinfo(np.int32)
    return bool(limits.min <= int(array.min()) and int(array.max()) <= limits.max)
