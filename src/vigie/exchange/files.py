"""Open files for the formats, which themselves open nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import MissingInputError
from vigie.formats import Contents, Source, read_source

if TYPE_CHECKING:
    from collections.abc import Callable


def source_of(path: Path | str, *, limit: int | None = None) -> Source:
    """Return a file as a source; companions come from its own folder and below.

    Parameters
    ----------
    path : Path or str
        The file.
    limit : int, optional
        Read only so many bytes, enough to recognise a format.

    Raises
    ------
    MissingInputError
        There is no such file.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read() if limit is None else file.read(limit)
    except FileNotFoundError:
        raise MissingInputError(path=str(path), what="the file", remedy="Check the path.") from None
    except IsADirectoryError:
        raise MissingInputError(
            path=str(path), what="a file (this is a folder)", remedy="Name a file in it."
        ) from None
    return Source(str(path), data, _companions(path.parent))


def _companions(folder: Path) -> Callable[[str], bytes | None]:
    root = folder.resolve()

    def companion(relative: str) -> bytes | None:
        # A file must not be able to point outside of its own folder.
        target = (root / relative).resolve()
        if not target.is_relative_to(root) or not target.is_file():
            return None
        return target.read_bytes()

    return companion


def read_file(
    path: Path | str, *, format_name: str | None = None, strict: bool = False
) -> Contents:
    """Read a file in its own format, or in the one named.

    Raises
    ------
    MissingInputError
        There is no such file.
    UnknownFormatError
        No format recognises it.
    BadRecordError
        Only with ``strict``: at the first thing that breaks the format.
    """
    return read_source(source_of(path), format_name=format_name, strict=strict)
