"""``vigie transport``: weather and samples in; source-receptor sensitivities out."""

from __future__ import annotations

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
    reading_option,
    stations_option,
    tell_issues,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.pipeline.transport.weather_files import WeatherFiles
    from vigie.records import SampleAnalysis
    from vigie.transport.backward import BackwardResult, Receptor
    from vigie.transport.march import MarchSettings

    Decorator = Callable[[Callable[..., None]], Callable[..., None]]

FORMATS = ("srm_gz", "srm", "srs_netcdf")
_TICKS = 100
Place = tuple[str, float, float, str, str]


@click.group("transport", context_settings={"help_option_names": ["-h", "--help"]})
def transport_command() -> None:
    """Follow the air of samples back through the weather."""


@transport_command.command("backward")
@click.argument(
    "weather", nargs=-1, required=True, metavar="WEATHER...", type=click.Path(path_type=Path)
)
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
@click.option(
    "--grid",
    "cell_deg",
    type=FiniteRange(0.05, 10.0),
    default=0.5,
    show_default=True,
    help="Size of the cells of the sensitivity, deg.",
)
@click.option(
    "--interval",
    "interval_h",
    type=FiniteRange(0.25, 24.0),
    default=3.0,
    show_default=True,
    help="Length of its steps, h.",
)
@click.option(
    "--layer",
    "layer_m",
    type=FiniteRange(10.0, 5000.0),
    default=150.0,
    show_default=True,
    help="Depth of the layer above ground in which a release is, m.",
)
@click.option(
    "--particles",
    type=click.IntRange(100, 10_000_000),
    default=20_000,
    show_default=True,
    help="Per sample.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of chance.")
@click.option(
    "--own-layer",
    is_flag=True,
    help="Take the height of the boundary layer from the weather, where it gives one.",
)
@click.option(
    "--threads", type=click.IntRange(0, 512), default=0, show_default=True, help="0: all cores."
)
@reading_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    default="srm_gz",
    show_default=True,
    help="Of the files in a folder; the name of a single file tells its own.",
)
@json_option
@beside_option
def backward_command(  # noqa: PLR0913 — one argument per option
    *,
    weather: tuple[Path, ...],
    sample_files: tuple[Path, ...],
    places: tuple[Place, ...],
    station_files: tuple[Path, ...],
    hours: float,
    cell_deg: float,
    interval_h: float,
    layer_m: float,
    particles: int,
    seed: int,
    own_layer: bool,
    threads: int,
    options: tuple[str, ...],
    format_name: str,
    as_json: bool,
    output: Path | None,
) -> None:
    """Compute source-receptor sensitivities of samples (.srm or netCDF).

    WEATHER are files of wind, temperature and surface pressure (ERA5, GFS, IFS: GRIB or netCDF;
    ARL packed), or folders of them. Each sample's particles go back from its collection; what
    they leave near the ground is what one Bq released there would give in the sample. With -o a
    file or folder is written. The exit status is 1 if a sample could not be followed.
    """
    from vigie.pipeline.transport.sensitivity_files import sensitivity_paths, write_sensitivities
    from vigie.pipeline.transport.weather_files import index_weather, weather_sequence
    from vigie.records import global_grid
    from vigie.transport.backward import follow_back, span_of
    from vigie.transport.march import MarchSettings

    if not sample_files and not places:
        raise click.UsageError("Name samples with --samples FILE or --receptor.")
    inputs = (*weather, *sample_files, *station_files)
    keep_inputs(output, *inputs)
    receptors, failed = _receptors(sample_files, places, station_files)
    files = index_weather(weather, option_pairs(options))
    _tell_weather(files)
    settings = MarchSettings(
        grid=global_grid(
            cell_deg, cell_deg, latitude_phase=0.5 * cell_deg, longitude_phase=0.5 * cell_deg
        ),
        particles=particles,
        interval_s=interval_h * 3600.0,
        layer_depth_m=layer_m,
        seed=seed,
        threads=threads,
    )
    receptors, late = _covered(receptors, files, settings, hours)
    failed += late
    for name, why in failed:
        note(f"{name}: {why}")
    if not receptors:
        raise SystemExit(1)
    reach = span_of(receptors, settings, hours)
    sequence = weather_sequence(files, reach, own_layer=own_layer)
    with progress("following back", total=_TICKS) as advance:
        result = follow_back(receptors, sequence, settings, hours=hours, progress=_ticks(advance))
    _tell_surface(sequence.surface_from)
    paths: list[Path] = []
    if output is not None:
        targets = sensitivity_paths(result.sensitivities, output, format_name)
        paths = write_sensitivities(result.sensitivities, targets, inputs=inputs)
        for path in paths:
            note(f"wrote {path}")
    document = _document(result, failed, paths, sorted(sequence.surface_from))
    emit(json_text(document) if as_json else "\n".join(_lines(document)))
    if failed:
        raise SystemExit(1)


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
    from vigie.transport.backward import check_receptor

    good, failed = [], []
    times = files.times_ns
    for one in receptors:
        try:
            check_receptor(one, (times[0], times[-1]), settings, hours)
        except ParameterError as error:
            told = dict(error.params)
            failed.append((one.station, f"{told['value']}; needed: {told['expected']}"))
        else:
            good.append(one)
    return good, failed


def _ticks(advance: Callable[[str], None]) -> Callable[[float], None]:
    """Return what turns a growing share into steps of a bar."""
    done = 0

    def tell(share: float) -> None:
        nonlocal done
        while done < int(share * _TICKS):
            done += 1
            advance(f"{done} %")

    return tell


def _tell_weather(files: WeatherFiles) -> None:
    tell_issues(files.issues)
    for path, why in files.failed:
        note(f"{path}: {why}")
    if files.without:
        note(f"{len(files.without)} files hold no weather: {files.without[0]} ...")


def _tell_surface(kinds: set[str]) -> None:
    from vigie.transport.weather.surface import SURFACE_FALLBACK

    for kind in sorted(kinds - {"fluxes"}):
        note(f"The weather has no fluxes at the surface: {SURFACE_FALLBACK[kind]}.")


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
