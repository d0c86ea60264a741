"""SciPy's files: imported late, and called so that what they raise becomes an issue."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.formats.base import IssueLog

_T = TypeVar("_T")


def scipy_io() -> Any:  # noqa: ANN401 — its published types know paths only, no open files
    """Return ``scipy.io``, which is slow to import."""
    import scipy.io

    return scipy.io


def call_reader(action: Callable[[], _T], log: IssueLog, expected: str) -> _T | None:
    """Run a reader of SciPy; None, with an issue, where it fails.

    Parameters
    ----------
    action : callable
        The call, without arguments.
    log : IssueLog
    expected : str
        What the file should be.

    Raises
    ------
    BadRecordError
        It fails, and reading is strict.
    """
    failure: Exception | None = None
    result: _T | None = None
    with warnings.catch_warnings():
        # What they warn of (a variable that stands twice) shows in what was read.
        warnings.simplefilter("ignore")
        try:
            result = action()
        except Exception as error:  # bad bytes bring out TypeError, zlib.error, MemoryError ...
            failure = error
    if failure is not None:
        text = f"{type(failure).__name__}: {failure}".split("\n", maxsplit=1)[0]
        log.bad_record("file", field_name="content", text=text, expected=expected)
    return result
