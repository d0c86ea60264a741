"""``vigie samples``: the history of radionuclide stations, and what stands out of it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
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
    progress,
    refuse_kind,
    tell_issues,
)
from vigie.cli.file_names import history_stems
from vigie.cli.history_document import history_document
from vigie.cli.history_told import files_of, impossible, not_of_air, outside, superseded
from vigie.cli.sample_checks import check_rows
from vigie.cli.sample_options import language_option
from vigie.cli.sample_table import number, table_rows
from vigie.cli.split_options import doubtful_shares, share_option, shares_of, unused_shares
from vigie.cli.split_text import split_item, split_rows, splits_of
from vigie.i18n import messages

if TYPE_CHECKING:
    from vigie.i18n import Messages
    from vigie.pipeline.radionuclide.gather import Gathered
    from vigie.pipeline.radionuclide.run import SampleRun
    from vigie.pipeline.radionuclide.splits import Share
    from vigie.pipeline.radionuclide.station_history import DetectorHistory, NuclideHistory

FIGURES = {".png", ".svg"}
MOST_PANELS = 8
"""Nuclides of one figure."""


@click.command("samples")
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--station", "stations", multiple=True, metavar="CODE", help="Only these stations.")
@click.option("--nuclide", "nuclides", multiple=True, metavar="NAME", help="Only these nuclides.")
@share_option
@language_option
@json_option
@beside_option
def samples_command(  # noqa: PLR0913 — one argument per option
    *,
    paths: tuple[Path, ...],
    stations: tuple[str, ...],
    nuclides: tuple[str, ...],
    shares: tuple[tuple[str, Share], ...],
    language: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Show the history of each station: quantiles of its background, and unusual samples.

    A FILE is a document that `vigie spectrum --json` or `vigie noblegas --json` wrote, or a
    message of pulse-height data, which is analysed first; folders are read whole. A laboratory's
    measurement of a sample or of a portion is compared with the station's, which it names by the
    sample reference id, and is no part of the history. With -o the figure is written (.png or
    .svg; a folder for several detectors), or the analyses of all samples (.json), to be read
    again without analysing. The exit status is 1 if anything could not be read or analysed.
    """
    from vigie.facts.nuclides import normal_name
    from vigie.pipeline.radionuclide.checks import detector_checks
    from vigie.pipeline.radionuclide.splits import link_splits
    from vigie.pipeline.radionuclide.station_history import detector_histories

    refuse_kind(output)
    keep_inputs(output, *paths)
    wanted, known_shares = [normal_name(name) for name in nuclides], shares_of(shares)
    gathered, run = _read(paths)
    checks = detector_checks(gathered)
    everything = [*gathered.analysed, *(one.analysis for one in run.samples)]
    others = [a for a in everything if not a.of_air and (not stations or a.station in stations)]
    linked = link_splits([a for a in everything if a.of_air], known_shares)
    splits = splits_of(linked.splits, stations)
    chosen = [a for a in linked.stations if not stations or a.station in stations]
    unused = unused_shares(known_shares, linked.splits)
    histories = detector_histories(chosen, wanted)
    twice = [*(pair for one in histories for pair in one.superseded), *linked.superseded]
    told = (*outside(chosen), *not_of_air(others), *superseded(twice))
    wrong = impossible(splits, files_of(gathered, run))
    for text in (*told, *unused, *doubtful_shares(splits), *wrong):
        note(text)
    if output is not None:
        kept = [*chosen, *(one.analysis for one in splits), *others]
        for path in _save(histories, kept, output, language):
            note(f"wrote {path}")
    if as_json:
        items = [split_item(one, wanted) for one in splits]
        emit(json_text(history_document(histories, checks, gathered, items, others)))
    else:
        tables = _tables(histories, language) if histories or not (splits or checks) else []
        rows = [*tables, *split_rows(splits, language, wanted), *check_rows(checks, language)]
        emit("\n".join(rows).lstrip("\n"))
    if not (histories or checks or splits) or gathered.failed or run.failed or unused or wrong:
        raise SystemExit(1)


def _read(paths: tuple[Path, ...]) -> tuple[Gathered, SampleRun]:
    """Read files and analyse what is not yet; tell what could not be."""
    from vigie.pipeline.radionuclide.checks import is_check
    from vigie.pipeline.radionuclide.gather import gather
    from vigie.pipeline.radionuclide.run import analyse_all

    with progress("reading", total=0) as advance:
        gathered = gather(paths, report=advance)
    tell_issues(gathered.issues)
    # Check sources are no samples, also where there are no others.
    rest = [one for one in gathered.measurements if not is_check(one)]
    with progress("analysing", total=len(rest)) as advance:
        run = analyse_all(replace(gathered, measurements=rest), report=advance)
    for _, text in (*gathered.failed, *gathered.unread, *run.failed):
        note(text)
    return gathered, run


def _save(
    histories: list[DetectorHistory], chosen: list[Any], output: Path, language: str
) -> list[Path]:
    from vigie.exchange.files import put_file
    from vigie.formats.sample_json import samples_document
    from vigie.formats.vigie_json import document_bytes

    if output.suffix.lower() == ".json":
        put_file(output, document_bytes(samples_document(("", a) for a in chosen)))
        return [output]
    suffix = output.suffix.lower() if output.suffix.lower() in FIGURES else ".png"
    drawn = [(h, drawing) for h in histories if (drawing := _drawing(h, language)) is not None]
    if len(drawn) == 1 and output.suffix.lower() in FIGURES:
        names = [output]
    else:
        folder = output.with_suffix("") if output.suffix.lower() in FIGURES else output
        stems = history_stems([history for history, _ in drawn])
        names = [folder / f"{stem}_history{suffix}" for stem in stems]
    command = shlex.join(["vigie", *sys.argv[1:]])
    for path, (_, drawing) in zip(names, drawn, strict=True):
        put_file(path, drawing.encoded(suffix, command=command))
    return names


def _drawing(one: DetectorHistory, language: str) -> Any:  # noqa: ANN401 — a Drawing or None
    from vigie.pipeline.radionuclide.station_history import series
    from vigie.products.figures.sample_history import sample_history
    from vigie.products.figures.words import figure_language

    shown = [series(n) for n in one.nuclides[:MOST_PANELS]]
    title = _title(one.detector or one.station or "-", one, figure_language(language))
    return sample_history(shown, title=title, language=language)


def _title(detector: str, one: DetectorHistory, language: str) -> str:
    words = messages(language)
    mark = f" ({words('rn.text.simulated')})" if one.simulated else ""
    return words("rn.text.samples", detector=detector, n=len(one.samples)) + mark


def _tables(histories: list[DetectorHistory], language: str) -> list[str]:
    words = messages(language)
    lines: list[str] = []
    heads = [
        words("rn.label.nuclide"), words("rn.text.found"), words("rn.text.median"), "95 %", "99 %",
        words("rn.text.usual_to"), words("rn.text.last"), words("rn.label.unit"),
        words("rn.text.unusual"),
    ]  # fmt: skip
    for one in histories:
        lines.append(_title(f"{one.station} {one.detector}".strip() or "-", one, language))
        lines += table_rows(heads, [_row(n, words) for n in one.nuclides], left=(0, 7, 8))
    return lines or [words("rn.text.no_sample")]


def _row(one: NuclideHistory, words: Messages) -> list[str]:
    from vigie.records import format_iso

    last = one.samples[-1]
    shown = number(last.concentration)
    if not last.detected:
        shown = "-" if last.limit is None else f"<{last.limit:.3g}"
    everything = one.background[0] if one.background else None
    quantiles = [None if everything is None else everything.quantile(q) for q in (0.5, 0.95, 0.99)]
    odd = [format_iso(one.samples[i].time_ns)[:13] for i in one.unusual]
    told = ", ".join(odd[-3:]) or "-"
    if len(odd) > 3:
        told = words("rn.text.and_more", told=told, more=len(odd) - 3)
    return [
        one.nuclide,
        f"{sum(o.detected for o in one.samples)}/{len(one.samples)}",
        *(number(q) for q in quantiles),
        number(one.upper),
        shown,
        words.term(one.unit),
        told,
    ]
