"""What the commands of ``vigie transport`` share: options, weather that is read, a bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import FiniteRange, note, reading_option, tell_issues

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.pipeline.transport.weather_files import WeatherFiles
    from vigie.transport.march import MarchSettings
    from vigie.transport.weather.sequence import WeatherSequence

    Command = Callable[..., None]
    Decorator = Callable[[Command], Command]

TICKS = 100
MOST_FAILED = 5
"""So many files of folders that cannot be read are named one by one."""

weather_argument: Decorator = click.argument(
    "weather", nargs=-1, required=True, metavar="WEATHER...", type=click.Path(path_type=Path)
)


def model_options(*, each: str) -> Decorator:
    """Return what adds the options of cells and particles.

    Parameters
    ----------
    each : str
        Of what so many particles are: "sample" or "release".
    """
    decorators = (
        click.option(
            "--grid",
            "cell_deg",
            type=FiniteRange(0.05, 10.0),
            default=0.5,
            show_default=True,
            help="Size of the cells, deg.",
        ),
        click.option(
            "--interval",
            "interval_h",
            type=FiniteRange(0.25, 24.0),
            default=3.0,
            show_default=True,
            help="Length of the intervals, h.",
        ),
        click.option(
            "--layer",
            "layer_m",
            type=FiniteRange(10.0, 5000.0),
            default=150.0,
            show_default=True,
            help="Depth of the layer above ground that the cells hold, m.",
        ),
        click.option(
            "--particles",
            type=click.IntRange(100, 10_000_000),
            default=20_000,
            show_default=True,
            help=f"Per {each}.",
        ),
        click.option(
            "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of chance."
        ),
        click.option(
            "--aerosol",
            "aerosol_um",
            type=FiniteRange(0.01, 10.0),
            metavar="DIAMETER_UM",
            help="Aerodynamic diameter of the particles that carry the activity, um: the ground, "
            "rain and snow take them (0.4 to 0.6 is usual for Cs-137 and I-131). By default a "
            "noble gas, of which nothing is deposited.",
        ),
        click.option(
            "--own-layer",
            is_flag=True,
            help="Take the height of the boundary layer from the weather, where it gives one.",
        ),
        click.option(
            "--threads",
            type=click.IntRange(0, 512),
            default=0,
            show_default=True,
            help="0: all cores.",
        ),
        reading_option,
    )

    def add(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return add


def settings_of(model: dict[str, Any]) -> MarchSettings:
    """Return how particles are followed, by the options of ``model_options``."""
    from vigie.records import global_grid
    from vigie.transport.aerosol import Aerosol
    from vigie.transport.march import MarchSettings

    cell, diameter = model["cell_deg"], model["aerosol_um"]
    return MarchSettings(
        grid=global_grid(cell, cell, latitude_phase=0.5 * cell, longitude_phase=0.5 * cell),
        particles=model["particles"],
        interval_s=model["interval_h"] * 3600.0,
        layer_depth_m=model["layer_m"],
        seed=model["seed"],
        threads=model["threads"],
        aerosol=None if diameter is None else Aerosol(diameter_um=diameter),
    )


def ticks(advance: Callable[[str], None]) -> Callable[[float], None]:
    """Return what turns a growing share into the hundred steps of a bar."""
    done = 0

    def tell(share: float) -> None:
        nonlocal done
        while done < int(share * TICKS):
            done += 1
            advance(f"{done} %")

    return tell


def tell_weather(files: WeatherFiles) -> None:
    """Say what was odd in files of weather, and which of a folder were left out."""
    tell_issues(files.issues)
    for path, why in files.failed[:MOST_FAILED]:
        note(why if why.startswith(str(path)) else f"{path}: {why}")
    if len(files.failed) > MOST_FAILED:
        last = files.failed[-1][0]
        note(f"and {len(files.failed) - MOST_FAILED} more files that cannot be read, to {last}")
    if files.without:
        note(f"{len(files.without)} files hold no weather: {files.without[0]} ...")


def tell_surface(sequence: WeatherSequence, *, aerosol: bool) -> None:
    """Say where friction and heat at the ground came from, if not from the weather.

    And what it lacks: humidity for deep convection; of aerosols, rain and clouds.
    """
    from vigie.transport.weather.surface import SURFACE_FALLBACK

    for kind in sorted(sequence.surface_from - {"fluxes"}):
        note(f"The weather has no fluxes at the surface: {SURFACE_FALLBACK[kind]}.")
    if sequence.dry:
        note("The weather has no humidity: no deep convection.")
    if not aerosol:
        return
    if sequence.rainless:
        note("The weather has no rain at some of its times: dry deposition only.")
    elif sequence.dry:
        note("Without humidity no clouds: rain takes aerosols up to 0.7 of the surface pressure.")
