"""ObsPy called so that nothing leaks: its warnings and errors become issues."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from vigie.errors import VigieError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.formats.base import IssueLog

Untyped: TypeAlias = Any
"""An object of ObsPy, which publishes no types."""

_T = TypeVar("_T")


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
        # ObsPy's readers raise anything on bad bytes: struct.error, IndexError, AssertionError.
        except Exception as error:
            failure = error
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        if "SelectableGroups" not in text:
            log.notice(place, "formats.obspy_warning", text)
    if failure is not None:
        text = f"{type(failure).__name__}: {failure}"
        log.bad_record(place, field_name="content", text=text, expected=expected)
    return result
