"""Lists of events as CSV: a column of one type of magnitude keeps its type."""

from __future__ import annotations

from vigie.formats import Source, format_named
from vigie.records import parse_iso


def test_columns_of_magnitudes_keep_their_types() -> None:
    text = (
        "time,latitude,longitude,mb,MS,mag,magtype\n"
        "2016-01-06T01:30:00Z,41.3,129.0,5.1,3.9,5.0,Mwc\n"
        "2016-09-09T00:30:01Z,41.3,129.0,5.3,,,\n"
    )
    contents = format_named("event_csv").read(Source("x.csv", text.encode()), strict=True)
    assert contents.bulletin is not None
    first, second = contents.bulletin.events
    assert [(m.type, m.value) for m in first.magnitudes] == [("Mwc", 5.0), ("mb", 5.1), ("Ms", 3.9)]
    assert [(m.type, m.value) for m in second.magnitudes] == [("mb", 5.3)]


def test_a_date_without_a_time_is_no_origin_time() -> None:
    text = "time,latitude,longitude\n2016-01-06,41.3,129.0\n20160909T003001Z,41.3,129.0\n"
    contents = format_named("event_csv").read(Source("x.csv", text.encode()))
    assert contents.bulletin is not None
    (event,) = contents.bulletin.events
    assert event.origin is not None
    assert event.origin.time_ns == parse_iso("2016-09-09T00:30:01Z")
    assert [issue.place for issue in contents.issues] == ["line 2"]
    assert "without a time of day" in contents.issues[0].text
