"""Tables of path corrections: right rows, wrong rows, no table at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import Hypocentre
from vigie.earth.path_table import PathRow, PathTable
from vigie.errors import MissingInputError
from vigie.exchange.path_corrections import read_path_corrections

if TYPE_CHECKING:
    from pathlib import Path

HERE = Hypocentre(0.0, 0.0, 0.0)


def test_rows_and_their_gaps(tmp_path: Path) -> None:
    path = tmp_path / "paths.csv"
    path.write_text("sta;phase;correction_s;model_sigma_s\nSPITS;Pn;-0.86;0.46\nMAW;PKPbc;;1.2\n")
    rows, issues = read_path_corrections(path)
    assert rows == [PathRow("SPITS", "Pn", -0.86, 0.46), PathRow("MAW", "PKPbc", 0.0, 1.2)]
    assert issues == ()


def test_a_bad_row_is_named_and_the_others_count(tmp_path: Path) -> None:
    path = tmp_path / "paths.csv"
    path.write_text(
        "station,phase,correction_s,model_sigma_s\nA,P,400,1\nB,P,0.1,-1\n,P,1,1\nC,S,0.5,\n"
    )
    rows, issues = read_path_corrections(path)
    assert [(r.station, r.time_s) for r in rows] == [("C", 0.5)]
    assert math.isnan(rows[0].sigma_s)
    assert [issue.place for issue in issues] == ["line 2", "line 3", "line 4"]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\x01binary"])
def test_what_is_no_table_is_refused_with_a_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "paths.csv"
    path.write_text(text)
    with pytest.raises(MissingInputError, match="station,phase,correction_s"):
        read_path_corrections(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("paths") / "paths.csv"
    path.write_bytes(b"station,phase,correction_s\n" + tail)
    rows, _ = read_path_corrections(path)
    assert all(math.isfinite(row.time_s) for row in rows)


def test_other_spellings_of_a_phase_find_their_row() -> None:
    table = PathTable([PathRow("ASAR", "PKPdf", 0.36, 0.57)])
    assert table("ASAR", "PKIKP", HERE) == (0.36, 0.57)
    assert table("WRA", "PKPdf", HERE) is None
    assert len(table) == 1
