"""What is known of a station at a time: its channels, where they are, how they point, calibration.

A channel's own position counts before that of its site, and the site's before the station's:
two sensors under one station name (vault and borehole, a replacement some metres or kilometres
away) keep two positions. Metadata match a recording where station (or site) and channel code are
equal, the epoch holds the time, and network and location do not contradict each other: a part
that either side leaves empty contradicts nothing. Of several the most alike wins, then the epoch
that starts last.

Cost: 2 us per channel looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import StationUnknownError
from vigie.geodesy import offsets_km
from vigie.records import Channel, ChannelId, Inventory, Site, Station, format_iso

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FloatArray = NDArray[np.float64]

BAND_PREFERENCE = ("SH", "BH", "HH", "EH", "MH", "LH")
"""Band and instrument codes (FDSN) in which short-period arrays are looked for, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a sensor is."""

    latitude: float
    longitude: float
    elevation_m: float
    """Of the ground surface."""
    burial_m: float = 0.0
    source: str = "channel"
    """``channel``, ``site`` or ``station``: whose position it is."""

    @property
    def sensor_elevation_m(self) -> float:
        """Of the sensor itself."""
        return self.elevation_m - self.burial_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Direction of a sensitive axis; None where unknown."""

    azimuth_deg: float | None
    dip_deg: float | None
    """Down from the horizontal: -90 points up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What one count is; None where unknown."""

    calib: float | None
    """nm (or Pa) per count at ``calper_s``."""
    calper_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ArrayGeometry:
    """Places of the elements of an array at a time."""

    elements: tuple[str, ...]
    channels: tuple[ChannelId, ...]
    """One per element."""
    offsets_km: FloatArray
    """East and north from the station's reference point, shape (n, 2)."""
    elevation_m: FloatArray
    """Of the sensors, shape (n,)."""

    @property
    def aperture_km(self) -> float:
        """Largest distance between two elements; 0 for fewer than two."""
        apart = self.offsets_km[:, None] - self.offsets_km[None]
        return float(np.max(np.linalg.norm(apart, axis=-1), initial=0.0))


def merge_inventories(*inventories: Inventory) -> Inventory:
    """Join inventories; the first that knows a station code describes it whole.

    Two descriptions of one station are never mixed, since their epochs and element names need
    not agree. An alias does not hide a code: a station named by its code is kept.

    Examples
    --------
    >>> merge_inventories(Inventory(), Inventory()).stations
    ()
    """
    stations: list[Station] = []
    for inventory in inventories:
        known = {s.code for s in stations}
        stations += [s for s in inventory.stations if s.code not in known]
    return Inventory(tuple(stations))


def find_station(inventory: Inventory, code: str, time_ns: int) -> Station | None:
    """Return the station of a code, an array element or an alias at a time; None if unknown."""
    return inventory.at(code, time_ns)


def require_station(inventory: Inventory, code: str, time_ns: int) -> Station:
    """Return the station of a code, an array element or an alias at a time.

    Raises
    ------
    StationUnknownError
        It is not in the inventory, or not at that time.
    """
    station = find_station(inventory, code, time_ns)
    if station is None:
        raise StationUnknownError(station=code, time=format_iso(time_ns))
    return station


def sites_at(station: Station, time_ns: int) -> tuple[Site, ...]:
    """Return the sites that are in operation at a time."""
    return tuple(s for s in station.sites if s.epoch.holds(time_ns))


def find_channel(
    station: Station, channel: ChannelId, time_ns: int
) -> tuple[Site, Channel] | tuple[Site, None] | None:
    """Return site and metadata of a recorded channel at a time.

    Returns
    -------
    (Site, Channel), (Site, None) or None
        The metadata are None where only the site is known; None where not even that is.
    """
    fits = list(_matches(station, channel, time_ns))
    if fits:
        _, site, known = max(fits, key=lambda fit: (fit[0], fit[2].epoch.start_ns))
        return site, known
    sites = [s for s in sites_at(station, time_ns) if s.code == channel.station]
    return (max(sites, key=lambda s: s.epoch.start_ns), None) if sites else None


def _matches(
    station: Station, channel: ChannelId, time_ns: int
) -> Iterator[tuple[int, Site, Channel]]:
    for site in sites_at(station, time_ns):
        for known in site.channels:
            if known.id.channel != channel.channel or not known.epoch.holds(time_ns):
                continue
            if channel.station not in (known.id.station, site.code, station.code):
                continue
            pairs = (
                (known.id.network, channel.network),
                (known.id.location, channel.location),
                (known.id.station, channel.station),
            )
            if any(a and b and a != b for a, b in pairs[:2]):
                continue
            yield sum(a == b for a, b in pairs), site, known


def position_of(station: Station, channel: ChannelId, time_ns: int) -> Position:
    """Return where a channel's sensor is at a time, as exactly as is known."""
    found = find_channel(station, channel, time_ns)
    if found is None:
        return Position(
            latitude=station.latitude,
            longitude=station.longitude,
            elevation_m=station.elevation_m,
            source="station",
        )
    site, known = found
    if known is None:
        return Position(
            latitude=site.latitude,
            longitude=site.longitude,
            elevation_m=station.elevation_of_m(site),
            source="site",
        )
    return Position(
        latitude=known.latitude,
        longitude=known.longitude,
        elevation_m=station.elevation_of_m(known),
        burial_m=known.burial_m,
    )


def axis_of(station: Station, channel: ChannelId, time_ns: int) -> Axis:
    """Return the direction of a channel's sensitive axis at a time."""
    known = _channel(station, channel, time_ns)
    if known is None:
        return Axis(azimuth_deg=None, dip_deg=None)
    return Axis(azimuth_deg=known.azimuth_deg, dip_deg=known.dip_deg)


def calibration_of(station: Station, channel: ChannelId, time_ns: int) -> Calibration:
    """Return the calibration of a channel at a time."""
    known = _channel(station, channel, time_ns)
    if known is None:
        return Calibration(calib=None, calper_s=None)
    return Calibration(calib=known.calib, calper_s=known.calper_s)


def _channel(station: Station, channel: ChannelId, time_ns: int) -> Channel | None:
    found = find_channel(station, channel, time_ns)
    return None if found is None else found[1]


def is_vertical(channel: Channel) -> bool:
    """Tell whether a channel points up or down: by its dip, else by its letter."""
    if channel.dip_deg is not None:
        return abs(channel.dip_deg) > 45.0
    return channel.id.component == "Z"


def vertical_channels(
    station: Station, time_ns: int, bands: tuple[str, ...] = BAND_PREFERENCE
) -> tuple[Channel, ...]:
    """Return one vertical channel per site, all of one kind where that is possible.

    Parameters
    ----------
    station : Station
    time_ns : int
    bands : tuple of str
        First two letters of channel codes, best first. The kind that most sites have is taken;
        of kinds that equally many have, the best. Sites without it are left out, since an
        array needs equal instruments.
    """
    offered: dict[str, list[Channel]] = {}
    for site in sites_at(station, time_ns):
        for band in bands:
            fits = [
                c
                for c in site.channels
                if c.id.channel[:2] == band and c.epoch.holds(time_ns) and is_vertical(c)
            ]
            if fits:
                offered.setdefault(band, []).append(max(fits, key=lambda c: c.epoch.start_ns))
    if not offered:
        return ()
    best = max(offered, key=lambda band: (len(offered[band]), -bands.index(band)))
    return tuple(offered[best])


def array_geometry(
    station: Station, time_ns: int, channels: Collection[ChannelId] | None = None
) -> ArrayGeometry:
    """Return the places of an array's elements at a time.

    Parameters
    ----------
    station : Station
    time_ns : int
    channels : collection of ChannelId, optional
        Recorded channels, one per element; by default ``vertical_channels``.
    """
    ids = tuple(channels or (c.id for c in vertical_channels(station, time_ns)))
    places = [position_of(station, c, time_ns) for c in ids]
    offsets = offsets_km(
        [p.latitude for p in places],
        [p.longitude for p in places],
        station.latitude,
        station.longitude,
    )
    return ArrayGeometry(
        tuple(_element_name(station, c, time_ns) for c in ids),
        ids,
        offsets.reshape(-1, 2),
        np.array([p.sensor_elevation_m for p in places]),
    )


def _element_name(station: Station, channel: ChannelId, time_ns: int) -> str:
    found = find_channel(station, channel, time_ns)
    return channel.station if found is None else found[0].code
