"""``vigie spectrum``: a gamma spectrum in; peaks, nuclides, limits and a category out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vigie.cli.common import (
    beside_option,
    emit,
    json_option,
    json_text,
    keep_inputs,
    note,
    progress,
    refuse_kind,
)
from vigie.cli.sample_options import (
    document_of,
    gathered_of,
    head_line,
    history_option,
    language_option,
    one_measurement,
    rules_of,
    rules_option,
    save,
    tell_run,
)
from vigie.cli.sample_text import sample_text
from vigie.i18n import messages

if TYPE_CHECKING:
    from vigie.cli.sample_options import Drawings
    from vigie.pipeline.radionuclide.run import SampleView
    from vigie.records import Calibration


@click.command("spectrum")
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option(
    "--background",
    "background_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Spectrum of the empty detector; else that which the header names, if it is among FILE.",
)
@click.option(
    "--blank",
    "blank_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Spectrum of a clean filter, subtracted in place of the background.",
)
@click.option(
    "--efficiency",
    "efficiency_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Efficiency curve (.ecc, or a table of energy_kev, efficiency, sigma) where a spectrum "
    "states none.",
)
@history_option
@rules_option
@language_option
@click.option("--peaks", "show_peaks", is_flag=True, help="Print all peaks as well.")
@json_option
@beside_option
def spectrum_command(  # noqa: PLR0913 — one argument per option
    *,
    paths: tuple[Path, ...],
    background_file: Path | None,
    blank_file: Path | None,
    efficiency_file: Path | None,
    history_files: tuple[Path, ...],
    rules_file: Path | None,
    language: str,
    show_peaks: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    """Analyse gamma spectra: peaks, nuclides, concentrations, limits, flags and category.

    A FILE is a message of pulse-height data, or a spectrum (N42, SPE, SPC, CNF ...); folders are
    read whole. With -o the name tells what is written: a figure (.png, .svg), the report as a
    page (.html), as IMS2.0 text (.txt) or SAMPML (.xml), the analyses (.json), or else a folder
    with page and figure of each sample. The exit status is 1 if anything could not be analysed.
    """
    from vigie.pipeline.radionuclide.backgrounds import Backgrounds
    from vigie.pipeline.radionuclide.run import RunOptions, analyse_all

    options_read = [p for p in (background_file, blank_file, efficiency_file, rules_file) if p]
    refuse_kind(output)
    inputs = (*paths, *history_files, *options_read)
    keep_inputs(output, *inputs)
    given = Backgrounds(
        detector=one_measurement(background_file), blank=one_measurement(blank_file)
    )
    options = RunOptions(
        backgrounds=given,
        efficiency=efficiency_of(efficiency_file),
        technologies=("particulate",),
        rules=rules_of(rules_file),
    )
    gathered = gathered_of(paths, history_files)
    with progress("analysing", total=len(gathered.measurements)) as advance:
        run = analyse_all(gathered, options, report=advance)
    tell_run(run)
    if output is not None:
        draw = partial(drawings, language=language)
        for path in save(run, output, draw, language, inputs=inputs):
            note(f"wrote {path}")
    if as_json:
        emit(json_text(document_of(run, gathered)))
    else:
        texts = [sample_text(one.analysis, language, peaks=show_peaks) for one in run.samples]
        emit("\n\n".join(texts) if texts else messages(language)("rn.text.no_spectrum"))
    if not run.samples or run.failed or gathered.failed:
        raise SystemExit(1)


def efficiency_of(path: Path | None) -> Calibration | None:
    """Read an efficiency curve; None where none is named.

    Raises
    ------
    MissingInputError
        The file holds none.
    """
    from vigie.cli.common import tell_issues
    from vigie.errors import MissingInputError
    from vigie.exchange.files import read_file

    if path is None:
        return None
    contents = read_file(path)
    tell_issues((str(path), issue) for issue in contents.issues)
    if not contents.efficiencies:
        raise MissingInputError(
            path=str(path),
            what="an efficiency curve",
            remedy="Name an .ecc file, or a table with the columns energy_kev and efficiency.",
        )
    return contents.efficiencies[0]


def drawings(one: SampleView, language: str = "en") -> Drawings:
    """Return the figure of a spectrum, by the slot of the report."""
    from vigie.facts.nuclides import nuclide_list
    from vigie.products.figures.gamma_spectrum import spectrum_plot
    from vigie.products.figures.words import figure_language

    if one.particulate is None:
        return {}
    relevant = set(nuclide_list("relevant"))
    found = [n.nuclide for n in one.analysis.main_results if n.detected]
    marked = {name for name in found if name in relevant}
    title = head_line(one.analysis, figure_language(language))
    drawn = spectrum_plot(
        one.particulate.curve, one.analysis.peaks, title=title, marked=marked, language=language
    )
    return {"spectrum": (drawn,)}
