"""``vigie inspect`` and ``vigie convert``: what a file is, and the same in another format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import (
    emit,
    json_option,
    json_text,
    keep_inputs,
    output_option,
    tell_issues,
    tell_losses,
)
from vigie.cli.inspection import described, inspected, is_unreadable, issue_row, nothing_read
from vigie.cli.inspection_radionuclide import HELD
from vigie.cli.inspection_transport import HELD as TRANSPORTED
from vigie.errors import MissingInputError, ParameterError, UnwritableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.formats import Contents, Format


reading_option = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="What a file leaves open: order=lat_lon, base=0 ... of .srm, unit=Bq/m3 of sample lists. "
    "May be given several times.",
)


def pairs_of(options: tuple[str, ...]) -> dict[str, str]:
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


@click.command("inspect")
@click.argument("paths", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--format", "format_name", help="Read as this format instead of recognising it.")
@click.option("--formats", "list_formats", is_flag=True, help="List the formats and stop.")
@click.option("--strict", is_flag=True, help="Refuse a file at the first thing wrong in it.")
@reading_option
@json_option
@output_option
def inspect_command(  # noqa: PLR0913 — its options
    *,
    paths: tuple[Path, ...],
    format_name: str | None,
    list_formats: bool,
    strict: bool,
    options: tuple[str, ...],
    as_json: bool,
    output: Path | None,
) -> None:
    """Say what each FILE is, what is in it, and what is wrong with it.

    Exit status 1 if any file could not be read, or nothing in it.
    """
    if list_formats:
        rows = _format_rows()
        document = {"vigie": {"document": "formats", "version": 1}, "formats": rows}
        emit(json_text(document) if as_json else _format_table(rows), output)
        return
    if not paths:
        raise click.UsageError("Name at least one FILE, or give --formats.")
    keep_inputs(output, *paths)
    said = pairs_of(options)
    summaries = [inspected(path, format_name, strict=strict, options=said) for path in paths]
    document = {"vigie": {"document": "inspection", "version": 1}, "files": summaries}
    text = "\n\n".join(described(summary) for summary in summaries)
    emit(json_text(document) if as_json else text, output)
    if any(is_unreadable(summary) for summary in summaries):
        raise SystemExit(1)


@click.command("convert")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--from", "from_format", help="Format of IN, where it is not recognised.")
@click.option("--to", "to_format", help="Format of OUT, where its name does not tell.")
@click.option("--strict", is_flag=True, help="Refuse IN at the first thing wrong in it.")
@reading_option
@json_option
def convert_command(  # noqa: PLR0913 — its options
    *,
    source: Path,
    target: Path,
    from_format: str | None,
    to_format: str | None,
    strict: bool,
    options: tuple[str, ...],
    as_json: bool,
) -> None:
    """Read IN and write OUT in another format.

    The name of OUT tells its format (x.mseed, x.isf, x.xml ...); --to overrules it.
    """
    from vigie.exchange.files import read_file
    from vigie.pipeline.write import write_contents

    keep_inputs(target, source)
    companions: set[Path] = set()
    contents = read_file(
        source,
        format_name=from_format,
        strict=strict,
        companions=companions,
        options=pairs_of(options),
    )
    tell_issues((str(source), issue) for issue in contents.issues)
    if not _kinds(contents) or nothing_read(contents):
        raise MissingInputError(
            path=str(source),
            what=f"something to convert (it was read as {contents.format})",
            remedy="`vigie inspect` says what is wrong with it.",
        )
    chosen = _target_format(target, to_format, contents)
    if not chosen.writes & _kinds(contents):
        raise UnwritableError(
            format=chosen.title,
            what=" and ".join(sorted(_kinds(contents))),
            remedy="Choose a format that holds it with --to (vigie inspect --formats).",
        )
    inputs = {source, *companions}
    written = write_contents(contents, target, format_name=chosen.name, inputs=inputs)
    tell_losses(written)
    paths = [str(path) for path in written.paths]
    document = {
        "vigie": {"document": "conversion", "version": 1},
        "read": str(source),
        "format": contents.format,
        "written": paths,
        "to": chosen.name,
        "issues": [issue_row(issue) for issue in contents.issues],
        "losses": [loss for _, _, loss in written.losses],
    }
    emit(json_text(document) if as_json else f"wrote {', '.join(paths)} ({chosen.title})")


def _target_format(target: Path, name: str | None, contents: Contents) -> Format:
    from vigie.formats import all_formats, called_like, format_named

    if name:
        return format_named(name)
    kinds = _kinds(contents)
    fits = called_like(target.name, (f for f in all_formats() if f.writes & kinds))
    if not fits:
        known = ", ".join(sorted(f.name for f in all_formats() if f.writes & kinds))
        choose = f"Choose the format with --to: {known}."
        raise UnwritableError(
            format=f"a file named {target.name}",
            what=" and ".join(sorted(kinds)).replace("_", " "),
            remedy=choose if known else "Keep the original: vigie writes none that holds it.",
        )
    # A name ending of several formats (.xml): the one that holds most of what was read.
    best = max(len(f.writes & kinds) for f in fits)
    fits = [f for f in fits if len(f.writes & kinds) == best]
    if len(fits) > 1:
        names = ", ".join(f.name for f in fits)
        raise ParameterError(name="--to", value="not given", expected=f"choose one of {names}")
    return fits[0]


def _kinds(contents: Contents) -> frozenset[str]:
    present = {
        "waveforms": bool(contents.waveforms),
        "stations": bool(contents.stations),
        "bulletin": contents.bulletin is not None,
        "profiles": bool(contents.profiles),
        **{name: bool(getattr(contents, name)) for name in (*HELD, *TRANSPORTED)},
    }
    return frozenset(kind for kind, there in present.items() if there)


def _format_rows() -> list[dict[str, Any]]:
    from vigie.formats import all_formats

    return [
        {
            "name": f.name,
            "title": f.title,
            "suffixes": list(f.suffixes),
            "reads": sorted(f.holds),
            "writes": sorted(f.writes),
        }
        for f in all_formats()
    ]


def _format_table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"{'name':<16} {'reads':<22} {'writes':<22} title"]
    lines += [
        f"{row['name']:<16} {', '.join(row['reads']):<22} {', '.join(row['writes']):<22} "
        f"{row['title']}"
        for row in rows
    ]
    return "\n".join(lines)
