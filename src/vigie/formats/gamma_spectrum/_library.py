"""The one place where SpecUtils is called.

Its parsers return False for what they cannot read; numbers come as float32 and texts as UTF-8. A
float32 is read by the shortest decimal that is the same float32, so 41610.32 s stays 41610.32 s
(seven digits). SpecUtils 0.0.11 overflows its stack on XML of more than some 40,000 open elements;
``_n42`` refuses such files before. No other crash was met in fuzzing (``docs/formats.md``).
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.formats.gamma_spectrum._kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

_LOADERS = {
    Kind.N42: "loadFromN42",
    Kind.SPE: "loadFromIaea",
    Kind.SPC: "loadFromBinarySpc",
    Kind.CHN: "loadFromChn",
    Kind.CNF: "loadFromCnf",
    Kind.PCF: "loadFromPcf",
}


def load(kind: Kind, data: bytes) -> Any | None:  # noqa: ANN401 — a SpecFile; SpecUtils has no types
    """Return the library's view of a file; None where it can read nothing."""
    import SpecUtils

    spec_file = SpecUtils.SpecFile()
    try:
        read = getattr(spec_file, _LOADERS[kind])(io.BytesIO(data))
    except (RuntimeError, ValueError, IndexError, MemoryError, UnicodeDecodeError):
        return None
    return spec_file if read else None


def text_of(call: Callable[[], str]) -> str:
    """Return a text of the library on one line, Latin-1 where it is no UTF-8."""
    try:
        text = call()
    except UnicodeDecodeError as error:
        text = error.object.decode("latin-1")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def texts_of(call: Callable[[], list[str]]) -> list[str]:
    """Return texts of the library; of a list with bytes that are no UTF-8, the first such."""
    try:
        texts = call()
    except UnicodeDecodeError as error:
        texts = [error.object.decode("latin-1")]
    return [" ".join(text.split()) for text in texts]


def decimal(value: float) -> float:
    """Return the shortest decimal that is the same float32; NaN and infinity as they are.

    Examples
    --------
    >>> decimal(41610.3203125)
    41610.32
    """
    return float(str(np.float32(value))) if math.isfinite(value) else value
