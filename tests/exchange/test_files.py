"""Writing of files: whole or not at all, and never over an input."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import OutputError
from vigie.exchange.files import put_file, refuse_inputs


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.csv"
    put_file(path, b"old")
    put_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        put_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put_file(tmp_path / "x.csv", b"new")
    assert list(tmp_path.iterdir()) == []


def test_the_rights_of_a_file_stay_and_new_ones_are_the_usual(tmp_path: Path) -> None:
    old, new, plain = (tmp_path / name for name in ("old.csv", "new.csv", "plain.csv"))
    old.write_bytes(b"")
    old.chmod(0o640)
    plain.write_bytes(b"")
    put_file(old, b"x")
    put_file(new, b"x")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == plain.stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    link = tmp_path / "link.csv"
    link.symlink_to("real.csv")
    put_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


def test_what_is_no_file_is_not_replaced_by_one() -> None:
    put_file(Path(os.devnull), b"x")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@given(name=st.text("abcXYZ._- é", min_size=1, max_size=30).filter(lambda n: set(n) != {"."}),
       data=st.binary(max_size=50))  # fmt: skip
def test_any_bytes_under_any_name(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    put_file(folder / name, data)
    assert [p.read_bytes() for p in folder.iterdir()] == [data]


def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    put_file(path, b"x")
    assert path.read_bytes() == b"x"


def test_an_input_is_refused_however_it_is_spelled(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"")
    (tmp_path / "sub").mkdir()
    (tmp_path / "soft.csv").symlink_to(path)
    (tmp_path / "hard.csv").hardlink_to(path)
    for name in ("x.csv", "sub/../x.csv", "soft.csv", "hard.csv"):
        with pytest.raises(OutputError, match="is an input"):
            refuse_inputs([tmp_path / name], [str(path)])
    refuse_inputs([tmp_path / "y.csv", tmp_path / "X.CSV.bak"], [path, tmp_path / "missing"])


def test_a_folder_that_is_read_covers_the_files_in_it(tmp_path: Path) -> None:
    folder, away = tmp_path / "hist", tmp_path / "away"
    (folder / "deep").mkdir(parents=True)
    away.mkdir()
    for path in (folder / "day1.json", folder / "deep" / "b.phd", away / "kept.json"):
        path.write_bytes(b"{}")
    (folder / "linked.json").symlink_to(away / "kept.json")
    (folder / "same.json").hardlink_to(away / "kept.json")
    (tmp_path / "alias").symlink_to(folder)
    names = ("hist/day1.json", "hist/deep/b.phd", "hist/deep/../day1.json", "alias/day1.json",
             "away/kept.json", "hist/linked.json")  # fmt: skip
    for name in names:
        for read in (folder, tmp_path / "alias", str(folder) + "/deep/.."):
            with pytest.raises(OutputError, match="is an input"):
                refuse_inputs([tmp_path / name], [read])
    (tmp_path / "histories").mkdir()
    (tmp_path / "histories" / "day1.json").write_bytes(b"{}")
    refuse_inputs([tmp_path / "histories" / "day1.json", folder / "day2.json"], [folder])


def test_names_that_the_file_system_holds_for_one_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file system without case: another name, the same file.
    (tmp_path / "hist").mkdir()
    kept, alias = tmp_path / "hist" / "day1.json", tmp_path / "HIST" / "DAY1.JSON"
    kept.write_bytes(b"{}")
    stat_of = os.stat

    def without_case(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:  # noqa: ANN401
        return stat_of(kept if str(path) == str(alias) else path, *args, **kwargs)

    monkeypatch.setattr(os, "stat", without_case)
    with pytest.raises(OutputError, match="is an input"):
        refuse_inputs([alias], [tmp_path / "hist"])


def test_a_page_or_figure_of_an_earlier_run_in_a_folder_is_no_input(tmp_path: Path) -> None:
    for name, data in (("a.html", b"<!doctype html>"), ("a.png", b"\x89PNG"), ("a.xml", b"<x/>")):
        (tmp_path / name).write_bytes(data)
        refuse_inputs([tmp_path / name], [tmp_path])
    (tmp_path / "b.xml").write_bytes(
        b'<?xml version="1.0"?><q:quakeml xmlns:q="http://quakeml.org/xmlns/quakeml/1.2" '
        b'xmlns="http://quakeml.org/xmlns/bed/1.2"></q:quakeml>'
    )
    with pytest.raises(OutputError, match="is an input"):
        refuse_inputs([tmp_path / "b.xml"], [tmp_path])
