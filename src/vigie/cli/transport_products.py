"""What ``vigie transport forward -o`` writes: concentrations, document, maps, a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vigie.cli.common import json_text, keep_inputs, note, progress, refuse_kind
from vigie.cli.file_names import cleaned, each_another
from vigie.cli.sample_options import FIGURES
from vigie.file_text import utf8

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.products.transport.plume_view import PlumeView

FILM = ".gif"
_FILES = {".nc", ".json", FILM, *FIGURES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """How results are written."""

    language: str
    command: str
    film: bool
    """Whether a folder gets a film."""
    inputs: Sequence[Path]
    """Never written over."""


def check_output(output: Path | None, inputs: Sequence[Path]) -> None:
    """Refuse, before any work, an output that is an input or of a kind that is never written.

    Raises
    ------
    OutputError
        It is.
    """
    if output is not None and output.suffix.lower() != FILM:
        refuse_kind(output)
    keep_inputs(output, *inputs)


def save_plumes(
    views: Sequence[PlumeView], output: Path, document: Mapping[str, Any], how: Saving
) -> None:
    """Write what the output's name tells, and say what was written.

    Raises
    ------
    OutputError
        The system does not let it be written, or a file is an input.
    MissingLibraryError
        netCDF4 is not installed.
    """
    from vigie.products.transport.plume_netcdf import plumes_netcdf

    kind = output.suffix.lower()
    folder = kind not in _FILES or output.is_dir()
    text = utf8(json_text(document) + "\n")
    if folder:
        _put(output / "plumes.nc", plumes_netcdf(views, command=how.command), how)
        _put(output / "plumes.json", text, how)
    elif kind == ".nc":
        _put(output, plumes_netcdf(views, command=how.command), how)
    elif kind == ".json":
        _put(output, text, how)
    if kind in {".nc", ".json"} and not folder:
        return
    names = each_another(cleaned(one.release.name) or "release" for one in views)
    for view, name in zip(views, names, strict=True):
        if not len(view.plume.cell):
            note(f"{view.release.name}: nothing is near the ground, so there are no figures")
            continue
        path = output / f"{name}.png" if folder else output
        if not folder and len(views) > 1:
            path = output.with_name(f"{output.stem}_{name}{output.suffix}")
        if folder or kind in FIGURES:
            _figures(view, path, how)
        if kind == FILM or (folder and how.film):
            _film(view, path, how, pictures=folder)


def _figures(view: PlumeView, path: Path, how: Saving) -> None:
    """Write the sum over time to a path, the days beside it."""
    from vigie.products.transport.plume_figures import plume_figures

    for number, drawing in enumerate(plume_figures(view, how.language)):
        beside = path.with_name(f"{path.stem}_{drawing.name}{path.suffix}")
        data = drawing.encoded(path.suffix.lower(), command=how.command)
        _put(path if number == 0 else beside, data, how)


def _film(view: PlumeView, path: Path, how: Saving, *, pictures: bool) -> None:
    """Write a film, and its pictures to a folder of its name."""
    from vigie.products.transport.plume_film import frames, gif_of, png_of

    with progress("drawing", total=len(view.filled)) as advance:
        drawn = list(frames(view, how.language, report=advance))
    _put(path.with_suffix(FILM), gif_of(drawn, how.command), how)
    if not pictures:
        return
    folder = path.with_suffix("")
    for k, picture in zip(view.filled, drawn, strict=True):
        data = png_of(picture, view.release.name, how.command)
        _put(folder / f"{path.stem}_{k + 1:04d}.png", data, how, told=False)
    note(f"wrote {len(drawn)} pictures to {folder}")


def _put(path: Path, data: bytes, how: Saving, *, told: bool = True) -> None:
    from vigie.exchange.files import put_file, refuse_inputs

    refuse_inputs([path], how.inputs)
    put_file(path, data)
    if told:
        note(f"wrote {path}")
