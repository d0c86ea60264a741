"""Options that say how events are located, and what they stand for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from vigie.cli.common import atmosphere_option, model_option, note

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.cli.common import Decorator
    from vigie.earth.base import Predictor
    from vigie.earth.path_table import PathTable
    from vigie.pipeline.locate import RelocateParams

NAMED = 10
"""So many corrections that were not used are named."""

DepthChoice = float | Literal["auto", "default", "free"]


class DepthType(click.ParamType[DepthChoice]):
    """``auto``, ``default``, ``free`` or a number of kilometres."""

    name = "depth"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> DepthChoice:
        """Return the word, or the kilometres."""
        text = str(value)
        if text in ("auto", "default", "free"):
            return cast("DepthChoice", text)
        try:
            depth_km = float(text)
        except ValueError:
            depth_km = -1.0
        if not 0.0 <= depth_km <= 800.0:
            self.fail(f"{text!r} is not free, default, auto or a depth of 0 to 800 km", param, ctx)
        return depth_km


_DECORATORS: tuple[Decorator, ...] = (
    click.option(
        "--phases",
        type=click.Choice(["identify", "keep"]),
        default="identify",
        show_default=True,
        help="Name the phases anew, or keep them as they are given.",
    ),
    click.option(
        "--depth",
        type=DepthType(),
        default="auto",
        show_default=True,
        metavar="free|KM|default|auto",
        help="Solve for the depth, hold it, hold it at the default, or decide by the data.",
    ),
    model_option,
    click.option(
        "--corrections",
        "corrections_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="What is known of single paths: CSV with station, phase, correction_s (added to the "
        "predicted time) and model_sigma_s (the error that then holds).",
    ),
    click.option(
        "--errors",
        type=click.Choice(["correlated", "independent"]),
        default="correlated",
        show_default=True,
        help="Whether errors of the model are alike at neighbouring stations.",
    ),
    atmosphere_option,
)


def location_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --phases, --depth, --model, --corrections, --errors and --atmosphere."""
    for decorator in reversed(_DECORATORS):
        command = decorator(command)
    return command


def location_params(
    phases: Literal["identify", "keep"], depth: DepthChoice, errors: str
) -> RelocateParams:
    """Return what the options choose."""
    from vigie.network.location import ErrorModel, LocateParams
    from vigie.pipeline.locate import RelocateParams

    correlated = errors == "correlated"
    return RelocateParams(
        locate=LocateParams(phases=phases, depth=depth, errors=ErrorModel(correlated=correlated))
    )


def open_predictor(model: str, corrections_file: Path | None) -> Predictor:
    """Return the earth model with the path corrections; tell what is odd in them, and unused."""
    from vigie.earth import EarthPredictor, PredictorOptions, load_predictor
    from vigie.earth.path_table import PathTable
    from vigie.exchange.path_corrections import read_path_corrections

    predictor = load_predictor(model)
    if corrections_file is None:
        return predictor
    rows, issues = read_path_corrections(corrections_file)
    for issue in issues:
        note(f"{corrections_file}, {issue.place}: {issue.text}")
    table = PathTable(rows)
    click.get_current_context().call_on_close(lambda: note(_used(corrections_file, table)))
    return EarthPredictor(predictor.times, PredictorOptions(path_correction=table))


def _used(path: Path, table: PathTable) -> str:
    """Say how many corrections there are, and which met no arrival."""
    text = f"{path}: {len(table)} path corrections."
    if table.unused:
        names = ", ".join(f"{station} {phase}" for station, phase in table.unused[:NAMED])
        more = f" and {len(table.unused) - NAMED} more" if len(table.unused) > NAMED else ""
        text += f" No arrival needed those of {names}{more}."
    return text
