"""What ``vigie spectrum`` and ``vigie noblegas`` share: reading, rules, what is told, reports."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import note, progress, tell_issues
from vigie.cli.file_names import cleaned, each_another
from vigie.file_text import utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from vigie.pipeline.radionuclide.gather import Gathered
    from vigie.pipeline.radionuclide.run import SampleRun, SampleView
    from vigie.products.figures.drawing import Drawing
    from vigie.radionuclide.judge import CategoryRecipe
    from vigie.records import PulseHeight, Reason, SampleAnalysis, Spectrum

    Drawings = Mapping[str, Sequence[Drawing]]
    """Figures by the slot of the report in which they stand."""
    Decorator = Callable[[Callable[..., None]], Callable[..., None]]

FIGURES = {".png", ".svg"}
PAGES = {".html", ".txt", ".xml"}
history_option: Decorator = click.option(
    "--history",
    "history_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Analyses of earlier samples (.json of this command or of `vigie samples`), or a folder "
    "of them: what is usual at the station. Samples given together are history of each other.",
)
rules_option: Decorator = click.option(
    "--rules",
    "rules_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Rules of the category (TOML) in place of those of the package.",
)
language_option: Decorator = click.option(
    "--language",
    type=click.Choice(["en", "fr", "es", "ar", "ru", "zh"]),
    default="en",
    show_default=True,
    help="Of reports, of figures and of the text printed.",
)


def gathered_of(paths: Sequence[Path], history_files: Sequence[Path]) -> Gathered:
    """Read what a command was given, with its history; tell what was odd or not read."""
    from vigie.pipeline.radionuclide.gather import gather

    with progress("reading", total=0) as advance:
        found = gather(paths, report=advance)
        past = gather(history_files, report=advance)
    found.analysed += past.analysed
    found.failed += past.failed
    found.unread += past.unread
    tell_issues([*found.issues, *past.issues])
    for _, text in (*found.failed, *found.unread):
        note(text)
    return found


def one_measurement(path: Path | None) -> PulseHeight | Spectrum | None:
    """Read the one measurement of a file that an option names.

    Raises
    ------
    MissingInputError
        It holds none, or several.
    """
    from vigie.errors import MissingInputError
    from vigie.exchange.files import read_file

    if path is None:
        return None
    contents = read_file(path)
    tell_issues((str(path), issue) for issue in contents.issues)
    found: list[PulseHeight | Spectrum] = [*contents.pulse_heights, *contents.spectra]
    if len(found) != 1:
        raise MissingInputError(
            path=str(path),
            what="the one measurement",
            remedy=f"It holds {len(found)}: name a file that holds one.",
        )
    return found[0]


def rules_of(path: Path | None) -> CategoryRecipe | None:
    """Read rules of categories; None where none are named.

    Raises
    ------
    MissingInputError, UnreadableInputError, ParameterError
        There is no such file, or it breaks the rules of rules.
    """
    from vigie.exchange.files import source_of
    from vigie.radionuclide.judge import load_recipe

    if path is None:
        return None
    data = source_of(path).data
    return load_recipe(data.decode("utf-8", errors="replace"), where=str(path))


def tell_run(run: SampleRun) -> None:
    """Tell what failed, and which messages only served others."""
    for _, text in run.failed:
        note(text)
    for one in run.serving:
        kind = one.message.type if one.message is not None else "spectrum"
        note(f"{one.name}: {kind}, not analysed by itself beside samples")


def reason_lines(reasons: Iterable[Reason], language: str, indent: str = "  ") -> list[str]:
    """Return reasons as lines of text."""
    from vigie.i18n import sentence

    return [f"{indent}{sentence(reason, language)}" for reason in reasons]


def document_of(run: SampleRun, gathered: Gathered) -> dict[str, Any]:
    """Return the JSON document of a run."""
    from vigie.formats.sample_json import samples_document

    extra = {
        "failed": [
            {"file": file, "reason": reason} for file, reason in (*gathered.failed, *run.failed)
        ],
        "skipped": [{"file": file, "reason": reason} for file, reason in gathered.skipped],
    }
    return samples_document(
        ((one.measurement.name, one.analysis) for one in run.samples), extra=extra
    )


def save(
    run: SampleRun,
    output: Path,
    draw: Callable[[SampleView], Drawings],
    language: str,
    *,
    inputs: Sequence[Path] = (),
) -> list[Path]:
    """Write figures, reports or the document, as the output's name tells; return what was written.

    ``.png`` and ``.svg``: figures; ``.html``, ``.txt`` and ``.xml``: the report (page, IMS2.0 text,
    SAMPML) of one sample; ``.json``: the document; else a folder with page and figures of all.
    ``inputs`` are files and folders that must not be written over.

    Raises
    ------
    OutputError
        The system does not let it be written, or it is an input; then nothing is.
    """
    from vigie.exchange.files import make_folder, put_file, refuse_inputs
    from vigie.formats.vigie_json import document_bytes

    suffix = output.suffix.lower()
    if suffix == ".json":
        document = document_of(run, _nothing())
        put_file(output, document_bytes(document))
        return [output]
    written: dict[Path, bytes] = {}
    alone = len(run.samples) == 1
    folder = output.with_suffix("") if suffix in FIGURES | PAGES else output
    for name, one in zip(stems_of(run.samples), run.samples, strict=True):
        stem = folder / name
        if suffix not in PAGES:
            drawn = [drawing for several in draw(one).values() for drawing in several]
            kind = suffix if suffix in FIGURES else ".png"
            for number, drawing in enumerate(drawn):
                path = output if alone and suffix in FIGURES and number == 0 else None
                path = path or stem.with_name(f"{stem.name}_{drawing.name}{kind}")
                written[path] = drawing.encoded(kind, command=_command())
        if suffix not in FIGURES:
            kind = suffix if suffix in PAGES else ".html"
            path = output if alone and suffix in PAGES else stem.with_name(stem.name + kind)
            written[path] = report_bytes(one, kind, language, draw)
    refuse_inputs(written, inputs)
    for path in written:
        make_folder(path.parent)
    for path, data in written.items():
        put_file(path, data)
    return list(written)


def stems_of(samples: Sequence[SampleView]) -> list[str]:
    """Return file names for what is written of samples, each another.

    A sample is sent more than once (preliminary, full) under one id: then the name of its file is
    added, and a number where that is the same as well.
    """
    stems = [_stem(one, "") for one in samples]
    twice = {stem for stem in stems if stems.count(stem) > 1}
    longer = [
        _stem(one, Path(one.measurement.path).stem) if stem in twice else stem
        for one, stem in zip(samples, stems, strict=True)
    ]
    return each_another(longer)


def _stem(one: SampleView, also: str) -> str:
    text = "_".join(part for part in (one.analysis.sample_id, also) if part)
    text = text or Path(one.measurement.path).stem
    number = f"_{one.measurement.number}" if one.measurement.number else ""
    return (cleaned(text) or "sample") + number


def report_bytes(
    one: SampleView,
    kind: str,
    language: str,
    draw: Callable[[SampleView], Drawings],
) -> bytes:
    """Return the report of a sample as a page, IMS2.0 text or SAMPML."""
    from vigie.pipeline.radionuclide.reporting import report_of
    from vigie.products import radionuclide

    document = radionuclide.sample_document(report_of(one, command=_command()))
    if kind == ".txt":
        return utf8(radionuclide.text_message(document, language=language))
    if kind == ".xml":
        return radionuclide.sampml(report_of(one, command=_command()))
    return utf8(radionuclide.page(document, language=language, figures=draw(one)))


def _command() -> str:
    return shlex.join(["vigie", *sys.argv[1:]])


def _nothing() -> Gathered:
    from vigie.pipeline.radionuclide.gather import Gathered

    return Gathered()


def head_line(analysis: SampleAnalysis, language: str) -> str:
    """Return the first line of a sample's text."""
    from vigie.i18n import messages
    from vigie.records import format_iso

    when = analysis.collection_stop_ns or analysis.acquisition_start_ns
    parts = [
        f"{analysis.detector or analysis.station} {analysis.sample_id}".strip(),
        "" if when is None else format_iso(when)[:16].replace("T", " "),
        messages(language)("rn.text.simulated").upper() if analysis.simulated else "",
    ]
    return ", ".join(part for part in parts if part)
