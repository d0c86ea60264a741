"""Charts of an event's numbers: residuals, travel times, station magnitudes, Ms against mb."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.phases import LOCAL_TO_DEG, REGIONAL_TO_DEG, SOUND, curve, usual_phases
from vigie.records.time import seconds_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes

    from vigie.earth.base import Predictor
    from vigie.records import Association, Event, Magnitude, Origin, StationMagnitude

SPEEDS_KM_S = (
    ("I", 0.34), ("I", 0.30), ("I", 0.25), ("H", 1.48), ("T", 1.48), ("O", 1.48)
)  # fmt: skip
"""Of phases along the surface: infrasound below the tropopause, from the stratosphere and from the
thermosphere; the sound channel of the sea."""
_SIZE_IN = (6.4, 3.0)
_FEWEST_STATIONS = 3


class _Distance(NamedTuple):
    """The axis of distances: in km about a local network, in degrees else."""

    scale: float
    """Units of the axis per degree."""
    label: str


def _axis(distances_deg: Iterable[float | None]) -> _Distance:
    if max((d or 0.0 for d in distances_deg), default=0.0) < LOCAL_TO_DEG:
        return _Distance(KM_PER_DEG, "distance, km")
    return _Distance(1.0, "distance, degrees")


def residual_plot(event: Event) -> Drawing | None:
    """Draw time residuals against distance, with their errors; None where there are none."""
    found = [
        a for _, a in event.arrivals() if a.time_residual_s is not None and a.delta_deg is not None
    ]
    if not found:
        return None
    axis = _axis(a.delta_deg for a in found)
    with canvas(*_SIZE_IN) as figure:
        ax = figure.subplots()
        ax.axhline(0.0, color=style.FAINT, linewidth=0.8)
        for kind, colour, marker in (
            ("P", style.BLUE, "o"),
            ("S and Lg", style.ORANGE, "s"),
            ("air and sea", style.GREEN, "D"),
        ):
            for used in (True, False):
                chosen = [a for a in found if _kind(a) == kind and a.time_defining is used]
                label = f"{kind}, {'used' if used else 'not used'}"
                _errorbars(ax, chosen, (colour, marker, label), axis, used=used)
        ax.set_xlabel(axis.label)
        ax.set_ylabel("time residual, s")
        largest = max(abs(a.time_residual_s or 0.0) for a in found)
        reach = max(abs(a.time_residual_s or 0.0) + (a.time_error_s or 0.0) for a in found)
        limit = 1.1 * max(reach, 1.0)
        if not any(a.phase in SOUND for a in found):
            # One wild residual must not flatten all others, nor its error bar.
            limit = min(limit, 1.1 * max(1.5 * largest, 6.0), 33.0)
        ax.set_ylim(-limit, limit)
        ax.margins(x=0.04)
        ax.figure.legend(loc="outside upper right", ncols=4)
    beyond = sum(abs(a.time_residual_s or 0.0) > limit for a in found)
    used_values = [a.time_residual_s or 0.0 for a in found if a.time_defining]
    alt = (
        f"Time residuals of {len(found)} arrivals against distance; {len(used_values)} used"
        + (
            f", rms {math.sqrt(float(np.mean(np.square(used_values)))):.2f} s"
            if used_values
            else ""
        )
        + f"; the largest is {largest:.1f} s"
        + (f", {beyond} lie beyond the axis." if beyond else ".")
    )
    return Drawing("residuals", "Time residuals", alt, figure)


def _kind(association: Association) -> str:
    """Return what a phase ends as: sound, or P or S by its last leg's letter."""
    if association.phase in SOUND:
        return "air and sea"
    letters = [c for c in association.phase if c in "PSLR"]
    return "S and Lg" if letters and letters[-1] != "P" else "P"


def _errorbars(
    ax: Axes,
    chosen: Sequence[Association],
    look: tuple[str, str, str],
    axis: _Distance,
    *,
    used: bool,
) -> None:
    if not chosen:
        return
    colour, marker, label = look
    ax.errorbar(
        [axis.scale * (a.delta_deg or 0.0) for a in chosen],
        [a.time_residual_s or 0.0 for a in chosen],
        yerr=[a.time_error_s or 0.0 for a in chosen],
        linestyle="none",
        marker=marker,
        markersize=5,
        color=colour,
        markerfacecolor=colour if used else style.PAPER,
        elinewidth=0.7,
        label=label,
    )


def travel_time_plot(event: Event, predictor: Predictor) -> Drawing | None:
    """Draw read times against distance over the curves of the model; None without arrivals."""
    origin = event.origin
    arrivals = [(d, a) for d, a in event.arrivals() if a.delta_deg is not None]
    if origin is None or not arrivals:
        return None
    farthest = 1.08 * max(a.delta_deg or 0.0 for _, a in arrivals)
    unit_s, unit = (1.0, "s") if farthest < 8.0 else (60.0, "min")
    axis = _axis(a.delta_deg for _, a in arrivals)
    with canvas(6.4, 3.6) as figure:
        ax = figure.subplots()
        if any(a.phase not in SOUND for _, a in arrivals):
            _curves(ax, predictor, origin, (farthest, unit_s, axis.scale))
        phases = {a.phase for _, a in arrivals}
        for speed_km_s in sorted({v for p, v in SPEEDS_KM_S if p in phases}, reverse=True):
            _line(ax, speed_km_s, (farthest, unit_s, axis.scale))
        for used, face, label in (
            (True, style.VERMILION, "read, used"),
            (False, style.PAPER, "read, not used"),
        ):
            chosen = [(d, a) for d, a in arrivals if a.time_defining is used]
            if not chosen:
                continue
            ax.plot(
                [axis.scale * (a.delta_deg or 0.0) for _, a in chosen],
                [seconds_between(d.time_ns, origin.time_ns) / unit_s for d, _ in chosen],
                linestyle="none", marker="o", markersize=5, markerfacecolor=face,
                markeredgecolor=style.VERMILION, label=label, zorder=3,
            )  # fmt: skip
        ax.set_xlim(0.0, axis.scale * farthest)
        ax.set_ylim(bottom=0.0)
        ax.set_xlabel(axis.label)
        ax.set_ylabel(f"travel time, {unit}")
        ax.figure.legend(loc="outside upper right", ncols=2)
    alt = f"Travel times of {len(arrivals)} arrivals and curves of {predictor.name}."
    if phases & SOUND:
        alt = (
            f"Travel times of {len(arrivals)} arrivals, curves of {predictor.name} for those "
            "through rock, and lines of usual speeds of sound."
        )
    return Drawing("traveltime", "Travel times", alt, figure)


def _line(ax: Axes, speed_km_s: float, extent: tuple[float, float, float]) -> None:
    """Draw the travel time at one speed along the surface."""
    farthest, unit_s, scale = extent
    end_s = farthest * KM_PER_DEG / speed_km_s / unit_s
    ax.plot([0.0, scale * farthest], [0.0, end_s], color=style.GREEN, linewidth=0.9, ls="--")
    ax.annotate(
        f"{speed_km_s:g} km/s", (scale * farthest, end_s), xytext=(2, 0),
        textcoords="offset points", fontsize=7, color=style.GREEN, va="center",
        annotation_clip=False,
    )  # fmt: skip


def _curves(
    ax: Axes,
    predictor: Predictor,
    origin: Origin,
    extent: tuple[float, float, float],
) -> None:
    farthest, unit_s, scale = extent
    delta = np.linspace(farthest / 400.0, farthest, 400)
    phases = usual_phases(farthest)
    if farthest > REGIONAL_TO_DEG:
        phases = ("Pdiff", *(p for p in phases if p != "pP"))
    for phase in phases:
        times = curve(predictor, origin, phase, delta) / unit_s
        known = np.flatnonzero(np.isfinite(times))
        if len(known) < 2:
            continue
        ax.plot(scale * delta, times, color=style.BLUE, linewidth=0.9)
        # PcP ends where P does, so its name stands at its beginning.
        end = known[0] if phase == "PcP" else known[-1]
        ax.annotate(
            phase, (scale * delta[end], times[end]), xytext=(2, 6 if phase == "PcP" else 0),
            textcoords="offset points", fontsize=7, color=style.BLUE, va="center",
            annotation_clip=False,
        )  # fmt: skip


def magnitude_plot(event: Event, types: tuple[str, str] = ("mb", "mbmle")) -> Drawing | None:
    """Draw station magnitudes against distance with the network's; None where there are none."""
    # Values at the distances of one origin; of others only where it has none.
    of_all = event.preferred_magnitudes or event.magnitudes
    chosen = [m for m in of_all if m.type in types and m.stations]
    stations: dict[tuple[str, str], StationMagnitude] = {
        (s.station, s.bound): s
        for m in chosen
        for s in m.stations
        if s.defining and math.isfinite(s.value) and s.delta_deg is not None
    }
    # Of one or two stations the table says all.
    if len(stations) < _FEWEST_STATIONS:
        return None
    axis = _axis(s.delta_deg for s in stations.values())
    with canvas(*_SIZE_IN) as figure:
        ax = figure.subplots()
        for bound, marker, name in (
            ("", "o", "measured"),
            ("<", "v", "silent: below"),
            (">", "^", "clipped: above"),
        ):
            found = [s for s in stations.values() if s.bound == bound]
            if found:
                ax.plot(
                    [axis.scale * (s.delta_deg or 0.0) for s in found], [s.value for s in found],
                    linestyle="none", marker=marker, markersize=6, label=name,
                    color=style.BLUE, markerfacecolor=style.BLUE if not bound else style.PAPER,
                )  # fmt: skip
        for m in chosen:
            _network_line(ax, m)
        ax.set_xlabel(axis.label)
        ax.set_ylabel(f"{types[0]} of the station")
        ax.figure.legend(loc="outside upper right", ncols=5)
    parts = [f"{m.type} {m.bound}{m.value:.2f}" for m in chosen]
    alt = f"{types[0]} of {len(stations)} stations against distance; network {', '.join(parts)}"
    alt += ", shaded: one standard error." if any(m.sigma for m in chosen) else "."
    return Drawing(f"magnitude_{types[0]}", f"Station magnitudes, {types[0]}", alt, figure)


def _network_line(ax: Axes, magnitude: Magnitude) -> None:
    """Draw a network magnitude with its standard error; maximum likelihood is dashed."""
    name = f"{magnitude.type} {magnitude.bound}{magnitude.value:.2f}"
    dashes = "--" if magnitude.type.endswith("mle") else "-"
    ax.axhline(magnitude.value, color=style.VERMILION, ls=dashes, linewidth=1.1, label=name)
    if magnitude.sigma:
        low, high = magnitude.value - magnitude.sigma, magnitude.value + magnitude.sigma
        ax.axhspan(low, high, color=style.VERMILION, alpha=0.12, linewidth=0.0)


def ms_mb_plot(event: Event) -> Drawing | None:
    """Draw the event's Ms and mb against the screening line; None where either is missing."""
    result = next((s for s in event.screening if s.criterion == "ms_mb"), None)
    values = dict(result.params) if result else {}
    if result is None or not {"ms", "mb", "offset"} <= values.keys():
        return None
    mb, ms, offset = (float(values[key]) for key in ("mb", "ms", "offset"))
    sigma = float(values.get("sigma", 0.0))
    is_bound = result.code.startswith("ms_mb.bound")
    with canvas(4.6, 3.8) as figure:
        ax = figure.subplots()
        low, high = min(3.0, mb - 0.5, ms - 0.5), max(6.5, mb + 0.5, ms + 0.5)
        line = np.array([low, high])
        z = float(values.get("z", 1.96))
        ax.fill_between(line, line - offset + z * sigma, high, color=style.GREEN, alpha=0.13, lw=0)
        ax.plot(line, line - offset, color=style.INK, linewidth=1.0)
        label_at = 0.3 * low + 0.7 * high
        ax.annotate(
            f"Ms = mb − {offset:.2f}", (label_at, label_at - offset), xytext=(8, -10),
            textcoords="offset points", fontsize=8,
        )  # fmt: skip
        ax.text(
            low + 0.1, high - 0.1, "consistent with\nan earthquake (screened out)",
            va="top", fontsize=8, color=style.GREEN,
        )  # fmt: skip
        ax.errorbar(
            mb, ms, yerr=None if is_bound else sigma, marker="v" if is_bound else "o",
            markersize=8, color=style.VERMILION, linewidth=1.0, capsize=3,
        )  # fmt: skip
        ax.annotate("this event", (mb, ms), xytext=(9, -3), textcoords="offset points", fontsize=8)
        ax.set_xlim(low, high)
        ax.set_ylim(low, high)
        ax.set_aspect("equal")
        ax.set_xlabel("mb")
        ax.set_ylabel("Ms")
    kind = "upper bound of Ms" if is_bound else "Ms"
    alt = (
        f"{kind} {ms:.2f} against mb {mb:.2f}; the screening line there is at Ms {mb - offset:.2f}."
    )
    return Drawing("ms_mb", "Ms against mb", alt, figure)
