"""What a user can say of a file that does not say it itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                expected = f"one of {', '.join(choices)}"
                raise ParameterError(name=name, value=value, expected=expected)


def options_of(words: Mapping[str, str]) -> SrmOptions:
    """Return the options of names and words, as the command line has them.

    Raises
    ------
    ParameterError
        A name or word is not known.
    """
    names = [one.name for one in fields(SrmOptions)]
    for name in words:
        if name not in names:
            raise ParameterError(name="option", value=name, expected=f"one of {', '.join(names)}")
    return SrmOptions(**words)
