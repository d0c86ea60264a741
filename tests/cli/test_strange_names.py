"""Files whose names are no UTF-8: all forms of output hold them, none breaks."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import msgspec
import pytest

from vigie.formats import Contents, format_named
from vigie.testing import radionuclide_examples as rn

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", name="strange")
def file_with_a_strange_name(tmp_path_factory: pytest.TempPathFactory) -> Path:
    contents = Contents(pulse_heights=(rn.noble_gas_sample(),))
    (data,) = format_named("ims_radionuclide").write(contents).values()
    path = tmp_path_factory.mktemp("strange") / os.fsdecode(b"n\xffm.phd")
    try:
        path.write_bytes(data)
    except OSError:
        pytest.skip("this file system takes no such name")
    return path


def vigie(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "vigie", *words],
        capture_output=True,
        check=False,
        # A locale whose streams are strict.
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )


@pytest.mark.parametrize("kind", [".json", ".html", ".txt", ".xml", ".svg", ".png"])
def test_every_form_of_output_holds_a_name_that_is_no_utf8(
    strange: Path, kind: str, tmp_path: Path
) -> None:
    output = tmp_path / f"out{kind}"
    done = vigie("noblegas", strange, "-o", output)
    assert b"fault" not in done.stderr
    assert done.returncode == 0
    data = output.read_bytes()
    if kind == ".png":
        assert data.startswith(b"\x89PNG")
        return
    text = data.decode()
    # SAMPML names neither file nor command.
    assert ("\ufffd" in text) is (kind != ".xml")
    if kind == ".json":
        msgspec.json.decode(data)
    if kind in {".xml", ".svg"}:
        ET.fromstring(text)


def test_json_on_standard_output_is_utf8(strange: Path) -> None:
    done = vigie("noblegas", strange, "--json")
    assert done.returncode == 0
    assert "n\ufffdm.phd" in str(msgspec.json.decode(done.stdout))
