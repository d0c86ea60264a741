"""What all commands share: JSON on standard output, errors, progress."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.errors import ParameterError, VigieError
from vigie.file_text import readable, utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vigie.formats import Issue
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.pipeline.manifest import Retired
    from vigie.pipeline.station_book import StationBook
    from vigie.pipeline.write import Written
    from vigie.records import Event

    Decorator = Callable[[Callable[..., None]], Callable[..., None]]

json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on standard output."
)
output_option: Decorator = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write there instead of printing."
)
beside_option: Decorator = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write there, as well as printing."
)
"""Of commands whose output is another form of what they print: a figure, a report, a bulletin."""
stations_option: Decorator = click.option(
    "--stations",
    "station_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Station positions: StationXML, CSS3.0 site table or CSV, or a folder of them. May be "
    "given several times; the first that knows a station counts.",
)
model_option: Decorator = click.option(
    "--model",
    type=click.Choice(["ak135", "iasp91"]),
    default="ak135",
    show_default=True,
    help="Earth model of the travel times.",
)

reading_option: Decorator = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="What a file leaves open: order=lat_lon, base=0 ... of .srm, unit=Bq/m3 of sample lists. "
    "May be given several times.",
)

atmosphere_option: Decorator = click.option(
    "--atmosphere",
    "atmosphere_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Profile of the atmosphere (G2S text) through which infrasound came; by default the mean "
    "of the season.",
)


_MOST_NOTICES = 5
"""So many repairs of one file are told one by one."""


class FiniteRange(click.FloatRange):
    """A number within limits; ``nan`` is no number."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 — click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text; what is not a finite number becomes null."""
    return json.dumps(_finite(document), ensure_ascii=False, indent=2, allow_nan=False)


def _finite(value: Any) -> Any:  # noqa: ANN401 — JSON values of any kind
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def error_document(error: Exception) -> dict[str, Any]:
    """Return the JSON document of a command that failed."""
    told = {"code": "vigie.fault", "text": str(error), "params": {}}
    if isinstance(error, VigieError):
        told |= {"code": error.code, "params": dict(error.params)}
    elif isinstance(error, click.UsageError):
        told |= {"code": "vigie.usage", "text": error.format_message()}
    elif isinstance(error, OSError):
        told |= {"code": "vigie.system"}
    return {"vigie": {"document": "error", "version": 1}, "error": told}


def emit(text: str, output: Path | None = None) -> None:
    """Print a text, or write it to a file."""
    if output is None:
        click.echo(readable(text))
        return
    from vigie.exchange.files import put_file

    put_file(output, utf8(text if text.endswith("\n") else text + "\n"))


NEVER_WRITTEN = {
    ".pdf", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".eps", ".ps", ".docx", ".xlsx",
    ".zip",
}  # fmt: skip
"""Kinds of file that no command writes; a folder of such a name is nobody's wish."""


def keep_inputs(output: Path | None, *inputs: Path | str | None) -> None:
    """Refuse, before any work, to write over a file that is read, or that is in a folder read.

    Raises
    ------
    OutputError
        The output is an input.
    """
    from vigie.exchange.files import refuse_inputs

    if output is not None:
        refuse_inputs([output], [path for path in inputs if path is not None])


def no_folders(paths: Iterable[Path | str]) -> list[Path]:
    """Return those of some paths that are no folders, for ``keep_inputs``.

    Of a folder of recordings or stations many files may not be read, results of an earlier run
    among them; which are, is known after reading, and what is read is kept then.
    """
    return [path for path in map(Path, paths) if not path.is_dir()]


def refuse_kind(output: Path | None) -> None:
    """Refuse, before any work, a name that would become a folder and is that of a file.

    Raises
    ------
    OutputError
        The output is of a kind that no command writes.
    """
    from vigie.errors import OutputError

    if output is not None and output.suffix.lower() in NEVER_WRITTEN:
        raise OutputError(
            path=str(output),
            reason=f"no command writes {output.suffix} files",
            remedy="See --help of the command for the kinds that it writes.",
        )


def note(text: str) -> None:
    """Tell a person something, on standard error, so that standard output stays clean."""
    click.echo(text, err=True)


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar on a terminal; nothing elsewhere.

    Yields a function to call after each step with what was done.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(what: str) -> None:
            bar.update(task, advance=1, description=f"{title}: {what}")

        yield advance


def open_stations(files: tuple[Path, ...]) -> StationBook:
    """Read the station files, with those of the IMS behind them; tell what is odd in them."""
    from vigie.pipeline.station_book import open_book

    book = open_book(files)
    tell_issues(book.issues)
    for text in book.conflicts:
        note(text)
    return book


def open_atmosphere(path: Path | None) -> Atmosphere:
    """Return the atmosphere of a profile; that of climatology where no file is named.

    Raises
    ------
    WrongFormatError
        The file holds no profile.
    """
    from vigie.errors import WrongFormatError
    from vigie.exchange.files import read_file
    from vigie.network.infrasound import Climatology, OneProfile

    if path is None:
        return Climatology()
    contents = read_file(path)
    tell_issues((str(path), issue) for issue in contents.issues)
    if not contents.profiles:
        raise WrongFormatError(
            path=str(path),
            format="a profile of the atmosphere",
            reason=f"a {contents.format} file" if contents.format else "it holds other records",
            remedy="Name a G2S text file.",
        )
    return OneProfile(contents.profiles[0])


def tell_profile_doubts(atmosphere: Atmosphere, events: Iterable[Event]) -> None:
    """Say where a given profile is of another place or time than an event with infrasound."""
    from vigie.network.infrasound import OneProfile
    from vigie.pipeline.profile_doubts import profile_doubts

    if isinstance(atmosphere, OneProfile):
        for text in profile_doubts(atmosphere.given, events):
            note(text)


def option_pairs(options: tuple[str, ...]) -> dict[str, str]:
    """Return options by name.

    Raises
    ------
    ParameterError
        One has no equals sign, or a name stands twice.
    """
    pairs: dict[str, str] = {}
    for option in options:
        name, sign, value = option.partition("=")
        if not sign or name in pairs:
            raise ParameterError(name="--option", value=option, expected="NAME=VALUE, each once")
        pairs[name] = value
    return pairs


def tell_issues(issues: Iterable[tuple[str, Issue]]) -> None:
    """List what was wrong in files; of the notices of one file only the first."""
    told: Counter[str] = Counter()
    for path, issue in issues:
        told[path] += issue.severity == "notice"
        if issue.severity != "notice" or told[path] <= _MOST_NOTICES:
            note(f"{path}, {issue.place}: {issue.text}")
    for path, count in told.items():
        if count > _MOST_NOTICES:
            more = count - _MOST_NOTICES
            note(f"{path}: and {more} more notices; `vigie inspect {path}` lists all")


def tell_losses(written: Written) -> None:
    """Say what the formats of some files could not hold, a line for each file."""
    by_file: dict[tuple[Path, str], list[str]] = {}
    for path, name, loss in written.losses:
        by_file.setdefault((path, name), []).append(loss)
    for (path, name), losses in by_file.items():
        note(f"{path}: {name} cannot hold all of it: {'; '.join(losses)}")


def loss_rows(written: Written) -> list[dict[str, str]]:
    """Return what the formats could not hold, for a JSON document."""
    return [{"path": str(p), "format": name, "lost": loss} for p, name, loss in written.losses]


def tell_retired(retired: Retired) -> None:
    """Say what became of the pages of an earlier run."""
    if retired.removed:
        note(f"removed pages of an earlier run: {', '.join(retired.removed)}")
    for name in retired.kept:
        note(f"{name} is of an earlier run, but was changed since; it stays")
