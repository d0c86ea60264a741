"""Blocks of a bulletin beside origins, magnitudes and phases.

The phase information of IMS1.0:LONG gives uncertainties of what was measured; they are read into
the standard errors of its arrivals. All other blocks are not read; each is reported once, with its
header and number of lines, so that nothing is left out in silence.

Source: IDC-3.4.1 and the ISF manual name the columns of the phase information by its header
(``Net Chan F Low_F HighF AuthPhas Date eTime wTime eAzim wAzim eSlow wSlow eAmp ePer eMag Author
ArrID``); values are taken from below the header's own words, whatever their widths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.records import Detection

_MEASURED = {
    "etime": "time_sigma_s",
    "eazim": "azimuth_deg_sigma",
    "eslow": "slowness_s_per_deg_sigma",
    "eamp": "amplitude_nm_sigma",
    "eper": "period_s_sigma",
}
"""Column to the standard error of a detection."""
_ID = "arrid"
_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_SLACK = 1
"""Values may end a column beyond their header."""
_SHOWN = 60


def is_header(line: str) -> bool:
    """Tell whether a line names columns: several words, and no number as data lines have."""
    words = line.split()
    return len(words) > 2 and line[0] != "(" and not any(c.isdigit() for c in line)


@dataclass(slots=True)
class UnreadBlock:
    """A block that is passed over."""

    place: str
    header: str
    lines: int = 0

    def report(self, log: IssueLog) -> None:
        """Say what was left out; where nothing of the event was measured, as a notice."""
        text = f"the block {self.header[:_SHOWN]!r} is not read ({self.lines} lines)"
        if self.header.split()[0].lower() == "year":
            log.notice(self.place, "isf.bibliography", text, lines=self.lines)
        else:
            log.omission(self.place, "isf.block_unread", text, lines=self.lines)


@dataclass(frozen=True, slots=True)
class PhaseInformation:
    """Where the columns of a block of phase information stand, by its header."""

    spans: Mapping[str, tuple[int, int]]
    """First and last column of each word, in lower case."""

    @classmethod
    def of(cls, header: str) -> PhaseInformation | None:
        """Return the columns; None where the header is of another block."""
        spans = {m[0].lower(): (m.start(), m.end() - 1) for m in _WORD.finditer(header)}
        return cls(spans) if _ID in spans and spans.keys() & _MEASURED.keys() else None

    def cells(self, line: str) -> dict[str, str]:
        """Return the words of a line by the header that they stand under."""
        found: dict[str, str] = {}
        for match in _WORD.finditer(line):
            first, last = match.start(), match.end() - 1
            name = next(
                (n for n, (a, b) in self.spans.items() if first <= b + _SLACK and last >= a), None
            )
            if name is not None:
                found.setdefault(name, match[0])
        return found


def with_errors(
    detection: Detection, cells: Mapping[str, str], place: str, log: IssueLog
) -> Detection:
    """Return a detection with the standard errors of a line of phase information."""
    errors: dict[str, Any] = {}
    for column, name in _MEASURED.items():
        text = cells.get(column)
        if text is None:
            continue
        if _NUMBER.fullmatch(text) and float(text) > 0.0:
            errors[name] = float(text)
        else:
            log.bad_record(place, field_name=column, text=text, expected="a number above 0")
    return replace(detection, **errors) if errors else detection


def arrival_id(cells: Mapping[str, str]) -> str:
    """Return the arrival that a line of phase information speaks of."""
    return cells.get(_ID, "")
