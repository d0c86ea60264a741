"""``vigie report`` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.products.conftest import make_event, make_waveforms

from vigie.cli.main import main
from vigie.formats import Contents, format_named
from vigie.formats.vigie_json import document_bytes, events_document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a bulletin and recordings of its first stations."""
    event = make_event()
    (tmp_path / "events.json").write_bytes(document_bytes(events_document((event,))))
    data = tmp_path / "data"
    data.mkdir()
    contents = Contents(waveforms=make_waveforms(event)[:3])
    for ending, content in format_named("mseed").write(contents).items():
        (data / f"a{ending}").write_bytes(content)
    return tmp_path


def test_reports_of_a_bulletin(folder: Path) -> None:
    out = folder / "out"
    arguments = ["report", str(folder / "events.json"), "--waveforms", str(folder / "data")]
    done = CliRunner().invoke(main, [*arguments, "-o", str(out), "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    (report,) = document["reports"]
    page = Path(report["path"]).read_text(encoding="utf-8")
    assert "Recordings of 3 stations" in page
    assert Path(document["index"]).is_file()
    assert document["failed"] == []


def test_unknown_events_are_refused(folder: Path) -> None:
    arguments = ["report", str(folder / "events.json"), "--event", "none", "-o", str(folder)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "has no event 'none'" in done.output


def test_a_file_without_events_is_refused(folder: Path) -> None:
    bulletin = folder / "empty.json"
    bulletin.write_bytes(document_bytes(events_document(())))
    done = CliRunner().invoke(main, ["report", str(bulletin), "-o", str(folder)])
    assert done.exit_code != 0
