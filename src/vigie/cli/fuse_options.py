"""What ``vigie fuse`` takes as possible: options, and what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import FiniteRange
from vigie.cli.model_options import amounts_of, model_options
from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.pipeline.fusion.options import FuseOptions

    Command = Callable[..., None]


def fuse_options(command: Command) -> Command:
    """Add which events and nuclides are looked at, and what is thought possible."""
    decorators = (
        click.option("--event", "event_ids", multiple=True, metavar="ID", help="Only this event."),
        click.option(
            "--nuclide",
            "nuclides",
            multiple=True,
            metavar="NAME",
            help="Only these nuclides; by default all radioxenons, or else the one that is "
            "detected most often.",
        ),
        click.option(
            "--amount",
            "amounts_bq",
            nargs=2,
            type=FiniteRange(0.0, min_open=True),
            default=(1e9, 1e16),
            show_default=True,
            metavar="LEAST MOST",
            help="Least and largest release thought possible, Bq of the reference nuclide.",
        ),
        click.option(
            "--magnitude-yield",
            nargs=2,
            type=float,
            metavar="A B",
            help="mb = A + B log10(kt): bounds the release by the yield. By default only a yield "
            "of infrasound does.",
        ),
        click.option(
            "--prompt",
            "prompt_weight",
            type=FiniteRange(0.0, 1.0),
            default=0.5,
            show_default=True,
            help="Probability of prompt venting; the rest is seepage.",
        ),
        click.option(
            "--prompt-hours",
            "prompt_h",
            type=FiniteRange(0.0, min_open=True),
            default=24.0,
            show_default=True,
            help="Prompt venting is even over so many hours.",
        ),
        click.option(
            "--seepage-days",
            "seepage_mean_d",
            type=FiniteRange(0.0, min_open=True),
            default=15.0,
            show_default=True,
            help="Mean delay of seepage.",
        ),
        click.option(
            "--longest-days",
            "longest_d",
            type=FiniteRange(0.0, 1000.0, min_open=True),
            default=60.0,
            show_default=True,
            help="Longest delay of a release.",
        ),
        click.option(
            "--prior-odds",
            type=FiniteRange(0.0, min_open=True),
            metavar="ODDS",
            help="Of the event being a nuclear explosion, before any sample (from screening): "
            "gives a probability.",
        ),
        click.option(
            "--region",
            is_flag=True,
            help="Find the 90 % region of a source too, and how far each ellipse is from it.",
        ),
    )
    for decorator in reversed((*decorators, model_options)):
        command = decorator(command)
    return command


def fuse_options_of(search: dict[str, Any]) -> FuseOptions:
    """Return what is thought possible.

    Raises
    ------
    ParameterError
        Amounts do not rise, prompt venting outlasts the longest delay, or a relation falls.
    """
    from vigie.fusion.delay import DelayPrior
    from vigie.fusion.evidence import FusionParams
    from vigie.pipeline.fusion.options import FuseOptions
    from vigie.pipeline.fusion.yields import MagnitudeYield

    least, most = amounts_of(search)
    relation = search["magnitude_yield"]
    if relation is not None and not relation[1] > 0.0:
        expected = "A and a B above 0, as in mb = 4.45 + 0.75 log10(kt)"
        shown = f"{relation[0]:g} {relation[1]:g}"
        raise ParameterError(name="--magnitude-yield", value=shown, expected=expected)
    return FuseOptions(
        params=FusionParams(
            least_bq=least,
            most_bq=most,
            model_error=search["model_error"],
            false_alarm=search["false_alarm"],
        ),
        delay=DelayPrior(
            prompt_weight=search["prompt_weight"],
            prompt_h=search["prompt_h"],
            seepage_mean_d=search["seepage_mean_d"],
            longest_d=search["longest_d"],
        ),
        relation=None if relation is None else MagnitudeYield(a=relation[0], b=relation[1]),
        prior_odds=search["prior_odds"],
        region=search["region"],
        place_error_km_per_day=search["place_error_km_per_day"],
    )
