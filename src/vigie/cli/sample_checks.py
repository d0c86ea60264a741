"""Check measurements of detectors, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.radionuclide.checks import DetectorChecks
    from vigie.radionuclide.judge import Trend


def check_item(one: DetectorChecks) -> dict[str, Any]:
    """Return the JSON item of a detector's check measurements."""
    return {
        "detector": one.detector,
        "lines": [line.energy_kev for line in one.lines],
        "trends": [
            {"quantity": name, "points": len(one.series[name]), **_trend(trend)}
            for name, trend in one.trends.items()
        ],
        "missing": [
            {"time": format_iso(time_ns), "energy_kev": energy_kev}
            for time_ns, energy_kev in one.missing
        ],
        "failed": [{"measurement": name, "reason": reason} for name, reason in one.failed],
    }


def _trend(trend: Trend | None) -> dict[str, Any]:
    if trend is None:
        return {"mean": None}
    return {
        "mean": trend.mean,
        "sigma": trend.sigma,
        "alarm": _time(trend.alarm_ns),
        "since": _time(trend.since_ns),
        "shift": trend.shift,
        "slope_per_day": trend.slope_per_day,
        "outliers": [format_iso(time_ns) for time_ns in trend.outliers_ns],
    }


def _time(time_ns: int | None) -> str | None:
    return None if time_ns is None else format_iso(time_ns)


def check_rows(checks: Sequence[DetectorChecks]) -> list[str]:
    """Return what is printed of check measurements; nothing where there are none."""
    lines: list[str] = []
    for one in checks:
        n = max((len(points) for points in one.series.values()), default=0)
        lines += ["", f"{one.detector}: {n} check measurements"]
        known = {name: trend for name, trend in one.trends.items() if trend is not None}
        if n and not known:
            lines.append("  too few to know the state of control")
        lines += [f"  {row}" for row in _rows(known)]
        lines += [f"  no peak at {kev:.1f} keV on {format_iso(ns)[:10]}" for ns, kev in one.missing]
        lines += [f"  {name}: {reason}" for name, reason in one.failed]
    return lines


def _rows(known: dict[str, Trend]) -> list[str]:
    if not known:
        return []
    off = {name: trend for name, trend in known.items() if trend.alarm_ns is not None}
    rows = [f"{len(known) - len(off)} of {len(known)} quantities in control"]
    for name, trend in off.items():
        since = "" if trend.since_ns is None else f" since {format_iso(trend.since_ns)[:10]}"
        shift = "" if trend.shift is None else f": off by {trend.shift:+.3g} of {trend.mean:.5g}"
        drift = ", drifting" if trend.drifting else ""
        rows.append(f"{name} out of control{since}{shift}{drift}")
    return rows
