"""Rows of a record section: which stations, which recordings, and what is drawn of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.products.figures.phases import REGIONAL_TO_DEG, SOUND, phases_at, times_at
from vigie.records import Association, Detection
from vigie.records.time import add_seconds, seconds_between
from vigie.signal.filters import BandPass, filter_zero_phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vigie.earth.base import Predictor
    from vigie.records import Event, Inventory, Origin, Waveform

FloatArray = NDArray[np.float64]

HALF_HEIGHT = 0.36
"""Of a trace, in rows: it leaves room for the name of a phase above it."""


USUAL_BANDS = {"I": BandPass(0.5, 4.0), "H": BandPass(4.0, 60.0)}
"""Where the frequency of an arrival is not known: through the air, and through the sea."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionParams:
    """How a record section is drawn."""

    regional_band: BandPass = field(default_factory=lambda: BandPass(1.0, 6.0))
    teleseismic_band: BandPass = field(default_factory=lambda: BandPass(0.8, 3.0))
    """Bands in which P is usually seen best, below and beyond 20 degrees."""
    before_s: float = 15.0
    """Time shown before the first predicted or read arrival."""
    after_s: float = 30.0
    """Time shown after the last arrival that was read."""
    least_before_s: float = 2.0
    least_after_s: float = 5.0
    """Shown however soon an event is over: a local one is in seconds."""
    whole_signals: bool = False
    """Whether signals are shown from onset to end, with their errors of time."""
    max_length_s: float = 400.0
    """Later ends of signals are not shown; readings always are."""
    max_traces: int = 40
    """The nearest ones are drawn."""
    columns: int = 600
    """Samples are reduced to the extremes of so many columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """One station of the section."""

    station: str
    delta_deg: float
    readings: tuple[tuple[Detection, Association], ...]
    predicted_s: dict[str, float]
    """Phase to travel time."""
    zero_s: float
    """Travel time at which the row's axis is 0."""
    band: BandPass


Channels = dict[str, list["Waveform"]]
"""Segments by the name of their channel."""


def channels_of(
    waveforms: Iterable[Waveform], inventory: Inventory | None, components: tuple[str, ...]
) -> dict[str, Channels]:
    """Return the segments of each channel of each station, arrays under their own name.

    Parameters
    ----------
    waveforms : iterable of Waveform
    inventory : Inventory or None
        Tells which elements belong to an array.
    components : tuple of str
        Letters of the components that are drawn; empty for channels without a code.
    """
    stations = inventory.stations if inventory else ()
    array_of = {site.code: s.code for s in stations for site in s.sites}
    found: dict[str, Channels] = {}
    for w in waveforms:
        if w.channel.component in components:
            names = {w.channel.station, array_of.get(w.channel.station, w.channel.station)}
            for name in names:
                found.setdefault(name, {}).setdefault(str(w.channel), []).append(w)
    return found


def fullest(channels: Channels, span_ns: tuple[int, int]) -> list[Waveform]:
    """Return the segments of the channel that holds most of a span, or else most samples."""

    def held(segments: list[Waveform]) -> tuple[int, int]:
        inside = (min(w.end_ns, span_ns[1]) - max(w.start_ns, span_ns[0]) for w in segments)
        return sum(max(i, 0) for i in inside), sum(len(w.samples) for w in segments)

    return max(channels.values(), key=held)


def rows_of(
    event: Event, origin: Origin, predictor: Predictor | None, params: SectionParams
) -> list[Row]:
    """Return a row for each station that read waves through rock, the nearest first."""
    rows = []
    for station, found in _readings(event, sound=False).items():
        first = found[0][1]
        delta_deg = first.delta_deg or 0.0
        predicted: dict[str, float] = {}
        if predictor is not None:
            phases = phases_at(delta_deg, (a.phase for _, a in found))
            predicted = times_at(predictor, origin, first, phases)
        earliest = min(seconds_between(d.time_ns, origin.time_ns) for d, _ in found)
        zero_s = min(predicted.values(), default=earliest)
        near = delta_deg < REGIONAL_TO_DEG
        band = params.regional_band if near else params.teleseismic_band
        rows.append(Row(station, delta_deg, tuple(found), predicted, zero_s, band))
    return sorted(rows, key=lambda r: (r.delta_deg, r.station))


def sound_rows_of(event: Event, origin: Origin) -> list[Row]:
    """Return a row for each station that heard the event through air or sea, the nearest first."""
    rows = []
    for station, found in _readings(event, sound=True).items():
        earliest = min(seconds_between(d.time_ns, origin.time_ns) for d, _ in found)
        rows.append(
            Row(station, found[0][1].delta_deg or 0.0, tuple(found), {}, earliest, _band_of(found))
        )
    return sorted(rows, key=lambda r: (r.delta_deg, r.station))


def _band_of(found: Sequence[tuple[Detection, Association]]) -> BandPass:
    """Return two octaves about the frequency of the strongest arrival, or the usual band."""
    measured = [d for d, _ in found if d.freq_hz]
    if not measured:
        return USUAL_BANDS["I" if found[0][1].phase == "I" else "H"]
    freq_hz = max(measured, key=lambda d: d.snr or 0.0).freq_hz or 1.0
    return BandPass(0.5 * freq_hz, 2.0 * freq_hz)


def _readings(event: Event, *, sound: bool) -> dict[str, list[tuple[Detection, Association]]]:
    readings: dict[str, list[tuple[Detection, Association]]] = {}
    for detection, association in event.arrivals():
        if association.delta_deg is not None and (association.phase in SOUND) is sound:
            readings.setdefault(association.station, []).append((detection, association))
    return readings


def window_of(rows: Sequence[Row], origin: Origin, params: SectionParams) -> tuple[float, float]:
    """Return start and end of the common axis, s after each row's zero."""
    read = [
        (seconds_between(d.time_ns, origin.time_ns) - r.zero_s, d, a)
        for r in rows
        for d, a in r.readings
    ]
    signals = [signal_s(d, a.phase, at_s) for at_s, d, a in read if params.whole_signals]
    first, last = min([0.0, *(at for at, _, _ in read)]), max([0.0, *(at for at, _, _ in read)])
    # A local event is over in seconds: its S comes soon after its P.
    expected = [t - r.zero_s for r in rows for t in r.predicted_s.values()]
    span = max([last, *expected]) - first
    start = min([first, *(begin for begin, _ in signals)]) - min(
        params.before_s, max(params.least_before_s, 2.0 * span)
    )
    after = min(params.after_s, max(params.least_after_s, 4.0 * span))
    end = min(max([last, *(end for _, end in signals)]) + after, start + params.max_length_s)
    return start, max(end, last + after) if params.whole_signals else end


def signal_s(detection: Detection, phase: str, at_s: float) -> tuple[float, float]:
    """Return between which times a signal lies that was read at one, with the error of the time.

    An onset is read of all but T, whose time is that of its energy, at most its duration after its
    onset and before its end.
    """
    duration_s = detection.duration_s or 0.0
    sigma_s = detection.time_sigma_s or 0.0
    begin_s = at_s - duration_s if phase == "T" else at_s
    return min(begin_s, at_s - sigma_s), max(at_s + duration_s, at_s + sigma_s)


def trace_of(
    segments: Sequence[Waveform],
    row: Row,
    origin: Origin,
    window: tuple[float, float],
    params: SectionParams,
) -> tuple[FloatArray, FloatArray] | None:
    """Return times and filtered samples within half a row; gaps are NaN."""
    zero_ns = add_seconds(origin.time_ns, row.zero_s)
    band = row.band
    times: list[FloatArray] = []
    values: list[FloatArray] = []
    margin_s = 20.0
    for segment in sorted(segments, key=lambda w: w.start_ns):
        part = segment.slice(
            add_seconds(zero_ns, window[0] - margin_s), add_seconds(zero_ns, window[1] + margin_s)
        )
        if len(part.samples) < 30 or not band.fits(part.rate_hz):
            continue
        samples = np.asarray(part.samples, dtype=np.float64)
        filtered = filter_zero_phase(samples - samples.mean(), part.rate_hz, band)
        time_s = seconds_between(part.start_ns, zero_ns) + np.arange(len(samples)) / part.rate_hz
        inside = (time_s >= window[0]) & (time_s <= window[1])
        if inside.any():
            times += [time_s[inside], np.array([np.nan])]
            values += [filtered[inside], np.array([np.nan])]
    if not times:
        return None
    joined = np.concatenate(values)
    top = np.nanmax(np.abs(joined))
    if not (math.isfinite(top) and top > 0.0):
        return None
    return _reduced(np.concatenate(times), HALF_HEIGHT * joined / top, window, params.columns)


def _reduced(
    time_s: FloatArray, values: FloatArray, window: tuple[float, float], columns: int
) -> tuple[FloatArray, FloatArray]:
    """Keep the extremes of each column of the picture: the look stays, the size does not."""
    if len(values) <= 2 * columns:
        return time_s, values
    kept = [0]
    edges = np.searchsorted(time_s, np.linspace(*window, columns + 1))
    finite = np.where(np.isfinite(values), values, 0.0)
    for first, stop in pairwise(edges):
        if stop > first:
            low = first + int(np.argmin(finite[first:stop]))
            high = first + int(np.argmax(finite[first:stop]))
            kept += sorted((low, high))
    return time_s[kept], values[kept]
