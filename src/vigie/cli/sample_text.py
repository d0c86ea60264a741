"""A sample as text on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.cli.sample_options import head_line, reason_lines
from vigie.records import RatioKind, format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import (
        IsotopeRatio,
        NuclideResult,
        Peak,
        QualityFlag,
        SampleAnalysis,
        ZeroTime,
    )


def sample_text(analysis: SampleAnalysis, language: str, *, peaks: bool) -> str:
    """Return what is printed of a sample."""
    lines = [head_line(analysis), *_category_rows(analysis, language)]
    lines += _nuclide_rows([n for n in analysis.nuclides if n.detected])
    lines += _limit_rows([n for n in analysis.nuclides if not n.detected])
    lines += _quality_rows(analysis)
    unexplained = [p for p in analysis.peaks if not p.explained]
    lines.append(f"{len(analysis.peaks)} peaks, {len(unexplained)} unexplained")
    lines += _peak_rows(analysis.peaks if peaks else unexplained)
    if analysis.remarks:
        lines += ["remarks:", *reason_lines(analysis.remarks, language)]
    return "\n".join(lines)


METHODS = {"likelihood": "likelihood", "matrix": "matrix", "net_counts": "net counts"}


def gas_text(analysis: SampleAnalysis, language: str) -> str:
    """Return what is printed of a noble gas sample."""
    lines = [head_line(analysis), *_category_rows(analysis, language)]
    lines.append(
        f"{'nuclide':<8} {'method':<10} {'activity Bq':>20} {'concentration':>19} {'95 %':>17} "
        f"{'L_C':>8} {'MDC':>8} {'unit':<7} detected"
    )
    lines += [_gas_row(n) for n in analysis.nuclides]
    if analysis.ratios:
        lines.append("ratios (95 %):")
        lines += [f"  {_ratio_text(r)}" for r in analysis.ratios]
    lines += [f"  {_zero_time_text(z)}" for z in analysis.zero_times if z.time_ns is not None]
    lines += _quality_rows(analysis)
    if analysis.remarks:
        lines += ["remarks:", *reason_lines(analysis.remarks, language)]
    return "\n".join(lines)


def _gas_row(one: NuclideResult) -> str:
    ends = "-" if one.low is None or one.high is None else f"{one.low:.3g} to {one.high:.3g}"
    return (
        f"{one.nuclide:<8} {METHODS.get(one.method, one.method):<10} "
        f"{_pair(one.activity_bq, one.activity_sigma_bq):>20} "
        f"{_pair(one.concentration, one.uncertainty):>19} {ends:>17} "
        f"{_n(one.critical_level):>8} {_n(one.mdc):>8} {one.unit:<7} "
        f"{'yes' if one.detected else 'no'}"
    )


def _ratio_text(one: IsotopeRatio) -> str:
    told = {
        RatioKind.BOUNDED: f"{_n(one.low)} to {_n(one.high)}",
        RatioKind.LOWER: f"at least {_n(one.low)}",
        RatioKind.UPPER: f"at most {_n(one.high)}",
        RatioKind.EXCLUSIVE: f"not {_n(one.low)} to {_n(one.high)}",
        RatioKind.UNBOUNDED: "anything",
    }[one.kind]
    best = "" if one.value is None else f"{one.value:.3g}, "
    return f"{one.numerator}/{one.denominator}: {best}{told}"


def _zero_time_text(one: ZeroTime) -> str:
    first = "-" if one.earliest_ns is None else format_iso(one.earliest_ns)[:16]
    last = "-" if one.latest_ns is None else format_iso(one.latest_ns)[:16]
    best = "-" if one.time_ns is None else format_iso(one.time_ns)[:16]
    pair = f"{one.numerator}/{one.denominator}"
    return f"zero time by {pair}, {one.scenario}: {best} ({first} to {last})"


def _category_rows(analysis: SampleAnalysis, language: str) -> list[str]:
    category = analysis.category
    if category is None:
        return []
    head = f"category {category.level} ({category.rule}, rules {category.rules_version})"
    return [head, *reason_lines(category.reasons, language)]


def _quality_rows(analysis: SampleAnalysis) -> list[str]:
    if not analysis.flags:
        return []
    failed = [f for f in analysis.flags if f.passed is False]
    unchecked = [f.name for f in analysis.flags if f.passed is None]
    passed = len(analysis.flags) - len(failed) - len(unchecked)
    lines = [f"quality: {passed} of {len(analysis.flags)} checks passed"]
    lines += [_flag_row(f) for f in failed]
    if unchecked:
        lines.append(f"  not checked: {', '.join(unchecked)}")
    return lines


def _flag_row(flag: QualityFlag) -> str:
    return f"  {flag.name}: {_n(flag.value)} {flag.unit} (limit {_limit(flag.low, flag.high)})"


def _nuclide_rows(found: list[NuclideResult]) -> list[str]:
    if not found:
        return ["no nuclide detected"]
    head = (
        f"{'nuclide':<9} {'activity Bq':>20} {'concentration':>20} {'L_C':>9} {'MDC':>9} "
        f"{'unit':<7} lines"
    )
    return [head, *(_nuclide_row(n) for n in found)]


def _nuclide_row(one: NuclideResult) -> str:
    seen = sum(e.state == "seen" for e in one.evidence)
    told = f"{seen} of {len(one.evidence)} seen"
    if one.supported_by:
        told += f", with {one.supported_by}"
    return (
        f"{one.nuclide:<9} {_pair(one.activity_bq, one.activity_sigma_bq):>20} "
        f"{_pair(one.concentration, one.uncertainty):>20} {_n(one.critical_level):>9} "
        f"{_n(one.mdc):>9} {one.unit:<7} {told}"
    )


def _limit_rows(others: list[NuclideResult]) -> list[str]:
    """Return the limits of what was not detected, several in a row."""
    known = [n for n in others if n.mdc is not None]
    if not known:
        return []
    cells = [f"{n.nuclide} {n.mdc:.3g}" for n in known if n.mdc is not None]
    rows = [", ".join(cells[i : i + 8]) for i in range(0, len(cells), 8)]
    return [f"not detected (MDC, {known[0].unit}):", *(f"  {row}" for row in rows)]


def _peak_rows(peaks: Sequence[Peak]) -> list[str]:
    if not peaks:
        return []
    head = (
        f"  {'keV':>9} {'+-':>5} {'area':>9} {'+-':>7} {'L_C':>7} {'FWHM':>5} {'z':>6}  "
        "explained by"
    )
    return [head, *(_peak_row(p) for p in peaks)]


def _peak_row(peak: Peak) -> str:
    shares = sorted(peak.shares, key=lambda s: -s.counts)
    names = [f"{s.nuclide or s.cause} {100.0 * s.counts / peak.area:.0f} %" for s in shares[:4]]
    return (
        f"  {peak.energy_kev:9.2f} {peak.energy_sigma_kev:5.2f} {peak.area:9.0f} "
        f"{peak.area_sigma:7.0f} {peak.critical_level:7.0f} {peak.fwhm_kev:5.2f} "
        f"{peak.significance:6.1f}  {', '.join(names) or '-'}"
    )


def _pair(value: float | None, sigma: float | None) -> str:
    return "-" if value is None else f"{value:.4g} +- {_n(sigma)}"


def _limit(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {_n(high)}"


def _n(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
