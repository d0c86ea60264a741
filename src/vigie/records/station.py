"""Stations, sites and channels, each valid for an epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from vigie.records.waveform import ChannelId

OPEN_START_NS = -(2**63) + 1
"""Start of an epoch that has none."""
OPEN_END_NS = 2**63 - 1
"""End of an epoch that has none."""


class Technology(StrEnum):
    """What a station listens to."""

    SEISMIC = "seismic"
    HYDROACOUSTIC = "hydroacoustic"
    INFRASOUND = "infrasound"
    RADIONUCLIDE = "radionuclide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A span of time, start included, end excluded."""

    start_ns: int = OPEN_START_NS
    end_ns: int = OPEN_END_NS

    def holds(self, time_ns: int) -> bool:
        """Tell whether a time lies in the span."""
        return self.start_ns <= time_ns < self.end_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseStage:
    """One stage of an instrument response.

    A stage is poles and zeros (``kind`` "paz", rad/s), a table ("fap": frequency Hz,
    amplitude, phase deg), a digital filter ("digital") or a gain ("gain").
    """

    kind: str
    gain: float = 1.0
    gain_freq_hz: float | None = None
    poles: tuple[complex, ...] = ()
    zeros: tuple[complex, ...] = ()
    norm_factor: float = 1.0
    fap: tuple[tuple[float, float, float], ...] = ()
    numerator: tuple[float, ...] = ()
    """Of a digital filter: all its coefficients, of x[n], x[n-1] ..."""
    denominator: tuple[float, ...] = ()
    """Of y[n], y[n-1] ...; empty for a filter of finite response (FIR)."""
    rate_hz: float | None = None
    """Samples per second that go into a digital filter."""
    delay_s: float = 0.0
    """By which time stamps were corrected for the filter; symmetric ones need none said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Instrument response: ground motion (or pressure) to counts."""

    input_unit: str
    """``m``, ``m/s``, ``m/s**2`` or ``Pa``: the unit before the first stage."""
    stages: tuple[ResponseStage, ...]
    sensitivity: float | None = None
    """Overall gain in count per input unit at ``sensitivity_freq_hz``, as the file states it."""
    sensitivity_freq_hz: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a site, in one epoch, with its own position."""

    id: ChannelId
    latitude: float
    longitude: float
    elevation_m: float
    """Of the ground surface above sea level; NaN where it is not known."""
    burial_m: float = 0.0
    """Depth of the sensor below the surface."""
    azimuth_deg: float | None = None
    """Of the sensitive axis, clockwise from north."""
    dip_deg: float | None = None
    """Of the sensitive axis, down from the horizontal: -90 points up."""
    rate_hz: float | None = None
    calib: float | None = None
    """nm (or Pa) per count at ``calper_s``."""
    calper_s: float | None = None
    response: Response | None = None
    epoch: Epoch = field(default_factory=Epoch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place with sensors: a three-component station, or one element of an array."""

    code: str
    latitude: float
    longitude: float
    elevation_m: float
    """NaN where it is not known; that of the station counts then."""
    channels: tuple[Channel, ...] = ()
    north_km: float | None = None
    """Offset from the array's reference point, as the source states it."""
    east_km: float | None = None
    epoch: Epoch = field(default_factory=Epoch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A station of the network: its reference point and its sites, in one epoch."""

    code: str
    latitude: float
    longitude: float
    elevation_m: float
    network: str = ""
    name: str = ""
    technology: Technology = Technology.SEISMIC
    treaty_code: str | None = None
    """``PS01`` ... ``IS60`` for a facility of the IMS."""
    aliases: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()
    """Empty where only the position of the station is known."""
    epoch: Epoch = field(default_factory=Epoch)
    stands_alone: bool = False
    """Whether its list says that it is no element of an array, whatever its code suggests."""

    @property
    def is_array(self) -> bool:
        """Whether the station has three or more sites."""
        return len(self.sites) >= 3

    def elevation_of_m(self, place: Station | Site | Channel) -> float:
        """Return the elevation of a place, the station's where its own is not known."""
        return self.elevation_m if math.isnan(place.elevation_m) else place.elevation_m

    def has_element(self, code: str, time_ns: int) -> bool:
        """Tell whether a site of this code is in operation at a time."""
        return any(site.code == code and site.epoch.holds(time_ns) for site in self.sites)


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that is known of stations; one station may have several epochs."""

    stations: tuple[Station, ...] = ()

    def at(self, code: str, time_ns: int) -> Station | None:
        """Return the station of a code at a time; None where unknown.

        A station's own code counts before that of an array element, which gives the array, and
        this before an alias: the treaty's AS01 is another place than element AS01 of ASAR. Of
        several epochs the one that starts last.
        """
        fits = [s for s in self.stations if s.epoch.holds(time_ns)]
        named = [s for s in fits if s.code == code]
        if not named:
            named = [s for s in fits if s.has_element(code, time_ns)][:1]
        if not named:
            named = [s for s in fits if code in s.aliases]
        return max(named, key=lambda s: s.epoch.start_ns, default=None)
