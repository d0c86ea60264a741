"""The bulletin of an event: levels of both technologies, each nuclide once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.radionuclide.support_samples import full_sample, result, sample

from vigie.products.radionuclide import RadionuclideEvent, event_document, json_product
from vigie.records import Category, SampleAnalysis


def _gas() -> SampleAnalysis:
    methods = [
        replace(result(name, 0.4, unit="mBq/m3", detected=seen), method=method)
        for name, method, seen in (
            ("Xe-133", "likelihood", True),
            ("Xe-135", "likelihood", False),
            ("Xe-133", "matrix", True),
            ("Xe-133", "net_counts", True),
            ("Xe-135", "matrix", True),
        )
    ]
    made = sample(*methods, technology="noble_gas")
    return replace(made, category=Category(level="A", rule="noble_gas.A", rules_version="1"))


def _sections(*samples: SampleAnalysis) -> dict[str, Any]:
    event = RadionuclideEvent(event_id="E1", revision=1, samples=samples)
    found = json.loads(json_product(event_document(event)))
    return {section["section"]: section for section in found["sections"]}


def _filter(level: str) -> SampleAnalysis:
    one = full_sample()
    assert one.category is not None
    return replace(one, category=replace(one.category, level=level))


def test_the_highest_level_is_told_of_each_technology() -> None:
    sections = _sections(_gas(), _filter("4"), _filter("5"), _filter("1"))
    assert sections["event"]["values"]["highest_level"] == "5, A"
    only = _sections(replace(_gas(), category=None), _filter("2"))
    assert only["event"]["values"]["highest_level"] == "2"


def test_a_nuclide_stands_once_by_its_main_method() -> None:
    sections = _sections(_gas())
    (row,) = sections["samples"]["tables"]["samples"]
    assert row["nuclides_found"] == "Xe-133"
    rows = sections["event_nuclides"]["tables"]["event_nuclides"]
    assert [one["nuclide"] for one in rows] == ["Xe-133"]
