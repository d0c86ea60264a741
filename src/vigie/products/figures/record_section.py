"""Record section: the recordings in the order of distance, with what was predicted and read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.phases import REGIONAL_TO_DEG, distance_text
from vigie.products.figures.section_rows import (
    HALF_HEIGHT,
    Channels,
    Row,
    SectionParams,
    channels_of,
    fullest,
    rows_of,
    sound_rows_of,
    trace_of,
    window_of,
)
from vigie.records.time import add_seconds, seconds_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from vigie.earth.base import Predictor
    from vigie.records import Event, Inventory, Origin, Waveform

VERTICAL = ("Z", "3", "")
PRESSURE = ("F", "H", "D", "U", "")
"""Microbarometers (BDF) and hydrophones (EDH); D is taken for what old archives call it."""
IN_AIR = SectionParams(
    before_s=60.0, least_before_s=60.0, after_s=120.0, least_after_s=120.0, max_length_s=1800.0,
    whole_signals=True,
)  # fmt: skip
IN_SEA = replace(IN_AIR, before_s=20.0, least_before_s=20.0, after_s=30.0, least_after_s=30.0)
"""Sound through the sea alone: an explosion lasts seconds there, not minutes."""
_BEHIND = {
    "boxstyle": "square,pad=0.05",
    "facecolor": style.PAPER,
    "edgecolor": "none",
    "alpha": 0.75,
}
"""Paper behind names, so that they can be read upon the traces."""


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
    by_station = channels_of(waveforms, inventory, VERTICAL)
    rows = rows_of(event, origin, predictor, params)
    shown, figure = _section(rows, by_station, origin, params, predictor)
    if figure is None:
        return None
    alt = (
        f"Recordings of {_n_stations(shown)}, with predicted and read arrivals: the vertical "
        "component in the order of distance, each scaled to its own largest value, "
        f"{_bands([row.delta_deg for row in shown], params)}."
    )
    return Drawing("section", "Record section", alt, figure)


def sound_section(
    event: Event, waveforms: Iterable[Waveform], *, inventory: Inventory | None = None
) -> Drawing | None:
    """Draw what the stations that heard an event through air or sea recorded, one row each.

    Parameters
    ----------
    event : Event
        With associations.
    waveforms : iterable of Waveform
        Recordings, in any order; one element of each array is drawn.
    inventory : Inventory, optional
        Tells which elements belong to an array.

    Returns
    -------
    Drawing or None
        None where no station with an I, H or T has a recording of the event.
    """
    origin = event.origin
    if origin is None:
        return None
    rows = sound_rows_of(event, origin)
    waveforms = tuple(waveforms)
    by_station = channels_of(waveforms, inventory, PRESSURE)
    # A T station on an island has no hydrophone.
    on_islands = {r.station for r in rows if {a.phase for _, a in r.readings} == {"T"}}
    moved = channels_of(waveforms, inventory, VERTICAL)
    by_station = {s: c for s, c in moved.items() if s in on_islands} | by_station
    in_air = any(a.phase == "I" for row in rows for _, a in row.readings)
    shown, figure = _section(rows, by_station, origin, IN_AIR if in_air else IN_SEA)
    if figure is None:
        return None
    alt = (
        f"Recordings of {_n_stations(shown)} that heard the event through air or sea, with the "
        "arrivals that were read (a bar below from onset to end): one element of each in the "
        "order of distance, scaled to its own largest value, in two octaves about the frequency "
        "of its strongest arrival."
    )
    return Drawing("sound_section", "Recordings of sound", alt, figure)


def _section(
    rows: list[Row],
    by_station: dict[str, Channels],
    origin: Origin,
    params: SectionParams,
    predictor: Predictor | None = None,
) -> tuple[list[Row], Figure | None]:
    """Draw the nearest rows of which something was recorded; return them and the figure."""
    rows = [r for r in rows if r.station in by_station][: params.max_traces]
    window = window_of(rows, origin, params)
    traces = [
        trace_of(
            fullest(by_station[r.station], _span_ns(r, origin, window)), r, origin, window, params
        )
        for r in rows
    ]
    shown = [(r, t) for r, t in zip(rows, traces, strict=True) if t is not None]
    if not shown:
        return [], None
    with canvas(8.0, 1.1 + 0.36 * max(len(shown), 3)) as figure:
        ax = figure.subplots()
        for k, (row, (time_s, values)) in enumerate(shown):
            ax.plot(time_s, k + values, color=style.INK, linewidth=0.5, zorder=2)
            _mark_predicted(ax, k, row, window)
            _mark_read(ax, k, row, origin)
            if params.whole_signals:
                _mark_signals(ax, k, row, origin)
        drawn = [row for row, _ in shown]
        _decorate(ax, drawn, window, predictor)
    return drawn, figure


def _span_ns(row: Row, origin: Origin, window: tuple[float, float]) -> tuple[int, int]:
    """Return the time that a row shows."""
    zero_ns = add_seconds(origin.time_ns, row.zero_s)
    return add_seconds(zero_ns, window[0]), add_seconds(zero_ns, window[1])


def _n_stations(shown: list[Row]) -> str:
    first, last = (distance_text(shown[k].delta_deg) for k in (0, -1))
    return f"{len(shown)} station{'s' if len(shown) != 1 else ''} between {first} and {last}"


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


def _mark_predicted(ax: Axes, k: int, row: Row, window: tuple[float, float]) -> None:
    """Draw a short dotted line at each predicted phase, its name at the last of equals."""
    last = -math.inf
    for phase, time_s in sorted(row.predicted_s.items(), key=lambda item: item[1]):
        t = time_s - row.zero_s
        if not window[0] <= t <= window[1]:
            continue
        ax.plot([t, t], [k - 0.45, k + 0.45], color=style.BLUE, linewidth=1.0, ls=":", zorder=3)
        if t - last > 0.03 * (window[1] - window[0]):
            ax.annotate(
                phase, (t, k + HALF_HEIGHT), xytext=(2, 0), textcoords="offset points",
                fontsize=6.5, color=style.BLUE, va="bottom", bbox=_BEHIND, zorder=5,
            )  # fmt: skip
            last = t


def _mark_read(ax: Axes, k: int, row: Row, origin: Origin) -> None:
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


def _mark_signals(ax: Axes, k: int, row: Row, origin: Origin) -> None:
    """Draw how long each signal lasts, below its trace."""
    for detection, association in row.readings:
        # That of T is not known: its time is that of its energy.
        if not detection.duration_s or association.phase == "T":
            continue
        t = seconds_between(detection.time_ns, origin.time_ns) - row.zero_s
        ends = t, t + detection.duration_s
        ax.plot(ends, [k - 0.4, k - 0.4], color=style.VERMILION, lw=1.8, zorder=4)


def _decorate(
    ax: Axes, rows: Sequence[Row], window: tuple[float, float], predictor: Predictor | None
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
