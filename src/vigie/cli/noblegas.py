"""``vigie noblegas``: a radioxenon sample in; isotopes, limits, ratios and a level out."""

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
from vigie.cli.sample_text import gas_text
from vigie.i18n import messages

if TYPE_CHECKING:
    from vigie.cli.sample_options import Drawings
    from vigie.pipeline.radionuclide.run import SampleView
    from vigie.products.figures.drawing import Drawing
    from vigie.records import PulseHeight, SampleAnalysis


@click.command("noblegas")
@click.argument(
    "paths", nargs=-1, required=True, metavar="SAMPLE...", type=click.Path(path_type=Path)
)
@click.option(
    "--gas-background",
    "gas_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Gas background (GASBKPHD); else that which the header names, if it is among SAMPLE.",
)
@click.option(
    "--detector-background",
    "detector_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Detector background (DETBKPHD); else that which the header names, if it is among SAMPLE.",
)
@history_option
@rules_option
@language_option
@json_option
@beside_option
def noblegas_command(  # noqa: PLR0913 — one argument per option
    *,
    paths: tuple[Path, ...],
    gas_file: Path | None,
    detector_file: Path | None,
    history_files: tuple[Path, ...],
    rules_file: Path | None,
    language: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Analyse radioxenon samples: likelihood, matrix and net counts side by side.

    A SAMPLE is a message of pulse-height data of a beta-gamma or germanium system; folders are
    read whole, and the backgrounds that headers name are found among them. With -o the name
    tells what is written: a figure (.png, .svg), the report as a page (.html), as IMS2.0 text
    (.txt) or SAMPML (.xml), the analyses (.json), or else a folder with page and figures of each
    sample. The exit status is 1 if anything could not be analysed.
    """
    from vigie.pipeline.radionuclide.backgrounds import Backgrounds
    from vigie.pipeline.radionuclide.run import RunOptions, analyse_all

    read = [p for p in (gas_file, detector_file, rules_file) if p]
    refuse_kind(output)
    inputs = (*paths, *history_files, *read)
    keep_inputs(output, *inputs)
    given = Backgrounds(detector=_message(detector_file), gas=_message(gas_file))
    options = RunOptions(backgrounds=given, technologies=("noble_gas",), rules=rules_of(rules_file))
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
        texts = [gas_text(one.analysis, language) for one in run.samples]
        emit("\n\n".join(texts) if texts else messages(language)("rn.text.no_sample"))
    if not run.samples or run.failed or gathered.failed:
        raise SystemExit(1)


def _message(path: Path | None) -> PulseHeight | None:
    """Read the background of a file.

    Raises
    ------
    MissingInputError
        It is no message of pulse-height data.
    """
    from vigie.errors import MissingInputError
    from vigie.records import PulseHeight

    found = one_measurement(path)
    if found is not None and not isinstance(found, PulseHeight):
        raise MissingInputError(
            path=str(path),
            what="a message of pulse-height data",
            remedy="A spectrum alone has no coincidences: name a GASBKPHD or DETBKPHD.",
        )
    return found


def drawings(one: SampleView, language: str = "en") -> Drawings:
    """Return the figures of a gas sample, by the slot of the report."""
    from vigie.products.figures.coincidence_plane import coincidence_plane
    from vigie.products.figures.words import figure_language
    from vigie.products.figures.xenon_spectrum import xenon_spectrum

    found: dict[str, tuple[Drawing, ...]] = {}
    title = head_line(one.analysis, figure_language(language))
    spectrum = one.gas.spectrum if one.gas is not None else None
    if spectrum is not None:
        seen = {n.nuclide for n in one.analysis.main_results if n.detected}
        drawn = xenon_spectrum(spectrum, title=title, detected=seen, language=language)
        found["spectrum"] = (drawn,)
    plane = one.gas.plane if one.gas is not None else None
    if plane is not None:
        found["histogram"] = (
            coincidence_plane(
                plane.counts,
                plane.beta_edges_kev,
                plane.gamma_edges_kev,
                plane.regions,
                title=title,
                language=language,
            ),
        )
    ratios = ratio_drawing(one.analysis, language)
    if ratios is not None:
        found["ratios"] = (ratios,)
    return found


def ratio_drawing(analysis: SampleAnalysis, language: str = "en") -> Drawing | None:
    """Return the four-isotope plot; None where nothing is known of both ratios."""
    from vigie.products.figures.words import figure_language, figure_words
    from vigie.products.figures.xenon_ratios import PlottedSample, xenon_ratio_plot
    from vigie.radionuclide.ratios import LINES

    line, by_names = LINES[0], {(r.numerator, r.denominator): r for r in analysis.ratios}
    if line.x not in by_names or line.y not in by_names:
        return None
    name = analysis.sample_id or analysis.detector
    sample = PlottedSample(name, by_names[line.x], by_names[line.y])
    subject = head_line(analysis, figure_language(language))
    return xenon_ratio_plot(
        [sample],
        (line.factor, line.exponent),
        title=figure_words(language)("rn.figure.ratios", subject=subject),
        source="Kalinowski et al. 2010",
        language=language,
    )
