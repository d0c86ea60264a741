"""Write what the pipeline made: arrival lists and bulletins, in the formats that people use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vigie.errors import UnwritableError
from vigie.exchange.files import put_file, refuse_inputs
from vigie.formats import Contents, Remarking, all_formats, called_like, format_named
from vigie.formats.losses import losses_of
from vigie.formats.vigie_json import document_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from vigie.formats import Format
    from vigie.records import Bulletin

BULLETIN_FORMATS = ("isf", "quakeml")
"""In which ``vigie process`` writes its bulletin, beside JSON."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what the formats could not hold."""

    paths: tuple[Path, ...] = ()
    losses: tuple[tuple[Path, str, str], ...] = ()
    """Path, format and what of it is lost."""

    def __add__(self, other: Written) -> Written:
        return Written(self.paths + other.paths, self.losses + other.losses)


def write_named(
    bulletin: Bulletin,
    path: Path,
    document: Mapping[str, Any],
    *,
    inputs: Collection[Path | str] = (),
) -> Written:
    """Write a bulletin in the format that the file name tells; ``.json`` writes the document.

    Parameters
    ----------
    bulletin : Bulletin
    path : Path
    document : mapping
        The same as a JSON document.
    inputs : collection of Path or str
        Files that must not be written over.

    Raises
    ------
    UnwritableError
        No format writes bulletins under this name.
    OutputError
        The system does not let it be written, or it is an input.
    """
    if path.suffix.lower() == ".json":
        refuse_inputs([path], inputs)
        put_file(path, document_bytes(document))
        return Written((path,))
    return write_contents(Contents(bulletin=bulletin), path, inputs=inputs)


def check_name(path: Path) -> None:
    """Refuse, before any work, a file name that tells no format of bulletins.

    Raises
    ------
    UnwritableError
        No format writes bulletins under this name.
    """
    if path.suffix.lower() != ".json":
        _format_of(path)


def write_contents(
    contents: Contents,
    path: Path,
    *,
    format_name: str | None = None,
    inputs: Collection[Path | str] = (),
) -> Written:
    """Write contents in the format named, or in that which the file name tells.

    ``inputs`` are files that must not be written over.

    Raises
    ------
    UnwritableError
        No format writes bulletins under this name, or it cannot hold the contents at all.
    OutputError
        The system does not let it be written, or it is an input.
    """
    chosen = format_named(format_name) if format_name else _format_of(path)
    # Formats of several files (CSS3.0) name one in the other.
    named = replace(contents, header=(*contents.header, ("stem", path.stem)))
    files = chosen.write(named)
    remarks = chosen.remarks(named) if isinstance(chosen, Remarking) else ()
    losses = (*losses_of(chosen, named, files), *remarks)
    paths = put_files(files, path, inputs=inputs)
    return Written(tuple(paths), tuple((path, chosen.name, loss) for loss in losses))


def put_files(
    files: Mapping[str, bytes], target: Path, *, inputs: Collection[Path | str] = ()
) -> list[Path]:
    """Write the files of a format, given by name ending; return their paths.

    A single file gets the target's name as it is; of several, each its own ending. None is
    written where one of them is an input.
    """
    single = len(files) == 1
    named = {
        target if single or target.suffix.lower() == end else target.with_suffix(end): data
        for end, data in files.items()
    }
    refuse_inputs(named, inputs)
    for path, data in named.items():
        put_file(path, data)
    return list(named)


def write_bulletin(
    bulletin: Bulletin,
    folder: Path,
    document: Mapping[str, Any],
    *,
    inputs: Collection[Path | str] = (),
) -> Written:
    """Write a bulletin as JSON, ISF/IMS1.0 and QuakeML into a folder, over no input."""
    written = write_named(bulletin, folder / "events.json", document, inputs=inputs)
    for name in BULLETIN_FORMATS:
        path = folder / f"bulletin{format_named(name).suffixes[0]}"
        written += write_contents(
            Contents(bulletin=bulletin), path, format_name=name, inputs=inputs
        )
    return written


def _format_of(path: Path) -> Format:
    writers = [f for f in all_formats() if "bulletin" in f.writes]
    fits = called_like(path.name, writers)
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(f"{f.suffixes[0]} ({f.name})" for f in writers)
    raise UnwritableError(
        format=f"a file named {path.name}",
        what="a bulletin" if not fits else f"one format: {', '.join(f.name for f in fits)} do",
        remedy=f"Name it with one of these endings: {known}.",
    )
