"""A product as text: the envelope of IMS2.0, blocks that begin with ``#``, aligned columns.

The names of blocks are English in every language, as they are what programs look for; labels and
sentences are in the reader's language. Sentences are broken at ``WIDTH`` columns; a wide
character (Chinese) counts as two.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from vigie.i18n import messages
from vigie.products.radionuclide.blocks import Number, Pairs, Sentences, Table
from vigie.products.radionuclide.speaking import Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.products.radionuclide.blocks import Document, Part, Section

WIDTH = 100
_HEAD = 12
"""Columns over which the head of a narrow column is folded."""


def text_message(document: Document, *, language: str = "en", source: str = "VIGIE") -> str:
    """Return a document as an IMS2.0-like message.

    Parameters
    ----------
    document : Document
    language : str
        Of labels and sentences.
    source : str
        Who sends it, behind the id of the message.

    Raises
    ------
    UnknownModelError
        vigie does not speak the language.
    """
    speaker = Speaker(messages(language))
    lines = [
        "BEGIN IMS2.0",
        "MSG_TYPE DATA",
        " ".join(f"MSG_ID {document.id} {source}".split()),
        f"DATA_TYPE {document.kind} IMS2.0",
        "#Header",
        f"{document.schema} {language}",
        speaker.title(document),
    ]
    if document.simulated:
        lines += wrapped(speaker.messages("rn.simulated"))
    for section in document.sections:
        lines += ["", f"#{section.block}", *_section(section, speaker)]
    return "\n".join(line.rstrip() for line in [*lines, "STOP"]) + "\n"


def wrapped(text: str, indent: str = "", *, limit: int = WIDTH) -> list[str]:
    """Break a text into lines at blanks; without blanks (Chinese) anywhere."""
    lines, line = [], ""
    for word in _words(text):
        if line.strip() and width(line + word.rstrip()) > limit:
            lines.append(line.rstrip())
            line = indent
        line += word
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        word += letter
        if letter == " " or unicodedata.east_asian_width(letter) in "WF":
            yield word
            word = ""
    if word:
        yield word


def width(text: str) -> int:
    """Return how many columns a text takes.

    Examples
    --------
    >>> width("Cs-137"), width("核素")
    (6, 4)
    """
    return sum(
        0
        if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf"
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )


def _section(section: Section, speaker: Speaker) -> list[str]:
    lines = wrapped(speaker.section(section.name))
    for part in section.parts:
        lines += _part(part, speaker)
    return lines


def _part(part: Part, speaker: Speaker) -> list[str]:
    if isinstance(part, Sentences):
        marked = "" if part.emphasis else "- "
        return [
            line
            for told in speaker.sentences(part)
            for line in wrapped(f"{marked}{told}", " " * len(marked))
        ]
    if isinstance(part, Pairs):
        rows = [(speaker.label(label), speaker.cell(cell)) for label, cell in part.rows]
        wide = max((width(label) for label, _ in rows), default=0)
        return [f"{_padded(label, wide)}  {value}" for label, value in rows]
    if isinstance(part, Table):
        return _table(part, speaker)
    return []


def _table(part: Table, speaker: Speaker) -> list[str]:
    rows = [[speaker.cell(cell) for cell in row] for row in part.rows]
    right = [all(isinstance(row[k], Number) for row in part.rows) for k in range(len(part.columns))]
    body = [max((width(row[k]) for row in rows), default=0) for k in range(len(part.columns))]
    # Heads are folded over what stands below them, or the table would be as wide as its words.
    heads = [
        wrapped(speaker.label(label), limit=max(wide, _HEAD))
        for label, wide in zip(part.columns, body, strict=True)
    ]
    high = max(len(head) for head in heads)
    folded = [[""] * (high - len(head)) + head for head in heads]
    lines = [[head[k] for head in folded] for k in range(high)]
    wide = [max(w, *(width(x) for x in head)) for w, head in zip(body, heads, strict=True)]
    caption = wrapped(speaker.caption(part.name))
    return [*caption, *(_line(line, wide, right) for line in [*lines, *rows])]


def _line(cells: Sequence[str], wide: Sequence[int], right: Sequence[bool]) -> str:
    return "  ".join(
        _padded(cell, w, right=r) for cell, w, r in zip(cells, wide, right, strict=True)
    )


def _padded(text: str, wide: int, *, right: bool = False) -> str:
    blanks = " " * (wide - width(text))
    return blanks + text if right else text + blanks
