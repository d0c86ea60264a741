"""The elements of an infrasound array: channels of pressure, with their places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError, ParameterError, TooFewElementsError
from vigie.geodesy import offsets_km
from vigie.infrasound.heights import USUAL_S_PER_KM, later, relative_heights
from vigie.infrasound.mistakes import FARTHEST_KM, Mistakes, mistakes_of
from vigie.infrasound.pressure import PASCAL
from vigie.infrasound.shared_jumps import without_shared_jumps
from vigie.records import Channel, ChannelId, ExcludedElement, Mask, Station, Waveform
from vigie.signal.quality import QualityParams, find_masks, repair
from vigie.signal.segments import by_channel
from vigie.stations.lookup import find_channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import Site
    from vigie.signal.segments import ChannelRecord

    Known = tuple[Site, Channel | None]

FloatArray = NDArray[np.float64]

PRESSURE_CODE = "D"
"""SEED instrument code of pressure sensors (SEED manual, appendix A)."""
MIN_ELEMENTS = 3
MOST_TOLD = 6
LARGEST_SIGMA_KM = 0.03
"""Error of a height that is not known, from which on the element is left out: 0.03 s, as much as
elements may be off by (``recipe``) ..."""
MIN_KNOWN = 4
"""... where so many are left."""
HOPELESS_SIGMA_KM = 0.12
"""The same where three are left: 0.1 s may turn PMCC to another cycle of the wave, whatever the
least-squares error of the direction."""


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One element: its channel, recordings and place."""

    channel: ChannelId
    site: str
    runs: tuple[Waveform, ...]
    masks: tuple[Mask, ...]
    metadata: Channel | None
    latitude: float
    longitude: float
    elevation_m: float = 0.0
    height_km: float = 0.0
    """Over the others, where the times of ``runs`` are corrected for it (``heights``)."""
    height_sigma_km: float = 0.0
    """Where it is not known and was taken from the others."""

    @property
    def duration_s(self) -> float:
        """Length of all recordings."""
        return sum(r.duration_s for r in self.runs)


@dataclass(frozen=True, slots=True, eq=False)
class SoundArray:
    """Elements that recorded, with their offsets from the station's reference point."""

    station: Station
    elements: tuple[Element, ...]
    offsets_km: FloatArray
    """East and north, shape (n, 2)."""
    dead: tuple[ExcludedElement, ...] = ()
    """Elements that take no part: without a usable sample, or whose height is not known."""
    steep_s_per_km: float = USUAL_S_PER_KM
    """Vertical slowness of the wave that times are corrected by, where heights differ."""

    @property
    def names(self) -> tuple[str, ...]:
        """Site codes of the elements, or channels where one site has several."""
        sites = [e.site for e in self.elements]
        return tuple(e.site if sites.count(e.site) == 1 else str(e.channel) for e in self.elements)

    @property
    def heights_km(self) -> FloatArray:
        """Heights that times are corrected for, shape (n,)."""
        return np.array([e.height_km for e in self.elements])

    @property
    def height_sigmas_km(self) -> FloatArray:
        """Standard errors of heights that are not known, shape (n,)."""
        return np.array([e.height_sigma_km for e in self.elements])

    def runs(self) -> tuple[list[Waveform], FloatArray]:
        """Return the recordings of all elements, and the offset of each."""
        pairs = [
            (run, offset)
            for element, offset in zip(self.elements, self.offsets_km, strict=True)
            for run in element.runs
        ]
        return [r for r, _ in pairs], np.array([o for _, o in pairs]).reshape(-1, 2)

    def without(self, names: Sequence[str]) -> SoundArray:
        """Return the array without some elements."""
        keep = [i for i, name in enumerate(self.names) if name not in names]
        return SoundArray(
            self.station,
            tuple(self.elements[i] for i in keep),
            self.offsets_km[keep],
            self.dead,
            self.steep_s_per_km,
        )


def sound_array(
    waveforms: Sequence[Waveform], station: Station, params: QualityParams
) -> tuple[SoundArray, tuple[str, ...]]:
    """Return the array that the pressure channels form, and what was left out, in words.

    One channel per site: the longest, the first of equals.

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements recorded, or they stand in line.
    ParameterError
        The reference point is nowhere near the elements.
    """
    elements, dead, notes = _heard(waveforms, station, params)
    at = np.array([(e.latitude, e.longitude) for e in elements]).reshape(-1, 2)
    offsets = np.asarray(offsets_km(at[:, 0], at[:, 1], station.latitude, station.longitude))
    mistakes = mistakes_of(elements, offsets) if elements else Mistakes({}, ())
    notes += [f"{station.code}: {note}" for note in mistakes.notes]
    keep = [k for k in range(len(elements)) if k not in mistakes.out]
    elements, offsets = [elements[k] for k in keep], offsets[keep]
    _require_plane(offsets, notes)
    away_km = float(np.max(np.linalg.norm(offsets, axis=1)))
    if away_km > FARTHEST_KM:
        whose = ", or ".join(["it", *(f"the place of {e.element}" for e in mistakes.out.values())])
        raise ParameterError(
            name=f"reference point of {station.code}",
            value=f"{away_km:.0f} km from its elements",
            expected=f"at most {FARTHEST_KM:.0f} km: correct {whose} in the station list",
        )
    unheard = tuple(dict.fromkeys([*dead, *mistakes.out.values()]))
    array, of_heights = _risen(SoundArray(station, tuple(elements), offsets, unheard))
    return array, (*notes, *of_heights)


def _heard(
    waveforms: Sequence[Waveform], station: Station, params: QualityParams
) -> tuple[list[Element], list[ExcludedElement], list[str]]:
    """Return the elements that recorded, those that did not, and what is told of channels."""
    chosen: dict[str, Element] = {}
    notes: list[str] = []
    dead: list[str] = []
    records = by_channel([w for w in waveforms if len(w.samples)])
    for waveform in waveforms:
        known = find_channel(station, waveform.channel, waveform.start_ns)
        if waveform.channel in records or known is None:
            continue
        if is_pressure(waveform.channel, known[1]):
            notes.append(f"{waveform.channel}: no usable sample")
            dead.append(known[0].code)
    pressure, not_used = _pressure(records, station)
    notes += not_used
    trusted = _masks(pressure, params)
    for channel, (record, place) in pressure.items():
        element = _element(record, place, trusted[channel])
        if not element.runs:
            notes.append(f"{channel}: no usable sample")
            dead.append(element.site)
            continue
        present = chosen.get(element.site)
        if present is None or element.duration_s > present.duration_s:
            chosen[element.site] = element
    silent = [ExcludedElement(site, "no usable sample") for site in dead if site not in chosen]
    return list(chosen.values()), silent, list(dict.fromkeys(notes))


def _pressure(
    records: Mapping[ChannelId, ChannelRecord], station: Station
) -> tuple[dict[ChannelId, tuple[ChannelRecord, Known]], list[str]]:
    """Return the channels of pressure with their elements, and what is told of others."""
    found: dict[ChannelId, tuple[ChannelRecord, Known]] = {}
    notes: list[str] = []
    for channel, record in records.items():
        known = find_channel(station, channel, record.segments[0].start_ns)
        metadata = known[1] if known else None
        if not is_pressure(channel, metadata):
            notes.append(f"{channel}: {_no_pressure(channel, metadata)}, not used")
        elif known is None:
            notes.append(f"{channel}: no element of this code in the list, not used")
        else:
            found[channel] = (record, known)
    return found, notes


def _require_plane(offsets: FloatArray, notes: Sequence[str]) -> None:
    """Refuse elements too few, or in line; ``notes`` say why others are not there."""
    rank = rank_of(offsets)
    if (len(offsets) < MIN_ELEMENTS or rank < 2) and notes:
        told = "; ".join(notes[:MOST_TOLD]) + ("; ..." if len(notes) > MOST_TOLD else "")
        raise TooFewElementsError(n_elements=len(offsets), left_out=told)
    if len(offsets) < MIN_ELEMENTS or rank < 2:
        raise ArrayGeometryError(n_elements=len(offsets), rank=rank)


def _risen(array: SoundArray) -> tuple[SoundArray, tuple[str, ...]]:
    """Return an array whose times are corrected for heights, and what is told of these.

    An element whose time is too unsure, since its height is not known, is left out where enough
    are left to tell wrong ones by; one whose height may be anything, where a plane is left.
    """
    elevations = [e.elevation_m for e in array.elements]
    heights = relative_heights(elevations, array.offsets_km, array.names)
    if not heights.told:
        return array, ()
    code = array.station.code
    elements = tuple(
        replace(
            e, runs=later(e.runs, USUAL_S_PER_KM * h), height_km=float(h), height_sigma_km=float(s)
        )
        for e, h, s in zip(array.elements, heights.km, heights.sigma_km, strict=True)
    )
    told = f"{code}: {heights.told}"
    risen = replace(array, elements=elements)
    is_sure = heights.sigma_km <= LARGEST_SIGMA_KM
    least = MIN_KNOWN
    if is_sure.sum() < MIN_KNOWN:
        is_sure, least = heights.sigma_km <= HOPELESS_SIGMA_KM, MIN_ELEMENTS
    if is_sure.all() or is_sure.sum() < least or rank_of(array.offsets_km[is_sure]) < 2:
        return risen, (told,)
    unsure = [n for n, sure in zip(array.names, is_sure, strict=True) if not sure]
    out = tuple(ExcludedElement(name, "height not known") for name in unsure)
    why = f"{code}: element {', '.join(unsure)} left out: height not known well enough"
    return replace(risen.without(unsure), dead=(*array.dead, *out)), (told, why)


def rank_of(offsets_km: FloatArray) -> int:
    """Return 2 where elements span a plane, 1 where they stand in line, 0 at one place."""
    at = offsets_km - offsets_km.mean(axis=0) if len(offsets_km) else offsets_km
    spread = np.linalg.svd(at, compute_uv=False)
    return int(np.sum(spread > 1e-3 * max(float(np.max(spread, initial=0.0)), 1e-9)))


def is_pressure(channel: ChannelId, metadata: Channel | None) -> bool:
    """Tell whether a channel records pressure: by its response, else by its code."""
    if metadata is not None and metadata.response is not None:
        return metadata.response.input_unit == PASCAL
    return channel.channel[1:2].upper() == PRESSURE_CODE


def _no_pressure(channel: ChannelId, metadata: Channel | None) -> str:
    response = metadata.response if metadata is not None else None
    if response is not None and channel.channel[1:2].upper() == PRESSURE_CODE:
        return f"its code says pressure, its response {response.input_unit} and not Pa"
    return "no channel of pressure"


def _masks(
    pressure: Mapping[ChannelId, tuple[ChannelRecord, Known]], params: QualityParams
) -> dict[ChannelId, tuple[Mask, ...]]:
    """Return what is wrong in each channel; the fronts of shocks are not."""
    records = {channel: record for channel, (record, _) in pressure.items()}
    found = {
        channel: [m for segment in record.segments for m in find_masks(segment, params)]
        for channel, record in records.items()
    }
    places = [known[1] or known[0] for _, known in pressure.values()]
    at = np.array([(one.latitude, one.longitude) for one in places]).reshape(-1, 2)
    if len(at) < 2:
        return {channel: tuple(masks) for channel, masks in found.items()}
    offsets = np.asarray(offsets_km(at[:, 0], at[:, 1], at[0, 0], at[0, 1]))
    return without_shared_jumps(records, found, dict(zip(pressure, offsets, strict=True)))


def _element(record: ChannelRecord, known: Known, found: Sequence[Mask]) -> Element:
    site, metadata = known
    runs = [run for segment in record.segments for run in repair(segment, _within(found, segment))]
    masks = (*record.masks, *found)
    place: Site | Channel = metadata or site
    return Element(
        record.segments[0].channel,
        site.code,
        tuple(runs),
        tuple(sorted(masks, key=lambda m: (m.start_ns, m.end_ns))),
        metadata,
        place.latitude,
        place.longitude,
        place.elevation_m,
    )


def _within(masks: Sequence[Mask], segment: Waveform) -> list[Mask]:
    return [m for m in masks if segment.start_ns <= m.start_ns < segment.end_ns]
