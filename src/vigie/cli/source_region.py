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
    tell_issues,
)
from vigie.cli.sample_options import FIGURES, language_option
from vigie.cli.source_options import asked_of, search_options
from vigie.errors import MissingInputError
from vigie.records.file_text import utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.transport.source_inputs import Matched
    from vigie.products.transport.source_view import SourceView

SAMPLE_OPTIONS = ("unit",)
"""Options of ``--option`` that the list of samples takes; the others are those of .srm files."""
_SHOWN = 12


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
    keep_inputs(output, *paths, samples_file)
    asked = asked_of(search)
    matched, failed = _read((paths, samples_file), option_pairs(options), nuclide, tolerance_h)
    with progress("searching", total=len(asked.methods)) as advance:
        view = find_source(matched, asked, report=advance)
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
    from vigie.pipeline.transport.source_inputs import (
        chosen_nuclide,
        match,
        read_fields,
        read_samples,
    )

    paths, samples_file = files
    of_samples = {name: value for name, value in options.items() if name in SAMPLE_OPTIONS}
    of_fields = {name: value for name, value in options.items() if name not in SAMPLE_OPTIONS}
    samples, issues = read_samples(samples_file, of_samples)
    tell_issues((str(samples_file), issue) for issue in issues)
    name = chosen_nuclide(samples, nuclide, samples_file)
    with progress("reading", total=0) as advance:
        fields, failed = read_fields(paths, of_fields, report=advance)
    for one in {field.path: field for field in fields}.values():
        # What was decided of a sound file stands in the document.
        tell_issues((one.path, issue) for issue in one.issues if issue.severity != "notice")
    for _, text in failed:
        note(text)
    if not fields:
        raise MissingInputError(
            path=", ".join(str(path) for path in paths),
            what="a sensitivity that can be used",
            remedy="`vigie inspect` says what is wrong with a file.",
        )
    matched = match(samples, fields, name, tolerance_h=tolerance_h)
    for sample, why in matched.unusable:
        note(f"sample {sample} is left out: {why}")
    if not matched.pairs:
        raise MissingInputError(
            path=str(samples_file),
            what=f"a sample of {name} whose station and end of collection are those of a "
            "sensitivity",
            remedy=f"Samples: {_listed(matched.samples_alone)}. Sensitivities: "
            f"{_listed(matched.fields_alone)}. Mend the codes, or widen --tolerance.",
        )
    return matched, failed


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "none") + more


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
