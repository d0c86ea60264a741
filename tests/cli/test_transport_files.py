"""``vigie inspect`` and ``vigie convert`` on sensitivities and lists of samples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.exchange.files import read_file
from vigie.formats import Contents, format_named
from vigie.testing.examples import sensitivity

if TYPE_CHECKING:
    from pathlib import Path

OPEN = (
    '20.10 50.10 20190804 15 20190805 15 1.0E+15 120 3 3 0.50 0.50 "XYZ"\n'
    "20.00 50.00 0 1.0\n21.00 51.00 39 1.0\n"
)
"""A file that may have either order."""


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.output


@pytest.fixture
def path(tmp_path: Path) -> Path:
    contents = Contents(sensitivities=(sensitivity(),))
    (data,) = format_named("srm").write(contents).values()
    path = tmp_path / "one.srm"
    path.write_bytes(data)
    return path


def test_a_sensitivity_is_shown(path: Path) -> None:
    status, text = run("inspect", str(path))
    assert status == 0
    for part in (
        "sensitivity of USP70 at 47.6 -121.55",
        "collected 2019-08-04T15:00:00.000Z to 2019-08-05T15:00:00.000Z",
        "40 steps of 3 h back to 2019-07-31T15:00:00.000Z, 3 rows, with spread",
        "grid 0.5 x 0.5 deg, centres from -90 0, 361 x 720 cells, cyclic",
        "layer depth not stated",
        "for 1e+15 Bq: sum 2.50000125 Bq/m3, largest 2.5 at 47.5 238.5 in step 0",
        "notice: header: latitude first: so the mark of vigie says",
    ):
        assert part in text


def test_the_same_as_json(path: Path) -> None:
    status, text = run("inspect", "--json", str(path))
    assert status == 0
    (row,) = json.loads(text)["files"][0]["sensitivities"]
    assert (row["station"], row["steps"], row["rows"], row["spread"]) == ("USP70", 40, 3, True)
    assert row["largest"] == {"per_m3": 2.5e-15, "latitude": 47.5, "longitude": 238.5, "step": 0}
    assert row["grid"]["cyclic"] is True
    assert row["layer_depth_m"] is None


@pytest.mark.parametrize("name", ["two.nc", "two.srm", "two.srm.gz", "two.txt.gz"])
def test_a_sensitivity_is_converted(path: Path, name: str) -> None:
    target = path.with_name(name)
    status, text = run("convert", str(path), str(target))
    assert status == 0, text
    assert "cannot hold" not in text
    back = target.with_name("back.srm")
    assert run("convert", str(target), str(back))[0] == 0
    assert back.read_bytes() == path.read_bytes()
    assert read_file(target).sensitivities[0].same_as(read_file(path).sensitivities[0])


def test_an_option_says_what_a_file_leaves_open(tmp_path: Path) -> None:
    path = tmp_path / "open.srm"
    path.write_text(OPEN)
    status, text = run("inspect", str(path))
    assert status == 1
    assert "option order=lat_lon or order=lon_lat" in text
    status, text = run("inspect", str(path), "--option", "order=lat_lon")
    assert status == 0
    assert "largest 1 at 20 50 in step 0" in text
    status, text = run("convert", str(path), str(tmp_path / "x.nc"), "--option", "order=lon_lat")
    assert status == 0
    assert read_file(tmp_path / "x.nc").sensitivities[0].receptor_latitude == 50.1
    status, text = run("convert", str(tmp_path / "x.nc"), str(tmp_path / "y.srm"))
    assert status == 0
    assert "tell other readers (latitude first)" in text
    # Here it needs no option.
    assert run("inspect", str(tmp_path / "y.srm"))[0] == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["order"], 2), (["order=lat_lon", "order=lat_lon"], 2), (["x=1"], 1)],
)
def test_odd_options_are_refused(path: Path, words: list[str], expected: int) -> None:
    options = [part for word in words for part in ("--option", word)]
    status, text = run("inspect", str(path), *options)
    assert status == expected
    assert words[0].split("=")[0] in text
