"""Between records of sample analyses and items of their JSON document."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from vigie.formats.sample_json.document import (
    InputItem,
    NuclideItem,
    RatioItem,
    ReasonItem,
    SampleItem,
    ZeroTimeItem,
)
from vigie.i18n import sentence
from vigie.records import (
    Category,
    IsotopeRatio,
    NuclideResult,
    Reason,
    SampleAnalysis,
    ZeroTime,
    format_iso,
    parse_iso,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def sample_item(analysis: SampleAnalysis, file: str = "") -> SampleItem:
    """Return the item of an analysis."""
    category = analysis.category
    return SampleItem(
        file=file,
        collection_start=_text(analysis.collection_start_ns),
        collection_stop=_text(analysis.collection_stop_ns),
        acquisition_start=_text(analysis.acquisition_start_ns),
        category=None if category is None else category.level,
        category_rule="" if category is None else category.rule,
        rules_version="" if category is None else category.rules_version,
        category_nuclides=_names(category),
        reasons=_told(() if category is None else category.reasons),
        flags=list(analysis.flags),
        nuclides=[_nuclide_item(one) for one in analysis.nuclides],
        covariance=[list(row) for row in analysis.covariance],
        ratios=[_ratio_item(one) for one in analysis.ratios],
        zero_times=[_zero_time_item(one) for one in analysis.zero_times],
        peaks=list(analysis.peaks),
        remarks=_told(analysis.remarks),
        inputs=[InputItem(role=role, sha256=sha256) for role, sha256 in analysis.inputs],
        **_alike(analysis, _SAME_IN_SAMPLE),
    )


def _names(category: Category | None) -> list[str] | None:
    named = None if category is None else category.nuclides
    return None if named is None else list(named)


def sample_record(item: SampleItem) -> SampleAnalysis:
    """Return the analysis of an item.

    Raises
    ------
    ValueError
        A time cannot be read.
    """
    category = None
    if item.category is not None:
        category = Category(
            level=item.category,
            rule=item.category_rule,
            rules_version=item.rules_version,
            nuclides=None if item.category_nuclides is None else tuple(item.category_nuclides),
            reasons=_reasons(item.reasons),
        )
    return SampleAnalysis(
        collection_start_ns=_time_ns(item.collection_start),
        collection_stop_ns=_time_ns(item.collection_stop),
        acquisition_start_ns=_time_ns(item.acquisition_start),
        category=category,
        flags=tuple(item.flags),
        nuclides=tuple(_nuclide(one) for one in item.nuclides),
        covariance=tuple(tuple(row) for row in item.covariance),
        ratios=tuple(_ratio(one) for one in item.ratios),
        zero_times=tuple(_zero_time(one) for one in item.zero_times),
        peaks=tuple(item.peaks),
        remarks=_reasons(item.remarks),
        inputs=tuple((one.role, one.sha256) for one in item.inputs),
        **_alike(item, _SAME_IN_SAMPLE),
    )


_SAME_IN_SAMPLE = (
    "station",
    "detector",
    "sample_id",
    "technology",
    "air_volume_m3",
    "simulated",
    "version",
    "message_type",
    "full",
    "live_time_s",
    "air_volume_sigma_m3",
)
_OWN_WAY = {"remarks", "evidence", "at_ns", "time_ns", "earliest_ns", "latest_ns"}
_SAME_IN_NUCLIDE = tuple(f.name for f in fields(NuclideResult) if f.name not in _OWN_WAY)
_SAME_IN_RATIO = tuple(f.name for f in fields(IsotopeRatio) if f.name not in _OWN_WAY)
_SAME_IN_ZERO_TIME = tuple(f.name for f in fields(ZeroTime) if f.name not in _OWN_WAY)


def _nuclide_item(one: NuclideResult) -> NuclideItem:
    return NuclideItem(
        evidence=list(one.evidence), remarks=_told(one.remarks), **_alike(one, _SAME_IN_NUCLIDE)
    )


def _nuclide(item: NuclideItem) -> NuclideResult:
    return NuclideResult(
        evidence=tuple(item.evidence),
        remarks=_reasons(item.remarks),
        **_alike(item, _SAME_IN_NUCLIDE),
    )


def _ratio_item(one: IsotopeRatio) -> RatioItem:
    return RatioItem(at=_text(one.at_ns), remarks=_told(one.remarks), **_alike(one, _SAME_IN_RATIO))


def _ratio(item: RatioItem) -> IsotopeRatio:
    return IsotopeRatio(
        at_ns=_time_ns(item.at), remarks=_reasons(item.remarks), **_alike(item, _SAME_IN_RATIO)
    )


def _zero_time_item(one: ZeroTime) -> ZeroTimeItem:
    return ZeroTimeItem(
        time=_text(one.time_ns),
        earliest=_text(one.earliest_ns),
        latest=_text(one.latest_ns),
        remarks=_told(one.remarks),
        **_alike(one, _SAME_IN_ZERO_TIME),
    )


def _zero_time(item: ZeroTimeItem) -> ZeroTime:
    return ZeroTime(
        time_ns=_time_ns(item.time),
        earliest_ns=_time_ns(item.earliest),
        latest_ns=_time_ns(item.latest),
        remarks=_reasons(item.remarks),
        **_alike(item, _SAME_IN_ZERO_TIME),
    )


def _alike(source: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def _told(reasons: Sequence[Reason]) -> list[ReasonItem]:
    return [ReasonItem(code=r.code, params=dict(r.params), text=sentence(r)) for r in reasons]


def _reasons(items: Sequence[ReasonItem]) -> tuple[Reason, ...]:
    return tuple(Reason(one.code, tuple(one.params.items())) for one in items)


def _text(time_ns: int | None) -> str | None:
    return None if time_ns is None else format_iso(time_ns)


def _time_ns(text: str | None) -> int | None:
    return None if text is None else parse_iso(text)
