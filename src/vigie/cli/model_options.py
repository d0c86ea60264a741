"""What ``vigie source`` and ``vigie fuse`` both take as possible of samples and modelled air."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import FiniteRange
from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., None]


def model_options(command: Command) -> Command:
    """Add the errors of modelled air and of samples."""
    decorators = (
        click.option(
            "--model-error",
            type=FiniteRange(0.0, 4.0, min_open=True, max_open=True),
            default=0.5,
            show_default=True,
            help="Relative error of a modelled concentration, beside the spread of an ensemble.",
        ),
        click.option(
            "--place-error",
            "place_error_km_per_day",
            type=FiniteRange(0.0, 1000.0),
            default=30.0,
            show_default=True,
            metavar="KM_PER_DAY",
            help="Error of place of modelled air, by axis, for each day back (posterior).",
        ),
        click.option(
            "--false-alarm",
            type=FiniteRange(0.0, 1.0, max_open=True),
            default=0.05,
            show_default=True,
            help="Share of detections that are of background alone.",
        ),
        click.option(
            "--tolerance",
            "tolerance_h",
            type=FiniteRange(0.0),
            default=1.0,
            show_default=True,
            metavar="HOURS",
            help="By which the ends of a sample's collection and of its sensitivity may differ.",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def amounts_of(search: dict[str, Any]) -> tuple[float, float]:
    """Return the least and the largest release thought possible, Bq.

    Raises
    ------
    ParameterError
        They do not rise.
    """
    least, most = search["amounts_bq"]
    if least >= most:
        expected = "the least first, then the largest"
        raise ParameterError(name="--amount", value=f"{least:g} {most:g}", expected=expected)
    return least, most
