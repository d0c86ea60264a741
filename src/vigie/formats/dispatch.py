"""Find the format of a source and read it."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, cast

from vigie import registry
from vigie.errors import ParameterError, UnknownFormatError, WrongFormatError
from vigie.formats.base import Configurable
from vigie.formats.csv_table import first_line, header_cells
from vigie.formats.strangers import is_text, stranger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vigie.formats.base import Contents, Format, Source

GROUP = "vigie.formats"
"""Entry-point group of the formats."""
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SHOWN_CELLS = 8
_NAME = re.compile(r"[#\"']*[A-Za-z][\w .()/%-]{0,30}[\"']?")
"""What the name of a column looks like: most cells of a head are names, not numbers."""
HEAD_BYTES = 4096
"""How much of a file a format may look at to recognise it."""


def format_named(name: str) -> Format:
    """Return a format by its name.

    Raises
    ------
    UnknownModelError
        There is no such format.
    """
    return cast("Format", registry.load(GROUP, name))


def all_formats() -> tuple[Format, ...]:
    """Return every registered format, sorted by name."""
    return tuple(format_named(name) for name in registry.names(GROUP))


def called_like(name: str, candidates: Iterable[Format]) -> list[Format]:
    """Return the formats whose suffix a file name carries; the longest suffix wins.

    Parameters
    ----------
    name : str
        ``x.pmcc.csv`` carries ``.pmcc.csv`` and not ``.csv``.
    candidates : iterable of Format
    """
    lower = name.lower()
    found = [
        (max((len(s) for s in one.suffixes if lower.endswith(s)), default=0), one)
        for one in candidates
    ]
    longest = max((length for length, _ in found), default=0)
    return [one for length, one in found if length == longest > 0]


def detect_format(source: Source) -> Format:
    """Return the one format that recognises a source.

    Where several do, the one whose suffix the name carries wins.

    Raises
    ------
    UnknownFormatError
        No format recognises it, or several do and the name does not decide.
    """
    if not source.data:
        raise UnknownFormatError(path=source.name, reason="it is empty")
    head = source.data[:HEAD_BYTES]
    fits = [candidate for candidate in all_formats() if candidate.detect(head, source.name)]
    if len(fits) > 1:
        named = called_like(source.name, fits)
        fits = named if len(named) == 1 else fits
    if len(fits) == 1:
        return fits[0]
    if not fits and head.startswith(_UTF16_MARKS):
        reason = "it is text in UTF-16, which no format uses; save it as UTF-8"
        raise UnknownFormatError(path=source.name, reason=reason)
    names = ", ".join(candidate.name for candidate in fits)
    reason = f"it could be {names}; choose with --format" if fits else _unknown(head, source.name)
    raise UnknownFormatError(path=source.name, reason=reason)


def _unknown(head: bytes, name: str) -> str:
    """Return why nothing recognises a file; of a table, which columns are wanted."""
    what = stranger(head, name)
    if what is not None:
        return what
    cells = header_cells(first_line(head)) if is_text(head) else []
    if sum(bool(_NAME.fullmatch(cell.strip())) for cell in cells) <= len(cells) // 2:
        return "none of its marks is known"
    columns = ", ".join(cells[:_SHOWN_CELLS]) + (" ..." if len(cells) > _SHOWN_CELLS else "")
    return (
        f"as a table its first line names the columns {columns}; a station list needs station, "
        "latitude and longitude, an arrival list station and time, an event list time, latitude "
        "and longitude"
    )


def read_source(
    source: Source,
    *,
    format_name: str | None = None,
    strict: bool = False,
    options: Mapping[str, str] | None = None,
) -> Contents:
    """Read a source in its own format, or in the one named.

    ``options`` say what files of some formats leave open.

    Raises
    ------
    UnknownFormatError
        No format recognises it.
    WrongFormatError
        Nothing in it can be read in the format named, and it has no mark of that format.
    BadRecordError
        Only with ``strict``: at the first thing that breaks the format.
    ParameterError
        The format has no such options.
    """
    if not format_name:
        return _with_options(detect_format(source), options).read(source, strict=strict)
    chosen = _with_options(format_named(format_name), options)
    contents = chosen.read(source, strict=strict)
    if not _holds_anything(contents) and not chosen.detect(source.data[:HEAD_BYTES], source.name):
        raise _wrong_format(source, chosen, contents)
    return contents


def _with_options(chosen: Format, options: Mapping[str, str] | None) -> Format:
    if not options:
        return chosen
    if isinstance(chosen, Configurable):
        return chosen.with_options(options)
    given = ", ".join(options)
    raise ParameterError(name="option", value=given, expected=f"{chosen.name} files have none")


def _holds_anything(contents: Contents) -> bool:
    bulletin = contents.bulletin
    return bool(
        contents.waveforms
        or contents.stations
        or contents.profiles
        or contents.spectra
        or contents.pulse_heights
        or contents.states
        or contents.efficiencies
        or contents.samples
        or contents.sensitivities
        or contents.tracer_samples
        or contents.weather
        or (bulletin and (bulletin.events or bulletin.detections))
    )


def _wrong_format(source: Source, chosen: Format, contents: Contents) -> WrongFormatError:
    """Return the error of a file that was forced into a format in which it has nothing to say."""
    serious = [issue for issue in contents.issues if issue.severity != "notice"]
    reason = f"{serious[0].place}: {serious[0].text}" if serious else "nothing in it can be read"
    try:
        remedy = f"It looks like {detect_format(source).name}: read it as that."
    except UnknownFormatError:
        remedy = "Read it without naming a format, and vigie says whether it recognises it."
    return WrongFormatError(path=source.name, format=chosen.title, reason=reason, remedy=remedy)
