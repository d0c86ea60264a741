"""Times read and written."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import BadTimeError
from vigie.records.time import format_epoch, format_iso, parse_epoch, parse_iso, parse_time

times_ns = st.integers(-8_000_000_000 * 10**9, 9_000_000_000 * 10**9)


@given(times_ns)
def test_iso_gives_every_nanosecond_back(time_ns: int) -> None:
    assert parse_iso(format_iso(time_ns)) == time_ns


@given(times_ns)
def test_epoch_seconds_give_every_nanosecond_back(time_ns: int) -> None:
    assert parse_epoch(format_epoch(time_ns, digits=9)) == time_ns


@given(st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)))
def test_iso_agrees_with_the_standard_library(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    whole = int(aware.timestamp() // 1) if moment.microsecond == 0 else None
    if whole is not None:
        assert parse_iso(aware.isoformat()) == whole * 10**9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-01-06T01:30:01.038Z", 1452043801038000000),
        ("2016/01/06 01:30:01.038", 1452043801038000000),
        ("2016-01-06T02:30:01.038+01:00", 1452043801038000000),
        ("2016-12-31T23:59:60Z", 1483228800000000000),  # leap second 27: the next minute
        ("1452043801.038", 1452043801038000000),
        ("1970-01-01", 0),
    ],
)
def test_the_ways_people_write_times(text: str, expected: int) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2016-13-01", "2016-01-06T25:00:00Z", "nan", "inf", "1e30", "2016-02-30"],
)
def test_what_is_no_time_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(BadTimeError, match="epoch seconds"):
        parse_time(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(BadTimeError):
        assert isinstance(parse_time(text), int)
