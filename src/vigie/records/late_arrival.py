"""Sound that came another way, after a detection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LateArrival:
    """Sound from another direction after a hydroacoustic detection: no detection, no event."""

    station: str
    detection_id: str
    """Of the detection that it follows."""
    time_ns: int
    end_ns: int
    azimuth_deg: float
    azimuth_deg_sigma: float
    trace_velocity_m_s: float
    trace_velocity_m_s_sigma: float
    freq_hz: float
    band_hz: tuple[float, float]
    family_size: int
    """Pixels of PMCC."""
    detected_as: str = ""
    """Detection that the same sound was also found as; empty where it was not."""
