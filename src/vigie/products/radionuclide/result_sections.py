"""Sections of results: concentrations, limits of what was not found, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.radionuclide.blocks import (
    Cell,
    Code,
    Number,
    Section,
    Sentences,
    Slot,
    Term,
    table,
)
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vigie.records.nuclide_result import NuclideResult, SampleAnalysis

ACTIVITY = "Bq"
MOST_NAMED = 12
_HALF_LIVES = ((365.2425 * 86_400.0, "a"), (86_400.0, "d"), (3600.0, "h"), (60.0, "min"))


def result_sections(analysis: SampleAnalysis) -> tuple[Section, Section, Section]:
    """Return the nuclides found, the limits of the others, and the covariance of noble gas."""
    found = [r for r in analysis.nuclides if r.detected]
    # Of what nothing is said the remarks tell; a limit it has not.
    other = [r for r in analysis.nuclides if not (r.detected or r.withheld)]
    silent = dict.fromkeys(r.nuclide for r in analysis.nuclides if r.withheld)
    return _found(found, _withheld(silent, of=analysis)), _limits(other), _covariance(analysis)


def _withheld(silent: Collection[str], of: SampleAnalysis) -> tuple[Reason, ...]:
    """Return that nothing is said of some; of a whole library without naming a hundred."""
    if len(silent) > MOST_NAMED and len(silent) == len({r.nuclide for r in of.nuclides}):
        return (Reason.of("rn.withheld_all", n=len(silent)),)
    return (Reason.of("rn.withheld", nuclides=", ".join(silent)),) if silent else ()


def _found(found: Sequence[NuclideResult], withheld: tuple[Reason, ...]) -> Section:
    if not found:
        # Where nothing is said of some, nothing is said of what was not found either.
        nothing = Sentences(told=withheld or (Reason.of("rn.none_found"),))
        parts = (nothing, Slot(name="results"))
        return Section(name="results", block="Activities", parts=parts)
    unit = found[0].unit
    is_activity = unit == ACTIVITY
    # What no air belongs to has one amount.
    beside = () if is_activity else (("activity", "mBq"), ("activity_sigma", "mBq"))
    columns = (
        "nuclide", "half_life", ("activity" if is_activity else "concentration", unit),
        ("sigma", unit), ("interval_low", unit), ("interval_high", unit), ("critical_level", unit),
        ("mdc", unit), *beside, "method",
    )  # fmt: skip
    # Messages of filters state no error of the air volume.
    note = "rn.note_interval_filter" if found[0].method == "peaks" else "rn.note_interval"
    of_each = [Sentences(told=r.remarks, about=r.nuclide) for r in found if r.remarks]
    return Section(
        name="results",
        block="Activities",
        parts=(
            table("results", columns, (_row(r, is_activity=is_activity) for r in found)),
            Sentences(told=(Reason.of(note), *withheld)),
            *of_each,
            Slot(name="results"),
        ),
    )


def _row(r: NuclideResult, *, is_activity: bool) -> tuple[Cell, ...]:
    activity_mbq = None if r.activity_bq is None else 1e3 * r.activity_bq
    error_mbq = None if r.activity_sigma_bq is None else 1e3 * r.activity_sigma_bq
    value, sigma = r.concentration, r.uncertainty
    beside: tuple[Cell, ...] = (
        Number(value=activity_mbq, sigma=error_mbq),
        Number(value=error_mbq, sigma=error_mbq),
    )
    if is_activity:
        value, sigma, beside = r.activity_bq, r.activity_sigma_bq, ()
    return (
        Code(r.nuclide),
        Code(half_life_text(r.half_life_s)),
        Number(value=value, sigma=sigma),
        Number(value=sigma, sigma=sigma),
        Number(value=r.low, sigma=sigma),
        Number(value=r.high, sigma=sigma),
        Number(value=r.critical_level, digits=3),
        Number(value=r.mdc, digits=3),
        *beside,
        Term(f"method.{r.method}"),
    )


def _limits(other: Sequence[NuclideResult]) -> Section:
    if not other:
        return Section(name="limits", block="MDA", parts=())
    unit = other[0].unit
    columns = (
        "nuclide", ("mdc", unit), ("critical_level", unit), ("upper_limit", unit),
        ("mdc_line", "keV"), "method",
    )  # fmt: skip
    rows = (
        (
            Code(r.nuclide),
            Number(value=r.mdc, digits=3),
            Number(value=r.critical_level, digits=3),
            Number(value=r.high, digits=3),
            Number(value=r.mdc_line_kev, decimals=2),
            Term(f"method.{r.method}"),
        )
        for r in other
    )
    parts = (table("limits", columns, rows), Sentences(told=(Reason.of("rn.note_mdc"),)))
    return Section(name="limits", block="MDA", parts=parts)


def _covariance(analysis: SampleAnalysis) -> Section:
    if not analysis.covariance:
        return Section(name="covariance", block="XeCovarianceMatrix", parts=())
    names = [r.nuclide for r in analysis.nuclides][: len(analysis.covariance)]
    columns = ("nuclide", *(f"={name}" for name in names))
    rows = [
        tuple[Cell, ...]((Code(name), *(Number(value=v, digits=3) for v in row)))
        for name, row in zip(names, analysis.covariance, strict=False)
    ]
    unit = Reason.of("rn.note_covariance", unit=analysis.nuclides[0].unit)
    parts = (table("covariance", columns, rows), Sentences(told=(unit,)))
    return Section(name="covariance", block="XeCovarianceMatrix", parts=parts)


def evidence_section(analysis: SampleAnalysis) -> Section:
    """Return the lines of each nuclide found: what was expected and what is there."""
    columns = (
        "nuclide", ("line", "keV"), "intensity", "expected_counts", "observed_counts",
        "observed_sigma", "state",
    )  # fmt: skip
    rows = tuple(
        (
            Code(r.nuclide),
            Number(value=line.energy_kev, decimals=2),
            Number(value=line.intensity),
            Number(value=line.expected_counts),
            Number(value=line.observed_counts, sigma=line.observed_sigma),
            Number(value=line.observed_sigma, sigma=line.observed_sigma),
            Term(f"line.{line.state.value}"),
        )
        for r in analysis.nuclides
        if r.detected
        for line in r.evidence
    )
    parts = (table("evidence", columns, rows),) if rows else ()
    return Section(name="evidence", block="NuclideLines", parts=parts)


def half_life_text(half_life_s: float | None) -> str:
    r"""Write a half-life in the unit that suits it; empty where it is not known.

    Examples
    --------
    >>> [half_life_text(t).replace("\u00a0", " ") for t in (9.4799e8, 693213.0, None)]
    ['30.04 a', '8.023 d', '']
    """
    if half_life_s is None:
        return ""
    for scale, unit in _HALF_LIVES:
        if half_life_s >= 2.0 * scale:
            return f"{half_life_s / scale:.4g}\u00a0{unit}"
    return f"{half_life_s:.4g}\u00a0s"
