"""The heading of a figure: within its width, at the side where its language begins."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ISOLATES = {"LRI": 1, "RLI": 1, "FSI": 1, "PDI": -1}
_MARGIN = 0.01


def heading(figure: Figure, text: str, *, size: float = 11.0) -> None:
    """Write the heading of a figure; what is too long goes on in a next line.

    Parameters
    ----------
    figure : Figure
    text : str
    size : float
        Of the letters, pt.
    """
    right = runs_from_right(text)
    figure.suptitle(
        text, x=1.0 - _MARGIN if right else _MARGIN, ha="right" if right else "left",
        fontsize=size, wrap=True,
    )  # fmt: skip


def runs_from_right(text: str) -> bool:
    """Tell whether a text runs from right to left: by its first letter outside of isolates.

    Rules P2 and P3 of the Unicode bidirectional algorithm (UAX 9).

    Examples
    --------
    >>> runs_from_right("Xe-133"), runs_from_right("\u2068Xe-133\u2069 المنطلق")
    (False, True)
    """
    depth = 0
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        depth += _ISOLATES.get(kind, 0)
        if depth == 0 and kind in {"L", "R", "AL"}:
            return kind != "L"
    return False
