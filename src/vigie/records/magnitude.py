"""Magnitudes of an event, and of each station."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StationMagnitude:
    """What one station says of the size."""

    station: str
    type: str
    value: float
    sigma: float | None = None
    detection_id: str | None = None
    delta_deg: float | None = None
    phase: str | None = None
    bound: str = ""
    """``<`` where the station heard nothing: its value is an upper bound."""
    defining: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Magnitude:
    """A network magnitude."""

    type: str
    """``mb``, ``mbmle``, ``ML``, ``Ms`` ..."""
    value: float
    sigma: float | None = None
    """One standard error, that of the depth included."""
    sigma_from_depth: float | None = None
    """The part of it that an uncertain depth makes, alike at all stations; 0 where the depth was
    held by choice or does not matter, None where it is not known."""
    n_stations: int | None = None
    origin_id: str | None = None
    author: str = "vigie"
    bound: str = ""
    """``<`` for an upper bound, ``>`` for a lower."""
    stations: tuple[StationMagnitude, ...] = ()
