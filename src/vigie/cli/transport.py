"""``vigie transport``: weather and samples in; source-receptor sensitivities out."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import (
    FiniteRange,
    beside_option,
    emit,
    json_option,
    json_text,
    keep_inputs,
    note,
    open_stations,
    option_pairs,
    progress,
    refuse_kind,
    stations_option,
    tell_issues,
)
from vigie.cli.sample_options import FIGURES, language_option
from vigie.cli.transport_forward import forward_command
from vigie.cli.transport_options import (
    TICKS,
    model_options,
    settings_of,
    tell_surface,
    tell_weather,
    ticks,
    weather_argument,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.transport.weather_files import WeatherFiles
    from vigie.records import SampleAnalysis, Sensitivity
    from vigie.transport.backward import BackwardResult, Receptor
    from vigie.transport.march import MarchSettings

FORMATS = ("srm_gz", "srm", "srs_netcdf")
Place = tuple[str, float, float, str, str]


@click.group("transport", context_settings={"help_option_names": ["-h", "--help"]})
def transport_command() -> None:
    """Follow air through the weather: that of samples back, that of releases on."""


transport_command.add_command(forward_command)


@transport_command.command("backward")
@weather_argument
@click.option(
    "--samples",
    "sample_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Samples to follow back: their collections are taken from a file that vigie reads.",
)
@click.option(
    "--receptor",
    "places",
    multiple=True,
    nargs=5,
    type=(str, float, float, str, str),
    metavar="NAME LAT LON START STOP",
    help="A sample by its place (deg) and collection (UTC), where no file tells it.",
)
@stations_option
@click.option(
    "--hours",
    type=FiniteRange(1.0, 2400.0),
    default=336.0,
    show_default=True,
    help="How far back from the end of each collection.",
)
@model_options(each="sample")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    default="srm_gz",
    show_default=True,
    help="Of the files in a folder; the name of a single file tells its own.",
)
@language_option
@json_option
@beside_option
def backward_command(  # noqa: PLR0913 — one argument per option
    *,
    weather: tuple[Path, ...],
    sample_files: tuple[Path, ...],
    places: tuple[Place, ...],
    station_files: tuple[Path, ...],
    hours: float,
    own_layer: bool,
    options: tuple[str, ...],
    format_name: str,
    language: str,
    as_json: bool,
    output: Path | None,
    **model: Any,  # noqa: ANN401 — the options of ``model_options``
) -> None:
    """Compute source-receptor sensitivities of samples (.srm or netCDF).

    WEATHER are files of wind, temperature and surface pressure (ERA5, GFS, IFS: GRIB or netCDF;
    ARL packed), or folders of them. Each sample's particles go back from its collection; what
    they leave near the ground is what one Bq released there would give in the sample. With -o the
    name tells what is written: a sensitivity (.srm, .srm.gz, .srs.nc), maps of the days back
    (.png, .svg), or a folder of sensitivities. The exit status is 1 if a sample could not be
    followed.
    """
    from vigie.pipeline.transport.weather_files import index_weather, weather_sequence
    from vigie.transport.backward import follow_back, span_of

    if not sample_files and not places:
        raise click.UsageError("Name samples with --samples FILE or --receptor.")
    inputs = (*weather, *sample_files, *station_files)
    refuse_kind(output)
    keep_inputs(output, *inputs)
    receptors, failed = _receptors(sample_files, places, station_files)
    files = index_weather(weather, option_pairs(options))
    tell_weather(files)
    settings = settings_of(model)
    receptors, late = _covered(receptors, files, settings, hours)
    failed += late
    for name, why in failed:
        note(f"{name}: {why}")
    if not receptors:
        raise SystemExit(1)
    reach = span_of(receptors, settings, hours)
    sequence = weather_sequence(files, reach, own_layer=own_layer)
    with progress("following back", total=TICKS) as advance:
        result = follow_back(receptors, sequence, settings, hours=hours, progress=ticks(advance))
    tell_surface(sequence, aerosol=settings.aerosol is not None)
    paths, drawn = _save(result.sensitivities, output, format_name, language, inputs=inputs)
    for path in [*paths, *drawn]:
        note(f"wrote {path}")
    document = _document(result, failed, paths, sorted(sequence.surface_from))
    emit(json_text(document) if as_json else "\n".join(_lines(document)))
    if failed:
        raise SystemExit(1)


def _save(
    found: Sequence[Sensitivity],
    output: Path | None,
    format_name: str,
    language: str,
    *,
    inputs: Sequence[Path],
) -> tuple[list[Path], list[Path]]:
    """Write sensitivities, or maps of them, as the output's name tells; return both's paths."""
    from vigie.cli.file_names import cleaned, each_another
    from vigie.exchange.files import put_file, refuse_inputs
    from vigie.pipeline.transport.sensitivity_files import sensitivity_paths, write_sensitivities
    from vigie.products.transport.sensitivity_figures import sensitivity_sheets

    if output is None:
        return [], []
    kind = output.suffix.lower()
    if kind not in FIGURES:
        targets = sensitivity_paths(found, output, format_name)
        return write_sensitivities(found, targets, inputs=inputs), []
    alone = len(found) == 1
    names = each_another(
        output.stem if alone else f"{output.stem}_{cleaned(one.station)}" for one in found
    )
    drawn: list[Path] = []
    for one, name in zip(found, names, strict=True):
        drawings = sensitivity_sheets(one, language)
        if not drawings:
            note(f"{one.station}: nothing of its air was near the ground, so there is no map")
        more = (f"{name}_{k + 1}" for k in range(1, len(drawings)))
        pages = [name, *each_another([*names, *more])[len(names) :]]
        for page, drawing in zip(pages, drawings, strict=False):
            path = output.with_name(page + output.suffix)
            refuse_inputs([path], inputs)
            put_file(path, drawing.encoded(kind, command=shlex.join(["vigie", *sys.argv[1:]])))
            drawn.append(path)
    return [], drawn


def _receptors(
    sample_files: tuple[Path, ...], places: tuple[Place, ...], station_files: tuple[Path, ...]
) -> tuple[list[Receptor], list[tuple[str, str]]]:
    from vigie.exchange.files import read_file
    from vigie.pipeline.transport.receptors import receptor_at, receptors_of

    samples: list[SampleAnalysis] = []
    for path in sample_files:
        contents = read_file(path)
        tell_issues((str(path), issue) for issue in contents.issues)
        if not contents.samples:
            raise click.UsageError(f"{path} holds no samples of air.")
        samples += contents.samples
    found, failed = [], []
    if samples:
        told = receptors_of(samples, open_stations(station_files))
        found, failed = told.found, told.failed
    return [*found, *(receptor_at(*place) for place in places)], failed


def _covered(
    receptors: Sequence[Receptor], files: WeatherFiles, settings: MarchSettings, hours: float
) -> tuple[list[Receptor], list[tuple[str, str]]]:
    """Return the samples that the weather covers, and the others with the reason."""
    from vigie.errors import ParameterError
    from vigie.pipeline.transport.weather_files import check_place
    from vigie.transport.backward import check_receptor

    good, failed = [], []
    times = files.times_ns
    for one in receptors:
        try:
            check_receptor(one, (times[0], times[-1]), settings, hours)
            check_place(one.station, one.box.south, one.box.west, files)
        except ParameterError as error:
            told = dict(error.params)
            failed.append((one.station, f"{told['value']}; needed: {told['expected']}"))
        else:
            good.append(one)
    return good, failed


def _document(
    result: BackwardResult,
    failed: Sequence[tuple[str, str]],
    paths: Sequence[Path],
    surface: Sequence[str],
) -> dict[str, Any]:
    from vigie.cli.inspection_transport import sensitivity_row

    rows = []
    for k, (one, lost) in enumerate(zip(result.sensitivities, result.lost, strict=True)):
        path = str(paths[k]) if paths else None
        rows.append({**sensitivity_row(one), "lost_share": lost, "path": path})
    return {
        "vigie": {"document": "sensitivities", "version": 1},
        "sensitivities": rows,
        "surface": list(surface),
        "failed": [{"sample": name, "reason": why} for name, why in failed],
    }


def _lines(document: dict[str, Any]) -> list[str]:
    from vigie.cli.inspection_transport import sensitivity_lines

    lines: list[str] = []
    for row in document["sensitivities"]:
        lines += sensitivity_lines(row)
        if row["lost_share"] > 0.0:
            lost = 100.0 * row["lost_share"]
            lines.append(f"    {lost:.1f} % of its particles left the grid of the weather")
    return lines
