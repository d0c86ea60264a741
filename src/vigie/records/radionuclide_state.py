"""State of health, weather and alerts of a radionuclide station (RMSSOH, MET, ALERT)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StateInterval:
    """One line of a block: values over an interval."""

    block: str
    """``AirSamplerFlow``, ``DetEnv``, ``MET`` ..."""
    start_ns: int
    end_ns: int
    values: tuple[tuple[str, float | str | None], ...]
    """Name with unit (``flow_m3_h``) and value; None where blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RadionuclideState:
    """One message of state of health, of weather, or an alert."""

    type: str
    """``RMSSOH``, ``MET``, ``ALERTFLOW``, ``ALERTSYSTEM``, ``ALERTTEMP`` or ``ALERTUPS``."""
    station: str
    detector: str = ""
    message_id: str = ""
    start_ns: int | None = None
    end_ns: int | None = None
    intervals: tuple[StateInterval, ...] = ()
    text: str = ""
    """Of an alert."""
    raw_sha256: str = ""
