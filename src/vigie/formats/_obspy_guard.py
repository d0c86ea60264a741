"""ObsPy called so that nothing leaks: its warnings and errors become issues."""

from __future__ import annotations

import re
import struct
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from vigie.errors import VigieError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.formats.base import IssueLog

Untyped: TypeAlias = Any
"""An object of ObsPy, which publishes no types."""

_T = TypeVar("_T")

_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What ObsPy's readers raise on bad bytes beside lxml's errors: those of SAC are an OSError; the
others follow where an element is missing or no number."""
_ADDRESS = re.compile(r"'?<_io\.BytesIO object at 0x[0-9a-f]+>'?")


def is_refusal(error: Exception) -> bool:
    """Tell whether ObsPy means the file; anything else is a fault, and goes on."""
    from lxml.etree import LxmlError  # deferred: ObsPy has loaded it

    # Its QuakeML reader raises a bare Exception where the root element is another.
    return isinstance(error, (*_FAILURES, LxmlError)) or type(error) is Exception


def in_words(error: BaseException) -> str:
    """Return what ObsPy's error means for the file."""
    text = _ADDRESS.sub("the file", str(error).split("\n", maxsplit=1)[0])
    if isinstance(error, AttributeError | TypeError) and "None" in text:
        return f"a necessary element is missing or empty ({text})"
    if "to an etree" in text:
        return "it is not well-formed XML"
    return f"{type(error).__name__}: {text}"


def call_obspy(
    action: Callable[[], _T], log: IssueLog, *, expected: str, place: str = "file"
) -> _T | None:
    """Run an ObsPy reader; None, with an issue, where it fails.

    Parameters
    ----------
    action : callable
        The call, without arguments.
    log : IssueLog
        Receives each different warning as a notice, and a failure as a bad record.
    expected : str
        What the file should be, for the message: ``a readable SAC file``.
    place : str
        Where in the file it is, for the message.
    """
    result: _T | None = None
    failure: Exception | None = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = action()
        except VigieError:
            raise
        except Exception as error:
            if not is_refusal(error):
                raise
            failure = error
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        if "SelectableGroups" not in text:
            log.notice(place, "formats.obspy_warning", text)
    if failure is not None:
        log.bad_record(place, field_name="content", text=in_words(failure), expected=expected)
    return result
