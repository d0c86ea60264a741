"""Words of a row to numbers, times and ids; what is none becomes an issue with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vigie.errors import BadTimeError
from vigie.formats.base import IssueLog
from vigie.formats.ims_radionuclide._layouts import SAMPLE_IDS_WITHOUT
from vigie.formats.numbers import has_decimal_comma, number_of
from vigie.records import parse_iso

_DATE = re.compile(r"\d{1,5}[/-]\d\d?[/-]\d\d?", re.ASCII)
_CLOCK = re.compile(r"\d\d?:\d\d?(?::\d\d?(?:[.,]\d*)?)?Z?", re.ASCII)


def id_of(word: str) -> str:
    """Return an id; empty for what stands for none."""
    return "" if word.upper() in SAMPLE_IDS_WITHOUT else word


@dataclass(slots=True)
class Row:
    """One row of words, read from left to right."""

    block: str
    number: int
    words: list[str]
    log: IssueLog
    at: int = 0

    @property
    def place(self) -> str:
        """Where the row stands."""
        return f"line {self.number}"

    @property
    def left(self) -> list[str]:
        """The words that are not read yet."""
        return self.words[self.at :]

    def word(self) -> str:
        """Return the next word; empty at the end."""
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else ""

    def value(self, name: str) -> float | None:
        """Return the next word as a number; None, with an issue, where it is none.

        Raises
        ------
        BadRecordError
            It is none and reading is strict.
        """
        word = self.word()
        if has_decimal_comma(word):
            text = f"{name} {word} has a decimal comma, which was read as a point"
            self.log.notice(self.place, "formats.decimal_comma", text)
            word = word.replace(",", ".")
        value = number_of(word)
        if value is None:
            self.bad(name, word, "a number")
        return value

    def optional(self, name: str) -> float | None:
        """Return the next word as a number; None where there is no word, without an issue."""
        return self.value(name) if self.left else None

    def whole(self, name: str) -> int | None:
        """Return the next word as a whole number; None, with an issue, where it is none."""
        value = self.value(name)
        if value is not None and value != int(value):
            self.bad(name, str(value), "a whole number")
            return None
        return None if value is None else int(value)

    def time(self, name: str) -> int | None:
        """Return the next date and clock reading; None, with an issue, where they are none."""
        date = self.word()
        text = date
        if _DATE.fullmatch(date) and self.left and _CLOCK.fullmatch(self.left[0]):
            text = f"{date} {self.word()}"
        try:
            return parse_iso(text, date_alone=False)
        except BadTimeError:
            self.bad(name, text, "a date and time such as 2016/01/06 01:30:01.0")
            return None

    def bad(self, name: str, text: str, expected: str) -> None:
        """Note a word that is left out."""
        field_name = f"#{self.block} {name}"
        self.log.bad_record(self.place, field_name=field_name, text=text, expected=expected)

    def doubt(self, name: str, text: str, expected: str) -> None:
        """Note a value that breaks the rules and is kept."""
        field_name = f"#{self.block} {name}"
        self.log.suspect(self.place, field_name=field_name, text=text, expected=expected)

    def end(self) -> None:
        """Note words that nothing asked for."""
        if self.left:
            text = f"#{self.block}: {' '.join(self.left)[:40]!r} is not read"
            self.log.omission(self.place, "formats.words_left", text)
