"""Written results: what a format cannot hold is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vigie.errors import OutputError, UnwritableError
from vigie.pipeline.write import check_name, put_files, write_named
from vigie.records import Bulletin, Detection

if TYPE_CHECKING:
    from pathlib import Path


def test_losses_are_said(tmp_path: Path) -> None:
    found = Detection(id="1", station="ILAR", time_ns=0, elements=("IL01",), author="", analysis="")
    path = tmp_path / "x.csv"
    written = write_named(Bulletin(detections=(found,)), path, {})
    assert written.paths == (path,)
    assert written.losses == ((path, "arrival_csv", "detection: elements (1)"),)
    assert not write_named(Bulletin(detections=(found,)), tmp_path / "x.quakeml", {}).losses


def test_a_name_without_a_format_is_refused_before_any_work(tmp_path: Path) -> None:
    check_name(tmp_path / "x.json")
    check_name(tmp_path / "x.isf")
    with pytest.raises(UnwritableError, match=r"\.isf \(isf\)"):
        check_name(tmp_path / "x.docx")


def test_of_several_tables_none_is_written_where_one_is_an_input(tmp_path: Path) -> None:
    arrival = tmp_path / "x.arrival"
    arrival.write_bytes(b"read")
    files = {".origin": b"1", ".arrival": b"2"}
    with pytest.raises(OutputError, match=r"x\.arrival cannot be written: it is an input"):
        put_files(files, tmp_path / "x.origin", inputs=[arrival])
    assert arrival.read_bytes() == b"read"
    assert list(tmp_path.iterdir()) == [arrival]
    assert put_files(files, tmp_path / "y.origin", inputs=[arrival]) == [
        tmp_path / "y.origin", tmp_path / "y.arrival",
    ]  # fmt: skip
