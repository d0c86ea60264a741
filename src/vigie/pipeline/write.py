"""Write what the pipeline made: arrival lists and bulletins, in the formats that people use."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from vigie.errors import UnwritableError
from vigie.formats import Contents, all_formats, format_named
from vigie.formats.losses import losses_of
from vigie.formats.vigie_json import document_bytes
from vigie.records import Bulletin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vigie.formats import Format
    from vigie.records import Detection

_LOG = logging.getLogger(__name__)
BULLETIN_FORMATS = ("isf", "quakeml")
"""In which ``vigie process`` writes its bulletin, beside JSON."""


def write_detections(
    detections: tuple[Detection, ...], path: Path, document: Mapping[str, Any]
) -> None:
    """Write an arrival list in the format that the file name tells.

    Parameters
    ----------
    detections : tuple of Detection
        What was detected.
    path : Path
        Where; ``.json`` writes ``document``.
    document : mapping
        The JSON document of the command.

    Raises
    ------
    UnwritableError
        No format writes arrival lists under this name.
    """
    write_named(Bulletin(detections=detections), path, document)


def write_named(bulletin: Bulletin, path: Path, document: Mapping[str, Any]) -> None:
    """Write a bulletin in the format that the file name tells; ``.json`` writes the document.

    Raises
    ------
    UnwritableError
        No format writes bulletins under this name.
    """
    if path.suffix.lower() == ".json":
        _put(path, document_bytes(document))
    else:
        write_contents(Contents(bulletin=bulletin), path)


def write_contents(contents: Contents, path: Path, *, format_name: str | None = None) -> None:
    """Write a bulletin in the format named, or in that which the file name tells.

    What the format cannot hold is logged as a warning, which the command line shows.

    Raises
    ------
    UnwritableError
        No format writes bulletins under this name.
    """
    chosen = format_named(format_name) if format_name else _format_of(path)
    files = chosen.write(contents)
    put_files(files, path)
    for loss in losses_of(chosen, contents, files):
        _LOG.warning("%s: %s cannot hold all of it: %s", path, chosen.name, loss)


def put_files(files: Mapping[str, bytes], target: Path) -> list[Path]:
    """Write the files of a format, given by name ending; return their paths.

    A single file gets the target's name as it is; of several, each its own ending.
    """
    written = []
    for ending, data in files.items():
        keeps_name = len(files) == 1 or target.suffix.lower() == ending
        path = target if keeps_name else target.with_suffix(ending)
        _put(path, data)
        written.append(path)
    return written


def write_bulletin(bulletin: Bulletin, folder: Path, document: Mapping[str, Any]) -> list[Path]:
    """Write a bulletin as JSON, ISF/IMS1.0 and QuakeML into a folder; return the paths."""
    paths = [folder / "events.json"]
    _put(paths[0], document_bytes(document))
    for name in BULLETIN_FORMATS:
        chosen = format_named(name)
        for ending, data in chosen.write(Contents(bulletin=bulletin)).items():
            path = folder / f"bulletin{ending}"
            _put(path, data)
            paths.append(path)
    return paths


def _format_of(path: Path) -> Format:
    lower = path.name.lower()
    fits = [f for f in all_formats() if lower.endswith(f.suffixes) and "bulletin" in f.writes]
    if len(fits) == 1:
        return fits[0]
    writers = [f for f in all_formats() if "bulletin" in f.writes]
    known = ", ".join(f"{f.suffixes[0]} ({f.name})" for f in writers)
    raise UnwritableError(
        format=f"a file named {path.name}",
        what="a bulletin" if not fits else f"one format: {', '.join(f.name for f in fits)} do",
        remedy=f"Name it with one of these endings: {known}.",
    )


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
