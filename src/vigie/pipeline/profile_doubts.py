"""Whether a profile of the atmosphere is one of the place and time of what it is used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.infrasound.associate import is_infrasound
from vigie.records import format_iso
from vigie.records.time import NS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import AtmosphereProfile, Event, Origin

FAR_KM = 1500.0
"""Winds of the stratosphere are alike over the width of a planetary wave's flank."""
LONG_DAYS = 3.0
"""In which the weather of the stratosphere changes."""


def profile_doubts(profile: AtmosphereProfile, events: Iterable[Event]) -> list[str]:
    """Return a sentence per event with infrasound that the profile is far from.

    Parameters
    ----------
    profile : AtmosphereProfile
        What it does not say of its place or time is not doubted.
    events : iterable of Event
        With origins.
    """
    return [
        f"event {event.id}: the profile of the atmosphere is of {' and '.join(parts)}; "
        "give one of its place and time with --atmosphere, or none for the season's mean"
        for event in events
        if event.origin is not None
        and any(is_infrasound(d) for d in event.detections)
        and (parts := _apart(profile, event.origin))
    ]


def _apart(profile: AtmosphereProfile, origin: Origin) -> list[str]:
    parts = []
    if profile.latitude is not None and profile.longitude is not None:
        place = (profile.latitude, profile.longitude)
        delta_deg, _, _ = distance_azimuths(*place, origin.latitude, origin.longitude)
        far_km = float(delta_deg) * KM_PER_DEG
        if far_km > FAR_KM:
            parts.append(f"a place {far_km:,.0f} km away ({place[0]:.1f} {place[1]:.1f})")
    if profile.time_ns is not None:
        days = (profile.time_ns - origin.time_ns) / NS_PER_DAY
        if abs(days) > LONG_DAYS:
            when = "later" if days > 0 else "earlier"
            date = format_iso(profile.time_ns)[:10]
            parts.append(f"a time {abs(days):,.0f} days {when} ({date})")
    return parts
