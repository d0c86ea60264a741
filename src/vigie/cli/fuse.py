"""``vigie fuse``: waveform events and samples in; what speaks for a release at each out."""

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
from vigie.cli.events import chosen_bulletin
from vigie.cli.fuse_options import fuse_options, fuse_options_of
from vigie.cli.sample_options import FIGURES, language_option
from vigie.cli.source_files import nothing_matched, read_both, read_known
from vigie.cli.source_options import choice_of, emitter_options
from vigie.file_text import utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.fusion.inputs import MatchedNuclides
    from vigie.products.fusion.fuse_view import FusionView


@click.command("fuse")
@click.argument("events_file", metavar="EVENTS", type=click.Path(path_type=Path))
@click.argument("paths", nargs=-1, required=True, metavar="SRS...", type=click.Path(path_type=Path))
@click.option(
    "--samples",
    "samples_file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Concentrations and detection limits: CSV, or a document of samples (.json).",
)
@fuse_options
@emitter_options
@reading_option
@language_option
@json_option
@beside_option
def fuse_command(  # noqa: PLR0913 — one argument per option
    *,
    events_file: Path,
    paths: tuple[Path, ...],
    samples_file: Path,
    event_ids: tuple[str, ...],
    nuclides: tuple[str, ...],
    tolerance_h: float,
    options: tuple[str, ...],
    language: str,
    as_json: bool,
    output: Path | None,
    **search: Any,  # noqa: ANN401 — the options of ``fuse_options`` and ``emitter_options``
) -> None:
    """Weigh for each waveform event whether samples speak for a release there.

    EVENTS is a bulletin in any form that vigie reads; an SRS is a file of source-receptor
    sensitivities of one sample, or a folder of them. The score is log10 of the Bayes factor of a
    release at the event against background alone. With -o the name tells what is written: the
    figures (.png, .svg), the document (.json), or else a folder with both. The exit status is 1 if
    a file could not be read or an event could not be weighed.
    """
    from vigie.exchange.files import read_file
    from vigie.pipeline.fusion.run import fuse

    refuse_kind(output)
    choice = choice_of(search)
    keep_inputs(output, events_file, *paths, samples_file, *choice.paths)
    asked = fuse_options_of(search)
    contents = read_file(events_file)
    tell_issues((str(events_file), issue) for issue in contents.issues)
    events = chosen_bulletin(contents, events_file, event_ids).events
    matched, failed = _read((paths, samples_file), option_pairs(options), nuclides, tolerance_h)
    emitters = read_known(choice, matched.reference)
    with progress("weighing", total=len(events)) as advance:
        view = fuse(events, matched, asked, emitters=emitters, report=advance)
    document = _document(view, failed)
    if output is not None:
        for path in _save(view, output, document, language):
            note(f"wrote {path}")
    emit(json_text(document) if as_json else _text(view, language))
    if failed or any(one.weighed is None for one in view.events):
        raise SystemExit(1)


def _read(
    files: tuple[Sequence[Path], Path],
    options: dict[str, str],
    nuclides: tuple[str, ...],
    tolerance_h: float,
) -> tuple[MatchedNuclides, list[tuple[str, str]]]:
    from vigie.pipeline.fusion.inputs import match_nuclides

    samples, fields, failed = read_both(*files, options)
    matched = match_nuclides(samples, fields, nuclides, tolerance_h=tolerance_h)
    for sample, why in matched.unusable:
        note(f"sample {sample} is left out: {why}")
    for name in matched.samples_alone:
        note(f"sample {name} has no sensitivity and is left out")
    if not matched.pairs:
        alone = [one.name for one in matched.fields_alone]
        raise nothing_matched(files[1], matched.reference, matched.samples_alone, alone)
    return matched, failed


def _document(view: FusionView, failed: Sequence[tuple[str, str]]) -> dict[str, Any]:
    from vigie.products.fusion.fuse_document import fuse_document

    rows = [{"file": file, "reason": reason} for file, reason in failed]
    return {**fuse_document(view), "failed": rows}


def _text(view: FusionView, language: str) -> str:
    from vigie.cli.sample_table import table_rows
    from vigie.products.fusion.fuse_text import fuse_text

    return fuse_text(view, language, partial(table_rows, left=(0, 1, 2), indent="    "))


def _save(view: FusionView, output: Path, document: dict[str, Any], language: str) -> list[Path]:
    """Write figures or the document, as the output's name tells; return what was written."""
    from vigie.exchange.files import make_folder, put_file

    suffix = output.suffix.lower()
    written: dict[Path, bytes] = {}
    if suffix == ".json":
        written[output] = utf8(json_text(document) + "\n")
    else:
        written |= _figures(view, output, language)
        if suffix not in FIGURES:
            written[output / "fuse.json"] = utf8(json_text(document) + "\n")
    for path in written:
        make_folder(path.parent)
    for path, data in written.items():
        put_file(path, data)
    return list(written)


def _figures(view: FusionView, output: Path, language: str) -> dict[Path, bytes]:
    """Return a figure of each event that was weighed, and the background where there is one."""
    from vigie.cli.file_names import cleaned, each_another
    from vigie.products.fusion.fuse_figures import event_figure
    from vigie.products.transport.background_figure import background_figure

    drawn = []
    for one in view.events:
        figure = event_figure(view, one, language)
        if figure is None:
            note(f"event {one.event_id}: no sample is reached, so there is no figure")
        else:
            drawn.append((cleaned(one.event_id) or "event", figure))
    if view.emitters_named:
        for known in view.backgrounds:
            figure = background_figure(known, language)
            if figure is not None:
                drawn.append((f"background_{cleaned(known.nuclide)}", figure))
    suffix = output.suffix.lower()
    kind = suffix if suffix in FIGURES else ".png"
    command = shlex.join(["vigie", *sys.argv[1:]])
    stems = each_another(stem for stem, _ in drawn)
    written = {}
    for number, (stem, (_, drawing)) in enumerate(zip(stems, drawn, strict=True)):
        beside = output if number == 0 else output.with_name(f"{output.stem}_{stem}{kind}")
        path = beside if suffix in FIGURES else output / f"{stem}{kind}"
        written[path] = drawing.encoded(kind, command=command)
    return written
