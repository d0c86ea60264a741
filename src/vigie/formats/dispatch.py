"""Find the format of a source and read it."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, cast

from vigie import registry
from vigie.errors import UnknownFormatError

if TYPE_CHECKING:
    from vigie.formats.base import Contents, Format, Source

GROUP = "vigie.formats"
"""Entry-point group of the formats."""
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
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
        lower = source.name.lower()
        named = [candidate for candidate in fits if lower.endswith(candidate.suffixes)]
        fits = named if len(named) == 1 else fits
    if len(fits) == 1:
        return fits[0]
    if not fits and head.startswith(_UTF16_MARKS):
        reason = "it is text in UTF-16, which no format uses; save it as UTF-8"
        raise UnknownFormatError(path=source.name, reason=reason)
    names = ", ".join(candidate.name for candidate in fits)
    reason = f"it could be {names}; choose with --format" if fits else "none of its marks is known"
    raise UnknownFormatError(path=source.name, reason=reason)


def read_source(
    source: Source, *, format_name: str | None = None, strict: bool = False
) -> Contents:
    """Read a source in its own format, or in the one named.

    Raises
    ------
    UnknownFormatError
        No format recognises it.
    BadRecordError
        Only with ``strict``: at the first thing that breaks the format.
    """
    chosen = format_named(format_name) if format_name else detect_format(source)
    return chosen.read(source, strict=strict)
