"""The hydrophones of a station: recordings, places, and samples of any span on one time axis.

Samples are cut from the recordings when they are needed, so a day of a triplet takes the memory of
an hour. Spikes and steps that one hydrophone alone has are glitches and are bridged; a jump that
another has too, within the time in which sound crosses the array, is the shock of an explosion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.geodesy import offsets_km
from vigie.hydroacoustic.bands import BROAD, HYDRO_BANDS, bands_at
from vigie.hydroacoustic.pressure import UNITS_PA, pressure_of
from vigie.records import Channel, ChannelId, Mask, MaskKind, Station, Waveform
from vigie.records.time import NS_PER_S
from vigie.signal.elements import SAME_RATE, at_rate, element_data, told_of_rates
from vigie.signal.quality import QualityParams, find_masks, repair
from vigie.signal.segments import by_channel
from vigie.stations.lookup import find_channel

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

HYDROPHONE_CODE = "DH"
"""Last two letters of the SEED code of a hydrophone (EDH)."""
GLITCHES = (MaskKind.SPIKE, MaskKind.STEP)
RING_S = (0.04, 0.5)
"""Before and behind a spike, where the sound of a shock swells and goes on ..."""
RINGS = 2.0
"""... and how many times louder than the record, in differences of samples, it then is at least
(simulated: explosions 3 to 7, noise 0.9 to 1.2)."""
LEAST_RATE_HZ = 80.0
"""Slower hydrophones are left out where others are not: the octaves above 16 Hz tell H from N."""
MARGIN_NS = 2 * NS_PER_S
"""Read beyond a span, so that nothing ends within it."""
USUAL_HZ = 10.0
"""At which the calibration of a hydrophone is stated."""


@dataclass(frozen=True, slots=True, eq=False)
class Hydrophone:
    """One hydrophone."""

    channel: ChannelId
    name: str
    segments: tuple[Waveform, ...]
    metadata: Channel | None
    pa_per_count: float | None
    gaps: tuple[Mask, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Triplet:
    """Hydrophones that recorded, with their offsets from the station's reference point."""

    code: str
    network: str
    hydrophones: tuple[Hydrophone, ...]
    offsets_km: FloatArray
    """East and north, shape (n, 2); all zero where a place is unknown."""
    rate_hz: float
    notes: tuple[str, ...]

    @property
    def crossing_s(self) -> float:
        """Longest time in which sound crosses, with a little to spare."""
        apart = self.offsets_km[:, None] - self.offsets_km[None]
        return float(np.max(np.linalg.norm(apart, axis=2), initial=0.0)) / 1.4 + 0.1

    @property
    def in_pascals(self) -> bool:
        """Whether samples are given in Pa."""
        return all(h.pa_per_count is not None for h in self.hydrophones)

    def band_factors(self, centres_hz: Sequence[float]) -> FloatArray:
        """Return by how much power in bands differs from that at the usual frequency."""
        first = self.hydrophones[0]
        usual = pressure_of(first.segments[0], first.metadata, USUAL_HZ).pa_per_count
        if usual is None:
            return np.ones(len(centres_hz))
        known = [pressure_of(first.segments[0], first.metadata, f) for f in centres_hz]
        return np.array([((k.pa_per_count or usual) / usual) ** 2 for k in known])

    def masks(self, start_ns: int, end_ns: int, params: QualityParams) -> tuple[Mask, ...]:
        """Return what is not to be trusted between two times."""
        found: list[Mask] = []
        for phone in self.hydrophones:
            for segment in phone.segments:
                part = segment.slice(start_ns, end_ns)
                if len(part.samples) > 4:
                    found.extend(find_masks(part, params))
        return tuple(
            m
            for m in found
            if m.kind not in GLITCHES or self._is_glitch(m, found, (start_ns, end_ns))
        )

    def _is_glitch(self, mask: Mask, masks: Sequence[Mask], span_ns: tuple[int, int]) -> bool:
        """Tell whether a jump is a glitch: one that no other hydrophone has within the crossing.

        Where no other recorded, it is one unless there is sound beside it, as beside a shock.
        """
        reach_ns = round(self.crossing_s * NS_PER_S)
        around = mask.start_ns, mask.end_ns
        runs = [(h, s) for h in self.hydrophones for s in h.segments if _overlap(s, around)]
        if mask.kind is MaskKind.SPIKE and all(h.channel == mask.channel for h, _ in runs):
            return not any(_rings(s.slice(*span_ns), mask) for _, s in runs)
        return not any(
            m.channel != mask.channel
            and m.kind in GLITCHES
            and m.start_ns < mask.end_ns + reach_ns
            and mask.start_ns < m.end_ns + reach_ns
            for m in masks
        )

    def samples(self, start_ns: int, end_ns: int, masks: Sequence[Mask]) -> FloatArray:
        """Return samples between two times, shape (n, m); NaN where nothing is trusted.

        In Pa where all hydrophones are calibrated, else in counts.
        """
        count = max(round((end_ns - start_ns) * self.rate_hz / NS_PER_S), 0)
        out = np.full((len(self.hydrophones), count), np.nan)
        wide_ns = start_ns - MARGIN_NS, end_ns + MARGIN_NS
        for row, phone in zip(out, self.hydrophones, strict=True):
            runs: list[Waveform] = []
            for segment in phone.segments:
                part = segment.slice(*wide_ns)
                if len(part.samples) > 1:
                    whole = repair(part, [m for m in masks if m.channel == phone.channel])
                    runs.extend(at_rate(w, self.rate_hz, *wide_ns) for w in whole)
            runs = [w for w in runs if len(w.samples)]
            if runs:
                data = element_data(
                    runs, np.zeros((len(runs), 2)), start_ns=start_ns, end_ns=end_ns
                )
                length = min(count, data.samples.shape[1])
                row[:length] = data.samples[0, :length]
        if self.in_pascals:
            out *= np.array([[h.pa_per_count or 1.0] for h in self.hydrophones])
        return out


def _overlap(run: Waveform, around_ns: tuple[int, int]) -> bool:
    return run.start_ns < around_ns[1] and run.end_ns > around_ns[0]


def _rings(run: Waveform, mask: Mask) -> bool:
    """Tell whether there is sound beside a spike."""
    steps = np.abs(np.diff(np.asarray(run.samples, dtype=np.float64)))
    # Of normal numbers the rms is 1.48 times the median of their sizes.
    usual = 1.4826 * float(np.nanmedian(steps)) if len(steps) else 0.0
    first, last = (
        (t - run.start_ns) * run.rate_hz / NS_PER_S for t in (mask.start_ns, mask.end_ns)
    )
    near, far = (t * run.rate_hz for t in RING_S)
    sides = ((first - far, first - near), (last + near, last + far))
    parts = [steps[max(int(a), 0) : max(int(b), 0)] for a, b in sides]
    loud = [float(np.sqrt(np.nanmean(p**2))) for p in parts if np.isfinite(p).any()]
    return bool(loud) and max(loud) > RINGS * usual > 0.0


def triplet(waveforms: Sequence[Waveform], station: Station | None) -> Triplet:
    """Return the hydrophones among the channels of a station.

    One channel per site: the longest, the first of equals.

    Raises
    ------
    ParameterError
        There is no hydrophone.
    """
    chosen: dict[str, tuple[Hydrophone, tuple[float, float] | None]] = {}
    notes: list[str] = []
    for channel, record in by_channel([w for w in waveforms if len(w.samples)]).items():
        known = find_channel(station, channel, record.segments[0].start_ns) if station else None
        metadata = known[1] if known else None
        if not is_hydrophone(channel, metadata):
            notes.append(f"{channel}: no hydrophone, not used")
            continue
        site = known[0].code if known else channel.station
        place = (metadata or known[0]) if known else None
        pressure = pressure_of(record.segments[0], metadata, USUAL_HZ)
        if pressure.note:
            notes.append(f"{channel}: {pressure.note}")
        gaps = tuple(record.masks)
        phone = Hydrophone(channel, site, record.segments, metadata, pressure.pa_per_count, gaps)
        present = chosen.get(site)
        if present is None or _length(phone) > _length(present[0]):
            chosen[site] = (phone, (place.latitude, place.longitude) if place else None)
    if not chosen:
        raise ParameterError(
            name="waveforms",
            value="no hydrophone",
            expected="a channel whose code ends in DH, such as EDH",
        )
    kept, slow = _fast_enough([p for p, _ in chosen.values()])
    notes.extend(slow)
    phones = tuple(kept)
    places = [chosen[p.name][1] for p in phones]
    offsets = np.zeros((len(phones), 2))
    if station is not None and all(at is not None for at in places):
        at = np.array(places, dtype=np.float64)
        offsets = np.asarray(offsets_km(at[:, 0], at[:, 1], station.latitude, station.longitude))
    else:
        notes.append("places of the hydrophones unknown: no direction")
    if len(phones) < 3:
        notes.append(f"{_number(len(phones))} recorded{_missing(phones, station)}: no direction")
    code = station.code if station else phones[0].channel.station
    rates = {p.name: _rate_hz(p) for p in phones}
    notes.extend([*told_of_rates(code, rates), *_told_of_octaves(min(rates.values()))])
    return Triplet(
        code,
        station.network if station else phones[0].channel.network,
        phones,
        offsets,
        min(rates.values()),
        tuple(notes),
    )


def is_hydrophone(channel: ChannelId, metadata: Channel | None) -> bool:
    """Tell whether a channel is of a hydrophone: by its code, else by its response."""
    if channel.channel.upper().endswith(HYDROPHONE_CODE):
        return True
    response = metadata.response if metadata else None
    return response is not None and response.input_unit in UNITS_PA and len(channel.channel) < 3


def _fast_enough(phones: Sequence[Hydrophone]) -> tuple[list[Hydrophone], list[str]]:
    """Return the hydrophones whose rate carries an explosion's sound, and what of the others.

    All where all are slow.
    """
    slow = [p for p in phones if _rate_hz(p) < LEAST_RATE_HZ * (1.0 - SAME_RATE)]
    if not slow or len(slow) == len(phones):
        return list(phones), []
    rates = ", ".join(f"{p.name} {_rate_hz(p):g} Hz" for p in slow)
    why = f"left out, since sampled too slowly for the sound of explosions: {rates}"
    return [p for p in phones if p not in slow], [why]


def _told_of_octaves(rate_hz: float) -> list[str]:
    """Return which octaves a rate does not carry; they tell H from N."""
    *_, top, _ = bands_at(rate_hz)
    if top.high_hz >= HYDRO_BANDS[BROAD - 1].high_hz:
        return []
    told = f"octaves above {top.high_hz:g} Hz are not heard at {rate_hz:g} samples/s"
    return [f"{told}: H may be missed or told as N"]


def _rate_hz(phone: Hydrophone) -> float:
    return min(s.rate_hz for s in phone.segments)


def _number(count: int) -> str:
    return "1 hydrophone" if count == 1 else f"{count} hydrophones"


def _missing(phones: Sequence[Hydrophone], station: Station | None) -> str:
    """Return which hydrophones of the station are not used, in brackets."""
    known = [s.code for s in station.sites] if station else []
    absent = [code for code in known if code not in {p.name for p in phones}]
    return f" (not {', '.join(absent)})" if absent else ""


def _length(phone: Hydrophone) -> float:
    return sum(s.duration_s for s in phone.segments)
