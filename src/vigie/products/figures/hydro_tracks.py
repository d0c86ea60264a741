"""Back azimuth over time at a hydrophone station: detections, wave trains, late arrivals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from vigie.hydroacoustic.late import Track
    from vigie.records import Detection, LateArrival

COLOURS = {"H": style.VERMILION, "T": style.BLUE, "N": style.FAINT}
NAMES = {"H": "H, explosion", "T": "T phase", "N": "noise"}


LEAST_SPAN_DEG = 20.0
UNITS = (("seconds", 1.0, 600.0), ("minutes", 60.0, 7200.0), ("hours", 3600.0, float("inf")))
"""Of the time axis: name, seconds, longest span."""


class _Clock(NamedTuple):
    zero_ns: int
    per_ns: float

    def of(self, time_ns: int) -> float:
        """Return a time on the axis."""
        return (time_ns - self.zero_ns) * self.per_ns


def track_plot(
    detections: Sequence[Detection],
    tracks: Sequence[Track],
    late: Sequence[LateArrival],
    *,
    station: str,
) -> Drawing | None:
    """Draw back azimuth over time; None where nothing has a direction.

    Parameters
    ----------
    detections : sequence of Detection
    tracks : sequence of Track
        Their wave trains, as PMCC followed them.
    late : sequence of LateArrival
    station : str
    """
    known = [d for d in detections if d.azimuth_deg is not None]
    if not known:
        return None
    zero_ns = min(d.time_ns for d in known)
    length_s = 1e-9 * (max(d.time_ns for d in known) - zero_ns)
    unit, scale = next((u, s) for u, s, most in UNITS if length_s <= most)
    clock = _Clock(zero_ns, 1e-9 / scale)
    with canvas(8.4, 4.6) as figure:
        axes = figure.add_subplot()
        _pixels(axes, tracks, clock)
        for phase in COLOURS:
            _detections(axes, [d for d in known if d.phase == phase], phase, clock)
        _late(axes, late, clock)
        _frame(axes, zero_ns, unit, station)
    words = (
        f"Back azimuth over time at {station}: {len(known)} detections with a direction and "
        f"{len(late)} late arrivals from other directions."
    )
    return Drawing("tracks", f"{station}: back azimuth over time", words, figure)


def _pixels(axes: Axes, tracks: Sequence[Track], clock: _Clock) -> None:
    label = "coherent sound in wave trains (PMCC)"
    for track in tracks:
        at = clock.of(track.start_ns) + 1e9 * clock.per_ns * track.pixels.time_s
        axes.scatter(
            at, track.pixels.azimuth_deg, s=3.0, color=style.SKY, alpha=0.5, linewidths=0.0,
            label=label, rasterized=True,
        )  # fmt: skip
        label = "_"


def _detections(axes: Axes, found: Sequence[Detection], phase: str, clock: _Clock) -> None:
    if not found:
        return
    axes.errorbar(
        [clock.of(d.time_ns) for d in found],
        [d.azimuth_deg or 0.0 for d in found],
        yerr=[d.azimuth_deg_sigma or 0.0 for d in found],
        fmt="o",
        markersize=5.0,
        capsize=2.0,
        color=COLOURS[phase],
        label=NAMES[phase],
        zorder=4,
    )


def _late(axes: Axes, late: Sequence[LateArrival], clock: _Clock) -> None:
    for k, arrival in enumerate(late):
        span = [clock.of(t) for t in (arrival.time_ns, arrival.end_ns)]
        axes.plot(
            span, [arrival.azimuth_deg] * 2, color=style.GREEN, linewidth=5.0, alpha=0.8,
            solid_capstyle="butt", label="_" if k else "late arrival, other direction", zorder=3,
        )  # fmt: skip


def _frame(axes: Axes, zero_ns: int, unit: str, station: str) -> None:
    low, high = axes.get_ylim()
    if high - low < LEAST_SPAN_DEG:
        middle = 0.5 * (low + high)
        low, high = middle - 0.5 * LEAST_SPAN_DEG, middle + 0.5 * LEAST_SPAN_DEG
    axes.set_ylim(max(low, -5.0), min(high, 365.0))
    axes.set_xlabel(f"{unit} after {format_iso(zero_ns)[:19].replace('T', ' ')}")
    axes.set(ylabel="back azimuth, °", title=f"{station}: where sound in the water came from")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=4)
