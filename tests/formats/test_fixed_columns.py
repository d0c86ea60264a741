"""Fixed-column tables: reading by variant, writing back, and what does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats.base import IssueLog
from vigie.formats.fixed_columns import (
    Value,
    format_row,
    layout,
    new_row,
    read_row,
    read_table,
    text_lines,
    write_table,
)

WIDE = layout(
    "t", "wide", "id 1-9 d; name 11-16 a; size 18-25 f3 -999.0; when 27-43 t5; wide 45-60 f6"
)
NARROW = layout(
    "t", "narrow", "id 1-8 d; name 10-15 a; size 17-24 f3 -999.0; when 26-42 t5; wide 44-59 f6"
)
BOTH = (WIDE, NARROW)

text = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_é", min_size=1, max_size=3)
values = st.fixed_dictionaries(
    {
        "id": st.one_of(st.none(), st.integers(0, 10**8 - 1)),
        "name": st.one_of(st.none(), text),
        "size": st.one_of(st.none(), st.integers(-99_999, 999_999).map(lambda n: n / 1000)),
        "when": st.one_of(st.none(), st.integers(-(10**14), 4 * 10**14).map(lambda n: n * 10_000)),
        "wide": st.one_of(st.none(), st.floats(1e-30, 1e8).map(lambda x: float(f"{x:.8E}"))),
    }
)


@given(st.lists(st.tuples(st.sampled_from(BOTH), values), max_size=20))
def test_what_is_written_is_read_in_either_variant(
    rows: list[tuple[object, dict[str, Value]]],
) -> None:
    made = [new_row(one, row) for one, row in rows]  # type: ignore[arg-type]
    data = write_table(made)
    read = read_table(data, BOTH, IssueLog("x", strict=True))
    assert [row.layout.variant for row in read] == [row.layout.variant for row in made]
    assert [row.values for row in read] == [row.values for row in made]
    assert write_table(read) == data


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_issues(data: bytes) -> None:
    log = IssueLog("x", strict=False)
    rows = read_table(data, BOTH, log)
    lines = [line for line in text_lines(data) if line.strip() and not line.startswith("#")]
    assert len(rows) + len(log.issues) == len(lines)


GOOD = format_row(new_row(WIDE, {"id": 7, "name": "ILAR", "size": 1.5})).decode()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (GOOD.replace("7", "x"), "t.id"),
        (GOOD.replace("   1.500", "     NaN"), "t.size"),
        (GOOD.replace("   1.500", "********"), "t.size"),
        (GOOD[:9] + "x" + GOOD[10:], "t.name"),
        (GOOD + " x", "t.wide"),
        (GOOD[:20], "t.wide"),
        (GOOD.replace("ILAR  ", "ILAR\t "), "t.wide"),
    ],
)
def test_a_bad_line_is_named_with_number_and_column(line: str, field: str) -> None:
    log = IssueLog("x", strict=False)
    data = f"# comment\n\n{GOOD}\n{line}\n{GOOD}\n".encode()
    assert len(read_table(data, BOTH, log)) == 2
    (issue,) = log.issues
    assert issue.place == "line 4"
    assert dict(issue.params)["field"] == field
    with pytest.raises(BadRecordError, match="line 4"):
        read_table(data, BOTH, IssueLog("x", strict=True))


def test_trailing_blanks_and_line_ends_do_not_matter() -> None:
    one = read_row(GOOD, BOTH)
    for changed in (GOOD.rstrip(), GOOD + "   "):
        other = read_row(changed, BOTH)
        assert one is not None
        assert other is not None
        assert one.values == other.values
    assert text_lines(b"a\r\nb\rc\n") == ["a", "b", "c"]


def test_a_number_that_does_not_fit_loses_decimals_and_then_is_refused() -> None:
    assert format_row(new_row(WIDE, {"size": 123456.7891}))[17:25] == b"123456.8"
    with pytest.raises(UnwritableError, match="size"):
        format_row(new_row(WIDE, {"size": -123456789.0}))
    with pytest.raises(UnwritableError, match="name"):
        format_row(new_row(WIDE, {"name": "TOOLONG"}))
    with pytest.raises(UnwritableError, match="nan"):
        format_row(new_row(WIDE, {"size": float("nan")}))


def test_small_numbers_keep_their_digits_in_wide_columns() -> None:
    row = new_row(WIDE, {"wide": 9.5e-05})
    assert format_row(row)[44:60] == b"        0.000095"
    assert format_row(new_row(WIDE, {"wide": 4.0875e-06}))[44:60] == b"  4.08750000E-06"


def test_unknown_columns_are_refused() -> None:
    with pytest.raises(KeyError, match="no column"):
        new_row(WIDE, {"colour": "red"})
