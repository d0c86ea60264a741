"""Arrays whose elements are listed as stations of their own: KTK1 ... KTK6 become KTK.

Station lists often give every element of an array a code of its own. Three or more stations are
taken for one array when all of this holds:

* their codes are one stem of two letters or more, with a number behind it or without;
* they stand within 1 km of the first of them (``network.sites``), whatever else was recorded: an
  array is often processed alone. Small networks of one stem are told apart by ``--use local``;
* each has a vertical recording, or one of pressure, under one and the same channel code; sensors
  of pressure (hydrophones, infrasound) stand within 5 km of the first: their arrays are 1 to 4 km
  wide, and nobody records pressure with networks of such spacing;
* no other station has the stem for its code, unless they are hydrophones.

Wider arrays look like local networks, and a network that is taken for an array loses its events.
So stations up to 28 km apart (AKASG has 27.6 km, the most of the IMS among verticals of one kind
and stem for P; of ringed arrays MJAR, 11.2 km) are joined only when, besides,

* all that have the stem are there, with codes that run on (``element_codes``: KUR01 KUR02 ...,
  NRA0 NRB1 ...), channel, sampling rate and network in common, but for what has three components
  on another channel. One at most has three: networks are of three-component stations, arrays of
  verticals around one. Rings may have more (ARCES, SPITS), as no network has such codes;
* their strongest signal crosses them as one plane wave, and so do at least half of the strong ones
  (``seismic.common_wave``);
* none of them is said to stand alone (``Station.stands_alone``; in a CSV the column ``array``).

Where a small array of the same stem holds more than half of a wide one, the small one is taken.

The array stands at the mean of its elements. Assumes that equal channel codes mean equal
instruments. Accuracy as measured: of 1,014 stations of three public lists, four groups would pass
the rules on codes and distances if each had one vertical channel only (three networks, and the
Grafenberg array); what the plane wave adds stands in ``common_wave``. Cost: microseconds per
station; the plane wave 0.03 s per element and hour, for groups that pass everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.geodesy import offsets_km
from vigie.network.sites import group_sites
from vigie.pipeline.element_codes import Stem, are_running, stem_of, stems_of
from vigie.records import Site, Station, Waveform
from vigie.seismic.common_wave import CommonWaveParams, are_one, strongest_waves
from vigie.seismic.conditioning import VERTICAL, direction_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

MIN_ELEMENTS = 3
"""Fewer have no azimuth."""
SOUND_CODES = ("DF", "DH")
"""Ends of SEED codes of infrasound and of hydrophones (SEED manual, appendix A); DO is weather."""
PRESSURE_KM = 5.0
"""From the first element: sides of triplets are 2 to 2.5 km, infrasound arrays up to 4 km wide."""
WIDEST_KM = 28.0
"""Largest distance of two elements whose codes share stem and number."""
WIDEST_RINGED_KM = 12.0
"""The same, of codes with rings."""
_RATE_TOLERANCE = 1e-4
JOINED = "joined array: "
"""Begin of the name of such an array; its elements follow."""
JOINED_WIDE = "joined wide array: "
"""The same of an array wider than 1 km."""


class Recorded(NamedTuple):
    """A station and what it recorded."""

    station: Station
    waveforms: tuple[Waveform, ...]


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
    alone = {code: one for code, one in recorded.items() if not one.station.stands_alone}
    small = _small_arrays(alone, {*taken, *recorded})
    found = dict(small)
    for array in _wide_arrays(alone, {*taken, *recorded}):
        codes = [site.code for site in array.sites]
        # One ring of a ringed array is no array beside it, a cluster of the same stem is.
        near = sum(code in small and small[code].code == array.code for code in codes)
        if 2 * near <= len(codes):
            found.update(dict.fromkeys(codes, array))
    return found


def may_be_element(station: Station, codes: Collection[str]) -> bool:
    """Tell whether enough codes share a stem with a station's to be an array with it."""
    return not (station.stands_alone or station.is_array) and any(
        sum(stem in stems_of(code) for code in codes) >= MIN_ELEMENTS
        for stem in stems_of(station.code)
    )


def joining_notes(station: Station | None) -> tuple[str, ...]:
    """Return what to tell of a station that was joined; nothing of others."""
    if station is None:
        return ()
    if station.name.startswith(JOINED):
        return (f"{station.name.removeprefix(JOINED)} are processed as one array",)
    if station.name.startswith(JOINED_WIDE):
        text = (
            f"{station.name.removeprefix(JOINED_WIDE)} are processed as one array, since their "
            "strongest signal crosses them as one plane wave; if they are none, give each its own "
            "code in a column `array` of the station list"
        )
        return (text,)
    return ()


def _small_arrays(recorded: Mapping[str, Recorded], taken: Collection[str]) -> dict[str, Station]:
    """Return the arrays within 1 km and the triplets, by code of the element."""
    codes = sorted(recorded)
    leader = group_sites([recorded[c].station for c in codes], aperture_share=1.01)
    groups: dict[tuple[int, str], list[str]] = {}
    first_of: dict[str, int] = {}
    for k, code in enumerate(codes):
        if any(_is_pressure(w) for w in recorded[code].waveforms):
            first = first_of.setdefault(stem_of(code), k)
            if _apart_km(recorded[code].station, recorded[codes[first]].station) < PRESSURE_KM:
                leader[k] = first
    for code, first in zip(codes, leader, strict=True):
        if (stem := stem_of(code)) and not recorded[code].station.is_array:
            groups.setdefault((int(first), stem), []).append(code)
    found: dict[str, Station] = {}
    for (_, stem), members in groups.items():
        elements, _ = _of_one_kind([recorded[c] for c in members])
        # A station book may know a triplet by the stem; its own hydrophones are then that triplet.
        known = codes if any(_is_hydrophone(w) for r in elements for w in r.waveforms) else taken
        others = set(known) - set(members)
        if len(elements) >= MIN_ELEMENTS and stem not in others:
            array = _array(stem, [r.station for r in elements], JOINED)
            found.update({r.station.code: array for r in elements})
    return found


def _wide_arrays(recorded: Mapping[str, Recorded], taken: Collection[str]) -> Iterator[Station]:
    """Yield the arrays wider than 1 km; those of rings last, since they hold the others."""
    groups: dict[Stem, list[Recorded]] = {}
    for code in sorted(recorded):
        one = recorded[code]
        if not (one.station.is_array or any(_is_pressure(w) for w in one.waveforms)):
            for stem in stems_of(code):
                groups.setdefault(stem, []).append(one)
    for stem, members in sorted(groups.items(), key=lambda group: group[0].has_rings):
        elements, kind = _of_one_kind(members)
        if (
            len(elements) >= MIN_ELEMENTS
            and stem.text not in taken
            and are_running(stem, [m.station.code for m in members])
            and _are_alike(elements, kind)
            and _have_few_components(stem, elements, members)
            and _share_a_wave(elements, kind, WIDEST_RINGED_KM if stem.has_rings else WIDEST_KM)
        ):
            yield _array(stem.text, [r.station for r in elements], JOINED_WIDE)


def _are_alike(elements: Sequence[Recorded], kind: str) -> bool:
    """Tell whether elements have sampling rate and network in common."""
    recordings = [w for r in elements for w in r.waveforms if w.channel.channel == kind]
    rates_hz = [w.rate_hz for w in recordings]
    networks = {w.channel.network for w in recordings if w.channel.network}
    return max(rates_hz) <= min(rates_hz) * (1.0 + _RATE_TOLERANCE) and len(networks) <= 1


def _have_few_components(
    stem: Stem, elements: Sequence[Recorded], members: Sequence[Recorded]
) -> bool:
    """Tell whether all are verticals but one; of rings, whether what differs is no vertical."""
    three = [r.station.code for r in members if _has_horizontals(r)]
    verticals = {r.station.code for r in elements}
    others = {r.station.code for r in members} - verticals
    return others <= set(three) and (stem.has_rings or len(three) <= 1)


def _has_horizontals(one: Recorded) -> bool:
    listed = [c.id for site in one.station.sites for c in site.channels if c.id.channel]
    channels = [*listed, *(w.channel for w in one.waveforms)]
    return any(direction_of(channel, None) != VERTICAL for channel in channels)


def _share_a_wave(elements: Sequence[Recorded], kind: str, widest_km: float) -> bool:
    """Tell whether elements stand close enough and saw one plane wave."""
    stations = [r.station for r in elements]
    offsets = offsets_km(
        [s.latitude for s in stations],
        [s.longitude for s in stations],
        stations[0].latitude,
        stations[0].longitude,
    )
    apart = np.linalg.norm(offsets[:, None] - offsets[None], axis=-1)
    if float(np.max(apart)) > widest_km:
        return False
    waves = strongest_waves([_one_channel(r, kind) for r in elements], offsets)
    return are_one(waves, CommonWaveParams())


def _one_channel(one: Recorded, kind: str) -> list[Waveform]:
    """Return the recordings under a channel code, of the first location that has it."""
    fits = [w for w in one.waveforms if w.channel.channel == kind and len(w.samples)]
    return [w for w in fits if w.channel == min(f.channel for f in fits)]


def _is_hydrophone(waveform: Waveform) -> bool:
    return waveform.channel.channel.upper().endswith("DH")


def _is_pressure(waveform: Waveform) -> bool:
    return waveform.channel.channel.upper().endswith(SOUND_CODES)


def _apart_km(one: Station, other: Station) -> float:
    east, north = offsets_km([one.latitude], [one.longitude], other.latitude, other.longitude)[0]
    return float(np.hypot(east, north))


def _of_one_kind(members: Sequence[Recorded]) -> tuple[list[Recorded], str]:
    """Return the members with the vertical channel code that most of them have, and that code."""
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
        return [], ""
    best = max(every, key=lambda kind: sum(kind in k for k in kinds))
    return [m for m, k in zip(members, kinds, strict=True) if best in k], best


def _array(code: str, elements: Sequence[Station], name: str) -> Station:
    sites = tuple(
        Site(
            code=s.code,
            latitude=s.latitude,
            longitude=s.longitude,
            elevation_m=s.sites[0].elevation_m if s.sites else s.elevation_m,
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
        name=f"{name}{', '.join(s.code for s in elements)}",
        technology=elements[0].technology,
        sites=sites,
    )
