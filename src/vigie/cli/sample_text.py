"""A sample as text on a terminal, in the words of a language; numbers have a point in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.cli.sample_options import head_line, reason_lines
from vigie.cli.sample_table import number, table_rows
from vigie.i18n import messages
from vigie.records import RatioKind, format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.i18n import Messages
    from vigie.records import (
        IsotopeRatio,
        NuclideResult,
        Peak,
        QualityFlag,
        Reason,
        SampleAnalysis,
        ZeroTime,
    )


def sample_text(analysis: SampleAnalysis, language: str, *, peaks: bool) -> str:
    """Return what is printed of a sample."""
    words = messages(language)
    lines = [head_line(analysis, language), *_category_rows(analysis, words)]
    found = [n for n in analysis.nuclides if n.detected]
    if found or not any(n.withheld for n in analysis.nuclides):
        # That nothing is said of any the remarks tell.
        lines += _nuclide_rows(found, words)
    lines += _limit_rows([n for n in analysis.nuclides if not n.detected], words)
    lines += _quality_rows(analysis, words)
    odd = [p for p in analysis.peaks if not p.explained]
    lines.append(words("rn.text.peaks", peaks=len(analysis.peaks), unexplained=len(odd)))
    lines += _peak_rows(analysis.peaks if peaks else odd, words)
    return "\n".join([*lines, *_remark_rows(analysis, found, words)])


def gas_text(analysis: SampleAnalysis, language: str) -> str:
    """Return what is printed of a noble gas sample."""
    words = messages(language)
    lines = [head_line(analysis, language), *_category_rows(analysis, words)]
    heads = [
        *_labels(words, "nuclide", "method"), _activity(words), *_labels(words, "concentration"),
        "95 %", "L_C", *_labels(words, "mdc", "unit"), words("rn.text.detected"),
    ]  # fmt: skip
    rows = [_gas_row(n, words) for n in analysis.nuclides]
    lines += table_rows(heads, rows, left=(0, 1, 7, 8))
    if analysis.ratios:
        lines.append(words("rn.text.ratios"))
        lines += [f"  {_ratio_text(r, words)}" for r in analysis.ratios]
    known = [z for z in analysis.zero_times if z.time_ns or z.earliest_ns or z.latest_ns]
    lines += [f"  {_zero_time_text(z, words)}" for z in known]
    lines += _quality_rows(analysis, words)
    found = [n for n in analysis.nuclides if n.detected]
    return "\n".join([*lines, *_remark_rows(analysis, found, words)])


def _gas_row(one: NuclideResult, words: Messages) -> list[str]:
    known = one.low is not None or one.high is not None
    return [
        one.nuclide,
        words.template(f"term.method.{one.method}") or one.method,
        _pair(one.activity_bq, one.activity_sigma_bq),
        _pair(one.concentration, one.uncertainty),
        _range(number(one.low), number(one.high), words) if known else "-",
        number(one.critical_level),
        number(one.mdc),
        words.term(one.unit),
        "-" if one.withheld else words("rn.text.yes" if one.detected else "rn.text.no"),
    ]


def _ratio_text(one: IsotopeRatio, words: Messages) -> str:
    low, high = number(one.low), number(one.high)
    told = {
        RatioKind.BOUNDED: _range(low, high, words),
        RatioKind.LOWER: words("rn.text.at_least", low=low),
        RatioKind.UPPER: words("rn.text.at_most", high=high),
        RatioKind.EXCLUSIVE: words("rn.text.outside", low=low, high=high),
        RatioKind.UNBOUNDED: words("rn.text.anything"),
    }[one.kind]
    best = "" if one.value is None else f"{one.value:.3g}, "
    return f"{one.numerator}/{one.denominator}: {best}{told}"


def _zero_time_text(one: ZeroTime, words: Messages) -> str:
    times = {"time": one.time_ns, "first": one.earliest_ns, "last": one.latest_ns}
    told = {k: "-" if v is None else format_iso(v)[:16] for k, v in times.items()}
    scenario = words.template(f"term.scenario.{one.scenario}") or one.scenario
    pair = f"{one.numerator}/{one.denominator}"
    return words("rn.text.zero_time", pair=pair, scenario=scenario, **told)


def _category_rows(analysis: SampleAnalysis, words: Messages) -> list[str]:
    category = analysis.category
    if category is None:
        return []
    head = words(
        "rn.text.category",
        level=category.level,
        rule=category.rule,
        version=category.rules_version,
    )
    return [head, *reason_lines(category.reasons, words.language)]


def _remark_rows(
    analysis: SampleAnalysis, found: Sequence[NuclideResult], words: Messages
) -> list[str]:
    """Return what is told of the sample, then of nuclides, the same of several in one line."""
    names: dict[Reason, dict[str, None]] = {}
    for one in found:
        for reason in one.remarks:
            if reason not in analysis.remarks:
                names.setdefault(reason, {})[one.nuclide] = None
    from vigie.pipeline.radionuclide.gather import READING

    # What was repaired while reading has been told already.
    told = [reason for reason in analysis.remarks if reason.code != READING]
    rows = reason_lines(told, words.language)
    for reason, who in names.items():
        (line,) = reason_lines([reason], words.language, indent="")
        of_all = len(who) == len({one.nuclide for one in found}) > 1
        rows.append(f"  {line}" if of_all else f"  {', '.join(who)}: {line}")
    return [words("rn.text.remarks"), *rows] if rows else []


def _quality_rows(analysis: SampleAnalysis, words: Messages) -> list[str]:
    if not analysis.flags:
        return []
    failed = [f for f in analysis.flags if f.passed is False]
    unchecked = [_flag_name(f, words) for f in analysis.flags if f.passed is None]
    passed = len(analysis.flags) - len(failed) - len(unchecked)
    lines = [words("rn.text.quality", passed=passed, checks=len(analysis.flags))]
    lines += [f"  {_flag_text(f, words)}" for f in failed]
    if unchecked:
        lines.append("  " + words("rn.text.not_checked", names=", ".join(unchecked)))
    return lines


def _flag_name(flag: QualityFlag, words: Messages) -> str:
    return words.template(f"term.flag.{flag.name}") or flag.name


def _flag_text(flag: QualityFlag, words: Messages) -> str:
    return words(
        "rn.text.flag",
        name=_flag_name(flag, words),
        value=f"{number(flag.value)} {words.term(flag.unit) if flag.unit else ''}".strip(),
        limit=_limit_text(flag, words),
    )


def _nuclide_rows(found: list[NuclideResult], words: Messages) -> list[str]:
    if not found:
        return [words("rn.none_found")]
    heads = [
        *_labels(words, "nuclide"), _activity(words), *_labels(words, "concentration"),
        "L_C", *_labels(words, "mdc", "unit"), words("rn.text.lines"),
    ]  # fmt: skip
    rows = [_nuclide_row(n, words) for n in found]
    if all(n.concentration is None for n in found):
        # Of what no air belongs to.
        heads, *rows = (row[:2] + row[3:] for row in (heads, *rows))
    return table_rows(heads, rows, left=(0, len(heads) - 2, len(heads) - 1))


def _nuclide_row(one: NuclideResult, words: Messages) -> list[str]:
    seen = sum(e.state == "seen" for e in one.evidence)
    told = words("rn.text.seen", seen=seen, lines=len(one.evidence))
    if one.supported_by:
        told = words("rn.text.supported", told=told, nuclide=one.supported_by)
    return [
        one.nuclide,
        _pair(one.activity_bq, one.activity_sigma_bq),
        _pair(one.concentration, one.uncertainty),
        number(one.critical_level),
        number(one.mdc),
        words.term(one.unit),
        told,
    ]


def _limit_rows(others: list[NuclideResult], words: Messages) -> list[str]:
    """Return the limits of what was not detected, several in a row."""
    known = [n for n in others if n.mdc is not None]
    if not known:
        return []
    cells = [f"{n.nuclide} {n.mdc:.3g}" for n in known if n.mdc is not None]
    rows = [", ".join(cells[i : i + 8]) for i in range(0, len(cells), 8)]
    head = words("rn.text.not_detected", unit=words.term(known[0].unit))
    return [head, *(f"  {row}" for row in rows)]


def _peak_rows(peaks: Sequence[Peak], words: Messages) -> list[str]:
    if not peaks:
        return []
    heads = ["keV", "+-", words("rn.text.area"), "+-", "L_C"]
    heads += [*_labels(words, "fwhm"), "z", *_labels(words, "explained_by")]
    return table_rows(heads, [_peak_row(p, words) for p in peaks], left=(7,), indent="  ")


def _peak_row(peak: Peak, words: Messages) -> list[str]:
    names = []
    for share in sorted(peak.shares, key=lambda s: -s.counts)[:4]:
        who = share.nuclide or words(f"rn.cause.{share.cause}", nuclide="").strip()
        names.append(f"{who} {100.0 * share.counts / peak.area:.0f} %")
    if peak.suggested:
        names.append(words("rn.perhaps", nuclides="/".join(peak.suggested)))
    return [
        f"{peak.energy_kev:.2f}",
        f"{peak.energy_sigma_kev:.2f}",
        f"{peak.area:.0f}",
        f"{peak.area_sigma:.0f}",
        f"{peak.critical_level:.0f}",
        f"{peak.fwhm_kev:.2f}",
        f"{peak.significance:.1f}",
        ", ".join(names) or "-",
    ]


def _labels(words: Messages, *names: str) -> list[str]:
    return [words(f"rn.label.{name}") for name in names]


def _activity(words: Messages) -> str:
    return f"{words('rn.label.activity')} ({words.term('Bq')})"


def _pair(value: float | None, sigma: float | None) -> str:
    return "-" if value is None else f"{value:.4g} +- {number(sigma)}"


def _range(low: str, high: str, words: Messages) -> str:
    """Return a range by its ends; ``-`` is an end that is open."""
    if "-" not in {low, high}:
        return words("rn.text.range", low=low, high=high)
    return words("rn.text.at_most", high=high) if low == "-" else words("rn.text.at_least", low=low)


def _limit_text(flag: QualityFlag, words: Messages) -> str:
    low, high = ("-" if end is None else f"{end:g}" for end in (flag.low, flag.high))
    if flag.low_included and flag.high_included:
        return _range(low, high, words)
    told = []
    if flag.low is not None:
        told.append(words("rn.text.at_least" if flag.low_included else "rn.text.above", low=low))
    if flag.high is not None:
        told.append(words("rn.text.at_most" if flag.high_included else "rn.text.below", high=high))
    return ", ".join(told)
