"""``vigie source``: sensitivities and samples in; where, when and how much was released out."""

from __future__ import annotations

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import (
    beside_option,
    emit,
    json_option,
    json_text,
    keep_inputs,
    note,
    option_pairs,
    progress,
    reading_option,
    refuse_kind,
)
from vigie.cli.sample_options import FIGURES, language_option
from vigie.cli.source_files import nothing_matched, read_both, read_known
from vigie.cli.source_options import asked_of, choice_of, emitter_options, search_options
from vigie.file_text import utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.transport.source_inputs import Matched
    from vigie.products.transport.source_view import SourceView


@click.command("source")
@click.argument("paths", nargs=-1, required=True, metavar="SRS...", type=click.Path(path_type=Path))
@click.option(
    "--samples",
    "samples_file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Concentrations and detection limits: CSV, or a document of samples (.json).",
)
@search_options
@emitter_options
@reading_option
@language_option
@json_option
@beside_option
def source_command(  # noqa: PLR0913 — one argument per option
    *,
    paths: tuple[Path, ...],
    samples_file: Path,
    options: tuple[str, ...],
    tolerance_h: float,
    nuclide: str | None,
    language: str,
    as_json: bool,
    output: Path | None,
    **search: Any,  # noqa: ANN401 — the options of ``search_options``
) -> None:
    """Find where a release can explain the samples: place, time and amount.

    An SRS is a file of source-receptor sensitivities (.srm, .txt.gz, .nc) of one sample, or a
    folder of them; several of one sample are several models. With -o the name tells what is
    written: the figures (.png, .svg), the document (.json), or else a folder with both. The exit
    status is 1 if a file could not be read or a method that was named could not be used.
    """
    from vigie.pipeline.transport.source_run import find_source

    refuse_kind(output)
    choice = choice_of(search)
    keep_inputs(output, *paths, samples_file, *choice.paths)
    asked = asked_of(search)
    matched, failed = _read((paths, samples_file), option_pairs(options), nuclide, tolerance_h)
    emitters = read_known(choice, matched.nuclide)
    with progress("searching", total=len(asked.methods)) as advance:
        view = find_source(matched, asked, emitters=emitters, report=advance)
    document = _document(view, failed)
    if output is not None:
        for path in _save(view, output, document, language):
            note(f"wrote {path}")
    emit(json_text(document) if as_json else _text(view, language))
    named = {*search["methods"]} - {"all"}
    if failed or named & set(view.left_out) or not view.done:
        raise SystemExit(1)


def _read(
    files: tuple[Sequence[Path], Path],
    options: dict[str, str],
    nuclide: str | None,
    tolerance_h: float,
) -> tuple[Matched, list[tuple[str, str]]]:
    """Read all and bring it together; tell what was odd.

    Raises
    ------
    MissingInputError
        Nothing could be read, or no sample and sensitivity belong together.
    """
    from vigie.pipeline.transport.source_inputs import chosen_nuclide, match

    samples, fields, failed = read_both(*files, options)
    name = chosen_nuclide(samples, nuclide, files[1])
    matched = match(samples, fields, name, tolerance_h=tolerance_h)
    for sample, why in matched.unusable:
        note(f"sample {sample} is left out: {why}")
    if not matched.pairs:
        raise nothing_matched(files[1], name, matched.samples_alone, matched.fields_alone)
    return matched, failed


def _document(view: SourceView, failed: Sequence[tuple[str, str]]) -> dict[str, Any]:
    from vigie.products.transport.source_document import source_document

    rows = [{"file": file, "reason": reason} for file, reason in failed]
    return {**source_document(view), "failed": rows}


def _text(view: SourceView, language: str) -> str:
    from vigie.cli.sample_table import table_rows
    from vigie.products.transport.source_text import source_text

    table = partial(table_rows, left=(0, 1, 6), indent="  ")
    return source_text(view, language, table)


def _save(view: SourceView, output: Path, document: dict[str, Any], language: str) -> list[Path]:
    """Write figures or the document, as the output's name tells; return what was written."""
    from vigie.exchange.files import make_folder, put_file
    from vigie.products.transport.source_figures import source_figures

    suffix = output.suffix.lower()
    written: dict[Path, bytes] = {}
    if suffix == ".json":
        written[output] = utf8(json_text(document) + "\n")
    else:
        kind = suffix if suffix in FIGURES else ".png"
        command = shlex.join(["vigie", *sys.argv[1:]])
        for number, drawing in enumerate(source_figures(view, language)):
            beside = output.with_name(f"{output.stem}_{drawing.name}{kind}")
            first = output if number == 0 else beside
            path = first if suffix in FIGURES else output / f"{drawing.name}{kind}"
            written[path] = drawing.encoded(kind, command=command)
        if suffix not in FIGURES:
            written[output / "source.json"] = utf8(json_text(document) + "\n")
    for path in written:
        make_folder(path.parent)
    for path, data in written.items():
        put_file(path, data)
    return list(written)
