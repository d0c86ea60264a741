"""Record section: the recordings in the order of distance, with what was predicted and read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.phases import REGIONAL_TO_DEG, distance_text, phases_at, times_at
from vigie.records import Association, Detection
from vigie.records.time import add_seconds, seconds_between
from vigie.signal.filters import BandPass, filter_zero_phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes

    from vigie.earth.base import Predictor
    from vigie.records import Event, Inventory, Origin, Waveform

FloatArray = NDArray[np.float64]

_HALF_HEIGHT = 0.36
"""Of a trace, in rows: it leaves room for the name of a phase above it."""
_BEHIND = {
    "boxstyle": "square,pad=0.05",
    "facecolor": style.PAPER,
    "edgecolor": "none",
    "alpha": 0.75,
}
"""Paper behind names, so that they can be read upon the traces."""


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
    max_length_s: float = 400.0
    max_traces: int = 40
    """The nearest ones are drawn."""
    columns: int = 600
    """Samples are reduced to the extremes of so many columns."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One station of the section."""

    station: str
    delta_deg: float
    readings: tuple[tuple[Detection, Association], ...]
    predicted_s: dict[str, float]
    """Phase to travel time."""
    zero_s: float
    """Travel time at which the row's axis is 0."""


def record_section(
    event: Event,
    waveforms: Iterable[Waveform],
    predictor: Predictor | None = None,
    *,
    inventory: Inventory | None = None,
    params: SectionParams | None = None,
) -> Drawing | None:
    """Draw the recordings of an event's stations, one row each, nearest at the bottom.

    Parameters
    ----------
    event : Event
        With associations.
    waveforms : iterable of Waveform
        Recordings, in any order; the vertical of each associated station is drawn.
    predictor : Predictor, optional
        Gives the predicted arrivals; without it only readings are marked.
    inventory : Inventory, optional
        Tells which elements belong to an array.
    params : SectionParams, optional
        Bands and times.

    Returns
    -------
    Drawing or None
        None where no associated station has a recording of the event.
    """
    params = params or SectionParams()
    origin = event.origin
    if origin is None:
        return None
    by_station = _verticals(waveforms, inventory)
    rows = [row for row in _rows(event, origin, predictor) if row.station in by_station]
    rows = rows[: params.max_traces]
    window = _window(rows, origin, params)
    traces = [_trace(by_station[r.station], r, origin, window, params) for r in rows]
    shown = [(r, t) for r, t in zip(rows, traces, strict=True) if t is not None]
    if not shown:
        return None
    with canvas(8.0, 1.1 + 0.36 * max(len(shown), 3)) as figure:
        ax = figure.subplots()
        for k, (row, (time_s, values)) in enumerate(shown):
            ax.plot(time_s, k + values, color=style.INK, linewidth=0.5, zorder=2)
            _mark_predicted(ax, k, row, window)
            _mark_read(ax, k, row, origin)
        _decorate(ax, [row for row, _ in shown], window, predictor)
    alt = (
        f"Recordings of {len(shown)} station{'s' if len(shown) != 1 else ''} between "
        f"{distance_text(shown[0][0].delta_deg)} and "
        f"{distance_text(shown[-1][0].delta_deg)}, with predicted and read arrivals: the vertical "
        "component in the order of distance, each scaled to its own largest value, "
        f"{_bands([row.delta_deg for row, _ in shown], params)}."
    )
    return Drawing("section", "Record section", alt, figure)


def _bands(distances_deg: Sequence[float], params: SectionParams) -> str:
    """Return the bands in which the traces are drawn, in words."""
    near = [d for d in distances_deg if d < REGIONAL_TO_DEG]
    parts = []
    for band, is_used in (
        (params.regional_band, bool(near)),
        (params.teleseismic_band, len(near) < len(distances_deg)),
    ):
        if is_used:
            parts.append(f"{band.low_hz:g}–{band.high_hz:g} Hz")
    if len(parts) == 2:
        return f"{parts[0]} to {REGIONAL_TO_DEG:.0f}° and {parts[1]} beyond"
    return parts[0]


def _verticals(
    waveforms: Iterable[Waveform], inventory: Inventory | None
) -> dict[str, list[Waveform]]:
    """Return the segments of one vertical channel of each station, arrays under their own name."""
    stations = inventory.stations if inventory else ()
    array_of = {site.code: s.code for s in stations for site in s.sites}
    found: dict[str, dict[str, list[Waveform]]] = {}
    for w in waveforms:
        if w.channel.component in ("Z", "3", ""):
            names = {w.channel.station, array_of.get(w.channel.station, w.channel.station)}
            for name in names:
                found.setdefault(name, {}).setdefault(str(w.channel), []).append(w)
    # Of several verticals (an array, two instruments) that with the most samples.
    return {
        station: max(channels.values(), key=lambda ws: sum(len(w.samples) for w in ws))
        for station, channels in found.items()
    }


def _rows(event: Event, origin: Origin, predictor: Predictor | None) -> list[_Row]:
    readings: dict[str, list[tuple[Detection, Association]]] = {}
    for detection, association in event.arrivals():
        if association.delta_deg is not None:
            readings.setdefault(association.station, []).append((detection, association))
    rows = []
    for station, found in readings.items():
        first = found[0][1]
        delta_deg = first.delta_deg or 0.0
        predicted: dict[str, float] = {}
        if predictor is not None:
            phases = phases_at(delta_deg, (a.phase for _, a in found))
            predicted = times_at(predictor, origin, first, phases)
        earliest = min(seconds_between(d.time_ns, origin.time_ns) for d, _ in found)
        zero_s = min(predicted.values(), default=earliest)
        rows.append(_Row(station, delta_deg, tuple(found), predicted, zero_s))
    return sorted(rows, key=lambda r: (r.delta_deg, r.station))


def _window(rows: Sequence[_Row], origin: Origin, params: SectionParams) -> tuple[float, float]:
    """Return start and end of the common axis, s after each row's zero."""
    read = [
        seconds_between(d.time_ns, origin.time_ns) - r.zero_s for r in rows for d, _ in r.readings
    ]
    # A local event is over in seconds: its S comes soon after its P.
    expected = [t - r.zero_s for r in rows for t in r.predicted_s.values()]
    span = max([0.0, *read, *expected]) - min([0.0, *read])
    start = min([0.0, *read]) - min(params.before_s, max(2.0, 2.0 * span))
    end = max([0.0, *read]) + min(params.after_s, max(5.0, 4.0 * span))
    return start, min(end, start + params.max_length_s)


def _trace(
    segments: Sequence[Waveform],
    row: _Row,
    origin: Origin,
    window: tuple[float, float],
    params: SectionParams,
) -> tuple[FloatArray, FloatArray] | None:
    """Return times and filtered samples within half a row; gaps are NaN."""
    zero_ns = add_seconds(origin.time_ns, row.zero_s)
    regional = row.delta_deg < REGIONAL_TO_DEG
    band = params.regional_band if regional else params.teleseismic_band
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
    return _reduced(np.concatenate(times), _HALF_HEIGHT * joined / top, window, params.columns)


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


def _mark_predicted(ax: Axes, k: int, row: _Row, window: tuple[float, float]) -> None:
    """Draw a short dotted line at each predicted phase, its name at the last of equals."""
    last = -math.inf
    for phase, time_s in sorted(row.predicted_s.items(), key=lambda item: item[1]):
        t = time_s - row.zero_s
        if not window[0] <= t <= window[1]:
            continue
        ax.plot([t, t], [k - 0.45, k + 0.45], color=style.BLUE, linewidth=1.0, ls=":", zorder=3)
        if t - last > 0.03 * (window[1] - window[0]):
            ax.annotate(
                phase, (t, k + _HALF_HEIGHT), xytext=(2, 0), textcoords="offset points",
                fontsize=6.5, color=style.BLUE, va="bottom", bbox=_BEHIND, zorder=5,
            )  # fmt: skip
            last = t


def _mark_read(ax: Axes, k: int, row: _Row, origin: Origin) -> None:
    """Draw readings as bars with their standard error; those that locate are solid."""
    for detection, association in row.readings:
        t = seconds_between(detection.time_ns, origin.time_ns) - row.zero_s
        sigma = detection.time_sigma_s or 0.0
        ax.fill_betweenx(
            [k - 0.4, k + 0.4], t - sigma, t + sigma, color=style.VERMILION, alpha=0.2, lw=0
        )
        dashes = "-" if association.time_defining else (0, (2, 1.5))
        ax.plot([t, t], [k - 0.4, k + 0.4], color=style.VERMILION, lw=1.3, ls=dashes, zorder=4)
        ax.annotate(
            association.phase, (t, k - 0.4), xytext=(-2, 0), textcoords="offset points",
            fontsize=6.5, color=style.VERMILION, ha="right", va="bottom", bbox=_BEHIND, zorder=5,
        )  # fmt: skip


def _decorate(
    ax: Axes, rows: Sequence[_Row], window: tuple[float, float], predictor: Predictor | None
) -> None:
    from matplotlib.lines import Line2D

    ax.set_xlim(*window)
    ax.set_ylim(-0.7, len(rows) - 0.25)
    ax.set_yticks(range(len(rows)), [f"{r.station}  {distance_text(r.delta_deg)}" for r in rows])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    zero = "first predicted arrival" if predictor is not None else "first reading"
    ax.set_xlabel(f"s after the {zero} at each station")
    used = {a.time_defining for r in rows for _, a in r.readings}
    looks = {True: ("-", "read, used"), False: ((0, (2, 1.5)), "read, not used")}
    handles = [
        Line2D([], [], color=style.VERMILION, lw=1.3, ls=dashes, label=label)
        for is_used, (dashes, label) in looks.items()
        if is_used in used
    ]
    if predictor is not None:
        name = f"predicted ({predictor.name})"
        handles.append(Line2D([], [], color=style.BLUE, lw=1.0, ls=":", label=name))
    ax.figure.legend(handles=handles, loc="outside upper right", ncols=3)
