"""``vigie transport forward``: weather and releases in; where their air goes out."""

from __future__ import annotations

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import (
    FiniteRange,
    beside_option,
    emit,
    json_option,
    json_text,
    note,
    open_stations,
    option_pairs,
    progress,
    stations_option,
    tell_issues,
)
from vigie.cli.sample_options import language_option
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
    from collections.abc import Callable, Mapping, Sequence

    from vigie.pipeline.transport.releases import NamedRelease
    from vigie.pipeline.transport.weather_files import WeatherFiles
    from vigie.products.transport.plume_view import PlumeView
    from vigie.transport.forward import Release
    from vigie.transport.march import MarchSettings

Told = tuple[str, float, float, str, str, float]
Failed = list[tuple[str, str]]
MOST_HOURS = 336.0


@click.command("forward")
@weather_argument
@click.option(
    "--release",
    "told",
    multiple=True,
    nargs=6,
    type=(str, float, float, str, str, float),
    metavar="NAME LAT LON START STOP BQ",
    help="A release: place (deg), span (UTC) and amount. May be given several times.",
)
@click.option(
    "--releases",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Releases as CSV: name, latitude, longitude, start, stop, amount_bq; nuclide, low_m and "
    "high_m may follow.",
)
@click.option(
    "--nuclide",
    default="",
    metavar="NAME",
    help="Whose decay is taken in (Xe-133), where no list states it; by default nothing decays.",
)
@click.option(
    "--height",
    "heights_m",
    nargs=2,
    type=FiniteRange(0.0, 30_000.0),
    default=(0.0, 50.0),
    show_default=True,
    metavar="LOW HIGH",
    help="Above ground, m, where no list states it.",
)
@stations_option
@click.option(
    "--station",
    "codes",
    multiple=True,
    metavar="CODE",
    help="What it sees is told: a station of --stations or of the IMS (RN33; RN is all for "
    "radionuclides). May be given several times; by default all of --stations.",
)
@click.option(
    "--hours",
    type=FiniteRange(1.0, 2400.0),
    help="How far from the first release on. [default: as far as the weather goes, 336 at most]",
)
@model_options(each="release")
@click.option(
    "--animation", is_flag=True, help="In a folder, also a film (.gif) and its pictures (.png)."
)
@language_option
@json_option
@beside_option
def forward_command(  # noqa: PLR0913 — one argument per option
    *,
    weather: tuple[Path, ...],
    told: tuple[Told, ...],
    files: tuple[Path, ...],
    nuclide: str,
    heights_m: tuple[float, float],
    station_files: tuple[Path, ...],
    codes: tuple[str, ...],
    hours: float | None,
    own_layer: bool,
    options: tuple[str, ...],
    animation: bool,
    language: str,
    as_json: bool,
    output: Path | None,
    **model: Any,  # noqa: ANN401 — the options of ``model_options``
) -> None:
    """Follow releases through the weather: concentrations by interval, maps, a film.

    WEATHER are files of wind, temperature and surface pressure (ERA5, GFS, IFS: GRIB or netCDF;
    ARL packed), or folders of them. With -o the name tells what is written: concentrations (.nc),
    the document (.json), maps (.png, .svg), a film (.gif), or else a folder with all but the film.
    The exit status is 1 if a release could not be followed.
    """
    from vigie.cli.transport_products import Saving, check_output, save_plumes
    from vigie.pipeline.transport.weather_files import index_weather
    from vigie.products.transport.plume_document import plume_document

    if not told and not files:
        raise click.UsageError("Tell a release with --release or --releases FILE.")
    inputs = (*weather, *files, *station_files)
    check_output(output, inputs)
    releases, failed = _releases(told, files, nuclide, heights_m)
    stations = _stations(station_files, codes)
    indexed = index_weather(weather, option_pairs(options))
    tell_weather(indexed)
    settings = settings_of(model)
    releases, whole, late = _covered(releases, indexed, settings, hours)
    failed += late
    for name, why in failed:
        note(f"{name}: {why}")
    if not releases:
        raise SystemExit(1)
    views, surface = _follow(releases, indexed, settings, (whole, own_layer, stations))
    document = plume_document(views, surface, failed)
    if output is not None:
        command = shlex.join(["vigie", *sys.argv[1:]])
        how = Saving(language=language, command=command, film=animation, inputs=inputs)
        save_plumes(views, output, document, how)
    emit(json_text(document) if as_json else _text(views, language))
    if failed:
        raise SystemExit(1)


def _follow(
    releases: Sequence[NamedRelease],
    files: WeatherFiles,
    settings: MarchSettings,
    rest: tuple[float, bool, Mapping[str, tuple[float, float]]],
) -> tuple[list[PlumeView], set[str]]:
    """Follow releases; return their plumes, and where friction and heat came from."""
    from vigie.pipeline.transport.weather_files import weather_sequence
    from vigie.products.transport.plume_view import PlumeView
    from vigie.transport.forward import follow_forward

    hours, own_layer, stations = rest
    first = min(one.release.start_ns for one in releases)
    last = first + settings.n_intervals(hours) * round(settings.interval_s * 1e9)
    sequence = weather_sequence(files, (first, last), own_layer=own_layer)
    with progress("following", total=TICKS) as advance:
        plumes = follow_forward(
            [one.release for one in releases],
            sequence,
            settings,
            hours=hours,
            progress=ticks(advance),
        )
    tell_surface(sequence, aerosol=settings.aerosol is not None)
    views = [
        PlumeView(
            release=one.release,
            plume=plume,
            nuclide=one.nuclide,
            half_life_s=one.half_life_s,
            stations=stations,
        )
        for one, plume in zip(releases, plumes, strict=True)
    ]
    return views, sequence.surface_from


def _releases(
    told: Sequence[Told], files: Sequence[Path], nuclide: str, heights_m: tuple[float, float]
) -> tuple[list[NamedRelease], Failed]:
    """Return the releases of the command line and of files, and what could not be used."""
    from vigie.pipeline.transport.releases import read_releases, release_at

    found = [
        release_at(name, (lat, lon), (start, stop), amount, nuclide=nuclide, heights_m=heights_m)
        for name, lat, lon, start, stop, amount in told
    ]
    failed: Failed = []
    for path in files:
        listed = read_releases(path, nuclide=nuclide, heights_m=heights_m)
        tell_issues((str(path), issue) for issue in listed.issues)
        found += listed.found
        failed += listed.failed
    return found, failed


def _stations(files: tuple[Path, ...], codes: Sequence[str]) -> Mapping[str, tuple[float, float]]:
    """Return the places of the stations that are looked at."""
    from vigie.pipeline.transport.plume_stations import listed_stations, named_stations

    if codes:
        return named_stations(codes, open_stations(files))
    if not files:
        return {}
    places, book = listed_stations(files)
    tell_issues(book.issues)
    return places


def _covered(
    releases: Sequence[NamedRelease],
    files: WeatherFiles,
    settings: MarchSettings,
    hours: float | None,
) -> tuple[list[NamedRelease], float, Failed]:
    """Return the releases that the weather covers, the hours, and the others with the reason."""
    from vigie.errors import ParameterError
    from vigie.pipeline.transport.releases import hours_of
    from vigie.pipeline.transport.weather_files import check_place, weather_sequence
    from vigie.transport.forward import check_release
    from vigie.transport.lid import SURELY_BELOW_M, check_below_lid
    from vigie.transport.march import check_reach

    reach = (files.times_ns[0], files.times_ns[-1])
    failed: Failed = []

    def kept(ones: Sequence[NamedRelease], check: Callable[[Release], None]) -> list[NamedRelease]:
        good = []
        for one in ones:
            try:
                check(one.release)
            except ParameterError as error:
                told = dict(error.params)
                failed.append((one.release.name, f"{told['value']}; needed: {told['expected']}"))
            else:
                good.append(one)
        return good

    def check(one: Release) -> None:
        check_reach(one.name, reach, one.start_ns, one.stop_ns)
        check_place(one.name, one.box.south, one.box.west, files)

    inside = kept(releases, check)
    if any(one.release.box.high_m > SURELY_BELOW_M for one in inside):
        spans = [(one.release.start_ns, one.release.stop_ns) for one in inside]
        span = min(start for start, _ in spans), max(stop for _, stop in spans)
        around = weather_sequence(files, span)

        def check_height(one: Release) -> None:
            start = (one.name, one.box, one.start_ns, one.stop_ns)
            check_below_lid([start], around, one.start_ns)

        inside = kept(inside, check_height)
    first = min((one.release.start_ns for one in inside), default=0)
    whole = hours or hours_of(settings, first, reach[1], most=MOST_HOURS)
    good = kept(
        inside, lambda one: check_release(one, reach, settings, first_ns=first, hours=whole)
    )
    return good, whole, failed


def _text(views: Sequence[PlumeView], language: str) -> str:
    from vigie.cli.sample_table import table_rows
    from vigie.products.transport.plume_text import plume_text

    table = partial(table_rows, indent="  ")
    return "\n".join(plume_text(one, language, table) for one in views)
