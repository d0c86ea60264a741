"""What a user can say of a file that does not say it itself."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTION, MARK_OF_VIGIE = "option", "mark of vigie"
MARK = " \t \t"
"""At the end of the header of what vigie writes as usual: latitude first, steps from 0, centres.
Blanks there are read over by everybody else, and no Fortran program writes tabs."""
_CHOICES = {
    "order": ("auto", "lat_lon", "lon_lat"),
    "header_order": ("auto", "lat_lon", "lon_lat"),
    "base": ("auto", "0", "1"),
    "cell": ("auto", "centre", "corner"),
    "fifth": ("auto", "spread", "ignore"),
    "longitudes": ("auto", "0-360", "180"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SrmOptions:
    """How a file is to be read, or written; ``auto`` finds it out, or writes what is usual.

    Raises
    ------
    ParameterError
        A word is none of those that are understood.
    """

    order: str = "auto"
    """``lat_lon`` or ``lon_lat``: of the rows. Written by default: ``lat_lon``."""
    header_order: str = "auto"
    """The same of the receptor in the header. Written by default: that of the rows."""
    base: str = "auto"
    """Number of the first step, ``0`` or ``1``. Written by default: 0."""
    cell: str = "auto"
    """Whether positions are the ``centre`` of a cell or its south-western ``corner``."""
    fifth: str = "auto"
    """Whether a fifth column is the ``spread`` of an ensemble, or to be left out: ``ignore``."""
    longitudes: str = "auto"
    """Only for writing: ``0-360`` (the usual one) or ``180``, for -180 to 180."""
    said_by: str = OPTION
    """What says so, for notices: the option, or the mark of a file that vigie wrote."""

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                expected = f"one of {', '.join(choices)}"
                raise ParameterError(name=name, value=value, expected=expected)


def is_usual(options: SrmOptions) -> bool:
    """Tell whether a file is written as the mark says, or nothing else is said of one to read."""
    return (
        {options.order, options.header_order} <= {"auto", "lat_lon"}
        and options.base in {"auto", "0"}
        and options.cell in {"auto", "centre"}
    )


def as_marked(options: SrmOptions) -> SrmOptions:
    """Return how a file that bears the mark is read."""
    said = {"order": "lat_lon", "header_order": "lat_lon", "base": "0", "cell": "centre"}
    return replace(options, **said, said_by=MARK_OF_VIGIE)


def options_of(words: Mapping[str, str]) -> SrmOptions:
    """Return the options of names and words, as the command line has them.

    Raises
    ------
    ParameterError
        A name or word is not known.
    """
    names = [one.name for one in fields(SrmOptions) if one.name in _CHOICES]
    for name in words:
        if name not in names:
            raise ParameterError(name="option", value=name, expected=f"one of {', '.join(names)}")
    return SrmOptions(**words)
