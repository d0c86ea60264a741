"""What ``vigie source`` looks for: options, and what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import FiniteRange
from vigie.cli.model_options import amounts_of, model_options
from vigie.cli.sources import TimeType
from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.pipeline.transport.background import EmitterChoice
    from vigie.pipeline.transport.source_run import SourceOptions

    Command = Callable[..., None]

METHODS = ("posterior", "psr", "for", "mmfor", "nnls", "cost", "all")


def search_options(command: Command) -> Command:
    """Add what is looked for, where, and how."""
    decorators = (
        click.option(
            "--method",
            "methods",
            multiple=True,
            type=click.Choice(METHODS),
            help="May be given several times. By default posterior and psr.",
        ),
        click.option(
            "--nuclide",
            metavar="NAME",
            help="Whose concentrations and decay are taken (Xe-133); needed where samples hold "
            "several.",
        ),
        click.option(
            "--domain",
            nargs=4,
            type=FiniteRange(-360.0, 360.0),
            metavar="SOUTH WEST NORTH EAST",
            help="Box in which the source is looked for, deg; by default all cells that a "
            "detection can come from.",
        ),
        click.option(
            "--release-from",
            "from_ns",
            type=TimeType(),
            help="Earliest release; by default as far back as those of all detections go.",
        ),
        click.option(
            "--release-to",
            "to_ns",
            type=TimeType(),
            help="Latest release; by default the last end of a collection with a detection.",
        ),
        click.option(
            "--interval",
            "interval_h",
            type=FiniteRange(0.0, min_open=True),
            metavar="HOURS",
            help="Intervals of releases; by default the steps of the sensitivities.",
        ),
        click.option(
            "--longest",
            "longest_h",
            type=FiniteRange(0.0, min_open=True),
            default=24.0,
            show_default=True,
            metavar="HOURS",
            help="Longest release (posterior).",
        ),
        click.option(
            "--amount",
            "amounts_bq",
            nargs=2,
            type=FiniteRange(0.0, min_open=True),
            default=(1e7, 1e17),
            show_default=True,
            metavar="LEAST MOST",
            help="Least and largest release thought possible, Bq.",
        ),
        click.option("--spearman", is_flag=True, help="Rank correlation in psr, not Pearson's."),
        click.option(
            "--permutations",
            type=click.IntRange(20, 100_000),
            default=1000,
            show_default=True,
            help="Orders of the samples by which the maximum of psr is judged.",
        ),
    )
    for decorator in reversed((*decorators, model_options)):
        command = decorator(command)
    return command


def emitter_options(command: Command) -> Command:
    """Add which known emitters make the background."""
    decorators = (
        click.option(
            "--emitters",
            "emitter_files",
            multiple=True,
            metavar="FILE",
            help="Known emitters: CSV with name, latitude, longitude, nuclide, median_bq_per_day, "
            "gsd, from, to, source; 'known' for vigie's table of isotope producers. May be given "
            "several times.",
        ),
        click.option(
            "--reactors",
            "reactor_file",
            metavar="FILE",
            help="List of power reactors: CSV with Name, Latitude, Longitude, Status, "
            "OperationalFrom, OperationalTo (GeoNuclearData).",
        ),
        click.option(
            "--reactor-release",
            nargs=2,
            type=FiniteRange(0.0, min_open=True),
            metavar="MEDIAN SPREAD",
            help="Release of a site of reactors, Bq/day, and its geometric standard deviation.",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def choice_of(search: dict[str, Any]) -> EmitterChoice:
    """Return which emitters are looked at.

    Raises
    ------
    ParameterError
        A release is given without reactors, or a spread is below 1.
    """
    from vigie.pipeline.transport.background import EmitterChoice

    release = search["reactor_release"]
    if release is not None and search["reactor_file"] is None:
        expected = "given with --reactors"
        raise ParameterError(name="--reactor-release", value=f"{release[0]:g}", expected=expected)
    if release is not None and release[1] < 1.0:
        expected = "a geometric standard deviation, 1 or more"
        raise ParameterError(name="--reactor-release", value=f"{release[1]:g}", expected=expected)
    return EmitterChoice(
        files=search["emitter_files"], reactors=search["reactor_file"], reactor_release=release
    )


def asked_of(search: dict[str, Any]) -> SourceOptions:
    """Return the options of a search.

    Raises
    ------
    ParameterError
        Amounts do not rise, or the box has no inside.
    """
    from vigie.pipeline.transport.source_matrix import Where
    from vigie.pipeline.transport.source_run import SourceOptions, methods_of

    box = search["domain"]
    if box is not None and not (-90.0 <= box[0] < box[2] <= 90.0 and box[1] != box[3]):
        shown = " ".join(f"{value:g}" for value in box)
        expected = "SOUTH WEST NORTH EAST, latitudes rising and within 90 deg"
        raise ParameterError(name="--domain", value=shown, expected=expected)
    interval_h = search["interval_h"]
    return SourceOptions(
        methods=methods_of(search["methods"]),
        where=Where(
            box=box,
            from_ns=search["from_ns"],
            to_ns=search["to_ns"],
            interval_s=None if interval_h is None else 3600.0 * interval_h,
        ),
        amounts_bq=amounts_of(search),
        longest_h=search["longest_h"],
        model_error=search["model_error"],
        place_error_km_per_day=search["place_error_km_per_day"],
        false_alarm=search["false_alarm"],
        spearman=search["spearman"],
        permutations=search["permutations"],
    )
