"""The blocks of a section: a line ``#Name`` and what follows it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.formats.ims_radionuclide._messages import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.formats.base import IssueLog

PHD_BLOCKS = (
    *("Header", "Comment", "Collection", "Acquisition", "Processing", "Sample", "Calibration"),
    *("g_Energy", "b_Energy", "g_Resolution", "b_Resolution", "g_Efficiency", "b_Efficiency"),
    *("TotalEff", "ROI_Limits", "ROI_Chan_Limits", "b-gEfficiency", "Ratios"),
    *("g_Spectrum", "b_Spectrum", "Histogram", "Certificate"),
)
"""Blocks of pulse-height data that are read."""
_NAME = re.compile(r"\s*#\s*([A-Za-z][\w-]*)(?:\s+(.*))?$")
_INSIDE = re.compile(r"(?<=\s)#(?=[A-Za-z][\w-]*\s*$)")
"""A block that begins in the last line of another: openSpex ends no line before #Certificate."""


@dataclass(slots=True)
class Block:
    """One block: its name in the spelling of the format, where it begins, its lines."""

    name: str
    place: str
    argument: str = ""
    """What stands behind the name (``3`` of ``#Header 3``)."""
    lines: list[Line] = field(default_factory=list)

    @property
    def filled(self) -> list[Line]:
        """The lines that are not blank."""
        return [line for line in self.lines if line[1].strip()]

    @property
    def rows(self) -> list[tuple[int, list[str]]]:
        """Number and words of the lines that are not blank."""
        return [(number, line.split()) for number, line in self.filled]

    @property
    def words(self) -> list[list[str]]:
        """Words of the lines that are not blank."""
        return [words for _, words in self.rows]


def blocks_of(lines: Iterable[Line], known: Iterable[str], log: IssueLog) -> dict[str, Block]:
    """Return the blocks of a section by name.

    Parameters
    ----------
    lines : iterable of (int, str)
    known : iterable of str
        Names in the spelling of the format; they are recognised in any case.
    log : IssueLog

    Notes
    -----
    Of two blocks of one name the first counts; comments are joined.
    """
    spelling = {name.lower(): name for name in known}
    blocks: dict[str, Block] = {}
    block: Block | None = None
    for number, line in _separated(lines, spelling, log):
        match = _NAME.match(line)
        in_text = block is not None and block.name == "Comment"
        if match is not None and (match[1].lower() in spelling or not in_text):
            block = _opened(match, f"line {number}", spelling, log)
            _file(block, blocks, log)
        elif block is not None:
            block.lines.append((number, line))
        elif line.strip():
            expected = "a block such as #Header"
            log.bad_record(f"line {number}", field_name="line", text=line, expected=expected)
    return blocks


def _opened(match: re.Match[str], place: str, spelling: dict[str, str], log: IssueLog) -> Block:
    name = spelling.get(match[1].lower())
    if name is None:
        log.omission(place, "formats.block", f"block #{match[1]} is not read", name=match[1])
    return Block(name or "", place, (match[2] or "").strip())


def _file(block: Block, blocks: dict[str, Block], log: IssueLog) -> None:
    earlier = blocks.get(block.name)
    if not block.name:
        return
    if earlier is None:
        blocks[block.name] = block
    elif block.name == "Comment":
        # What is read into this one is read into the first.
        block.lines = earlier.lines
    else:
        log.bad_record(
            block.place,
            field_name="block",
            text=f"#{block.name}",
            expected=f"the only one (the first, {earlier.place}, is read)",
        )


def _separated(lines: Iterable[Line], spelling: dict[str, str], log: IssueLog) -> Iterator[Line]:
    """Yield the lines, one in which a block ends and another begins as two."""
    in_text = False
    for number, line in lines:
        match = _NAME.match(line)
        if match is not None and match[1].lower() in spelling:
            in_text = match[1].lower() == "comment"
        elif "#" in line and not in_text:
            before, _, name = line.rpartition("#")
            if _INSIDE.search(line) and name.strip().lower() in spelling:
                text = f"#{name.strip()} begins in the last line of another block; separated"
                log.notice(f"line {number}", "formats.block_inside", text)
                yield number, before
                yield number, f"#{name}"
                continue
        yield number, line
