"""Arrivals at single elements of arrays: where ``vigie locate`` and ``associate`` place them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from vigie.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", ["locate", "associate"])
def test_an_arrival_at_an_element_says_what_else_its_code_may_mean(
    tmp_path: Path, command: str
) -> None:
    path = tmp_path / "arrivals.csv"
    path.write_text("station,time,phase\nAS01,2016-01-06T01:39:00Z,P\n")
    result = CliRunner().invoke(main, [command, str(path)])
    assert "AS01 is read as an element of ASAR. In the treaty's list AS01 is CFA" in result.output
    assert "no position" not in result.output
