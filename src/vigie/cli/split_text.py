"""Second measurements of samples beside the station's, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.cli.sample_options import reason_lines
from vigie.cli.sample_table import number, table_rows
from vigie.i18n import messages, sentence
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from vigie.i18n import Messages
    from vigie.pipeline.radionuclide.splits import Remeasured
    from vigie.radionuclide.laboratory import Comparison, Measured, SplitComparison
    from vigie.records import Reason, SampleAnalysis


def splits_of(splits: Iterable[Remeasured], stations: Collection[str]) -> list[Remeasured]:
    """Return those whose original or laboratory is among stations; all where none are named."""
    return [one for one in splits if not stations or _places(one) & set(stations)]


def _places(one: Remeasured) -> set[str]:
    places = {one.laboratory, one.analysis.station}
    return places if one.original is None else places | {one.original.station}


def split_item(one: Remeasured, wanted: Collection[str] = ()) -> dict[str, Any]:
    """Return the JSON item of a second measurement; ``wanted``: only these nuclides."""
    compared = one.comparison
    return {
        "laboratory": one.laboratory,
        "portion": _measurement(one.analysis),
        "original": None if one.original is None else _measurement(one.original),
        "simulated": one.analysis.simulated,
        "share": None if compared is None else _share(compared, one.share_source),
        "unit": None if compared is None else compared.unit,
        "nuclides": [_nuclide(c) for c in _compared(compared, wanted)],
        "left_out": [_told(reason) for reason in _left_out(compared, wanted)],
        "reason": None if one.reason is None else _told(one.reason),
    }


def _measurement(one: SampleAnalysis) -> dict[str, Any]:
    start_ns = one.acquisition_start_ns
    return {
        "sample_id": one.sample_id,
        "station": one.station,
        "detector": one.detector,
        "acquisition_start": None if start_ns is None else format_iso(start_ns),
    }


def _share(compared: SplitComparison, source: str) -> dict[str, Any]:
    split = compared.split
    return {"value": split.share, "sigma": split.share_sigma, "source": source}


def _nuclide(one: Comparison) -> dict[str, Any]:
    return {
        "nuclide": one.nuclide,
        "station": _value(one.station),
        "laboratory": _value(one.laboratory),
        "zeta": one.zeta,
        "e_n": one.e_n,
        "grade": one.grade.value,
        "combined": _value(one.combined),
        "weight_laboratory": one.weight_laboratory,
    }


def _value(one: Measured) -> dict[str, float]:
    return {"value": one.value, "sigma": one.sigma}


def _told(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": dict(reason.params), "text": sentence(reason)}


def _compared(compared: SplitComparison | None, wanted: Collection[str]) -> list[Comparison]:
    found = () if compared is None else compared.comparisons
    return [one for one in found if not wanted or one.nuclide in wanted]


def _left_out(compared: SplitComparison | None, wanted: Collection[str]) -> list[Reason]:
    found = () if compared is None else compared.left_out
    return [one for one in found if not wanted or dict(one.params).get("nuclide") in wanted]


def split_rows(
    splits: Sequence[Remeasured], language: str, wanted: Collection[str] = ()
) -> list[str]:
    """Return what is printed of second measurements; nothing where there are none."""
    words = messages(language)
    lines: list[str] = []
    for one in splits:
        lines += ["", _head(one, words)]
        if one.reason is not None:
            lines += reason_lines([one.reason], language)
        if one.comparison is not None:
            lines.append("  " + _share_text(one, one.comparison, words))
            lines += [f"  {row}" for row in _table(one.comparison, wanted, words)]
            left = _left_out(one.comparison, wanted)
            lines += ["  " + words("rn.text.not_compared")] if left else []
            lines += reason_lines(left, language, indent="    ")
    return lines


def _head(one: Remeasured, words: Messages) -> str:
    mark = f" ({words('rn.text.simulated')})" if one.analysis.simulated else ""
    sample = one.analysis.sample_id or "-"
    if one.original is None:
        told = words("rn.text.remeasured", sample=sample, laboratory=one.laboratory)
    else:
        station = one.original.detector or one.original.station
        told = words(
            "rn.text.remeasured_of",
            sample=sample,
            laboratory=one.laboratory,
            whole=one.original.sample_id,
            station=station,
        )
    return told + mark


def _share_text(one: Remeasured, compared: SplitComparison, words: Messages) -> str:
    """Return the share, and where it is from."""
    split = compared.split
    if one.share_source == "stated":
        return words("rn.text.share_stated", share=split.share, sigma=split.share_sigma)
    if one.share_source == "volumes":
        return words("rn.text.share_volumes", share=split.share, sigma=split.share_sigma)
    if split.share == 1.0:
        return words("rn.text.share_whole")
    return words("rn.text.share_equal", share=split.share, portions=round(1.0 / split.share))


def _table(compared: SplitComparison, wanted: Collection[str], words: Messages) -> list[str]:
    found = _compared(compared, wanted)
    if not found:
        return [words("rn.text.nothing_compared")]
    heads = [
        words("rn.label.nuclide"), words("rn.text.by_station", unit=compared.unit),
        words("rn.text.by_laboratory", unit=compared.unit), words("rn.label.zeta"),
        words("rn.label.grade"),
    ]  # fmt: skip
    rows = [
        [
            c.nuclide, _with_error(c.station), _with_error(c.laboratory), f"{c.zeta:+.2f}",
            words.term(f"grade.{c.grade.value}"),
        ]
        for c in found
    ]  # fmt: skip
    return table_rows(heads, rows, left=(0, 4))


def _with_error(one: Measured) -> str:
    return f"{one.value:.4g} +- {number(one.sigma)}"
