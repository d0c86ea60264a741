"""Written results: what a format cannot hold is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.pipeline.write import write_named
from vigie.records import Bulletin, Detection

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_losses_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = Detection(id="1", station="ILAR", time_ns=0, elements=("IL01",), author="", analysis="")
    write_named(Bulletin(detections=(found,)), tmp_path / "x.csv", {})
    (record,) = caplog.records
    assert "x.csv: arrival_csv cannot hold all of it: detection: elements (1)" in record.message
    caplog.clear()
    write_named(Bulletin(detections=(found,)), tmp_path / "x.quakeml", {})
    assert caplog.records == []
