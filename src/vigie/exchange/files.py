"""Open files for the formats, which themselves open nothing."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from vigie.errors import (
    MissingInputError,
    OutputError,
    UnknownFormatError,
    UnreadableInputError,
)
from vigie.formats import Contents, Source, detect_format, read_source
from vigie.formats.dispatch import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

WRITTEN_BESIDE = {".png", ".svg", ".html", ".xml"}
"""Figures and reports, which commands write into folders that they read as well."""


def source_of(
    path: Path | str, *, limit: int | None = None, companions: set[Path] | None = None
) -> Source:
    """Return a file as a source; companions come from its own folder and below.

    Parameters
    ----------
    path : Path or str
        The file.
    limit : int, optional
        Read only so many bytes, enough to recognise a format.
    companions : set of Path, optional
        Takes the absolute path of each companion file that is read.

    Raises
    ------
    MissingInputError
        There is no such file.
    UnreadableInputError
        It is a folder, or the system does not let it be read.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read() if limit is None else file.read(limit)
    except FileNotFoundError:
        raise MissingInputError(path=str(path), what="the file", remedy="Check the path.") from None
    except OSError as error:
        raise UnreadableInputError(path=str(path), **_why(error, "Name a file in it.")) from error
    return Source(str(path), data, _companions(path.parent, companions))


def why_no_file(path: Path) -> str | None:
    """Say why an entry of a folder cannot be opened as a file; None for files and folders.

    A pipe would keep the reader waiting for ever.
    """
    if path.is_file() or (path.is_dir() and not path.is_symlink()):
        return None
    if not path.exists():
        return "a link that leads nowhere"
    if path.is_dir():
        return "a link to a folder; not followed"
    return "a pipe, socket or device; not opened"


def put_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and make its folder where there is none.

    Raises
    ------
    OutputError
        The system does not let it be written; a file that was there stays as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise OutputError(
            path=str(path), **_why(error, "Name a file, or another folder.")
        ) from error


def _replace(path: Path, data: bytes) -> None:
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if target.exists() and not target.is_file():
        target.write_bytes(data)  # a folder says no; a pipe or device cannot be replaced
        return
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError
    beside = target.with_name(f".vigie-{uuid4().hex}.tmp")
    try:
        beside.write_bytes(data)
        if target.exists():
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def refuse_inputs(outputs: Iterable[Path], inputs: Iterable[Path | str]) -> None:
    """Refuse to write over a file that is read, under whatever name, through links as well.

    A folder among the inputs stands for all files in it and below, save figures and pages that
    an earlier run wrote there and that no reader knows.

    Raises
    ------
    OutputError
        An output is an input.
    """
    read = [Path(path) for path in inputs]
    for output in outputs:
        if any(_is_same(output, path) or _is_read_in(output, path) for path in read):
            raise OutputError(
                path=str(output),
                reason="it is an input, which would be lost",
                remedy="Name another file.",
            )


def _is_same(first: Path, second: Path) -> bool:
    try:
        return first.is_file() and first.samefile(second)
    except OSError:
        return False


def _is_read_in(output: Path, folder: Path) -> bool:
    """Tell whether an output is a file of a folder that is read, by its own or another name."""
    if not (output.is_file() and folder.is_dir()):
        return False
    inside = Path(os.path.realpath(output)).is_relative_to(os.path.realpath(folder))
    # A link in the folder, or other letters where a file system knows no case, name it as well.
    return (inside or _is_named_in(output, folder)) and not _is_written_beside(output)


def _is_named_in(file: Path, folder: Path) -> bool:
    try:
        return any(_is_same(file, one) for one in folder.rglob("*"))
    except OSError:
        return False


def _is_written_beside(path: Path) -> bool:
    """Tell whether a file is a figure or report of a command, which no reader knows."""
    if path.suffix.lower() not in WRITTEN_BESIDE:
        return False
    try:
        detect_format(source_of(path, limit=HEAD_BYTES))
    except UnknownFormatError:
        return True
    except OSError:
        return False
    return False


def make_folder(path: Path) -> None:
    """Make a folder for results, before the work whose results go there.

    Raises
    ------
    OutputError
        The system does not let it be made or written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(path=str(path), **_why(error, "Name another folder.")) from error
    if not os.access(path, os.W_OK):
        denied = PermissionError()
        raise OutputError(path=str(path), **_why(denied, "Name another folder."))


def _why(error: OSError, if_folder: str) -> dict[str, str]:
    """Return reason and remedy of what the system refuses."""
    if isinstance(error, IsADirectoryError):
        return {"reason": "it is a folder", "remedy": if_folder}
    if isinstance(error, FileExistsError | NotADirectoryError):
        return {"reason": "a part of the path is a file", "remedy": "Choose another path."}
    if isinstance(error, PermissionError):
        return {
            "reason": "permission is denied",
            "remedy": "Change its permissions, or run as its owner.",
        }
    return {"reason": error.strerror or str(error), "remedy": "Check the path and the disk."}


def _companions(folder: Path, taken: set[Path] | None) -> Callable[[str], bytes | None]:
    root = folder.resolve()

    def companion(relative: str) -> bytes | None:
        # A file must not be able to point outside of its own folder.
        target = Path(os.path.realpath(root / relative))
        if not target.is_relative_to(root) or not target.is_file():
            return None
        data = target.read_bytes()
        if taken is not None:
            taken.add(target)
        return data

    return companion


def read_file(
    path: Path | str,
    *,
    format_name: str | None = None,
    strict: bool = False,
    companions: set[Path] | None = None,
    options: Mapping[str, str] | None = None,
) -> Contents:
    """Read a file in its own format, or in the one named.

    ``companions`` takes the absolute path of each file beside it that was read for it.
    ``options`` say what files of some formats leave open.

    Raises
    ------
    MissingInputError, UnreadableInputError
        There is no such file, or it cannot be read.
    UnknownFormatError
        No format recognises it.
    WrongFormatError
        It is not in the format named.
    BadRecordError
        Only with ``strict``: at the first thing that breaks the format.
    """
    source = source_of(path, companions=companions)
    return read_source(source, format_name=format_name, strict=strict, options=options)
