"""``vigie samples``: the history of radionuclide stations, and what stands out of it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import (
    emit,
    json_option,
    json_text,
    keep_inputs,
    note,
    output_option,
    progress,
    tell_issues,
)
from vigie.cli.sample_checks import check_item, check_rows

if TYPE_CHECKING:
    from vigie.pipeline.radionuclide.checks import DetectorChecks
    from vigie.pipeline.radionuclide.gather import Gathered
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
@json_option
@output_option
def samples_command(
    *,
    paths: tuple[Path, ...],
    stations: tuple[str, ...],
    nuclides: tuple[str, ...],
    as_json: bool,
    output: Path | None,
) -> None:
    """Show the history of each station: quantiles of its background, and unusual samples.

    A FILE is a document that `vigie spectrum --json` or `vigie noblegas --json` wrote, or a
    message of pulse-height data, which is analysed first; folders are read whole. With -o the
    figure is written (.png or .svg; a folder for several detectors), or the analyses of all
    samples (.json), to be read again without analysing.
    """
    from vigie.facts.nuclides import normal_name
    from vigie.pipeline.radionuclide.checks import detector_checks
    from vigie.pipeline.radionuclide.gather import gather
    from vigie.pipeline.radionuclide.run import analyse_all
    from vigie.pipeline.radionuclide.station_history import detector_histories

    keep_inputs(output, *paths)
    wanted = [normal_name(name) for name in nuclides]
    with progress("reading", total=0) as advance:
        gathered = gather(paths, report=advance)
    tell_issues(gathered.issues)
    with progress("analysing", total=len(gathered.messages)) as advance:
        run = analyse_all(gathered, report=advance)
    checks = detector_checks(gathered)
    for _, text in (*gathered.failed, *run.failed):
        note(text)
    analyses = [*gathered.analysed, *(one.analysis for one in run.samples)]
    chosen = [a for a in analyses if not stations or a.station in stations]
    histories = detector_histories(chosen, wanted)
    if output is not None:
        for path in _save(histories, chosen, output):
            note(f"wrote {path}")
    if as_json:
        emit(json_text(_document(histories, checks, gathered)))
    else:
        emit("\n".join([_table(histories), *check_rows(checks)]))
    if not (histories or checks) or gathered.failed or run.failed:
        raise SystemExit(1)


def _save(histories: list[DetectorHistory], chosen: list[Any], output: Path) -> list[Path]:
    from vigie.exchange.files import put_file
    from vigie.formats.sample_json import samples_document
    from vigie.formats.vigie_json import document_bytes

    if output.suffix.lower() == ".json":
        put_file(output, document_bytes(samples_document(("", a) for a in chosen)))
        return [output]
    suffix = output.suffix.lower() if output.suffix.lower() in FIGURES else ".png"
    drawn = [(h, drawing) for h in histories if (drawing := _drawing(h)) is not None]
    if len(drawn) == 1 and output.suffix.lower() in FIGURES:
        names = [output]
    else:
        folder = output.with_suffix("") if output.suffix.lower() in FIGURES else output
        names = [folder / f"{h.detector or h.station}_history{suffix}" for h, _ in drawn]
    command = shlex.join(["vigie", *sys.argv[1:]])
    for path, (_, drawing) in zip(names, drawn, strict=True):
        put_file(path, drawing.encoded(suffix, command=command))
    return names


def _drawing(one: DetectorHistory) -> Any:  # noqa: ANN401 — a Drawing or None
    from vigie.pipeline.radionuclide.station_history import series
    from vigie.products.figures.sample_history import sample_history

    title = f"{one.detector or one.station}: {len(one.samples)} samples"
    title += " (simulated)" if one.simulated else ""
    return sample_history([series(n) for n in one.nuclides[:MOST_PANELS]], title=title)


def _document(
    histories: list[DetectorHistory], checks: list[DetectorChecks], gathered: Gathered
) -> dict[str, Any]:
    return {
        "vigie": {"document": "sample_history", "version": 1},
        "detectors": [
            {
                "station": one.station,
                "detector": one.detector,
                "technology": one.technology,
                "simulated": one.simulated,
                "samples": [_sample(a) for a in one.samples],
                "nuclides": [_nuclide(n) for n in one.nuclides],
            }
            for one in histories
        ],
        "quality_control": [check_item(one) for one in checks],
        "skipped": [{"file": file, "reason": reason} for file, reason in gathered.skipped],
        "failed": [{"file": file, "reason": reason} for file, reason in gathered.failed],
    }


def _sample(analysis: Any) -> dict[str, Any]:  # noqa: ANN401 — a SampleAnalysis
    from vigie.records import format_iso

    category, stop_ns = analysis.category, analysis.collection_stop_ns
    return {
        "sample_id": analysis.sample_id,
        "collection_stop": None if stop_ns is None else format_iso(stop_ns),
        "category": None if category is None else category.level,
        "detected": [n.nuclide for n in analysis.nuclides if n.detected],
    }


def _nuclide(one: NuclideHistory) -> dict[str, Any]:
    from vigie.records import format_iso

    return {
        "nuclide": one.nuclide,
        "unit": one.unit,
        "samples": len(one.samples),
        "detected": sum(o.detected for o in one.samples),
        "usual_upper": one.upper,
        "unusual": [format_iso(one.samples[i].time_ns) for i in one.unusual],
        "background": [
            {
                "season": b.season,
                "detected": b.detections.n,
                "samples": b.detections.of,
                "quantiles": [
                    {"probability": q.probability, "value": q.value, "low": q.low, "high": q.high}
                    for q in b.quantiles
                ],
            }
            for b in one.background
        ],
        "series": [
            {
                "time": format_iso(o.time_ns),
                "concentration": o.concentration,
                "uncertainty": uncertainty,
                "critical_level": o.critical_level,
                "detected": o.detected,
                "chance": chance,
            }
            for o, uncertainty, chance in zip(
                one.samples, one.uncertainties, one.chances, strict=True
            )
        ],
    }


def _table(histories: list[DetectorHistory]) -> str:
    lines: list[str] = []
    for one in histories:
        mark = " (simulated)" if one.simulated else ""
        lines += [
            f"{one.station} {one.detector}{mark}: {len(one.samples)} samples",
            (
                f"{'nuclide':<9} {'found':>9} {'median':>9} {'95 %':>9} {'99 %':>9} "
                f"{'usual to':>9} {'last':>9} {'unit':<7} unusual"
            ),
        ]
        lines += [_row(n) for n in one.nuclides]
    return "\n".join(lines) if lines else "no sample"


def _row(one: NuclideHistory) -> str:
    from vigie.records import format_iso

    last = one.samples[-1]
    shown = "-" if last.concentration is None else f"{last.concentration:.3g}"
    if not last.detected:
        shown = "-" if last.limit is None else f"<{last.limit:.3g}"
    everything = one.background[0] if one.background else None
    quantiles = [None if everything is None else everything.quantile(q) for q in (0.5, 0.95, 0.99)]
    found = f"{sum(o.detected for o in one.samples)}/{len(one.samples)}"
    odd = [format_iso(one.samples[i].time_ns)[:13] for i in one.unusual]
    more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
    return (
        f"{one.nuclide:<9} {found:>9} {' '.join(f'{_n(q):>9}' for q in quantiles)} "
        f"{_n(one.upper):>9} {shown:>9} {one.unit:<7} {', '.join(odd[-3:]) or '-'}{more}"
    )


def _n(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
