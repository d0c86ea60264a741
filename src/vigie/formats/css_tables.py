"""Sets of CSS 3.0 tables: which table a file is, and the others beside it.

A file names its table by its ending (``ims.site``) or its whole name (``site``); where it does not,
the columns of its first line tell. The tables of a set have one stem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from vigie.formats.fixed_columns import Layout, Row, read_row, read_table, text_lines

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog, Source


@dataclass(frozen=True, slots=True)
class TableSet:
    """The tables that belong together."""

    layouts: Mapping[str, tuple[Layout, ...]]
    """By table, its variants."""
    mostly_text: frozenset[str]
    """Tables whose columns fit many a text; they are known by their name only."""
    default: str
    """What a file is that neither its name nor its columns tell."""

    def table_of(self, head: bytes, name: str) -> str | None:
        """Return the table whose columns the first line has; None where it has none.

        The name decides where the columns leave a choice.
        """
        if b"\x00" in head:
            return None
        lines = text_lines(head)
        # The last line may be cut off by the end of the head.
        whole = lines if len(lines) == 1 else lines[:-1]
        rows = [line for line in whole if line.strip() and not line.startswith("#")]
        if not rows:
            return None
        ending = _ending(name)
        fits = [
            table
            for table, variants in self.layouts.items()
            if (table == ending or table not in self.mostly_text)
            and read_row(rows[0], variants) is not None
        ]
        if len(fits) == 1:
            return fits[0]
        return ending if ending in fits else None

    def load(self, source: Source, log: IssueLog) -> dict[str, tuple[Row, ...]]:
        """Read the source's own table and those found beside it; absent ones are left out."""
        own = _ending(source.name)
        if own not in self.layouts:
            own = self.table_of(source.data, source.name) or self.default
        found: dict[str, tuple[Row, ...]] = {}
        for table, variants in self.layouts.items():
            data = source.data if table == own else _companion(source, own, table)
            if data is not None:
                found[table] = _unrepeated(read_table(data, variants, log), log)
        return found


def _ending(name: str) -> str:
    """Return what names a table: the last suffix, or the whole file name."""
    return PurePosixPath(name.replace("\\", "/")).name.lower().rsplit(".", 1)[-1]


def _unrepeated(rows: list[Row], log: IssueLog) -> tuple[Row, ...]:
    """Drop lines that stand more than once, as tables put together from several do."""
    kept: dict[str | None, Row] = {}
    for row in rows:
        kept.setdefault(row.line, row)
    n_repeated = len(rows) - len(kept)
    if n_repeated:
        text = f"{rows[0].layout.table}: {n_repeated} repeated lines dropped"
        log.notice(rows[0].place, "formats.css_repeated", text)
    return tuple(kept.values())


def _companion(source: Source, own: str, table: str) -> bytes | None:
    """Return the file of another table of the set; None where there is none."""
    name = PurePosixPath(source.name.replace("\\", "/")).name
    if name.lower().endswith(own):
        return source.companion(f"{name[: -len(own)]}{table}")
    stem, dot, _ = name.rpartition(".")
    return source.companion(f"{stem}{dot}{table}")
