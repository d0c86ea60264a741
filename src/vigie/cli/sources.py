"""Options and messages of the commands that take recordings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import note, tell_issues
from vigie.errors import BadTimeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.exchange import Intake, Selection
    from vigie.pipeline.detect import DetectRun


_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)


class TimeType(click.ParamType[int]):
    """A time on the command line: ISO 8601 or epoch seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401 — click's signature
        """Return nanoseconds since 1970 UTC."""
        from vigie.records.time import parse_time

        if isinstance(value, int):
            return value
        if _YEAR.fullmatch(value.strip()):
            self.fail(
                f"{value!r} may be a year or epoch seconds. Write {value}-01-01 or {value}.0.",
                param,
                ctx,
            )
        try:
            return parse_time(value)
        except BadTimeError as error:
            self.fail(str(error), param, ctx)


def source_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add SOURCE..., --start, --end, --channels and --use."""
    decorators = (
        click.argument("sources", nargs=-1, required=True, metavar="SOURCE..."),
        click.option("--start", "start_ns", type=TimeType(), help="Use only data from then on."),
        click.option("--end", "end_ns", type=TimeType(), help="Use only data before then."),
        click.option(
            "--channels",
            multiple=True,
            metavar="NET.STA.LOC.CHA",
            help="Use only these channels; * and ? stand for any letters.",
        ),
        click.option(
            "--use",
            type=click.Choice(["any", "teleseismic", "regional", "local"]),
            default="any",
            show_default=True,
            help="What the stations listen for: it chooses the filter bank, and in process how "
            "far away events are looked for.",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def selection_of(start_ns: int | None, end_ns: int | None, channels: tuple[str, ...]) -> Selection:
    """Return what the options select."""
    from vigie.exchange import Selection
    from vigie.records.station import OPEN_END_NS, OPEN_START_NS

    if start_ns is not None and end_ns is not None and end_ns <= start_ns:
        raise click.UsageError("--end must lie after --start.")
    return Selection(
        start_ns=OPEN_START_NS if start_ns is None else start_ns,
        end_ns=OPEN_END_NS if end_ns is None else end_ns,
        channels=channels,
    )


def tell_issues_of(intake: Intake) -> None:
    """List, on standard error, files and records that were left out."""
    for skipped in intake.skipped:
        note(f"left out {skipped.path}: {skipped.reason}")
    tell_issues(intake.issues)


def tell_what_was_left_out(intake: Intake, run: DetectRun) -> None:
    """List, on standard error, files, records and stations that were left out."""
    tell_issues_of(intake)
    if not run.runs and not run.failed and not intake.absent:
        note(
            f"There are no recordings in {', '.join(intake.sources)} within the span and "
            "channels that were asked for."
        )
    for station, reason in run.failed:
        note(f"station {station}: {reason}")
    for station_run in run.runs:
        for text in station_run.notes:
            note(f"station {station_run.station}: {text}")
