"""Isotopic ratios with the sets that the data allow, and times of origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.radionuclide.blocks import (
    Cell,
    Code,
    Moment,
    Number,
    Part,
    Section,
    Sentences,
    Slot,
    Term,
    table,
)

if TYPE_CHECKING:
    from vigie.records.nuclide_result import IsotopeRatio, SampleAnalysis, ZeroTime


def ratio_section(analysis: SampleAnalysis) -> Section:
    """Return ratios and zero times; unbounded sets are named, never drawn as errors."""
    parts: list[Part] = []
    if analysis.ratios:
        columns = ("ratio", "value", "interval_low", "interval_high", "set", "at")
        parts.append(table("ratios", columns, (_ratio(r) for r in analysis.ratios)))
        parts.append(Sentences(told=tuple(x for r in analysis.ratios for x in r.remarks)))
    if analysis.zero_times:
        times = ("ratio", "scenario", "time", "earliest", "latest")
        parts.append(table("zero_times", times, (_zero(z) for z in analysis.zero_times)))
        parts.append(Sentences(told=tuple(x for z in analysis.zero_times for x in z.remarks)))
    held: tuple[Part, ...] = (*parts, Slot(name="ratios"))
    return Section(name="ratios", block="NuclideRatios", parts=held)


def _ratio(r: IsotopeRatio) -> tuple[Cell, ...]:
    return (
        Code(f"{r.numerator}/{r.denominator}"),
        Number(value=r.value, digits=3),
        Number(value=r.low, digits=3),
        Number(value=r.high, digits=3),
        Term(f"set.{r.kind.value}"),
        Moment(r.at_ns),
    )


def _zero(z: ZeroTime) -> tuple[Cell, ...]:
    return (
        Code(f"{z.numerator}/{z.denominator}"),
        Term(f"scenario.{z.scenario}"),
        Moment(z.time_ns),
        Moment(z.earliest_ns),
        Moment(z.latest_ns),
    )
