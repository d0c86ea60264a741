"""The JSON document of radionuclide samples."""

import json
from dataclasses import replace

import pytest
from builders.sample_document import PAGE, SCHEMA, described_schema, page
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source
from vigie.formats.sample_json import FORMAT, samples_document
from vigie.formats.vigie_json import FORMAT as EVENTS
from vigie.records import IsotopeRatio, RatioKind, Reason, SampleAnalysis
from vigie.testing.sample_examples import nuclide_result, sample_analysis

TIMES = st.none() | st.integers(0, 4_000_000_000_000_000_000)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def analyses(draw: st.DrawFn) -> SampleAnalysis:
    ratio = IsotopeRatio(
        numerator="Xe-135",
        denominator="Xe-133",
        value=draw(NUMBERS),
        kind=draw(st.sampled_from(RatioKind)),
        low=draw(NUMBERS),
        high=draw(NUMBERS),
        at_ns=draw(TIMES),
        remarks=(Reason.of("x", n=draw(st.integers(0, 9)), name=draw(st.text(max_size=5))),),
    )
    result = replace(
        nuclide_result(draw(st.text(max_size=8))),
        mdc=draw(NUMBERS),
        limits=None,
        evidence=(),
        detected=draw(st.booleans()),
    )
    return replace(
        sample_analysis(draw(st.text(max_size=15)), results=(result,)),
        ratios=(ratio,),
        category=draw(st.sampled_from([None, sample_analysis().category])),
        acquisition_start_ns=draw(TIMES),
    )


@given(st.lists(analyses(), min_size=1, max_size=3))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_what_is_written_is_read_again(found: list[SampleAnalysis]) -> None:
    written = FORMAT.write(Contents(samples=tuple(found)))[".samples.json"]
    again = FORMAT.read(Source("x.json", written), strict=True)
    assert again.samples == tuple(found)
    assert not again.issues


def test_the_document_has_the_keys_that_users_rely_on() -> None:
    document = samples_document([("a.phd", sample_analysis())], extra={"failed": []})
    (sample,) = document["samples"]
    assert sample["file"] == "a.phd"
    assert sample["category"] == "4"
    assert sample["reasons"][0]["text"]
    assert {"flags", "nuclides", "peaks", "remarks"} <= set(sample)
    assert {
        "nuclide", "activity_bq", "concentration", "unit", "uncertainty", "critical_level", "mdc",
        "detected", "evidence",
    } <= set(sample["nuclides"][0])  # fmt: skip
    assert document["failed"] == []


def test_a_bad_sample_harms_no_other() -> None:
    document = samples_document([("", sample_analysis("A")), ("", sample_analysis("B"))])
    document["samples"][0]["technology"] = "seismic"
    source = Source("x.json", json.dumps(document).encode())
    contents = FORMAT.read(source)
    assert [one.sample_id for one in contents.samples] == ["B"]
    assert contents.issues[0].place == "samples[0]"
    with pytest.raises(BadRecordError):
        FORMAT.read(source, strict=True)


def test_events_and_samples_do_not_claim_each_other() -> None:
    head = FORMAT.write(Contents(samples=(sample_analysis(),)))[".samples.json"][:4096]
    assert FORMAT.detect(head, "x.json")
    assert not EVENTS.detect(head, "x.json")
    assert not FORMAT.detect(b'{"vigie": {"document": "events"}}', "x.json")


def test_nothing_to_write_is_an_error() -> None:
    with pytest.raises(UnwritableError, match="vigie spectrum"):
        FORMAT.write(Contents())


def test_a_number_that_is_none_is_refused() -> None:
    bad = sample_analysis(results=(nuclide_result(concentration=float("nan")),))
    with pytest.raises(UnwritableError):
        FORMAT.write(Contents(samples=(bad,)))


def test_schema_and_page_are_those_of_the_document() -> None:
    described = described_schema()
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(described))
    assert PAGE.read_text() == page(described)
