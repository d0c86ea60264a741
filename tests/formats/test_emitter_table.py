"""Tables of emitters and reactors: what is read, what is left out and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.formats import Source
from vigie.formats.emitter_table import read_emitters, read_reactors
from vigie.records import parse_iso

REACTORS = Path(__file__).parents[3] / "shared/data/transport/sites/nuclear_power_plants.csv"
HEAD = "name;lat;lon;isotope;Bq_per_day;gsd;from;to;source\n"


def table(text: str) -> Source:
    return Source("emitters.csv", text.encode())


def test_a_table_of_a_spreadsheet_is_read() -> None:
    rows, issues = read_emitters(
        table(HEAD + "Alpha;47,2;20.1;xe133;2e11;3;2015-01-01;;report 2016\nBeta;1;2;Xe-133;;;;;\n")
    )
    alpha, beta = rows
    assert (alpha.nuclide, alpha.latitude, alpha.median_bq_per_day) == ("Xe-133", 47.2, 2e11)
    assert (alpha.spread, alpha.from_ns, alpha.to_ns) == (3.0, parse_iso("2015-01-01"), None)
    assert alpha.source == "report 2016"
    assert (beta.median_bq_per_day, beta.spread, beta.holds_days) == (None, 1.0, 1.0)
    assert [issue.severity for issue in issues] == ["notice"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("A;95;0;Xe-133;1;1;;;", "latitude within 90"),
        ("A;5;x;Xe-133;1;1;;;", "a number"),
        (";5;0;Xe-133;1;1;;;", "a name"),
        ("A;5;0;Qq-3;1;1;;;", "half-life"),
        ("A;5;0;Xe-133;-1;1;;;", "above 0"),
        ("A;5;0;Xe-133;1;0.2;;;", "at least 1"),
        ("A;5;0;Xe-133;1;1;2015-02-30;;", "from"),
        ("A;5;0;Xe-133;1;1;2016-01-01;2015-01-01;", "after from_ns"),
    ],
)
def test_a_row_that_makes_no_sense_is_left_out_with_its_line(row: str, word: str) -> None:
    rows, issues = read_emitters(table(HEAD + row + "\nB;5;0;Xe-133;1;1;;;\n"))
    assert [one.name for one in rows] == ["B"]
    assert any(issue.place == "line 2" and word in issue.text for issue in issues)


def test_a_table_without_a_needed_column_says_which() -> None:
    rows, issues = read_emitters(table("name,lat,lon\nA,1,2\n"))
    assert rows == ()
    assert "missing: nuclide" in issues[0].text


def test_reactors_that_never_ran_or_have_no_place_are_not_there() -> None:
    rows, issues = read_reactors(
        table(
            "Name,Latitude,Longitude,Status,OperationalFrom,OperationalTo\n"
            "A,1,2,Operational,1990-01-01,\nB,1,2,Planned,,\nC,,,Operational,,\n"
            "D,1,2,Shutdown,1970-01-01,1990-01-01\nE,1,2,Shutdown,1970-01-01,\n"
        )
    )
    assert [(one.name, one.to_ns) for one in rows] == [("A", None), ("D", parse_iso("1990-01-01"))]
    assert [issue.place for issue in issues] == ["line 4"]


@pytest.mark.data
def test_the_list_of_geonucleardata_is_read_whole() -> None:
    if not REACTORS.exists():
        pytest.skip("shared data are absent")
    rows, issues = read_reactors(Source(str(REACTORS), REACTORS.read_bytes()))
    assert 600 < len(rows) < 660
    assert not [issue for issue in issues if issue.severity == "warning"]


@given(junk=st.binary(max_size=1024))
def test_no_bytes_break_a_reader(junk: bytes) -> None:
    for read in (read_emitters, read_reactors):
        read(Source("junk.csv", junk))
        read(Source("junk.csv", HEAD.encode() + junk))
