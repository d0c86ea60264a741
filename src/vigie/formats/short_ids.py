"""Ids that fit the eight columns that bulletins give them: those that do not get a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 8
"""Columns of an id."""


class ShortIds:
    """Ids of one kind (events, origins, arrivals) and what stands for each in the file."""

    def __init__(self, ids: Iterable[str], reserved: Iterable[str] = ()) -> None:
        wanted = list(dict.fromkeys(ids))
        taken = {one for one in wanted if _fits(one)}
        barred = taken | set(reserved)
        self._short: dict[str, str] = {}
        number = 0
        for one in wanted:
            short = one
            if one not in taken:
                number += 1
                while str(number) in barred:
                    number += 1
                short = str(number)
            self._short[one] = short

    def __getitem__(self, long_id: str) -> str:
        """Return the id in the file."""
        return self._short.get(long_id, long_id)

    def fitting(self, long_id: str | None) -> str:
        """Return the id in the file of a reference; empty where it is of nothing here."""
        short = self._short.get(long_id or "", long_id or "")
        return short if _fits(short) else ""

    def longer(self, long_id: str) -> str:
        """Return the id if a comment has to keep it, else nothing."""
        return "" if self[long_id] == long_id else long_id


def _fits(one: str) -> bool:
    plain = one.isascii() and one.isprintable() and " " not in one
    return plain and 0 < len(one) <= WIDTH
