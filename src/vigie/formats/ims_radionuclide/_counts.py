"""Counts: whole numbers >= 0 of a spectrum's or histogram's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.numbers import number_of

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

MAX_COUNT = 2**53
"""Beyond, a float of another program is no whole number any more; no detector counts so far."""
_MAX_DIGITS = 17


class CountReader:
    """Reads words as counts; each kind of repair is told once, with its first line."""

    def __init__(self, block: str, log: IssueLog) -> None:
        self._field = f"#{block} counts"
        self._log = log
        self._told: set[str] = set()

    def read(self, words: list[str], number: int) -> list[int] | None:
        """Return the counts of a line; None, with an issue, where a word is none.

        Raises
        ------
        BadRecordError
            A word is no count and reading is strict.
        """
        joined = "".join(words)
        if joined.isascii() and joined.isdecimal() and max(map(len, words)) < _MAX_DIGITS:
            return [int(word) for word in words]
        counts = []
        for word in words:
            count = self._count(word, f"line {number}")
            if count is None:
                return None
            counts.append(count)
        return counts

    def _count(self, word: str, place: str) -> int | None:
        value = number_of(word)
        if value is None or value != int(value) or value > MAX_COUNT:
            expected = "a whole number of counts"
            self._log.bad_record(place, field_name=self._field, text=word, expected=expected)
            return None
        if value < 0.0:
            if "negative" not in self._told:
                self._log.bad_record(
                    place,
                    field_name=self._field,
                    text=word,
                    expected="0 or more",
                    outcome="counts below 0 of this block are taken as 0",
                )
            self._told.add("negative")
            return 0
        if "float" not in self._told and not word.isdecimal():
            text = f"{self._field}: {word!r} and others are written as no integers; read as such"
            self._log.notice(place, "formats.float_counts", text)
            self._told.add("float")
        return int(value)
