"""``#Comment``: free text, in which a message also says that its data are simulated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block

SIMULATED_LINE = "SIMULATED DATA - NOT A MEASUREMENT"
"""First line of the comment of a simulated message that vigie writes."""
_SIMULATED = re.compile(r"\bsimulat|\bsynthetic (?:data|spectr|sample)", re.IGNORECASE)


def read_comment(block: Block | None, log: IssueLog) -> tuple[str, bool]:
    """Return the text of a comment, and whether it says that the data are simulated."""
    if block is None:
        return "", False
    lines = [line.rstrip() for _, line in block.lines]
    marked = SIMULATED_LINE in (line.strip() for line in lines[:1])
    text = "\n".join(lines[1:] if marked else lines).strip("\n")
    if not marked and says_simulated(text):
        told = "the comment speaks of a simulation; the data are marked as simulated"
        log.notice(block.place, "formats.simulated", told)
        return text, True
    return text, marked


def says_simulated(text: str) -> bool:
    """Tell whether a text says that data are simulated."""
    return bool(_SIMULATED.search(text))
