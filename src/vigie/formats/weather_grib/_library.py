"""ecCodes: imported late, kept quiet, and asked one message at a time."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vigie.errors import MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Iterator

Untyped = Any
"""ecCodes publishes no types."""


def library() -> Untyped:
    """Return ecCodes.

    Raises
    ------
    MissingLibraryError
        It is not installed, or its shared library does not load.
    """
    try:
        import eccodes
    except (ImportError, RuntimeError, OSError) as error:
        raise MissingLibraryError(
            what="reading GRIB", library="eccodes", extra="weather"
        ) from error
    return eccodes


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what the library writes to the standard error away from the user.

    It writes there by itself whatever goes wrong, besides raising it.
    """
    try:
        kept = os.dup(2)
    except OSError:
        # There is no standard error, hence nobody to disturb.
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class Handle:
    """One message of which keys are asked; close it."""

    def __init__(self, data: bytes) -> None:
        self._codes = library()
        self._id = self._codes.codes_new_from_message(data)

    def close(self) -> None:
        """Release it."""
        self._codes.codes_release(self._id)

    def text(self, key: str) -> str:
        """Return a key as text; empty where there is none."""
        try:
            return str(self._codes.codes_get(self._id, key, ktype=str))
        except self._codes.CodesInternalError:
            return ""

    def whole(self, key: str, default: int = 0) -> int:
        """Return a key as an integer."""
        try:
            return int(self._codes.codes_get(self._id, key, ktype=int))
        except self._codes.CodesInternalError:
            return default

    def real(self, key: str) -> float:
        """Return a key as a number; NaN where there is none."""
        try:
            return float(self._codes.codes_get(self._id, key, ktype=float))
        except self._codes.CodesInternalError:
            return float("nan")

    def array(self, key: str) -> Untyped:
        """Return the numbers of a key.

        Raises
        ------
        CodesInternalError
            It cannot be decoded.
        """
        return self._codes.codes_get_double_array(self._id, key)

    def set_missing(self, value: float) -> None:
        """Choose what stands where a field has no value."""
        self._codes.codes_set_double(self._id, "missingValue", value)
