"""Lists of events as CSV: a column of one type of magnitude keeps its type."""

from __future__ import annotations

from vigie.formats import Source, format_named


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
