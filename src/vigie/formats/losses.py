"""What a written file has lost against what was to be written.

Found out, not declared: the files are read back by their own format, and the values that
records have are counted before and after, field by field. So it holds for every format, also
for one of a plug-in. It does not see numbers that were rounded to the digits of a format
(``docs/bulletins.md``, ``docs/formats.md`` say which). Cost: reading what was written.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from vigie.formats.base import Configurable, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vigie.formats.base import Contents, Format

_WORDS = {"phase", "depth_reason", "method", "type", "unit"}
"""Fields whose texts are compared as well: a format may know fewer words than the records."""
_REGROUPED = {"Station", "Site", "Channel", "Waveform", "ResponseStage", "Epoch", "ChannelId"}
"""Records that a reader may join or divide without a loss."""
_NAMES_ONLY = {"id", "detection_id", "origin_id", "preferred_id", "group"}
"""Numbered anew by formats with shorter ids."""

_Key = tuple[str, str]


def losses_of(chosen: Format, contents: Contents, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return what a format could not hold of some contents, a line for each kind of record.

    Parameters
    ----------
    chosen : Format
        The format that wrote.
    contents : Contents
        What was to be written.
    files : mapping
        What ``chosen.write(contents)`` returned.

    Returns
    -------
    tuple of str
        ``detection: freq_hz (12), phase (3 changed)`` ...; empty where nothing was lost.
    """
    before, after = _Tally(contents), _Tally()
    for part in _read_back(chosen, contents, files):
        after.add(part)
    return tuple(_lines(before, after))


def _read_back(
    chosen: Format, contents: Contents, files: Mapping[str, bytes]
) -> Iterator[Contents]:
    stem = dict(contents.header).get("stem", "written")
    named = {f"{stem}{ending}": data for ending, data in files.items()}
    # Tables name each other; files of the first suffix stand for themselves (SAC).
    alone = [name for name in named if name.lower().endswith(chosen.suffixes[0])]
    reader = chosen.as_written(contents) if isinstance(chosen, Configurable) else chosen
    for name in alone or list(named)[:1]:
        yield reader.read(Source(name, named[name], named.get))


class _Tally:
    """How many records of each class there are, and in how many each field has a value."""

    def __init__(self, contents: Contents | None = None) -> None:
        self.records: Counter[str] = Counter()
        self.filled: Counter[_Key] = Counter()
        self.words: dict[_Key, Counter[str]] = {}
        self.samples = 0
        if contents is not None:
            self.add(contents)

    def add(self, contents: Contents) -> None:
        for waveform in contents.waveforms:
            self.samples += len(waveform.samples)
        measured = (
            *contents.spectra,
            *contents.pulse_heights,
            *contents.states,
            *contents.sensitivities,
            *contents.tracer_samples,
            *contents.weather,
        )
        for record in (*contents.waveforms, *contents.stations, contents.bulletin, *measured):
            if record is not None:
                self._record(record)

    def _record(self, record: object) -> None:
        kind = type(record).__name__
        self.records[kind] += 1
        for name in _field_names(record):
            value = getattr(record, name)
            if _is_empty(value):
                continue
            inner = [
                one for one in (value if type(value) is tuple else (value,)) if _is_record(one)
            ]
            for one in inner:
                self._record(one)
            if inner:
                continue
            self.filled[kind, name] += 1
            if name in _WORDS and isinstance(value, str):
                self.words.setdefault((kind, name), Counter())[value] += 1


def _field_names(record: object) -> tuple[str, ...]:
    if is_dataclass(record):
        return tuple(field.name for field in fields(record))
    return tuple(getattr(record, "_fields", ()))


def _is_record(value: object) -> bool:
    return is_dataclass(value) or hasattr(value, "_fields")


def _is_empty(value: object) -> bool:
    if isinstance(value, str | tuple):
        return not value
    return value is None or value is False


def _lines(before: _Tally, after: _Tally) -> Iterator[str]:
    if after.samples < before.samples:
        yield f"{before.samples - after.samples} of {before.samples} samples are left out"
    for kind, count in before.records.items():
        left = after.records[kind]
        gone = count - left
        if not left or (gone > 0 and kind not in _REGROUPED):
            yield f"{gone} of {count} {_nouns(kind)} are left out"
        if left and (parts := list(_parts(kind, max(gone, 0), before, after))):
            yield f"{_noun(kind)}: {', '.join(parts)}"


def _parts(kind: str, gone: int, before: _Tally, after: _Tally) -> Iterator[str]:
    """Yield the fields of a kind of record that lost more values than records went."""
    for (owner, name), count in before.filled.items():
        if owner != kind or name in _NAMES_ONLY:
            continue
        fewer = count - after.filled[kind, name]
        if fewer > gone and (kind not in _REGROUPED or gone <= 0 or fewer == count):
            yield f"{name} ({fewer})"
            continue
        mine, theirs = (tally.words.get((kind, name), Counter()) for tally in (before, after))
        changed = (mine - theirs).total()
        if changed > gone and kind not in _REGROUPED:
            yield f"{name} ({changed} changed)"


def _nouns(kind: str) -> str:
    noun = _noun(kind)
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def _noun(kind: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()
