"""A custody log as JSON, and back: nothing is passed over, guessed or rounded.

A log's hashes cover its fields. A reader that left out what it does not know, filled in what is
missing or rounded a time would show a changed text as whole; so each field is there exactly once,
no other is, and each has its type and the one spelling that the writer gives it.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TypeVar

import msgspec

from vigie.errors import CustodyError
from vigie.records.custody import CustodyEntry, CustodyLog

_Record = TypeVar("_Record", CustodyEntry, CustodyLog)
MOST_NS = 2**63 - 1
"""Whole numbers of records are of 64 bits; as a time the year 2262."""
_ENCODER = msgspec.json.Encoder(order="deterministic")


def to_json(log: CustodyLog) -> str:
    """Return a log as JSON: keys of the records, times in ns as text."""
    return msgspec.json.format(_ENCODER.encode(_spelled(log)), indent=1).decode("utf-8") + "\n"


def from_json(text: str, *, path: str = "<text>") -> CustodyLog:
    """Read a log that ``to_json`` wrote; whether it is whole, ``verify`` says.

    Parameters
    ----------
    text : str
    path : str
        Of the file, for errors.

    Raises
    ------
    CustodyError
        The text is no such log: no JSON, or a field that is missing, unknown, twice there, or of
        another type; the error names the entry and the field.
    """
    try:
        return _log(_document(text))
    except (TypeError, ValueError) as error:
        raise CustodyError(sample=path, reason=f"not a custody log ({error})") from error


def _document(text: str) -> object:
    try:
        # msgspec refuses what is no JSON to the letter (NaN, half a surrogate pair), but takes
        # the last of two fields with one name, which json shows.
        msgspec.json.decode(text)
        return json.loads(text, object_pairs_hook=_once)
    except (msgspec.DecodeError, UnicodeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"no JSON: {error}") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"field {name!r} is there twice")
        found[name] = value
    return found


def _log(document: object) -> CustodyLog:
    values = _fields(document, CustodyLog, "log")
    if not isinstance(values["entries"], list):
        raise TypeError("log: field 'entries' is no list")
    entries = tuple(_entry(one, f"entry {k}") for k, one in enumerate(values["entries"]))
    log = _converted({**values, "entries": []}, CustodyLog, "log")
    return CustodyLog(sample_id=log.sample_id, entries=entries)


def _entry(document: object, place: str) -> CustodyEntry:
    values = _fields(document, CustodyEntry, place)
    time_ns = _whole_number(values["time_ns"], f"{place}: field 'time_ns'")
    if isinstance(values["sequence"], int) and abs(values["sequence"]) > MOST_NS:
        raise ValueError(f"{place}: field 'sequence' is no number of an entry")
    return _converted({**values, "time_ns": time_ns}, CustodyEntry, place)


def _fields(
    document: object, kind: type[CustodyEntry | CustodyLog], place: str
) -> dict[str, object]:
    """Return an object's fields: all of those of a record, and no other."""
    if not isinstance(document, dict):
        raise TypeError(f"{place} is no object with fields")
    known = [f.name for f in fields(kind)]
    for name in known:
        if name not in document:
            raise ValueError(f"{place}: field {name!r} is missing")
    for name in document:
        if name not in known:
            raise ValueError(f"{place}: field {name!r} is unknown")
    return document


def _whole_number(value: object, place: str) -> int:
    """Return the number that a text spells as Python writes it, so that no two texts are one."""
    try:
        number = int(value) if isinstance(value, str) else None
    except ValueError:
        number = None
    if number is None or str(number) != value:
        raise ValueError(f"{place} is not a whole number of ns, written as text")
    if abs(number) > MOST_NS:
        raise ValueError(f"{place} is no time between the years 1678 and 2261")
    return number


def _converted(values: dict[str, object], kind: type[_Record], place: str) -> _Record:
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{place}: {error}") from error


def _spelled(log: CustodyLog) -> dict[str, object]:
    # A JSON reader may lose digits of numbers above 2^53.
    plain: dict[str, object] = msgspec.to_builtins(log)
    entries = [{**msgspec.to_builtins(e), "time_ns": str(e.time_ns)} for e in log.entries]
    return {**plain, "entries": entries}
