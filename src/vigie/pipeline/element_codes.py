"""What codes of array elements have in common: a stem, with a running number or rings behind it.

Two customs are known: stem and number (KTK1 ... KTK6, AS01 ... AS19, BR101), and stem, letter of
the ring and number within it (NRA0, NRB1 ... NRD9; so are ARCES, FINES, GERES, MJAR). A letter
alone behind a stem (JNE, JNW) says nothing: it is a compass point as often.

Cost: 1 us per code.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_RINGED = re.compile(r"([A-Z]{2,})([A-Z])[0-9]{1,2}", re.ASCII)


class Stem(NamedTuple):
    """What a code begins with, and how it goes on."""

    text: str
    has_rings: bool = False


def stem_of(code: str) -> str:
    """Return a code without the number at its end; empty where fewer than two letters remain.

    Examples
    --------
    >>> stem_of("KTK6"), stem_of("ASK"), stem_of("A12")
    ('KTK', 'ASK', '')
    """
    stem = code.rstrip("0123456789")
    return stem if len(stem) >= 2 else ""


def stems_of(code: str) -> tuple[Stem, ...]:
    """Return the stems that a code may have.

    Examples
    --------
    >>> [stem.text for stem in stems_of("NRA0")], stems_of("A12")
    (['NRA', 'NR'], ())
    """
    stem = stem_of(code)
    ringed = _RINGED.fullmatch(code)
    numbered = (Stem(stem),) if stem else ()
    return (*numbered, Stem(ringed[1], has_rings=True)) if ringed else numbered


def are_running(stem: Stem, codes: list[str]) -> bool:
    """Tell whether codes of one stem go on as elements do.

    All have a number; rings begin with A and leave no letter out.

    Examples
    --------
    >>> are_running(Stem("NR", True), ["NRA0", "NRB1", "NRC1"])
    True
    >>> are_running(Stem("NR", True), ["NRA0", "NRX1", "NRZ1"]), are_running(Stem("ASK"), ["ASK"])
    (False, False)
    """
    if not all(code[-1:].isdigit() for code in codes):
        return False
    if not stem.has_rings:
        return True
    rings = sorted({code[len(stem.text)] for code in codes})
    return len(rings) > 1 and rings == [chr(ord("A") + k) for k in range(len(rings))]
