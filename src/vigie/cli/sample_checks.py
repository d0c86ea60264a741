"""Check measurements of detectors, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.i18n import messages
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.i18n import Messages
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


def check_rows(checks: Sequence[DetectorChecks], language: str) -> list[str]:
    """Return what is printed of check measurements; nothing where there are none."""
    words = messages(language)
    lines: list[str] = []
    for one in checks:
        n = max((len(points) for points in one.series.values()), default=0)
        lines += ["", words("rn.text.checks", detector=one.detector, n=n)]
        known = {name: trend for name, trend in one.trends.items() if trend is not None}
        if n and not known:
            lines.append("  " + words("rn.text.too_few_checks"))
        lines += [f"  {row}" for row in _rows(known, words)]
        for time_ns, energy_kev in one.missing:
            date = format_iso(time_ns)[:10]
            told = words("rn.text.no_peak", energy_kev=f"{energy_kev:.1f}", date=date)
            lines.append(f"  {told}")
        lines += [f"  {name}: {reason}" for name, reason in one.failed]
    return lines


def _rows(known: dict[str, Trend], words: Messages) -> list[str]:
    if not known:
        return []
    off = {name: trend for name, trend in known.items() if trend.alarm_ns is not None}
    rows = [words("rn.text.in_control", good=len(known) - len(off), quantities=len(known))]
    for name, trend in off.items():
        told = [words("rn.text.out_of_control", quantity=name)]
        if trend.since_ns is not None:
            told.append(words("rn.text.since", date=format_iso(trend.since_ns)[:10]))
        if trend.shift is not None:
            shift, mean = f"{trend.shift:+.3g}", f"{trend.mean:.5g}"
            told.append(words("rn.text.off_by", shift=shift, mean=mean))
        if trend.drifting:
            told.append(words("rn.text.drifting"))
        rows.append(", ".join(told))
    return rows
