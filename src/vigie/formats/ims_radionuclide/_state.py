"""RMSSOH, MET and ALERT messages: lines of values, each with its interval.

The columns are assumptions (``_layouts``); what they do not name is kept under ``value_1`` ...,
so nothing is lost where a station's layout is another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.errors import BadTimeError
from vigie.formats.ims_radionuclide import _layouts
from vigie.formats.ims_radionuclide._blocks import blocks_of
from vigie.formats.numbers import number_of
from vigie.records import RadionuclideState, StateInterval, parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block
    from vigie.formats.ims_radionuclide._messages import Line, Message, Section

STATE_BLOCKS = (
    *("Header", "Comment"),
    *_layouts.STATE_COLUMNS,
    *sorted(_layouts.STATE_PAIRS),
    *sorted(_layouts.STATE_NAMED),
    _layouts.STATE_TAG_BLOCK,
)
_TIME = re.compile(r"\d{4}[/-]\d\d?[/-]\d\d?[ T]+\d\d?:\d\d(?::\d\d(?:\.\d*)?)?", re.ASCII)
_STATION = re.compile(r"[A-Z]{3}\d{2}\b|[A-Z]{2}[PXGB]\d{2}\b", re.ASCII)
"""Codes of stations: three letters, two digits."""

_Values = tuple[tuple[str, float | str | None], ...]


def read_state(section: Section, message: Message, log: IssueLog) -> RadionuclideState | None:
    """Return the state of a section; None, with an issue, where it says nothing.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    lines = [line for line in section.lines if line[1].strip()]
    if not lines:
        log.bad_record(section.place, field_name=section.data_type, text="", expected="filled")
        return None
    alert = section.data_type.startswith("ALERT")
    head, blocks = _divided(section, log)
    station, detector = _named(head, section, log)
    intervals = () if alert else tuple(_intervals(blocks, log))
    times = _times(head, log)
    if alert and not times:
        times = _times([line for _, line in lines], log)
    spans = [one.start_ns for one in intervals], [one.end_ns for one in intervals]
    start_ns = times[0] if times else min(spans[0], default=None)
    end_ns = times[1] if len(times) > 1 else max(spans[1], default=None)
    return RadionuclideState(
        type=section.data_type,
        station=station,
        detector=detector,
        message_id=message.id,
        start_ns=start_ns,
        end_ns=end_ns,
        intervals=intervals,
        text="\n".join(line.strip() for _, line in lines) if alert else "",
        raw_sha256=message.sha256,
    )


def _divided(section: Section, log: IssueLog) -> tuple[list[str], list[Block]]:
    """Return the lines of the header, and the blocks with values."""
    has_blocks = any(line.lstrip().startswith("#") for _, line in section.lines)
    lines = list(section.lines)
    if section.data_type.startswith("ALERT") and not has_blocks:
        return [line for _, line in lines if line.strip()], []
    rows = [line for line in lines if len(_TIME.findall(line[1])) > 1]
    if section.data_type == "MET":
        # With or without a header, lines of an interval and at least one value are weather.
        weather = [line for line in rows if _rest(line[1])]
        head = [line[1] for line in lines if line not in weather and _is_head(line)]
        return head, [_weather(section, weather)]
    blocks = blocks_of(lines, STATE_BLOCKS, log)
    header = blocks.pop("Header", None)
    blocks.pop("Comment", None)
    return [line for _, line in header.filled] if header else [], list(blocks.values())


def _weather(section: Section, lines: list[Line]) -> Block:
    from vigie.formats.ims_radionuclide._blocks import Block

    return Block("MET", section.place, lines=lines)


def _is_head(line: Line) -> bool:
    return bool(line[1].strip()) and not line[1].lstrip().startswith("#")


def _named(head: list[str], section: Section, log: IssueLog) -> tuple[str, str]:
    """Return station and detector."""
    words = head[0].split() if head else []
    if words and (_STATION.match(words[0].upper()) or not section.data_type.startswith("ALERT")):
        detector = words[1] if len(words) > 1 and words[1].startswith(words[0]) else ""
        return words[0], detector
    found = _STATION.search(" ".join(head))
    if found:
        return found.group(), ""
    shown = " ".join(words)[:40]
    log.suspect(section.place, field_name="station", text=shown, expected="named in the header")
    return "", ""


def _times(lines: list[str], log: IssueLog) -> list[int]:
    found = []
    for text in (text for line in lines for text in _TIME.findall(line)):
        try:
            found.append(parse_iso(text))
        except BadTimeError as error:
            log.bad_record("header", field_name="time", text=text, expected=error.expected)
    return found


def _intervals(blocks: list[Block], log: IssueLog) -> Iterator[StateInterval]:
    for block in blocks:
        for number, line in block.filled:
            interval = _interval(block.name, f"line {number}", line, log)
            if interval is not None:
                yield interval


def _interval(block: str, place: str, line: str, log: IssueLog) -> StateInterval | None:
    texts = _TIME.findall(line)
    try:
        times = [parse_iso(text) for text in texts[-2:]]
    except BadTimeError:
        times = []
    if block == "MET":
        times = times if len(texts) == 2 else []
    if len(times) != 2:
        expected = "a line with values and the start and end of their interval"
        log.bad_record(place, field_name=f"#{block}", text=line.strip(), expected=expected)
        return None
    start_ns, end_ns = times
    if end_ns < start_ns:
        shown = " to ".join(texts[-2:])
        log.suspect(place, field_name=f"#{block}", text=shown, expected="a start, then an end")
    values = _values(block, _rest(line))
    return StateInterval(block=block, start_ns=start_ns, end_ns=end_ns, values=values)


def _rest(line: str) -> list[str]:
    """Return the words of a line besides its times."""
    return _TIME.sub(" ", line).split()


def _values(block: str, words: list[str]) -> _Values:
    if block in _layouts.STATE_PAIRS:
        pairs = zip(words[::2], [*words[1::2], ""], strict=False)
        return tuple((name.lower(), _value(state)) for name, state in pairs)
    if block in _layouts.STATE_NAMED:
        name, state = (" ".join(words[:-1]), words[-1]) if len(words) > 1 else ("", *words, "")[:2]
        return ((name, _value(state)),)
    if block == _layouts.STATE_TAG_BLOCK:
        return tuple(_tagged(words))
    columns = _layouts.STATE_COLUMNS.get(block, ())
    names = [*columns, *(f"value_{k}" for k in range(len(columns) + 1, len(words) + 1))]
    return tuple((name, _value(word)) for name, word in zip(names, words, strict=False))


def _tagged(words: list[str]) -> Iterator[tuple[str, float | str | None]]:
    for k, word in enumerate(words):
        tag, mark, text = word.partition(":")
        name = _layouts.STATE_TAGGED.get(tag.upper()) if mark else None
        if name is None:
            before = words[k - 1] if k else ""
            if before.endswith(":") and before[:-1].upper() in _layouts.STATE_TAGGED:
                yield _layouts.STATE_TAGGED[before[:-1].upper()], word
            else:
                yield f"value_{k + 1}", _value(word)
        elif text:
            # Ids of samples are digits; as numbers they would lose some.
            yield name, text


def _value(word: str) -> float | str | None:
    number = number_of(word)
    return number if number is not None else (word or None)
