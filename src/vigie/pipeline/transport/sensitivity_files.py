"""Sensitivities to files, one each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.exchange.files import make_folder, put_file, refuse_inputs
from vigie.formats import Contents, called_like, format_named
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vigie.formats import Format
    from vigie.records import Sensitivity

FORMATS = ("srm_gz", "srm", "srs_netcdf")


def sensitivity_paths(
    sensitivities: Sequence[Sensitivity], output: Path, format_name: str
) -> list[tuple[Path, Format]]:
    """Return where each is written, and how: a file of that name, or files in that folder.

    Raises
    ------
    UnwritableError
        A file is named for several, or no format of sensitivities is called so.
    """
    writers = [format_named(name) for name in FORMATS]
    if output.suffix and not output.is_dir():
        chosen = called_like(output.name, writers)
        if not chosen:
            endings = ", ".join(one.suffixes[0] for one in writers)
            remedy = f"Let the name end in one of {endings}, or name a folder."
            raise UnwritableError(format=output.name, what="sensitivities", remedy=remedy)
        if len(sensitivities) > 1:
            remedy = "Name a folder."
            what = f"{len(sensitivities)} sensitivities"
            raise UnwritableError(format="One file", what=what, remedy=remedy)
        return [(output, chosen[0])]
    writer = format_named(format_name)
    taken: dict[str, int] = {}
    paths = []
    for one in sensitivities:
        stamp = format_iso(one.collection_stop_ns)[:13].replace("-", "").replace("T", "")
        stem = "".join(c if c.isalnum() else "_" for c in one.station) + f".{stamp}.vigie"
        taken[stem] = taken.get(stem, 0) + 1
        again = "" if taken[stem] == 1 else f"_{taken[stem]}"
        paths.append((output / f"{stem}{again}{writer.suffixes[0]}", writer))
    return paths


def write_sensitivities(
    sensitivities: Sequence[Sensitivity],
    targets: Sequence[tuple[Path, Format]],
    *,
    inputs: Sequence[Path],
) -> list[Path]:
    """Write each to its file; return the paths.

    Raises
    ------
    OutputError
        The system does not let it be written, or a file is an input.
    UnwritableError
        A format cannot hold it.
    """
    refuse_inputs([path for path, _ in targets], inputs)
    for path, _ in targets:
        make_folder(path.parent)
    for one, (path, writer) in zip(sensitivities, targets, strict=True):
        (data,) = writer.write(Contents(sensitivities=(one,))).values()
        put_file(path, data)
    return [path for path, _ in targets]
