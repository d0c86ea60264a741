"""Pages of an earlier run in the same folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vigie.pipeline.manifest import MANIFEST, retire_pages

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(f"page {name}")


def test_only_pages_that_vigie_wrote_and_nobody_changed_are_removed(tmp_path: Path) -> None:
    write(tmp_path, "event_1.html", "event_2.html", "event_3.html", "notes.html")
    retire_pages(tmp_path, ["event_1.html", "event_2.html", "event_3.html"])
    (tmp_path / "event_2.html").write_text("with my remarks")
    write(tmp_path, "event_3.html")
    retired = retire_pages(tmp_path, ["event_3.html"])
    assert retired.removed == ("event_1.html",)
    assert retired.kept == ("event_2.html",)
    assert {p.name for p in tmp_path.glob("*.html")} == {
        "event_2.html",
        "event_3.html",
        "notes.html",
    }
    assert retire_pages(tmp_path, ["event_3.html"]).removed == ()


def test_a_part_of_the_events_removes_nothing(tmp_path: Path) -> None:
    write(tmp_path, "event_1.html", "event_2.html")
    retire_pages(tmp_path, ["event_1.html", "event_2.html"])
    retired = retire_pages(tmp_path, ["event_1.html"], all_of_them=False)
    assert retired.removed == retired.kept == ()
    assert (tmp_path / "event_2.html").exists()
    assert retire_pages(tmp_path, []).removed == ("event_2.html", "event_1.html")


def test_a_list_cannot_name_other_files(tmp_path: Path) -> None:
    import hashlib

    folder = tmp_path / "out"
    folder.mkdir()
    names = ["../precious.html", "data.mseed"]
    for name in names:
        (folder / name).write_bytes(b"x")
    digest = hashlib.sha256(b"x").hexdigest()
    listed = json.dumps({"pages": dict.fromkeys(names, digest)})
    for text in (listed, "[]", '{"pages": 3}', "junk", '{"pages": {"a.html": 3}}'):
        (folder / MANIFEST).write_text(text)
        assert retire_pages(folder, []).removed == ()
    assert all((folder / name).exists() for name in names)


def test_a_folder_without_pages_gets_no_list(tmp_path: Path) -> None:
    retire_pages(tmp_path, [])
    assert list(tmp_path.iterdir()) == []
