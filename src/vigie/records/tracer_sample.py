"""Samples of a tracer experiment: what a sampler collected of a released tracer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TracerSample:
    """Mean concentration of a tracer over the collection of one sample."""

    station: str
    latitude: float
    longitude: float
    """-180 to 180, east positive."""
    start_ns: int
    stop_ns: int
    value: float
    """0 where nothing was detected: the limit of detection is not in the file."""
    unit: str = "pg/m3"
    tracer: str = ""
    """Name of the value's column: ``pmch``, ``pm40`` ..."""
