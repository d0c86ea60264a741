"""Arrays whose elements are listed as stations of their own: KTK1 ... KTK6 become KTK.

Station lists often give every element of a small array a code of its own. Three or more stations
are taken for one array when all of this holds:

* their codes are one stem of two letters or more, with a number behind it or without;
* they stand within 1 km of the first of them (``network.sites``), whatever else was recorded: an
  array is often processed alone. Small networks of one stem are told apart by ``--use local``;
* each has a vertical recording, or a hydrophone's, under one and the same channel code;
  hydrophones stand within 5 km of the first, as those of a triplet do;
* no other station has the stem for its code, unless they are hydrophones.

The array stands at the mean of its elements. Assumes that equal channel codes mean equal
instruments. Cost: microseconds per station.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.geodesy import offsets_km
from vigie.network.sites import group_sites
from vigie.records import Site, Station, Waveform
from vigie.seismic.conditioning import VERTICAL, direction_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MIN_ELEMENTS = 3
"""Fewer have no azimuth."""
TRIPLET_KM = 5.0
"""From the first hydrophone of a triplet; their sides are 2 to 2.5 km."""
JOINED = "joined array: "
"""Begin of the name of such an array; its elements follow."""


class Recorded(NamedTuple):
    """A station and what it recorded."""

    station: Station
    waveforms: tuple[Waveform, ...]


def stem_of(code: str) -> str:
    """Return a code without the number at its end; empty where fewer than two letters remain.

    Examples
    --------
    >>> stem_of("KTK6"), stem_of("ASK"), stem_of("A12")
    ('KTK', 'ASK', '')
    """
    stem = code.rstrip("0123456789")
    return stem if len(stem) >= 2 else ""


def joined_arrays(
    recorded: Mapping[str, Recorded], taken: Collection[str] = ()
) -> dict[str, Station]:
    """Return the array that each station belongs to, where it belongs to one.

    Parameters
    ----------
    recorded : mapping
        By code, all stations of the network that recorded something.
    taken : collection of str
        Codes of other stations that are known.

    Returns
    -------
    dict
        Array by code of the element.
    """
    codes = sorted(recorded)
    leader = group_sites([recorded[c].station for c in codes], aperture_share=1.01)
    groups: dict[tuple[int, str], list[str]] = {}
    first_of: dict[str, int] = {}
    for k, code in enumerate(codes):
        if any(_is_hydrophone(w) for w in recorded[code].waveforms):
            first = first_of.setdefault(stem_of(code), k)
            if _apart_km(recorded[code].station, recorded[codes[first]].station) < TRIPLET_KM:
                leader[k] = first
    for code, first in zip(codes, leader, strict=True):
        if (stem := stem_of(code)) and not recorded[code].station.is_array:
            groups.setdefault((int(first), stem), []).append(code)
    found: dict[str, Station] = {}
    for (_, stem), members in groups.items():
        elements = _of_one_kind([recorded[c] for c in members])
        # A station book may know a triplet by the stem; its own hydrophones are then that triplet.
        known = () if any(_is_hydrophone(w) for r in elements for w in r.waveforms) else taken
        others = {*known, *codes} - set(members)
        if len(elements) >= MIN_ELEMENTS and stem not in others:
            array = _array(stem, [r.station for r in elements])
            found.update({r.station.code: array for r in elements})
    return found


def joining_notes(station: Station | None) -> tuple[str, ...]:
    """Return what to tell of a station that was joined; nothing of others."""
    if station is None or not station.name.startswith(JOINED):
        return ()
    return (f"{station.name.removeprefix(JOINED)} are processed as one array",)


def _is_hydrophone(waveform: Waveform) -> bool:
    return waveform.channel.channel.upper().endswith("DH")


def _apart_km(one: Station, other: Station) -> float:
    east, north = offsets_km([one.latitude], [one.longitude], other.latitude, other.longitude)[0]
    return float(np.hypot(east, north))


def _of_one_kind(members: Sequence[Recorded]) -> list[Recorded]:
    """Return the members that have the vertical channel code which most of them have."""
    kinds = [
        {
            w.channel.channel
            for w in member.waveforms
            if (direction_of(w.channel, None) == VERTICAL or _is_hydrophone(w)) and len(w.samples)
        }
        for member in members
    ]
    every = sorted(set().union(*kinds))
    if not every:
        return []
    best = max(every, key=lambda kind: sum(kind in k for k in kinds))
    return [m for m, k in zip(members, kinds, strict=True) if best in k]


def _array(code: str, elements: Sequence[Station]) -> Station:
    sites = tuple(
        Site(
            code=s.code,
            latitude=s.latitude,
            longitude=s.longitude,
            elevation_m=s.elevation_m,
            channels=tuple(c for site in s.sites for c in site.channels),
            epoch=s.epoch,
        )
        for s in elements
    )
    # Longitudes are unwrapped about the first for arrays at 180 degrees.
    first = elements[0].longitude
    east = [(s.longitude - first + 180.0) % 360.0 - 180.0 for s in elements]
    longitude = (first + float(np.mean(east)) + 180.0) % 360.0 - 180.0
    return Station(
        code=code,
        latitude=float(np.mean([s.latitude for s in elements])),
        longitude=longitude,
        elevation_m=float(np.mean([s.elevation_m for s in elements])),
        network=elements[0].network,
        name=f"{JOINED}{', '.join(s.code for s in elements)}",
        technology=elements[0].technology,
        sites=sites,
    )
