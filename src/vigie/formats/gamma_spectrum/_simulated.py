"""Whether a file says that its spectra are simulated, so that they never pass for measured."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = re.compile(
    r"simulat|synthetic spectr|\bgadras\b|\bgeant-?4\b|\bmcnp|monte[ -]carlo", re.IGNORECASE
)
_AMOUNT = r",\s*[\d.]+\s*(?:[pnumk]?Ci?|[kMGT]?Bq|[mk]?g)\b"
_NUCLIDE = r"(?:\d{1,3}m?[A-Z][a-z]?m?|[A-Z][a-z]?-?\d{1,3}m?)"
_INJECTED = re.compile(rf"\s*{_NUCLIDE}{_AMOUNT}")
"""The notation of sources in GADRAS' simulations: ``241Am,50uC @50cm``."""


def simulated_by(texts: Iterable[str], path: str) -> str:
    """Return what says that a file is simulated; empty where nothing does.

    Parameters
    ----------
    texts : iterable of str
        Titles, remarks, and names of instrument and maker.
    path : str
        Of the file; its own name counts, its folder does not.

    Examples
    --------
    >>> simulated_by(["Background", "241Am,50uC @50cm"], "a.pcf")
    'the title 241Am,50uC @50cm, in the notation of GADRAS'
    >>> simulated_by(["Background"], "simulations/a.pcf")
    ''
    """
    for text in texts:
        if _WORDS.search(text):
            return f"the text {text[:60]!r}"
        if _INJECTED.match(text):
            return f"the title {text[:60]}, in the notation of GADRAS"
    name = PurePosixPath(path.replace("\\", "/")).name
    return f"its name, {name}" if re.search("simulat", name, re.IGNORECASE) else ""
