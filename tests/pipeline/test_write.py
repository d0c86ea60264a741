"""Written results: what a format cannot hold is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vigie.errors import UnwritableError
from vigie.pipeline.write import check_name, write_named
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
