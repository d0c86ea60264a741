"""Times read and written."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import AmbiguousTimeError, BadTimeError, DateAloneError
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
        ("20160106T013001.038Z", 1452043801038000000),
        ("2016006T013001,038Z", 1452043801038000000),
        ("2016-006T02:30:01.038+01", 1452043801038000000),
        ("2016-W01-3T01:30:01.038z", 1452043801038000000),
        ("2016W013t013001.038", 1452043801038000000),
        ("2016-01-05T24:00:00Z", 1452038400000000000),
        ("20151231T24Z", 1451606400000000000),
        ("2016-01-06T01:30.5Z", 1452043830000000000),
        ("2016-01-06T01.5Z", 1452043800000000000),
        ("2016-366", 1483142400000000000),
    ],
)
def test_the_ways_people_write_times(text: str, expected: int) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "tomorrow", "2016-13-01", "2016-01-06T25:00:00Z", "nan", "inf", "1e30"),
        *("2016-02-30", "2016-01-06T24:00:01Z", "2016-01-06T24:00:00.1Z", "2016-01-06T01:60"),
        *("2015-366", "2016-000T00:00", "2015-W54-1", "2016-W01-8", "20160230T00", "2016-01"),
        *("2016-01-06T", "2016-01-06T013:00", "2016-01-06+01:00", "1400000250943"),
    ],
)
def test_what_is_no_time_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(BadTimeError, match="epoch seconds"):
        parse_time(text)


@given(st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)))
def test_every_form_of_a_time_is_one_time(moment: datetime) -> None:
    digits = f"{moment.microsecond:06d}"
    dates = ("%Y-%m-%d", "%Y%m%d", "%Y-%j", "%Y%j", "%G-W%V-%u", "%GW%V%u")
    clocks = (f"T%H:%M:%S.{digits}Z", f"T%H%M%S,{digits}", f" %H:%M:%S.{digits}+00:00")
    # A year before 1000 would lack digits; none is drawn.
    texts = [moment.strftime(date + clock) for date in dates for clock in clocks]
    assert {parse_time(text) for text in texts} == {parse_iso(moment.isoformat())}


@pytest.mark.parametrize(
    "text", ["2016-01-06", "2016/1/6", "2016-006", "2016-W01-3", "2016-01-06Z"]
)
def test_a_date_alone_is_told_where_an_instant_is_needed(text: str) -> None:
    assert parse_time(text) == 1452038400000000000
    with pytest.raises(DateAloneError, match="without a time of day"):
        parse_time(text, date_alone=False)


@pytest.mark.parametrize("text", ["20160106", " 2016006"])
def test_digits_that_are_date_or_epoch_are_refused(text: str) -> None:
    with pytest.raises(AmbiguousTimeError, match="may be a date or epoch seconds"):
        parse_time(text)
    assert parse_iso(text) == 1452038400000000000


@given(st.text(max_size=40) | st.text("0123456789-:TWZ+., ", max_size=24))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(BadTimeError):
        assert isinstance(parse_time(text), int)
